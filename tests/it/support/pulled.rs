//! Helpers for the tests of bodies that the program itself reads or writes.

use std::time::Duration;

use curlback::{Callbacks, HeaderLine, ProgressResult, Transfer, WriteResult, XferInfo, callbacks};

/// Counts the calls of `header` and `xfer_info`, and the bytes that `write` gets.
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

/// Makes a transfer that uses no proxy, and that has a time limit of a minute.
pub(crate) fn transfer<H: Callbacks>(handler: H, url: &str) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(url).unwrap();
    transfer.noproxy("*").unwrap();
    transfer.timeout(Duration::from_secs(60)).unwrap();
    transfer
}

/// Makes a body in which the value of a byte depends on its position.
pub(crate) fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at ^ (at >> 8)) as u8).collect()
}

/// A small generator of random numbers: xorshift.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        for (left, by) in [(true, 13), (false, 7), (true, 17)] {
            self.0 ^= if left { self.0 << by } else { self.0 >> by };
        }
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}
