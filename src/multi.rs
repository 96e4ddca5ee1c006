//! Many transfers on one thread.
//!
//! [`Multi`] drives them by itself; with an [`EventLoop`], your own loop does.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Instant;

use crate::ffi::pool::Entered;
use crate::run::guard::{Guarded, discard};
use crate::run::multi::Core;
use crate::run::perform::End;
use crate::run::push::Pushes;
use crate::{Callback, Callbacks, Error, Transfer, TransferError};

pub use crate::callbacks::event_loop::{
    EventLoop, Interest, Notification, Notifications, RawSocket, Ready,
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
mod options;
mod run;
mod waker;

/// Why a transfer could not be added, and the transfer.
pub type AddError<H> = TransferError<H>;

/// A transfer that has ended, as [`Multi::take_finished`] hands it over.
pub type Finished<H> = (Id, Transfer<H>, Result<(), Error>);

/// Drives many transfers on one thread.
///
/// Its work grows with the transfers that have something to do, not with all of them. They
/// share connections, the DNS cache and TLS sessions. Handlers of several types go
/// into one as `Box<dyn Callbacks>`.
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
pub struct Multi<H, L: EventLoop = Driver> {
    /// The running transfers. Each is attached to the core, and never borrowed mutably by users,
    /// who could swap it out and drop it while it is attached.
    transfers: BTreeMap<Id, Transfer<H>>,
    finished: VecDeque<Finished<H>>,
    panics: VecDeque<Box<dyn Any + Send>>,
    /// Whether the event loop failed, after which nothing can be driven.
    dead: bool,
    core: Core<L>,
    /// What decides about pushes. libcurl points to it, so it goes after the core.
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
            transfers: BTreeMap::new(),
            finished: VecDeque::new(),
            panics: VecDeque::new(),
            dead: false,
            core: Core::new(event_loop)?,
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

    /// Drives, and sees to what has ended or failed meanwhile.
    fn drive(
        &mut self,
        call: impl FnOnce(&mut Core<L>, &Entered) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        let entered = self.core.enter()?;
        let driven = match self.dead {
            true => Err(MultiCode::ABORTED_BY_CALLBACK.into()),
            false => {
                // What was asked for before a transfer begins counts when it does.
                self.attend(&entered);
                let begun = Instant::now();
                let driven = call(&mut self.core, &entered);
                self.collect(&entered);
                self.collect_overdue(begun, &entered);
                driven
            }
        };
        let of_loop = self.core.take_loop_failure();
        if of_loop.is_some() {
            self.dead = true;
            while let Some(id) = self.transfers.keys().next().copied() {
                self.finish(id, End::Dead, &entered);
            }
        }
        drop(entered);
        if let Some(payload) = self.panics.pop_front() {
            // What else failed comes out of the next call.
            self.core.keep_loop_failure(of_loop);
            self.wake_for_rest();
            resume_unwind(payload);
        }
        match of_loop {
            Some(failure) => Err(failure.settle()),
            None => driven.map(|()| self.transfers.len()),
        }
    }
}

impl<H, L: EventLoop> Multi<H, L> {
    /// Returns a transfer that has ended, in the order in which they ended.
    #[doc(alias = "curl_multi_info_read")]
    pub fn take_finished(&mut self) -> Option<Finished<H>> {
        self.finished.pop_front()
    }

    /// Returns a running transfer: its handler, information and [`remote`](Transfer::remote).
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&Transfer<H>> {
        self.transfers.get(&id)
    }

    /// Returns the handler of a running transfer, to be changed between two drives.
    #[must_use]
    pub fn handler_mut(&mut self, id: Id) -> Option<&mut H> {
        self.transfers.get_mut(&id).map(Transfer::handler_mut)
    }

    /// Returns the running transfers.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, H> {
        Iter(self.transfers.iter())
    }

    /// Returns how many transfers run.
    #[must_use]
    pub fn running(&self) -> usize {
        self.transfers.len()
    }

    /// Returns whether no transfer runs, and none that has ended waits to be taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.transfers.is_empty() && self.finished.is_empty()
    }

    /// Returns the event loop.
    #[must_use]
    pub fn event_loop(&self) -> &L {
        self.core.event_loop()
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
        self.core.event_loop_mut()
    }

    /// Returns what wakes the driver from another thread.
    #[must_use]
    #[doc(alias = "curl_multi_wakeup")]
    pub fn waker(&self) -> Waker {
        Waker::new(self.core.mailbox().clone())
    }

    /// Sees to what has ended, failed or was asked for.
    fn collect(&mut self, entered: &Entered) {
        self.collect_ended(entered);
        if self.attend(entered) {
            self.collect_ended(entered);
        }
        // What that has led to is for the next drive: a transfer that resumes itself as
        // often as it pauses must not keep the others waiting.
        if self.core.mailbox().has_ids() {
            self.core.mailbox().wake();
        }
    }

    fn collect_ended(&mut self, entered: &Entered) {
        self.collect_pushes(entered);
        while let Some((id, code)) = self.core.message() {
            self.finish(id, End::Code(code), entered);
        }
    }

    /// Ends the transfers whose time was over at `then`, before libcurl was driven, and that
    /// libcurl itself has not ended.
    fn collect_overdue(&mut self, then: Instant, entered: &Entered) {
        for (id, limit) in self.core.take_over(then) {
            if self.get(id).is_some_and(|t| t.easy.is_over(limit)) {
                self.finish(id, End::TimedOut, entered);
            }
        }
    }

    /// Takes over what was pushed, and ends the parents that a push is to end.
    fn collect_pushes(&mut self, entered: &Entered) {
        let Some(pushes) = &mut self.pushes else {
            return;
        };
        self.panics.extend(pushes.take_panic());
        let accepted = self.core.take_pushed(pushes.value_mut());
        let stopped = pushes.value_mut().take_stopped();
        for (id, transfer, configured) in accepted {
            self.transfers.insert(id, transfer);
            if let Err(error) = configured {
                self.finish(id, End::Dead, entered);
                if let Some((_, _, result)) = self.finished.back_mut() {
                    *result = Err(error);
                }
            }
        }
        for (id, stop) in stopped {
            if let Some(parent) = self.transfers.get_mut(&id) {
                parent.easy.fail(Callback::Push, stop);
            }
        }
    }

    /// Sees to what has failed or was asked for; returns whether there was any of it.
    fn attend(&mut self, entered: &Entered) -> bool {
        let ids = self.core.mailbox().take_ids();
        for id in &ids {
            let end = self
                .transfers
                .get_mut(id)
                .and_then(|t| t.easy.attend(entered));
            if let Some(end) = end {
                self.finish(*id, end, entered);
            }
        }
        !ids.is_empty()
    }

    fn finish(&mut self, id: Id, end: End, entered: &Entered) {
        let Some(mut transfer) = self.transfers.remove(&id) else {
            return;
        };
        let (result, panic) = self.core.leave(&mut transfer.easy, end, entered);
        self.panics.extend(panic);
        self.finished.push_back((id, transfer, result));
    }
}

impl<H, L: EventLoop> Drop for Multi<H, L> {
    fn drop(&mut self) {
        // What is dropped here is the user's in part, and may panic. That comes out when
        // libcurl has let go of every transfer.
        let core = &mut self.core;
        let stopped = catch_unwind(AssertUnwindSafe(|| core.stop_events()));
        let mut errors = Vec::new();
        let easies = self.transfers.values_mut().map(|t| &mut t.easy);
        if let Some(entered) = self.core.enter_or_leave(easies) {
            for transfer in self.transfers.values_mut() {
                let (result, panic) =
                    (self.core).leave(&mut transfer.easy, End::Cancelled, &entered);
                errors.extend(result.err());
                self.panics.extend(panic);
            }
        }
        for payload in self.panics.drain(..) {
            // There is no call left that it could come out of, and dropping it may panic again.
            discard(payload);
        }
        drop(errors);
        match stopped {
            Err(payload) if !std::thread::panicking() => resume_unwind(payload),
            stopped => std::mem::forget(stopped),
        }
    }
}

impl<H, L: EventLoop> fmt::Debug for Multi<H, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multi")
            .field("running", &self.transfers.keys())
            .field("finished", &self.finished.len())
            .finish_non_exhaustive()
    }
}
