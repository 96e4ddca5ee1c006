//! Pausing and resuming by a remote: each direction by itself, without losing a byte, and with little
//! CPU time during the pause.

#![cfg(unix)]

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use curlback::handlers::Collect;
use curlback::{
    Callbacks, Direction, HeaderLine, Multi, ReadBuf, ReadResult, SockType, SockoptResult,
    Transfer, Version, WriteResult, *,
};
use socket2::SockRef;

use crate::support::bodies::bytes;
use crate::support::driving::{LONG, Loop, WAYS, Way, turn_within, until};
use crate::support::h2_server::H2Server;
use crate::support::server::Server;
use crate::support::servers::endless;
use crate::support::skip::{is_between, needs};

/// Returns how long the pause lasts whose cost is measured.
fn pause() -> Duration {
    match std::env::var_os("CURLBACK_LONG") {
        Some(_) => Duration::from_secs(5),
        None => Duration::from_millis(1500),
    }
}

/// Returns the CPU time of this thread.
#[expect(unsafe_code, reason = "the system is asked")]
fn work() -> Duration {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the system fills in the structure that the pointer points to.
    let result = unsafe { libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr()) };
    assert_eq!(result, 0);
    // SAFETY: all zeros are a valid value, and the system has filled the structure in.
    let usage = unsafe { usage.assume_init() };
    [usage.ru_utime, usage.ru_stime]
        .map(|time| {
            let secs = Duration::from_secs(u64::try_from(time.tv_sec).unwrap());
            secs + Duration::from_micros(u64::try_from(time.tv_usec).unwrap())
        })
        .iter()
        .sum()
}

/// Receives into a small socket buffer, and sends a message when its first bytes come.
struct Small {
    body: usize,
    pauses: bool,
    tell: Option<Sender<()>>,
}

impl Callbacks for Small {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.body += data.len();
        if let Some(tell) = self.tell.take() {
            let _ = tell.send(());
            if self.pauses {
                return WriteResult::PauseAfter(data.len());
            }
        }
        WriteResult::Continue
    }

    fn sockopt(&mut self, socket: SockRef<'_>, _: SockType) -> SockoptResult {
        socket.set_recv_buffer_size(4096).unwrap();
        SockoptResult::Ok
    }
}

/// Drives a transfer in this way. It is paused after its first bytes, until another thread cancels it.
/// Returns the CPU time that driving takes.
fn cost(way: Way, aim: impl Fn(&mut Transfer<Small>), pauses: bool) -> Duration {
    let (tell, told) = channel();
    let mut transfer = Transfer::new(Small {
        body: 0,
        pauses,
        tell: Some(tell),
    })
    .unwrap();
    aim(&mut transfer);
    let remote = transfer.remote();
    let (_never, nothing): (Sender<()>, Receiver<()>) = channel();
    let canceller = thread::spawn(move || {
        told.recv_timeout(LONG).unwrap();
        assert!(remote.pause(Direction::Receive));
        // Nothing is ever sent, so this waits for the length of the pause.
        nothing.recv_timeout(pause()).unwrap_err();
        assert!(remote.cancel());
        Instant::now()
    });
    let before = work();
    let (_, result) = way.drive(vec![transfer]).only();
    let cost = work() - before;
    assert!(
        matches!(result, Err(curlback::Error::Cancelled)),
        "{result:?}"
    );
    // The cancel takes effect soon. The bound only distinguishes this from a
    // wait for something else.
    let cancelled = canceller.join().unwrap();
    assert!(cancelled.elapsed() < Duration::from_secs(5));
    cost
}

/// tests/CORPUS.md, 57 and 58: the peer sends all the time, and the driver of the paused transfer
/// sleeps.
#[test]
fn pause_costs_no_time() {
    needs!(
        (7, 76, 0),
        "end of a call that drives a fast stream of HTTP/2"
    );
    let server = endless(1000);
    // libcurl 8.5.0 watches the sockets of paused transfers. The crate prevents this only in a `Multi`, for HTTP/1 and FTP.
    let watches = Version::linked() == Version::new(8, 5, 0);
    // Over HTTP/2, three more releases watch them.
    let watches_h2 = watches || is_between((8, 6, 0), (8, 9, 0));
    let h2 = (!watches_h2)
        .then(|| H2Server::new(&bytes(10_000_000)))
        .flatten();
    thread::scope(|scope| {
        for way in WAYS
            .into_iter()
            .filter(|way| !watches || *way != Way::Alone)
        {
            for pauses in [true, false] {
                let (server, h2) = (&server, &h2);
                scope.spawn(move || {
                    let cost = cost(way, |t| t.url(&server.url("/")).unwrap(), pauses);
                    assert!(cost < Duration::from_millis(100), "{way:?}: {cost:?}");
                });
                if let Some(h2) = h2 {
                    scope.spawn(move || {
                        let cost = cost(way, |t| h2.whole(t), pauses);
                        assert!(
                            cost < Duration::from_millis(100),
                            "HTTP/2, {way:?}: {cost:?}"
                        );
                    });
                }
            }
        }
    });
}

