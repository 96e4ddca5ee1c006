//! A body that is written while an agent sends it.

use std::fmt;
use std::io::{self, Write};
use std::task::{Context, Poll};
use std::time::Duration;

use crate::agent::{Agent, Opening};
use crate::callbacks::progress::Direction;
use crate::error::BoxError;
use crate::pipe_writer::PipeWriter;
use crate::pulled::LIMIT;
use crate::run::shared_pipe::SharedPipe;
use crate::{Callbacks, Remote, Transfer, TransferError};

impl Agent {
    /// Begins a transfer whose request body is written, without waiting, and returns the writer, and what
    /// the response is waited for with.
    ///
    /// The transfer is made an [`upload`](Transfer::upload), that is a PUT, unless it sends a body already. The body is taken
    /// from the [`Writer`], and not from [`read`](Callbacks::read). Writer and response may be used by two
    /// threads or tasks, so that the server may answer while the body is still written.
    ///
    /// # Errors
    /// [`Error::Option`](crate::Error::Option) for a transfer with post fields, which libcurl would send instead of what is
    /// written; and the error of [`upload`](Transfer::upload).
    ///
    /// # Examples
    /// ```
    /// use std::io::{Read, Write};
    /// use curlback::{Agent, Transfer};
    ///
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let url = format!("http://{}/", listener.local_addr()?);
    /// # let server = std::thread::spawn(move || -> std::io::Result<String> {
    /// #     use std::io::{BufRead, BufReader};
    /// #     let mut reader = BufReader::new(listener.accept()?.0);
    /// #     let mut seen = String::new();
    /// #     while !seen.ends_with("\r\n0\r\n\r\n") { reader.read_line(&mut seen)?; }
    /// #     reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
    /// #     Ok(seen)
    /// # });
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url(&url)?;
    /// # transfer.noproxy("*")?;
    /// transfer.http_headers(["Expect:"])?; // else libcurl waits a second for a server that ignores `Expect`
    /// let (mut writer, opening) = Agent::new()?.open_upload(transfer)?;
    /// for part in ["one ", "two"] {
    ///     writer.write_all(part.as_bytes())?;
    /// }
    /// writer.finish(); // else the transfer is cancelled
    /// let response = opening.wait()?;
    /// assert_eq!(response.status(), 200);
    /// # assert!(server.join().unwrap()?.contains("two"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_upload<H: Callbacks + Send + 'static>(
        &self,
        mut transfer: Transfer<H>,
    ) -> Result<(Writer, Opening<H>), TransferError<H>> {
        if let Err(error) = transfer.make_upload() {
            return Err(TransferError::new(error, transfer));
        }
        let outbox = SharedPipe::new(LIMIT);
        let resume = transfer.easy.control().resumer(Direction::Send.bit());
        outbox.attach(resume, transfer.easy.announced_size());
        let writer = Writer {
            remote: transfer.remote(),
            pipe: PipeWriter::new(outbox.clone()),
        };
        Ok((writer, self.open_with(transfer, LIMIT, Some(outbox))))
    }
}

/// A request body that is written while an [`Agent`](crate::Agent) sends it.
///
/// [`Agent::open_upload`] makes it. It is [`Write`]; with the feature `futures-io`, it is also
/// `futures_io::AsyncWrite`, and with `tokio` also `tokio::io::AsyncWrite`. Up to 256 KiB are kept until libcurl
/// takes them: a `write` waits if there is more, and a `flush` until libcurl has taken everything.
///
/// [`finish`](Writer::finish), or closing it as an asynchronous writer, ends the body. Call it before you wait for
/// the response, or wait for that at the same time, as by `join!`: a server may answer early. Dropping it before
/// that cancels the transfer, so that a body that is not whole does not look whole to the server.
///
/// After the transfer has ended, because it has failed or the server has answered before the end of the
/// body, a `write` fails with [`io::ErrorKind::BrokenPipe`]. Drop or finish the writer then: the
/// [`Opening`] returns the response, or the error. If libcurl has to send the body again, as after some redirects, the transfer fails with an
/// error that says so. While nobody reads the response, the transfer pauses after 256 KiB of
/// it; a server may then stop reading the request.
pub struct Writer {
    remote: Remote,
    pipe: PipeWriter,
}

impl Writer {
    /// Limits how long each blocking call waits, from the next call on; `None`, the default, is no limit.
    ///
    /// A call that waits longer fails with [`io::ErrorKind::TimedOut`].
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.pipe.set_timeout(timeout);
    }

    /// Returns the remote that pauses, resumes and cancels the transfer.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    /// Ends the body. The response tells what has become of it.
    ///
    /// If fewer bytes were written than [`in_filesize`](Transfer::in_filesize) has announced, the transfer
    /// fails with an error that says so.
    pub fn finish(mut self) {
        self.end();
    }

    /// Ends the transfer with this error, as an error of [`read`](Callbacks::read): what was to be sent is
    /// not whole.
    ///
    /// Nothing happens if the transfer has ended.
    pub fn fail(mut self, error: impl Into<BoxError>) {
        let _ = self.pipe.fail(error.into());
    }

    pub(super) fn end(&mut self) {
        self.pipe.end();
    }

    /// Writes as [`Write::write`] does, for a task.
    ///
    /// # Errors
    /// Those of [`Write::write`].
    pub fn poll_write(&mut self, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.pipe.poll_write(cx, data)
    }

    /// Flushes as [`Write::flush`] does, for a task.
    ///
    /// # Errors
    /// Those of [`Write::flush`].
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.pipe.poll_flush(cx)
    }

    #[cfg(any(feature = "futures-io", feature = "tokio"))]
    pub(super) fn pipe(&mut self) -> &mut PipeWriter {
        &mut self.pipe
    }
}

impl Write for Writer {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.pipe.write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pipe.flush()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.pipe.has_finished() {
            self.pipe.cancel(|| {
                self.remote.cancel();
            });
        }
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("has_finished", &self.pipe.has_finished())
            .finish_non_exhaustive()
    }
}
