//! The owner of a `curl_slist`.

use std::ffi::CString;
use std::ptr::{self, NonNull};

use crate::ffi::{decode, sys};

/// A list of strings that libcurl reads in place, so it is kept (C5).
pub(crate) struct List(Option<NonNull<sys::curl_slist>>);

impl List {
    pub(crate) fn new(items: &[CString]) -> List {
        let mut list = List(None);
        let mut last = ptr::null_mut();
        for item in items {
            // libcurl walks to the end of the list, so this starts from the last item.
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

    /// Takes a list that libcurl made for us.
    ///
    /// # Safety
    /// Nobody else may own it.
    pub(crate) unsafe fn from_raw(raw: *mut sys::curl_slist) -> List {
        List(NonNull::new(raw))
    }

    /// Returns its strings.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        // SAFETY: the list lives for as long as `self` is borrowed.
        unsafe { List::lines(self.as_ptr()) }
    }

    /// Returns the strings of a list that another owns.
    ///
    /// # Safety
    /// It must be a list, or NULL, and unchanged for as long as `'a`.
    pub(crate) unsafe fn lines<'a>(raw: *const sys::curl_slist) -> impl Iterator<Item = &'a [u8]> {
        // SAFETY: the caller vouches for the list.
        let mut at = unsafe { raw.as_ref::<'a>() };
        std::iter::from_fn(move || {
            let item = at?;
            // SAFETY: as above; the next one is NULL at the end.
            at = unsafe { item.next.as_ref() };
            // SAFETY: the strings of a list are NUL-terminated.
            let line = unsafe { decode::c_str(item.data) };
            Some(line.map_or(&[][..], |line| line.to_bytes()))
        })
    }

    pub(crate) fn as_ptr(&self) -> *mut sys::curl_slist {
        self.0.map_or(ptr::null_mut(), NonNull::as_ptr)
    }

    /// Gives the list away, to be freed by libcurl.
    pub(crate) fn into_raw(self) -> *mut sys::curl_slist {
        let list = self.as_ptr();
        std::mem::forget(self);
        list
    }
}

impl Clone for List {
    fn clone(&self) -> List {
        let mut items: Vec<CString> = Vec::new();
        let mut next = self.as_ptr();
        // SAFETY: C5: the list is live, and ends with NULL.
        while let Some(item) = unsafe { next.as_ref() } {
            // SAFETY: C5: the text is that of an item of ours.
            let text = unsafe { decode::c_str(item.data) };
            items.push(text.unwrap_or_default().to_owned());
            next = item.next;
        }
        List::new(&items)
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: C5: the only owner of the list; NULL is accepted.
        unsafe { sys::curl_slist_free_all(self.as_ptr()) }
    }
}
