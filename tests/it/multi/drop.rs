//! Dropping a `Multi`, its transfers and their remotes, in several orders and at several moments.

#![cfg(unix)]

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{io, thread};

use curlback::{
    CallbackResult, Callbacks, Direction, Hooks, Multi, Remote, SockType, SocketAddress, Transfer,
    WriteResult, *,
};
use socket2::Socket;

use crate::multi::drop_panics::refuser;
use crate::support::child::{child, in_child};
use crate::support::closes::{Held, Log};
use crate::support::descriptors::descriptors;
use crate::support::driving::{LONG, until};
use crate::support::h2_server::H2Server;
use crate::support::ports::silent_port;
use crate::support::server::Server;
use crate::support::servers::silent;
use crate::support::skip::skip;

/// Where a transfer is when it is dropped.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Added,
    Connecting,
    Half,
    Paused,
    Finished,
    /// Finished and taken: the `Multi` has only its connection.
    Taken,
    HalfOfHttp2,
    PausedHttp2,
}

const STATES: [State; 8] = [
    State::Added,
    State::Connecting,
    State::Half,
    State::Paused,
    State::Finished,
    State::Taken,
    State::HalfOfHttp2,
    State::PausedHttp2,
];

/// The order in which things are dropped.
#[derive(Clone, Copy, Debug)]
enum Order {
    MultiRemote,
    RemoteMulti,
    TransferMulti,
    MultiTransfer,
    /// The transfer performs alone after the drop of the `Multi`, and is dropped then. The remote is dropped
    /// last.
    MultiPerformTransfer,
}

const ORDERS: [Order; 5] = [
    Order::MultiRemote,
    Order::RemoteMulti,
    Order::TransferMulti,
    Order::MultiTransfer,
    Order::MultiPerformTransfer,
];

/// The servers of a test.
struct Servers {
    plain: String,
    silent: u16,
    h2: Option<H2Server>,
}

/// Makes a server that sends half of the body of `/half` and then nothing more, and otherwise a
/// whole body.
fn halting() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "GET /half HTTP/1.1" => {
                    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                }
                _ => conn.reply("200 OK", "", "body"),
            }
        }
    })
}

/// A `Multi`, the transfer if it was taken out, its remote, and the log of its sockets.
type Everything = (Multi<Held>, Option<Transfer<Held>>, Remote, Arc<Mutex<Log>>);

/// Drives a transfer in a `Multi` until it is in this state. Returns `None` if the server for this
/// state is missing.
fn begun(servers: &Servers, state: State) -> Option<Everything> {
    let log = Arc::new(Mutex::new(Log::default()));
    let mut transfer = Transfer::new(Held {
        whole: log.clone(),
        body: 0,
        pause: [State::Paused, State::PausedHttp2].contains(&state),
        files: Vec::new(),
    })
    .unwrap();
    transfer.timeout(LONG).unwrap();
    let remote = transfer.remote();
    match state {
        State::HalfOfHttp2 | State::PausedHttp2 => servers.h2.as_ref()?.slow(&mut transfer),
        State::Connecting => transfer
            .url(&format!("http://127.0.0.1:{}/", servers.silent))
            .unwrap(),
        State::Half | State::Paused => transfer.url(&format!("{}half", servers.plain)).unwrap(),
        _ => transfer.url(&servers.plain).unwrap(),
    }
    let mut multi = Multi::new().unwrap();
    let id = multi.add(transfer).unwrap();
    let mut taken = None;
    until(&mut multi, |multi| match state {
        State::Added => true,
        State::Connecting => !log.lock().unwrap().opened.is_empty(),
        State::Finished | State::Taken => multi.get(id).is_none(),
        _ => multi.get(id).unwrap().handler().body > 0,
    });
    if state == State::Taken {
        let (_, transfer, result) = multi.take_finished().unwrap();
        result.unwrap();
        taken = Some(transfer);
    }
    Some((multi, taken, remote, log))
}

fn take_out(multi: &mut Multi<Held>) -> Option<Transfer<Held>> {
    let id = multi.iter().next().map(|(id, _)| id);
    match id {
        Some(id) => multi.remove(id),
        None => multi.take_finished().map(|(_, transfer, _)| transfer),
    }
}

