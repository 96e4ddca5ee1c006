//! A callback that panics: where the panic goes, and what works afterwards.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use curlback::{
    Callback, CallbackResult, Callbacks, DebugKind, Direction, Mime, Part, ProgressResult, ReadBuf,
    ReadResult, Transfer, Version, WriteResult, XferInfo,
};

use crate::support::bomb::Bomb;
use crate::support::breaks::{Breaks, How, Own, payload, redirecting, works};
use crate::support::each_callback::ROWS;
use crate::support::server::Server;
use crate::support::skip::needs;

#[test]
fn panic_in_each_callback_resumes_from_perform_and_nothing_runs_after_it() {
    let server = redirecting();
    for row in ROWS {
        let at = row.at;
        let Some(mut scenario) = row.scenario(Breaks::new(at, How::Panic)) else {
            continue;
        };
        let transfer = &mut scenario.transfer;
        let payload = payload(transfer);
        assert_eq!(payload.downcast_ref::<Own>(), Some(&Own(at)));
        let calls = &transfer.handler().calls;
        assert_eq!(calls.iter().position(|c| *c == at), Some(calls.len() - 1));

        let mut other = Breaks::new(Callback::Write, How::Not).transfer(&server);
        works(&mut other);
        transfer.handler_mut().mend();
        transfer.perform().unwrap();
        assert!(transfer.handler().calls.contains(&at));
        // The panic has come out only once: neither transfer has it any more.
        works(&mut other);
    }
}

#[test]
fn panic_after_a_failure_of_another_transfer_is_its_own() {
    let server = redirecting();
    let mut fails = Breaks::new(Callback::Header, How::Fail).transfer(&server);
    let mut panics = Breaks::new(Callback::Header, How::Panic).transfer(&server);
    assert!(fails.perform().is_err());
    assert!(payload(&mut panics).is::<Own>());
    fails.handler_mut().mend();
    fails.handler_mut().how = How::Fail;
    let error = fails.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Header));
}

/// Performs another transfer, which panics, within `write`.
struct Nests {
    inner: Transfer<Breaks>,
    inner_panicked: bool,
    body: usize,
}

impl Callbacks for Nests {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.inner_panicked |= payload(&mut self.inner).is::<Own>();
        self.body += data.len();
        WriteResult::Continue
    }
}

#[test]
fn panic_in_a_nested_transfer_is_not_the_outer_ones() {
    let server = redirecting();
    let mut transfer = Transfer::new(Nests {
        inner: Breaks::new(Callback::Debug, How::Panic).transfer(&server),
        inner_panicked: false,
        body: 0,
    })
    .unwrap();
    transfer.url(&server.url("/next")).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().inner_panicked);
    assert_eq!(transfer.handler().body, 6);
}

const LIMIT: usize = 10 << 20;

struct PanicsAt10MiB {
    sent: usize,
    calls_after: usize,
}

impl Callbacks for PanicsAt10MiB {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        if self.sent >= LIMIT {
            self.calls_after += 1;
            panic!("at byte {}", self.sent);
        }
        let rest = vec![7; buffer.capacity().min(LIMIT - self.sent)];
        self.sent += buffer.append(&rest);
        ReadResult::Continue
    }
}

#[test]
fn panic_in_read_at_byte_10_mib_resumes_from_perform() {
    let server = Server::new(|conn| conn.drain());
    let handler = PanicsAt10MiB {
        sent: 0,
        calls_after: 0,
    };
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.http_headers(["Expect:"]).unwrap();
    let payload = payload(&mut transfer);
    let text = payload.downcast_ref::<String>().unwrap();
    assert_eq!(text, &format!("at byte {LIMIT}"));
    assert_eq!(transfer.handler().calls_after, 1);
}

/// Pauses at the first part of the body, and panics when the part comes again, within `curl_easy_pause`.
#[derive(Default)]
struct PanicsWhenResumed {
    writes: usize,
    reports_after: usize,
}

impl Callbacks for PanicsWhenResumed {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        self.writes += 1;
        if self.writes == 2 {
            panic_any(Own(Callback::Write));
        }
        WriteResult::Pause
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.reports_after += usize::from(self.writes == 2);
        match self.writes {
            1 => ProgressResult::Resume(Direction::Receive),
            _ => ProgressResult::Continue,
        }
    }
}

#[test]
fn panic_in_a_write_that_a_resume_calls_comes_out_of_perform() {
    let server = Server::ok("body");
    let mut transfer = Transfer::new(PanicsWhenResumed::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    assert_eq!(
        payload(&mut transfer).downcast_ref(),
        Some(&Own(Callback::Write))
    );
    assert_eq!(transfer.handler().writes, 2);
    assert_eq!(transfer.handler().reports_after, 0);
}

/// Panics in `debug` if `armed` is more than 0, and adds 1 to it.
struct PanicsInDrop {
    armed: Arc<AtomicUsize>,
}

impl Callbacks for PanicsInDrop {
    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        if self.armed.load(Ordering::Relaxed) > 0 {
            self.armed.fetch_add(1, Ordering::Relaxed);
            panic_any(Own(Callback::Debug));
        }
        CallbackResult::Continue
    }
}

#[test]
fn panic_in_debug_during_cleanup_is_contained() {
    needs!((7, 68, 0), "message during a cleanup");
    let server = Server::ok("body");
    let folder = tempfile::tempdir().unwrap();
    for drops in [true, false] {
        let armed = Arc::new(AtomicUsize::new(0));
        let handler = PanicsInDrop {
            armed: armed.clone(),
        };
        let mut transfer = Transfer::new(handler).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.verbose(true).unwrap();
        // A jar that cannot be written is reported while the handle is cleaned up.
        let jar = folder.path().join("missing").join("jar");
        transfer.cookie_jar(jar).unwrap();
        transfer.perform().unwrap();
        armed.store(1, Ordering::Relaxed);
        if drops {
            drop(transfer);
        } else {
            let _ = transfer.into_handler();
        }
        // libcurl 8.0.0 and later need not report anything at this point.
        if Version::linked() < Version::new(8, 0, 0) {
            assert_eq!(armed.load(Ordering::Relaxed), 2);
        }
        works(&mut Breaks::new(Callback::Debug, How::Not).transfer(&redirecting()));
    }
}

#[derive(Default)]
struct Count {
    opened: usize,
    written: usize,
}

impl Callbacks for Count {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written += data.len();
        WriteResult::Continue
    }
    fn resolver_start(&mut self) -> CallbackResult {
        self.opened += 1;
        CallbackResult::Continue
    }
    fn address_filter(&self) -> curlback::AddressFilter {
        curlback::AddressFilter::Strict
    }
    fn open_socket(
        &mut self,
        _: curlback::SockType,
        _: &mut curlback::SocketAddress,
    ) -> std::io::Result<socket2::Socket> {
        Err(std::io::Error::other("guard"))
    }
}

#[test]
fn panic_of_a_reader_that_a_reset_drops() {
    let server = Server::ok("body");
    let mut t = Transfer::new(Count::default()).unwrap();
    t.mime(Mime::new().part(Part::reader(Bomb).name("x")))
        .unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| t.reset())).is_err());
    t.url(&server.url("/")).unwrap();
    let result = t.perform();
    assert!(result.is_err(), "the guard was not asked");
}
