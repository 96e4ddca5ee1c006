//! What can go wrong, and where a callback's own error is found.

pub(crate) mod details;
mod into_io;
mod web_socket;

use std::error::Error as StdError;
use std::fmt;
use std::io;

pub use details::ErrorDetails;
pub use web_socket::WebSocketError;

use crate::code::MultiCode;
use crate::{Callback, Code, Version};

/// An error of any type, as callbacks hand it over.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// What a call into libcurl ends with when it fails.
///
/// An error that a callback failed with is kept whole, as [`source`]: it
/// downcasts to the very value that the callback returned, with
/// [`downcast_ref`](Error::downcast_ref) or out of the variant.
/// `{}` prints one line without the source, `{:#}` one line with all sources. Both name the
/// [`url`](Error::url) of the transfer that failed, without its parts that may be secret.
///
/// [The guide](crate::guide::failures#what-to-do-on-each-error) says what to do about each error.
///
/// [`source`]: std::error::Error::source
///
/// # Examples
/// ```
/// use std::io;
/// use curlback::{Callback, Callbacks, Error, Transfer, WriteResult, callbacks};
///
/// struct Full;
///
/// #[callbacks]
/// impl Callbacks for Full {
///     fn write(&mut self, _: &[u8]) -> WriteResult {
///         WriteResult::Fail(io::Error::from(io::ErrorKind::StorageFull).into())
///     }
/// }
///
/// let file = std::env::current_dir()?.join("Cargo.toml");
/// let mut transfer = Transfer::new(Full)?;
/// transfer.url(&format!("file://{}", file.display()))?;
///
/// let error = transfer.perform().unwrap_err();
/// assert_eq!(error.callback(), Some(Callback::Write));
/// let cause = error.downcast_ref::<io::Error>();
/// assert_eq!(cause.map(io::Error::kind), Some(io::ErrorKind::StorageFull));
/// let url = error.url().expect("a transfer has one");
/// assert!(url.starts_with("file:///"));
/// assert_eq!(error.to_string(), format!("the write callback failed ({url})"));
/// assert!(format!("{error:#}").ends_with("): no storage space"));
/// if let Error::Callback { source, .. } = error {
///     let owned: Box<io::Error> = source.downcast().expect("it is an io::Error");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[doc(alias("curl_share_strerror", "curl_url_strerror", "strerror"))]
pub enum Error {
    /// A callback failed with an error of its own.
    ///
    /// Handle `source`: [`downcast_ref`](Error::downcast_ref) finds the value that the callback returned.
    #[error(fmt = callback_failed)]
    Callback {
        /// The callback that failed first.
        callback: Callback,
        /// Its error.
        source: BoxError,
        /// libcurl's code for it, which depends on the callback and the release.
        code: Code,
        /// What libcurl wrote about it.
        text: Option<Box<str>>,
        /// Where it failed.
        details: ErrorDetails,
    },
    /// A callback asked to stop, without an error of its own.
    ///
    /// This is no failure but the answer `Abort` of your own code. An answer `Fail` says why, too.
    #[error("the {callback} callback aborted the transfer{}", At(.details))]
    Aborted {
        /// The callback that asked first.
        callback: Callback,
        /// libcurl's code for it.
        code: Code,
        /// What libcurl wrote about it.
        text: Option<Box<str>>,
        /// Where it failed.
        details: ErrorDetails,
    },
    /// libcurl failed: the transfer, the connection, the server, …
    ///
    /// Match `code`. [The guide](crate::guide::failures#what-to-do-on-each-error) says which codes may pass with
    /// time, and the chapters about protocols what to do about theirs.
    #[error("{code}{}{}", After(.text), At(.details))]
    Libcurl {
        /// libcurl's code.
        code: Code,
        /// libcurl's message about it, without the credentials of a proxy.
        text: Option<Box<str>>,
        /// Where it failed.
        details: ErrorDetails,
    },
    /// A [`Remote`](crate::Remote) cancelled the transfer, or a drop or shutdown that cancels.
    ///
    /// There is nothing to do: the program has asked for it. The transfer can be performed again.
    #[error("the transfer was cancelled")]
    Cancelled,
    /// libcurl failed to drive transfers, and not because of one of them.
    ///
    /// Make another [`Multi`](crate::Multi) or agent;
    /// [`take_finished`](crate::Multi::take_finished) still returns the transfers that have ended.
    #[error("{code}")]
    Multi {
        /// libcurl's code.
        code: MultiCode,
    },
    /// The system failed to wait for sockets, or gave no event queue or thread.
    ///
    /// Its source says why: most often a limit of the process is reached, such as that of descriptors.
    #[error("waiting for sockets failed")]
    Poll(#[source] io::Error),
    /// An [`Agent`](crate::Agent) does not begin the transfer.
    ///
    /// Make another agent: this one was shut down, or its threads are in the process before a `fork`.
    #[error("the agent cannot begin the transfer: {reason}")]
    Agent {
        /// Why it does not.
        reason: &'static str,
    },
    /// A value does not suit the option that it was given to, or two settings exclude each other.
    ///
    /// Correct the program, or refuse the input that the value was made of. The option keeps its former value.
    #[error("{option}: {reason}")]
    Option {
        /// libcurl's name of the option.
        option: &'static str,
        /// What is wrong with the value.
        reason: &'static str,
    },
    /// The linked libcurl lacks an option, value, callback or function: that libcurl is too old, or
    /// was built without it.
    ///
    /// Do without what is missing, or link another libcurl: see
    /// [the guide](crate::guide::versions#how-to-write-for-several-releases).
    #[error("{what} {}", Lack(.since, .linked))]
    Unsupported {
        /// libcurl's name of the option, value, callback, function or information.
        what: &'static str,
        /// The release that added it.
        since: Version,
        /// The release that is linked.
        linked: Version,
    },
    /// A message of a [`WebSocket`](crate::WebSocket) could not be sent or received.
    ///
    /// Match the [`WebSocketError`]: after some of them, the WebSocket goes on.
    #[error(transparent)]
    WebSocket(#[from] WebSocketError),
    /// A string that libcurl returned is not UTF-8.
    ///
    /// Use `bytes`, which are the string as libcurl has it.
    #[error("{what} is not UTF-8: \"{}\"", .bytes.escape_ascii())]
    NotUtf8 {
        /// libcurl's name of the information.
        what: &'static str,
        /// The bytes as they are.
        bytes: Box<[u8]>,
    },
}

impl Error {
    /// Makes an error of libcurl's code alone.
    pub(crate) const fn libcurl(code: Code) -> Error {
        Error::Libcurl {
            code,
            text: None,
            details: ErrorDetails::NONE,
        }
    }

    /// Makes the error that the linked libcurl lacks what the release `since` added.
    pub(crate) fn unsupported(what: &'static str, since: Version) -> Error {
        Error::Unsupported {
            what,
            since,
            linked: Version::linked(),
        }
    }

    /// Makes an error of libcurl's code and a message.
    pub(crate) fn libcurl_with(code: Code, text: impl Into<Box<str>>) -> Error {
        Error::Libcurl {
            code,
            text: Some(text.into()),
            details: ErrorDetails::NONE,
        }
    }

    /// Returns the callback that ended the transfer, if one did.
    #[must_use]
    pub fn callback(&self) -> Option<Callback> {
        match self {
            Error::Callback { callback, .. } | Error::Aborted { callback, .. } => Some(*callback),
            _ => None,
        }
    }

    /// Returns the error that a callback failed with, if it is an `E`; or an `E`
    /// among its sources, or inside an [`io::Error`].
    ///
    /// A callback that has an `anyhow::Error` passes it on by
    /// `error.reallocate_into_boxed_dyn_error_without_backtrace()`: the mere conversion into a [`BoxError`]
    /// hides the type of an error without context.
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        find(self.source()?)
    }

    /// Takes out what a callback has failed with, if it is a `T`.
    pub(crate) fn downcast_source<T: StdError + 'static>(self) -> Result<Box<T>, Error> {
        match self {
            Error::Callback {
                callback,
                source,
                code,
                text,
                details,
            } => source.downcast().map_err(|source| Error::Callback {
                callback,
                source,
                code,
                text,
                details,
            }),
            other => Err(other),
        }
    }

