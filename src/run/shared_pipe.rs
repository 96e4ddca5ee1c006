//! A body on its way between libcurl, on the thread that drives, and a reader or writer on another.

use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use crate::ffi::read_buf::ReadBuf;
use crate::run::control::Control;
use crate::run::pipe::Pipe;
use crate::run::waiter::{self, Waiter};

/// A [`Pipe`] that two threads use: libcurl's side and the program's side.
pub(crate) struct SharedPipe {
    state: Mutex<State>,
    /// Wakes a program that blocks.
    changed: Condvar,
    /// The transfer, which is resumed when its side need not wait any more.
    control: Arc<Control>,
    /// The direction that libcurl's side pauses, as a bit of its mask.
    direction: libc::c_int,
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

impl State {
    /// Notes that a program waits, and returns what wakes it if it polls.
    fn await_change(&mut self) -> &mut Waiter {
        self.is_awaited = true;
        &mut self.waiter
    }
}

impl SharedPipe {
    /// Makes one in which up to `limit` bytes wait.
    pub(crate) fn new(
        limit: usize,
        control: Arc<Control>,
        direction: libc::c_int,
    ) -> Arc<SharedPipe> {
        Arc::new(SharedPipe {
            state: Mutex::new(State {
                pipe: Pipe::new(limit),
                waiter: Waiter::default(),
                is_awaited: false,
                is_closed: false,
                is_refused: false,
                discards: None,
            }),
            changed: Condvar::new(),
            control,
            direction,
        })
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
            let direction = self.direction;
            self.control.ask(|requests| {
                // If a remote has asked for a pause meanwhile, only a remote resumes.
                requests.resume |= direction & !requests.pause;
            });
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

    /// Moves bytes to send into `buffer`. Returns how many, or `None` if libcurl has to wait for more.
    pub(super) fn take(&self, buffer: &mut ReadBuf<'_>) -> Option<usize> {
        self.state().pipe.take(buffer)
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

    /// Puts in what fits of `data`. Returns how much, 0 if the transfer has ended.
    fn try_send(&self, data: &[u8]) -> Result<usize, MutexGuard<'_, State>> {
        let mut state = self.state();
        let count = state.pipe.room().min(data.len());
        if state.is_closed || state.is_refused {
            return Ok(0);
        }
        if count == 0 {
            return Err(state);
        }
        state.pipe.append(&data[..count]);
        self.let_go_on(state);
        Ok(count)
    }

    /// Puts in what fits of `data`, and waits until something does. Returns how much, 0 if the transfer has
    /// ended; `None` after `limit`.
    pub(crate) fn send(&self, data: &[u8], limit: Option<Instant>) -> Option<usize> {
        self.wait(limit, || self.try_send(data))
    }

    /// Sends as [`send`](SharedPipe::send) does, without waiting.
    pub(crate) fn poll_send(&self, cx: &Context<'_>, data: &[u8]) -> Poll<usize> {
        waiter::poll(cx, || self.try_send(data), State::await_change)
    }

    /// Returns whether everything was sent; `false` if the transfer has ended before.
    fn try_flush(&self) -> Result<bool, MutexGuard<'_, State>> {
        let state = self.state();
        match (state.pipe.is_empty(), state.is_closed || state.is_refused) {
            (true, _) => Ok(true),
            (false, true) => Ok(false),
            (false, false) => Err(state),
        }
    }

    /// Waits until everything was sent; as [`send`](SharedPipe::send).
    pub(crate) fn flush(&self, limit: Option<Instant>) -> Option<bool> {
        self.wait(limit, || self.try_flush())
    }

    /// Flushes as [`flush`](SharedPipe::flush) does, without waiting.
    pub(crate) fn poll_flush(&self, cx: &Context<'_>) -> Poll<bool> {
        waiter::poll(cx, || self.try_flush(), State::await_change)
    }

    /// Cancels the transfer, unless it has ended: the same one may run again, without this pipe. A body that
    /// the server has refused need not be whole.
    pub(crate) fn cancel(&self) {
        // Under the lock, so that it does not end meanwhile.
        let state = self.state();
        if !state.is_closed && !state.is_refused {
            self.control.cancel();
        }
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
