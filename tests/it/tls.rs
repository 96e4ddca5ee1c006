//! TLS: whom a transfer trusts, and the options of TLS.

pub(crate) mod options;
mod system;
pub(crate) mod trust;
