//! Many transfers on one thread.
//!
//! A [`Multi`] drives the transfers, by its own event loop or by yours, an [`EventLoop`].

use std::fmt;
use std::panic::resume_unwind;
use std::time::Instant;

use crate::ffi::pool::Entered;
use crate::run::group::{Driven, Group};
use crate::run::guard::Guarded;
use crate::run::member::{Holder, Member};
use crate::run::multi::Core;
use crate::run::perform::End;
use crate::run::push::Pushes;
use crate::{Callback, Callbacks, Error, Transfer};

pub use crate::callbacks::event_loop::{
    BorrowedSocket, EventLoop, Interest, Notification, Notifications, RawSocket, Ready,
};
pub use crate::callbacks::push::{PushRequest, PushResult};
pub use crate::code::MultiCode;
pub use crate::id::Id;
pub use crate::multi::iter::Iter;
pub use crate::multi::options::{NetworkChange, Pipelining};
pub use crate::multi::waker::Waker;
pub use crate::run::poll_loop::{Driver, PollFd, Registration};

mod events;
mod iter;
mod members;
pub(crate) mod options;
#[cfg(has_pollable_queue)]
mod reactor;
mod run;
mod waker;

/// A transfer that has ended, as [`Multi::take_finished`] returns it: its id, itself, and its result.
#[doc(alias("CURLMsg", "Message"))]
pub type Finished<H> = (Id, Transfer<H>, Result<(), Error>);

/// Drives many transfers on one thread.
///
/// The `Multi` itself spends most of its time on the transfers that have something to do, and little on
/// idle ones. libcurl also looks through the open connections to the same host when a transfer begins. The
/// transfers share connections and the DNS cache, and with libcurl 8.12.0 and later TLS sessions. To use handlers
/// of several types in one `Multi`, make each a `Box<dyn AnyCallbacks + Send>`:
/// [`AnyCallbacks`](crate::AnyCallbacks) converts it back to its own type.
///
/// If a callback fails, its error is the result of its transfer, and the other transfers go on. If a callback
/// panics, the call that was driving resumes the panic, once. The transfer of the callback ends with
/// [`Error::Aborted`]. The other transfers go on when the `Multi` is driven again. If several callbacks have
/// panicked, each call resumes one panic, and the event loop is woken for the next.
///
/// [`xfer_info`](Callbacks::xfer_info) is called when something happens to a transfer. If nothing happens, it
/// is called about once a second, as in [`Transfer::perform`]. With an event loop of your own, that loop has to
/// call [`socket_all`](Multi::socket_all) for this.
///
/// Dropping a `Multi` drops its transfers, running or ended. Errors and panics of callbacks that libcurl calls
/// meanwhile are discarded. If the drop of a [`Value`](EventLoop::Value) of the event loop panics, the drop of
/// the `Multi` resumes that panic, unless the thread is panicking already.
///
/// [The guide](crate::guide::many) compares a `Multi` with an [`Agent`](crate::Agent).
///
/// # Examples
/// ```
/// use curlback::{Multi, Transfer, handlers::Collect};
///
/// let file = std::env::current_dir()?.join("Cargo.toml");
/// let url = format!("file://{}", file.display());
/// let mut multi = Multi::new()?;
/// for _ in 0..3 {
///     let mut transfer = Transfer::new(Collect::new())?;
///     transfer.url(&url)?;
///     multi.add(transfer)?;
/// }
///
/// let mut bytes = 0;
/// let mut failures = Vec::new();
/// multi.run(|_multi, _id, transfer, result| {
///     match result {
///         Ok(()) => bytes += transfer.handler().body().len() as u64,
///         // Returning the error would end `run` before the other transfers have ended.
///         Err(error) => failures.push(error),
///     }
///     Ok(())
/// })?;
/// assert_eq!(bytes, 3 * file.metadata()?.len());
/// assert!(failures.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "CURLM")]
#[doc(alias("curl_multi_setopt", "curl_multi_cleanup"))]
pub struct Multi<H, L: EventLoop = Driver> {
    group: Group<Transfer<H>, L>,
    /// The closure that decides about pushes. libcurl points to it, so it is dropped after the group.
    pushes: Option<Guarded<Pushes<H, Transfer<H>>>>,
}

