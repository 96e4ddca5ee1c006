//! What is left when a transfer cannot be added.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};

use crate::{Error, Transfer};

/// Why a transfer could not be added, and the transfer.
///
/// It turns into the [`Error`] with `?` in a function that returns that, which drops the
/// transfer; `map_err(Error::from)` does so elsewhere. It converts into an [`io::Error`] likewise.
pub struct AddError<H>(Box<(Error, Mutex<Transfer<H>>)>);

impl<H> AddError<H> {
    pub(crate) fn new(error: Error, transfer: Transfer<H>) -> AddError<H> {
        AddError(Box::new((error, Mutex::new(transfer))))
    }

    /// Returns the error.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.0.0
    }

    /// Returns the error and the transfer.
    #[must_use]
    pub fn into_parts(self) -> (Error, Transfer<H>) {
        let (error, transfer) = *self.0;
        // Nothing locks it: it is there to let the error cross threads.
        (
            error,
            transfer
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

impl<H> From<AddError<H>> for Error {
    fn from(error: AddError<H>) -> Error {
        error.into_parts().0
    }
}

/// Drops the transfer, and converts its error as `From<Error>` does.
impl<H> From<AddError<H>> for io::Error {
    fn from(error: AddError<H>) -> io::Error {
        Error::from(error).into()
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
