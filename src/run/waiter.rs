//! Waiting and polling for something that another thread changes.

use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::run::guard::{discard, run_quietly};
use crate::sync::{Condvar, MutexGuard};

/// The waker of the task that has polled last, kept under the lock of the polled state.
#[derive(Default)]
pub(crate) struct Waiter(Option<Waker>);

impl Waiter {
    /// Takes the waker, to be woken after the lock was released.
    pub(crate) fn take(&mut self) -> Taken {
        Taken(self.0.take())
    }
}

/// A waker that was taken out, to be woken without the lock.
#[must_use = "the lock must not be held when it is woken"]
pub(crate) struct Taken(Option<Waker>);

impl Taken {
    /// Wakes the task that has polled, if there is one. The waker is the program's: a panic of its wake or
    /// of its drop is ignored.
    pub(crate) fn wake(self) {
        if let Some(waker) = self.0 {
            run_quietly(|| waker.wake_by_ref());
            discard(waker);
        }
    }
}

/// Returns the result of `attempt`, which is called again at each change, or `None` if there is no
/// result until `limit`.
///
/// `attempt` returns the lock if there is no result yet.
pub(crate) fn wait<'a, T, S: 'a>(
    changed: &Condvar,
    limit: Option<Instant>,
    mut attempt: impl FnMut() -> Result<T, MutexGuard<'a, S>>,
) -> Option<T> {
    loop {
        let state = match attempt() {
            Ok(result) => return Some(result),
            Err(state) => state,
        };
        match limit {
            None => drop(changed.wait(state)),
            Some(limit) => {
                let left = limit.checked_duration_since(Instant::now())?;
                drop(changed.wait_timeout(state, left));
            }
        }
    }
}

/// Returns the result of `attempt`, or keeps the waker of the task for the next change.
///
/// `attempt` returns the lock if there is no result yet, and `waiter` the place for the waker under the lock.
/// A waker is cloned and dropped without the lock: both may run code of the program, which may wait for the
/// other thread.
pub(crate) fn poll<'a, T, S: 'a>(
    cx: &Context<'_>,
    mut attempt: impl FnMut() -> Result<T, MutexGuard<'a, S>>,
    waiter: impl Fn(&mut S) -> &mut Waiter,
) -> Poll<T> {
    let mut own = None;
    loop {
        let mut state = match attempt() {
            Ok(result) => return Poll::Ready(result),
            Err(state) => state,
        };
        let Waiter(kept) = waiter(&mut state);
        if kept.as_ref().is_some_and(|kept| kept.will_wake(cx.waker())) {
            return Poll::Pending;
        }
        let Some(own) = own.take() else {
            drop(state);
            own = Some(cx.waker().clone());
            continue;
        };
        let former = kept.replace(own);
        drop(state);
        drop(former);
        return Poll::Pending;
    }
}
