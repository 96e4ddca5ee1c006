//! The tests of the public API, over real sockets, a file for each family.

mod body;
mod bounds;
mod collect;
mod debug;
mod errors;
mod examples;
mod handlers;
mod header;
mod hooks;
mod info;
mod libcurl;
mod lifetimes;
mod options;
mod panics;
mod pause;
mod peers;
mod progress;
mod seek;
mod server;
mod tls;
mod tls_server;
mod upload;
