//! Moving a handle from one pool of connections to another.
//!
//! In libcurl 8.21.0 and later, a handle and the connections of its last engine refer to the same peer
//! and credentials. The handle may keep its references until its next transfer has begun. Even then, it
//! keeps the reference to credentials that the next transfer uses too. So a handle that moves to another
//! pool is replaced by its copy, and the original is cleaned up under the lock of its pool.
//! The copy has the options, the cookies and the HSTS hosts of the original. The information about the
//! last transfer is lost, as it is when another transfer begins.

use std::ffi::{CString, c_char};
use std::mem;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use crate::ffi::info::Info;
use crate::ffi::item::Item;
use crate::ffi::pool::{Entered, Pool};
use crate::ffi::share::SHARE;
use crate::ffi::share::data::ShareData;
use crate::ffi::sys;
use crate::run::easy::Easy;
use crate::run::easy::handle::{EasyHandle, References};
use crate::run::easy::refused::ALTSVC;
use crate::run::engine::{self, Engine};
use crate::{Code, Error};

const COOKIEFILE: Item = Item::new(sys::CURLOPT_COOKIEFILE, "CURLOPT_COOKIEFILE", "7.1");
const COOKIELIST: Item = Item::new(sys::CURLOPT_COOKIELIST, "CURLOPT_COOKIELIST", "7.14.1");

impl<H> Easy<H> {
    /// Prepares the handle for an engine, and acquires the locks of the connections that the engine
    /// may use. If the handle has references to connections of another pool, its copy replaces it.
    pub(in crate::run) fn move_to(&mut self, engine: &mut Engine) -> Result<Entered, Error> {
        let references = self.references_in(engine.pools.own());
        if let Some(pool) = self.handle.share_pool() {
            engine.pools.add(pool);
        }
        let entered = engine.enter()?;
        if !self.handle.references.allow(&references) && engine::counts_references() {
            self.renew(true)?;
        }
        self.handle.references = references;
        Ok(entered)
    }

    /// Returns which connections the handle refers to while an engine whose own pool is `own` drives it.
    pub(in crate::run) fn references_in(&self, own: Option<&Arc<Pool>>) -> References {
        match self.handle.shared_connections().or(own) {
            Some(pool) => References::Pool(pool.clone()),
            None => References::Own,
        }
    }

    /// Acquires the locks for a call that releases references. If another thread holds one of them,
    /// replaces the handle by a copy, which has no references. Waits instead if the handle is attached to its
    /// own engine, or if handles of the linked libcurl have no references.
    pub(in crate::run) fn visit_references(&mut self) -> Result<Entered, Error> {
        if let (true, Some(engine)) = (self.handle.attached, &self.handle.engine) {
            return engine.enter();
        }
        match Entered::visit(&self.handle.pools()) {
            Ok(entered) => Ok(entered),
            Err(_) if engine::counts_references() => {
                self.renew(false)?;
                Ok(Entered::default())
            }
            Err(pool) => Entered::visit_waiting(&pool),
        }
    }

    /// Does the same as [`visit_share`](Easy::visit_share), but returns an error if this thread uses the
    /// share further up the stack.
    pub(super) fn visit_share_alone(&self) -> Result<Entered, Error> {
        let pool = self.handle.share_pool();
        pool.map_or_else(|| Ok(Entered::default()), Entered::visit_alone)
    }

    /// Acquires the lock for the data that libcurl shares without a lock, for a call outside of an
    /// engine.
    pub(in crate::run) fn visit_share(&self) -> Result<Entered, Error> {
        let pool = self.handle.share_pool();
        pool.map_or_else(|| Ok(Entered::default()), Entered::visit_waiting)
    }

