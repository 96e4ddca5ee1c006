//! Mistakes that libcurl silently ignores, and that are errors here.

use std::io::{Cursor, Write};

use curlback::handlers::{Closures, ReadFrom, ReadOnce};
use curlback::{
    AnyCallbacks, Auth, Callbacks, Error, Mime, Multi, Part, ReadBuf, Transfer, Unset, callbacks,
};

use crate::support::results::assert_option;
use crate::support::server::Server;
use crate::support::transfers;

type Set = fn(&mut Uploads) -> Result<(), Error>;

type Uploads = Transfer<Sometimes>;

type Body = ReadFrom<Cursor<&'static str>>;

fn body() -> Body {
    ReadFrom::new(Cursor::new("body"))
}

/// A handler that has a body and is for downloads too, so `has_body` returns false.
#[derive(Clone)]
struct Sometimes(Body);

#[callbacks(to = self.0)]
impl Callbacks for Sometimes {
    fn has_body(&self) -> bool {
        false
    }
}

fn transfer(url: &str) -> Uploads {
    transfers::transfer(Sometimes(body()), url)
}

#[test]
fn body_that_is_announced_and_never_sent_is_an_error() {
    let server = Server::ok("");
    let mut forgot = transfer(&server.url("/"));
    forgot.in_filesize(4).unwrap();
    assert_option(forgot.perform(), "CURLOPT_UPLOAD");
    let mut copy = forgot.try_clone().unwrap();
    assert_option(copy.perform(), "CURLOPT_UPLOAD");
    let mut multi = Multi::new().unwrap();
    assert_option(
        multi.add(copy).map(drop).map_err(Error::from),
        "CURLOPT_UPLOAD",
    );
    assert!(server.requests().is_empty());

    forgot.upload(true).unwrap();
    forgot.perform().unwrap();
    assert_eq!(server.requests()[0].body, b"body");
    // If `upload` was set to false, the missing body is no mistake.
    forgot.upload(false).unwrap();
    forgot.perform().unwrap();
    assert!(server.requests()[1].line.starts_with("GET "));
    forgot.reset().unwrap();
    forgot.url(&server.url("/")).unwrap();
    forgot.perform().unwrap();

    let mut taken_back = transfer(&server.url("/"));
    taken_back.in_filesize(4).unwrap();
    taken_back.unset(Unset::IN_FILESIZE).unwrap();
    taken_back.perform().unwrap();
    let sets: [Set; 4] = [
        |t| t.post_fields_copy("fields"),
        |t| t.post_fields("fields"),
        |t| t.mime(Mime::new().part(Part::data("part"))),
        |t| t.nobody(true),
    ];
    for set in sets {
        let mut other = transfer(&server.url("/"));
        other.in_filesize(4).unwrap();
        set(&mut other).unwrap();
        other.perform().unwrap();
    }
}

/// Asserts that a transfer with this handler sends nothing until an option says whether the transfer
/// sends a body.
fn needs_a_method<H: Callbacks>(server: &Server, handler: H) {
    let before = server.requests().len();
    let mut transfer = transfers::transfer(handler, &server.url("/"));
    assert!(transfer.handler().has_body());
    assert_option(transfer.perform(), "CURLOPT_UPLOAD");
    // `custom_request` changes the name of the method, and does not make libcurl send a body.
    transfer.custom_request("PUT").unwrap();
    assert_option(transfer.perform(), "CURLOPT_UPLOAD");
    transfer.unset(Unset::CUSTOM_REQUEST).unwrap();
    let mut multi = Multi::new().unwrap();
    let refused = multi.add(transfer).unwrap_err();
    let mut transfer = refused.into_parts().1;
    assert_eq!(server.requests().len(), before);

    transfer.upload(false).unwrap();
    transfer.perform().unwrap();
    transfer.http_headers(["Expect:"]).unwrap();
    transfer.upload(true).unwrap();
    transfer.perform().unwrap();
    let requests = &server.requests()[before..];
    assert_eq!(requests[0].line, "GET / HTTP/1.1");
    assert_eq!(requests[1].line, "PUT / HTTP/1.1");
    assert_eq!(requests[1].body, b"body");
}

#[test]
fn reader_that_no_option_sends_is_an_error() {
    let server = Server::ok("");
    needs_a_method(&server, body());
    needs_a_method(&server, ReadOnce::new("body".as_bytes()));
    let any: Box<dyn AnyCallbacks> = Box::new(body());
    needs_a_method(&server, any);
    let mut rest = "body".as_bytes();
    needs_a_method(
        &server,
        Closures::new().read(|buffer: &mut ReadBuf<'_>| buffer.fill_from(&mut rest)),
    );
    let nothing = Closures::new().write(|_| ());
    assert!(!nothing.has_body());
}

#[test]
fn reader_is_sent_or_left_alone_where_something_else_decides() {
    let server = Server::ok("");
    let mut posts = transfers::transfer(body(), &server.url("/"));
    posts.post(true).unwrap();
    posts.post_field_size(4).unwrap();
    posts.perform().unwrap();
    let mut form = transfers::transfer(body(), &server.url("/"));
    form.mime(Mime::new().part(Part::data("part"))).unwrap();
    form.perform().unwrap();
    let mut connects = transfers::transfer(body(), &server.url("/"));
    connects.connect_only(true).unwrap();
    connects.perform().unwrap();
    drop(connects);
    let written = transfers::transfer(body(), &server.url("/"));
    let mut upload = written.open_upload().unwrap();
    upload.write_all(b"written").unwrap();
    upload.finish().unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].body, b"body");
    assert_eq!(requests.last().unwrap().body, b"written");
}

