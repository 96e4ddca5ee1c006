//! Numbers that name transfers.

use std::sync::atomic::{AtomicU64, Ordering};

/// Which transfer of a [`Multi`](crate::Multi) it is: a number that no other transfer of the process
/// ever has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[doc(alias("EasyHandle", "Easy2Handle"))]
pub struct Id(u64);

impl Id {
    /// That of a transfer that performs alone.
    pub(crate) const ALONE: Id = Id(0);

    pub(crate) fn next() -> Id {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Id(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
