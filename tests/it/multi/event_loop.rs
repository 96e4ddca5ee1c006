//! `EventLoop`: driving by an event loop of the user's own.

#![cfg(unix)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::error::Error as _;
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use curlback::multi::{BorrowedSocket, EventLoop, Interest, MultiCode, RawSocket, Ready};
use curlback::{
    Callback, CallbackResult, Callbacks, Code, Direction, Error, HeaderLine, IpResolve, Multi,
    Transfer, WriteResult,
};

use crate::support::breaks::{Breaks, How, Own, redirecting};
use crate::support::driving::{LONG, Loop, Told, turn, turn_within};
use crate::support::server::Server;
use crate::support::servers::halting;
use crate::support::skip::{is_before, skip_case};
use crate::support::transfers::collecting;

fn finished<H: Callbacks>(multi: &mut Multi<H, Loop>) -> (Transfer<H>, Result<(), Error>) {
    loop {
        if let Some((_, transfer, result)) = multi.take_finished() {
            return (transfer, result);
        }
        turn(multi).unwrap();
    }
}

/// tests/CORPUS.md, 51: only the timer says that there is something to do.
#[test]
fn url_that_fails_without_any_socket_ends_on_an_idle_loop() {
    let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
    // The loop is idle: nothing is due.
    turn_within(&mut multi, Duration::ZERO).unwrap();
    for _ in 0..3 {
        multi.add(collecting("nonsense://127.0.0.1/")).unwrap();
        // `add` has set the timer to zero, which asks the loop to call the `Multi` at once.
        let told = &multi.event_loop().told;
        assert_eq!(told.last(), Some(&Told::Timer(Some(Duration::ZERO))));
        let (_, result) = finished(&mut multi);
        assert_eq!(result.unwrap_err().code(), Some(Code::UNSUPPORTED_PROTOCOL));
    }
    assert!(multi.event_loop().wanted.is_empty());
}

/// tests/CORPUS.md, 51: a time limit sets the timer, and removing the transfer unsets it.
#[test]
fn timer_is_set_changed_and_taken_back() {
    let server = halting();
    let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
    let mut transfer = collecting(&server.url("/"));
    transfer.timeout(Duration::from_millis(300)).unwrap();
    multi.add(transfer).unwrap();
    let (_, result) = finished(&mut multi);
    assert_eq!(result.unwrap_err().code(), Some(Code::OPERATION_TIMEDOUT));
    let told = std::mem::take(&mut multi.event_loop_mut().told);
    let waits = |told: &Told| matches!(told, Told::Timer(Some(time)) if !time.is_zero());
    assert!(told.iter().any(waits), "{told:?}");
    turn_within(&mut multi, Duration::ZERO).unwrap();
    turn_within(&mut multi, Duration::ZERO).unwrap();

    // This transfer has time limits of an hour, and is removed before they are over.
    let mut transfer = collecting(&server.url("/"));
    transfer.timeout(Duration::from_secs(3600)).unwrap();
    transfer.connect_timeout(Duration::from_secs(3600)).unwrap();
    let id = multi.add(transfer).unwrap();
    while multi.get(id).unwrap().handler().body().is_empty() {
        turn(&mut multi).unwrap();
    }
    multi.remove(id).unwrap();
    turn_within(&mut multi, Duration::ZERO).unwrap();
    let last = |told: &&Told| matches!(told, Told::Timer(_));
    let last = multi.event_loop().told.iter().rev().find(last).copied();
    assert_eq!(last, Some(Told::Timer(None)));
}

/// tests/CORPUS.md, 56: a name is resolved with events of the timer and of sockets alone.
#[test]
fn name_is_resolved_by_events_alone() {
    let server = Server::ok("body");
    for _ in 0..5 {
        // A new `Multi` each time, since it keeps resolved names.
        let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
        let url = format!("http://localhost:{}/", server.address().port());
        let mut transfer = collecting(&url);
        transfer.ip_resolve(IpResolve::V4).unwrap();
        multi.add(transfer).unwrap();
        let (transfer, result) = finished(&mut multi);
        result.unwrap();
        assert_eq!(transfer.handler().body(), b"body");
    }
}

