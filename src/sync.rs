//! The synchronisation types of the standard library; in models, those of loom, which runs the
//! threads in every order; under `ThreadSanitizer`, locks whose order it sees.

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

/// Makes a thread-local value whose address no later thread reuses: loom does not know that the
/// allocator orders two threads that use the same address.
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
