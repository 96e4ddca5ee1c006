//! The example that is a reverse proxy.

use std::io::{Cursor, Read, Write};
use std::sync::mpsc::channel;

use curlback::Code;
use curlback::handlers::{Collect, ReadFrom};

use crate::support::example::{Serving, program};
use crate::support::ports::deaf_port;
use crate::support::pulled::{pattern, transfer};
use crate::support::server::{Conn, Server};
use crate::support::skip::needs;

/// Starts the proxy in front of a backend.
fn proxy(backend: &str) -> Option<Serving> {
    Some(Serving::start(program("reverse_proxy")?.arg(backend)))
}

#[test]
fn reverse_proxy_shows_itself() {
    needs!((7, 83, 0), "headers that are kept");
    let Some(mut program) = program("reverse_proxy") else {
        return;
    };
    let output = program.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"4194304 bytes went there and came back\n");
    assert_eq!(output.stderr, b"");
}

#[test]
fn reverse_proxy_passes_whole_bodies_in_both_directions() {
    needs!((7, 83, 0), "headers that are kept");
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            let body = request.body;
            if !request.line.contains(" /base/chunked ") {
                conn.reply("201 Created", "", body);
                continue;
            }
            conn.send("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n");
            for part in body.chunks(70_000) {
                let size = format!("{:x}\r\n", part.len());
                conn.send([size.as_bytes(), part, b"\r\n"].concat());
            }
            conn.send("0\r\n\r\n");
        }
    });
    let Some(proxy) = proxy(&server.url("/base/")) else {
        return;
    };
    let body = pattern(5_000_000);
    for path in ["/", "/chunked"] {
        let source = ReadFrom::new(Cursor::new(body.clone()));
        let mut transfer = transfer(Collect::new().and(source), &proxy.url(path));
        transfer.upload(true).unwrap();
        transfer.in_filesize(body.len() as u64).unwrap();
        transfer.perform().unwrap();
        assert_eq!(transfer.response_code().unwrap(), 201);
        assert!(transfer.handler().body() == body, "{path}");
    }
    assert!(server.requests().iter().all(|request| request.body == body));
}

#[test]
fn reverse_proxy_passes_methods_headers_and_statuses() {
    needs!((7, 83, 0), "headers that are kept");
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            let headers = "X-Own: 1\r\nX-Own: 2\r\nKeep-Alive: timeout=5\r\n";
            match request.line.split(' ').next() {
                Some("HEAD") => conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
                Some("DELETE") => conn.send("HTTP/1.1 204 Gone\r\n\r\n"),
                _ => conn.reply("418 Teapot", headers, "short"),
            }
        }
    });
    let Some(proxy) = proxy(&server.url("")) else {
        return;
    };
    let ask = |request: &str| {
        let mut client = proxy.connect();
        client.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        answer
    };
    assert_eq!(
        ask(
            "GET /a/../b?c HTTP/1.1\r\nHost: a\r\nX-Mine: 1\r\nX-Empty:\r\nConnection: close\r\n\r\n"
        ),
        "HTTP/1.1 418 \r\nConnection: close\r\nContent-Length: 5\r\nX-Own: 1\r\nX-Own: 2\r\n\r\nshort"
    );
    assert_eq!(
        ask("HEAD / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"),
        "HTTP/1.1 200 \r\nConnection: close\r\nContent-Length: 9\r\n\r\n"
    );
    assert_eq!(
        ask("DELETE / HTTP/1.1\r\n\r\n"),
        "HTTP/1.1 204 \r\nConnection: close\r\n\r\n"
    );
    ask("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|request| &*request.line).collect();
    let expected = ["GET /a/../b?c", "HEAD /", "DELETE /", "POST /"];
    assert_eq!(lines, expected.map(|line| format!("{line} HTTP/1.1")));
    assert_eq!(requests[0].header("x-mine"), Some("1"));
    assert_eq!(requests[0].header("x-empty"), Some(""));
    assert_eq!(requests[0].header("connection"), None);
    assert_eq!(requests[3].body, b"abc");
    for request in [
        "GET http://other/ HTTP/1.1",
        "GET",
        "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked",
    ] {
        let answer = ask(&format!("{request}\r\n\r\n"));
        assert!(answer.starts_with("HTTP/1.1 400 "), "{request}: {answer}");
    }
    assert_eq!(server.requests().len(), 4);
}

