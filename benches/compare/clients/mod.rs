//! The clients of the three libraries: `curl-sys` by hand, `curlback`, and the `curl` crate.
//!
//! Each client is written as the documentation of its library shows first. The `curl` crate always
//! installs all its callbacks. The other clients install `read`, `write` and `header`, and those
//! for progress and debugging only where a row needs them.

use std::cell::Cell;
use std::path::Path;

mod curl_crate;
mod curlback;
mod many;
mod raw;
mod raw_many;

pub(crate) use curl_crate::CurlCrate;
pub(crate) use curlback::{Curlback, Opened};
pub(crate) use many::Many;
pub(crate) use raw::Raw;

/// A transfer by one of the libraries. Its callbacks are those of [`Count`].
pub(crate) trait Client: Sized {
    /// Data that several transfers share.
    type Share;
    /// The same client with callbacks for progress and debugging as well.
    type Watched: Client;
    /// Drives many transfers of this client at once.
    type Many: Many<Transfer = Self>;

    fn new() -> Self;
    fn url(&mut self, url: &str);
    /// Sets the sizes of the receive buffer and of the send buffer.
    fn buffers(&mut self, buffers: Buffers);
    /// Announces an upload of `len` bytes.
    fn upload(&mut self, len: u64);
    /// Turns progress and debugging on, for the callbacks of a [`Client::Watched`].
    fn watch(&mut self);
    /// Trusts the certificate authority in this file.
    fn trust(&mut self, authority: &Path);
    /// Asks for HTTP/2, and for a stream on an open connection rather than a new connection.
    fn http_2(&mut self);
    fn share(&mut self, share: &Self::Share);
    fn make_share(connections: bool) -> Self::Share;
    fn count(&mut self) -> &mut Count;
    fn perform(&mut self);
}

/// The sizes of libcurl's buffers.
#[derive(Clone, Copy)]
pub(crate) struct Buffers {
    pub(crate) receive: usize,
    pub(crate) send: usize,
}

impl Buffers {
    /// The sizes that `curlback` sets by default.
    pub(crate) const CURLBACK: Buffers = Buffers {
        receive: 64 << 10,
        send: 256 << 10,
    };
}

thread_local! {
    static RECEIVED: Cell<u64> = const { Cell::new(0) };
}

/// Returns how many bytes of bodies all transfers of this thread have received.
pub(crate) fn received() -> u64 {
    RECEIVED.get()
}

/// What the callbacks of every client count and send.
pub(crate) struct Count {
    pub(crate) written: u64,
    pub(crate) headers: u64,
    /// The number of calls that report progress or debugging.
    pub(crate) reports: u64,
    /// The number of bytes that are still to be sent.
    pub(crate) left: u64,
    /// The most bytes that one call of `read` returns.
    pub(crate) piece: usize,
}

/// The data that `read` sends. libcurl never asks for more at once.
static BODY: [u8; 2 << 20] = [b'x'; 2 << 20];

impl Count {
    fn new() -> Count {
        Count {
            written: 0,
            headers: 0,
            reports: 0,
            left: 0,
            piece: BODY.len(),
        }
    }

    fn write(&mut self, data: &[u8]) {
        self.written += data.len() as u64;
        RECEIVED.set(RECEIVED.get() + data.len() as u64);
    }

    fn header(&mut self, _: &[u8]) {
        self.headers += 1;
    }

    fn report(&mut self) {
        self.reports += 1;
    }

    /// Returns the next bytes of the upload, at most `room`.
    fn read(&mut self, room: usize) -> &'static [u8] {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let len = room.min(self.piece).min(left);
        self.left -= len as u64;
        &BODY[..len]
    }
}
