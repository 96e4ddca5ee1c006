//! `Download`, which continues a download.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use curlback::handlers::{Collect, Download, DownloadError};
use curlback::{Callbacks, Code, Multi, ProgressResult, Transfer, XferInfo, callbacks};

use crate::support::bodies::bytes;
use crate::support::server::{Conn, Request, Server};
use crate::support::servers::answering;
use crate::support::transfers::{finished, transfer};

/// A directory for one download.
pub(crate) struct Place(pub(crate) tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    pub(crate) fn target(&self) -> PathBuf {
        self.0.path().join("file")
    }

    pub(crate) fn part(&self) -> PathBuf {
        self.0.path().join("file.part")
    }

    pub(crate) fn meta(&self) -> PathBuf {
        self.0.path().join("file.part.meta")
    }

    /// Makes a transfer with a new handler, which knows only what the files say, as it would in another
    /// process.
    pub(crate) fn transfer(&self, url: &str) -> Transfer<Download> {
        transfer(Download::to(self.target()), url)
    }

    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[track_caller]
    pub(crate) fn assert_whole(&self, body: &[u8]) {
        assert_eq!(self.files(), ["file"]);
        assert!(fs::read(self.target()).unwrap() == body);
    }
}

/// Returns the offset at which the requested range begins, or `None` if no range is requested.
fn offset(request: &Request) -> Option<usize> {
    let range = request.header("range")?.strip_prefix("bytes=")?;
    Some(range.strip_suffix('-').unwrap().parse().unwrap())
}

/// Answers with one scripted response for each connection, and cuts the connection after it.
pub(crate) fn scripted(answers: impl IntoIterator<Item = Vec<u8>>) -> Server {
    let mut answers: Vec<_> = answers.into_iter().collect();
    answers.reverse();
    let answers = Mutex::new(answers);
    Server::new(move |conn| {
        conn.request();
        let answer = answers.lock().unwrap().pop();
        conn.send(answer.expect("no more requests"));
    })
}

