//! `open_socket` that refuses an address: which address is tried next, and how the transfer fails.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use curlback::{Callback, Callbacks, Code, Error, SockType, SocketAddress, Transfer, WriteResult};
use socket2::Socket;

use crate::support::breaks::Own;
use crate::support::ports::{deaf_port, listen_v6};
use crate::support::server::Server;
use crate::support::servers::redirecting_to;
use crate::support::skip::needs;
use crate::support::sockets::{assert_refused, leaves, sockets};

fn refuses(_: &mut SocketAddress) -> io::Result<Socket> {
    Err(io::Error::other(Own(Callback::OpenSocket)))
}

/// Returns a function that refuses all addresses but this one.
fn opens_only(only: SocketAddr) -> impl FnMut(&mut SocketAddress) -> io::Result<Socket> {
    move |address| match address.as_socket() == Some(only) {
        true => address.open(),
        false => refuses(address),
    }
}

#[test]
fn second_address_is_used_after_the_first_was_refused() {
    needs!((7, 74, 0), "second attempt after a refusal");
    let server = Server::ok("body");
    let port = server.address().port();
    for first in ["127.0.0.2", "[::1]"] {
        if first == "[::1]" && listen_v6().is_none() {
            continue;
        }
        let open = opens_only(server.address());
        let mut transfer = sockets(&format!("http://two.test:{port}/"), open, leaves);
        let both = format!("two.test:{port}:{first},127.0.0.1");
        transfer.resolve([&both]).unwrap();
        transfer.perform().unwrap();
        let handler = transfer.handler();
        let tried = handler.opened.iter().map(|(_, a)| a.as_socket().unwrap());
        let first: SocketAddr = format!("{first}:{port}").parse().unwrap();
        assert_eq!(tried.collect::<Vec<_>>(), [first, server.address()]);
        assert_eq!(handler.configured.len(), 1);
        assert_eq!(handler.body, b"body");
    }
}

#[test]
fn refusal_of_every_address_is_the_cause() {
    needs!((7, 74, 0), "second attempt after a refusal");
    let server = Server::ok("body");
    let port = server.address().port();
    let both = format!("two.test:{port}:127.0.0.2,127.0.0.1");
    let two = format!("http://two.test:{port}/");
    for (url, tried) in [(server.url("/"), 1), (two, 2)] {
        let mut transfer = sockets(&url, refuses, leaves);
        transfer.resolve([&both]).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_refused(&error, Code::COULDNT_CONNECT);
        assert_eq!(
            error.to_string(),
            format!("the open_socket callback failed ({url})")
        );
        assert_eq!(transfer.handler().opened.len(), tried);
        assert!(transfer.handler().configured.is_empty());
    }
    assert!(server.requests().is_empty());
}

#[test]
fn refusal_of_a_proxy_or_of_a_redirect_is_the_cause() {
    let inside = Server::ok("secret");
    let outside = redirecting_to(inside.url("/"));
    let mut transfer = sockets(&outside.url("/"), opens_only(outside.address()), leaves);
    transfer.follow_location(true).unwrap();
    assert_refused(&transfer.perform().unwrap_err(), Code::COULDNT_CONNECT);
    assert!(inside.requests().is_empty());

    for scheme in ["http", "socks5", "socks5h", "socks4"] {
        let mut transfer = sockets(&outside.url("/"), refuses, leaves);
        let proxy = format!("{scheme}://{}", inside.address());
        transfer.proxy(&proxy).unwrap();
        transfer.noproxy("").unwrap();
        assert_refused(&transfer.perform().unwrap_err(), Code::COULDNT_CONNECT);
        assert_eq!(transfer.handler().opened.len(), 1, "{scheme}");
    }
}

