//! A response whose body the program reads while an agent receives it.

use std::fmt;
use std::future::Future;
use std::io::{self, BufRead, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use crate::agent::head::Head;
use crate::agent::job::{Pipes, Running};
use crate::agent::slot::Outcome;
use crate::agent::started::OnDrop;
use crate::agent::{Agent, Started};
use crate::callbacks::progress::Direction;
use crate::pulled::{LIMIT, told};
use crate::run::pipe::PipeEnd;
use crate::run::pull::Pull;
use crate::run::shared_pipe::SharedPipe;
use crate::{Callbacks, Error, Remote, Transfer, TransferError};

/// # Bodies that the program reads and writes
impl Agent {
    /// Begins a transfer whose response body the program reads. Returns without waiting: wait for the returned
    /// [`Opening`], or await it, to get the response.
    ///
    /// [`write`](Callbacks::write) is not called; all other callbacks are called as in
    /// [`perform`](Transfer::perform).
    pub fn open<H: Callbacks + Send + 'static>(&self, transfer: Transfer<H>) -> Opening<H> {
        self.open_with_limit(transfer, LIMIT)
    }

    /// Begins a transfer as [`open`](Agent::open) does, with `limit` instead of 256 KiB as the limit for the unread
    /// bytes of the body. Up to 32 KiB more may be kept. A limit below 2 counts as 2.
    ///
    /// A read takes all received bytes out of a pipe, and returns them as the program reads on. The transfer is paused
    /// while the pipe holds half of the limit or more.
    pub fn open_with_limit<H: Callbacks + Send + 'static>(
        &self,
        transfer: Transfer<H>,
        limit: usize,
    ) -> Opening<H> {
        self.open_with(transfer, limit, None)
    }

    pub(super) fn open_with<H: Callbacks + Send + 'static>(
        &self,
        transfer: Transfer<H>,
        limit: usize,
        outbox: Option<Arc<SharedPipe>>,
    ) -> Opening<H> {
        // A read takes all bytes out of the pipe. So the pipe and the reader each hold up to half of the
        // limit.
        let inbox = SharedPipe::new((limit / 2).max(1));
        let resume = transfer.easy.control().resumer(Direction::Receive.bit());
        inbox.attach(resume, None);
        let pull = Pull {
            inbox: PipeEnd::Shared(inbox.clone()),
            outbox: outbox.clone().map(PipeEnd::Shared),
        };
        let pipes = Pipes {
            inbox: inbox.clone(),
            outbox,
        };
        let started = self.start_with(transfer, |running| Running {
            pull: Some(pull),
            pipes: Some(pipes),
            awaits_head: true,
            ..running
        });
        Opening(Some(Body {
            started,
            inbox,
            unread: Vec::new(),
            taken: 0,
        }))
    }
}

/// A transfer whose response has not come yet.
///
/// [`Agent::open`] makes it. Wait for it, or await it: it returns the [`Opened`] response when the final
/// headers have come. Dropping it cancels the transfer.
///
/// # Errors
/// As for [`Transfer::open`], with the transfer; [`Error::Agent`] if the agent was shut down or has failed, and in the
/// child of a `fork`.
///
/// # Panics
/// Waiting resumes the panic of a callback. Polling an `Opening` again after it was ready panics. Waiting also panics
/// in the child of a `fork`, unless the transfer has ended.
#[must_use = "dropping it cancels the transfer"]
pub struct Opening<H>(Option<Body<H>>);

impl<H> Opening<H> {
    /// Waits until the final headers of the response have come.
    ///
    /// # Errors
    /// Those of [`Opening`].
    ///
    /// # Panics
    /// As for [`Started::wait`].
    pub fn wait(mut self) -> Result<Opened<H>, TransferError<H>> {
        let body = self.body();
        body.started.check_process();
        let outcome = body.started.slot().wait(true, None);
        self.conclude(outcome.expect("there is no time limit"))
    }

    /// Waits until the final headers of the response have come, but for `limit` at most.
    ///
    /// # Errors
    /// Returns `self` if the headers have not come in time. The transfer goes on. The inner result has the errors of
    /// [`wait`](Opening::wait).
    ///
    /// # Panics
    /// As for [`Started::wait`].
    pub fn wait_for(
        mut self,
        limit: Duration,
    ) -> Result<Result<Opened<H>, TransferError<H>>, Opening<H>> {
        let limit = Instant::now().checked_add(limit);
        let body = self.body();
        body.started.check_process();
        match body.started.slot().wait(true, limit) {
            Some(outcome) => Ok(self.conclude(outcome)),
            None => Err(self),
        }
    }

    /// Returns the remote that pauses, resumes and cancels the transfer.
    ///
    /// # Panics
    /// If polling this value has already returned [`Poll::Ready`].
    #[must_use]
    pub fn remote(&self) -> &Remote {
        let body = self.0.as_ref().expect("it was ready before");
        body.started.remote()
    }

    fn body(&mut self) -> &mut Body<H> {
        self.0.as_mut().expect("it was ready before")
    }

