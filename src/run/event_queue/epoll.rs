//! The queue of Linux.

use std::cell::Cell;
use std::io;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};
use rustix::io::Errno;

use super::{EVENTS, Event};
use crate::callbacks::event_loop::Ready;

/// The key of the descriptor that wakes.
const WAKE: u64 = u64::MAX;

/// The longest time that every kernel accepts for a wait. A longer wait ends early, and the caller waits again.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

pub(in crate::run) struct Queue {
    epoll: OwnedFd,
    /// Each write to it wakes the queue once. Nobody reads it: the queue watches for its changes.
    wakes: OwnedFd,
    /// Whether `wakes` was written since the last wait.
    is_woken: AtomicBool,
}

/// The events of the last wait.
pub(in crate::run) struct Events {
    events: Vec<Event>,
    /// Makes the value `!Sync`, as on other systems.
    marker: PhantomData<Cell<()>>,
}

impl Events {
    pub(in crate::run) fn new() -> Events {
        Events {
            events: Vec::new(),
            marker: PhantomData,
        }
    }

    pub(in crate::run) fn iter(&self) -> impl Iterator<Item = &Event> {
        self.events.iter()
    }
}

impl Queue {
    pub(in crate::run) fn new() -> io::Result<Queue> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let wakes = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let data = EventData::new_u64(WAKE);
        epoll::add(&epoll, &wakes, data, EventFlags::IN | EventFlags::ET)?;
        Ok(Queue {
            epoll,
            wakes,
            is_woken: AtomicBool::new(false),
        })
    }

    /// Watches a descriptor until the caller deletes it, or it is closed.
    pub(in crate::run) fn add(
        &self,
        descriptor: BorrowedFd<'_>,
        key: usize,
        interest: Ready,
    ) -> io::Result<()> {
        let data = EventData::new_u64(key as u64);
        epoll::add(&self.epoll, descriptor, data, flags(interest)).map_err(Into::into)
    }

    /// Watches a descriptor, which was added, for something else.
    pub(in crate::run) fn modify(
        &self,
        descriptor: BorrowedFd<'_>,
        key: usize,
        interest: Ready,
    ) -> io::Result<()> {
        let data = EventData::new_u64(key as u64);
        epoll::modify(&self.epoll, descriptor, data, flags(interest)).map_err(Into::into)
    }

    /// Reports nothing more about a descriptor, which was added, until `modify` is called. Returns whether this was
    /// possible; if not, the caller deletes the descriptor.
    pub(in crate::run) fn suspend(&self, descriptor: BorrowedFd<'_>, key: usize) -> bool {
        let data = EventData::new_u64(key as u64);
        // The system reports `HUP` and `ERR` all the same, so it may report one more event.
        epoll::modify(&self.epoll, descriptor, data, EventFlags::ONESHOT).is_ok()
    }

    pub(in crate::run) fn delete(&self, descriptor: BorrowedFd<'_>) -> io::Result<()> {
        epoll::delete(&self.epoll, descriptor).map_err(Into::into)
    }

    /// Waits until a descriptor is ready, the queue is woken, or `limit` is over; `None` is no limit. A signal may end
    /// the wait early, and then the caller waits again.
    pub(in crate::run) fn wait(
        &self,
        events: &mut Events,
        limit: Option<Duration>,
    ) -> io::Result<()> {
        events.events.clear();
        let time = limit.and_then(|limit| Timespec::try_from(limit.min(LONGEST)).ok());
        let mut buffer = [MaybeUninit::uninit(); EVENTS];
        let found = match epoll::wait(&self.epoll, &mut buffer, time.as_ref()) {
            Err(Errno::INTR) => return Ok(()),
            found => found?.0,
        };
        // Also without `WAKE`: another wait for the same descriptor may have taken the event.
        self.is_woken.swap(false, Ordering::SeqCst);
        for event in found {
            let epoll::Event { flags, data } = *event;
            match data.u64() {
                WAKE => {}
                key => events.events.push(Event {
                    key: key as usize,
                    ready: ready(flags),
                }),
            }
        }
        Ok(())
    }

    /// Ends the current wait, or else the next one.
    pub(in crate::run) fn wake(&self) {
        if !self.is_woken.swap(true, Ordering::SeqCst) {
            // Writing fails only if the number in the descriptor is at its maximum.
            let _ = rustix::io::write(&self.wakes, &1u64.to_ne_bytes());
        }
    }
}

impl AsFd for Queue {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}

/// Returns for what the system watches a descriptor. It always watches for `HUP` and `ERR`.
fn flags(interest: Ready) -> EventFlags {
    let mut flags = EventFlags::empty();
    flags.set(
        EventFlags::IN | EventFlags::PRI,
        interest.contains(Ready::READ),
    );
    flags.set(EventFlags::OUT, interest.contains(Ready::WRITE));
    flags
}

/// Returns for what a descriptor is ready.
fn ready(flags: EventFlags) -> Ready {
    // At the end of a connection and after an error, reading and writing return at once.
    let both = EventFlags::HUP | EventFlags::ERR;
    let reads = EventFlags::IN | EventFlags::PRI | both;
    let mut ready = Ready::empty();
    ready.set(Ready::READ, flags.intersects(reads));
    ready.set(Ready::WRITE, flags.intersects(EventFlags::OUT | both));
    ready.set(Ready::ERROR, flags.contains(EventFlags::ERR));
    ready
}
