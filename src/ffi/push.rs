//! Pushed transfers: handles that libcurl makes, and we take over.

use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::marker::PhantomData;
#[cfg(not(has_safe_push))]
use std::ptr;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};

use libc::{c_char, c_int};

use crate::error::Stop;
use crate::ffi::easy::Easy;
use crate::ffi::engine::Engine;
use crate::ffi::guard::Guarded;
use crate::ffi::mailbox::Mailbox;
use crate::ffi::pool::Pool;
use crate::ffi::share::Shared as Share;
use crate::ffi::socket::Registry;
use crate::ffi::{decode, sys};
use crate::multi::{Id, PushRequest, PushResult};
use crate::{Callbacks, Error, Transfer};

/// The transfers of a `Multi` by their handles, for what libcurl says about a handle.
#[derive(Clone, Default)]
pub(super) struct Ids(Arc<Mutex<HashMap<usize, Known>>>);

/// What a transfer of a `Multi` gives to the transfers that are pushed to it.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) id: Id,
    pub(super) share: Option<Arc<Share>>,
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

/// A transfer that was pushed, or what it could not be set up for.
pub(crate) type Pushed<H> = (Id, Transfer<H>, Result<(), Error>);

/// Takes pushes, until the `Multi` fetches what came of them.
pub(crate) struct Pushes<H> {
    decide: Decide<H>,
    accepted: Vec<Pushed<H>>,
    /// The parents that a push is to end.
    stopped: Vec<(Id, Stop)>,
    ids: Ids,
    registry: Arc<Registry>,
    mailbox: Arc<Mailbox>,
    /// That of the engine.
    pool: Option<Arc<Pool>>,
}

impl<H: Callbacks> Pushes<H> {
    pub(super) fn new(
        decide: Decide<H>,
        ids: Ids,
        registry: Arc<Registry>,
        engine: &Engine,
    ) -> Guarded<Pushes<H>> {
        Guarded::new(Pushes {
            decide,
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
        let is_same = |(_, former, _): &Pushed<H>| former.easy.raw() == child;
        if let Some(place) = self.accepted.iter().position(is_same) {
            self.accepted.swap_remove(place).1.easy.disown();
        }
        let id = Id::next();
        // What is the user's comes first: a panic leaves the child to libcurl.
        let hooks = handler.hooks();
        // SAFETY: C1: the handle is live; it is ours with what this returns, and `fetch`
        // disowns it if libcurl gives it up.
        let easy = unsafe { Easy::adopt(child, handler) };
        let (mut transfer, configured) = Transfer::of(easy, hooks);
        let joined = transfer.easy.join_as_child(
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

impl<H> Pushes<H> {
    /// Returns the children that came since this was last asked, without those that
    /// libcurl gave up.
    pub(super) fn take_accepted(
        &mut self,
        is_attached: impl Fn(NonNull<sys::CURL>) -> bool,
    ) -> Vec<Pushed<H>> {
        let mut accepted = Vec::new();
        for child in self.accepted.drain(..) {
            if is_attached(child.1.easy.raw()) {
                accepted.push(child);
            } else {
                self.ids.forget(child.1.easy.raw());
                child.1.easy.disown();
            }
        }
        accepted
    }

    /// Returns the parents that a push is to end, and why.
    pub(crate) fn take_stopped(&mut self) -> Vec<(Id, Stop)> {
        std::mem::take(&mut self.stopped)
    }
}

/// The headers of a pushed request, for the call.
#[derive(Clone, Copy)]
pub(crate) struct PushHeaders<'a> {
    #[cfg_attr(
        not(has_safe_push),
        expect(dead_code, reason = "only its functions read it")
    )]
    raw: *mut sys::PushHeaders,
    borrowed: PhantomData<&'a ()>,
}

impl<'a> PushHeaders<'a> {
    /// # Safety
    /// The headers must be those of a push callback, and valid for as long as `'a`.
    pub(super) unsafe fn new(raw: *mut sys::PushHeaders) -> Self {
        PushHeaders {
            raw,
            borrowed: PhantomData,
        }
    }

    pub(crate) fn by_name(self, name: &str) -> Option<&'a [u8]> {
        let name = CString::new(name).ok()?;
        let value = self.value(&name);
        // SAFETY: C4: as above; NULL, or a string of libcurl's.
        unsafe { decode::c_str(value) }.map(CStr::to_bytes)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        (0..).map_while(move |number| {
            let header = self.line(number);
            // SAFETY: C4: as above; NULL past the last one.
            unsafe { decode::c_str(header) }.map(CStr::to_bytes)
        })
    }
}

#[cfg(has_safe_push)]
impl PushHeaders<'_> {
    fn value(self, name: &CStr) -> *mut c_char {
        // SAFETY: C4: the headers are valid for the call, and the name NUL-terminated.
        unsafe { sys::curl_pushheader_byname(self.raw, name.as_ptr()) }
    }

    fn line(self, number: usize) -> *mut c_char {
        // SAFETY: C4: the headers are valid for the call.
        unsafe { sys::curl_pushheader_bynum(self.raw, number) }
    }
}

// Without these functions no push callback is installed, so no headers arrive.
#[cfg(not(has_safe_push))]
impl PushHeaders<'_> {
    fn value(self, _: &CStr) -> *mut c_char {
        ptr::null_mut()
    }

    fn line(self, _: usize) -> *mut c_char {
        ptr::null_mut()
    }
}
