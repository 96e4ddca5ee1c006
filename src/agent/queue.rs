//! The queue by which an agent gives work to one of its threads.

use std::mem;
use std::sync::PoisonError;

use crate::agent::job::Job;
use crate::multi::options::Setting;
use crate::sync::{Mutex, MutexGuard};

/// The transfers that a thread has to begin, the options that it has to set, and how far it has come.
pub(super) struct Queue {
    work: Mutex<Work>,
}

/// What is in the queue, and what a thread takes out of it.
#[derive(Default)]
pub(super) struct Work {
    /// Options to change.
    pub(super) settings: Vec<Setting>,
    /// Transfers to begin.
    pub(super) jobs: Vec<Box<dyn Job>>,
    pub(super) phase: Phase,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    #[default]
    Open,
    /// No more transfers are accepted. The thread ends when the accepted ones have ended.
    Closed,
    /// No more transfers are accepted, and the accepted ones are cancelled.
    Cancelled,
}

impl Queue {
    pub(super) fn new() -> Queue {
        Queue {
            work: Mutex::default(),
        }
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a transfer. Returns whether the thread has to be woken. If the phase is no longer `Open`, returns
    /// the transfer as `Err`.
    pub(super) fn push(&self, job: Box<dyn Job>) -> Result<bool, Box<dyn Job>> {
        let mut work = self.work();
        if work.phase != Phase::Open {
            drop(work);
            return Err(job);
        }
        work.jobs.push(job);
        Ok(work.jobs.len() == 1)
    }

    /// Adds an option to set, and returns `true`: then the caller has to wake the thread. Returns `false` if
    /// the phase is no longer `Open`.
    pub(super) fn push_setting(&self, setting: Setting) -> bool {
        let mut work = self.work();
        let is_open = work.phase == Phase::Open;
        if is_open {
            work.settings.push(setting);
        }
        is_open
    }

    /// Moves all jobs and settings into `taken`, in which there are none, and copies the phase there.
    pub(super) fn take(&self, taken: &mut Work) {
        let mut work = self.work();
        // The queue gets the memory of the empty lists.
        mem::swap(&mut work.settings, &mut taken.settings);
        mem::swap(&mut work.jobs, &mut taken.jobs);
        taken.phase = work.phase;
    }

    /// Moves on to `phase`, unless the queue is in a later one.
    pub(super) fn advance(&self, phase: Phase) {
        let mut work = self.work();
        work.phase = work.phase.max(phase);
    }
}
