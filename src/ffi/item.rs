//! An option, information or function of libcurl's: its name and release, and what libcurl's code
//! for it means.

use std::ffi::CStr;

use crate::ffi::sys;
use crate::{Code, Error, Version};

/// An option, information or function of libcurl: its number (0 for a function), its name, and the first
/// release with which this crate uses it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Item {
    pub(crate) id: sys::CURLoption,
    pub(crate) name: &'static str,
    pub(crate) since: Version,
}

impl Item {
    pub(crate) const fn new(id: sys::CURLoption, name: &'static str, since: &str) -> Item {
        Item {
            id,
            name,
            since: Version::parse(since),
        }
    }

    /// Converts the code that libcurl has returned for this item into a result.
    pub(crate) fn check(self, code: Code) -> Result<(), Error> {
        match code {
            Code::OK => Ok(()),
            // libcurl returns `UNSUPPORTED_PROTOCOL` for a version of HTTP that is not built in.
            Code::UNKNOWN_OPTION | Code::NOT_BUILT_IN | Code::UNSUPPORTED_PROTOCOL => {
                Err(self.unsupported())
            }
            Code::BAD_FUNCTION_ARGUMENT => Err(self.unsuitable("libcurl refuses this value")),
            code => Err(Error::libcurl_with(code, self.name)),
        }
    }

    /// Returns a string of libcurl's as `&str`, or an error if it is not UTF-8.
    pub(crate) fn utf8(self, text: &CStr) -> Result<&str, Error> {
        text.to_str().map_err(|_| Error::NotUtf8 {
            what: self.name,
            bytes: text.to_bytes().into(),
        })
    }

    pub(crate) fn unsuitable(self, reason: &'static str) -> Error {
        Error::Option {
            option: self.name,
            reason,
        }
    }

    /// Makes the error that the linked libcurl lacks this item.
    pub(crate) fn unsupported(self) -> Error {
        self.unsupported_before(self.since)
    }

    /// Makes the error that the linked libcurl lacks something of this item, which needs the release `since`.
    pub(crate) fn unsupported_before(self, since: Version) -> Error {
        Error::unsupported(self.name, since)
    }

    /// Returns an error if the linked libcurl is older than this item: libcurl does not always
    /// return an error for an unknown number.
    pub(crate) fn check_age(self) -> Result<(), Error> {
        match Version::linked() < self.since {
            true => Err(self.unsupported()),
            false => Ok(()),
        }
    }
}
