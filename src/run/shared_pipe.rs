//! A body on its way between libcurl, on the thread that drives, and a reader or writer on another.

use std::io::{self, ErrorKind};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::error::BoxError;
use crate::ffi::read_buf::ReadBuf;
use crate::run::pipe::Pipe;
use crate::run::waiter::{self, Waiter};

/// A [`Pipe`] that two threads use: libcurl's side and the program's side.
pub(crate) struct SharedPipe {
    state: Mutex<State>,
    /// Wakes a program that blocks.
    changed: Condvar,
    /// Resumes the transfer when its side need not wait any more; empty until there is a transfer.
    resume: OnceLock<Waker>,
}

struct State {
    pipe: Pipe,
    /// Wakes a program that polls.
    waiter: Waiter,
    /// Whether a program waits for a change.
    is_awaited: bool,
    /// Whether the transfer has ended.
    is_closed: bool,
    /// Whether nothing is taken out any more.
    is_refused: bool,
    /// How many more bytes are thrown away, if nobody reads.
    discards: Option<u64>,
    /// The announced size of what is sent.
    size: Option<u64>,
    /// How many bytes were put in to be sent.
    written: u64,
    /// Why the program has given up, until libcurl's side takes it.
    failure: Option<BoxError>,
}

/// What became of data that libcurl has handed over.
pub(super) enum Put {
    Taken,
    /// It was taken, and a program waits for it.
    Awaited,
    /// libcurl has to wait.
    Full,
    /// More has come than is to be thrown away.
    Refused,
}

/// What libcurl's side gets of a body that is sent.
pub(super) enum Take {
    /// So many bytes; none at the end.
    Bytes(usize),
    /// libcurl has to wait for more.
    Wait,
    /// The program has given up.
    Failed(BoxError),
}

impl State {
    /// Returns how many of `len` bytes to send may be put in, as far as the announced size goes.
    fn within_size(&self, len: usize) -> io::Result<usize> {
        let left = self.size.map(|size| size.saturating_sub(self.written));
        match left.map_or(len, |left| len.min(left.try_into().unwrap_or(len))) {
            0 if len > 0 => Err(too_much()),
            count => Ok(count),
        }
    }

    /// Returns whether libcurl's side takes nothing more.
    fn takes_nothing(&self) -> bool {
        self.is_closed || self.is_refused
    }

    /// Notes that a program waits, and returns what wakes it if it polls.
    fn await_change(&mut self) -> &mut Waiter {
        self.is_awaited = true;
        &mut self.waiter
    }
}

impl SharedPipe {
    /// Makes one in which up to `limit` bytes wait.
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

