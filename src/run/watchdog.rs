//! Decides when to drive all transfers, even if the system reports no event on their sockets.

use std::time::{Duration, Instant};

use crate::quirks::SOCKETS_FORGOTTEN;

/// Decides when to drive all transfers.
///
/// Some releases do not name a socket or a time for everything that a transfer waits for: see
/// [`SOCKETS_FORGOTTEN`]. On Windows, a name may be resolved without an event. So transfers are
/// driven now and then without an event, which is also how `xfer_info` is called for an idle transfer.
pub(crate) struct Watchdog {
    next: Instant,
    /// How soon to drive all transfers again after something has happened. `None` if the linked libcurl
    /// does not need that.
    soon: Option<Duration>,
    /// How long the last call of [`look`](Watchdog::look) took.
    took: Duration,
}

const SELDOM: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_millis(5);

/// Returns how long a transfer that performs alone waits for an event until it is driven without
/// one: the usual time, and the time after an event.
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

    /// Returns when to drive all transfers.
    pub(crate) fn next(&self) -> Instant {
        self.next
    }

    /// Returns whether a transfer may have to go on although libcurl has named neither a socket nor a time.
    pub(crate) fn is_forgetful(&self) -> bool {
        self.soon.is_some() || cfg!(windows)
    }

    /// Notes that something has happened to one of the transfers.
    pub(crate) fn stir(&mut self) {
        if let Some(soon) = self.soon {
            self.next = self.next.min(Instant::now() + soon);
        }
    }

    /// Runs `look`, which drives all transfers, and sets the time of the next run. If `look` takes long,
    /// it runs less often.
    pub(crate) fn look<R>(&mut self, look: impl FnOnce() -> R) -> R {
        let begun = Instant::now();
        let result = look();
        let took = begun.elapsed();
        self.next = begun + took + SELDOM;
        // The shorter of the last two runs counts: one run may take long only because the system has run
        // something else meanwhile.
        let usual = took.min(std::mem::replace(&mut self.took, took));
        self.soon = self.soon.map(|_| (20 * usual).clamp(SOON, SELDOM));
        result
    }
}
