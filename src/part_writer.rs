//! A part of a form whose content the program writes while the transfer runs.

use std::fmt;
use std::io::{self, Write};
use std::task::{Context, Poll};
use std::time::Duration;

use crate::Part;
use crate::error::BoxError;
#[cfg(doc)]
use crate::mime::MimeReader;
use crate::pipe_writer::PipeWriter;
use crate::pulled::LIMIT;
use crate::run::part_pipe::PartPipe;
use crate::run::shared_pipe::SharedPipe;

/// # Parts that the program writes
impl Part {
    /// Makes a part and the writer of its content. Use the writer on another thread, or in another task, than
    /// the one that drives the transfer.
    ///
    /// If the part has no [`size`](Part::size), HTTP/1.1 sends the whole body in chunks. Up to 256 KiB of written
    /// bytes are kept until libcurl takes them.
    ///
    /// # Examples
    /// With the feature `tokio`, the content comes from a file of tokio, which the task of the caller reads:
    /// ```
    /// use curlback::{Agent, Mime, Part, Transfer};
    ///
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let url = format!("http://{}/", listener.local_addr()?);
    /// # let server = std::thread::spawn(move || -> std::io::Result<String> {
    /// #     use std::io::{BufRead, BufReader, Write};
    /// #     let mut reader = BufReader::new(listener.accept()?.0);
    /// #     let mut seen = String::new();
    /// #     while !seen.ends_with("\r\n0\r\n\r\n") { reader.read_line(&mut seen)?; }
    /// #     reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
    /// #     Ok(seen)
    /// # });
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    /// # runtime.block_on(async {
    /// let (part, writer) = Part::pipe();
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url(&url)?;
    /// # transfer.noproxy("*")?;
    /// # transfer.http_headers(["Expect:"])?;
    /// transfer.mime(Mime::new().part(part.name("manifest").filename("Cargo.toml")))?;
    ///
    /// let file = tokio::fs::File::open("Cargo.toml").await?;
    /// let copies = writer.copy_from_tokio(file);
    /// let started = Agent::new()?.start(transfer);
    /// let (copied, (transfer, result)) = tokio::join!(copies, started);
    /// result?; // with the error of the file, if there is one
    /// assert_eq!(transfer.response_code()?, 200);
    /// assert_eq!(copied?, std::fs::metadata("Cargo.toml")?.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # assert!(server.join().unwrap()?.contains("[package]"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pipe() -> (Part, PartWriter) {
        Part::pipe_with_limit(LIMIT)
    }

    /// Makes a part as [`pipe`](Part::pipe) does, and keeps up to `limit` written bytes instead of 256 KiB. A
    /// limit of 0 counts as 1.
    pub fn pipe_with_limit(limit: usize) -> (Part, PartWriter) {
        let pipe = SharedPipe::new(limit.max(1));
        let writer = PartWriter(PipeWriter::new(pipe.clone()));
        (Part::source(PartPipe(pipe)), writer)
    }
}

