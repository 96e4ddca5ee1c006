//! Models of a [`Control`] between a driver and remotes on other threads.

use std::sync::Arc;

use ::loom::thread;

use super::{Control, Requests};
use crate::id::Id;
use crate::run::mailbox::Mailbox;
use crate::run::mailbox::loom::{Bell, model};
use crate::{Direction, Remote};

struct Driver {
    bell: Arc<Bell>,
    mailbox: Arc<Mailbox>,
    control: Arc<Control>,
}

impl Driver {
    fn new() -> Driver {
        let bell = Arc::new(Bell::default());
        Driver {
            mailbox: bell.mailbox(),
            bell,
            control: Arc::default(),
        }
    }

    fn remote(&self) -> Remote {
        Remote::new(self.control.clone())
    }

    fn begin(&self) {
        self.control.begin((self.mailbox.clone(), Id::ALONE));
    }

    /// Sleeps until there are requests, like a driver that looks only into its mailbox.
    fn attend(&self) -> Requests {
        loop {
            match self.mailbox.take_ids() {
                ids if ids.is_empty() => self.bell.sleep(),
                _ => return self.control.take(),
            }
        }
    }
}

#[test]
fn request_reaches_the_driver_before_and_after_the_transfer_begins() {
    model(|| {
        let driver = Driver::new();
        let remote = driver.remote();
        let canceller = thread::spawn(move || remote.cancel());
        driver.begin();
        while !driver.attend().cancel {}
        assert!(driver.control.is_cancelled());
        assert!(canceller.join().unwrap());
        assert!(driver.control.end());
    });
}

#[test]
fn requests_of_two_remotes_both_reach_the_driver() {
    model(|| {
        let driver = Driver::new();
        driver.begin();
        let both = [Direction::Receive, Direction::Send];
        let remotes = both.map(|direction| {
            let remote = driver.remote();
            thread::spawn(move || assert!(remote.resume(direction)))
        });
        let mut resumed = 0;
        while resumed
            != both
                .map(Direction::bit)
                .into_iter()
                .fold(0, |all, bit| all | bit)
        {
            resumed |= driver.attend().resume;
        }
        for remote in remotes {
            remote.join().unwrap();
        }
        assert!(driver.control.take() == Requests::default());
    });
}

#[test]
fn cancel_says_whether_the_transfer_ends_as_cancelled() {
    model(|| {
        let driver = Driver::new();
        driver.begin();
        let remote = driver.remote();
        let canceller = thread::spawn(move || remote.cancel());
        let cancelled = driver.control.end();
        assert_eq!(canceller.join().unwrap(), cancelled);
        assert!(driver.remote().is_finished());
        // The next transfer is not cancelled.
        driver.control.ready();
        assert!(!driver.control.is_cancelled());
        assert!(driver.control.take() == Requests::default());
    });
}

#[test]
fn what_a_pipe_asks_for_undoes_no_pause_of_a_remote() {
    model(|| {
        let driver = Driver::new();
        let (remote, bit) = (driver.remote(), Direction::Receive.bit());
        let resumer = driver.control.resumer(bit);
        driver.begin();
        let pauser = thread::spawn(move || remote.pause(Direction::Receive));
        let reader = thread::spawn(move || resumer.wake());
        while driver.attend().pause != bit {}
        assert!(pauser.join().unwrap());
        reader.join().unwrap();
        assert_eq!(driver.control.take().resume, 0);
    });
}