/// Sends and receives without end, and counts the calls of `read` and the bytes that come.
#[derive(Default)]
struct Duplex {
    read: usize,
    written: usize,
}

impl Callbacks for Duplex {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.read += 1;
        buffer.append(&[b'u'; 100]);
        ReadResult::Continue
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written += data.len();
        WriteResult::Continue
    }
}

/// Drives for a while. A direction that is paused must stay paused.
fn for_a_while(multi: &mut Multi<Duplex>) {
    let until = Instant::now() + Duration::from_millis(200);
    while let Some(rest) = until.checked_duration_since(Instant::now()) {
        multi.perform().unwrap();
        multi.poll(&mut [], rest).unwrap();
    }
}

/// tests/CORPUS.md, 46 and 52: one direction is resumed, and the other one stays paused.
#[test]
fn remote_pauses_and_resumes_each_direction_for_itself() {
    let server = Server::new(|conn| {
        conn.head();
        conn.send("HTTP/1.1 200 OK\r\n\r\n");
        thread::scope(|scope| {
            let mut sending = conn.another();
            scope.spawn(move || sending.send_endlessly(&[b'd'; 100]));
            conn.drain();
        });
    });
    let mut transfer = Transfer::new(Duplex::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.http_headers(["Expect:"]).unwrap();
    let remote = transfer.remote();
    let mut multi = Multi::new().unwrap();
    let id = multi.add(transfer).unwrap();
    let counts = |multi: &Multi<Duplex>| {
        let handler = multi.get(id).unwrap().handler();
        (handler.read, handler.written)
    };
    until(&mut multi, |multi| {
        counts(multi).0 > 10 && counts(multi).1 > 1000
    });
    for _ in 0..3 {
        assert!(remote.pause(Direction::Both));
        multi.perform().unwrap();
        let both = counts(&multi);
        for_a_while(&mut multi);
        assert_eq!(counts(&multi), both);

        assert!(remote.resume(Direction::Send));
        until(&mut multi, |multi| counts(multi).0 > both.0 + 10);
        assert_eq!(counts(&multi).1, both.1);

        assert!(remote.pause(Direction::Send));
        multi.perform().unwrap();
        assert!(remote.resume(Direction::Receive));
        let sent = counts(&multi).0;
        until(&mut multi, |multi| counts(multi).1 > both.1 + 1000);
        assert_eq!(counts(&multi).0, sent);

        assert!(remote.resume(Direction::Both));
        until(&mut multi, |multi| {
            counts(multi).0 > sent + 10 && counts(multi).1 > both.1 + 2000
        });
    }
}

/// Pauses at every second call of each callback, from the first call on, and asks another thread to resume
/// the direction.
struct Halting {
    to_send: Vec<u8>,
    sent: usize,
    got: Vec<u8>,
    lines: usize,
    goes: [bool; 3],
    paused: Sender<Direction>,
}

impl Halting {
    fn pauses(&mut self, kind: usize, direction: Direction) -> bool {
        self.goes[kind] = !self.goes[kind];
        if self.goes[kind] {
            self.paused.send(direction).unwrap();
        }
        self.goes[kind]
    }
}

impl Callbacks for Halting {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        if self.pauses(0, Direction::Receive) {
            return WriteResult::Pause;
        }
        self.got.extend_from_slice(data);
        WriteResult::Continue
    }

    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        if self.pauses(1, Direction::Receive) {
            return WriteResult::Pause;
        }
        self.lines += 1;
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        if self.pauses(2, Direction::Send) {
            return ReadResult::Pause;
        }
        let rest = &self.to_send[self.sent..];
        self.sent += buffer.append(&rest[..rest.len().min(10_000)]);
        ReadResult::Continue
    }
}

