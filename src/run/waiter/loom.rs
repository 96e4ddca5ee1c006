//! Models of a [`Waiter`]: no order of the threads that a model tries loses a notification.

use std::sync::Arc;

use ::loom::thread;

use super::{Waiter, wait};
use crate::run::mailbox::loom::model;
use crate::sync::{Condvar, Mutex};

/// Two changes, each with its waiter, and one condition variable for both, as a WebSocket has them.
#[derive(Default)]
struct Changes {
    state: Mutex<[(bool, Waiter); 2]>,
    changed: Condvar,
}

impl Changes {
    fn make(&self, which: usize) {
        let mut state = self.state.lock().unwrap();
        state[which].0 = true;
        let waiter = state[which].1.take();
        drop(state);
        waiter.wake(&self.changed);
    }

    fn wait_for(&self, which: usize) {
        let attempt = || {
            let state = self.state.lock().unwrap();
            match state[which].0 {
                true => Ok(()),
                false => Err(state),
            }
        };
        assert!(wait(&self.changed, None, attempt, |state| &mut state[which].1).is_some());
    }
}

#[test]
fn thread_that_waits_is_notified() {
    model(|| {
        let changes = Arc::new(Changes::default());
        let other = changes.clone();
        let makes = thread::spawn(move || other.make(0));
        changes.wait_for(0);
        makes.join().unwrap();
    });
}

#[test]
fn each_of_two_waiters_is_notified() {
    model(|| {
        let changes = Arc::new(Changes::default());
        let other = changes.clone();
        let waits = thread::spawn(move || other.wait_for(1));
        let other = changes.clone();
        let makes = thread::spawn(move || {
            other.make(1);
            other.make(0);
        });
        changes.wait_for(0);
        waits.join().unwrap();
        makes.join().unwrap();
    });
}
