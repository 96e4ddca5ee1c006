//! WebSockets: receiving and sending frames and messages.

pub(crate) mod closing;
pub(crate) mod frames;
pub(crate) mod messages;
pub(crate) mod parts;
pub(crate) mod pings;
pub(crate) mod random;
pub(crate) mod sending;
pub(crate) mod unframed;
pub(crate) mod upload;
