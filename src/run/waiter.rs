//! Waiting and polling for something that another thread changes.

use std::mem;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::run::guard::{discard, run_quietly};
use crate::sync::{Condvar, MutexGuard};

#[cfg(all(curlback_loom, test))]
mod loom;

/// Who waits for a change of the state under whose lock this is kept.
#[derive(Default)]
pub(crate) struct Waiter {
    /// The waker of the task that has polled last.
    task: Option<Waker>,
    /// Whether a thread may wait. If not, the condition variable is not notified, which would cost a system call.
    is_blocked: bool,
}

impl Waiter {
    /// Takes the waiter out, to be woken after the lock was released.
    pub(crate) fn take(&mut self) -> Taken {
        Taken(mem::take(self))
    }
}

/// A waiter that was taken out, to be woken without the lock.
#[must_use = "the lock must not be held when it is woken"]
pub(crate) struct Taken(Waiter);

impl Taken {
    /// Wakes the threads that wait for `changed`, and the task that has polled. The task's waker is the program's: a
    /// panic of its wake or of its drop is ignored.
    pub(crate) fn wake(self, changed: &Condvar) {
        let Taken(Waiter { task, is_blocked }) = self;
        if is_blocked {
            changed.notify_all();
        }
        if let Some(waker) = task {
            run_quietly(|| waker.wake_by_ref());
            discard(waker);
        }
    }
}

/// Returns the result of `attempt`, which is called again at each change, or `None` if there is no
/// result until `limit`.
///
/// `attempt` returns the lock if there is no result yet, and `waiter` the [`Waiter`] in the locked state.
pub(crate) fn wait<'a, T, S: 'a>(
    changed: &Condvar,
    limit: Option<Instant>,
    mut attempt: impl FnMut() -> Result<T, MutexGuard<'a, S>>,
    waiter: impl Fn(&mut S) -> &mut Waiter,
) -> Option<T> {
    loop {
        let mut state = match attempt() {
            Ok(result) => return Some(result),
            Err(state) => state,
        };
        waiter(&mut state).is_blocked = true;
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
/// `attempt` returns the lock if there is no result yet, and `waiter` the [`Waiter`] in the locked state.
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
        let kept = &mut waiter(&mut state).task;
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
