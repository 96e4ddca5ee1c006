//! The owner of a `CURLM *`, which drives one transfer or many.

use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::time::Duration;

use libc::{c_int, c_long};

use crate::code::MultiCode;
use crate::ffi::info::{CONN_ID, Info};
use crate::ffi::init::init;
use crate::ffi::pool::{self, Entered, Pool, Pools};
use crate::ffi::sigpipe::Quiet;
use crate::ffi::sleep::{self, Sleeper};
use crate::ffi::socket::Registry;
use crate::ffi::{select, sys};
use crate::quirks::{REFERENCES_COUNTED, mixed_streams};
use crate::run::guard::discard;
use crate::run::mailbox::Mailbox;
use crate::{Code, Error, Features, version};

/// Owns the `CURLM *` (M1), with the connections and caches of its transfers.
pub(crate) struct Engine {
    multi: NonNull<sys::CURLM>,
    pub(super) mailbox: Arc<Mailbox>,
    /// Sleeps in libcurl. `None` if an event loop sleeps instead.
    sleeper: Option<Sleeper>,
    pub(super) pools: Pools,
    /// Whether the engine may have connections that are dead, and that libcurl has not closed yet.
    pub(super) has_dead_connections: bool,
    /// Whether the engine may have connections on which libcurl waits for a last reply before it closes them.
    pub(super) has_last_replies: bool,
    /// The registry in which the engine's connections look up the transfer that closes a socket, or `None`
    /// if they call no close-socket callback.
    pub(super) registry: Option<Arc<Registry>>,
    /// Whether [`DeferredEngine`] owns the handle now.
    is_disowned: bool,
}

/// Returns whether the linked libcurl counts references to the peers of connections, so that
/// connections need locks.
pub(super) fn counts_references() -> bool {
    REFERENCES_COUNTED.is_present() && !cfg!(curlback_no_pools)
}

// SAFETY: C6: libcurl lets the handle move between threads; one thread at a time uses it.
unsafe impl Send for Engine {}

impl Engine {
    /// Makes an engine whose mailbox wakes libcurl, or the event loop that `wake` wakes.
    pub(super) fn new(wake: Option<Arc<dyn Fn() + Send + Sync>>) -> Result<Engine, Error> {
        init();
        // SAFETY: libcurl is initialised.
        let multi = unsafe { sys::curl_multi_init() };
        let Some(multi) = NonNull::new(multi) else {
            return Err(Error::libcurl(Code::FAILED_INIT));
        };
        // An engine without an event loop is used only by the handle that owns it, so it needs no lock.
        let own = (wake.is_some() && counts_references()).then(|| Pool::new(false));
        let (mailbox, sleeper) = match wake {
            Some(wake) => (Mailbox::of_loop(wake), None),
            None => {
                // SAFETY: M1: `drop` first closes the mailbox, after which nothing uses the alarm.
                let (sleeper, alarm) = unsafe { sleep::new(multi) }?;
                (Mailbox::of_libcurl(alarm), Some(sleeper))
            }
        };
        let pools = Pools::new(own, Arc::as_ptr(&mailbox).addr());
        let engine = Engine {
            multi,
            mailbox,
            sleeper,
            pools,
            has_dead_connections: false,
            has_last_replies: false,
            registry: None,
            is_disowned: false,
        };
        if mixed_streams().is_some() {
            // SAFETY: the option takes a long.
            unsafe { engine.set::<c_long>(sys::CURLMOPT_PIPELINING, 0) }?;
        }
        Ok(engine)
    }

    /// Acquires the locks of all connections that a call may use. Each call below that takes an
    /// [`Entered`] needs them.
    ///
    /// # Errors
    /// [`Error::Option`] if a share is in use, and this thread must not wait for it.
    pub(super) fn enter(&self) -> Result<Entered, Error> {
        self.pools.enter()
    }

    /// Adds a handle. libcurl may call the timer callback meanwhile.
    ///
    /// # Safety
    /// The handle must be live, in no engine, and be detached before its cleanup (C1).
    pub(super) unsafe fn attach(
        &self,
        easy: NonNull<sys::CURL>,
        _: &Entered,
        _: &Quiet,
    ) -> Result<(), Error> {
        // SAFETY: M1: the engine is live; the caller vouches for the handle.
        check(unsafe { sys::curl_multi_add_handle(self.as_ptr(), easy.as_ptr()) })
    }