/// tests/CORPUS.md, 59: each watched socket has a value, which is dropped when the socket is no
/// longer watched.
#[test]
fn values_live_as_long_as_their_sockets_are_watched() {
    let server = Server::ok("body");
    let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
    let tokens = multi.event_loop().tokens.clone();
    let living = |multi: &Multi<_, Loop>| {
        let living = Arc::strong_count(&tokens) - 2;
        assert_eq!(living, multi.event_loop().wanted.len());
        living
    };
    for _ in 0..10 {
        multi.add(collecting(&server.url("/"))).unwrap();
    }
    let mut most = 0;
    while !multi.is_empty() {
        turn(&mut multi).unwrap();
        most = most.max(living(&multi));
        while multi.take_finished().is_some() {}
    }
    assert!(most > 1, "{most}");
    drop(multi);
    assert_eq!(Arc::strong_count(&tokens), 1);

    // If the `Multi` is dropped first, the value is dropped with it.
    let server = halting();
    let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
    multi.event_loop_mut().tokens = tokens.clone();
    let id = multi.add(collecting(&server.url("/"))).unwrap();
    while multi.get(id).unwrap().handler().body().is_empty() {
        turn(&mut multi).unwrap();
    }
    // Some releases also watch a socket of their own.
    assert!(living(&multi) >= 1);
    let told = multi.event_loop().told.len();
    assert!(told > 0);
    drop(multi);
    assert_eq!(Arc::strong_count(&tokens), 1);
}

/// tests/CORPUS.md, 34 and 41: if the loop fails, all transfers end with an error that says so.
/// None is lost, and none begins any more.
#[test]
fn failure_of_the_loop_ends_all_transfers_and_the_multi() {
    let server = redirecting();
    for at in [Callback::Socket, Callback::Timer] {
        for how in [How::Fail, How::Abort, How::Panic] {
            let mut multi = Multi::with_event_loop(Loop::breaking(at, how)).unwrap();
            let mut ids = Vec::new();
            let mut remotes = Vec::new();
            for _ in 0..3 {
                let transfer = Breaks::new(Callback::Write, How::Not).transfer(&server);
                remotes.push(transfer.remote());
                ids.push(multi.add(transfer).unwrap());
            }
            let error = loop {
                match catch_unwind(AssertUnwindSafe(|| turn(&mut multi))) {
                    Ok(Ok(_)) => assert!(multi.take_finished().is_none()),
                    Ok(Err(error)) => break Ok(error),
                    Err(payload) => break Err(payload),
                }
            };
            match (how, error) {
                (How::Panic, Err(payload)) => {
                    assert_eq!(payload.downcast_ref::<Own>(), Some(&Own(at)));
                }
                (_, Ok(error)) => {
                    assert_eq!(error.callback(), Some(at), "{error:?}");
                    let own = error.source().and_then(|own| own.downcast_ref::<Own>());
                    assert_eq!(own, (how == How::Fail).then_some(&Own(at)));
                }
                (_, Err(_)) => panic!("{at} {how:?} panicked"),
            }
            // The failure comes out only once.
            let again = multi.timeout_action().unwrap_err();
            assert!(matches!(again, Error::Multi { .. }), "{again:?}");
            assert_eq!(again.callback(), None);
            assert!(multi.socket_action(0, Ready::READ).is_err());

            let mut ended = Vec::new();
            let mut again = None;
            while let Some((id, transfer, result)) = multi.take_finished() {
                let error = result.unwrap_err();
                assert!(matches!(error, Error::Multi { .. }), "{error:?}");
                ended.push(id);
                again = Some(transfer);
            }
            ended.sort_unstable();
            assert_eq!(ended, ids);
            assert!(remotes.iter().all(|remote| remote.is_finished()));
            let refused = multi.add(again.unwrap()).unwrap_err();
            let (error, mut transfer) = refused.into_parts();
            let Error::Multi { code } = error else {
                panic!("{error:?}");
            };
            assert_eq!(code, MultiCode::ABORTED_BY_CALLBACK);
            assert!(multi.is_empty());
            drop(multi);
            transfer.handler_mut().mend();
            transfer.perform().unwrap();
        }
    }
}

