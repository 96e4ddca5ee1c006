//! Waiting for one socket.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::{Duration, Instant};

use libc::{c_int, c_short};

/// Waits until one of the events, an error or a hang-up occurs on a socket, at most for `limit`. Returns
/// what has occurred, or 0 if the time is over. A signal does not end the wait.
pub(crate) fn poll(
    socket: BorrowedFd<'_>,
    events: c_short,
    limit: Option<Duration>,
) -> io::Result<c_short> {
    let until = limit.and_then(|limit| Instant::now().checked_add(limit));
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let mut descriptor = libc::pollfd {
            fd: socket.as_raw_fd(),
            events,
            revents: 0,
        };
        // SAFETY: there is one descriptor at that place, and the socket is open while it is borrowed.
        let count = unsafe { libc::poll(&raw mut descriptor, 1, left.map_or(-1, millis)) };
        if count > 0 || left == Some(Duration::ZERO) && count == 0 {
            return Ok(descriptor.revents);
        }
        if count < 0 {
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
    }
}

/// Returns the milliseconds of `time`, rounded up: a wait that ends too early would be repeated at once.
fn millis(time: Duration) -> c_int {
    let millis = time.as_nanos().div_ceil(1_000_000);
    c_int::try_from(millis).unwrap_or(c_int::MAX)
}