/// Sends a request through the proxy and reads the beginning of the answer. Then closes the
/// connection, and waits until the backend's script has ended because of that.
fn go_away(script: impl Fn(&mut Conn) + Send + Sync + 'static, request: &str, answer: &str) {
    let (tell, told) = channel();
    let server = Server::new(move |conn| {
        tell.send("begun").unwrap();
        script(conn);
        tell.send("ended").unwrap();
    });
    let Some(proxy) = proxy(&server.url("")) else {
        return;
    };
    let mut client = proxy.connect();
    client.write_all(request.as_bytes()).unwrap();
    let mut seen = vec![0; answer.len()];
    client.read_exact(&mut seen).unwrap();
    assert_eq!(String::from_utf8_lossy(&seen), answer);
    assert_eq!(told.recv(), Ok("begun"));
    drop(client);
    assert_eq!(told.recv(), Ok("ended"));
}

#[test]
fn reverse_proxy_gives_up_what_a_client_no_longer_awaits() {
    let silent = |conn: &mut Conn| {
        conn.head();
        conn.drain();
    };
    go_away(silent, "GET / HTTP/1.1\r\n\r\n", "");
}

#[test]
fn reverse_proxy_gives_up_what_a_client_no_longer_reads() {
    needs!((7, 83, 0), "headers that are kept");
    let endless = |conn: &mut Conn| {
        conn.head();
        conn.send("HTTP/1.1 200 OK\r\n\r\n");
        conn.send_endlessly(&[0; 10_000]);
    };
    let head = "HTTP/1.1 200 \r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    go_away(endless, "GET / HTTP/1.1\r\n\r\n", head);
}

#[test]
fn reverse_proxy_gives_up_what_a_client_no_longer_sends() {
    let upload = |conn: &mut Conn| assert!(conn.request().is_none());
    go_away(
        upload,
        "PUT / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf",
        "",
    );
}

#[test]
fn reverse_proxy_passes_the_whole_answer_of_a_backend_that_refuses_the_rest() {
    needs!((7, 83, 0), "headers that are kept");
    let server = Server::new(|conn| {
        conn.head();
        conn.send("HTTP/1.1 100 Continue\r\n\r\n");
        conn.reply("413 Too Much", "Connection: close\r\n", pattern(1_000_000));
        conn.drain();
    });
    let Some(proxy) = proxy(&server.url("")) else {
        return;
    };
    let source = ReadFrom::new(Cursor::new(pattern(8_000_000)));
    let mut transfer = transfer(Collect::new().and(source), &proxy.url("/"));
    transfer.upload(true).unwrap();
    transfer.in_filesize(8_000_000).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 413);
    assert!(transfer.handler().body() == pattern(1_000_000));
}

#[test]
fn reverse_proxy_says_that_the_backend_has_failed() {
    let (_socket, port) = deaf_port();
    let Some(proxy) = proxy(&format!("http://127.0.0.1:{port}")) else {
        return;
    };
    let mut transfer = transfer(Collect::new(), &proxy.url("/"));
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 502);
    let body = String::from_utf8_lossy(transfer.handler().body());
    assert!(body.starts_with("libcurl error 7 "), "{body}");
}

#[test]
fn reverse_proxy_does_not_hide_that_a_body_is_cut_short() {
    needs!((7, 83, 0), "headers that are kept");
    let server = Server::new(|conn| {
        let Some(request) = conn.request() else {
            return;
        };
        match request.line.contains("/chunked") {
            true => conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"),
            false => conn.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf"),
        }
    });
    let Some(proxy) = proxy(&server.url("")) else {
        return;
    };
    for path in ["/", "/chunked"] {
        let mut transfer = transfer(Collect::new(), &proxy.url(path));
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::PARTIAL_FILE), "{path}");
        assert_eq!(transfer.handler().body(), b"half");
    }
}
