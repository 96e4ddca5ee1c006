//! The event loop inside a `Multi`, over the system's event queue.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[cfg(unix)]
use std::os::fd::{AsFd, AsRawFd};
#[cfg(windows)]
use std::os::windows::io::{AsRawSocket, AsSocket};

use crate::callbacks::event_loop::{BorrowedSocket, EventLoop, Interest, RawSocket, Ready};
use crate::ffi::{socket, sys};
use crate::run::event_queue::{EXTRA, Event, Events, Queue};
use crate::{CallbackResult, Error};

/// The event loop of a [`Multi`](crate::Multi) for which the user has provided none: epoll,
/// kqueue or another event queue of the system.
pub struct Driver {
    queue: Arc<Queue>,
    /// The sockets that libcurl has removed. The queue still has those that are open, such as those of idle
    /// connections.
    suspended: BTreeMap<RawSocket, Registration>,
    events: Events,
    /// When the timer is due, which serves libcurl and the time limits that this crate checks. `None` if it is
    /// off.
    deadline: Option<Instant>,
    /// The sockets of libcurl that were ready at the last wait.
    ready: Vec<(RawSocket, Ready)>,
    /// Whether `ready` still has the result of the last wait.
    fresh: bool,
}

impl Driver {
    pub(crate) fn new() -> Result<Driver, Error> {
        Ok(Driver {
            queue: Arc::new(Queue::new().map_err(Error::Poll)?),
            suspended: BTreeMap::new(),
            events: Events::new(),
            deadline: None,
            ready: Vec::new(),
            fresh: false,
        })
    }

    /// Returns whether the timer is due at `now`.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }

    /// Returns when the timer is due, or `None` if it is off.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Returns whether the timer is due at `now`. If it is, turns it off: libcurl expects a timer to fire only
    /// once.
    pub(crate) fn take_due(&mut self, now: Instant) -> bool {
        let due = self.is_due(now);
        if due {
            self.deadline = None;
        }
        due
    }

    /// Returns the sockets of libcurl that are ready.
    pub(crate) fn ready(&mut self) -> Result<Vec<(RawSocket, Ready)>, Error> {
        if !self.fresh {
            self.wait(&mut [], Some(Duration::ZERO))?;
        }
        self.fresh = false;
        Ok(std::mem::take(&mut self.ready))
    }

    /// Takes the list back, to reuse its memory.
    pub(crate) fn reuse(&mut self, mut ready: Vec<(RawSocket, Ready)>) {
        ready.clear();
        self.ready = ready;
    }

    /// Waits until a socket or a descriptor in `extra` is ready, the driver is woken, or `limit` is over. Does not
    /// look at the timer. Returns how many sockets and descriptors are ready. With kqueue, a socket that is ready in
    /// both directions counts twice.
    pub(crate) fn wait(
        &mut self,
        extra: &mut [PollFd<'_>],
        limit: Option<Duration>,
    ) -> Result<usize, Error> {
        let mut watched = 0;
        let mut always = 0;
        let mut result = Ok(());
        for (place, extra) in extra.iter_mut().enumerate() {
            extra.ready = Ready::empty();
            match self.add_extra(extra, place) {
                // epoll does not accept regular files, which are always ready.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    extra.ready = extra.interest & (Ready::READ | Ready::WRITE);
                    always += usize::from(!extra.ready.is_empty());
                }
                other => result = other,
            }
            if result.is_err() {
                break;
            }
            watched += 1;
        }
        let limit = if always == 0 {
            limit
        } else {
            Some(Duration::ZERO)
        };
        let result = result.and_then(|()| self.wait_watching(extra, limit));
        for extra in &extra[..watched] {
            // An error is ignored: it means that the event queue does not have the descriptor, such as a regular file.
            let _ = self.queue.delete(extra.socket);
        }
        result.map(|count| count + always).map_err(Error::Poll)
    }

