//! The owner of a `CURL *`, and its cleanup.

use std::ffi::{c_char, c_void};
use std::mem;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use libc::c_long;

use crate::Error;
use crate::ffi::info::Info;
use crate::ffi::list::{List, Lists};
use crate::ffi::pool::{self, Entered, Pool, Use};
use crate::ffi::share::ShareHandle;
use crate::ffi::share::data::ShareData;
use crate::ffi::sigpipe::Quiet;
use crate::ffi::sys;
use crate::quirks::{CONNECTION_KEPT_BY_ENGINE, SHARED_CONNECTION_NOT_FOUND};
use crate::run::context::Owner;
use crate::run::easy::borrowed_values::BorrowedValues;
use crate::run::easy::buffers::EarlierBuffers;
use crate::run::easy::hsts;
use crate::run::easy::refused::ALTSVC;
use crate::run::engine::{self, Engine};
use crate::run::entry_path::EntryPath;
use crate::run::guard::discard;
use crate::run::mime::Tree;
use crate::run::{install, stop};

/// Owns the `CURL *` (C1), the engine with which it performs alone, and the data that libcurl reads
/// in place (C5, C8).
pub(in crate::run) struct EasyHandle {
    pub(in crate::run) raw: NonNull<sys::CURL>,
    /// The engine with which the transfer performs alone, and which keeps the connections. The first call that
    /// needs it makes it. `None` before that call, after the engine was dropped, and while a call has taken it
    /// out.
    pub(in crate::run) engine: Option<Engine>,
    /// Whether the handle is in `engine`; after a transfer, this keeps a connection open.
    pub(in crate::run) attached: bool,
    /// Whether a transfer runs with `engine`.
    pub(in crate::run) runs: bool,
    /// Whether a transfer that libcurl has ended stays in the engine of a group, which keeps its connection open.
    pub(in crate::run) stays: bool,
    /// The share that the handle uses (S1).
    pub(in crate::run) share: Option<Arc<ShareHandle>>,
    pub(in crate::run) references: References,
    /// Counts the handle among the users of a share's connections while it is in an engine.
    pub(in crate::run) usage: Option<Use>,
    /// `CURLOPT_QUICK_EXIT`; since 8.20.0, libcurl reads that option from the engine instead.
    pub(in crate::run) quick_exit: c_long,
    pub(super) buffers: EarlierBuffers,
    /// Whether a transfer was ended early: a thread of libcurl may still be resolving a name.
    pub(in crate::run) leaves_threads: bool,
    /// Whether the cleanup may write the HSTS hosts to a file or pass them to `hsts_write`.
    pub(super) saves_hsts: bool,
    pub(in crate::run) lists: Lists,
    /// Replaced lists of headers, to which the parts of a mail may still point.
    pub(in crate::run) former_headers: Vec<List>,
    pub(in crate::run) kept: BorrowedValues,
    pub(in crate::run) mime: Option<Tree>,
    /// Whether this value does not own the handle: another `EasyHandle` or a [`DeferredHandle`] owns it, or
    /// libcurl has cleaned it up.
    is_disowned: bool,
}

/// The connections whose peers and credentials the handle may still refer to since its last
/// transfer.
#[derive(Clone)]
pub(in crate::run) enum References {
    /// No connections.
    None,
    /// The connections of its own engine.
    Own,
    /// The connections of a pool, which other handles use too.
    Pool(Arc<Pool>),
}

impl References {
    /// Returns whether a handle with these references may get `other` without being replaced by a copy.
    pub(super) fn allow(&self, other: &References) -> bool {
        match (self, other) {
            (References::None, _) | (References::Own, References::Own) => true,
            (References::Pool(this), References::Pool(other)) => Arc::ptr_eq(this, other),
            _ => false,
        }
    }
}

// SAFETY: C6: libcurl lets a handle move between threads, and one thread at a time uses it. The lists and
// the parts are used only on the thread that has the handle, and readers are `Send`. `BorrowedValues` are
// `Send` themselves.
unsafe impl Send for EasyHandle {}

