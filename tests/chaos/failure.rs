//! The ways in which user code fails: by an error, by asking to stop, by a panic, and by a panic in
//! a drop.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use curlback::{BoxError, Callback};

use crate::journal::fault;
use crate::rng::Rng;

/// The error and the panic payload of callbacks. Each value has a number of its own.
#[derive(Debug)]
pub(crate) struct Own {
    pub(crate) number: u64,
    /// Whether the drop of this value panics.
    is_bomb: bool,
}

impl Own {
    pub(crate) fn new(is_bomb: bool) -> Own {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Own {
            number: LAST.fetch_add(1, Ordering::Relaxed) + 1,
            is_bomb,
        }
    }
}

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failure {}", self.number)
    }
}

impl Error for Own {}

impl Drop for Own {
    fn drop(&mut self) {
        if self.is_bomb && !thread::panicking() {
            std::panic::panic_any(Bomb);
        }
    }
}

/// The payload of the panics in drops.
#[derive(Debug)]
pub(crate) struct Bomb;

/// How a callback fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    Error,
    Abort,
    Panic,
}

/// A failure of a callback: in which callback, how, and the number of its error or panic.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed {
    pub(crate) at: Callback,
    pub(crate) how: How,
    pub(crate) number: u64,
}

impl Failed {
    /// Returns whether the failure must end the transfer. If `open_socket` refuses an address,
    /// libcurl may try another.
    pub(crate) fn is_final(self) -> bool {
        self.at != Callback::OpenSocket || self.how == How::Panic
    }
}

/// What a callback does next.
pub(crate) enum Answer {
    GoOn,
    Abort,
    Error(BoxError),
}

/// How often user code fails, pauses, or runs other transfers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Temper {
    /// How many of a hundred calls that may pause do pause.
    pub(crate) pauses: usize,
    /// The number of calls in a thousand that fail.
    pub(crate) fails: usize,
    /// The number of calls in a thousand that perform other transfers.
    pub(crate) nests: usize,
    /// Whether drops panic now and then.
    pub(crate) bombs: bool,
}

impl Temper {
    pub(crate) fn new(rng: &mut Rng, faulty: bool) -> Temper {
        let mut temper = Temper::default();
        if rng.percent(40) {
            temper.pauses = 5 + rng.below(40);
        }
        if rng.percent(15) {
            temper.nests = rng.pick(&[5, 50, 300]);
        }
        if faulty && rng.percent(40) {
            temper.fails = rng.pick(&[2, 15, 80, 300]);
            temper.bombs = rng.percent(30);
        }
        temper
    }

    /// Decides at random whether a callback fails now, and how; `None` if it does not.
    pub(crate) fn failure(self, rng: &mut Rng, at: Callback) -> Option<(Failed, Own)> {
        if self.fails == 0 || !rng.permille(self.fails) {
            return None;
        }
        let how = rng.pick(&[How::Error, How::Error, How::Abort, How::Panic]);
        let own = Own::new(self.bombs && rng.percent(50));
        let number = own.number;
        Some((Failed { at, how, number }, own))
    }
}

/// Runs a closure; a panic in it becomes an error with the payload.
pub(crate) fn catch<R>(call: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(call))
}

/// Drops a value whose drop may panic.
pub(crate) fn drop_it<T>(value: T) {
    if let Err(payload) = catch(|| drop(value)) {
        expected_panic(payload, "a drop");
    }
}

/// Checks that a panic is one that the search makes. Returns the number of the callback's panic;
/// `None` if a drop has panicked.
pub(crate) fn expected_panic(payload: Box<dyn Any + Send>, of: &str) -> Option<u64> {
    let number = payload.downcast_ref::<Own>().map(|own| own.number);
    if number.is_none() && !payload.is::<Bomb>() {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        fault!("{of} panicked with {text:?}");
    }
    // This drop may panic as well, but the payload of that panic is a `Bomb`, whose drop does not
    // panic.
    let _ = catch(|| drop(payload));
    number
}