    /// Removes a handle. libcurl may call callbacks of the transfer and of the engine meanwhile. Does nothing
    /// with a handle that is in no engine.
    ///
    /// # Safety
    /// The handle must be live (C1), and no callback of this engine on the stack.
    pub(super) unsafe fn detach(&self, easy: NonNull<sys::CURL>, _: &Entered, _: &Quiet) {
        // SAFETY: M1: the engine is live; the caller vouches for the handle.
        unsafe { sys::curl_multi_remove_handle(self.as_ptr(), easy.as_ptr()) };
    }

    /// Drives all transfers, and returns how many have not ended.
    pub(super) fn perform(&mut self, _: &Entered, _: &Quiet) -> Result<usize, Error> {
        let mut running: c_int = 0;
        // SAFETY: M1: the engine is live; C3: `&mut self` means that nothing is borrowed.
        check(unsafe { sys::curl_multi_perform(self.as_ptr(), &raw mut running) })?;
        Ok(usize::try_from(running).unwrap_or_default())
    }

    /// Drives the transfers that use `socket`, and those whose time has come.
    pub(super) fn action(
        &mut self,
        socket: sys::curl_socket_t,
        events: c_int,
        _: &Entered,
        _: &Quiet,
    ) -> Result<(), Error> {
        let mut running: c_int = 0;
        // SAFETY: M1: the engine is live; C3: as above. libcurl looks the number up in its table
        // of sockets, and accepts any number.
        check(unsafe {
            sys::curl_multi_socket_action(self.as_ptr(), socket, events, &raw mut running)
        })
    }

    /// Drives all transfers, and tells the event loop what has changed about their sockets.
    pub(super) fn action_on_all(&mut self, _: &Entered) -> Result<(), Error> {
        let _quiet = Quiet::new();
        let mut running: c_int = 0;
        // SAFETY: M1: the engine is live; C3: as above.
        check(unsafe { sys::curl_multi_socket_all(self.as_ptr(), &raw mut running) })
    }

    /// Makes libcurl check again whether a transfer that waits for a connection can get one.
    ///
    /// A transfer may wait for a connection of a share while another engine uses that connection.
    /// When the connection becomes free, libcurl notifies only that other engine. Also, libcurl does not
    /// look for dead connections while transfers only wait.
    ///
    /// Does nothing if the engine has no pool of a share and no dead connections.
    pub(super) fn retry_waiting(&mut self, _: &Entered) {
        if !self.pools.has_shared() && !self.has_dead_connections {
            return;
        }
        // SAFETY: libcurl is initialised.
        let Some(bare) = NonNull::new(unsafe { sys::curl_easy_init() }) else {
            return;
        };
        let (multi, bare) = (self.as_ptr(), bare.as_ptr());
        // SAFETY: M1: the engine is live; C3: `&mut self` means that nothing is borrowed.
        unsafe { sys::curl_multi_add_handle(multi, bare) };
        // SAFETY: as above; libcurl looks at the waiting transfers when a handle leaves.
        unsafe { sys::curl_multi_remove_handle(multi, bare) };
        // SAFETY: the only cleanup of the handle made above.
        unsafe { sys::curl_easy_cleanup(bare) };
    }

    /// Sleeps until there is something to do, at most for `limit`, rounded up to milliseconds.
    pub(super) fn sleep(&mut self, limit: Duration) -> Result<(), Error> {
        let limit = if self.mailbox.take_woken() {
            Duration::ZERO
        } else {
            limit
        };
        let rest = u64::from(limit.subsec_nanos().div_ceil(1_000_000));
        let limit = limit.as_secs().saturating_mul(1000).saturating_add(rest);
        let limit = c_int::try_from(limit).unwrap_or(c_int::MAX);
        let Some(sleeper) = &self.sleeper else {
            return Ok(());
        };
        // SAFETY: M1: the engine is live.
        let code = unsafe { sleeper.sleep(self.multi, limit) };
        self.mailbox.take_woken();
        if code == MultiCode::UNRECOVERABLE_POLL.number() {
            if let Some(cause) = select::cause() {
                return Err(Error::Poll(cause));
            }
        }
        check(code)
    }

