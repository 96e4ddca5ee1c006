//! Locks whose order `ThreadSanitizer` sees.
//!
//! The standard library is not instrumented. When a thread has to wait for a lock, the library's own code takes
//! the lock. The sanitizer then does not see that the accesses of the former holder come before those of this
//! thread. So each mutex has an atomic number, which each holder changes while it holds the lock. This orders
//! nothing that the lock itself does not order.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{self, LockResult, PoisonError, WaitTimeoutResult};
use std::time::Duration;

#[derive(Default)]
pub(crate) struct Mutex<T> {
    order: AtomicUsize,
    inner: sync::Mutex<T>,
}

pub(crate) struct MutexGuard<'a, T> {
    order: &'a AtomicUsize,
    /// `None` once the lock was released: when the guard is dropped, or a `Condvar` waits.
    inner: Option<sync::MutexGuard<'a, T>>,
}

#[derive(Default)]
pub(crate) struct Condvar(sync::Condvar);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Mutex<T> {
        Mutex {
            order: AtomicUsize::new(0),
            inner: sync::Mutex::new(value),
        }
    }

    pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        map(self.inner.lock(), |inner| {
            MutexGuard::locked(&self.order, inner)
        })
    }
}

impl<'a, T> MutexGuard<'a, T> {
    fn locked(order: &'a AtomicUsize, inner: sync::MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        order.fetch_add(1, Ordering::Acquire);
        MutexGuard {
            order,
            inner: Some(inner),
        }
    }

    fn unlock(&mut self) -> Option<sync::MutexGuard<'a, T>> {
        self.order.fetch_add(1, Ordering::Release);
        self.inner.take()
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        drop(self.unlock());
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.inner.as_ref().expect("it is locked")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.inner.as_mut().expect("it is locked")
    }
}

impl Condvar {
    pub(crate) fn new() -> Condvar {
        Condvar::default()
    }

    pub(crate) fn wait<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
    ) -> LockResult<MutexGuard<'a, T>> {
        let order = guard.order;
        let inner = guard.unlock().expect("it is locked");
        map(self.0.wait(inner), |inner| MutexGuard::locked(order, inner))
    }

    pub(crate) fn wait_timeout<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        limit: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let order = guard.order;
        let inner = guard.unlock().expect("it is locked");
        map(self.0.wait_timeout(inner, limit), |(inner, over)| {
            (MutexGuard::locked(order, inner), over)
        })
    }

    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}

fn map<T, U>(result: LockResult<T>, change: impl FnOnce(T) -> U) -> LockResult<U> {
    match result {
        Ok(value) => Ok(change(value)),
        Err(poisoned) => Err(PoisonError::new(change(poisoned.into_inner()))),
    }
}
