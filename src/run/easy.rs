//! A transfer: its handle, its handler and what libcurl points to, and the calls that set options.

use std::ffi::{CStr, c_void};
use std::mem;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use libc::c_long;

use crate::ffi::info::Info;
use crate::ffi::init::init;
use crate::ffi::item::Item;
use crate::ffi::list::List;
use crate::ffi::pool::Entered;
use crate::ffi::share::data::ShareData;
use crate::ffi::share::{SHARE, ShareHandle};
use crate::ffi::sigpipe::Quiet;
use crate::ffi::socket::Registry;
use crate::ffi::sys;
use crate::hooks::Hooks;
use crate::quirks::{DOH_FREED_EARLY, PROXY_LOGIN_KEPT};
use crate::run::context::Owner;
use crate::run::control::Control;
use crate::run::easy::handle::EasyHandle;
use crate::run::easy::installed::Piped;
use crate::run::easy::known_options::KnownOptions;
use crate::run::entry_path::EntryPath;
use crate::run::{install, tls};
use crate::{Callbacks, Code, Error};

mod answers;
mod borrowed_values;
mod buffers;
pub(crate) mod exchange;
mod file_url;
mod fresh_connect;
mod guards;
pub(super) mod handle;
mod host_cache;
mod hsts;
pub(super) mod installed;
mod known_options;
pub(super) mod parts;
mod plain;
mod progress;
mod refused;
mod renew;
pub(crate) mod trust;
pub(super) mod upload;

const ERRORBUFFER: Item = Item::new(sys::CURLOPT_ERRORBUFFER, "CURLOPT_ERRORBUFFER", "7.1");
const NOSIGNAL: Item = Item::new(sys::CURLOPT_NOSIGNAL, "CURLOPT_NOSIGNAL", "7.10");
const PROXYUSERNAME: Item = Item::new(
    sys::CURLOPT_PROXYUSERNAME,
    "CURLOPT_PROXYUSERNAME",
    "7.19.1",
);
const PROXYPASSWORD: Item = Item::new(
    sys::CURLOPTTYPE_OBJECTPOINT + 176,
    "CURLOPT_PROXYPASSWORD",
    "7.19.1",
);
const FORBID_REUSE: Item = Item::new(sys::CURLOPT_FORBID_REUSE, "CURLOPT_FORBID_REUSE", "7.7");
const CLOSESOCKETDATA: Item = Item::new(
    sys::CURLOPT_CLOSESOCKETDATA,
    "CURLOPT_CLOSESOCKETDATA",
    "7.21.7",
);

/// A handle, and what libcurl points to. The fields are dropped in this order: the drop of `handle` cleans the
/// handle up, or makes it independent of `context` and leaves the cleanup for later. Only then `context` is freed.
pub(crate) struct Easy<H> {
    pub(super) handle: EasyHandle,
    pub(super) known: KnownOptions,
    /// The handler's callbacks for which libcurl may have a trampoline.
    installed: Hooks,
    /// Which functions libcurl has instead of some of the installed callbacks, for a program that reads
    /// or writes bodies.
    pub(super) piped: Piped,
    /// The callbacks of [`install::REPLACED`] for which libcurl has a function of this crate's.
    replaced: Hooks,
    /// Whether libcurl may still have names of HSTS files, even after a reset.
    hsts_files: bool,
    pub(super) entry_path: EntryPath,
    /// The table of callbacks for this type of handler, or `None` before the first [`install`](Easy::install).
    table: Option<install::Table>,
    pub(super) context: Owner<H>,
}

impl<H: Callbacks> Easy<H> {
    #[inline]
    pub(crate) fn new(handler: H) -> Result<Box<Easy<H>>, Error> {
        init();
        // SAFETY: libcurl is initialised.
        let raw = unsafe { sys::curl_easy_init() };
        let Some(raw) = NonNull::new(raw) else {
            return Err(Error::libcurl(Code::FAILED_INIT));
        };
        // SAFETY: C1: the handle is new, and ours.
        let handle = unsafe { EasyHandle::new(raw) };
        let mut easy = Easy::of(handle, handler);
        // By default, libcurl does not call the progress function.
        easy.context.head().watched = Some(false);
        Ok(easy)
    }

