//! What a verbose transfer reports.

use std::io::{self, Write};

use crate::ffi::sys;

/// What the data of [`debug`](crate::Callbacks::debug) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias("curl_infotype", "InfoType"))]
pub enum DebugKind {
    /// A message of libcurl about what it does, with a newline at the end.
    #[doc(alias = "CURLINFO_TEXT")]
    Text,
    /// Header data from the server.
    #[doc(alias = "CURLINFO_HEADER_IN")]
    HeaderIn,
    /// Header data to the server, which may include credentials. It is often the whole request head, several lines at
    /// once.
    #[doc(alias = "CURLINFO_HEADER_OUT")]
    HeaderOut,
    /// Body data from the server.
    #[doc(alias = "CURLINFO_DATA_IN")]
    DataIn,
    /// Body data to the server.
    #[doc(alias = "CURLINFO_DATA_OUT")]
    DataOut,
    /// TLS messages from the server, in binary.
    #[doc(alias = "CURLINFO_SSL_DATA_IN")]
    SslDataIn,
    /// TLS messages to the server, in binary.
    #[doc(alias = "CURLINFO_SSL_DATA_OUT")]
    SslDataOut,
    /// A kind that this crate does not know.
    Other(u32),
}

impl DebugKind {
    #[inline]
    pub(crate) fn from_raw(raw: sys::curl_infotype) -> DebugKind {
        match raw {
            sys::CURLINFO_TEXT => DebugKind::Text,
            sys::CURLINFO_HEADER_IN => DebugKind::HeaderIn,
            sys::CURLINFO_HEADER_OUT => DebugKind::HeaderOut,
            sys::CURLINFO_DATA_IN => DebugKind::DataIn,
            sys::CURLINFO_DATA_OUT => DebugKind::DataOut,
            sys::CURLINFO_SSL_DATA_IN => DebugKind::SslDataIn,
            sys::CURLINFO_SSL_DATA_OUT => DebugKind::SslDataOut,
            #[allow(clippy::unnecessary_cast, reason = "a C enum is an int with MSVC")]
            other => DebugKind::Other(other as u32),
        }
    }

    /// Returns what libcurl itself prints before data of this kind; `None` if libcurl does not print this kind.
    fn prefix(self) -> Option<&'static [u8]> {
        match self {
            DebugKind::Text => Some(b"* "),
            DebugKind::HeaderIn => Some(b"< "),
            DebugKind::HeaderOut => Some(b"> "),
            _ => None,
        }
    }

    /// Prints to standard error what libcurl would print by default. Ignores errors of standard error, as libcurl does.
    pub(crate) fn print(self, data: &[u8]) {
        if let Some(prefix) = self.prefix() {
            let _ = io::stderr().write_all(&[prefix, data].concat());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DebugKind;

    #[test]
    fn unknown_kinds_are_kept() {
        assert_eq!(DebugKind::from_raw(0), DebugKind::Text);
        assert_eq!(DebugKind::from_raw(6), DebugKind::SslDataOut);
        assert_eq!(DebugKind::from_raw(99), DebugKind::Other(99));
    }
}