    /// Returns libcurl's code, if it gave one.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Error::Callback { code, .. }
            | Error::Aborted { code, .. }
            | Error::Libcurl { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Returns the URL of the transfer that failed, if there was a transfer; after redirects, the
    /// URL of the last request. User name, password, query and fragment are left out, since they
    /// may be secret. Returns `None` for a URL that libcurl cannot parse.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.details()?.url()
    }

    /// Returns the system's error number (`errno`) if a connection could not be made or broke, and
    /// libcurl reports such a number.
    #[must_use]
    pub fn raw_os_error(&self) -> Option<i32> {
        self.details()?.os_error()
    }

    fn details(&self) -> Option<&ErrorDetails> {
        match self {
            Error::Callback { details, .. }
            | Error::Aborted { details, .. }
            | Error::Libcurl { details, .. } => Some(details),
            _ => None,
        }
    }

    /// Returns the details that libcurl wrote, if it did.
    #[must_use]
    #[doc(alias("CURLOPT_ERRORBUFFER", "errstr", "take_error_buf"))]
    pub fn text(&self) -> Option<&str> {
        match self {
            Error::Callback { text, .. }
            | Error::Aborted { text, .. }
            | Error::Libcurl { text, .. } => text.as_deref(),
            _ => None,
        }
    }
}

