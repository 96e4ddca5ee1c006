//! A pipe as the source of the bytes of a part.

use std::io::SeekFrom;
use std::sync::Arc;
use std::task::Waker;

use crate::callbacks::body::{ReadResult, SeekResult};
use crate::error::BoxError;
use crate::ffi::read_buf::ReadBuf;
use crate::mime::Source;
use crate::run::shared_pipe::{GONE, SharedPipe, Take};

/// libcurl's side of a pipe.
pub(crate) struct PartPipe(pub(crate) Arc<SharedPipe>);

impl Source for PartPipe {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        match self.0.take(buffer) {
            Take::Bytes(_) => {
                self.0.wake_if_half_empty();
                ReadResult::Continue
            }
            Take::Wait => ReadResult::Pause,
            Take::Refused => ReadResult::Continue,
            Take::Failed(failure) => ReadResult::Fail(failure),
        }
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        match to == SeekFrom::Start(0) && self.0.is_untouched() {
            true => SeekResult::Done,
            false => SeekResult::Fail(GONE.into()),
        }
    }

    fn attach(&mut self, resumer: &dyn Fn() -> Waker, size: Option<u64>) {
        self.0.attach(resumer(), size);
    }

    fn take_failure(&mut self) -> Option<BoxError> {
        self.0.take_failure()
    }

    fn release(&mut self) {
        self.0.release();
    }

    fn refuse(&mut self) {
        self.0.refuse();
    }

    fn end(&mut self) {
        self.0.close();
    }
}

impl Drop for PartPipe {
    fn drop(&mut self) {
        self.0.close();
    }
}
