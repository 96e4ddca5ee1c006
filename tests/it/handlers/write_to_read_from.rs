//! `WriteTo` and `ReadFrom`, alone and around another handler.

use std::io::{self, Cursor, ErrorKind, Read, Seek, SeekFrom, Write};
use std::time::Duration;

use curlback::handlers::{Collect, ReadFrom, WriteTo};
use curlback::{
    Auth, Callback, Callbacks, Code, Direction, Error, HeaderLine, Hooks, ProgressResult, ReadBuf,
    ReadResult, Transfer, WriteResult, XferInfo,
};

use crate::support::bodies::bytes;
use crate::support::server::Server;
use crate::support::transfers::transfer;

/// Counts the calls that the handlers around it forward.
#[derive(Default)]
pub(crate) struct Counter {
    pub(crate) headers: usize,
    pub(crate) writes: usize,
    pub(crate) reports: usize,
}

impl Callbacks for Counter {
    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.headers += 1;
        WriteResult::Continue
    }

    fn write(&mut self, _: &[u8]) -> WriteResult {
        self.writes += 1;
        WriteResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.reports += 1;
        ProgressResult::Continue
    }
}

/// A reader or writer that moves at most `step` bytes per call. After `steps` calls, one call fails with
/// `WouldBlock`.
#[derive(Default)]
struct Trickle {
    bytes: Cursor<Vec<u8>>,
    step: usize,
    /// How many calls succeed before one fails with `WouldBlock`.
    steps: usize,
    done: usize,
    blocked: usize,
}

impl Trickle {
    fn new(bytes: Vec<u8>, step: usize, steps: usize) -> Trickle {
        Trickle {
            bytes: Cursor::new(bytes),
            step,
            steps,
            ..Trickle::default()
        }
    }

    fn pass(&mut self) -> io::Result<()> {
        if self.done == self.steps {
            self.done = 0;
            self.blocked += 1;
            return Err(ErrorKind::WouldBlock.into());
        }
        self.done += 1;
        Ok(())
    }
}

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.pass()?;
        let len = buffer.len().min(self.step);
        self.bytes.read(&mut buffer[..len])
    }
}

impl Seek for Trickle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

impl Write for Trickle {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.pass()?;
        self.bytes.write(&data[..data.len().min(self.step)])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn upload<H: Callbacks>(handler: H, url: &str) -> Transfer<H> {
    let mut transfer = transfer(handler, url);
    transfer.upload(true).unwrap();
    transfer
}

#[test]
fn write_to_writes_the_body() {
    let (server, data) = (Server::ok(bytes(300_000)), bytes(300_000));
    let mut transfer = transfer(WriteTo::new(Vec::new()), &server.url("/"));
    transfer.perform().unwrap();
    assert!(*transfer.handler().writer() == data);
    let (written, ()) = transfer.into_handler().into_parts();
    assert!(written == data);
}

/// A writer whose `flush` fails with each of `kinds`, beginning with the last, and then succeeds.
#[derive(Default)]
struct NoFlush {
    flushes: usize,
    kinds: Vec<ErrorKind>,
}

impl Write for NoFlush {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flushes += 1;
        self.kinds.pop().map_or(Ok(()), |kind| Err(kind.into()))
    }
}

#[test]
fn write_to_returns_the_error_of_the_last_flush() {
    let server = Server::ok("the body");
    let writer = NoFlush {
        kinds: vec![ErrorKind::StorageFull, ErrorKind::Interrupted],
        ..NoFlush::default()
    };
    let mut transfer = transfer(WriteTo::new(writer), &server.url("/"));
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Done));
    assert_eq!(error.code(), Some(Code::OK));
    let source: &io::Error = error.downcast_ref().unwrap();
    assert_eq!(source.kind(), ErrorKind::StorageFull);
    assert_eq!(transfer.handler().writer().flushes, 2);

    transfer.perform().unwrap();
    assert_eq!(transfer.handler().writer().flushes, 3);
    // After a transfer that fails, the writer is not flushed, since `done` is not called.
    transfer.fail_on_error(true).unwrap();
    let missing = Server::new(|conn| {
        conn.request();
        conn.reply("404 Not Found", "", "");
    });
    transfer.url(&missing.url("/")).unwrap();
    transfer.perform().unwrap_err();
    assert_eq!(transfer.handler().writer().flushes, 3);
}

#[test]
fn write_to_a_file_has_written_all_of_it_when_perform_returns() {
    let (server, data) = (Server::ok(bytes(300_000)), bytes(300_000));
    let mut file = tempfile::tempfile().unwrap();
    let handler = WriteTo::file(file.try_clone().unwrap());
    let mut transfer = transfer(handler, &server.url("/"));
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().writer().buffer().len(), 0);
    let mut found = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut found).unwrap();
    assert!(found == data);
}

