//! The arguments and the answer of `xfer_info` and `progress`.

use std::fmt;

use libc::c_int;

use crate::error::{BoxError, Forwarded, Stop};
use crate::ffi::sys;
use crate::{Callback, Info, Version};

/// How many bytes of the body have been received and sent so far, and how many there will be.
///
/// The bytes are counted as they are transferred: received bytes before decoding, and sent bytes with what libcurl adds
/// to the body, such as the lines between chunks. A total of 0 means that the size is not known (yet), or that there is
/// no body in this direction or an empty one.
///
/// If a download continues a file, `downloaded` and `download_total` count only the rest of the file: add
/// [`offset`](XferInfo::offset) to both numbers.
#[derive(Clone)]
#[non_exhaustive]
#[doc(alias = "progress bar")]
pub struct XferInfo<'a> {
    /// How many bytes are expected from the server.
    pub download_total: u64,
    /// How many bytes have been received.
    pub downloaded: u64,
    /// How many bytes are to be sent to the server.
    pub upload_total: u64,
    /// How many bytes have been sent.
    pub uploaded: u64,
    offset: u64,
    info: Info<'a>,
}

impl<'a> XferInfo<'a> {
    #[inline(always)]
    pub(crate) fn new(counters: [sys::curl_off_t; 4], info: Info<'a>) -> XferInfo<'a> {
        // The conversion to `u64` loses nothing, since libcurl never counts below zero.
        let [download_total, downloaded, upload_total, uploaded] = counters.map(|n| n as u64);
        XferInfo {
            download_total,
            downloaded,
            upload_total,
            uploaded,
            offset: 0,
            info,
        }
    }

    /// Returns how many bytes of the file were there before, if this transfer downloads the rest of a file: the
    /// handler inside of a [`Download`](crate::handlers::Download) gets this number. Otherwise, returns 0, also
    /// with [`resume_from`](crate::Transfer::resume_from) and [`range`](crate::Transfer::range).
    ///
    /// The page of [`Download`](crate::handlers::Download#progress) has an example with a progress bar.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the same counters, for a transfer that continues a file of `offset` bytes.
    pub(crate) fn continuing(&self, offset: u64) -> XferInfo<'a> {
        XferInfo {
            offset,
            ..self.clone()
        }
    }

    /// Returns information about the running transfer.
    #[must_use]
    pub fn info(&self) -> &Info<'a> {
        &self.info
    }
}

impl fmt::Debug for XferInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XferInfo")
            .field("download_total", &self.download_total)
            .field("downloaded", &self.downloaded)
            .field("upload_total", &self.upload_total)
            .field("uploaded", &self.uploaded)
            .finish()
    }
}

/// The counters of [`XferInfo`] as floating point numbers, for the deprecated callback `progress`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// How many bytes are expected from the server.
    pub download_total: f64,
    /// How many bytes have been received.
    pub downloaded: f64,
    /// How many bytes are to be sent to the server.
    pub upload_total: f64,
    /// How many bytes have been sent.
    pub uploaded: f64,
}

impl Progress {
    #[inline(always)]
    pub(crate) fn new(counters: [f64; 4]) -> Progress {
        let [download_total, downloaded, upload_total, uploaded] = counters;
        Progress {
            download_total,
            downloaded,
            upload_total,
            uploaded,
        }
    }
}

impl From<&XferInfo<'_>> for Progress {
    #[inline]
    fn from(x: &XferInfo<'_>) -> Progress {
        let counters = [x.download_total, x.downloaded, x.upload_total, x.uploaded];
        Progress::new(counters.map(|n| n as f64))
    }
}

/// A direction of a transfer, or both. Each direction can be paused by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Receiving from the server, which calls `write` and `header`.
    #[doc(alias = "CURLPAUSE_RECV")]
    Receive,
    /// Sending to the server, which calls `read`.
    #[doc(alias = "CURLPAUSE_SEND")]
    Send,
    /// Both directions.
    #[doc(alias = "CURLPAUSE_ALL")]
    Both,
}

impl Direction {
    /// Returns libcurl's bits for the direction.
    #[inline(always)]
    pub(crate) fn bit(self) -> c_int {
        match self {
            Direction::Receive => sys::CURLPAUSE_RECV,
            Direction::Send => sys::CURLPAUSE_SEND,
            Direction::Both => sys::CURLPAUSE_RECV | sys::CURLPAUSE_SEND,
        }
    }
}

