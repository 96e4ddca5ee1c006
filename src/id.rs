//! Numbers that identify transfers.

use std::sync::atomic::{AtomicU64, Ordering};

/// Identifies a transfer of a [`Multi`](crate::Multi), by a number that is used only once in the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[doc(alias("EasyHandle", "Easy2Handle"))]
pub struct Id(u64);

impl Id {
    /// The id of every transfer that performs alone, without a `Multi`.
    pub(crate) const ALONE: Id = Id(0);

    pub(crate) fn next() -> Id {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Id(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
