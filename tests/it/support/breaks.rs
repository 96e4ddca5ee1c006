//! A transfer in which one callback fails, aborts or panics, and which then works again.

use std::any::Any;
use std::fmt;
use std::io::{self, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};

use curlback::{
    Callback, CallbackResult, Callbacks, ChunkResult, Code, Connection, DebugKind, FileInfo,
    FnmatchResult, Frame, HeaderLine, Hooks, HostKeyResult, HstsEntry, HstsIndex, HstsReadResult,
    Info, IoctlCommand, IoctlResult, KhKey, KhMatch, KhStat, Progress, ProgressResult, ReadBuf,
    ReadResult, RtpPacket, SeekResult, SockType, SocketAddress, SockoptResult, SslContext,
    Trailers, Transfer, Version, WriteResult, WsReply, XferInfo,
};
use socket2::{SockRef, Socket};

use crate::support::server::Server;

/// Some of the callbacks that can break an upload to [`redirecting`] with every libcurl.
pub(crate) const ALL: [Callback; 8] = [
    Callback::Write,
    Callback::Header,
    Callback::Read,
    Callback::Seek,
    Callback::Ioctl,
    Callback::Debug,
    Callback::XferInfo,
    Callback::Progress,
];

/// The error with which handlers of these tests fail. It names the callback that failed.
#[derive(Debug, PartialEq)]
pub(crate) struct Own(pub(crate) Callback);

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "own error of {}", self.0)
    }
}

impl std::error::Error for Own {}

/// How a callback breaks its transfer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    Not,
    Fail,
    Abort,
    /// The callback panics, with [`Own`] as the payload.
    Panic,
}

impl How {
    /// Returns the answer with which the callback `at` breaks its transfer in this way. For [`How::Not`],
    /// the answer is to continue. For [`How::Panic`], panics.
    pub(crate) fn result(self, at: Callback) -> CallbackResult {
        match self {
            How::Not => CallbackResult::Continue,
            How::Fail => CallbackResult::Fail(Own(at).into()),
            How::Abort => CallbackResult::Abort,
            How::Panic => panic_any(Own(at)),
        }
    }
}

/// Uploads "hello". The callback `at` breaks the transfer as `how` says.
pub(crate) struct Breaks {
    pub(crate) at: Callback,
    pub(crate) how: How,
    /// The callbacks that were called, in order. [`mend`](Breaks::mend) clears the list.
    pub(crate) calls: Vec<Callback>,
    /// The authority that `ssl_ctx` trusts.
    pub(crate) authority: Vec<u8>,
    sent: usize,
}

impl Breaks {
    pub(crate) fn new(at: Callback, how: How) -> Breaks {
        Breaks {
            at,
            how,
            calls: Vec::new(),
            authority: Vec::new(),
            sent: 0,
        }
    }

    /// Makes an upload to a [`redirecting`] server, which makes libcurl send the body twice.
    pub(crate) fn transfer(self, server: &Server) -> Transfer<Breaks> {
        self.transfer_to(&server.url("/"))
    }

    /// Makes the upload of [`transfer`](Breaks::transfer) to the [`redirecting`] server at `url`, which
    /// may be in another process.
    pub(crate) fn transfer_to(self, url: &str) -> Transfer<Breaks> {
        let mut transfer = Transfer::new(self).unwrap();
        transfer.url(url).unwrap();
        transfer.upload(true).unwrap();
        transfer.in_filesize(5).unwrap();
        transfer.follow_location(true).unwrap();
        transfer.verbose(true).unwrap();
        transfer
    }

    /// Makes the handler ready for a transfer in which no callback fails.
    pub(crate) fn mend(&mut self) {
        self.how = How::Not;
        self.calls.clear();
        self.sent = 0;
    }

    fn call<T>(&mut self, callback: Callback, go: T, fail: fn(Own) -> T, abort: T) -> T {
        self.calls.push(callback);
        match self.how {
            how if callback != self.at || how == How::Not => go,
            How::Fail => fail(Own(callback)),
            How::Abort => abort,
            _ => panic_any(Own(callback)),
        }
    }

    fn answer(&mut self, callback: Callback) -> CallbackResult {
        let fail = |own: Own| CallbackResult::Fail(own.into());
        let go = CallbackResult::Continue;
        self.call(callback, go, fail, CallbackResult::Abort)
    }

