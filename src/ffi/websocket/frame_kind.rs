//! The kinds of WebSocket frames.

use libc::c_int;

use crate::ffi::sys;

/// The kind of a [`Frame`](crate::Frame).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameKind {
    /// Text in UTF-8, but libcurl does not check that. A part of a frame may end inside a character.
    #[doc(alias = "CURLWS_TEXT")]
    Text,
    /// Bytes.
    #[doc(alias = "CURLWS_BINARY")]
    Binary,
    /// Asks for a pong. libcurl sends the pong by itself, unless [`ws_options`] says otherwise.
    ///
    /// [`ws_options`]: crate::Transfer::ws_options
    #[doc(alias = "CURLWS_PING")]
    Ping,
    /// Answers a ping.
    #[doc(alias = "CURLWS_PONG")]
    Pong,
    /// Ends the conversation. The payload is two bytes of status and a reason, or nothing. libcurl does
    /// not send the answer.
    #[doc(alias = "CURLWS_CLOSE")]
    Close,
    /// A kind that this crate does not know, with libcurl's flags for it.
    Other(i32),
}

impl FrameKind {
    pub(crate) fn from_raw(flags: c_int) -> FrameKind {
        match flags & !(sys::CURLWS_CONT | sys::CURLWS_OFFSET) {
            sys::CURLWS_TEXT => FrameKind::Text,
            sys::CURLWS_BINARY => FrameKind::Binary,
            sys::CURLWS_PING => FrameKind::Ping,
            sys::CURLWS_PONG => FrameKind::Pong,
            sys::CURLWS_CLOSE => FrameKind::Close,
            other => FrameKind::Other(other),
        }
    }

    /// Returns libcurl's flag for this kind, or `None` if libcurl cannot send such a frame.
    pub(crate) fn flag(self) -> Option<c_int> {
        match self {
            FrameKind::Text => Some(sys::CURLWS_TEXT),
            FrameKind::Binary => Some(sys::CURLWS_BINARY),
            FrameKind::Ping => Some(sys::CURLWS_PING),
            FrameKind::Pong => Some(sys::CURLWS_PONG),
            FrameKind::Close => Some(sys::CURLWS_CLOSE),
            FrameKind::Other(_) => None,
        }
    }

    /// Returns whether a message of this kind may have several frames.
    pub(crate) fn is_data(self) -> bool {
        matches!(self, FrameKind::Text | FrameKind::Binary)
    }
}