    /// Makes a transfer whose remotes exist already: they use `control`.
    pub(crate) fn with_control(handler: H, control: Arc<Control>) -> Result<Box<Easy<H>>, Error> {
        let easy = Easy::new(handler)?;
        // A new transfer has no control yet, so this cannot fail.
        let _ = easy.context.asked().set(control);
        Ok(easy)
    }

    /// Takes over a handle.
    ///
    /// # Safety
    /// The handle must be live, and have no other owner (C1). If it points to the data of another
    /// handle, these pointers must be replaced before it is used.
    pub(super) unsafe fn adopt(raw: NonNull<sys::CURL>, handler: H) -> Box<Easy<H>> {
        // SAFETY: C1: the caller's promise.
        let mut easy = Easy::of(unsafe { EasyHandle::new(raw) }, handler);
        easy.installed = Hooks::all();
        easy
    }

    /// Makes a transfer from a handle. If the handle points to the data of another handle, these
    /// pointers have to be replaced before the transfer is used.
    #[inline]
    pub(super) fn of(handle: EasyHandle, handler: H) -> Box<Easy<H>> {
        let raw = handle.raw;
        Box::new(Easy {
            handle,
            known: KnownOptions::new(),
            installed: Hooks::empty(),
            piped: Piped::None,
            replaced: Hooks::empty(),
            hsts_files: false,
            entry_path: EntryPath::default(),
            table: None,
            context: Owner::new(handler, raw),
        })
    }

    /// Sets the options that a new transfer needs: no signals, and an error buffer.
    pub(crate) fn set_defaults(&mut self) -> Result<(), Error> {
        // Without this, a time limit may raise a signal, which is not safe in a program with threads.
        self.set_long(NOSIGNAL, 1)?;
        self.set_text()
    }

    /// Makes libcurl write its error messages into the context.
    pub(super) fn set_text(&mut self) -> Result<(), Error> {
        let text = self.context.text_mut();
        // SAFETY: C5: the buffer is as long as libcurl requires. It is freed after the handle, or after libcurl
        // has got another value for the option.
        unsafe { self.set(ERRORBUFFER, text) }
    }

    /// Sets the options back to libcurl's defaults, as `curl_easy_reset` does. The share, for example, stays.
    ///
    /// Returns the values that libcurl no longer needs. The caller drops them, since the drop of a
    /// user's value may panic.
    pub(crate) fn reset(&mut self) -> Result<impl Sized + use<H>, Error> {
        self.handle.detach()?;
        let _entered = self.visit_references()?;
        self.known = KnownOptions::new();
        self.drop_stale_hsts_files();
        self.reset_handle();
        self.installed = Hooks::empty();
        self.piped = Piped::None;
        self.replaced = Hooks::empty();
        self.context.head().watched = None;
        for (id, _) in self.handle.lists.iter() {
            // Each list is unset too: a reset leaves a second pointer to the list of CURLOPT_RESOLVE.
            let none = ptr::null_mut::<sys::curl_slist>();
            // SAFETY: C1: the handle is live; the option takes a list, or none.
            unsafe { sys::curl_easy_setopt(self.handle.raw.as_ptr(), *id, none) };
        }
        self.handle.quick_exit = 0;
        Ok((
            mem::take(&mut self.handle.lists),
            mem::take(&mut self.handle.former_headers),
            mem::take(&mut self.handle.kept),
            self.handle.mime.take(),
        ))
    }
}

impl<H> Easy<H> {
    /// Gives up the handle, which libcurl has cleaned up.
    pub(super) fn disown(&mut self) {
        self.handle.disown();
    }

    pub(crate) fn as_raw(&self) -> *mut c_void {
        self.handle.raw.as_ptr().cast()
    }

    pub(super) fn raw(&self) -> NonNull<sys::CURL> {
        self.handle.raw
    }

    /// Sets `CURLOPT_FORBID_REUSE` back to the user's value, after this crate has changed it.
    pub(super) fn allow_reuse(&mut self) -> Result<(), Error> {
        self.set_long(FORBID_REUSE, self.known.forbid_reuse)
    }

