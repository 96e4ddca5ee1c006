//! The tests of the public API, nearly all over real sockets: a file or a directory for each subject.

mod agent;
mod callbacks;
#[cfg(feature = "charset")]
mod charset;
mod encoding;
mod errors;
mod examples;
mod handlers;
#[cfg(feature = "http")]
mod http_types;
mod info;
mod mime;
mod multi;
mod options;
mod protocols;
mod pull;
mod remote;
mod share;
mod suite;
mod support;
mod tls;
mod transfer;
mod waiting;
mod ways;
mod websocket;
