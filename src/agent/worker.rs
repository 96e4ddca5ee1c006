//! A thread of an agent, which drives the transfers that it is given.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crate::Error;
use crate::agent::job::Job;
use crate::code::MultiCode;
use crate::id::Id;
use crate::run::group::Group;
use crate::run::guard::{discard, run_quietly};
use crate::run::mailbox::Mailbox;
use crate::run::poll_loop::Driver;

type Jobs = Group<Box<dyn Job>, Driver>;

/// A setting that the transfers of a thread have in common.
pub(super) type Setting =
    Arc<dyn Fn(&mut crate::run::multi::Core<Driver>) -> Result<(), Error> + Send + Sync>;

/// What a thread and the agent share.
pub(super) struct Worker {
    state: Mutex<State>,
    ended: Condvar,
    mailbox: Arc<Mailbox>,
}

struct State {
    /// The transfers that are to begin.
    new: Vec<Box<dyn Job>>,
    phase: Phase,
    thread: Option<ThreadId>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Open,
    /// No more transfers begin.
    Closed,
    /// And those that run are cancelled.
    Cancelled,
    /// The thread has ended.
    Ended,
}

impl Worker {
    /// Starts a thread.
    pub(super) fn spawn(name: String, settings: &[Setting]) -> Result<Arc<Worker>, Error> {
        let mut group = Jobs::new(Driver::new()?)?;
        for set in settings {
            set(&mut group.core)?;
        }
        let worker = Arc::new(Worker {
            state: Mutex::new(State {
                new: Vec::new(),
                phase: Phase::Open,
                thread: None,
            }),
            ended: Condvar::new(),
            mailbox: group.core.mailbox().clone(),
        });
        let own = worker.clone();
        // Transfers may be moved to another thread, and so may what drives them.
        let group = Moved(group);
        let thread = thread::Builder::new()
            .name(name)
            .spawn(move || own.run(group))
            .map_err(Error::Poll)?;
        worker.state().thread = Some(thread.thread().id());
        Ok(worker)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a transfer soon. Gives it back with an error if the worker is closed.
    pub(super) fn start(&self, job: Box<dyn Job>) {
        let mut state = self.state();
        if state.phase != Phase::Open {
            drop(state);
            return job.end(Err(CLOSED));
        }
        let is_first = state.new.is_empty();
        state.new.push(job);
        drop(state);
        if is_first {
            self.mailbox.wake();
        }
    }

    /// Begins no more transfers.
    pub(super) fn close(&self) {
        self.advance(Phase::Closed);
    }

    /// Cancels the transfers, and begins no more.
    pub(super) fn cancel(&self) {
        self.advance(Phase::Cancelled);
    }

    /// Returns whether this is the thread.
    pub(super) fn is_current(&self) -> bool {
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

    fn advance(&self, phase: Phase) {
        let mut state = self.state();
        state.phase = state.phase.max(phase);
        drop(state);
        self.mailbox.wake();
    }

    fn run(&self, Moved(mut group): Moved) {
        run_quietly(|| self.drive(&mut group));
        let jobs = {
            let mut state = self.state();
            state.phase = state.phase.max(Phase::Closed);
            mem::take(&mut state.new)
        };
        for job in jobs {
            end(job, Err(CLOSED));
        }
        group.cancel_all();
        give_back(&mut group);
        discard(group);
        self.state().phase = Phase::Ended;
        self.ended.notify_all();
    }

    /// Drives until the agent is closed and all transfers have ended.
    fn drive(&self, group: &mut Jobs) {
        loop {
            let (jobs, phase) = {
                let mut state = self.state();
                (mem::take(&mut state.new), state.phase)
            };
            for job in jobs {
                add(group, job);
            }
            if phase == Phase::Cancelled {
                group.cancel_all();
            }
            // Its failure ends all transfers, and the thread.
            let driven = group.perform(|_, _| ());
            let works =
                driven.is_ok_and(|driven| driven.failure.is_none() && driven.result.is_ok());
            give_back(group);
            if !works || (phase != Phase::Open && group.members.is_empty()) {
                return;
            }
            let limit = match group.core.take_woken() {
                true => Duration::ZERO,
                false => Duration::MAX,
            };
            if group.core.poll(&mut [], limit).is_err() {
                return;
            }
        }
    }
}

/// Adds a transfer, or gives it back with an error.
fn add(group: &mut Jobs, mut job: Box<dyn Job>) {
    let id = Id::next();
    let joined = catch_unwind(AssertUnwindSafe(|| {
        job.prepare().and_then(|()| group.join(id, &mut job))
    }));
    match joined {
        Ok(Ok(())) => drop(group.members.insert(id, job)),
        Ok(Err(error)) => end(job, Err(error)),
        Err(panic) => {
            discard(job.keep_panic(panic));
            end(job, Err(MultiCode::ABORTED_BY_CALLBACK.into()));
        }
    }
}

fn give_back(group: &mut Jobs) {
    while let Some((_, job, result)) = group.finished.pop_front() {
        end(job, result);
    }
}

/// Gives a transfer back. What is the user's, such as a waker, may panic meanwhile.
fn end(job: Box<dyn Job>, result: Result<(), Error>) {
    run_quietly(|| job.end(result));
}

/// The error of a transfer that the agent does not begin.
const CLOSED: Error = Error::Agent {
    reason: "it was shut down",
};

/// The transfers of a thread, before they are given to it.
struct Moved(Jobs);
