//! What the callbacks for the body answer: `write`, `header`, `read`, `seek` and `ioctl`.

use std::task::Poll;

use crate::error::{BoxError, Forwarded, Stop};
use crate::ffi::sys;
use crate::{Callback, CallbackResult};

use libc::{c_int, size_t};

/// What [`write`](crate::Callbacks::write) and [`header`](crate::Callbacks::header) answer.
///
/// A handler that has taken the data answers [`Continue`](WriteResult::Continue). A number of bytes does not convert
/// into an answer: libcurl takes a number that is less than the length of the data for an error.
///
/// # Examples
/// ```
/// use std::io::Write;
/// use curlback::{Callbacks, WriteResult, callbacks};
///
/// struct Save<W>(W);
///
/// #[callbacks]
/// impl<W: Write> Callbacks for Save<W> {
///     fn write(&mut self, data: &[u8]) -> WriteResult {
///         self.0.write_all(data).into()
///     }
/// }
///
/// let mut save = Save(Vec::new());
/// assert!(matches!(save.write(b"data"), WriteResult::Continue));
/// assert_eq!(save.0, b"data");
/// ```
#[derive(Debug)]
#[non_exhaustive]
#[doc(alias = "WriteError")]
pub enum WriteResult {
    /// All of the data was taken.
    Continue,
    /// Pauses receiving, and none of the data was taken. The same data comes again once receiving is resumed,
    /// by [`ProgressResult::Resume`](crate::ProgressResult::Resume) or a [`Remote`](crate::Remote).
    ///
    /// Transfers of `file://` cannot pause: they fail with [`Code::WRITE_ERROR`](crate::Code::WRITE_ERROR).
    #[doc(alias = "CURL_WRITEFUNC_PAUSE")]
    Pause,
    /// Pauses receiving after a part of the data was taken; [`PauseAfter`](WriteResult::PauseAfter) makes this variant.
    PausePart(PartTaken),
    /// Stops the transfer with [`Error::Aborted`](crate::Error::Aborted).
    Abort,
    /// Stops the transfer with [`Error::Callback`](crate::Error::Callback), which keeps this error.
    #[doc(alias = "CURL_WRITEFUNC_ERROR")]
    Fail(BoxError),
}

/// The number of bytes that were taken before a pause; see [`WriteResult::PauseAfter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartTaken(usize);

impl PartTaken {
    /// Returns the number of bytes.
    #[must_use]
    pub fn get(self) -> usize {
        self.0
    }
}

/// How much of the data a callback has taken.
pub(crate) enum Taken {
    All,
    /// This number of bytes from the start, and no more until receiving is resumed.
    Paused(usize),
    /// Nothing: the transfer stops.
    Stopped,
}

impl WriteResult {
    /// Pauses receiving after the first `taken` bytes; a number that is too large means all of the data. The other
    /// bytes come once receiving is resumed, by [`ProgressResult::Resume`](crate::ProgressResult::Resume) or a
    /// [`Remote`](crate::Remote).
    ///
    /// If [`header`](crate::Callbacks::header) answers this, the whole line comes again.
    // If this were a variant that holds a number, the compiler would suggest it where a handler returns a number.
    #[expect(non_snake_case, reason = "an answer like the variants")]
    #[inline(always)]
    #[must_use]
    pub const fn PauseAfter(taken: usize) -> WriteResult {
        WriteResult::PausePart(PartTaken(taken))
    }

    #[inline(always)]
    pub(crate) fn into_taken(self) -> Result<Taken, Stop> {
        match self {
            WriteResult::Continue => Ok(Taken::All),
            WriteResult::Pause => Ok(Taken::Paused(0)),
            WriteResult::PausePart(part) => Ok(Taken::Paused(part.0)),
            WriteResult::Abort => Err(Stop::Abort),
            WriteResult::Fail(error) => Err(Stop::Error(error)),
        }
    }

    /// Makes the answer of a callback whose default has called `write`. A failure keeps the name of `write`.
    pub(crate) fn of_write(self) -> WriteResult {
        let stop = match self {
            WriteResult::Abort => Stop::Abort,
            WriteResult::Fail(error) => Stop::Error(error),
            other => return other,
        };
        WriteResult::Fail(Forwarded::boxed(Callback::Write, stop))
    }

