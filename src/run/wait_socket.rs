//! Waiting for the socket of a connection that a transfer has left open.

use std::time::Duration;

use crate::Error;
use crate::callbacks::event_loop::Ready;
use crate::ffi::info::SOCKET;
use crate::ffi::info::values::ActiveSocket;
use crate::run::easy::Easy;
use crate::run::websocket::no_connection;

impl<H> Easy<H> {
    pub(crate) fn wait_socket(
        &self,
        interest: Ready,
        limit: Option<Duration>,
    ) -> Result<Ready, Error> {
        let info = self.info();
        match info.socket(SOCKET)? {
            Some(socket) => wait(&socket, interest, limit),
            None => Err(no_connection()),
        }
    }
}

#[cfg(unix)]
fn wait(
    socket: &ActiveSocket<'_>,
    interest: Ready,
    limit: Option<Duration>,
) -> Result<Ready, Error> {
    use std::os::fd::AsFd;

    const EVENTS: [(Ready, libc::c_short); 2] =
        [(Ready::READ, libc::POLLIN), (Ready::WRITE, libc::POLLOUT)];
    let wanted = EVENTS.iter().filter(|(ready, _)| interest.contains(*ready));
    let events = wanted.fold(0, |events, (_, event)| events | event);
    let seen = crate::ffi::poll::poll(socket.as_fd(), events, limit).map_err(Error::Poll)?;
    let mut ready = Ready::empty();
    for (flag, event) in [
        (Ready::READ, libc::POLLIN | libc::POLLHUP),
        (Ready::WRITE, libc::POLLOUT),
        (Ready::ERROR, libc::POLLERR | libc::POLLNVAL),
    ] {
        ready.set(flag, seen & event != 0);
    }
    Ok(ready)
}

/// On Windows, each call makes an event queue to wait for the socket.
#[cfg(windows)]
fn wait(
    socket: &ActiveSocket<'_>,
    interest: Ready,
    limit: Option<Duration>,
) -> Result<Ready, Error> {
    use std::time::Instant;

    use crate::run::poll_loop::{Driver, PollFd};

    let until = limit.and_then(|limit| Instant::now().checked_add(limit));
    let mut driver = Driver::new()?;
    let mut watched = [PollFd::new(socket, interest)];
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let count = driver.wait(&mut watched, left)?;
        if count > 0 || left == Some(Duration::ZERO) {
            return Ok(watched[0].ready());
        }
    }
}
