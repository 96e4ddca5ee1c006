//! HTTP: versions, redirects, headers, WebSockets.

use bitflags::bitflags;
use libc::c_long;

use crate::Version;
use crate::ffi::sys;
use crate::options::values::Value;

bits! { AltSvc HeaderOpt Hsts MimeOptions PostRedirections }
bits! { WsOptions, NO_AUTO_PONG since 8, 14, 0 }
choice_values! { TimeCondition }

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

choices! {
    /// Which redirects are followed, and how a [`custom_request`](crate::Transfer::custom_request)
    /// fares. A `bool` converts: all of them, or none.
    pub enum FollowLocation {
        /// None.
        Never = 0, "CURLOPT_FOLLOWLOCATION";
        /// All, with the custom method kept.
        All = 1, "CURLFOLLOW_ALL";
        /// All, and 301, 302 and 303 put another method in the custom one's place. Since
        /// libcurl 8.13.0.
        ObeyCode = 2, "CURLFOLLOW_OBEYCODE";
        /// All, with the custom method in the first request only. Since libcurl 8.13.0.
        FirstOnly = 3, "CURLFOLLOW_FIRSTONLY";
    }
}

impl From<bool> for FollowLocation {
    fn from(all: bool) -> FollowLocation {
        match all {
            true => FollowLocation::All,
            false => FollowLocation::Never,
        }
    }
}

impl Value for FollowLocation {
    fn into_raw(self) -> c_long {
        self.number()
    }

    // Older releases follow all for any number but zero.
    fn since(&self) -> Version {
        match self {
            FollowLocation::Never | FollowLocation::All => Version::new(7, 1, 0),
            FollowLocation::ObeyCode | FollowLocation::FirstOnly => Version::new(8, 13, 0),
        }
    }
}

choices! {
    /// What a document's age decides.
    pub enum TimeCondition {
        /// Nothing.
        None = 0, "CURL_TIMECOND_NONE";
        /// It is transferred if it was changed since.
        IfModifiedSince = 1, "CURL_TIMECOND_IFMODSINCE";
        /// It is transferred if it was not changed since.
        IfUnmodifiedSince = 2, "CURL_TIMECOND_IFUNMODSINCE";
        /// As `IfUnmodifiedSince`, by the header `Last-Modified`.
        LastModified = 3, "CURL_TIMECOND_LASTMOD";
    }
}

bitflags! {
    /// Where alternative services are kept and which are taken.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct AltSvc: u32 {
        /// The file is not written.
        #[doc(alias = "CURLALTSVC_READONLYFILE")]
        const READ_ONLY_FILE = 1 << 2;
        /// Services of HTTP/1.
        #[doc(alias = "CURLALTSVC_H1")]
        const H1 = 1 << 3;
        /// Services of HTTP/2.
        #[doc(alias = "CURLALTSVC_H2")]
        const H2 = 1 << 4;
        /// Services of HTTP/3.
        #[doc(alias = "CURLALTSVC_H3")]
        const H3 = 1 << 5;
    }
}

bitflags! {
    /// Whether hosts may ask for HTTPS only, and where that is kept.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Hsts: u32 {
        /// They may.
        #[doc(alias = "CURLHSTS_ENABLE")]
        const ENABLE = 1 << 0;
        /// The file is to stay as it is; no release up to 8.22 heeds that.
        #[doc(alias = "CURLHSTS_READONLYFILE")]
        const READ_ONLY_FILE = 1 << 1;
    }
}

bitflags! {
    /// Who gets which headers.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct HeaderOpt: u32 {
        /// Those of [`http_headers`](crate::Transfer::http_headers) go to servers, and those of
        /// [`proxy_headers`](crate::Transfer::proxy_headers) to proxies. Without it, the former
        /// go to both.
        #[doc(alias = "CURLHEADER_SEPARATE")]
        const SEPARATE = 1 << 0;
    }
}

bitflags! {
    /// How forms are written.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct MimeOptions: u32 {
        /// Names are escaped by percent signs instead of backslashes.
        #[doc(alias = "CURLMIMEOPT_FORMESCAPE")]
        const FORM_ESCAPE = 1 << 0;
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
