//! A response whose body is read.

use std::fmt;
use std::io::{self, BufRead, Read};
use std::time::Duration;

use crate::pulled::{LIMIT, Pulled};
use crate::run::pipe::PipeEnd;
use crate::run::pull::Pull;
use crate::{Callbacks, Error, Info, Transfer, TransferError};

/// A transfer whose final headers have come, and whose body is read from here.
///
/// [`Transfer::open`] makes it. It needs no thread: the transfer runs inside [`read`](Read::read), and
/// only then. So nothing else happens between two reads: the other callbacks are not called, uploads do
/// not go on, pings are not answered, and a [`Remote`](crate::Remote) is not heard. Time limits such as
/// [`timeout`](Transfer::timeout) go on, and are checked when the next read needs more data.
///
/// # Reading
/// `read` returns 0 only after a body that is complete. A body that is cut short, a time limit that is
/// over, and any other failure of the transfer is an error of `read`, once all bytes before it were
/// read: an [`io::Error`] whose inner error is the [`Error`](crate::Error). After
/// that, each `read` fails. The panic of a callback comes out of `read`. libcurl 8.8.0 to 8.14.1 lose some of the
/// bytes before such an error if they had to wait for the reader.
///
/// What was received and not read yet takes 256 KiB at most, or the number of bytes given to
/// [`Transfer::open_with_limit`], and one part of a body more, 16 KiB. libcurl itself has a
/// [buffer](Transfer::buffer_size), and decodes all of it at once: if the body is
/// [encoded](Transfer::accept_encoding), libcurl keeps what one buffer of it becomes, and fails the
/// transfer if that is more than 64 MiB.
///
/// # The end
/// [`finish`](Response::finish) reads the rest of the body, and returns the transfer with its
/// connection, which the next request can use. [`cancel`](Response::cancel) closes the connection, and
/// returns the transfer at once. Dropping the response drops the transfer, and does not wait for the
/// network either.
///
/// # Examples
/// ```
/// use std::{io::Read, net::TcpListener, thread};
/// use curlback::Transfer;
///
/// # let listener = TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("http://{}/", listener.local_addr()?);
/// # let server = thread::spawn(move || -> std::io::Result<()> {
/// #     use std::io::{BufRead, BufReader, Write};
/// #     let mut reader = BufReader::new(listener.accept()?.0);
/// #     let mut line = String::new();
/// #     while line != "\r\n" { line.clear(); reader.read_line(&mut line)?; }
/// #     reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")
/// # });
/// let mut transfer = Transfer::new(())?;
/// transfer.url(&url)?;
/// # transfer.noproxy("*")?;
/// let mut response = transfer.open()?; // returns when the headers have come
/// assert_eq!(response.status(), 200);
///
/// let mut body = String::new();
/// response.read_to_string(&mut body)?; // an error if the body is cut short
/// assert_eq!(body, "body");
/// let transfer = response.finish()?; // for the next request
/// # drop(transfer);
/// # server.join().expect("it does not panic")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Response<H>(pub(crate) Pulled<H>);

