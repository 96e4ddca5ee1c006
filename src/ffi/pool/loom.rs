//! Models of a [`Pool`]: what is dropped is cleaned up once, by one thread at a time.

use std::sync::Arc;

use ::loom::cell::UnsafeCell;
use ::loom::model::Builder;
use ::loom::thread;

use super::{Entered, Pool, clean_up};

/// A number that only the thread with the lock may use. loom reports a use that is not ordered after
/// the former one.
#[derive(Default)]
struct Count(UnsafeCell<usize>);

// SAFETY: the number is used under the lock, which the models check.
unsafe impl Sync for Count {}
// SAFETY: as above.
unsafe impl Send for Count {}

impl Count {
    fn add(&self) {
        self.0.with_mut(|number| {
            // SAFETY: the pointer is valid in here, and the lock is held.
            unsafe { *number += 1 };
        });
    }

    fn get(&self) -> usize {
        // SAFETY: the pointer is valid in here, and the other threads are joined.
        self.0.with(|number| unsafe { *number })
    }
}

fn leave(pools: Vec<Arc<Pool>>, count: &Arc<Count>) {
    let count = count.clone();
    clean_up(pools, move || count.add());
}

fn model(run: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(run);
}

#[test]
fn cleanup_is_run_by_the_holder_or_at_once() {
    model(|| {
        let (pool, count) = (Pool::new(true), Arc::<Count>::default());
        let (pools, counted) = (vec![pool.clone()], count.clone());
        let other = thread::spawn(move || leave(pools, &counted));
        if let Ok(entered) = Entered::visit(std::slice::from_ref(&pool)) {
            count.add();
            drop(entered);
        } else {
            leave(vec![pool], &count);
        }
        other.join().unwrap();
        assert_eq!(count.get(), 2);
    });
}

#[test]
fn cleanup_that_needs_two_locks_is_not_lost() {
    model(|| {
        let (first, second) = (Pool::new(true), Pool::new(false));
        let count = Arc::<Count>::default();
        let (pools, counted) = (vec![first.clone(), second.clone()], count.clone());
        let other = thread::spawn(move || leave(pools, &counted));
        drop(Entered::visit(&[first]));
        drop(Entered::visit(&[second]));
        other.join().unwrap();
        assert_eq!(count.get(), 1);
    });
}
