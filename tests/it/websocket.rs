//! WebSockets: frames that arrive, and frames that are sent.

pub(crate) mod frames;
pub(crate) mod parts;
pub(crate) mod pings;
pub(crate) mod unframed;
pub(crate) mod upload;
