//! The state after a call that fails or panics, also if the call does not drive.

#![cfg(unix)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use curlback::multi::{BorrowedSocket, EventLoop, Interest, RawSocket};
use curlback::{
    Callback, CallbackResult, Callbacks, Error, Hooks, Multi, Share, ShareData, Transfer, Version,
    WriteResult,
};
use socket2::Socket;

use crate::support::breaks::{How, Own};
use crate::support::driving::{LONG, counting_waker};
use crate::support::server::Server;
use crate::support::servers::ending;
use crate::support::skip::skip_case;

/// Breaks in each call of the method `at`, as `how` says. Counts how often it is woken.
struct Fails {
    at: Callback,
    how: How,
    woken: Arc<AtomicUsize>,
}

impl Fails {
    fn answer(&self, at: Callback) -> CallbackResult {
        match at == self.at {
            true => self.how.result(at),
            false => CallbackResult::Continue,
        }
    }
}

impl EventLoop for Fails {
    type Value = ();

    fn socket(&mut self, _: BorrowedSocket, _: Interest, _: &mut Option<()>) -> CallbackResult {
        self.answer(Callback::Socket)
    }

    fn remove_socket(&mut self, _: RawSocket, _: Option<()>) -> CallbackResult {
        self.answer(Callback::Socket)
    }

    fn timer(&mut self, _: Option<Duration>) -> CallbackResult {
        self.answer(Callback::Timer)
    }

    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        counting_waker(&self.woken)
    }
}

/// Without a wake-up, the loop would never drive again: its timer is not set, and it watches no socket.
#[test]
fn loop_that_fails_while_a_transfer_is_added_is_woken_for_it() {
    let server = Server::ok("body");
    for how in [How::Fail, How::Abort, How::Panic] {
        let woken = Arc::new(AtomicUsize::new(0));
        let fails = Fails {
            at: Callback::Timer,
            how,
            woken: woken.clone(),
        };
        let mut multi = Multi::with_event_loop(fails).unwrap();
        let mut transfer = Transfer::new(()).unwrap();
        transfer.url(&server.url("/")).unwrap();
        let id = multi.add(transfer).unwrap();
        assert!(woken.load(Ordering::SeqCst) > 0, "{how:?}");
        let out = catch_unwind(AssertUnwindSafe(|| multi.timeout_action()));
        match (how, out) {
            (How::Panic, Err(payload)) => {
                assert_eq!(payload.downcast_ref::<Own>(), Some(&Own(Callback::Timer)));
            }
            (_, Ok(Err(error))) => assert_eq!(error.callback(), Some(Callback::Timer)),
            (how, _) => panic!("{how:?}: nothing came out"),
        }
        let (own, transfer, result) = multi.take_finished().unwrap();
        assert_eq!(own, id);
        // With libcurl before 7.85.0, the transfer may have succeeded in the same drive.
        let ended = result.is_ok() && Version::linked() < Version::new(7, 85, 0);
        let failed = matches!(result, Err(Error::Multi { .. }));
        assert!(ended || failed, "{result:?}");
        // A `Multi` whose event loop has failed takes no more transfers.
        let error = multi.add(transfer).unwrap_err();
        assert!(matches!(error.error(), Error::Multi { .. }));
    }
}

/// Panics in `close_socket` if `armed` is true.
struct Bomb {
    armed: bool,
}

impl Callbacks for Bomb {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::CLOSE_SOCKET
    }

    fn close_socket(&mut self, _: Socket) -> CallbackResult {
        match self.armed {
            true => How::Panic.result(Callback::CloseSocket),
            false => CallbackResult::Continue,
        }
    }
}

/// Makes a transfer and performs it with `connect_only`. Its connection stays open, and `close_socket`
/// panics when it is closed.
fn bomb(server: &Server) -> Transfer<Bomb> {
    let mut transfer = Transfer::new(Bomb { armed: true }).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.connect_only(true).unwrap();
    transfer.perform().unwrap();
    transfer
}

fn panics<T>(call: impl FnOnce() -> T) {
    let Err(payload) = catch_unwind(AssertUnwindSafe(call)) else {
        panic!("no panic came out");
    };
    let own = Some(&Own(Callback::CloseSocket));
    assert_eq!(payload.downcast_ref::<Own>(), own);
}

#[test]
fn panic_out_of_add_leaves_the_transfer_to_be_taken() {
    let server = Server::ok("body");
    let mut multi = Multi::new().unwrap();
    let transfer = bomb(&server);
    panics(|| multi.add(transfer));
    assert_eq!(multi.running(), 0);
    assert!(!multi.is_empty());
    let (id, mut transfer, result) = multi.take_finished().unwrap();
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Aborted { .. }), "{error:?}");
    assert_eq!(error.callback(), Some(Callback::CloseSocket));
    transfer.handler_mut().armed = false;
    transfer.connect_only(false).unwrap();
    assert_ne!(multi.add(transfer).unwrap(), id);
    let mut ended = 0;
    multi
        .run(|_, _, _, result| {
            ended += 1;
            result
        })
        .unwrap();
    assert_eq!(ended, 1);
}

