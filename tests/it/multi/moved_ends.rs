//! A transfer that has ended in a `Multi` and runs again elsewhere: how it fails, sends, receives
//! and is cancelled, and that nothing is left of it.

#![cfg(unix)]

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use curlback::multi::{PollFd, Ready};
use curlback::{
    Attempt, CallbackResult, Callbacks, Error, Multi, Remote, Transfer, WriteResult, callbacks,
};
use socket2::Socket;

use crate::support::child::{child, in_child};
use crate::support::descriptors::descriptors;
use crate::support::driving::LONG;
use crate::support::server::{Conn, Server};
use crate::support::sharing::on_thread;
use crate::support::transfers::{finished, run_in};

/// When the body of its transfer comes, cancels, drops or performs the transfers in its fields.
#[derive(Default)]
struct Does {
    cancel: Option<Remote>,
    drop: Option<Box<Transfer<Does>>>,
    perform: Option<Box<Transfer<Does>>>,
    _token: Arc<()>,
}

impl Callbacks for Does {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        if let Some(remote) = self.cancel.take() {
            assert!(remote.cancel());
        }
        drop(self.drop.take());
        if let Some(mut other) = self.perform.take() {
            other.perform().unwrap();
        }
        WriteResult::Continue
    }
}

fn get(url: &str) -> Transfer<Does> {
    let mut transfer = Transfer::new(Does::default()).unwrap();
    transfer.url(url).unwrap();
    transfer
}

#[test]
fn error_says_the_same_elsewhere() {
    let server = Server::new(|conn: &mut Conn| {
        while conn.request().is_some() {
            conn.reply("404 Not Found", "", "nothing");
        }
    });
    let mut multi = Multi::new().unwrap();
    let mut transfer = get(&server.url("/path"));
    transfer.fail_on_error(true).unwrap();
    let (mut transfer, here) = run_in(&mut multi, transfer);
    let here = format!("{:#}", here.unwrap_err());
    assert!(here.contains("error: 404"), "{here}");
    on_thread(move || {
        let there = transfer.perform().unwrap_err();
        assert_eq!(format!("{there:#}"), here);
        // The next error is not that of the request before.
        transfer.url("http://127.0.0.1:1/").unwrap();
        let refused = format!("{:#}", transfer.perform().unwrap_err());
        assert!(!refused.contains("404"), "{refused}");
    });
}

#[test]
fn remote_made_before_cancels_it_elsewhere() {
    let server = Server::ok("body");
    let mut multi = Multi::new().unwrap();
    let transfer = get(&server.url("/"));
    let remote = transfer.remote();
    let (mut transfer, result) = run_in(&mut multi, transfer);
    result.unwrap();
    transfer.handler_mut().cancel = Some(remote.clone());
    on_thread(move || {
        assert!(matches!(transfer.perform(), Err(Error::Cancelled)));
        transfer.perform().unwrap();
    });
    assert!(!remote.cancel());
}

/// A connection of `connect_only` does not go with a transfer that leaves a `Multi`. If the transfer performs
/// alone, the connection stays.
#[test]
fn connect_only_connects_again_elsewhere() {
    let server = Server::new(|conn: &mut Conn| {
        while let Some(line) = conn.line() {
            conn.send(line);
        }
    });
    let mut multi = Multi::new().unwrap();
    let mut transfer = get(&server.url("/"));
    transfer.connect_only(true).unwrap();
    let (mut transfer, result) = run_in(&mut multi, transfer);
    result.unwrap();
    on_thread(move || {
        for _ in 0..2 {
            transfer.perform().unwrap();
            assert!(matches!(transfer.send(b"echo\n"), Ok(Attempt::Done(5))));
            let (mut buffer, mut got) = ([0; 4], Vec::new());
            while got.len() < 4 {
                if let Attempt::Done(len) = transfer.recv(&mut buffer).unwrap() {
                    assert_ne!(len, 0, "it is open");
                    got.extend_from_slice(&buffer[..len]);
                    continue;
                }
                let socket = transfer.active_socket().unwrap().unwrap();
                let mut waits = Multi::<()>::new().unwrap();
                waits
                    .poll(&mut [PollFd::new(&socket, Ready::READ)], LONG)
                    .unwrap();
            }
            assert_eq!(got, b"echo");
        }
    });
}

