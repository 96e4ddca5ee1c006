//! The answer of the callbacks that can only continue or stop the transfer.

use crate::error::{BoxError, Stop};

/// The answer of a callback that can only continue or stop the transfer.
///
/// To use `?` in a callback, put the code into a function that returns a `Result`, and convert its
/// result: `self.store(data).into()`. A `Result` also converts into the answers of most other callbacks.
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
    /// Returns `go_on`, the value that continues the transfer, or why the transfer has to stop.
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
