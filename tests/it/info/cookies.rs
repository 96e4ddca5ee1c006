//! The cookies that a transfer has.

use crate::support::server::Server;
use crate::support::servers::answering;
use crate::support::transfers::collecting;

#[test]
fn cookies_are_lines_that_another_transfer_takes() {
    let server = answering("Set-Cookie: a=1\r\nSet-Cookie: b=2; Secure\r\n");
    let mut transfer = collecting(&server.url("/"));
    assert_eq!(transfer.cookies().unwrap(), [b""; 0]);
    transfer.cookie_file("").unwrap();
    transfer.perform().unwrap();
    let cookies = transfer.cookies().unwrap();
    assert!(
        cookies.iter().any(|line| line.ends_with(b"\ta\t1")),
        "{cookies:?}"
    );

    let other = Server::ok("");
    let mut next = collecting(&other.url("/"));
    for cookie in &cookies {
        next.cookie_list(cookie).unwrap();
    }
    next.perform().unwrap();
    let sent = &other.requests()[0];
    assert!(sent.header("cookie").unwrap().contains("a=1"));
    drop(transfer);
    assert!(!cookies.is_empty());
}

#[test]
fn cookie_that_is_not_utf8_hides_no_other() {
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            conn.send(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: \xFF=\xFE\r\n");
            conn.send(b"Content-Length: 0\r\n\r\n");
        }
    });
    let mut transfer = collecting(&server.url("/"));
    transfer.cookie_file("").unwrap();
    transfer.perform().unwrap();
    let cookies = transfer.cookies().unwrap();
    for end in [&b"\ta\t1"[..], b"\t\xFF\t\xFE"] {
        assert!(cookies.iter().any(|line| line.ends_with(end)), "{end:?}");
    }

    let mut next = collecting(&server.url("/"));
    for cookie in &cookies {
        next.cookie_list(cookie).unwrap();
    }
    assert_eq!(next.cookies().unwrap(), cookies);
}
