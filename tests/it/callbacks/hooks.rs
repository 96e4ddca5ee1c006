//! Callbacks that are unset at run time, or not implemented.
//!
//! A test that looks at the standard streams runs itself again in a child process, which has pipes as
//! its streams.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use curlback::{
    Callback, CallbackResult, Callbacks, Code, DebugKind, Direction, Error, HeaderLine, Hooks,
    ProgressResult, ReadBuf, ReadResult, Transfer, WriteResult, XferInfo, callbacks,
};

#[cfg(unix)]
use crate::support::built_in::ftp;
use crate::support::child::{child, in_child};
#[cfg(unix)]
use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::skip::{needs, skip};

/// Counts how often `part` occurs in `whole`.
fn count(whole: &[u8], part: &str) -> usize {
    let windows = whole.windows(part.len());
    windows.filter(|window| *window == part.as_bytes()).count()
}

/// Uploads "own". Keeps the body that it receives, and counts the calls of `header`, `debug` and
/// `xfer_info`.
#[derive(Default)]
struct Keeps {
    body: Vec<u8>,
    headers: usize,
    sent: usize,
    debugs: usize,
    reports: usize,
}

impl Callbacks for Keeps {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }

    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.headers += 1;
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.sent += buffer.append(&b"own"[self.sent..]);
        ReadResult::Continue
    }

    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        self.debugs += 1;
        CallbackResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.reports += 1;
        ProgressResult::Continue
    }
}

fn transfer(url: &str) -> Transfer<Keeps> {
    let mut transfer = Transfer::new(Keeps::default()).unwrap();
    transfer.url(url).unwrap();
    transfer
}

fn unset<H: Callbacks>(transfer: &mut Transfer<H>, hook: Hooks) {
    transfer.set_hooks(transfer.hooks() - hook).unwrap();
}

fn set<H: Callbacks>(transfer: &mut Transfer<H>, hook: Hooks) {
    transfer.set_hooks(transfer.hooks() | hook).unwrap();
}

#[test]
fn default_leaves_the_deprecated_ones_out() {
    let transfer = Transfer::new(()).unwrap();
    let deprecated = Hooks::IOCTL | Hooks::PROGRESS;
    assert!(!transfer.hooks().intersects(deprecated));
}

#[test]
fn handler_says_which_callbacks_it_wants() {
    #[derive(Default)]
    struct OnlyBody(Keeps);

    impl Callbacks for OnlyBody {
        fn hooks(&self) -> Hooks {
            Hooks::WRITE
        }

        fn write(&mut self, data: &[u8]) -> WriteResult {
            self.0.write(data)
        }

        fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
            self.0.header(line)
        }

        fn xfer_info(&mut self, p: &XferInfo<'_>) -> ProgressResult {
            self.0.xfer_info(p)
        }
    }

    let server = Server::ok("body");
    let mut transfer = Transfer::new(OnlyBody::default()).unwrap();
    assert_eq!(transfer.hooks(), Hooks::WRITE);
    set(&mut transfer, Hooks::HEADER);
    transfer.reset().unwrap();
    assert_eq!(transfer.hooks(), Hooks::WRITE);
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let kept = &transfer.handler().0;
    assert_eq!(kept.body, b"body");
    assert_eq!((kept.headers, kept.reports), (0, 0));
}

/// Implements neither `write` nor `read`.
#[derive(Default)]
struct Reports(usize);

#[callbacks]
impl Callbacks for Reports {
    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.0 += 1;
        ProgressResult::Continue
    }
}

#[test]
fn unset_write_throws_the_body_away() {
    let Some(url) = in_child() else {
        let server = Server::ok("the\0body\n");
        let output = child(
            "callbacks::hooks::unset_write_throws_the_body_away",
            &server,
            b"",
        );
        assert_eq!(count(&output.stdout, "the\0body"), 0);
        assert_eq!(count(&output.stdout, "HTTP/1.1"), 0);
        assert_eq!(server.requests().len(), 5);
        return;
    };
    let mut transfer = transfer(&url);
    for hooks in [transfer.hooks() - Hooks::WRITE, Hooks::empty()] {
        let before = transfer.handler().headers;
        transfer.set_hooks(hooks).unwrap();
        transfer.perform().unwrap();
        assert_eq!(transfer.download_size().unwrap(), 9);
        assert_eq!(transfer.handler().body, b"");
        let headers = transfer.handler().headers - before;
        assert_eq!(headers > 0, hooks.contains(Hooks::HEADER));
    }
    set(&mut transfer, Hooks::WRITE);
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body, b"the\0body\n");

    let mut reports = Transfer::new(Reports::default()).unwrap();
    assert_eq!(reports.hooks(), Hooks::XFER_INFO);
    reports.url(&url).unwrap();
    reports.perform().unwrap();
    assert_eq!(reports.download_size().unwrap(), 9);
    assert!(reports.handler().0 > 0);
    // With `show_header`, the header lines are part of the body.
    reports.show_header(true).unwrap();
    reports.perform().unwrap();
}

