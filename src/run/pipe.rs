//! Bytes of a body on their way between libcurl and a reader or writer.

use std::mem;
use std::sync::Arc;

use crate::error::BoxError;
use crate::ffi::read_buf::ReadBuf;
use crate::run::shared_pipe::{Put, SharedPipe, Take};

/// The pipe into which a callback puts the received body, or from which it takes the body to send.
pub(crate) enum PipeEnd {
    /// A pipe whose other side is on the thread that drives the transfer.
    Own(Box<Pipe>),
    /// A pipe whose other side may be on another thread.
    Shared(Arc<SharedPipe>),
}

impl PipeEnd {
    /// Makes a pipe of this thread, which is full when it holds `limit` bytes.
    pub(crate) fn own(limit: usize) -> PipeEnd {
        PipeEnd::Own(Box::new(Pipe::new(limit)))
    }

    /// Returns the pipe if it is one of this thread, else `None`.
    pub(super) fn as_own(&mut self) -> Option<&mut Pipe> {
        match self {
            PipeEnd::Own(pipe) => Some(pipe),
            PipeEnd::Shared(_) => None,
        }
    }

    /// Puts in a part of a body that was received.
    pub(super) fn put(&mut self, data: &[u8]) -> Put {
        match self {
            PipeEnd::Own(pipe) => match pipe.put(data) {
                true => Put::Taken,
                false => Put::Full,
            },
            PipeEnd::Shared(pipe) => pipe.put(data),
        }
    }

    /// Moves bytes to send into `buffer`.
    pub(super) fn take(&mut self, buffer: &mut ReadBuf<'_>) -> Take {
        match self {
            PipeEnd::Own(pipe) => pipe.take(buffer).map_or(Take::Wait, Take::Bytes),
            PipeEnd::Shared(pipe) => pipe.take(buffer),
        }
    }

    /// Takes the error with which the other side has given up, or returns `None`.
    pub(super) fn take_failure(&self) -> Option<BoxError> {
        match self {
            PipeEnd::Own(_) => None,
            PipeEnd::Shared(pipe) => pipe.take_failure(),
        }
    }

    /// Notes that libcurl no longer waits because of this pipe: a remote has paused the direction, and only a
    /// remote or the handler resumes it.
    pub(super) fn release(&mut self) {
        match self {
            PipeEnd::Own(pipe) => pipe.holds = false,
            PipeEnd::Shared(pipe) => pipe.release(),
        }
    }
}

/// How much memory an empty pipe keeps, in bytes.
const KEPT: usize = 1 << 10;

/// The bytes that one side has put in and the other has not taken out yet.
pub(crate) struct Pipe {
    bytes: Vec<u8>,
    /// How many of `bytes` were taken out.
    taken: usize,
    /// How many bytes fill the pipe: then the side that puts bytes in has to wait.
    limit: usize,
    /// Whether a callback has answered with a pause, so that libcurl waits for the other side.
    pub(super) holds: bool,
    /// Whether the side that puts bytes in has ended the body.
    has_ended: bool,
}

impl Pipe {
    pub(super) fn new(limit: usize) -> Pipe {
        Pipe {
            bytes: Vec::new(),
            taken: 0,
            limit,
            holds: false,
            has_ended: false,
        }
    }

    /// Throws all bytes away, and keeps only a little memory for later bytes.
    pub(super) fn empty(&mut self) {
        self.consume(usize::MAX);
        self.bytes.shrink_to(KEPT);
    }

    /// Makes an empty pipe ready for another body. It is full when it holds `limit` bytes.
    pub(super) fn begin_again(&mut self, limit: usize) {
        let bytes = mem::take(&mut self.bytes);
        *self = Pipe {
            bytes,
            ..Pipe::new(limit)
        };
    }

    /// Puts in bytes that libcurl has received, all or none. Returns `false` if the pipe is full and libcurl
    /// has to wait.
    pub(super) fn put(&mut self, data: &[u8]) -> bool {
        if self.room() == 0 {
            self.holds = true;
            return false;
        }
        self.append(data);
        true
    }

    /// Moves bytes to send into `buffer`, and returns how many: 0 at the end of the body or if `buffer` has no room,
    /// and `None` if libcurl has to wait.
    pub(super) fn take(&mut self, buffer: &mut ReadBuf<'_>) -> Option<usize> {
        let taken = buffer.append(self.bytes());
        self.consume(taken);
        if taken == 0 && !self.has_ended && buffer.remaining() > 0 {
            self.holds = true;
            return None;
        }
        Some(taken)
    }

    /// Returns the bytes that were not taken out yet.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.taken..).unwrap_or_default()
    }

    /// Returns whether there is nothing to take out.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }

    /// Takes the first `count` of the bytes out.
    pub(crate) fn consume(&mut self, count: usize) {
        self.taken = self.taken.saturating_add(count).min(self.bytes.len());
        if self.taken == self.bytes.len() {
            self.bytes.clear();
            self.taken = 0;
        }
    }

    /// Returns how many more bytes fit before the pipe is full.
    pub(crate) fn room(&self) -> usize {
        self.limit.saturating_sub(self.bytes().len())
    }

    /// Returns whether the pipe is at most half full.
    pub(super) fn is_half_empty(&self) -> bool {
        self.bytes().len() <= self.limit / 2
    }

    /// Puts bytes in.
    pub(crate) fn append(&mut self, data: &[u8]) {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        let len = self.bytes.len() + data.len();
        if len > self.bytes.capacity() {
            // The memory doubles, as that of a vector does, but not beyond the limit and one more `data`.
            let most = self.limit.saturating_add(data.len());
            let capacity = (2 * self.bytes.capacity()).clamp(len, most.max(len));
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(data);
    }

    /// Moves all bytes that were not taken out yet into `empty`, and keeps the memory of `empty` for later bytes.
    pub(super) fn exchange(&mut self, empty: &mut Vec<u8>) {
        empty.clear();
        mem::swap(&mut self.bytes, empty);
        empty.drain(..mem::take(&mut self.taken));
    }

    /// Ends the body: no more bytes are put in.
    pub(crate) fn end(&mut self) {
        self.has_ended = true;
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }
}
