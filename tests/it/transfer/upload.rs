//! Uploads: what reaches the server, and what is sent twice.

use std::fs;
use std::io::{self, SeekFrom};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};

use curlback::{
    Auth, Callback, Callbacks, Code, IoctlCommand, IoctlResult, ReadBuf, ReadResult, SeekResult,
    Transfer, WriteResult,
};

use crate::support::bodies::bytes;
use crate::support::breaks::{cannot_rewind, code, loses_code_of_rewind};
use crate::support::ports::deaf_port;
use crate::support::server::Server;

/// How a source answers a call of `seek`.
#[derive(Clone, Copy, Default)]
enum Moves {
    #[default]
    Seek,
    Cannot,
    Fail,
}

#[derive(Default)]
struct Source {
    data: Vec<u8>,
    at: usize,
    moves: Moves,
    seeks: Vec<SeekFrom>,
    got: Vec<u8>,
}

impl Source {
    fn new(data: impl Into<Vec<u8>>) -> Source {
        Source {
            data: data.into(),
            ..Source::default()
        }
    }

    fn fill(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.at += buffer.append(&self.data[self.at..]);
        ReadResult::Continue
    }
}

impl Callbacks for Source {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.fill(buffer)
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        self.seeks.push(to);
        match (self.moves, to) {
            (Moves::Seek, SeekFrom::Start(offset)) => {
                self.at = offset.try_into().unwrap();
                SeekResult::Done
            }
            (Moves::Fail, _) => SeekResult::Fail(io::Error::other("the tape is torn").into()),
            _ => SeekResult::CantSeek,
        }
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.got.extend_from_slice(data);
        WriteResult::Continue
    }
}

/// A source that can rewind only in the deprecated way.
struct Rewinding {
    source: Source,
    rewinds: usize,
}

impl Callbacks for Rewinding {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.source.fill(buffer)
    }

    #[allow(deprecated)]
    fn ioctl(&mut self, command: IoctlCommand) -> IoctlResult {
        assert_eq!(command, IoctlCommand::RestartRead);
        self.rewinds += 1;
        self.source.at = 0;
        IoctlResult::Done
    }
}

/// A source that only goes forward.
struct Stream(Source);

impl Callbacks for Stream {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.0.fill(buffer)
    }
}

/// Makes an upload of known size to `url`.
fn upload<H: Callbacks>(handler: H, url: &str, size: usize) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(url).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(size as u64).unwrap();
    transfer
}

/// Makes a server that reads the whole body before it demands Digest authentication.
fn digest_server() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.header("authorization") {
                Some(proof) => {
                    assert!(proof.starts_with("Digest username=\"me\""), "{proof}");
                    conn.reply("201 Created", "", "");
                }
                None => conn.reply(
                    "401 Unauthorized",
                    "WWW-Authenticate: Digest realm=\"here\", nonce=\"abc\", qop=\"auth\"\r\n\
                     WWW-Authenticate: Basic realm=\"here\"\r\n",
                    "who are you?",
                ),
            }
        }
    })
}

/// Makes a server that reads the whole body before it redirects the client.
fn redirecting_server() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "PUT /there HTTP/1.1" => conn.reply("201 Created", "", ""),
                _ => conn.reply("307 Temporary Redirect", "Location: /there\r\n", ""),
            }
        }
    })
}

/// Makes a server that answers the first request of its first connection, and closes this
/// connection after the second request. libcurl sends the second request again, since nothing came
/// back, not even `100 Continue`.
fn hanging_up_server() -> Server {
    let connections = AtomicUsize::new(0);
    Server::new(move |conn| {
        let first = connections.fetch_add(1, Ordering::SeqCst) == 0;
        if conn.request().is_some() {
            conn.reply("200 OK", "", "");
        }
        if first {
            conn.request();
        }
    })
}

const SIZE: usize = 300_000;

/// Makes an upload that libcurl sends twice, because of one of these servers.
fn repeated<H: Callbacks>(server: &Server, handler: H) -> Transfer<H> {
    let mut transfer = upload(handler, &server.url("/here"), SIZE);
    transfer.http_headers(["Expect:"]).unwrap();
    transfer.follow_location(true).unwrap();
    transfer.username("me").unwrap();
    transfer.password("secret").unwrap();
    transfer.http_auth(Auth::ANY).unwrap();
    transfer
}

/// Asserts that the server has received the whole body in each of its last two requests.
fn assert_sent_twice(server: &Server) {
    let requests = server.requests();
    assert!(requests.len() >= 2, "{} requests", requests.len());
    for request in &requests[requests.len() - 2..] {
        assert!(request.body == bytes(SIZE), "{}", request.body.len());
    }
}

fn says_rewind(error: &curlback::Error) {
    assert_eq!(error.code(), Some(cannot_rewind()), "{error}");
    assert!(loses_code_of_rewind() || error.to_string().contains("rewind"));
}

