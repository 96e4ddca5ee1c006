//! A `Multi` that is driven by the reactor of a program, such as tokio's.

#![cfg(target_os = "linux")]

use std::cell::Cell;
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use curlback::handlers::Collect;
use curlback::{Error, Multi};
use tokio::runtime::Runtime;

use crate::support::pulled::{pattern, transfer};
use crate::support::server::Server;

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn three_hundred_large_bodies_arrive_by_the_reactor_alone() {
    let server = Server::ok(pattern(300_000));
    let mut multi = Multi::new().unwrap();
    multi.max_host_connections(50).unwrap();
    for _ in 0..300 {
        multi
            .add(transfer(Collect::new(), &server.url("/")))
            .unwrap();
    }
    let mut bodies = 0;
    let run = multi.run_async(|_, _, mut transfer, result| {
        assert!(transfer.handler_mut().take_body() == pattern(300_000));
        bodies += 1;
        result
    });
    runtime().block_on(run).unwrap();
    assert_eq!(bodies, 300);
}

#[test]
fn remote_wakes_the_reactor_and_time_limits_are_kept() {
    let silent = Server::new(|conn| conn.drain());
    let mut multi = Multi::new().unwrap();
    let cancelled = transfer(Collect::new(), &silent.url("/"));
    let remote = cancelled.remote();
    let mut limited = transfer(Collect::new(), &silent.url("/"));
    limited.timeout(Duration::from_millis(100)).unwrap();
    multi.add(cancelled).unwrap();
    multi.add(limited).unwrap();
    let mut errors = Vec::new();
    let mut remote = Some(remote);
    let begun = Instant::now();
    let run = multi.run_async(|_, _, _, result| {
        errors.push(result.unwrap_err().to_string());
        // Another thread cancels, normally while the reactor sleeps.
        if let Some(remote) = remote.take() {
            std::thread::spawn(move || remote.cancel());
        }
        Ok(())
    });
    runtime().block_on(run).unwrap();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!(errors[1], Error::Cancelled.to_string());
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[test]
fn future_that_is_dropped_leaves_the_transfers() {
    let server = Server::ok("body");
    let mut multi = Multi::new().unwrap();
    multi
        .add(transfer(Collect::new(), &server.url("/")))
        .unwrap();
    let runtime = runtime();
    runtime.block_on(async {
        let run = multi.run_async(|_, _, _, result| result);
        let polled = futures_lite::future::poll_once(run).await;
        assert!(polled.is_none());
    });
    assert!(!multi.is_empty());
    let run = multi.run_async(|_, _, transfer, result| {
        assert_eq!(transfer.handler().body(), b"body");
        result
    });
    runtime.block_on(run).unwrap();
}

/// A reactor of the test's own waits with `poll(2)`. It must sleep while there is nothing to do, and only
/// then.
#[test]
#[expect(unsafe_code, reason = "it is a function of C")]
fn any_reactor_waits_for_the_queue() {
    let server = Server::ok(pattern(3_000_000));
    let mut multi = Multi::new().unwrap();
    multi
        .add(transfer(Collect::new(), &server.url("/")))
        .unwrap();
    let waits = Cell::new(0);
    let result = loop {
        multi.perform().unwrap();
        if let Some((_, transfer, result)) = multi.take_finished() {
            assert!(transfer.handler().body() == pattern(3_000_000));
            break result;
        }
        let limit = multi
            .next_timeout()
            .map_or(-1, |limit| i32::try_from(limit.as_millis()).unwrap());
        waits.set(waits.get() + 1);
        let mut queue = libc::pollfd {
            fd: multi.as_fd().as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        // SAFETY: the pointer is to one live `pollfd`, and the count is one.
        unsafe { libc::poll(&mut queue, 1, limit) };
    };
    result.unwrap();
    // If the reactor did not sleep while there is nothing to do, it would wait more often.
    assert!(waits.get() < 3000, "{}", waits.get());
}