/// Drives a transfer to this state, and drops all that belongs to it in this order.
fn drop_all(servers: &Servers, state: State, order: Order) {
    let Some((mut multi, taken, remote, log)) = begun(servers, state) else {
        return;
    };
    let remote = match order {
        Order::MultiRemote => {
            drop((multi, taken));
            Some(remote)
        }
        Order::RemoteMulti => {
            drop(remote);
            drop((multi, taken));
            None
        }
        Order::TransferMulti => {
            drop(taken.or_else(|| take_out(&mut multi)));
            assert!(remote.is_finished());
            drop(multi);
            Some(remote)
        }
        Order::MultiTransfer => {
            let transfer = taken.or_else(|| take_out(&mut multi));
            drop(multi);
            assert!(transfer.is_some());
            drop(transfer);
            Some(remote)
        }
        Order::MultiPerformTransfer => {
            let mut transfer = taken.or_else(|| take_out(&mut multi)).unwrap();
            drop(multi);
            transfer.url(&servers.plain).unwrap();
            transfer.http_version(curlback::HttpVersion::V1_1).unwrap();
            transfer.handler_mut().pause = false;
            transfer.perform().unwrap();
            // This connection is the transfer's own, so the drop of the transfer closes it.
            log.lock().unwrap().closed.clear();
            drop(transfer);
            assert_eq!(log.lock().unwrap().closed.len(), 1, "{state:?}");
            Some(remote)
        }
    };
    if let Some(remote) = remote {
        assert!(remote.is_finished(), "{state:?} {order:?}");
        assert!(!remote.cancel() && !remote.resume(Direction::Both));
    }
    // The handler was dropped, once: nothing else has the log.
    assert_eq!(Arc::strong_count(&log), 1, "{state:?} {order:?}");
    let log = log.lock().unwrap();
    assert!(log.closed.len() <= log.opened.len(), "{state:?} {order:?}");
}

/// Makes the servers of a test, besides that of the URL `plain`. The sockets keep the silent port.
fn servers(plain: String) -> (Servers, Vec<Socket>) {
    let (sockets, silent) = silent_port();
    let h2 = H2Server::new(&[b'x'; 100_000]);
    (Servers { plain, silent, h2 }, sockets)
}

/// tests/CORPUS.md, 2, 7 to 10 and 14: everything is dropped in each of [`ORDERS`], and each socket is
/// closed.
#[test]
fn everything_is_dropped_in_every_order() {
    let Some(url) = in_child() else {
        let server = halting();
        child(
            "multi::drop::everything_is_dropped_in_every_order",
            &server,
            b"",
        );
        return;
    };
    let (servers, _sockets) = servers(url);
    let all = || {
        for state in STATES {
            for order in ORDERS {
                drop_all(&servers, state, order);
            }
        }
    };
    // The first round opens what the process opens only once.
    all();
    let before = descriptors();
    all();
    assert_eq!(descriptors(), before);
}

/// tests/CORPUS.md, 2 and 14: everything is dropped while its thread panics.
#[test]
fn everything_is_dropped_by_a_panic() {
    let server = halting();
    let (servers, _sockets) = servers(server.url("/"));
    for state in STATES {
        let log = thread::scope(|scope| {
            let thread = scope.spawn(|| {
                let everything = begun(&servers, state);
                let log = everything.as_ref().map(|(.., log)| log.clone());
                let caught = catch_unwind(AssertUnwindSafe(|| {
                    let _everything = everything;
                    panic!("in the midst of it");
                }));
                assert!(caught.is_err());
                log
            });
            thread.join().unwrap()
        });
        if let Some(log) = log {
            assert_eq!(Arc::strong_count(&log), 1, "{state:?}");
        }
    }
}

