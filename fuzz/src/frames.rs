//! The frames of WebSockets (RFC 6455), encoded and decoded without libcurl.

use arbitrary::Arbitrary;
use curlback::FrameKind;

/// The answer that turns a connection into a WebSocket.
pub const SWITCH: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n";

/// A frame as it is on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wired {
    pub last: bool,
    pub opcode: u8,
    pub payload: Vec<u8>,
    /// How many bytes the whole payload has.
    pub len: u64,
}

impl Wired {
    pub fn is_whole(&self) -> bool {
        self.payload.len() as u64 == self.len
    }
}

/// A kind of frame that can be sent.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Binary,
    Ping,
    Pong,
    Close,
}

impl Kind {
    pub fn opcode(self) -> u8 {
        match self {
            Kind::Text => 1,
            Kind::Binary => 2,
            Kind::Close => 8,
            Kind::Ping => 9,
            Kind::Pong => 10,
        }
    }

    pub fn is_data(self) -> bool {
        matches!(self, Kind::Text | Kind::Binary)
    }
}

impl From<Kind> for FrameKind {
    fn from(kind: Kind) -> FrameKind {
        match kind {
            Kind::Text => FrameKind::Text,
            Kind::Binary => FrameKind::Binary,
            Kind::Ping => FrameKind::Ping,
            Kind::Pong => FrameKind::Pong,
            Kind::Close => FrameKind::Close,
        }
    }
}

/// Encodes a frame as a server does, without a mask.
pub fn encode(last: bool, opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![u8::from(last) << 7 | opcode];
    match payload.len() {
        len @ 0..=125 => bytes.push(len as u8),
        len @ 126..=0xFFFF => {
            bytes.push(126);
            bytes.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            bytes.push(127);
            bytes.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(payload);
    bytes
}

/// Decodes frames until the bytes end, or until the head of a frame is not allowed. The payload of
/// the last frame may be incomplete. A frame must have a mask if `masked` is true, and none otherwise.
pub fn decode(mut bytes: &[u8], masked: bool) -> Vec<Wired> {
    let mut frames = Vec::new();
    let mut take = |len: usize| -> Option<&[u8]> {
        let (head, rest) = bytes.split_at_checked(len)?;
        bytes = rest;
        Some(head)
    };
    while let Some(frame) = decode_one(&mut take, masked) {
        frames.push(frame);
    }
    frames
}

fn decode_one<'a>(take: &mut impl FnMut(usize) -> Option<&'a [u8]>, masked: bool) -> Option<Wired> {
    let first = take(1)?[0];
    let second = take(1)?[0];
    let (last, opcode) = (first & 0x80 != 0, first & 0x0F);
    let is_control = opcode & 8 != 0;
    let known = matches!(opcode, 0..=2 | 8..=10);
    if first & 0x70 != 0 || !known || (second & 0x80 != 0) != masked {
        return None;
    }
    if is_control && (!last || second & 0x7F > 125) {
        return None;
    }
    let len = match second & 0x7F {
        126 => u16::from_be_bytes(take(2)?.try_into().unwrap()).into(),
        127 => u64::from_be_bytes(take(8)?.try_into().unwrap()),
        len => len.into(),
    };
    if len > i64::MAX as u64 {
        return None;
    }
    let mask = match masked {
        true => take(4)?,
        false => &[0; 4],
    };
    let mut payload = Vec::new();
    while (payload.len() as u64) < len {
        let Some(byte) = take(1) else { break };
        payload.push(byte[0] ^ mask[payload.len() % 4]);
    }
    Some(Wired {
        last,
        opcode,
        payload,
        len,
    })
}
