//! Runs transfers: contexts and the guard of user code, the functions that libcurl calls, the
//! table by which these are installed, and the drivers of one transfer or many.
//!
//! [`ffi`](crate::ffi) has the contract that makes the `unsafe` code here sound.
#![expect(
    unsafe_code,
    reason = "libcurl is a C library; this module runs its transfers and is called back"
)]

pub(crate) mod alone;
pub(crate) mod announced;
#[cfg(test)]
pub(crate) mod complete;
pub(crate) mod context;
pub(crate) mod control;
pub(crate) mod deadlines;
pub(crate) mod duplicate;
pub(crate) mod easy;
pub(crate) mod engine;
pub(crate) mod entry_path;
pub(crate) mod event_queue;
pub(crate) mod group;
pub(crate) mod guard;
pub(crate) mod host_name;
pub(crate) mod install;
pub(crate) mod mailbox;
pub(crate) mod member;
pub(crate) mod mime;
pub(crate) mod multi;
pub(crate) mod part_pipe;
pub(crate) mod pause;
pub(crate) mod perform;
pub(crate) mod pipe;
mod pipes;
pub(crate) mod poll_loop;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod shared_pipe;
pub(crate) mod stop;
pub(crate) mod tls;
#[cfg(all(feature = "tokio", has_pollable_queue))]
pub(crate) mod tokio_queue;
pub(crate) mod trampolines;
pub(crate) mod upkeep;
pub(crate) mod wait_socket;
pub(crate) mod waiter;
pub(crate) mod watchdog;
pub(crate) mod websocket;