/// Drives a transfer whose callbacks pause, while another thread resumes it. Returns the handler.
fn halted(way: Way, to_send: &[u8], aim: impl FnOnce(&mut Transfer<Halting>)) -> Halting {
    let (paused, pauses) = channel();
    let mut transfer = Transfer::new(Halting {
        to_send: to_send.to_vec(),
        sent: 0,
        got: Vec::new(),
        lines: 0,
        goes: [false; 3],
        paused,
    })
    .unwrap();
    transfer.timeout(LONG).unwrap();
    if !to_send.is_empty() {
        transfer.upload(true).unwrap();
        transfer.in_filesize(to_send.len() as u64).unwrap();
    }
    aim(&mut transfer);
    let remote = transfer.remote();
    let resumer = thread::spawn(move || {
        while let Ok(direction) = pauses.recv() {
            remote.resume(direction);
        }
    });
    let (transfer, result) = way.drive(vec![transfer]).only();
    result.unwrap_or_else(|error| panic!("{way:?}: {error}"));
    let mut handler = transfer.into_handler();
    handler.paused = channel().0;
    resumer.join().unwrap();
    handler
}

/// tests/CORPUS.md, 52: after pauses over HTTP/1.1, all bytes are right, with and without `Expect`.
#[test]
fn bytes_are_exact_after_pauses_that_remotes_end() {
    let body = bytes(200_003);
    let answer = body.clone();
    let server = Server::new(move |conn| {
        while conn.request().is_some() {
            conn.reply("200 OK", "X-A: 1\r\n", &answer);
        }
    });
    let sent = bytes(100_001);
    for way in WAYS {
        for expects in [true, false] {
            let handler = halted(way, &sent, |transfer| {
                transfer.url(&server.url("/")).unwrap();
                let header = if expects {
                    "Expect: 100-continue"
                } else {
                    "Expect:"
                };
                transfer.http_headers([header]).unwrap();
            });
            assert!(handler.got == body);
            assert!(handler.lines >= 4);
            assert!(server.requests().last().unwrap().body == sent);
        }
    }
}

/// tests/CORPUS.md, 52: after pauses over HTTP/2, all bytes are right: received compressed and not, and sent.
#[test]
fn bytes_are_exact_after_pauses_over_http_2() {
    // The bytes have few values, so that they can be compressed.
    let body: Vec<u8> = bytes(300_000).iter().map(|byte| byte % 16 + b'a').collect();
    let Some(server) = H2Server::new(&body) else {
        return;
    };
    for way in WAYS {
        let handler = halted(way, &[], |transfer| server.whole(transfer));
        assert!(handler.got == body);

        let handler = halted(way, &[], |transfer| {
            server.zipped(transfer);
            transfer.accept_encoding("gzip").unwrap();
        });
        assert!(handler.got == body);

        let sent = bytes(100_001);
        let name = format!("stored-{way:?}");
        halted(way, &sent, |transfer| server.store(transfer, &name));
        assert!(server.stored(&name) == sent);
    }
}

/// tests/CORPUS.md, 52 and 58: a pause before the transfer begins lasts until a resume.
#[test]
fn pause_before_the_transfer_begins_holds_until_it_is_resumed() {
    let (request, requested) = channel();
    let request = Mutex::new(request);
    let server = Server::new(move |conn| {
        while conn.request().is_some() {
            request.lock().unwrap().send(()).unwrap();
            conn.reply("200 OK", "", "body");
        }
    });
    let requested = Mutex::new(requested);
    for way in WAYS {
        let mut transfer = Transfer::new(Collect::new()).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.timeout(LONG).unwrap();
        let remote = transfer.remote();
        assert!(remote.pause(Direction::Receive));
        let (transfer, result) = thread::scope(|scope| {
            scope.spawn(|| {
                // The request is sent, but the answer is not passed on.
                requested.lock().unwrap().recv_timeout(LONG).unwrap();
                assert!(!remote.is_finished());
                assert!(remote.resume(Direction::Receive));
            });
            way.drive(vec![transfer]).only()
        });
        result.unwrap();
        assert_eq!(transfer.handler().body(), b"body", "{way:?}");
    }
}

/// tests/CORPUS.md, 57: nothing is watched for a paused transfer, so its event loop may sleep.
#[test]
fn event_loop_of_a_paused_transfer_is_not_woken() {
    let server = endless(1000);
    let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
    let mut transfer = Transfer::new(Duplex::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    let remote = transfer.remote();
    let id = multi.add(transfer).unwrap();
    while multi.get(id).unwrap().handler().written == 0 {
        turn_within(&mut multi, LONG).unwrap();
    }
    assert!(remote.pause(Direction::Receive));
    let until = Instant::now() + Duration::from_millis(500);
    let mut turns = 0;
    while let Some(rest) = until.checked_duration_since(Instant::now()) {
        turn_within(&mut multi, rest).unwrap();
        turns += 1;
    }
    assert!(turns < 20, "{turns}");
}

/// Pauses its transfer, and resumes it at once.
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
