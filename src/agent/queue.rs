//! What an agent tells one of its threads.

use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use crate::agent::job::Job;
use crate::multi::options::Setting;

/// The transfers that a thread is to begin, and whether it goes on.
pub(super) struct Queue {
    state: Mutex<State>,
    ended: Condvar,
}

struct State {
    work: Work,
    thread: Option<ThreadId>,
}

/// What a thread has to do next.
pub(super) struct Work {
    /// Options to change.
    pub(super) settings: Vec<Setting>,
    /// Transfers to begin.
    pub(super) jobs: Vec<Box<dyn Job>>,
    pub(super) phase: Phase,
}

impl Work {
    fn new(phase: Phase) -> Work {
        Work {
            settings: Vec::new(),
            jobs: Vec::new(),
            phase,
        }
    }
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
                work: Work::new(Phase::Open),
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
        if state.work.phase != Phase::Open {
            drop(state);
            return Err(job);
        }
        state.work.jobs.push(job);
        Ok(state.work.jobs.len() == 1)
    }

    /// Adds an option to change, for which the thread has to be woken. Returns `false` if no more transfers
    /// begin.
    pub(super) fn push_setting(&self, setting: Setting) -> bool {
        let mut state = self.state();
        let is_open = state.work.phase == Phase::Open;
        if is_open {
            state.work.settings.push(setting);
        }
        is_open
    }

    /// Takes what the thread has to do next.
    pub(super) fn take(&self) -> Work {
        let mut state = self.state();
        let phase = state.work.phase;
        mem::replace(&mut state.work, Work::new(phase))
    }

    /// Moves on to a phase, unless a later one was reached.
    pub(super) fn advance(&self, phase: Phase) {
        let mut state = self.state();
        state.work.phase = state.work.phase.max(phase);
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
        while state.work.phase != Phase::Ended {
            state = self
                .ended
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}
