//! What a hostile but safe program can do to `Multi`, `Remote` and `Share`.

#![cfg(unix)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use curlback::multi::{EventLoop, Interest, PushResult, RawSocket};
use curlback::*;

use crate::support::server::Server;
use crate::support::skip::skip;

fn silent() -> Server {
    Server::new(|conn| conn.drain())
}

/// A loop that only counts wake-ups.
#[derive(Default)]
struct Counting {
    woken: Arc<AtomicUsize>,
}

impl EventLoop for Counting {
    type Value = ();
    fn socket(&mut self, _: RawSocket, _: Interest, _: &mut Option<()>) -> CallbackResult {
        CallbackResult::Continue
    }
    fn timer(&mut self, _: Option<Duration>) -> CallbackResult {
        CallbackResult::Continue
    }
    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        let woken = self.woken.clone();
        Arc::new(move || {
            woken.fetch_add(1, Ordering::SeqCst);
        })
    }
}

/// the second remote request wakes the loop too.
#[test]
fn own_loop_is_woken_each_time() {
    let server = silent();
    let event_loop = Counting::default();
    let woken = event_loop.woken.clone();
    let mut multi = Multi::with_event_loop(event_loop).unwrap();
    let mut remotes = Vec::new();
    for _ in 0..2 {
        let mut t = Transfer::new(()).unwrap();
        t.url(&server.url("/")).unwrap();
        remotes.push(t.remote());
        multi.add(t).unwrap();
    }
    multi.timeout_action().unwrap();
    let before = woken.load(Ordering::SeqCst);
    remotes[0].cancel();
    assert_eq!(woken.load(Ordering::SeqCst), before + 1);
    multi.timeout_action().unwrap();
    assert!(multi.take_finished().is_some());
    remotes[1].cancel();
    assert_eq!(
        woken.load(Ordering::SeqCst),
        before + 2,
        "the second wake-up is lost"
    );
    multi.timeout_action().unwrap();
    assert!(multi.take_finished().is_some());
    // and the same for a Waker
    let waker = multi.waker();
    let before = woken.load(Ordering::SeqCst);
    waker.wake();
    multi.timeout_action().unwrap();
    waker.wake();
    assert_eq!(
        woken.load(Ordering::SeqCst),
        before + 2,
        "a Waker's second wake-up is lost"
    );
}

/// pause and resume of a transfer that waits for its turn.
#[test]
fn pause_and_resume_while_pending() {
    let server = silent();
    let mut multi = Multi::new().unwrap();
    multi.max_total_connections(1).unwrap();
    let mut a = Transfer::new(()).unwrap();
    a.url(&server.url("/a")).unwrap();
    let a = multi.add(a).unwrap();
    for _ in 0..5 {
        multi.perform().unwrap();
    }
    let mut b = Transfer::new(()).unwrap();
    b.url(&server.url("/b")).unwrap();
    let remote = b.remote();
    multi.add(b).unwrap();
    for _ in 0..5 {
        multi.perform().unwrap();
    }
    remote.pause(Direction::Receive);
    multi.perform().unwrap();
    remote.resume(Direction::Receive);
    multi.perform().unwrap();
    if let Some((_, _, result)) = multi.take_finished() {
        panic!("B ended: {result:?}");
    }
    let _ = a;
}

/// a handler that pauses and asks to be resumed.
struct Spin(Option<Remote>, usize, Instant);

impl Callbacks for Spin {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        let _ = data;
        self.1 += 1;
        if self.2.elapsed() > Duration::from_secs(3) {
            return WriteResult::Abort;
        }
        self.0.as_ref().unwrap().resume(Direction::Receive);
        WriteResult::Pause
    }
}

