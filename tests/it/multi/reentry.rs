//! Callbacks that reach for the `Multi` of their own transfer, or drive others.

#![cfg(unix)]

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use curlback::handlers::Collect;
use curlback::multi::{BorrowedSocket, EventLoop, Id, Interest, RawSocket};
use curlback::{Callback, CallbackResult, Callbacks, Multi, Transfer, WriteResult};

use crate::support::breaks::redirecting;
use crate::support::driving::{LONG, Loop, Token, WAYS};
use crate::support::server::Server;
use crate::support::servers::{endless, halting};
use crate::support::skip::needs;
use crate::support::transfers::collecting;
use crate::support::watched::{Watch, Watched, called_except};

type Shared = Rc<RefCell<Option<Multi<Does>>>>;

/// What a callback does.
#[derive(Clone)]
enum Deed {
    /// Tries to borrow the `Multi` that drives its transfer, which must not succeed.
    TakesIts(Shared),
    /// Borrows the `Multi` that drives its transfer without asking whether it may, which panics.
    Forces(Shared),
    /// Performs another transfer.
    Performs(String),
    /// Drives another `Multi` to its end, then adds transfers and drops it half done.
    Drives(String),
}

impl Deed {
    fn is_done(&self) {
        match self {
            Deed::TakesIts(multi) => assert!(multi.try_borrow_mut().is_err()),
            Deed::Forces(multi) => drop(multi.borrow_mut().take()),
            Deed::Performs(url) => {
                let mut transfer = collecting(url);
                transfer.perform().unwrap();
                assert_eq!(transfer.handler().body(), b"body");
            }
            Deed::Drives(url) => {
                let mut multi = Multi::new().unwrap();
                for _ in 0..2 {
                    multi.add(collecting(url)).unwrap();
                }
                multi
                    .run(|_, _, transfer, result| {
                        assert_eq!(transfer.handler().body(), b"body");
                        result
                    })
                    .unwrap();
                for _ in 0..2 {
                    multi.add(collecting(url)).unwrap();
                }
                multi.perform().unwrap();
            }
        }
    }
}

/// Does its deed at the first call of one callback.
struct Doing {
    at: Callback,
    deed: Option<Deed>,
    body: Vec<u8>,
    done: bool,
}

type Does = Watched<Doing>;

impl Doing {
    fn transfer(at: Callback, deed: Deed, server: &Server) -> Transfer<Does> {
        let mut transfer = Transfer::new(Watched::new(Doing {
            at,
            deed: Some(deed),
            body: Vec::new(),
            done: false,
        }))
        .unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.upload(true).unwrap();
        transfer.in_filesize(5).unwrap();
        transfer.follow_location(true).unwrap();
        transfer.verbose(true).unwrap();
        // With a reused connection, libcurl does not call the callbacks for a new one.
        transfer.fresh_connect(true).unwrap();
        if at == Callback::CloseSocket {
            transfer.forbid_reuse(true).unwrap();
        }
        transfer
    }
}

impl Watch for Doing {
    fn at(&self) -> Callback {
        self.at
    }

    fn called(&mut self, callback: Callback) {
        if callback != self.at {
            return;
        }
        if let Some(deed) = self.deed.take() {
            self.done = true;
            deed.is_done();
        }
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }
}

/// tests/CORPUS.md, 4, 5, 15, 17 and 50: the driving call has borrowed the `Multi`, so a callback
/// cannot.
#[test]
fn callback_cannot_take_the_multi_that_drives_it() {
    needs!((7, 80, 0), "prereq");
    let server = redirecting();
    for at in called_except(Callback::ResolverStart) {
        let shared: Shared = Rc::default();
        *shared.borrow_mut() = Some(Multi::new().unwrap());
        for _ in 0..3 {
            let transfer = Doing::transfer(at, Deed::TakesIts(shared.clone()), &server);
            shared.borrow_mut().as_mut().unwrap().add(transfer).unwrap();
        }
        let run = |shared: &Shared| {
            shared
                .borrow_mut()
                .as_mut()
                .unwrap()
                .run(|_, _, transfer, result| {
                    assert!(transfer.handler().done, "{at} is not called");
                    assert_eq!(transfer.handler().body, b"answer");
                    result
                })
        };
        run(&shared).unwrap();

        // A callback that borrows without asking panics, and the panic is its own.
        let forces = Doing::transfer(at, Deed::Forces(shared.clone()), &server);
        let id: Id = shared.borrow_mut().as_mut().unwrap().add(forces).unwrap();
        assert!(catch_unwind(AssertUnwindSafe(|| run(&shared))).is_err());
        let (own, transfer, result) = {
            let mut multi = shared.borrow_mut();
            multi.as_mut().unwrap().take_finished().unwrap()
        };
        assert_eq!(own, id);
        assert_eq!(result.unwrap_err().callback(), Some(at));
        drop(transfer);
        // This breaks the cycle of references: nothing is left of it.
        let multi = shared.borrow_mut().take();
        assert!(multi.unwrap().is_empty());
        assert_eq!(Rc::strong_count(&shared), 1);
    }
}