/// tests/CORPUS.md, 41: a transfer panics and the loop fails, in the same call.
#[test]
fn failure_of_the_loop_comes_after_the_panic_of_a_transfer() {
    /// Panics in `header`. From then on, the loop fails in the methods that its field `at` names.
    struct Both(Rc<Cell<How>>);

    impl Callbacks for Both {
        fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
            self.0.set(How::Fail);
            panic!("first");
        }
    }

    let server = halting();
    let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
    let how = multi.event_loop().how.clone();
    let mut transfer = Transfer::new(Both(how)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    multi.add(transfer).unwrap();
    let payload = loop {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| turn(&mut multi).unwrap())) {
            break payload;
        }
    };
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"first"));
    let (_, _, result) = multi.take_finished().unwrap();
    assert_eq!(result.unwrap_err().callback(), Some(Callback::Header));
    let error = multi.timeout_action().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Socket), "{error:?}");
    assert!(multi.timeout_action().unwrap_err().callback().is_none());
}

/// tests/CORPUS.md, 12, 30, 42 and 60: events for sockets that nobody watches, with unknown numbers and
/// bits, do no harm.
#[test]
fn events_for_nobody_do_no_harm() {
    let server = Server::ok("body");
    let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
    for _ in 0..3 {
        multi.add(collecting(&server.url("/"))).unwrap();
    }
    let odd = [-7, -1, 0, 1, 2, 12345, RawSocket::MAX];
    let all = [
        Ready::empty(),
        Ready::READ,
        Ready::WRITE | Ready::ERROR,
        Ready::from_bits_retain(u32::MAX),
        Ready::from_bits_retain(0x4000_0000),
    ];
    let mut done = 0;
    while !multi.is_empty() {
        for socket in odd {
            for ready in all {
                multi.socket_action(socket, ready).unwrap();
            }
        }
        // Reports all events for the watched sockets, whether they are ready or not.
        let wanted: Vec<_> = multi.event_loop().wanted.keys().copied().collect();
        for socket in wanted {
            multi.socket_action(socket, Ready::all()).unwrap();
        }
        turn_within(&mut multi, Duration::from_secs(1)).unwrap();
        while let Some((_, transfer, result)) = multi.take_finished() {
            result.unwrap();
            assert_eq!(transfer.handler().body(), b"body");
            done += 1;
        }
    }
    assert_eq!(done, 3);
}

/// tests/CORPUS.md, 12 and 60: one server closes its connections, socket numbers are used again,
/// and of two connections one is kept. The loop is told of each change of what is watched.
#[test]
fn loop_watches_exactly_what_it_is_told() {
    let server = Server::new(|conn| {
        // The server closes each connection after one request.
        conn.request();
        conn.reply("200 OK", "", "body");
    });
    let keeping = Server::ok("kept");
    let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
    for round in 0..20 {
        for url in [server.url("/"), keeping.url("/"), keeping.url("/")] {
            let mut transfer = collecting(&url);
            transfer.max_connects(1).unwrap();
            multi.add(transfer).unwrap();
        }
        while !multi.is_empty() {
            turn(&mut multi).unwrap();
            while let Some((_, _, result)) = multi.take_finished() {
                result.unwrap_or_else(|error| panic!("{round}: {error}"));
            }
        }
    }
    // The connection that is kept is not watched.
    assert_eq!(multi.event_loop().wanted, BTreeMap::new());
    let told = &multi.event_loop().told;
    assert!(told.iter().any(|told| matches!(told, Told::Socket(..))));
}

/// A loop that keeps a duplicate of each watched descriptor, and checks that both still belong to the same
/// socket.
struct Owning {
    inner: Loop,
    again: usize,
}

/// Returns the inode of a socket, which is the same for all its descriptors.
fn inode(descriptor: BorrowedSocket<'_>) -> u64 {
    let own = descriptor.try_clone_to_owned().unwrap();
    File::from(own).metadata().unwrap().ino()
}

