use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};

use crate::{
    CallbackResult, Callbacks, Direction, Info, ProgressResult, WriteResult, XferInfo, callbacks,
};

/// Writes the body to a writer, which it calls until each part is written, and flushes the writer when
/// the transfer has succeeded. An error of either ends the transfer. The body of a later transfer goes
/// after that of an earlier one.
///
/// [`WouldBlock`](ErrorKind::WouldBlock) pauses the transfer. It is resumed by the next `xfer_info`, which
/// libcurl then calls at once, so that the thread is busy meanwhile: where that
/// matters, pause in a handler of your own and resume by a [`Remote`](crate::Remote).
///
/// # Examples
/// ```
/// use curlback::{Transfer, handlers::WriteTo};
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("copy");
/// let file = std::fs::File::create(&path)?;
/// let mut transfer = Transfer::new(WriteTo::file(file))?;
/// let source = std::env::current_dir()?.join("Cargo.toml");
/// transfer.url(&format!("file://{}", source.display()))?;
/// transfer.perform()?; // also an error of the last write comes out here
/// assert_eq!(std::fs::read(&path)?, std::fs::read(&source)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[doc(alias("CURLOPT_WRITEDATA", "CURLOPT_FILE"))]
pub struct WriteTo<W, H = ()> {
    writer: W,
    paused: bool,
    inner: H,
}

impl<W: Write> WriteTo<W> {
    /// Writes to `writer`, which is not buffered here: libcurl passes at most 16 KiB at a time.
    #[must_use]
    pub fn new(writer: W) -> WriteTo<W> {
        WriteTo {
            writer,
            paused: false,
            inner: (),
        }
    }

    /// Leaves all other callbacks to `inner`, whose [`done`](Callbacks::done) is called after the flush.
    #[must_use]
    pub fn and<H: Callbacks>(self, inner: H) -> WriteTo<W, H> {
        WriteTo {
            writer: self.writer,
            paused: self.paused,
            inner,
        }
    }
}

/// How many bytes are written to a file at once.
const FILE_BUFFER: usize = 256 << 10;

impl WriteTo<BufWriter<File>> {
    /// Writes to `file` through a buffer of 256 KiB, which takes about half the processor time that
    /// libcurl's parts of 16 KiB take.
    ///
    /// After a transfer that fails, the buffer may still hold the end of what has arrived. It is written
    /// by [`writer_mut`](WriteTo::writer_mut)`().flush()`, and, without an error that anybody sees, when the
    /// handler is dropped.
    #[must_use]
    pub fn file(file: File) -> WriteTo<BufWriter<File>> {
        WriteTo::new(BufWriter::with_capacity(FILE_BUFFER, file))
    }
}

impl<W, H> WriteTo<W, H> {
    /// Returns the writer.
    #[must_use]
    pub fn writer(&self) -> &W {
        &self.writer
    }

    /// Returns the writer.
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

    fn done(&mut self, info: &Info<'_>) -> CallbackResult {
        loop {
            match self.writer.flush() {
                Ok(()) => return self.inner.done(info),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return CallbackResult::Fail(error.into()),
            }
        }
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        let result = self.inner.xfer_info(progress);
        match std::mem::take(&mut self.paused) {
            true => result.and_resume(Direction::Receive),
            false => result,
        }
    }
}
