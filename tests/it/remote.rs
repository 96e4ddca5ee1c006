//! Cancelling, pausing and resuming from elsewhere.

pub(crate) mod cancel;
pub(crate) mod pause;
pub(crate) mod threads;
