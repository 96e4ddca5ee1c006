//! Transfers that wait for a free connection.

use std::time::{Duration, Instant};

use curlback::*;

use crate::support::server::Server;
use crate::support::servers::silent;

/// A pause and a resume do not begin a transfer that waits for its turn.
#[test]
fn pause_and_resume_while_pending() {
    let server = silent();
    let mut multi = Multi::new().unwrap();
    multi.max_total_connections(1).unwrap();
    let mut a = Transfer::new(()).unwrap();
    a.url(&server.url("/a")).unwrap();
    let a = multi.add(a).unwrap();
    for _ in 0..5 {
        multi.perform().unwrap();
    }
    let mut b = Transfer::new(()).unwrap();
    b.url(&server.url("/b")).unwrap();
    let remote = b.remote();
    multi.add(b).unwrap();
    for _ in 0..5 {
        multi.perform().unwrap();
    }
    remote.pause(Direction::Receive);
    multi.perform().unwrap();
    remote.resume(Direction::Receive);
    multi.perform().unwrap();
    if let Some((_, _, result)) = multi.take_finished() {
        panic!("B ended: {result:?}");
    }
    let _ = a;
}

/// A transfer that waits for its turn begins when another is removed.
#[test]
fn pending_begins_when_the_other_is_removed() {
    let server = Server::new(|conn| {
        while let Some(r) = conn.request() {
            if r.line.contains("/a") {
                return conn.drain();
            }
            conn.reply("200 OK", "", "b");
        }
    });
    let mut multi = Multi::new().unwrap();
    multi.max_total_connections(1).unwrap();
    let mut ids = Vec::new();
    for path in ["/a", "/a", "/b", "/b"] {
        let mut t = Transfer::new(()).unwrap();
        t.url(&server.url(path)).unwrap();
        ids.push(multi.add(t).unwrap());
    }
    for _ in 0..20 {
        multi.perform().unwrap();
        multi.poll(&mut [], Duration::from_millis(20)).unwrap();
    }
    let remote = multi.get(ids[0]).unwrap().remote();
    remote.cancel();
    for _ in 0..20 {
        multi.perform().unwrap();
        multi.poll(&mut [], Duration::from_millis(20)).unwrap();
    }
    assert!(multi.remove(ids[1]).is_some());
    let start = Instant::now();
    let mut n = 0;
    while !multi.is_empty() {
        multi.perform().unwrap();
        while let Some((id, _, r)) = multi.take_finished() {
            n += 1;
            eprintln!("{id:?} {r:?}");
        }
        multi.poll(&mut [], Duration::from_millis(100)).unwrap();
        assert!(start.elapsed() < Duration::from_secs(5), "hangs after {n}");
    }
}
