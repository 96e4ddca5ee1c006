//! What still has to be sent on a WebSocket.

use crate::web_socket::message::Close;
use crate::{Attempt, Error, FrameKind, Transfer};

/// The frames that wait to be sent, in this order: the one that was begun, a pong, a close.
#[derive(Default)]
pub(crate) struct Outbox {
    begun: Option<Unsent>,
    /// The answer to the last ping: earlier pings need none then.
    pong: Option<Unsent>,
    close: Option<Unsent>,
    /// Whether the close was put in: nothing may follow it.
    closed: bool,
}

/// The rest of a frame.
struct Unsent {
    kind: FrameKind,
    data: Vec<u8>,
    sent: usize,
}

impl Unsent {
    fn new(kind: FrameKind, data: Vec<u8>) -> Option<Unsent> {
        Some(Unsent {
            kind,
            data,
            sent: 0,
        })
    }
}

impl Outbox {
    /// Makes one that takes nothing.
    pub(crate) fn shut() -> Outbox {
        Outbox {
            closed: true,
            ..Outbox::default()
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        let frames = [&self.begun, &self.pong, &self.close];
        frames.into_iter().all(Option::is_none)
    }

    /// Puts in a frame, or the rest of one that was begun. Nothing may be left of another.
    pub(crate) fn begin(&mut self, kind: FrameKind, data: Vec<u8>) {
        self.begun = Unsent::new(kind, data);
    }

    /// Puts a pong in.
    pub(crate) fn answer(&mut self, ping: Vec<u8>) {
        if !self.closed {
            self.pong = Unsent::new(FrameKind::Pong, ping);
        }
    }

    /// Puts a close in, unless one was put in before.
    pub(crate) fn close(&mut self, close: Option<&Close>) {
        if !self.closed {
            self.closed = true;
            let payload = close.map(Close::encode).unwrap_or_default();
            self.close = Unsent::new(FrameKind::Close, payload);
        }
    }

    /// Sends what can be sent without waiting, and returns whether nothing is left.
    pub(crate) fn send<H>(&mut self, transfer: &mut Transfer<H>) -> Result<bool, Error> {
        loop {
            let next = [&mut self.pong, &mut self.close];
            if self.begun.is_none() {
                self.begun = next.into_iter().find_map(Option::take);
            }
            let Some(frame) = &mut self.begun else {
                return Ok(true);
            };
            match transfer.ws_send(frame.kind, &frame.data[frame.sent..])? {
                Attempt::Done(count) => frame.sent += count,
                Attempt::WouldBlock => return Ok(false),
            }
            if frame.sent == frame.data.len() {
                self.begun = None;
            }
        }
    }
}
