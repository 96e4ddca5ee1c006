//! Declarations for options, information and URLs that `curl_sys` lacks.

use libc::{c_char, c_int, c_uint, c_void};

use super::{CURLINFO, CURLOPTTYPE_LONG, CURLOPTTYPE_OBJECTPOINT, CURLoption};

// Since 7.86.0; `CURLWS_NOAUTOPONG` since 8.14.0.
pub(crate) const CURLOPT_WS_OPTIONS: CURLoption = CURLOPTTYPE_LONG + 320;
pub(crate) const CURLWS_RAW_MODE: libc::c_long = 1;
pub(crate) const CURLWS_NOAUTOPONG: libc::c_long = 1 << 1;
// Since 7.51.0.
pub(crate) const CURLOPT_KEEP_SENDING_ON_ERROR: CURLoption = CURLOPTTYPE_LONG + 245;
// Since 7.63.0.
pub(crate) const CURLOPT_CURLU: CURLoption = CURLOPTTYPE_OBJECTPOINT + 282;
// Since 7.45.0: the type of information that is a socket.
pub(crate) const CURLINFO_SOCKET: CURLINFO = 0x50_0000;
// Information that is a pointer has the same type number as information that is a list.
pub(crate) const CURLINFO_PTR: CURLINFO = 0x40_0000;

/// `CURLU`.
pub(crate) type Curlu = c_void;

// Since 7.62.0. `CURLUPart` and `CURLUcode` are enums in C.
#[cfg(has_url)]
unsafe extern "C" {
    pub(crate) fn curl_url() -> *mut Curlu;
    pub(crate) fn curl_url_cleanup(url: *mut Curlu);
    pub(crate) fn curl_url_dup(url: *const Curlu) -> *mut Curlu;
    pub(crate) fn curl_url_get(
        url: *const Curlu,
        part: c_uint,
        text: *mut *mut c_char,
        flags: c_uint,
    ) -> c_int;
    pub(crate) fn curl_url_set(
        url: *mut Curlu,
        part: c_uint,
        text: *const c_char,
        flags: c_uint,
    ) -> c_int;
    // Since 7.80.0.
    #[cfg(has_url_strerror)]
    pub(crate) fn curl_url_strerror(code: c_int) -> *const c_char;
}

#[cfg(not(has_url_strerror))]
pub(crate) unsafe fn curl_url_strerror(_: c_int) -> *const c_char {
    std::ptr::null()
}

/// Takes the place of the functions if the linked library lacks them. No `Curlu` exists then.
#[cfg(not(has_url))]
mod no_url {
    use super::*;

    pub(crate) unsafe fn curl_url() -> *mut Curlu {
        std::ptr::null_mut()
    }

    pub(crate) unsafe fn curl_url_cleanup(_: *mut Curlu) {}

    pub(crate) unsafe fn curl_url_dup(_: *const Curlu) -> *mut Curlu {
        std::ptr::null_mut()
    }

    pub(crate) unsafe fn curl_url_get(
        _: *const Curlu,
        _: c_uint,
        _: *mut *mut c_char,
        _: c_uint,
    ) -> c_int {
        CURLUE_BAD_HANDLE
    }

    pub(crate) unsafe fn curl_url_set(
        _: *mut Curlu,
        _: c_uint,
        _: *const c_char,
        _: c_uint,
    ) -> c_int {
        CURLUE_BAD_HANDLE
    }

    const CURLUE_BAD_HANDLE: c_int = 1;
}

#[cfg(not(has_url))]
pub(crate) use no_url::*;
