//! How user code fails: by an error, by asking to stop, by a panic; and in its drops.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use curlback::{BoxError, Callback};

use crate::journal::fault;
use crate::rng::Rng;

/// What callbacks fail and panic with; each has a number of its own.
#[derive(Debug)]
pub(crate) struct Own {
    pub(crate) number: u64,
    /// Whether its drop panics.
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

/// What drops panic with.
#[derive(Debug)]
pub(crate) struct Bomb;

/// How a callback fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    Error,
    Abort,
    Panic,
}

/// The first failure of a transfer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed {
    pub(crate) at: Callback,
    pub(crate) how: How,
    pub(crate) number: u64,
}

impl Failed {
    /// Returns whether the transfer must end: it goes on after an address was refused.
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

/// How often user code fails.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Temper {
    /// Of a hundred calls that may pause, so many do.
    pub(crate) pauses: usize,
    /// Of a thousand calls, so many fail.
    pub(crate) fails: usize,
    /// Of a thousand calls, so many drive another transfer.
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

    /// Returns how a callback fails now, if it does.
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

/// Calls, and returns the panic that came out.
pub(crate) fn catch<R>(call: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(call))
}

/// Drops, where the drop may panic.
pub(crate) fn drop_it<T>(value: T) {
    if let Err(payload) = catch(|| drop(value)) {
        expected_panic(payload, "a drop");
    }
}

/// Takes a panic that came out of a call; returns the number of the callback that panicked.
pub(crate) fn expected_panic(payload: Box<dyn Any + Send>, of: &str) -> Option<u64> {
    let number = payload.downcast_ref::<Own>().map(|own| own.number);
    if number.is_none() && !payload.is::<Bomb>() {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        fault!("{of} panicked with {text:?}");
    }
    // This may panic too, with a payload that does not.
    let _ = catch(|| drop(payload));
    number
}
