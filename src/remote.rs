//! Pausing, resuming and cancelling a transfer from any thread.

use std::fmt;
use std::sync::Arc;
use std::task::{Wake, Waker};

use crate::Direction;
use crate::run::control::Control;

/// Pauses, resumes and cancels one transfer, from any thread and from inside its callbacks.
///
/// [`Transfer::remote`](crate::Transfer::remote) makes it, before the transfer runs or while it runs. A request
/// wakes the driver, and takes effect when libcurl has returned to the driver. This takes milliseconds, unless
/// libcurl, a callback or a [`Share`](crate::Share) blocks the thread. A request never takes effect while a callback
/// of the transfer runs. A request made before the transfer begins takes effect when the transfer begins.
///
/// A remote works for all runs of its transfer. When a run has ended, requests do nothing and return `false`,
/// until the transfer begins again or [`Transfer::remote`](crate::Transfer::remote) is called. After the
/// transfer was dropped, they always return `false`. To stop a loop that performs the transfer again and again,
/// also check a flag of your own.
///
/// [The guide](crate::guide::pausing) explains the rules and common mistakes.
///
/// # Examples
/// ```
/// use std::{net::TcpListener, thread};
/// use curlback::{Error, Transfer};
///
/// // A server that never answers.
/// let silent = TcpListener::bind("127.0.0.1:0")?;
/// let mut transfer = Transfer::new(())?;
/// transfer.url(&format!("http://{}/", silent.local_addr()?))?;
/// transfer.noproxy("*")?;
///
/// let remote = transfer.remote();
/// let canceller = thread::spawn(move || {
///     let connection = silent.accept();
///     assert!(remote.cancel());
///     (remote, connection)
/// });
/// assert!(matches!(transfer.perform(), Err(Error::Cancelled)));
/// let (remote, _connection) = canceller.join().expect("it does not panic");
/// assert!(remote.is_finished());
/// assert!(!remote.cancel());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Remote {
    control: Arc<Control>,
}

impl Remote {
    pub(crate) fn new(control: Arc<Control>) -> Remote {
        Remote { control }
    }

    /// Pauses the transfer in this direction, as the answer `Pause` of a callback does.
    ///
    /// Once the pause has taken effect, the callbacks that receive or provide data in that direction are not
    /// called. The connection stays open. Returns `false` if the transfer has ended.
    ///
    /// libcurl runs a `file://` transfer in one call, so no pause takes effect meanwhile. With some releases, the
    /// transfer fails if a pause was requested before it begins.
    ///
    /// libcurl 8.5.0 keeps watching the connection of a transfer whose receiving is paused, which keeps the thread busy. In
    /// a [`Multi`](crate::Multi) and an [`Agent`](crate::Agent), the crate prevents this for most pauses over HTTP/1 and
    /// FTP. Over HTTP/2, libcurl 8.6.0 to 8.8.0 keep watching, too.
    #[doc(alias = "curl_easy_pause")]
    pub fn pause(&self, direction: Direction) -> bool {
        self.control.pause(direction.bit())
    }

    /// Resumes the transfer in this direction, whether a callback or a remote has paused it. The other
    /// direction stays as it is.
    ///
    /// libcurl then runs the transfer, even if it was not paused. So this also continues a TLS handshake that a
    /// verify callback of the TLS library has suspended.
    ///
    /// A resume that is requested while a callback is about to answer `Pause` ends that pause. So first make
    /// available what the callback waits for, then resume. Returns `false` if the transfer has ended.
    #[doc(alias("curl_easy_pause", "unpause", "unpause_read", "unpause_write"))]
    pub fn resume(&self, direction: Direction) -> bool {
        self.control.resume(direction.bit())
    }

