//! The messages of a WebSocket, and the close that ends it.

use crate::ffi::websocket::SEND;
use crate::{CloseCode, Error, WebSocketError};

/// A whole message of a WebSocket, or the close that ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
    /// A pong: the answer to a ping, with the bytes of the ping, or an unsolicited one. The program receives
    /// pongs only after [`WebSocket::show_pongs`](crate::WebSocket::show_pongs), or
    /// [`WebSocketConfig::show_pongs`](crate::agent::WebSocketConfig::show_pongs) for an agent.
    Pong(Vec<u8>),
    /// The sender closes the WebSocket, and sends no further message. `None` is a close without a code.
    Close(Option<Close>),
}

impl Message {
    /// Returns about how many bytes of memory the message needs.
    pub(crate) fn size(&self) -> usize {
        let len = match self {
            Message::Text(text) => text.len(),
            Message::Binary(data) | Message::Pong(data) => data.len(),
            Message::Close(_) => 0,
        };
        len.saturating_add(size_of::<Message>())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Message {
        Message::Text(text)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Message {
        Message::Text(text.to_owned())
    }
}

impl From<Vec<u8>> for Message {
    fn from(data: Vec<u8>) -> Message {
        Message::Binary(data)
    }
}

/// Why a WebSocket is closed: a code, and a reason in words.
///
/// # Examples
/// ```
/// use curlback::{Close, CloseCode};
///
/// let close = Close::new(CloseCode::GOING_AWAY, "maintenance")?;
/// assert_eq!(close.code(), CloseCode::GOING_AWAY);
/// assert_eq!(close.reason(), "maintenance");
/// assert_eq!(Close::from(CloseCode::NORMAL).reason(), "");
/// # Ok::<(), curlback::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    code: CloseCode,
    reason: Box<str>,
}

impl Close {
    /// How many bytes a reason has at most: a control frame has up to 125 bytes, and the code takes two of
    /// them.
    const LONGEST_REASON: usize = 123;

    /// Makes a close with a code and a reason. The code is for programs; the reason is for people who debug.
    ///
    /// # Errors
    /// [`Error::Option`] for a reason of more than 123 bytes.
    pub fn new(code: CloseCode, reason: impl Into<Box<str>>) -> Result<Close, Error> {
        let reason = reason.into();
        match reason.len() <= Close::LONGEST_REASON {
            true => Ok(Close { code, reason }),
            false => Err(SEND.unsuitable("the reason of a close has at most 123 bytes")),
        }
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> CloseCode {
        self.code
    }

    /// Returns the reason; empty if there is none.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Decodes the payload of a close frame; `None` if it is empty.
    pub(super) fn decode(payload: &[u8]) -> Result<Option<Close>, WebSocketError> {
        let (code, reason) = match payload {
            [] => return Ok(None),
            [_] => return Err(WebSocketError::Protocol("half a close code")),
            [high, low, reason @ ..] => (u16::from_be_bytes([*high, *low]), reason),
        };
        let forbidden = |_| WebSocketError::Protocol("a close code that must not be sent");
        let code = CloseCode::new(code).map_err(forbidden)?;
        let reason = std::str::from_utf8(reason).map_err(|_| WebSocketError::NotUtf8)?;
        let reason = reason.into();
        Ok(Some(Close { code, reason }))
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let code = self.code.get().to_be_bytes();
        [&code, self.reason.as_bytes()].concat()
    }
}

/// Makes a close without a reason.
impl From<CloseCode> for Close {
    fn from(code: CloseCode) -> Close {
        let reason = Box::default();
        Close { code, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closes_are_decoded_as_they_were_encoded() {
        for len in [0, 1, 123] {
            let close = Close::new(CloseCode::GOING_AWAY, "x".repeat(len)).unwrap();
            assert_eq!(Close::decode(&close.encode()), Ok(Some(close)));
        }
        assert!(Close::new(CloseCode::NORMAL, "é".repeat(62)).is_err());
        assert_eq!(Close::decode(b""), Ok(None));
    }

    #[test]
    fn closes_that_break_the_protocol_are_refused() {
        for payload in [
            &b"\x03"[..],
            b"\0\0",
            b"\x03\xED",
            b"\x03\xEEx",
            b"\x13\x88",
        ] {
            let error = Close::decode(payload).unwrap_err();
            assert!(matches!(error, WebSocketError::Protocol(_)), "{error:?}");
        }
        let error = Close::decode(b"\x03\xE8\xFF").unwrap_err();
        assert_eq!(error, WebSocketError::NotUtf8);
    }
}