    /// Sets the registry that new connections use for their close-socket callback, if `close_socket` is
    /// installed: `lent`, or the transfer's own registry if `lent` is `None`.
    pub(super) fn use_registry(&mut self, lent: Option<Arc<Registry>>) -> Result<(), Error> {
        self.context.lend_registry(lent);
        if !self.context.is_hearing_closes() {
            return Ok(());
        }
        let sockets = self.context.sockets();
        // SAFETY: C7: the registry outlives the connections that use it: the owner of their engine also owns
        // the registry.
        unsafe { self.set(CLOSESOCKETDATA, sockets) }
    }

    pub(crate) fn info(&self) -> Info<'_> {
        let runs = self.context.driver().is_some();
        self.handle.info(&self.entry_path, runs)
    }

    pub(crate) fn handler_and_info(&mut self) -> (&mut H, Info<'_>) {
        let runs = self.context.driver().is_some();
        let info = self.handle.info(&self.entry_path, runs);
        (self.context.handler_mut(), info)
    }

    /// Runs `call`, which calls libcurl with the handle; libcurl may call back. Returns libcurl's code, or the
    /// failure of a callback. Resumes the panic of a callback.
    pub(super) fn enter(
        &mut self,
        call: impl FnOnce(*mut sys::CURL) -> sys::CURLcode,
    ) -> Result<Code, Error> {
        self.context.clear_text();
        let quiet = Quiet::new();
        let code = Code::from_raw(call(self.handle.raw.as_ptr()));
        drop(quiet);
        self.context.deliver();
        self.context.settle(code)
    }

    /// # Safety
    /// `value` must have the C type of the option, and outlive its use (C5).
    pub(super) unsafe fn set<T>(&mut self, option: Item, value: T) -> Result<(), Error> {
        // SAFETY: the caller's promise.
        unsafe { self.set_and(option, value, |_| ()) }
    }

    /// Sets an option. If libcurl has accepted the value, calls `keep`, even if a callback has failed
    /// meanwhile.
    ///
    /// # Safety
    /// `value` must have the C type of the option, and either outlive its use or be kept by `keep` (C5).
    pub(super) unsafe fn set_and<T>(
        &mut self,
        option: Item,
        value: T,
        keep: impl FnOnce(&mut Easy<H>),
    ) -> Result<(), Error> {
        self.context.clear_text();
        // SAFETY: C1: the handle is live; the caller vouches for the value.
        let code = unsafe { sys::curl_easy_setopt(self.handle.raw.as_ptr(), option.id, value) };
        let code = Code::from_raw(code);
        if code == Code::OK {
            keep(self);
        }
        if code == Code::OK && self.context.is_settled() {
            return Ok(());
        }
        self.settle_option(option, code)
    }

    /// Sets an option for a function or for its data, as [`set`](Easy::set) does. libcurl calls nothing back
    /// when such an option is set. So after a success, this does not look for the failure of a callback.
    ///
    /// # Safety
    /// As for [`set`](Easy::set); the value must be a pointer to a function or to its data.
    pub(super) unsafe fn set_pointer<T>(&mut self, option: Item, value: T) -> Result<(), Error> {
        // SAFETY: C1: the handle is live; the caller vouches for the value.
        let code = unsafe { sys::curl_easy_setopt(self.raw().as_ptr(), option.id, value) };
        match Code::from_raw(code) {
            Code::OK => Ok(()),
            code => self.settle_option(option, code),
        }
    }

    /// Returns the failure that a callback has left behind, or the meaning of libcurl's code for the
    /// option.
    #[cold]
    fn settle_option(&mut self, option: Item, code: Code) -> Result<(), Error> {
        self.context.deliver();
        let code = self.context.settle(code)?;
        option.check(code)
    }

    /// Sets or unsets the share of the handle.
    pub(crate) fn set_share(&mut self, share: Option<Arc<ShareHandle>>) -> Result<(), Error> {
        // A connection that the handle keeps open may belong to the former share, so it is closed first.
        self.handle.detach()?;
        self.settle_detached()?;
        // The handle may get another HSTS cache, which may lack the hosts that `hsts_read` has given.
        self.context.forget_given();
        let raw = share.as_ref().map_or(ptr::null_mut(), |s| s.as_ptr());
        let handle = self.handle.raw.as_ptr();
        self.context.clear_text();
        // SAFETY: S1: the share is kept below, and the former one freed after this.
        let code = Code::from_raw(unsafe { sys::curl_easy_setopt(handle, SHARE.id, raw) });
        // Even if a callback has failed meanwhile, libcurl's code says whether it has the new share.
        if code == Code::OK {
            self.handle.share = share;
        }
        let renewed = self.renew_hsts();
        let code = self.context.settle(code)?;
        SHARE.check(code)?;
        renewed
    }

    /// Returns whether the handle has a share that holds these kinds of data.
    pub(crate) fn shares(&self, data: ShareData) -> bool {
        self.handle.shares(data)
    }

    pub(crate) fn set_long(&mut self, option: Item, value: c_long) -> Result<(), Error> {
        match plain::is_plain_long(option.id) {
            // SAFETY: `options!` and the other callers give this method options of type long only.
            true => unsafe { self.set(option, value) },
            false => self.set_noted_long(option, value),
        }
    }

    // Not inlined, so that other options do not need the stack frame of this function.
    #[inline(never)]
    fn set_noted_long(&mut self, option: Item, value: c_long) -> Result<(), Error> {
        match option.id {
            sys::CURLOPT_HSTS_CTRL => return self.set_hsts_ctrl(option, value),
            sys::CURLOPT_NOPROGRESS => {
                self.report(value == 0);
                return Ok(());
            }
            sys::CURLOPT_CONNECT_ONLY => {
                // When the handle leaves its engine, libcurl 7.85.0 and later close the connection that was left
                // open, but only while this option is set. So the handle leaves before the option changes.
                self.handle.detach()?;
                self.settle_detached()?;
            }
            sys::CURLOPT_POST => self.end_upload()?,
            // This option may release references to connections' peers.
            sys::CURLOPT_PROXYPORT => {
                let _entered = self.visit_references()?;
                // SAFETY: as in `set_long`.
                return unsafe { self.set(option, value) };
            }
            sys::CURLOPT_NOBODY if value != 0 => self.end_upload()?,
            _ => {}
        }
        let keep = |this: &mut Self| this.note_long(option.id, value);
        // SAFETY: as in `set_long`.
        unsafe { self.set_and(option, value, keep) }
    }

    pub(crate) fn set_off_t(&mut self, option: Item, value: i64) -> Result<(), Error> {
        if option.id == sys::CURLOPT_POSTFIELDSIZE_LARGE {
            // libcurl drops its copy of the post fields if the new size is larger than the former one.
            let fields = &mut self.known.bodies.post_fields;
            *fields = fields.filter(|size| value <= *size).map(|_| value);
        }
        let note = |this: &mut Easy<H>| this.known.note_size(option.id, value);
        // SAFETY: `options!` and the other callers give this method options of type curl_off_t only.
        unsafe { self.set_and::<sys::curl_off_t>(option, value, note) }
    }

    pub(crate) fn set_str(&mut self, option: Item, value: &CStr) -> Result<(), Error> {
        match plain::is_plain_string(option.id) {
            // SAFETY: `options!` and the other callers give this method strings only; libcurl copies them.
            true => unsafe { self.set(option, value.as_ptr()) },
            false => self.set_noted_str(option, Some(value)),
        }
    }

    pub(crate) fn unset_str(&mut self, option: Item) -> Result<(), Error> {
        let default = tls::default_authorities(option)?;
        self.set_noted_str(option, default.as_deref())?;
        #[cfg(need_openssl_probe)]
        self.forget_authorities(option);
        Ok(())
    }

    #[inline(never)]
    fn set_noted_str(&mut self, option: Item, value: Option<&CStr>) -> Result<(), Error> {
        if value.is_some() && option.id == sys::CURLOPT_DOH_URL && DOH_FREED_EARLY.is_present() {
            return Err(DOH_FREED_EARLY.unsupported(option.name));
        }
        if option.id == trust::SSH_HOST_PUBLIC_KEY_SHA256 {
            self.check_fingerprint(option, value.is_some())?;
        }
        let share = self.handle.share.clone();
        let unlocked = || share.as_ref().is_some_and(|s| s.has_unlocked_cookies());
        let _entered = match option.id {
            // This option may free cookies that another thread reads.
            sys::CURLOPT_COOKIELIST if unlocked() => self.visit_share_alone()?,
            // This option may release references to connections' peers.
            sys::CURLOPT_PROXY => self.visit_references()?,
            _ => Entered::default(),
        };
        if option.id == sys::CURLOPT_COOKIEJAR && share.is_some() {
            // Messages and failures of an earlier call must not run user code under the lock below.
            self.context.deliver();
            self.settle_detached()?;
        }
        if option.id == sys::CURLOPT_PROXYUSERPWD && PROXY_LOGIN_KEPT.is_present() {
            for part in [PROXYUSERNAME, PROXYPASSWORD] {
                // SAFETY: the option takes a string, or none.
                unsafe { self.set(part, ptr::null::<libc::c_char>()) }?;
            }
        }
        let text = value.map_or(ptr::null(), CStr::as_ptr);
        // SAFETY: the option takes a string, which libcurl copies, or none.
        let mut set = || unsafe { self.set(option, text) };
        let result = match share {
            // For this option, libcurl before 8.18.0 writes to the cookie cache without a lock.
            Some(share) if option.id == sys::CURLOPT_COOKIEJAR => share.with_cookies(set),
            _ => set(),
        };
        if let Err(error) = result {
            self.restore_refused(option, &error);
            return Err(error);
        }
        self.note_accepted(option, value);
        self.known.answers.note_text(option.id, value);
        self.known.redirects.note_text(option.id, value);
        let is_set = value.is_some_and(|value| !value.is_empty());
        match option.id {
            sys::CURLOPT_URL => self.known.schemes.note_url(value),
            file_url::DEFAULT_PROTOCOL => self.known.schemes.note_default(value),
            hsts::FILE_ID => self.note_hsts_file(value),
            sys::CURLOPT_COOKIEFILE => self.known.note_cookie_file(value),
            sys::CURLOPT_DOH_URL => self.known.has_doh_url = is_set,
            sys::CURLOPT_SSH_KNOWNHOSTS => self.known.has_known_hosts = is_set,
            _ => {}
        }
        #[cfg(need_openssl_probe)]
        self.note_authorities(option);
        Ok(())
    }

    pub(crate) fn has_share(&self) -> bool {
        let share = self.handle.share.as_ref();
        share.is_some_and(|share| !share.is_own())
    }

    /// Returns whether `CURLOPT_CONNECT_ONLY` is set to a value other than 0.
    pub(crate) fn connects_only(&self) -> bool {
        self.known.connect_only != 0
    }

    /// Returns whether a file size greater than 0 was announced, no size of a POST was announced, and no
    /// option has chosen a method.
    pub(crate) fn lacks_method(&self) -> bool {
        self.known.upload.lacks_method()
    }

    /// Returns whether `CURLOPT_DOH_URL` is set and not empty.
    pub(crate) fn has_doh_url(&self) -> bool {
        self.known.has_doh_url
    }

    /// Returns whether `CURLOPT_SSH_KNOWNHOSTS` is set and not empty.
    pub(crate) fn has_known_hosts(&self) -> bool {
        self.known.has_known_hosts
    }

    pub(crate) fn set_list(&mut self, option: Item, list: List) -> Result<(), Error> {
        let raw = list.as_ptr();
        let keep = |this: &mut Self| {
            if option.id == sys::CURLOPT_HTTPHEADER {
                this.known.upload.note_headers(&list);
            }
            let former = this.handle.lists.insert(option.id, list);
            if option.id == sys::CURLOPT_HTTPHEADER {
                this.note_mail();
                // The parts of a mail still point to the former list, so it stays alive.
                (this.handle.former_headers).extend(former.filter(|_| this.known.bodies.mailed));
            }
        };
        // SAFETY: C5: the list is kept, and the former one freed after this.
        unsafe { self.set_and(option, raw, keep) }
    }
}
