//! Event loops of users' own, which drive a `Multi`.

use std::sync::Arc;
use std::time::Duration;

use bitflags::bitflags;
use libc::c_int;

use crate::callbacks::result::CallbackResult;
use crate::ffi::sys;
use crate::id::Id;

/// A socket as the system numbers it.
#[cfg(unix)]
pub type RawSocket = std::os::fd::RawFd;
/// A socket as the system numbers it.
#[cfg(windows)]
pub type RawSocket = std::os::windows::io::RawSocket;

/// A socket of libcurl's that is open for as long as `'a`.
#[cfg(unix)]
pub type BorrowedSocket<'a> = std::os::fd::BorrowedFd<'a>;
/// A socket of libcurl's that is open for as long as `'a`.
#[cfg(windows)]
pub type BorrowedSocket<'a> = std::os::windows::io::BorrowedSocket<'a>;

/// The event loop that drives a [`Multi`](crate::Multi).
///
/// libcurl says which sockets to watch and when to come back; the loop calls
/// [`socket_action`](crate::Multi::socket_action) when a socket is ready,
/// [`timeout_action`](crate::Multi::timeout_action) when the time has come or somebody woke it, and then takes
/// what has [finished](crate::Multi::take_finished). Sockets are to be watched
/// *level-triggered*: libcurl does not read all that there is at once. An edge-triggered
/// loop, such as `mio`, registers the socket anew after each `socket_action`, as the
/// example `event_loop` does.
///
/// Its methods are called from within libcurl, by every call of the `Multi`, so they
/// only take note: they cannot drive. What they fail or panic with comes out of the
/// call that drives, and ends the `Multi`, since its sockets are not watched as they should be.
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
///         // Here it registers its own descriptor, or changes what that is watched for.
///         CallbackResult::Continue
///     }
///     fn remove_socket(&mut self, _: RawSocket, own: Option<OwnedFd>) -> CallbackResult {
///         // Here it deregisters its own descriptor.
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
    /// The `Multi` owns the values. [`remove_socket`](EventLoop::remove_socket) gets the value of its
    /// socket; the others are dropped with the `Multi`, while the sockets are still open.
    #[doc(alias("curl_multi_assign", "assign"))]
    type Value;

    /// Watches a socket, or watches it for something else.
    ///
    /// `value` is `None` until the loop puts one there, and stays for the same socket until
    /// [`remove_socket`](EventLoop::remove_socket). The number of the socket is what
    /// [`socket_action`](crate::Multi::socket_action) takes.
    ///
    /// The socket is open during this call. Later, libcurl may close it before any other call, as older
    /// releases do with the sockets of c-ares. A loop that uses a descriptor between the calls makes one of its
    /// own with `try_clone_to_owned`. A connection ends only when that descriptor is closed too: `value` is the best
    /// place for it.
    ///
    /// Since libcurl 7.15.4. [libcurl's page](https://curl.se/libcurl/c/CURLMOPT_SOCKETFUNCTION.html).
    #[doc(alias("CURLMOPT_SOCKETFUNCTION", "curl_multi_assign"))]
    fn socket(
        &mut self,
        socket: BorrowedSocket<'_>,
        interest: Interest,
        value: &mut Option<Self::Value>,
    ) -> CallbackResult;

    /// Watches a socket no more.
    ///
    /// It is no [`BorrowedSocket`], since the socket may be closed by now, and its number may be that of another
    /// descriptor: deregister by what `value` has. `value` is what [`socket`](EventLoop::socket) has put there;
    /// `None` also for a socket that was never announced.
    ///
    /// Since libcurl 7.15.4. [libcurl's page](https://curl.se/libcurl/c/CURLMOPT_SOCKETFUNCTION.html).
    #[doc(alias = "CURL_POLL_REMOVE")]
    fn remove_socket(&mut self, socket: RawSocket, value: Option<Self::Value>) -> CallbackResult;

    /// Sets the one timer: call `timeout_action` after this time, at once if it is zero; `None`
    /// removes the timer. The new time replaces the former one, and the timer fires once:
    /// forget the time before calling `timeout_action`.
    ///
    /// [`Multi::add`](crate::Multi::add) calls it, so that a new transfer begins. Besides libcurl's
    /// own timer, this timer serves time limits of transfers that libcurl does not check itself.
    ///
    /// Since libcurl 7.16.0. [libcurl's page](https://curl.se/libcurl/c/CURLMOPT_TIMERFUNCTION.html).
    #[doc(alias = "CURLMOPT_TIMERFUNCTION")]
    fn timer(&mut self, timeout: Option<Duration>) -> CallbackResult;

    /// Hears of an event that [`Multi::notify`](crate::Multi::notify) has asked for, at the end of a call that
    /// drives. The default ignores it.
    ///
    /// Since libcurl 8.17.0. [libcurl's page](https://curl.se/libcurl/c/CURLMOPT_NOTIFYFUNCTION.html).
    #[doc(alias = "CURLMOPT_NOTIFYFUNCTION")]
    fn notify(&mut self, notification: Notification) -> CallbackResult {
        let _ = notification;
        CallbackResult::Continue
    }

    /// Returns what wakes the loop from any thread, to call `timeout_action`.
    ///
    /// It is asked for once. A [`Remote`](crate::Remote) and a [`Waker`](crate::multi::Waker) call it; it
    /// must not block.
    fn waker(&self) -> Arc<dyn Fn() + Send + Sync>;

    /// Whether [`Multi::event_loop_mut`](crate::Multi::event_loop_mut) returns it.
    ///
    /// The loop inside a `Multi` watches what it is told to watch, and libcurl alone may tell it.
    #[doc(hidden)]
    const IS_LENT: bool = true;
}

/// What a socket is to be watched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "SocketEvents")]
pub enum Interest {
    /// Until something can be received.
    #[doc(alias = "CURL_POLL_IN")]
    Read,
    /// Until something can be sent.
    #[doc(alias = "CURL_POLL_OUT")]
    Write,
    /// Until something can be received or sent.
    #[doc(alias = "CURL_POLL_INOUT")]
    ReadWrite,
    /// A value that a later libcurl has added.
    Other(i32),
}

impl Interest {
    /// Returns the interest of libcurl's number; `None` if the socket is no longer watched.
    pub(crate) fn from_raw(raw: c_int) -> Option<Interest> {
        match raw {
            sys::CURL_POLL_IN => Some(Interest::Read),
            sys::CURL_POLL_OUT => Some(Interest::Write),
            sys::CURL_POLL_INOUT => Some(Interest::ReadWrite),
            sys::CURL_POLL_REMOVE => None,
            other => Some(Interest::Other(other)),
        }
    }

    /// Returns whether the socket is to be watched until something can be received.
    #[must_use]
    pub fn is_read(self) -> bool {
        matches!(self, Interest::Read | Interest::ReadWrite)
    }

    /// Returns whether the socket is to be watched until something can be sent.
    #[must_use]
    pub fn is_write(self) -> bool {
        matches!(self, Interest::Write | Interest::ReadWrite)
    }
}

/// What an event loop is notified of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Notification {
    /// Some transfer has ended: once the call that drives has returned,
    /// [`take_finished`](crate::Multi::take_finished) has it.
    #[doc(alias = "CURLMNOTIFY_INFO_READ")]
    InfoRead,
    /// This transfer has ended, and is handed over as above.
    #[doc(alias = "CURLMNOTIFY_EASY_DONE")]
    EasyDone(Id),
    /// An event that a later libcurl has added.
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
