//! What libcurl knows about a transfer.

use std::fmt;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};

use libc::{c_char, c_long};

use crate::ffi::item::Item;
use crate::ffi::{decode, sys};
use crate::{Code, Error};

/// What is known about a transfer, finished or running.
///
/// [`Transfer::info`](crate::Transfer::info) lends it between transfers, and the arguments of some
/// callbacks lend it while one runs.
#[derive(Clone)]
pub struct Info<'a> {
    raw: NonNull<sys::CURL>,
    borrowed: PhantomData<&'a ()>,
}

impl<'a> Info<'a> {
    /// # Safety
    /// `raw` must be live (C1) and must not start another transfer for as long as `'a`.
    #[inline(always)]
    pub(super) unsafe fn new(raw: NonNull<sys::CURL>) -> Info<'a> {
        Info {
            raw,
            borrowed: PhantomData,
        }
    }

    #[cfg(has_header)]
    pub(super) fn raw(&self) -> NonNull<sys::CURL> {
        self.raw
    }

    pub(crate) fn long(&self, item: Item) -> Result<c_long, Error> {
        let mut value: c_long = 0;
        // SAFETY: `infos!` gives this method information of type long only.
        unsafe { self.get(item, &raw mut value) }?;
        Ok(value)
    }

    pub(crate) fn off_t(&self, item: Item) -> Result<i64, Error> {
        let mut value: sys::curl_off_t = 0;
        // SAFETY: `infos!` gives this method information of type curl_off_t only.
        unsafe { self.get(item, &raw mut value) }?;
        Ok(value)
    }

    pub(crate) fn text(&self, item: Item) -> Result<Option<&'a str>, Error> {
        let mut value: *const c_char = ptr::null();
        // SAFETY: `infos!` gives this method information of type string only.
        unsafe { self.get(item, &raw mut value) }?;
        // SAFETY: libcurl keeps the string until the next transfer, `'a` at least.
        let Some(text) = (unsafe { decode::c_str(value) }) else {
            return Ok(None);
        };
        match text.to_str() {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(Error::NotUtf8 {
                what: item.name,
                bytes: text.to_bytes().into(),
            }),
        }
    }

    /// # Safety
    /// `value` must point to the C type of the information.
    unsafe fn get<T>(&self, item: Item, value: *mut T) -> Result<(), Error> {
        // SAFETY: C1: the handle is live, and getting information calls nothing
        // back; the caller vouches for the type.
        item.check(Code::from_raw(unsafe {
            sys::curl_easy_getinfo(self.raw.as_ptr(), item.id, value)
        }))
    }
}

impl fmt::Debug for Info<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Info")
            .field("effective_url", &self.effective_url().ok().flatten())
            .field("response_code", &self.response_code().ok())
            .finish_non_exhaustive()
    }
}
