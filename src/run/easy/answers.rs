//! The options by which this crate predicts which responses libcurl may answer with another request.

use std::ffi::CStr;

use libc::c_long;

use crate::callbacks::final_head::Answers;
use crate::ffi::sys;

pub(super) const XOAUTH2_BEARER: sys::CURLoption = sys::CURLOPTTYPE_OBJECTPOINT + 220;

/// `CURLAUTH_BEARER`.
const BEARER: c_long = 1 << 6;

/// The user's values of the options by which this crate predicts which responses libcurl may answer with
/// another request, or may take for an error.
#[derive(Clone, Copy, Default)]
#[cfg_attr(test, derive(PartialEq))]
pub(in crate::run) struct AnswerOptions {
    follows: bool,
    /// Whether a user name or a token was set since the last reset.
    credentials: bool,
    /// Whether `CURLOPT_XOAUTH2_BEARER` is set.
    token: bool,
    url_credentials: bool,
    netrc: bool,
    host_schemes: c_long,
    proxy_schemes: c_long,
    fails: bool,
    shows_header: bool,
}

impl AnswerOptions {
    pub(super) fn note_long(&mut self, option: sys::CURLoption, value: c_long) {
        match option {
            sys::CURLOPT_FOLLOWLOCATION => self.follows = value != 0,
            sys::CURLOPT_NETRC => self.netrc = value != 0,
            sys::CURLOPT_HTTPAUTH => self.host_schemes = value,
            sys::CURLOPT_PROXYAUTH => self.proxy_schemes = value,
            sys::CURLOPT_FAILONERROR => self.fails = value != 0,
            sys::CURLOPT_HEADER => self.shows_header = value != 0,
            _ => {}
        }
    }

    pub(super) fn note_text(&mut self, option: sys::CURLoption, value: Option<&CStr>) {
        match option {
            // A URL with a user name contains an `@`.
            sys::CURLOPT_URL => {
                self.url_credentials = value.is_some_and(|url| url.to_bytes().contains(&b'@'));
            }
            XOAUTH2_BEARER => {
                self.token = value.is_some();
                self.credentials |= value.is_some();
            }
            sys::CURLOPT_USERPWD
            | sys::CURLOPT_USERNAME
            | sys::CURLOPT_PROXYUSERPWD
            | sys::CURLOPT_PROXYUSERNAME => self.credentials |= value.is_some(),
            _ => {}
        }
    }

    /// Notes `CURLOPT_CURLU`, whose URL may have a user name.
    pub(super) fn note_url_handle(&mut self) {
        self.url_credentials = true;
    }

    /// Returns whether libcurl follows redirects.
    pub(super) fn follows(&self) -> bool {
        self.follows
    }

    /// Returns whether a token is set that libcurl does not send over HTTP, since `CURLOPT_HTTPAUTH` does not
    /// allow `CURLAUTH_BEARER`.
    pub(super) fn withholds_token(&self) -> bool {
        self.token && self.host_schemes & BEARER == 0
    }

    /// Returns which responses libcurl may answer with another request in the next transfer, by the options.
    pub(in crate::run) fn answers(&self) -> Answers {
        const BASIC: c_long = 1 << 0;
        let credentials = self.credentials || self.url_credentials || self.netrc;
        let schemes = (self.host_schemes | self.proxy_schemes) & !(BASIC | BEARER);
        Answers {
            follows: self.follows,
            // The URL of a redirect may have a user name.
            authenticates: credentials || self.follows,
            negotiates: schemes != 0,
            fails: self.fails,
            shows_header: self.shows_header,
        }
    }
}
