//! `Info::current`: information for callbacks that have no `Info` among their arguments.

use std::io::SeekFrom;
use std::panic::{AssertUnwindSafe, catch_unwind};

use curlback::handlers::Log;
use curlback::{
    Callbacks, DebugKind, Info, ReadBuf, ReadResult, SeekResult, Transfer, WriteResult, callbacks,
};

use crate::support::breaks::redirecting;
use crate::support::server::Server;
use crate::support::transfers::{if_supported, transfer};
use crate::support::ws_server::WsServer;

fn path() -> Option<String> {
    let url = Info::current(|info| info.effective_url().unwrap().map(str::to_owned)).flatten()?;
    url.find("//").and_then(|at| {
        let rest = &url[at + 2..];
        rest.find('/').map(|at| rest[at..].to_owned())
    })
}

/// Records the path of the current transfer in its callbacks, and performs another transfer inside
/// `write`.
#[derive(Default)]
struct Paths {
    seen: Vec<Option<String>>,
    sent: usize,
    inner: Option<Transfer<Paths>>,
    panics: bool,
}

#[callbacks]
impl Callbacks for Paths {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        self.seen.push(path());
        if let Some(inner) = &mut self.inner {
            inner.perform().unwrap();
            self.seen.append(&mut inner.handler_mut().seen);
            self.seen.push(path());
        }
        assert!(!self.panics, "in write");
        let elsewhere = std::thread::spawn(path).join().unwrap();
        assert_eq!(elsewhere, None);
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.sent += buffer.append(&b"hello"[self.sent..]);
        ReadResult::Continue
    }

    fn seek(&mut self, _: SeekFrom) -> SeekResult {
        self.seen.push(path());
        self.sent = 0;
        SeekResult::Done
    }
}

/// Looks at its transfer in `write`, which the default `frame` calls.
struct Framed {
    seen: Vec<Option<String>>,
    answer: fn() -> WriteResult,
}

impl Callbacks for Framed {
    fn hooks(&self) -> curlback::Hooks {
        curlback::Hooks::WRITE | curlback::Hooks::FRAME
    }

    fn write(&mut self, _: &[u8]) -> WriteResult {
        self.seen.push(path());
        (self.answer)()
    }
}

#[test]
fn write_sees_its_transfer_where_frames_are_expected() {
    let framed = |answer| Framed {
        seen: Vec::new(),
        answer,
    };
    let server = Server::ok("body");
    let handler = framed(|| WriteResult::Continue);
    let Some(mut get) = if_supported(handler, &server.url("/a"), "WebSockets") else {
        return;
    };
    get.perform().unwrap();
    assert_eq!(get.handler().seen, [some("/a")]);
    let server = WsServer::new(|conn| {
        conn.send(tungstenite::Message::text("one")).unwrap();
        while conn.read().is_ok() {}
    });
    let mut socket = transfer(framed(|| WriteResult::Abort), &server.url());
    socket.perform().unwrap_err();
    assert_eq!(socket.handler().seen.len(), 1);
    assert!(socket.handler().seen[0].is_some());
}

fn some(path: &str) -> Option<String> {
    Some(path.to_owned())
}

#[test]
fn write_sees_its_transfer_through_wrappers_and_boxes() {
    let server = Server::ok("body");
    let mut handler = Paths::default();
    let boxed: Box<dyn Callbacks> = Box::new(&mut handler);
    let mut through = transfer(Log::new(Vec::new()).and(boxed), &server.url("/a"));
    through.perform().unwrap();
    drop(through);
    assert_eq!(handler.seen, [some("/a")]);
    assert_eq!(path(), None);
}

#[test]
fn seek_sees_its_transfer() {
    let server = redirecting();
    let mut upload = transfer(Paths::default(), &server.url("/"));
    upload.upload(true).unwrap();
    upload.in_filesize(5).unwrap();
    upload.follow_location(true).unwrap();
    upload.perform().unwrap();
    let seen = &upload.handler().seen;
    assert!(seen.len() >= 2, "{seen:?}");
    assert!(seen.iter().all(Option::is_some), "{seen:?}");
}

#[test]
fn transfer_inside_another_is_the_current_one_only_meanwhile() {
    let server = Server::ok("body");
    let inner = transfer(Paths::default(), &server.url("/inner"));
    let mut outer = transfer(Paths::default(), &server.url("/outer"));
    outer.handler_mut().inner = Some(inner);
    outer.perform().unwrap();
    let expected = ["/outer", "/inner", "/outer"].map(some);
    assert_eq!(outer.handler().seen, expected);

    // After a panic, there is no current transfer.
    let handler = outer.handler_mut();
    handler.seen.clear();
    handler.inner.as_mut().unwrap().handler_mut().panics = true;
    catch_unwind(AssertUnwindSafe(|| outer.perform())).unwrap_err();
    assert_eq!(path(), None);
}

#[test]
fn other_callbacks_have_no_current_transfer() {
    #[derive(Default)]
    struct Debug(usize);

    #[callbacks]
    impl Callbacks for Debug {
        fn debug(&mut self, _: DebugKind, _: &[u8]) -> curlback::CallbackResult {
            assert_eq!(path(), None);
            self.0 += 1;
            curlback::CallbackResult::Continue
        }
    }

    let server = Server::ok("body");
    let mut verbose = transfer(Debug::default(), &server.url("/"));
    verbose.verbose(true).unwrap();
    verbose.perform().unwrap();
    assert!(verbose.handler().0 > 0);
}
