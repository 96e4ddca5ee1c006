//! Bodies that options hold: post fields, and forms of the old kind.

use curlback::Error;

use crate::support::server::Server;
use crate::support::skip::{known, skip};
use crate::support::transfers::collecting;

#[test]
fn post_fields_are_bytes_and_are_copied() {
    let server = Server::ok("");
    let mut transfer = collecting(&server.url("/"));
    let fields = Vec::from(b"a\0b\xFF\0");
    transfer.post_fields_copy(&fields).unwrap();
    drop(fields);
    transfer.perform().unwrap();
    transfer.post_fields_copy(b"").unwrap();
    transfer.perform().unwrap();

    let requests = server.requests();
    assert_eq!(requests[0].line, "POST / HTTP/1.1");
    assert_eq!(requests[0].body, b"a\0b\xFF\0");
    assert_eq!(requests[1].line, "POST / HTTP/1.1");
    assert_eq!(requests[1].header("content-length"), Some("0"));
}

#[test]
fn owned_post_fields_are_sent_from_where_they_are() {
    let server = Server::ok("");
    let mut transfer = collecting(&server.url("/"));
    transfer.post_fields(*b"a\0b").unwrap();
    transfer.perform().unwrap();
    transfer.perform().unwrap();
    // A smaller size sends a part of the fields. A size larger than the fields is an error.
    transfer.post_field_size(2).unwrap();
    transfer.perform().unwrap();
    let error = transfer.post_field_size(4).unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
    transfer.perform().unwrap();
    transfer.post_fields_copy([b'c'; 1000]).unwrap();
    transfer.perform().unwrap();
    transfer.post_fields(Vec::new()).unwrap();
    transfer.perform().unwrap();
    let bodies: Vec<_> = server.requests().into_iter().map(|r| r.body).collect();
    let expected: [&[u8]; 6] = [b"a\0b", b"a\0b", b"a\0", b"a\0", &[b'c'; 1000], b""];
    assert_eq!(bodies, expected);
}

#[test]
#[allow(deprecated)]
fn forms_of_the_old_kind_have_names_and_contents() {
    let server = Server::ok("");
    let mut transfer = collecting(&server.url("/"));
    let fields: [(&str, &[u8]); 3] = [("first", b"one"), ("empty", b""), ("bytes", b"a\0b")];
    if known(transfer.httppost(fields)).is_none() {
        return skip!("the linked libcurl has no forms of the old kind");
    }
    transfer.perform().unwrap();
    let sent = &server.requests()[0];
    assert!(sent.line.starts_with("POST "));
    let body = String::from_utf8(sent.body.clone()).unwrap();
    for (name, contents) in fields {
        let contents = std::str::from_utf8(contents).unwrap();
        let part = format!("form-data; name=\"{name}\"\r\n\r\n{contents}\r\n");
        assert!(body.contains(&part), "{body}");
    }
    let error = transfer.httppost([("a\r\nX: ", "b")]).unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
    transfer.get(true).unwrap();
    transfer.perform().unwrap();
    assert!(server.requests()[1].line.starts_with("GET "));
}