    /// Makes the queue watch a descriptor of the caller's.
    fn add_extra(&mut self, extra: &PollFd<'_>, place: usize) -> io::Result<()> {
        let add = |queue: &Queue| queue.add(extra.socket, EXTRA | place, extra.interest);
        let result = add(&self.queue);
        let exists = matches!(&result, Err(error) if error.kind() == io::ErrorKind::AlreadyExists);
        // The program owns a socket that was libcurl's, such as one that `close_socket` has kept. The drop of its
        // registration deletes it from the queue.
        if exists && self.suspended.remove(&number(extra.socket)).is_some() {
            return add(&self.queue);
        }
        result
    }

    fn wait_watching(
        &mut self,
        extra: &mut [PollFd<'_>],
        limit: Option<Duration>,
    ) -> io::Result<usize> {
        self.ready.clear();
        let mut waited = self.queue.wait(&mut self.events, limit);
        // One wait returns a part of many events. Those of suspended sockets must not hide the others. The queue reports
        // a suspended socket only once.
        while waited.is_ok() && self.has_suspended_alone() {
            waited = self.queue.wait(&mut self.events, Some(Duration::ZERO));
        }
        let mut count = 0;
        for event in self.events.iter() {
            if self.is_suspended(event) {
                continue;
            }
            if event.key & EXTRA == 0 {
                self.ready.push((event.key as RawSocket, event.ready));
            } else if let Some(extra) = extra.get_mut(event.key & !EXTRA) {
                // Some systems report each direction by an event of its own.
                extra.ready |= event.ready;
            }
            count += 1;
        }
        // After an error, there may be events all the same.
        self.fresh = waited.is_ok() || count > 0;
        waited.map(|()| count)
    }

    fn is_suspended(&self, event: &Event) -> bool {
        event.key & EXTRA == 0 && self.suspended.contains_key(&(event.key as RawSocket))
    }

    /// Returns whether the last wait has found suspended sockets, and nothing else.
    fn has_suspended_alone(&self) -> bool {
        let mut events = self.events.iter().peekable();
        events.peek().is_some() && events.all(|event| self.is_suspended(event))
    }

    /// Makes the system watch a socket of libcurl. `known` says whether a [`Registration`] has the number of the
    /// socket already: then usually only the directions change.
    fn register(
        &self,
        socket: BorrowedSocket<'_>,
        interest: Interest,
        known: bool,
    ) -> io::Result<()> {
        let key = number(socket) as usize;
        let mut directions = Ready::empty();
        directions.set(Ready::READ, interest.is_read());
        directions.set(Ready::WRITE, interest.is_write());
        // The socket is suspended or deleted when libcurl removes it, and deleted when the driver is dropped. When
        // libcurl closes the socket, the system forgets it.
        let add = || self.queue.add(socket, key, directions);
        if !known {
            return match add() {
                // The event queue already has this number, although no `Registration` has it.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    self.queue.modify(socket, key, directions)
                }
                result => result,
            };
        }
        match self.queue.modify(socket, key, directions) {
            // The former socket with this number was closed, so the system has forgotten it. It was suspended, or libcurl
            // has not reported its removal.
            Err(error) if error.kind() == io::ErrorKind::NotFound => add(),
            result => result,
        }
    }
}

impl EventLoop for Driver {
    type Value = Registration;
    // If users could borrow the driver mutably, safe code could make it watch a descriptor that is then closed.
    const IS_LENT: bool = false;

    fn socket(
        &mut self,
        socket: BorrowedSocket<'_>,
        interest: Interest,
        value: &mut Option<Registration>,
    ) -> CallbackResult {
        if let Interest::Other(_) = interest {
            return CallbackResult::Continue;
        }
        let raw = number(socket);
        if value.is_none() {
            *value = self.suspended.remove(&raw);
        }
        let registered = self.register(socket, interest, value.is_some());
        if registered.is_ok() && value.is_none() {
            *value = Some(Registration {
                queue: self.queue.clone(),
                raw,
            });
        }
        registered.into()
    }

    fn remove_socket(&mut self, raw: RawSocket, value: Option<Registration>) -> CallbackResult {
        if let Some(registration) = value.filter(Registration::suspend) {
            self.suspended.insert(raw, registration);
        }
        CallbackResult::Continue
    }

