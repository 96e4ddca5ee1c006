//! Options of proxies, as a server sees them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread::{self, JoinHandle};

use curlback::{Auth, Callbacks, Error, HeaderLine, ProxyType, Transfer, Unset, WriteResult};

use crate::support::server::Server;
use crate::support::skip::skip_case;
use crate::support::transfers::{Get, collecting, request};

/// Makes a server that takes one connection. Its thread returns as many bytes as `like` has.
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
    // SOCKS 4 begins with its version, the command and the port; SOCKS 5 with its version, the
    // number of methods and the methods.
    let cases: [(ProxyType, &[u8]); 4] = [
        (ProxyType::Socks4, &[4, 1, 0, 1]),
        (ProxyType::Socks4a, &[4, 1, 0, 1]),
        (ProxyType::Socks5, &[5, 1, 0]),
        (ProxyType::Http, b"GET http://127.0.0.1:1/ HTTP/1.1\r\n"),
    ];
    for (kind, like) in cases {
        let (address, server) = first_bytes(like);
        let mut transfer = collecting("http://127.0.0.1:1/");
        transfer.noproxy("").unwrap();
        transfer.proxy(&address.ip().to_string()).unwrap();
        transfer.proxy_port(address.port()).unwrap();
        transfer.proxy_type(kind).unwrap();
        transfer.socks5_auth(Auth::BASIC).unwrap();
        transfer.perform().unwrap_err();
        assert_eq!(server.join().unwrap(), like, "{kind:?}");
    }
    let (address, server) = first_bytes(&[5, 2, 0, 2]);
    let mut transfer = collecting("http://127.0.0.1:1/");
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
    let mut transfer = collecting("http://host.invalid/");
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
        let mut transfer = collecting(&format!("http://{address}/"));
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
fn connect_to_with_an_end_of_line() {
    let server = Server::new(|conn| {
        let mut lines = Vec::new();
        while let Some(line) = conn.line() {
            let end = line.is_empty();
            lines.push(line);
            if end && lines.len() > 6 {
                break;
            }
        }
        eprintln!("{lines:?}");
        conn.reply("502 no", "", "");
    });
    for to in [
        "::evil\r\n\r\nGET /admin HTTP/1.1\r\n\r\n:80",
        "::evil HTTP/1.1\r\nX-A\r\n\r\nGET /secret HTTP/1.0\r\n\r\nX:443",
    ] {
        let mut t = Transfer::new(()).unwrap();
        t.url("http://example.test/").unwrap();
        t.noproxy("").unwrap();
        t.proxy(&format!("http://{}", server.address())).unwrap();
        t.http_proxy_tunnel(true).unwrap();
        t.timeout(std::time::Duration::from_secs(2)).unwrap();
        if t.connect_to([to]).is_ok() {
            let _ = t.perform();
            panic!("an end of line goes into the CONNECT line");
        }
    }
}

#[test]
fn login_for_the_proxy_is_unset_whole() {
    let proxy = Server::ok("body");
    let mut transfer = collecting("http://origin.test/");
    transfer.noproxy("").unwrap();
    transfer.proxy(&proxy.url("")).unwrap();
    let logins = [
        (Some("me:secret"), Some("Basic bWU6c2VjcmV0")),
        // Without a colon, there is no password.
        (Some("you"), Some("Basic eW91Og==")),
        (Some("me:secret"), Some("Basic bWU6c2VjcmV0")),
        (None, None),
    ];
    for (number, (login, header)) in logins.into_iter().enumerate() {
        match login {
            Some(login) => transfer.proxy_userpwd(login).unwrap(),
            None => transfer.unset(Unset::PROXY_USERPWD).unwrap(),
        }
        transfer.perform().unwrap();
        let sent = &proxy.requests()[number];
        assert_eq!(sent.header("proxy-authorization"), header, "{login:?}");
    }
}
