//! A request body that the program writes.

use std::fmt;
use std::io::{self, Read, Write};
use std::time::Duration;

use crate::ffi::sigpipe::Quiet;
use crate::pulled::{LIMIT, Pulled};
use crate::run::pipe::PipeEnd;
use crate::run::pull::Pull;
use crate::{Callbacks, Error, Response, Transfer, TransferError};

/// A transfer whose request body the program writes to this value.
///
/// [`Transfer::open_upload`] makes it. As with a [`Response`], the transfer runs only inside the calls of this
/// type. Up to 256 KiB of written bytes are kept until libcurl takes them. A `write` waits while 256 KiB are
/// kept, and [`flush`](Write::flush) waits until libcurl has taken everything.
///
/// [`finish`](Upload::finish) ends the body and returns the response. Dropping an `Upload` cancels the
/// transfer: an HTTP server then sees that the body is incomplete, but an FTP server cannot tell an incomplete
/// file from a complete one. If libcurl has to send the body again, as after some redirects, the transfer fails
/// with an error that says so.
///
/// # Both ways at once
/// A server may answer before the body has ended, as it can over HTTP/2. Reading from an `Upload` then reads the
/// response. A read waits for the server: if the server waits for more of the body, both sides wait until a [time
/// limit](Upload::set_timeout) is over. Likewise, the server may stop receiving until the program reads its
/// answer: when 256 KiB of the answer are unread, a `write` may wait until a time limit is over.
///
/// If the server answers with an error and does not want the rest of the body, libcurl stops sending. A `write` that
/// has to wait then fails with [`io::ErrorKind::BrokenPipe`], and `finish` returns the response.
///
/// # Examples
/// ```
/// use std::io::{Read, Write};
/// use curlback::Transfer;
///
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("http://{}/", listener.local_addr()?);
/// # let server = std::thread::spawn(move || -> std::io::Result<String> {
/// #     use std::io::{BufRead, BufReader};
/// #     let mut reader = BufReader::new(listener.accept()?.0);
/// #     let mut seen = String::new();
/// #     while !seen.ends_with("\r\n0\r\n\r\n") { reader.read_line(&mut seen)?; }
/// #     reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")?;
/// #     Ok(seen)
/// # });
/// let mut transfer = Transfer::new(())?;
/// transfer.url(&url)?;
/// transfer.upload(true)?;
/// # transfer.noproxy("*")?;
/// transfer.http_headers(["Expect:"])?; // else libcurl waits a second for a server that ignores `Expect`
/// let mut upload = transfer.open_upload()?;
/// for line in 1..=3 {
///     writeln!(upload, "line {line}")?;
/// }
/// let mut response = upload.finish()?;
/// assert_eq!(response.status(), 200);
/// let mut answer = String::new();
/// response.read_to_string(&mut answer)?;
/// # drop(response);
/// # assert!(server.join().unwrap()?.contains("line 3"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Upload<H> {
    pulled: Pulled<H>,
    /// How many bytes of the announced size were not written yet; `None` if no size was announced.
    left: Option<u64>,
}

/// # Writing the body
impl<H: Callbacks> Transfer<H> {
    /// Begins a transfer whose request body the program writes to the returned value.
    ///
    /// The options choose the HTTP method: [`post`](Transfer::post) or [`upload`](Transfer::upload). If neither
    /// is set, `open_upload` sets `upload`. [`read`](Callbacks::read) is not called. Nothing is sent before the
    /// first call that waits: a [`flush`](Write::flush), a read, `finish`, or a `write` when 256 KiB are kept.
    ///
    /// # Errors
    /// Those of [`open`](Transfer::open); and [`Error::Option`](crate::Error::Option) for a `POST` with post
    /// fields, since libcurl would send the fields instead of the written body, and with
    /// [`resume_from`](Transfer::resume_from), since written bytes cannot be skipped.
    ///
    /// # Panics
    /// As for [`open`](Transfer::open).
    ///
    /// # Examples
    /// ```
    /// use std::io::{Read, Write};
    /// use curlback::Transfer;
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let url = server::http(|request| server::ok(request))?;
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url(&url)?;
    /// # transfer.noproxy("*")?;
    /// let mut upload = transfer.open_upload()?;
    /// upload.write_all(b"body")?;
    /// let mut response = upload.finish()?;
    /// let mut request = String::new();
    /// response.read_to_string(&mut request)?; // this server sends the request back
    /// assert!(request.starts_with("PUT ") && request.contains("body"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_upload(mut self) -> Result<Upload<H>, TransferError<H>> {
        if let Err(error) = self.make_upload() {
            return Err(TransferError::new(error, self));
        }
        let pull = Pull {
            inbox: self.easy.make_inbox(LIMIT),
            outbox: Some(PipeEnd::own(LIMIT)),
        };
        let left = self.easy.announced_size();
        let pulled = Pulled::start(self, pull, &Quiet::new())?;
        Ok(Upload { pulled, left })
    }
}

