//! Options of cookies.

use std::fs;

use curlback::Transfer;

use crate::support::server::Server;
use crate::support::servers::redirecting_server;
use crate::support::transfers::{collecting, request};

#[test]
fn cookies_are_kept_and_written() {
    let server = redirecting_server("302 Found", "/new".to_owned());
    let dir = tempfile::tempdir().unwrap();
    let jar = dir.path().join("jar");
    let mut transfer = collecting(&server.url("/new"));
    transfer.cookie_file("").unwrap();
    transfer.cookie_jar(&jar).unwrap();
    transfer.perform().unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[0].header("cookie"), None);
    assert_eq!(server.requests()[1].header("cookie"), Some("a=1"));
    drop(transfer);
    assert!(fs::read_to_string(&jar).unwrap().ends_with("\ta\t1\n"));

    for leave_out in [false, true] {
        let sent = request(|t, _| {
            t.cookie_session(leave_out)?;
            t.cookie_file(&jar)
        });
        assert_eq!(sent.header("cookie").is_some(), !leave_out);
    }
}

#[test]
fn cookies_come_from_a_list() {
    let server = Server::ok("");
    let mut transfer = collecting(&server.url("/"));
    transfer
        .cookie_list("Set-Cookie: a=1; domain=127.0.0.1; path=/")
        .unwrap();
    transfer.perform().unwrap();
    transfer.cookie_list("ALL").unwrap();
    transfer.perform().unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].header("cookie"), Some("a=1"));
    assert_eq!(requests[1].header("cookie"), None);
}

#[test]
fn every_command_of_cookies_is_taken_at_any_time() {
    let server = Server::ok("");
    for command in ["SESS", "FLUSH", "RELOAD", "ALL"] {
        let mut transfer = Transfer::new(()).unwrap();
        transfer.cookie_list(command).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.cookie_file("").unwrap();
        transfer.perform().unwrap();
        transfer.cookie_list(command).unwrap();
    }
}
