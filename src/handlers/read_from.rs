use std::io::{ErrorKind, Read, Seek, SeekFrom};

use crate::{
    Callbacks, Direction, ProgressResult, ReadBuf, ReadResult, SeekResult, XferInfo, callbacks,
};

/// Sends the bytes of a reader, and rewinds the reader when libcurl has to send the body again.
///
/// libcurl calls `read` only if the transfer sends a body: set [`upload`](crate::Transfer::upload)
/// or [`post`](crate::Transfer::post); TELNET needs neither. If no option has chosen a method, `perform` returns
/// [`Error::Option`](crate::Error::Option), unless the transfer uses TELNET or only connects. To download with this
/// handler, set `upload(false)`. If the size of the body is known, announce it by
/// [`in_filesize`](crate::Transfer::in_filesize) or [`post_field_size`](crate::Transfer::post_field_size).
///
/// The first transfer reads from the current position of the reader. A rewind goes back to that position, and the
/// offsets of [`seek`](Callbacks::seek) are counted from it. A later transfer goes on where the last one has stopped
/// reading. To send the same bytes again, call [`rewind`](ReadFrom::rewind) before it. To send bytes in memory, use a
/// [`Cursor`](std::io::Cursor) as the reader.
///
/// If the reader returns [`WouldBlock`](ErrorKind::WouldBlock), the transfer pauses, and tries again when libcurl
/// next reports progress. libcurl does so at once, so the thread is busy meanwhile. If this matters, write a handler
/// of your own that pauses, and resume the transfer by a [`Remote`](crate::Remote). After
/// [`Interrupted`](ErrorKind::Interrupted), the handler reads again at once. Any other error ends the transfer.
///
/// # Examples
/// ```
/// use std::fs::{self, File};
/// use curlback::{Transfer, handlers::ReadFrom};
///
/// let file = File::open("Cargo.toml")?;
/// let size = file.metadata()?.len();
/// let to = std::env::temp_dir().join(format!("curlback-read-from-{}", std::process::id()));
/// let mut transfer = Transfer::new(ReadFrom::new(file))?;
/// transfer.url(&format!("file://{}", to.display()))?;
/// transfer.upload(true)?;
/// transfer.in_filesize(size)?;
/// transfer.perform()?;
/// assert_eq!(fs::metadata(&to)?.len(), size);
/// # fs::remove_file(to)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The answer of the server goes to the handler [inside](ReadFrom::and), such as a
/// [`Collect`](super::Collect):
/// ```
/// use std::io::Cursor;
/// use curlback::{Transfer, handlers::{Collect, ReadFrom}};
///
/// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
/// # let url = server::http(|_| server::ok("stored"))?;
/// let mut transfer = Transfer::new(ReadFrom::new(Cursor::new("body")).and(Collect::new()))?;
/// transfer.url(&url)?;
/// # transfer.noproxy("*")?;
/// transfer.upload(true)?;
/// transfer.perform()?;
/// let answer = transfer.handler_mut().inner_mut().take_body();
/// assert_eq!(answer, b"stored");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[doc(alias("CURLOPT_READDATA", "CURLOPT_INFILE"))]
pub struct ReadFrom<R, H = ()> {
    reader: R,
    /// The position of the reader at the first `read`, `seek` or `rewind`; `None` before that.
    start: Option<u64>,
    once: bool,
    paused: bool,
    inner: H,
}

impl<R: Read + Seek> ReadFrom<R> {
    /// Makes a handler that reads until libcurl's buffer is full. This suits files best.
    #[must_use]
    pub fn new(reader: R) -> ReadFrom<R> {
        ReadFrom {
            reader,
            start: None,
            once: false,
            paused: false,
            inner: (),
        }
    }

    /// Makes a handler that reads once for each call of libcurl, so that the bytes of an interactive reader are sent at
    /// once.
    #[must_use]
    pub fn unbuffered(reader: R) -> ReadFrom<R> {
        ReadFrom {
            once: true,
            ..ReadFrom::new(reader)
        }
    }

    /// Forwards all callbacks to `inner` except [`read`](Callbacks::read) and [`seek`](Callbacks::seek).
    #[must_use]
    pub fn and<H: Callbacks>(self, inner: H) -> ReadFrom<R, H> {
        let ReadFrom {
            reader,
            start,
            once,
            paused,
            inner: (),
        } = self;
        ReadFrom {
            reader,
            start,
            once,
            paused,
            inner,
        }
    }
}

impl<R, H> ReadFrom<R, H> {
    /// Returns the reader.
    #[must_use]
    pub fn reader(&self) -> &R {
        &self.reader
    }

    /// Returns the reader, mutably, for changes between transfers.
    #[must_use]
    pub fn reader_mut(&mut self) -> &mut R {
        &mut self.reader
    }

    /// Returns the reader and the handler inside.
    #[must_use]
    pub fn into_parts(self) -> (R, H) {
        (self.reader, self.inner)
    }
}

lend_inner! { ReadFrom<R, H> }

impl<R: Read + Seek, H> ReadFrom<R, H> {
    /// Moves the reader back to the position at which the first transfer started to read. Before the first
    /// transfer, this is the current position.
    ///
    /// # Errors
    /// The error of the reader.
    pub fn rewind(&mut self) -> std::io::Result<()> {
        self.seek_from_start(SeekFrom::Start(0)).map(|_| ())
    }

    /// Returns the position from which offsets are counted: the position of the reader at the first call.
    fn start(&mut self) -> std::io::Result<u64> {
        match self.start {
            Some(start) => Ok(start),
            None => Ok(*self.start.insert(self.reader.stream_position()?)),
        }
    }

    fn fill(&mut self, buffer: &mut ReadBuf<'_>) -> std::io::Result<()> {
        self.start()?;
        match self.once {
            true => buffer.fill_once_from(&mut self.reader),
            false => buffer.fill_from(&mut self.reader),
        }
    }

    fn seek_from_start(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let start = self.start()?;
        self.reader.seek(match to {
            SeekFrom::Start(offset) => SeekFrom::Start(start.saturating_add(offset)),
            other => other,
        })
    }
}

#[callbacks(to = self.inner)]
impl<R: Read + Seek, H: Callbacks> Callbacks for ReadFrom<R, H> {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        match self.fill(buffer) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.paused = true;
                ReadResult::Pause
            }
            result => result.into(),
        }
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        self.seek_from_start(to).into()
    }

    fn has_body(&self) -> bool {
        true
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        let result = self.inner.xfer_info(progress);
        match std::mem::take(&mut self.paused) {
            true => result.and_resume(Direction::Send),
            false => result,
        }
    }
}
