//! The three clients: `curl-sys` by hand, `curlback`, and the `curl` crate.
//!
//! Each does what its documentation shows first. Only `curl-sys` has no callback that it does not need.

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

/// A transfer of one client, whose callbacks are those of [`Count`].
pub(crate) trait Client: Sized {
    /// Data that several transfers share.
    type Share;
    /// The same client with callbacks for progress and debugging.
    type Watched: Client;
    /// The driver of many transfers at once.
    type Many: Many<Transfer = Self>;

    fn new() -> Self;
    fn url(&mut self, url: &str);
    /// Sets the sizes of the buffers, to receive and to send.
    fn buffers(&mut self, buffers: Buffers);
    /// Announces an upload of so many bytes.
    fn upload(&mut self, len: u64);
    /// Reports progress and debugging to the callbacks of a [`Client::Watched`].
    fn watch(&mut self);
    /// Trusts the authority in this file.
    fn trust(&mut self, authority: &Path);
    /// Asks for HTTP/2, over a connection of other transfers where there is one.
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
    /// What `curlback` has if nobody asks.
    pub(crate) const CURLBACK: Buffers = Buffers {
        receive: 64 << 10,
        send: 256 << 10,
    };
}

thread_local! {
    static RECEIVED: Cell<u64> = const { Cell::new(0) };
}

/// Returns how many bytes the bodies of all transfers of this thread have had.
pub(crate) fn received() -> u64 {
    RECEIVED.get()
}

/// What the callbacks of every client do.
pub(crate) struct Count {
    pub(crate) written: u64,
    pub(crate) headers: u64,
    /// The number of calls that report progress or debugging.
    pub(crate) reports: u64,
    /// The number of bytes that are still to be sent.
    pub(crate) left: u64,
    /// The most bytes that a call sends.
    pub(crate) piece: usize,
}

/// As much as libcurl asks for at a time, at most.
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

    /// Returns the next bytes for a buffer with that much room.
    fn read(&mut self, room: usize) -> &'static [u8] {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let len = room.min(self.piece).min(left);
        self.left -= len as u64;
        &BODY[..len]
    }
}
