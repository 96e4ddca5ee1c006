//! A running transfer whose body the program reads or writes: the calls that read and write drive it.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use crate::ffi::sigpipe::Quiet;
use crate::run::alone::Alone;
use crate::run::guard::discard;
use crate::run::perform::End;
use crate::run::pull::Pull;
use crate::{Callbacks, Code, Error, Transfer, TransferError};

/// How many bytes are kept in each direction by default: 256 KiB.
pub(crate) const LIMIT: usize = 256 << 10;

/// The message of the error that replaces one which a call has already returned.
const TOLD: &str = "the transfer has failed, and an earlier call has returned the error";

/// Makes the error that replaces `error`, which a call has already returned. It has the code of `error`, or
/// [`Code::ABORTED_BY_CALLBACK`] if `error` has none.
pub(crate) fn told(error: &Error) -> Error {
    Error::libcurl_with(error.code().unwrap_or(Code::ABORTED_BY_CALLBACK), TOLD)
}

/// The transfer inside a [`Response`](crate::Response) or an [`Upload`](crate::Upload).
pub(crate) struct Pulled<H> {
    pub(crate) transfer: Transfer<H>,
    alone: Alone,
    state: State,
    pub(crate) timeout: Option<Duration>,
}

/// How far the transfer has come.
enum State {
    Running,
    Ended,
    /// The transfer has failed, and no call has returned the error yet.
    Failed(Box<Error>),
    /// The transfer has failed, and a call has returned the error or resumed the panic of a callback. An error of
    /// `finish` then has this code.
    Told(Code),
}

// Functions that take or return a `Pulled` are inlined where they are on the way of each transfer: otherwise, each copies
// it.
impl<H: Callbacks> Pulled<H> {
    /// Begins the transfer.
    #[inline(always)]
    pub(crate) fn start(
        mut transfer: Transfer<H>,
        pull: Pull,
        quiet: &Quiet,
    ) -> Result<Pulled<H>, TransferError<H>> {
        let checked = transfer
            .check_for(pull.outbox.is_some())
            .and_then(|()| check_readable(&transfer));
        match checked.and_then(|()| transfer.easy.start(pull, quiet)) {
            Ok(alone) => Ok(Pulled {
                transfer,
                alone,
                state: State::Running,
                timeout: None,
            }),
            Err(error) => Err(TransferError::new(error, transfer)),
        }
    }

