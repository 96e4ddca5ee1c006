//! Many transfers at once: adding, driving and removing them.

use std::io::Write;
use std::time::Duration;

use curlback::multi::{PollFd, Ready};
use curlback::{Callbacks, Code, Error, Multi, Transfer, WriteResult};

use crate::support::server::Server;
use crate::support::transfers::collecting;

#[test]
fn transfers_end_with_their_own_results() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            let path = request.line.split(' ').nth(1).unwrap().to_owned();
            match path.as_str() {
                "/gone" => conn.reply("404 Not Found", "", "no"),
                "/cut" => return conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
                path => conn.reply("200 OK", "", path),
            }
        }
    });
    let mut multi = Multi::new().unwrap();
    let mut expected = Vec::new();
    for path in ["/one", "/gone", "/two", "/cut", "/three"] {
        let mut transfer = collecting(&server.url(path));
        transfer.fail_on_error(true).unwrap();
        expected.push((multi.add(transfer).unwrap(), path));
    }
    assert_eq!(multi.running(), 5);
    let mut seen = Vec::new();
    multi
        .run(|multi, id, transfer, result| {
            assert!(multi.get(id).is_none());
            let path = expected.iter().find(|(own, _)| *own == id).unwrap().1;
            match path {
                "/gone" => assert_eq!(result.unwrap_err().code(), Some(Code::HTTP_RETURNED_ERROR)),
                "/cut" => assert_eq!(result.unwrap_err().code(), Some(Code::PARTIAL_FILE)),
                path => {
                    result.unwrap();
                    assert_eq!(transfer.handler().body(), path.as_bytes());
                }
            }
            seen.push(path);
            Ok(())
        })
        .unwrap();
    seen.sort_unstable();
    assert_eq!(seen, ["/cut", "/gone", "/one", "/three", "/two"]);
    assert!(multi.is_empty());
}

#[test]
fn finished_transfer_is_added_again_and_reuses_the_connection() {
    let server = Server::ok("body");
    let mut multi = Multi::new().unwrap();
    multi.add(collecting(&server.url("/"))).unwrap();
    let mut rounds = 0;
    let mut connects = 0;
    multi
        .run(|multi, _, transfer, result| {
            result?;
            connects += transfer.num_connects()?;
            rounds += 1;
            if rounds < 5 {
                multi.add(transfer)?;
            }
            Ok(())
        })
        .unwrap();
    assert_eq!((rounds, connects), (5, 1));
}

#[test]
fn error_of_the_closure_comes_out_of_run_and_the_others_go_on() {
    let server = Server::ok("body");
    let mut multi = Multi::new().unwrap();
    for _ in 0..3 {
        multi.add(collecting(&server.url("/"))).unwrap();
    }
    let error = multi.run(|_, _, _, _| Err(Error::Cancelled)).unwrap_err();
    assert!(matches!(error, Error::Cancelled));
    let mut rest = 0;
    multi
        .run(|_, _, _, result| {
            rest += 1;
            result
        })
        .unwrap();
    assert_eq!(rest, 2);
}

#[test]
fn removed_transfer_is_whole_and_performs_alone() {
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo");
            if conn.request().is_none() {
                return;
            }
            conn.reply("200 OK", "", "whole");
        }
    });
    let mut multi = Multi::new().unwrap();
    let id = multi.add(collecting(&server.url("/"))).unwrap();
    while multi.get(id).unwrap().handler().body().is_empty() {
        multi.perform().unwrap();
        multi.poll(&mut [], Duration::from_secs(5)).unwrap();
    }
    let mut transfer = multi.remove(id).unwrap();
    assert!(multi.remove(id).is_none());
    assert!(multi.is_empty());
    drop(multi);
    assert_eq!(transfer.handler().body(), b"bo");

    let other = Server::ok("alone");
    transfer.url(&other.url("/")).unwrap();
    transfer.handler_mut().clear();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"alone");
}

#[test]
fn poll_waits_for_a_descriptor_of_the_caller() {
    let (mut here, there) = std::os::unix::net::UnixStream::pair().unwrap();
    let mut multi = Multi::<()>::new().unwrap();
    let mut extra = [PollFd::new(&there, Ready::READ)];
    assert_eq!(multi.poll(&mut extra, Duration::ZERO).unwrap(), 0);
    assert_eq!(extra[0].ready(), Ready::empty());
    here.write_all(b"x").unwrap();
    assert_eq!(multi.poll(&mut extra, Duration::from_secs(20)).unwrap(), 1);
    assert_eq!(extra[0].ready(), Ready::READ);
    // It is the caller's mistake to pass a descriptor twice. The error leaves nothing behind.
    let mut twice = [
        PollFd::new(&there, Ready::READ),
        PollFd::new(&there, Ready::WRITE),
    ];
    let error = multi.poll(&mut twice, Duration::ZERO).unwrap_err();
    assert!(matches!(error, Error::Poll(_)), "{error:?}");
    assert_eq!(multi.poll(&mut extra, Duration::ZERO).unwrap(), 1);
}

#[test]
fn idle_transfers_do_not_hinder_a_busy_one() {
    let silent = Server::new(|conn| conn.drain());
    let server = Server::ok("body");
    let mut multi = Multi::new().unwrap();
    for _ in 0..50 {
        multi.add(collecting(&silent.url("/"))).unwrap();
    }
    let busy = multi.add(collecting(&server.url("/"))).unwrap();
    let (id, _, result) = loop {
        multi.perform().unwrap();
        if let Some(finished) = multi.take_finished() {
            break finished;
        }
        multi.poll(&mut [], Duration::from_secs(20)).unwrap();
    };
    assert_eq!(id, busy);
    result.unwrap();
    assert_eq!(multi.running(), 50);
}

/// At its first bytes, panics if the field is true, and otherwise aborts the transfer.
struct Breaks(bool);

impl Callbacks for Breaks {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        assert!(!self.0, "told to");
        WriteResult::Abort
    }
}

/// tests/CORPUS.md, 31: the panic comes out of the driving call, once, and the other transfers go
/// on.
#[test]
fn panic_comes_out_of_the_driving_call_and_the_others_go_on() {
    let server = Server::ok("body");
    let mut multi: Multi<Box<dyn Callbacks>> = Multi::new().unwrap();
    let add = |multi: &mut Multi<Box<dyn Callbacks>>, handler: Box<dyn Callbacks>| {
        let mut transfer = Transfer::new(handler).unwrap();
        transfer.url(&server.url("/")).unwrap();
        multi.add(transfer).unwrap()
    };
    let panics = add(&mut multi, Box::new(Breaks(true)));
    let aborts = add(&mut multi, Box::new(Breaks(false)));
    let fine = add(&mut multi, Box::new(()));
    let mut results = Vec::new();
    let mut caught = 0;
    while results.len() < 3 {
        let run = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            multi.run(|_, id, _, result| {
                results.push((id, result));
                Ok(())
            })
        }));
        match run {
            Ok(result) => result.unwrap(),
            Err(payload) => {
                caught += 1;
                assert_eq!(payload.downcast_ref::<&str>(), Some(&"told to"));
            }
        }
    }
    assert_eq!(caught, 1);
    for (id, result) in results {
        match id {
            id if id == fine => result.unwrap(),
            id => {
                assert!(id == panics || id == aborts);
                assert!(matches!(result, Err(Error::Aborted { .. })), "{result:?}");
            }
        }
    }
}
