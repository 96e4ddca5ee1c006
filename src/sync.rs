//! Synchronisation types. Normally, they are those of the standard library. In models, they are those of
//! loom, which tries the orders in which the threads may run. Under `ThreadSanitizer`, the locks are types whose
//! order the sanitizer sees.

#[cfg(curlback_tsan)]
mod tsan;
#[cfg(curlback_tsan)]
pub(crate) use tsan::{Condvar, Mutex, MutexGuard};

#[cfg(not(any(curlback_tsan, all(curlback_loom, test))))]
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
#[cfg(not(all(curlback_loom, test)))]
pub(crate) use std::{
    sync::atomic::{AtomicBool, AtomicUsize, fence},
    thread_local,
};

#[cfg(all(curlback_loom, test))]
pub(crate) use loom::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicUsize, fence},
};

/// Makes a thread-local value that is never freed, so that no later thread has a value at the same address.
/// Loom does not know that the allocator orders two threads that use the same address one after the other.
#[cfg(all(curlback_loom, test))]
macro_rules! per_thread {
    ($(#[$doc:meta])* static $name:ident: $type:ty = const $value:block;) => {
        ::loom::thread_local! {
            static VALUE: &'static $type = Box::leak(Box::new($value));
        }

        $(#[$doc])*
        static $name: PerThread = PerThread;

        struct PerThread;

        impl PerThread {
            fn with<R>(&self, call: impl FnOnce(&$type) -> R) -> R {
                VALUE.with(|value| call(value))
            }
        }
    };
}

#[cfg(all(curlback_loom, test))]
pub(crate) use per_thread as thread_local;