/// # Reading the body
impl<H: Callbacks> Transfer<H> {
    /// Begins the transfer, and returns when the headers of the final response have come, with that
    /// response: its body is read, and not given to [`write`](Callbacks::write).
    ///
    /// All other callbacks are called as ever, also [`final_head`](Callbacks::final_head), which tells which
    /// response is the final one. The request is sent as by [`perform`](Transfer::perform): a body from
    /// [`read`](Callbacks::read) goes on while the response is read. [`Response`] says what runs when.
    ///
    /// # Errors
    /// As for [`perform`](Transfer::perform), with the transfer. [`Error::Option`](crate::Error::Option) if the URL names a
    /// file, whose transfer libcurl cannot pause, and with
    /// [`connect_only`](Transfer::connect_only), after which there is no body.
    ///
    /// # Panics
    /// Resumes the panic of a callback; the transfer is dropped.
    ///
    /// # Examples
    /// ```
    /// use std::io::Read;
    /// use curlback::Transfer;
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let url = server::http(|_| server::ok("body"))?;
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url(&url)?;
    /// # transfer.noproxy("*")?;
    /// let mut response = transfer.open()?;
    /// let mut body = String::new();
    /// response.read_to_string(&mut body)?;
    /// assert_eq!((response.status(), &*body), (200, "body"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(self) -> Result<Response<H>, TransferError<H>> {
        self.open_with_limit(LIMIT)
    }

    /// Begins the transfer as [`open`](Transfer::open) does, and keeps at most so many bytes of the body
    /// unread, and one part of 16 KiB more. libcurl waits while there are more; a limit of 0 counts as 1.
    ///
    /// # Errors
    /// As for [`open`](Transfer::open).
    ///
    /// # Panics
    /// As [`open`](Transfer::open).
    pub fn open_with_limit(self, limit: usize) -> Result<Response<H>, TransferError<H>> {
        let pull = Pull {
            inbox: PipeEnd::own(limit.max(1)),
            outbox: None,
        };
        let response = Pulled::start(self, pull)?.await_response()?;
        Ok(Response(response))
    }
}

impl<H: Callbacks> Response<H> {
    /// Returns the status of the response, such as 200; 0 for protocols without one.
    #[must_use]
    pub fn status(&self) -> u16 {
        let status = self.info().response_code().unwrap_or_default();
        status.try_into().unwrap_or_default()
    }

    /// Returns the value of the first header of the response with this name, in whatever case.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) if the linked libcurl does not keep headers: before 7.83.0.
    pub fn header(&self, name: &str) -> Result<Option<&[u8]>, Error> {
        self.info().header_value(name)
    }

    /// Returns information about the running transfer.
    #[must_use]
    pub fn info(&self) -> Info<'_> {
        self.transfer().info()
    }

    /// Returns the transfer, with its [headers](Transfer::headers), its handler and its
    /// [remotes](Transfer::remote).
    #[must_use]
    pub fn transfer(&self) -> &Transfer<H> {
        &self.0.transfer
    }

    /// Returns the handler, to be changed between two reads.
    #[must_use]
    pub fn handler_mut(&mut self) -> &mut H {
        self.0.transfer.handler_mut()
    }

    /// Limits how long a read waits for data, as of the next read; `None`, the default, is no limit.
    ///
    /// A read that waits longer fails with [`io::ErrorKind::TimedOut`]. The transfer goes on with the
    /// next read, unlike after [`timeout`](Transfer::timeout).
    pub fn set_read_timeout(&mut self, timeout: Option<Duration>) {
        self.0.timeout = timeout;
    }

    /// Reads the rest of the body, throws it away, and returns the transfer. The connection is kept.
    ///
    /// This takes as long as the server needs to send the rest; [`cancel`](Response::cancel) does not
    /// wait.
    ///
    /// # Errors
    /// The error of the transfer, with the transfer. If a read has returned that error already, the error
    /// has the same code, and its text says so.
    ///
    /// # Panics
    /// Resumes the panic of a callback; the transfer is dropped.
    pub fn finish(self) -> Result<Transfer<H>, TransferError<H>> {
        self.0.finish()
    }

    /// Ends the transfer at once, which closes the connection, and returns it.
    ///
    /// It does not matter any more whether the transfer has failed. After a body that was read to its
    /// end, the connection is kept.
    ///
    /// # Panics
    /// Resumes the panic of a callback that libcurl calls meanwhile; the transfer is dropped.
    #[must_use]
    pub fn cancel(self) -> Transfer<H> {
        self.0.cancel()
    }
}

impl<H: Callbacks> Read for Response<H> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<H: Callbacks> BufRead for Response<H> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.0.consume(count);
    }
}

impl<H: fmt::Debug> fmt::Debug for Response<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("transfer", &self.0.transfer)
            .finish_non_exhaustive()
    }
}
