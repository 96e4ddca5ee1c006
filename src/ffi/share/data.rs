//! The kinds of data that a share can hold.

use bitflags::bitflags;

use crate::ffi::sys;

bitflags! {
    /// The kinds of data that a [`Share`](crate::Share) can hold.
    ///
    /// See libcurl's page of
    /// [`CURLSHOPT_SHARE`](https://curl.se/libcurl/c/CURLSHOPT_SHARE.html).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct ShareData: u32 {
        /// Cookies. Each transfer must turn them on: [`cookie_file`](crate::Transfer::cookie_file) with an
        /// empty path is enough. Before libcurl 7.67.0, the share turns them on by itself. With libcurl 8.11.0
        /// to 8.15.0, one thread at a time uses the cookies: see [`Share`](crate::Share).
        #[doc(alias = "CURL_LOCK_DATA_COOKIE")]
        const COOKIES = 1 << sys::CURL_LOCK_DATA_COOKIE;
        /// The DNS cache: the addresses of host names.
        #[doc(alias = "CURL_LOCK_DATA_DNS")]
        const DNS = 1 << sys::CURL_LOCK_DATA_DNS;
        /// TLS sessions, which a later connection may resume.
        ///
        /// Transfers with [`Hooks::SSL_CTX`](crate::Hooks::SSL_CTX) neither store nor resume
        /// sessions, unless [`ssl_sessionid_cache`](crate::Transfer::ssl_sessionid_cache) is turned on.
        /// Since 7.23.0.
        #[doc(alias = "CURL_LOCK_DATA_SSL_SESSION")]
        const SSL_SESSIONS = 1 << sys::CURL_LOCK_DATA_SSL_SESSION;
        /// Connections. One thread at a time uses the connections: see [`Share`](crate::Share).
        ///
        /// Outside of a [`Multi`](crate::Multi), at most 5 connections are kept by default, for all transfers
        /// together, so set [`Transfer::max_connects`](crate::Transfer::max_connects) of each transfer to the
        /// number of threads or more: see [`Share`](crate::Share#how-many-connections-are-kept).
        ///
        /// As within a `Multi`, libcurl does not call the callbacks that make a connection, such as `ssl_ctx`,
        /// `ssh_key` and `sockopt`, of a transfer that reuses a connection. To prevent such a reuse, set
        /// [`forbid_reuse`](crate::Transfer::forbid_reuse), which closes a transfer's connection after the
        /// transfer, or [`fresh_connect`](crate::Transfer::fresh_connect), which makes a new connection for the
        /// first request of a transfer. Since 7.57.0.
        #[doc(alias("CURL_LOCK_DATA_CONNECT", "connection pool", "keep-alive"))]
        const CONNECTIONS = 1 << sys::CURL_LOCK_DATA_CONNECT;
        /// The public suffix list: suffixes under which anybody can register a name, and for which
        /// libcurl accepts no cookies. Since 7.61.0.
        #[doc(alias = "CURL_LOCK_DATA_PSL")]
        const PSL = 1 << sys::CURL_LOCK_DATA_PSL;
        /// The HSTS cache: hosts that asked for HTTPS only. One thread at a time uses the cache: see
        /// [`Share`](crate::Share). Since 7.88.0.
        #[doc(alias = "CURL_LOCK_DATA_HSTS")]
        const HSTS = 1 << sys::CURL_LOCK_DATA_HSTS;
    }
}
