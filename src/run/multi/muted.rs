//! The sockets of paused transfers, which libcurl 8.5.0 goes on watching ([`PAUSE_OVERRULED`]).
//!
//! What such a socket has received stays unread until its transfer is resumed. So the socket would wake the event loop
//! again and again. With this release, the crate makes the event loop stop watching it for reading meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use crate::Callback;
use crate::callbacks::event_loop::{EventLoop, Interest};
use crate::error::Stop;
use crate::ffi::{socket, sys};
use crate::id::Id;
use crate::quirks::PAUSE_OVERRULED;
use crate::run::multi::{Core, Watcher};

/// The sockets that libcurl watches.
#[derive(Default)]
pub(super) struct Sockets {
    /// The transfer for which libcurl has last said what to watch each socket for, and what that is.
    watched: BTreeMap<sys::curl_socket_t, (Id, Interest)>,
    /// The sockets that were ready since the last call of [`Core::mute`].
    stirred: Vec<sys::curl_socket_t>,
    /// The sockets that the event loop does not watch for reading, although libcurl does.
    muted: BTreeSet<sys::curl_socket_t>,
}

impl Sockets {
    /// Returns the value for the linked libcurl, or `None` if it watches no socket of a paused transfer.
    pub(super) fn new() -> Option<Sockets> {
        PAUSE_OVERRULED.is_present().then(Sockets::default)
    }

    /// Notes that a socket was ready.
    pub(super) fn stir(&mut self, raw: sys::curl_socket_t) {
        self.stirred.push(raw);
    }
}

impl<L: EventLoop> Watcher<L> {
    /// Notes that libcurl watches a socket for the transfer `user`.
    pub(in crate::run) fn note(
        &mut self,
        user: *const sys::CURL,
        raw: sys::curl_socket_t,
        interest: Interest,
    ) {
        let Some(sockets) = &mut self.sockets else {
            return;
        };
        sockets.muted.remove(&raw);
        match self.ids.get(user) {
            Some(id) => drop(sockets.watched.insert(raw, (id, interest))),
            None => drop(sockets.watched.remove(&raw)),
        }
    }

    /// Notes that libcurl no longer watches a socket. Returns whether the event loop does.
    pub(in crate::run) fn forget(&mut self, raw: sys::curl_socket_t) -> bool {
        let Some(sockets) = &mut self.sockets else {
            return true;
        };
        let watched = sockets.watched.remove(&raw);
        let is_muted = sockets.muted.remove(&raw);
        !is_muted || watched.is_none_or(|(_, interest)| interest.is_write())
    }

    /// Makes the event loop watch a socket for `interest`, which is that of libcurl, or, if `mute` is set, not for reading.
    fn mute(
        &mut self,
        raw: sys::curl_socket_t,
        interest: Interest,
        mute: bool,
    ) -> Result<(), Stop> {
        if let Some(sockets) = &mut self.sockets {
            match mute {
                true => sockets.muted.insert(raw),
                false => sockets.muted.remove(&raw),
            };
        }
        let interest = match mute {
            true if interest.is_write() => Interest::Write,
            true => return self.remove(raw),
            false => interest,
        };
        // SAFETY: C4: the socket is open. A libcurl with this quirk says that it no longer watches a socket before it
        // closes the socket, or, at the latest, when the last transfer of the socket leaves the engine. No transfer
        // that has ended is in the engine when the crate mutes: `Group::drive`.
        let borrowed = unsafe { socket::borrow(raw) };
        self.watch(raw, borrowed, interest)
    }
}

impl<L: EventLoop> Core<L> {
    /// Mutes the sockets that were ready and whose transfers read nothing until they are resumed, and unmutes those
    /// whose transfers read again. `is_idle` says whether a transfer reads nothing.
    pub(in crate::run) fn mute(&mut self, is_idle: impl Fn(Id) -> bool) {
        let Some(sockets) = &mut self.watcher.value_mut().sockets else {
            return;
        };
        let mut concerned = sockets.muted.clone();
        concerned.extend(sockets.stirred.drain(..));
        let changes: Vec<_> = (concerned.into_iter())
            .filter_map(|raw| {
                let (id, interest) = *sockets.watched.get(&raw)?;
                let mute = interest.is_read() && is_idle(id);
                (mute != sockets.muted.contains(&raw)).then_some((raw, interest, mute))
            })
            .collect();
        for (raw, interest, mute) in changes {
            self.tell(Callback::Socket, |watcher| {
                watcher.mute(raw, interest, mute)
            });
        }
    }
}