/// What [`xfer_info`](crate::Callbacks::xfer_info) and [`progress`](crate::Callbacks::progress) answer.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProgressResult {
    /// The transfer goes on.
    Continue,
    /// The transfer goes on, and libcurl prints its own meter to standard error.
    ///
    /// Since libcurl 7.68.0. With earlier releases it does the same as [`Continue`](ProgressResult::Continue).
    #[doc(alias = "CURL_PROGRESSFUNC_CONTINUE")]
    ShowMeter,
    /// The transfer goes on. If this direction is paused, it is resumed once this callback has returned. The other
    /// direction stays as it is.
    ///
    /// If nothing is paused, the first of several `Resume` answers in a row makes libcurl run the
    /// transfer once more, which continues a suspended TLS handshake.
    #[doc(alias = "curl_easy_pause")]
    Resume(Direction),
    /// Stops the transfer with [`Error::Aborted`](crate::Error::Aborted).
    Abort,
    /// Stops the transfer with [`Error::Callback`](crate::Error::Callback), which keeps this error.
    Fail(BoxError),
}

/// What the trampoline for progress has to do once the handler is no longer borrowed.
pub(crate) enum Next {
    Return(c_int),
    Resume(Direction),
}

/// Returns the number with which a progress function makes libcurl print its own meter. libcurl before
/// 7.68.0 would take this number for an abort, so with these releases it is 0, to continue.
pub(crate) fn show_meter() -> c_int {
    match Version::linked() < Version::new(7, 68, 0) {
        true => 0,
        false => sys::CURL_PROGRESSFUNC_CONTINUE,
    }
}

impl ProgressResult {
    #[inline(always)]
    pub(crate) fn into_raw(self) -> Result<Next, Stop> {
        match self {
            ProgressResult::Continue => Ok(Next::Return(0)),
            ProgressResult::ShowMeter => Ok(Next::Return(show_meter())),
            ProgressResult::Resume(direction) => Ok(Next::Resume(direction)),
            ProgressResult::Abort => Err(Stop::Abort),
            ProgressResult::Fail(error) => Err(Stop::Error(error)),
        }
    }

    /// Returns the answer of the handler inside, changed so that it also resumes `direction`. An answer that stops
    /// the transfer stays as it is.
    pub(crate) fn and_resume(self, direction: Direction) -> ProgressResult {
        match self {
            ProgressResult::Continue | ProgressResult::ShowMeter => {
                ProgressResult::Resume(direction)
            }
            ProgressResult::Resume(other) if other != direction => {
                ProgressResult::Resume(Direction::Both)
            }
            result => result,
        }
    }

    /// Makes the answer of an `xfer_info` that has called `progress`. A failure keeps the name of `progress`.
    #[inline]
    pub(crate) fn of_progress(self) -> ProgressResult {
        let stop = match self {
            ProgressResult::Abort => Stop::Abort,
            ProgressResult::Fail(error) => Stop::Error(error),
            other => return other,
        };
        ProgressResult::Fail(Forwarded::boxed(Callback::Progress, stop))
    }
}

/// Continues the transfer.
impl From<()> for ProgressResult {
    fn from((): ()) -> ProgressResult {
        ProgressResult::Continue
    }
}

impl<E: Into<BoxError>> From<Result<(), E>> for ProgressResult {
    fn from(result: Result<(), E>) -> ProgressResult {
        match result {
            Ok(()) => ProgressResult::Continue,
            Err(error) => ProgressResult::Fail(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, ProgressResult};

    #[test]
    fn answer_resumes_the_directions_of_both_handlers() {
        use Direction::{Both, Receive, Send};
        for (inner, own, all) in [
            (Receive, Receive, Receive),
            (Send, Send, Send),
            (Receive, Send, Both),
            (Both, Send, Both),
        ] {
            let answer = ProgressResult::Resume(inner).and_resume(own);
            let is_right = matches!(answer, ProgressResult::Resume(found) if found == all);
            assert!(is_right, "{inner:?}, {own:?}: {answer:?}");
        }
    }
}