/// A response that announces `size` bytes.
pub(crate) fn response(head: &str, size: usize, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {head}\r\nContent-Length: {size}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

pub(crate) const ETAG: &str = "ETag: \"one\"";

/// A response that announces 10 bytes and is cut after 4.
pub(crate) fn cut(validator: &str) -> Vec<u8> {
    response(&format!("200 OK\r\n{validator}"), 10, b"0123")
}

pub(crate) fn rest(range: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("206 OK\r\n{ETAG}\r\nContent-Range: {range}");
    response(&head, body.len(), body)
}

#[track_caller]
pub(crate) fn assert_cut(result: Result<impl std::fmt::Debug, DownloadError>) {
    match result.unwrap_err() {
        DownloadError::Transfer(error) => assert_eq!(error.code(), Some(Code::PARTIAL_FILE)),
        other => panic!("{other:?}"),
    }
}

/// Serves a file by ranges, and sends at most `most` bytes of it in each connection.
fn cutting(body: Vec<u8>, most: usize) -> Server {
    let serve = move |conn: &mut Conn| {
        let Some(request) = conn.request() else {
            return;
        };
        let from = offset(&request).unwrap_or(0);
        let rest = &body[from..];
        let head = match from {
            0 => format!("200 OK\r\n{ETAG}"),
            _ => {
                assert_eq!(request.header("if-range"), Some("\"one\""));
                let (last, size) = (body.len() - 1, body.len());
                format!("206 OK\r\n{ETAG}\r\nContent-Range: bytes {from}-{last}/{size}")
            }
        };
        conn.send(response(&head, rest.len(), &rest[..most.min(rest.len())]));
    };
    Server::new(serve)
}

#[test]
fn download_continues_where_it_was_cut_in_the_same_process_and_in_the_next() {
    let body = bytes(100_000);
    let server = cutting(body.clone(), 30_000);
    let place = Place::new();
    let mut same = place.transfer(&server.url("/"));
    assert_cut(same.download());
    assert_eq!(place.files(), ["file.part", "file.part.meta"]);
    assert!(fs::read(place.part()).unwrap() == body[..30_000]);
    assert_cut(same.download());
    drop(same);
    let mut next = place.transfer(&server.url("/"));
    assert_cut(next.download());
    let done = next.download().unwrap();
    assert_eq!((done.continued_at(), done.len()), (90_000, 100_000));
    place.assert_whole(&body);
    let offsets: Vec<_> = server.requests().iter().map(offset).collect();
    assert_eq!(offsets, [None, Some(30_000), Some(60_000), Some(90_000)]);
    let is_get = |request: &Request| request.line == "GET / HTTP/1.1";
    assert!(server.requests().iter().all(is_get));
}

#[test]
fn options_of_the_user_stay_and_those_of_a_download_go() {
    let server = scripted([
        cut(ETAG),
        rest("bytes 4-9/10", b"456789"),
        response("200 OK", 3, b"new"),
    ]);
    let place = Place::new();
    let mut transfer = place.transfer(&server.url("/"));
    transfer.http_headers(["X-Own: yes"]).unwrap();
    transfer.accept_encoding("").unwrap();
    assert_cut(transfer.download());
    transfer.download().unwrap();
    place.assert_whole(b"0123456789");
    assert_eq!(transfer.download().unwrap().continued_at(), 0);
    place.assert_whole(b"new");
    let requests = server.requests();
    for (request, if_range) in requests.iter().zip([None, Some("\"one\""), None]) {
        assert_eq!(request.header("x-own"), Some("yes"));
        assert_eq!(request.header("if-range"), if_range);
        assert_eq!(request.header("range").is_some(), if_range.is_some());
        assert_eq!(request.header("accept-encoding"), None);
    }
}

#[test]
fn date_is_a_validator_if_it_is_old_enough() {
    let date = "Date: Sun, 06 Nov 1994 08:49:38 GMT";
    for (modified, continues) in [
        ("Sun, 06 Nov 1994 08:49:37 GMT", true),
        ("Sun, 06 Nov 1994 08:49:38 GMT", false),
    ] {
        let validator = format!("Last-Modified: {modified}\r\n{date}");
        let second = match continues {
            true => response("206 OK\r\nContent-Range: bytes 4-9/10", 6, b"456789"),
            false => response("200 OK", 10, b"0123456789"),
        };
        let server = scripted([cut(&validator), second]);
        let place = Place::new();
        let mut transfer = place.transfer(&server.url("/"));
        assert_cut(transfer.download());
        transfer.download().unwrap();
        place.assert_whole(b"0123456789");
        let if_range = continues.then_some(modified);
        assert_eq!(server.requests()[1].header("if-range"), if_range);
    }
}

#[test]
fn part_without_a_strong_validator_is_downloaded_anew() {
    for validator in ["X-None: 1", "ETag: W/\"one\"", "ETag: \"a\"\r\nETag: \"b\""] {
        let server = scripted([cut(validator), response("200 OK", 3, b"all")]);
        let place = Place::new();
        let mut transfer = place.transfer(&server.url("/"));
        assert_cut(transfer.download());
        assert_eq!(place.files(), ["file.part"], "{validator}");
        let done = transfer.download().unwrap();
        assert_eq!((done.continued_at(), done.len()), (0, 3));
        place.assert_whole(b"all");
        assert_eq!(server.requests()[1].header("range"), None);
    }
}

#[test]
fn another_etag_brings_the_whole_file_at_once() {
    let server = scripted([
        cut(ETAG),
        response("200 OK\r\nETag: \"two\"", 12, b"changed"),
        response(
            "206 OK\r\nETag: \"two\"\r\nContent-Range: bytes 7-11/12",
            5,
            b" file",
        ),
    ]);
    let place = Place::new();
    let mut transfer = place.transfer(&server.url("/"));
    assert_cut(transfer.download());
    assert_cut(transfer.download());
    assert_eq!(fs::read(place.part()).unwrap(), b"changed");
    transfer.download().unwrap();
    place.assert_whole(b"changed file");
    assert_eq!(server.requests()[2].header("if-range"), Some("\"two\""));
}

#[test]
fn part_that_does_not_fit_is_downloaded_anew() {
    let no_range = response(&format!("206 OK\r\n{ETAG}"), 6, b"456789");
    let other = "206 OK\r\nETag: \"two\"\r\nContent-Range: bytes 4-9/10";
    for second in [
        rest("bytes 3-9/10", b"3456789"),
        rest("bytes 5-9/10", b"56789"),
        rest("bytes 4-9/*", b"456789"),
        rest("bytes 4-10/11", b"4567890"),
        rest("bytes 4-12/10", b"456789"),
        no_range,
        response(other, 6, b"456789"),
    ] {
        let text = String::from_utf8_lossy(&second).into_owned();
        let server = scripted([cut(ETAG), second, response("200 OK", 4, b"anew")]);
        let place = Place::new();
        let mut transfer = place.transfer(&server.url("/"));
        assert_cut(transfer.download());
        assert_eq!(transfer.download().unwrap().len(), 4, "{text}");
        place.assert_whole(b"anew");
        let ranges: Vec<_> = server.requests().iter().map(offset).collect();
        assert_eq!(ranges, [None, Some(4), None], "{text}");
    }
}

#[test]
fn rest_that_is_itself_a_part_is_not_taken_for_the_whole() {
    let server = scripted([
        cut(ETAG),
        rest("bytes 4-6/10", b"456"),
        rest("bytes 7-9/10", b"789"),
    ]);
    let place = Place::new();
    let mut transfer = place.transfer(&server.url("/"));
    assert_cut(transfer.download());
    match transfer.download().unwrap_err() {
        DownloadError::Incomplete { received, size } => assert_eq!((received, size), (7, 10)),
        other => panic!("{other:?}"),
    }
    assert!(!place.target().exists());
    transfer.download().unwrap();
    place.assert_whole(b"0123456789");
}

#[test]
fn status_416_means_complete_if_the_size_is_that_of_the_part() {
    let unsatisfied = |range: &str| {
        let head = format!("416 No\r\n{range}");
        response(&head, 5, b"error")
    };
    let whole = || response(&format!("200 OK\r\n{ETAG}"), 4, b"0123");
    // The first download cannot rename the complete part, because the target is a directory. This leaves
    // the files of a process that has ended just before it renames.
    let cases = [
        ("Content-Range: bytes */4", true),
        ("Content-Range: bytes */5", false),
        ("Content-Range: bytes */4\r\nETag: \"two\"", false),
        ("X-None: 1", false),
    ];
    for (range, complete) in cases {
        let server = scripted([whole(), unsatisfied(range), response("200 OK", 4, b"anew")]);
        let place = Place::new();
        fs::create_dir(place.target()).unwrap();
        let mut transfer = place.transfer(&server.url("/"));
        match transfer.download().unwrap_err() {
            DownloadError::File { path, .. } => assert_eq!(path, place.target()),
            other => panic!("{other:?}"),
        }
        fs::remove_dir(place.target()).unwrap();
        let done = transfer.download().unwrap();
        assert_eq!(done.continued_at(), if complete { 4 } else { 0 }, "{range}");
        place.assert_whole(if complete { b"0123" } else { b"anew" });
    }
}

#[test]
fn refusal_leaves_the_part_alone() {
    let found = "302 Found\r\nLocation: /elsewhere";
    for status in ["404 Not Found", "500 Oops", "403 No", "304 Not", found] {
        let refusal = response(status, 2, b"no");
        let server = scripted([cut(ETAG), refusal, rest("bytes 4-9/10", b"456789")]);
        let place = Place::new();
        let mut transfer = place.transfer(&server.url("/"));
        transfer.fail_on_error(true).unwrap();
        assert_cut(transfer.download());
        match transfer.download().unwrap_err() {
            DownloadError::Status(code) => assert_eq!(code.to_string(), status[..3]),
            other => panic!("{other:?}"),
        }
        assert_eq!(fs::read(place.part()).unwrap(), b"0123");
        transfer.download().unwrap();
        place.assert_whole(b"0123456789");
    }
}

#[test]
fn another_url_does_not_continue_the_file() {
    let server = scripted([
        cut(ETAG),
        rest("bytes 4-9/10", b"456789"),
        response("200 OK", 5, b"other"),
    ]);
    let place = Place::new();
    assert_cut(place.transfer(&server.url("/?a")).download());
    place.transfer(&server.url("/?b")).download().unwrap();
    place.assert_whole(b"other");
}

#[test]
fn download_continues_behind_a_redirect_to_another_url_each_time() {
    let count = Mutex::new(0);
    let body = bytes(50_000);
    let (files, expected) = (cutting(body.clone(), 20_000), body);
    let url = files.url("/");
    let redirects = Server::new(move |conn| {
        while conn.request().is_some() {
            let mut count = count.lock().unwrap();
            *count += 1;
            let headers = format!("Location: {url}?signed={count}\r\nETag: \"redirect\"\r\n");
            conn.reply("302 Found", &headers, "not the file");
        }
    });
    let place = Place::new();
    let mut transfer = place.transfer(&redirects.url("/"));
    transfer.follow_location(true).unwrap();
    assert_cut(transfer.download());
    assert_cut(transfer.download());
    transfer.download().unwrap();
    place.assert_whole(&expected);
    let offsets: Vec<_> = files.requests().iter().map(offset).collect();
    assert_eq!(offsets, [None, Some(20_000), Some(40_000)]);
}

#[test]
fn perform_names_the_method_that_was_meant() {
    let server = Server::ok("body");
    let place = Place::new();
    let mut transfer = place.transfer(&server.url("/"));
    let error = transfer.perform().unwrap_err();
    let own: &DownloadError = error.downcast_ref().unwrap();
    assert!(matches!(own, DownloadError::NotBegun));
    assert!(own.to_string().contains("Transfer::download"));
    assert!(matches!(
        transfer.finish_download(Ok(())),
        Err(DownloadError::NotBegun)
    ));
    transfer.begin_download().unwrap();
    // The transfer has not performed since `begin_download`.
    assert!(matches!(
        transfer.finish_download(Ok(())),
        Err(DownloadError::NotBegun)
    ));
    assert!(place.files().is_empty());
}

#[derive(Default)]
struct Most(u64);

#[callbacks]
impl Callbacks for Most {
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        self.0 = self.0.max(progress.downloaded);
        ProgressResult::Continue
    }
}

