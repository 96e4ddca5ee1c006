//! The client that uses the `curl` crate.

use std::path::Path;

use curl::easy::{Easy2, Handler, HttpVersion, InfoType, ReadError, WriteError};

use super::many::None;
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

    fn progress(&mut self, _: f64, _: f64, _: f64, _: f64) -> bool {
        self.report();
        true
    }

    fn debug(&mut self, _: InfoType, _: &[u8]) {
        self.report();
    }
}

pub(crate) struct CurlCrate(Easy2<Count>);

impl Client for CurlCrate {
    /// The crate has no shares.
    type Share = ();
    type Watched = CurlCrate;
    type Many = None<CurlCrate>;

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

    fn watch(&mut self) {
        self.0.progress(true).unwrap();
        self.0.verbose(true).unwrap();
    }

    fn trust(&mut self, authority: &Path) {
        self.0.cainfo(authority).unwrap();
    }

    fn http_2(&mut self) {
        self.0.http_version(HttpVersion::V2TLS).unwrap();
        self.0.pipewait(true).unwrap();
    }

    fn share(&mut self, (): &()) {}

    fn make_share(_: bool) {}

    fn count(&mut self) -> &mut Count {
        self.0.get_mut()
    }

    fn perform(&mut self) {
        self.0.perform().unwrap();
    }
}
