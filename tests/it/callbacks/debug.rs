//! `debug`.

use std::error::Error as _;
use std::io;

use curlback::{
    Callback, CallbackResult, Callbacks, DebugKind, ReadBuf, ReadResult, Share, ShareData,
    Transfer, WriteResult,
};

use crate::support::breaks::How;
use crate::support::server::Server;
use crate::support::servers::endless;
use crate::support::skip::needs;

/// Uploads "hello" and records the calls of `debug`.
#[derive(Default)]
struct Log {
    sent: usize,
    seen: Vec<(DebugKind, Vec<u8>)>,
}

impl Log {
    /// Returns the data of all calls of one kind in one piece.
    fn all(&self, kind: DebugKind) -> Vec<u8> {
        let pieces = self.seen.iter().filter(|(own, _)| *own == kind);
        pieces.flat_map(|(_, data)| data).copied().collect()
    }
}

impl Callbacks for Log {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.sent += buffer.append(&b"hello"[self.sent..]);
        ReadResult::Continue
    }

    fn debug(&mut self, kind: DebugKind, data: &[u8]) -> CallbackResult {
        self.seen.push((kind, data.to_vec()));
        CallbackResult::Continue
    }
}

fn upload<H: Callbacks>(server: &Server, handler: H) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(&server.url("/path")).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(5).unwrap();
    transfer.http_headers(["Expect:"]).unwrap();
    transfer.verbose(true).unwrap();
    transfer
}

#[test]
fn debug_sees_everything_that_goes_either_way() {
    let body = "answer\0\u{ff}";
    let server = Server::ok(body);
    let mut transfer = upload(&server, Log::default());
    transfer.perform().unwrap();
    let log = transfer.handler();

    let request = String::from_utf8(log.all(DebugKind::HeaderOut)).unwrap();
    assert!(request.starts_with("PUT /path HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n"), "{request}");
    assert_eq!(log.all(DebugKind::DataOut), b"hello");
    let answer = log.all(DebugKind::HeaderIn);
    let length = body.len();
    let expected = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    assert_eq!(String::from_utf8(answer).unwrap(), expected);
    assert_eq!(log.all(DebugKind::DataIn), body.as_bytes());

    let texts = log.seen.iter().filter(|(kind, _)| *kind == DebugKind::Text);
    let texts: Vec<_> = texts.map(|(_, data)| data).collect();
    assert!(!texts.is_empty());
    for text in texts {
        assert!(text.ends_with(b"\n"), "{}", text.escape_ascii());
    }
}

#[test]
fn debug_hears_nothing_unless_verbose() {
    let server = Server::ok("answer");
    let mut transfer = upload(&server, Log::default());
    transfer.verbose(false).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().seen.is_empty());
}

/// Stops the transfer in `debug` at one kind of data, and counts the calls after that.
struct FailsAt {
    kind: DebugKind,
    stop: fn() -> CallbackResult,
    failed: bool,
    calls_after: usize,
    received: usize,
}

impl FailsAt {
    fn new(kind: DebugKind, stop: fn() -> CallbackResult) -> FailsAt {
        FailsAt {
            kind,
            stop,
            failed: false,
            calls_after: 0,
            received: 0,
        }
    }
}

impl Callbacks for FailsAt {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.calls_after += usize::from(self.failed);
        self.received += data.len();
        WriteResult::Continue
    }

    fn debug(&mut self, kind: DebugKind, _: &[u8]) -> CallbackResult {
        self.calls_after += usize::from(self.failed);
        // At `DataIn`, waits until 1 MiB of the endless body has come.
        if kind != self.kind || (kind == DebugKind::DataIn && self.received < 1 << 20) {
            return CallbackResult::Continue;
        }
        self.failed = true;
        (self.stop)()
    }
}

fn disk_full() -> CallbackResult {
    Err::<(), _>(io::Error::from(io::ErrorKind::StorageFull)).into()
}

#[test]
fn failure_stops_an_endless_body() {
    for kind in [
        DebugKind::Text,
        DebugKind::HeaderOut,
        DebugKind::HeaderIn,
        DebugKind::DataIn,
    ] {
        let server = endless(1 << 16);
        let mut transfer = Transfer::new(FailsAt::new(kind, disk_full)).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.verbose(true).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(Callback::Debug), "{kind:?}");
        let cause = error.source().unwrap().downcast_ref::<io::Error>();
        assert_eq!(cause.unwrap().kind(), io::ErrorKind::StorageFull);
        assert_eq!(transfer.handler().calls_after, 0, "{kind:?}");
    }
}

#[test]
fn abort_stops_an_endless_body_without_a_progress_callback_too() {
    let server = endless(1 << 16);
    let handler = FailsAt::new(DebugKind::DataIn, || CallbackResult::Abort);
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.verbose(true).unwrap();
    transfer.progress(false).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Debug));
    assert!(error.source().is_none());
    assert_eq!(transfer.handler().calls_after, 0);
}

#[test]
fn failure_in_the_last_report_is_not_lost() {
    struct FailsAtTheEnd(usize);

    impl Callbacks for FailsAtTheEnd {
        fn debug(&mut self, _: DebugKind, data: &[u8]) -> CallbackResult {
            if data.starts_with(b"Connection #") && data.ends_with(b"left intact\n") {
                self.0 += 1;
                return disk_full();
            }
            CallbackResult::Continue
        }
    }

    let server = Server::ok("body");
    let mut transfer = Transfer::new(FailsAtTheEnd(0)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.verbose(true).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Debug));
    assert_eq!(transfer.handler().0, 1);
}

#[test]
fn data_of_one_report_is_bounded_by_its_length() {
    // The header lines arrive together. Each report has only one of them.
    let server = Server::new(|conn| {
        conn.request();
        conn.reply("200 OK", "X-A: 1\r\nX-B: 2\r\n", "");
    });
    let mut transfer = upload(&server, Log::default());
    transfer.perform().unwrap();
    let lines = transfer.handler().seen.iter();
    let lines: Vec<_> = lines
        .filter(|(kind, _)| *kind == DebugKind::HeaderIn)
        .map(|(_, data)| &data[..])
        .collect();
    assert!(lines.contains(&&b"X-A: 1\r\n"[..]));
    assert!(lines.contains(&&b"X-B: 2\r\n"[..]));
}

/// libcurl calls `debug` to report that it cannot write the cookie file. If the cookies are shared, they
/// are locked during this call.
#[test]
fn failure_while_an_option_is_set_comes_out_of_the_setter_and_costs_no_connection() {
    needs!(
        (7, 68, 0),
        "message about a cookie file that cannot be written"
    );
    struct Breaks(How);

    impl Callbacks for Breaks {
        fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
            self.0.result(Callback::Debug)
        }
    }

    let server = Server::ok("body");
    for shares in [false, true] {
        let mut transfer = Transfer::new(Breaks(How::Not)).unwrap();
        transfer.url(&server.url("/")).unwrap();
        if shares {
            let share = Share::new(ShareData::COOKIES).unwrap();
            transfer.share(&share).unwrap();
        }
        transfer.cookie_jar("/no/such/directory/jar").unwrap();
        transfer.verbose(true).unwrap();
        transfer.perform().unwrap();
        for how in [How::Fail, How::Abort] {
            transfer.handler_mut().0 = how;
            let error = transfer.cookie_list("FLUSH").unwrap_err();
            assert_eq!(error.callback(), Some(Callback::Debug), "{error:?}");
            transfer.handler_mut().0 = How::Not;
            for _ in 0..2 {
                transfer.perform().unwrap();
                assert_eq!(transfer.num_connects().unwrap(), 0);
            }
        }
    }
}