#[test]
fn unit_of_a_range_that_libcurl_would_write_twice_is_an_error() {
    let server = Server::ok("");
    let mut transfer = transfer(&server.url("/"));
    transfer.range("0-1").unwrap();
    for wrong in ["bytes=0-4", " bytes=0-4", "Bytes=0-", "bytes 0-4", "bytes"] {
        assert_option(transfer.range(wrong), "CURLOPT_RANGE");
    }
    transfer.perform().unwrap();
    for right in ["500-", "-5", "0-1,3-4", "npt=0-10"] {
        transfer.range(right).unwrap();
    }
    assert_eq!(server.requests()[0].header("range"), Some("bytes=0-1"));
}

#[test]
fn header_that_libcurl_would_leave_out_is_an_error() {
    let server = Server::ok("");
    let mut transfer = transfer(&server.url("/"));
    transfer
        .http_headers(["X-A: 1", "X-B;", "Accept:", "X-C: a;b=c"])
        .unwrap();
    for wrong in ["X=1", "X", "", " ", ":", ": 1", ";", "X;1", "X; ", "X;Y;"] {
        let set = transfer.http_headers(["X-Other: 1", wrong]);
        assert_option(set, "CURLOPT_HTTPHEADER");
        assert_option(transfer.proxy_headers([wrong]), "CURLOPT_PROXYHEADER");
        assert_option(transfer.add_header(wrong), "CURLOPT_HTTPHEADER");
    }
    transfer.perform().unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.header("x-a"), Some("1"));
    assert_eq!(request.header("x-b"), Some(""));
    assert_eq!(request.header("x-c"), Some("a;b=c"));
    assert_eq!(request.header("accept"), None);
    assert_eq!(request.header("x-other"), None);
}

#[test]
fn token_that_http_would_leave_out_is_an_error() {
    let server = Server::ok("");
    let mut transfer = transfers::transfer((), &server.url("/"));
    transfer.xoauth2_bearer("token").unwrap();
    assert_option(transfer.perform(), "CURLOPT_HTTPAUTH");
    // User name and password do not make libcurl send the token.
    transfer.userpwd("me:secret").unwrap();
    assert_option(transfer.perform(), "CURLOPT_HTTPAUTH");
    let mut copy = transfer.try_clone().unwrap();
    assert_option(copy.perform(), "CURLOPT_HTTPAUTH");
    let mut multi = Multi::new().unwrap();
    let refused = multi.add(copy).map(drop).map_err(Error::from);
    assert_option(refused, "CURLOPT_HTTPAUTH");
    let mut socket = transfers::transfer((), &server.url("/").replace("http", "ws"));
    socket.xoauth2_bearer("token").unwrap();
    assert_option(socket.perform(), "CURLOPT_HTTPAUTH");
    assert!(server.requests().is_empty());

    transfer.connect_only(true).unwrap();
    transfer.perform().unwrap();
    transfer.connect_only(false).unwrap();
    transfer.http_auth(Auth::BEARER).unwrap();
    transfer.perform().unwrap();
    transfer.http_auth(Auth::ANY).unwrap();
    transfer.perform().unwrap();
    transfer.http_auth(Auth::BASIC).unwrap();
    assert_option(transfer.perform(), "CURLOPT_HTTPAUTH");
    transfer.unset(Unset::XOAUTH2_BEARER).unwrap();
    transfer.perform().unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].header("authorization"), Some("Bearer token"));
    let basic = requests.last().unwrap().header("authorization").unwrap();
    assert!(basic.starts_with("Basic "), "{basic}");
}

#[test]
fn token_for_another_protocol_needs_no_method_of_http() {
    let mut transfer = transfers::transfer((), "imap://127.0.0.1:1/");
    transfer.xoauth2_bearer("token").unwrap();
    let error = transfer.perform().unwrap_err();
    assert!(!matches!(error, Error::Option { .. }), "{error}");
}

#[test]
fn error_of_a_body_without_a_method_names_both_methods() {
    let mut forgot = transfers::transfer(body(), "http://127.0.0.1:1/");
    let error = forgot.perform().unwrap_err().to_string();
    for method in ["`upload(true)`", "`post(true)`", "`upload(false)`"] {
        assert!(error.contains(method), "{error}");
    }
}
