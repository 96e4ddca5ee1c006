//! A thread that resumes and cancels transfers by their remotes, after a delay.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use curlback::{Direction, Remote};

use crate::locks::lock;

/// Whether a cancel of a transfer was tried, and whether one was accepted for its current run. A late
/// order may cancel the next run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancels(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    is_tried: bool,
    is_accepted: bool,
}

impl Cancels {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }

    /// Cancels the transfer, and records whether the remote has accepted the cancel.
    pub(crate) fn cancel(&self, remote: &Remote) {
        // The lock is held during the call. So the verdict on a run sees each cancel that was
        // accepted before the run ended.
        let mut state = self.state();
        state.is_tried = true;
        state.is_accepted |= remote.cancel();
    }

    /// Returns whether anybody has ever tried to cancel the transfer.
    pub(crate) fn is_tried(&self) -> bool {
        self.state().is_tried
    }

    /// Returns whether a cancel was accepted for the current run.
    pub(crate) fn is_accepted(&self) -> bool {
        self.state().is_accepted
    }

    /// Forgets the cancel that was accepted for the run that has ended.
    pub(crate) fn end(&self) {
        self.state().is_accepted = false;
    }
}

/// What the thread does with a remote.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Resume(Direction),
    Cancel(Cancels),
}

struct Order {
    at: Instant,
    remote: Remote,
    ask: Ask,
}

/// The thread that uses remotes later. Dropping this value ends the thread.
pub(crate) struct Later {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Later {
    pub(crate) fn new() -> Later {
        let (orders, taken) = channel();
        let thread = thread::Builder::new().name("later".to_owned());
        Later {
            orders: Some(orders),
            thread: Some(thread.spawn(move || work(&taken)).unwrap()),
        }
    }

    pub(crate) fn ask(&self, remote: &Remote, after: Duration, ask: Ask) {
        let at = Instant::now() + after;
        let remote = remote.clone();
        let sent = self
            .orders
            .as_ref()
            .unwrap()
            .send(Order { at, remote, ask });
        assert!(sent.is_ok(), "the thread ends with its owner");
    }
}

impl Drop for Later {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.thread.take().unwrap().join();
    }
}

fn work(taken: &Receiver<Order>) {
    let mut waiting: Vec<Order> = Vec::new();
    loop {
        let now = Instant::now();
        waiting.retain(|order| {
            let is_due = order.at <= now;
            if is_due {
                carry_out(order);
            }
            !is_due
        });
        let next = waiting.iter().map(|order| order.at).min();
        let limit = next.map_or(Duration::from_secs(1), |next| next - now);
        match taken.recv_timeout(limit) {
            Ok(order) => waiting.push(order),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn carry_out(order: &Order) {
    match &order.ask {
        Ask::Resume(direction) => drop(order.remote.resume(*direction)),
        Ask::Cancel(cancels) => cancels.cancel(&order.remote),
    }
}
