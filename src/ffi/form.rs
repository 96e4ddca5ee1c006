//! The owner of a `curl_httppost` form, which MIME has replaced.

use std::ffi::CStr;
use std::ptr;

use libc::c_long;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::{Code, Error, Version};

/// A form. libcurl reads it in place, so this crate keeps it (C5).
pub(crate) struct Form {
    first: *mut sys::curl_httppost,
    last: *mut sys::curl_httppost,
}

impl Form {
    pub(crate) fn new() -> Form {
        Form {
            first: ptr::null_mut(),
            last: ptr::null_mut(),
        }
    }

    /// Adds a field.
    pub(crate) fn add(&mut self, item: Item, name: &CStr, contents: &[u8]) -> Result<(), Error> {
        let len = c_long::try_from(contents.len())
            .map_err(|_| item.unsuitable("the contents are too long"))?;
        // For a length of zero, libcurl counts the bytes up to a NUL.
        let contents = match contents {
            [] => c"".as_ptr(),
            _ => contents.as_ptr().cast(),
        };
        // SAFETY: each option is followed by a value of its type; both ends are those of this form, and
        // libcurl copies the name to its NUL and the contents for their length.
        let code = unsafe {
            sys::curl_formadd(
                &raw mut self.first,
                &raw mut self.last,
                sys::CURLFORM_COPYNAME,
                name.as_ptr(),
                sys::CURLFORM_COPYCONTENTS,
                contents,
                sys::CURLFORM_CONTENTSLENGTH,
                len,
                sys::CURLFORM_END,
            )
        };
        match code {
            sys::CURL_FORMADD_OK => Ok(()),
            sys::CURL_FORMADD_DISABLED => Err(item.unsupported_before(Version::new(7, 1, 0))),
            _ => Err(Error::libcurl(Code::OUT_OF_MEMORY)),
        }
    }

    pub(crate) fn as_ptr(&self) -> *mut sys::curl_httppost {
        self.first
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        // SAFETY: C5: the only owner of the form; NULL is accepted.
        unsafe { sys::curl_formfree(self.first) }
    }
}
