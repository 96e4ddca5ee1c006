//! The headers of a pushed request.

use std::ffi::{CStr, CString};
use std::marker::PhantomData;
#[cfg(not(has_safe_push))]
use std::ptr;

use libc::c_char;

use crate::ffi::{decode, sys};

/// The headers of a pushed request, borrowed for the call of the push callback.
#[derive(Clone, Copy)]
pub(crate) struct PushHeaders<'a> {
    #[cfg_attr(
        not(has_safe_push),
        expect(dead_code, reason = "only its functions read it")
    )]
    raw: *mut sys::PushHeaders,
    borrowed: PhantomData<&'a ()>,
}

impl<'a> PushHeaders<'a> {
    /// # Safety
    /// The headers must be those of a push callback, and valid for as long as `'a`.
    pub(crate) unsafe fn new(raw: *mut sys::PushHeaders) -> Self {
        PushHeaders {
            raw,
            borrowed: PhantomData,
        }
    }

    pub(crate) fn by_name(self, name: &str) -> Option<&'a [u8]> {
        let name = CString::new(name).ok()?;
        let value = self.value(&name);
        // SAFETY: C4: by the promise of `new`; NULL, or a string of libcurl's.
        unsafe { decode::c_str(value) }.map(CStr::to_bytes)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        (0..).map_while(move |number| {
            let header = self.line(number);
            // SAFETY: C4: by the promise of `new`; NULL past the last header.
            unsafe { decode::c_str(header) }.map(CStr::to_bytes)
        })
    }
}

#[cfg(has_safe_push)]
impl PushHeaders<'_> {
    fn value(self, name: &CStr) -> *mut c_char {
        // SAFETY: C4: the headers are valid for the call, and the name NUL-terminated.
        unsafe { sys::curl_pushheader_byname(self.raw, name.as_ptr()) }
    }

    fn line(self, number: usize) -> *mut c_char {
        // SAFETY: C4: the headers are valid for the call.
        unsafe { sys::curl_pushheader_bynum(self.raw, number) }
    }
}

// Without these functions no push callback is installed, so no headers arrive.
#[cfg(not(has_safe_push))]
impl PushHeaders<'_> {
    fn value(self, _: &CStr) -> *mut c_char {
        ptr::null_mut()
    }

    fn line(self, _: usize) -> *mut c_char {
        ptr::null_mut()
    }
}
