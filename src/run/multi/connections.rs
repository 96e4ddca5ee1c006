//! The connections of transfers that libcurl has ended, and that stay in the engine.
//!
//! libcurl does not watch such a connection. So this crate makes the event loop watch its socket.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::Callback;
use crate::callbacks::event_loop::{EventLoop, Interest, RawSocket, Ready};
use crate::ffi::{socket, sys};
use crate::id::Id;
use crate::run::deadlines::Limits;
use crate::run::member::Wait;
use crate::run::multi::Core;

/// The transfers that stay for their connections.
#[derive(Default)]
pub(in crate::run) struct Connections {
    /// The transfer of each socket that is watched.
    by_socket: BTreeMap<RawSocket, Id>,
    /// The socket of each transfer, and the directions for which it is watched.
    watched: BTreeMap<Id, (RawSocket, Ready)>,
    /// The transfers to which something has happened.
    stirred: BTreeSet<Id>,
}

impl Connections {
    /// Notes that something has happened to a transfer.
    pub(in crate::run) fn stir(&mut self, id: Id) {
        self.stirred.insert(id);
    }

    /// Notes that a socket is ready. Returns whether it belongs to a transfer that stays.
    pub(super) fn stir_socket(&mut self, socket: RawSocket) -> bool {
        match self.by_socket.get(&socket) {
            Some(id) => {
                self.stirred.insert(*id);
                true
            }
            None => false,
        }
    }

    /// Takes the transfers to which something has happened.
    pub(in crate::run) fn take_stirred(&mut self) -> BTreeSet<Id> {
        std::mem::take(&mut self.stirred)
    }
}

impl<L: EventLoop> Core<L> {
    /// Notes that libcurl has ended a transfer, and that the transfer stays.
    pub(in crate::run) fn stay(&mut self, id: Id) {
        self.limit(id, None);
        self.connections.stir(id);
    }

    /// Watches the socket of a transfer that stays, and limits how long the transfer waits.
    pub(in crate::run) fn wait_for(&mut self, id: Id, wait: &Wait) {
        self.watch(id, wait.socket, wait.interest);
        self.limit(id, wait.limit);
        if wait.again {
            self.mailbox().post(id);
            self.mailbox().wake();
        }
    }

    /// Limits how long a transfer stays from now on. `None` means no limit.
    fn limit(&mut self, id: Id, limit: Option<Duration>) {
        self.deadlines.remove(id);
        self.deadlines.add(id, Limits::of_connection(limit));
    }

    /// Stops watching the socket of a transfer.
    pub(super) fn unwatch(&mut self, id: Id) {
        if let Some((socket, _)) = self.connections.watched.get(&id) {
            self.watch(id, *socket, Ready::empty());
        }
    }

    fn watch(&mut self, id: Id, watched: RawSocket, interest: Ready) {
        let connections = &mut self.connections;
        let former = connections.watched.get(&id).map(|(_, interest)| *interest);
        if former.unwrap_or(Ready::empty()) == interest {
            return;
        }
        match interest.is_empty() {
            true => {
                connections.watched.remove(&id);
                connections.by_socket.remove(&watched);
            }
            false => {
                connections.watched.insert(id, (watched, interest));
                connections.by_socket.insert(watched, id);
            }
        }
        let interest = match (
            interest.contains(Ready::READ),
            interest.contains(Ready::WRITE),
        ) {
            (true, true) => Some(Interest::ReadWrite),
            (true, false) => Some(Interest::Read),
            (false, true) => Some(Interest::Write),
            (false, false) => None,
        };
        let raw = watched as sys::curl_socket_t;
        self.tell(Callback::Socket, |watcher| match interest {
            Some(interest) => {
                // SAFETY: C4: the transfer holds this connection, on which it has just tried to send or receive, and
                // libcurl was not entered since.
                let borrowed = unsafe { socket::borrow(raw) };
                watcher.watch(raw, borrowed, interest)
            }
            None => watcher.remove(raw),
        });
    }
}
