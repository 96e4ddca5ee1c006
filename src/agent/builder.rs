//! The settings of an agent.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::agent::Agent;
use crate::agent::worker::Worker;
use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::multi::options::{Setting, lasting_options};
use crate::{Error, Share, ShareData};

/// Makes an [`Agent`].
///
/// # Examples
/// ```
/// use std::num::NonZeroUsize;
/// use curlback::Agent;
/// use curlback::multi::Pipelining;
///
/// let agent = Agent::builder()
///     .threads(NonZeroUsize::new(2).expect("two is not zero"))
///     .max_host_connections(8)
///     .pipelining(Pipelining::NOTHING) // each HTTP/2 connection has one transfer at a time
///     .build()?;
/// agent.shutdown();
/// # Ok::<(), curlback::Error>(())
/// ```
#[must_use = "`build` makes the agent"]
pub struct Builder {
    name: String,
    threads: NonZeroUsize,
    settings: Vec<Result<Setting, Error>>,
}

/// Makes a method of each row of `lasting_options`. The columns are explained at the same macro in
/// `multi::options`.
macro_rules! options {
    ($($(#[$meta:meta])* $name:ident: $kind:ident<$value:ty>, $option:literal, $number:literal, $since:literal, $text:literal;)*) => {
        /// # Options
        ///
        /// These are the options of a [`Multi`](crate::Multi). Each applies to every thread of the agent. If a
        /// value does not suit, [`build`](Builder::build) returns the error.
        impl Builder {
            $(
                #[doc = $text]
                ///
                #[doc = concat!("Since libcurl ", $since, ". ")]
                #[doc = concat!("[libcurl's page](https://curl.se/libcurl/c/", $option, ".html).")]
                #[doc(alias = $option)]
                $(#[$meta])*
                pub fn $name(self, value: $value) -> Builder {
                    const ITEM: Item = Item::new(sys::CURLOPTTYPE_LONG + $number, $option, $since);
                    self.set(Setting::$kind(ITEM, value))
                }
            )*
        }
    };
}

lasting_options! {
    options! {}
}

impl Builder {
    pub(super) fn new() -> Builder {
        Builder {
            name: "curlback".to_owned(),
            threads: NonZeroUsize::MIN,
            settings: Vec::new(),
        }
    }

    /// Sets the name of the threads; the default is "curlback". If there are several, a number is appended:
    /// "curlback-0".
    pub fn name(mut self, name: impl Into<String>) -> Builder {
        self.name = name.into();
        self
    }

    /// Sets the number of threads; the default is one.
    ///
    /// One thread drives thousands of transfers. More threads help if callbacks, TLS or decoding keep one
    /// thread busy. Each thread has its own connections. All threads share one DNS cache and the TLS sessions.
    /// Transfers that have a [share](crate::Transfer::share) of their own do not use this common data, nor, with
    /// libcurl before 8.14.0, do transfers that may use FTP.
    pub fn threads(mut self, threads: NonZeroUsize) -> Builder {
        self.threads = threads;
        self
    }

    fn set(mut self, setting: Result<Setting, Error>) -> Builder {
        self.settings.push(setting);
        self
    }

    /// Makes the agent and starts its threads.
    ///
    /// # Errors
    /// [`Error::Option`] if the value of an option does not suit, [`Error::Unsupported`] if the linked libcurl
    /// lacks an option, [`Error::Poll`] if the system gives no thread or no event queue, [`Error::Libcurl`] if
    /// libcurl gets no memory or no descriptor.
    ///
    /// # Panics
    /// If the [name](Builder::name) contains a NUL.
    pub fn build(self) -> Result<Agent, Error> {
        let settings: Vec<Setting> = self.settings.into_iter().collect::<Result<_, _>>()?;
        let count = self.threads.get();
        // The share is made before the threads, so that its error leaves no thread to end. A libcurl without
        // TLS cannot share sessions.
        let share = match count {
            1 => None,
            _ => {
                let wanted = ShareData::DNS | ShareData::SSL_SESSIONS;
                Some(Share::new(wanted & Share::supported())?)
            }
        };
        let mut workers: Vec<Arc<Worker>> = Vec::with_capacity(count);
        for place in 0..count {
            let name = match count {
                1 => self.name.clone(),
                _ => format!("{}-{place}", self.name),
            };
            match Worker::spawn(name, &settings) {
                Ok(worker) => workers.push(worker),
                Err(error) => {
                    workers.iter().for_each(|worker| worker.close());
                    return Err(error);
                }
            }
        }
        Ok(Agent::with_workers(workers, share))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("name", &self.name)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}
