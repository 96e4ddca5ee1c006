//! Tests of the ready-made handlers, and of handlers that hold another.

pub(crate) mod address_policy;
pub(crate) mod collect;
pub(crate) mod download;
pub(crate) mod download_files;
pub(crate) mod forwarding;
pub(crate) mod log;
pub(crate) mod log_secrets;
pub(crate) mod read_once;
pub(crate) mod restricted;
pub(crate) mod restricted_reuse;
#[cfg(feature = "tracing")]
pub(crate) mod trace;
pub(crate) mod write_to_read_from;
