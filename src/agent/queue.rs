//! The queue by which an agent gives work to one of its threads.

use std::mem;
use std::sync::PoisonError;
use std::thread::{self, ThreadId};

use crate::agent::job::Job;
use crate::multi::options::Setting;
use crate::sync::{Condvar, Mutex, MutexGuard};

/// The transfers that a thread has to begin, the options that it has to set, and its phase.
pub(super) struct Queue {
    state: Mutex<State>,
    ended: Condvar,
}

struct State {
    work: Work,
    thread: Option<ThreadId>,
}

/// What a thread takes out of the queue in one call of [`take`](Queue::take).
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
    /// No more transfers are accepted. The thread ends when the accepted ones have ended.
    Closed,
    /// No more transfers are accepted, and the accepted ones are cancelled.
    Cancelled,
    /// The thread has given back all transfers, and has nothing left to do.
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

    /// Adds a transfer. Returns whether the thread has to be woken. If the phase is no longer `Open`, returns
    /// the transfer as `Err`.
    pub(super) fn push(&self, job: Box<dyn Job>) -> Result<bool, Box<dyn Job>> {
        let mut state = self.state();
        if state.work.phase != Phase::Open {
            drop(state);
            return Err(job);
        }
        state.work.jobs.push(job);
        Ok(state.work.jobs.len() == 1)
    }

    /// Adds an option to set, and returns `true`: then the caller has to wake the thread. Returns `false` if
    /// the phase is no longer `Open`.
    pub(super) fn push_setting(&self, setting: Setting) -> bool {
        let mut state = self.state();
        let is_open = state.work.phase == Phase::Open;
        if is_open {
            state.work.settings.push(setting);
        }
        is_open
    }

    /// Takes all jobs and settings, with a copy of the phase.
    pub(super) fn take(&self) -> Work {
        let mut state = self.state();
        let phase = state.work.phase;
        mem::replace(&mut state.work, Work::new(phase))
    }

    /// Moves on to `phase`, unless the queue is in a later one.
    pub(super) fn advance(&self, phase: Phase) {
        let mut state = self.state();
        state.work.phase = state.work.phase.max(phase);
        drop(state);
        if phase == Phase::Ended {
            self.ended.notify_all();
        }
    }

    /// Notes which thread works for this queue.
    pub(super) fn set_thread(&self, thread: ThreadId) {
        self.state().thread = Some(thread);
    }

    /// Returns whether the current thread works for this queue.
    pub(super) fn is_of_current_thread(&self) -> bool {
        self.state().thread == Some(thread::current().id())
    }

    /// Waits until the phase is [`Ended`](Phase::Ended).
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