    /// Notes which transfer has the other side: `resume` resumes the direction that this side pauses. If
    /// something is sent, its `size` may be announced.
    pub(crate) fn attach(&self, resume: Waker, size: Option<u64>) {
        // There is one transfer.
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

    /// Wakes the program's side.
    fn notify(&self, mut state: MutexGuard<'_, State>) {
        state.is_awaited = false;
        let waker = state.waiter.take();
        drop(state);
        self.changed.notify_all();
        waker.wake();
    }

    /// Resumes libcurl's side, if it waits.
    fn let_go_on(&self, mut state: MutexGuard<'_, State>) {
        // The same transfer may run again, without this pipe.
        let holds = mem::take(&mut state.pipe.holds) && !state.is_closed;
        drop(state);
        if holds {
            self.resume();
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
    /// Puts in a part of a body that was received.
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

    /// Wakes the program, if it waits: libcurl has put in or taken something since.
    pub(crate) fn wake(&self) {
        let state = self.state();
        if state.is_awaited {
            self.notify(state);
        }
    }

    /// Returns whether a program waits.
    pub(super) fn is_awaited(&self) -> bool {
        self.state().is_awaited
    }

    /// Wakes the program as [`wake`](SharedPipe::wake) does, if there is room for half of what fits.
    pub(super) fn wake_if_half_empty(&self) {
        let state = self.state();
        if state.is_awaited && state.pipe.is_half_empty() {
            self.notify(state);
        }
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
        state.pipe.take(buffer).map_or(Take::Wait, Take::Bytes)
    }

    /// Returns why the program has given up, once.
    pub(super) fn take_failure(&self) -> Option<BoxError> {
        self.state().failure.take()
    }

    /// Returns whether libcurl has taken none of the bytes to send.
    pub(super) fn is_untouched(&self) -> bool {
        let state = self.state();
        state.written == state.pipe.bytes().len() as u64 && !state.is_closed
    }

    /// Notes that somebody else has paused the transfer, and will resume it.
    pub(super) fn release(&self) {
        self.state().pipe.holds = false;
    }

    /// Returns whether libcurl waits for the program.
    pub(crate) fn holds(&self) -> bool {
        self.state().pipe.holds
    }

    /// Returns whether nothing waits to be read.
    pub(crate) fn is_empty(&self) -> bool {
        self.state().pipe.is_empty()
    }

    /// Notes that libcurl's side takes nothing more, and need not wait.
    pub(crate) fn refuse(&self) {
        let mut state = self.state();
        if mem::replace(&mut state.is_refused, true) {
            return;
        }
        self.notify(state);
        self.let_go_on(self.state());
    }

    /// Notes that the transfer has ended.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        self.notify(state);
    }
}

/// The program's side.
impl SharedPipe {
    /// Exchanges `empty` for the bytes that were received. Returns whether there are any, or `None` if
    /// there are none yet.
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

    /// Exchanges `empty` for the bytes that were received, and waits for some. Returns whether there are
    /// any, which there are not after the end; `None` after `limit`.
    pub(crate) fn receive(&self, empty: &mut Vec<u8>, limit: Option<Instant>) -> Option<bool> {
        self.wait(limit, || self.try_receive(empty))
    }

    /// Receives as [`receive`](SharedPipe::receive) does, without waiting.
    pub(crate) fn poll_receive(&self, cx: &Context<'_>, empty: &mut Vec<u8>) -> Poll<bool> {
        waiter::poll(cx, || self.try_receive(empty), State::await_change)
    }

    /// Throws away what is received from now on, up to a number of bytes.
    pub(crate) fn discard(&self, limit: u64) {
        let mut state = self.state();
        let unread = state.pipe.bytes().len();
        state.pipe.consume(unread);
        state.discards = Some(limit);
        self.let_go_on(state);
    }

    /// Puts in what fits of `data`, which is not empty. Returns how much.
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

    /// Puts in what fits of `data`, and waits until `limit` until something does. Returns how much.
    pub(crate) fn send(&self, data: &[u8], limit: Option<Instant>) -> io::Result<usize> {
        match data {
            [] => Ok(0),
            data => in_time(self.wait(limit, || self.try_send(data))),
        }
    }

    /// Sends as [`send`](SharedPipe::send) does, without waiting.
    pub(crate) fn poll_send(&self, cx: &Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        match data {
            [] => Poll::Ready(Ok(0)),
            data => waiter::poll(cx, || self.try_send(data), State::await_change),
        }
    }

    /// Returns success if everything was sent.
    fn try_flush(&self) -> Result<io::Result<()>, MutexGuard<'_, State>> {
        let state = self.state();
        match (state.pipe.is_empty(), state.takes_nothing()) {
            (true, _) => Ok(Ok(())),
            (false, true) => Ok(Err(ended())),
            (false, false) => Err(state),
        }
    }

    /// Waits until `limit` until everything was sent.
    pub(crate) fn flush(&self, limit: Option<Instant>) -> io::Result<()> {
        in_time(self.wait(limit, || self.try_flush()))
    }

    /// Flushes as [`flush`](SharedPipe::flush) does, without waiting.
    pub(crate) fn poll_flush(&self, cx: &Context<'_>) -> Poll<io::Result<()>> {
        waiter::poll(cx, || self.try_flush(), State::await_change)
    }

    /// Returns the error of a write once libcurl's side takes nothing more.
    pub(crate) fn poll_ended(&self, cx: &Context<'_>) -> Poll<io::Error> {
        let attempt = || {
            let state = self.state();
            match state.takes_nothing() {
                true => Ok(ended()),
                false => Err(state),
            }
        };
        // What libcurl takes is no such change, so that it need not wake the program.
        waiter::poll(cx, attempt, |state| &mut state.waiter)
    }

    /// Calls `cancel`, which cancels the transfer, unless it has ended: the same one may run again, without this
    /// pipe. A body that the server has refused need not be whole.
    pub(crate) fn cancel(&self, cancel: impl FnOnce()) {
        // Under the lock, so that it does not end meanwhile.
        let state = self.state();
        if !state.takes_nothing() {
            cancel();
        }
    }

    /// Ends the transfer with an error. Returns the error if nothing is sent any more.
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

    /// Ends the body that is sent.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.pipe.end();
        self.let_go_on(state);
    }

    fn wait<'a, T>(
        &'a self,
        limit: Option<Instant>,
        mut attempt: impl FnMut() -> Result<T, MutexGuard<'a, State>>,
    ) -> Option<T> {
        waiter::wait(&self.changed, limit, || {
            attempt().map_err(|mut state| {
                state.is_awaited = true;
                state
            })
        })
    }
}

/// Why what was written cannot be sent again.
pub(super) const GONE: &str = "the body has to be sent again, but what was written is gone";

/// Returns the error of a write after the transfer has ended.
fn ended() -> io::Error {
    let text = "the transfer has ended before its body: its result tells why";
    io::Error::new(ErrorKind::BrokenPipe, text)
}

fn too_much() -> io::Error {
    let text = "more is written than the size that was announced";
    io::Error::new(ErrorKind::InvalidInput, text)
}

/// Returns the result of a call, or the error that its time was over.
fn in_time<T>(result: Option<io::Result<T>>) -> io::Result<T> {
    result.unwrap_or_else(|| Err(ErrorKind::TimedOut.into()))
}
