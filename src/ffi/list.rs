//! The owner of a `curl_slist`.

use std::ffi::CString;
use std::ptr::{self, NonNull};

use crate::ffi::sys;

/// A list of strings that libcurl reads in place, so it is kept (C5).
pub(super) struct List(Option<NonNull<sys::curl_slist>>);

impl List {
    pub(super) fn new(items: &[CString]) -> List {
        let mut list = List(None);
        let mut last = ptr::null_mut();
        for item in items {
            // libcurl walks to the end from where it is told to: from the last one.
            // SAFETY: `last` is NULL or the last of a list of ours; libcurl copies the string.
            let at = unsafe { sys::curl_slist_append(last, item.as_ptr()) };
            // NULL means that memory has run out, and leaves the list as it was.
            let at = NonNull::new(at).expect("out of memory");
            list.0.get_or_insert(at);
            // SAFETY: the item that it returns is live.
            let next = unsafe { at.as_ref() }.next;
            last = if next.is_null() { at.as_ptr() } else { next };
        }
        list
    }

    pub(super) fn as_ptr(&self) -> *mut sys::curl_slist {
        self.0.map_or(ptr::null_mut(), NonNull::as_ptr)
    }

    /// Gives the list away, to be freed by libcurl.
    pub(super) fn into_raw(self) -> *mut sys::curl_slist {
        let list = self.as_ptr();
        std::mem::forget(self);
        list
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: C5: the only owner of the list; NULL is accepted.
        unsafe { sys::curl_slist_free_all(self.as_ptr()) }
    }
}
