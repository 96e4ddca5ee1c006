//! `Collect`, which keeps a response in memory.

use curlback::Callback;
use curlback::handlers::{Collect, LimitExceeded};

use crate::handlers::write_to_read_from::Counter;
use crate::support::server::Server;
use crate::support::transfers::transfer;

#[test]
fn collect_holds_headers_and_body() {
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            conn.reply("200 OK", "X-Two: 1\r\nx-two: 2\r\nEmpty:\r\n", "the body");
        }
    });
    let mut transfer = transfer(Collect::new(), &server.url("/"));
    transfer.perform().unwrap();

    let page = transfer.handler();
    let headers: Vec<_> = page.headers().collect();
    let expected: [(&str, &[u8]); 4] = [
        ("Content-Length", b"8"),
        ("X-Two", b"1"),
        ("x-two", b"2"),
        ("Empty", b""),
    ];
    assert_eq!(headers, expected);
    assert_eq!(page.header_value("X-TWO"), Some(&b"1"[..]));
    assert_eq!(page.header_value("X-Three"), None);
    assert_eq!(page.body(), b"the body");
    assert_eq!(transfer.handler_mut().take_body(), b"the body");
    assert_eq!(transfer.handler().body(), b"");
}

#[test]
fn collect_holds_trailers_after_the_headers() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
             4\r\nbody\r\n0\r\nX-Sum: 9\r\n\r\n",
        );
    });
    let mut transfer = transfer(Collect::new(), &server.url("/"));
    transfer.perform().unwrap();
    let names: Vec<_> = transfer.handler().headers().map(|(name, _)| name).collect();
    assert_eq!(names, ["Transfer-Encoding", "X-Sum"]);
    assert_eq!(transfer.handler().body(), b"body");
}

#[test]
fn collect_holds_the_last_response_only() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "GET /old HTTP/1.1" => {
                    conn.reply("302 Found", "Location: /new\r\nX-Old: 1\r\n", "gone");
                }
                _ => {
                    conn.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n");
                    conn.reply("200 OK", "X-New: 1\r\n", "here");
                }
            }
        }
    });
    let mut transfer = transfer(Collect::new(), &server.url("/old"));
    transfer.follow_location(true).unwrap();
    for _ in 0..2 {
        transfer.perform().unwrap();
        let page = transfer.handler();
        let names: Vec<_> = page.headers().map(|(name, _)| name).collect();
        assert_eq!(names, ["Content-Length", "X-New"]);
        assert_eq!(page.body(), b"here");
        assert_eq!(transfer.redirect_count().unwrap(), 1);
    }
}

#[test]
fn collect_forgets_when_told() {
    let server = Server::ok("body");
    let mut transfer = transfer(Collect::new(), &server.url("/"));
    transfer.perform().unwrap();
    transfer.handler_mut().clear();
    assert_eq!(transfer.handler().headers().count(), 0);
    assert_eq!(transfer.handler().body(), b"");
}

#[test]
fn collect_shows_headers_to_the_handler_inside() {
    let server = Server::ok("body");
    let mut transfer = transfer(Collect::new().and(Counter::default()), &server.url("/"));
    transfer.perform().unwrap();
    let inner = transfer.handler().inner();
    // `header` was called for the status line, one field and the empty line.
    assert_eq!((inner.headers, inner.writes), (3, 0));
    assert!(inner.reports > 0);
    assert_eq!(transfer.handler().headers().count(), 1);
}

#[test]
fn collect_takes_nothing_of_one_body_for_the_next() {
    let bodies = std::sync::Mutex::new(vec!["{}", "evilHTTP/1.1 200 OK\r\n"]);
    let server = Server::new(move |conn| {
        while conn.request().is_some() {
            let body = bodies.lock().unwrap().pop().unwrap();
            conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            conn.send(format!("{:x}\r\n{body}\r\n0\r\n", body.len()));
            conn.send("HTTP/evil: 1\r\n\r\n");
        }
    });
    let mut transfer = transfer(Collect::new(), &server.url("/"));
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"evilHTTP/1.1 200 OK\r\n");
    assert_eq!(
        transfer.handler().header_value("HTTP/evil"),
        Some(&b"1"[..])
    );
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"{}");
}

#[test]
fn body_that_looks_like_a_status_line_is_not_taken_for_one() {
    let line = "HTTP/1.1 200 OK\r\n";
    let bodies = std::sync::Mutex::new(vec!["{}", line]);
    let server = Server::new(move |conn| {
        while conn.request().is_some() {
            conn.reply("200 OK", "", bodies.lock().unwrap().pop().unwrap());
        }
    });
    let mut transfer = transfer(Collect::new(), &server.url("/"));
    transfer.progress(false).unwrap();
    for body in [line, "{}"] {
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().body(), body.as_bytes());
    }
}

#[test]
fn body_that_was_taken_out_does_not_hinder_the_next_transfer() {
    let server = Server::ok("x".repeat(100_000));
    let mut transfer = transfer(Collect::new(), &server.url("/"));
    transfer.progress(false).unwrap();
    for _ in 0..2 {
        transfer.perform().unwrap();
        assert_eq!(transfer.handler_mut().take_body().len(), 100_000);
    }
}

#[test]
fn collect_keeps_headers_in_the_body_when_they_are_shown() {
    let server = Server::ok("body");
    let mut transfer = transfer(Collect::new(), &server.url("/"));
    transfer.show_header(true).unwrap();
    transfer.perform().unwrap();
    let body = std::str::from_utf8(transfer.handler().body()).unwrap();
    assert_eq!(body, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody");
}

#[test]
fn limit_of_a_collection_counts_what_the_server_does_not_announce() {
    let body = "x".repeat(1000);
    let server = Server::new(move |conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "GET /headers HTTP/1.1" => {
                    let fields = "X-Long: 0123456789\r\n  folded\r\n".repeat(60);
                    conn.send(format!("HTTP/1.1 200 OK\r\n{fields}"));
                    conn.send("Content-Length: 0\r\n\r\n");
                }
                "GET /away HTTP/1.1" => conn.reply("302 F", "Location: /\r\n", [b'x'; 900]),
                _ => {
                    conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    conn.send(format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()));
                }
            }
        }
    });
    let field = "Transfer-Encoding".len() + "chunked".len();
    let mut enough = transfer(Collect::new().limit(1000 + field), &server.url("/away"));
    enough.follow_location(true).unwrap();
    for _ in 0..2 {
        enough.perform().unwrap();
        assert_eq!(enough.handler().body().len(), 1000);
    }
    for (path, limit, callback) in [
        ("/", 1000 + field - 1, Callback::Write),
        ("/headers", 1000, Callback::Header),
    ] {
        let mut transfer = transfer(Collect::new().limit(limit), &server.url(path));
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(callback), "{error:?}");
        let exceeded = error.downcast_ref::<LimitExceeded>().unwrap();
        assert_eq!(exceeded.limit(), limit);
        let page = transfer.handler();
        let headers = page.headers().map(|(name, value)| name.len() + value.len());
        assert!(page.body().len() + headers.sum::<usize>() <= limit);
    }
}