    fn timer(&mut self, timeout: Option<Duration>) -> CallbackResult {
        // A time that cannot be represented is never reached.
        self.deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        CallbackResult::Continue
    }

    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        let queue = self.queue.clone();
        Arc::new(move || queue.wake())
    }
}

fn number(socket: BorrowedSocket<'_>) -> RawSocket {
    #[cfg(unix)]
    return socket.as_raw_fd();
    #[cfg(windows)]
    return socket.as_raw_socket();
}

#[cfg(has_pollable_queue)]
impl AsFd for Driver {
    fn as_fd(&self) -> BorrowedSocket<'_> {
        self.queue.as_fd()
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// A socket that the event queue has, until this is dropped or the socket is closed.
pub struct Registration {
    queue: Arc<Queue>,
    raw: RawSocket,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("raw", &self.raw)
            .finish_non_exhaustive()
    }
}

impl Registration {
    /// Makes the queue report nothing more about the socket. Returns whether the queue still has the socket, so that
    /// watching it again costs less: an idle connection is often used again.
    fn suspend(&self) -> bool {
        self.queue.suspend(self.socket(), self.raw as usize)
    }

    fn socket(&self) -> BorrowedSocket<'_> {
        // SAFETY: the system only looks up the pair of this number and the file that has the number now. If libcurl has
        // closed the socket, the queue does not have that pair, and the call fails.
        unsafe { socket::borrow(self.raw as sys::curl_socket_t) }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let _ = self.queue.delete(self.socket());
    }
}

/// A descriptor of the caller's that [`Multi::poll`](crate::Multi::poll) watches too.
#[derive(Debug)]
#[doc(alias = "curl_waitfd")]
pub struct PollFd<'a> {
    socket: BorrowedSocket<'a>,
    interest: Ready,
    ready: Ready,
}

impl<'a> PollFd<'a> {
    /// Watches a descriptor for [`Ready::READ`], [`Ready::WRITE`] or both.
    ///
    /// The descriptor must not be one of libcurl's sockets, and not be in the list twice. A regular file
    /// is always ready if the system's event queue does not accept files, as on Linux.
    #[cfg(unix)]
    pub fn new(descriptor: &'a impl AsFd, interest: Ready) -> PollFd<'a> {
        PollFd {
            socket: descriptor.as_fd(),
            interest,
            ready: Ready::empty(),
        }
    }

    /// Watches a socket for [`Ready::READ`], [`Ready::WRITE`] or both.
    ///
    /// The socket must not be one of libcurl's sockets, and not be in the list twice.
    #[cfg(windows)]
    pub fn new(socket: &'a impl AsSocket, interest: Ready) -> PollFd<'a> {
        PollFd {
            socket: socket.as_socket(),
            interest,
            ready: Ready::empty(),
        }
    }

    /// Returns for what the descriptor was ready when `poll` returned.
    #[must_use]
    pub fn ready(&self) -> Ready {
        self.ready
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;
    use crate::run::event_queue::EVENTS;

    /// One wait returns so many events that those of suspended sockets could take all places.
    #[test]
    fn suspended_sockets_that_break_hide_no_event() {
        let mut driver = Driver::new().unwrap();
        let mut ends = Vec::new();
        for _ in 0..=EVENTS {
            let (own, other) = UnixStream::pair().unwrap();
            let mut value = None;
            let watched = driver.socket(own.as_fd(), Interest::Read, &mut value);
            assert!(matches!(watched, CallbackResult::Continue));
            driver.remove_socket(own.as_raw_fd(), value);
            ends.push((own, other));
        }
        assert_eq!(driver.suspended.len(), EVENTS + 1);
        let kept: Vec<_> = ends.into_iter().map(|(own, _)| own).collect();
        let (ready, _other) = UnixStream::pair().unwrap();
        let mut value = None;
        driver.socket(ready.as_fd(), Interest::Write, &mut value);
        assert_eq!(driver.wait(&mut [], Some(Duration::ZERO)).unwrap(), 1);
        assert_eq!(driver.ready().unwrap(), [(ready.as_raw_fd(), Ready::WRITE)]);
        drop(kept);
    }
}
