//! What a transfer says about itself.

pub(crate) mod before_and_after;
pub(crate) mod connection;
pub(crate) mod cookies;
pub(crate) mod current;
pub(crate) mod every_info;
pub(crate) mod ftp_entry_path;
pub(crate) mod headers;
pub(crate) mod http;
pub(crate) mod times;