impl<H> Transfer<H> {
    /// Makes the transfer one that sends a body, unless it is one already.
    pub(crate) fn make_upload(&mut self) -> Result<(), Error> {
        if self.easy.sends_fields() {
            return Err(Error::Option {
                option: "CURLOPT_POSTFIELDS",
                reason: "libcurl would send the fields, and not what is written",
            });
        }
        if self.easy.resumes() {
            return Err(Error::Option {
                option: "CURLOPT_RESUME_FROM_LARGE",
                reason: "bytes that are written cannot be skipped: set it to 0, and `append` for FTP and SFTP",
            });
        }
        match self.easy.sends_body() {
            true => Ok(()),
            false => self.upload(true),
        }
    }
}

impl<H: Callbacks> Upload<H> {
    /// Limits how long each later write, flush or read waits. `None`, the default, is no limit.
    ///
    /// A call that waits longer fails with [`io::ErrorKind::TimedOut`], and the next call continues the
    /// transfer.
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.pulled.timeout = timeout;
    }

    /// Returns the transfer, with its handler and its [remotes](Transfer::remote).
    #[must_use]
    pub fn transfer(&self) -> &Transfer<H> {
        &self.pulled.transfer
    }

    /// Returns the handler, so that it can be changed between two calls.
    #[must_use]
    pub fn handler_mut(&mut self) -> &mut H {
        self.pulled.transfer.handler_mut()
    }

    /// Ends the body, sends the rest of it, and returns the final response when its headers have come.
    ///
    /// # Errors
    /// Those of [`open`](Transfer::open). If fewer bytes were written than were announced, as by
    /// [`in_filesize`](Transfer::in_filesize), an error that says so, and that names the callback `read`.
    ///
    /// # Panics
    /// As for [`open`](Transfer::open).
    pub fn finish(mut self) -> Result<Response<H>, TransferError<H>> {
        if let Some(outbox) = self.pulled.transfer.easy.outbox() {
            outbox.end();
        }
        Ok(Response(self.pulled.await_response(Quiet::new())?))
    }

    /// Ends the transfer at once, which closes the connection, or only the stream with HTTP/2 and HTTP/3, and returns
    /// the transfer.
    ///
    /// # Panics
    /// Resumes the panic of a callback that libcurl calls meanwhile, and drops the transfer.
    #[must_use]
    pub fn cancel(self) -> Transfer<H> {
        self.pulled.cancel()
    }

    /// Returns how many more bytes can be written without waiting.
    fn room(&mut self) -> usize {
        let outbox = self.pulled.transfer.easy.outbox();
        outbox.map_or(0, |outbox| outbox.room())
    }

    /// Drives the transfer until `room` bytes can be written, the transfer has ended, or [`has_refused`] is
    /// true.
    fn await_room(&mut self, room: usize) -> io::Result<()> {
        self.pulled.drive_in_time(|pulled| {
            let outbox = pulled.transfer.easy.outbox();
            outbox.is_none_or(|outbox| outbox.room() >= room) || has_refused(pulled)
        })
    }

    /// Fails if the transfer has ended, or if [`has_refused`] is true.
    fn check(&mut self) -> io::Result<()> {
        self.pulled.fail()?;
        match self.pulled.is_running() && !has_refused(&mut self.pulled) {
            true => Ok(()),
            false => Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "the server has answered before the end of the body: `finish` returns the response",
            )),
        }
    }
}

impl<H: Callbacks> Write for Upload<H> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if data.is_empty() {
            return Ok(0);
        }
        if self.left == Some(0) {
            let text = "more is written than the size that was announced";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        if self.room() == 0 {
            self.await_room(1)?;
        }
        self.check()?;
        let left = self.left.and_then(|left| left.try_into().ok());
        let count = data.len().min(self.room()).min(left.unwrap_or(usize::MAX));
        self.left = self.left.map(|left| left.saturating_sub(count as u64));
        if let Some(outbox) = self.pulled.transfer.easy.outbox() {
            outbox.append(&data[..count]);
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.await_room(LIMIT)?;
        self.check()
    }
}

/// Returns whether libcurl sends nothing more after an early answer, such as an error or a redirect, and cannot
/// end the transfer before the program reads: so much of the answer is unread that libcurl has to wait.
fn has_refused<H: Callbacks>(pulled: &mut Pulled<H>) -> bool {
    let inbox = pulled.transfer.easy.inbox();
    let is_full = inbox.is_some_and(|inbox| inbox.room() == 0);
    is_full && pulled.transfer.easy.has_ended_sending()
}

impl<H: Callbacks> Read for Upload<H> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.pulled.read(buffer)
    }
}

impl<H: fmt::Debug> fmt::Debug for Upload<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("transfer", &self.pulled.transfer)
            .finish_non_exhaustive()
    }
}
