//! libcurl's messages for its error codes.

use std::ffi::CStr;

use libc::c_char;

use crate::ffi::{decode, sys};

/// Returns libcurl's message for a `CURLcode`.
pub(crate) fn of_easy(code: u32) -> &'static str {
    // SAFETY: libcurl returns a static string for any number.
    text(unsafe { sys::curl_easy_strerror(code as sys::CURLcode) })
}

/// Returns libcurl's message for a `CURLMcode`.
pub(crate) fn of_multi(code: sys::CURLMcode) -> &'static str {
    // SAFETY: libcurl returns a static string for any number.
    text(unsafe { sys::curl_multi_strerror(code) })
}

fn text(text: *const c_char) -> &'static str {
    // SAFETY: the string is static and NUL-terminated.
    let text: Option<&CStr> = unsafe { decode::c_str(text) };
    text.and_then(|text| text.to_str().ok())
        .unwrap_or("unknown")
}
