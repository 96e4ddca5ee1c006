//! The tests of the public API, over real sockets, a file for each family.

mod body;
mod server;
