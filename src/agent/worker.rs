//! A thread of an agent. It drives the transfers that the agent gives it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::Error;
use crate::agent::job::Job;
use crate::agent::queue::{Phase, Queue, Work};
use crate::code::MultiCode;
use crate::id::Id;
use crate::multi::options::Setting;
use crate::run::group::Group;
use crate::run::guard::{discard, run_quietly};
use crate::run::mailbox::Mailbox;
use crate::run::poll_loop::Driver;

type Jobs = Group<Box<dyn Job>, Driver>;

/// What an agent and one of its threads share.
pub(super) struct Worker {
    queue: Queue,
    mailbox: Arc<Mailbox>,
}

impl Worker {
    /// Starts a thread.
    pub(super) fn spawn(name: String, settings: &[Setting]) -> Result<Arc<Worker>, Error> {
        let mut group = Jobs::new(Driver::new()?)?;
        for setting in settings {
            setting.apply(&mut group.core)?;
        }
        let worker = Arc::new(Worker {
            queue: Queue::new(),
            mailbox: group.core.mailbox().clone(),
        });
        let own = worker.clone();
        let thread = thread::Builder::new()
            .name(name)
            .spawn(move || own.run(group))
            .map_err(Error::Poll)?;
        worker.queue.set_thread(thread.thread().id());
        Ok(worker)
    }

    /// Makes the thread begin a transfer soon. If the worker is closed, gives the transfer back with an error.
    pub(super) fn start(&self, job: Box<dyn Job>) {
        match self.queue.push(job) {
            Ok(true) => drop(self.mailbox.wake()),
            Ok(false) => {}
            Err(job) => job.end(Err(CLOSED)),
        }
    }

    /// Makes the thread set an option soon, for running and later transfers.
    pub(super) fn change(&self, setting: Setting) -> Result<(), Error> {
        match self.queue.push_setting(setting) {
            true => drop(self.mailbox.wake()),
            false => return Err(CLOSED),
        }
        Ok(())
    }

    /// Makes the worker accept no more transfers. The thread ends when the accepted ones have ended.
    pub(super) fn close(&self) {
        self.advance(Phase::Closed);
    }

    /// Cancels the transfers, and makes the worker accept no more.
    pub(super) fn cancel(&self) {
        self.advance(Phase::Cancelled);
    }

    /// Returns whether the current thread is the worker's.
    pub(super) fn is_current(&self) -> bool {
        self.queue.is_of_current_thread()
    }

    /// Waits until the thread has ended.
    pub(super) fn join(&self) {
        self.queue.join();
    }

    fn advance(&self, phase: Phase) {
        self.queue.advance(phase);
        self.mailbox.wake();
    }

    fn run(&self, mut group: Jobs) {
        run_quietly(|| self.drive(&mut group));
        self.queue.advance(Phase::Closed);
        for job in self.queue.take().jobs {
            end(job, Err(CLOSED));
        }
        group.cancel_all();
        give_back(&mut group);
        discard(group);
        self.queue.advance(Phase::Ended);
    }

    /// Drives until the worker is closed and all transfers have ended, or until libcurl or the system fails.
    fn drive(&self, group: &mut Jobs) {
        loop {
            let Work {
                settings,
                jobs,
                phase,
            } = self.queue.take();
            for setting in settings {
                // The value was checked before. If libcurl refuses it nevertheless, there is no caller to
                // return the error to.
                let _ = setting.apply(&mut group.core);
            }
            for job in jobs {
                add(group, job);
            }
            if phase == Phase::Cancelled {
                group.cancel_all();
            }
            // If this fails, all transfers and the thread end.
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

/// Adds a transfer to the group. If adding it fails, gives the transfer back with the error.
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

/// Gives a transfer back to the program. This runs code of the program, such as a waker: a panic of that
/// code is ignored.
fn end(job: Box<dyn Job>, result: Result<(), Error>) {
    run_quietly(|| job.end(result));
}

/// The error of a transfer or an option that the worker does not take, since it was closed.
const CLOSED: Error = Error::Agent {
    reason: "it was shut down",
};
