//! The values of options that take a set of bits or one of a few choices.

use bitflags::bitflags;
use libc::c_long;

use crate::ffi::sys;

/// Lets an option's row name the type of its value.
pub(crate) trait Value {
    fn into_raw(self) -> c_long;
}

macro_rules! bits {
    ($($name:ident)*) => {
        $(impl Value for $name {
            fn into_raw(self) -> c_long {
                // libcurl wants the bits in a long, whatever its width.
                self.bits() as c_long
            }
        })*
    };
}

bits! { Auth Hsts PostRedirections WsOptions }

impl Value for SshAuth {
    fn into_raw(self) -> c_long {
        // All bits are -1 in C.
        c_long::from(self.bits() as i32)
    }
}

bitflags! {
    /// Methods of authentication, for a server or a proxy.
    ///
    /// Given several, libcurl asks the server which it offers and takes the
    /// safest; that costs a round trip, and sends an upload's body twice or
    /// rewinds it with [`seek`](crate::Callbacks::seek).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Auth: u32 {
        /// User name and password as they are; safe over TLS only.
        #[doc(alias = "CURLAUTH_BASIC")]
        const BASIC = sys::CURLAUTH_BASIC as u32;
        /// A proof that the password is known.
        #[doc(alias = "CURLAUTH_DIGEST")]
        const DIGEST = sys::CURLAUTH_DIGEST as u32;
        /// Digest as old versions of Internet Explorer did it.
        #[doc(alias = "CURLAUTH_DIGEST_IE")]
        const DIGEST_IE = sys::CURLAUTH_DIGEST_IE as u32;
        /// Negotiate, that is Kerberos.
        #[doc(alias = "CURLAUTH_NEGOTIATE")]
        const NEGOTIATE = sys::CURLAUTH_GSSNEGOTIATE as u32;
        /// NTLM.
        #[doc(alias = "CURLAUTH_NTLM")]
        const NTLM = sys::CURLAUTH_NTLM as u32;
        /// An OAuth 2.0 token. Since libcurl 7.61.0.
        #[doc(alias = "CURLAUTH_BEARER")]
        const BEARER = 1 << 6;
        /// An AWS V4 signature. Since libcurl 7.75.0.
        #[doc(alias = "CURLAUTH_AWS_SIGV4")]
        const AWS_SIGV4 = sys::CURLAUTH_AWS_SIGV4 as u32;
        /// With one other: that method alone, without asking the server first.
        #[doc(alias = "CURLAUTH_ONLY")]
        const ONLY = 1 << 31;
        /// Whatever the server offers.
        #[doc(alias = "CURLAUTH_ANY")]
        const ANY = sys::CURLAUTH_ANY as u32;
        /// Whatever the server offers, but never Basic.
        #[doc(alias = "CURLAUTH_ANYSAFE")]
        const ANY_SAFE = sys::CURLAUTH_ANYSAFE as u32;
    }
}

bitflags! {
    /// The redirects after which a POST stays a POST.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct PostRedirections: u32 {
        /// After 301 Moved Permanently.
        #[doc(alias = "CURL_REDIR_POST_301")]
        const MOVED_PERMANENTLY = sys::CURL_REDIR_POST_301 as u32;
        /// After 302 Found.
        #[doc(alias = "CURL_REDIR_POST_302")]
        const FOUND = sys::CURL_REDIR_POST_302 as u32;
        /// After 303 See Other.
        #[doc(alias = "CURL_REDIR_POST_303")]
        const SEE_OTHER = sys::CURL_REDIR_POST_303 as u32;
    }
}

bitflags! {
    /// Methods of authentication with an SSH server.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct SshAuth: u32 {
        /// A key pair.
        #[doc(alias = "CURLSSH_AUTH_PUBLICKEY")]
        const PUBLIC_KEY = 1 << 0;
        /// A password.
        #[doc(alias = "CURLSSH_AUTH_PASSWORD")]
        const PASSWORD = 1 << 1;
        /// The key of the client's host.
        #[doc(alias = "CURLSSH_AUTH_HOST")]
        const HOST = 1 << 2;
        /// Questions and answers.
        #[doc(alias = "CURLSSH_AUTH_KEYBOARD")]
        const KEYBOARD = 1 << 3;
        /// An agent that holds keys.
        #[doc(alias = "CURLSSH_AUTH_AGENT")]
        const AGENT = 1 << 4;
        /// GSSAPI.
        #[doc(alias = "CURLSSH_AUTH_GSSAPI")]
        const GSSAPI = 1 << 5;
        /// Whatever the server offers.
        #[doc(alias = "CURLSSH_AUTH_ANY")]
        const ANY = !0;
    }
}