    /// Makes the answer of a callback that cannot pause: a pause becomes a failure.
    pub(crate) fn without_pause(self) -> CallbackResult {
        match self {
            WriteResult::Continue => CallbackResult::Continue,
            WriteResult::Abort => CallbackResult::Abort,
            WriteResult::Fail(error) => CallbackResult::Fail(error),
            WriteResult::Pause | WriteResult::PausePart(_) => {
                CallbackResult::Fail("libcurl cannot pause here".into())
            }
        }
    }
}

/// Continues the transfer.
impl From<()> for WriteResult {
    fn from((): ()) -> WriteResult {
        WriteResult::Continue
    }
}

impl<E: Into<BoxError>> From<Result<(), E>> for WriteResult {
    fn from(result: Result<(), E>) -> WriteResult {
        match result {
            Ok(()) => WriteResult::Continue,
            Err(error) => WriteResult::Fail(error.into()),
        }
    }
}

/// [`Poll::Pending`] pauses receiving: a [`waker`](crate::Remote::waker) resumes it, and the same data comes again.
impl<E: Into<BoxError>> From<Poll<Result<(), E>>> for WriteResult {
    fn from(result: Poll<Result<(), E>>) -> WriteResult {
        match result {
            Poll::Ready(result) => result.into(),
            Poll::Pending => WriteResult::Pause,
        }
    }
}

/// What [`read`](crate::Callbacks::read) answers.
#[derive(Debug)]
#[non_exhaustive]
#[doc(alias = "ReadError")]
pub enum ReadResult {
    /// libcurl takes what was put into the buffer. An empty buffer means that the body has ended.
    Continue,
    /// Pauses sending. What was put into the buffer is not sent. `read` is called again once sending is resumed,
    /// by [`ProgressResult::Resume`](crate::ProgressResult::Resume) or a [`Remote`](crate::Remote).
    ///
    /// Transfers to `file://` cannot pause: they fail with [`Code::READ_ERROR`](crate::Code::READ_ERROR).
    #[doc(alias = "CURL_READFUNC_PAUSE")]
    Pause,
    /// Stops the transfer with [`Error::Aborted`](crate::Error::Aborted).
    #[doc(alias = "CURL_READFUNC_ABORT")]
    Abort,
    /// Stops the transfer with [`Error::Callback`](crate::Error::Callback), which keeps this error.
    Fail(BoxError),
}

impl ReadResult {
    #[inline(always)]
    pub(crate) fn into_raw(self, filled: size_t) -> Result<size_t, Stop> {
        match self {
            ReadResult::Continue => Ok(filled),
            ReadResult::Pause => Ok(sys::CURL_READFUNC_PAUSE),
            ReadResult::Abort => Err(Stop::Abort),
            ReadResult::Fail(error) => Err(Stop::Error(error)),
        }
    }
}

/// Continues the transfer.
impl From<()> for ReadResult {
    fn from((): ()) -> ReadResult {
        ReadResult::Continue
    }
}

/// Converts the result of those methods of [`ReadBuf`](crate::ReadBuf) that fill it from a reader.
impl<E: Into<BoxError>> From<Result<(), E>> for ReadResult {
    fn from(result: Result<(), E>) -> ReadResult {
        match result {
            Ok(()) => ReadResult::Continue,
            Err(error) => ReadResult::Fail(error.into()),
        }
    }
}

/// [`Poll::Pending`] pauses sending: a [`waker`](crate::Remote::waker) resumes it. What was put into the buffer
/// before is not sent.
impl<E: Into<BoxError>> From<Poll<Result<(), E>>> for ReadResult {
    fn from(result: Poll<Result<(), E>>) -> ReadResult {
        match result {
            Poll::Ready(result) => result.into(),
            Poll::Pending => ReadResult::Pause,
        }
    }
}

/// What [`seek`](crate::Callbacks::seek) answers.
#[derive(Debug)]
#[non_exhaustive]
pub enum SeekResult {
    /// The next `read` starts at the requested position.
    #[doc(alias = "CURL_SEEKFUNC_OK")]
    Done,
    /// The requested position cannot be reached.
    ///
    /// For an upload that is resumed, libcurl then reads up to that position and discards these bytes. If the body
    /// has to be sent again, the transfer fails with [`Code::SEND_FAIL_REWIND`](crate::Code::SEND_FAIL_REWIND).
    #[doc(alias = "CURL_SEEKFUNC_CANTSEEK")]
    CantSeek,
    /// Stops the transfer with [`Error::Aborted`](crate::Error::Aborted).
    Abort,
    /// Stops the transfer with [`Error::Callback`](crate::Error::Callback), which keeps this error.
    #[doc(alias = "CURL_SEEKFUNC_FAIL")]
    Fail(BoxError),
}

