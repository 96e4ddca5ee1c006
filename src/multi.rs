//! Many transfers on one thread.
//!
//! [`Multi`] drives them by itself; with an [`EventLoop`], your own loop does.

use std::fmt;
use std::panic::resume_unwind;

use crate::ffi::pool::Entered;
use crate::run::group::{Driven, Group};
use crate::run::guard::Guarded;
use crate::run::member::{Holder, Member};
use crate::run::multi::Core;
use crate::run::perform::End;
use crate::run::push::Pushes;
use crate::{Callback, Callbacks, Error, Transfer, TransferError};

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

/// Why a transfer could not be added, and the transfer.
pub type AddError<H> = TransferError<H>;

/// A transfer that has ended, as [`Multi::take_finished`] hands it over.
#[doc(alias("CURLMsg", "Message"))]
pub type Finished<H> = (Id, Transfer<H>, Result<(), Error>);

/// Drives many transfers on one thread.
///
/// Its work grows with the transfers that have something to do, not with all of them. They
/// share connections, the DNS cache and TLS sessions. Handlers of several types go
/// into one as `Box<dyn AnyCallbacks + Send>`: [`AnyCallbacks`](crate::AnyCallbacks) converts each back to its
/// own type.
///
/// What a callback fails with is the result of its transfer, and the others
/// go on. A panic comes out of the call that was driving, once; the transfer whose callback it was
/// then ends with [`Error::Aborted`], and the others go on when it is driven again. If there are several
/// panics, each call resumes one, and the event loop is woken for the next.
///
/// [`xfer_info`](Callbacks::xfer_info) is called when something happens to a transfer, and about
/// every second otherwise, as in [`Transfer::perform`]; with an event loop of your own, when
/// that calls [`socket_all`](Multi::socket_all).
///
/// Dropping it drops its transfers, wherever they are, and any error or panic of their callbacks
/// meanwhile. If the drop of a [`Value`](EventLoop::Value) of its event loop panics, the drop of the
/// `Multi` resumes that panic, after libcurl has let go of every transfer.
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
    /// What decides about pushes. libcurl points to it, so it goes after the group.
    pushes: Option<Guarded<Pushes<H, Transfer<H>>>>,
}

impl<H: Callbacks, L: EventLoop> Multi<H, L> {
    /// Makes one that `event_loop` drives.
    ///
    /// # Errors
    /// [`Error::Libcurl`] if memory has run out.
    #[doc(alias("CURLMOPT_SOCKETFUNCTION", "CURLMOPT_TIMERFUNCTION"))]
    pub fn with_event_loop(event_loop: L) -> Result<Multi<H, L>, Error> {
        Ok(Multi {
            group: Group::new(event_loop)?,
            pushes: None,
        })
    }

    /// Drives what has to do with a socket that is ready, and returns how many
    /// transfers have not ended.
    ///
    /// # Errors
    /// [`Error::Callback`] or [`Error::Aborted`], naming [`Callback::Socket`] or
    /// [`Callback::Timer`], if a method of the event loop
    /// failed: every transfer then ends with [`Error::Multi`], and nothing can be added or driven any more.
    ///
    /// # Panics
    /// Resumes the panic of a callback; one of the event loop ends all transfers, as its error does.
    #[doc(alias = "curl_multi_socket_action")]
    #[doc(alias("curl_multi_socket", "action"))]
    pub fn socket_action(&mut self, socket: RawSocket, ready: Ready) -> Result<usize, Error> {
        self.drive(|core, entered| core.socket_action(socket, ready, entered))
    }

    /// Drives what has to do with the time, and what was asked for by [`Remote`](crate::Remote)s; returns how
    /// many transfers have not ended.
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

    /// Drives all transfers, whatever is known of their sockets, and returns how many have
    /// not ended.
    ///
    /// An event loop calls this now and then, say once a second: older releases forget to name a
    /// socket or a time for some of what a transfer waits for, as before 8.0 for FTP. A `Multi`
    /// with no event loop of the user's does so by itself. With libcurl 8.13 and later, a debug build
    /// may fail an assertion: libcurl reports the sockets late, when one transfer may have the number of a socket that another has closed.
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
        let driven = (self.group).drive(call, |group, entered| {
            collect_pushes(group, pushes, entered);
        })?;
        self.conclude(driven)
    }

    /// Returns what a drive led to: the panic of a callback first, then the failure of the event loop.
    fn conclude(&mut self, driven: Driven) -> Result<usize, Error> {
        let group = &mut self.group;
        if let Some(payload) = group.panics.pop_front() {
            // What else failed comes out of the next call.
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
    /// Returns a transfer that has ended, in the order in which they ended.
    #[doc(alias = "curl_multi_info_read")]
    #[doc(alias("messages", "info_read"))]
    pub fn take_finished(&mut self) -> Option<Finished<H>> {
        self.group.finished.pop_front()
    }

    /// Returns a running transfer: its handler, information and [`remote`](Transfer::remote).
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&Transfer<H>> {
        self.group.members.get(&id)
    }

    /// Returns the handler of a running transfer, to be changed between two drives.
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

    /// Returns whether no transfer runs, and none that has ended waits to be taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.group.members.is_empty() && self.group.finished.is_empty()
    }

    /// Returns the event loop.
    #[must_use]
    pub fn event_loop(&self) -> &L {
        self.group.core.event_loop()
    }

    /// Returns the event loop, to be changed between two drives.
    ///
    /// It must be one of yours: the loop of [`Multi::new`] is libcurl's alone, and this method does not
    /// compile for that.
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

    /// Returns what wakes the driver from another thread.
    #[must_use]
    #[doc(alias = "curl_multi_wakeup")]
    pub fn waker(&self) -> Waker {
        Waker::new(self.group.core.mailbox().clone())
    }
}

/// Takes over what was pushed, and ends the parents that a push is to end.
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
