//! Pushed transfers: handles that libcurl makes, and this crate takes over.

use std::collections::HashMap;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};

use libc::c_int;

use crate::callbacks::push::{PushRequest, PushResult};
use crate::error::Stop;
use crate::ffi::pool::Pool;
use crate::ffi::push_headers::PushHeaders;
use crate::ffi::share::ShareHandle;
use crate::ffi::socket::Registry;
use crate::ffi::sys;
use crate::id::Id;
use crate::run::easy::Easy;
use crate::run::engine::Engine;
use crate::run::guard::Guarded;
use crate::run::mailbox::Mailbox;
use crate::{Callbacks, Error, Hooks};

/// The transfers of a `Multi` by their handles, to find the transfer of a handle that libcurl names.
#[derive(Clone, Default)]
pub(super) struct Ids(Arc<Mutex<HashMap<usize, Known>>>);

/// What the driver knows about an attached transfer.
#[derive(Clone)]
pub(crate) struct Known {
    pub(super) id: Id,
    pub(super) share: Option<Arc<ShareHandle>>,
    /// Whether the transfer has `connect_only`: libcurl closes its connection when the transfer
    /// leaves the engine, even if another transfer uses the connection.
    pub(super) connects_only: bool,
}

impl Ids {
    /// Enters a transfer.
    pub(super) fn enter(&self, raw: NonNull<sys::CURL>, known: Known) {
        self.with(|ids| ids.insert(raw.addr().get(), known));
    }

    pub(super) fn forget(&self, raw: NonNull<sys::CURL>) {
        self.with(|ids| ids.remove(&raw.addr().get()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.with(|ids| ids.is_empty())
    }

    /// Returns the transfer of a handle, or `None` for a handle of libcurl's own.
    pub(super) fn get(&self, raw: *const sys::CURL) -> Option<Id> {
        self.with(|ids| ids.get(&raw.addr()).map(|known| known.id))
    }

    fn known(&self, raw: *const sys::CURL) -> Option<Known> {
        self.with(|ids| ids.get(&raw.addr()).cloned())
    }

    fn with<R>(&self, call: impl FnOnce(&mut HashMap<usize, Known>) -> R) -> R {
        call(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The user's function that decides about pushes.
pub(crate) type Decide<H> = Box<dyn FnMut(&PushRequest<'_>) -> PushResult<H> + Send>;

/// A pushed transfer, which was made around an [`Easy`].
pub(crate) trait Child<H> {
    fn easy(&mut self) -> &mut Easy<H>;
}

/// A function that makes a transfer from a handle with libcurl's defaults. It also returns whether the
/// transfer could be set up.
pub(crate) type Make<H, C> = fn(Box<Easy<H>>, Hooks) -> (C, Result<(), Error>);

/// A transfer that was pushed, and whether it could be set up.
pub(crate) type Pushed<C> = (Id, C, Result<(), Error>);

/// Decides about pushes, and keeps the accepted transfers until the `Multi` takes them.
pub(crate) struct Pushes<H, C> {
    decide: Decide<H>,
    make: Make<H, C>,
    accepted: Vec<Pushed<C>>,
    /// The parents that have to end because of the decision about a push, and how.
    stopped: Vec<(Id, Stop)>,
    ids: Ids,
    registry: Arc<Registry>,
    mailbox: Arc<Mailbox>,
    /// The engine's own pool, or `None` if the engine needs none.
    pool: Option<Arc<Pool>>,
}

impl<H: Callbacks, C: Child<H>> Pushes<H, C> {
    pub(super) fn new(
        decide: Decide<H>,
        make: Make<H, C>,
        ids: Ids,
        registry: Arc<Registry>,
        engine: &Engine,
    ) -> Guarded<Pushes<H, C>> {
        Guarded::new(Pushes {
            decide,
            make,
            accepted: Vec::new(),
            stopped: Vec::new(),
            ids,
            registry,
            mailbox: engine.mailbox.clone(),
            pool: engine.pools.own().cloned(),
        })
    }

    /// Decides about a push. libcurl owns the child until `CURL_PUSH_OK` is returned.
    pub(super) fn push(
        &mut self,
        parent: *const sys::CURL,
        child: NonNull<sys::CURL>,
        headers: PushHeaders<'_>,
    ) -> c_int {
        let known = self.ids.known(parent);
        if known.as_ref().is_some_and(|known| known.connects_only) {
            return sys::CURL_PUSH_DENY;
        }
        let (parent, share) = known.map(|known| (known.id, known.share)).unzip();
        let share = share.flatten();
        let handler = match (self.decide)(&PushRequest::new(parent, headers)) {
            PushResult::Accept(handler) => handler,
            PushResult::Deny => return sys::CURL_PUSH_DENY,
            PushResult::Abort => return self.stop(parent, Stop::Abort),
            PushResult::Fail(error) => return self.stop(parent, Stop::Error(error)),
        };
        // If there is a child with the same handle, libcurl itself has given up that child.
        let is_same = |(_, former, _): &mut Pushed<C>| former.easy().raw() == child;
        if let Some(place) = self.accepted.iter_mut().position(is_same) {
            self.accepted.swap_remove(place).1.easy().disown();
        }
        let id = Id::next();
        // User code runs first: if it panics, libcurl still owns the child.
        let hooks = handler.hooks();
        // SAFETY: C1: the handle is live; the returned code makes this its owner, and
        // `take_accepted` disowns it if libcurl gives it up.
        let easy = unsafe { Easy::adopt(child, handler) };
        let (mut transfer, configured) = (self.make)(easy, hooks);
        let joined = transfer.easy().join_as_child(
            &self.mailbox,
            &self.registry,
            self.pool.as_ref(),
            share.clone(),
            id,
        );
        let known = Known {
            id,
            share,
            connects_only: false,
        };
        self.ids.enter(child, known);
        self.accepted.push((id, transfer, configured.and(joined)));
        sys::CURL_PUSH_OK
    }

    fn stop(&mut self, parent: Option<Id>, stop: Stop) -> c_int {
        self.stopped.extend(parent.map(|id| (id, stop)));
        sys::CURL_PUSH_DENY
    }
}

impl<H, C: Child<H>> Pushes<H, C> {
    /// Takes the children that were accepted since the last call, without those that
    /// libcurl has given up.
    pub(super) fn take_accepted(
        &mut self,
        is_attached: impl Fn(NonNull<sys::CURL>) -> bool,
    ) -> Vec<Pushed<C>> {
        let mut accepted = Vec::new();
        for mut child in self.accepted.drain(..) {
            let easy = child.1.easy();
            if is_attached(easy.raw()) {
                accepted.push(child);
            } else {
                self.ids.forget(easy.raw());
                easy.disown();
            }
        }
        accepted
    }

    /// Takes the parents that have to end because of the decision about a push, and how.
    pub(crate) fn take_stopped(&mut self) -> Vec<(Id, Stop)> {
        std::mem::take(&mut self.stopped)
    }
}
