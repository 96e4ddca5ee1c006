//! TLS: whom a transfer trusts, and the options of TLS.

pub(crate) mod options;
pub(crate) mod trust;
