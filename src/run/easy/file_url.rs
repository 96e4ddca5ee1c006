//! Files that `CURLOPT_CONNECT_ONLY` opens and leaves.
//!
//! libcurl before 8.9.0 keeps the connection of such a transfer, and the next transfer with the
//! same connections closes it. That transfer may be of any protocol, but libcurl takes its state
//! for that of a file: it frees a pointer of it and closes a descriptor, which is 0 in most cases.
//! So the connection is closed with its own transfer.

use std::ffi::CStr;

use crate::ffi::sys::{self, CURLoption};
use crate::quirks::FILE_LEFT_OPEN;
use crate::run::easy::Easy;
use crate::{Url, UrlPart};

pub(super) const DEFAULT_PROTOCOL: CURLoption = sys::CURLOPTTYPE_OBJECTPOINT + 238;

const SCHEME: &str = "file";

/// Which scheme the options choose, as far as it matters here.
#[derive(Clone, Copy, Default)]
pub(super) struct Schemes {
    /// Whether the URL names a file; `None` if it has no scheme.
    url: Option<bool>,
    /// Whether `CURLOPT_DEFAULT_PROTOCOL` does.
    default: bool,
}

impl Schemes {
    /// Notes `CURLOPT_URL`.
    pub(super) fn note_url(&mut self, url: Option<&CStr>) {
        let url = url.map_or_else(Default::default, CStr::to_string_lossy);
        let is_scheme = |text: &&str| {
            let mut bytes = text.bytes();
            bytes.all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        };
        let scheme = url.split_once(":/").map(|(scheme, _)| scheme);
        let scheme = scheme.filter(is_scheme);
        self.url = scheme.map(|scheme| scheme.eq_ignore_ascii_case(SCHEME));
    }

    /// Notes `CURLOPT_CURLU`.
    pub(super) fn note_url_handle(&mut self, url: &Url) {
        let scheme = url.get(UrlPart::Scheme).ok().flatten();
        self.url = scheme.map(|scheme| scheme.eq_ignore_ascii_case(SCHEME));
    }

    /// Notes `CURLOPT_DEFAULT_PROTOCOL`.
    pub(super) fn note_default(&mut self, scheme: Option<&CStr>) {
        let scheme = scheme.map(CStr::to_bytes);
        self.default = scheme.is_some_and(|s| s.eq_ignore_ascii_case(SCHEME.as_bytes()));
    }

    fn name_file(self) -> bool {
        self.url.unwrap_or(self.default)
    }
}

impl<H> Easy<H> {
    /// Returns whether the URL names a file.
    pub(crate) fn names_file(&self) -> bool {
        self.known.schemes.name_file()
    }

    /// Makes libcurl close the connection of a file that it would leave open.
    pub(in crate::run) fn close_file_connection(&mut self) {
        let leaves = self.known.connect_only != 0 && FILE_LEFT_OPEN.is_present();
        if leaves && self.known.schemes.name_file() {
            self.context.head().forbid_reuse();
        }
    }
}
