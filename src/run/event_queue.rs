//! The system's queue of events, which says which descriptors are ready.

#[cfg(target_os = "linux")]
mod epoll;
#[cfg(not(target_os = "linux"))]
mod portable;

#[cfg(target_os = "linux")]
pub(super) use epoll::{Events, Queue};
#[cfg(not(target_os = "linux"))]
pub(super) use portable::{Events, Queue};

use crate::callbacks::event_loop::Ready;

/// How many events one wait returns at most.
pub(super) const EVENTS: usize = 256;

/// A bit that marks the key of a descriptor that is not libcurl's. The lower bits are the place of the descriptor in
/// the list of the caller. The key of a socket of libcurl is its number.
pub(super) const EXTRA: usize = 1 << (usize::BITS - 2);

/// What a wait has found about a descriptor.
pub(super) struct Event {
    /// The key with which the descriptor was added.
    pub(super) key: usize,
    pub(super) ready: Ready,
}
