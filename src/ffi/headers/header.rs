//! A header of a response, and an iterator over headers.

use std::fmt;

use bitflags::bitflags;

use crate::ffi::headers::Cursor;

bitflags! {
    /// What a header was part of.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct HeaderOrigin: u32 {
        /// A response of the server.
        #[doc(alias = "CURLH_HEADER")]
        const HEADER = 1 << 0;
        /// The trailer of a response, which comes after the body.
        #[doc(alias = "CURLH_TRAILER")]
        const TRAILER = 1 << 1;
        /// A proxy's answer to CONNECT.
        #[doc(alias = "CURLH_CONNECT")]
        const CONNECT = 1 << 2;
        /// An informational response (1xx), such as `100 Continue`.
        #[doc(alias = "CURLH_1XX")]
        const INFORMATIONAL = 1 << 3;
        /// A pseudo header of HTTP/2 and HTTP/3, such as `:status`.
        #[doc(alias = "CURLH_PSEUDO")]
        const PSEUDO = 1 << 4;
    }
}

/// A header that came with a response.
#[derive(Clone, Copy, PartialEq, Eq)]
#[doc(alias = "curl_header")]
pub struct Header<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: &'a [u8],
    pub(crate) amount: usize,
    pub(crate) index: usize,
    pub(crate) origin: HeaderOrigin,
}

impl<'a> Header<'a> {
    /// Returns the name as it was sent; `None` if it is not UTF-8, which HTTP does not allow.
    /// [`name_bytes`](Header::name_bytes) returns such a name too.
    #[must_use]
    pub fn name(&self) -> Option<&'a str> {
        std::str::from_utf8(self.name).ok()
    }

    /// Returns the name as it was sent, whatever its bytes are.
    #[must_use]
    pub fn name_bytes(&self) -> &'a [u8] {
        self.name
    }

    /// Returns the value, without the blanks around it. The value need not be UTF-8, and ends
    /// before the first NUL.
    #[must_use]
    pub fn value(&self) -> &'a [u8] {
        self.value
    }

    /// Returns how many headers of the selected request and origins have this name.
    #[must_use]
    pub fn amount(&self) -> usize {
        self.amount
    }

    /// Returns the index of this header among the headers that [`amount`](Header::amount) counts. The first
    /// index is 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// Returns what the header was part of.
    #[must_use]
    pub fn origin(&self) -> HeaderOrigin {
        self.origin
    }
}

impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header")
            .field("name", &self.name.escape_ascii().to_string())
            .field("value", &self.value.escape_ascii().to_string())
            .field("amount", &self.amount)
            .field("index", &self.index)
            .field("origin", &self.origin)
            .finish()
    }
}

/// An iterator over the headers that came in answer to one request, in the order in which they came.
///
/// [`Info::headers`](crate::Info::headers) returns this iterator.
#[derive(Clone)]
#[doc(alias = "curl_easy_nextheader")]
pub struct Headers<'a>(pub(crate) Cursor<'a>);

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        self.0.next()
    }
}

impl std::iter::FusedIterator for Headers<'_> {}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
