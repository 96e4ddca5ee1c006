//! The handler of the random search: checks what libcurl passes to it, and fails, pauses and runs other
//! transfers at random.

use std::io::{self, SeekFrom};
use std::sync::Arc;
use std::time::{Duration, Instant};

use curlback::{
    Callback, CallbackResult, Callbacks, ChunkResult, Connection, DebugKind, Direction, FileInfo,
    FnmatchResult, Frame, FrameKind, HeaderLine, Hooks, HstsEntry, HstsIndex, HstsReadResult, Info,
    ProgressResult, ReadBuf, ReadResult, Remote, SeekResult, SockType, SocketAddress,
    SockoptResult, Trailers, Transfer, WriteResult, WsReply, XferInfo,
};
use socket2::{SockRef, Socket};

use crate::failure::{Answer, Bomb, Failed, How, Temper, drop_it};
use crate::journal::{fault, note};
use crate::later::{Ask, Cancels};
use crate::nested;
use crate::request::Request;
use crate::rng::Rng;
use crate::round::Round;
use crate::stream::Stream;

/// A transfer of the random search.
pub(crate) type Actor = Transfer<Handler>;

pub(crate) struct Handler {
    pub(crate) round: Arc<Round>,
    pub(crate) number: usize,
    rng: Rng,
    hooks: Hooks,
    pub(crate) temper: Temper,
    /// How deep this transfer is nested in the callbacks of others. At 2 and deeper, its callbacks
    /// perform no transfers.
    pub(crate) depth: usize,
    pub(crate) request: Request,
    pub(crate) remote: Option<Remote>,
    pub(crate) cancels: Cancels,
    /// How many bytes of the body this run has received, if the body is known.
    pub(crate) received: usize,
    /// The position in the upload at which `read` goes on.
    sent: usize,
    pub(crate) failed: Option<Failed>,
    /// When this run began, or when `Many::work` last went on with it.
    pub(crate) begun: Instant,
    /// Whether this run has failed for good. While this is true, each call of a callback is a fault.
    pub(crate) is_shut: bool,
    /// Transfers that the callbacks of this transfer drop.
    pub(crate) baggage: Vec<Actor>,
}

impl Handler {
    pub(crate) fn new(round: &Arc<Round>, rng: &mut Rng) -> Handler {
        let mut rng = rng.fork();
        let mut hooks = Hooks::default();
        for hook in [
            Hooks::HEADER,
            Hooks::SEEK,
            Hooks::DEBUG,
            Hooks::XFER_INFO,
            Hooks::OPEN_SOCKET,
            Hooks::SOCKOPT,
            Hooks::RESOLVER_START,
        ] {
            if rng.percent(20) {
                hooks -= hook;
            }
        }
        for (hook, chance) in round.libcurl.hooks {
            if rng.percent(chance) {
                hooks |= hook;
            }
        }
        Handler {
            round: round.clone(),
            number: round.next_number(),
            rng,
            hooks,
            temper: Temper::default(),
            depth: 0,
            request: Request::default(),
            remote: None,
            cancels: Cancels::default(),
            received: 0,
            sent: 0,
            failed: None,
            begun: Instant::now(),
            is_shut: false,
            baggage: Vec::new(),
        }
    }

    /// Prepares the handler for another run.
    pub(crate) fn begin(&mut self) {
        self.received = 0;
        self.sent = 0;
        self.failed = None;
        self.begun = Instant::now();
        self.is_shut = false;
    }

    /// Every callback calls this first. Performs or drops other transfers, and uses the remote, at
    /// random. Returns what the callback does next, or panics.
    fn step(&mut self, at: Callback) -> Answer {
        if self.is_shut {
            fault!("{self:?}: {at} is called after {:?}", self.failed);
        }
        let temper = self.temper;
        // `hsts_write` is called during a cleanup, while this thread may hold the lock of a share, so
        // `hsts_write` must not wait for other transfers.
        let is_free = at != Callback::HstsWrite;
        if is_free && temper.nests > 0 && self.depth < 2 && self.rng.permille(temper.nests) {
            // From now on, callbacks drive nested transfers half as often, because these take time.
            self.temper.nests /= 2;
            nested::drive(&self.round, &mut self.rng, self.depth + 1);
        }
        if is_free && !self.baggage.is_empty() && self.rng.percent(10) {
            note!("{self:?}: {at} drops a transfer");
            drop_it(self.baggage.pop());
        }
        if self.rng.percent(2) {
            self.use_remote();
        }
        let Some((failed, own)) = temper.failure(&mut self.rng, at) else {
            return Answer::GoOn;
        };
        note!("{self:?}: {failed:?}");
        // A refused address does not end the transfer, so a later failure takes its place.
        if self.failed.is_none_or(|former| !former.is_final()) {
            self.failed = Some(failed);
        }
        self.is_shut = failed.is_final();
        match failed.how {
            How::Error => Answer::Error(own.into()),
            How::Abort => {
                drop_it(own);
                Answer::Abort
            }
            How::Panic => std::panic::panic_any(own),
        }
    }

