//! Models of a [`Lock`]: one thread at a time holds it, and a thread that waits for it gets it.

use std::sync::Arc;

use ::loom::cell::UnsafeCell;
use ::loom::model::Builder;
use ::loom::thread;

use super::Lock;

/// A number that only one thread at a time may use. loom reports a use that is not ordered after
/// the former one.
#[derive(Default)]
struct Guarded {
    lock: Lock,
    number: UnsafeCell<usize>,
}

// SAFETY: the number is used under the lock, which the models check.
unsafe impl Sync for Guarded {}

impl Guarded {
    /// Adds one to the number, under the lock.
    fn count(&self) {
        self.number.with_mut(|number| {
            // SAFETY: the pointer is valid in here, and the lock is held.
            unsafe { *number += 1 };
        });
    }

    fn counted(&self) -> usize {
        // SAFETY: the pointer is valid in here, and the other threads are joined.
        self.number.with(|number| unsafe { *number })
    }
}

/// Runs `each` on two threads and on this one. loom tries every order with at most `switches` preemptions.
fn model(switches: usize, each: impl Fn(&Guarded) + Copy + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(switches);
    builder.check(move || {
        let guarded = Arc::new(Guarded::default());
        let others = [(); 2].map(|()| {
            let guarded = guarded.clone();
            thread::spawn(move || each(&guarded))
        });
        each(&guarded);
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(guarded.counted(), 3);
        assert!(guarded.lock.try_acquire(), "it is free");
    });
}

#[test]
fn threads_take_turns() {
    model(3, |guarded| {
        guarded.lock.acquire();
        assert!(guarded.lock.is_own());
        guarded.count();
        guarded.lock.release();
    });
}

#[test]
fn thread_that_has_it_may_take_it_again() {
    model(2, |guarded| {
        guarded.lock.acquire();
        assert!(guarded.lock.try_acquire());
        assert!(!guarded.lock.release());
        guarded.count();
        assert!(guarded.lock.release());
    });
}

#[test]
fn thread_that_does_not_wait_has_it_or_not() {
    model(2, |guarded| {
        if !guarded.lock.try_acquire() {
            guarded.lock.acquire();
        }
        guarded.count();
        guarded.lock.release();
    });
}
