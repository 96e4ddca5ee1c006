//! RTP packets, which an RTSP server sends between its responses on the same connection.

use std::fmt;

/// An RTP packet, for [`interleave`](crate::Callbacks::interleave).
#[derive(Clone, Copy)]
pub struct RtpPacket<'a>(&'a [u8]);

/// The length of a packet's header: a dollar sign, the channel, and two bytes for the length of the payload.
const HEAD: usize = 4;

impl<'a> RtpPacket<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> RtpPacket<'a> {
        RtpPacket(bytes)
    }

    /// Returns the channel of the packet; the `Transport` header says what the channel is for.
    #[must_use]
    pub fn channel(&self) -> u8 {
        self.0.get(1).copied().unwrap_or_default()
    }

    /// Returns the payload, at most 65,535 bytes.
    #[must_use]
    pub fn payload(&self) -> &'a [u8] {
        self.0.get(HEAD..).unwrap_or_default()
    }

    /// Returns the whole packet: four bytes, which say channel and length, and the payload.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for RtpPacket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RtpPacket")
            .field("channel", &self.channel())
            .field("payload", &format_args!("{} bytes", self.payload().len()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::RtpPacket;

    #[test]
    fn packet_is_taken_apart() {
        let packet = RtpPacket::new(b"$\x07\0\x03abc");
        assert_eq!(packet.channel(), 7);
        assert_eq!(packet.payload(), b"abc");
        assert_eq!(packet.as_bytes().len(), 7);
        let packet = RtpPacket::new(b"$");
        assert_eq!((packet.channel(), packet.payload()), (0, &b""[..]));
    }
}
