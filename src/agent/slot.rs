//! The slot in which the agent's thread leaves the result of a transfer for the program.

use std::mem;
use std::panic::resume_unwind;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use crate::Error;
use crate::agent::Ended;
use crate::agent::head::Head;
use crate::run::guard::discard;
use crate::run::member::Panic;
use crate::run::waiter::{self, Waiter};
use crate::sync::{Condvar, Mutex, MutexGuard};

/// The headers and the result of one transfer, until the program takes them.
pub(super) struct Slot<H> {
    state: Mutex<State<H>>,
    changed: Condvar,
}

struct State<H> {
    head: Option<Head>,
    ended: Option<(Ended<H>, Option<Panic>)>,
    /// Whether the program has taken the result.
    is_empty: bool,
    waiter: Waiter,
}

/// What the program can take from a slot.
pub(super) enum Outcome<H> {
    /// The final headers have come, or the handshake of a WebSocket is complete. The transfer may have ended since.
    Head(Head),
    Ended(Ended<H>),
}

impl<H> Drop for State<H> {
    fn drop(&mut self) {
        if let Some(((transfer, result), panic)) = self.ended.take() {
            // Each of these drops may run code of the program, which may panic.
            discard(transfer);
            discard(result);
            discard(panic);
        }
    }
}

/// A slot of a handler of any type.
pub(super) trait AnySlot {
    /// Wakes the program if it waits for what has come into the slot.
    fn notify(&self);
}

/// Wakes the program if it waits for what has come into the slot. If the program has dropped its side meanwhile, this
/// drops what is in the slot. A panic of such a drop is ignored.
pub(super) fn wake(slot: Arc<impl AnySlot + ?Sized>) {
    slot.notify();
    discard(slot);
}

impl<H> AnySlot for Slot<H> {
    fn notify(&self) {
        let waiter = self.state().waiter.take();
        waiter.wake(&self.changed);
    }
}

impl<H> Default for Slot<H> {
    fn default() -> Slot<H> {
        Slot {
            state: Mutex::new(State {
                head: None,
                ended: None,
                is_empty: false,
                waiter: Waiter::default(),
            }),
            changed: Condvar::new(),
        }
    }
}

impl<H> Slot<H> {
    fn state(&self) -> MutexGuard<'_, State<H>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the final headers have come, or that the handshake of a WebSocket is complete. The caller then wakes
    /// the program.
    pub(super) fn begin(&self, head: Head) {
        self.state().head = Some(head);
    }

    /// Gives the transfer back to the program, with its result, and with the panic of a callback if there was
    /// one. The caller then wakes the program.
    pub(super) fn end(&self, ended: Ended<H>, panic: Option<Panic>) {
        self.state().ended = Some((ended, panic));
    }

    /// Returns whether the transfer has ended: `true` also after the program has taken the result.
    pub(super) fn has_ended(&self) -> bool {
        let state = self.state();
        state.is_empty || state.ended.is_some()
    }

    /// Takes the error of a transfer that has failed, and leaves the error that `told` makes in its place.
    /// Returns `None` if the transfer runs, has succeeded, or was taken. If a callback has panicked, the first call
    /// resumes the panic.
    pub(super) fn take_error(&self, told: impl FnOnce(&Error) -> Error) -> Option<Error> {
        let mut state = self.state();
        let ((_, result), panic) = state.ended.as_mut()?;
        if let Some(panic) = panic.take() {
            drop(state);
            resume_unwind(panic);
        }
        let Err(error) = result else {
            return None;
        };
        let told = told(error);
        Some(mem::replace(error, told))
    }

    /// Takes the headers if `wants_head` is set and they have come, else the result. Returns the lock if neither
    /// can be taken yet. If `wants_head` is not set, drops the headers.
    ///
    /// # Panics
    /// Resumes the panic of a callback. Panics if the result was taken before.
    fn try_take(&self, wants_head: bool) -> Result<Outcome<H>, MutexGuard<'_, State<H>>> {
        let mut state = self.state();
        if let Some(head) = state.head.take().filter(|_| wants_head) {
            return Ok(Outcome::Head(head));
        }
        match state.ended.take() {
            Some((ended, panic)) => {
                state.is_empty = true;
                drop(state);
                if let Some(panic) = panic {
                    // Drops the transfer first: a handler whose drop panics must not do so while `panic`
                    // unwinds.
                    let (transfer, result) = ended;
                    discard(transfer);
                    discard(result);
                    resume_unwind(panic);
                }
                Ok(Outcome::Ended(ended))
            }
            None => {
                assert!(!state.is_empty, "the result was taken already");
                Err(state)
            }
        }
    }

    /// Waits until the transfer has ended, or, if `wants_head`, until the final headers have come. Returns
    /// `None` if `limit` is over first.
    pub(super) fn wait(&self, wants_head: bool, limit: Option<Instant>) -> Option<Outcome<H>> {
        let attempt = || self.try_take(wants_head);
        waiter::wait(&self.changed, limit, attempt, |state| &mut state.waiter)
    }

    /// Polls for what [`wait`](Slot::wait) waits for.
    pub(super) fn poll(&self, cx: &Context<'_>, wants_head: bool) -> Poll<Outcome<H>> {
        waiter::poll(cx, || self.try_take(wants_head), |state| &mut state.waiter)
    }
}
