//! Handlers that log the sockets that they open and those that `close_socket` gets.

#![cfg(unix)]

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::panic::panic_any;
use std::sync::{Arc, Mutex};

use curlback::{
    Callback, CallbackResult, Callbacks, Connection, Hooks, SockType, SocketAddress, SockoptResult,
    Transfer, Version, WriteResult,
};
use socket2::{SockRef, Socket};

use crate::support::bomb::Bomb;
use crate::support::breaks::{How, Own};
use crate::support::skip::prereq;

/// The descriptors of the sockets that `open_socket` opened, and of those that `close_socket` got, in
/// order.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) opened: Vec<RawFd>,
    pub(crate) closed: Vec<RawFd>,
}

/// What `close_socket` does with its socket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Then {
    Drop,
    Keep,
    /// Closes the socket and opens a file, which usually gets the same descriptor. Nobody else may close the
    /// file.
    Replace,
    Fail,
    /// Fails with an error that panics when it is dropped.
    FailBadly,
    Abort,
    Panic,
}

/// Logs the sockets that it opens, and those that `close_socket` gets. In the callback `at`, breaks its
/// transfer as `how` says.
pub(crate) struct Closes {
    log: Arc<Mutex<Log>>,
    pub(crate) then: Then,
    pub(crate) kept: Vec<Socket>,
    files: Vec<File>,
    pub(crate) how: How,
    pub(crate) at: Callback,
    hooks: Hooks,
}

impl Closes {
    /// Returns whether the files that [`Then::Replace`] has opened are still open. If libcurl had closed a
    /// socket again, it would usually have closed the file that has the socket's descriptor.
    pub(crate) fn files_are_whole(&self) -> bool {
        self.files.iter().all(|file| file.metadata().is_ok())
    }

    fn answer(&self, callback: Callback) -> CallbackResult {
        match callback == self.at {
            true => self.how.result(callback),
            false => CallbackResult::Continue,
        }
    }
}

impl Callbacks for Closes {
    fn hooks(&self) -> Hooks {
        self.hooks
    }

    fn open_socket(&mut self, _: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
        let socket = address.open()?;
        self.log.lock().unwrap().opened.push(socket.as_raw_fd());
        match self.answer(Callback::OpenSocket) {
            CallbackResult::Continue => Ok(socket),
            _ => Err(io::Error::other(Own(Callback::OpenSocket))),
        }
    }

    fn sockopt(&mut self, _: SockRef<'_>, _: SockType) -> SockoptResult {
        match self.answer(Callback::Sockopt) {
            CallbackResult::Continue => SockoptResult::Ok,
            CallbackResult::Abort => SockoptResult::Abort,
            CallbackResult::Fail(error) => SockoptResult::Fail(error),
        }
    }

    fn prereq(&mut self, _: &Connection<'_>) -> CallbackResult {
        self.answer(Callback::Prereq)
    }

    fn write(&mut self, _: &[u8]) -> WriteResult {
        match self.answer(Callback::Write) {
            CallbackResult::Continue => WriteResult::Continue,
            CallbackResult::Abort => WriteResult::Abort,
            CallbackResult::Fail(error) => WriteResult::Fail(error),
        }
    }

    fn close_socket(&mut self, socket: Socket) -> CallbackResult {
        self.log.lock().unwrap().closed.push(socket.as_raw_fd());
        match self.then {
            Then::Drop => {}
            Then::Keep => self.kept.push(socket),
            Then::Replace => {
                drop(socket);
                self.files.push(File::open("/dev/null").unwrap());
            }
            Then::Fail => return CallbackResult::Fail(Own(Callback::CloseSocket).into()),
            Then::FailBadly => return CallbackResult::Fail(Bomb.into()),
            Then::Abort => return CallbackResult::Abort,
            Then::Panic => panic_any(Own(Callback::CloseSocket)),
        }
        CallbackResult::Continue
    }
}

/// Makes a transfer whose handler has `close_socket`. Also returns the handler's log, which outlives the
/// handler.
pub(crate) fn closes(url: &str, then: Then) -> (Transfer<Closes>, Arc<Mutex<Log>>) {
    let log = Arc::new(Mutex::new(Log::default()));
    let mut transfer = Transfer::new(Closes {
        log: log.clone(),
        then,
        kept: Vec::new(),
        files: Vec::new(),
        how: How::Not,
        at: Callback::Write,
        hooks: Hooks::default() | Hooks::CLOSE_SOCKET | prereq(),
    })
    .unwrap();
    transfer.url(url).unwrap();
    (transfer, log)
}

/// Returns how many sockets were opened and how many `close_socket` got. Asserts that `close_socket` got
/// them in the order in which they were opened.
pub(crate) fn counts(log: &Mutex<Log>) -> (usize, usize) {
    let log = log.lock().unwrap();
    assert!(
        log.opened.starts_with(&log.closed),
        "{:?} {:?}",
        log.opened,
        log.closed
    );
    (log.opened.len(), log.closed.len())
}

/// Returns whether the linked libcurl calls `close_socket` if it gives up a connection while it connects.
pub(crate) fn gives_up_with_a_call() -> bool {
    let linked = Version::linked();
    linked >= Version::new(8, 0, 0) || linked < Version::new(7, 87, 0)
}

/// Logs the sockets that it opens and closes. The drop of this handler asserts that its `files` are still
/// open: if a socket had been closed again, one of them would usually be closed.
pub(crate) struct Held {
    pub(crate) whole: Arc<Mutex<Log>>,
    pub(crate) body: usize,
    pub(crate) pause: bool,
    /// One file for each closed socket, usually with the socket's descriptor. Closing the socket again would
    /// then close the file.
    pub(crate) files: Vec<File>,
}

impl Callbacks for Held {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::CLOSE_SOCKET
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.body += data.len();
        match self.pause {
            true => WriteResult::Pause,
            false => WriteResult::Continue,
        }
    }

    fn open_socket(&mut self, _: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
        let socket = address.open()?;
        self.whole.lock().unwrap().opened.push(socket.as_raw_fd());
        Ok(socket)
    }

    fn close_socket(&mut self, socket: Socket) -> CallbackResult {
        self.whole.lock().unwrap().closed.push(socket.as_raw_fd());
        drop(socket);
        self.files.push(File::open("/dev/null").unwrap());
        CallbackResult::Continue
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        assert!(self.files.iter().all(|file| file.metadata().is_ok()));
    }
}