impl<H: Callbacks, L: EventLoop> Multi<H, L> {
    /// Makes a `Multi` that your event loop drives.
    ///
    /// # Errors
    /// [`Error::Libcurl`] if memory runs out.
    #[doc(alias("CURLMOPT_SOCKETFUNCTION", "CURLMOPT_TIMERFUNCTION"))]
    pub fn with_event_loop(event_loop: L) -> Result<Multi<H, L>, Error> {
        Ok(Multi {
            group: Group::new(event_loop)?,
            pushes: None,
        })
    }

    /// Drives the transfers that use a socket which is ready, and returns how many transfers have not ended.
    ///
    /// # Errors
    /// [`Error::Callback`] or [`Error::Aborted`] if a method of the event loop has failed. The error names
    /// [`Callback::Socket`], [`Callback::Timer`] or [`Callback::Notify`]. Then every running transfer ends with
    /// [`Error::Multi`], or with the error of a callback of its own that has failed. Nothing can be added or driven
    /// any more: later calls return [`Error::Multi`].
    ///
    /// [`Error::Multi`] also if libcurl as a whole fails. [`Error::Option`] if this method is called inside a
    /// callback, while a [`Share`](crate::Share) of a transfer of this `Multi` is in use.
    ///
    /// # Panics
    /// Resumes the panic of a callback. A panic of the event loop is resumed too, and ends all transfers as its
    /// error does.
    #[doc(alias = "curl_multi_socket_action")]
    #[doc(alias("curl_multi_socket", "action"))]
    pub fn socket_action(&mut self, socket: RawSocket, ready: Ready) -> Result<usize, Error> {
        self.drive(|core, entered| core.socket_action(socket, ready, entered))
    }

    /// Drives the transfers whose time has come and those for which a [`Remote`](crate::Remote) has made a
    /// request. Returns how many transfers have not ended.
    ///
    /// # Errors
    /// As for [`socket_action`](Multi::socket_action).
    ///
    /// # Panics
    /// As for [`socket_action`](Multi::socket_action).
    #[doc(alias("curl_multi_socket_action", "CURL_SOCKET_TIMEOUT"))]
    pub fn timeout_action(&mut self) -> Result<usize, Error> {
        self.drive(Core::timeout_action)
    }

    /// Drives all transfers, whether or not their sockets are known to be ready, and returns how many have not
    /// ended.
    ///
    /// Call it in your event loop now and then, say once a second. Releases before 8.22.0 may forget to name a
    /// socket or a time that a transfer waits for, as 7.88.1 does with FTP. A `Multi` without an event loop of
    /// your own drives all transfers by itself when needed. In a debug build of libcurl 8.13 or later, the call
    /// may fail an assertion of libcurl. These releases report a socket late: another transfer may already use
    /// the number of a socket that was closed.
    ///
    /// # Errors
    /// As for [`socket_action`](Multi::socket_action).
    ///
    /// # Panics
    /// As for [`socket_action`](Multi::socket_action).
    #[doc(alias = "curl_multi_socket_all")]
    pub fn socket_all(&mut self) -> Result<usize, Error> {
        self.drive(Core::action_on_all)
    }

    fn drive(
        &mut self,
        call: impl FnOnce(&mut Core<L>, &Entered) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        let pushes = &mut self.pushes;
        let driven = (self.group).drive(Instant::now(), call, |group, entered| {
            collect_pushes(group, pushes, entered);
        })?;
        self.conclude(driven)
    }

