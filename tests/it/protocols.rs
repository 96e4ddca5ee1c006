//! FTP, SFTP, RTSP, TFTP and mail, and tests with servers by others.

pub(crate) mod ftp;
mod ftp_addresses;
pub(crate) mod ftp_options;
pub(crate) mod ftp_peers;
mod http2;
pub(crate) mod http_peers;
pub(crate) mod mail;
pub(crate) mod rtsp;
pub(crate) mod sftp;
pub(crate) mod tftp;