impl EasyHandle {
    /// # Safety
    /// The handle must be live, and this its only owner (C1).
    pub(in crate::run) unsafe fn new(raw: NonNull<sys::CURL>) -> EasyHandle {
        EasyHandle {
            raw,
            engine: None,
            attached: false,
            runs: false,
            stays: false,
            share: None,
            references: References::None,
            usage: None,
            quick_exit: 0,
            buffers: EarlierBuffers::new(),
            leaves_threads: false,
            saves_hsts: false,
            lists: Lists::default(),
            former_headers: Vec::new(),
            kept: BorrowedValues::default(),
            mime: None,
            is_disowned: false,
        }
    }

    /// Makes the drop leave the handle alone, because libcurl has cleaned it up, or another value owns it.
    pub(super) fn disown(&mut self) {
        self.is_disowned = true;
    }

    /// Detaches the handle from its own engine, if it was left there to keep a connection open, and so
    /// closes the connection.
    ///
    /// # Errors
    /// As for [`Engine::enter`]; the handle then stays attached.
    pub(in crate::run) fn detach(&mut self) -> Result<(), Error> {
        if self.attached {
            self.leave(&Quiet::new())?;
            if CONNECTION_KEPT_BY_ENGINE.is_present() {
                self.renew_engine();
            }
        }
        Ok(())
    }

    /// Detaches the handle from its own engine after a transfer.
    ///
    /// # Errors
    /// As for [`detach`](EasyHandle::detach).
    pub(in crate::run) fn leave(&mut self, quiet: &Quiet) -> Result<(), Error> {
        if let (true, Some(engine)) = (self.attached, &self.engine) {
            let entered = engine.enter()?;
            // SAFETY: C1: the handle is live; C3: no callback is on the stack.
            unsafe { engine.detach(self.raw, &entered, quiet) };
        }
        self.attached = false;
        self.usage = None;
        Ok(())
    }

    /// Returns the pool of the share, or `None` if there is no share or libcurl locks all data of the share.
    pub(super) fn share_pool(&self) -> Option<&Arc<Pool>> {
        self.share.as_ref()?.pool()
    }

    /// Returns the pool of the share, or `None` if there is no share or it does not hold connections.
    pub(in crate::run) fn shared_connections(&self) -> Option<&Arc<Pool>> {
        self.share.as_ref()?.connections()
    }

    /// Returns the pools whose locks are needed by a cleanup of the handle and by a call that releases
    /// its references.
    pub(in crate::run) fn pools(&self) -> Vec<Arc<Pool>> {
        let mut pools = Vec::new();
        if let References::Pool(pool) = &self.references {
            pools.push(pool.clone());
        }
        pools.extend(self.share_pool().cloned());
        if let (true, Some(engine)) = (self.attached, &self.engine) {
            pools.extend(engine.pools.all());
        }
        pools
    }

    /// Returns whether the handle has a share that holds these kinds of data.
    pub(super) fn shares(&self, data: ShareData) -> bool {
        let share = self.share.as_ref();
        share.is_some_and(|share| share.data().contains(data))
    }

    /// Returns information about the last transfer, or about the running one, if one `runs`.
    pub(super) fn info<'a>(&'a self, entry_path: &'a EntryPath, runs: bool) -> Info<'a> {
        // SAFETY: C1: the handle lives for as long as `self` is borrowed.
        let info = unsafe { Info::new(self.raw) }
            .with_entry_path(entry_path)
            .with_pool(self.shared_connections());
        let finds = (self.attached || runs) && !SHARED_CONNECTION_NOT_FOUND.is_present();
        match !finds && self.shares(ShareData::CONNECTIONS) {
            true => info.without_socket(),
            false => info,
        }
    }

    fn set<T>(&self, option: sys::CURLoption, value: T) {
        // SAFETY: C1: the handle is live; each value below has the type of its option. If libcurl
        // lacks the option, it changes nothing.
        unsafe { sys::curl_easy_setopt(self.raw.as_ptr(), option, value) };
    }

    /// Makes the cleanup call no user code, and write to no error buffer.
    fn disarm(&self) {
        let none = ptr::null_mut::<c_void>();
        self.set::<c_long>(sys::CURLOPT_VERBOSE, 0);
        self.set(sys::CURLOPT_DEBUGFUNCTION, none);
        self.set(sys::CURLOPT_HSTSWRITEFUNCTION, none);
        self.set(sys::CURLOPT_ERRORBUFFER, none);
        self.set(sys::CURLOPT_MIMEPOST, none);
    }

