//! The messages of a WebSocket on their way between the program and the agent's thread.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;
use std::{fmt, mem};

use crate::run::control::Control;
use crate::run::waiter::{self, Waiter};
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::{Close, Error, FrameKind, Message, WebSocketError};

/// The queues of both directions, which the program and the agent's thread share.
pub(super) struct Link {
    state: Mutex<State>,
    changed: Condvar,
    /// Wakes the agent's thread.
    control: Arc<Control>,
    /// How many bytes may be unread before the agent stops receiving.
    unread_limit: usize,
    /// How many unsent bytes fill the queue: then a send waits before it queues its message.
    unsent_limit: usize,
}

#[derive(Default)]
pub(super) struct State {
    unread: VecDeque<Message>,
    unread_size: usize,
    unsent: VecDeque<Outgoing>,
    /// About how many bytes of memory `unsent` and the frame that is being sent need.
    unsent_size: usize,
    /// The size of the frame that is being sent; `None` if there is none.
    begun: Option<usize>,
    /// Whether the agent's thread has nothing to send: then a send has to wake it.
    idles: bool,
    /// Whether the agent's thread has stopped receiving: then a read that makes room has to wake it.
    holds: bool,
    closing: Option<Closing>,
    sending: Sendable,
    /// Whether an unsent frame was discarded: then a flush never succeeds.
    has_lost: bool,
    /// Why sending has failed, until a call returns the error.
    send_error: Option<Error>,
    /// Whether the transfer has ended.
    has_ended: bool,
    reader: Waiter,
    /// Whether the next `wake` has to wake the reader.
    reader_news: bool,
    writer: Waiter,
    writer_news: bool,
}

/// What the program sends.
pub(super) enum Outgoing {
    Frame(FrameKind, Vec<u8>),
    Close(Option<Close>),
}

impl Outgoing {
    /// Returns about how many bytes of memory this needs.
    fn size(&self) -> usize {
        let len = match self {
            Outgoing::Frame(_, data) => data.len(),
            Outgoing::Close(_) => 0,
        };
        len.saturating_add(size_of::<Outgoing>())
    }
}

/// How this side closes the WebSocket.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// The program reads the messages that still arrive.
    Reads,
    /// Messages that still arrive are thrown away.
    Discards,
}

/// Whether frames can be sent.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Sendable {
    #[default]
    Open,
    /// The peer has closed: the program can send nothing more.
    Closed,
    Failed,
}

/// The outcome of an attempt of the program to send, to flush or to close.
pub(super) enum Sent {
    Done,
    /// The transfer has ended: its result says why.
    Ended,
    Failed(Error),
}

impl State {
    /// Returns why nothing can be sent any more; `None` if frames can be sent.
    fn failure(&mut self) -> Option<Sent> {
        if let Some(error) = self.send_error.take() {
            return Some(Sent::Failed(error));
        }
        match self.sending {
            Sendable::Open if self.has_ended => Some(Sent::Ended),
            Sendable::Open => None,
            Sendable::Closed => Some(Sent::Failed(WebSocketError::Closed.into())),
            Sendable::Failed => Some(Sent::Failed(WebSocketError::Failed.into())),
        }
    }

    /// Notes why nothing can be sent any more, and discards all unsent frames. Does nothing if this was noted
    /// before.
    fn shut(&mut self, sending: Sendable) {
        if self.sending == Sendable::Open {
            self.sending = sending;
            self.has_lost = self.begun.is_some() || !self.unsent.is_empty();
            self.begun = None;
            self.unsent.clear();
            self.unsent_size = 0;
            self.writer_news = true;
        }
    }
}

impl Link {
    pub(super) fn new(control: Arc<Control>, unread_limit: usize, unsent_limit: usize) -> Link {
        Link {
            state: Mutex::default(),
            changed: Condvar::new(),
            control,
            unread_limit: unread_limit.max(1),
            unsent_limit: unsent_limit.max(1),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the agent's thread, without the lock.
    fn ask(&self, state: MutexGuard<'_, State>) {
        drop(state);
        self.control.wake();
    }
}

/// The agent's side.
impl Link {
    /// Returns how this side closes; `None` before it closes.
    pub(super) fn closing(&self) -> Option<Closing> {
        self.state().closing
    }

    /// Returns whether another message may be received. If not, the thread is woken when the program has read
    /// so much that at most half of the limit is unread.
    pub(super) fn has_room(&self) -> bool {
        let mut state = self.state();
        state.holds =
            state.unread_size >= self.unread_limit && state.closing != Some(Closing::Discards);
        !state.holds
    }

    /// Puts in a message that was received.
    pub(super) fn put(&self, message: Message) {
        let mut state = self.state();
        state.unread_size = state.unread_size.saturating_add(message.size());
        state.unread.push_back(message);
        state.reader_news = true;
    }

    /// Notes that the frame returned before was sent, and returns the next one. If there is none, a later send
    /// of the program wakes the thread.
    pub(super) fn next(&self) -> Option<Outgoing> {
        let mut state = self.state();
        if let Some(size) = state.begun.take() {
            state.unsent_size = state.unsent_size.saturating_sub(size);
            state.writer_news |= state.unsent_size < self.unsent_limit;
        }
        let next = state.unsent.pop_front();
        state.idles = next.is_none();
        state.begun = next.as_ref().map(Outgoing::size);
        next
    }

    /// Notes that sending has failed. A later call of the program returns `error`, if that is not `None`.
    pub(super) fn fail_to_send(&self, error: Option<Error>) {
        let mut state = self.state();
        state.shut(Sendable::Failed);
        if error.is_some() {
            state.send_error = error;
        }
    }

    /// Takes the error of sending, if no call has returned it.
    pub(super) fn take_send_error(&self) -> Option<Error> {
        self.state().send_error.take()
    }

    /// Notes that the peer has closed.
    pub(super) fn note_close(&self) {
        self.state().shut(Sendable::Closed);
    }

    /// Wakes the program's reader and writer, each only if there is something new for it.
    pub(super) fn wake(&self) {
        let mut state = self.state();
        let reader = mem::take(&mut state.reader_news).then(|| state.reader.take());
        let writer = mem::take(&mut state.writer_news).then(|| state.writer.take());
        drop(state);
        for waiter in [reader, writer].into_iter().flatten() {
            waiter.wake(&self.changed);
        }
    }

    /// Notes that the transfer has ended.
    pub(super) fn end(&self) {
        let mut state = self.state();
        state.has_ended = true;
        (state.reader_news, state.writer_news) = (true, true);
        drop(state);
        self.wake();
    }
}

/// The program's side. Each `try_` method looks once. It returns the lock as `Err` if the caller has to wait.
impl Link {
    /// Takes the next message; `None` if the transfer has ended and all messages were taken.
    pub(super) fn try_receive(&self) -> Result<Option<Message>, MutexGuard<'_, State>> {
        let mut state = self.state();
        let Some(message) = state.unread.pop_front() else {
            return match state.has_ended {
                true => Ok(None),
                false => Err(state),
            };
        };
        state.unread_size = state.unread_size.saturating_sub(message.size());
        if state.holds && state.unread_size <= self.unread_limit / 2 {
            state.holds = false;
            self.ask(state);
        }
        Ok(Some(message))
    }

    /// Checks whether there is room for another frame: `Sent::Done` if there is.
    pub(super) fn try_ready(&self) -> Result<Sent, MutexGuard<'_, State>> {
        let mut state = self.state();
        match state.failure() {
            Some(failure) => Ok(failure),
            None if state.closing.is_some() => Ok(Sent::Failed(WebSocketError::Closing.into())),
            None if state.unsent_size < self.unsent_limit => Ok(Sent::Done),
            None => Err(state),
        }
    }

