//! Putting messages together from the parts of their frames.

use crate::web_socket::message::{Close, Message};
use crate::{Frame, FrameKind, WebSocketError};

/// The received part of the next message, and of a control frame that may come between its fragments.
pub(crate) struct Assembly {
    /// How many bytes a message may have.
    pub(crate) limit: usize,
    /// Whether messages are thrown away: set when this side closes and the program reads no more.
    pub(crate) discards: bool,
    message: Vec<u8>,
    control: Vec<u8>,
}

/// A message or control frame that is complete.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    Message(Message),
    /// A ping. The pong has to have the same bytes.
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<Close>),
}

impl Assembly {
    pub(super) fn new(limit: usize) -> Assembly {
        Assembly {
            limit,
            discards: false,
            message: Vec::new(),
            control: Vec::new(),
        }
    }

    /// Takes a part of a frame, and returns the message or control frame that this part completes, if any.
    pub(super) fn take(
        &mut self,
        frame: &Frame,
        data: &[u8],
    ) -> Result<Option<Arrival>, WebSocketError> {
        match frame.kind() {
            FrameKind::Text | FrameKind::Binary => self.take_data(frame, data),
            FrameKind::Ping | FrameKind::Pong | FrameKind::Close => {
                // libcurl refuses control frames of more than 125 bytes.
                self.control.extend_from_slice(data);
                match frame.is_complete() {
                    true => self.end_control(frame.kind()),
                    false => Ok(None),
                }
            }
            FrameKind::Other(_) => Err(WebSocketError::Protocol("a frame of an unknown kind")),
        }
    }

    fn take_data(&mut self, frame: &Frame, data: &[u8]) -> Result<Option<Arrival>, WebSocketError> {
        if self.discards {
            self.message = Vec::new();
            return Ok(None);
        }
        // A frame that would make the message too long is refused when its first part comes, before the
        // rest arrives.
        let room = self.limit.saturating_sub(self.message.len()) as u64;
        if frame.payload_len().saturating_sub(frame.offset()) > room {
            return Err(WebSocketError::TooLarge { limit: self.limit });
        }
        self.message.extend_from_slice(data);
        if !frame.ends_message() {
            return Ok(None);
        }
        let message = std::mem::take(&mut self.message);
        Ok(Some(Arrival::Message(match frame.kind() {
            FrameKind::Text => {
                Message::Text(String::from_utf8(message).map_err(|_| WebSocketError::NotUtf8)?)
            }
            _ => Message::Binary(message),
        })))
    }

    fn end_control(&mut self, kind: FrameKind) -> Result<Option<Arrival>, WebSocketError> {
        let data = std::mem::take(&mut self.control);
        Ok(Some(match kind {
            FrameKind::Ping => Arrival::Ping(data),
            FrameKind::Pong => Arrival::Pong(data),
            _ => Arrival::Close(Close::decode(&data)?),
        }))
    }
}
