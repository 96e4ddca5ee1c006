//! Bodies of parts.

pub(crate) mod parts;
pub(crate) mod paused_readers;
pub(crate) mod readers;
