//! Pushed transfers: handles that libcurl makes, and we take over.

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

/// The transfers of a `Multi` by their handles, for what libcurl says about a handle.
#[derive(Clone, Default)]
pub(super) struct Ids(Arc<Mutex<HashMap<usize, Known>>>);

/// What a transfer of a `Multi` gives to the transfers that are pushed to it.
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

    /// Returns whose handle it is; `None` if it is one of libcurl's own.
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

/// What decides about pushes.
pub(crate) type Decide<H> = Box<dyn FnMut(&PushRequest<'_>) -> PushResult<H> + Send>;

/// A pushed transfer, as it is made around its [`Easy`].
pub(crate) trait Child<H> {
    fn easy(&mut self) -> &mut Easy<H>;
}

/// Makes a transfer of a handle with libcurl's defaults, and says whether it could be set up.
pub(crate) type Make<H, C> = fn(Box<Easy<H>>, Hooks) -> (C, Result<(), Error>);

/// A transfer that was pushed, and whether it could be set up.
pub(crate) type Pushed<C> = (Id, C, Result<(), Error>);

/// Takes pushes, until the `Multi` fetches what came of them.
pub(crate) struct Pushes<H, C> {
    decide: Decide<H>,
    make: Make<H, C>,
    accepted: Vec<Pushed<C>>,
    /// The parents that a push is to end.
    stopped: Vec<(Id, Stop)>,
    ids: Ids,
    registry: Arc<Registry>,
    mailbox: Arc<Mailbox>,
    /// That of the engine.
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

    /// The child is libcurl's until `CURL_PUSH_OK` is returned.
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
        // A handle that is there twice: libcurl gave up the former child itself.
        let is_same = |(_, former, _): &mut Pushed<C>| former.easy().raw() == child;
        if let Some(place) = self.accepted.iter_mut().position(is_same) {
            self.accepted.swap_remove(place).1.easy().disown();
        }
        let id = Id::next();
        // What is the user's comes first: a panic leaves the child to libcurl.
        let hooks = handler.hooks();
        // SAFETY: C1: the handle is live; it is ours with what this returns, and `fetch`
        // disowns it if libcurl gives it up.
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
    /// Returns the children that came since this was last asked, without those that
    /// libcurl gave up.
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

    /// Returns the parents that a push is to end, and why.
    pub(crate) fn take_stopped(&mut self) -> Vec<(Id, Stop)> {
        std::mem::take(&mut self.stopped)
    }
}
