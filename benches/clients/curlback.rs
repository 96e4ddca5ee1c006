//! This crate.

use curlback::{Callbacks, HeaderLine, ReadBuf, ReadResult, Transfer, WriteResult, callbacks};

use super::{Buffers, Client, Count};

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

pub(crate) struct Curlback(Transfer<Count>);

impl Client for Curlback {
    const NAME: &'static str = "curlback";

    fn new() -> Curlback {
        Curlback(Transfer::new(Count::new()).unwrap())
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

    fn count(&mut self) -> &mut Count {
        self.0.handler_mut()
    }

    fn perform(&mut self) {
        self.0.perform().unwrap();
    }
}