    /// Makes the cleanup write no HSTS hosts to a file.
    fn forget_hsts(&mut self) {
        if mem::take(&mut self.saves_hsts) {
            self.set(hsts::FILE.id, ptr::null::<c_char>());
        }
    }

    /// Makes the cleanup write no alternative services.
    pub(super) fn forget_alt_svc(&self) {
        self.set(ALTSVC, c"".as_ptr());
    }

    /// Prepares the handle for its cleanup after a copy has replaced it. The cleanup then saves no cookies
    /// and no HSTS hosts: the copy saves them.
    pub(super) fn retire(&mut self) {
        self.disarm();
        self.forget_cookies();
        self.forget_hsts();
    }

    /// Makes libcurl write the cookies now and not in the cleanup, unless they are shared and libcurl uses
    /// them without a lock.
    pub(super) fn flush_cookies(&self) {
        let share = self.share.as_ref();
        if !share.is_some_and(|share| share.has_unlocked_cookies()) {
            self.set(sys::CURLOPT_COOKIELIST, c"FLUSH".as_ptr());
            self.forget_cookies();
        }
    }

    /// Makes the cleanup write no cookies.
    fn forget_cookies(&self) {
        self.set(sys::CURLOPT_COOKIEJAR, ptr::null::<c_char>());
    }

    /// Returns a copy of the handle whose cleanup saves the HSTS hosts, and makes the cleanup of this
    /// handle not save them. `None` means that no copy is needed or possible.
    fn copy_to_save(&mut self) -> Option<EasyHandle> {
        // Before libcurl 8.21.0, which counts references, a copy of a handle lacks hosts that libcurl has learnt.
        let copies = engine::counts_references();
        if !copies || !self.saves_hsts || self.shares(ShareData::HSTS) {
            return None;
        }
        let none = ptr::null_mut::<c_void>();
        self.set(sys::CURLOPT_HSTSREADFUNCTION, none);
        self.set(sys::CURLOPT_MIMEPOST, none);
        self.flush_cookies();
        // SAFETY: C1: the handle is live; nothing is called back.
        let copy = NonNull::new(unsafe { sys::curl_easy_duphandle(self.raw.as_ptr()) })?;
        self.forget_hsts();
        // SAFETY: C1: libcurl has just made it.
        Some(unsafe { EasyHandle::new(copy) })
    }

    /// Drops the handle's own engine, to which the handle must not be attached. Callbacks that libcurl
    /// makes meanwhile find their context alive (C2), and `enter` keeps their panics.
    fn drop_engine(&mut self) {
        if let Some(engine) = &self.engine {
            engine.quick_exit(self.quick_exit | c_long::from(self.leaves_threads));
        }
        self.engine = None;
    }

    /// Drops the handle's own engine, to which the handle must not be attached. The next transfer makes
    /// another engine.
    ///
    /// Waits for the pools of the engine: if another thread cleaned the engine up later, that thread would
    /// release references to peers that this handle refers to. Inside a callback that must not wait, the
    /// engine stays.
    pub(in crate::run) fn renew_engine(&mut self) {
        let entered = self.engine.as_ref().map(Engine::enter);
        let Some(Ok(_entered)) = entered else {
            return;
        };
        self.drop_engine();
        // libcurl may have put the addresses of this list into the DNS cache of the dropped engine. Unless the
        // list is set again, libcurl would not put them into the cache of the next engine.
        if let Some(list) = self.lists.get(sys::CURLOPT_RESOLVE) {
            self.set(sys::CURLOPT_RESOLVE, list.as_ptr());
        }
    }

    /// Cleans up the engine and the handle. User code may run: the callbacks `close_socket`, `hsts_write` and
    /// `debug`, and, if a transfer is in progress, its other callbacks.
    fn clean_up(&mut self, entered: &Entered) {
        if let (true, Some(engine)) = (self.attached, &self.engine) {
            // SAFETY: C1: the handle is live; C3: no callback is on the stack.
            unsafe { engine.detach(self.raw, entered, &Quiet::new()) };
        }
        self.drop_engine();
        let _quiet = Quiet::new();
        // SAFETY: C1: this is the only cleanup of the handle, which is in no engine.
        unsafe { sys::curl_easy_cleanup(self.raw.as_ptr()) };
    }

