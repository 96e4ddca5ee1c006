//! Bodies that are longer or shorter than announced.

use std::error::Error as _;
use std::io::{self, Cursor, ErrorKind, SeekFrom};

use curlback::handlers::ReadFrom;
use curlback::{
    Callback, Callbacks, Error, Hooks, IoctlCommand, IoctlResult, Mime, Multi, Part, ReadBuf,
    ReadResult, SeekResult, Transfer, Version,
};

use crate::support::breaks::redirecting;
use crate::support::built_in::speaks;
use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::skip::{is_between, needs};
#[cfg(unix)]
use crate::support::sshd::Sshd;

/// Bytes beyond the announced size that look like a request.
const REST: &[u8] = b"GET /smuggled HTTP/1.1\r\n\r\n";

/// Sends all its bytes, whatever size was announced.
struct Source {
    data: Vec<u8>,
    at: usize,
    seeks: bool,
    ended: usize,
}

impl Source {
    fn new(data: &[u8]) -> Source {
        Source {
            data: data.to_vec(),
            at: 0,
            seeks: true,
            ended: 0,
        }
    }

    /// Makes a source of ten bytes, followed by more that look like a request.
    fn surplus() -> Source {
        Source::new(&[b"0123456789", REST].concat())
    }
}

impl Callbacks for Source {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        let len = buffer.append(&self.data[self.at..]);
        self.at += len;
        self.ended += usize::from(len == 0);
        ReadResult::Continue
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        match to {
            SeekFrom::Start(offset) if self.seeks => {
                self.at = offset.try_into().unwrap();
                SeekResult::Done
            }
            _ => SeekResult::CantSeek,
        }
    }
}

/// Makes an upload that announces ten bytes.
fn put<H: Callbacks>(url: &str, handler: H) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(url).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(10).unwrap();
    transfer
}

/// Makes a post that announces ten bytes.
fn post<H: Callbacks>(url: &str, handler: H) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(url).unwrap();
    transfer.post(true).unwrap();
    transfer.post_field_size(10).unwrap();
    transfer
}

fn is_short(error: &Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref());
    cause.map(io::Error::kind) == Some(ErrorKind::UnexpectedEof)
        && error.callback() == Some(Callback::Read)
}

fn lines(server: &Server) -> Vec<(String, Vec<u8>)> {
    let requests = server.requests().into_iter();
    requests.map(|r| (r.line, r.body)).collect()
}

fn sent(line: &str, body: &[u8]) -> (String, Vec<u8>) {
    (format!("{line} HTTP/1.1"), body.to_vec())
}

#[test]
fn what_is_more_than_announced_is_no_request() {
    let server = Server::ok("");
    for (method, make) in [("PUT", put::<Source> as fn(&_, _) -> _), ("POST", post)] {
        let before = server.requests().len();
        let mut transfer = make(&server.url("/"), Source::surplus());
        transfer.perform().unwrap();
        // The next run uses the same connection.
        transfer.handler_mut().at = 0;
        transfer.perform().unwrap();
        assert_eq!(transfer.num_connects().unwrap(), 0);
        let expected = sent(&format!("{method} /"), b"0123456789");
        assert_eq!(lines(&server)[before..], [expected.clone(), expected]);
    }
}

#[test]
fn what_is_more_than_announced_is_no_request_of_many() {
    let server = Server::ok("");
    let mut multi = Multi::new().unwrap();
    multi.max_host_connections(1).unwrap();
    for _ in 0..3 {
        multi.add(put(&server.url("/"), Source::surplus())).unwrap();
    }
    multi.run(|_, _, _, result| result).unwrap();
    let expected = sent("PUT /", b"0123456789");
    assert_eq!(lines(&server), vec![expected; 3]);
}

#[test]
fn body_that_ends_early_is_an_error_at_once() {
    // This server waits for the rest of the body.
    let server = Server::ok("");
    let url = server.url("/");
    let short = || Source::new(b"012345678");
    let empty = || Source::new(b"");
    for mut transfer in [
        put(&url, short()),
        put(&url, empty()),
        post(&url, short()),
        post(&url, empty()),
    ] {
        let error = transfer.perform().unwrap_err();
        assert!(is_short(&error), "{error:?}");
        assert_eq!(transfer.handler().ended, 1);
        // The next run sends the whole body, on a new connection.
        transfer.handler_mut().data = b"0123456789".to_vec();
        transfer.handler_mut().at = 0;
        transfer.perform().unwrap();
        assert_eq!(transfer.num_connects().unwrap(), 1);
    }
    let error = put(&url, ReadFrom::new(Cursor::new("nine byte")))
        .perform()
        .unwrap_err();
    assert!(is_short(&error), "{error:?}");

    let mut multi = Multi::new().unwrap();
    multi.add(put(&url, short())).unwrap();
    let result = multi.run(|_, _, _, result| result);
    assert!(is_short(&result.unwrap_err()));
    assert!(server.requests().iter().all(|r| r.body == b"0123456789"));
}