    /// Checks whether everything was sent: `Sent::Done` if so.
    pub(super) fn try_flush(&self) -> Result<Sent, MutexGuard<'_, State>> {
        let mut state = self.state();
        if state.begun.is_none() && state.unsent.is_empty() && !state.has_lost {
            return Ok(Sent::Done);
        }
        state.failure().ok_or(state)
    }

    /// After this side has sent a close, returns `Sent::Ended` if the transfer has ended, `Sent::Failed` if sending
    /// has failed, and the lock if the caller has to wait for the end of the transfer.
    pub(super) fn try_end(&self) -> Result<Sent, MutexGuard<'_, State>> {
        let mut state = self.state();
        match state.has_ended {
            true => Ok(Sent::Ended),
            false if state.sending == Sendable::Closed => Err(state),
            false => state.failure().ok_or(state),
        }
    }

    /// Puts in a frame to send, whether or not there is room. Discards the frame if the peer has closed or
    /// sending has failed.
    pub(super) fn push(&self, outgoing: Outgoing) {
        let mut state = self.state();
        if state.sending != Sendable::Open {
            state.has_lost = true;
            return;
        }
        let closes = matches!(outgoing, Outgoing::Close(_));
        if closes {
            state.closing.get_or_insert(Closing::Reads);
        }
        state.unsent_size = state.unsent_size.saturating_add(outgoing.size());
        state.unsent.push_back(outgoing);
        // A close always wakes the thread, so that its time limit begins.
        if mem::take(&mut state.idles) || closes {
            self.ask(state);
        }
    }

    /// Puts in a close, unless this side has closed already.
    pub(super) fn close_once(&self, close: impl FnOnce() -> Close) {
        let is_closing = self.state().closing.is_some();
        if !is_closing {
            self.push(Outgoing::Close(Some(close())));
        }
    }

    /// Puts in a close, unless this side has closed already, and throws away the messages that are unread or
    /// still arrive.
    pub(super) fn close_unread(&self, close: Close) {
        let mut state = self.state();
        let former = state.closing.replace(Closing::Discards);
        // Dropping messages under the lock is safe: that runs no code of the program.
        state.unread.clear();
        state.unread_size = 0;
        match former {
            None => {
                drop(state);
                self.push(Outgoing::Close(Some(close)));
            }
            Some(_) => self.ask(state),
        }
    }

    pub(super) fn wait_read<'a, T>(
        &'a self,
        limit: Option<Instant>,
        attempt: impl FnMut() -> Result<T, MutexGuard<'a, State>>,
    ) -> Option<T> {
        waiter::wait(&self.changed, limit, attempt, |state| &mut state.reader)
    }

    pub(super) fn wait_write<'a, T>(
        &'a self,
        limit: Option<Instant>,
        attempt: impl FnMut() -> Result<T, MutexGuard<'a, State>>,
    ) -> Option<T> {
        waiter::wait(&self.changed, limit, attempt, |state| &mut state.writer)
    }

    pub(super) fn poll_read<'a, T>(
        &'a self,
        cx: &Context<'_>,
        attempt: impl FnMut() -> Result<T, MutexGuard<'a, State>>,
    ) -> Poll<T> {
        waiter::poll(cx, attempt, |state| &mut state.reader)
    }

    pub(super) fn poll_write<'a, T>(
        &'a self,
        cx: &Context<'_>,
        attempt: impl FnMut() -> Result<T, MutexGuard<'a, State>>,
    ) -> Poll<T> {
        waiter::poll(cx, attempt, |state| &mut state.writer)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Link")
            .field("unread", &state.unread.len())
            .field("unsent", &state.unsent.len())
            .finish_non_exhaustive()
    }
}
