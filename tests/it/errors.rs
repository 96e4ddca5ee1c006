//! What a call that fails returns, and the state that it leaves.

pub(crate) mod callbacks;
pub(crate) mod compiler_messages;
pub(crate) mod host_names;
pub(crate) mod io_errors;
pub(crate) mod panics;
pub(crate) mod silent_mistakes;
pub(crate) mod state_afterwards;
pub(crate) mod urls;
