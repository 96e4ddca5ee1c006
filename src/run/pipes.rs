//! The pipes of a transfer whose response the program reads.

use crate::error::BoxError;
use crate::run::pipe::{Pipe, PipeEnd};

/// The transfer's ends of its pipes.
#[derive(Default)]
pub(super) struct Pipes {
    /// The received bytes of the response, if the program reads it.
    pub(super) inbox: Option<PipeEnd>,
    /// The bytes of the request body to send, if the program writes it.
    pub(super) outbox: Option<PipeEnd>,
    /// The inbox of an earlier transfer, for the next one.
    spare: Option<Box<Pipe>>,
}

impl Pipes {
    /// Returns an inbox of this thread, which is full when it holds `limit` bytes.
    pub(super) fn make_inbox(&mut self, limit: usize) -> PipeEnd {
        match self.spare.take() {
            Some(mut pipe) => {
                pipe.begin_again(limit);
                PipeEnd::Own(pipe)
            }
            None => PipeEnd::own(limit),
        }
    }

    /// Connects the transfer that begins to the reader of its response and, if there is one, to the
    /// writer of its body.
    pub(super) fn open(&mut self, inbox: PipeEnd, outbox: Option<PipeEnd>) {
        self.inbox = Some(inbox);
        self.outbox = outbox;
    }

    /// Returns the received bytes of the response. `None` if the program does not read it, or reads it on
    /// another thread.
    pub(super) fn inbox(&mut self) -> Option<&mut Pipe> {
        self.inbox.as_mut()?.as_own()
    }

    /// Returns the bytes of the request body to send. `None` if the program does not write it, or writes
    /// it on another thread.
    pub(super) fn outbox(&mut self) -> Option<&mut Pipe> {
        self.outbox.as_mut()?.as_own()
    }

    /// Takes the error with which the writer of the body has given up, or returns `None`.
    pub(super) fn take_outbox_failure(&self) -> Option<BoxError> {
        self.outbox.as_ref().and_then(PipeEnd::take_failure)
    }

    /// Returns whether libcurl waits for the reader of the response.
    pub(super) fn is_inbox_full(&self) -> bool {
        match &self.inbox {
            Some(PipeEnd::Own(pipe)) => pipe.holds,
            Some(PipeEnd::Shared(pipe)) => pipe.holds(),
            None => false,
        }
    }

    /// Drops the transfer's ends of both pipes.
    pub(super) fn close(&mut self) {
        self.outbox = None;
        if let Some(PipeEnd::Own(mut pipe)) = self.inbox.take() {
            pipe.empty();
            self.spare = Some(pipe);
        }
    }
}
