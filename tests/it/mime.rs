//! Bodies that have parts: forms and mails.

pub(crate) mod file_names;
pub(crate) mod parts;
pub(crate) mod paused_readers;
pub(crate) mod pipes;
pub(crate) mod readers;