/// Writes the content of a [`Part`] while the transfer that sends it runs.
///
/// [`Part::pipe`] makes it. It implements [`Write`]. With the feature `futures-io`, it also implements
/// `futures_io::AsyncWrite` and has `copy_from`, which copies an asynchronous reader. With `tokio`, it also
/// implements `tokio::io::AsyncWrite` and has `copy_from_tokio`. A `write` waits while the limit of the pipe is
/// reached, and a `flush` waits until libcurl has taken everything. Do not call these methods on the thread
/// that has to drive the transfer: that thread would wait for itself. A module that has both [`Write`] and an
/// asynchronous trait in scope has to name the trait in a call: `AsyncWriteExt::write_all(&mut writer, …)`.
///
/// # The end
/// [`finish`](PartWriter::finish), or closing the asynchronous writer, ends the part.
/// [`fail`](PartWriter::fail) ends the transfer with an error. Dropping a writer whose part was not ended does
/// so too: an incomplete part does not look complete to the server. The transfer then fails as if a
/// [`MimeReader`] had failed: with [`Error::Callback`](crate::Error::Callback), which names
/// [`Callback::MimeRead`](crate::Callback::MimeRead).
///
/// The content is sent once, in one transfer. A `write` fails with [`io::ErrorKind::BrokenPipe`] after that
/// transfer has ended for any reason, if the part was dropped, or if libcurl sends nothing more. If libcurl
/// has to send the body again, as after some redirects, the transfer fails with an error that says so. A
/// server may answer before it has received the whole body. If libcurl then sends nothing more, a transfer of
/// [`Agent::open`](crate::Agent::open) stops waiting for the writer at once. Any other transfer stops waiting
/// when the next bytes are written.
///
/// # Examples
/// ```
/// use std::io::Write;
/// use std::thread;
/// use curlback::{Mime, Part, Transfer};
///
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("http://{}/", listener.local_addr()?);
/// # let server = thread::spawn(move || -> std::io::Result<String> {
/// #     use std::io::{BufRead, BufReader};
/// #     let mut reader = BufReader::new(listener.accept()?.0);
/// #     let mut seen = String::new();
/// #     while !seen.ends_with("\r\n0\r\n\r\n") { reader.read_line(&mut seen)?; }
/// #     reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
/// #     Ok(seen)
/// # });
/// let (part, mut writer) = Part::pipe();
/// let mut transfer = Transfer::new(())?;
/// transfer.url(&url)?;
/// # transfer.noproxy("*")?;
/// # transfer.http_headers(["Expect:"])?;
/// transfer.mime(Mime::new().part(part.name("lines")))?;
///
/// let lines = thread::spawn(move || -> std::io::Result<()> {
///     for line in 0..1000 {
///         writeln!(writer, "{line}")?;
///     }
///     writer.finish(); // else the transfer fails
///     Ok(())
/// });
/// transfer.perform()?;
/// lines.join().expect("it does not panic")?;
/// # assert!(server.join().unwrap()?.contains("999"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "dropping it ends the transfer with an error"]
pub struct PartWriter(PipeWriter);

impl PartWriter {
    /// Limits how long each later blocking call waits. `None`, the default, is no limit.
    ///
    /// A call that waits longer fails with [`io::ErrorKind::TimedOut`].
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.0.set_timeout(timeout);
    }

    /// Ends the part, and does not wait until it is sent. If sending fails, the result of the transfer is
    /// the error.
    ///
    /// If fewer bytes were written than [`Part::size`] has announced, the transfer fails with an error that says
    /// so.
    pub fn finish(mut self) {
        self.end();
    }

    pub(crate) fn end(&mut self) {
        self.0.end();
    }

    /// Ends the transfer with this error, since the part cannot be completed.
    ///
    /// Does nothing if the transfer has ended, or sends nothing more.
    pub fn fail(mut self, error: impl Into<BoxError>) {
        let _ = self.0.fail(error.into());
    }

    /// Polls to write as [`Write::write`] does.
    ///
    /// # Errors
    /// Those of [`Write::write`].
    pub fn poll_write(&mut self, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.0.poll_write(cx, data)
    }

    /// Polls to flush as [`Write::flush`] does.
    ///
    /// # Errors
    /// Those of [`Write::flush`].
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_flush(cx)
    }

    #[cfg(any(feature = "futures-io", feature = "tokio"))]
    pub(crate) fn pipe(&mut self) -> &mut PipeWriter {
        &mut self.0
    }
}

impl Write for PartWriter {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0.write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Drop for PartWriter {
    fn drop(&mut self) {
        if !self.0.has_finished() {
            let text = "the writer of a part was dropped before its end";
            let _ = (self.0).fail(io::Error::new(io::ErrorKind::UnexpectedEof, text).into());
        }
    }
}

impl fmt::Debug for PartWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartWriter")
            .field("has_finished", &self.0.has_finished())
            .finish_non_exhaustive()
    }
}
