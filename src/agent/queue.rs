//! What an agent tells one of its threads.

use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use crate::agent::job::Job;

/// The transfers that a thread is to begin, and whether it goes on.
pub(super) struct Queue {
    state: Mutex<State>,
    ended: Condvar,
}

struct State {
    new: Vec<Box<dyn Job>>,
    phase: Phase,
    thread: Option<ThreadId>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Open,
    /// No more transfers begin.
    Closed,
    /// And those that run are cancelled.
    Cancelled,
    /// The thread has ended.
    Ended,
}

impl Queue {
    pub(super) fn new() -> Queue {
        Queue {
            state: Mutex::new(State {
                new: Vec::new(),
                phase: Phase::Open,
                thread: None,
            }),
            ended: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a transfer. Returns whether the thread has to be woken, or the transfer if no more begin.
    pub(super) fn push(&self, job: Box<dyn Job>) -> Result<bool, Box<dyn Job>> {
        let mut state = self.state();
        if state.phase != Phase::Open {
            drop(state);
            return Err(job);
        }
        state.new.push(job);
        Ok(state.new.len() == 1)
    }

    /// Takes the transfers that are to begin.
    pub(super) fn take(&self) -> (Vec<Box<dyn Job>>, Phase) {
        let mut state = self.state();
        (mem::take(&mut state.new), state.phase)
    }

    /// Moves on to a phase, unless a later one was reached.
    pub(super) fn advance(&self, phase: Phase) {
        let mut state = self.state();
        state.phase = state.phase.max(phase);
        drop(state);
        if phase == Phase::Ended {
            self.ended.notify_all();
        }
    }

    /// Notes which thread takes the transfers.
    pub(super) fn set_thread(&self, thread: ThreadId) {
        self.state().thread = Some(thread);
    }

    /// Returns whether the current thread takes the transfers.
    pub(super) fn is_of_current_thread(&self) -> bool {
        self.state().thread == Some(thread::current().id())
    }

    /// Waits until the thread has ended.
    pub(super) fn join(&self) {
        let mut state = self.state();
        while state.phase != Phase::Ended {
            state = self
                .ended
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}