    fn receive(&mut self, callback: Callback) -> WriteResult {
        let fail = |own: Own| WriteResult::Fail(own.into());
        self.call(callback, WriteResult::Continue, fail, WriteResult::Abort)
    }

    fn report(&mut self, callback: Callback) -> ProgressResult {
        let fail = |own: Own| ProgressResult::Fail(own.into());
        let go = ProgressResult::Continue;
        self.call(callback, go, fail, ProgressResult::Abort)
    }
}

impl Callbacks for Breaks {
    /// Returns the default hooks, the deprecated ones, and that of `at`. If `at` is deprecated, its
    /// successor is left out, because otherwise only the successor would be called.
    fn hooks(&self) -> Hooks {
        let all = Hooks::default() | Hooks::IOCTL | Hooks::PROGRESS;
        match self.at {
            Callback::Ioctl => all - Hooks::SEEK,
            Callback::Progress => all - Hooks::XFER_INFO,
            at => all | Hooks::from_name(&at.to_string().to_uppercase()).unwrap(),
        }
    }

    fn write(&mut self, _: &[u8]) -> WriteResult {
        self.receive(Callback::Write)
    }

    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.receive(Callback::Header)
    }

    fn final_head(&mut self, _: &Info<'_>) -> CallbackResult {
        self.answer(Callback::FinalHead)
    }

    fn done(&mut self, _: &Info<'_>) -> CallbackResult {
        self.answer(Callback::Done)
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.sent += buffer.append(&b"hello"[self.sent..]);
        let fail = |own: Own| ReadResult::Fail(own.into());
        let go = ReadResult::Continue;
        self.call(Callback::Read, go, fail, ReadResult::Abort)
    }

    fn seek(&mut self, _: SeekFrom) -> SeekResult {
        self.sent = 0;
        let fail = |own: Own| SeekResult::Fail(own.into());
        self.call(Callback::Seek, SeekResult::Done, fail, SeekResult::Abort)
    }

    fn ioctl(&mut self, _: IoctlCommand) -> IoctlResult {
        self.sent = 0;
        let fail = |own: Own| IoctlResult::Fail(own.into());
        self.call(Callback::Ioctl, IoctlResult::Done, fail, IoctlResult::Abort)
    }

    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        self.answer(Callback::Debug)
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.report(Callback::XferInfo)
    }

    fn progress(&mut self, _: &Progress) -> ProgressResult {
        self.report(Callback::Progress)
    }

    fn open_socket(&mut self, _: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
        match self.answer(Callback::OpenSocket) {
            CallbackResult::Continue => address.open(),
            CallbackResult::Abort => Err(io::ErrorKind::PermissionDenied.into()),
            CallbackResult::Fail(error) => Err(io::Error::other(error)),
        }
    }

    fn sockopt(&mut self, _: SockRef<'_>, _: SockType) -> SockoptResult {
        let fail = |own: Own| SockoptResult::Fail(own.into());
        let go = SockoptResult::Ok;
        self.call(Callback::Sockopt, go, fail, SockoptResult::Abort)
    }

    fn close_socket(&mut self, _: Socket) -> CallbackResult {
        self.answer(Callback::CloseSocket)
    }

    fn resolver_start(&mut self) -> CallbackResult {
        self.answer(Callback::ResolverStart)
    }

    fn prereq(&mut self, _: &Connection<'_>) -> CallbackResult {
        self.answer(Callback::Prereq)
    }

    fn ssl_ctx(&mut self, context: &mut SslContext<'_>) -> CallbackResult {
        context.trust(&self.authority).unwrap();
        self.answer(Callback::SslCtx)
    }

    fn ssh_key(&mut self, _: Option<KhKey<'_>>, _: KhKey<'_>, _: KhMatch) -> KhStat {
        let fail = |own: Own| KhStat::Fail(own.into());
        self.call(Callback::SshKey, KhStat::Fine, fail, KhStat::Reject)
    }

    fn ssh_hostkey(&mut self, _: KhKey<'_>) -> HostKeyResult {
        let fail = |own: Own| HostKeyResult::Fail(own.into());
        let go = HostKeyResult::Accept;
        self.call(Callback::SshHostkey, go, fail, HostKeyResult::Reject)
    }

    fn trailer(&mut self, trailers: &mut Trailers) -> CallbackResult {
        trailers.append("x-sum", "7").unwrap();
        self.answer(Callback::Trailer)
    }

    fn hsts_read(&mut self) -> HstsReadResult {
        let fail = |own: Own| HstsReadResult::Fail(own.into());
        let go = HstsReadResult::Done;
        self.call(Callback::HstsRead, go, fail, HstsReadResult::Abort)
    }

    fn hsts_write(&mut self, _: HstsEntry, _: HstsIndex) -> CallbackResult {
        self.answer(Callback::HstsWrite)
    }

    fn chunk_begin(&mut self, _: &FileInfo<'_>, _: u64) -> ChunkResult {
        let fail = |own: Own| ChunkResult::Fail(own.into());
        let go = ChunkResult::Transfer;
        self.call(Callback::ChunkBegin, go, fail, ChunkResult::Abort)
    }

    fn chunk_end(&mut self) -> CallbackResult {
        self.answer(Callback::ChunkEnd)
    }

    fn fnmatch(&mut self, _: &[u8], _: &[u8]) -> FnmatchResult {
        let fail = |own: Own| FnmatchResult::Fail(own.into());
        let go = FnmatchResult::Match;
        self.call(Callback::Fnmatch, go, fail, FnmatchResult::Abort)
    }

    fn interleave(&mut self, _: RtpPacket<'_>) -> CallbackResult {
        self.answer(Callback::Interleave)
    }

    fn frame(&mut self, _: &Frame, _: &[u8], _: &mut WsReply<'_>) -> WriteResult {
        self.receive(Callback::Frame)
    }
}