    /// Ends the transfer with [`Error::Cancelled`](crate::Error::Cancelled), whatever libcurl's code is.
    ///
    /// If a callback of the transfer has failed, its error is the result instead. Returns `false` if the
    /// transfer has ended.
    ///
    /// libcurl blocks the thread in some waits, such as those for the last reply of FTP, SMTP and IMAP, and during
    /// all of `file://` and TELNET. Meanwhile, libcurl calls its progress function at least about once a second, and
    /// the cancel takes effect in that call. For `file://`, the cancel takes effect when libcurl next calls `write` or
    /// `read`, or at the end of the file. The cancel has to wait for calls that libcurl itself waits for, such as a
    /// running callback, the LDAP library, a blocking name resolution, and the end of an SSH session. A libcurl without
    /// [`ASYNCH_DNS`](crate::Features::ASYNCH_DNS) resolves all names by blocking. A libcurl that resolves names by
    /// threads blocks for those of active FTP connections and of an [`interface`](crate::Transfer::interface).
    ///
    /// Between two runs of a transfer, it returns `false`, and the next run is not cancelled, unless
    /// [`Transfer::remote`](crate::Transfer::remote) was called after the first run: check a flag of your
    /// own too. [The guide](crate::guide::pausing#cancelling) has an example with Ctrl-C (SIGINT).
    #[doc(alias(
        "curl_multi_remove_handle",
        "Ctrl-C",
        "SIGINT",
        "signal",
        "abort",
        "stop"
    ))]
    pub fn cancel(&self) -> bool {
        self.control.cancel()
    }

    /// Returns a waker that resumes the transfer in this direction.
    ///
    /// Pass the waker to an asynchronous source or sink when you poll the source or sink. The source or sink keeps
    /// the waker, and calls the waker's `wake` when it has become ready. The callback that has polled answers with
    /// the returned [`Poll`](std::task::Poll): `Pending` pauses the transfer.
    ///
    /// # Examples
    /// ```
    /// use std::collections::VecDeque;
    /// use std::sync::{Arc, Mutex};
    /// use std::task::{Context, Poll, Waker};
    /// use std::{io, thread};
    /// use curlback::{Callbacks, Direction, ReadBuf, ReadResult, Transfer, callbacks};
    ///
    /// /// What another thread gives, piece by piece, and who waits for the next piece.
    /// #[derive(Default)]
    /// struct Pieces { ready: VecDeque<&'static str>, ended: bool, waiting: Option<Waker> }
    ///
    /// impl Pieces {
    ///     fn poll(&mut self, cx: &Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
    ///         match self.ready.pop_front() {
    ///             Some(piece) => { buffer.append(piece.as_bytes()); }
    ///             None if self.ended => {}
    ///             None => { self.waiting = Some(cx.waker().clone()); return Poll::Pending; }
    ///         }
    ///         Poll::Ready(Ok(()))
    ///     }
    /// }
    ///
    /// struct Upload { pieces: Arc<Mutex<Pieces>>, waker: Waker }
    ///
    /// #[callbacks]
    /// impl Callbacks for Upload {
    ///     fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
    ///         let mut pieces = self.pieces.lock().unwrap();
    ///         pieces.poll(&Context::from_waker(&self.waker), buffer).into()
    ///     }
    /// }
    ///
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let url = format!("http://{}/", listener.local_addr()?);
    /// # let server = thread::spawn(move || -> io::Result<String> {
    /// #     use io::{BufRead, BufReader, Write};
    /// #     let mut reader = BufReader::new(listener.accept()?.0);
    /// #     let mut seen = String::new();
    /// #     while !seen.ends_with("\r\n0\r\n\r\n") { reader.read_line(&mut seen)?; }
    /// #     reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
    /// #     Ok(seen)
    /// # });
    /// let pieces = Arc::<Mutex<Pieces>>::default();
    /// let mut transfer = Transfer::new(Upload { pieces: pieces.clone(), waker: Waker::noop().clone() })?;
    /// transfer.handler_mut().waker = transfer.remote().waker(Direction::Send);
    /// transfer.url(&url)?;
    /// transfer.upload(true)?;
    /// # transfer.noproxy("*")?;
    /// # transfer.http_headers(["Expect:"])?;
    /// let giver = thread::spawn(move || {
    ///     for (piece, ended) in [(Some("one "), false), (Some("two"), false), (None, true)] {
    ///         let mut pieces = pieces.lock().unwrap();
    ///         pieces.ready.extend(piece);
    ///         pieces.ended = ended;
    ///         if let Some(waker) = pieces.waiting.take() { waker.wake(); }
    ///     }
    /// });
    /// transfer.perform()?;
    /// assert_eq!(transfer.response_code()?, 200);
    /// # giver.join().unwrap();
    /// # assert!(server.join().unwrap()?.contains("two"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn waker(&self, direction: Direction) -> Waker {
        Arc::new(Resume(self.clone(), direction)).into()
    }

    /// Returns whether the transfer has ended or was dropped. If [`Transfer::remote`](crate::Transfer::remote) is
    /// called after a run, this method returns `false` until the next run has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.control.has_ended()
    }
}

/// A waker that resumes a direction of a transfer.
struct Resume(Remote, Direction);

impl Wake for Resume {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.resume(self.1);
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("is_finished", &self.is_finished())
            .finish()
    }
}