#[test]
fn pausing_and_resuming_oneself_does_not_keep_others_waiting() {
    let server = Server::ok("hello");
    let mut multi = Multi::new().unwrap();
    let mut t = Transfer::new(Spin(None, 0, Instant::now())).unwrap();
    t.url(&server.url("/")).unwrap();
    t.handler_mut().0 = Some(t.remote());
    multi.add(t).unwrap();
    let mut longest = Duration::ZERO;
    while !multi.is_empty() {
        let start = Instant::now();
        multi.perform().unwrap();
        longest = longest.max(start.elapsed());
        while let Some((_, t, r)) = multi.take_finished() {
            eprintln!("calls {} {r:?}", t.handler().1);
        }
        if !multi.is_empty() {
            multi.poll(&mut [], Duration::from_millis(100)).unwrap();
        }
    }
    assert!(
        longest < Duration::from_secs(1),
        "one perform took {longest:?}"
    );
}

/// what the waker owns panics when it is dropped.
struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("dropped");
        }
    }
}

struct BadWaker;

impl EventLoop for BadWaker {
    type Value = ();
    fn socket(&mut self, _: RawSocket, _: Interest, _: &mut Option<()>) -> CallbackResult {
        CallbackResult::Continue
    }
    fn timer(&mut self, _: Option<Duration>) -> CallbackResult {
        CallbackResult::Continue
    }
    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        let bad = PanicsOnDrop;
        Arc::new(move || {
            let _ = &bad;
        })
    }
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn waker_that_panics_when_dropped_leaks_no_engine() {
    let before = descriptors();
    for _ in 0..20 {
        let multi = Multi::<(), BadWaker>::with_event_loop(BadWaker).unwrap();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(multi)));
    }
    let after = descriptors();
    assert!(
        after < before + 10,
        "descriptors: {before} before, {after} after"
    );
}

/// `hooks` of the handler of a push panics.
#[derive(Default)]
struct BadHooks(bool);

impl Callbacks for BadHooks {
    fn hooks(&self) -> Hooks {
        assert!(!self.0, "hooks panics");
        Hooks::default()
    }
}

#[test]
fn push_whose_hooks_panic() {
    let Some(server) = crate::support::peer::apache() else {
        return;
    };
    let mut multi = Multi::<BadHooks>::new().unwrap();
    if let Err(e) = multi.accept_pushes(|_| PushResult::Accept(BadHooks(true))) {
        skip!("{e}");
        return;
    }
    let mut t = Transfer::new(BadHooks(false)).unwrap();
    t.url(&format!("http://127.0.0.1:{}/page", server.ports[0]))
        .unwrap();
    t.http_version(HttpVersion::V2PriorKnowledge).unwrap();
    multi.add(t).unwrap();
    let mut panics = 0;
    while !multi.is_empty() {
        let run = catch_unwind(AssertUnwindSafe(|| {
            multi.run(|_, _, _, r| {
                eprintln!("{r:?}");
                Ok(())
            })
        }));
        match run {
            Ok(r) => r.unwrap(),
            Err(_) => panics += 1,
        }
    }
    assert_eq!(panics, 1);
}

/// the error of a refused address panics when it is dropped, as the `Multi` is.
#[derive(Debug)]
struct BadError;

impl std::fmt::Display for BadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("bad")
    }
}

impl std::error::Error for BadError {}

impl Drop for BadError {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("dropped")
        }
    }
}

struct Refuser {
    sockets: usize,
    refuse: bool,
    closed: Vec<String>,
    big: Vec<u8>,
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
            return Err(std::io::Error::other(BadError));
        }
        address.open()
    }
    fn close_socket(&mut self, _: socket2::Socket) -> CallbackResult {
        self.closed.push(format!("closed after {}", self.big.len()));
        CallbackResult::Continue
    }
}

fn refuser(refuse: bool) -> Refuser {
    Refuser {
        sockets: 0,
        refuse,
        closed: Vec::new(),
        big: vec![1; 100],
    }
}

