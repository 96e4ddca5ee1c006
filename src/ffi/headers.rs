//! The headers that libcurl keeps until the next transfer.

use crate::Error;
use crate::ffi::headers::header::{Header, HeaderOrigin};
use crate::ffi::info::Info;
use crate::ffi::item::Item;

pub(crate) mod header;

/// A bit that libcurl sets in every origin, so that nobody compares origins as numbers.
#[cfg(has_header)]
const MARK: libc::c_uint = 1 << 27;

const HEADER: Item = Item::new(0, "curl_easy_header", "7.83.0");

#[cfg(has_header)]
pub(crate) use present::Cursor;

#[cfg(has_header)]
mod present {
    use std::ffi::CString;
    use std::ptr;

    use libc::{c_char, c_int};

    use super::{Error, HEADER, Header, HeaderOrigin, Info, MARK};
    use crate::Code;
    use crate::ffi::{decode, sys};

    impl<'a> Info<'a> {
        pub(crate) fn find_header(
            &self,
            name: &[u8],
            index: usize,
            origin: HeaderOrigin,
            request: Option<u32>,
        ) -> Result<Option<Header<'a>>, Error> {
            // No header has a name with a NUL, and no transfer has more than `c_int::MAX` requests.
            let (Ok(name), Ok(request)) = (CString::new(name), raw(request)) else {
                return Ok(None);
            };
            let origin = (origin & HeaderOrigin::all()).bits();
            if origin == 0 {
                return Ok(None);
            }
            let easy = self.raw().as_ptr();
            let mut found = ptr::null_mut();
            // SAFETY: C1: the handle is live; nothing is called back.
            let code = unsafe {
                sys::curl_easy_header(easy, name.as_ptr(), index, origin, request, &raw mut found)
            };
            match code {
                sys::CURLHE_OK => {}
                sys::CURLHE_NOT_BUILT_IN => return Err(unsupported()),
                sys::CURLHE_OUT_OF_MEMORY => {
                    return Err(Error::libcurl(Code::OUT_OF_MEMORY));
                }
                sys::CURLHE_BAD_ARGUMENT => {
                    return Err(HEADER.unsuitable("libcurl refuses this value"));
                }
                // The other codes say why there is no such header.
                _ => return Ok(None),
            }
            // SAFETY: libcurl has set `found` to a header that is valid until the next call.
            let found = unsafe { *found };
            // SAFETY: libcurl receives no header before `'a` ends, and so does not change these strings.
            Ok(Some(unsafe { decode(&found) }))
        }

        pub(crate) fn cursor(
            &self,
            origin: HeaderOrigin,
            request: Option<u32>,
        ) -> Result<Cursor<'a>, Error> {
            // If libcurl was built without headers, this call returns the error. `next` could only return
            // `None` then.
            self.find_header(b"x", 0, HeaderOrigin::HEADER, None)?;
            Ok(Cursor {
                info: self.clone(),
                origin: (origin & HeaderOrigin::all()).bits(),
                request: raw(request).ok(),
                last: None,
            })
        }
    }

    /// The state of an iteration over headers.
    #[derive(Clone)]
    pub(crate) struct Cursor<'a> {
        info: Info<'a>,
        origin: u32,
        /// libcurl's number of the request, -1 for the last one. `None` when there are no more headers.
        request: Option<c_int>,
        /// A copy of the header that was returned last. Each call overwrites libcurl's own struct.
        last: Option<sys::Header>,
    }

    impl<'a> Cursor<'a> {
        pub(crate) fn next(&mut self) -> Option<Header<'a>> {
            let last = match &mut self.last {
                Some(last) => ptr::from_mut(last),
                None => ptr::null_mut(),
            };
            let (easy, request) = (self.info.raw().as_ptr(), self.request?);
            // SAFETY: C1: the handle is live; `last` is NULL or a copy of the header returned before, and
            // libcurl's list of headers does not change while the information is borrowed.
            let next = unsafe { sys::curl_easy_nextheader(easy, self.origin, request, last) };
            if next.is_null() {
                self.request = None;
                return None;
            }
            // SAFETY: the header is valid until the next call.
            let next = self.last.insert(unsafe { *next });
            // SAFETY: libcurl receives no header before `'a` ends, and so does not change these strings.
            Some(unsafe { decode(next) })
        }
    }

    fn raw(request: Option<u32>) -> Result<c_int, std::num::TryFromIntError> {
        request.map_or(Ok(-1), c_int::try_from)
    }

    /// # Safety
    /// The strings of `raw` must be unchanged for as long as `'a`.
    unsafe fn decode<'a>(raw: &sys::Header) -> Header<'a> {
        // SAFETY: the caller's promise.
        let text = |text: *const c_char| unsafe { decode::c_str::<'a>(text) };
        let bytes = |raw| text(raw).map_or(&[][..], |text| text.to_bytes());
        Header {
            name: bytes(raw.name),
            // Older releases leave the end of the line in an empty value.
            value: bytes(raw.value).trim_ascii(),
            amount: raw.amount,
            index: raw.index,
            origin: HeaderOrigin::from_bits_retain(raw.origin & !MARK),
        }
    }

    fn unsupported() -> Error {
        HEADER.check(Code::NOT_BUILT_IN).unwrap_err()
    }
}

#[cfg(not(has_header))]
pub(crate) use absent::Cursor;

#[cfg(not(has_header))]
mod absent {
    use std::convert::Infallible;
    use std::marker::PhantomData;

    use super::{Error, HEADER, Header, HeaderOrigin, Info};
    use crate::Code;

    impl<'a> Info<'a> {
        pub(crate) fn find_header(
            &self,
            _: &[u8],
            _: usize,
            _: HeaderOrigin,
            _: Option<u32>,
        ) -> Result<Option<Header<'a>>, Error> {
            Err(HEADER.check(Code::NOT_BUILT_IN).unwrap_err())
        }

        pub(crate) fn cursor(&self, _: HeaderOrigin, _: Option<u32>) -> Result<Cursor<'a>, Error> {
            Err(HEADER.check(Code::NOT_BUILT_IN).unwrap_err())
        }
    }

    /// No value of this type exists, since this libcurl has no headers.
    #[derive(Clone)]
    pub(crate) struct Cursor<'a> {
        never: Infallible,
        borrowed: PhantomData<Info<'a>>,
    }

    impl<'a> Cursor<'a> {
        pub(crate) fn next(&mut self) -> Option<Header<'a>> {
            match self.never {}
        }
    }
}
