//! The `curl` crate.

use curl::easy::{Easy2, Handler, ReadError, WriteError};

use super::{Buffers, Client, Count};

impl Handler for Count {
    fn write(&mut self, data: &[u8]) -> Result<usize, WriteError> {
        Count::write(self, data);
        Ok(data.len())
    }

    fn header(&mut self, line: &[u8]) -> bool {
        Count::header(self, line);
        true
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ReadError> {
        let next = Count::read(self, buffer.len());
        buffer[..next.len()].copy_from_slice(next);
        Ok(next.len())
    }
}

pub(crate) struct CurlCrate(Easy2<Count>);

impl Client for CurlCrate {
    const NAME: &'static str = "curl crate";

    fn new() -> CurlCrate {
        CurlCrate(Easy2::new(Count::new()))
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
        self.0.get_mut()
    }

    fn perform(&mut self) {
        self.0.perform().unwrap();
    }
}
