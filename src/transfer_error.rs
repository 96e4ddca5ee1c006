//! The error of a call that took the transfer by value.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};

use crate::{Error, Transfer};

/// The error of a call that took a transfer by value, and the transfer.
///
/// In a function that returns [`Error`] or [`io::Error`], `?` converts it into that error and drops the
/// transfer. Elsewhere, call `map_err(Error::from)` for this.
///
/// # Examples
/// ```
/// use curlback::{Error, Transfer};
///
/// # let url = "file:///no/such/file"; // `open` does not take files
/// let mut transfer = Transfer::new(())?;
/// transfer.url(url)?;
/// let (error, mut transfer) = match transfer.open() {
///     Ok(response) => panic!("{response:?}"),
///     Err(error) => error.into_parts(),
/// };
/// assert!(matches!(error, Error::Option { .. }));
/// transfer.url("http://example.com/")?; // the transfer is not lost
/// # Ok::<(), Error>(())
/// ```
pub struct TransferError<H>(Box<(Error, Mutex<Transfer<H>>)>);

impl<H> TransferError<H> {
    pub(crate) fn new(error: Error, transfer: Transfer<H>) -> TransferError<H> {
        TransferError(Box::new((error, Mutex::new(transfer))))
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
        // Nothing ever locks the mutex: it makes the error `Sync` if the transfer is `Send`. A transfer is not `Sync`.
        (
            error,
            transfer
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

impl<H> From<TransferError<H>> for Error {
    fn from(error: TransferError<H>) -> Error {
        error.into_parts().0
    }
}

/// Drops the transfer, and converts the error as `io::Error: From<Error>` does.
impl<H> From<TransferError<H>> for io::Error {
    fn from(error: TransferError<H>) -> io::Error {
        Error::from(error).into()
    }
}

impl<H> fmt::Debug for TransferError<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TransferError").field(self.error()).finish()
    }
}

impl<H> fmt::Display for TransferError<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(f)
    }
}

impl<H> std::error::Error for TransferError<H> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error().source()
    }
}
