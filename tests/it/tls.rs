//! TLS: whom a transfer trusts, and the options of TLS.

mod exit;
pub(crate) mod options;
mod system;
pub(crate) mod trust;
