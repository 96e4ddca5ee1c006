//! What remotes have asked of a transfer, until its driver does it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::task::{Wake, Waker};

use libc::c_int;

use crate::id::Id;
use crate::run::mailbox::Mailbox;
use crate::sync::{AtomicBool, Mutex, MutexGuard};

#[cfg(all(curlback_loom, test))]
mod loom;

/// What a transfer and its remotes share.
#[derive(Default)]
pub(crate) struct Control {
    state: Mutex<State>,
    /// Whether the running transfer, or the next one if none runs, was cancelled; written under
    /// the lock.
    cancelled: AtomicBool,
}

#[derive(Default)]
struct State {
    phase: Phase,
    requests: Requests,
    /// Who drives the transfer, while it runs.
    driver: Option<(Arc<Mailbox>, Id)>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Ready,
    Running,
    Ended,
}

/// What was asked for since the driver last looked, the latest of each kind.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Requests {
    /// Bits of libcurl's mask of directions.
    pub(crate) pause: c_int,
    /// Bits of libcurl's mask of directions.
    pub(crate) resume: c_int,
    pub(crate) cancel: bool,
}

/// What resumes a direction.
struct Resumer {
    control: Arc<Control>,
    direction: c_int,
}

impl Wake for Resumer {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let ask = |requests: &mut Requests| requests.resume |= self.direction & !requests.pause;
        self.control.ask(ask);
    }
}

impl Control {
    /// Lets remotes ask for something, which the next transfer will do.
    pub(crate) fn ready(&self) {
        let mut state = self.state();
        if state.phase == Phase::Ended {
            state.phase = Phase::Ready;
        }
    }

    /// Notes who drives the transfer.
    pub(crate) fn begin(&self, driver: (Arc<Mailbox>, Id)) {
        let mut state = self.state();
        if state.requests != Requests::default() {
            driver.0.post(driver.1);
        }
        state.phase = Phase::Running;
        state.driver = Some(driver);
    }

    /// Notes that the transfer has ended, and drops all open requests. Returns whether the
    /// transfer was cancelled.
    pub(crate) fn end(&self) -> bool {
        let mut state = self.state();
        *state = State {
            phase: Phase::Ended,
            ..State::default()
        };
        self.cancelled.swap(false, Ordering::Relaxed)
    }

    /// Returns whether the running transfer was cancelled.
    #[inline(always)]
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Returns what was asked for, once.
    pub(crate) fn take(&self) -> Requests {
        std::mem::take(&mut self.state().requests)
    }

    /// Asks for the transfer to end. Returns `false` if it has ended.
    pub(crate) fn cancel(&self) -> bool {
        self.ask(|requests| {
            requests.cancel = true;
            self.cancelled.store(true, Ordering::Relaxed);
        })
    }

    /// Returns whether the transfer has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.state().phase == Phase::Ended
    }

    /// Changes what is asked for, and wakes the driver. Returns `false` if the transfer has ended.
    pub(crate) fn ask(&self, ask: impl FnOnce(&mut Requests)) -> bool {
        let mut state = self.state();
        if state.phase == Phase::Ended {
            return false;
        }
        let news = state.requests == Requests::default();
        ask(&mut state.requests);
        let driver = if news { state.driver.clone() } else { None };
        // What wakes an event loop is not ours: it must not run under our lock.
        drop(state);
        if let Some((mailbox, id)) = driver {
            mailbox.post(id);
            mailbox.wake();
        }
        true
    }

    /// Returns what resumes a direction, a bit of libcurl's mask, unless a remote has asked for a pause
    /// meanwhile: then only a remote resumes.
    pub(crate) fn resumer(self: &Arc<Self>, direction: c_int) -> Waker {
        let control = self.clone();
        Arc::new(Resumer { control, direction }).into()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
