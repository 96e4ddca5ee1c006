//! A request body that the program writes while an agent sends it.

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
    /// Begins a transfer whose request body the program writes. Returns without waiting: the [`Writer`] takes
    /// the body, and the [`Opening`] returns the response.
    ///
    /// Unless the options make the transfer send a body, this method sets [`upload`](Transfer::upload): in
    /// HTTP, a PUT. [`read`](Callbacks::read) is not called. The writer and the response may be
    /// in two threads or tasks: a server may answer while the body is still being written.
    ///
    /// # Errors
    /// [`Error::Option`](crate::Error::Option) for a transfer with post fields, since libcurl would send the
    /// fields instead of the written body, and with [`resume_from`](Transfer::resume_from), since written bytes cannot
    /// be skipped. Also the error of [`upload`](Transfer::upload). Both come with the
    /// transfer.
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

/// Writes a request body while an [`Agent`](crate::Agent) sends it.
///
/// [`Agent::open_upload`] makes it. It implements [`Write`]; with the feature `futures-io`, also
/// `futures_io::AsyncWrite`; with `tokio`, also `tokio::io::AsyncWrite`. Up to 256 KiB of written bytes are
/// kept until libcurl takes them. A `write` waits while 256 KiB are kept, and a `flush` waits until libcurl has
/// taken everything.
///
/// [`finish`](Writer::finish), or closing the asynchronous writer, ends the body. End the body before you wait
/// for the response; or, since a server may answer early, write and wait at the same time, as by `join!`.
/// Dropping a writer whose body was not ended cancels the transfer, unless libcurl sends nothing more: so an
/// HTTP server sees that the body is incomplete.
///
/// A `write` fails with [`io::ErrorKind::BrokenPipe`] when the transfer has ended, or when the server has
/// answered before the end of the body and libcurl sends nothing more. Then drop or finish the writer: the
/// [`Opening`] returns the response, or the error. A `write` also fails after the body was ended, and when all
/// announced bytes were written. If libcurl has to send the body again, as after some redirects, the transfer fails
/// with an error that says so. If nobody reads the response, libcurl stops receiving it when too much of it is unread;
/// a server may then stop reading the request.
pub struct Writer {
    remote: Remote,
    pipe: PipeWriter,
}

impl Writer {
    /// Limits how long each later blocking call waits. `None`, the default, is no limit.
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

    /// Ends the body, and does not wait until it is sent. If sending fails, the [`Opening`] returns the
    /// error, or the reading of the response does.
    ///
    /// If fewer bytes were written than were announced, as by [`in_filesize`](Transfer::in_filesize), the transfer
    /// fails with an error that says so, unless the server has answered and libcurl sends nothing more.
    pub fn finish(mut self) {
        self.end();
    }

    /// Ends the transfer with this error, since the body cannot be completed. The transfer's error is the same
    /// as if [`read`](Callbacks::read) had failed with it.
    ///
    /// Does nothing if the transfer has ended, or sends nothing more.
    pub fn fail(mut self, error: impl Into<BoxError>) {
        let _ = self.pipe.fail(error.into());
    }

    pub(super) fn end(&mut self) {
        self.pipe.end();
    }

    /// Polls to write as [`Write::write`] does.
    ///
    /// # Errors
    /// Those of [`Write::write`].
    pub fn poll_write(&mut self, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.pipe.poll_write(cx, data)
    }

    /// Polls to flush as [`Write::flush`] does.
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
