//! The examples, as programs that a user runs.

pub(crate) mod async_downloads;
pub(crate) mod async_upload;
pub(crate) mod chat;
pub(crate) mod event_stream;
pub(crate) mod file_upload;
pub(crate) mod first_steps;
pub(crate) mod ftp_and_mail;
pub(crate) mod help;
pub(crate) mod known_hosts;
pub(crate) mod many_transfers;
pub(crate) mod one_transfer;
pub(crate) mod public_only;
pub(crate) mod pulled;
pub(crate) mod resume;
pub(crate) mod reverse_proxy;
pub(crate) mod select_timeout;
pub(crate) mod shared_agent;
pub(crate) mod upload_pieces;