    fn conclude(&mut self, outcome: Outcome<H>) -> Result<Opened<H>, TransferError<H>> {
        let body = self.0.take().expect("it was ready before");
        match outcome {
            Outcome::Head(head) => Ok(Opened {
                body,
                head,
                timeout: None,
            }),
            Outcome::Ended((transfer, result)) => {
                // A transfer that ends without headers has failed.
                let error = result.err().unwrap_or(Error::Cancelled);
                Err(TransferError::new(error, transfer))
            }
        }
    }
}

impl<H> Future for Opening<H> {
    type Output = Result<Opened<H>, TransferError<H>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let body = self.body();
        body.started.check_process();
        let outcome = ready!(body.started.slot().poll(cx, true));
        Poll::Ready(self.conclude(outcome))
    }
}

impl<H> fmt::Debug for Opening<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").finish_non_exhaustive()
    }
}

/// The transfer, and the part of the body that was received.
struct Body<H> {
    started: Started<H>,
    inbox: Arc<SharedPipe>,
    /// The bytes that were taken out of the inbox.
    unread: Vec<u8>,
    /// How many bytes of `unread` the program has read.
    taken: usize,
}

impl<H> Body<H> {
    fn unread(&self) -> &[u8] {
        self.unread.get(self.taken..).unwrap_or_default()
    }

    fn consume(&mut self, count: usize) {
        self.taken = self.taken.saturating_add(count).min(self.unread.len());
    }

