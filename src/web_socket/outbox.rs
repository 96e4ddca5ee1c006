//! The frames that wait to be sent on a WebSocket.

use crate::web_socket::message::Close;
use crate::{Attempt, Error, FrameKind, Transfer};

/// The frames that wait to be sent: first the frame that was begun, then a pong, then a close.
#[derive(Default)]
pub(crate) struct Outbox {
    begun: Option<Unsent>,
    /// The answer to the last ping. An answer to an earlier ping that was not begun is replaced.
    pong: Option<Unsent>,
    close: Option<Unsent>,
    /// Whether a close was put in, or sending has failed: no further pong or close is accepted.
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
    /// Makes an empty outbox that accepts neither a pong nor a close.
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

    /// Puts in a frame, or the rest of a frame that was begun. Nothing of another frame may be left.
    pub(crate) fn begin(&mut self, kind: FrameKind, data: Vec<u8>) {
        self.begun = Unsent::new(kind, data);
    }

    /// Puts in a pong as the answer to a ping with these bytes, unless the outbox accepts no pong any more.
    pub(crate) fn answer(&mut self, ping: Vec<u8>) {
        if !self.closed {
            self.pong = Unsent::new(FrameKind::Pong, ping);
        }
    }

    /// Puts in a close, unless the outbox accepts no close any more.
    pub(crate) fn close(&mut self, close: Option<&Close>) {
        if !self.closed {
            self.closed = true;
            let payload = close.map(Close::encode).unwrap_or_default();
            self.close = Unsent::new(FrameKind::Close, payload);
        }
    }

    /// Sends the frames as far as the system takes them, and returns `true` if nothing is left.
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
