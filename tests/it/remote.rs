//! `Remote`: cancelling, pausing and resuming a transfer from elsewhere.

pub(crate) mod cancel;
pub(crate) mod pause;
pub(crate) mod threads;
