//! What a reset restores and forgets.

use curlback::{Callbacks, Hooks};

use crate::support::server::Server;
use crate::support::transfers::collecting;

#[test]
fn reset_restores_the_defaults() {
    let server = Server::ok("body");
    let mut transfer = collecting("http://host.invalid/");
    transfer.useragent("former").unwrap();
    transfer.http_headers(["X-A: 1"]).unwrap();
    transfer.post_fields_copy(b"data").unwrap();
    transfer.max_filesize(1).unwrap();
    transfer.set_hooks(Hooks::HEADER).unwrap();
    transfer.reset().unwrap();
    assert_eq!(transfer.hooks(), transfer.handler().hooks());

    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let sent = &server.requests()[0];
    assert_eq!(sent.line, "GET / HTTP/1.1");
    assert_eq!(sent.header("user-agent"), None);
    assert_eq!(sent.header("x-a"), None);
    assert_eq!(sent.body, b"");
    assert_eq!(transfer.handler().body(), b"body");
}

#[test]
fn reset_forgets_a_list_that_no_transfer_has_used() {
    let server = Server::ok("body");
    let mut transfer = collecting("http://one.invalid/");
    let list: Vec<_> = (0..50)
        .map(|n| format!("{n}.invalid:80:127.0.0.1"))
        .collect();
    transfer.resolve(list).unwrap();
    transfer.reset().unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"body");
}
