//! The failure of an event loop, as an error or a panic.

use std::panic::resume_unwind;

use crate::error::Stop;
use crate::ffi::guard::Failure;
use crate::{Code, Error, ErrorDetails};

/// Why an event loop failed.
pub(crate) struct LoopFailure(pub(super) Failure);

impl LoopFailure {
    /// Makes the error of the failure, or resumes the panic.
    pub(crate) fn settle(self) -> Error {
        let code = Code::ABORTED_BY_CALLBACK;
        match self.0 {
            Failure::Panic(_, payload) => resume_unwind(payload),
            Failure::Callback(callback, Stop::Error(source)) => Error::Callback {
                callback,
                source,
                code,
                text: None,
                details: ErrorDetails::default(),
            },
            Failure::Callback(callback, Stop::Abort) => Error::Aborted {
                callback,
                code,
                text: None,
                details: ErrorDetails::default(),
            },
            Failure::Libcurl(code) => Error::libcurl(code),
        }
    }
}
