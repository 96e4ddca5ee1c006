//! The clients that use this crate.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use curlback::{
    CallbackResult, Callbacks, DebugKind, HeaderLine, HttpVersion, Multi, ProgressResult, ReadBuf,
    ReadResult, Share, ShareData, Transfer, WriteResult, XferInfo, callbacks,
};

use super::many::{CONNECTIONS, Many, None};
use super::{Buffers, Client, Count};

/// A handler that contains a [`Count`].
pub(crate) trait Handler: Callbacks + Sized {
    fn make(count: Count) -> Self;
    fn count(&mut self) -> &mut Count;
}

#[callbacks]
impl Callbacks for Count {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        Count::write(self, data);
        WriteResult::Continue
    }

    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        Count::header(self, line.as_bytes());
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        buffer.append(Count::read(self, buffer.remaining()));
        ReadResult::Continue
    }
}

impl Handler for Count {
    fn make(count: Count) -> Count {
        count
    }

    fn count(&mut self) -> &mut Count {
        self
    }
}

/// A handler that also has the callbacks for progress and debugging.
pub(crate) struct Watched(Count);

#[callbacks(to = self.0)]
impl Callbacks for Watched {
    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.0.report();
        ProgressResult::Continue
    }

    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        self.0.report();
        CallbackResult::Continue
    }
}

impl Handler for Watched {
    fn make(count: Count) -> Watched {
        Watched(count)
    }

    fn count(&mut self) -> &mut Count {
        &mut self.0
    }
}

pub(crate) struct Curlback<H = Count>(Transfer<H>);

impl<H: Handler> Client for Curlback<H> {
    type Share = Share;
    type Watched = Curlback<Watched>;
    type Many = Multi<H>;

    fn new() -> Curlback<H> {
        Curlback(Transfer::new(H::make(Count::new())).unwrap())
    }

    fn url(&mut self, url: &str) {
        self.0.url(url).unwrap();
    }

    fn buffers(&mut self, buffers: Buffers) {
        self.0.buffer_size(buffers.receive).unwrap();
        self.0.upload_buffer_size(buffers.send).unwrap();
    }

    fn upload(&mut self, len: u64) {
        self.0.upload(true).unwrap();
        self.0.in_filesize(len).unwrap();
    }

    fn watch(&mut self) {
        self.0.verbose(true).unwrap();
    }

    fn trust(&mut self, authority: &Path) {
        self.0.cainfo(authority).unwrap();
    }

    fn http_2(&mut self) {
        let version = HttpVersion::V2Tls;
        self.0.http_version(version).unwrap();
        self.0.pipewait(true).unwrap();
    }

    fn share(&mut self, share: &Share) {
        self.0.share(share).unwrap();
    }

    fn make_share(connections: bool) -> Share {
        let mut data = ShareData::SSL_SESSIONS | ShareData::DNS;
        if connections {
            data |= ShareData::CONNECTIONS;
        }
        Share::new(data).unwrap()
    }

    fn count(&mut self) -> &mut Count {
        self.0.handler_mut().count()
    }

    fn perform(&mut self) {
        self.0.perform().unwrap();
    }
}

impl<H: Handler> Many for Multi<H> {
    type Transfer = Curlback<H>;

    fn new() -> Multi<H> {
        let mut multi = Multi::new().unwrap();
        multi.max_connects(CONNECTIONS).unwrap();
        multi
    }

    fn add(&mut self, transfer: Curlback<H>) {
        Multi::add(self, transfer.0).unwrap();
    }

    fn drive(&mut self) {
        self.perform().unwrap();
    }

    fn wait(&mut self) {
        self.poll(&mut [], Duration::MAX).unwrap();
    }

    fn finished(&mut self) -> Option<Curlback<H>> {
        let (_, transfer, result) = self.take_finished()?;
        result.unwrap();
        Some(Curlback(transfer))
    }
}

/// A client that reads the response body by itself, with `open`.
pub(crate) struct Opened {
    transfer: Option<Transfer<Count>>,
    part: Vec<u8>,
}

impl Client for Opened {
    type Share = Share;
    type Watched = Opened;
    type Many = None<Opened>;

    fn new() -> Opened {
        Opened {
            transfer: Some(Transfer::new(Count::new()).unwrap()),
            part: vec![0; 64 << 10],
        }
    }

    fn url(&mut self, url: &str) {
        self.transfer.as_mut().unwrap().url(url).unwrap();
    }

    fn buffers(&mut self, buffers: Buffers) {
        let transfer = self.transfer.as_mut().unwrap();
        transfer.buffer_size(buffers.receive).unwrap();
        transfer.upload_buffer_size(buffers.send).unwrap();
    }

    fn upload(&mut self, _: u64) {
        unreachable!("no row sends");
    }

    fn watch(&mut self) {}

    fn trust(&mut self, authority: &Path) {
        self.transfer.as_mut().unwrap().cainfo(authority).unwrap();
    }

    fn http_2(&mut self) {}

    fn share(&mut self, share: &Share) {
        self.transfer.as_mut().unwrap().share(share).unwrap();
    }

    fn make_share(connections: bool) -> Share {
        Curlback::<Count>::make_share(connections)
    }

    fn count(&mut self) -> &mut Count {
        self.transfer.as_mut().unwrap().handler_mut()
    }

    fn perform(&mut self) {
        let mut response = self.transfer.take().unwrap().open().unwrap();
        let mut sum = 0;
        loop {
            match response.read(&mut self.part).unwrap() {
                0 => break,
                len => sum += len as u64,
            }
        }
        let mut transfer = response.finish().unwrap();
        transfer.handler_mut().written += sum;
        self.transfer = Some(transfer);
    }
}
