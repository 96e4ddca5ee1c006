//! Transfers that have ended in a `Multi` are used on other threads while the `Multi` runs.
//! libcurl's connections may refer to data of such a transfer, so these tests are for
//! `ThreadSanitizer`, with libcurl instrumented.

#![cfg(unix)]

use std::sync::Barrier;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;

use curlback::multi::Waker;
use curlback::{Multi, Share, ShareData, Transfer};

use crate::support::driving::LONG;
use crate::support::login_servers::{
    Answer, Login, LoginServer, for_each_login, may_share_addresses, perform,
};
use crate::support::rounds::rounds;

type Get = Transfer<Answer>;

/// How many transfers begin in the first `Multi`.
fn count() -> usize {
    rounds(60, 1800)
}

/// How many transfers run at a time.
const AT_ONCE: usize = 4;

/// A `Multi` that also gets transfers from another thread.
struct Station {
    multi: Multi<Answer>,
    inbox: Receiver<Get>,
}

/// Sends transfers to a [`Station`].
#[derive(Clone)]
struct Way {
    outbox: Sender<Get>,
    waker: Waker,
}

impl Way {
    fn send(&self, transfer: Get) {
        // This fails if the station is gone.
        let _ = self.outbox.send(transfer);
        self.waker.wake();
    }
}

impl Station {
    fn new() -> (Station, Way) {
        let multi = Multi::new().unwrap();
        let (outbox, inbox) = channel();
        let waker = multi.waker();
        (Station { multi, inbox }, Way { outbox, waker })
    }

    /// Runs until this number of transfers have succeeded, or until none is left and nobody can
    /// send more.
    fn run(&mut self, until: usize, mut done: impl FnMut(&mut Multi<Answer>, Get)) {
        let mut finished = 0;
        loop {
            let is_open = loop {
                match self.inbox.try_recv() {
                    Ok(transfer) => self.multi.add(transfer).unwrap(),
                    Err(error) => break error == TryRecvError::Empty,
                };
            };
            self.multi.perform().unwrap();
            while let Some((_, mut transfer, result)) = self.multi.take_finished() {
                result.unwrap();
                transfer.handler_mut().check();
                finished += 1;
                done(&mut self.multi, transfer);
            }
            if finished == until || (!is_open && self.multi.is_empty()) {
                return;
            }
            self.multi.poll(&mut [], LONG).unwrap();
        }
    }
}

/// Runs new transfers in a station until `ends` have ended, and passes each to `done`.
fn traffic(server: &LoginServer, station: &mut Station, ends: usize, mut done: impl FnMut(Get)) {
    let mut begun = 0;
    while begun < AT_ONCE {
        begun += 1;
        station.multi.add(server.transfer()).unwrap();
    }
    station.run(ends, |multi, transfer| {
        // Another transfer begins for each that ends, until `count()` have begun.
        if begun < count() {
            begun += 1;
            multi.add(server.transfer()).unwrap();
        }
        done(transfer);
    });
}

/// Sends each finished transfer to another thread, which calls `ends` for it.
fn elsewhere(login: Login, mut ends: impl FnMut(&LoginServer, Get) + Send) {
    let Some(server) = LoginServer::new(login) else {
        return;
    };
    let (mut station, _way) = Station::new();
    thread::scope(|scope| {
        let (send, received) = channel::<Get>();
        let server = &server;
        let thread = scope.spawn(move || {
            for transfer in received {
                ends(server, transfer);
            }
        });
        traffic(server, &mut station, count(), |transfer| {
            let _ = send.send(transfer);
        });
        drop(send);
        thread.join().unwrap();
    });
}

fn dropped(login: Login) {
    elsewhere(login, |_, transfer| drop(transfer));
}

fn reset_and_performed_again(login: Login) {
    elsewhere(login, |server, mut transfer| {
        transfer.reset().unwrap();
        server.aim(&mut transfer);
        perform(&mut transfer);
    });
}

fn performed_again(login: Login) {
    elsewhere(login, |_, mut transfer| {
        perform(&mut transfer);
        perform(&mut transfer);
    });
}

fn cloned_and_both_performed(login: Login) {
    elsewhere(login, |_, mut transfer| {
        let mut clone = transfer.try_clone_with(Answer::default()).unwrap();
        perform(&mut clone);
        perform(&mut transfer);
        drop(transfer);
        perform(&mut clone);
    });
}

fn shared_and_unshared(login: Login) {
    if !may_share_addresses(login) {
        return;
    }
    let strings = ShareData::COOKIES | ShareData::DNS;
    let shares = [strings, ShareData::CONNECTIONS].map(|data| Share::new(data).unwrap());
    elsewhere(login, move |_, mut transfer| {
        for share in &shares {
            transfer.share(share).unwrap();
            perform(&mut transfer);
            transfer.unshare().unwrap();
        }
        perform(&mut transfer);
    });
}

fn asked_and_set(login: Login) {
    elsewhere(login, |_, mut transfer| {
        assert!(transfer.effective_url().unwrap().is_some());
        assert!(transfer.primary_ip().unwrap().is_some());
        transfer.response_code().unwrap();
        transfer.num_connects().unwrap();
        transfer.total_time().unwrap();
        transfer.active_socket().unwrap();
        transfer.http_auth_avail().unwrap();
        transfer.cookie_file("").unwrap();
        transfer
            .cookie_list("Set-Cookie: a=1; domain=origin.test")
            .unwrap();
        assert_eq!(transfer.cookies().unwrap().len(), 1);
        transfer.verbose(false).unwrap();
        transfer.userpwd("other:password").unwrap();
        transfer.http_headers(["X-Own: 1"]).unwrap();
        transfer.url("http://other.test/").unwrap();
    });
}

/// Each transfer goes to another `Multi` and back, so that it runs in both.
fn added_to_another_multi_and_back(login: Login) {
    let Some(server) = LoginServer::new(login) else {
        return;
    };
    let (mut here, back) = Station::new();
    let (mut there, way) = Station::new();
    thread::scope(|scope| {
        let thread = scope.spawn(move || there.run(count(), |_, transfer| back.send(transfer)));
        traffic(&server, &mut here, 2 * count(), |transfer| {
            if transfer.handler().count == 1 {
                way.send(transfer);
            }
        });
        drop(way);
        thread.join().unwrap();
    });
}

/// The `Multi` closes the connections while another thread drops the transfers that used them.
fn dropped_beside_the_multi(login: Login) {
    let Some(server) = LoginServer::new(login) else {
        return;
    };
    for _ in 0..count() / 15 {
        let (mut station, _way) = Station::new();
        let mut finished = Vec::new();
        for _ in 0..AT_ONCE {
            station.multi.add(server.transfer()).unwrap();
        }
        station.run(AT_ONCE, |_, transfer| finished.push(transfer));
        let start = Barrier::new(2);
        thread::scope(|scope| {
            let thread = scope.spawn(|| {
                start.wait();
                drop(finished);
            });
            start.wait();
            drop(station);
            thread.join().unwrap();
        });
    }
}

for_each_login!((
    dropped
    reset_and_performed_again
    performed_again
    cloned_and_both_performed
    shared_and_unshared
    asked_and_set
    added_to_another_multi_and_back
    dropped_beside_the_multi
));
