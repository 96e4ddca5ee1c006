//! Requests, responses, redirects and their sizes.

use std::io;
use std::time::Duration;

use curlback::handlers::ReadFrom;
use curlback::{Auth, Error, HttpVersion, Transfer};

use crate::support::bodies::bytes;
use crate::support::server::{Request, Server};
use crate::support::servers::answering;
use crate::support::skip::{is_between, known, needs};
use crate::support::transfers::collecting;

/// Makes a server that sends the same bytes for each request.
fn server(answer: &'static [u8]) -> Server {
    Server::new(move |conn| {
        while conn.request().is_some() {
            conn.send(answer);
        }
    })
}

/// Makes a server that redirects `/old` to `/new`.
fn redirecting_server() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "GET /old HTTP/1.1" => conn.reply("302 Found", "Location: /new?a=b\r\n", "old"),
                _ => conn.reply("203 Other", "Content-Type: text/x-new\r\n", "newer"),
            }
        }
    })
}

/// Returns the length of a request's head: the request line, the headers and the empty line.
fn head_size(request: &Request) -> usize {
    let field = |(name, value): &(String, String)| format!("{name}: {value}\r\n").len();
    format!("{}\r\n\r\n", request.line).len() + request.headers.iter().map(field).sum::<usize>()
}

#[test]
fn redirects_that_were_followed_are_counted() {
    let server = redirecting_server();
    let mut transfer = collecting(&server.url("/old"));
    transfer.follow_location(true).unwrap();
    transfer.perform().unwrap();
    let last = server.url("/new?a=b");
    assert_eq!(transfer.effective_url().unwrap(), Some(last.as_str()));
    assert_eq!(transfer.response_code().unwrap(), 203);
    assert_eq!(transfer.content_type().unwrap(), Some("text/x-new"));
    assert_eq!(transfer.redirect_count().unwrap(), 1);
    assert_eq!(transfer.redirect_url().unwrap(), None);
    assert!(transfer.redirect_time().unwrap() > Duration::ZERO);
    assert!(transfer.redirect_time().unwrap() <= transfer.total_time().unwrap());
}

#[test]
fn redirect_that_was_not_followed_has_a_url() {
    let server = redirecting_server();
    let mut transfer = collecting(&server.url("/old"));
    transfer.perform().unwrap();
    let (first, next) = (server.url("/old"), server.url("/new?a=b"));
    assert_eq!(transfer.effective_url().unwrap(), Some(first.as_str()));
    assert_eq!(transfer.redirect_url().unwrap(), Some(next.as_str()));
    assert_eq!(transfer.redirect_count().unwrap(), 0);
    assert_eq!(transfer.content_type().unwrap(), None);
    assert_eq!(transfer.redirect_time().unwrap(), Duration::ZERO);
}

/// Returns whether libcurl says that no request was sent.
fn is_uncounted() -> bool {
    is_between((8, 7, 0), (8, 8, 0))
}

#[test]
fn sizes_are_those_on_the_wire() {
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12345";
    let server = server(ANSWER);
    let reader = io::Cursor::new(bytes(3_000));
    let mut transfer = Transfer::new(ReadFrom::new(reader)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(3_000).unwrap();
    transfer.http_headers(["Expect:"]).unwrap();
    transfer.perform().unwrap();

    // Some releases count the body too.
    let head = head_size(&server.requests()[0]) as u64;
    let size = transfer.request_size().unwrap();
    assert!(
        is_uncounted() || size == head || size == head + 3_000,
        "{size}"
    );
    assert_eq!(transfer.header_size().unwrap(), ANSWER.len() as u64 - 5);
    assert_eq!(transfer.upload_size().unwrap(), 3_000);
    assert_eq!(transfer.download_size().unwrap(), 5);
    assert_eq!(transfer.content_length_upload().unwrap(), Some(3_000));
    assert_eq!(transfer.content_length_download().unwrap(), Some(5));
    assert!(transfer.upload_speed().unwrap() > 0);
    assert!(transfer.download_speed().unwrap() > 0);
}

#[test]
fn length_that_was_not_announced_is_not_known() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end");
    });
    let mut transfer = collecting(&server.url("/"));
    transfer.perform().unwrap();
    let head = head_size(&server.requests()[0]) as u64;
    assert!(is_uncounted() || transfer.request_size().unwrap() == head);
    assert_eq!(transfer.content_length_download().unwrap(), None);
    assert_eq!(transfer.download_size().unwrap(), 13);
    assert_eq!(transfer.upload_size().unwrap(), 0);
}

