//! Sleeping in libcurl, and being woken.

use std::ptr;
use std::ptr::NonNull;

use libc::c_int;

use crate::Error;
use crate::ffi::sys;

pub(crate) use imp::{Alarm, Sleeper};

/// Makes the sleeper of a multi handle, and the alarm that wakes it.
///
/// # Safety
/// The alarm must not be used after the handle is cleaned up.
pub(crate) unsafe fn new(multi: NonNull<sys::CURLM>) -> Result<(Sleeper, Alarm), Error> {
    // SAFETY: the caller's promise.
    unsafe { imp::new(multi) }
}

/// Wakes by `curl_multi_wakeup`.
#[cfg(has_multi_wakeup)]
mod imp {
    use super::*;

    /// Sleeps in libcurl.
    pub(crate) struct Sleeper(());

    /// Wakes the sleeper. The handle is live whenever the alarm is used.
    pub(crate) struct Alarm(NonNull<sys::CURLM>);

    // SAFETY: `curl_multi_wakeup` is the one function that any thread may call; the
    // handle is used for nothing else here.
    unsafe impl Send for Alarm {}

    pub(super) unsafe fn new(multi: NonNull<sys::CURLM>) -> Result<(Sleeper, Alarm), Error> {
        Ok((Sleeper(()), Alarm(multi)))
    }

    impl Sleeper {
        /// Sleeps until libcurl has something to do or is woken, at most for `limit` milliseconds.
        ///
        /// # Safety
        /// The handle must be live.
        pub(crate) unsafe fn sleep(
            &self,
            multi: NonNull<sys::CURLM>,
            limit: c_int,
        ) -> sys::CURLMcode {
            let (none, multi) = (ptr::null_mut(), multi.as_ptr());
            // SAFETY: M1: the engine is live; there are no further descriptors.
            unsafe { sys::curl_multi_poll(multi, none, 0, limit, ptr::null_mut()) }
        }
    }

    impl Alarm {
        pub(crate) fn ring(&self) {
            // SAFETY: M1: the handle is live, as `new` demands.
            unsafe { sys::curl_multi_wakeup(self.0.as_ptr()) };
        }
    }
}

/// Wakes by a pair of sockets, since libcurl before 7.68.0 has no function that wakes it.
#[cfg(all(not(has_multi_wakeup), unix))]
mod imp {
    use std::io::{Read, Write};
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    use super::*;

    /// Sleeps in libcurl.
    pub(crate) struct Sleeper(UnixStream);

    /// Wakes the sleeper.
    pub(crate) struct Alarm(UnixStream);

    pub(super) unsafe fn new(_: NonNull<sys::CURLM>) -> Result<(Sleeper, Alarm), Error> {
        let (sleeper, alarm) = UnixStream::pair().map_err(Error::Poll)?;
        sleeper.set_nonblocking(true).map_err(Error::Poll)?;
        alarm.set_nonblocking(true).map_err(Error::Poll)?;
        Ok((Sleeper(sleeper), Alarm(alarm)))
    }

    impl Sleeper {
        /// Sleeps until libcurl has something to do or is woken, at most for `limit` milliseconds.
        ///
        /// # Safety
        /// The handle must be live.
        pub(crate) unsafe fn sleep(
            &self,
            multi: NonNull<sys::CURLM>,
            limit: c_int,
        ) -> sys::CURLMcode {
            let mut woken = sys::curl_waitfd {
                fd: self.0.as_raw_fd(),
                events: sys::CURL_WAIT_POLLIN,
                revents: 0,
            };
            let (multi, place) = (multi.as_ptr(), &raw mut woken);
            // SAFETY: M1: the engine is live; there is one descriptor at that place.
            let code = unsafe { sys::curl_multi_wait(multi, place, 1, limit, ptr::null_mut()) };
            if woken.revents != 0 {
                while (&self.0).read(&mut [0; 64]).is_ok_and(|count| count > 0) {}
            }
            code
        }
    }

    impl Alarm {
        pub(crate) fn ring(&self) {
            // If the buffer is full, the sleeper wakes anyway.
            let _ = (&self.0).write(&[0]);
        }
    }
}

#[cfg(all(not(has_multi_wakeup), not(unix)))]
compile_error!("on this system, curlback needs libcurl 7.68.0 or later");
