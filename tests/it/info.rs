//! What a transfer says about itself.

pub(crate) mod every_info;
pub(crate) mod ftp_entry_path;
pub(crate) mod headers;
pub(crate) mod more;
pub(crate) mod transfer;
