//! TLS.

pub(crate) mod options;
pub(crate) mod trust;
