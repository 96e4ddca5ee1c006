//! The writing side of a pipe whose bytes a transfer on another thread sends.

#[cfg(any(feature = "futures-io", feature = "tokio"))]
use std::future::poll_fn;
use std::io::{self, Write};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::error::BoxError;
use crate::run::shared_pipe::SharedPipe;

/// How many bytes are read from an asynchronous reader at a time.
#[cfg(any(feature = "futures-io", feature = "tokio"))]
const PIECE: usize = 64 << 10;

/// Writes into a pipe. The type that holds a `PipeWriter` decides what its own drop does if the body was not
/// ended.
pub(crate) struct PipeWriter {
    pipe: Arc<SharedPipe>,
    timeout: Option<Duration>,
    has_finished: bool,
}

impl PipeWriter {
    pub(crate) fn new(pipe: Arc<SharedPipe>) -> PipeWriter {
        PipeWriter {
            pipe,
            timeout: None,
            has_finished: false,
        }
    }

    /// Limits how long each later blocking call waits; `None` is no limit.
    pub(crate) fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout;
    }

    /// Returns whether the body was ended or cannot be completed any more: then a drop has nothing to do.
    pub(crate) fn has_finished(&self) -> bool {
        self.has_finished
    }

    /// Ends the body.
    pub(crate) fn end(&mut self) {
        self.has_finished = true;
        self.pipe.end();
    }

    /// Makes the transfer end with `error`. Returns `error` as `Err`, unused, if libcurl takes no more bytes to
    /// send, or if an earlier error will already end the transfer.
    pub(crate) fn fail(&mut self, error: BoxError) -> Result<(), BoxError> {
        self.has_finished = true;
        self.pipe.fail(error)
    }

    /// Calls `cancel`, which has to cancel the transfer. Does not call it if the transfer has ended or libcurl
    /// takes no more bytes to send.
    pub(crate) fn cancel(&self, cancel: impl FnOnce()) {
        self.pipe.cancel(cancel);
    }

    fn limit(&self) -> Option<Instant> {
        self.timeout
            .and_then(|timeout| Instant::now().checked_add(timeout))
    }

    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.pipe.poll_send(cx, data)
    }

    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.pipe.poll_flush(cx)
    }

    /// Writes everything that `read` reads, ends the body, and returns how many bytes were written. If `read`
    /// fails, but not with `Interrupted`, ends the transfer with that error, if libcurl still takes bytes, and returns
    /// an error of the same kind and message.
    #[cfg(any(feature = "futures-io", feature = "tokio"))]
    pub(crate) async fn copy(
        &mut self,
        mut read: impl FnMut(&mut Context<'_>, &mut [u8]) -> Poll<io::Result<usize>>,
    ) -> io::Result<u64> {
        let mut piece = vec![0; PIECE];
        let mut total = 0;
        loop {
            let count = poll_fn(|cx| match read(cx, &mut piece) {
                Poll::Ready(result) => Poll::Ready(Ok(result)),
                Poll::Pending => self.pipe.poll_ended(cx).map(Err),
            });
            let rest = match count.await {
                Ok(Ok(0)) => break,
                Ok(Ok(count)) => piece.get(..count).ok_or_else(|| {
                    let text = "the reader has read more than it was asked for";
                    io::Error::new(io::ErrorKind::InvalidData, text)
                }),
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
                Ok(Err(error)) => Err(error),
                Err(ended) => {
                    self.has_finished = true;
                    return Err(ended);
                }
            };
            let mut rest = rest.map_err(|error| self.give_up(error))?;
            while !rest.is_empty() {
                let sent = poll_fn(|cx| self.poll_write(cx, rest)).await;
                let sent = sent.map_err(|error| self.give_up(error))?;
                total += sent as u64;
                rest = &rest[sent..];
            }
        }
        self.end();
        Ok(total)
    }

    /// Makes the transfer end with `error`, and returns an error of the same kind and message. If libcurl
    /// takes no more bytes to send, or an earlier error will end the transfer, returns `error` itself.
    #[cfg(any(feature = "futures-io", feature = "tokio"))]
    fn give_up(&mut self, error: io::Error) -> io::Error {
        let told = io::Error::new(error.kind(), error.to_string());
        match self.fail(error.into()) {
            Ok(()) => told,
            Err(error) => error.downcast().map_or(told, |error| *error),
        }
    }
}

impl Write for PipeWriter {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.pipe.send(data, self.limit())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pipe.flush(self.limit())
    }
}