    /// Returns the next transfer that has ended, and its code, or `None` if no further one has ended. Each
    /// transfer is returned once.
    pub(super) fn message(&mut self) -> Option<(NonNull<sys::CURL>, Code)> {
        loop {
            let mut left: c_int = 0;
            // SAFETY: M1: the engine is live.
            let message = unsafe { sys::curl_multi_info_read(self.as_ptr(), &raw mut left) };
            let message = NonNull::new(message)?.as_ptr();
            // SAFETY: the message is valid until the next call into libcurl.
            let kind = unsafe { (*message).msg };
            // SAFETY: as above.
            let easy = unsafe { (*message).easy_handle };
            if kind != sys::CURLMSG_DONE {
                continue;
            }
            // SAFETY: as above; only an address is computed.
            let code = unsafe { &raw const (*message).data };
            // SAFETY: as above; the union of a `CURLMSG_DONE` message holds a code.
            let code = unsafe { code.cast::<sys::CURLcode>().read() };
            return Some((NonNull::new(easy)?, Code::from_raw(code)));
        }
    }

    /// # Safety
    /// `value` must have the C type of the option, and outlive its use.
    pub(super) unsafe fn set<T>(
        &self,
        option: sys::CURLMoption,
        value: T,
    ) -> Result<(), MultiCode> {
        // SAFETY: M1: the engine is live; the caller vouches for the value.
        match unsafe { sys::curl_multi_setopt(self.as_ptr(), option, value) } {
            sys::CURLM_OK => Ok(()),
            code => Err(MultiCode::from_raw(code)),
        }
    }

    /// Limits how many idle connections are kept.
    pub(super) fn keep_connections(&self, limit: c_long) {
        // SAFETY: the option takes a long.
        let result = unsafe { self.set(sys::CURLMOPT_MAXCONNECTS, limit) };
        debug_assert!(result.is_ok(), "every libcurl has this option");
    }

    /// Sets whether the engine's cleanup leaves threads that still resolve names.
    pub(super) fn quick_exit(&self, quick: c_long) {
        const QUICK_EXIT: sys::CURLMoption = sys::CURLOPTTYPE_LONG + 21;
        // SAFETY: the option takes a long. libcurl before 8.20.0 refuses this option; from 7.87.0 on, it reads
        // `CURLOPT_QUICK_EXIT` of the handle instead.
        let _ = unsafe { self.set(QUICK_EXIT, quick) };
    }

    /// Returns libcurl's code, and one of libcurl's statistics.
    #[cfg(has_multi_get_offt)]
    pub(super) fn get_off_t(&self, info: sys::CURLoption) -> (MultiCode, i64) {
        let mut value: sys::curl_off_t = 0;
        let (multi, info) = (self.as_ptr(), info as libc::c_uint);
        // SAFETY: M1: the engine is live.
        let code = unsafe { sys::curl_multi_get_offt(multi, info, &raw mut value) };
        (MultiCode::from_raw(code), value)
    }

    #[cfg(not(has_multi_get_offt))]
    pub(super) fn get_off_t(&self, _: sys::CURLoption) -> (MultiCode, i64) {
        (MultiCode::UNKNOWN_OPTION, 0)
    }

    /// Turns a kind of notification on or off.
    #[cfg(has_multi_notify)]
    pub(super) fn notify(&self, kind: libc::c_uint, enable: bool) -> MultiCode {
        let change = match enable {
            true => sys::curl_multi_notify_enable,
            false => sys::curl_multi_notify_disable,
        };
        // SAFETY: M1: the engine is live.
        MultiCode::from_raw(unsafe { change(self.as_ptr(), kind) })
    }

    #[cfg(not(has_multi_notify))]
    pub(super) fn notify(&self, _: libc::c_uint, _: bool) -> MultiCode {
        MultiCode::UNKNOWN_OPTION
    }

    /// Returns `OK` if the linked libcurl supports pushes, and has the functions by which this crate finds
    /// out that libcurl has given up a pushed handle. Otherwise returns `UNKNOWN_OPTION`.
    pub(super) fn can_push(&self) -> MultiCode {
        match cfg!(has_safe_push) && version().features().contains(Features::HTTP2) {
            true => MultiCode::OK,
            false => MultiCode::UNKNOWN_OPTION,
        }
    }

    /// Returns whether a handle is attached. The handle need not be live.
    pub(super) fn has(&self, easy: NonNull<sys::CURL>) -> bool {
        self.any(|own| own == easy).unwrap_or(false)
    }

