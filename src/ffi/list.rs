//! The owner of a `curl_slist`.

use std::ffi::CString;
use std::ptr::{self, NonNull};

use crate::ffi::sys;

/// A list of strings that libcurl reads in place, so it is kept (C5).
pub(super) struct List(Option<NonNull<sys::curl_slist>>);

impl List {
    pub(super) fn new(items: &[CString]) -> List {
        let mut list = List(None);
        for item in items {
            // SAFETY: `list` is NULL or a list of ours; libcurl copies the string.
            let head = unsafe { sys::curl_slist_append(list.as_ptr(), item.as_ptr()) };
            // NULL means that memory has run out, and leaves the list as it was.
            list.0 = Some(NonNull::new(head).expect("out of memory"));
        }
        list
    }

    pub(super) fn as_ptr(&self) -> *mut sys::curl_slist {
        self.0.map_or(ptr::null_mut(), NonNull::as_ptr)
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: C5: the only owner of the list; NULL is accepted.
        unsafe { sys::curl_slist_free_all(self.as_ptr()) }
    }
}
