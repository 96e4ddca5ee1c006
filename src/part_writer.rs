//! A part of a form that is written while its transfer runs.

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

/// # Parts that are written
impl Part {
    /// Makes a part, and the writer of its content, for another thread or task than the one that drives the
    /// transfer.
    ///
    /// Without a [`size`](Part::size), the whole body goes in chunks. Up to 256 KiB wait until libcurl takes
    /// them.
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

    /// Makes a part as [`pipe`](Part::pipe) does, with another limit for the bytes that wait; a limit of 0 counts
    /// as 1.
    pub fn pipe_with_limit(limit: usize) -> (Part, PartWriter) {
        let pipe = SharedPipe::new(limit.max(1));
        let writer = PartWriter(PipeWriter::new(pipe.clone()));
        (Part::source(PartPipe(pipe)), writer)
    }
}

/// Writes the content of a [`Part`] while the transfer that sends it runs.
///
/// [`Part::pipe`] makes it. It is [`Write`]; with the feature `futures-io`, it is also `futures_io::AsyncWrite`
/// and has `copy_from`, which copies an asynchronous reader; with `tokio`, it is also `tokio::io::AsyncWrite` and has
/// `copy_from_tokio`. A `write` waits while the limit of the pipe is reached, and a `flush` until libcurl
/// has taken everything: neither may wait on the thread that is to drive the transfer.
/// A module that has both [`Write`] and an asynchronous trait in scope has to name the trait in a call:
/// `AsyncWriteExt::write_all(&mut writer, …)`.
///
/// # The end
/// [`finish`](PartWriter::finish), or closing it as an asynchronous writer, ends the part.
/// [`fail`](PartWriter::fail) ends the transfer with an error, and so does dropping the writer before
/// its end, so that the part never looks whole to the server when it is not. The error is that of a
/// [`MimeReader`]: [`Error::Callback`](crate::Error::Callback), named
/// [`Callback::MimeRead`](crate::Callback::MimeRead).
///
/// The content is sent in one transfer, once. After that transfer has ended, for whatever reason, a `write` fails
/// with [`io::ErrorKind::BrokenPipe`]; so it does if the part is dropped. If libcurl has to send the body again, as
/// after some redirects, the transfer fails with an error that says so. A server may answer
/// before it has received the whole body: [`Agent::open`](crate::Agent::open) notices that at once, and other
/// transfers end when the next bytes are written.
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
    /// Limits how long each blocking call waits, from the next call on; `None`, the default, is no limit.
    ///
    /// A call that waits longer fails with [`io::ErrorKind::TimedOut`].
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.0.set_timeout(timeout);
    }

    /// Ends the part. The result of the transfer tells what has become of it.
    ///
    /// If fewer bytes were written than [`Part::size`] has announced, the transfer fails with an error that says
    /// so.
    pub fn finish(mut self) {
        self.end();
    }

    pub(crate) fn end(&mut self) {
        self.0.end();
    }

    /// Ends the transfer with this error.
    ///
    /// Nothing happens if the transfer has ended.
    pub fn fail(mut self, error: impl Into<BoxError>) {
        let _ = self.0.fail(error.into());
    }

    /// Writes as [`Write::write`] does, for a task.
    ///
    /// # Errors
    /// Those of [`Write::write`].
    pub fn poll_write(&mut self, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.0.poll_write(cx, data)
    }

    /// Flushes as [`Write::flush`] does, for a task.
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
