//! A share of connections on several threads at once: no thread makes a transfer of another thread fail
//! or hang.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use curlback::multi::{PollFd, Ready};
use curlback::{
    Attempt, Callbacks, Error, Multi, Share, ShareData, Transfer, Version, WriteResult,
};

use crate::support::built_in::https;
use crate::support::driving::LONG;
use crate::support::login_servers::{
    Answer, Login, LoginServer, for_each_login, may_share_addresses, perform,
};
use crate::support::rounds::rounds;
use crate::support::server::Server;
use crate::support::sharing::on_threads;
use crate::support::skip::skip;
use crate::support::tls_server::Identity;

fn connections() -> Share {
    Share::new(ShareData::CONNECTIONS).unwrap()
}

/// Ends the loops of the other threads, even if this thread panics.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn shared(server: &LoginServer, share: &Share) -> Transfer<Answer> {
    let mut transfer = server.transfer();
    transfer.share(share).unwrap();
    transfer
}

/// Each thread performs one transfer again and again, and new ones in between.
fn four_threads_perform_at_once(login: Login) {
    let Some(server) = LoginServer::new(login) else {
        return;
    };
    let (share, start) = (connections(), Barrier::new(4));
    on_threads(4, |_| {
        let mut again = shared(&server, &share);
        start.wait();
        for _ in 0..rounds(10, 300) {
            perform(&mut again);
            perform(&mut shared(&server, &share));
        }
    });
}

fn four_multis_run_at_once(login: Login) {
    if !may_share_addresses(login) {
        return;
    }
    let Some(server) = LoginServer::new(login) else {
        return;
    };
    let (share, start) = (connections(), Barrier::new(4));
    on_threads(4, |_| {
        start.wait();
        let mut multi = Multi::new().unwrap();
        let mut rest = rounds(16, 480);
        for _ in 0..4 {
            multi.add(shared(&server, &share)).unwrap();
        }
        multi
            .run(|multi, _, mut transfer, result| {
                result?;
                transfer.handler_mut().check();
                if rest > 0 {
                    rest -= 1;
                    // Every second transfer is used again.
                    let next = match rest % 2 {
                        0 => shared(&server, &share),
                        _ => transfer,
                    };
                    multi.add(next)?;
                }
                Ok(())
            })
            .unwrap();
    });
}

/// Each thread passes the transfers that it has performed to the next thread, which drops,
/// performs, resets or clones them.
fn passed_on_from_thread_to_thread(login: Login) {
    let Some(server) = LoginServer::new(login) else {
        return;
    };
    let share = connections();
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..4).map(|_| channel()).unzip();
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for (place, inbox) in receivers.into_iter().enumerate() {
            let next = senders[(place + 1) % 4].clone();
            let (server, share) = (&server, &share);
            threads.push(scope.spawn(move || {
                for round in 0..rounds(8, 240) {
                    let mut own = shared(server, share);
                    perform(&mut own);
                    next.send(own).unwrap();
                    let mut other: Transfer<Answer> = inbox.recv().unwrap();
                    match round % 4 {
                        0 => drop(other),
                        1 => perform(&mut other),
                        2 => {
                            other.reset().unwrap();
                            server.aim(&mut other);
                            perform(&mut other);
                        }
                        _ => perform(&mut other.try_clone_with(Answer::default()).unwrap()),
                    }
                }
            }));
        }
        drop(senders);
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

/// A transfer moves between two shares. Its credentials reach the connections of both, which other
/// transfers use.
fn moved_from_share_to_share_in_one_multi(login: Login) {
    if !may_share_addresses(login) {
        return;
    }
    let Some(server) = LoginServer::new(login) else {
        return;
    };
    let (shares, done) = ([connections(), connections()], AtomicBool::new(false));
    thread::scope(|scope| {
        let ends = Done(&done);
        let others: Vec<_> = (shares.iter())
            .map(|share| {
                let (server, done) = (&server, &done);
                scope.spawn(move || {
                    while !done.load(Ordering::SeqCst) {
                        perform(&mut shared(server, share));
                    }
                })
            })
            .collect();
        let mut multi = Multi::new().unwrap();
        multi.add(shared(&server, &shares[0])).unwrap();
        let mut round = 0;
        multi
            .run(|multi, _, mut transfer, result| {
                result?;
                transfer.handler_mut().check();
                round += 1;
                if round < rounds(20, 600) {
                    transfer.share(&shares[round % 2])?;
                    multi.add(transfer)?;
                }
                Ok(())
            })
            .unwrap();
        drop(ends);
        for other in others {
            other.join().unwrap();
        }
    });
}

