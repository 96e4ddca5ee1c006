//! `close_socket` in a `Multi`: connections outlive their transfer, serve other transfers, and
//! belong to the driver.

#![cfg(unix)]

use std::iter;
use std::os::fd::RawFd;
use std::sync::{Arc, Mutex};

use curlback::{Callback, Callbacks, Hooks, Multi, Transfer, Version};

use crate::support::closes::{Closes, Log, Then, closes};
use crate::support::driving::{Loop, turn};
use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::servers::{redirecting_to, silent};
use crate::support::skip::skip;
use crate::support::transfers::{collecting, succeeds_in};

fn boxed(url: &str, then: Then) -> (Transfer<Box<dyn Callbacks>>, Arc<Mutex<Log>>) {
    let (transfer, log) = closes(url, then);
    let handler: Box<dyn Callbacks> = Box::new(transfer.into_handler());
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(url).unwrap();
    (transfer, log)
}

fn logged(log: &Mutex<Log>) -> (Vec<RawFd>, Vec<RawFd>) {
    let log = log.lock().unwrap();
    (log.opened.clone(), log.closed.clone())
}

/// tests/CORPUS.md, 8: other transfers reuse the connection of a transfer that has left. In the end
/// it is closed without a call of `close_socket`, since the transfer that opened it is no longer in
/// the `Multi`.
#[test]
fn connection_outlives_its_transfer_and_serves_others() {
    let server = Server::ok("body");
    for drops_first in [true, false] {
        let mut multi: Multi<Box<dyn Callbacks>> = Multi::new().unwrap();
        let (transfer, first) = boxed(&server.url("/"), Then::Drop);
        let transfer = succeeds_in(&mut multi, transfer);
        assert_eq!(logged(&first).0.len(), 1);
        let kept = (!drops_first).then_some(transfer);

        // A transfer with another handler reuses the connection, and so does one with a handler of
        // another type.
        let (transfer, second) = boxed(&server.url("/"), Then::Fail);
        let transfer = succeeds_in(&mut multi, transfer);
        assert_eq!(transfer.num_connects().unwrap(), 0);
        drop(transfer);
        let mut transfer = Transfer::new(Box::new(()) as Box<dyn Callbacks>).unwrap();
        transfer.url(&server.url("/")).unwrap();
        // The end of this transfer closes the connection.
        transfer.forbid_reuse(true).unwrap();
        assert_eq!(succeeds_in(&mut multi, transfer).num_connects().unwrap(), 0);
        assert!(logged(&first).1.is_empty());
        assert_eq!(logged(&second), (vec![], vec![]));
        drop(multi);
        drop(kept);
        assert!(logged(&first).1.is_empty());
        assert_eq!(Arc::strong_count(&first), 1);
    }
}

/// tests/CORPUS.md, 8 and 29: each transfer is called only for its own sockets. Files that have got
/// the number of a socket stay open.
#[test]
fn each_transfer_hears_of_its_own_sockets() {
    let server = Server::ok("body");
    let mut multi = Multi::new().unwrap();
    let mut logs = Vec::new();
    for n in 0..10 {
        let (mut transfer, log) = closes(&server.url("/"), Then::Replace);
        transfer.forbid_reuse(n % 2 == 0).unwrap();
        transfer.fresh_connect(true).unwrap();
        multi.add(transfer).unwrap();
        logs.push(log);
    }
    let mut transfers = Vec::new();
    multi
        .run(|_, _, transfer, result| {
            transfers.push(transfer);
            result
        })
        .unwrap();
    for (n, log) in logs.iter().enumerate() {
        let (opened, closed) = logged(log);
        assert_eq!(opened.len(), 1);
        // Connections that may be kept are closed later, when their transfer has left. Some
        // releases close the sockets while the transfer is still there.
        let linked = Version::linked();
        let early = linked >= Version::new(8, 12, 0) && linked < Version::new(8, 18, 0);
        let may_be_heard = n % 2 == 0 || early;
        if n % 2 == 0 || !closed.is_empty() {
            assert!(may_be_heard);
            assert_eq!(closed, opened);
        }
    }
    drop(multi);
    assert!(transfers.iter().all(|t| t.handler().files_are_whole()));
}

