//! A lock that one call acquires and another releases, so that no guard can hold it.

use std::cell::Cell;
use std::ptr;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};

use crate::sync::{AtomicUsize, Condvar, Mutex, MutexGuard, fence, thread_local};

#[cfg(all(curlback_loom, test))]
mod loom;

thread_local! {
    /// The address of this value identifies the thread. The value exists until the thread ends,
    /// since its type has no destructor.
    static THREAD: Cell<u8> = const { Cell::new(0) };
}

/// Returns a number that no other running thread has. A thread may get the number of a thread that
/// has ended before: the allocator, which reuses the address, orders the two threads.
fn this_thread() -> usize {
    THREAD.with(|thread| ptr::from_ref(thread).addr())
}

/// A lock that its owner may acquire again.
#[derive(Default)]
pub(crate) struct Lock {
    /// The thread that holds the lock; 0 is none.
    owner: AtomicUsize,
    /// How many times the owner still has to release the lock.
    depth: AtomicUsize,
    /// How many threads wait.
    waiting: AtomicUsize,
    /// Locked before a wake-up, so that a thread that is about to sleep does not miss the wake-up.
    sleep: Mutex<()>,
    free: Condvar,
}

impl Lock {
    /// Acquires the lock, and waits for as long as another thread holds it.
    pub(crate) fn acquire(&self) {
        if self.try_acquire() {
            return;
        }
        let mut asleep = self.asleep();
        self.waiting.fetch_add(1, Relaxed);
        // Either this thread sees below that the lock is free, or the owner sees that a thread waits.
        fence(SeqCst);
        while !self.take() {
            let woken = self.free.wait(asleep);
            asleep = woken.unwrap_or_else(PoisonError::into_inner);
        }
        self.waiting.fetch_sub(1, Relaxed);
        self.depth.store(1, Relaxed);
    }

    /// Acquires the lock unless another thread holds it. Returns whether it did.
    pub(crate) fn try_acquire(&self) -> bool {
        if self.is_own() {
            self.depth.fetch_add(1, Relaxed);
            return true;
        }
        let taken = self.take();
        if taken {
            self.depth.store(1, Relaxed);
        }
        taken
    }

    /// Undoes one `acquire` of this thread. Returns whether this has freed the lock.
    ///
    /// If it has, a fence separates the release from later reads of this thread. If another thread writes something,
    /// has a `SeqCst` fence and then still finds the lock held by this thread, these reads see what it wrote.
    pub(crate) fn release(&self) -> bool {
        debug_assert!(self.is_own());
        if self.depth.fetch_sub(1, Relaxed) != 1 {
            return false;
        }
        self.owner.store(0, Release);
        fence(SeqCst);
        if self.waiting.load(Relaxed) > 0 {
            drop(self.asleep());
            self.free.notify_one();
        }
        true
    }

    /// Returns whether this thread holds the lock.
    pub(crate) fn is_own(&self) -> bool {
        self.owner.load(Relaxed) == this_thread()
    }

    fn take(&self) -> bool {
        let taken = (self.owner).compare_exchange(0, this_thread(), Acquire, Relaxed);
        taken.is_ok()
    }

    fn asleep(&self) -> MutexGuard<'_, ()> {
        self.sleep.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
