//! When `Multi::poll` waits, and when it returns at once.

#![cfg(unix)]

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use curlback::multi::{PollFd, Ready};
use curlback::{CallbackResult, Callbacks, Multi, Transfer, callbacks};
use socket2::Socket;

use crate::support::driving::{LONG, until};
use crate::support::server::Server;
use crate::support::sockets::{leaves, sockets};

#[test]
fn poll_of_an_empty_multi_returns_at_once() {
    let mut multi = Multi::<()>::new().unwrap();
    let begun = Instant::now();
    for limit in [LONG, Duration::MAX] {
        assert_eq!(multi.poll(&mut [], limit).unwrap(), 0);
    }
    multi.perform().unwrap();
    assert_eq!(multi.poll(&mut [], LONG).unwrap(), 0);
    // A waker that was dropped is no reason to wait.
    drop(multi.waker().clone());
    assert_eq!(multi.poll(&mut [], Duration::MAX).unwrap(), 0);
    assert!(begun.elapsed() < LONG / 2);
}

#[test]
fn poll_of_an_empty_multi_waits_for_a_waker_or_a_descriptor() {
    let mut multi = Multi::<()>::new().unwrap();
    let waker = multi.waker();
    let short = Duration::from_millis(50);
    let begun = Instant::now();
    assert_eq!(multi.poll(&mut [], short).unwrap(), 0);
    assert!(begun.elapsed() >= short);
    thread::scope(|scope| {
        scope.spawn(|| waker.wake());
        assert_eq!(multi.poll(&mut [], LONG).unwrap(), 0);
    });
    assert!(begun.elapsed() < LONG / 2);
    drop(waker);

    let (mut here, there) = UnixStream::pair().unwrap();
    let mut extra = [PollFd::new(&there, Ready::READ)];
    let begun = Instant::now();
    assert_eq!(multi.poll(&mut extra, short).unwrap(), 0);
    assert!(begun.elapsed() >= short);
    here.write_all(b"x").unwrap();
    assert_eq!(multi.poll(&mut extra, LONG).unwrap(), 1);
}

#[test]
fn files_are_always_ready() {
    let file = tempfile::tempfile().unwrap();
    let null = File::open("/dev/null").unwrap();
    let directory = File::open(std::env::temp_dir()).unwrap();
    let (mut here, there) = UnixStream::pair().unwrap();
    let mut multi = Multi::<()>::new().unwrap();
    let begun = Instant::now();
    let both = Ready::READ | Ready::WRITE;
    let mut extra = [
        PollFd::new(&there, Ready::READ),
        PollFd::new(&file, both),
        PollFd::new(&null, Ready::READ),
        PollFd::new(&directory, Ready::READ),
    ];
    assert_eq!(multi.poll(&mut extra, Duration::MAX).unwrap(), 3);
    let ready = extra.each_ref().map(PollFd::ready);
    assert_eq!(ready, [Ready::empty(), both, Ready::READ, Ready::READ]);
    here.write_all(b"x").unwrap();
    // The former call has left nothing behind.
    assert_eq!(multi.poll(&mut extra, LONG).unwrap(), 4);
    assert_eq!(extra[0].ready(), Ready::READ);
    assert_eq!(multi.poll(&mut extra[..1], LONG).unwrap(), 1);
    assert!(begun.elapsed() < LONG / 2);

    // A file that is watched for nothing is not ready.
    let mut idle = [PollFd::new(&file, Ready::empty())];
    assert_eq!(multi.poll(&mut idle, Duration::from_millis(20)).unwrap(), 0);
}

/// Returns how long this thread has run.
#[expect(unsafe_code, reason = "the system is asked")]
fn ran() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the call writes a time.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// An idle connection that breaks is no event, not even if the program has a copy of the socket, so that the system
/// does not forget the socket when libcurl closes it.
#[test]
fn idle_connection_that_breaks_wakes_nobody() {
    for is_closed in [false, true] {
        let (breaks, told) = mpsc::channel();
        let told = Mutex::new(told);
        let server = Server::new(move |conn| {
            conn.request().unwrap();
            conn.reply("200 OK", "", "body");
            told.lock().unwrap().recv().unwrap();
            conn.reset();
        });
        let (keep, kept) = mpsc::channel::<Socket>();
        let open = move |address: &mut curlback::SocketAddress| {
            let socket = address.open()?;
            keep.send(socket.try_clone()?).unwrap();
            Ok(socket)
        };
        let mut transfer = sockets(&server.url("/"), open, leaves);
        transfer.forbid_reuse(is_closed).unwrap();
        let mut multi = Multi::new().unwrap();
        multi.add(transfer).unwrap();
        until(&mut multi, |multi| multi.running() == 0);
        multi.take_finished().unwrap().2.unwrap();

        breaks.send(()).unwrap();
        let copy = kept.recv().unwrap();
        // The read ends when the reset has come.
        copy.set_nonblocking(false).unwrap();
        (&copy).read_to_end(&mut Vec::new()).unwrap_err();
        let (mut here, there) = UnixStream::pair().unwrap();
        let mut extra = [PollFd::new(&there, Ready::READ)];
        let short = Duration::from_millis(200);
        let (begun, before) = (Instant::now(), ran());
        assert_eq!(multi.poll(&mut extra, short).unwrap(), 0);
        assert!(begun.elapsed() >= short);
        assert!(ran() - before < short / 2);
        here.write_all(b"x").unwrap();
        assert_eq!(multi.poll(&mut extra, LONG).unwrap(), 1);
        assert_eq!(extra[0].ready(), Ready::READ);
    }
}

/// Keeps the socket that libcurl no longer needs.
#[derive(Default)]
struct Keeps(Option<Socket>);

#[callbacks]
impl Callbacks for Keeps {
    fn close_socket(&mut self, socket: Socket) -> CallbackResult {
        self.0 = Some(socket);
        CallbackResult::Continue
    }
}

#[test]
fn socket_that_was_libcurl_s_can_be_waited_for() {
    let server = Server::ok("body");
    let mut transfer = Transfer::new(Keeps::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.forbid_reuse(true).unwrap();
    let mut multi = Multi::new().unwrap();
    multi.add(transfer).unwrap();
    until(&mut multi, |multi| multi.running() == 0);
    let (_, mut transfer, result) = multi.take_finished().unwrap();
    result.unwrap();
    let socket = transfer.handler_mut().0.take().expect("it was kept");
    for _ in 0..2 {
        let mut extra = [PollFd::new(&socket, Ready::WRITE)];
        assert_eq!(multi.poll(&mut extra, LONG).unwrap(), 1);
    }
}
