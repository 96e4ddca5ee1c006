//! New connections for transfers that begin with HTTP/2 where libcurl cannot use such a connection again.

use libc::c_long;

use crate::ffi::sys;
use crate::quirks::PRIOR_KNOWLEDGE_ONCE;
use crate::run::easy::Easy;
use crate::run::easy::known_options::{HTTP_2_PRIOR_KNOWLEDGE, KnownOptions};

impl<H> Easy<H> {
    /// Makes libcurl use each connection once if the user or the linked libcurl demands it. Is called after one of the
    /// options concerned was set.
    pub(super) fn connect_afresh(&mut self) {
        if !PRIOR_KNOWLEDGE_ONCE.is_present() {
            return;
        }
        let fresh = c_long::from(self.known.fresh_connect || self.known.connects_once());
        // libcurl ignores `CURLOPT_FRESH_CONNECT` when it follows a redirect, so the connection is also closed.
        for (option, value) in [
            (sys::CURLOPT_FRESH_CONNECT, fresh),
            (sys::CURLOPT_FORBID_REUSE, self.known.forbids_reuse()),
        ] {
            // SAFETY: C1: the handle is live; both options take a long, and call nothing back.
            unsafe { sys::curl_easy_setopt(self.raw().as_ptr(), option, value) };
        }
    }
}

impl KnownOptions {
    /// Returns whether libcurl must use no connection of the transfer again.
    fn connects_once(&self) -> bool {
        self.http_version == HTTP_2_PRIOR_KNOWLEDGE && PRIOR_KNOWLEDGE_ONCE.is_present()
    }

    /// Returns the value of `CURLOPT_FORBID_REUSE` that libcurl gets for the next transfer.
    pub(in crate::run) fn forbids_reuse(&self) -> c_long {
        match self.connects_once() {
            true => 1,
            false => self.forbid_reuse,
        }
    }
}
