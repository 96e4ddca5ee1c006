//! The frames of a WebSocket.

use crate::ffi::sys;
use crate::ffi::websocket::frame_kind::FrameKind;
use crate::ffi::websocket::sending::Sending;

/// Describes which part of which frame of a WebSocket the data of a callback is.
///
/// A message is one frame, or several frames, which are its fragments. A frame arrives in one part or in several.
/// Pings, pongs and closes are frames of their own, and may come between two fragments of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    kind: FrameKind,
    first: bool,
    last: bool,
    offset: u64,
    end: u64,
    len: u64,
}

impl Frame {
    /// Returns the kind of the frame. All fragments of a message have the same kind.
    #[must_use]
    pub fn kind(&self) -> FrameKind {
        self.kind
    }

    /// Returns whether this frame is the first one of its message.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.first
    }

    /// Returns whether this frame is the last one of its message.
    #[must_use]
    #[doc(alias = "CURLWS_CONT")]
    pub fn is_last(&self) -> bool {
        self.last
    }

    /// Returns how many bytes of the frame came before this data.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns how many bytes the whole frame has.
    #[must_use]
    pub fn payload_len(&self) -> u64 {
        self.len
    }

    /// Returns whether the frame ends with this data.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.end >= self.len
    }

    /// Returns whether the message ends with this data.
    #[must_use]
    pub fn ends_message(&self) -> bool {
        self.last && self.is_complete()
    }

    /// Returns the description of the data without its first `bytes`, which were taken before a pause.
    pub(crate) fn skip(mut self, bytes: usize) -> Frame {
        self.offset = self.offset.saturating_add(bytes as u64);
        self
    }
}

/// The position of a WebSocket in the frame that it receives. libcurl reports only where in the frame its current
/// piece begins, and libcurl may hand over one piece in several calls.
#[derive(Default)]
pub(crate) struct Frames {
    /// How many bytes of libcurl's current piece the handler has taken; 0 before the first and after the
    /// last call for a piece.
    taken: usize,
    /// Whether the data frame that was completed last was not the last fragment of its message: then the
    /// data frame after it continues the message.
    goes_on: bool,
    /// Whether libcurl answers pings itself.
    pub(crate) auto_pong: bool,
    /// The state of the frames that are sent.
    pub(crate) sending: Sending,
}

impl Frames {
    /// Returns the description of the next `len` bytes of libcurl's piece.
    pub(crate) fn place(&mut self, piece: &sys::WsFrame, len: usize) -> Frame {
        if self.taken.saturating_add(len) > piece.len {
            self.taken = 0;
        }
        let number = |value: sys::curl_off_t| u64::try_from(value).unwrap_or_default();
        let kind = FrameKind::from_raw(piece.flags);
        let offset = number(piece.offset).saturating_add(self.taken as u64);
        let whole = number(piece.offset).saturating_add(piece.len as u64);
        Frame {
            kind,
            first: !(self.goes_on && kind.is_data()),
            last: piece.flags & sys::CURLWS_CONT == 0,
            offset,
            end: offset.saturating_add(len as u64),
            len: whole.saturating_add(number(piece.bytesleft)),
        }
    }

    /// Returns whether the data is part of a ping that libcurl answers itself. libcurl hands over no data of a ping
    /// that arrives as a whole. Of a ping that arrives in pieces, it hands over all pieces but the last.
    pub(crate) fn hides(&self, frame: &Frame) -> bool {
        self.auto_pong && frame.kind == FrameKind::Ping
    }

    /// Notes that the handler has taken the data that `frame` describes.
    pub(crate) fn take(&mut self, piece: &sys::WsFrame, frame: Frame) {
        let taken = frame
            .end
            .saturating_sub(u64::try_from(piece.offset).unwrap_or_default());
        self.taken = match usize::try_from(taken) {
            Ok(taken) if taken < piece.len => taken,
            _ => 0,
        };
        if frame.kind.is_data() && frame.is_complete() {
            self.goes_on = !frame.last;
        }
    }
}

#[cfg(test)]
mod tests {
    use libc::c_int;

    use super::*;

    fn piece(flags: c_int, offset: i64, len: usize, bytesleft: i64) -> sys::WsFrame {
        sys::WsFrame {
            age: 0,
            flags,
            offset,
            bytesleft,
            len,
        }
    }

    #[test]
    fn calls_are_told_apart_from_pieces_and_frames() {
        let mut frames = Frames::default();
        // A frame of 100 bytes in pieces of 60 and 40, the first in two calls.
        let (first, second) = (
            piece(sys::CURLWS_BINARY, 0, 60, 40),
            piece(sys::CURLWS_BINARY, 60, 40, 0),
        );
        let mut seen = Vec::new();
        for (piece, len) in [(&first, 50), (&first, 10), (&second, 40)] {
            let frame = frames.place(piece, len);
            assert_eq!(
                (frame.kind(), frame.payload_len()),
                (FrameKind::Binary, 100)
            );
            seen.push((frame.offset(), frame.is_complete()));
            frames.take(piece, frame);
        }
        assert_eq!(seen, [(0, false), (50, false), (60, true)]);
    }

    #[test]
    fn fragments_are_first_and_last_of_their_message() {
        let mut frames = Frames::default();
        let text = sys::CURLWS_TEXT;
        let mut seen = Vec::new();
        for flags in [
            text | sys::CURLWS_CONT,
            sys::CURLWS_PONG,
            text | sys::CURLWS_CONT,
            text,
            text,
        ] {
            let piece = piece(flags, 0, 0, 0);
            let frame = frames.place(&piece, 0);
            seen.push((frame.is_first(), frame.ends_message()));
            frames.take(&piece, frame);
        }
        let (middle, control) = ((false, false), (true, true));
        assert_eq!(
            seen,
            [(true, false), control, middle, (false, true), (true, true)]
        );
    }
}