for_each_login!((
    four_threads_perform_at_once
    four_multis_run_at_once
    passed_on_from_thread_to_thread
    moved_from_share_to_share_in_one_multi
));

/// Runs a closure on a thread of its own, and asserts that it ends.
fn ends(run: impl FnOnce() + Send + 'static) {
    let (send, ended) = channel();
    let thread = thread::spawn(move || {
        run();
        send.send(()).unwrap();
    });
    // If the closure has panicked, `join` returns the panic.
    if let Err(std::sync::mpsc::RecvTimeoutError::Timeout) = ended.recv_timeout(LONG) {
        panic!("it hangs");
    }
    thread.join().unwrap();
}

#[test]
fn transfer_in_progress_keeps_no_other_thread_waiting() {
    let (go, wait) = channel::<()>();
    let (arrived, arrives) = channel();
    let wait = std::sync::Mutex::new(wait);
    let server = Server::new(move |conn| {
        while let Some(request) = conn.request() {
            if request.line.contains("/slow") {
                arrived.send(()).unwrap();
                wait.lock().unwrap().recv().unwrap();
            }
            conn.reply("200 OK", "", "answer");
        }
    });
    let share = connections();
    let [slow, fast] = ["/slow", "/fast"].map(|path| {
        let mut transfer = Transfer::new(Answer::default()).unwrap();
        transfer.url(&server.url(path)).unwrap();
        transfer.share(&share).unwrap();
        transfer
    });
    ends(move || {
        let slow = thread::spawn(move || perform(&mut { slow }));
        arrives.recv().unwrap();
        perform(&mut { fast });
        go.send(()).unwrap();
        slow.join().unwrap();
    });
}

/// Performs another transfer inside `write`.
struct Nests {
    inner: Option<Transfer<()>>,
    met: Option<Arc<Barrier>>,
    result: Option<Result<(), Error>>,
}

impl Callbacks for Nests {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        if let Some(mut inner) = self.inner.take() {
            if let Some(met) = self.met.take() {
                met.wait();
            }
            self.result = Some(inner.perform());
        }
        WriteResult::Continue
    }
}

fn nests(url: &str, outer: &Share, inner: &Share, met: Option<Arc<Barrier>>) -> Transfer<Nests> {
    let mut nested = Transfer::new(()).unwrap();
    nested.url(url).unwrap();
    nested.share(inner).unwrap();
    let mut transfer = Transfer::new(Nests {
        inner: Some(nested),
        met,
        result: None,
    })
    .unwrap();
    transfer.url(url).unwrap();
    transfer.share(outer).unwrap();
    transfer
}

/// Asserts that a transfer has succeeded, or was refused its share.
fn assert_works_or_is_refused(result: &Result<(), Error>) {
    match result {
        Ok(()) => {}
        Err(Error::Option { option, .. }) => assert_eq!(*option, "CURLOPT_SHARE"),
        other => panic!("{other:?}"),
    }
}

/// Runs `count` transfers at once, each with a share of its own. Each performs a nested transfer
/// with the share of the next one.
fn nested_in_a_ring(count: usize, url: &str) {
    let url = url.to_owned();
    ends(move || {
        let shares: Vec<_> = (0..count).map(|_| connections()).collect();
        let met = Arc::new(Barrier::new(count));
        on_threads(count, |this| {
            let (outer, inner) = (&shares[this], &shares[(this + 1) % count]);
            let mut transfer = nests(&url, outer, inner, Some(met.clone()));
            transfer.perform().unwrap();
            assert_works_or_is_refused(transfer.handler().result.as_ref().unwrap());
        });
    });
}

#[test]
fn two_shares_nested_in_opposite_order_end() {
    let server = Server::ok("answer");
    for _ in 0..rounds(5, 150) {
        nested_in_a_ring(2, &server.url("/"));
    }
}

#[test]
fn three_shares_nested_in_a_ring_end() {
    let server = Server::ok("answer");
    nested_in_a_ring(3, &server.url("/"));
}

#[test]
fn share_nested_in_itself_ends() {
    let server = Server::ok("answer");
    let url = server.url("/");
    ends(move || {
        let share = connections();
        on_threads(2, |_| {
            for _ in 0..rounds(5, 150) {
                let mut transfer = nests(&url, &share, &share, None);
                transfer.perform().unwrap();
                assert_works_or_is_refused(transfer.handler().result.as_ref().unwrap());
            }
        });
    });
}

