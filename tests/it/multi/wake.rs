//! Wake-ups: none is lost, and none counts twice.

#![cfg(unix)]

#[cfg(target_os = "linux")]
use std::os::fd::{AsFd, AsRawFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use curlback::multi::{BorrowedSocket, EventLoop, Interest, RawSocket};
use curlback::{Multi, Transfer, *};

use crate::support::driving::counting_waker;
use crate::support::servers::silent;

/// A loop that only counts wake-ups.
#[derive(Default)]
struct Counting {
    woken: Arc<AtomicUsize>,
}

impl EventLoop for Counting {
    type Value = ();
    fn socket(&mut self, _: BorrowedSocket, _: Interest, _: &mut Option<()>) -> CallbackResult {
        CallbackResult::Continue
    }
    fn remove_socket(&mut self, _: RawSocket, _: Option<()>) -> CallbackResult {
        CallbackResult::Continue
    }
    fn timer(&mut self, _: Option<Duration>) -> CallbackResult {
        CallbackResult::Continue
    }
    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        counting_waker(&self.woken)
    }
}

/// Each request of a remote wakes the loop, not only the first one.
#[test]
fn own_loop_is_woken_each_time() {
    let server = silent();
    let event_loop = Counting::default();
    let woken = event_loop.woken.clone();
    let mut multi = Multi::with_event_loop(event_loop).unwrap();
    let mut remotes = Vec::new();
    for _ in 0..2 {
        let mut t = Transfer::new(()).unwrap();
        t.url(&server.url("/")).unwrap();
        remotes.push(t.remote());
        multi.add(t).unwrap();
    }
    multi.timeout_action().unwrap();
    let before = woken.load(Ordering::SeqCst);
    remotes[0].cancel();
    assert_eq!(woken.load(Ordering::SeqCst), before + 1);
    multi.timeout_action().unwrap();
    assert!(multi.take_finished().is_some());
    remotes[1].cancel();
    assert_eq!(
        woken.load(Ordering::SeqCst),
        before + 2,
        "the second wake-up is lost"
    );
    multi.timeout_action().unwrap();
    assert!(multi.take_finished().is_some());
    // Each wake of a `Waker` reaches the loop, too.
    let waker = multi.waker();
    let before = woken.load(Ordering::SeqCst);
    waker.wake();
    multi.timeout_action().unwrap();
    waker.wake();
    assert_eq!(
        woken.load(Ordering::SeqCst),
        before + 2,
        "a Waker's second wake-up is lost"
    );
}

/// Somebody else takes the event of a wake-up out of the queue. Later wake-ups count all the same.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "it is a function of C")]
#[test]
fn wake_up_that_was_taken_away_costs_no_other() {
    let mut multi = Multi::<()>::new().unwrap();
    let waker = multi.waker();
    waker.wake();
    let mut event = libc::epoll_event { events: 0, u64: 0 };
    let queue = multi.as_fd().as_raw_fd();
    // SAFETY: the pointer is to one live event, and the count is one.
    assert_eq!(unsafe { libc::epoll_wait(queue, &mut event, 1, 1000) }, 1);
    multi.perform().unwrap();
    multi.poll(&mut [], Duration::ZERO).unwrap();
    let (ready, asleep) = mpsc::channel();
    let thread = thread::spawn(move || {
        asleep.recv().unwrap();
        assert!(waker.wake());
    });
    ready.send(()).unwrap();
    // It would otherwise wait for the whole time.
    let begun = Instant::now();
    multi.poll(&mut [], Duration::from_secs(60)).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(50));
    thread.join().unwrap();
}

/// `poll` takes the event of a request that came after `perform`, and does not count it.
#[test]
fn request_after_perform_makes_the_next_perform_urgent() {
    let server = silent();
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    let remote = transfer.remote();
    let mut multi = Multi::new().unwrap();
    multi.add(transfer).unwrap();
    multi.perform().unwrap();
    assert!(remote.cancel());
    multi.poll(&mut [], Duration::ZERO).unwrap();
    assert_eq!(multi.next_timeout(), Some(Duration::ZERO));
    multi.perform().unwrap();
    assert!(matches!(
        multi.take_finished(),
        Some((_, _, Err(Error::Cancelled)))
    ));
}

/// tests/CORPUS.md, 55: the `Multi` is woken before `perform`, while nobody waits, and many times at
/// once.
#[test]
fn wake_ups_are_neither_lost_nor_doubled() {
    let mut multi = Multi::<()>::new().unwrap();
    let waker = multi.waker();
    let long = Duration::from_secs(600);
    assert!(waker.wake());
    multi.perform().unwrap();
    multi.poll(&mut [], long).unwrap();
    for _ in 0..1000 {
        waker.wake();
    }
    multi.poll(&mut [], long).unwrap();
    let begun = Instant::now();
    multi.poll(&mut [], Duration::from_millis(50)).unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(50));

    let (ready, asleep) = mpsc::channel();
    let other = waker.clone();
    let thread = thread::spawn(move || {
        asleep.recv().unwrap();
        assert!(other.wake());
    });
    ready.send(()).unwrap();
    multi.poll(&mut [], long).unwrap();
    thread.join().unwrap();
    drop(multi);
    assert!(!waker.wake());
}