    /// Replaces the handle by its copy, and cleans up the original. The handle must be in no
    /// engine.
    ///
    /// `begins` says whether a transfer is about to begin. If none is, the original writes the cookie jar now;
    /// otherwise only the copy writes the cookie jar, later.
    fn renew(&mut self, begins: bool) -> Result<(), Error> {
        self.check_hsts_duplicable()?;
        self.drop_empty_post_fields()?;
        let cookies = match self.shares(ShareData::COOKIES) {
            true => Vec::new(),
            false => self.cookies()?,
        };
        let copy = self.copy_closed()?;
        let old = mem::replace(&mut self.handle.raw, copy);
        self.context.set_handle(copy);
        // SAFETY: C1: the handle is live, and the new value is its only owner from now on.
        let mut old = unsafe { EasyHandle::new(old) };
        old.saves_hsts = self.handle.saves_hsts;
        old.share.clone_from(&self.handle.share);
        old.references = mem::replace(&mut self.handle.references, References::None);
        if !begins {
            old.flush_cookies();
        }
        old.retire();
        if let Some(parts) = &mut self.handle.mime {
            parts.begin_again();
        }
        self.replace_old(old)?;
        self.hsts_files = false;
        self.restore_pointers()?;
        if !cookies.is_empty() {
            // `cookies` has those that earlier transfers have read from the files, so the copy must not read these
            // files again.
            let none = ptr::null::<c_char>();
            // SAFETY: the option takes a string, or none.
            unsafe { self.set(COOKIEFILE, none) }?;
            for file in self.known.new_cookie_files.clone() {
                // SAFETY: the option takes a string, which libcurl copies.
                unsafe { self.set(COOKIEFILE, file.as_ptr()) }?;
            }
        }
        for cookie in cookies {
            // SAFETY: the option takes a string, which libcurl copies.
            unsafe { self.set(COOKIELIST, cookie.as_ptr()) }?;
        }
        Ok(())
    }

    /// Cleans up the handle that a copy has replaced, or leaves the cleanup to the thread that holds
    /// the lock of its connections.
    fn replace_old(&mut self, old: EasyHandle) -> Result<(), Error> {
        let alt_svc = self.known.tried.get(&ALTSVC).cloned();
        let entered = Entered::visit(&old.pools());
        if entered.is_err() && alt_svc.is_some() {
            // The deferred cleanup must not write the file of alternative services, since it might overwrite
            // the file at any time.
            old.forget_alt_svc();
        }
        drop(old);
        drop(entered);
        match alt_svc {
            // The original has saved its alternative services, unless its cleanup is deferred. The copy reads
            // the file.
            // SAFETY: the option takes a string, which libcurl copies.
            Some(file) => unsafe {
                self.set(Item::new(ALTSVC, "CURLOPT_ALTSVC", "7.64.1"), file.as_ptr())
            },
            None => Ok(()),
        }
    }

    /// Sets the options that libcurl does not copy, or not completely: the share, the HSTS cache and the lists.
    fn restore_pointers(&mut self) -> Result<(), Error> {
        if let Some(share) = &self.handle.share {
            let share = share.as_ptr();
            // SAFETY: S1: the share lives as long as the handle.
            unsafe { self.set(SHARE, share) }?;
        }
        self.renew_hsts()?;
        self.set_own_lists()
    }

    /// Copies the handle with its callbacks, and calls none of them.
    fn copy_closed(&mut self) -> Result<NonNull<sys::CURL>, Error> {
        let _entered = self.visit_share()?;
        let raw = self.handle.raw.as_ptr();
        let closed = self.context.head().close();
        // SAFETY: C1: the handle is live; C3: the gate is shut.
        let copy = NonNull::new(unsafe { sys::curl_easy_duphandle(raw) });
        self.context.head().reopen(closed);
        copy.ok_or(Error::libcurl_with(
            Code::OUT_OF_MEMORY,
            "curl_easy_duphandle",
        ))
    }

    fn cookies(&self) -> Result<Vec<CString>, Error> {
        // SAFETY: C1: the handle is live.
        let info = unsafe { Info::new(self.handle.raw) };
        let lines = match info.cookies() {
            // This libcurl was built without cookies.
            Err(Error::Unsupported { .. }) => Vec::new(),
            lines => lines?,
        };
        let lines = lines.iter().map(|line| CString::new(line.to_vec()));
        Ok(lines.filter_map(Result::ok).collect())
    }
}
