//! Details of a failed transfer: its URL without secrets, and the system's error number.

use std::fmt;

/// Details of a failed transfer, which [`Error::url`](crate::Error::url) and
/// [`Error::raw_os_error`](crate::Error::raw_os_error) return.
///
/// For an error that belongs to no transfer, it is the default, which is empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ErrorDetails(Option<Box<Inner>>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    url: Option<Box<str>>,
    os_error: Option<i32>,
}

impl ErrorDetails {
    pub(super) const NONE: ErrorDetails = ErrorDetails(None);

    /// Makes details. The URL must be without secrets.
    pub(crate) fn new(url: Option<Box<str>>, os_error: Option<i32>) -> ErrorDetails {
        let known = url.is_some() || os_error.is_some();
        ErrorDetails(known.then(|| Box::new(Inner { url, os_error })))
    }

    pub(crate) fn url(&self) -> Option<&str> {
        self.0.as_ref()?.url.as_deref()
    }

    pub(super) fn os_error(&self) -> Option<i32> {
        self.0.as_ref()?.os_error
    }
}

impl fmt::Debug for ErrorDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorDetails")
            .field("url", &self.url())
            .field("os_error", &self.os_error())
            .finish()
    }
}
