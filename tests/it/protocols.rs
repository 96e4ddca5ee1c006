//! Protocols, and servers that somebody else wrote.

pub(crate) mod ftp;
pub(crate) mod ftp_peers;
pub(crate) mod http_peers;
pub(crate) mod sftp;
