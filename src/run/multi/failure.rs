//! The failure of an event loop, as an error or a panic.

use crate::run::guard::{Circumstances, Failure};
use crate::{Code, Error, ErrorDetails};

/// The failure of an event loop.
pub(crate) struct LoopFailure(pub(super) Failure);

impl LoopFailure {
    /// Makes the error of the failure, or resumes the panic.
    pub(crate) fn settle(self) -> Error {
        self.0.into_error(|cause| Circumstances {
            code: cause.err().unwrap_or(Code::ABORTED_BY_CALLBACK),
            text: None,
            details: ErrorDetails::default(),
        })
    }
}
