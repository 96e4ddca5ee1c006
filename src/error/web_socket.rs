//! The errors of the messages of a WebSocket.

use std::io::ErrorKind;

/// What has gone wrong with a message of a [`WebSocket`](crate::WebSocket) or an
/// [`AsyncWebSocket`](crate::agent::AsyncWebSocket); part of [`Error::WebSocket`](crate::Error::WebSocket).
///
/// After [`Unsent`](Self::Unsent), [`Unread`](Self::Unread), and a [`TimedOut`](Self::TimedOut) that was not
/// for a close, the WebSocket can still be used. After [`Closing`](Self::Closing), it can still receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebSocketError {
    /// The [time limit](crate::WebSocket::set_timeout) of the call is over, or the peer has not answered a
    /// close in time.
    ///
    /// A receive loses nothing: the next one continues it. A message that was being sent counts as sent: the
    /// rest of it is kept, and the next calls send it. If a close times out, the connection is cut.
    #[error("the time limit of the call is over")]
    TimedOut,
    /// The message is not sent, since earlier bytes still wait to be sent.
    ///
    /// [Flush](crate::WebSocket::flush), and then send the message again.
    #[error("an earlier message is not sent yet: flush first")]
    Unsent,
    /// The peer does not read, and meanwhile it has sent more unread messages than the
    /// [limit](crate::WebSocket::set_message_limit) allows. The peer may be waiting for this side to
    /// receive.
    ///
    /// The message that was being sent counts as sent: the rest of it is kept, and the next calls send it.
    /// [Receive](crate::WebSocket::receive), so that the peer can read on.
    #[error("the peer does not read, and too many of its messages are unread: receive first")]
    Unread,
    /// The peer has closed the WebSocket. A receive has returned its close, or will return it.
    ///
    /// Receive until [`Message::Close`](crate::Message::Close) to learn why, or open another WebSocket.
    #[error("the peer has closed the WebSocket")]
    Closed,
    /// This side has closed the WebSocket, and sends nothing more.
    #[error("this side has closed the WebSocket, and sends nothing more")]
    Closing,
    /// A message of the peer has more bytes than the [limit](crate::WebSocket::set_message_limit).
    ///
    /// The WebSocket has failed. Open another one, with a higher limit if you trust the peer.
    #[error("a message has more than {limit} bytes, the limit")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// A text message of the peer, or the reason of its close, is not UTF-8.
    ///
    /// The WebSocket has failed. The fault is the peer's, which has to send such data as bytes.
    #[error("a text is not UTF-8")]
    NotUtf8,
    /// The peer does not keep to the protocol.
    ///
    /// The WebSocket has failed. Open another one, or report the fault of the peer.
    #[error("the peer does not keep to the protocol: {0}")]
    Protocol(&'static str),
    /// The WebSocket has failed, and an earlier call has returned the error, or resumed a panic.
    ///
    /// Open another WebSocket.
    #[error("the WebSocket has failed, and an earlier call has returned the error")]
    Failed,
}

impl WebSocketError {
    /// Returns the kind that the standard library uses for such errors.
    pub(super) fn kind(self) -> ErrorKind {
        match self {
            WebSocketError::TimedOut => ErrorKind::TimedOut,
            WebSocketError::Unsent | WebSocketError::Unread => ErrorKind::WouldBlock,
            WebSocketError::Closed | WebSocketError::Closing | WebSocketError::Failed => {
                ErrorKind::NotConnected
            }
            WebSocketError::TooLarge { .. } => ErrorKind::FileTooLarge,
            WebSocketError::NotUtf8 | WebSocketError::Protocol(_) => ErrorKind::InvalidData,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::Error;

    #[test]
    fn errors_of_a_websocket_have_the_kinds_of_the_standard_library() {
        for (error, kind) in [
            (WebSocketError::TimedOut, ErrorKind::TimedOut),
            (WebSocketError::Unsent, ErrorKind::WouldBlock),
            (WebSocketError::Unread, ErrorKind::WouldBlock),
            (WebSocketError::Closed, ErrorKind::NotConnected),
            (WebSocketError::Closing, ErrorKind::NotConnected),
            (WebSocketError::Failed, ErrorKind::NotConnected),
            (
                WebSocketError::TooLarge { limit: 7 },
                ErrorKind::FileTooLarge,
            ),
            (WebSocketError::NotUtf8, ErrorKind::InvalidData),
            (WebSocketError::Protocol("why"), ErrorKind::InvalidData),
        ] {
            let own = Error::from(error);
            assert_eq!(own.to_string(), error.to_string());
            assert_eq!(io::Error::from(own).kind(), kind, "{error:?}");
        }
    }
}
