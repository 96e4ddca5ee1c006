//! Numbers that identify transfers.

#[cfg(target_has_atomic = "64")]
use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(not(target_has_atomic = "64"))]
use std::sync::{Mutex, PoisonError};

/// Identifies a transfer of a [`Multi`](crate::Multi), by a number that the process uses only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[doc(alias("EasyHandle", "Easy2Handle"))]
pub struct Id(u64);

impl Id {
    /// The id of every transfer that performs alone, without a `Multi` or an agent.
    pub(crate) const ALONE: Id = Id(0);

    #[cfg(target_has_atomic = "64")]
    pub(crate) fn next() -> Id {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Id(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
    /// Counts under a lock: this processor, a PowerPC or MIPS of 32 bits for example, has no atomic `u64`.
    #[cfg(not(target_has_atomic = "64"))]
    pub(crate) fn next() -> Id {
        static LAST: Mutex<u64> = Mutex::new(0);
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        *last += 1;
        Id(*last)
    }
}
