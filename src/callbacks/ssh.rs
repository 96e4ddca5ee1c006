//! The host keys of SSH servers.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use libc::{c_int, c_uint};

use crate::error::{BoxError, Stop};
use crate::ffi::sys;

/// The host key of an SSH server: its kind, and its bytes in the form in which the server sends them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "curl_khkey")]
pub struct KhKey<'a> {
    kind: KhType,
    bytes: Cow<'a, [u8]>,
}

impl<'a> KhKey<'a> {
    /// Makes a key from its raw bytes, or from its base64 text. libcurl hands over
    /// one or the other, depending on the SSH library and on where the key comes from.
    pub(crate) fn new(kind: c_uint, key: &'a [u8]) -> KhKey<'a> {
        // The raw bytes of a key begin with the length of its algorithm's name in four bytes, so with a zero.
        let text = if key.first() == Some(&0) {
            None
        } else {
            decode(key)
        };
        KhKey {
            kind: KhType::from_raw(kind),
            bytes: text.map_or(Cow::Borrowed(key), Cow::Owned),
        }
    }

    /// Returns the kind of the key.
    #[must_use]
    pub fn kind(&self) -> KhType {
        self.kind
    }

    /// Returns the bytes of the key.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the key in base64, as it is in a known-hosts file.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.trim_ascii();
    STANDARD
        .decode(text)
        .or_else(|_| STANDARD_NO_PAD.decode(text))
        .ok()
}

/// The kind of a host key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KhType {
    /// A kind that libcurl does not know.
    #[doc(alias = "CURLKHTYPE_UNKNOWN")]
    Unknown,
    /// RSA of SSH version 1.
    #[doc(alias = "CURLKHTYPE_RSA1")]
    Rsa1,
    /// RSA.
    #[doc(alias = "CURLKHTYPE_RSA")]
    Rsa,
    /// DSS.
    #[doc(alias = "CURLKHTYPE_DSS")]
    Dss,
    /// ECDSA. Since libcurl 7.58.0.
    #[doc(alias = "CURLKHTYPE_ECDSA")]
    Ecdsa,
    /// Ed25519. Since libcurl 7.58.0.
    #[doc(alias = "CURLKHTYPE_ED25519")]
    Ed25519,
    /// A kind that this crate does not know.
    Other(u32),
}

impl KhType {
    fn from_raw(raw: c_uint) -> KhType {
        match raw {
            sys::CURLKHTYPE_UNKNOWN => KhType::Unknown,
            sys::CURLKHTYPE_RSA1 => KhType::Rsa1,
            sys::CURLKHTYPE_RSA => KhType::Rsa,
            sys::CURLKHTYPE_DSS => KhType::Dss,
            sys::CURLKHTYPE_ECDSA => KhType::Ecdsa,
            sys::CURLKHTYPE_ED25519 => KhType::Ed25519,
            other => KhType::Other(other),
        }
    }
}

/// How the key of a server compares with the keys in the known-hosts file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KhMatch {
    /// The file has this key for the host.
    #[doc(alias = "CURLKHMATCH_OK")]
    Ok,
    /// The file has another key of the same kind for the host. With libssh, a key of another kind counts too.
    #[doc(alias = "CURLKHMATCH_MISMATCH")]
    Mismatch,
    /// The file has no key of this kind for the host; with libssh, it has no key at all for the host.
    ///
    /// If the file names the host and has a key of another kind for it, libcurl 7.73.0 and later with libssh2 accept
    /// only that kind: if the server has no key of that kind, the transfer fails before this callback. A line with a
    /// hashed name then counts as one of every host.
    #[doc(alias = "CURLKHMATCH_MISSING")]
    Missing,
    /// Another number of libcurl's; 3 means that the comparison itself failed.
    Other(u32),
}

impl KhMatch {
    pub(crate) fn from_raw(raw: c_uint) -> KhMatch {
        match raw {
            sys::CURLKHMATCH_OK => KhMatch::Ok,
            sys::CURLKHMATCH_MISMATCH => KhMatch::Mismatch,
            sys::CURLKHMATCH_MISSING => KhMatch::Missing,
            other => KhMatch::Other(other),
        }
    }
}

