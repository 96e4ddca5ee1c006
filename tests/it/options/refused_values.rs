//! A value that is refused leaves the former value of its option.
#![allow(deprecated, reason = "the deprecated ones are options too")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::{fs, thread};

use curlback::{Auth, Error, HttpVersion, Transfer};

use crate::support::server::Server;
use crate::support::skip::{skip, skip_case};
use crate::support::transfers::{collecting, request};

#[test]
fn list_without_a_protocol_is_refused_and_forbids_nothing() {
    let server = Server::ok("body");
    for empty in ["", ",", ",,"] {
        let mut transfer = collecting(&server.url("/"));
        transfer.protocols_str("http,file").unwrap();
        transfer.redir_protocols_str("http").unwrap();
        for result in [
            transfer.protocols_str(empty),
            transfer.redir_protocols_str(empty),
        ] {
            assert!(matches!(result, Err(Error::Option { .. })), "{result:?}");
        }
        transfer.perform().unwrap();
    }
}

#[test]
fn list_with_an_unknown_protocol_is_refused_and_forbids_nothing() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.contains(" /old ") {
                true => conn.reply("302 Found", "Location: /new\r\n", ""),
                false => conn.reply("200 OK", "", "new"),
            }
        }
    });
    for bad in [
        "nonsense",
        "http,nonsense",
        "nonsense,http",
        "http, https",
        "all,http",
    ] {
        let mut transfer = collecting(&server.url("/old"));
        transfer.follow_location(true).unwrap();
        transfer.protocols_str("http").unwrap();
        transfer.redir_protocols_str("http").unwrap();
        transfer.protocols_str(bad).unwrap_err();
        transfer.redir_protocols_str(bad).unwrap_err();
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().body(), b"new");
    }
}

#[test]
fn login_of_a_proxy_that_is_refused_leaves_the_former() {
    let proxy = Server::ok("");
    let mut transfer = collecting("http://host.invalid/");
    transfer.noproxy("").unwrap();
    transfer.proxy(&proxy.url("")).unwrap();
    transfer.proxy_userpwd("me:secret").unwrap();
    for bad in ["a%00b:c", "a:%00", "%00"] {
        let error = transfer.proxy_userpwd(bad).unwrap_err();
        assert!(matches!(error, Error::Option { .. }), "{error:?}");
    }
    transfer.perform().unwrap();
    let sent = proxy.requests().remove(0);
    // base64 of "me:secret".
    assert_eq!(
        sent.header("proxy-authorization"),
        Some("Basic bWU6c2VjcmV0")
    );
}

#[test]
fn methods_of_socks_that_are_refused_leave_the_former() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url("http://host.invalid/").unwrap();
    transfer.noproxy("").unwrap();
    transfer
        .proxy(&format!("socks5h://me:secret@{address}"))
        .unwrap();
    transfer.socks5_auth(Auth::BASIC).unwrap();
    for bad in [Auth::ANY, Auth::NTLM | Auth::BASIC, Auth::DIGEST] {
        transfer.socks5_auth(bad).unwrap_err();
    }
    let server = thread::spawn(move || {
        let mut socket = listener.accept().unwrap().0;
        let mut hello = [0; 2];
        socket.read_exact(&mut hello).unwrap();
        let mut methods = vec![0; hello[1].into()];
        socket.read_exact(&mut methods).unwrap();
        // The server accepts none of the methods.
        socket.write_all(&[5, 255]).unwrap();
        methods
    });
    transfer.perform().unwrap_err();
    // The methods are: no authentication, and a name with a password.
    assert_eq!(server.join().unwrap(), [0, 2]);
}

#[test]
fn file_that_is_no_list_of_services_is_refused_and_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (folder.path().join("good"), folder.path().join("bad"));
    let text = "x".repeat(100_000);
    for former in [None, Some(&good)] {
        fs::write(&bad, &text).unwrap();
        let mut transfer = Transfer::new(()).unwrap();
        if let Some(good) = former {
            match transfer.altsvc(good) {
                Err(Error::Unsupported { what, .. }) => return skip!("this libcurl has no {what}"),
                result => result.unwrap(),
            }
        }
        match transfer.altsvc(&bad) {
            Ok(()) => return skip_case!("this libcurl ignores what it cannot read"),
            Err(Error::Unsupported { what, .. }) => return skip!("this libcurl has no {what}"),
            Err(_) => drop(transfer),
        }
        assert_eq!(fs::read_to_string(&bad).unwrap(), text);
        assert_eq!(good.exists(), former.is_some());
    }
}

#[test]
fn engine_that_is_not_there_is_none_of_the_copies() {
    let mut transfer = Transfer::new(()).unwrap();
    let error = transfer.ssl_engine("no such engine").unwrap_err();
    if let Error::Unsupported { what, .. } = error {
        return skip!("this libcurl has no {what}");
    }
    transfer.try_clone().unwrap();
    transfer.ssl_engine("nor this one").unwrap_err();
    transfer.try_clone().unwrap();
}

#[test]
fn version_that_is_not_built_in_is_unsupported() {
    let mut t = collecting("http://127.0.0.1/");
    match t.http_version(HttpVersion::Other(77)).unwrap_err() {
        Error::Unsupported { what, .. } => assert_eq!(what, "CURLOPT_HTTP_VERSION"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn choice_that_libcurl_lacks_leaves_the_former_one() {
    let sent = request(|t, _| {
        t.http_version(HttpVersion::V1_0)?;
        let error = t.http_version(HttpVersion::Other(77)).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
        Ok(())
    });
    assert_eq!(sent.line, "GET /path HTTP/1.0");
}