#[test]
fn dropped_or_performed_in_a_callback_of_the_same_multi() {
    let server = Server::ok("body");
    let token = Arc::new(());
    for performs in [false, true] {
        let mut multi = Multi::new().unwrap();
        let mut first = get(&server.url("/first"));
        first.handler_mut()._token = token.clone();
        let (first, result) = run_in(&mut multi, first);
        result.unwrap();
        let mut second = get(&server.url("/second"));
        match performs {
            true => second.handler_mut().perform = Some(Box::new(first)),
            false => second.handler_mut().drop = Some(Box::new(first)),
        }
        let (_second, result) = run_in(&mut multi, second);
        result.unwrap();
        assert_eq!(Arc::strong_count(&token), 1);
        let (_third, result) = run_in(&mut multi, get(&server.url("/third")));
        result.unwrap();
    }
}

#[test]
fn multi_may_go_first() {
    for reset in [false, true] {
        let server = Server::ok("body");
        let mut multi = Multi::new().unwrap();
        let (mut transfer, result) = run_in(&mut multi, get(&server.url("/")));
        result.unwrap();
        drop(multi);
        on_thread(move || {
            if reset {
                transfer.reset().unwrap();
                transfer.url(&server.url("/")).unwrap();
            }
            transfer.perform().unwrap();
            drop(transfer);
            drop(server);
        });
    }
}

/// The `Multi` is not driven again, and the transfers are dropped elsewhere.
#[test]
fn nothing_is_left_when_the_multi_is_gone() {
    let Some(url) = in_child() else {
        let server = Server::ok("body");
        child(
            "multi::moved_ends::nothing_is_left_when_the_multi_is_gone",
            &server,
            b"",
        );
        return;
    };
    let token = Arc::new(());
    let round = || {
        let mut multi = Multi::new().unwrap();
        let mut ended = Vec::new();
        for _ in 0..8 {
            let mut transfer = get(&url);
            transfer.handler_mut()._token = token.clone();
            multi.add(transfer).unwrap();
        }
        let all = multi.run(|_, _, transfer, result| {
            ended.push(transfer);
            result
        });
        all.unwrap();
        on_thread(move || {
            let mut again = ended.split_off(4);
            for transfer in &mut again {
                transfer.perform().unwrap();
            }
            drop(ended);
        });
        // The handlers are dropped at once, whatever else stays until the `Multi` is dropped.
        assert_eq!(Arc::strong_count(&token), 1);
        drop(multi);
    };
    round();
    let before = descriptors();
    for _ in 0..5 {
        round();
    }
    assert_eq!(descriptors(), before);
}

/// A connection of a `Multi` is closed when the `Multi` is dropped, not when the transfer is.
#[test]
fn connection_stays_with_the_multi() {
    let (closes, closed) = channel();
    let server = Server::new(move |conn: &mut Conn| {
        while conn.request().is_some() {
            conn.reply("200 OK", "", "body");
        }
        closes.send(()).unwrap();
    });
    let mut multi = Multi::new().unwrap();
    let (transfer, result) = run_in(&mut multi, get(&server.url("/")));
    result.unwrap();
    on_thread(move || drop(transfer));
    let (transfer, result) = run_in(&mut multi, get(&server.url("/")));
    result.unwrap();
    assert_eq!(transfer.num_connects().unwrap(), 0);
    assert!(closed.try_recv().is_err());
    drop(multi);
    closed.recv_timeout(LONG).unwrap();
    drop(thread::spawn(move || drop(transfer)).join());
}

/// Waits for a lock in `close_socket`.
struct Waits {
    entered: Sender<()>,
    gate: Arc<Mutex<()>>,
}

#[callbacks]
impl Callbacks for Waits {
    fn close_socket(&mut self, socket: Socket) -> CallbackResult {
        let _ = self.entered.send(());
        drop(self.gate.lock());
        drop(socket);
        CallbackResult::Continue
    }
}

/// Another thread drops a transfer, whose `close_socket` waits. The `Multi` must not wait for that.
#[test]
fn multi_does_not_wait_for_close_socket_of_another_thread() {
    let server = Server::ok("body");
    let (entered, inside) = channel();
    let gate = Arc::new(Mutex::new(()));
    let mut transfer = Transfer::new(Waits {
        entered,
        gate: gate.clone(),
    })
    .unwrap();
    transfer.url(&server.url("/")).unwrap();
    // This connection is the transfer's own, so the drop of the transfer closes it.
    transfer.perform().unwrap();
    let mut multi = Multi::new().unwrap();
    multi.add(transfer).unwrap();
    let ended = finished(&mut multi);
    let held = gate.lock().unwrap();
    let dropping = thread::spawn(move || drop(ended));
    inside.recv_timeout(LONG).unwrap();
    multi.perform().unwrap();
    drop(held);
    dropping.join().unwrap();
}