#[test]
fn write_to_goes_on_after_short_writes() {
    let data = bytes(40_000);
    let server = Server::ok(data.clone());
    let writer = Trickle::new(Vec::new(), 1, usize::MAX);
    let mut transfer = transfer(WriteTo::new(writer), &server.url("/"));
    transfer.perform().unwrap();
    assert!(*transfer.handler().writer().bytes.get_ref() == data);
}

#[test]
fn write_to_pauses_while_the_writer_would_block() {
    let data = bytes(100_000);
    let server = Server::ok(data.clone());
    let writer = Trickle::new(Vec::new(), 7_001, 4);
    let handler = WriteTo::new(writer).and(Counter::default());
    let mut transfer = transfer(handler, &server.url("/"));
    transfer.perform().unwrap();
    let writer = transfer.handler().writer();
    assert!(writer.blocked >= 3, "{}", writer.blocked);
    assert!(*writer.bytes.get_ref() == data);
    assert!(transfer.handler().inner().reports >= 3);
    assert_eq!(transfer.handler().inner().headers, 3);
}

#[test]
fn write_to_keeps_the_error_of_its_writer() {
    let server = Server::ok("too much");
    let mut transfer = transfer(WriteTo::new(Cursor::new([0; 4])), &server.url("/"));
    let error = transfer.perform().unwrap_err();
    let Error::Callback {
        callback,
        source,
        code,
        ..
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!((callback, code), (Callback::Write, Code::WRITE_ERROR));
    let source = source.downcast::<io::Error>().unwrap();
    assert_eq!(source.kind(), ErrorKind::WriteZero);
}

/// A writer that takes three bytes, then fails once with `kind`, and then takes everything.
#[derive(Default)]
struct FailsOnce {
    kind: Option<ErrorKind>,
    got: Vec<u8>,
}

impl Write for FailsOnce {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let len = match self.kind {
            Some(_) if self.got.is_empty() => 3,
            Some(kind) => {
                self.kind = None;
                return Err(kind.into());
            }
            None => data.len(),
        };
        self.got.extend_from_slice(&data[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Aborts the first transfer when a byte has arrived, and none of the later transfers.
struct StopsOnce(bool);

impl Callbacks for StopsOnce {
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        if progress.downloaded == 0 || self.0 {
            return ProgressResult::Continue;
        }
        self.0 = true;
        ProgressResult::Abort
    }
}

#[test]
fn write_to_starts_afresh_after_its_writer_failed() {
    let server = Server::ok("the body");
    let writer = FailsOnce {
        kind: Some(ErrorKind::StorageFull),
        ..FailsOnce::default()
    };
    let mut transfer = transfer(WriteTo::new(writer), &server.url("/"));
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Write));
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().writer().got, b"thethe body");
}

#[test]
fn write_to_starts_afresh_after_a_transfer_that_ended_in_a_pause() {
    let server = Server::ok("the body");
    let writer = FailsOnce {
        kind: Some(ErrorKind::WouldBlock),
        ..FailsOnce::default()
    };
    let handler = WriteTo::new(writer).and(StopsOnce(false));
    let mut transfer = transfer(handler, &server.url("/"));
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::XferInfo));
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().writer().got, b"thethe body");
}

#[test]
fn read_from_sends_what_the_reader_holds() {
    let (server, data) = (Server::ok(""), bytes(300_000));
    let handler = ReadFrom::new(Cursor::new(data.clone()));
    let mut transfer = upload(handler, &server.url("/"));
    transfer.perform().unwrap();
    assert!(server.requests()[0].body == data);
    assert_eq!(transfer.handler().reader().position(), 300_000);
    let (reader, ()) = transfer.into_handler().into_parts();
    assert!(reader.into_inner() == data);
}

#[test]
fn read_from_starts_where_the_reader_stands_and_rewinds_to_it() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.header("authorization") {
                Some(_) => conn.reply("201 Created", "", ""),
                None => conn.reply(
                    "401 Unauthorized",
                    "WWW-Authenticate: Digest realm=\"here\", nonce=\"abc\", qop=\"auth\"\r\n",
                    "",
                ),
            }
        }
    });
    let mut reader = Cursor::new(bytes(100_000));
    reader.set_position(40_000);
    let mut transfer = upload(ReadFrom::new(reader), &server.url("/"));
    transfer.username("me").unwrap();
    transfer.password("secret").unwrap();
    transfer.http_auth(Auth::ANY).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 201);
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert!(request.body == bytes(100_000)[40_000..]);
    }
}

#[test]
fn read_from_counts_a_resumed_upload_from_where_the_reader_stood() {
    let server = Server::ok("");
    let mut reader = Cursor::new(bytes(1_000));
    reader.set_position(100);
    let mut transfer = upload(ReadFrom::new(reader), &server.url("/"));
    transfer.in_filesize(900).unwrap();
    transfer.resume_from(50).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[0].body, bytes(1_000)[150..]);
}

