//! Waking a sleeping driver when there is something to do.

use std::mem;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use crate::ffi::sleep::Alarm;
use crate::id::Id;
use crate::sync::{AtomicBool, Mutex, MutexGuard};

#[cfg(all(curlback_loom, test))]
pub(crate) mod loom;

/// The mailbox in which other threads, and callbacks, leave requests for a driver.
pub(crate) struct Mailbox {
    inner: Mutex<Inner>,
    /// Whether the driver was woken since it last looked. Some releases of libcurl lose a wake-up that
    /// comes before they sleep.
    woken: AtomicBool,
    /// Counts the wakers that users hold.
    wakers: Arc<()>,
}

struct Inner {
    /// The transfers to which the driver has to attend.
    ids: Vec<Id>,
    sleeper: Sleeper,
}

enum Sleeper {
    /// The driver is gone.
    Nobody,
    /// Before its cleanup, the engine closes the mailbox, so that the alarm cannot ring later (M1).
    Libcurl(Alarm),
    /// An event loop.
    Loop(Arc<dyn Fn() + Send + Sync>),
}

impl Mailbox {
    /// Makes the mailbox of a driver that sleeps in libcurl.
    pub(super) fn of_libcurl(alarm: Alarm) -> Arc<Mailbox> {
        Mailbox::new(Sleeper::Libcurl(alarm))
    }

    /// Makes the mailbox of an event loop that `wake` wakes.
    pub(crate) fn of_loop(wake: Arc<dyn Fn() + Send + Sync>) -> Arc<Mailbox> {
        Mailbox::new(Sleeper::Loop(wake))
    }

    fn new(sleeper: Sleeper) -> Arc<Mailbox> {
        Arc::new(Mailbox {
            inner: Mutex::new(Inner {
                ids: Vec::new(),
                sleeper,
            }),
            woken: AtomicBool::new(false),
            wakers: Arc::default(),
        })
    }

    /// Notes that the driver has to attend to a transfer. Does not wake the driver.
    pub(crate) fn post(&self, id: Id) {
        self.inner().ids.push(id);
    }

    /// Wakes the driver, now or when it next wants to sleep. Returns whether there is a driver.
    pub(crate) fn wake(&self) -> bool {
        let already = self.woken.swap(true, Ordering::SeqCst);
        let inner = self.inner();
        match &inner.sleeper {
            Sleeper::Nobody => return false,
            Sleeper::Libcurl(_) if already => {}
            Sleeper::Libcurl(alarm) => alarm.ring(),
            Sleeper::Loop(wake) => {
                let wake = wake.clone();
                // Called even if `already` is true: only the event loop knows whether it still
                // has to be woken. `wake` may be the user's, so it must neither run nor be dropped
                // under this lock.
                drop(inner);
                wake();
            }
        }
        true
    }

    /// Returns whether the driver was woken since the last call of this method.
    pub(super) fn take_woken(&self) -> bool {
        self.woken.swap(false, Ordering::SeqCst)
    }

    /// Returns a token that a waker keeps for as long as it lives.
    pub(crate) fn count_waker(&self) -> Arc<()> {
        self.wakers.clone()
    }

    /// Returns whether a user holds a waker.
    pub(crate) fn has_wakers(&self) -> bool {
        Arc::strong_count(&self.wakers) > 1
    }

    /// Takes the transfers to which the driver has to attend.
    pub(crate) fn take_ids(&self) -> Vec<Id> {
        mem::take(&mut self.inner().ids)
    }

    /// Returns whether there are transfers to which the driver has to attend.
    pub(crate) fn has_ids(&self) -> bool {
        !self.inner().ids.is_empty()
    }

    /// Returns whether this transfer is the one that was posted last.
    pub(crate) fn was_just_posted(&self, id: Id) -> bool {
        self.inner().ids.last() == Some(&id)
    }

    /// Notes that the driver is gone.
    ///
    /// Returns the former sleeper, which may contain a value of the user's whose drop may panic. So the caller
    /// drops it after the cleanup of the multi handle, or ignores the panic.
    pub(super) fn close(&self) -> impl Sized + use<> {
        mem::replace(&mut self.inner().sleeper, Sleeper::Nobody)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
