//! Tells whether a value was made in this process or before a `fork`, in the parent.

#[cfg(unix)]
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many forks lie between the first process that called `count_forks` and this one.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// Identifies a process among its ancestors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process(u32);

impl Process {
    /// Returns the current process.
    pub(crate) fn current() -> Process {
        #[cfg(unix)]
        count_forks();
        Process(FORKS.load(Ordering::Relaxed))
    }

    /// Returns whether this is the current process.
    ///
    /// Unlike a call of `getpid`, this makes no system call. Waiting threads call this method often.
    pub(crate) fn is_current(self) -> bool {
        self.0 == FORKS.load(Ordering::Relaxed)
    }
}

/// Makes the C library call `count` in the child of each `fork`.
#[cfg(unix)]
fn count_forks() {
    extern "C" fn count() {
        FORKS.fetch_add(1, Ordering::Relaxed);
    }
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        // SAFETY: the function is static, does not unwind, and may be called in a child of many threads.
        unsafe { libc::pthread_atfork(None, None, Some(count)) };
    });
}