    fn use_remote(&mut self) {
        let Some(remote) = &self.remote else { return };
        match self.rng.below(5) {
            0 if self.temper.pauses > 0 => {
                remote.pause(Direction::Both);
                self.resume_later();
            }
            1 => drop(remote.resume(Direction::Both)),
            2 if self.temper.fails > 0 && self.rng.percent(20) => {
                note!("{self:?}: cancels itself");
                self.cancels.cancel(remote);
            }
            _ => {}
        }
    }

    fn resume_later(&mut self) {
        let Some(remote) = &self.remote else { return };
        let after = Duration::from_micros(self.rng.next() % 4000);
        let later = &self.round.later;
        if self.rng.percent(80) {
            later.ask(remote, after, Ask::Resume(Direction::Both));
        } else {
            later.ask(remote, after, Ask::Resume(Direction::Send));
            later.ask(remote, after, Ask::Resume(Direction::Receive));
        }
    }

    /// Decides at random whether a callback pauses. If so, another thread resumes the transfer
    /// soon.
    fn pauses(&mut self) -> bool {
        let pauses = self.remote.is_some() && self.rng.percent(self.temper.pauses);
        if pauses {
            self.resume_later();
        }
        pauses
    }

    fn take(&mut self, data: &[u8]) {
        let Some(body) = self.request.body else {
            return;
        };
        if let Err(wrong) = body.check(self.received, data) {
            fault!("{self:?}: {wrong}");
            self.request.body = None;
        }
        self.received += data.len();
    }

    fn callback(&mut self, at: Callback) -> CallbackResult {
        match self.step(at) {
            Answer::GoOn => CallbackResult::Continue,
            Answer::Abort => CallbackResult::Abort,
            Answer::Error(error) => CallbackResult::Fail(error),
        }
    }

    fn receive(&mut self, data: &[u8]) -> WriteResult {
        match self.step(Callback::Write) {
            Answer::GoOn => {}
            Answer::Abort => return WriteResult::Abort,
            Answer::Error(error) => return WriteResult::Fail(error),
        }
        if self.pauses() {
            if self.rng.percent(50) {
                return WriteResult::Pause;
            }
            let taken = self.rng.below(data.len() + 1);
            self.take(&data[..taken]);
            return WriteResult::PauseAfter(taken);
        }
        self.take(data);
        WriteResult::Continue
    }
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "transfer {} of {}", self.number, self.request.url)
    }
}

/// A copy has the same request. It has no remote, so it does not pause: nobody would resume it.
impl Clone for Handler {
    fn clone(&self) -> Handler {
        Handler {
            round: self.round.clone(),
            number: self.round.next_number(),
            rng: self.rng.clone(),
            request: self.request.clone(),
            remote: None,
            cancels: Cancels::default(),
            failed: None,
            baggage: Vec::new(),
            ..*self
        }
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        for transfer in self.baggage.drain(..) {
            drop_it(transfer);
        }
        if self.temper.bombs && !std::thread::panicking() && self.rng.percent(20) {
            std::panic::panic_any(Bomb);
        }
    }
}