impl EventLoop for Owning {
    type Value = (OwnedFd, Option<<Loop as EventLoop>::Value>);

    fn socket(
        &mut self,
        socket: BorrowedSocket<'_>,
        interest: Interest,
        value: &mut Option<Self::Value>,
    ) -> CallbackResult {
        self.again += usize::from(value.is_some());
        let (own, token) =
            value.get_or_insert_with(|| (socket.try_clone_to_owned().unwrap(), None));
        assert_eq!(inode(own.as_fd()), inode(socket));
        self.inner.socket(socket, interest, token)
    }

    fn remove_socket(&mut self, socket: RawSocket, value: Option<Self::Value>) -> CallbackResult {
        let token = value.and_then(|(_, token)| token);
        self.inner.remove_socket(socket, token)
    }

    fn timer(&mut self, timeout: Option<Duration>) -> CallbackResult {
        self.inner.timer(timeout)
    }

    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        self.inner.waker()
    }
}

/// tests/CORPUS.md, 60: sockets are closed and their numbers used again. Each socket that the loop
/// is told of is open, and is the one that its value was made for.
#[test]
fn socket_that_is_announced_is_open_and_that_of_its_value() {
    let server = Server::new(|conn| {
        conn.request();
        conn.reply("200 OK", "", "body");
    });
    let keeping = Server::ok("kept");
    let inner = Loop::new();
    let mut multi = Multi::with_event_loop(Owning { inner, again: 0 }).unwrap();
    for _ in 0..20 {
        for url in [server.url("/"), keeping.url("/"), keeping.url("/")] {
            let url = url.replace("127.0.0.1", "localhost");
            let mut transfer = collecting(&url);
            transfer.ip_resolve(IpResolve::V4).unwrap();
            transfer.dns_cache_timeout(Duration::ZERO).unwrap();
            multi.add(transfer).unwrap();
        }
        while !multi.is_empty() {
            let ready = multi.event_loop_mut().inner.wait(LONG);
            for (socket, ready) in ready {
                multi.socket_action(socket, ready).unwrap();
            }
            multi.timeout_action().unwrap();
            while let Some((_, _, result)) = multi.take_finished() {
                result.unwrap();
            }
        }
    }
    if is_before((7, 84, 0)) {
        return skip_case!("some older releases announce each of these sockets only once");
    }
    assert!(multi.event_loop().again > 0);
}

/// tests/CORPUS.md, 48: a remote pauses and resumes, at first before there is a connection.
#[test]
fn remote_pauses_and_resumes_between_events() {
    let server = Server::ok("body");
    // Whether the transfer has begun when it is paused depends on the clock.
    for _ in 0..200 {
        let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
        let transfer = collecting(&server.url("/"));
        let remote = transfer.remote();
        multi.add(transfer).unwrap();
        for _ in 0..3 {
            remote.pause(Direction::Both);
            multi.socket_action(12345, Ready::READ).unwrap();
            remote.resume(Direction::Both);
            multi.socket_action(12345, Ready::READ).unwrap();
        }
        let (transfer, result) = finished(&mut multi);
        result.unwrap();
        assert_eq!(transfer.handler().body(), b"body");
    }
}

/// tests/CORPUS.md, 55: each wake reaches the loop, however many came before.
#[test]
fn loop_is_woken_each_time() {
    let mut multi = Multi::<(), Loop>::with_event_loop(Loop::new()).unwrap();
    let waker = multi.waker();
    for _ in 0..10 {
        let begun = Instant::now();
        assert!(waker.wake());
        turn(&mut multi).unwrap();
        assert!(begun.elapsed() < LONG);
    }
    drop(multi);
    assert!(!waker.wake());
}

#[test]
fn code_of_a_multi_prints_its_number_and_the_message_of_libcurl() {
    let text = MultiCode::BAD_SOCKET.to_string();
    assert_eq!(text, "libcurl multi error 5 (Invalid socket argument)");
}
