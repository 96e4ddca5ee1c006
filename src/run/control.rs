//! The requests of remotes to a transfer, until the driver of the transfer fulfils them.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::task::{Wake, Waker};

use libc::c_int;

use crate::id::Id;
use crate::run::mailbox::Mailbox;
use crate::sync::{AtomicBool, Mutex, MutexGuard};

#[cfg(all(curlback_loom, test))]
mod loom;

/// The state that a transfer and its remotes share.
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
    /// The directions that a remote has paused, and that neither a remote nor the handler has resumed
    /// since: bits of libcurl's mask.
    held: c_int,
    /// The driver's mailbox and the id of the transfer there, or `None` if the transfer does not run.
    driver: Option<(Arc<Mailbox>, Id)>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Ready,
    Running,
    Ended,
}

/// The requests since the driver last took them.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Requests {
    /// The directions to pause, as bits of libcurl's mask.
    pub(crate) pause: c_int,
    /// The directions to resume, as bits of libcurl's mask.
    pub(crate) resume: c_int,
    pub(crate) cancel: bool,
}

/// Asks for a direction to be resumed when it is woken, unless a remote has paused the direction.
struct Resumer {
    control: Arc<Control>,
    direction: c_int,
}

impl Wake for Resumer {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let ask = |state: &mut State| state.requests.resume |= self.direction & !state.held;
        self.control.change(ask);
    }
}

impl Control {
    /// Accepts requests again after a transfer has ended: the next transfer fulfils them.
    pub(crate) fn ready(&self) {
        let mut state = self.state();
        if state.phase == Phase::Ended {
            state.phase = Phase::Ready;
        }
    }

    /// Notes that the transfer begins, and who drives it.
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

    /// Returns whether the running transfer, or the next one if none runs, was cancelled.
    #[inline(always)]
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Takes the requests, so that each is returned once.
    pub(crate) fn take(&self) -> Requests {
        std::mem::take(&mut self.state().requests)
    }

    /// Asks for directions to be paused. Returns `false` if the transfer has ended.
    pub(crate) fn pause(&self, directions: c_int) -> bool {
        self.change(|state| {
            state.held |= directions;
            state.requests.pause |= directions;
            state.requests.resume &= !directions;
        })
    }

    /// Asks for directions to be resumed. Returns `false` if the transfer has ended.
    pub(crate) fn resume(&self, directions: c_int) -> bool {
        self.change(|state| {
            state.held &= !directions;
            state.requests.pause &= !directions;
            state.requests.resume |= directions;
        })
    }

    /// Notes that the handler has resumed directions, whoever had paused them. A pause that a remote has
    /// asked for, and that the driver has not fulfilled yet, stays in force.
    pub(crate) fn release(&self, directions: c_int) {
        let mut state = self.state();
        state.held &= !directions | state.requests.pause;
    }

    /// Asks for the transfer to be cancelled. Returns `false` if the transfer has ended.
    pub(crate) fn cancel(&self) -> bool {
        self.change(|state| {
            state.requests.cancel = true;
            self.cancelled.store(true, Ordering::Relaxed);
        })
    }

    /// Returns whether the transfer has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.state().phase == Phase::Ended
    }

    /// Wakes the driver for this transfer.
    pub(crate) fn wake(&self) {
        self.change(|_| ());
    }

    /// Changes the requests. If there were none, wakes the driver. Returns `false` if the transfer has
    /// ended.
    fn change(&self, change: impl FnOnce(&mut State)) -> bool {
        let mut state = self.state();
        if state.phase == Phase::Ended {
            return false;
        }
        let news = state.requests == Requests::default();
        change(&mut state);
        let driver = if news { state.driver.clone() } else { None };
        // The function that wakes an event loop is the user's, so it must not run under this lock.
        drop(state);
        if let Some((mailbox, id)) = driver {
            mailbox.post(id);
            mailbox.wake();
        }
        true
    }

    /// Returns a waker that resumes a direction, a bit of libcurl's mask. If a remote has paused the
    /// direction, the waker does not resume it: only a remote or the handler does.
    pub(crate) fn resumer(self: &Arc<Self>, direction: c_int) -> Waker {
        let control = self.clone();
        Arc::new(Resumer { control, direction }).into()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
