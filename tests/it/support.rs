//! Servers, handlers and other help for the tests.

pub(crate) mod driving;
pub(crate) mod ftp_server;
pub(crate) mod h2_server;
pub(crate) mod line_servers;
pub(crate) mod login_servers;
pub(crate) mod multipart;
pub(crate) mod server;
pub(crate) mod skip;
pub(crate) mod sshd;
pub(crate) mod tells;
pub(crate) mod tls_server;
pub(crate) mod ws_server;
