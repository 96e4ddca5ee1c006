//! Tests of the callbacks, one file per family.

pub(crate) mod attribute;
pub(crate) mod body;
pub(crate) mod close_socket;
pub(crate) mod complete;
pub(crate) mod connect;
pub(crate) mod debug;
pub(crate) mod done;
pub(crate) mod final_head;
pub(crate) mod header;
pub(crate) mod header_lines;
pub(crate) mod hooks;
pub(crate) mod hsts;
pub(crate) mod interleave;
pub(crate) mod open_socket;
pub(crate) mod open_socket_refusals;
pub(crate) mod pause;
pub(crate) mod progress;
pub(crate) mod progress_ends;
pub(crate) mod seek;
pub(crate) mod sockopt;
pub(crate) mod ssh;
pub(crate) mod ssl_ctx;
pub(crate) mod trailer;
pub(crate) mod wildcard;
