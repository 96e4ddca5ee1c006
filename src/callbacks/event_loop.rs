//! The trait for the user's event loop, which drives a `Multi`.

use std::sync::Arc;
use std::time::Duration;

use bitflags::bitflags;
use libc::c_int;

use crate::callbacks::result::CallbackResult;
use crate::ffi::sys;
use crate::id::Id;

/// The system's number for a socket: a file descriptor.
#[cfg(unix)]
pub type RawSocket = std::os::fd::RawFd;
/// The system's number for a socket: a `SOCKET`.
#[cfg(windows)]
pub type RawSocket = std::os::windows::io::RawSocket;

/// A socket of libcurl's that stays open for the lifetime `'a`.
#[cfg(unix)]
pub type BorrowedSocket<'a> = std::os::fd::BorrowedFd<'a>;
/// A socket of libcurl's that stays open for the lifetime `'a`.
#[cfg(windows)]
pub type BorrowedSocket<'a> = std::os::windows::io::BorrowedSocket<'a>;

/// The event loop that drives a [`Multi`](crate::Multi).
///
/// libcurl says which sockets to watch, and sets a timer. The loop calls [`socket_action`](crate::Multi::socket_action)
/// when a socket is ready, and [`timeout_action`](crate::Multi::timeout_action) when the timer fires or somebody has
/// woken the loop. After each of these calls, it takes the [finished](crate::Multi::take_finished) transfers. Sockets
/// have to be watched *level-triggered*, since libcurl does not always read all that a socket has received. An
/// edge-triggered loop, such as `mio`, registers the socket anew after each `socket_action`, as the example
/// `event_loop` does.
///
/// The methods of this trait are called inside calls of the `Multi`. So the methods can only note what they are told:
/// they cannot drive the `Multi`. If a method of the loop fails or panics, the running or the next call that drives the
/// `Multi` returns the error or resumes the panic. After that, the `Multi` cannot be driven any more, since its sockets
/// may not be watched as they should be.
///
/// # Examples
/// A loop that keeps a descriptor of its own for each socket:
/// ```
/// # #[cfg(unix)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::{net::TcpListener, os::fd::OwnedFd, sync::Arc, time::Duration};
/// use curlback::multi::{BorrowedSocket, EventLoop, Interest, RawSocket};
/// use curlback::{CallbackResult, Multi, Transfer};
///
/// #[derive(Default)]
/// struct Watch { sockets: usize, due: Option<Duration> }
///
/// impl EventLoop for Watch {
///     type Value = OwnedFd;
///
///     fn socket(&mut self, socket: BorrowedSocket<'_>, _: Interest, own: &mut Option<OwnedFd>) -> CallbackResult {
///         if own.is_none() {
///             match socket.try_clone_to_owned() {
///                 Ok(clone) => *own = Some(clone),
///                 Err(error) => return CallbackResult::Fail(error.into()),
///             }
///             self.sockets += 1;
///         }
///         // Here the loop registers `own`, or changes what `own` is watched for.
///         CallbackResult::Continue
///     }
///     fn remove_socket(&mut self, _: RawSocket, own: Option<OwnedFd>) -> CallbackResult {
///         // Here the loop deregisters `own`.
///         self.sockets -= usize::from(own.is_some());
///         CallbackResult::Continue
///     }
///     fn timer(&mut self, timeout: Option<Duration>) -> CallbackResult {
///         self.due = timeout;
///         CallbackResult::Continue
///     }
///     fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
///         Arc::new(|| ())
///     }
/// }
///
/// let server = TcpListener::bind("127.0.0.1:0")?;
/// let mut transfer = Transfer::new(())?;
/// transfer.url(&format!("http://{}/", server.local_addr()?))?;
/// # transfer.noproxy("*")?;
/// let mut multi = Multi::with_event_loop(Watch::default())?;
/// let id = multi.add(transfer)?;
/// while multi.event_loop().sockets == 0 {
///     multi.timeout_action()?;
/// }
/// multi.remove(id);
/// # Ok(())
/// # }
/// # #[cfg(not(unix))]
/// # fn main() {}
/// ```
pub trait EventLoop {
    /// What the loop keeps for each socket: a registration, a descriptor of its own, or `()`.
    ///
    /// The `Multi` owns the values. [`remove_socket`](EventLoop::remove_socket) gets the value of the removed
    /// socket. The values of all other sockets are dropped with the `Multi`, before the `Multi` closes its sockets.
    #[doc(alias("curl_multi_assign", "assign"))]
    type Value;

    /// Starts to watch a socket, or changes what a socket is watched for.
    ///
    /// `value` is `None` until this method puts a value there. The value stays for the same socket number until
    /// [`remove_socket`](EventLoop::remove_socket). The loop passes the number of the socket, as a [`RawSocket`], to
    /// [`socket_action`](crate::Multi::socket_action).
    ///
    /// The socket is open during this call. After it, libcurl may close the socket without a call of `remove_socket`,
    /// as older releases do with the sockets of c-ares. So a loop that uses a descriptor after this call has to
    /// duplicate the socket, with `try_clone_to_owned`. The connection ends only when the duplicate is closed too, so
    /// keep the duplicate in `value`.
    ///
    /// Since libcurl 7.15.4. [libcurl's page](https://curl.se/libcurl/c/CURLMOPT_SOCKETFUNCTION.html).
    #[doc(alias("CURLMOPT_SOCKETFUNCTION", "curl_multi_assign"))]
    fn socket(
        &mut self,
        socket: BorrowedSocket<'_>,
        interest: Interest,
        value: &mut Option<Self::Value>,
    ) -> CallbackResult;

