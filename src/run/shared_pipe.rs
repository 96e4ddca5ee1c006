//! A pipe for a body, between libcurl on the thread that drives the transfer, and a reader or writer that may be on
//! another thread.

use std::io::{self, ErrorKind};
use std::mem;
use std::sync::{Arc, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::error::BoxError;
use crate::ffi::read_buf::ReadBuf;
use crate::run::pipe::Pipe;
use crate::run::waiter::{self, Waiter};
use crate::sync::{Condvar, Mutex, MutexGuard};

/// A [`Pipe`] that two threads may use: libcurl's side and the program's side.
pub(crate) struct SharedPipe {
    state: Mutex<State>,
    /// Wakes the program's side if it blocks.
    changed: Condvar,
    /// Resumes the direction of the transfer in which libcurl waits for this pipe. Empty until there is a
    /// transfer.
    resume: OnceLock<Waker>,
}

struct State {
    pipe: Pipe,
    /// Who waits on the program's side.
    waiter: Waiter,
    /// Whether the program's side has begun to wait, blocking or polling, since it was last woken.
    is_awaited: bool,
    /// Whether the transfer has ended.
    is_closed: bool,
    /// Whether libcurl takes no more bytes to send, although the transfer runs.
    is_refused: bool,
    /// How many more received bytes may be thrown away; `None` while the program reads them.
    discards: Option<u64>,
    /// The announced size of the body to send, if there is one.
    size: Option<u64>,
    /// How many bytes the program has put in to be sent.
    written: u64,
    /// The error with which the transfer has to fail, until libcurl's side takes it.
    failure: Option<BoxError>,
}

/// What a pipe has done with received bytes.
pub(super) enum Put {
    Taken,
    /// The bytes were taken, and the program waits for them.
    Awaited,
    /// The bytes were not taken: the pipe is full, and libcurl has to wait.
    Full,
    /// More bytes have come than may be thrown away.
    Refused,
}

/// What libcurl's side gets from a pipe whose bytes it sends.
pub(super) enum Take {
    /// The number of bytes that were moved; 0 at the end of the body, or if there was no room for them.
    Bytes(usize),
    /// libcurl has to wait for more.
    Wait,
    /// No more bytes will come, since [`refuse`](SharedPipe::refuse) was called.
    Refused,
    /// The program has given up, or the transfer has ended and libcurl sends the body again.
    Failed(BoxError),
}

impl State {
    /// Returns how many of `len` bytes to send are within the announced size. Fails if none are.
    fn within_size(&self, len: usize) -> io::Result<usize> {
        let left = self.size.map(|size| size.saturating_sub(self.written));
        match left.map_or(len, |left| len.min(left.try_into().unwrap_or(len))) {
            0 if len > 0 => Err(too_much()),
            count => Ok(count),
        }
    }

    /// Returns whether libcurl's side takes no more bytes to send.
    fn takes_nothing(&self) -> bool {
        self.is_closed || self.is_refused
    }

    /// Notes that the program's side waits, and returns its waiter.
    fn await_change(&mut self) -> &mut Waiter {
        self.is_awaited = true;
        &mut self.waiter
    }
}

impl SharedPipe {
    /// Makes a pipe that is full when it holds `limit` bytes.
    pub(crate) fn new(limit: usize) -> Arc<SharedPipe> {
        Arc::new(SharedPipe {
            state: Mutex::new(State {
                pipe: Pipe::new(limit),
                waiter: Waiter::default(),
                is_awaited: false,
                is_closed: false,
                is_refused: false,
                discards: None,
                size: None,
                written: 0,
                failure: None,
            }),
            changed: Condvar::new(),
            resume: OnceLock::new(),
        })
    }

    /// Connects the pipe with a transfer: `resume` resumes the direction in which libcurl waits for the pipe,
    /// and `size` is the announced size of a body to send. If the program has already written more, the
    /// transfer will fail.
    pub(crate) fn attach(&self, resume: Waker, size: Option<u64>) {
        // A pipe serves one transfer: a second call keeps the first waker.
        let _ = self.resume.set(resume);
        let mut state = self.state();
        state.size = size;
        if size.is_some_and(|size| size < state.written) {
            state.failure.get_or_insert_with(|| too_much().into());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the program's side, without the lock.
    fn notify(&self, mut state: MutexGuard<'_, State>) {
        state.is_awaited = false;
        let waiter = state.waiter.take();
        drop(state);
        waiter.wake(&self.changed);
    }

    /// Resumes libcurl's side, without the lock, if it waits for this pipe.
    fn let_go_on(&self, mut state: MutexGuard<'_, State>) {
        // After the transfer has ended, the same transfer may run again without this pipe: that run is not
        // resumed.
        let holds = mem::take(&mut state.pipe.holds) && !state.is_closed;
        drop(state);
        if holds {
            self.resume();
        }
    }

    /// Wakes the program's side if it waits, and `is_due` says so.
    fn wake_if(&self, is_due: impl FnOnce(&Pipe) -> bool) {
        let state = self.state();
        if state.is_awaited && is_due(&state.pipe) {
            self.notify(state);
        }
    }

    fn resume(&self) {
        if let Some(resume) = self.resume.get() {
            resume.wake_by_ref();
        }
    }
}

/// libcurl's side.
impl SharedPipe {
    /// Puts in received bytes, or counts them if they are thrown away.
    pub(super) fn put(&self, data: &[u8]) -> Put {
        let mut state = self.state();
        if let Some(left) = &mut state.discards {
            return match left.checked_sub(data.len() as u64) {
                Some(rest) => {
                    *left = rest;
                    Put::Taken
                }
                None => Put::Refused,
            };
        }
        match (state.pipe.put(data), state.is_awaited) {
            (false, _) => Put::Full,
            (true, true) => Put::Awaited,
            (true, false) => Put::Taken,
        }
    }

    /// Wakes the program's side if it waits, after libcurl may have put in or taken bytes.
    pub(crate) fn wake(&self) {
        self.wake_if(|_| true);
    }

    /// Wakes the program's side if it waits for bytes, and there are some.
    pub(crate) fn wake_reader(&self) {
        self.wake_if(|pipe| !pipe.is_empty());
    }

    /// Returns whether the program's side waits.
    pub(super) fn is_awaited(&self) -> bool {
        self.state().is_awaited
    }

    /// Wakes the program's side if it waits and the pipe is at most half full.
    pub(super) fn wake_if_half_empty(&self) {
        self.wake_if(Pipe::is_half_empty);
    }

    /// Moves bytes to send into `buffer`.
    pub(super) fn take(&self, buffer: &mut ReadBuf<'_>) -> Take {
        let mut state = self.state();
        if let Some(failure) = state.failure.take() {
            return Take::Failed(failure);
        }
        if state.is_closed {
            return Take::Failed(GONE.into());
        }
        if state.is_refused && state.pipe.is_empty() {
            // libcurl goes on taking bytes after `refuse` if it closes the connection after the response. The caller
            // of `refuse` knows this only by a header `Connection: close`, and not before libcurl 7.83.0.
            return Take::Refused;
        }
        state.pipe.take(buffer).map_or(Take::Wait, Take::Bytes)
    }

    /// Takes the error with which the program has given up, or returns `None`.
    pub(super) fn take_failure(&self) -> Option<BoxError> {
        self.state().failure.take()
    }

    /// Returns whether libcurl has taken none of the bytes to send, and the transfer has not ended.
    pub(super) fn is_untouched(&self) -> bool {
        let state = self.state();
        state.written == state.pipe.bytes().len() as u64 && !state.is_closed
    }

    /// Notes that libcurl no longer waits because of this pipe: a remote has paused the direction, and only a
    /// remote or the handler resumes it.
    pub(super) fn release(&self) {
        self.state().pipe.holds = false;
    }

    /// Returns whether libcurl waits for the program's side.
    pub(crate) fn holds(&self) -> bool {
        self.state().pipe.holds
    }

    /// Returns whether the pipe holds no bytes.
    pub(crate) fn is_empty(&self) -> bool {
        self.state().pipe.is_empty()
    }

    /// Notes that libcurl takes no more bytes to send, although the transfer runs. Wakes the program's side,
    /// whose writes fail from now on, and resumes libcurl's side if it waits for more bytes.
    pub(crate) fn refuse(&self) {
        let mut state = self.state();
        if mem::replace(&mut state.is_refused, true) {
            return;
        }
        self.notify(state);
        self.let_go_on(self.state());
    }

    /// Notes that the transfer has ended, and wakes the program's side.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        self.notify(state);
    }
}

/// The program's side.
impl SharedPipe {
    /// Moves the received bytes into `empty`, which is empty. Returns `Ok(true)` if there are any, `Ok(false)`
    /// if there are none and the transfer has ended, and the lock if none have come yet.
    fn try_receive(&self, empty: &mut Vec<u8>) -> Result<bool, MutexGuard<'_, State>> {
        let mut state = self.state();
        if !state.pipe.is_empty() {
            state.pipe.exchange(empty);
            self.let_go_on(state);
            return Ok(true);
        }
        match state.is_closed {
            true => Ok(false),
            false => Err(state),
        }
    }

    /// Waits until bytes were received, moves them into `empty`, which is empty, and returns `Some(true)`. Returns
    /// `Some(false)` if the transfer has ended and all bytes were read, and `None` if `limit` is over first.
    pub(crate) fn receive(&self, empty: &mut Vec<u8>, limit: Option<Instant>) -> Option<bool> {
        self.wait(limit, || self.try_receive(empty))
    }

    /// Polls for what [`receive`](SharedPipe::receive) waits for.
    pub(crate) fn poll_receive(&self, cx: &Context<'_>, empty: &mut Vec<u8>) -> Poll<bool> {
        waiter::poll(cx, || self.try_receive(empty), State::await_change)
    }

    /// Throws away the unread bytes, and up to `limit` bytes that are received from now on. If more come, the
    /// transfer ends.
    pub(crate) fn discard(&self, limit: u64) {
        let mut state = self.state();
        let unread = state.pipe.bytes().len();
        state.pipe.consume(unread);
        state.discards = Some(limit);
        self.let_go_on(state);
    }

    /// Puts in as much of `data`, which is not empty, as fits, and returns how many bytes that were. Returns
    /// the lock if the pipe is full.
    fn try_send(&self, data: &[u8]) -> Result<io::Result<usize>, MutexGuard<'_, State>> {
        let mut state = self.state();
        if state.pipe.has_ended() {
            let text = "the body was ended";
            return Ok(Err(io::Error::new(ErrorKind::BrokenPipe, text)));
        }
        let count = match state.within_size(data.len()) {
            Ok(count) => count.min(state.pipe.room()),
            Err(error) => return Ok(Err(error)),
        };
        if state.takes_nothing() {
            return Ok(Err(ended()));
        }
        if count == 0 {
            return Err(state);
        }
        state.pipe.append(&data[..count]);
        state.written += count as u64;
        self.let_go_on(state);
        Ok(Ok(count))
    }

    /// Puts in as much of `data` as fits, and returns how many bytes that were. If the pipe is full, waits for
    /// room until `limit`.
    pub(crate) fn send(&self, data: &[u8], limit: Option<Instant>) -> io::Result<usize> {
        match data {
            [] => Ok(0),
            data => in_time(self.wait(limit, || self.try_send(data))),
        }
    }

    /// Polls to put in bytes as [`send`](SharedPipe::send) does.
    pub(crate) fn poll_send(&self, cx: &Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        match data {
            [] => Poll::Ready(Ok(0)),
            data => waiter::poll(cx, || self.try_send(data), State::await_change),
        }
    }

    /// Checks whether libcurl has taken all bytes. Fails if it takes no more; returns the lock if it has not
    /// taken all yet.
    fn try_flush(&self) -> Result<io::Result<()>, MutexGuard<'_, State>> {
        let state = self.state();
        match (state.pipe.is_empty(), state.takes_nothing()) {
            (true, _) => Ok(Ok(())),
            (false, true) => Ok(Err(ended())),
            (false, false) => Err(state),
        }
    }

    /// Waits until libcurl has taken all bytes, but not longer than until `limit`.
    pub(crate) fn flush(&self, limit: Option<Instant>) -> io::Result<()> {
        in_time(self.wait(limit, || self.try_flush()))
    }

    /// Polls for what [`flush`](SharedPipe::flush) waits for.
    pub(crate) fn poll_flush(&self, cx: &Context<'_>) -> Poll<io::Result<()>> {
        waiter::poll(cx, || self.try_flush(), State::await_change)
    }

    /// Polls until libcurl takes no more bytes to send, and returns the error that a write then has.
    #[cfg(any(feature = "futures-io", feature = "tokio"))]
    pub(crate) fn poll_ended(&self, cx: &Context<'_>) -> Poll<io::Error> {
        let attempt = || {
            let state = self.state();
            match state.takes_nothing() {
                true => Ok(ended()),
                false => Err(state),
            }
        };
        // `is_awaited` is not set: the program waits for the end only, and need not be woken when libcurl takes
        // bytes.
        waiter::poll(cx, attempt, |state| &mut state.waiter)
    }

    /// Calls `cancel`, which has to cancel the transfer. If the transfer has ended, does not call it: the same
    /// transfer may run again without this pipe. If libcurl takes no more bytes to send, does not call it
    /// either: the body need not be complete then.
    pub(crate) fn cancel(&self, cancel: impl FnOnce()) {
        // The lock is held, so that the pipe is not closed meanwhile: before that, the transfer is not given back.
        let state = self.state();
        if !state.takes_nothing() {
            cancel();
        }
    }

    /// Makes the transfer end with the error `failure`. If libcurl takes no more bytes, or if another error has not
    /// been taken yet, does nothing and returns `failure`.
    pub(crate) fn fail(&self, failure: BoxError) -> Result<(), BoxError> {
        let mut state = self.state();
        if state.takes_nothing() || state.failure.is_some() {
            drop(state);
            return Err(failure);
        }
        state.failure = Some(failure);
        drop(state);
        self.resume();
        Ok(())
    }

    /// Ends the body to send.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.pipe.end();
        self.let_go_on(state);
    }

    fn wait<'a, T>(
        &'a self,
        limit: Option<Instant>,
        attempt: impl FnMut() -> Result<T, MutexGuard<'a, State>>,
    ) -> Option<T> {
        waiter::wait(&self.changed, limit, attempt, State::await_change)
    }
}

/// The error of a body that libcurl wants to send a second time: written bytes are not kept.
pub(super) const GONE: &str = "the body has to be sent again, but what was written is gone";

/// Returns the error of a write when libcurl takes no more bytes to send.
fn ended() -> io::Error {
    let text = "the transfer has ended before its body: its result tells why";
    io::Error::new(ErrorKind::BrokenPipe, text)
}

fn too_much() -> io::Error {
    let text = "more is written than the size that was announced";
    io::Error::new(ErrorKind::InvalidInput, text)
}

/// Returns the result of a call, or `TimedOut` if its time was over.
fn in_time<T>(result: Option<io::Result<T>>) -> io::Result<T> {
    result.unwrap_or_else(|| Err(ErrorKind::TimedOut.into()))
}