/// The answer of the proxy came before the refusal, so it does not tell that the refusal is not the cause.
#[test]
fn refusal_after_a_tunnel_is_the_cause() {
    let inside = Server::ok("secret");
    let port = inside.address().port();
    let proxy = Server::new(move |conn| {
        if conn.request().is_some() {
            conn.send("HTTP/1.1 200 OK\r\n\r\n");
            conn.request();
            let location = format!("Location: http://127.0.0.2:{port}/\r\n");
            conn.reply("302 Found", &location, "");
        }
    });
    let mut transfer = sockets("http://far.test/", opens_only(proxy.address()), leaves);
    transfer.proxy(&proxy.url("")).unwrap();
    transfer.noproxy("127.0.0.2").unwrap();
    transfer.http_proxy_tunnel(true).unwrap();
    transfer.follow_location(true).unwrap();
    assert_refused(&transfer.perform().unwrap_err(), Code::COULDNT_CONNECT);
    assert_eq!(transfer.http_connectcode().unwrap(), 200);
    assert!(inside.requests().is_empty());
}

#[test]
fn refusal_does_not_colour_a_failure_with_another_cause() {
    needs!((7, 74, 0), "second attempt after a refusal");
    /// Refuses all addresses but `only`, and fails in `write` if `fails` is true.
    struct Second {
        only: SocketAddr,
        fails: bool,
    }

    impl Callbacks for Second {
        fn open_socket(&mut self, _: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
            opens_only(self.only)(address)
        }

        fn write(&mut self, _: &[u8]) -> WriteResult {
            match self.fails {
                true => WriteResult::Fail(Own(Callback::Write).into()),
                false => WriteResult::Continue,
            }
        }
    }

    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "GET /stall HTTP/1.1" => conn.drain(),
                _ => conn.reply("200 OK", "", "body"),
            }
        }
    });
    let (_deaf, deaf) = deaf_port();
    let port = server.address().port();
    let transfer = |port: u16, path: &str, fails| {
        let only = SocketAddr::from(([127, 0, 0, 1], port));
        let mut transfer = Transfer::new(Second { only, fails }).unwrap();
        transfer
            .url(&format!("http://two.test:{port}{path}"))
            .unwrap();
        let both = format!("two.test:{port}:127.0.0.2,127.0.0.1");
        transfer.resolve([both]).unwrap();
        transfer
    };

    let error = transfer(port, "/", true).perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Write));
    let own = error.source().unwrap().downcast_ref::<Own>();
    assert_eq!(own, Some(&Own(Callback::Write)));

    let mut stalled = transfer(port, "/stall", false);
    // Some releases wait 200 ms before they try the second address.
    stalled.timeout(Duration::from_millis(500)).unwrap();
    let error = stalled.perform().unwrap_err();
    assert!(matches!(error, Error::Libcurl { .. }), "{error:?}");
    assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT));

    // The second address is tried, and nobody listens there. The code is the same as after a
    // refusal, but the error is not that of the callback.
    let error = transfer(deaf, "/", false).perform().unwrap_err();
    assert!(matches!(error, Error::Libcurl { .. }), "{error:?}");
    assert_eq!(error.code(), Some(Code::COULDNT_CONNECT));

    // A refusal is not the cause of a failure of the next transfer, either.
    let mut again = transfer(port, "/", false);
    again.perform().unwrap();
    again
        .url(&format!("http://127.0.0.1:{port}/stall"))
        .unwrap();
    again.timeout(Duration::from_millis(50)).unwrap();
    let error = again.perform().unwrap_err();
    assert_eq!(error.callback(), None, "{error:?}");
}

#[test]
fn error_of_the_system_is_the_cause_as_it_is() {
    let server = Server::ok("body");
    let open = |_: &mut SocketAddress| -> io::Result<Socket> {
        Err(io::Error::from_raw_os_error(libc::EMFILE))
    };
    let mut transfer = sockets(&server.url("/"), open, leaves);
    let error = transfer.perform().unwrap_err();
    let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.raw_os_error(), Some(libc::EMFILE));
}