    /// Turns the outcome of a drive into its result. If a callback has panicked, resumes the panic. Otherwise
    /// returns the failure of the event loop, if there is one.
    fn conclude(&mut self, driven: Driven) -> Result<usize, Error> {
        let group = &mut self.group;
        if let Some(payload) = group.panics.pop_front() {
            // The next call that drives returns the failure of the event loop.
            group.core.keep_loop_failure(driven.failure);
            group.wake_for_rest();
            resume_unwind(payload);
        }
        match driven.failure {
            Some(failure) => Err(failure.settle()),
            None => driven.result.map(|()| group.members.len()),
        }
    }
}

impl<H, L: EventLoop> Multi<H, L> {
    /// Takes the next transfer that has ended, in the order in which they ended; `None` if there is none.
    #[doc(alias = "curl_multi_info_read")]
    #[doc(alias("messages", "info_read"))]
    pub fn take_finished(&mut self) -> Option<Finished<H>> {
        self.group.finished.pop_front()
    }

    /// Returns a running transfer, with its handler, information and [`remote`](Transfer::remote); `None` if no
    /// transfer with this id runs here.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&Transfer<H>> {
        self.group.members.get(&id)
    }

    /// Returns the handler of a running transfer, so that it can be changed between two drives; `None` if no
    /// transfer with this id runs here.
    #[must_use]
    #[doc(alias = "get_mut")]
    pub fn handler_mut(&mut self, id: Id) -> Option<&mut H> {
        self.group.members.get_mut(&id).map(Transfer::handler_mut)
    }

    /// Returns the running transfers.
    #[must_use]
    #[doc(alias = "curl_multi_get_handles")]
    pub fn iter(&self) -> Iter<'_, H> {
        Iter(self.group.members.iter())
    }

    /// Returns how many transfers run.
    #[must_use]
    pub fn running(&self) -> usize {
        self.group.members.len()
    }

    /// Returns whether no transfer runs and no ended transfer waits to be taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.group.members.is_empty() && self.group.finished.is_empty()
    }

    /// Returns the event loop.
    #[must_use]
    pub fn event_loop(&self) -> &L {
        self.group.core.event_loop()
    }

    /// Returns the event loop, so that it can be changed between two drives.
    ///
    /// This method is only for an event loop of your own. For the loop of [`Multi::new`], which only
    /// libcurl may use, it does not compile.
    #[must_use]
    pub fn event_loop_mut(&mut self) -> &mut L {
        const {
            assert!(
                L::IS_LENT,
                "the event loop of `Multi::new` is libcurl's alone"
            );
        };
        self.group.core.event_loop_mut()
    }

    /// Returns a waker, which wakes the driver from another thread.
    #[must_use]
    #[doc(alias = "curl_multi_wakeup")]
    pub fn waker(&self) -> Waker {
        Waker::new(self.group.core.mailbox().clone())
    }
}

/// Adds the pushed transfers that were accepted, and fails the transfers that the answer to a push has to
/// end.
fn collect_pushes<H, L: EventLoop>(
    group: &mut Group<Transfer<H>, L>,
    pushes: &mut Option<Guarded<Pushes<H, Transfer<H>>>>,
    entered: &Entered,
) {
    let Some(pushes) = pushes else {
        return;
    };
    group.panics.extend(pushes.take_panic());
    let accepted = group.core.take_pushed(pushes.value_mut());
    let stopped = pushes.value_mut().take_stopped();
    for (id, transfer, configured) in accepted {
        group.members.insert(id, transfer);
        if let Err(error) = configured {
            group.finish(id, End::Dead, entered);
            if let Some((_, _, result)) = group.finished.back_mut() {
                *result = Err(error);
            }
        }
    }
    for (id, stop) in stopped {
        if let Some(parent) = group.members.get_mut(&id) {
            parent.easy.fail(Callback::Push, stop);
        }
    }
}

impl<H> Holder for Transfer<H> {
    fn member(&self) -> &dyn Member {
        &*self.easy
    }

    fn member_mut(&mut self) -> &mut dyn Member {
        &mut *self.easy
    }
}

impl<H, L: EventLoop> fmt::Debug for Multi<H, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multi")
            .field("running", &self.group.members.keys())
            .field("finished", &self.group.finished.len())
            .finish_non_exhaustive()
    }
}