impl Callbacks for Handler {
    fn hooks(&self) -> Hooks {
        self.hooks
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.receive(data)
    }

    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        match self.step(Callback::Header) {
            Answer::GoOn => {}
            Answer::Abort => return WriteResult::Abort,
            Answer::Error(error) => return WriteResult::Fail(error),
        }
        let _ = (line.name(), line.value(), line.info().response_code());
        match self.pauses() {
            true => WriteResult::Pause,
            false => WriteResult::Continue,
        }
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        match self.step(Callback::Read) {
            Answer::GoOn => {}
            Answer::Abort => return ReadResult::Abort,
            Answer::Error(error) => return ReadResult::Fail(error),
        }
        if self.pauses() {
            return ReadResult::Pause;
        }
        let upload = self.request.upload.unwrap_or(Stream::new(0, 0));
        let most = match self.rng.percent(50) {
            true => buffer.remaining(),
            false => 1 + self.rng.below(3000),
        };
        let data = upload.bytes(self.sent, self.sent + most);
        if self.rng.percent(50) {
            self.sent += buffer.append(&data);
        } else {
            let mut source = &data[..];
            let filled = buffer.fill_from(&mut source);
            assert!(filled.is_ok(), "a slice does not fail");
            self.sent += data.len() - source.len();
        }
        ReadResult::Continue
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        match self.step(Callback::Seek) {
            Answer::GoOn => {}
            Answer::Abort => return SeekResult::Abort,
            Answer::Error(error) => return SeekResult::Fail(error),
        }
        match to {
            SeekFrom::Start(at) => {
                self.sent = usize::try_from(at).unwrap();
                SeekResult::Done
            }
            _ => SeekResult::CantSeek,
        }
    }

    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        self.callback(Callback::Debug)
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        let _ = progress.info().total_time();
        match self.step(Callback::XferInfo) {
            Answer::GoOn if self.rng.percent(3) => ProgressResult::Resume(Direction::Both),
            Answer::GoOn => ProgressResult::Continue,
            Answer::Abort => ProgressResult::Abort,
            Answer::Error(error) => ProgressResult::Fail(error),
        }
    }

    fn open_socket(&mut self, _: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
        match self.step(Callback::OpenSocket) {
            Answer::GoOn => address.open(),
            Answer::Abort => Err(io::ErrorKind::Other.into()),
            Answer::Error(error) => Err(io::Error::other(error)),
        }
    }

    fn sockopt(&mut self, _: SockRef<'_>, _: SockType) -> SockoptResult {
        match self.step(Callback::Sockopt) {
            Answer::GoOn => SockoptResult::Ok,
            Answer::Abort => SockoptResult::Abort,
            Answer::Error(error) => SockoptResult::Fail(error),
        }
    }

    fn close_socket(&mut self, socket: Socket) -> CallbackResult {
        let result = self.callback(Callback::CloseSocket);
        drop(socket);
        result
    }

    fn resolver_start(&mut self) -> CallbackResult {
        self.callback(Callback::ResolverStart)
    }

    fn done(&mut self, _: &Info<'_>) -> CallbackResult {
        self.callback(Callback::Done)
    }

    fn prereq(&mut self, _: &Connection<'_>) -> CallbackResult {
        self.callback(Callback::Prereq)
    }

    fn trailer(&mut self, trailers: &mut Trailers) -> CallbackResult {
        let _ = trailers.append("X-Trailer", "value");
        self.callback(Callback::Trailer)
    }

    fn hsts_read(&mut self) -> HstsReadResult {
        match self.step(Callback::HstsRead) {
            Answer::GoOn if self.rng.percent(50) => HstsReadResult::Entry(HstsEntry {
                host: "chaos.example".to_owned(),
                expires: None,
                include_subdomains: self.rng.percent(50),
            }),
            Answer::GoOn => HstsReadResult::Done,
            Answer::Abort => HstsReadResult::Abort,
            Answer::Error(error) => HstsReadResult::Fail(error),
        }
    }

    fn hsts_write(&mut self, _: HstsEntry, _: HstsIndex) -> CallbackResult {
        self.callback(Callback::HstsWrite)
    }

    fn chunk_begin(&mut self, _: &FileInfo<'_>, _: u64) -> ChunkResult {
        match self.step(Callback::ChunkBegin) {
            Answer::GoOn if self.rng.percent(30) => ChunkResult::Skip,
            Answer::GoOn => ChunkResult::Transfer,
            Answer::Abort => ChunkResult::Abort,
            Answer::Error(error) => ChunkResult::Fail(error),
        }
    }

    fn chunk_end(&mut self) -> CallbackResult {
        self.callback(Callback::ChunkEnd)
    }

    fn fnmatch(&mut self, _: &[u8], _: &[u8]) -> FnmatchResult {
        match self.step(Callback::Fnmatch) {
            Answer::GoOn => self.rng.percent(70).into(),
            Answer::Abort => FnmatchResult::Abort,
            Answer::Error(error) => FnmatchResult::Fail(error),
        }
    }

    fn frame(&mut self, frame: &Frame, data: &[u8], reply: &mut WsReply<'_>) -> WriteResult {
        match self.step(Callback::Frame) {
            Answer::GoOn => {}
            Answer::Abort => return WriteResult::Abort,
            Answer::Error(error) => return WriteResult::Fail(error),
        }
        if self.round.libcurl.pauses_frames && self.pauses() {
            return WriteResult::PauseAfter(self.rng.below(data.len() + 1));
        }
        if frame.is_complete() && self.rng.percent(50) {
            let kind = self
                .rng
                .pick(&[FrameKind::Text, FrameKind::Binary, FrameKind::Close]);
            let size = self.rng.pick(&[0, 1, 126, 3000, 70_000]);
            let sent = reply.send(kind, &vec![b'r'; size]);
            note!("{self:?}: reply {}", sent.is_ok());
        }
        WriteResult::Continue
    }
}
