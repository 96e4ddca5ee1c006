//! Options of connections and names of hosts, as a server sees them.

use std::io::Write;
use std::time::{Duration, Instant};

use curlback::{
    Callbacks, Code, ConnectOnly, Direction, Error, IpResolve, ProgressResult, Protocols, Transfer,
    Version, WriteResult, XferInfo,
};

use crate::support::server::Server;
use crate::support::skip::needs;
use crate::support::transfers::{Get, collecting, request};

#[test]
fn user_name_in_the_url_can_be_disallowed() {
    let server = Server::ok("");
    let url = server.url("/").replace("http://", "http://me:secret@");
    let mut transfer = collecting(&url);
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
    let mut transfer = collecting(&server.url("/"));
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
    let mut transfer = collecting(&server.url("/"));
    transfer.connect_only(true).unwrap();
    transfer.tcp_keepalive(true).unwrap();
    // These times are rounded up to 61 seconds and to 1 second.
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
    needs!((7, 75, 0), "entries of CURLOPT_RESOLVE that time out");
    let server = Server::ok("");
    let port = server.address().port();
    let mut transfer = collecting(&format!("http://host.test:{port}/"));
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
    needs!((7, 80, 0), "CURLOPT_MAXLIFETIME_CONN");
    let server = Server::ok("");
    let mut transfer = collecting(&server.url("/"));
    transfer.maxage_conn(Duration::from_secs(1000)).unwrap();
    transfer.maxlifetime_conn(Duration::ZERO).unwrap();
    transfer.upkeep_interval(Duration::from_millis(1)).unwrap();
    transfer.perform().unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.num_connects().unwrap(), 0);
}

#[test]
fn slow_transfer_ends_unless_it_is_paused() {
    needs!((7, 76, 0), "exception from the speed limit for a pause");
    /// Pauses at the first bytes, and resumes after this time.
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

#[test]
fn network_options_say_where_to_connect() {
    let sent = request(|t, s| {
        t.url("http://host.invalid/path")?;
        t.proxy(&s.url(""))
    });
    assert_eq!(sent.line, "GET http://host.invalid/path HTTP/1.1");
    assert_eq!(sent.header("host"), Some("host.invalid"));
    let sent = request(|t, s| {
        t.proxy("http://host.invalid:1")?;
        t.noproxy("127.0.0.1")?;
        t.url("http://127.0.0.1:1/path")?;
        t.port(s.address().port())
    });
    assert_eq!(sent.line, "GET /path HTTP/1.1");
    let sent = request(|t, s| {
        t.path_as_is(true)?;
        t.url(&s.url("/a/../b"))
    });
    assert_eq!(sent.line, "GET /a/../b HTTP/1.1");
    let sent = request(|t, s| {
        t.interface("127.0.0.1")?;
        t.tcp_nodelay(false)?;
        t.tcp_keepalive(true)?;
        t.url(&s.url("/a/../b"))
    });
    assert_eq!(sent.line, "GET /b HTTP/1.1");
    let mut transfer = collecting("http://127.0.0.1:1/");
    transfer.interface("no such interface").unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::INTERFACE_FAILED), "{error}");
}

#[cfg(unix)]
#[test]
fn unix_socket_stands_for_the_host() {
    use std::io::{BufRead, BufReader};
    use std::os::unix::net::UnixListener;

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let server = std::thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(&socket).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "GET /path HTTP/1.1");
        assert!(lines.any(|line| line.unwrap().is_empty()));
        (&socket).write_all(b"HTTP/1.1 204 Fine\r\n\r\n").unwrap();
    });
    let mut transfer = collecting("http://host.invalid/path");
    transfer.unix_socket_path(&path).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 204);
    server.join().unwrap();
}

#[test]
fn lists_may_be_dropped_before_the_transfer() {
    let headers = |list: &[&str]| {
        list.iter()
            .map(|s| (*s).to_owned())
            .collect::<Vec<String>>()
    };
    let request = request(|t, s| {
        let port = s.address().port();
        t.url("http://one.invalid:81/")?;
        t.noproxy("*")?;
        t.resolve(vec![format!("two.invalid:82:127.0.0.1")])?;
        t.connect_to(vec![format!("one.invalid:81:127.0.0.1:{port}")])?;
        t.http_headers(headers(&["X-A: 1"]))?;
        t.http_headers(headers(&["X-B: 2", "Accept:", "X-Empty;"]))
    });
    assert_eq!(request.header("host"), Some("one.invalid:81"));
    assert_eq!(request.header("x-a"), None);
    assert_eq!(request.header("x-b"), Some("2"));
    assert_eq!(request.header("accept"), None);
    assert_eq!(request.header("x-empty"), Some(""));

    let server = Server::ok("");
    let port = server.address().port();
    let mut transfer = collecting(&format!("http://two.invalid:{port}/"));
    transfer
        .resolve([format!("two.invalid:{port}:127.0.0.1")])
        .unwrap();
    transfer.ip_resolve(IpResolve::V4).unwrap();
    transfer.http_headers(["X-A: 1"]).unwrap();
    transfer.http_headers([] as [&str; 0]).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[0].header("x-a"), None);
}

#[test]
fn connection_options_decide_on_reuse() {
    let server = Server::ok("");
    let mut transfer = collecting(&server.url("/"));
    let connects = |transfer: &mut Get| {
        transfer.perform().unwrap();
        transfer.num_connects().unwrap()
    };
    assert_eq!(connects(&mut transfer), 1);
    assert_eq!(connects(&mut transfer), 0);
    transfer.fresh_connect(true).unwrap();
    assert_eq!(connects(&mut transfer), 1);
    transfer.fresh_connect(false).unwrap();
    transfer.forbid_reuse(true).unwrap();
    transfer.max_connects(1).unwrap();
    connects(&mut transfer);
    connects(&mut transfer);
    assert_eq!(connects(&mut transfer), 1);
}

#[test]
fn max_connects_keeps_no_more_idle_connections() {
    let servers = [Server::ok(""), Server::ok("")];
    let mut transfer = collecting("");
    transfer.max_connects(1).unwrap();
    let mut connects = 0;
    for server in servers.iter().cycle().take(4) {
        transfer.url(&server.url("/")).unwrap();
        transfer.perform().unwrap();
        connects += transfer.num_connects().unwrap();
    }
    // Which connection libcurl closes depends on milliseconds. If it kept both, there would be two connects.
    assert!(connects > 2, "{connects}");
}
