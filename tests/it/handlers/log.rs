//! `Log`, which writes a log without secrets.

use std::io::{self, Write};

use curlback::handlers::{Collect, Log};
use curlback::{Callback, Callbacks, Transfer};

use crate::support::server::Server;
use crate::support::servers::answering;
use crate::support::transfers::transfer;

/// Makes a verbose transfer that keeps its log in memory.
pub(crate) fn logged<H: Callbacks>(inner: H, url: &str) -> Transfer<Log<Vec<u8>, H>> {
    let mut transfer = transfer(Log::new(Vec::new()).and(inner), url);
    transfer.verbose(true).unwrap();
    transfer
}

pub(crate) fn log_of<H>(transfer: &Transfer<Log<Vec<u8>, H>>) -> String {
    String::from_utf8(transfer.handler().writer().clone()).unwrap()
}

#[test]
fn log_has_a_line_for_each_report() {
    let server = answering("X-Own: yes\r\n");
    let mut transfer = logged(Collect::new(), &server.url("/path"));
    transfer.post(true).unwrap();
    transfer.post_fields_copy("a=b&c").unwrap();
    transfer.perform().unwrap();
    let log = log_of(&transfer);
    for line in [
        "> POST /path HTTP/1.1",
        &format!("> Host: {}", server.address()),
        "> Content-Length: 5",
        "> ",
        "} 5 bytes data",
        "< HTTP/1.1 200 OK",
        "< X-Own: yes",
        "< ",
        "{ 4 bytes data",
    ] {
        assert!(log.lines().any(|own| own == line), "{line:?}: {log}");
    }
    assert!(log.lines().any(|line| line.starts_with("* ")), "{log}");
    // The handler inside gets the other callbacks.
    assert_eq!(transfer.handler().inner().body(), b"body");
}

#[test]
fn names_of_the_user_are_hidden_and_queries_shown_if_wanted() {
    let server = Server::ok("");
    let url = server.url("/?query=shown").replace("//", "//me:gone@");
    let handler = Log::new(Vec::new()).hide_header("x-OWN").show_query(true);
    let mut transfer = transfer(handler, &url);
    transfer.verbose(true).unwrap();
    transfer
        .http_headers(["X-Own: gone", "X-Other: stays"])
        .unwrap();
    transfer.perform().unwrap();
    let log = log_of(&transfer);
    assert!(log.contains("> X-Own: [redacted]\n"), "{log}");
    assert!(log.contains("> X-Other: stays\n"), "{log}");
    assert!(log.contains("> GET /?query=shown HTTP/1.1\n"), "{log}");
    assert!(!log.contains("gone"), "{log}");
}

/// A writer that fails because its device is full.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn error_of_the_writer_ends_the_transfer() {
    let server = Server::ok("body");
    let mut transfer = transfer(Log::new(Full), &server.url("/"));
    transfer.verbose(true).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Debug));
    let own: &io::Error = error.downcast_ref().unwrap();
    assert_eq!(own.kind(), io::ErrorKind::StorageFull);
}