#[test]
fn unset_read_sends_an_empty_body() {
    let Some(url) = in_child() else {
        let server = Server::ok("");
        let test = "callbacks::hooks::unset_read_sends_an_empty_body";
        child(test, &server, b"from stdin");
        let bodies: Vec<_> = server.requests().into_iter().map(|r| r.body).collect();
        assert_eq!(bodies, [&b"own"[..], b"", b"", b"own", b"", b""]);
        return;
    };
    let mut transfer = transfer(&url);
    transfer.upload(true).unwrap();
    transfer.perform().unwrap();
    for hooks in [transfer.hooks() - Hooks::READ, Hooks::empty()] {
        transfer.set_hooks(hooks).unwrap();
        transfer.perform().unwrap();
    }
    set(&mut transfer, Hooks::READ);
    transfer.handler_mut().sent = 0;
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().sent, 3);

    let mut reports = Transfer::new(Reports::default()).unwrap();
    reports.url(&url).unwrap();
    reports.upload(true).unwrap();
    reports.perform().unwrap();
    reports.post(true).unwrap();
    reports.post_field_size(0).unwrap();
    reports.perform().unwrap();
    assert!(reports.handler().0 > 0);

    #[cfg(unix)]
    if ftp() {
        let server = FtpServer::new("other", "");
        reports.upload(true).unwrap();
        reports.url(&server.url("sent")).unwrap();
        reports.perform().unwrap();
        assert_eq!(server.file("sent").as_deref(), Some(&b""[..]));
    }
    // Nothing was read from standard input.
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input).unwrap();
    assert_eq!(input, b"from stdin");
}

/// A remote can pause a transfer that has no callbacks. The transfer performs once before, so that it has
/// a connection: without one, some releases refuse a pause, and then the crate could pause only in a callback.
#[test]
fn remote_pauses_what_no_callback_takes_or_gives() {
    let server = Server::ok("body");
    for direction in [Direction::Receive, Direction::Send] {
        let mut transfer = Transfer::new(()).unwrap();
        transfer.set_hooks(Hooks::empty()).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.upload(direction == Direction::Send).unwrap();
        transfer.perform().unwrap();
        transfer.timeout(Duration::from_millis(200)).unwrap();
        assert!(transfer.remote().pause(direction));
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT));
        transfer.timeout(Duration::ZERO).unwrap();
        transfer.perform().unwrap();
    }
}

#[test]
fn unset_debug_prints_to_standard_error() {
    let Some(url) = in_child() else {
        let server = Server::ok("");
        let output = child(
            "callbacks::hooks::unset_debug_prints_to_standard_error",
            &server,
            b"",
        );
        assert_eq!(count(&output.stderr, "> GET / HTTP/1.1\r\n"), 1);
        assert_eq!(count(&output.stderr, "< HTTP/1.1 200 OK\r\n"), 1);
        return;
    };
    let mut transfer = transfer(&url);
    transfer.verbose(true).unwrap();
    unset(&mut transfer, Hooks::DEBUG);
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().debugs, 0);
    set(&mut transfer, Hooks::DEBUG);
    transfer.perform().unwrap();
    assert!(transfer.handler().debugs > 0);
}

