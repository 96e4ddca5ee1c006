//! The event queue of a `Multi` in the reactor of tokio.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::run::poll_loop::Driver;

/// Makes the reactor of the current runtime watch the queue.
pub(crate) fn register(driver: &Driver) -> io::Result<AsyncFd<OwnedFd>> {
    let queue = driver.as_fd().try_clone_to_owned()?;
    // SAFETY: the descriptor is open, and its owner, which closes it, is in the `AsyncFd` and always has
    // the same descriptor.
    let registered = unsafe { AsyncFd::register_with_interest(queue, Interest::READABLE) };
    registered.map_err(|error| error.into_parts().1)
}
