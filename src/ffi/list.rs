//! The owner of a `curl_slist`.

use std::ffi::{CStr, CString};
use std::mem;
use std::ptr::{self, NonNull};

use crate::ffi::{decode, sys};

/// Owns a list of strings. libcurl reads the list of an option in place, so this crate keeps that list (C5).
pub(crate) struct List(Option<NonNull<sys::curl_slist>>);

/// Makes a list by appending one string after the other.
pub(crate) struct ListBuilder {
    list: List,
    /// The last item, or NULL.
    last: *mut sys::curl_slist,
}

impl Default for ListBuilder {
    fn default() -> ListBuilder {
        ListBuilder {
            list: List(None),
            last: ptr::null_mut(),
        }
    }
}

impl ListBuilder {
    pub(crate) fn append(&mut self, item: &CStr) {
        // libcurl walks from the item it gets to the end of the list, so it gets the last item.
        // SAFETY: `last` is NULL or the last of a list of ours; libcurl copies the string.
        let at = unsafe { sys::curl_slist_append(self.last, item.as_ptr()) };
        // NULL means that memory has run out, and leaves the list as it was.
        let at = NonNull::new(at).expect("out of memory");
        self.list.0.get_or_insert(at);
        // SAFETY: the item that libcurl returns is live.
        let next = unsafe { at.as_ref() }.next;
        self.last = if next.is_null() { at.as_ptr() } else { next };
    }

    pub(crate) fn build(self) -> List {
        self.list
    }
}

/// The lists of a handle, by option. The first list needs no allocation here, and few handles have
/// more than one.
#[derive(Clone, Default)]
pub(crate) struct Lists {
    first: Option<(sys::CURLoption, List)>,
    others: Vec<(sys::CURLoption, List)>,
}

impl Lists {
    pub(crate) fn get(&self, option: sys::CURLoption) -> Option<&List> {
        let mut all = self.iter();
        all.find(|(own, _)| *own == option).map(|(_, list)| list)
    }

    /// Adds the list of an option. Returns the former list of this option, or `None` if there was none.
    pub(crate) fn insert(&mut self, option: sys::CURLoption, list: List) -> Option<List> {
        let mut all = self.first.iter_mut().chain(&mut self.others);
        if let Some((_, own)) = all.find(|(own, _)| *own == option) {
            return Some(mem::replace(own, list));
        }
        match &self.first {
            None => self.first = Some((option, list)),
            Some(_) => self.others.push((option, list)),
        }
        None
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(sys::CURLoption, List)> {
        self.first.iter().chain(&self.others)
    }
}

impl List {
    pub(crate) fn new(items: &[CString]) -> List {
        let mut builder = ListBuilder::default();
        items.iter().for_each(|item| builder.append(item));
        builder.list
    }

    /// Becomes the owner of a list that libcurl has made.
    ///
    /// # Safety
    /// Nobody else may own the list.
    pub(crate) unsafe fn from_raw(raw: *mut sys::curl_slist) -> List {
        List(NonNull::new(raw))
    }

    /// Returns the strings of the list.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        // SAFETY: the list lives for as long as `self` is borrowed.
        unsafe { List::lines(self.as_ptr()) }
    }

    /// Returns the strings of a list that something else owns.
    ///
    /// # Safety
    /// `raw` must point to a list, or be NULL, and the list must be unchanged for as long as `'a`.
    pub(crate) unsafe fn lines<'a>(raw: *const sys::curl_slist) -> impl Iterator<Item = &'a [u8]> {
        // SAFETY: the caller vouches for the list.
        let mut at = unsafe { raw.as_ref::<'a>() };
        std::iter::from_fn(move || {
            let item = at?;
            // SAFETY: the caller vouches for the list, whose last item has NULL as `next`.
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
        let mut builder = ListBuilder::default();
        let mut next = self.as_ptr();
        // SAFETY: C5: the list is live, and ends with NULL.
        while let Some(item) = unsafe { next.as_ref() } {
            // SAFETY: C5: the string belongs to an item of this list.
            builder.append(unsafe { decode::c_str(item.data) }.unwrap_or_default());
            next = item.next;
        }
        builder.list
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: C5: the only owner of the list; NULL is accepted.
        unsafe { sys::curl_slist_free_all(self.as_ptr()) }
    }
}

/// Returns what follows `name`, with its colon, if a header line has this name. Ignores case.
pub(crate) fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (own, value) = line.split_at_checked(name.len())?;
    own.eq_ignore_ascii_case(name).then_some(value)
}
