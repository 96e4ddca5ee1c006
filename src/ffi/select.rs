//! Which descriptors the linked libcurl can wait for.
//!
//! A libcurl that was built without `poll`, as the bundled one is, waits with `select`, which
//! takes only descriptors below `FD_SETSIZE`. libcurl accepts larger ones too, and then fails with
//! a misleading message: that it could not connect.

use std::io;

use crate::ffi::sys;

/// Returns an error for a descriptor that libcurl cannot wait for.
#[cfg(unix)]
pub(crate) fn check(socket: sys::curl_socket_t) -> io::Result<()> {
    match usize::try_from(socket) {
        Ok(number) if number >= libc::FD_SETSIZE && !imp::has_poll(socket) => {
            Err(too_large(number))
        }
        _ => Ok(()),
    }
}

/// On Windows, `select` takes sockets of any number.
#[cfg(not(unix))]
pub(crate) fn check(_: sys::curl_socket_t) -> io::Result<()> {
    Ok(())
}

/// Returns the error that libcurl's own descriptors are too large to wait for. Returns `None` if libcurl
/// can wait for a new descriptor, or if no descriptor can be opened.
pub(crate) fn cause() -> Option<io::Error> {
    // A new descriptor has about the number of libcurl's last ones.
    #[cfg(unix)]
    if let Ok(probe) = std::fs::File::open("/dev/null") {
        use std::os::fd::AsRawFd;
        return check(probe.as_raw_fd()).err();
    }
    None
}

#[cfg(unix)]
#[cold]
fn too_large(number: usize) -> io::Error {
    let limit = libc::FD_SETSIZE;
    let text = format!(
        "descriptor {number} is too large: this libcurl was built without poll() and can only \
         wait for descriptors below {limit}; build the bundled libcurl with CFLAGS=-DHAVE_POLL, \
         or link the system's libcurl"
    );
    io::Error::new(io::ErrorKind::Unsupported, text)
}

#[cfg(unix)]
mod imp {
    use std::ptr::{self, NonNull};
    use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

    use crate::ffi::sys;

    const UNKNOWN: u8 = 0;
    const POLL: u8 = 1;
    const SELECT: u8 = 2;

    /// Returns whether libcurl waits with `poll`, or `true` if this is not known. `socket` must be too
    /// large for `select`.
    #[cold]
    pub(crate) fn has_poll(socket: sys::curl_socket_t) -> bool {
        static ANSWER: AtomicU8 = AtomicU8::new(UNKNOWN);
        if ANSWER.load(Relaxed) == UNKNOWN {
            ANSWER.store(ask(socket), Relaxed);
        }
        ANSWER.load(Relaxed) != SELECT
    }

    /// Makes libcurl wait for the descriptor. Returns `POLL` if libcurl can, `SELECT` if it returns an
    /// error, and `UNKNOWN` if there is no memory for the test.
    fn ask(socket: sys::curl_socket_t) -> u8 {
        // SAFETY: libcurl is initialised: a transfer is in progress.
        let Some(multi) = NonNull::new(unsafe { sys::curl_multi_init() }) else {
            return UNKNOWN;
        };
        let mut descriptor = sys::curl_waitfd {
            fd: socket,
            events: sys::CURL_WAIT_POLLOUT,
            revents: 0,
        };
        let (multi, place) = (multi.as_ptr(), &raw mut descriptor);
        // SAFETY: the handle is live, and there is one descriptor at that place.
        let code = unsafe { sys::curl_multi_wait(multi, place, 1, 0, ptr::null_mut()) };
        // SAFETY: the only cleanup of the handle made above.
        unsafe { sys::curl_multi_cleanup(multi) };
        match code {
            sys::CURLM_OK => POLL,
            _ => SELECT,
        }
    }
}
