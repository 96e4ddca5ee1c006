use std::io::{self, ErrorKind, Write};

use crate::{Callbacks, Direction, ProgressResult, WriteResult, XferInfo, callbacks};

/// Writes the body to a writer, which it calls until each part is written.
/// The body of a later transfer goes after that of an earlier one.
///
/// [`WouldBlock`](ErrorKind::WouldBlock) pauses the transfer. It is resumed by the next `xfer_info`, which
/// libcurl then calls at once, so that the thread is busy meanwhile: where that
/// matters, pause in a handler of your own and resume by a [`Remote`](crate::Remote). Any other
/// error ends it.
#[derive(Clone, Debug, Default)]
#[doc(alias("CURLOPT_WRITEDATA", "CURLOPT_FILE"))]
pub struct WriteTo<W, H = ()> {
    writer: W,
    paused: bool,
    inner: H,
}

impl<W: Write> WriteTo<W> {
    /// Writes to `writer`, which is neither buffered nor flushed here.
    #[must_use]
    pub fn new(writer: W) -> WriteTo<W> {
        WriteTo {
            writer,
            paused: false,
            inner: (),
        }
    }

    /// Leaves all other callbacks to `inner`.
    #[must_use]
    pub fn and<H: Callbacks>(self, inner: H) -> WriteTo<W, H> {
        WriteTo {
            writer: self.writer,
            paused: self.paused,
            inner,
        }
    }
}

impl<W, H> WriteTo<W, H> {
    /// Returns the writer.
    #[must_use]
    pub fn writer(&self) -> &W {
        &self.writer
    }

    /// Returns the writer, to be flushed for instance.
    #[must_use]
    pub fn writer_mut(&mut self) -> &mut W {
        &mut self.writer
    }

    /// Returns the writer and the handler inside.
    #[must_use]
    pub fn into_parts(self) -> (W, H) {
        (self.writer, self.inner)
    }
}

lend_inner! { WriteTo<W, H> }

// The frames of a WebSocket are part of the body.
#[callbacks(to = self.inner, except(frame, ws_raw))]
impl<W: Write, H: Callbacks> Callbacks for WriteTo<W, H> {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        let mut written = 0;
        while written < data.len() {
            match self.writer.write(&data[written..]) {
                Ok(0) => return Err(io::Error::from(ErrorKind::WriteZero)).into(),
                Ok(len) if len > data.len() - written => {
                    let text = "the writer claims more bytes than it was given";
                    return WriteResult::Fail(text.into());
                }
                Ok(len) => written += len,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.paused = true;
                    return WriteResult::PauseAfter(written);
                }
                Err(error) => return WriteResult::Fail(error.into()),
            }
        }
        WriteResult::Continue
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        let result = self.inner.xfer_info(progress);
        match std::mem::take(&mut self.paused) {
            true => result.and_resume(Direction::Receive),
            false => result,
        }
    }
}
