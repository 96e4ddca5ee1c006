//! A transfer that an agent runs.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::Remote;
#[cfg(doc)]
use crate::Transfer;
use crate::agent::Ended;
use crate::agent::slot::{Outcome, Slot};
use crate::ffi::fork::Process;
use crate::run::shared_pipe::SharedPipe;

/// A transfer that an [`Agent`](crate::Agent) runs: wait for its result, or await it.
///
/// [`Agent::start`](crate::Agent::start) makes it. The result is the transfer, also if it has failed, and what
/// [`perform`](Transfer::perform) would return. Dropping a `Started` cancels the transfer at once and does not
/// wait. So a timeout around `started`, which drops `started`, cancels the transfer. A timeout around `&mut started`
/// does not: call `started.remote().cancel()` and await `started` again to get the transfer back.
/// [`detach`](Started::detach) lets the transfer go on without its `Started`.
///
/// # Panics
/// If a callback has panicked, waiting drops the transfer and resumes the panic. Polling a `Started` again
/// after it was ready panics. Waiting also panics in the child of a `fork`, unless the transfer has ended.
///
/// # Examples
/// A time limit that cancels:
/// ```
/// use std::{net::TcpListener, time::Duration};
/// use curlback::{Agent, Error, Transfer};
///
/// let silent = TcpListener::bind("127.0.0.1:0")?;
/// let mut transfer = Transfer::new(())?;
/// transfer.url(&format!("http://{}/", silent.local_addr()?))?;
/// # transfer.noproxy("*")?;
/// let started = Agent::new()?.start(transfer);
/// let started = started.wait_for(Duration::from_millis(20)).expect_err("the server is silent");
/// started.remote().cancel();
/// let (_transfer, result) = started.wait();
/// assert!(matches!(result, Err(Error::Cancelled)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "dropping it cancels the transfer"]
pub struct Started<H> {
    slot: Arc<Slot<H>>,
    remote: Remote,
    process: Process,
    on_drop: OnDrop,
}

/// What the drop of a [`Started`] does to a transfer that has not ended.
pub(super) enum OnDrop {
    Cancel,
    Nothing,
    /// Throws the rest of the response body away. If more than this many bytes come after the drop, the transfer ends.
    Drain(Arc<SharedPipe>, u64),
}

impl<H> Started<H> {
    pub(super) fn new(slot: Arc<Slot<H>>, remote: Remote, process: Process) -> Started<H> {
        Started {
            slot,
            remote,
            process,
            on_drop: OnDrop::Cancel,
        }
    }

    /// Returns the remote that pauses, resumes and cancels the transfer.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    /// Returns whether the transfer has ended: then waiting for it does not block.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.slot.has_ended()
    }

    /// Waits until the transfer has ended, and returns it with its result.
    ///
    /// # Panics
    /// Resumes the panic of a callback. Panics in the child of a `fork`, where no thread runs the transfer,
    /// unless the transfer had ended before. Panics if polling has already returned the result.
    pub fn wait(self) -> Ended<H> {
        match self.wait_until(None) {
            Ok(ended) => ended,
            Err(_) => unreachable!("there is no time limit"),
        }
    }

    /// Waits until the transfer has ended, but for `limit` at most.
    ///
    /// # Errors
    /// Returns `self` if the transfer has not ended in time. The transfer goes on.
    ///
    /// # Panics
    /// As for [`wait`](Started::wait).
    pub fn wait_for(self, limit: Duration) -> Result<Ended<H>, Started<H>> {
        self.wait_until(Instant::now().checked_add(limit))
    }

    fn wait_until(self, limit: Option<Instant>) -> Result<Ended<H>, Started<H>> {
        self.check_process();
        match self.slot.wait(false, limit) {
            Some(Outcome::Ended(ended)) => Ok(ended),
            _ => Err(self),
        }
    }

    /// Lets the transfer run to its end without this value. The agent then drops it.
    pub fn detach(mut self) {
        self.on_drop = OnDrop::Nothing;
    }

    pub(super) fn set_on_drop(&mut self, on_drop: OnDrop) {
        self.on_drop = on_drop;
    }

    pub(super) fn slot(&self) -> &Slot<H> {
        &self.slot
    }

    /// Panics in the child of a fork, where nothing would ever end the transfer, unless it had ended before.
    pub(super) fn check_process(&self) {
        assert!(
            self.process.is_current() || self.slot.has_ended(),
            "the thread that runs the transfer is in the process before the fork"
        );
    }
}

impl<H> Future for Started<H> {
    type Output = Ended<H>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.check_process();
        match self.slot.poll(cx, false) {
            Poll::Ready(Outcome::Ended(ended)) => Poll::Ready(ended),
            _ => Poll::Pending,
        }
    }
}

impl<H> Drop for Started<H> {
    fn drop(&mut self) {
        if self.slot.has_ended() || !self.process.is_current() {
            return;
        }
        match &self.on_drop {
            OnDrop::Nothing => {}
            OnDrop::Drain(inbox, limit) => inbox.discard(*limit),
            OnDrop::Cancel => {
                self.remote.cancel();
            }
        }
    }
}

impl<H> fmt::Debug for Started<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Started")
            .field("is_finished", &self.is_finished())
            .finish_non_exhaustive()
    }
}