#[test]
fn rewinds_through_seek() {
    for server in [digest_server(), redirecting_server()] {
        let mut transfer = repeated(&server, Source::new(bytes(SIZE)));
        transfer.perform().unwrap();
        assert_eq!(transfer.response_code().unwrap(), 201);
        assert_eq!(transfer.handler().seeks, [SeekFrom::Start(0)]);
        assert_sent_twice(&server);
    }
}

#[test]
fn rewinds_through_ioctl() {
    for server in [digest_server(), redirecting_server()] {
        let source = Source::new(bytes(SIZE));
        let mut transfer = repeated(&server, Rewinding { source, rewinds: 0 });
        transfer.perform().unwrap();
        assert_eq!(transfer.response_code().unwrap(), 201);
        assert_eq!(transfer.handler().rewinds, 1);
        assert_sent_twice(&server);
    }
}

#[test]
fn source_that_only_goes_forward_cannot_be_sent_twice() {
    for server in [digest_server(), redirecting_server()] {
        let mut transfer = repeated(&server, Stream(Source::new(bytes(SIZE))));
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(cannot_rewind()), "{error}");
        assert_eq!(error.callback(), None);
        assert!(error.text().is_some(), "{error}");
        says_rewind(&error);
    }
}

#[test]
fn seek_that_fails_in_a_rewind_names_its_error() {
    let server = digest_server();
    let mut source = Source::new(bytes(SIZE));
    source.moves = Moves::Fail;
    let error = repeated(&server, source).perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Seek), "{error}");
    assert_eq!(error.code(), Some(code(Callback::Seek)));
    assert!(format!("{error:#}").ends_with("the tape is torn"));
}

#[test]
fn reused_connection_that_dies_rewinds_through_seek() {
    let server = hanging_up_server();
    let mut transfer = repeated(&server, Source::new(bytes(SIZE)));
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().seeks, []);
    transfer.handler_mut().at = 0;
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 200);
    assert_eq!(transfer.handler().seeks, [SeekFrom::Start(0)]);
    assert_eq!(server.requests().len(), 3);
    assert_sent_twice(&server);
}

#[test]
fn reused_connection_that_dies_rewinds_through_ioctl() {
    let server = hanging_up_server();
    let source = Source::new(bytes(SIZE));
    let mut transfer = repeated(&server, Rewinding { source, rewinds: 0 });
    transfer.perform().unwrap();
    transfer.handler_mut().source.at = 0;
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().rewinds, 1);
    assert_sent_twice(&server);
}

#[test]
fn reused_connection_that_dies_cannot_rewind_what_only_goes_forward() {
    let server = hanging_up_server();
    let mut transfer = repeated(&server, Stream(Source::new(bytes(SIZE))));
    transfer.perform().unwrap();
    transfer.handler_mut().0.at = 0;
    let error = transfer.perform().unwrap_err();
    says_rewind(&error);
}

#[test]
fn resumed_upload_seeks_to_the_offset_or_reads_past_it() {
    for moves in [Moves::Seek, Moves::Cannot] {
        let server = Server::ok("");
        let mut source = Source::new(bytes(SIZE));
        source.moves = moves;
        let mut transfer = upload(source, &server.url("/"), SIZE);
        transfer.resume_from(250_001).unwrap();
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().seeks, [SeekFrom::Start(250_001)]);
        let request = &server.requests()[0];
        assert!(request.body == bytes(SIZE)[250_001..]);
        let range = "bytes 250001-299999/300000";
        assert_eq!(request.header("content-range"), Some(range));
    }
}

#[test]
fn resumed_upload_whose_seek_fails_names_its_error() {
    let server = Server::ok("");
    let mut source = Source::new(bytes(200));
    source.moves = Moves::Fail;
    let mut transfer = upload(source, &server.url("/"), 200);
    transfer.resume_from(100).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Seek), "{error}");
    assert_eq!(error.code(), Some(Code::READ_ERROR));
    assert!(format!("{error:#}").ends_with("the tape is torn"));
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn unannounced_size_goes_in_chunks() {
    let (server, data) = (Server::ok(""), bytes(200_000));
    let mut transfer = Transfer::new(Source::new(data.clone())).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.perform().unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.header("transfer-encoding"), Some("chunked"));
    assert_eq!(request.header("content-length"), None);
    assert!(request.body == data);
    assert_eq!(transfer.content_length_upload().unwrap(), None);
}

#[test]
fn empty_body_is_a_body() {
    let server = Server::ok("");
    let mut transfer = upload(Source::new(""), &server.url("/"), 0);
    transfer.perform().unwrap();
    let mut transfer = Transfer::new(Source::new("")).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.perform().unwrap();

    let requests = server.requests();
    assert_eq!(requests[0].header("content-length"), Some("0"));
    assert_eq!(requests[1].header("transfer-encoding"), Some("chunked"));
    for request in requests {
        assert_eq!(request.line, "PUT / HTTP/1.1");
        assert_eq!(request.body, b"");
    }
}

