//! A large request body, in the form that each client takes.

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_lite::AsyncRead;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Bytes;

use crate::row::LARGE;
use crate::ways::PART;

static DATA: [u8; PART] = [b'x'; PART];

/// The rest of a large body.
pub(crate) struct Upload {
    left: u64,
}

impl Upload {
    pub(crate) fn new() -> Upload {
        Upload { left: LARGE }
    }

    /// Returns the next part of the body, of at most `room` bytes.
    fn next(&mut self, room: usize) -> &'static [u8] {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let len = room.min(DATA.len()).min(left);
        self.left -= len as u64;
        &DATA[..len]
    }
}

impl Read for Upload {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let part = self.next(buffer.len());
        buffer[..part.len()].copy_from_slice(part);
        Ok(part.len())
    }
}

impl AsyncRead for Upload {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.read(buffer))
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let part = self.next(usize::MAX);
        let frame = (!part.is_empty()).then(|| Ok(Frame::data(Bytes::from_static(part))));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