thread_local! {
    static EARLY: RefCell<Vec<Box<dyn std::any::Any>>> = const { RefCell::new(Vec::new()) };
    static LATE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Uses a thread-local variable in `close_socket`.
struct UsesLocal(Held);

impl Callbacks for UsesLocal {
    fn hooks(&self) -> Hooks {
        self.0.hooks()
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.0.write(data)
    }

    fn open_socket(&mut self, kind: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
        self.0.open_socket(kind, address)
    }

    fn close_socket(&mut self, socket: Socket) -> CallbackResult {
        // This panics if the variable is gone.
        LATE.with(|late| late.borrow_mut().push('x'));
        self.0.close_socket(socket)
    }
}

/// tests/CORPUS.md, 14: when the process ends, the destructors of threads drop some transfers in
/// progress, and nothing drops those in a static variable.
#[test]
fn process_ends_with_transfers_on_their_way() {
    static KEPT: Mutex<Vec<Multi<Held>>> = Mutex::new(Vec::new());
    let Some(url) = in_child() else {
        let server = halting();
        child(
            "multi::drop::process_ends_with_transfers_on_their_way",
            &server,
            b"",
        );
        return;
    };
    let (servers, _sockets) = servers(url);
    let keep = |late_first: bool| {
        if late_first {
            LATE.with(|late| late.borrow_mut().push('x'));
        }
        for state in STATES {
            if let Some(everything) = begun(&servers, state) {
                EARLY.with(|early| early.borrow_mut().push(Box::new(everything)));
            }
        }
        let mut multi = Multi::new().unwrap();
        let mut transfer = Transfer::new(UsesLocal(Held {
            whole: Arc::default(),
            body: 0,
            pause: false,
            files: Vec::new(),
        }))
        .unwrap();
        transfer.url(&format!("{}half", servers.plain)).unwrap();
        let id = multi.add(transfer).unwrap();
        until(&mut multi, |multi| {
            multi.get(id).unwrap().handler().0.body > 0
        });
        EARLY.with(|early| early.borrow_mut().push(Box::new(multi)));
        if !late_first {
            LATE.with(|late| late.borrow_mut().push('x'));
        }
    };
    thread::scope(|scope| {
        for late_first in [true, false] {
            scope.spawn(move || keep(late_first)).join().unwrap();
        }
    });
    for state in STATES {
        if let Some((multi, ..)) = begun(&servers, state) {
            KEPT.lock().unwrap().push(multi);
        }
    }
    // The destructors of the test's own thread run last.
    keep(true);
}

/// tests/CORPUS.md, 45: a handler owns another `Multi`, whose transfer is in one of [`STATES`].
#[test]
fn handler_may_own_another_multi() {
    struct Owns {
        inner: Multi<Held>,
        drives: bool,
        outer: Option<Box<Multi<Owns>>>,
    }

    impl Callbacks for Owns {
        fn write(&mut self, _: &[u8]) -> WriteResult {
            if self.drives {
                // Drives the inner `Multi` and drops it, inside a callback of the outer one.
                self.inner.perform().unwrap();
                self.inner = Multi::new().unwrap();
                self.outer = None;
            }
            WriteResult::Continue
        }
    }

    let server = halting();
    let (servers, _sockets) = servers(server.url("/"));
    for state in STATES {
        for drives in [false, true] {
            let Some((inner, _taken, remote, log)) = begun(&servers, state) else {
                continue;
            };
            let mut outer = Multi::new().unwrap();
            for (n, inner) in [inner, Multi::new().unwrap()].into_iter().enumerate() {
                let handler = Owns {
                    inner,
                    drives,
                    outer: (n == 0).then(|| Box::new(Multi::new().unwrap())),
                };
                let mut transfer = Transfer::new(handler).unwrap();
                transfer.url(&server.url("/half")).unwrap();
                outer.add(transfer).unwrap();
            }
            until(&mut outer, |outer| {
                let waits = |transfer: &Transfer<Owns>| transfer.handler().outer.is_some();
                !drives || !outer.iter().any(|(_, transfer)| waits(transfer))
            });
            drop(outer);
            assert!(remote.is_finished());
            drop(_taken);
            assert_eq!(Arc::strong_count(&log), 1);
        }
    }
}

/// A `Multi` that resolves a name by DNS over HTTPS is dropped meanwhile, or a transfer is removed,
/// or all are cancelled.
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