    /// Moves the handle into a [`DeferredHandle`], which is cleaned up later.
    pub(in crate::run) fn defer(&mut self) -> DeferredHandle {
        self.is_disowned = true;
        let copy = self.copy_to_save();
        self.disarm();
        self.flush_cookies();
        drop(copy);
        DeferredHandle {
            raw: self.raw,
            engine: None,
            share: self.share.take(),
            _usage: self.usage.take(),
            kept: (
                mem::take(&mut self.lists),
                mem::take(&mut self.kept),
                self.mime.take(),
            ),
            _context: None,
        }
    }

    /// Does the same as [`defer`](EasyHandle::defer) for a handle that is attached to an engine, and
    /// gives the handle a context that calls no user code.
    pub(in crate::run) fn defer_attached(&mut self) -> DeferredHandle {
        let mut deferred = self.defer();
        self.set::<c_long>(sys::CURLOPT_NOPROGRESS, 0);
        stop::hurry(self.raw);
        let mut context = Owner::new((), self.raw);
        context.head().shut();
        let user = context.as_user_data();
        for row in install::table::<()>() {
            if row.hook != crate::Hooks::CLOSE_SOCKET {
                self.set(row.function.id, row.trampoline);
                self.set(row.data, user);
            }
        }
        deferred._context = Some(context);
        deferred
    }
}

impl Drop for EasyHandle {
    fn drop(&mut self) {
        if self.is_disowned {
            return;
        }
        if self.runs {
            // libcurl must not wait for replies of the server, since nobody needs these replies any more.
            stop::hurry(self.raw);
            self.leaves_threads = true;
        }
        let mut pools = self.pools();
        // The locks of the engine are needed too: if another thread cleaned up the engine later, both
        // threads would release references to the same peers.
        let engine = self.engine.as_ref().filter(|own| !own.pools.is_empty());
        if let (false, Some(engine)) = (self.attached, engine) {
            pools.extend(engine.pools.all());
        }
        if pools.is_empty() {
            return self.clean_up(&Entered::default());
        }
        // A thread that waits for a lock should not wait for user code. So an engine that the handle has left,
        // which may call `close_socket`, is dropped first: this acquires only the locks of its pools. `debug`
        // is not called during the cleanup of the handle, and a copy calls `hsts_write` after the locks were
        // released. Without a copy, the handle calls `hsts_write` under the locks.
        if !self.attached {
            self.drop_engine();
        }
        match Entered::visit(&pools) {
            Ok(entered) => {
                let copy = self.copy_to_save();
                self.set::<c_long>(sys::CURLOPT_VERBOSE, 0);
                self.clean_up(&entered);
                drop(entered);
                drop(copy);
            }
            Err(_) if self.attached => {
                let mut deferred = self.defer_attached();
                deferred.engine = self.engine.take().map(|mut engine| engine.defer());
                pool::clean_up(pools, move || drop(deferred));
            }
            Err(_) => {
                let deferred = self.defer();
                pool::clean_up(pools, move || drop(deferred));
            }
        }
    }
}

/// A handle that is cleaned up later, because a lock that the cleanup needs was not free.
pub(crate) struct DeferredHandle {
    pub(in crate::run) raw: NonNull<sys::CURL>,
    /// The engine to which the handle is attached.
    engine: Option<engine::DeferredEngine>,
    share: Option<Arc<ShareHandle>>,
    _usage: Option<Use>,
    kept: (Lists, BorrowedValues, Option<Tree>),
    /// A context that calls no user code, for a handle that was attached.
    _context: Option<Owner<()>>,
}

// SAFETY: C6: the thread that drops it is the only one that uses it, and holds the locks of its
// pools (S3); readers are `Send`.
unsafe impl Send for DeferredHandle {}

impl Drop for DeferredHandle {
    fn drop(&mut self) {
        if let Some(engine) = self.engine.take() {
            // SAFETY: C1: the handle is live until it is cleaned up below.
            unsafe { engine.detach(self.raw) };
        }
        let quiet = Quiet::new();
        // SAFETY: C1: this is the only cleanup of the handle, which is in no engine.
        unsafe { sys::curl_easy_cleanup(self.raw.as_ptr()) };
        drop(quiet);
        self.share = None;
        // The drop of a user's reader may panic.
        discard(mem::take(&mut self.kept));
    }
}