#[test]
fn error_that_panics_when_dropped_in_multi_drop() {
    if !crate::support::built_in::ftp() {
        return;
    }
    let ftp = Server::new(|conn| {
        conn.send("220 hi\r\n");
        while let Some(line) = conn.line() {
            eprintln!("ftp: {line}");
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
    });
    let silent = silent();
    let to = silent.url("/");
    let redirect = Server::new(move |conn| {
        while conn.request().is_some() {
            conn.reply("302 Found", &format!("Location: {to}\r\n"), "x");
        }
    });
    let mut multi = Multi::new().unwrap();
    let mut a = Transfer::new(refuser(true)).unwrap();
    if a.url(&format!("ftp://{}/file", ftp.address())).is_err() {
        return;
    }
    let a = multi.add(a).unwrap();
    let mut b = Transfer::new(refuser(false)).unwrap();
    b.url(&redirect.url("/")).unwrap();
    b.follow_location(true).unwrap();
    let b = multi.add(b).unwrap();
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
    let r = catch_unwind(AssertUnwindSafe(move || drop(multi)));
    eprintln!("drop panicked: {}", r.is_err());
}

/// the same, where it is removed; another's request must not be lost.
#[test]
fn error_that_panics_when_dropped_loses_no_request() {
    if !crate::support::built_in::ftp() {
        return;
    }
    let ftp = Server::new(|conn| {
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
    });
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

/// what waits for its turn begins when the other is removed.
#[test]
fn pending_begins_when_the_other_is_removed() {
    let server = Server::new(|conn| {
        while let Some(r) = conn.request() {
            if r.line.contains("/a") {
                return conn.drain();
            }
            conn.reply("200 OK", "", "b");
        }
    });
    let mut multi = Multi::new().unwrap();
    multi.max_total_connections(1).unwrap();
    let mut ids = Vec::new();
    for path in ["/a", "/a", "/b", "/b"] {
        let mut t = Transfer::new(()).unwrap();
        t.url(&server.url(path)).unwrap();
        ids.push(multi.add(t).unwrap());
    }
    for _ in 0..20 {
        multi.perform().unwrap();
        multi.poll(&mut [], Duration::from_millis(20)).unwrap();
    }
    let remote = multi.get(ids[0]).unwrap().remote();
    remote.cancel();
    for _ in 0..20 {
        multi.perform().unwrap();
        multi.poll(&mut [], Duration::from_millis(20)).unwrap();
    }
    assert!(multi.remove(ids[1]).is_some());
    let start = Instant::now();
    let mut n = 0;
    while !multi.is_empty() {
        multi.perform().unwrap();
        while let Some((id, _, r)) = multi.take_finished() {
            n += 1;
            eprintln!("{id:?} {r:?}");
        }
        multi.poll(&mut [], Duration::from_millis(100)).unwrap();
        assert!(start.elapsed() < Duration::from_secs(5), "hangs after {n}");
    }
}

/// DNS over HTTPS in a `Multi`, dropped or cancelled meanwhile.
#[test]
fn doh_in_a_multi_that_is_dropped() {
    if !crate::support::built_in::https() {
        return;
    }
    let silent = silent();
    let url = format!("https://{}/", silent.address());
    for how in 0..3 {
        let mut multi = Multi::new().unwrap();
        let mut ids = Vec::new();
        for _ in 0..3 {
            let mut t = Transfer::new(refuser(false)).unwrap();
            t.url("http://host.example/").unwrap();
            match t.doh_url(&url) {
                Ok(()) => {}
                Err(e) => {
                    skip!("{e}");
                    return;
                }
            }
            ids.push(multi.add(t).unwrap());
        }
        for _ in 0..10 {
            multi.perform().unwrap();
            multi.poll(&mut [], Duration::from_millis(20)).unwrap();
        }
        match how {
            0 => {}
            1 => drop(multi.remove(ids[1])),
            _ => {
                for id in &ids {
                    multi.get(*id).unwrap().remote().cancel();
                }
                multi.perform().unwrap();
                while let Some((_, _, r)) = multi.take_finished() {
                    assert!(matches!(r, Err(Error::Cancelled)));
                }
            }
        }
        drop(multi);
    }
}