    /// Stops watching a socket.
    ///
    /// `socket` is only a number, since the socket may be closed already, and another descriptor may have its number.
    /// So deregister what `value` holds, not `socket`. `value` is what [`socket`](EventLoop::socket) has put there.
    /// `value` is `None` if `socket` has put nothing there or was never called for this socket.
    ///
    /// Since libcurl 7.15.4. [libcurl's page](https://curl.se/libcurl/c/CURLMOPT_SOCKETFUNCTION.html).
    #[doc(alias = "CURL_POLL_REMOVE")]
    fn remove_socket(&mut self, socket: RawSocket, value: Option<Self::Value>) -> CallbackResult;

    /// Sets the only timer of the `Multi`: the loop has to call `timeout_action` after this time, or at once if it is
    /// zero. `None` removes the timer. The new time replaces the former one. The timer fires once, so forget the time
    /// before calling `timeout_action`.
    ///
    /// [`Multi::add`](crate::Multi::add) calls this method, so that a new transfer begins. Besides libcurl's own
    /// timer, this timer also serves those time limits of transfers that libcurl does not check itself.
    ///
    /// Since libcurl 7.16.0. [libcurl's page](https://curl.se/libcurl/c/CURLMOPT_TIMERFUNCTION.html).
    #[doc(alias = "CURLMOPT_TIMERFUNCTION")]
    fn timer(&mut self, timeout: Option<Duration>) -> CallbackResult;

    /// Is called for an event that [`Multi::notify`](crate::Multi::notify) has asked for, at the end of a call that
    /// drives the `Multi`. The default ignores the event.
    ///
    /// Since libcurl 8.17.0. [libcurl's page](https://curl.se/libcurl/c/CURLMOPT_NOTIFYFUNCTION.html).
    #[doc(alias = "CURLMOPT_NOTIFYFUNCTION")]
    fn notify(&mut self, notification: Notification) -> CallbackResult {
        let _ = notification;
        CallbackResult::Continue
    }

    /// Returns a function that wakes the loop from any thread. The loop then has to call `timeout_action`.
    ///
    /// This method is called once. The `Multi`, and each [`Remote`](crate::Remote) and
    /// [`Waker`](crate::multi::Waker), may call the returned function, which must not block.
    fn waker(&self) -> Arc<dyn Fn() + Send + Sync>;

    /// Whether [`Multi::event_loop_mut`](crate::Multi::event_loop_mut) returns the event loop.
    ///
    /// This constant is `false` for the event loop of this crate: only libcurl may say what that loop
    /// watches.
    #[doc(hidden)]
    const IS_LENT: bool = true;
}

/// What an event loop has to watch a socket for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "SocketEvents")]
pub enum Interest {
    /// Something can be received.
    #[doc(alias = "CURL_POLL_IN")]
    Read,
    /// Something can be sent.
    #[doc(alias = "CURL_POLL_OUT")]
    Write,
    /// Something can be received or sent.
    #[doc(alias = "CURL_POLL_INOUT")]
    ReadWrite,
    /// A number that this crate does not know, of a later libcurl.
    Other(i32),
}

impl Interest {
    /// Converts libcurl's number; `None` if the socket is not to be watched any more.
    pub(crate) fn from_raw(raw: c_int) -> Option<Interest> {
        match raw {
            sys::CURL_POLL_IN => Some(Interest::Read),
            sys::CURL_POLL_OUT => Some(Interest::Write),
            sys::CURL_POLL_INOUT => Some(Interest::ReadWrite),
            sys::CURL_POLL_REMOVE => None,
            other => Some(Interest::Other(other)),
        }
    }

    /// Returns whether the loop has to watch for something to receive: `true` for `Read` and `ReadWrite`.
    #[must_use]
    pub fn is_read(self) -> bool {
        matches!(self, Interest::Read | Interest::ReadWrite)
    }

    /// Returns whether the loop has to watch for room to send: `true` for `Write` and `ReadWrite`.
    #[must_use]
    pub fn is_write(self) -> bool {
        matches!(self, Interest::Write | Interest::ReadWrite)
    }
}

/// An event of a [`Multi`](crate::Multi), for [`EventLoop::notify`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Notification {
    /// A transfer has ended. Once the call that drives has returned,
    /// [`take_finished`](crate::Multi::take_finished) returns the transfer.
    #[doc(alias = "CURLMNOTIFY_INFO_READ")]
    InfoRead,
    /// The transfer with this id has ended. Once the call that drives has returned,
    /// [`take_finished`](crate::Multi::take_finished) returns the transfer.
    #[doc(alias = "CURLMNOTIFY_EASY_DONE")]
    EasyDone(Id),
    /// An event that this crate does not know, by the number of a later libcurl.
    Other(u32),
}

bitflags! {
    /// The events for which libcurl calls [`EventLoop::notify`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Notifications: u32 {
        /// [`Notification::InfoRead`].
        const INFO_READ = 1 << sys::CURLMNOTIFY_INFO_READ;
        /// [`Notification::EasyDone`].
        const EASY_DONE = 1 << sys::CURLMNOTIFY_EASY_DONE;
    }
}

bitflags! {
    /// What a socket is ready for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[doc(alias = "Events")]
    pub struct Ready: u32 {
        /// Something can be received, or the peer has closed.
        #[doc(alias = "CURL_CSELECT_IN")]
        const READ = sys::CURL_CSELECT_IN as u32;
        /// Something can be sent.
        #[doc(alias = "CURL_CSELECT_OUT")]
        const WRITE = sys::CURL_CSELECT_OUT as u32;
        /// The socket has an error.
        #[doc(alias = "CURL_CSELECT_ERR")]
        const ERROR = sys::CURL_CSELECT_ERR as u32;
    }
}