#[test]
fn size_counts_again_when_the_body_is_sent_again() {
    let server = redirecting();
    let mut transfer = put(&server.url("/"), Source::surplus());
    transfer.follow_location(true).unwrap();
    transfer.perform().unwrap();
    let bodies: Vec<_> = server.requests().into_iter().map(|r| r.body).collect();
    assert_eq!(bodies, [b"0123456789", b"0123456789"]);

    // When the second request is sent, the body is shorter than at the first one.
    struct Shrinks(Source);
    impl Callbacks for Shrinks {
        fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
            self.0.read(buffer)
        }
        fn seek(&mut self, to: SeekFrom) -> SeekResult {
            self.0.data.truncate(7);
            self.0.seek(to)
        }
    }
    let mut transfer = put(&server.url("/"), Shrinks(Source::new(b"0123456789")));
    transfer.follow_location(true).unwrap();
    let error = transfer.perform().unwrap_err();
    assert!(is_short(&error), "{error:?}");
}

#[test]
fn size_counts_again_when_ioctl_rewinds() {
    struct Old(Source);
    impl Callbacks for Old {
        fn hooks(&self) -> Hooks {
            (Hooks::default() - Hooks::SEEK) | Hooks::IOCTL
        }
        fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
            self.0.read(buffer)
        }
        fn ioctl(&mut self, _: IoctlCommand) -> IoctlResult {
            self.0.at = 0;
            IoctlResult::Done
        }
    }
    for hooks in [Hooks::IOCTL, Hooks::SEEK] {
        let server = redirecting();
        let mut transfer = put(&server.url("/"), Old(Source::surplus()));
        let others = transfer.hooks() - Hooks::IOCTL - Hooks::SEEK;
        transfer.set_hooks(others | hooks).unwrap();
        transfer.follow_location(true).unwrap();
        transfer.perform().unwrap();
        let bodies: Vec<_> = server.requests().into_iter().map(|r| r.body).collect();
        assert_eq!(bodies, [b"0123456789", b"0123456789"]);
    }
}

#[test]
fn resumed_upload_ends_where_the_whole_does() {
    let server = Server::ok("");
    for seeks in [true, false] {
        let before = server.requests().len();
        let source = Source {
            seeks,
            ..Source::surplus()
        };
        let mut transfer = put(&server.url("/"), source);
        transfer.resume_from(4).unwrap();
        transfer.perform().unwrap();
        assert_eq!(lines(&server)[before..], [sent("PUT /", b"456789")]);

        let source = Source {
            seeks,
            ..Source::new(b"012345678")
        };
        let mut transfer = put(&server.url("/"), source);
        transfer.resume_from(4).unwrap();
        let error = transfer.perform().unwrap_err();
        assert!(is_short(&error), "{error:?}");
    }
}

#[test]
fn size_is_that_of_the_method_in_use() {
    needs!((7, 68, 0), "choice of the method by the last option");
    let server = Server::ok("");
    let body = Source::surplus().data;
    let mut transfer = put(&server.url("/"), Source::surplus());
    // A POST has a size of its own. That size was not set, so the body goes in chunks.
    transfer.post(true).unwrap();
    transfer.perform().unwrap();
    transfer.upload(true).unwrap();
    transfer.handler_mut().at = 0;
    transfer.perform().unwrap();
    // Without an announced size, the reader decides where the body ends.
    transfer.unset(curlback::Unset::IN_FILESIZE).unwrap();
    transfer.handler_mut().at = 0;
    transfer.perform().unwrap();
    // Chunks that a header asks for have no size either.
    transfer.post(true).unwrap();
    transfer.post_field_size(10).unwrap();
    transfer
        .http_headers(["transfer-Encoding: chunked"])
        .unwrap();
    transfer.handler_mut().at = 0;
    transfer.perform().unwrap();
    transfer.http_headers([""; 0]).unwrap();
    transfer.handler_mut().at = 0;
    transfer.perform().unwrap();
    // A copy has the sizes. A reset forgets them.
    transfer
        .try_clone_with(Source::surplus())
        .unwrap()
        .perform()
        .unwrap();
    transfer.reset().unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.handler_mut().at = 0;
    transfer.perform().unwrap();
    let ten = b"0123456789".to_vec();
    // libcurl 8.7 sends no more than the size, although the chunks need none.
    let ends = is_between((8, 7, 0), (8, 8, 0));
    let chunked = if ends { &ten } else { &body };
    let expected = [
        ("POST /", &body),
        ("PUT /", &ten),
        ("PUT /", &body),
        ("POST /", chunked),
        ("POST /", &ten),
        ("POST /", &ten),
        ("PUT /", &body),
    ];
    let mut expected = expected.map(|(line, body)| sent(line, body));
    let mut seen = lines(&server);
    if Version::linked() < Version::new(7, 88, 0) {
        // With some releases, the methods are not compared: libcurl before 7.86.0 keeps the method of an
        // upload when a POST is requested.
        for (line, _) in seen.iter_mut().chain(&mut expected) {
            line.clear();
        }
    }
    assert_eq!(seen, expected);
}

