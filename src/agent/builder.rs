//! Settings of an agent.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use libc::c_long;

use crate::agent::Agent;
use crate::agent::worker::{Setting, Worker};
use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::{Error, Share, ShareData};

/// Makes an [`Agent`].
///
/// # Examples
/// ```
/// use std::num::NonZeroUsize;
/// use curlback::Agent;
///
/// let agent = Agent::builder()
///     .threads(NonZeroUsize::new(2).expect("two is not zero"))
///     .max_host_connections(8)
///     .build()?;
/// agent.shutdown();
/// # Ok::<(), curlback::Error>(())
/// ```
#[must_use = "`build` makes the agent"]
pub struct Builder {
    name: String,
    threads: NonZeroUsize,
    settings: Vec<Setting>,
}

macro_rules! numbers {
    ($($name:ident, $option:literal, $number:literal, $since:literal, $text:literal;)*) => {
        /// # Limits
        ///
        /// Each applies to each thread of the agent.
        impl Builder {
            $(
                #[doc = $text]
                ///
                #[doc = concat!("Since libcurl ", $since, ". ")]
                #[doc = concat!("[libcurl's page](https://curl.se/libcurl/c/", $option, ".html).")]
                #[doc(alias = $option)]
                pub fn $name(self, value: u32) -> Builder {
                    const ITEM: Item = Item::new(sys::CURLOPTTYPE_LONG + $number, $option, $since);
                    self.set(ITEM, value)
                }
            )*
        }
    };
}

numbers! {
    max_connects, "CURLMOPT_MAXCONNECTS", 6, "7.16.3", "Keeps at most so many connections open while no transfer uses them.";
    max_host_connections, "CURLMOPT_MAX_HOST_CONNECTIONS", 7, "7.30.0", "Limits the connections to one host; 0, the default, is no limit.";
    max_total_connections, "CURLMOPT_MAX_TOTAL_CONNECTIONS", 13, "7.30.0", "Limits the connections to all hosts; 0, the default, is no limit.";
    max_concurrent_streams, "CURLMOPT_MAX_CONCURRENT_STREAMS", 16, "7.67.0", "Limits the transfers on one connection of HTTP/2 or newer.";
}

impl Builder {
    pub(super) fn new() -> Builder {
        Builder {
            name: "curlback".to_owned(),
            threads: NonZeroUsize::MIN,
            settings: Vec::new(),
        }
    }

    /// Sets the name of the threads: "curlback", if it is not called.
    pub fn name(mut self, name: impl Into<String>) -> Builder {
        self.name = name.into();
        self
    }

    /// Sets the number of threads: one, if it is not called.
    ///
    /// One thread drives thousands of transfers. More help where callbacks, TLS or decoding keep it busy.
    /// Each has connections of its own; all share the DNS cache and TLS sessions, unless a transfer has a
    /// [share](crate::Transfer::share) of its own.
    pub fn threads(mut self, threads: NonZeroUsize) -> Builder {
        self.threads = threads;
        self
    }

    fn set(mut self, item: Item, value: u32) -> Builder {
        let set: Setting = Arc::new(move |core| {
            // The largest value of `c_long` on some systems.
            let value = i32::try_from(value);
            let value = value.map_err(|_| item.unsuitable("the value is too large"))?;
            core.set_long(item, c_long::from(value))
        });
        self.settings.push(set);
        self
    }

    /// Makes the agent and starts its threads.
    ///
    /// # Errors
    /// [`Error::Poll`] if the system gives no thread or no event queue, [`Error::Unsupported`] if the linked
    /// libcurl lacks one of the limits, [`Error::Libcurl`] if memory has run out.
    pub fn build(self) -> Result<Agent, Error> {
        let count = self.threads.get();
        // Before there are threads, which have to be ended. A libcurl without TLS has no sessions.
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
            match Worker::spawn(name, &self.settings) {
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