#[test]
fn handler_inside_sees_headers_and_progress() {
    let server = answering("X-Own: yes\r\n");
    let place = Place::new();
    let handler = Download::to(place.target()).and(Collect::new().and(Most::default()));
    let mut transfer = transfer(handler, &server.url("/"));
    transfer.download().unwrap();
    place.assert_whole(b"body");
    let inner = transfer.handler().inner();
    assert_eq!(inner.header_value("x-own"), Some(&b"yes"[..]));
    assert_eq!(inner.body(), b"");
    assert_eq!(inner.inner().0, 4);
}

#[test]
fn multi_drives_a_download_that_continues() {
    let body = bytes(100_000);
    let server = cutting(body.clone(), 60_000);
    let place = Place::new();
    assert_cut(place.transfer(&server.url("/")).download());
    let mut transfer = place.transfer(&server.url("/"));
    transfer.begin_download().unwrap();
    let mut multi = Multi::new().unwrap();
    multi.add(transfer).unwrap();
    let mut transfer = finished(&mut multi);
    let done = transfer.finish_download(Ok(())).unwrap();
    assert_eq!(done.continued_at(), 60_000);
    place.assert_whole(&body);
}

/// Notes the progress that the handler inside of a download sees.
#[derive(Default)]
struct Seen {
    /// The offset, the bytes of the response, and its size.
    last: (u64, u64, u64),
}

