//! What a call waits for, how long, and what ends the wait.

pub(crate) mod cancel;
pub(crate) mod idle;
pub(crate) mod large_descriptors;
pub(crate) mod poll;
pub(crate) mod resolver;
pub(crate) mod speed_limits;
pub(crate) mod suspended;
pub(crate) mod time_limits;
pub(crate) mod wait_socket;