/// The second transfer makes libcurl close the first connection of the other one, whose
/// `close_socket` fails. That ends the other transfer, although it waits for its server.
#[test]
fn failure_ends_a_transfer_at_once_that_another_one_has_called_back() {
    let server = Server::ok("body");
    let silent = silent();
    let first = redirecting_to(silent.url("/"));
    let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
    multi.max_connects(1).unwrap();
    let (mut transfer, log) = closes(&first.url("/"), Then::Fail);
    transfer.follow_location(true).unwrap();
    let id = multi.add(transfer).unwrap();
    while logged(&log).0.len() < 2 {
        turn(&mut multi).unwrap();
    }
    assert_eq!(logged(&log).1, []);
    multi.add(closes(&server.url("/"), Then::Drop).0).unwrap();
    let mut ended = None;
    while logged(&log).1.is_empty() {
        turn(&mut multi).unwrap();
        for (own, other, result) in iter::from_fn(|| multi.take_finished()).collect::<Vec<_>>() {
            match own == id {
                true => ended = Some(result),
                // If two connections became idle in the same millisecond, libcurl may have closed
                // the other one. The next run may close the right one.
                false => drop(multi.add(other).unwrap()),
            }
        }
    }
    let ended = ended.or_else(|| {
        iter::from_fn(|| multi.take_finished())
            .find_map(|(own, _, result)| (own == id).then_some(result))
    });
    let result = ended.expect("it has failed, and goes on");
    let error = result.unwrap_err();
    assert_eq!(error.callback(), Some(Callback::CloseSocket), "{error:?}");
}

/// tests/CORPUS.md, 9: a transfer that has left a `Multi` no longer uses the connections of
/// the `Multi`.
#[test]
fn transfer_performs_alone_before_and_after_its_time_in_a_multi() {
    let server = Server::ok("body");
    let (mut transfer, log) = closes(&server.url("/"), Then::Replace);
    transfer.perform().unwrap();
    for round in 1..=3 {
        let mut multi = Multi::new().unwrap();
        transfer = succeeds_in(&mut multi, transfer);
        assert_eq!(transfer.num_connects().unwrap(), 1);
        // The transfer's own connection is still there, while the `Multi` exists and afterwards.
        transfer.perform().unwrap();
        assert_eq!(transfer.num_connects().unwrap(), 0);
        drop(multi);
        transfer.perform().unwrap();
        assert_eq!(transfer.num_connects().unwrap(), 0);
        let (opened, closed) = logged(&log);
        assert_eq!((opened.len(), closed.len()), (1 + round, 0));
    }
    let own = logged(&log).0[0];
    drop(transfer);
    assert_eq!(logged(&log).1, [own]);
}

/// tests/CORPUS.md, 9: a hook is set or taken back between two runs.
#[test]
fn hook_is_changed_between_two_runs() {
    let server = Server::ok("body");
    let (mut transfer, log) = closes(&server.url("/"), Then::Drop);
    let with = transfer.hooks();
    for hooks in [with - Hooks::CLOSE_SOCKET, with, with - Hooks::CLOSE_SOCKET] {
        let mut multi = Multi::new().unwrap();
        transfer.set_hooks(hooks).unwrap();
        transfer.forbid_reuse(true).unwrap();
        log.lock().unwrap().closed.clear();
        transfer = succeeds_in(&mut multi, transfer);
        let closed = logged(&log).1.len();
        assert_eq!(closed, usize::from(hooks.contains(Hooks::CLOSE_SOCKET)));
    }
}

/// tests/CORPUS.md, 8 and 10: libcurl closes the data connection of one transfer while it works for
/// another.
#[test]
fn sockets_of_ftp_are_closed_once() {
    let server = FtpServer::new("file", "contents");
    let mut multi: Multi<Closes> = Multi::new().unwrap();
    let mut logs = Vec::new();
    for round in 0..3 {
        for _ in 0..3 {
            let (transfer, log) = closes(&server.url("file"), Then::Replace);
            multi.add(transfer).unwrap();
            logs.push(log);
        }
        let mut unsupported = false;
        multi
            .run(|_, _, transfer, result| {
                match result {
                    Err(error) if error.code() == Some(curlback::Code::UNSUPPORTED_PROTOCOL) => {
                        unsupported = true;
                    }
                    result => result?,
                }
                assert!(transfer.handler().files_are_whole());
                // The next round uses the connections of this transfer, which is gone.
                drop(transfer);
                Ok(())
            })
            .unwrap();
        if unsupported {
            skip!("this libcurl has no FTP, round {round}");
            return;
        }
    }
    drop(multi);
    for log in &logs {
        let (opened, closed) = logged(log);
        assert!(!opened.is_empty());
        assert!(closed.len() <= opened.len());
        assert_eq!(Arc::strong_count(log), 1);
    }
}

/// tests/CORPUS.md, 7 and 8: other transfers get their own bytes after one was dropped half done.
#[test]
fn others_get_their_own_bytes_after_one_was_dropped_half_done() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "GET /half HTTP/1.1" => {
                    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                }
                _ => conn.reply("200 OK", "", "body"),
            }
        }
    });
    let mut multi = Multi::new().unwrap();
    for _ in 0..5 {
        let id = multi.add(collecting(&server.url("/half"))).unwrap();
        crate::support::driving::until(&mut multi, |multi| {
            !multi.get(id).unwrap().handler().body().is_empty()
        });
        drop(multi.remove(id));
        let transfer = succeeds_in(&mut multi, collecting(&server.url("/")));
        assert_eq!(transfer.handler().body(), b"body");
    }
}
