//! What is left when a transfer cannot be added.

use std::fmt;

use crate::{Error, Transfer};

/// Why a transfer could not be added, and the transfer.
///
/// It turns into the [`Error`] with `?`, which drops the transfer.
pub struct AddError<H>(Box<(Error, Transfer<H>)>);

impl<H> AddError<H> {
    pub(crate) fn new(error: Error, transfer: Transfer<H>) -> AddError<H> {
        AddError(Box::new((error, transfer)))
    }

    /// Returns the error.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.0.0
    }

    /// Returns the error and the transfer.
    #[must_use]
    pub fn into_parts(self) -> (Error, Transfer<H>) {
        *self.0
    }
}

impl<H> From<AddError<H>> for Error {
    fn from(error: AddError<H>) -> Error {
        error.into_parts().0
    }
}

impl<H> fmt::Debug for AddError<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AddError").field(self.error()).finish()
    }
}

impl<H> fmt::Display for AddError<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(f)
    }
}

impl<H> std::error::Error for AddError<H> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error().source()
    }
}
