//! A transfer among others, whatever the type of its handler.

use std::any::Any;
use std::ptr::NonNull;
use std::sync::Arc;
use std::time::Duration;

use crate::Error;
use crate::callbacks::event_loop::{RawSocket, Ready};
use crate::ffi::pool::{Entered, Pool};
use crate::ffi::socket::Registry;
use crate::ffi::sys;
use crate::id::Id;
use crate::run::deadlines::{Limit, Limits};
use crate::run::easy::Easy;
use crate::run::easy::handle::DeferredHandle;
use crate::run::engine::Engine;
use crate::run::perform::End;
use crate::run::pull::Pull;
use crate::run::push::Known;

/// The panic of user code.
pub(crate) type Panic = Box<dyn Any + Send>;

/// A transfer that is driven together with others.
pub(crate) trait Member {
    fn raw(&self) -> NonNull<sys::CURL>;

    /// Returns the facts that the driver has to know about the transfer while it runs.
    fn known(&self, id: Id) -> Known;

    fn limits(&self) -> Limits;

    /// Joins the transfers that `engine` drives. `pull` has the pipes if the program reads the
    /// response or writes the body; `None` means that it does neither.
    fn join(
        &mut self,
        engine: &mut Engine,
        registry: &Arc<Registry>,
        id: Id,
        pull: Option<Pull>,
    ) -> Result<(), Error>;

    /// Leaves `engine`. Returns the result, and the panic of a callback if there is one to resume.
    fn leave(
        &mut self,
        engine: &mut Engine,
        entered: &Entered,
        registry: &Registry,
        end: End,
    ) -> (Result<(), Error>, Option<Panic>);

    /// Fulfils the requests of remotes. Returns how the transfer ends, or `None` if it goes on.
    fn attend(&mut self, entered: &Entered) -> Option<End>;

    /// Notes that libcurl has ended the transfer with success, and that the transfer stays attached, so
    /// that its connection stays open.
    fn stay(&mut self);

    /// Returns whether the transfer stays attached for its connection.
    fn stays(&self) -> bool;

    /// Returns whether the transfer ends because this limit is over.
    fn is_over(&self, limit: Limit) -> bool;

    /// Returns whether a direction is paused.
    fn is_paused(&self) -> bool;

    /// Returns whether the transfer reads nothing from its connection until it is resumed.
    fn is_idle(&self) -> bool;

    /// Makes the driver cancel the transfer when it next attends to it.
    fn cancel(&self);

    /// Gives up the handle, which is attached. Returns the handle for a later cleanup, and the pools whose
    /// locks that cleanup needs besides those of the engine.
    fn defer(&mut self) -> (Vec<Arc<Pool>>, DeferredHandle);
}

impl<H> Member for Easy<H> {
    fn raw(&self) -> NonNull<sys::CURL> {
        Easy::raw(self)
    }

    fn known(&self, id: Id) -> Known {
        Known {
            id,
            share: self.handle.share.clone(),
            connects_only: self.connects_only(),
        }
    }

    fn limits(&self) -> Limits {
        Easy::limits(self)
    }

    fn join(
        &mut self,
        engine: &mut Engine,
        registry: &Arc<Registry>,
        id: Id,
        pull: Option<Pull>,
    ) -> Result<(), Error> {
        Easy::join(self, engine, registry, id, pull)
    }

    fn leave(
        &mut self,
        engine: &mut Engine,
        entered: &Entered,
        registry: &Registry,
        end: End,
    ) -> (Result<(), Error>, Option<Panic>) {
        Easy::leave(self, engine, entered, registry, end)
    }

    fn attend(&mut self, entered: &Entered) -> Option<End> {
        Easy::attend(self, entered)
    }

    fn stay(&mut self) {
        Easy::stay(self);
    }

    fn stays(&self) -> bool {
        self.handle.stays
    }

    fn is_over(&self, limit: Limit) -> bool {
        self.handle.stays || Easy::is_over(self, limit)
    }

    fn is_paused(&self) -> bool {
        Easy::is_paused(self)
    }

    fn is_idle(&self) -> bool {
        Easy::is_idle(self)
    }

    fn cancel(&self) {
        self.control().cancel();
    }

    fn defer(&mut self) -> (Vec<Arc<Pool>>, DeferredHandle) {
        (self.handle.pools(), self.handle.defer_attached())
    }
}

/// A transfer as a driver keeps it: the transfer itself, and how the driver treats it.
pub(crate) trait Holder {
    fn member(&self) -> &dyn Member;

    fn member_mut(&mut self) -> &mut dyn Member;

    /// Takes the pipes of the transfer. Returns `None` if the program neither reads its response nor writes
    /// its body.
    fn take_pull(&mut self) -> Option<Pull> {
        None
    }

    /// Is called after the driver has attended to the transfer, unless the transfer has ended or stays for its
    /// connection.
    fn attended(&mut self) {}

    /// Is called when libcurl has ended the transfer with success. Returns whether the transfer stays for the
    /// connection that it has left open.
    fn connected(&mut self) -> bool {
        false
    }

    /// Uses the connection of a transfer that stays, without waiting.
    fn serve(&mut self, _: &Entered) -> Served {
        Served::Ended
    }

    /// Keeps the panic of a callback of the transfer and returns `None`, or returns the panic for the driver
    /// to resume.
    fn keep_panic(&mut self, panic: Panic) -> Option<Panic> {
        Some(panic)
    }
}

/// The result of serving a transfer that stays for its connection.
pub(crate) enum Served {
    Waits(Wait),
    /// The transfer has ended.
    Ended,
}

/// When a transfer that stays for its connection is to be served again.
pub(crate) struct Wait {
    pub(crate) socket: RawSocket,
    /// The directions for which the socket has to be ready.
    pub(crate) interest: Ready,
    /// The time after which the transfer ends if nothing happens before. `None` means no limit.
    pub(crate) limit: Option<Duration>,
    /// Whether the transfer has to be served again at once, after the others.
    pub(crate) again: bool,
}
