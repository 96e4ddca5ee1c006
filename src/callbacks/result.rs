//! The answer of callbacks that only say whether the transfer goes on.

use crate::error::{BoxError, Stop};

/// What a callback answers that can only let the transfer go on or stop it.
///
/// To use `?` in a callback, put the code into a function that returns a `Result`, and convert its
/// result: `self.store(data).into()`. The outcomes of other callbacks convert likewise.
#[derive(Debug)]
pub enum CallbackResult {
    /// The transfer goes on.
    Continue,
    /// Stops the transfer with [`Error::Aborted`](crate::Error::Aborted).
    Abort,
    /// Stops the transfer with [`Error::Callback`](crate::Error::Callback), which keeps this error.
    Fail(BoxError),
}

impl CallbackResult {
    /// Returns `go_on`, libcurl's number for that, unless the transfer is to stop.
    #[inline(always)]
    pub(crate) fn into_raw<T>(self, go_on: T) -> Result<T, Stop> {
        match self {
            CallbackResult::Continue => Ok(go_on),
            CallbackResult::Abort => Err(Stop::Abort),
            CallbackResult::Fail(error) => Err(Stop::Error(error)),
        }
    }
}

/// Continues the transfer.
impl From<()> for CallbackResult {
    fn from((): ()) -> CallbackResult {
        CallbackResult::Continue
    }
}

impl<E: Into<BoxError>> From<Result<(), E>> for CallbackResult {
    fn from(result: Result<(), E>) -> CallbackResult {
        match result {
            Ok(()) => CallbackResult::Continue,
            Err(error) => CallbackResult::Fail(error.into()),
        }
    }
}