    /// Returns whether the transfer has not ended.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.state, State::Running)
    }

    /// Drives the transfer until the final headers have come, libcurl waits for the program to read, or the transfer
    /// has ended.
    #[inline(always)]
    pub(crate) fn await_response(self, quiet: Quiet) -> Result<Pulled<H>, TransferError<H>> {
        let mut this = self.or_drop(|this| {
            this.drive_until(None, || quiet, |this| this.transfer.easy.has_response());
        });
        match this.transfer.easy.has_response() {
            // If it has failed since, reading returns the error after the body.
            true => Ok(this),
            false => this.or_error(),
        }
    }

    /// Drives the transfer to its end, throws the rest of the body away, and returns the transfer.
    #[inline(always)]
    pub(crate) fn finish(self) -> Result<Transfer<H>, TransferError<H>> {
        let this = self.or_drop(|this| {
            while this.is_running() {
                this.consume(usize::MAX);
                this.drive(Pulled::has_unread);
            }
        });
        this.into_result()
    }

    /// Runs `call`, which may resume the panic of a callback. In that case, drops `self` first: a handler whose
    /// drop panics must not do so while the other panic unwinds.
    #[inline(always)]
    fn or_drop(mut self, call: impl FnOnce(&mut Pulled<H>)) -> Pulled<H> {
        match catch_unwind(AssertUnwindSafe(|| call(&mut self))) {
            Ok(()) => self,
            Err(payload) => {
                discard(self);
                resume_unwind(payload)
            }
        }
    }

    /// Returns the transfer, which has ended.
    ///
    /// # Errors
    /// The error of the transfer if it has failed, with the transfer.
    #[inline(always)]
    fn into_result(self) -> Result<Transfer<H>, TransferError<H>> {
        Ok(self.or_error()?.into_transfer())
    }

    /// Returns `self` unless the transfer has failed. Otherwise returns the error, or its replacement if a call
    /// has returned it.
    #[inline(always)]
    fn or_error(mut self) -> Result<Pulled<H>, TransferError<H>> {
        let error = match std::mem::replace(&mut self.state, State::Ended) {
            State::Failed(error) => *error,
            State::Told(code) => Error::libcurl_with(code, TOLD),
            state => {
                self.state = state;
                return Ok(self);
            }
        };
        Err(TransferError::new(error, self.into_transfer()))
    }

    /// Ends the transfer at once, and returns it.
    pub(crate) fn cancel(self) -> Transfer<H> {
        let this = self.or_drop(|this| {
            if this.is_running() {
                this.end(Ok(End::Cancelled), Quiet::new());
            }
        });
        this.into_transfer()
    }

    fn into_transfer(mut self) -> Transfer<H> {
        self.transfer.easy.close_pipes();
        self.transfer
    }

    pub(crate) fn has_unread(&mut self) -> bool {
        let inbox = self.transfer.easy.inbox();
        inbox.is_some_and(|inbox| !inbox.is_empty())
    }

    /// Drives the transfer until `is_enough` returns `true`, or until the transfer has ended.
    pub(crate) fn drive(&mut self, is_enough: impl Fn(&mut Pulled<H>) -> bool) {
        self.drive_until(None, Quiet::new, is_enough);
    }

    /// Drives the transfer as [`drive`](Pulled::drive) does, but not longer than `timeout`.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] if the time is over first.
    pub(crate) fn drive_in_time(
        &mut self,
        is_enough: impl Fn(&mut Pulled<H>) -> bool,
    ) -> io::Result<()> {
        let timeout = self.timeout;
        let limit = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        match self.drive_until(limit, Quiet::new, is_enough) {
            true => Ok(()),
            false => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// Drives the transfer as [`drive`](Pulled::drive) does. Returns `false` if `limit` is over first.
    fn drive_until(
        &mut self,
        limit: Option<Instant>,
        quiet: impl FnOnce() -> Quiet,
        is_enough: impl Fn(&mut Pulled<H>) -> bool,
    ) -> bool {
        if !self.is_running() || is_enough(self) {
            return true;
        }
        // All calls below use this one `Quiet`, since making one costs a system call on most systems.
        let quiet = quiet();
        loop {
            if let Some(end) = self.step(&quiet) {
                self.end(end, quiet);
                return true;
            }
            if is_enough(self) {
                return true;
            }
            if limit.is_some_and(|limit| limit <= Instant::now()) {
                return false;
            }
            if let Err(error) = self.transfer.easy.wait(&mut self.alone, limit) {
                self.end(Err(error), quiet);
                return true;
            }
        }
    }

    /// Drives the transfer as far as it goes without waiting. Returns how it has ended, or `None` if it goes on.
    fn step(&mut self, quiet: &Quiet) -> Option<Result<End, Error>> {
        let easy = &mut self.transfer.easy;
        let end = easy.let_go_on();
        end.and_then(|()| easy.step(&mut self.alone, quiet))
            .transpose()
    }

    /// Ends the transfer.
    fn end(&mut self, end: Result<End, Error>, quiet: Quiet) {
        // This state stays if `finish` resumes the panic of a callback.
        self.state = State::Told(Code::ABORTED_BY_CALLBACK);
        self.state = match self.transfer.easy.finish(end, quiet) {
            Ok(()) => State::Ended,
            Err(error) => State::Failed(Box::new(error)),
        };
    }

    /// Returns the error of the transfer if it has failed, or its replacement if a call has returned it.
    pub(crate) fn fail(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Failed(error) => {
                self.state = State::Told(error.code().unwrap_or(Code::ABORTED_BY_CALLBACK));
                Err((*error).into())
            }
            State::Told(code) => {
                self.state = State::Told(code);
                Err(io::Error::other(TOLD))
            }
            state => {
                self.state = state;
                Ok(())
            }
        }
    }

    /// Reads the next bytes of the response body.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }

    /// Returns the next bytes of the response body, or an empty slice at its end. Fails if the transfer has
    /// failed and all bytes before the failure were read.
    pub(crate) fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if !self.has_unread() {
            self.drive_in_time(Pulled::has_unread)?;
            if !self.has_unread() {
                self.fail()?;
            }
        }
        let inbox = self.transfer.easy.inbox();
        Ok(inbox.map_or(&[], |inbox| inbox.bytes()))
    }

    /// Notes that `count` bytes, which [`fill_buf`](Pulled::fill_buf) has returned, were read.
    pub(crate) fn consume(&mut self, count: usize) {
        if let Some(inbox) = self.transfer.easy.inbox() {
            inbox.consume(count);
        }
    }
}

/// Refuses a transfer whose body cannot be read: one that only connects, and one of a file.
pub(crate) fn check_readable<H: Callbacks>(transfer: &Transfer<H>) -> Result<(), Error> {
    let refuse = |option, reason| Err(Error::Option { option, reason });
    if transfer.easy.connects_only() {
        return refuse(
            "CURLOPT_CONNECT_ONLY",
            "such a transfer has no body to read",
        );
    }
    if transfer.easy.names_file() {
        return refuse("CURLOPT_URL", "libcurl cannot pause the transfer of a file");
    }
    Ok(())
}
