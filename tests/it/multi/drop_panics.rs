//! Values of the user that panic when a `Multi` drops them.

#![cfg(unix)]

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use curlback::multi::{BorrowedSocket, EventLoop, Interest, RawSocket};
use curlback::{
    CallbackResult, Callbacks, Hooks, Multi, SockType, SocketAddress, Transfer, WriteResult, *,
};
use socket2::Socket;

use crate::support::bomb::Bomb;
use crate::support::built_in;
use crate::support::child::{child, in_child};
use crate::support::closes::{Held, Log, Then, closes, gives_up_with_a_call};
use crate::support::descriptors::descriptors;
use crate::support::driving::until;
use crate::support::ports::silent_port;
use crate::support::server::Server;
use crate::support::servers::{halting, redirecting_to, silent};
use crate::support::skip::needs;

/// Fails with a [`Bomb`] in `close_socket` if it is armed.
struct Armed {
    held: Held,
    armed: bool,
}

impl Callbacks for Armed {
    fn hooks(&self) -> Hooks {
        self.held.hooks()
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.held.write(data)
    }

    fn open_socket(&mut self, kind: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
        self.held.open_socket(kind, address)
    }

    fn close_socket(&mut self, socket: Socket) -> CallbackResult {
        let result = self.held.close_socket(socket);
        match self.armed {
            true => CallbackResult::Fail(Box::new(Bomb)),
            false => result,
        }
    }
}

/// tests/CORPUS.md, 10 and 45: the drop of a `Multi` drops a user's error, which panics. All
/// transfers are dropped nevertheless, with their connections.
#[test]
fn error_that_panics_in_the_drop_of_a_multi_frees_nothing_too_early() {
    needs!(
        (7, 68, 0),
        "call of close_socket when a transfer leaves a Multi half done"
    );
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "GET /half HTTP/1.1" => {
                    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                }
                _ => conn.reply("302 Found", "Location: http://127.0.0.2/nowhere\r\n", ""),
            }
        }
    });
    let (_silent, silent) = silent_port();
    let mut multi = Multi::new().unwrap();
    let log = Arc::new(Mutex::new(Log::default()));
    let elsewhere = redirecting_to(format!("http://127.0.0.1:{silent}/"));
    // The second transfer has an idle connection, and another one that is being made.
    for (armed, url) in [(true, server.url("/half")), (false, elsewhere.url("/"))] {
        let mut transfer = Transfer::new(Armed {
            held: Held {
                whole: log.clone(),
                body: 0,
                pause: false,
                files: Vec::new(),
            },
            armed,
        })
        .unwrap();
        transfer.url(&url).unwrap();
        transfer.follow_location(true).unwrap();
        multi.add(transfer).unwrap();
    }
    until(&mut multi, |multi| {
        let first = multi.iter().next().unwrap().1;
        log.lock().unwrap().opened.len() == 3 && first.handler().held.body > 0
    });
    let caught = catch_unwind(AssertUnwindSafe(|| drop(multi)));
    let payload = caught.unwrap_err();
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"the bomb goes off"));
    assert_eq!(Arc::strong_count(&log), 1);
}

struct BadWaker;

impl EventLoop for BadWaker {
    type Value = ();
    fn socket(&mut self, _: BorrowedSocket, _: Interest, _: &mut Option<()>) -> CallbackResult {
        CallbackResult::Continue
    }
    fn remove_socket(&mut self, _: RawSocket, _: Option<()>) -> CallbackResult {
        CallbackResult::Continue
    }
    fn timer(&mut self, _: Option<Duration>) -> CallbackResult {
        CallbackResult::Continue
    }
    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        let bad = Bomb;
        Arc::new(move || {
            let _ = &bad;
        })
    }
}

#[test]
fn waker_that_panics_when_dropped_leaks_no_engine() {
    if in_child().is_none() {
        let test = "multi::drop_panics::waker_that_panics_when_dropped_leaks_no_engine";
        child(test, &silent(), b"");
        return;
    }
    let before = descriptors();
    for _ in 0..20 {
        let multi = Multi::<(), BadWaker>::with_event_loop(BadWaker).unwrap();
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(multi)));
        assert!(dropped.is_err());
    }
    assert_eq!(descriptors(), before);
}

pub(crate) struct Refuser {
    sockets: usize,
    refuse: bool,
    closed: Vec<String>,
    big: Vec<u8>,
    token: Arc<()>,
}

impl Callbacks for Refuser {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::OPEN_SOCKET | Hooks::CLOSE_SOCKET
    }
    fn open_socket(
        &mut self,
        _: SockType,
        address: &mut SocketAddress,
    ) -> std::io::Result<socket2::Socket> {
        self.sockets += 1;
        if self.refuse && self.sockets > 1 {
            return Err(std::io::Error::other(Bomb));
        }
        address.open()
    }
    fn close_socket(&mut self, _: socket2::Socket) -> CallbackResult {
        self.closed.push(format!("closed after {}", self.big.len()));
        CallbackResult::Continue
    }
}

pub(crate) fn refuser(refuse: bool) -> Refuser {
    Refuser {
        sockets: 0,
        refuse,
        closed: Vec::new(),
        big: vec![1; 100],
        token: Arc::default(),
    }
}

/// Makes an FTP server. It names a port for a data connection, but answers nothing from `PASV` on.
fn silent_ftp() -> Server {
    Server::new(|conn| {
        conn.send("220 hi\r\n");
        while let Some(line) = conn.line() {
            let word = line.split(' ').next().unwrap().to_owned();
            match &*word {
                "USER" => conn.send("331 pw\r\n"),
                "PASS" => conn.send("230 in\r\n"),
                "PWD" => conn.send("257 \"/\"\r\n"),
                "EPSV" => conn.send("229 Entering (|||4567|)\r\n"),
                "PASV" => {
                    conn.drain();
                    break;
                }
                "QUIT" => break,
                _ => conn.send("200 ok\r\n"),
            }
        }
    })
}