    /// Returns whether a handle other than `easy`, which is attached, may use the connection of `easy`. Streams of
    /// HTTP/2 share one.
    pub(super) fn shares_connection(&self, easy: NonNull<sys::CURL>) -> bool {
        let number = |handle| {
            // SAFETY: C1: an attached handle is live.
            unsafe { Info::new(handle) }.off_t(CONN_ID).ok()
        };
        let own = number(easy);
        let is_other = |other| other != easy && number(other) == own;
        version().features().contains(Features::HTTP2) && self.any(is_other).unwrap_or(true)
    }

    /// Returns whether `is_wanted` returns `true` for an attached handle; `None` if memory has run out.
    #[cfg(has_get_handles)]
    fn any(&self, is_wanted: impl Fn(NonNull<sys::CURL>) -> bool) -> Option<bool> {
        // SAFETY: M1: the engine is live.
        let handles = NonNull::new(unsafe { sys::curl_multi_get_handles(self.as_ptr()) })?;
        let handle = |place| {
            // SAFETY: the array ends with NULL, and no place behind that is read.
            let place = unsafe { handles.add(place) };
            // SAFETY: as above.
            NonNull::new(unsafe { place.read() })
        };
        let found = (0..).map_while(handle).any(is_wanted);
        // SAFETY: libcurl allocated the array for us.
        unsafe { sys::curl_free(handles.as_ptr().cast()) };
        Some(found)
    }

    /// The libcurl of the build did not list its handles.
    #[cfg(not(has_get_handles))]
    fn any(&self, _: impl Fn(NonNull<sys::CURL>) -> bool) -> Option<bool> {
        None
    }

    pub(super) fn as_ptr(&self) -> *mut sys::CURLM {
        self.multi.as_ptr()
    }
}

impl Engine {
    /// Moves the handle into a [`DeferredEngine`], which is cleaned up later. libcurl then calls no user
    /// code.
    pub(super) fn defer(&mut self) -> DeferredEngine {
        self.is_disowned = true;
        // The mailbox has a waker of the user's, whose drop may panic.
        discard(self.mailbox.close());
        for function in [
            sys::CURLMOPT_SOCKETFUNCTION,
            sys::CURLMOPT_TIMERFUNCTION,
            sys::CURLMOPT_PUSHFUNCTION,
            sys::CURLMOPT_NOTIFYFUNCTION,
        ] {
            // SAFETY: the option takes a function, or none; an older libcurl does not know it.
            let _ = unsafe { self.set(function, ptr::null_mut::<c_void>()) };
        }
        self.quick_exit(1);
        let registry = self.registry.take();
        if let Some(registry) = &registry {
            registry.clear();
        }
        DeferredEngine {
            multi: self.multi,
            _registry: registry,
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if self.is_disowned {
            return;
        }
        let pools = self.pools.all();
        let Ok(_entered) = Entered::visit(&pools) else {
            let deferred = self.defer();
            return pool::clean_up(pools, move || drop(deferred));
        };
        let _sleeper = self.mailbox.close();
        drop(DeferredEngine {
            multi: self.multi,
            _registry: None,
        });
    }
}

/// The owner of a multi handle after the drop of its [`Engine`]. If a lock that the cleanup needs is not
/// free, this value is dropped later.
pub(super) struct DeferredEngine {
    multi: NonNull<sys::CURLM>,
    /// Kept alive because connections still look their sockets up in it when they are closed.
    _registry: Option<Arc<Registry>>,
}

// SAFETY: C6: the thread that drops it is the only one that uses it, and holds the locks of its
// pools (S3).
unsafe impl Send for DeferredEngine {}

impl DeferredEngine {
    /// Removes a handle that is still attached.
    ///
    /// # Safety
    /// The handle must be live (C1).
    pub(super) unsafe fn detach(&self, easy: NonNull<sys::CURL>) {
        // SAFETY: M1: live until the drop; the caller vouches for the handle.
        unsafe { sys::curl_multi_remove_handle(self.multi.as_ptr(), easy.as_ptr()) };
    }
}

impl Drop for DeferredEngine {
    fn drop(&mut self) {
        let _quiet = Quiet::new();
        // SAFETY: M1: the only cleanup; no handle is attached any more.
        unsafe { sys::curl_multi_cleanup(self.multi.as_ptr()) };
    }
}

pub(super) fn check(code: sys::CURLMcode) -> Result<(), Error> {
    match code {
        sys::CURLM_OK | sys::CURLM_CALL_MULTI_PERFORM => Ok(()),
        code => Err(MultiCode::from_raw(code).into()),
    }
}
