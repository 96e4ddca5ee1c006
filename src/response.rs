//! A response whose body the program reads.

use std::fmt;
use std::io::{self, BufRead, Read};
use std::time::Duration;

use crate::ffi::sigpipe::Quiet;
use crate::pulled::{LIMIT, Pulled};
use crate::run::pull::Pull;
use crate::{Callbacks, Error, Info, Transfer, TransferError};

/// A transfer whose final headers have come, and whose body the program reads from this value.
///
/// [`Transfer::open`] makes it. It needs no thread: the transfer runs only inside [`read`](Read::read) and the
/// other calls that need more data. Between two reads, the transfer stands still: no callback is called, nothing is
/// uploaded, and pings are not answered. Time limits such as
/// [`timeout`](Transfer::timeout) go on, and are checked when the next read needs more data.
///
/// What a [`Remote`](crate::Remote) asks for between two reads takes effect at the next read that needs more data:
/// after [`cancel`](crate::Remote::cancel), reads fail with [`Error::Cancelled`] when the bytes that came before were
/// read.
///
/// # Reading
/// `read` into a buffer that is not empty returns 0 only at the end of a complete body. If the protocol does
/// not mark the end of a body, as in HTTP/1.0 without `Content-Length`, the body is complete when the
/// connection ends. If the transfer fails, `read` first returns all bytes before the failure, and then an
/// [`io::Error`] whose inner error is the [`Error`](crate::Error). A body that is cut short is such a failure,
/// and so is a time limit of the transfer that is over. After a failure was returned, each further `read` into
/// a buffer that is not empty fails. With libcurl 8.8.0 to 8.14.1, some of the bytes before the failure can be lost:
/// those that libcurl held back because the program had not read enough. If a callback panics, `read` resumes the
/// panic.
///
/// The unread body takes at most 256 KiB, or the limit of [`Transfer::open_with_limit`], and 16 KiB more. When the
/// limit is reached, the transfer is paused. With libcurl 7.69.0 to 7.76.1, this makes a transfer of another protocol
/// than HTTP and HTTPS fail, and with 7.63.0 to 7.68.0 one over SCP or SFTP. libcurl has a
/// [buffer](Transfer::buffer_size) of its own. If the body is [encoded](Transfer::accept_encoding), libcurl decodes a
/// whole buffer at once and keeps the result. libcurl 7.71.0 and later fail the transfer if the result that they keep
/// is larger than 64 MiB.
///
/// # The end
/// [`finish`](Response::finish) reads the rest of the body, and returns the transfer; the next request can use
/// its connection. [`cancel`](Response::cancel) closes the connection, or only the stream with HTTP/2 and HTTP/3, and
/// returns the transfer without waiting. Dropping the response drops the transfer, also without waiting.
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
    /// Begins the transfer, and returns the final response when its headers have come. The program reads the
    /// body from it; [`write`](Callbacks::write) is not called.
    ///
    /// All other callbacks are called as in [`perform`](Transfer::perform), also
    /// [`final_head`](Callbacks::final_head) for the final response. The request is the same as with `perform`.
    /// If the body of the request comes from [`read`](Callbacks::read), libcurl may still send it while the
    /// program reads the response. [`Response`] says when the transfer runs.
    ///
    /// # Errors
    /// Those of [`perform`](Transfer::perform), with the transfer. [`Error::Option`](crate::Error::Option) if
    /// the URL names a file, since libcurl cannot pause the transfer of a file; and with
    /// [`connect_only`](Transfer::connect_only), since there is no body.
    ///
    /// # Panics
    /// Resumes the panic of a callback, and drops the transfer.
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

    /// Begins the transfer as [`open`](Transfer::open) does, and pauses it when `limit` bytes of the body are
    /// unread, instead of 256 KiB. Up to 16 KiB more may be kept. A limit of 0 counts as 1.
    ///
    /// # Errors
    /// As for [`open`](Transfer::open).
    ///
    /// # Panics
    /// As for [`open`](Transfer::open).
    pub fn open_with_limit(mut self, limit: usize) -> Result<Response<H>, TransferError<H>> {
        let pull = Pull {
            inbox: self.easy.make_inbox(limit.max(1)),
            outbox: None,
        };
        let quiet = Quiet::new();
        let pulled = Pulled::start(self, pull, &quiet)?;
        Ok(Response(pulled.await_response(quiet)?))
    }
}

impl<H: Callbacks> Response<H> {
    /// Returns the status of the response, such as 200; 0 for protocols without one.
    #[must_use]
    pub fn status(&self) -> u16 {
        let status = self.info().response_code().unwrap_or_default();
        status.try_into().unwrap_or_default()
    }

    /// Returns the value of the first header of the response with this name, ignoring case.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) if the linked libcurl does not keep headers: it is
    /// older than 7.83.0, or was built without them.
    pub fn header_value(&self, name: &str) -> Result<Option<&[u8]>, Error> {
        self.info().header_value(name)
    }

    /// Returns information about the transfer, which runs or has ended.
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

    /// Returns the handler, so that it can be changed between two reads.
    #[must_use]
    pub fn handler_mut(&mut self) -> &mut H {
        self.0.transfer.handler_mut()
    }

    /// Limits how long each later read waits for data. `None`, the default, means no limit.
    ///
    /// A read that waits longer fails with [`io::ErrorKind::TimedOut`]. Unlike after
    /// [`timeout`](Transfer::timeout), the next read continues the transfer.
    pub fn set_read_timeout(&mut self, timeout: Option<Duration>) {
        self.0.timeout = timeout;
    }

    /// Reads the rest of the body, throws that away, and returns the transfer, whose connection can be reused.
    ///
    /// This takes as long as the server needs to send the rest; [`cancel`](Response::cancel) does not
    /// wait.
    ///
    /// # Errors
    /// The error of the transfer, with the transfer. If a read has returned that error before, this is another
    /// error with the same code, whose text says that an earlier call has returned the error.
    ///
    /// # Panics
    /// Resumes the panic of a callback, and drops the transfer.
    pub fn finish(self) -> Result<Transfer<H>, TransferError<H>> {
        self.0.finish()
    }

    /// Ends the transfer at once, which closes the connection, or only the stream with HTTP/2 and HTTP/3, and returns
    /// the transfer.
    ///
    /// If the transfer has failed, its error is dropped. If the transfer had ended with success before, as after a
    /// `read` that returned 0 at the end of the body, nothing is closed.
    ///
    /// # Panics
    /// Resumes the panic of a callback that libcurl calls meanwhile, and drops the transfer.
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
