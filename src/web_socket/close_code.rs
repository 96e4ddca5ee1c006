//! The codes that say why a WebSocket is closed.

use std::fmt;

use crate::Error;
use crate::ffi::websocket::SEND;

/// A code that says why a WebSocket is closed. The code is always one that may be sent.
///
/// [RFC 6455, section 7.4](https://www.rfc-editor.org/rfc/rfc6455#section-7.4) and the
/// [registry](https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number) say what each code
/// means. Codes from 3000 to 3999 are for libraries and applications that register them, and those from 4000 to
/// 4999 are free for private use.
///
/// # Examples
/// ```
/// use curlback::CloseCode;
///
/// assert_eq!(CloseCode::new(1000)?, CloseCode::NORMAL);
/// assert_eq!(CloseCode::new(4321)?.get(), 4321);
/// // 1005 means that no code was received, and is never sent.
/// assert!(CloseCode::new(1005).is_err());
/// # Ok::<(), curlback::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CloseCode(u16);

impl CloseCode {
    /// The purpose of the WebSocket is fulfilled.
    pub const NORMAL: CloseCode = CloseCode(1000);
    /// This side goes away: a server shuts down, or a user leaves a page.
    pub const GOING_AWAY: CloseCode = CloseCode(1001);
    /// The peer does not keep to the protocol.
    pub const PROTOCOL_ERROR: CloseCode = CloseCode(1002);
    /// A message has a kind that this side does not accept, such as binary instead of text.
    pub const UNSUPPORTED_DATA: CloseCode = CloseCode(1003);
    /// The content of a message does not fit its kind, such as a text that is not UTF-8.
    pub const INVALID_DATA: CloseCode = CloseCode(1007);
    /// A message violates a policy of this side. Also for reasons that have no other code.
    pub const POLICY_VIOLATION: CloseCode = CloseCode(1008);
    /// A message is too large.
    pub const MESSAGE_TOO_BIG: CloseCode = CloseCode(1009);
    /// The server has not agreed to an extension that the client needs.
    pub const MANDATORY_EXTENSION: CloseCode = CloseCode(1010);
    /// An unexpected condition prevents this side from continuing.
    pub const INTERNAL_ERROR: CloseCode = CloseCode(1011);

    /// Makes a code from a number that may be sent.
    ///
    /// # Errors
    /// [`Error::Option`] for a number that must not be sent: all below 1000, from 1016 to 2999 and above 4999, and
    /// 1004, 1005, 1006 and 1015.
    pub fn new(code: u16) -> Result<CloseCode, Error> {
        let reason = match code {
            1000..=1003 | 1007..=1014 | 3000..=4999 => return Ok(CloseCode(code)),
            1004 => "the close code 1004 is reserved, and means nothing yet",
            1005 => "the close code 1005 says that no code was received, and is never sent",
            1006 => "the close code 1006 says that the connection was cut, and is never sent",
            1015 => "the close code 1015 says that TLS has failed, and is never sent",
            ..1000 => "close codes begin with 1000",
            1016..=2999 => {
                "close codes from 1016 to 2999 are reserved for later versions of the protocol"
            }
            5000.. => "close codes end with 4999",
        };
        Err(SEND.unsuitable(reason))
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// Prints the number.
impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> u16 {
        code.get()
    }
}

impl TryFrom<u16> for CloseCode {
    type Error = Error;

    fn try_from(code: u16) -> Result<CloseCode, Error> {
        CloseCode::new(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_that_may_be_sent() {
        let refused = |code: &u16| CloseCode::new(*code).is_err();
        let refused: Vec<u16> = (0..=u16::MAX).filter(refused).collect();
        let expected = (0..1000)
            .chain([1004, 1005, 1006])
            .chain(1015..3000)
            .chain(5000..=u16::MAX);
        assert!(refused.iter().copied().eq(expected));
        for code in [1004, 1005, 1006, 1015] {
            let error = CloseCode::new(code).unwrap_err().to_string();
            assert!(error.contains(&code.to_string()), "{error}");
        }
    }
}
