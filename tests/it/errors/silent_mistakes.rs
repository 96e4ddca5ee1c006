//! Mistakes that libcurl silently ignores, and that are errors here.

use std::io::Cursor;

use curlback::handlers::ReadFrom;
use curlback::{Error, Mime, Part, Transfer};

use crate::support::results::assert_option;
use crate::support::server::Server;

type Set = fn(&mut Uploads) -> Result<(), Error>;

type Uploads = Transfer<ReadFrom<Cursor<&'static str>>>;

fn transfer(url: &str) -> Uploads {
    let mut transfer = Transfer::new(ReadFrom::new(Cursor::new("body"))).unwrap();
    transfer.url(url).unwrap();
    transfer
}

#[test]
fn body_that_is_announced_and_never_sent_is_an_error() {
    let server = Server::ok("");
    let mut forgot = transfer(&server.url("/"));
    forgot.in_filesize(4).unwrap();
    assert_option(forgot.perform(), "CURLOPT_UPLOAD");
    let mut copy = forgot.try_clone().unwrap();
    assert_option(copy.perform(), "CURLOPT_UPLOAD");
    let mut multi = curlback::Multi::new().unwrap();
    assert_option(
        multi.add(copy).map(drop).map_err(Error::from),
        "CURLOPT_UPLOAD",
    );
    assert!(server.requests().is_empty());

    forgot.upload(true).unwrap();
    forgot.perform().unwrap();
    assert_eq!(server.requests()[0].body, b"body");
    // A method that was chosen explicitly is no mistake.
    forgot.upload(false).unwrap();
    forgot.perform().unwrap();
    assert!(server.requests()[1].line.starts_with("GET "));
    forgot.reset().unwrap();
    forgot.url(&server.url("/")).unwrap();
    forgot.perform().unwrap();

    let mut taken_back = transfer(&server.url("/"));
    taken_back.in_filesize(4).unwrap();
    taken_back.unset(curlback::Unset::IN_FILESIZE).unwrap();
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
    }
    transfer.perform().unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.header("x-a"), Some("1"));
    assert_eq!(request.header("x-b"), Some(""));
    assert_eq!(request.header("x-c"), Some("a;b=c"));
    assert_eq!(request.header("accept"), None);
    assert_eq!(request.header("x-other"), None);
}
