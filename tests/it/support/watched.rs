//! A handler that reports each call of a callback to a [`Watch`].

#![cfg(unix)]

use std::io::{self, SeekFrom};
use std::ops::{Deref, DerefMut};

use curlback::{
    Callback, CallbackResult, Callbacks, Connection, DebugKind, HeaderLine, Hooks, IoctlCommand,
    IoctlResult, Progress, ProgressResult, ReadBuf, ReadResult, SeekResult, SockType,
    SocketAddress, SockoptResult, WriteResult, XferInfo,
};

use crate::support::skip::prereq;
use socket2::{SockRef, Socket};

/// Gets a report of each call of a callback of [`Watched`].
pub(crate) trait Watch {
    /// Returns the callback that the test is about. If that is `ioctl` or `progress`, [`Watched`] does
    /// not install its successor, because otherwise only the successor is called.
    fn at(&self) -> Callback;

    fn called(&mut self, callback: Callback);

    /// Returns the answer of the write callback. [`called`](Watch::called) is called before this method.
    fn write(&mut self, data: &[u8]) -> WriteResult;
}

/// The callbacks of [`Watched`]. Each can be called in an upload over plain HTTP to a host name, with a
/// redirect.
const CALLED: [Callback; 13] = [
    Callback::Write,
    Callback::Header,
    Callback::Read,
    Callback::Seek,
    Callback::Ioctl,
    Callback::Debug,
    Callback::XferInfo,
    Callback::Progress,
    Callback::OpenSocket,
    Callback::Sockopt,
    Callback::CloseSocket,
    Callback::ResolverStart,
    Callback::Prereq,
];

/// Returns the callbacks of [`CALLED`], except this one.
pub(crate) fn called_except(other: Callback) -> impl Iterator<Item = Callback> {
    CALLED.into_iter().filter(move |at| *at != other)
}

/// Reports its calls to `watch`. Sends "hello" if its transfer is an upload.
pub(crate) struct Watched<W> {
    watch: W,
    sent: usize,
}

impl<W> Watched<W> {
    pub(crate) fn new(watch: W) -> Watched<W> {
        Watched { watch, sent: 0 }
    }
}

impl<W> Deref for Watched<W> {
    type Target = W;

    fn deref(&self) -> &W {
        &self.watch
    }
}

impl<W> DerefMut for Watched<W> {
    fn deref_mut(&mut self) -> &mut W {
        &mut self.watch
    }
}

impl<W: Watch> Callbacks for Watched<W> {
    fn hooks(&self) -> Hooks {
        let all =
            Hooks::default() | prereq() | Hooks::CLOSE_SOCKET | Hooks::IOCTL | Hooks::PROGRESS;
        match self.watch.at() {
            Callback::Ioctl => all - Hooks::SEEK,
            Callback::Progress => all - Hooks::XFER_INFO,
            _ => all,
        }
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.watch.called(Callback::Write);
        self.watch.write(data)
    }

    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.watch.called(Callback::Header);
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.watch.called(Callback::Read);
        self.sent += buffer.append(&b"hello"[self.sent..]);
        ReadResult::Continue
    }

    fn seek(&mut self, _: SeekFrom) -> SeekResult {
        self.watch.called(Callback::Seek);
        self.sent = 0;
        SeekResult::Done
    }

    fn ioctl(&mut self, _: IoctlCommand) -> IoctlResult {
        self.watch.called(Callback::Ioctl);
        self.sent = 0;
        IoctlResult::Done
    }

    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        self.watch.called(Callback::Debug);
        CallbackResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.watch.called(Callback::XferInfo);
        ProgressResult::Continue
    }

    fn progress(&mut self, _: &Progress) -> ProgressResult {
        self.watch.called(Callback::Progress);
        ProgressResult::Continue
    }

    fn open_socket(&mut self, _: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
        self.watch.called(Callback::OpenSocket);
        address.open()
    }

    fn sockopt(&mut self, _: SockRef<'_>, _: SockType) -> SockoptResult {
        self.watch.called(Callback::Sockopt);
        SockoptResult::Ok
    }

    fn close_socket(&mut self, _: Socket) -> CallbackResult {
        self.watch.called(Callback::CloseSocket);
        CallbackResult::Continue
    }

    fn resolver_start(&mut self) -> CallbackResult {
        self.watch.called(Callback::ResolverStart);
        CallbackResult::Continue
    }

    fn prereq(&mut self, _: &Connection<'_>) -> CallbackResult {
        self.watch.called(Callback::Prereq);
        CallbackResult::Continue
    }
}
