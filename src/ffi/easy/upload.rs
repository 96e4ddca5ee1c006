//! What the options say about the size of a body that `read` gives.

use std::ffi::CString;

use libc::c_long;

use crate::ffi::sys;

/// The options that decide which size libcurl announces for a body from `read`.
#[derive(Clone, Default)]
pub(in crate::ffi) struct Upload {
    /// `None` until an option chooses it.
    method: Option<Method>,
    /// `CURLOPT_INFILESIZE_LARGE`.
    file: Option<u64>,
    /// `CURLOPT_POSTFIELDSIZE_LARGE`.
    post: Option<u64>,
    /// Whether the user's headers ask for chunks.
    chunked: bool,
}

/// What libcurl sends, as far as `read` gives it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    /// `read` is not called, but for TELNET.
    Get,
    Put,
    Post,
    Head,
}

impl Upload {
    /// Notes an option that decides on the method, as libcurl does.
    pub(super) fn note_method(&mut self, option: sys::CURLoption, value: c_long) {
        let on = value != 0;
        let method = match option {
            sys::CURLOPT_UPLOAD | sys::CURLOPT_PUT if on => Method::Put,
            sys::CURLOPT_POST if on => Method::Post,
            sys::CURLOPT_NOBODY if on => Method::Head,
            sys::CURLOPT_UPLOAD | sys::CURLOPT_PUT | sys::CURLOPT_POST => Method::Get,
            sys::CURLOPT_HTTPGET if on => Method::Get,
            sys::CURLOPT_NOBODY if self.method == Some(Method::Head) => Method::Get,
            _ => return,
        };
        self.method = Some(method);
    }

    /// Notes an announced size, which a negative number takes back.
    pub(super) fn note_size(&mut self, option: sys::CURLoption, value: i64) {
        let value = u64::try_from(value).ok();
        match option {
            sys::CURLOPT_INFILESIZE_LARGE => self.file = value,
            sys::CURLOPT_POSTFIELDSIZE_LARGE => self.post = value,
            _ => {}
        }
    }

    /// Notes the user's headers.
    pub(super) fn note_headers(&mut self, headers: &[CString]) {
        let chunked = |header: &CString| {
            let header = header.to_string_lossy().to_ascii_lowercase();
            let coding = header.strip_prefix("transfer-encoding:");
            coding.is_some_and(|coding| coding.contains("chunked"))
        };
        self.chunked = headers.iter().any(chunked);
    }

    /// Returns the size that was announced for what `read` gives.
    pub(in crate::ffi) fn announced(&self) -> Option<u64> {
        match self.method? {
            Method::Put => self.file,
            // libcurl disregards the size then.
            Method::Post if self.chunked => None,
            Method::Post => self.post,
            Method::Get | Method::Head => None,
        }
    }

    /// Returns whether bytes were announced, and nothing says how to send them.
    pub(super) fn lacks_method(&self) -> bool {
        self.method.is_none() && self.file.is_some_and(|size| size > 0) && self.post.is_none()
    }
}
