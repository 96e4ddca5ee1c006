//! Keeps `SIGPIPE` from ending the process while libcurl runs.
//!
//! A write to a connection or pipe that the other side has closed raises this signal, whose default
//! action ends the process. A Rust program ignores the signal, unless it changes that. A program in
//! another language that loads this crate may not ignore it, and libcurl writes without `MSG_NOSIGNAL`
//! in some builds, through some libraries, and to files. libcurl's own remedy would change the signal's
//! disposition for the whole process, from several threads at a time; `CURLOPT_NOSIGNAL` prevents that.
//! So the signal is blocked on the thread that enters libcurl, and a signal that is raised meanwhile is
//! discarded. In a program that ignores the signal, this costs one system call. The threads of an agent block the
//! signal for as long as they run.
//!
//! On other systems than those listed below, this module does nothing. On Apple's systems, libcurl sets
//! `SO_NOSIGPIPE` on the sockets of its connections.

pub(crate) use imp::{Quiet, block_until_thread_ends};

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "dragonfly",
    target_os = "netbsd",
))]
mod imp {
    use std::cell::Cell;
    use std::marker::PhantomData;
    use std::mem::MaybeUninit;
    use std::ptr;

    use libc::{c_int, sigset_t, timespec};

    thread_local! {
        /// Whether there is a `Quiet` on this thread, or the signal is blocked until the thread ends.
        static IS_QUIET: Cell<bool> = const { Cell::new(false) };
    }

    /// Blocks `SIGPIPE` on this thread for as long as this value lives, unless the process ignores the
    /// signal.
    ///
    /// While one such value lives, others on the same thread do nothing.
    #[must_use]
    pub(crate) struct Quiet {
        _outer: Option<Outer>,
    }

    /// The first `Quiet` of a thread.
    struct Outer {
        _blocked: Option<Blocked>,
        /// Makes the value `!Send`, since each thread has its own signal mask.
        thread: PhantomData<*const ()>,
    }

    struct Blocked {
        /// Whether the thread had blocked the signal before.
        blocked: bool,
        /// Whether a blocked `SIGPIPE` was pending already.
        pending: bool,
    }

    impl Quiet {
        pub(crate) fn new() -> Quiet {
            let outer = (!IS_QUIET.replace(true)).then(|| Outer {
                _blocked: (!is_ignored()).then(Blocked::new),
                thread: PhantomData,
            });
            Quiet { _outer: outer }
        }
    }

    /// Blocks `SIGPIPE` on this thread until it ends, and on threads that this thread starts. A `SIGPIPE` that is raised
    /// here stays pending, and is discarded when the thread ends. A `Quiet` then costs no system call here.
    pub(crate) fn block_until_thread_ends() {
        IS_QUIET.set(true);
        change_mask(libc::SIG_BLOCK, &sigpipe());
    }

    impl Drop for Outer {
        fn drop(&mut self) {
            IS_QUIET.set(false);
        }
    }

    fn is_ignored() -> bool {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: the action is only read, and written to memory of its type.
        unsafe { libc::sigaction(libc::SIGPIPE, ptr::null(), action.as_mut_ptr()) };
        // SAFETY: the action is zeroed, or the call above has written it; a zeroed action is valid.
        let action = unsafe { action.assume_init() };
        action.sa_sigaction == libc::SIG_IGN
    }

    /// Returns the set of `SIGPIPE` alone.
    fn sigpipe() -> sigset_t {
        let mut set = MaybeUninit::<sigset_t>::zeroed();
        // SAFETY: it writes a set.
        unsafe { libc::sigemptyset(set.as_mut_ptr()) };
        // SAFETY: the set is initialised, and the signal exists.
        unsafe { libc::sigaddset(set.as_mut_ptr(), libc::SIGPIPE) };
        // SAFETY: initialised above.
        unsafe { set.assume_init() }
    }

    fn contains(set: &sigset_t) -> bool {
        // SAFETY: the set is initialised, and the signal exists.
        unsafe { libc::sigismember(set, libc::SIGPIPE) == 1 }
    }

    fn change_mask(how: c_int, set: &sigset_t) -> sigset_t {
        // SAFETY: a zeroed set is valid.
        let mut former = unsafe { MaybeUninit::<sigset_t>::zeroed().assume_init() };
        // SAFETY: both sets are initialised; the thread is this one.
        unsafe { libc::pthread_sigmask(how, set, &raw mut former) };
        former
    }

    impl Blocked {
        #[cold]
        fn new() -> Blocked {
            let former = change_mask(libc::SIG_BLOCK, &sigpipe());
            let blocked = contains(&former);
            Blocked {
                blocked,
                pending: blocked && is_pending(),
            }
        }
    }

    fn is_pending() -> bool {
        // SAFETY: zeroes are a set.
        let mut set = unsafe { MaybeUninit::<sigset_t>::zeroed().assume_init() };
        // SAFETY: it writes a set.
        unsafe { libc::sigpending(&raw mut set) };
        contains(&set)
    }

    impl Drop for Blocked {
        fn drop(&mut self) {
            if !self.pending {
                let (set, now) = (
                    sigpipe(),
                    timespec {
                        tv_sec: 0,
                        tv_nsec: 0,
                    },
                );
                // SAFETY: set and time are initialised; NULL means that no details are returned.
                unsafe { libc::sigtimedwait(&raw const set, ptr::null_mut(), &raw const now) };
            }
            // Only this signal is unblocked: a callback may have changed the rest of the mask.
            if !self.blocked {
                change_mask(libc::SIG_UNBLOCK, &sigpipe());
            }
        }
    }
}

#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "dragonfly",
    target_os = "netbsd",
)))]
mod imp {
    /// Does nothing on this system.
    #[must_use]
    pub(crate) struct Quiet(());

    impl Quiet {
        pub(crate) fn new() -> Quiet {
            Quiet(())
        }
    }

    pub(crate) fn block_until_thread_ends() {}
}
