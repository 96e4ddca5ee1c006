use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};

use crate::{
    CallbackResult, Callbacks, Direction, Info, ProgressResult, WriteResult, XferInfo, callbacks,
};

/// Writes the whole body to a writer, and flushes the writer when the transfer has succeeded. The body of a later
/// transfer is written after that of an earlier one.
///
/// If a write returns [`WouldBlock`](ErrorKind::WouldBlock), the transfer pauses, and tries again when libcurl next
/// reports progress. libcurl does so at once, so the thread is busy meanwhile. If this matters, write a handler of
/// your own that pauses, and resume the transfer by a [`Remote`](crate::Remote). After
/// [`Interrupted`](ErrorKind::Interrupted), the handler tries again at once. Any other error of the writer ends the
/// transfer.
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
/// transfer.perform()?; // also returns an error of the last write
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
    /// Makes a handler that writes to `writer` without a buffer: libcurl passes at most 16 KiB at a time.
    #[must_use]
    pub fn new(writer: W) -> WriteTo<W> {
        WriteTo {
            writer,
            paused: false,
            inner: (),
        }
    }

    /// Forwards all callbacks to `inner` except [`write`](Callbacks::write), [`frame`](Callbacks::frame) and
    /// [`ws_raw`](Callbacks::ws_raw). `inner` gets the call of [`done`](Callbacks::done) after the flush, if the flush
    /// succeeds.
    #[must_use]
    pub fn and<H: Callbacks>(self, inner: H) -> WriteTo<W, H> {
        WriteTo {
            writer: self.writer,
            paused: self.paused,
            inner,
        }
    }
}

/// The size of the buffer for a file.
const FILE_BUFFER: usize = 256 << 10;

impl WriteTo<BufWriter<File>> {
    /// Makes a handler that writes to `file` through a buffer of 256 KiB. This takes about half the processor time of
    /// writing libcurl's parts of 16 KiB one by one.
    ///
    /// After a transfer that fails, the buffer may still hold the last bytes that have arrived. These bytes are
    /// written by [`writer_mut`](WriteTo::writer_mut)`().flush()`, or when the handler is dropped, which ignores
    /// an error.
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

    /// Returns the writer, mutably.
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
