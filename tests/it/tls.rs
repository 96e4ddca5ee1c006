//! TLS: whom a transfer trusts, and the options of TLS.

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
mod exit;
pub(crate) mod options;
mod system;
pub(crate) mod trust;
