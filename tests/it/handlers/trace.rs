//! `Trace`, which reports to the crate `tracing`.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use curlback::Transfer;
use curlback::handlers::{Collect, Trace};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, set_default};
use tracing::{Event, Metadata, Subscriber};

use crate::support::server::Server;
use crate::support::servers::answering;

/// A subscriber that keeps one line for each report.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Seen {
    fn note(&self, line: String) -> usize {
        let mut lines = self.0.lock().unwrap();
        lines.push(line);
        lines.len()
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Subscriber for Seen {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "curlback"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let number = self.note(format!("new {}", span.metadata().name()));
        Id::from_u64(number as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        self.note(format!("{}:{}", span.into_u64(), fields.0));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        let span = event.parent().map_or(0, Id::into_u64);
        self.note(format!("{span}: {}{}", event.metadata().level(), fields.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn try_close(&self, span: Id) -> bool {
        self.note(format!("end {}", span.into_u64()));
        true
    }
}

/// Makes a subscriber that gets what this thread reports, until the guard is dropped.
fn watch() -> (Seen, DefaultGuard) {
    let seen = Seen::default();
    (seen.clone(), set_default(seen))
}

#[track_caller]
fn assert_seen(seen: &Seen, expected: &str) {
    let lines = seen.lines();
    assert!(
        lines.iter().any(|line| line == expected),
        "{expected}: {lines:#?}"
    );
}

#[test]
fn trace_has_a_span_with_events_and_no_secrets() {
    let (seen, _guard) = watch();
    let server = answering("Set-Cookie: a=gone\r\nX-Own: gone\r\nX-Other: stays\r\n");
    let handler = Trace::new().hide_header("x-own").and(Collect::new());
    let mut transfer = Transfer::new(handler).unwrap();
    let url = server.url("/path?a=gone").replace("//", "//me:gone@");
    transfer.url(&url).unwrap();
    transfer.verbose(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().inner().body(), b"body");
    let host = server.address();
    for line in [
        "new transfer",
        "1: DEBUG message=> GET /path?a=[redacted] HTTP/1.1",
        "1: DEBUG message=> Authorization: Basic [redacted]",
        "1: DEBUG message=< Set-Cookie: [redacted]",
        "1: DEBUG message=< X-Own: [redacted]",
        "1: DEBUG message=< X-Other: stays",
        "1: TRACE message={ 4 bytes data",
        "1: status=200",
    ] {
        assert_seen(&seen, line);
    }
    let url = |user: &str| format!("1: url=\"http://{user}{host}/path?a=[redacted]\"");
    let lines = seen.lines();
    // Some releases leave the user information out of the URL.
    assert!(
        lines.contains(&url("[redacted]@")) || lines.contains(&url("")),
        "{lines:#?}"
    );
    assert!(!lines.concat().contains("gone"), "{lines:#?}");
    assert!(!lines.concat().contains("bWU6Z29uZQ"), "{lines:#?}");
    drop(transfer);
    assert_seen(&seen, "end 1");
}

#[test]
fn another_transfer_may_have_another_span() {
    let (seen, _guard) = watch();
    let server = Server::ok("");
    let mut transfer = Transfer::new(Trace::new().show_query(true)).unwrap();
    transfer.url(&server.url("/?shown")).unwrap();
    transfer.perform().unwrap();
    let first = seen.lines();
    let url = format!("1: url=\"{}\"", server.url("/?shown"));
    assert_eq!(first, ["new transfer", &url, "1: status=200"]);
    transfer.handler_mut().restart();
    transfer.perform().unwrap();
    assert_eq!(seen.lines()[3..5], ["new transfer", "end 1"]);
    assert_eq!(seen.lines()[6], "4: status=200");
    assert!(transfer.handler().span().id().is_some());
}