#[test]
fn file_has_what_was_announced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let url = format!("file://{}", path.display());
    put(&url, Source::surplus()).perform().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"0123456789");
    std::fs::write(&path, "0123").unwrap();
    let mut transfer = put(&url, Source::surplus());
    transfer.resume_from(None).unwrap();
    transfer.perform().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"0123456789");
    let error = put(&url, Source::new(b"012")).perform().unwrap_err();
    assert!(is_short(&error), "{error:?}");
}

#[test]
fn ftp_has_what_was_announced() {
    if !speaks("ftp") {
        return;
    }
    let server = FtpServer::new("file", "0123");
    let url = server.url("file");
    let mut transfer = put(&url, Source::surplus());
    transfer.resume_from(None).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.file("file").unwrap(), b"0123456789");
    let mut transfer = put(&url, Source::surplus());
    transfer.append(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.file("file").unwrap(), b"01234567890123456789");
    put(&url, Source::surplus()).perform().unwrap();
    assert_eq!(server.file("file").unwrap(), b"0123456789");
    for resume in [0, 4] {
        let mut transfer = put(&url, Source::new(b"012345678"));
        transfer.resume_from(resume).unwrap();
        let error = transfer.perform().unwrap_err();
        assert!(is_short(&error), "{error:?}");
    }
}

#[cfg(unix)]
#[test]
fn sftp_has_what_was_announced() {
    let Some(sshd) = Sshd::start() else { return };
    let upload = |source| {
        let mut transfer = sshd.transfer(source, "up");
        transfer.upload(true).unwrap();
        transfer.in_filesize(10).unwrap();
        transfer
    };
    upload(Source::surplus()).perform().unwrap();
    assert_eq!(std::fs::read(sshd.file("up")).unwrap(), b"0123456789");
    std::fs::write(sshd.file("up"), "0123").unwrap();
    let mut transfer = upload(Source::surplus());
    transfer.resume_from(None).unwrap();
    transfer.perform().unwrap();
    assert_eq!(std::fs::read(sshd.file("up")).unwrap(), b"0123456789");
    let error = upload(Source::new(b"012345678")).perform().unwrap_err();
    assert!(is_short(&error), "{error:?}");
}

#[test]
fn announced_size_without_read_is_refused() {
    let is_refused = |result: Result<(), Error>| match result {
        Err(Error::Option { option, .. }) => option == "CURLOPT_READFUNCTION",
        _ => false,
    };
    let server = Server::ok("");
    for make in [put::<()> as fn(&_, _) -> _, post] {
        let mut transfer = make(&server.url("/"), ());
        transfer.set_hooks(Hooks::default() - Hooks::READ).unwrap();
        assert!(is_refused(transfer.perform()));
        // This changes nothing, since the method was not HEAD.
        transfer.nobody(false).unwrap();
        assert!(is_refused(transfer.perform()));
        // The size counts unless the body goes in chunks. These headers do not ask for chunks.
        for header in ["X-Transfer-Coding: chunked", "Transfer-Encoding: gzip"] {
            transfer.http_headers([header]).unwrap();
            assert!(is_refused(transfer.perform()), "{header}");
        }
        let added = Multi::new().unwrap().add(transfer).unwrap_err();
        assert!(is_refused(Err(added.into())));
    }
    assert!(server.requests().is_empty());

    // Nothing is read for post fields, for a GET, and for a transfer that only connects.
    let mut transfer = post(&server.url("/"), ());
    transfer.set_hooks(Hooks::empty()).unwrap();
    transfer.post_fields(*b"kept").unwrap();
    transfer.perform().unwrap();
    transfer.post_fields_copy(b"copied").unwrap();
    transfer.perform().unwrap();
    transfer.get(true).unwrap();
    transfer.perform().unwrap();
    let expected = [
        sent("POST /", b"kept"),
        sent("POST /", b"copied"),
        sent("GET /", b""),
    ];
    assert_eq!(lines(&server), expected);
    let mut transfer = put(&server.url("/"), ());
    transfer.set_hooks(Hooks::empty()).unwrap();
    transfer.connect_only(true).unwrap();
    transfer.perform().unwrap();
    transfer.connect_only(false).unwrap();
    transfer.in_filesize(0).unwrap();
    transfer.perform().unwrap();
    assert_eq!(lines(&server)[3..], [sent("PUT /", b"")]);
}

#[test]
fn part_of_a_form_has_what_was_announced() {
    let server = Server::ok("");
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    let part = |bytes| Part::stream(Cursor::new(bytes)).size(10).name("f");
    transfer
        .mime(Mime::new().part(part(Source::surplus().data)))
        .unwrap();
    transfer.perform().unwrap();
    let body = server.requests()[0].body.clone();
    let body = String::from_utf8(body).unwrap();
    assert!(body.contains("\r\n\r\n0123456789\r\n--"), "{body}");
    transfer
        .mime(Mime::new().part(part(b"012345678".to_vec())))
        .unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::MimeRead));
}
