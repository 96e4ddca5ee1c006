//! Values that panic when they are dropped.

use std::error::Error;
use std::{fmt, thread};

use curlback::{Callbacks, MimeReader, ReadBuf, ReadResult};

/// Panics when it is dropped, unless its thread already panics. It can be an error, a handler, a reader
/// or a value of an event loop.
#[derive(Debug)]
pub(crate) struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic!("the bomb goes off");
        }
    }
}

impl fmt::Display for Bomb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bomb")
    }
}

impl Error for Bomb {}

impl Callbacks for Bomb {}

impl MimeReader for Bomb {
    fn read(&mut self, _: &mut ReadBuf<'_>) -> ReadResult {
        ReadResult::Continue
    }
}
