//! What may be sent next on a WebSocket: after the beginning of a frame, libcurl takes any further
//! bytes for the rest of that frame.

use libc::c_int;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::ffi::websocket::SEND;
use crate::ffi::websocket::fragment::Fragment;
use crate::ffi::websocket::frame_kind::FrameKind;
use crate::{Code, Error};

/// The frame that was begun on a WebSocket, if a part of it is still to be sent.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sending {
    raw_mode: bool,
    unsent: Option<Piece>,
}

/// The part of a frame that one call sends.
#[derive(Clone, Copy)]
pub(crate) struct Piece {
    flags: c_int,
    /// How many bytes the whole frame has, if this was announced; 0 otherwise.
    len: sys::curl_off_t,
    /// How many bytes of the frame are still to be sent. In a piece that is about to be sent, this counts
    /// the bytes of the piece too; in [`Sending`], it does not count the bytes that libcurl has taken.
    left: u64,
}

impl Piece {
    pub(crate) fn flags(&self) -> c_int {
        self.flags
    }

    pub(crate) fn frame_len(&self) -> sys::curl_off_t {
        self.len
    }

    /// Returns whether `with` may continue the frame of this piece: both have the same flags and the same
    /// announced length.
    fn goes_on(&self, with: &Piece) -> bool {
        (self.flags, self.len) == (with.flags, with.len)
    }
}

impl Sending {
    pub(crate) fn set_raw_mode(&mut self, raw_mode: bool) {
        self.raw_mode = raw_mode;
    }

    pub(crate) fn is_raw_mode(&self) -> bool {
        self.raw_mode
    }

    /// Returns the piece for a whole frame, or for the whole rest of a frame.
    pub(crate) fn frame(
        &self,
        kind: FrameKind,
        data: &[u8],
        fragment: Fragment,
    ) -> Result<Piece, Error> {
        let piece = Piece {
            flags: self.flags(kind, fragment)?,
            len: 0,
            left: data.len() as u64,
        };
        match self.unsent {
            Some(rest) if !(rest.goes_on(&piece) && rest.left == piece.left) => Err(OTHER),
            _ => Ok(piece),
        }
    }

    /// Returns the piece for a part of a frame whose length is announced.
    pub(crate) fn part(
        &self,
        kind: FrameKind,
        frame_len: u64,
        data: &[u8],
        fragment: Fragment,
    ) -> Result<Piece, Error> {
        let len = sys::curl_off_t::try_from(frame_len);
        let mut piece = Piece {
            flags: self.flags(kind, fragment)? | sys::CURLWS_OFFSET,
            len: len.map_err(|_| SEND.unsuitable("the frame is too long"))?,
            left: frame_len,
        };
        match self.unsent {
            Some(rest) if rest.goes_on(&piece) => piece.left = rest.left,
            Some(_) => return Err(OTHER),
            None => {}
        }
        match data.len() as u64 > piece.left {
            true => Err(SEND.unsuitable("the frame does not have room for so many bytes")),
            false => Ok(piece),
        }
    }

    /// Returns the piece for bytes that are sent as they are.
    pub(crate) fn raw(&self, data: &[u8]) -> Result<Piece, Error> {
        match self.raw_mode {
            true => Ok(Piece {
                flags: 0,
                len: 0,
                left: data.len() as u64,
            }),
            false => Err(SEND.unsuitable("only raw mode can send bytes that are not a frame")),
        }
    }

    fn flags(&self, kind: FrameKind, fragment: Fragment) -> Result<c_int, Error> {
        match self.raw_mode {
            true => Err(SEND.unsuitable("in raw mode, libcurl does not make frames")),
            false => flags(SEND, kind, fragment),
        }
    }

    /// Notes that libcurl has returned `code` for `piece` and taken `sent` bytes.
    pub(crate) fn note(&mut self, piece: Piece, code: Code, sent: usize) {
        let left = piece.left.saturating_sub(sent as u64);
        self.unsent = match code {
            // In raw mode, libcurl knows no frame that has to be completed.
            _ if self.raw_mode => None,
            Code::OK => Some(Piece { left, ..piece }).filter(|_| left > 0),
            // libcurl may have begun the frame although it took no data.
            Code::AGAIN => Some(piece),
            // libcurl has refused the call, and taken nothing.
            Code::BAD_FUNCTION_ARGUMENT => self.unsent,
            _ => None,
        };
    }
}

const OTHER: Error = Error::Option {
    option: SEND.name,
    reason: "the rest of another frame has to be sent first",
};

/// Returns libcurl's flags for a frame of this kind, and for whether the message goes on.
pub(crate) fn flags(item: Item, kind: FrameKind, fragment: Fragment) -> Result<c_int, Error> {
    let Some(flag) = kind.flag() else {
        return Err(item.unsuitable("libcurl cannot send a frame of this kind"));
    };
    match fragment {
        Fragment::Last => Ok(flag),
        Fragment::More if kind.is_data() => Ok(flag | sys::CURLWS_CONT),
        Fragment::More => Err(item.unsuitable("only a text or bytes may go in fragments")),
    }
}
