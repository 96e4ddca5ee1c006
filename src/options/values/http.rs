//! Values for HTTP: versions, redirects, headers, WebSockets.

use libc::c_long;

use crate::Error;
use crate::ffi::item::Item;
use crate::options::values::{Known, Value};
use crate::quirks::HTTP_VERSION_UNCHECKED;

bits! {
    /// The redirects after which a POST stays a POST.
    pub struct PostRedirections {
        /// After 301 Moved Permanently.
        MOVED_PERMANENTLY = 1 << 0, "CURL_REDIR_POST_301", "7.19.1";
        /// After 302 Found.
        FOUND = 1 << 1, "CURL_REDIR_POST_302", "7.19.1";
        /// After 303 See Other.
        SEE_OTHER = 1 << 2, "CURL_REDIR_POST_303", "7.26.0";
    }
}

/// A version of HTTP: the requested one, or the one that was used.
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
    /// HTTP/2 if the server supports it, otherwise HTTP/1.1. Since libcurl 7.33.0, if built with HTTP2.
    #[doc(alias = "CURL_HTTP_VERSION_2_0")]
    V2,
    /// HTTP/2 over TLS if the server supports it, otherwise HTTP/1.1. Without TLS, HTTP/1.1. Since libcurl 7.47.0, if
    /// built with HTTP2.
    #[doc(alias = "CURL_HTTP_VERSION_2TLS")]
    V2Tls,
    /// For `http://`, HTTP/2 at once, without negotiating it with the server. For `https://`, libcurl
    /// offers only HTTP/2 in the TLS handshake; before 8.10.0, it offers HTTP/1.1 too. With libcurl 7.88, each such
    /// transfer makes a new connection, since that release cannot reuse one that began with HTTP/2. Since libcurl 7.49.0,
    /// if built with HTTP2.
    #[doc(alias = "CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE")]
    V2PriorKnowledge,
    /// HTTP/3 if the server supports it, otherwise an earlier version; before libcurl 7.88.0, only HTTP/3. Since
    /// libcurl 7.66.0, if built with HTTP3.
    #[doc(alias = "CURL_HTTP_VERSION_3")]
    V3,
    /// Only HTTP/3. Since libcurl 7.88.0, if built with HTTP3.
    #[doc(alias = "CURL_HTTP_VERSION_3ONLY")]
    V3Only,
    /// A version that this crate does not know.
    Other(u32),
}

impl HttpVersion {
    #[rustfmt::skip]
    const KNOWN: [(HttpVersion, u32, Known); 8] = [
        (HttpVersion::Any, 0, Known::new("CURL_HTTP_VERSION_NONE", "7.9.1")),
        (HttpVersion::V1_0, 1, Known::new("CURL_HTTP_VERSION_1_0", "7.9.1")),
        (HttpVersion::V1_1, 2, Known::new("CURL_HTTP_VERSION_1_1", "7.9.1")),
        (HttpVersion::V2, 3, Known::new("CURL_HTTP_VERSION_2_0", "7.33.0").with("HTTP2")),
        (HttpVersion::V2Tls, 4, Known::new("CURL_HTTP_VERSION_2TLS", "7.47.0").with("HTTP2")),
        (HttpVersion::V2PriorKnowledge, 5, Known::new("CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE", "7.49.0").with("HTTP2")),
        (HttpVersion::V3, 30, Known::new("CURL_HTTP_VERSION_3", "7.66.0").with("HTTP3")),
        (HttpVersion::V3Only, 31, Known::new("CURL_HTTP_VERSION_3ONLY", "7.88.0").with("HTTP3")),
    ];

    pub(crate) fn from_raw(raw: c_long) -> HttpVersion {
        let raw = raw as u32;
        let known = Self::KNOWN.iter().find(|(_, number, _)| *number == raw);
        known.map_or(HttpVersion::Other(raw), |(version, ..)| *version)
    }

    fn number(self) -> u32 {
        match self {
            HttpVersion::Any => 0,
            HttpVersion::V1_0 => 1,
            HttpVersion::V1_1 => 2,
            HttpVersion::V2 => 3,
            HttpVersion::V2Tls => 4,
            HttpVersion::V2PriorKnowledge => 5,
            HttpVersion::V3 => 30,
            HttpVersion::V3Only => 31,
            HttpVersion::Other(number) => number,
        }
    }
}

impl Value for HttpVersion {
    fn into_raw(self) -> c_long {
        self.number() as c_long
    }

    // A number without a name is refused here if the linked libcurl may accept it, and else by libcurl.
    fn check(&self, item: Item) -> Result<(), Error> {
        let own = self.number();
        let known = Self::KNOWN.iter().find(|(_, number, _)| *number == own);
        match known {
            Some((.., known)) => known.check(),
            None if HTTP_VERSION_UNCHECKED.is_present() => Err(item.unsupported()),
            None => Ok(()),
        }
    }
}

