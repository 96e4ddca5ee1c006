//! A handler for transfers whose body is read: it notes which callbacks are called.

use std::time::Duration;

use curlback::{Callbacks, HeaderLine, ProgressResult, Transfer, WriteResult, XferInfo, callbacks};

#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) lines: usize,
    pub(crate) reports: usize,
    pub(crate) written: usize,
}

#[callbacks]
impl Callbacks for Notes {
    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.lines += 1;
        WriteResult::Continue
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written += data.len();
        WriteResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.reports += 1;
        ProgressResult::Continue
    }
}

/// Makes a transfer without a proxy, that gives up after a minute.
pub(crate) fn transfer<H: Callbacks>(handler: H, url: &str) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(url).unwrap();
    transfer.noproxy("*").unwrap();
    transfer.timeout(Duration::from_secs(60)).unwrap();
    transfer
}

/// Makes a body whose bytes tell their place.
pub(crate) fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at ^ (at >> 8)) as u8).collect()
}