fn callback_failed(
    callback: &Callback,
    source: &BoxError,
    _: &Code,
    _: &Option<Box<str>>,
    details: &ErrorDetails,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(f, "the {callback} callback failed{}", At(details))?;
    if f.alternate() {
        let mut source: Option<&dyn StdError> = Some(&**source);
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
    }
    Ok(())
}

/// Prints the URL that an error names, in parentheses.
struct At<'a>(&'a ErrorDetails);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.url() {
            Some(url) => write!(f, " ({url})"),
            None => Ok(()),
        }
    }
}

/// Prints libcurl's message, after its code.
struct After<'a>(&'a Option<Box<str>>);

impl fmt::Display for After<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(text) => write!(f, ": {text}"),
            None => Ok(()),
        }
    }
}

/// Prints why the linked libcurl lacks something: the release that added it, and the linked one.
struct Lack<'a>(&'a Version, &'a Version);

impl fmt::Display for Lack<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lack(since, linked) = self;
        match linked < since {
            true => write!(f, "needs libcurl {since}, and libcurl {linked} is linked"),
            false => write!(f, "is not built into the linked libcurl {linked}"),
        }
    }
}

impl From<MultiCode> for Error {
    fn from(code: MultiCode) -> Error {
        match code {
            MultiCode::OUT_OF_MEMORY => Error::libcurl(Code::OUT_OF_MEMORY),
            code => Error::Multi { code },
        }
    }
}

/// Finds an `E` among an error, its sources, and what `io::Error`s are made of.
pub(crate) fn find<'a, E: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // The source of an `io::Error` is that of the error inside it.
        let inner = error.downcast_ref().and_then(io::Error::get_ref);
        next = inner
            .map(|inner| inner as &(dyn StdError + 'static))
            .or_else(|| error.source());
    }
    None
}

/// Why a callback asks to stop the transfer.
#[derive(Debug)]
pub(crate) enum Stop {
    Abort,
    Error(BoxError),
}

impl Stop {
    /// Makes the error of what `callback` stopped.
    pub(crate) fn into_error(
        self,
        callback: Callback,
        code: Code,
        text: Option<Box<str>>,
        details: ErrorDetails,
    ) -> Error {
        match self {
            Stop::Error(source) => Error::Callback {
                callback,
                source,
                code,
                text,
                details,
            },
            Stop::Abort => Error::Aborted {
                callback,
                code,
                text,
                details,
            },
        }
    }
}

/// Carries the name of a deprecated callback through the default method of the
/// one that replaced it; the guard takes it apart again.
#[derive(Debug)]
pub(crate) struct Forwarded {
    pub(crate) callback: Callback,
    pub(crate) stop: Stop,
}

impl Forwarded {
    pub(crate) fn boxed(callback: Callback, stop: Stop) -> BoxError {
        Box::new(Forwarded { callback, stop })
    }
}

impl fmt::Display for Forwarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} callback stopped the transfer", self.callback)
    }
}

impl StdError for Forwarded {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.stop {
            Stop::Abort => None,
            Stop::Error(error) => Some(&**error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_small_enough_to_be_returned_by_value() {
        assert!(size_of::<Error>() <= 48, "{}", size_of::<Error>());
    }

    #[test]
    fn errors_cross_threads() {
        fn takes<T: Send + Sync + 'static>() {}
        takes::<Error>();
    }

    #[test]
    fn own_error_is_found_inside_an_io_error() {
        let error = Error::Callback {
            callback: Callback::OpenSocket,
            source: io::Error::other(fmt::Error).into(),
            code: Code::COULDNT_CONNECT,
            text: None,
            details: ErrorDetails::NONE,
        };
        assert!(error.downcast_ref::<io::Error>().is_some());
        assert!(error.downcast_ref::<fmt::Error>().is_some());
        assert!(error.downcast_ref::<std::num::ParseIntError>().is_none());
    }

    #[test]
    fn alternate_display_is_one_line_with_every_source() {
        let source = std::io::Error::other(std::fmt::Error);
        let error = Error::Callback {
            callback: Callback::Read,
            source: source.into(),
            code: Code::ABORTED_BY_CALLBACK,
            text: None,
            details: ErrorDetails::NONE,
        };
        assert_eq!(error.to_string(), "the read callback failed");
        let all = format!("{error:#}");
        assert!(
            all.starts_with("the read callback failed: an error occurred"),
            "{all}"
        );
    }
}