/// What [`ssh_key`](crate::Callbacks::ssh_key) answers.
///
/// # Examples
/// Trusts a server at its first use:
/// ```
/// use curlback::{Callbacks, KhKey, KhMatch, KhStat, callbacks};
///
/// struct FirstUse;
///
/// #[callbacks]
/// impl Callbacks for FirstUse {
///     fn ssh_key(&mut self, _: Option<KhKey<'_>>, _: KhKey<'_>, matching: KhMatch) -> KhStat {
///         match matching {
///             KhMatch::Ok => KhStat::Fine,
///             KhMatch::Missing => KhStat::FineAddToFile,
///             _ => KhStat::Reject, // another key: somebody in between, or a new server
///         }
///     }
/// }
/// # let _ = FirstUse;
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum KhStat {
    /// The transfer goes on, and libcurl adds the key to the known-hosts file.
    ///
    /// With libssh2, a key that is already in the file is not added, and libcurl writes the whole file again from what
    /// it has read of the file. So comments on lines of their own are lost. If libcurl cannot read a line, **this line
    /// and all lines after it are lost**. If the file cannot be written, the transfer goes on all the same. Before
    /// 8.21, libcurl does not write the port: the key then counts for every port of the host. With libssh, the transfer
    /// fails if the key cannot be added.
    #[doc(alias = "CURLKHSTAT_FINE_ADD_TO_FILE")]
    FineAddToFile,
    /// The transfer goes on.
    #[doc(alias = "CURLKHSTAT_FINE")]
    Fine,
    /// The transfer goes on, and libcurl replaces the host's key in the known-hosts file. libcurl writes the file as
    /// for [`FineAddToFile`](KhStat::FineAddToFile). This answer needs libcurl 7.73.0 with libssh2: otherwise it fails
    /// the transfer.
    #[doc(alias = "CURLKHSTAT_FINE_REPLACE")]
    FineReplace,
    /// Stops the transfer with [`Error::Aborted`](crate::Error::Aborted).
    #[doc(alias = "CURLKHSTAT_REJECT")]
    Reject,
    /// Stops the transfer as [`Reject`](KhStat::Reject) does.
    #[doc(alias = "CURLKHSTAT_DEFER")]
    Defer,
    /// Stops the transfer with [`Error::Callback`](crate::Error::Callback), which keeps this error.
    Fail(BoxError),
}

impl KhStat {
    pub(crate) fn into_raw(self) -> Result<c_int, Stop> {
        match self {
            KhStat::FineAddToFile => Ok(sys::CURLKHSTAT_FINE_ADD_TO_FILE),
            KhStat::Fine => Ok(sys::CURLKHSTAT_FINE),
            KhStat::FineReplace => Ok(sys::CURLKHSTAT_FINE_REPLACE),
            KhStat::Reject => Err(Stop::Abort),
            KhStat::Defer => Ok(sys::CURLKHSTAT_DEFER),
            KhStat::Fail(error) => Err(Stop::Error(error)),
        }
    }
}

/// What [`ssh_hostkey`](crate::Callbacks::ssh_hostkey) answers.
#[derive(Debug)]
#[non_exhaustive]
pub enum HostKeyResult {
    /// The transfer goes on.
    #[doc(alias = "CURLKHMATCH_OK")]
    Accept,
    /// Stops the transfer with [`Error::Aborted`](crate::Error::Aborted).
    #[doc(alias = "CURLKHMATCH_MISMATCH")]
    Reject,
    /// Stops the transfer with [`Error::Callback`](crate::Error::Callback), which keeps this error.
    Fail(BoxError),
}

impl HostKeyResult {
    pub(crate) fn into_raw(self) -> Result<c_int, Stop> {
        match self {
            HostKeyResult::Accept => Ok(sys::CURLKHMATCH_OK as c_int),
            HostKeyResult::Reject => Err(Stop::Abort),
            HostKeyResult::Fail(error) => Err(Stop::Error(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_bytes_whatever_encoding_they_came_in() {
        let raw = b"\0\0\0\x0Bssh-ed25519\0\0\0 0123456789abcdef0123456789abcdef";
        let text = STANDARD.encode(raw);
        assert_eq!(KhKey::new(5, raw).bytes(), raw);
        assert_eq!(KhKey::new(5, text.as_bytes()).bytes(), raw);
        assert_eq!(KhKey::new(5, text.as_bytes()).to_base64(), text);
        assert_eq!(
            KhKey::new(5, text.trim_end_matches('=').as_bytes()).bytes(),
            raw
        );
    }

    #[test]
    fn unknown_kinds_and_matches_are_kept() {
        assert_eq!(KhType::from_raw(5), KhType::Ed25519);
        assert_eq!(KhType::from_raw(9), KhType::Other(9));
        assert_eq!(KhMatch::from_raw(2), KhMatch::Missing);
        assert_eq!(KhMatch::from_raw(3), KhMatch::Other(3));
    }
}
