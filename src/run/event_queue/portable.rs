//! The queues of other systems: kqueue and others.

use std::io;
use std::num::NonZeroUsize;
use std::time::Duration;

#[cfg(has_pollable_queue)]
use std::os::fd::{AsFd, BorrowedFd};

use polling::{PollMode, Poller};

use super::{EVENTS, EXTRA, Event};
use crate::callbacks::event_loop::{BorrowedSocket, Ready};
use crate::ffi::{socket, sys};

pub(in crate::run) struct Queue {
    poller: Poller,
    mode: PollMode,
}

/// The events of the last wait.
pub(in crate::run) struct Events {
    found: polling::Events,
    events: Vec<Event>,
}

impl Events {
    pub(in crate::run) fn new() -> Events {
        let capacity = NonZeroUsize::new(EVENTS).expect("it is not zero");
        Events {
            found: polling::Events::with_capacity(capacity),
            events: Vec::new(),
        }
    }

    pub(in crate::run) fn iter(&self) -> impl Iterator<Item = &Event> {
        self.events.iter()
    }
}

impl Queue {
    pub(in crate::run) fn new() -> io::Result<Queue> {
        let poller = Poller::new()?;
        let mode = match poller.supports_level() {
            true => PollMode::Level,
            false => PollMode::Oneshot,
        };
        Ok(Queue { poller, mode })
    }

    /// Watches a descriptor until the caller deletes it, or it is closed.
    pub(in crate::run) fn add(
        &self,
        descriptor: BorrowedSocket<'_>,
        key: usize,
        interest: Ready,
    ) -> io::Result<()> {
        let event = event(key, interest);
        // SAFETY: the caller deletes the descriptor before it is closed, or the system forgets it then.
        unsafe { self.poller.add_with_mode(&descriptor, event, self.mode) }
    }

    /// Watches a descriptor, which was added, for something else.
    pub(in crate::run) fn modify(
        &self,
        descriptor: BorrowedSocket<'_>,
        key: usize,
        interest: Ready,
    ) -> io::Result<()> {
        let event = event(key, interest);
        self.poller.modify_with_mode(descriptor, event, self.mode)
    }

    /// Does nothing: adding a descriptor again costs about as much as changing one. Returns whether the queue keeps
    /// the descriptor.
    pub(in crate::run) fn suspend(&self, _: BorrowedSocket<'_>, _: usize) -> bool {
        false
    }

    pub(in crate::run) fn delete(&self, descriptor: BorrowedSocket<'_>) -> io::Result<()> {
        self.poller.delete(descriptor)
    }

    /// Waits until a descriptor is ready, the queue is woken, or `limit` is over; `None` is no limit.
    pub(in crate::run) fn wait(
        &self,
        events: &mut Events,
        limit: Option<Duration>,
    ) -> io::Result<()> {
        let Events { found, events } = events;
        found.clear();
        events.clear();
        self.poller.wait(found, limit)?;
        events.extend(found.iter().map(|event| {
            let mut ready = Ready::empty();
            ready.set(Ready::READ, event.readable);
            ready.set(Ready::WRITE, event.writable);
            ready.set(Ready::ERROR, event.is_err() == Some(true));
            let key = event.key;
            Event { key, ready }
        }));
        let mut result = Ok(());
        if self.mode == PollMode::Oneshot {
            // In this mode, the system stops watching a socket that was ready. The directions are not stored
            // here, and libcurl states only changes, so both directions are watched.
            for event in events.iter().filter(|event| event.key & EXTRA == 0) {
                // SAFETY: libcurl was not called, and so has not closed the socket, since the event queue
                // reported it.
                let socket = unsafe { socket::borrow(event.key as sys::curl_socket_t) };
                let both = polling::Event::all(event.key);
                let watched = self.poller.modify_with_mode(socket, both, self.mode);
                result = result.and(watched);
            }
        }
        result
    }

    /// Ends the current wait, or else the next one.
    pub(in crate::run) fn wake(&self) {
        // If this fails, as without memory, the queue wakes at its next event.
        let _ = self.poller.notify();
    }
}

#[cfg(has_pollable_queue)]
impl AsFd for Queue {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.poller.as_fd()
    }
}

fn event(key: usize, interest: Ready) -> polling::Event {
    let reads = interest.contains(Ready::READ);
    polling::Event::new(key, reads, interest.contains(Ready::WRITE))
}
