//! Models of a [`Mailbox`], whose driver sleeps in an event loop: no order of the threads that a model
//! tries loses a wake-up.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use ::loom::model::Builder;
use ::loom::sync::atomic::AtomicUsize;
use ::loom::sync::{Condvar, Mutex};
use ::loom::thread;

use super::Mailbox;
use crate::id::Id;

/// Runs a model with up to three preemptions in each execution. With more, a model may take minutes.
pub(crate) fn model(run: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(run);
}

/// An event loop that sleeps until it is woken. Like an eventfd, it remembers a wake-up.
#[derive(Default)]
pub(crate) struct Bell {
    rung: Mutex<bool>,
    ring: Condvar,
}

impl Bell {
    /// Makes a mailbox that rings this bell.
    pub(crate) fn mailbox(self: &Arc<Bell>) -> Arc<Mailbox> {
        let bell = self.clone();
        Mailbox::of_loop(Arc::new(move || {
            *bell.rung.lock().unwrap() = true;
            bell.ring.notify_one();
        }))
    }

    pub(crate) fn sleep(&self) {
        let mut rung = self.rung.lock().unwrap();
        while !*rung {
            rung = self.ring.wait(rung).unwrap();
        }
        *rung = false;
    }
}

#[test]
fn driver_finds_each_id_whose_post_was_followed_by_a_wake() {
    model(|| {
        let bell = Arc::new(Bell::default());
        let mailbox = bell.mailbox();
        let ids = [Id::next(), Id::next()];
        let posts = ids.map(|id| {
            let mailbox = mailbox.clone();
            thread::spawn(move || {
                mailbox.post(id);
                assert!(mailbox.wake());
            })
        });
        let mut found = Vec::new();
        while found.len() < ids.len() {
            // The driver that has found nothing sleeps.
            match mailbox.take_ids() {
                none if none.is_empty() => bell.sleep(),
                some => found.extend(some),
            }
        }
        found.sort();
        assert_eq!(found, ids);
        assert!(!mailbox.has_ids());
        for post in posts {
            post.join().unwrap();
        }
    });
}

#[test]
fn driver_sees_that_it_was_woken_before_it_sleeps() {
    model(|| {
        let bell = Arc::new(Bell::default());
        let mailbox = bell.mailbox();
        let waker = {
            let mailbox = mailbox.clone();
            thread::spawn(move || mailbox.wake())
        };
        bell.sleep();
        // The flag is set before the bell rings.
        assert!(mailbox.take_woken());
        assert!(waker.join().unwrap());
        assert!(!mailbox.take_woken());
    });
}

#[test]
fn wake_says_whether_the_driver_was_woken() {
    model(|| {
        let calls = Arc::new(AtomicUsize::new(0));
        let mailbox = {
            let calls = calls.clone();
            Mailbox::of_loop(Arc::new(move || {
                calls.fetch_add(1, SeqCst);
            }))
        };
        let waker = {
            let mailbox = mailbox.clone();
            thread::spawn(move || mailbox.wake())
        };
        drop(mailbox.close());
        let woken = waker.join().unwrap();
        assert_eq!(calls.load(SeqCst), usize::from(woken));
        assert!(!mailbox.wake());
    });
}
