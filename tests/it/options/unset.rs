//! Options that are unset one by one.

use std::io::Cursor;

use curlback::handlers::ReadFrom;
use curlback::{Auth, Code, Error, Transfer, Unset};

use crate::support::server::{Request, Server};
use crate::support::skip::{needs, skip};
use crate::support::tls_server::{Identity, TlsServer};
use crate::support::transfers::{Get, collecting};

type Set = fn(&mut Get) -> Result<(), Error>;

#[test]
fn option_that_is_taken_back_leaves_no_trace_in_the_request() {
    needs!((7, 74, 0), "bearer token without a choice of the method");
    let cases: &[(Unset, Set)] = &[
        (Unset::RANGE, |t| t.range("0-1")),
        (Unset::CUSTOM_REQUEST, |t| t.custom_request("OPTIONS")),
        (Unset::REQUEST_TARGET, |t| t.request_target("*")),
        (Unset::REFERER, |t| t.referer("http://host.invalid/")),
        (Unset::USERAGENT, |t| t.useragent("me")),
        (Unset::COOKIE, |t| t.cookie("a=1")),
        (Unset::ACCEPT_ENCODING, |t| t.accept_encoding("")),
        (Unset::USERPWD, |t| t.userpwd("me:secret")),
        (Unset::XOAUTH2_BEARER, |t| {
            t.http_auth(Auth::BEARER)?;
            t.xoauth2_bearer("token")
        }),
    ];
    for (option, set) in cases {
        let server = Server::ok("body");
        let mut transfer = collecting(&server.url("/"));
        transfer.perform().unwrap();
        set(&mut transfer).unwrap();
        transfer.perform().unwrap();
        transfer.unset(*option).unwrap();
        transfer.perform().unwrap();
        set(&mut transfer).unwrap();
        transfer.perform().unwrap();
        let text = |r: Request| (r.line, r.headers);
        let seen: Vec<_> = server.requests().into_iter().map(text).collect();
        assert_eq!(seen[0], seen[2], "{option:?}");
        assert_eq!(seen[1], seen[3], "{option:?}");
        assert_ne!(seen[0], seen[1], "{option:?}");
    }
}

#[test]
fn proxy_that_is_taken_back_is_not_asked() {
    let (server, proxy) = (Server::ok("direct"), Server::ok("by proxy"));
    let mut transfer = collecting(&server.url("/"));
    transfer.noproxy("").unwrap();
    transfer.proxy(&proxy.url("")).unwrap();
    transfer.perform().unwrap();
    transfer.unset(Unset::PROXY).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"direct");
    assert_eq!(proxy.requests().len(), 1);
}

#[test]
fn size_that_is_taken_back_is_not_announced() {
    let server = Server::ok("");
    let body = ReadFrom::new(Cursor::new(b"body".to_vec()));
    let mut transfer = Transfer::new(body).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(4).unwrap();
    transfer.perform().unwrap();
    transfer.unset(Unset::IN_FILESIZE).unwrap();
    transfer.handler_mut().rewind().unwrap();
    transfer.perform().unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].header("content-length"), Some("4"));
    assert_eq!(requests[1].header("content-length"), None);
    assert_eq!(requests[1].header("transfer-encoding"), Some("chunked"));
    assert_eq!(requests[1].body, b"body");
}

#[test]
fn authority_that_is_taken_back_is_not_trusted_any_more() {
    needs!((7, 77, 0), "CURLOPT_CAINFO_BLOB");
    if !curlback::version().has_protocol("https") {
        skip!("the linked libcurl has no HTTPS");
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "secret");
    let mut transfer = collecting(&server.url("/"));
    transfer.forbid_reuse(true).unwrap();
    transfer.ssl_cainfo_blob(authority.pem()).unwrap();
    transfer.perform().unwrap();
    transfer.unset(Unset::SSL_CAINFO_BLOB).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(
        error.code(),
        Some(Code::PEER_FAILED_VERIFICATION),
        "{error}"
    );
    transfer.ssl_cainfo_blob(authority.pem()).unwrap();
    transfer.perform().unwrap();
}
