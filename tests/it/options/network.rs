//! Options of the network, proxies and names of hosts, as a server sees them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use curlback::{
    Auth, Callbacks, Code, ConnectOnly, Direction, Error, HeaderLine, ProgressResult, Protocols,
    ProxyType, Transfer, Version, WriteResult, XferInfo,
};

use crate::options::common::{Get, get};
use crate::support::server::Server;
use crate::support::skip::skip_case;
use crate::support::transfers::request;

/// Takes one connection, and returns its first bytes, as many as there are in `like`.
fn first_bytes(like: &'static [u8]) -> (SocketAddr, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let mut bytes = vec![0; like.len()];
        listener.accept().unwrap().0.read_exact(&mut bytes).unwrap();
        bytes
    });
    (address, server)
}

#[test]
fn proxy_is_spoken_to_as_its_type_says() {
    // Versions of SOCKS; then how many methods of authentication, and which, or the command.
    let cases: [(ProxyType, &[u8]); 4] = [
        (ProxyType::Socks4, &[4, 1, 0, 1]),
        (ProxyType::Socks4a, &[4, 1, 0, 1]),
        (ProxyType::Socks5, &[5, 1, 0]),
        (ProxyType::Http, b"GET http://127.0.0.1:1/ HTTP/1.1\r\n"),
    ];
    for (kind, like) in cases {
        let (address, server) = first_bytes(like);
        let mut transfer = get("http://127.0.0.1:1/");
        transfer.noproxy("").unwrap();
        transfer.proxy(&address.ip().to_string()).unwrap();
        transfer.proxy_port(address.port()).unwrap();
        transfer.proxy_type(kind).unwrap();
        transfer.socks5_auth(Auth::BASIC).unwrap();
        transfer.perform().unwrap_err();
        assert_eq!(server.join().unwrap(), like, "{kind:?}");
    }
    let (address, server) = first_bytes(&[5, 2, 0, 2]);
    let mut transfer = get("http://127.0.0.1:1/");
    transfer.noproxy("").unwrap();
    transfer.pre_proxy(&format!("socks5://{address}")).unwrap();
    transfer.proxy_userpwd("me:secret").unwrap();
    transfer.socks5_auth(Auth::BASIC).unwrap();
    let with_name = transfer.proxy(&format!("socks5://{address}"));
    with_name.unwrap();
    transfer.pre_proxy("").unwrap();
    transfer.perform().unwrap_err();
    assert_eq!(server.join().unwrap(), [5, 2, 0, 2]);
}

#[test]
fn socks_proxy_comes_before_the_proxy() {
    let (address, server) = first_bytes(&[5]);
    let mut transfer = get("http://host.invalid/");
    transfer.pre_proxy(&format!("socks5h://{address}")).unwrap();
    transfer.proxy("http://127.0.0.1:1").unwrap();
    transfer.perform().unwrap_err();
    assert_eq!(server.join().unwrap(), [5]);
}

#[test]
fn name_and_password_reach_the_proxy() {
    let sent = request(|t, s| {
        t.proxy(&s.url(""))?;
        t.noproxy("")?;
        t.proxy_userpwd("m%65:pass%3aword")
    });
    let proof = Some("Basic bWU6cGFzczp3b3Jk");
    assert_eq!(sent.header("proxy-authorization"), proof);
}

#[test]
fn answer_to_connect_can_be_kept_from_the_callbacks() {
    #[derive(Default)]
    struct Lines(Vec<u8>);

    impl Callbacks for Lines {
        fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
            self.0.extend(line.as_bytes());
            WriteResult::Continue
        }
    }

    let proxy = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.starts_with("CONNECT ") {
                true => conn.send("HTTP/1.1 200 Tunnel\r\n\r\n"),
                false => conn.reply("200 OK", "", ""),
            }
        }
    });
    for suppress in [false, true] {
        let mut transfer = Transfer::new(Lines::default()).unwrap();
        transfer.url("http://host.invalid/").unwrap();
        transfer.proxy(&proxy.url("")).unwrap();
        transfer.http_proxy_tunnel(true).unwrap();
        transfer.suppress_connect_headers(suppress).unwrap();
        transfer.perform().unwrap();
        let lines = String::from_utf8_lossy(&transfer.handler().0);
        assert_eq!(lines.contains("200 Tunnel"), !suppress, "{lines}");
        assert!(lines.contains("200 OK"), "{lines}");
    }
}