/// Sends a line, and waits until it comes back.
fn echo(transfer: &mut Transfer<()>, waits: &mut Multi<()>) {
    let mut rest: &[u8] = b"echo\n";
    while !rest.is_empty() {
        match transfer.send(rest).unwrap() {
            Attempt::Done(sent) => rest = &rest[sent..],
            Attempt::WouldBlock => wait(transfer, waits, Ready::WRITE),
        }
    }
    let mut got = Vec::new();
    while got.len() < 4 {
        let mut buffer = [0; 4];
        match transfer.recv(&mut buffer).unwrap() {
            Attempt::Done(0) => panic!("closed"),
            Attempt::Done(len) => got.extend_from_slice(&buffer[..len]),
            Attempt::WouldBlock => wait(transfer, waits, Ready::READ),
        }
    }
    assert_eq!(got, b"echo");
}

fn wait(transfer: &Transfer<()>, waits: &mut Multi<()>, ready: Ready) {
    let socket = transfer.active_socket().unwrap().unwrap();
    waits
        .poll(&mut [PollFd::new(&socket, ready)], LONG)
        .unwrap();
}

#[test]
fn send_recv_upkeep_and_info_beside_a_drive() {
    let echoing = Server::new(|conn| {
        while let Some(line) = conn.line() {
            conn.send(line);
        }
    });
    let Some(server) = LoginServer::new(Login::Userpwd) else {
        return;
    };
    if Version::linked() < Version::new(7, 83, 0) {
        return skip!("this libcurl does not find a connection of a share");
    }
    let (share, done) = (connections(), AtomicBool::new(false));
    on_threads(3, |thread| match thread {
        0 => {
            let _ends = Done(&done);
            let mut transfer = Transfer::new(()).unwrap();
            transfer.url(&echoing.url("/")).unwrap();
            transfer.connect_only(true).unwrap();
            transfer.share(&share).unwrap();
            transfer.perform().unwrap();
            let mut waits = Multi::new().unwrap();
            for _ in 0..rounds(50, 1500) {
                echo(&mut transfer, &mut waits);
                assert!(transfer.active_socket().unwrap().is_some());
                assert!(transfer.primary_ip().unwrap().is_some());
            }
        }
        1 => {
            while !done.load(Ordering::SeqCst) {
                perform(&mut shared(&server, &share));
            }
        }
        _ => {
            let mut transfer = shared(&server, &share);
            transfer.upkeep_interval(Duration::ZERO).unwrap();
            while !done.load(Ordering::SeqCst) {
                perform(&mut transfer);
                // This is an error if the linked libcurl lacks the function, or another transfer uses the
                // share.
                let _ = transfer.upkeep();
                transfer.active_socket().unwrap();
            }
        }
    });
}

/// Makes a server that answers over TLS, and does not shut its side of the connection down before
/// `go`.
fn lingering(go: std::sync::mpsc::Receiver<()>) -> (SocketAddr, thread::JoinHandle<()>) {
    let identity = Identity::authority().vouch_for("127.0.0.1");
    let acceptor = identity.acceptor().build();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let mut stream = BufReader::new(acceptor.accept(socket).unwrap());
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).unwrap();
        }
        let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nanswer";
        stream.get_mut().write_all(answer.as_bytes()).unwrap();
        go.recv().unwrap();
        let _ = stream.get_mut().shutdown();
    });
    (address, thread)
}

/// A connection leaves the pool of its share, and the `Multi` shuts it down. The `Multi` then runs
/// transfers without the share while another thread drops the last transfer that had it.
#[test]
fn connection_is_shut_down_by_a_multi_that_shares_no_more() {
    if !https() {
        return;
    }
    let server = Server::ok("answer");
    for _ in 0..rounds(5, 150) {
        let (go, goes) = channel();
        let (address, lingering) = lingering(goes);
        let share = connections();
        let mut transfer = Transfer::new(Answer::default()).unwrap();
        transfer.url(&format!("https://{address}/")).unwrap();
        transfer.ssl_verify_peer(false).unwrap();
        transfer.ssl_verify_host(false).unwrap();
        transfer.share(&share).unwrap();
        let mut multi = Multi::new().unwrap();
        multi.add(transfer).unwrap();
        let mut ended = None;
        let run = multi.run(|_, _, mut transfer, result| {
            result?;
            transfer.handler_mut().check();
            ended = Some(transfer);
            Ok(())
        });
        run.unwrap();
        let start = Barrier::new(2);
        thread::scope(|scope| {
            let dropping = scope.spawn(|| {
                start.wait();
                drop(ended);
            });
            start.wait();
            go.send(()).unwrap();
            for _ in 0..3 {
                let mut transfer = Transfer::new(Answer::default()).unwrap();
                transfer.url(&server.url("/")).unwrap();
                multi.add(transfer).unwrap();
                multi.run(|_, _, _, result| result).unwrap();
            }
            dropping.join().unwrap();
        });
        drop(multi);
        lingering.join().unwrap();
    }
}
