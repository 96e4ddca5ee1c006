//! Both ends of a connection, its proxy, its number and its socket.

use std::io;

use curlback::{Code, ProxyError, Share, ShareData, Transfer};

use crate::support::ports::deaf_port;
use crate::support::server::Server;
use crate::support::skip::{is_before, known, needs, skip};
use crate::support::transfers::collecting;

/// A connection whose socket is borrowed must live as long as the borrow.
#[test]
fn active_socket_of_a_shared_connection() {
    use std::os::fd::{AsFd, AsRawFd};
    let server = Server::ok("body");
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    let mut a = Transfer::new(()).unwrap();
    a.share(&share).unwrap();
    a.url(&server.url("/a")).unwrap();
    a.perform().unwrap();
    let mut b = Transfer::new(()).unwrap();
    b.share(&share).unwrap();
    b.url(&server.url("/b")).unwrap();
    let lent = a.active_socket().unwrap();
    b.forbid_reuse(true).unwrap();
    b.perform().unwrap();
    assert_eq!(b.num_connects().unwrap(), 0, "the connection is not shared");
    // If libcurl finds no connection in a share, no socket is borrowed, and none can be closed.
    if let Some(lent) = lent {
        let path = format!("/proc/self/fd/{}", lent.as_fd().as_raw_fd());
        assert!(
            std::fs::metadata(&path).is_ok(),
            "a BorrowedFd outlives its descriptor"
        );
    }
}

#[test]
fn both_ends_of_the_connection_are_known() {
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            let peer = conn.peer();
            conn.reply("200 OK", "", peer.to_string());
        }
    });
    let mut transfer = collecting(&server.url("/"));
    transfer.perform().unwrap();
    assert_eq!(transfer.primary_ip().unwrap(), Some("127.0.0.1"));
    assert_eq!(transfer.primary_port().unwrap(), server.address().port());
    let ip = transfer.local_ip().unwrap().unwrap();
    let port = transfer.local_port().unwrap();
    let seen = std::str::from_utf8(transfer.handler().body()).unwrap();
    assert_eq!(format!("{ip}:{port}"), seen);
    assert_eq!(transfer.num_connects().unwrap(), 1);
    transfer.perform().unwrap();
    assert_eq!(transfer.num_connects().unwrap(), 0);
    // Some releases report the local port only for a new connection.
    assert!(transfer.local_port().unwrap() == port || is_before((7, 79, 0)));
}

#[test]
fn refused_connection_leaves_the_number_of_the_system() {
    let (_socket, port) = deaf_port();
    let mut transfer = collecting(&format!("http://127.0.0.1:{port}/"));
    transfer.perform().unwrap_err();
    let error = io::Error::from_raw_os_error(transfer.os_errno().unwrap());
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    assert_eq!(transfer.response_code().unwrap(), 0);
    // Some releases also count attempts to connect.
    assert!(transfer.num_connects().unwrap() <= 1);
}

#[test]
fn proxy_answers_the_connect() {
    let proxy = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.starts_with("CONNECT ") {
                true => conn.send("HTTP/1.1 299 Fine\r\n\r\n"),
                false => conn.reply("200 OK", "", ""),
            }
        }
    });
    let mut transfer = collecting("http://host.invalid/");
    transfer.proxy(&proxy.url("")).unwrap();
    transfer.http_proxy_tunnel(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.http_connectcode().unwrap(), 299);
    assert_eq!(transfer.response_code().unwrap(), 200);
}

#[test]
fn connection_and_transfer_have_numbers() {
    let server = Server::ok("");
    let mut transfer = collecting(&server.url("/"));
    let Some(before) = known(transfer.conn_id()) else {
        return skip!("the linked libcurl does not number connections");
    };
    assert_eq!(before, None);
    transfer.perform().unwrap();
    let first = transfer.conn_id().unwrap().unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.conn_id().unwrap(), Some(first));
    transfer.fresh_connect(true).unwrap();
    transfer.perform().unwrap();
    assert_ne!(transfer.conn_id().unwrap(), Some(first));
    assert!(transfer.xfer_id().unwrap().is_some());
}

#[test]
fn socks_proxy_that_refuses_says_why() {
    needs!((7, 73, 0), "CURLINFO_PROXY_ERROR");
    let proxy = Server::new(|conn| {
        // The proxy needs no authentication, and then answers that the host is unreachable.
        conn.send(b"\x05\x00\x05\x04\x00\x01\0\0\0\0\0\0");
        conn.drain();
    });
    let mut transfer = collecting("http://127.0.0.1:1/");
    transfer.noproxy("").unwrap();
    let url = proxy.url("").replace("http:", "socks5:");
    transfer.proxy(&url).unwrap();
    assert_eq!(transfer.proxy_error().unwrap(), ProxyError::OK);
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::PROXY), "{error}");
    let why = transfer.proxy_error().unwrap();
    assert_eq!(why, ProxyError::REPLY_HOST_UNREACHABLE);
    assert_eq!(format!("{why:?}"), "CURLPX_REPLY_HOST_UNREACHABLE");
}
