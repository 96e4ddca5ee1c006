//! What a program and the thread of an agent tell each other about a WebSocket.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;
use std::{fmt, mem};

use crate::run::control::Control;
use crate::run::waiter::{self, Waiter};
use crate::{Close, Error, FrameKind, Message, WebSocketError};

/// The messages of both directions, on their way.
pub(super) struct Link {
    state: Mutex<State>,
    changed: Condvar,
    /// Wakes the agent's thread.
    control: Arc<Control>,
    /// How many bytes may be unread before nothing more is received.
    unread_limit: usize,
    /// How many bytes may be unsent before nothing more is taken.
    unsent_limit: usize,
}

#[derive(Default)]
pub(super) struct State {
    unread: VecDeque<Message>,
    unread_size: usize,
    unsent: VecDeque<Outgoing>,
    /// With the frame that is being sent.
    unsent_size: usize,
    /// How many bytes the frame has that is being sent.
    begun: Option<usize>,
    /// Whether the agent's thread waits for something to send.
    idles: bool,
    /// Whether the agent's thread receives nothing more until something was read.
    holds: bool,
    closing: Option<Closing>,
    sending: Sendable,
    /// Whether something was thrown away instead of sent.
    has_lost: bool,
    /// Why sending has failed, until somebody asks.
    send_error: Option<Error>,
    /// Whether the transfer has ended.
    has_ended: bool,
    reader: Waiter,
    /// Whether there is something new for the reader.
    reader_news: bool,
    writer: Waiter,
    writer_news: bool,
}

/// What a program sends.
pub(super) enum Outgoing {
    Frame(FrameKind, Vec<u8>),
    Close(Option<Close>),
}

impl Outgoing {
    /// Returns about how many bytes of memory it needs.
    fn size(&self) -> usize {
        let len = match self {
            Outgoing::Frame(_, data) => data.len(),
            Outgoing::Close(_) => 0,
        };
        len.saturating_add(size_of::<Outgoing>())
    }
}

/// How this side closes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// The messages that still arrive are read.
    Reads,
    /// They are thrown away.
    Discards,
}

/// Whether anything can be sent.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Sendable {
    #[default]
    Open,
    /// The peer has closed.
    Closed,
    Failed,
}

/// What became of the wish to send.
pub(super) enum Sent {
    Done,
    /// The transfer has ended: its result says why.
    Ended,
    Failed(Error),
}

impl State {
    /// Returns why nothing can be sent any more, if so.
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

    /// Throws away what cannot be sent.
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

    /// Makes the agent's thread look.
    fn ask(&self, state: MutexGuard<'_, State>) {
        drop(state);
        self.control.ask(|_| ());
    }
}

/// The agent's side.
impl Link {
    /// Returns how this side closes, if it does.
    pub(super) fn closing(&self) -> Option<Closing> {
        self.state().closing
    }

    /// Returns whether another message may be received. If not, a read wakes the thread.
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

    /// Notes that the last frame was sent, and returns the next one. If there is none, a send wakes the thread.
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

    /// Notes that nothing can be sent any more.
    pub(super) fn fail_to_send(&self, error: Option<Error>) {
        let mut state = self.state();
        state.shut(Sendable::Failed);
        if error.is_some() {
            state.send_error = error;
        }
    }

    /// Returns why sending has failed, if nobody knows yet.
    pub(super) fn take_send_error(&self) -> Option<Error> {
        self.state().send_error.take()
    }

    /// Notes that the peer has closed.
    pub(super) fn note_close(&self) {
        self.state().shut(Sendable::Closed);
    }

    /// Wakes the program where there is something new for it.
    pub(super) fn wake(&self) {
        let mut state = self.state();
        let reader = mem::take(&mut state.reader_news).then(|| state.reader.take());
        let writer = mem::take(&mut state.writer_news).then(|| state.writer.take());
        drop(state);
        if reader.is_some() || writer.is_some() {
            self.changed.notify_all();
        }
        for waker in [reader, writer].into_iter().flatten() {
            waker.wake();
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

/// The program's side. Each attempt returns the lock if it has to wait.
impl Link {
    /// Takes a message; `None` after the end.
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

    /// Waits for room to send.
    pub(super) fn try_ready(&self) -> Result<Sent, MutexGuard<'_, State>> {
        let mut state = self.state();
        match state.failure() {
            Some(failure) => Ok(failure),
            None if state.closing.is_some() => Ok(Sent::Failed(WebSocketError::Closing.into())),
            None if state.unsent_size < self.unsent_limit => Ok(Sent::Done),
            None => Err(state),
        }
    }

    /// Waits until everything is sent.
    pub(super) fn try_flush(&self) -> Result<Sent, MutexGuard<'_, State>> {
        let mut state = self.state();
        if state.begun.is_none() && state.unsent.is_empty() && !state.has_lost {
            return Ok(Sent::Done);
        }
        state.failure().ok_or(state)
    }

    /// Waits until the transfer has ended, after a close.
    pub(super) fn try_end(&self) -> Result<Sent, MutexGuard<'_, State>> {
        let mut state = self.state();
        match state.has_ended {
            true => Ok(Sent::Ended),
            false if state.sending == Sendable::Closed => Err(state),
            false => state.failure().ok_or(state),
        }
    }

    /// Puts in a frame to send. The caller has waited for room.
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
        // The limit of the time for a close begins.
        if mem::take(&mut state.idles) || closes {
            self.ask(state);
        }
    }

    /// Closes, unless this side has closed already.
    pub(super) fn close_once(&self, close: impl FnOnce() -> Close) {
        let is_closing = self.state().closing.is_some();
        if !is_closing {
            self.push(Outgoing::Close(Some(close())));
        }
    }

    /// Closes, unless this side has closed already, and throws away what is unread or still arrives.
    pub(super) fn close_unread(&self, close: Close) {
        let mut state = self.state();
        let former = state.closing.replace(Closing::Discards);
        // What is thrown away runs no code of the program.
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

    pub(super) fn wait<'a, T>(
        &'a self,
        limit: Option<Instant>,
        attempt: impl FnMut() -> Result<T, MutexGuard<'a, State>>,
    ) -> Option<T> {
        waiter::wait(&self.changed, limit, attempt)
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
