//! What comes out of a call that fails, and what state it leaves.

pub(crate) mod callbacks;
pub(crate) mod compiler_messages;
pub(crate) mod host_names;
pub(crate) mod io_errors;
pub(crate) mod panics;
pub(crate) mod silent_mistakes;
pub(crate) mod state_afterwards;
pub(crate) mod urls;
