//! The files of a `Download`.

use std::fs;

use curlback::handlers::{Download, DownloadError};

use crate::handlers::download::{ETAG, Place, assert_cut, cut, response, rest, scripted};
use crate::support::bodies::bytes;
use crate::support::built_in::ftp;
use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::servers::answering;
use crate::support::transfers::transfer;

#[test]
fn refusal_at_the_begin_leaves_nothing() {
    let server = scripted([response("404 Not Found", 2, b"no")]);
    let place = Place::new();
    let error = place.transfer(&server.url("/")).download().unwrap_err();
    assert!(matches!(error, DownloadError::Status(404)), "{error:?}");
    assert!(place.files().is_empty());
}

#[test]
fn empty_file_is_a_file() {
    let server = Server::ok("");
    let place = Place::new();
    let done = place.transfer(&server.url("/")).download().unwrap();
    assert_eq!(done.len(), 0);
    place.assert_whole(b"");
}

#[test]
fn file_replaces_the_former_one_when_it_is_complete() {
    let server = scripted([cut(ETAG), rest("bytes 4-9/10", b"456789")]);
    let place = Place::new();
    fs::write(place.target(), "old").unwrap();
    let mut transfer = transfer(Download::to(place.target()).sync(true), &server.url("/"));
    assert_cut(transfer.download());
    assert_eq!(fs::read(place.target()).unwrap(), b"old");
    transfer.download().unwrap();
    place.assert_whole(b"0123456789");
}

#[test]
fn record_that_was_not_written_to_its_end_counts_as_none() {
    let server = scripted([cut(ETAG), response("200 OK", 4, b"anew")]);
    let place = Place::new();
    assert_cut(place.transfer(&server.url("/")).download());
    let meta = fs::read_to_string(place.meta()).unwrap();
    fs::write(place.meta(), &meta[..meta.len() - 3]).unwrap();
    place.transfer(&server.url("/")).download().unwrap();
    place.assert_whole(b"anew");
    assert_eq!(server.requests()[1].header("range"), None);
}

#[test]
fn directory_that_is_missing_is_an_error_before_anything_is_sent() {
    let server = Server::ok("body");
    let place = Place::new();
    let path = place.0.path().join("none/file");
    let mut transfer = transfer(Download::to(&path), &server.url("/"));
    let error = transfer.download().unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert!(source.is::<std::io::Error>());
    match error {
        DownloadError::File { path, source } => {
            assert_eq!(path, place.0.path().join("none/file.part"));
            assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
        }
        other => panic!("{other:?}"),
    }
    assert!(server.requests().is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn disk_that_is_full_is_an_error_of_the_partial_file() {
    let server = Server::ok("body");
    let place = Place::new();
    std::os::unix::fs::symlink("/dev/full", place.part()).unwrap();
    let error = place.transfer(&server.url("/")).download().unwrap_err();
    match error {
        DownloadError::File { path, source } => {
            assert_eq!(path, place.part());
            assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
        }
        other => panic!("{other:?}"),
    }
    assert!(!place.target().exists());
}

#[test]
fn head_request_brings_no_file() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
    });
    let place = Place::new();
    let mut transfer = place.transfer(&server.url("/"));
    transfer.nobody(true).unwrap();
    let error = transfer.download().unwrap_err();
    let none_of_ten = matches!(
        error,
        DownloadError::Incomplete {
            received: 0,
            size: 10
        }
    );
    assert!(none_of_ten, "{error:?}");
    assert!(place.files().is_empty());
}

#[test]
fn file_that_is_not_newer_is_not_taken_for_an_empty_one() {
    let server = answering("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    let place = Place::new();
    let mut transfer = place.transfer(&server.url("/"));
    transfer
        .time_condition(curlback::TimeCondition::IfModifiedSince)
        .unwrap();
    transfer.time_value(std::time::SystemTime::now()).unwrap();
    let error = transfer.download().unwrap_err();
    assert!(matches!(error, DownloadError::Status(304)), "{error:?}");
    assert!(place.files().is_empty());
}

#[test]
fn ftp_and_files_are_downloaded_as_a_whole() {
    let place = Place::new();
    let from = place.0.path().join("from");
    fs::write(&from, bytes(70_000)).unwrap();
    let file = format!("file://{}", from.display());
    fs::write(place.part(), "stale").unwrap();
    place.transfer(&file).download().unwrap();
    fs::remove_file(&from).unwrap();
    place.assert_whole(&bytes(70_000));
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", bytes(80_000));
    fs::write(place.part(), "stale").unwrap();
    place.transfer(&server.url("file")).download().unwrap();
    place.assert_whole(&bytes(80_000));
}

/// The record of a cut download over HTTP is no reason to ask another protocol for the rest.
#[test]
fn file_does_not_continue_what_http_has_begun() {
    let server = scripted([cut(ETAG)]);
    let place = Place::new();
    let mut transfer = place.transfer(&server.url("/"));
    assert_cut(transfer.download());
    let from = place.0.path().join("from");
    fs::write(&from, "download").unwrap();
    transfer.url(&format!("file://{}", from.display())).unwrap();
    let done = transfer.download().unwrap();
    assert_eq!((done.len(), done.continued_at()), (8, 0));
    fs::remove_file(&from).unwrap();
    place.assert_whole(b"download");
}

/// Begins a download of four bytes over HTTP, which is cut. The second download is redirected to a file with these
/// contents, and has to be that of the whole file. Returns whether each request has asked for a range.
fn continue_at_a_file(contents: &str) -> Vec<bool> {
    let place = Place::new();
    let from = place.0.path().join("from");
    fs::write(&from, contents).unwrap();
    let file = format!("file://{}", from.display());
    let found = response(&format!("302 Found\r\nLocation: {file}"), 0, b"");
    let server = scripted([cut(ETAG), found.clone(), found]);
    let mut transfer = place.transfer(&server.url("/"));
    assert_cut(transfer.download());
    transfer.follow_location(true).unwrap();
    transfer.redir_protocols_str("http,file").unwrap();
    let done = transfer.download().unwrap();
    assert_eq!(
        (done.len(), done.continued_at()),
        (contents.len() as u64, 0)
    );
    fs::remove_file(&from).unwrap();
    place.assert_whole(contents.as_bytes());
    let requests = server.requests().into_iter();
    requests.map(|it| it.header("range").is_some()).collect()
}

/// libcurl asks for the range also where a redirect leads to another protocol.
#[test]
fn redirect_to_another_protocol_does_not_continue_either() {
    assert_eq!(continue_at_a_file("download"), [false, true, false]);
}

/// The file is shorter than the part that was received before, so it has no rest.
#[test]
fn file_that_is_too_short_to_continue_is_downloaded_anew() {
    assert_eq!(continue_at_a_file("ab"), [false, true, false]);
}
