//! Borrows what C hands over as Rust values. NULL gives an empty slice, or `None`.

use std::ffi::CStr;

use libc::{c_char, size_t};

/// Borrows `len` bytes at `data`.
///
/// # Safety
/// Unless NULL, `data` must be readable for `len` bytes for as long as `'a`.
#[inline(always)]
pub(crate) unsafe fn bytes<'a>(data: *const c_char, len: size_t) -> &'a [u8] {
    if data.is_null() {
        return &[];
    }
    #[expect(clippy::disallowed_methods, reason = "NULL was just excluded")]
    // SAFETY: the caller vouches for `len` readable bytes; NULL is excluded.
    unsafe {
        std::slice::from_raw_parts(data.cast(), len)
    }
}

/// Borrows the NUL-terminated string at `text`; `None` for NULL.
///
/// # Safety
/// Unless NULL, `text` must be NUL-terminated and unchanged for as long as `'a`.
pub(crate) unsafe fn c_str<'a>(text: *const c_char) -> Option<&'a CStr> {
    if text.is_null() {
        return None;
    }
    #[expect(clippy::disallowed_methods, reason = "NULL was just excluded")]
    // SAFETY: the caller vouches for a NUL-terminated string; NULL is excluded.
    unsafe {
        Some(CStr::from_ptr(text))
    }
}
