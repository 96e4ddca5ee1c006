//! Files that a transfer with `CURLOPT_CONNECT_ONLY` opens and leaves open.
//!
//! libcurl before 8.9.0 keeps the connection of a `file://` transfer with this option, and a later
//! transfer that uses the same connection cache closes it. The later transfer may be of any protocol,
//! but libcurl takes its state for that of a file: it frees a pointer in that state and closes a
//! descriptor in it, which is 0 in most cases. So `CURLOPT_FORBID_REUSE` is set, which makes libcurl
//! close the connection at the end of the transfer that has opened the file.

use std::ffi::CStr;

use crate::ffi::sys::{self, CURLoption};
use crate::quirks::FILE_LEFT_OPEN;
use crate::run::easy::Easy;
use crate::{Url, UrlPart};

pub(super) const DEFAULT_PROTOCOL: CURLoption = sys::CURLOPTTYPE_OBJECTPOINT + 238;

/// What the options say about the scheme of the next transfer.
#[derive(Clone, Copy, Default)]
#[cfg_attr(test, derive(PartialEq))]
pub(super) struct Schemes {
    /// The scheme of the URL; `None` if the URL has no scheme.
    url: Option<Scheme>,
    /// The scheme of `CURLOPT_DEFAULT_PROTOCOL`; `None` if the option is not set.
    default: Option<Scheme>,
    /// Whether libcurl may guess that a URL without a scheme is one of FTP.
    looks_like_ftp: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    File,
    /// With TLS or without.
    Ftp,
    Http,
    Https,
    Telnet,
    /// With TLS or without.
    WebSocket,
    Other,
}

impl Scheme {
    fn of(name: &[u8]) -> Scheme {
        let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
        match () {
            () if is(b"http") => Scheme::Http,
            () if is(b"https") => Scheme::Https,
            () if is(b"file") => Scheme::File,
            () if is(b"ftp") || is(b"ftps") => Scheme::Ftp,
            () if is(b"telnet") => Scheme::Telnet,
            () if is(b"ws") || is(b"wss") => Scheme::WebSocket,
            () => Scheme::Other,
        }
    }
}

impl Schemes {
    /// Notes `CURLOPT_URL`.
    pub(super) fn note_url(&mut self, url: Option<&CStr>) {
        let url = url.map_or(&[][..], CStr::to_bytes);
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
        let end = url.iter().position(|b| !is_part(b)).unwrap_or(url.len());
        let (scheme, rest) = url.split_at(end);
        self.url = rest.starts_with(b":/").then(|| Scheme::of(scheme));
        let is_prefix = |host: &[u8]| host.eq_ignore_ascii_case(b"ftp.");
        self.looks_like_ftp = self.url.is_none() && url.windows(4).any(is_prefix);
    }

    /// Notes `CURLOPT_CURLU`.
    pub(super) fn note_url_handle(&mut self, url: &Url) {
        let scheme = url.get(UrlPart::Scheme).ok().flatten();
        self.url = scheme.map(|scheme| Scheme::of(scheme.as_bytes()));
        self.looks_like_ftp = true;
    }

    /// Notes `CURLOPT_DEFAULT_PROTOCOL`.
    pub(super) fn note_default(&mut self, scheme: Option<&CStr>) {
        self.default = scheme.map(|name| Scheme::of(name.to_bytes()));
    }

    fn name_file(self) -> bool {
        self.url.or(self.default) == Some(Scheme::File)
    }

    /// Returns whether the URL of the next transfer may be one of FTP.
    pub(super) fn may_name_ftp(self) -> bool {
        let scheme = self.url.or(self.default);
        scheme.map_or(self.looks_like_ftp, |scheme| scheme == Scheme::Ftp)
    }

    /// Returns whether the URL itself names HTTP or HTTPS.
    pub(super) fn name_http(self) -> bool {
        matches!(self.url, Some(Scheme::Http | Scheme::Https))
    }

    /// Returns whether the URL itself names a protocol whose requests are those of HTTP.
    fn name_http_requests(self) -> bool {
        self.name_http() || self.url == Some(Scheme::WebSocket)
    }

    /// Returns whether the URL itself names HTTP without TLS.
    pub(super) fn name_plain_http(self) -> bool {
        self.url == Some(Scheme::Http)
    }

    /// Returns whether the URL itself names another protocol than HTTP and HTTPS.
    pub(super) fn name_other(self) -> bool {
        matches!(
            self.url,
            Some(Scheme::File | Scheme::Ftp | Scheme::Telnet | Scheme::WebSocket | Scheme::Other)
        )
    }

    /// Returns whether the URL itself names TELNET, for which libcurl calls `read` although no option
    /// for an upload is set.
    pub(super) fn name_telnet(self) -> bool {
        self.url == Some(Scheme::Telnet)
    }
}

impl<H> Easy<H> {
    /// Returns whether the URL itself names HTTP or HTTPS.
    pub(crate) fn names_http(&self) -> bool {
        self.known.schemes.name_http()
    }

    /// Returns whether the URL, or the default protocol if the URL has no scheme, names another protocol than HTTP
    /// and HTTPS.
    pub(crate) fn names_other_than_http(&self) -> bool {
        let schemes = self.known.schemes;
        let scheme = schemes.url.or(schemes.default);
        scheme.is_some_and(|scheme| !matches!(scheme, Scheme::Http | Scheme::Https))
    }

    /// Returns whether a token is set that the next request, of HTTP or a WebSocket, would not have.
    pub(crate) fn withholds_token(&self) -> bool {
        let known = &self.known;
        // If `CURLOPT_CONNECT_ONLY` is 1, libcurl sends no request to the server.
        let requests = known.connect_only != 1 && known.schemes.name_http_requests();
        requests && known.answers.withholds_token()
    }

    /// Returns whether the URL, or the default protocol if the URL has no scheme, names a file.
    pub(crate) fn names_file(&self) -> bool {
        self.known.schemes.name_file()
    }

    /// If libcurl would leave the file of the next transfer open, makes it close the connection at the
    /// end of that transfer.
    pub(in crate::run) fn close_file_connection(&mut self) {
        let leaves = self.known.connect_only != 0 && FILE_LEFT_OPEN.is_present();
        if leaves && self.known.schemes.name_file() {
            self.context.head().forbid_reuse();
        }
    }
}