#[test]
fn error_that_panics_when_dropped_in_multi_drop() {
    if !built_in::ftp() {
        return;
    }
    let ftp = silent_ftp();
    let silent = silent();
    let redirect = redirecting_to(silent.url("/"));
    let mut multi = Multi::new().unwrap();
    let mut a = Transfer::new(refuser(true)).unwrap();
    a.url(&format!("ftp://{}/file", ftp.address())).unwrap();
    let a = multi.add(a).unwrap();
    let mut b = Transfer::new(refuser(false)).unwrap();
    b.url(&redirect.url("/")).unwrap();
    b.follow_location(true).unwrap();
    let b = multi.add(b).unwrap();
    let tokens = [a, b].map(|id| multi.get(id).unwrap().handler().token.clone());
    let start = Instant::now();
    while multi.get(a).is_none_or(|t| t.handler().sockets < 2)
        || multi.get(b).is_none_or(|t| t.handler().sockets < 2)
        || start.elapsed() < Duration::from_secs(1)
    {
        multi.perform().unwrap();
        multi.poll(&mut [], Duration::from_millis(100)).unwrap();
        if let Some((id, _, r)) = multi.take_finished() {
            panic!("{id:?} ended {r:?}");
        }
        assert!(start.elapsed() < Duration::from_secs(90));
    }
    let dropped = catch_unwind(AssertUnwindSafe(move || drop(multi)));
    // The panic may come out of the drop or not. Both handlers are dropped.
    drop(dropped);
    assert!(tokens.iter().all(|token| Arc::strong_count(token) == 1));
}

/// The error is dropped, and panics, when its transfer is cancelled. The request to cancel the
/// other transfer must not be lost.
#[test]
fn error_that_panics_when_dropped_loses_no_request() {
    if !built_in::ftp() {
        return;
    }
    let ftp = silent_ftp();
    let silent = silent();
    let mut multi = Multi::new().unwrap();
    let mut a = Transfer::new(refuser(true)).unwrap();
    a.url(&format!("ftp://{}/file", ftp.address())).unwrap();
    let a = multi.add(a).unwrap();
    let mut b = Transfer::new(refuser(false)).unwrap();
    b.url(&silent.url("/")).unwrap();
    let b = multi.add(b).unwrap();
    let start = Instant::now();
    while multi.get(a).is_none_or(|t| t.handler().sockets < 2)
        || start.elapsed() < Duration::from_secs(1)
    {
        multi.perform().unwrap();
        multi.poll(&mut [], Duration::from_millis(100)).unwrap();
        assert!(start.elapsed() < Duration::from_secs(10));
    }
    let (ra, rb) = (
        multi.get(a).unwrap().remote(),
        multi.get(b).unwrap().remote(),
    );
    ra.cancel();
    rb.cancel();
    let mut panics = 0;
    let mut ended = Vec::new();
    while ended.len() < 2 && start.elapsed() < Duration::from_secs(5) {
        if catch_unwind(AssertUnwindSafe(|| multi.perform())).is_err() {
            panics += 1;
        }
        while let Some((id, t, r)) = multi.take_finished() {
            ended.push((id, r.is_err()));
            let _ = catch_unwind(AssertUnwindSafe(|| drop(t)));
        }
        let _ = multi.poll(&mut [], Duration::from_millis(200));
    }
    eprintln!(
        "{panics} panics, ended {ended:?}; cancel again: {}",
        rb.cancel()
    );
    assert_eq!(ended.len(), 2);
}

struct Bombs;

impl EventLoop for Bombs {
    type Value = Bomb;

    fn socket(
        &mut self,
        _: BorrowedSocket<'_>,
        _: Interest,
        value: &mut Option<Bomb>,
    ) -> CallbackResult {
        value.get_or_insert(Bomb);
        CallbackResult::Continue
    }

    fn remove_socket(&mut self, _: RawSocket, value: Option<Bomb>) -> CallbackResult {
        drop(value);
        CallbackResult::Continue
    }

    fn timer(&mut self, _: Option<Duration>) -> CallbackResult {
        CallbackResult::Continue
    }

    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        Arc::new(|| ())
    }
}

/// tests/CORPUS.md, 45 and 59: a value of the event loop panics in its drop, between two drives or
/// with the `Multi`.
#[test]
fn value_that_panics_in_its_drop_harms_nobody_else() {
    needs!(
        (7, 68, 0),
        "call of close_socket when a transfer leaves a Multi half done"
    );
    let server = halting();
    for removes in [true, false] {
        let mut multi = Multi::with_event_loop(Bombs).unwrap();
        let (transfer, log) = closes(&server.url("/"), Then::Drop);
        let id = multi.add(transfer).unwrap();
        while log.lock().unwrap().opened.is_empty() {
            multi.timeout_action().unwrap();
        }
        multi.timeout_action().unwrap();
        if removes {
            // The panic is a failure of the loop, which comes out of the next drive.
            let removed = multi.remove(id);
            assert!(removed.is_some());
            drop(removed);
            let drive = catch_unwind(AssertUnwindSafe(|| multi.timeout_action()));
            assert!(drive.is_err());
            assert!(multi.timeout_action().is_err());
            // Since then, the loop is told nothing. It may have other values, which panic here.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(multi)));
        } else {
            let dropped = catch_unwind(AssertUnwindSafe(|| drop(multi)));
            assert!(dropped.is_err());
        }
        assert_eq!(Arc::strong_count(&log), 1);
        let closed = log.lock().unwrap().closed.len();
        assert_eq!(closed, usize::from(gives_up_with_a_call()));
    }
}