#[test]
fn proxy_line_of_haproxy_goes_first() {
    let first_line = |set: fn(&mut Get) -> Result<(), Error>| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut transfer = get(&format!("http://{address}/"));
        if let Err(error) = set(&mut transfer) {
            assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
            skip_case!("{error}");
            return None;
        }
        let server = thread::spawn(move || {
            let socket = listener.accept().unwrap().0;
            let mut lines = BufReader::new(&socket).lines();
            let first = lines.next().unwrap().unwrap();
            assert!(lines.any(|line| line.unwrap().is_empty()));
            (&socket).write_all(b"HTTP/1.1 204 Fine\r\n\r\n").unwrap();
            first
        });
        transfer.perform().unwrap();
        Some(server.join().unwrap())
    };
    let line = first_line(|t| t.haproxyprotocol(true)).unwrap();
    assert!(
        line.starts_with("PROXY TCP4 127.0.0.1 127.0.0.1 "),
        "{line}"
    );
    if let Some(line) = first_line(|t| t.haproxy_client_ip("192.0.2.1")) {
        assert!(line.starts_with("PROXY TCP4 192.0.2.1 "), "{line}");
    }
}

#[test]
fn user_name_in_the_url_can_be_disallowed() {
    let server = Server::ok("");
    let url = server.url("/").replace("http://", "http://me:secret@");
    let mut transfer = get(&url);
    transfer.disallow_username_in_url(true).unwrap();
    let error = transfer.perform().unwrap_err();
    let codes = [Code::LOGIN_DENIED, Code::URL_MALFORMAT];
    assert!(codes.contains(&error.code().unwrap()), "{error}");
    transfer.disallow_username_in_url(false).unwrap();
    transfer.perform().unwrap();
}

#[test]
#[allow(deprecated)]
fn protocols_are_limited_by_bits_and_by_names() {
    let server = Server::ok("");
    let mut transfer = get(&server.url("/"));
    let refused = |transfer: &mut Get| {
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::UNSUPPORTED_PROTOCOL), "{error}");
    };
    transfer
        .protocols(Protocols::all() - Protocols::HTTP)
        .unwrap();
    refused(&mut transfer);
    transfer.protocols(Protocols::ALL).unwrap();
    transfer.perform().unwrap();
    transfer.protocols_str("file").unwrap();
    refused(&mut transfer);
    transfer.protocols_str("file,HTTP").unwrap();
    transfer.perform().unwrap();
    transfer.protocols_str("all").unwrap();
    transfer.perform().unwrap();
    transfer.protocols_str("file").unwrap();
    // A list with an unknown name, or an empty list, changes nothing.
    assert!(transfer.protocols_str("").is_err());
    let error = transfer.protocols_str("http,nonsense").unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
    refused(&mut transfer);
}

