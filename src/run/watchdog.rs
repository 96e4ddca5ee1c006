//! When to look after all transfers, whatever the system says of their sockets.

use std::time::{Duration, Instant};

use crate::quirks::SOCKETS_FORGOTTEN;

/// libcurl does not name a socket or a time for everything that a transfer waits for:
/// before 8.0, an FTP reply that comes early is just there, and on Windows a resolved name
/// may be. So all are looked after now and then, which is also how `xfer_info` is
/// called of an idle transfer.
pub(crate) struct Watchdog {
    next: Instant,
    /// How soon to look again after something has happened.
    soon: Option<Duration>,
    /// How long the last look took.
    took: Duration,
}

const SELDOM: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_millis(5);

/// Returns how long a transfer that performs alone waits for an event until it is driven all the
/// same: usually, and after an event.
pub(super) fn waits_alone() -> (Duration, Duration) {
    let soon = SOCKETS_FORGOTTEN.is_present();
    (SELDOM, if soon { SOON } else { SELDOM })
}

impl Watchdog {
    pub(crate) fn new() -> Watchdog {
        Watchdog {
            next: Instant::now() + SELDOM,
            soon: SOCKETS_FORGOTTEN.is_present().then_some(SOON),
            took: Duration::ZERO,
        }
    }

    /// Returns when to look after all transfers.
    pub(crate) fn next(&self) -> Instant {
        self.next
    }

    /// Returns whether libcurl may have forgotten a socket.
    pub(crate) fn is_forgetful(&self) -> bool {
        self.soon.is_some() || cfg!(windows)
    }

    /// Notes that something happened to one of them.
    pub(crate) fn stir(&mut self) {
        if let Some(soon) = self.soon {
            self.next = self.next.min(Instant::now() + soon);
        }
    }

    /// Looks after all of them, and sees to it that this takes a small part of the time.
    pub(crate) fn look<R>(&mut self, look: impl FnOnce() -> R) -> R {
        let begun = Instant::now();
        let result = look();
        let took = begun.elapsed();
        self.next = begun + took + SELDOM;
        // One look may take long only because the system has run something else meanwhile.
        let usual = took.min(std::mem::replace(&mut self.took, took));
        self.soon = self.soon.map(|_| (20 * usual).clamp(SOON, SELDOM));
        result
    }
}