/// tests/CORPUS.md, 4 and 50: other transfers and another `Multi` work inside callbacks.
#[test]
fn callback_drives_others() {
    needs!((7, 80, 0), "prereq");
    let server = redirecting();
    let inner = Server::ok("body");
    for at in called_except(Callback::ResolverStart) {
        for way in WAYS {
            for deed in [Deed::Performs(inner.url("/")), Deed::Drives(inner.url("/"))] {
                let transfers = vec![
                    Doing::transfer(at, deed.clone(), &server),
                    Doing::transfer(at, deed, &server),
                ];
                let driven = way.drive(transfers);
                assert!(driven.panics.is_empty(), "{at} {way:?}");
                for (transfer, result) in driven.ended {
                    result.unwrap().unwrap();
                    assert!(transfer.handler().done, "{at} is not called");
                    assert_eq!(transfer.handler().body, b"answer");
                }
            }
        }
    }
}

/// tests/CORPUS.md, 50: when a transfer ends, the closure of `run` adds and removes others, and
/// replaces the `Multi`.
#[test]
fn closure_of_run_may_do_anything() {
    let server = Server::ok("body");
    let halting = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
        conn.drain();
    });
    let mut multi = Multi::new().unwrap();
    multi.add(collecting(&server.url("/"))).unwrap();
    let never = multi.add(collecting(&halting.url("/"))).unwrap();
    let mut ends = 0;
    multi
        .run(|multi, id, transfer, result| {
            assert_ne!(id, never);
            result?;
            ends += 1;
            drop(transfer);
            match ends {
                1 => {
                    drop(multi.remove(never));
                    multi.add(collecting(&server.url("/")))?;
                    multi.perform()?;
                }
                2 => {
                    // The former `Multi` is dropped, with a transfer in progress.
                    multi.add(collecting(&halting.url("/")))?;
                    multi.perform()?;
                    *multi = Multi::new()?;
                    multi.add(collecting(&server.url("/")))?;
                    multi.poll(&mut [], LONG)?;
                }
                _ => {}
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(ends, 3);
}

/// tests/CORPUS.md, 16 and 17: a handler is replaced between two drives, and the former one is
/// dropped once.
#[test]
fn handler_is_replaced_between_two_drives() {
    struct Counts {
        _token: Rc<()>,
        got: usize,
    }

    impl Callbacks for Counts {
        fn write(&mut self, data: &[u8]) -> WriteResult {
            self.got += data.len();
            WriteResult::Continue
        }
    }

    let server = endless(100);
    let token = Rc::new(());
    let counts = || Counts {
        _token: token.clone(),
        got: 0,
    };
    let mut transfer = Transfer::new(counts()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    let mut multi = Multi::new().unwrap();
    let id = multi.add(transfer).unwrap();
    for _ in 0..10 {
        while multi.get(id).unwrap().handler().got == 0 {
            multi.perform().unwrap();
        }
        *multi.handler_mut(id).unwrap() = counts();
        assert_eq!(Rc::strong_count(&token), 2);
    }
    drop(multi);
    assert_eq!(Rc::strong_count(&token), 1);
}

/// An event loop that tries to borrow the `Multi` that it belongs to.
struct Reaches {
    inner: Loop,
    own: Weak<RefCell<Option<Multi<Collect, Reaches>>>>,
    found: Rc<RefCell<Vec<bool>>>,
}

impl Reaches {
    fn reach(&self) {
        // If the `Multi` exists, it is borrowed mutably for the running call of its method.
        let reached = self.own.upgrade().map(|own| own.try_borrow_mut().is_ok());
        self.found.borrow_mut().push(reached == Some(true));
    }
}

impl EventLoop for Reaches {
    type Value = Token;

    fn socket(
        &mut self,
        socket: BorrowedSocket<'_>,
        interest: Interest,
        value: &mut Option<Self::Value>,
    ) -> CallbackResult {
        self.reach();
        self.inner.socket(socket, interest, value)
    }

    fn remove_socket(&mut self, socket: RawSocket, value: Option<Self::Value>) -> CallbackResult {
        self.reach();
        self.inner.remove_socket(socket, value)
    }

    fn timer(&mut self, timeout: Option<Duration>) -> CallbackResult {
        self.reach();
        self.inner.timer(timeout)
    }

    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        self.inner.waker()
    }
}

impl Drop for Reaches {
    fn drop(&mut self) {
        self.reach();
    }
}

/// tests/CORPUS.md, 11, 15, 50 and 51: whatever the loop is told, it cannot borrow its `Multi`.
#[test]
fn loop_cannot_reach_its_own_multi() {
    let server = halting();
    for removes in [true, false] {
        let found = Rc::new(RefCell::new(Vec::new()));
        let own = Rc::new(RefCell::new(None));
        let inner = Loop::new();
        let event_loop = Reaches {
            inner,
            own: Rc::downgrade(&own),
            found: found.clone(),
        };
        *own.borrow_mut() = Some(Multi::with_event_loop(event_loop).unwrap());
        let id = {
            let mut multi = own.borrow_mut();
            let multi = multi.as_mut().unwrap();
            let id = multi.add(collecting(&server.url("/"))).unwrap();
            while multi.event_loop().inner.wanted.is_empty() {
                multi.timeout_action().unwrap();
            }
            id
        };
        if removes {
            let transfer = own.borrow_mut().as_mut().unwrap().remove(id);
            assert!(transfer.is_some());
        }
        drop(own);
        let found = found.borrow();
        assert!(found.len() > 2, "{found:?}");
        assert!(found.iter().all(|found| !found), "{found:?}");
    }
}