/// A version of HTTP, asked for or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpVersion {
    /// libcurl's choice.
    #[doc(alias = "CURL_HTTP_VERSION_NONE")]
    Any,
    /// HTTP/1.0.
    #[doc(alias = "CURL_HTTP_VERSION_1_0")]
    V1_0,
    /// HTTP/1.1.
    #[doc(alias = "CURL_HTTP_VERSION_1_1")]
    V1_1,
    /// HTTP/2, else HTTP/1.1.
    #[doc(alias = "CURL_HTTP_VERSION_2_0")]
    V2,
    /// HTTP/2 over TLS, else HTTP/1.1. Since libcurl 7.47.0.
    #[doc(alias = "CURL_HTTP_VERSION_2TLS")]
    V2Tls,
    /// HTTP/2 without asking. Since libcurl 7.49.0.
    #[doc(alias = "CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE")]
    V2PriorKnowledge,
    /// HTTP/3, else an earlier version. Since libcurl 7.66.0.
    #[doc(alias = "CURL_HTTP_VERSION_3")]
    V3,
    /// HTTP/3 and no other. Since libcurl 7.88.0.
    #[doc(alias = "CURL_HTTP_VERSION_3ONLY")]
    V3Only,
    /// A version that this crate does not know.
    Other(u32),
}

impl HttpVersion {
    const KNOWN: [(HttpVersion, u32); 8] = [
        (HttpVersion::Any, 0),
        (HttpVersion::V1_0, 1),
        (HttpVersion::V1_1, 2),
        (HttpVersion::V2, 3),
        (HttpVersion::V2Tls, 4),
        (HttpVersion::V2PriorKnowledge, 5),
        (HttpVersion::V3, 30),
        (HttpVersion::V3Only, 31),
    ];

    pub(crate) fn from_raw(raw: c_long) -> HttpVersion {
        let raw = raw as u32;
        let known = Self::KNOWN.into_iter().find(|(_, number)| *number == raw);
        known.map_or(HttpVersion::Other(raw), |(version, _)| version)
    }
}

impl Value for HttpVersion {
    fn into_raw(self) -> c_long {
        let known = Self::KNOWN
            .into_iter()
            .find(|(version, _)| *version == self);
        match (known, self) {
            (Some((_, number)), _) | (None, HttpVersion::Other(number)) => number as c_long,
            (None, _) => unreachable!("every version but `Other` is in the table"),
        }
    }
}

/// Which kind of address a host name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IpResolve {
    /// Either.
    #[doc(alias = "CURL_IPRESOLVE_WHATEVER")]
    Any,
    /// IPv4 only.
    #[doc(alias = "CURL_IPRESOLVE_V4")]
    V4,
    /// IPv6 only.
    #[doc(alias = "CURL_IPRESOLVE_V6")]
    V6,
}

impl Value for IpResolve {
    fn into_raw(self) -> c_long {
        match self {
            IpResolve::Any => 0,
            IpResolve::V4 => 1,
            IpResolve::V6 => 2,
        }
    }
}

/// Whether a transfer ends with the connection. A `bool` converts: it does, or it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectOnly {
    /// It goes on.
    No,
    /// It ends when connected.
    Yes,
    /// It ends when the server has agreed to speak WebSockets. Since libcurl 7.86.0.
    WebSocket,
}

impl From<bool> for ConnectOnly {
    fn from(only: bool) -> ConnectOnly {
        match only {
            true => ConnectOnly::Yes,
            false => ConnectOnly::No,
        }
    }
}

impl Value for ConnectOnly {
    fn into_raw(self) -> c_long {
        self as c_long
    }
}

bitflags! {
    /// Whether hosts may ask for HTTPS only, and where that is kept.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Hsts: u32 {
        /// They may.
        #[doc(alias = "CURLHSTS_ENABLE")]
        const ENABLE = 1 << 0;
        /// The file is not written.
        #[doc(alias = "CURLHSTS_READONLYFILE")]
        const READ_ONLY_FILE = 1 << 1;
    }
}

bitflags! {
    /// How WebSockets are spoken.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct WsOptions: u32 {
        /// Frames are neither made nor read.
        #[doc(alias = "CURLWS_RAW_MODE")]
        const RAW_MODE = 1 << 0;
        /// Pings are not answered. Since libcurl 8.14.0.
        #[doc(alias = "CURLWS_NOAUTOPONG")]
        const NO_AUTO_PONG = 1 << 1;
    }
}

/// The requests of RTSP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RtspRequest {
    /// Asks what the server can do.
    Options = 1,
    /// Settles how a stream is transported.
    Setup = 4,
    /// Starts the stream.
    Play = 5,
    /// Receives what the stream sends.
    Receive = 11,
}

impl Value for RtspRequest {
    fn into_raw(self) -> c_long {
        self as c_long
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_versions_map_both_ways() {
        for (version, number) in HttpVersion::KNOWN {
            assert_eq!(version.into_raw(), number as c_long);
            assert_eq!(HttpVersion::from_raw(number as c_long), version);
        }
        assert_eq!(HttpVersion::from_raw(77), HttpVersion::Other(77));
        assert_eq!(HttpVersion::Other(77).into_raw(), 77);
    }
}