/// The caller still has the transfer after the panic, and the transfer works.
#[test]
fn panic_out_of_a_setter_leaves_the_transfer_as_it_was() {
    let server = Server::ok("body");
    let share = Share::new(ShareData::DNS).unwrap();
    type Call = fn(&mut Transfer<Bomb>, &Share) -> Result<(), Error>;
    let calls: [Call; 5] = [
        |transfer, share| transfer.share(share),
        |transfer, _| transfer.unshare(),
        |transfer, _| transfer.connect_only(false),
        |transfer, _| transfer.reset(),
        |transfer, _| transfer.perform(),
    ];
    for call in calls {
        let mut transfer = bomb(&server);
        panics(|| call(&mut transfer, &share));
        transfer.handler_mut().armed = false;
        transfer.url(&server.url("/")).unwrap();
        transfer.connect_only(false).unwrap();
        transfer.perform().unwrap();
        assert_eq!(transfer.response_code().unwrap(), 200);
    }
}

/// When a handle leaves its engine, libcurl 7.85.0 and later close the connection that `CURLOPT_CONNECT_ONLY`
/// has left open, if the option is still set. The crate also closes this connection after the option has changed.
#[test]
fn connection_that_was_left_open_is_closed_whatever_is_set_afterwards() {
    type Change = fn(&mut Transfer<()>) -> Result<(), Error>;
    let changes: [Change; 2] = [
        |transfer| transfer.connect_only(false),
        |transfer| transfer.reset(),
    ];
    for shares in [false, true] {
        for change in changes {
            let (server, ended) = ending();
            let mut transfer = Transfer::new(()).unwrap();
            if shares && Version::linked() < Version::new(7, 85, 0) {
                skip_case!("this libcurl leaves the connections of a share open");
                continue;
            }
            if shares {
                let share = Share::new(ShareData::CONNECTIONS).unwrap();
                transfer.share(&share).unwrap();
            }
            for _ in 0..3 {
                transfer.url(&server.url("/")).unwrap();
                transfer.connect_only(true).unwrap();
                transfer.perform().unwrap();
                change(&mut transfer).unwrap();
                transfer.url(&server.url("/")).unwrap();
                transfer.perform().unwrap();
                ended.recv_timeout(LONG).unwrap();
            }
        }
    }
}

/// If it is armed, aborts in `close_socket`, once.
#[derive(Default)]
struct Armed {
    armed: bool,
    got: Vec<u8>,
}

impl Callbacks for Armed {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::CLOSE_SOCKET
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.got.extend_from_slice(data);
        WriteResult::Continue
    }

    fn close_socket(&mut self, _: Socket) -> CallbackResult {
        match std::mem::take(&mut self.armed) {
            true => CallbackResult::Abort,
            false => CallbackResult::Continue,
        }
    }
}

/// Makes a transfer and performs it with `connect_only`. Its connection stays open, and `close_socket`
/// aborts when it is closed.
fn armed(server: &Server) -> Transfer<Armed> {
    let mut transfer = Transfer::new(Armed::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.connect_only(true).unwrap();
    transfer.perform().unwrap();
    transfer.handler_mut().armed = true;
    transfer
}

/// A reset that fails half-way must not leave a transfer that works without its callbacks.
#[test]
fn reset_with_a_close_that_fails() {
    let server = Server::ok("PRINTED TO STDOUT\n");
    let mut t = armed(&server);
    t.reset().unwrap_err();
    t.url(&server.url("/")).unwrap();
    let result = t.perform();
    assert!(
        result.is_err() || !t.handler().got.is_empty(),
        "the body went elsewhere"
    );
}

/// If `share` fails, the transfer must not use the share.
#[test]
fn share_with_a_close_that_fails() {
    let server = Server::ok("x");
    let mut t = armed(&server);
    let share = Share::new(ShareData::COOKIES).unwrap();
    t.share(&share).unwrap_err();
    t.connect_only(false).unwrap();
    t.cookie_file("").unwrap();
    t.cookie_list(
        "Set-Cookie: a=b; domain=example.test; path=/; expires=Fri, 31 Dec 2100 00:00:00 GMT",
    )
    .unwrap();
    t.perform().unwrap();
    let mut u = Transfer::new(()).unwrap();
    u.share(&share).unwrap();
    assert!(u.cookies().unwrap().is_empty(), "refused, and in use");
}