choices! {
    /// Whether redirects are followed, and whether the next request has the method of
    /// [`custom_request`](crate::Transfer::custom_request) too. `true` converts to `All`, and `false` to `Never`.
    pub enum FollowLocation {
        /// Redirects are not followed.
        Never = 0, "CURLOPT_FOLLOWLOCATION", "7.1";
        /// Redirects are followed. All requests have the custom method.
        All = 1, "CURLFOLLOW_ALL", "7.1";
        /// Redirects are followed. The custom method is kept unless the status makes the next request a GET: 301 and
        /// 302 after a POST, and 303. Before libcurl 8.20.0, 303 also keeps the custom method of a request without a
        /// body.
        ObeyCode = 2, "CURLFOLLOW_OBEYCODE", "8.13.0";
        /// Redirects are followed. Only the first request has the custom method.
        FirstOnly = 3, "CURLFOLLOW_FIRSTONLY", "8.13.0";
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

choices! {
    /// How the age of a document decides whether the document is transferred. The time to compare with is set by
    /// [`time_value`](crate::Transfer::time_value). libcurl itself transfers a document whose last change it does not
    /// know.
    pub enum TimeCondition {
        /// The document is always transferred.
        None = 0, "CURL_TIMECOND_NONE", "7.9.7";
        /// The document is transferred if its last change was after the time to compare with.
        IfModifiedSince = 1, "CURL_TIMECOND_IFMODSINCE", "7.9.7";
        /// The document is transferred if its last change was before the time to compare with.
        IfUnmodifiedSince = 2, "CURL_TIMECOND_IFUNMODSINCE", "7.9.7";
        /// The request has the time to compare with in a header `Last-Modified`. libcurl itself checks the document as
        /// for `IfModifiedSince`.
        LastModified = 3, "CURL_TIMECOND_LASTMOD", "7.9.7";
    }
}

bits! {
    /// Which alternative services are used, and whether their file is written.
    pub struct AltSvc {
        /// The file of alternative services is read, but not written.
        READ_ONLY_FILE = 1 << 2, "CURLALTSVC_READONLYFILE", "7.64.1";
        /// Uses alternative services that speak HTTP/1.1.
        H1 = 1 << 3, "CURLALTSVC_H1", "7.64.1";
        /// Uses alternative services that speak HTTP/2.
        H2 = 1 << 4, "CURLALTSVC_H2", "7.64.1";
        /// Uses alternative services that speak HTTP/3.
        H3 = 1 << 5, "CURLALTSVC_H3", "7.64.1";
    }
}

bits! {
    /// Whether libcurl remembers the hosts that ask for HTTPS only, and whether their file is written.
    pub struct Hsts {
        /// libcurl remembers the hosts that ask for HTTPS only.
        ENABLE = 1 << 0, "CURLHSTS_ENABLE", "7.74.0";
        /// The file should not be written. No release up to 8.22 obeys this bit.
        READ_ONLY_FILE = 1 << 1, "CURLHSTS_READONLYFILE", "7.74.0";
    }
}

bits! {
    /// Which headers are sent to servers and which to proxies.
    pub struct HeaderOpt {
        /// A CONNECT request has only the headers of [`proxy_headers`](crate::Transfer::proxy_headers), and the
        /// requests inside the tunnel have only those of [`http_headers`](crate::Transfer::http_headers). Any other
        /// request that is sent to a proxy has both. Without this bit, all requests have the headers of `http_headers`,
        /// and none has those of `proxy_headers`.
        SEPARATE = 1 << 0, "CURLHEADER_SEPARATE", "7.37.0";
    }
}

bits! {
    /// How the names of fields and files are written in a form.
    pub struct MimeOptions {
        /// Quotes and backslashes in names are escaped by backslashes instead of percent-encoding.
        FORM_ESCAPE = 1 << 0, "CURLMIMEOPT_FORMESCAPE", "7.81.0";
    }
}

bits! {
    /// How libcurl handles the frames of WebSockets.
    pub struct WsOptions {
        /// libcurl neither encodes nor decodes frames: [`ws_raw`](crate::Callbacks::ws_raw) receives the
        /// bytes as they are, and [`ws_send_raw`](crate::Transfer::ws_send_raw) sends them. Only
        /// [`ws_recv`](crate::Transfer::ws_recv) decodes frames all the same.
        RAW_MODE = 1 << 0, "CURLWS_RAW_MODE", "7.86.0";
        /// libcurl does not answer pings, but hands them over. Without this bit, libcurl answers pings, but may answer
        /// only the last of several. If a ping arrives in several pieces, libcurl's answer contains only the last
        /// piece.
        NO_AUTO_PONG = 1 << 1, "CURLWS_NOAUTOPONG", "8.14.0";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_versions_map_both_ways() {
        for (version, number, _) in HttpVersion::KNOWN {
            assert_eq!(version.into_raw(), number as c_long);
            assert_eq!(HttpVersion::from_raw(number as c_long), version);
        }
        assert_eq!(HttpVersion::from_raw(77), HttpVersion::Other(77));
        assert_eq!(HttpVersion::Other(77).into_raw(), 77);
    }
}