#[test]
fn connection_alone_has_the_socket_that_was_asked_for() {
    let server = Server::new(|conn| conn.drain());
    let mut transfer = get(&server.url("/"));
    transfer.connect_only(true).unwrap();
    transfer.tcp_keepalive(true).unwrap();
    // Rounded up to 61 and to 1.
    transfer
        .tcp_keepidle(Duration::from_millis(60_001))
        .unwrap();
    transfer.tcp_keepintvl(Duration::from_nanos(1)).unwrap();
    let count = transfer.tcp_keepcnt(7);
    transfer.perform().unwrap();
    let info = transfer.info();
    let lent = info.active_socket().unwrap().expect("it is open");
    let socket = lent.as_sock_ref();
    let peer = socket.peer_addr().unwrap().as_socket().unwrap();
    assert_eq!(peer, server.address());
    assert!(socket.keepalive().unwrap());
    #[cfg(target_os = "linux")]
    {
        let second = Duration::from_secs(1);
        assert_eq!(socket.tcp_keepalive_time().unwrap(), second * 61);
        assert_eq!(socket.tcp_keepalive_interval().unwrap(), second);
        if count.is_ok() {
            assert_eq!(socket.tcp_keepalive_retries().unwrap(), 7);
        }
    }
    let _ = count;
    #[allow(deprecated)]
    let number = info.last_socket().unwrap();
    assert!(number.is_some());
}

#[test]
fn no_connection_has_no_socket() {
    let transfer = Transfer::new(()).unwrap();
    assert!(transfer.active_socket().unwrap().is_none());
    #[allow(deprecated)]
    let number = transfer.info().last_socket().unwrap();
    assert_eq!(number, None);
}

#[test]
fn websocket_handshake_is_not_taken_for_a_connection_alone() {
    let mut transfer = Transfer::new(()).unwrap();
    match transfer.connect_only(ConnectOnly::WebSocket) {
        Err(Error::Unsupported { since, .. }) => assert_eq!(since, Version::new(7, 86, 0)),
        result => result.unwrap(),
    }
    transfer.connect_only(false).unwrap();
}

#[test]
fn names_that_were_resolved_are_kept_for_as_long_as_said() {
    let server = Server::ok("");
    let port = server.address().port();
    let mut transfer = get(&format!("http://host.test:{port}/"));
    transfer
        .resolve([format!("+host.test:{port}:127.0.0.1")])
        .unwrap();
    transfer.dns_cache_timeout(None).unwrap();
    transfer.dns_shuffle_addresses(true).unwrap();
    transfer
        .happy_eyeballs_timeout(Duration::from_millis(1))
        .unwrap();
    transfer.perform().unwrap();
    transfer.dns_cache_timeout(Duration::ZERO).unwrap();
    let long = Duration::from_secs(u64::MAX);
    let error = transfer.dns_cache_timeout(long).unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
}

#[test]
fn old_connections_are_not_used_again() {
    let server = Server::ok("");
    let mut transfer = get(&server.url("/"));
    transfer.maxage_conn(Duration::from_secs(1000)).unwrap();
    transfer.maxlifetime_conn(Duration::ZERO).unwrap();
    transfer.upkeep_interval(Duration::from_millis(1)).unwrap();
    transfer.perform().unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.num_connects().unwrap(), 0);
}

#[test]
fn slow_transfer_ends_unless_it_is_paused() {
    /// Pauses at the first bytes, and goes on after this time.
    struct Waits(Duration, Option<Instant>, Vec<u8>);

    impl Callbacks for Waits {
        fn write(&mut self, data: &[u8]) -> WriteResult {
            if self.1.is_none() && !self.0.is_zero() {
                self.1 = Some(Instant::now());
                return WriteResult::Pause;
            }
            self.2.extend_from_slice(data);
            WriteResult::Continue
        }

        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            match self.1 {
                Some(since) if since.elapsed() > self.0 => {
                    ProgressResult::Resume(Direction::Receive)
                }
                _ => ProgressResult::Continue,
            }
        }
    }

    let waiting = |server: &Server, time| {
        let mut transfer = Transfer::new(Waits(time, None, Vec::new())).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.low_speed_limit(1000).unwrap();
        transfer.low_speed_time(Duration::from_secs(1)).unwrap();
        transfer
    };
    let silent = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nbody");
        conn.drain();
    });
    let mut transfer = waiting(&silent, Duration::ZERO);
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT), "{error}");
    assert_eq!(transfer.handler().2, b"body");

    let server = Server::ok("the body");
    let mut transfer = waiting(&server, Duration::from_millis(2500));
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().2, b"the body");
}
