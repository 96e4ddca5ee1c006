//! Bytes of a body on their way between libcurl and a reader or writer.

use std::mem;
use std::sync::Arc;

use crate::error::BoxError;
use crate::ffi::read_buf::ReadBuf;
use crate::run::shared_pipe::{Put, SharedPipe, Take};

/// Where the callbacks of a transfer put or get a body.
pub(crate) enum PipeEnd {
    /// A pipe for whoever drives the transfer.
    Own(Box<Pipe>),
    /// A pipe for another thread.
    Shared(Arc<SharedPipe>),
}

impl PipeEnd {
    /// Makes a pipe for whoever drives the transfer, in which up to `limit` bytes wait.
    pub(crate) fn own(limit: usize) -> PipeEnd {
        PipeEnd::Own(Box::new(Pipe::new(limit)))
    }

    /// Returns the pipe for whoever drives the transfer.
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

    /// Returns why the other side has given up, once.
    pub(super) fn take_failure(&self) -> Option<BoxError> {
        match self {
            PipeEnd::Own(_) => None,
            PipeEnd::Shared(pipe) => pipe.take_failure(),
        }
    }

    /// Notes that somebody else has paused the transfer, and will resume it.
    pub(super) fn release(&mut self) {
        match self {
            PipeEnd::Own(pipe) => pipe.holds = false,
            PipeEnd::Shared(pipe) => pipe.release(),
        }
    }
}

/// The bytes that one side has put in and the other has not taken out yet.
pub(crate) struct Pipe {
    bytes: Vec<u8>,
    /// How many of the bytes were taken out.
    taken: usize,
    /// How many bytes there may be before the side that puts them in has to wait.
    limit: usize,
    /// Whether libcurl was told to wait for the other side.
    pub(super) holds: bool,
    /// Whether no more bytes are put in.
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

    /// Puts in what libcurl has received. Returns `false` if libcurl has to wait.
    pub(super) fn put(&mut self, data: &[u8]) -> bool {
        if self.room() == 0 {
            self.holds = true;
            return false;
        }
        self.append(data);
        true
    }

    /// Moves bytes that libcurl sends into `buffer`. Returns how many, or `None` if libcurl has to wait.
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

    /// Returns how many more bytes may be put in.
    pub(crate) fn room(&self) -> usize {
        self.limit.saturating_sub(self.bytes().len())
    }

    /// Returns whether half of what fits may be put in.
    pub(super) fn is_half_empty(&self) -> bool {
        self.bytes().len() <= self.limit / 2
    }

    /// Puts bytes in.
    pub(crate) fn append(&mut self, data: &[u8]) {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        self.bytes.extend_from_slice(data);
    }

    /// Exchanges `empty` for the bytes that were not taken out yet.
    pub(super) fn exchange(&mut self, empty: &mut Vec<u8>) {
        empty.clear();
        mem::swap(&mut self.bytes, empty);
        empty.drain(..mem::take(&mut self.taken));
    }

    /// Notes that no more bytes are put in.
    pub(crate) fn end(&mut self) {
        self.has_ended = true;
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }
}
