//! Who polls for something that another thread changes.

use std::sync::MutexGuard;
use std::task::{Context, Poll, Waker};

/// Wakes who has polled; kept under the lock of what was polled.
#[derive(Default)]
pub(crate) struct Waiter(Option<Waker>);

impl Waiter {
    /// Returns who is to be woken, once. It is the program's: the lock must not be held when it is woken
    /// or dropped.
    #[must_use]
    pub(crate) fn take(&mut self) -> Option<Waker> {
        self.0.take()
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