impl SeekResult {
    pub(crate) fn into_raw(self) -> Result<c_int, Stop> {
        match self {
            SeekResult::Done => Ok(sys::CURL_SEEKFUNC_OK),
            SeekResult::CantSeek => Ok(sys::CURL_SEEKFUNC_CANTSEEK),
            SeekResult::Abort => Err(Stop::Abort),
            SeekResult::Fail(error) => Err(Stop::Error(error)),
        }
    }
}

/// Converts the result of [`std::io::Seek::seek`].
impl<E: Into<BoxError>> From<Result<u64, E>> for SeekResult {
    fn from(result: Result<u64, E>) -> SeekResult {
        match result {
            Ok(_) => SeekResult::Done,
            Err(error) => SeekResult::Fail(error.into()),
        }
    }
}

/// Converts the result of [`std::io::Seek::rewind`].
impl<E: Into<BoxError>> From<Result<(), E>> for SeekResult {
    fn from(result: Result<(), E>) -> SeekResult {
        SeekResult::from(result.map(|()| 0))
    }
}

/// Makes the answer of a `seek` that has called `ioctl`. A failure keeps the name of `ioctl`.
impl From<IoctlResult> for SeekResult {
    fn from(result: IoctlResult) -> SeekResult {
        let stop = match result {
            IoctlResult::Done => return SeekResult::Done,
            IoctlResult::UnknownCommand => return SeekResult::CantSeek,
            IoctlResult::Abort => Stop::Abort,
            IoctlResult::Fail(error) => Stop::Error(error),
        };
        SeekResult::Fail(Forwarded::boxed(Callback::Ioctl, stop))
    }
}

/// What libcurl asks [`ioctl`](crate::Callbacks::ioctl) for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IoctlCommand {
    /// Nothing; libcurl never sends it.
    #[doc(alias = "CURLIOCMD_NOP")]
    Nop,
    /// A rewind: the next `read` is to start at the beginning of the body.
    #[doc(alias = "CURLIOCMD_RESTARTREAD")]
    RestartRead,
    /// A command that this crate does not know.
    Other(i32),
}

impl IoctlCommand {
    pub(crate) fn from_raw(raw: c_int) -> IoctlCommand {
        match raw {
            0 => IoctlCommand::Nop,
            1 => IoctlCommand::RestartRead,
            other => IoctlCommand::Other(other),
        }
    }
}

/// What [`ioctl`](crate::Callbacks::ioctl) answers.
#[derive(Debug)]
#[non_exhaustive]
pub enum IoctlResult {
    /// The command was carried out.
    #[doc(alias = "CURLIOE_OK")]
    Done,
    /// The handler does not know the command. The body cannot be sent again, and the transfer fails.
    #[doc(alias = "CURLIOE_UNKNOWNCMD")]
    UnknownCommand,
    /// Stops the transfer with [`Error::Aborted`](crate::Error::Aborted).
    Abort,
    /// Stops the transfer with [`Error::Callback`](crate::Error::Callback), which keeps this error.
    #[doc(alias = "CURLIOE_FAILRESTART")]
    Fail(BoxError),
}

impl IoctlResult {
    pub(crate) fn into_raw(self) -> Result<sys::curlioerr, Stop> {
        match self {
            IoctlResult::Done => Ok(sys::CURLIOE_OK),
            IoctlResult::UnknownCommand => Ok(sys::CURLIOE_UNKNOWNCMD),
            IoctlResult::Abort => Err(Stop::Abort),
            IoctlResult::Fail(error) => Err(Stop::Error(error)),
        }
    }
}

/// Converts the result of [`std::io::Seek::rewind`].
impl<E: Into<BoxError>> From<Result<(), E>> for IoctlResult {
    fn from(result: Result<(), E>) -> IoctlResult {
        match result {
            Ok(()) => IoctlResult::Done,
            Err(error) => IoctlResult::Fail(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_ioctl_commands_are_kept() {
        assert_eq!(IoctlCommand::from_raw(0), IoctlCommand::Nop);
        assert_eq!(IoctlCommand::from_raw(1), IoctlCommand::RestartRead);
        assert_eq!(IoctlCommand::from_raw(77), IoctlCommand::Other(77));
    }
}
