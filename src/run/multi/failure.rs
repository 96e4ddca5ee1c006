//! The failure of an event loop, as an error or a panic.

use std::panic::resume_unwind;

use crate::run::guard::Failure;
use crate::{Code, Error, ErrorDetails};

/// Why an event loop failed.
pub(crate) struct LoopFailure(pub(super) Failure);

impl LoopFailure {
    /// Makes the error of the failure, or resumes the panic.
    pub(crate) fn settle(self) -> Error {
        match self.0 {
            Failure::Panic(_, payload) => resume_unwind(payload),
            Failure::Callback(callback, stop) => {
                let code = Code::ABORTED_BY_CALLBACK;
                stop.into_error(callback, code, None, ErrorDetails::default())
            }
            Failure::Libcurl(code) => Error::libcurl(code),
        }
    }
}
