//! `Multi`: many transfers on one thread.

pub(crate) mod close_socket;
pub(crate) mod drive;
pub(crate) mod drop;
pub(crate) mod drop_panics;
pub(crate) mod ends;
pub(crate) mod event_loop;
pub(crate) mod failures;
pub(crate) mod many;
pub(crate) mod moved;
pub(crate) mod moved_ends;
pub(crate) mod options;
pub(crate) mod pending;
pub(crate) mod pools;
pub(crate) mod push;
pub(crate) mod reactor;
pub(crate) mod reentry;
pub(crate) mod wake;
