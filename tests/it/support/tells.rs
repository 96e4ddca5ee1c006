//! A handler that tells of its calls, and has a remote of its own transfer.

#![cfg(unix)]

use std::io::{self, SeekFrom};
use std::sync::mpsc::{Receiver, Sender, channel};

use curlback::{
    Callback, CallbackResult, Callbacks, Connection, DebugKind, Direction, HeaderLine, Hooks,
    IoctlCommand, IoctlResult, Progress, ProgressResult, ReadBuf, ReadResult, Remote, SeekResult,
    SockType, SocketAddress, SockoptResult, WriteResult, XferInfo,
};
use socket2::{SockRef, Socket};

/// What a handler asks its own remote for, in a callback.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ask {
    Nothing,
    Cancel,
    /// And to resume at once: nothing is to come of it.
    PauseAndResume,
    Resume,
}

/// Uploads "hello" if asked, tells which callbacks are called, and asks its own remote for
/// something in one of them.
pub(crate) struct Tells {
    pub(crate) tell: Sender<Callback>,
    pub(crate) body: Vec<u8>,
    pub(crate) calls: Vec<Callback>,
    pub(crate) pause_write: bool,
    pub(crate) ask: Ask,
    pub(crate) at: Callback,
    pub(crate) remote: Option<Remote>,
    /// Whether a callback is on the stack.
    busy: bool,
    sent: usize,
}

impl Tells {
    pub(crate) fn new() -> (Tells, Receiver<Callback>) {
        let (tell, told) = channel();
        let tells = Tells {
            tell,
            body: Vec::new(),
            calls: Vec::new(),
            pause_write: false,
            ask: Ask::Nothing,
            at: Callback::Write,
            remote: None,
            busy: false,
            sent: 0,
        };
        (tells, told)
    }

    fn called(&mut self, callback: Callback) {
        assert!(!std::mem::replace(&mut self.busy, true), "entered again");
        self.calls.push(callback);
        // Whether anybody listens is not the transfer's business.
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
            // A close may come when it is over.
            assert!(asked || callback == Callback::CloseSocket);
        }
        self.busy = false;
    }
}

impl Callbacks for Tells {
    fn hooks(&self) -> Hooks {
        let all =
            Hooks::default() | Hooks::PREREQ | Hooks::CLOSE_SOCKET | Hooks::IOCTL | Hooks::PROGRESS;
        match self.at {
            Callback::Ioctl => all - Hooks::SEEK,
            Callback::Progress => all - Hooks::XFER_INFO,
            _ => all,
        }
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.called(Callback::Write);
        if self.pause_write {
            return WriteResult::Pause;
        }
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }

    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.called(Callback::Header);
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.called(Callback::Read);
        self.sent += buffer.append(&b"hello"[self.sent..]);
        ReadResult::Continue
    }

    fn seek(&mut self, _: SeekFrom) -> SeekResult {
        self.called(Callback::Seek);
        self.sent = 0;
        SeekResult::Done
    }

    fn ioctl(&mut self, _: IoctlCommand) -> IoctlResult {
        self.called(Callback::Ioctl);
        self.sent = 0;
        IoctlResult::Done
    }

    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        self.called(Callback::Debug);
        CallbackResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.called(Callback::XferInfo);
        ProgressResult::Continue
    }

    fn progress(&mut self, _: &Progress) -> ProgressResult {
        self.called(Callback::Progress);
        ProgressResult::Continue
    }

    fn open_socket(&mut self, _: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
        self.called(Callback::OpenSocket);
        address.open()
    }

    fn sockopt(&mut self, _: SockRef<'_>, _: SockType) -> SockoptResult {
        self.called(Callback::Sockopt);
        SockoptResult::Ok
    }

    fn close_socket(&mut self, _: Socket) -> CallbackResult {
        self.called(Callback::CloseSocket);
        CallbackResult::Continue
    }

    fn resolver_start(&mut self) -> CallbackResult {
        self.called(Callback::ResolverStart);
        CallbackResult::Continue
    }

    fn prereq(&mut self, _: &Connection<'_>) -> CallbackResult {
        self.called(Callback::Prereq);
        CallbackResult::Continue
    }
}
