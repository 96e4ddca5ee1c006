//! A thread of an agent. It drives the transfers that the agent gives it.

use std::cell::Cell;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::Error;
use crate::agent::job::{Job, Notice};
use crate::agent::queue::{Phase, Queue, Work};
use crate::code::MultiCode;
use crate::ffi::fork::Process;
use crate::ffi::sigpipe;
use crate::id::Id;
use crate::multi::options::Setting;
use crate::run::group::Group;
use crate::run::guard::{discard, run_quietly};
use crate::run::mailbox::Mailbox;
use crate::run::poll_loop::Driver;
use crate::sync::{Mutex, MutexGuard};

/// For how many transfers the queue keeps memory when it is empty.
const KEPT: usize = 1 << 10;

type Jobs = Group<Box<dyn Job>, Driver>;

thread_local! {
    /// The worker of this thread. Has no destructor, so that the destructors of other values may use it.
    static OWN: Cell<*const Worker> = const { Cell::new(ptr::null()) };
}

/// What an agent and one of its threads share.
pub(super) struct Worker {
    queue: Queue,
    mailbox: Arc<Mailbox>,
    /// The thread, until somebody waits for its end.
    thread: Mutex<Option<JoinHandle<()>>>,
    /// The process that has the thread.
    process: Process,
    /// Whether libcurl or the system has failed.
    has_failed: AtomicBool,
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
            thread: Mutex::new(None),
            process: Process::current(),
            has_failed: AtomicBool::new(false),
        });
        let own = worker.clone();
        let thread = thread::Builder::new()
            .name(name)
            .spawn(move || {
                sigpipe::block_until_thread_ends();
                OWN.set(&raw const *own);
                own.run(group);
            })
            .map_err(Error::Poll)?;
        *worker.thread() = Some(thread);
        Ok(worker)
    }

    /// Makes the thread begin a transfer soon. If the worker is closed, gives the transfer back with an error.
    pub(super) fn start(&self, job: Box<dyn Job>) {
        match self.queue.push(job) {
            Ok(true) => drop(self.mailbox.wake()),
            Ok(false) => {}
            Err(job) => drop(job.end(Err(self.closed()))),
        }
    }

    /// Makes the thread set an option soon, for running and later transfers.
    pub(super) fn change(&self, setting: Setting) -> Result<(), Error> {
        match self.queue.push_setting(setting) {
            true => drop(self.mailbox.wake()),
            false => return Err(self.closed()),
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
        ptr::eq(self, OWN.get())
    }

    /// Waits until the thread has ended.
    pub(super) fn join(&self) {
        // While one caller waits for the thread, the others wait for the lock.
        let mut thread = self.thread();
        if let Some(thread) = thread.take() {
            let _ = thread.join();
        }
    }

    fn thread(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn advance(&self, phase: Phase) {
        self.queue.advance(phase);
        self.mailbox.wake();
    }

    fn run(&self, mut group: Jobs) {
        let mut failure = None;
        run_quietly(|| failure = self.drive(&mut group).err());
        let has_failed = failure.is_some();
        self.has_failed.store(has_failed, Ordering::Release);
        self.queue.advance(Phase::Closed);
        let mut rest = Work::default();
        self.queue.take(&mut rest);
        for job in rest.jobs {
            drop(end(job, Err(self.closed())));
        }
        group.cancel_all();
        give_back(&mut group, |result| match result {
            // Normally, the failure has ended this transfer. The first such transfer gets the error itself, and
            // the others get that of `closed`.
            Err(Error::Cancelled | Error::Multi { .. }) if has_failed => {
                Err(failure.take().unwrap_or_else(|| self.closed()))
            }
            result => result,
        });
        discard(group);
    }

    /// Returns the error of a transfer that can neither begin nor go on.
    fn closed(&self) -> Error {
        Error::Agent {
            reason: match self.has_failed.load(Ordering::Acquire) {
                true => "libcurl or the system could not wait for its sockets",
                false => "it was shut down",
            },
        }
    }

    /// Drives until the worker is closed and all transfers have ended.
    ///
    /// # Errors
    /// Those of libcurl or the system, if the transfers cannot be driven any more.
    fn drive(&self, group: &mut Jobs) -> Result<(), Error> {
        let mut work = Work::default();
        loop {
            // The wake-ups until now announce what is taken and driven below.
            group.core.take_woken();
            self.queue.take(&mut work);
            for setting in work.settings.drain(..) {
                // The value was checked before. If libcurl refuses it nevertheless, there is no caller to
                // return the error to.
                let _ = setting.apply(&mut group.core);
            }
            for job in work.jobs.drain(..) {
                add(group, job);
            }
            work.jobs.shrink_to(KEPT);
            if work.phase == Phase::Cancelled {
                group.cancel_all();
            }
            let driven = group.perform(|_, _| ())?;
            if let Some(failure) = driven.failure {
                return Err(failure.settle());
            }
            driven.result?;
            give_back(group, |result| result);
            if work.phase != Phase::Open && group.members.is_empty() {
                return Ok(());
            }
            let limit = match group.core.take_woken() {
                true => Duration::ZERO,
                false => Duration::MAX,
            };
            group.core.poll(&mut [], limit)?;
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // The child of a `fork` does not have the thread, so its handle must not be used there.
        if !self.process.is_current() {
            mem::forget(self.thread().take());
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
        Ok(Err(error)) => drop(end(job, Err(error))),
        Err(panic) => {
            discard(job.keep_panic(panic));
            drop(end(job, Err(MultiCode::ABORTED_BY_CALLBACK.into())));
        }
    }
}

/// Gives the transfers that have ended back to the program, with what `report` makes of their results.
fn give_back(group: &mut Jobs, mut report: impl FnMut(Result<(), Error>) -> Result<(), Error>) {
    // All results are there before the first thread is woken. Otherwise, a thread that waits for several transfers
    // would be woken for each of them.
    let notices: Vec<_> = (group.finished.drain(..))
        .map(|(_, job, result)| end(job, report(result)))
        .collect();
    drop(notices);
}

/// Gives a transfer back to the program. This may run code of the program, such as that of a waker: a panic of
/// that code is ignored.
fn end(job: Box<dyn Job>, result: Result<(), Error>) -> Option<Notice> {
    let mut notice = None;
    run_quietly(|| notice = Some(job.end(result)));
    notice
}