#[callbacks]
impl Callbacks for Seen {
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        self.last = (
            progress.offset(),
            progress.downloaded,
            progress.download_total,
        );
        ProgressResult::Continue
    }
}

#[test]
fn progress_of_a_rest_says_where_the_rest_begins() {
    let place = Place::new();
    let server = scripted([
        cut(ETAG),
        rest("bytes 4-9/10", b"456789"),
        cut(ETAG),
        response("200 OK\r\nETag: \"two\"", 5, b"01234"),
        cut(ETAG),
        response(
            &format!("416 No\r\n{ETAG}\r\nContent-Range: bytes */4"),
            3,
            b"end",
        ),
    ]);
    let mut get = transfer(
        Download::to(place.target()).and(Seen::default()),
        &server.url("/"),
    );
    assert_cut(get.download());
    assert_eq!(get.handler().inner().last, (0, 4, 10));
    let done = get.download().unwrap();
    assert_eq!(done.continued_at(), 4);
    assert_eq!(get.handler().inner().last, (4, 6, 6));
    assert_eq!(get.handler().offset(), 0);

    // The file has changed, and the server sends all of it.
    assert_cut(get.download());
    get.download().unwrap();
    assert_eq!(get.handler().inner().last, (0, 5, 5));

    // The record does not say how large the file is, so that four bytes may be all.
    assert_cut(get.download());
    let record = fs::read_to_string(place.meta()).unwrap();
    let unknown = record.replace("size 10", "size unknown");
    assert_ne!(unknown, record);
    fs::write(place.meta(), unknown).unwrap();
    assert_eq!(get.download().unwrap().continued_at(), 4);
    assert_eq!(get.handler().inner().last, (4, 0, 0));
}

#[test]
fn download_in_progress_knows_where_the_rest_begins() {
    let place = Place::new();
    let server = scripted([cut(ETAG), rest("bytes 4-9/10", b"456789")]);
    assert_cut(place.transfer(&server.url("/")).download());
    let mut get = place.transfer(&server.url("/"));
    get.begin_download().unwrap();
    assert_eq!(get.handler().offset(), 0);
    let result = get.perform();
    assert_eq!(get.handler().offset(), 4);
    get.finish_download(result).unwrap();
    assert_eq!(get.handler().offset(), 0);
}