#[test]
fn methods_of_authentication_are_those_offered() {
    let server = server(
        b"HTTP/1.1 401 Who?\r\nContent-Length: 0\r\nWWW-Authenticate: Basic realm=\"a\"\r\n\
          WWW-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\n\r\n",
    );
    let mut transfer = collecting(&server.url("/"));
    transfer.perform().unwrap();
    let offered = Auth::BASIC | Auth::DIGEST;
    assert_eq!(transfer.http_auth_avail().unwrap(), offered);
}

#[test]
fn version_of_http_is_that_of_the_answer() {
    for (answer, version) in [
        (&b"HTTP/1.0 200 OK\r\n\r\n"[..], HttpVersion::V1_0),
        (b"HTTP/1.1 204 OK\r\n\r\n", HttpVersion::V1_1),
    ] {
        let server = Server::new(move |conn| {
            conn.request();
            conn.send(answer);
        });
        let mut transfer = collecting(&server.url("/"));
        transfer.perform().unwrap();
        assert_eq!(transfer.info().http_version().unwrap(), version);
    }
}

#[test]
fn text_that_is_not_utf8_comes_back_as_bytes() {
    let server =
        server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: a/\xFF\xFE\r\n\r\n");
    let mut transfer = collecting(&server.url("/"));
    transfer.perform().unwrap();
    let error = transfer.content_type().unwrap_err();
    assert_eq!(
        error.to_string(),
        "CURLINFO_CONTENT_TYPE is not UTF-8: \"a/\\xff\\xfe\""
    );
    let Error::NotUtf8 { what, bytes } = error else {
        panic!("{error:?}");
    };
    assert_eq!(what, "CURLINFO_CONTENT_TYPE");
    assert_eq!(*bytes, *b"a/\xFF\xFE");
}

#[test]
fn request_that_was_sent_is_known() {
    needs!((7, 76, 0), "CURLINFO_REFERER");
    let server = answering("");
    let mut transfer = collecting(&server.url("/"));
    transfer.referer("http://before.invalid/").unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.effective_method().unwrap(), Some("GET"));
    let scheme = transfer.scheme().unwrap().unwrap();
    assert!(scheme.eq_ignore_ascii_case("http"), "{scheme}");
    let referer = transfer.info().referer().unwrap();
    assert_eq!(referer, Some("http://before.invalid/"));
    assert!(!known(transfer.used_proxy()).unwrap_or(false));
    transfer.post_fields(*b"a").unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.effective_method().unwrap(), Some("POST"));
    if let Some(size) = known(transfer.size_delivered()) {
        assert_eq!(size, 4);
    }
    #[allow(deprecated)]
    let protocol = transfer.info().protocol().unwrap();
    assert_eq!(protocol, curlback::Protocols::HTTP);
}

#[test]
fn method_of_authentication_that_was_used_is_known() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.header("authorization") {
                Some(_) => conn.reply("200 OK", "", ""),
                None => conn.reply("401 Who?", "WWW-Authenticate: Basic realm=\"a\"\r\n", ""),
            }
        }
    });
    let mut transfer = collecting(&server.url("/"));
    transfer.userpwd("me:secret").unwrap();
    transfer.http_auth(Auth::BASIC | Auth::DIGEST).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 200);
    if let Some(used) = known(transfer.http_auth_used()) {
        assert_eq!(used, Auth::BASIC);
    }
    if let Some(used) = known(transfer.proxy_auth_used()) {
        assert_eq!(used, Auth::empty());
    }
    assert_eq!(transfer.proxy_auth_avail().unwrap(), Auth::empty());
}