#[test]
fn read_from_fills_the_buffer_and_unbuffered_does_not() {
    struct Sizes(ReadFrom<Trickle>, Vec<usize>);

    impl Callbacks for Sizes {
        fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
            let result = self.0.read(buffer);
            self.1.push(buffer.filled().len());
            result
        }
    }

    for (make, sizes) in [
        (ReadFrom::new as fn(_) -> _, &[100, 0][..]),
        (ReadFrom::unbuffered, &[40, 40, 20, 0]),
    ] {
        let server = Server::ok("");
        let reader = Trickle::new(bytes(100), 40, usize::MAX);
        let mut transfer = upload(Sizes(make(reader), Vec::new()), &server.url("/"));
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().1, sizes);
        assert_eq!(server.requests()[0].body, bytes(100));
    }
}

#[test]
fn read_from_pauses_while_the_reader_would_block() {
    let data = bytes(3_000);
    for make in [ReadFrom::new as fn(_) -> _, ReadFrom::unbuffered] {
        let server = Server::ok("");
        let reader = Trickle::new(data.clone(), 400, 3);
        let mut transfer = upload(make(reader).and(Counter::default()), &server.url("/"));
        transfer.perform().unwrap();
        assert!(server.requests()[0].body == data);
        assert!(transfer.handler().reader().blocked >= 2);
        assert!(transfer.handler().inner().reports >= 2);
    }
}

/// Resumes receiving at each progress report.
struct ResumesReceiving;

impl Callbacks for ResumesReceiving {
    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        ProgressResult::Resume(Direction::Receive)
    }
}

#[test]
fn read_from_resumes_sending_also_if_the_handler_inside_resumes_receiving() {
    let (server, data) = (Server::ok(""), bytes(3_000));
    let reader = Trickle::new(data.clone(), 400, 3);
    let handler = ReadFrom::new(reader).and(ResumesReceiving);
    let mut transfer = upload(handler, &server.url("/"));
    // If sending stayed paused, the transfer would wait for ever.
    transfer.timeout(Duration::from_secs(10)).unwrap();
    transfer.perform().unwrap();
    assert!(server.requests()[0].body == data);
    assert!(transfer.handler().reader().blocked >= 2);
}

#[test]
fn read_from_keeps_the_error_of_its_reader() {
    struct Torn;

    impl Read for Torn {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the tape is torn"))
        }
    }

    impl Seek for Torn {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            Ok(0)
        }
    }

    let server = Server::ok("");
    let error = upload(ReadFrom::new(Torn), &server.url("/"))
        .perform()
        .unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Read));
    assert!(format!("{error:#}").ends_with("the tape is torn"));
}

#[test]
fn handlers_combine() {
    let (server, data) = (Server::ok("thanks"), bytes(50_000));
    let handler = ReadFrom::new(Cursor::new(data.clone()))
        .and(Collect::new().and(WriteTo::new(Vec::new()).and(Counter::default())));
    let mut transfer = upload(handler, &server.url("/"));
    transfer.perform().unwrap();
    assert!(server.requests()[0].body == data);
    let collect = transfer.handler().inner();
    assert_eq!(collect.body(), b"thanks");
    // `Collect` is outside of `WriteTo` and takes the body. All handlers forward the other callbacks.
    let write_to = collect.inner();
    assert_eq!(write_to.writer(), b"");
    assert!(write_to.inner().headers >= 3);
    assert!(write_to.inner().reports > 0);
}

#[test]
fn handlers_ask_for_the_callbacks_that_they_need() {
    struct Nothing;

    impl Callbacks for Nothing {
        fn hooks(&self) -> Hooks {
            Hooks::empty()
        }
    }

    assert_eq!(
        Collect::new().and(Nothing).hooks(),
        Hooks::WRITE | Hooks::HEADER | Hooks::XFER_INFO | Hooks::DONE
    );
    assert_eq!(
        WriteTo::new(Vec::new()).and(Nothing).hooks(),
        Hooks::WRITE | Hooks::XFER_INFO | Hooks::DONE
    );
    assert_eq!(
        ReadFrom::new(Cursor::new([0])).and(Nothing).hooks(),
        Hooks::READ | Hooks::SEEK | Hooks::XFER_INFO
    );
}

#[test]
fn read_from_sends_the_same_again_once_it_is_rewound() {
    let server = Server::ok("");
    let mut reader = Cursor::new(b"skipped, sent".to_vec());
    reader.set_position(9);
    let mut transfer = upload(ReadFrom::new(reader), &server.url("/"));
    transfer.perform().unwrap();
    transfer.handler_mut().rewind().unwrap();
    transfer.perform().unwrap();
    let bodies: Vec<_> = server.requests().into_iter().map(|r| r.body).collect();
    assert_eq!(bodies, [b"sent", b"sent"]);
}