    /// Waits for bytes in the inbox until `limit`, and moves them to `unread`. At the end of the body,
    /// `unread` stays empty.
    fn receive(&mut self, limit: Option<Instant>) -> io::Result<()> {
        self.started.check_process();
        self.taken = 0;
        self.unread.clear();
        match self.inbox.receive(&mut self.unread, limit) {
            Some(true) => Ok(()),
            Some(false) => self.check_end(),
            None => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    fn poll_receive(&mut self, cx: &Context<'_>) -> Poll<io::Result<()>> {
        self.started.check_process();
        self.taken = 0;
        self.unread.clear();
        match ready!(self.inbox.poll_receive(cx, &mut self.unread)) {
            true => Poll::Ready(Ok(())),
            false => Poll::Ready(self.check_end()),
        }
    }

    /// Returns the error of the transfer if it has failed.
    fn check_end(&self) -> io::Result<()> {
        match self.started.slot().take_error(told) {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }
}

/// A response whose headers have come. The program reads its body while an [`Agent`] receives it.
///
/// # Reading
/// It implements [`Read`] and [`BufRead`]. With the feature `futures-io`, it also implements
/// `futures_io::AsyncRead` and `AsyncBufRead`; with `tokio`, `tokio::io::AsyncRead` and `AsyncBufRead`; with
/// `stream`, a `Stream` of `bytes::Bytes`. A module that has both [`Read`] and an asynchronous trait in scope
/// has to name the trait in a call: `AsyncReadExt::read_to_end(&mut response, …)`. When all bytes before a
/// failure were read, the next read returns an [`io::Error`] whose inner error is the [`Error`]. So a body that
/// is cut short is an error, if the protocol marks the end of a body. If a callback has panicked, the read
/// resumes the panic.
///
/// When too much of the body is unread, the transfer is paused. With libcurl 7.69.0 to 7.76.1, this makes a transfer
/// of another protocol than HTTP and HTTPS fail, and with 7.63.0 to 7.68.0 one over SCP or SFTP. Time limits such as
/// [`timeout`](Transfer::timeout) go on: if one is over during the pause, libcurl discards the bytes that it still
/// holds. With libcurl 8.8.0 to 8.14.1, another failure may also discard these bytes. The unread body takes at most
/// the limit of [`Agent::open_with_limit`], 256 KiB by default, and 32 KiB more. If the body is
/// [encoded](Transfer::accept_encoding), libcurl itself also keeps what one [buffer](Transfer::buffer_size) of it
/// decodes to.
///
/// # The end
/// [`finish`](Opened::finish) throws the rest of the body away and returns the [`Started`] transfer, whose
/// connection can then be reused. [`cancel`](Opened::cancel) closes the connection, or only the stream with HTTP/2
/// and HTTP/3, and returns the transfer. Dropping an `Opened` cancels the transfer likewise, unless
/// [`drain_on_drop`](Opened::drain_on_drop) was called or the transfer has ended. Neither these methods nor
/// the drop wait.
///
/// # Examples
/// ```
/// use std::io::Read;
/// use curlback::{Agent, Transfer};
///
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("http://{}/", listener.local_addr()?);
/// # let server = std::thread::spawn(move || -> std::io::Result<()> {
/// #     use std::io::{BufRead, BufReader, Write};
/// #     let mut reader = BufReader::new(listener.accept()?.0);
/// #     let mut line = String::new();
/// #     while line != "\r\n" { line.clear(); reader.read_line(&mut line)?; }
/// #     reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")
/// # });
/// let mut transfer = Transfer::new(())?;
/// transfer.url(&url)?;
/// # transfer.noproxy("*")?;
/// let mut response = Agent::new()?.open(transfer).wait()?; // in a task: `.await?`
/// assert_eq!(response.status(), 200);
///
/// let mut body = String::new();
/// response.read_to_string(&mut body)?; // an error if the body is cut short
/// assert_eq!(body, "body");
/// let (transfer, result) = response.finish().wait();
/// result?;
/// # drop(transfer);
/// # server.join().unwrap()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "bytes_stream")]
pub struct Opened<H> {
    body: Body<H>,
    head: Head,
    timeout: Option<Duration>,
}

impl<H> Opened<H> {
    /// Returns the status of the response, such as 200; 0 for protocols without one.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// Returns the URL that the response comes from, after redirects; `None` if the URL is not UTF-8.
    #[must_use]
    pub fn effective_url(&self) -> Option<&str> {
        self.head.effective_url.as_deref()
    }

    /// Returns the names and values of the response's headers, in the order in which they came.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl does not keep headers: it is older than 7.83.0, or was
    /// built without them.
    pub fn headers(&self) -> Result<impl Iterator<Item = (&[u8], &[u8])>, Error> {
        let fields = self.head.fields()?;
        Ok(fields.iter().map(|(name, value)| (&**name, &**value)))
    }

    /// Returns the value of the first header with this name, ignoring case.
    ///
    /// # Errors
    /// As for [`headers`](Opened::headers).
    pub fn header_value(&self, name: &str) -> Result<Option<&[u8]>, Error> {
        let mut headers = self.headers()?;
        let found = headers.find(|(own, _)| own.eq_ignore_ascii_case(name.as_bytes()));
        Ok(found.map(|(_, value)| value))
    }

    #[cfg(feature = "charset")]
    pub(crate) fn content_type(&self) -> Option<&[u8]> {
        self.head.content_type.as_deref().map(str::as_bytes)
    }

    /// Limits how long each later blocking read waits. `None`, the default, is no limit.
    ///
    /// A read that waits longer fails with [`io::ErrorKind::TimedOut`], and loses no bytes. The limit does not
    /// apply to asynchronous reads: use the timeout of the executor.
    pub fn set_read_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout;
    }

    /// Makes a drop throw the rest of the body away, instead of cancelling the transfer at once.
    ///
    /// The drop does not wait: the agent receives the rest. If more than `limit` bytes come after the drop, the agent
    /// ends the transfer, which closes the connection as [`cancel`](Opened::cancel) does.
    pub fn drain_on_drop(&mut self, limit: u64) {
        let inbox = self.body.inbox.clone();
        self.body.started.set_on_drop(OnDrop::Drain(inbox, limit));
    }

    /// Returns the remote that pauses, resumes and cancels the transfer.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        self.body.started.remote()
    }

    /// Cancels the transfer, which closes the connection, or only the stream with HTTP/2 and HTTP/3, and returns the
    /// transfer without waiting. The result of the transfer is [`Error::Cancelled`], unless the transfer had ended or a
    /// callback had failed before.
    pub fn cancel(self) -> Started<H> {
        let mut started = self.body.started;
        started.remote().cancel();
        started.set_on_drop(OnDrop::Cancel);
        started
    }

    /// Throws the rest of the body away, and returns the transfer without waiting. The transfer ends when the
    /// whole body has come, or when the transfer fails: if the body has no end, use [`cancel`](Opened::cancel).
    pub fn finish(self) -> Started<H> {
        let Body {
            mut started, inbox, ..
        } = self.body;
        inbox.discard(u64::MAX);
        started.set_on_drop(OnDrop::Cancel);
        started
    }
}

impl<H> Read for Opened<H> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<H> BufRead for Opened<H> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.body.unread().is_empty() {
            let timeout = self.timeout;
            let limit = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
            self.body.receive(limit)?;
        }
        Ok(self.body.unread())
    }

    fn consume(&mut self, count: usize) {
        self.body.consume(count);
    }
}

impl<H> Opened<H> {
    /// Polls for the next bytes of the body. An empty slice is the end of the body.
    ///
    /// Call [`consume`](BufRead::consume) with the number of bytes that were read. The traits of `futures-io`,
    /// `tokio` and `futures-core` are implemented by this method.
    ///
    /// # Errors
    /// The error of the transfer, as for [`Read::read`].
    ///
    /// # Panics
    /// Resumes the panic of a callback. Panics in the child of a `fork` if bytes are missing, unless the transfer has
    /// ended.
    pub fn poll_fill_buf(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        if self.body.unread().is_empty() {
            ready!(self.body.poll_receive(cx))?;
        }
        Poll::Ready(Ok(self.body.unread()))
    }

    /// Takes out the bytes that [`poll_fill_buf`](Opened::poll_fill_buf) has returned and that were not
    /// read.
    #[cfg(feature = "stream")]
    pub(super) fn take_unread(&mut self) -> Vec<u8> {
        let taken = std::mem::take(&mut self.body.taken);
        let mut unread = std::mem::take(&mut self.body.unread);
        unread.drain(..taken);
        unread
    }
}

impl<H> fmt::Debug for Opened<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("status", &self.head.status)
            .field("effective_url", &self.effective_url())
            .finish_non_exhaustive()
    }
}
