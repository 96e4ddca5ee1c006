//! New connections for transfers that begin with HTTP/2 where libcurl cannot use such a connection again.

use libc::c_long;

use crate::ffi::sys;
use crate::quirks::PRIOR_KNOWLEDGE_ONCE;
use crate::run::easy::Easy;
use crate::run::easy::known_options::HTTP_2_PRIOR_KNOWLEDGE;

impl<H> Easy<H> {
    /// Makes libcurl use a new connection if the user or the linked libcurl demands it, after `CURLOPT_FRESH_CONNECT` or
    /// `CURLOPT_HTTP_VERSION` was set.
    pub(super) fn connect_afresh(&mut self) {
        if !PRIOR_KNOWLEDGE_ONCE.is_present() {
            return;
        }
        let is_needed = self.known.http_version == HTTP_2_PRIOR_KNOWLEDGE;
        let on = c_long::from(self.known.fresh_connect || is_needed);
        // SAFETY: C1: the handle is live; the option takes a long, and calls nothing back.
        unsafe { sys::curl_easy_setopt(self.raw().as_ptr(), sys::CURLOPT_FRESH_CONNECT, on) };
    }
}
