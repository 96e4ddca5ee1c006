//! When `Multi::poll` waits, and when it returns at once.

#![cfg(unix)]

use std::fs::File;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use curlback::Multi;
use curlback::multi::{PollFd, Ready};

use crate::support::driving::LONG;

#[test]
fn poll_of_an_empty_multi_returns_at_once() {
    let mut multi = Multi::<()>::new().unwrap();
    let begun = Instant::now();
    for limit in [LONG, Duration::MAX] {
        assert_eq!(multi.poll(&mut [], limit).unwrap(), 0);
    }
    multi.perform().unwrap();
    assert_eq!(multi.poll(&mut [], LONG).unwrap(), 0);
    // A waker that was dropped is no reason to wait.
    drop(multi.waker().clone());
    assert_eq!(multi.poll(&mut [], Duration::MAX).unwrap(), 0);
    assert!(begun.elapsed() < LONG / 2);
}

#[test]
fn poll_of_an_empty_multi_waits_for_a_waker_or_a_descriptor() {
    let mut multi = Multi::<()>::new().unwrap();
    let waker = multi.waker();
    let short = Duration::from_millis(50);
    let begun = Instant::now();
    assert_eq!(multi.poll(&mut [], short).unwrap(), 0);
    assert!(begun.elapsed() >= short);
    thread::scope(|scope| {
        scope.spawn(|| waker.wake());
        assert_eq!(multi.poll(&mut [], LONG).unwrap(), 0);
    });
    assert!(begun.elapsed() < LONG / 2);
    drop(waker);

    let (mut here, there) = UnixStream::pair().unwrap();
    let mut extra = [PollFd::new(&there, Ready::READ)];
    let begun = Instant::now();
    assert_eq!(multi.poll(&mut extra, short).unwrap(), 0);
    assert!(begun.elapsed() >= short);
    here.write_all(b"x").unwrap();
    assert_eq!(multi.poll(&mut extra, LONG).unwrap(), 1);
}

#[test]
fn files_are_always_ready() {
    let file = tempfile::tempfile().unwrap();
    let null = File::open("/dev/null").unwrap();
    let directory = File::open(std::env::temp_dir()).unwrap();
    let (mut here, there) = UnixStream::pair().unwrap();
    let mut multi = Multi::<()>::new().unwrap();
    let begun = Instant::now();
    let both = Ready::READ | Ready::WRITE;
    let mut extra = [
        PollFd::new(&there, Ready::READ),
        PollFd::new(&file, both),
        PollFd::new(&null, Ready::READ),
        PollFd::new(&directory, Ready::READ),
    ];
    assert_eq!(multi.poll(&mut extra, Duration::MAX).unwrap(), 3);
    let ready = extra.each_ref().map(PollFd::ready);
    assert_eq!(ready, [Ready::empty(), both, Ready::READ, Ready::READ]);
    here.write_all(b"x").unwrap();
    // The former call has left nothing behind.
    assert_eq!(multi.poll(&mut extra, LONG).unwrap(), 4);
    assert_eq!(extra[0].ready(), Ready::READ);
    assert_eq!(multi.poll(&mut extra[..1], LONG).unwrap(), 1);
    assert!(begun.elapsed() < LONG / 2);

    // A file that is watched for nothing is not ready.
    let mut idle = [PollFd::new(&file, Ready::empty())];
    assert_eq!(multi.poll(&mut idle, Duration::from_millis(20)).unwrap(), 0);
}
