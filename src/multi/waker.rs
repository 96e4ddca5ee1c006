//! Waking a `Multi` from another thread.

use std::fmt;
use std::sync::Arc;

#[cfg(doc)]
use crate::Multi;
#[cfg(doc)]
use crate::callbacks::event_loop::EventLoop;
use crate::run::mailbox::Mailbox;

/// Wakes a [`Multi`] that waits, from any thread.
#[derive(Clone)]
#[doc(alias = "MultiWaker")]
pub struct Waker {
    mailbox: Arc<Mailbox>,
    _counted: Arc<()>,
}

impl Waker {
    pub(crate) fn new(mailbox: Arc<Mailbox>) -> Waker {
        let counted = mailbox.count_waker();
        Waker {
            mailbox,
            _counted: counted,
        }
    }

    /// Makes the current [`Multi::poll`], or else the next one, return at once. A [`Multi::run`] wakes and goes
    /// on. An event loop of your own is woken by its [`waker`](EventLoop::waker), in each call. Otherwise, several
    /// calls before the `Multi` wakes count as one.
    ///
    /// Returns `false` if the `Multi` was dropped.
    #[doc(alias = "wakeup")]
    pub fn wake(&self) -> bool {
        self.mailbox.wake()
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waker").finish_non_exhaustive()
    }
}