#[test]
fn file_is_uploaded_and_downloaded() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a file");
    let url = format!("file://{}", path.display()).replace(' ', "%20");
    let data = bytes(500_000);

    upload(Source::new(data.clone()), &url, data.len())
        .perform()
        .unwrap();
    assert!(fs::read(&path).unwrap() == data);

    let mut transfer = Transfer::new(Source::default()).unwrap();
    transfer.url(&url).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().got == data);
}

#[test]
fn post_sends_what_read_gives() {
    let (server, data) = (Server::ok("thanks"), bytes(100_000));
    let mut transfer = Transfer::new(Source::new(data.clone())).unwrap();
    transfer.url(&server.url("/form")).unwrap();
    transfer.post(true).unwrap();
    transfer.post_field_size(data.len() as u64).unwrap();
    transfer.perform().unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /form HTTP/1.1");
    assert_eq!(request.header("content-length"), Some("100000"));
    assert!(request.body == data);
    assert_eq!(transfer.handler().got, b"thanks");
}

#[test]
fn status_of_400_and_above_fails_when_asked_to() {
    for (status, number) in [("404 Not Found", 404), ("507 Insufficient Storage", 507)] {
        let server = Server::new(move |conn| {
            while conn.request().is_some() {
                conn.reply(status, "", "no");
            }
        });
        let mut transfer = upload(Source::new("data"), &server.url("/"), 4);
        transfer.perform().unwrap();
        assert_eq!(transfer.response_code().unwrap(), number);
        assert_eq!(transfer.handler().got, b"no");

        transfer.handler_mut().at = 0;
        transfer.fail_on_error(true).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::HTTP_RETURNED_ERROR), "{error}");
        assert!(
            error.text().unwrap().contains(&number.to_string()),
            "{error}"
        );
        assert_eq!(transfer.response_code().unwrap(), number);
    }
}

#[test]
fn connection_cut_during_the_upload_is_an_error() {
    let server = Server::new(|conn| {
        conn.head();
        conn.reset();
    });
    // More than the socket buffers of both ends hold.
    let data = vec![7; 64 << 20];
    let mut transfer = upload(Source::new(data), &server.url("/"), 64 << 20);
    transfer.http_headers(["Expect:"]).unwrap();
    let error = transfer.perform().unwrap_err();
    let codes = [Code::SEND_ERROR, Code::RECV_ERROR];
    assert!(codes.contains(&error.code().unwrap()), "{error}");
    assert!(error.text().is_some_and(|text| !text.is_empty()));
    assert_eq!(error.callback(), None);
}

#[test]
fn connection_closed_during_the_download_is_an_error() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ] {
        let server = Server::new(move |conn| {
            conn.head();
            conn.send(answer);
        });
        let mut transfer = Transfer::new(Source::default()).unwrap();
        transfer.url(&server.url("/")).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::PARTIAL_FILE), "{error}");
        assert!(error.text().is_some(), "{error}");
        assert_eq!(transfer.handler().got, b"half");
    }
}

#[test]
fn connection_reset_during_the_download_is_an_error() {
    struct Arrived(mpsc::Sender<()>);

    impl Callbacks for Arrived {
        fn write(&mut self, _: &[u8]) -> WriteResult {
            self.0.send(()).into()
        }
    }

    let (sender, arrived) = mpsc::channel();
    let arrived = Mutex::new(arrived);
    let server = Server::new(move |conn| {
        conn.head();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
        arrived.lock().unwrap().recv().unwrap();
        conn.reset();
    });
    let mut transfer = Transfer::new(Arrived(sender)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::RECV_ERROR), "{error}");
    assert!(error.text().is_some(), "{error}");
}

#[test]
fn refused_connection_is_an_error() {
    let (_socket, port) = deaf_port();
    let url = format!("http://127.0.0.1:{port}/");
    let mut transfer = upload(Source::new("data"), &url, 4);
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::COULDNT_CONNECT), "{error}");
    assert!(error.text().unwrap().contains(&port.to_string()), "{error}");
    assert_ne!(transfer.os_errno().unwrap(), 0);
}

#[test]
fn upload_of_64_mib_is_exact() {
    let data = bytes(64 << 20);
    let expected = data.clone();
    let server = Server::new(move |conn| {
        let mut request = conn.head().unwrap();
        conn.body(&mut request).unwrap();
        assert!(request.body == expected, "the bodies differ");
        conn.reply("201 Created", "", "");
    });
    let mut transfer = upload(Source::new(data), &server.url("/"), 64 << 20);
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 201);
    assert_eq!(transfer.upload_size().unwrap(), 64 << 20);
}
