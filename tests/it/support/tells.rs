//! A handler that reports its calls through a channel, and that has a remote of its own transfer.

#![cfg(unix)]

use std::sync::mpsc::{Receiver, Sender, channel};

use curlback::{Callback, Direction, Remote, WriteResult};

use crate::support::watched::{Watch, Watched};

/// Which methods of its own remote a handler calls in a callback.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ask {
    Nothing,
    Cancel,
    /// A pause, and a resume directly after it. Together, they must have no effect.
    PauseAndResume,
    Resume,
}

/// Reports which callbacks are called. In the callback `at`, calls its own remote as `ask` says.
pub(crate) struct Telling {
    pub(crate) tell: Sender<Callback>,
    pub(crate) body: Vec<u8>,
    pub(crate) calls: Vec<Callback>,
    pub(crate) pause_write: bool,
    pub(crate) ask: Ask,
    pub(crate) at: Callback,
    pub(crate) remote: Option<Remote>,
    /// Whether a callback is on the stack.
    busy: bool,
}

pub(crate) type Tells = Watched<Telling>;

impl Telling {
    pub(crate) fn new() -> (Tells, Receiver<Callback>) {
        let (tell, told) = channel();
        let telling = Telling {
            tell,
            body: Vec::new(),
            calls: Vec::new(),
            pause_write: false,
            ask: Ask::Nothing,
            at: Callback::Write,
            remote: None,
            busy: false,
        };
        (Watched::new(telling), told)
    }
}

impl Watch for Telling {
    fn at(&self) -> Callback {
        self.at
    }

    fn called(&mut self, callback: Callback) {
        assert!(!std::mem::replace(&mut self.busy, true), "entered again");
        self.calls.push(callback);
        // The receiver may have been dropped.
        let _ = self.tell.send(callback);
        if let (true, Some(remote)) = (callback == self.at, &self.remote) {
            let asked = match self.ask {
                Ask::Nothing => true,
                Ask::Cancel => remote.cancel(),
                Ask::Resume => remote.resume(Direction::Both),
                Ask::PauseAndResume => {
                    remote.pause(Direction::Both) && remote.resume(Direction::Both)
                }
            };
            // `close_socket` may be called after the transfer has ended. The methods of the remote then
            // return false.
            assert!(asked || callback == Callback::CloseSocket);
        }
        self.busy = false;
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        if self.pause_write {
            return WriteResult::Pause;
        }
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }
}
