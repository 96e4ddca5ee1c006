//! What may be sent next on a WebSocket: libcurl takes whatever comes for the rest of the
//! frame that was begun.

use libc::c_int;

use crate::callbacks::frame::FrameKind;
use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::ffi::websocket::SEND;
use crate::{Code, Error};

/// What was begun on a WebSocket and is still to be sent.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sending {
    raw_mode: bool,
    unsent: Option<Piece>,
}

/// What one call sends of a frame.
#[derive(Clone, Copy)]
pub(crate) struct Piece {
    flags: c_int,
    /// How many bytes the whole frame has, if it was announced in advance.
    len: sys::curl_off_t,
    /// How many bytes are still to be sent before the call.
    left: u64,
}

impl Piece {
    pub(super) fn flags(&self) -> c_int {
        self.flags
    }

    pub(super) fn frame_len(&self) -> sys::curl_off_t {
        self.len
    }

    /// Returns whether both are of one frame.
    fn goes_on(&self, with: &Piece) -> bool {
        (self.flags, self.len) == (with.flags, with.len)
    }
}

impl Sending {
    pub(super) fn set_raw_mode(&mut self, raw_mode: bool) {
        self.raw_mode = raw_mode;
    }

    pub(in crate::ffi) fn is_raw_mode(&self) -> bool {
        self.raw_mode
    }

    /// Sends a whole frame, or all the rest of it.
    pub(super) fn frame(&self, kind: FrameKind, data: &[u8], last: bool) -> Result<Piece, Error> {
        let piece = Piece {
            flags: self.flags(kind, last)?,
            len: 0,
            left: data.len() as u64,
        };
        match self.unsent {
            Some(rest) if !(rest.goes_on(&piece) && rest.left == piece.left) => Err(OTHER),
            _ => Ok(piece),
        }
    }

    /// Sends a part of a frame of a length that is stated in advance.
    pub(super) fn part(
        &self,
        kind: FrameKind,
        frame_len: u64,
        data: &[u8],
        last: bool,
    ) -> Result<Piece, Error> {
        let len = sys::curl_off_t::try_from(frame_len);
        let mut piece = Piece {
            flags: self.flags(kind, last)? | sys::CURLWS_OFFSET,
            len: len.map_err(|_| SEND.unsuitable("the frame is too long"))?,
            left: frame_len,
        };
        match self.unsent {
            Some(rest) if rest.goes_on(&piece) => piece.left = rest.left,
            Some(_) => return Err(OTHER),
            None => {}
        }
        match data.len() as u64 > piece.left {
            true => Err(SEND.unsuitable("the frame has fewer bytes left")),
            false => Ok(piece),
        }
    }

    /// Sends bytes as they are.
    pub(super) fn raw(&self, data: &[u8]) -> Result<Piece, Error> {
        match self.raw_mode {
            true => Ok(Piece {
                flags: 0,
                len: 0,
                left: data.len() as u64,
            }),
            false => Err(SEND.unsuitable("only raw mode takes bytes that are no frame")),
        }
    }

    fn flags(&self, kind: FrameKind, last: bool) -> Result<c_int, Error> {
        match self.raw_mode {
            true => Err(SEND.unsuitable("in raw mode, libcurl makes no frames")),
            false => flags(SEND, kind, last),
        }
    }

    /// Notes what libcurl has taken.
    pub(super) fn note(&mut self, piece: Piece, code: Code, sent: usize) {
        let left = piece.left.saturating_sub(sent as u64);
        self.unsent = match code {
            // Without a frame, nothing has to follow.
            _ if self.raw_mode => None,
            Code::OK => Some(Piece { left, ..piece }).filter(|_| left > 0),
            // The frame may have begun all the same.
            Code::AGAIN => Some(piece),
            // Nothing was taken, and nothing is lost.
            Code::BAD_FUNCTION_ARGUMENT => self.unsent,
            _ => None,
        };
    }
}

const OTHER: Error = Error::Option {
    option: SEND.name,
    reason: "the rest of another frame has to be sent first",
};

/// Turns a kind, and whether the message goes on, into libcurl's flags.
pub(super) fn flags(item: Item, kind: FrameKind, last: bool) -> Result<c_int, Error> {
    let Some(flag) = kind.flag() else {
        return Err(item.unsuitable("libcurl cannot send a frame of this kind"));
    };
    match last {
        true => Ok(flag),
        false if kind.is_data() => Ok(flag | sys::CURLWS_CONT),
        false => Err(item.unsuitable("only a text or bytes may go in fragments")),
    }
}
