//! Makes real transfers that call `write`, `header`, `read`, `xfer_info` and `debug`, so that
//! `instructions.sh` can count what a call costs.
//!
//! The callbacks of the handler do next to nothing; the program prints how many bytes they got.
//! With the argument `opaque`, the handler is behind a `Box<dyn Callbacks>`. The compiler knows
//! nothing about such a handler, so it keeps the whole guard around each call. If the compiler can see
//! the handler's code, it removes parts of the guard.

use std::error::Error;
use std::hint::black_box;

use curlback::{
    CallbackResult, Callbacks, DebugKind, HeaderLine, ProgressResult, ReadBuf, ReadResult,
    Transfer, WriteResult, XferInfo, callbacks,
};

#[allow(dead_code, reason = "not every benchmark uses all of it")]
mod server;

const BODY: &[u8] = &[0; 32 << 20];

/// Counts the bytes that callbacks receive, and uploads the bytes of a slice.
struct Count {
    written: u64,
    headers: u64,
    rest: &'static [u8],
    progress: u64,
    debug: u64,
}

#[callbacks]
impl Callbacks for Count {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written += data.len() as u64;
        WriteResult::Continue
    }

    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        self.headers += line.as_bytes().len() as u64;
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        let sent = buffer.append(self.rest);
        self.rest = &self.rest[sent..];
        ReadResult::Continue
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        self.progress = progress.downloaded + progress.uploaded;
        ProgressResult::Continue
    }

    fn debug(&mut self, _: DebugKind, data: &[u8]) -> CallbackResult {
        self.debug += data.len() as u64;
        CallbackResult::Continue
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut count = Count {
        written: 0,
        headers: 0,
        rest: BODY,
        progress: 0,
        debug: 0,
    };
    let server = server::Server::start()?;
    if std::env::args().any(|arg| arg == "opaque") {
        let handler: Box<dyn Callbacks + '_> = Box::new(&mut count);
        transfer(&server, black_box(handler))?;
    } else {
        transfer(&server, &mut count)?;
    }
    println!("bytes written:     {}", count.written);
    println!("bytes of headers:  {}", count.headers);
    println!("bytes read:        {}", BODY.len() - count.rest.len());
    println!("bytes in progress: {}", count.progress);
    println!("bytes debugged:    {}", count.debug);
    Ok(())
}

fn transfer(server: &server::Server, handler: impl Callbacks) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(handler)?;
    transfer.verbose(true)?;
    for path in ["/headers/4000", "/chunks/4000"] {
        transfer.url(&server.url(path))?;
        transfer.perform()?;
    }
    transfer.url(&server.url("/"))?;
    transfer.upload(true)?;
    transfer.in_filesize(BODY.len() as u64)?;
    // Sets the smallest size that libcurl allows, so that `read` is called often.
    transfer.upload_buffer_size(16 << 10)?;
    transfer.perform()?;
    Ok(())
}