#[test]
fn default_debug_prints_what_libcurl_prints() {
    let Some(url) = in_child() else {
        let server = Server::ok("body");
        let test = "callbacks::hooks::default_debug_prints_what_libcurl_prints";
        let output = child(test, &server, b"");
        let text = String::from_utf8(output.stderr).unwrap();
        // Ports and addresses in memory differ from one transfer to the next.
        let text = text.replace(|c: char| c.is_ascii_hexdigit(), "");
        // Whether libcurl prints "Request completely sent off" depends on how fast the server is.
        let text = text.replace("* Rqust ompltly snt o\n", "");
        let (libcurls, ours) = text.split_once("====").unwrap();
        assert!(libcurls.contains("> GT / HTTP/."), "{libcurls}");
        assert_eq!(libcurls, ours);
        return;
    };
    for hooks in [Hooks::default() - Hooks::DEBUG, Hooks::default()] {
        let mut transfer = Transfer::new(()).unwrap();
        transfer.url(&url).unwrap();
        transfer.verbose(true).unwrap();
        transfer.set_hooks(hooks).unwrap();
        transfer.perform().unwrap();
        if !hooks.contains(Hooks::DEBUG) {
            std::io::stderr().write_all(b"====").unwrap();
        }
    }
}

#[test]
fn unset_xfer_info_prints_the_meter_once_asked_for() {
    needs!((7, 68, 0), "CURL_PROGRESSFUNC_CONTINUE");
    let Some(url) = in_child() else {
        let server = Server::ok("body");
        let test = "callbacks::hooks::unset_xfer_info_prints_the_meter_once_asked_for";
        let output = child(test, &server, b"");
        assert_eq!(count(&output.stderr, "Xferd"), 1);
        assert_eq!(server.requests().len(), 3);
        return;
    };
    let mut transfer = transfer(&url);
    unset(&mut transfer, Hooks::XFER_INFO);
    transfer.perform().unwrap();
    transfer.progress(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().reports, 0);
    set(&mut transfer, Hooks::XFER_INFO);
    transfer.perform().unwrap();
    assert!(transfer.handler().reports > 0);
}

#[test]
fn show_meter_prints_libcurls_meter() {
    needs!((7, 68, 0), "CURL_PROGRESSFUNC_CONTINUE");
    struct Meter;

    impl Callbacks for Meter {
        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            ProgressResult::ShowMeter
        }
    }

    let Some(url) = in_child() else {
        let server = Server::ok("body");
        let output = child(
            "callbacks::hooks::show_meter_prints_libcurls_meter",
            &server,
            b"",
        );
        assert_eq!(count(&output.stderr, "Xferd"), 1);
        return;
    };
    let mut transfer = Transfer::new(Meter).unwrap();
    transfer.url(&url).unwrap();
    transfer.perform().unwrap();
}

#[test]
fn unset_header_sends_the_lines_nowhere() {
    let Some(url) = in_child() else {
        let server = Server::ok("body");
        let test = "callbacks::hooks::unset_header_sends_the_lines_nowhere";
        let output = child(test, &server, b"");
        assert_eq!(count(&output.stdout, "Content-Length"), 0);
        return;
    };
    let mut transfer = transfer(&url);
    unset(&mut transfer, Hooks::HEADER);
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().headers, 0);
    assert_eq!(transfer.handler().body, b"body");
    set(&mut transfer, Hooks::HEADER);
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().headers, 3);
}

#[test]
fn failure_of_debug_stops_what_libcurl_does_itself() {
    struct FailsInDebug;

    impl Callbacks for FailsInDebug {
        fn debug(&mut self, kind: DebugKind, _: &[u8]) -> CallbackResult {
            match kind {
                DebugKind::DataIn | DebugKind::DataOut => CallbackResult::Abort,
                _ => CallbackResult::Continue,
            }
        }
    }

    let server = Server::ok("body");
    let mut transfer = Transfer::new(FailsInDebug).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.verbose(true).unwrap();
    transfer.set_hooks(Hooks::DEBUG).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Debug));
}

#[test]
fn hooks_that_are_refused_leave_the_former_ones() {
    let server = Server::ok("the body");
    let mut transfer = Transfer::new(curlback::handlers::Collect::new()).unwrap();
    let former = transfer.hooks();
    match transfer.set_hooks(Hooks::SSH_KEY) {
        Ok(()) => return skip!("this libcurl has SSH"),
        Err(error) => assert!(matches!(error, Error::Unsupported { .. }), "{error:?}"),
    }
    assert_eq!(transfer.hooks(), former);
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"the body");

    // A refused `set_hooks` also leaves the filter of addresses installed.
    let mut transfer = Transfer::new(curlback::handlers::Restricted::new()).unwrap();
    assert!(transfer.set_hooks(Hooks::SSH_KEY | Hooks::WRITE).is_err());
    transfer.proxy("").unwrap();
    transfer.url(&server.url("/")).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::OpenSocket), "{error:?}");
}