/// Makes a server that redirects the upload, so that the body is sent twice, and then answers it.
pub(crate) fn redirecting() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "PUT / HTTP/1.1" => conn.reply("307 Temporary Redirect", "Location: /next\r\n", ""),
                _ => conn.reply("200 OK", "", "answer"),
            }
        }
    })
}

/// Returns whether the linked libcurl reports another code than `CURLE_SEND_FAIL_REWIND` if a rewind
/// fails.
pub(crate) fn loses_code_of_rewind() -> bool {
    let linked = Version::linked();
    linked >= Version::new(8, 7, 0) && linked < Version::new(8, 14, 0)
}

/// Returns libcurl's code for a body that cannot be rewound.
pub(crate) fn cannot_rewind() -> Code {
    match loses_code_of_rewind() {
        true => Code::READ_ERROR,
        false => Code::SEND_FAIL_REWIND,
    }
}

/// Returns the code with which libcurl ends a transfer if this callback fails. For some callbacks, such as
/// `open_socket`, libcurl uses another code than the one that this function returns.
pub(crate) fn code(callback: Callback) -> Code {
    match callback {
        Callback::Write | Callback::Header | Callback::FinalHead => Code::WRITE_ERROR,
        Callback::Seek | Callback::Ioctl if loses_code_of_rewind() => Code::ABORTED_BY_CALLBACK,
        Callback::Seek | Callback::Ioctl => Code::SEND_FAIL_REWIND,
        // libcurl has already ended the transfer with success.
        Callback::Done => Code::OK,
        // libcurl ignores the answer of `debug`. After a failure, another callback ends the transfer:
        // often the progress function.
        _ => Code::ABORTED_BY_CALLBACK,
    }
}

/// Asserts that the transfer now succeeds. Asserts that `write`, `header`, `read` and the callback that
/// broke it are called.
pub(crate) fn works(transfer: &mut Transfer<Breaks>) {
    transfer.handler_mut().mend();
    transfer.perform().unwrap();
    let Breaks { at, calls, .. } = transfer.handler();
    for callback in [Callback::Write, Callback::Header, Callback::Read, *at] {
        assert!(calls.contains(&callback), "{at}: {callback}");
    }
}

/// Performs a transfer that must panic, and returns the payload of the panic.
pub(crate) fn payload<H: Callbacks>(transfer: &mut Transfer<H>) -> Box<dyn Any + Send> {
    catch_unwind(AssertUnwindSafe(|| transfer.perform())).unwrap_err()
}
