//! Who waits or polls for something that another thread changes.

use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::run::guard::{discard, run_quietly};
use crate::sync::{Condvar, MutexGuard};

/// Wakes who has polled; kept under the lock of what was polled.
#[derive(Default)]
pub(crate) struct Waiter(Option<Waker>);

impl Waiter {
    /// Returns who is to be woken, once, after the lock was released.
    pub(crate) fn take(&mut self) -> Taken {
        Taken(self.0.take())
    }
}

/// Who is to be woken.
#[must_use = "the lock must not be held when it is woken"]
pub(crate) struct Taken(Option<Waker>);

impl Taken {
    /// Wakes who has polled. The waker is the program's, and may panic, here and when it is dropped.
    pub(crate) fn wake(self) {
        if let Some(waker) = self.0 {
            run_quietly(|| waker.wake_by_ref());
            discard(waker);
        }
    }
}

/// Returns the result of `attempt`, which is tried again at each change; `None` after `limit`.
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

/// Returns the result of `attempt`, or keeps who is to be woken at the next change.
///
/// `attempt` returns the lock if there is no result yet, and `waiter` the place under it. A waker is cloned
/// and dropped without the lock: both may run code of the program, which may wait for the other thread.
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
