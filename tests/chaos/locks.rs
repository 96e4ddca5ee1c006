//! Locks that `ThreadSanitizer` can follow.

use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;

/// Locks a mutex, whether or not it is poisoned.
///
/// `Mutex::lock` waits inside the standard library, which is not instrumented: `ThreadSanitizer` would
/// report false races of the data behind the mutex.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    loop {
        match mutex.try_lock() {
            Ok(guard) => return guard,
            Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => thread::yield_now(),
        }
    }
}
