//! Pausing, resuming and cancelling a transfer from anywhere.

use std::fmt;
use std::sync::Arc;
use std::task::{Wake, Waker};

use crate::Direction;
use crate::run::control::Control;

/// Pauses, resumes and cancels one transfer, from any thread and from inside
/// callbacks.
///
/// [`Transfer::remote`](crate::Transfer::remote) makes it, before the transfer runs or while it
/// does. What is asked for takes effect once libcurl has returned to the driver, which is
/// woken for it: within milliseconds, and never while a callback of the transfer
/// runs. Asked for before the transfer begins, it takes effect when it does.
///
/// A remote is for all runs of its transfer. Between two runs, every method does nothing and returns `false`,
/// until the transfer begins again or [`Transfer::remote`](crate::Transfer::remote) is called; after the
/// transfer was dropped, for ever. To stop a loop of transfers, check a flag of your own too.
///
/// [The guide](crate::guide::pausing) has the rules and the traps.
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

    /// Pauses the transfer in this direction, as a callback does by its answer.
    ///
    /// Nothing of that direction is handed over from then on, once the call that may be running has
    /// returned, and the connection stays open. Returns `false` if the transfer has ended.
    ///
    /// libcurl 8.5.0 keeps watching the connection of a paused transfer, which costs processor
    /// time; in a [`Multi`](crate::Multi) it also keeps receiving, buffers up to 64 MiB, and then
    /// fails the transfer.
    #[doc(alias = "curl_easy_pause")]
    pub fn pause(&self, direction: Direction) -> bool {
        self.control.ask(|requests| {
            requests.pause |= direction.bit();
            requests.resume &= !direction.bit();
        })
    }

    /// Resumes the transfer in this direction, whoever paused it; the other direction
    /// stays as it is.
    ///
    /// libcurl then runs the transfer, even if it was not paused: this also continues a TLS
    /// handshake that a verify callback of the TLS library has suspended.
    ///
    /// Asked for while a callback is answering that it pauses, it resumes from that pause:
    /// make available what the callback waits for, then resume.
    /// Returns `false` if the transfer has ended.
    #[doc(alias("curl_easy_pause", "unpause", "unpause_read", "unpause_write"))]
    pub fn resume(&self, direction: Direction) -> bool {
        self.control.ask(|requests| {
            requests.resume |= direction.bit();
            requests.pause &= !direction.bit();
        })
    }

    /// Ends the transfer with [`Error::Cancelled`](crate::Error::Cancelled), whatever code libcurl
    /// ends it with.
    ///
    /// An error of one of its callbacks counts instead. Returns `false` if the transfer has ended.
    ///
    /// libcurl blocks the thread while it waits for the last reply of FTP, SMTP and IMAP, and during
    /// all of `file://` and TELNET. Meanwhile it calls its progress function about once a second,
    /// and the cancel takes effect then. The cancel has to wait for a call that libcurl itself waits
    /// for: a running callback; the LDAP library; and a blocking name resolution, which libcurl before
    /// 8.20 uses for active FTP connections and for an [`interface`](crate::Transfer::interface)
    /// by name, and a libcurl without [`ASYNCH_DNS`](crate::Features::ASYNCH_DNS) always.
    #[doc(alias = "curl_multi_remove_handle")]
    pub fn cancel(&self) -> bool {
        self.control.cancel()
    }

    /// Returns a waker that resumes the transfer in this direction.
    ///
    /// A source or sink that is polled keeps it, and wakes it when it is ready. A callback that polls
    /// answers with the [`Poll`](std::task::Poll) that it got, which pauses while that is pending.
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

    /// Returns whether the transfer has ended or was dropped.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.control.has_ended()
    }
}

/// Resumes a direction when it is woken.
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
