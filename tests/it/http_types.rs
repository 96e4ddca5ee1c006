//! Conversions from and to the types of the crate `http`.

use std::io::{ErrorKind, Read};

use curlback::Transfer;
use curlback::handlers::Collect;
use curlback::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Version, header};

use crate::options::octets::{contains, sent};
use crate::support::h2_server::H2Server;
use crate::support::server::Server;
use crate::support::servers::redirecting_server;
use crate::support::skip::needs;
use crate::support::transfers::{collecting, transfer};

#[test]
fn each_method_follows_each_other() {
    needs!((7, 66, 0), "body in chunks that no header asks for");
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.starts_with("HEAD") {
                true => conn.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"),
                false => conn.reply("200 OK", "", "body"),
            }
        }
    });
    let own = Method::from_bytes(b"own").unwrap();
    let methods = [Method::GET, Method::HEAD, Method::POST, Method::PUT];
    let methods = methods.into_iter().chain([Method::DELETE, own]);
    let methods: Vec<_> = methods.collect();
    let mut transfer = transfer((), &server.url("/"));
    transfer.http_headers(["Expect:"]).unwrap();
    let mut expected = Vec::new();
    for first in &methods {
        for second in &methods {
            for method in [first, second] {
                transfer.http_method(method).unwrap();
                transfer.perform().unwrap();
                expected.push(format!("{method} / HTTP/1.1"));
            }
        }
    }
    let lines: Vec<_> = server.requests().into_iter().map(|r| r.line).collect();
    assert_eq!(lines, expected);
}

#[test]
fn headers_are_sent_with_all_their_bytes() {
    let mut headers = HeaderMap::new();
    headers.append("x-two", HeaderValue::from_static("1"));
    headers.append("x-two", HeaderValue::from_static("2"));
    headers.append("x-empty", HeaderValue::from_static(" "));
    headers.append("x-bytes", HeaderValue::from_bytes(b"\xff\t\x80").unwrap());
    let bytes = sent(|transfer| transfer.http_header_map(&headers));
    for line in [
        &b"x-two: 1"[..],
        b"x-two: 2",
        b"x-empty:",
        b"x-bytes: \xff\t\x80",
    ] {
        assert!(contains(&bytes, &[b"\r\n", line, b"\r\n"].concat()));
    }
}

#[test]
fn request_has_url_method_and_headers() {
    let server = Server::ok("");
    let request = Request::patch(server.url("/path?query"));
    let request = request.header(header::ACCEPT, "text/x").body(()).unwrap();
    let mut transfer = Transfer::new(()).unwrap();
    transfer.http_request(&request.into_parts().0).unwrap();
    transfer.perform().unwrap();
    let request = server.requests().remove(0);
    assert_eq!(request.line, "PATCH /path?query HTTP/1.1");
    assert_eq!(request.header("accept"), Some("text/x"));
}

fn assert_map(map: &HeaderMap) {
    let of = |name| map.get_all(name).iter().map(HeaderValue::as_bytes);
    assert!(of("x-two").eq([&b"1"[..], b"2"]));
    assert!(of("x-bytes").eq([b"\xff\x80"]));
    assert_eq!(map["content-length"], "4");
    // The crate `http` refuses this value, so the header is left out.
    assert!(!map.contains_key("x-control"));
    assert_eq!(map.len(), 4, "{map:?}");
}

#[test]
fn response_has_status_version_and_headers_and_its_body_is_read() {
    needs!((7, 83, 0), "recorded headers");
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\n");
        conn.send(
            b"HTTP/1.0 404 No\r\nContent-Length: 4\r\nX-Two: 1\r\nx-two: 2\r\n\
              X-Bytes: \xff\x80\r\nX-Control: \x01\r\n\r\nbody",
        );
    });
    let transfer = collecting(&server.url("/"));
    let response = transfer.open().unwrap();
    assert_eq!(response.http_status(), Some(StatusCode::NOT_FOUND));
    let mut response = response.into_http().unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(response.version(), Version::HTTP_10);
    assert_map(response.headers());
    let mut body = String::new();
    response.body_mut().read_to_string(&mut body).unwrap();
    assert_eq!(body, "body");
    let transfer = response.into_body().finish().unwrap();
    assert_map(&transfer.info().header_map().unwrap());
    assert_map(&transfer.handler().header_map());
}

#[test]
fn body_that_is_cut_is_an_error_of_the_response() {
    needs!((7, 83, 0), "recorded headers");
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody");
    });
    let response = collecting(&server.url("/")).open().unwrap();
    let mut response = response.into_http().unwrap();
    let error = std::io::copy(response.body_mut(), &mut std::io::sink()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn status_is_that_of_the_last_response() {
    let server = redirecting_server("302 Found", "/new".to_owned());
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    assert_eq!(transfer.info().http_status(), None);
    transfer.url(&server.url("/old")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.info().http_status(), Some(StatusCode::FOUND));
    transfer.follow_location(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.info().http_status(), Some(StatusCode::OK));
    let map = transfer.handler().header_map();
    assert!(map.contains_key(header::SET_COOKIE) && !map.contains_key(header::LOCATION));
}

#[test]
fn version_of_http_2_is_known() {
    needs!((7, 83, 0), "recorded headers");
    let Some(server) = H2Server::new(b"body") else {
        return;
    };
    let mut transfer = Transfer::new(()).unwrap();
    server.whole(&mut transfer);
    let response = transfer.open().unwrap().into_http().unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    // A pseudo-header does not become a header.
    assert!(response.headers().contains_key("content-length"));
    assert!(response.headers().keys().all(|name| name != "status"));
}
