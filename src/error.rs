//! The error of this crate, which keeps the error of a callback as its source.

pub(crate) mod details;
mod display;
mod into_io;
mod web_socket;

use std::error::Error as StdError;
use std::fmt;
use std::io;

pub use details::ErrorDetails;
pub use web_socket::WebSocketError;

use self::display::{After, At, Lack, callback_failed, poll_failed};
use crate::code::MultiCode;
use crate::{Callback, Code, Version};

/// An error of any type, with which a callback fails.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The error of a call of this crate.
///
/// If a callback has failed with an error of its own, that error is the [`source`]:
/// [`downcast_ref`](Error::downcast_ref) finds the value that the callback returned, and the variant
/// [`Callback`](Error::Callback) owns it. `{}` prints one line without the source. `{:#}` also prints the source
/// and all its sources, on the same line. Both print the [`url`](Error::url) of the transfer,
/// if the error has one, without the parts that may be secret.
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
    /// A callback has failed with an error. In most cases, the callback has returned this error; in a few cases, this
    /// crate has made it, as for a body that ends before its announced size.
    ///
    /// Handle `source`: [`downcast_ref`](Error::downcast_ref) finds the value that the callback returned.
    #[error(fmt = callback_failed)]
    Callback {
        /// The callback that failed first.
        callback: Callback,
        /// The error with which the callback has failed.
        source: BoxError,
        /// libcurl's code for the failure, which depends on the callback and the release.
        code: Code,
        /// libcurl's message about the failure, if it has written one.
        text: Option<Box<str>>,
        /// The URL of the transfer, and the system's error number.
        details: ErrorDetails,
    },
    /// A callback has stopped the transfer without an error of its own.
    ///
    /// The cause is an answer of your own code, such as `Abort`. To give a reason, answer `Fail` with an error:
    /// then the variant is [`Callback`](Error::Callback). In a [`Multi`](crate::Multi), a transfer whose callback
    /// has panicked also ends with `Aborted`.
    #[error("the {callback} callback aborted the transfer{}", At(.details))]
    Aborted {
        /// The first callback that has stopped the transfer.
        callback: Callback,
        /// libcurl's code for the failure.
        code: Code,
        /// libcurl's message about the failure, if it has written one.
        text: Option<Box<str>>,
        /// The URL of the transfer, and the system's error number.
        details: ErrorDetails,
    },
    /// libcurl reports a failure: of the transfer, the connection, the server, …
    ///
    /// Match `code`. [The guide](crate::guide::failures#what-to-do-on-each-error) says for which codes to try
    /// again later. The chapters about protocols say what to do about the codes of their protocols.
    #[error("{code}{}{}", After(.text), At(.details))]
    Libcurl {
        /// libcurl's code.
        code: Code,
        /// The message about the failure, if there is one, without the credentials of a proxy. Except in a few
        /// cases, libcurl has written it.
        text: Option<Box<str>>,
        /// The URL of the transfer, and the system's error number.
        details: ErrorDetails,
    },
    /// A [`Remote`](crate::Remote) or another call that cancels, such as
    /// [`Agent::shutdown`](crate::Agent::shutdown), has ended the transfer.
    ///
    /// The program itself has asked for this. The transfer can be performed again.
    #[error("the transfer was cancelled")]
    Cancelled,
    /// libcurl has failed to drive transfers, for a reason that is not one transfer's; or an event loop of your
    /// own has failed.
    ///
    /// Make another [`Multi`](crate::Multi) or agent;
    /// [`take_finished`](crate::Multi::take_finished) still returns the transfers that have ended.
    #[error("{code}")]
    Multi {
        /// libcurl's code.
        code: MultiCode,
    },
    /// The system has failed to wait for sockets, or has given no event queue or thread.
    ///
    /// The source says why: most often, a limit of the process is reached, such as that of descriptors.
    #[error(fmt = poll_failed)]
    Poll(#[source] io::Error),
    /// An [`Agent`](crate::Agent) does not begin the transfer.
    ///
    /// Make another agent. The agent was shut down; its thread has ended, because libcurl or the system has
    /// failed; or this process is the child of a `fork`, and the agent's threads are in the parent.
    #[error("the agent cannot begin the transfer: {reason}")]
    Agent {
        /// Why the agent does not begin the transfer.
        reason: &'static str,
    },
    /// A value does not suit its option, or two settings exclude each other.
    ///
    /// Correct the program, or refuse the input from which the value was made. The option normally keeps
    /// its former value.
    #[error("{option}: {reason}")]
    Option {
        /// libcurl's name of the option.
        option: &'static str,
        /// What is wrong with the value, or which setting it excludes.
        reason: &'static str,
    },
    /// The linked libcurl lacks an option, a value, a callback, a function or an information: it is too old, or
    /// was built without it.
    ///
    /// Do without what is missing, or link another libcurl: see
    /// [the guide](crate::guide::versions#how-to-write-for-several-releases).
    #[error("{what} {}", Lack(.since, .linked))]
    Unsupported {
        /// libcurl's name of the option, value, callback, function or information.
        what: &'static str,
        /// The oldest release of libcurl with which this crate supports it.
        since: Version,
        /// The release of libcurl that is linked.
        linked: Version,
    },
    /// A message of a [`WebSocket`](crate::WebSocket) could not be sent or received.
    ///
    /// Match the [`WebSocketError`]: after some of these errors, the WebSocket can still be used.
    #[error(transparent)]
    WebSocket(#[from] WebSocketError),
    /// A string that libcurl returned is not UTF-8.
    ///
    /// Use `bytes`, which are the string as libcurl has returned it.
    #[error("{what} is not UTF-8: \"{}\"", .bytes.escape_ascii())]
    NotUtf8 {
        /// libcurl's name of the information that is the string.
        what: &'static str,
        /// The bytes of the string.
        bytes: Box<[u8]>,
    },
}

impl Error {
    /// Makes an error from libcurl's code, without a message.
    pub(crate) const fn libcurl(code: Code) -> Error {
        Error::Libcurl {
            code,
            text: None,
            details: ErrorDetails::NONE,
        }
    }

    /// Makes the error for `what`, which the linked libcurl lacks and the release `since` added.
    pub(crate) fn unsupported(what: &'static str, since: Version) -> Error {
        Error::Unsupported {
            what,
            since,
            linked: Version::linked(),
        }
    }

    /// Makes an error from libcurl's code and a message.
    pub(crate) fn libcurl_with(code: Code, text: impl Into<Box<str>>) -> Error {
        Error::Libcurl {
            code,
            text: Some(text.into()),
            details: ErrorDetails::NONE,
        }
    }

    /// Returns the callback that has failed or aborted the transfer, if one has.
    #[must_use]
    pub fn callback(&self) -> Option<Callback> {
        match self {
            Error::Callback { callback, .. } | Error::Aborted { callback, .. } => Some(*callback),
            _ => None,
        }
    }

    /// Returns the source of this error, such as the error with which a callback has failed, if it is an `E`; or
    /// else an `E` among the sources of that source, or inside an [`io::Error`] among them.
    ///
    /// If a callback fails with an `anyhow::Error`, convert it by
    /// `error.reallocate_into_boxed_dyn_error_without_backtrace()`: a conversion into a [`BoxError`] by `into`
    /// hides the type of an error without context.
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        find(self.source()?)
    }

    /// Takes out the error with which a callback has failed, if it is a `T`. Otherwise returns the whole error
    /// as `Err`.
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

    /// Returns libcurl's code; `None` for the variants without a [`Code`].
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Error::Callback { code, .. }
            | Error::Aborted { code, .. }
            | Error::Libcurl { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Returns the URL of the transfer that has failed; after redirects, the URL of the last request. User
    /// name, password, query and fragment are left out, since they may be secret. Only
    /// [`Callback`](Error::Callback), [`Aborted`](Error::Aborted) and [`Libcurl`](Error::Libcurl) can have a
    /// URL. Returns `None` also if the error belongs to no transfer, or libcurl cannot parse the URL.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.details()?.url()
    }

    /// Returns the system's error number (`errno`) if a connection could not be made or has broken, and libcurl
    /// reports that number.
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

    /// Returns the message about the failure, if there is one. Except in a few cases, libcurl has written it.
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

impl From<MultiCode> for Error {
    fn from(code: MultiCode) -> Error {
        match code {
            MultiCode::OUT_OF_MEMORY => Error::libcurl(Code::OUT_OF_MEMORY),
            code => Error::Multi { code },
        }
    }
}

/// Finds the first `E`: the error itself, one of its sources, or an error inside an `io::Error` among them.
pub(crate) fn find<'a, E: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // `source` of an `io::Error` skips the error inside it, and returns the source of that.
        let inner = error.downcast_ref().and_then(io::Error::get_ref);
        next = inner
            .map(|inner| inner as &(dyn StdError + 'static))
            .or_else(|| error.source());
    }
    None
}

/// The answer of a callback that stops the transfer.
#[derive(Debug)]
pub(crate) enum Stop {
    Abort,
    Error(BoxError),
}

impl Stop {
    /// Makes the error of a transfer that `callback` has stopped.
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

/// The error of a default method that has called another callback (`write`, `ioctl` or `progress`), which has
/// stopped the transfer. The guard takes it apart: the error of the transfer names the callback that was
/// called.
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

        let error = Error::Poll(io::Error::other("no descriptors"));
        assert_eq!(error.to_string(), "waiting for sockets failed");
        let all = format!("{error:#}");
        assert_eq!(all, "waiting for sockets failed: no descriptors");
    }
}
