//! Converts an error into an [`io::Error`].

use std::io::{self, ErrorKind};

use super::find;
use crate::code::MultiCode;
use crate::{Code, Error};

/// Converts the error into an [`io::Error`], so that `?` works in functions that return one.
///
/// If a callback has failed with an [`io::Error`], the result is that error itself. For an [`Error::Poll`], it
/// is the source. Any other [`Error`] becomes the inner error: [`io::Error::get_ref`] and `downcast_ref` find
/// it. The kind is then the one that the standard library uses for such failures:
/// [`TimedOut`](ErrorKind::TimedOut), [`ConnectionRefused`](ErrorKind::ConnectionRefused),
/// [`NotFound`](ErrorKind::NotFound) for a missing file, [`PermissionDenied`](ErrorKind::PermissionDenied),
/// [`UnexpectedEof`](ErrorKind::UnexpectedEof) for a body that is shorter than announced (with HTTP/2 and HTTP/3,
/// mostly [`InvalidData`](ErrorKind::InvalidData)), [`ConnectionAborted`](ErrorKind::ConnectionAborted) for a transfer
/// that was cancelled or that a callback aborted, … or [`Other`](ErrorKind::Other).
///
/// # Examples
/// ```
/// use std::io::{self, ErrorKind};
/// use curlback::{Error, Transfer, handlers::Collect};
///
/// fn get(url: &str) -> io::Result<Vec<u8>> {
///     let mut transfer = Transfer::new(Collect::new())?;
///     transfer.url(url)?;
///     transfer.perform()?;
///     Ok(transfer.handler_mut().take_body())
/// }
///
/// let error = get("file:///no/such/file").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NotFound);
/// let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
/// assert_eq!(cause.and_then(Error::url), Some("file:///no/such/file"));
/// ```
impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        match error.downcast_source::<io::Error>() {
            Ok(own) => *own,
            Err(Error::Poll(own)) => own,
            Err(error) => io::Error::new(kind(&error), error),
        }
    }
}

/// Returns the kind of an error. It is never [`ErrorKind::Interrupted`], after which callers of readers and
/// writers would try again.
fn kind(error: &Error) -> ErrorKind {
    let kind = match error {
        Error::Callback { source, .. } => match (find(&**source), find(&**source)) {
            (Some(own), _) => io::Error::kind(own),
            (None, Some(own)) => kind(own),
            (None, None) => ErrorKind::Other,
        },
        Error::Libcurl { code, .. } => of_code(*code, error.raw_os_error()),
        Error::Aborted { .. } | Error::Cancelled => ErrorKind::ConnectionAborted,
        Error::Agent { .. } => ErrorKind::NotConnected,
        Error::Option { .. } => ErrorKind::InvalidInput,
        Error::Unsupported { .. } => ErrorKind::Unsupported,
        Error::NotUtf8 { .. } => ErrorKind::InvalidData,
        Error::Poll(own) => own.kind(),
        Error::WebSocket(own) => own.kind(),
        Error::Multi {
            code: MultiCode::ABORTED_BY_CALLBACK,
        } => ErrorKind::ConnectionAborted,
        Error::Multi { .. } => ErrorKind::Other,
    };
    match kind {
        ErrorKind::Interrupted => ErrorKind::Other,
        other => other,
    }
}

fn of_code(code: Code, os_error: Option<i32>) -> ErrorKind {
    if let Some(number) = os_error {
        return io::Error::from_raw_os_error(number).kind();
    }
    match code {
        Code::OPERATION_TIMEDOUT | Code::FTP_ACCEPT_TIMEOUT => ErrorKind::TimedOut,
        Code::PARTIAL_FILE | Code::GOT_NOTHING => ErrorKind::UnexpectedEof,
        Code::REMOTE_FILE_NOT_FOUND | Code::FILE_COULDNT_READ_FILE | Code::TFTP_NOTFOUND => {
            ErrorKind::NotFound
        }
        Code::REMOTE_ACCESS_DENIED | Code::LOGIN_DENIED | Code::AUTH_ERROR | Code::TFTP_PERM => {
            ErrorKind::PermissionDenied
        }
        Code::REMOTE_FILE_EXISTS => ErrorKind::AlreadyExists,
        Code::REMOTE_DISK_FULL => ErrorKind::StorageFull,
        Code::FILESIZE_EXCEEDED | Code::TOO_LARGE => ErrorKind::FileTooLarge,
        Code::OUT_OF_MEMORY => ErrorKind::OutOfMemory,
        Code::AGAIN => ErrorKind::WouldBlock,
        Code::ABORTED_BY_CALLBACK => ErrorKind::ConnectionAborted,
        Code::URL_MALFORMAT | Code::BAD_FUNCTION_ARGUMENT | Code::SETOPT_OPTION_SYNTAX => {
            ErrorKind::InvalidInput
        }
        Code::UNSUPPORTED_PROTOCOL | Code::NOT_BUILT_IN | Code::UNKNOWN_OPTION => {
            ErrorKind::Unsupported
        }
        Code::WEIRD_SERVER_REPLY
        | Code::BAD_CONTENT_ENCODING
        | Code::HTTP2
        | Code::HTTP2_STREAM
        | Code::HTTP3
        | Code::PEER_FAILED_VERIFICATION => ErrorKind::InvalidData,
        _ => ErrorKind::Other,
    }
}
