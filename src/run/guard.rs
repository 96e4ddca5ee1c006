//! The guard of the user code that libcurl calls, and what becomes of the failures of this code.

use std::any::Any;
use std::cell::OnceCell;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr::NonNull;
use std::sync::Arc;

use libc::c_long;

use crate::error::{Forwarded, Stop};
use crate::ffi::sys;
use crate::id::Id;
use crate::quirks::PAUSE_TAKES_ALL_FOR_HTTP;
use crate::run::control::Control;
use crate::run::mailbox::Mailbox;
use crate::{Callback, Code, Error, ErrorDetails};

/// Whether user code may be called.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Gate {
    Open,
    /// A callback is on the stack: a second one would alias its `&mut`.
    Running,
    /// Something has failed, or the gate was shut: no user code runs before the gate is opened again, as by
    /// the next transfer.
    Failed,
}

/// A failure of a callback, or of a pause or resume. The first failure is kept.
pub(crate) enum Failure {
    Panic(Callback, Box<dyn Any + Send>),
    Callback(Callback, Stop),
    /// The code with which libcurl has failed to resume, or `NOT_BUILT_IN` for a pause or resume that
    /// [`PAUSE_TAKES_ALL_FOR_HTTP`] forbids.
    Libcurl(Code),
}

/// User code, and whether it may be called.
///
/// What [`enter`] gets as user data is a guard or has a guard as its first field, and the head is the
/// first field of the guard. So the pointer to the user data points to both.
#[repr(C)]
pub(super) struct Guard<T> {
    pub(super) head: Head,
    pub(super) value: T,
}

/// The part of a [`Guard`] that does not depend on the type of the user code.
pub(super) struct Head {
    gate: Gate,
    /// Whether a transfer runs, and not a cleanup or the setting of an option.
    performing: bool,
    /// Whether this crate has set `CURLOPT_FORBID_REUSE`, for instance because a callback has failed.
    forbade_reuse: bool,
    failure: Option<Failure>,
    /// The handle whose callbacks these are, or `None` for the callbacks of a `Multi`.
    pub(super) handle: Option<NonNull<sys::CURL>>,
    /// The driver's mailbox, which is notified of a failure, and the id of the transfer there. `None`
    /// if the transfer does not run, and for the callbacks of a `Multi`.
    driver: Option<(Arc<Mailbox>, Id)>,
    /// The requests of remotes.
    pub(super) asked: Asked,
    /// Whether progress is reported, to the handler or by libcurl's meter.
    pub(super) reports: bool,
    /// Whether libcurl calls the progress function; `None` if that is not known.
    pub(super) watched: Option<bool>,
    /// Whether the transfer ends early, and libcurl must stop working on it.
    pub(super) stopping: bool,
    /// Whether libcurl's time limits were shortened.
    pub(super) hurried: bool,
    /// Whether libcurl may leave a connection open, because a progress function has ended the transfer or
    /// `ssl_ctx` has refused the TLS context.
    pub(super) refused_progress: bool,
}

/// The transfer's end of what it shares with its remotes and wakers, filled when it is first needed.
/// Its drop ends the transfer for the remotes.
#[derive(Default)]
pub(super) struct Asked(pub(super) OnceCell<Arc<Control>>);

impl Drop for Asked {
    fn drop(&mut self) {
        if let Some(control) = self.0.get() {
            control.end();
        }
    }
}

impl<T> Guard<T> {
    pub(super) fn new(value: T, handle: Option<NonNull<sys::CURL>>) -> Guard<T> {
        let head = Head {
            gate: Gate::Open,
            performing: false,
            forbade_reuse: false,
            failure: None,
            handle,
            driver: None,
            asked: Asked::default(),
            reports: false,
            watched: None,
            stopping: false,
            hurried: false,
            refused_progress: false,
        };
        Guard { head, value }
    }
}

impl Head {
    /// Notes that a transfer begins, and who drives it: user code may run again.
    pub(super) fn begin(&mut self, driver: (Arc<Mailbox>, Id)) {
        self.gate = Gate::Open;
        self.performing = true;
        self.driver = Some(driver);
    }

    pub(super) fn driver(&self) -> Option<&(Arc<Mailbox>, Id)> {
        self.driver.as_ref()
    }

    /// Makes the driver attend to the transfer, if the transfer runs.
    pub(super) fn post(&self) {
        if let Some((mailbox, id)) = &self.driver {
            mailbox.post(*id);
        }
    }

    /// Notes that the transfer has ended.
    pub(super) fn end(&mut self) {
        self.performing = false;
        self.driver = None;
    }

    /// Returns whether user code may be called.
    #[inline]
    pub(super) fn is_open(&self) -> bool {
        self.gate == Gate::Open
    }

    /// Shuts an open gate without a failure: no callback is called until the gate is opened again.
    pub(super) fn shut(&mut self) {
        if self.gate == Gate::Open {
            self.gate = Gate::Failed;
        }
    }

    /// Shuts the gate for a call that must not reach user code. Returns whether the gate was open: the argument of
    /// [`reopen`](Head::reopen).
    pub(super) fn close(&mut self) -> bool {
        let open = self.is_open();
        self.shut();
        open
    }

    /// Opens the gate again if it was open before it was [closed](Head::close).
    pub(super) fn reopen(&mut self, open: bool) {
        if open {
            self.gate = Gate::Open;
        }
    }

    /// Returns whether the progress function has to end the transfer.
    #[inline(always)]
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping
            || self.gate == Gate::Failed
            || self
                .asked
                .0
                .get()
                .is_some_and(|control| control.is_cancelled())
    }

    /// Returns whether there is a failure that was not returned to the user yet.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Takes the first failure that was not returned to the user yet.
    pub(super) fn take_failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }

    /// Takes the panic of a callback, or returns `None` if no callback has panicked. The failure stays, as
    /// that of a callback that has aborted.
    pub(super) fn take_panic(&mut self) -> Option<Box<dyn Any + Send>> {
        match self.failure.take() {
            Some(Failure::Panic(callback, payload)) => {
                self.failure = Some(Failure::Callback(callback, Stop::Abort));
                Some(payload)
            }
            other => {
                self.failure = other;
                None
            }
        }
    }

    /// Returns whether this crate has forbidden the reuse of the connection, and forgets that it has. The
    /// caller allows the reuse again.
    pub(super) fn forbade_reuse(&mut self) -> bool {
        std::mem::take(&mut self.forbade_reuse)
    }

    /// Sets `CURLOPT_FORBID_REUSE` for the running transfer.
    pub(super) fn forbid_reuse(&mut self) {
        let Some(handle) = self.handle else {
            return;
        };
        let on: c_long = 1;
        // SAFETY: C1: the handle is live; the option takes a long, and calls nothing back.
        unsafe { sys::curl_easy_setopt(handle.as_ptr(), sys::CURLOPT_FORBID_REUSE, on) };
        self.forbade_reuse = true;
    }

    /// Drops the failure of a callback in a cleanup, since no later call can return it.
    pub(super) fn discard(&mut self) {
        discard(self.failure.take());
    }

    /// Keeps the first failure; no user code runs after it.
    #[cold]
    pub(super) fn fail(&mut self, failure: Failure) {
        self.gate = Gate::Failed;
        if self.performing {
            // libcurl 8 may keep an FTP connection whose last answer was not read, and would take that answer
            // for the answer to the next command. So the connection must not be reused.
            self.forbid_reuse();
            self.watch();
        }
        self.post();
        match self.failure {
            None => self.failure = Some(failure),
            // Dropping the second failure would run user code on libcurl's stack.
            Some(_) => std::mem::forget(failure),
        }
    }
}

/// Drops a value of the user's, and ignores a panic of its drop.
pub(crate) fn discard<T>(value: T) {
    run_quietly(|| drop(value));
}

/// Calls user code, and ignores a panic in it.
pub(crate) fn run_quietly(call: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(call)) {
        // The drop of the payload may panic with another payload, whose drop may panic again.
        std::mem::forget(catch_unwind(AssertUnwindSafe(|| drop(payload))));
    }
}

/// Calls user code under the gate of its guard: **the** guard.
///
/// Returns `closed` if user code may not run, panics, or asks to stop. In most trampolines, this is
/// the value that makes libcurl stop. A trampoline has all code that can panic inside `call`.
///
/// # Safety
/// `user` must be a live [`Guard`] of this `T` (C2), and nothing of it borrowed, except the value while
/// the gate is not open.
#[inline(always)]
pub(super) unsafe fn enter<T, R>(
    user: *mut c_void,
    callback: Callback,
    closed: R,
    call: impl FnOnce(&mut T) -> Result<R, Stop>,
) -> R {
    let guard = user.cast::<Guard<T>>();
    let call = || {
        // SAFETY: C3: the gate was open, so no other borrow of the value exists.
        call(unsafe { &mut (*guard).value })
    };
    // SAFETY: C2: the caller's promise.
    unsafe { pass(user, callback, closed, call) }
}

/// Does what [`enter`] does for user code that is not in a guard: `call` runs under the gate of the
/// guard `user`.
///
/// # Safety
/// `user` must be a live [`Guard`] (C2), and nothing of it borrowed, except the value while the gate is not
/// open.
#[inline(always)]
pub(super) unsafe fn pass<R>(
    user: *mut c_void,
    callback: Callback,
    closed: R,
    call: impl FnOnce() -> Result<R, Stop>,
) -> R {
    let head = user.cast::<Head>();
    // SAFETY: C2: the head is live, and comes first in every guard.
    let gate = unsafe { &mut (*head).gate };
    if *gate != Gate::Open {
        return closed;
    }
    *gate = Gate::Running;
    // A panic may leave values of the user's in disorder. The user learns of the panic, which is resumed
    // later, except in a cleanup.
    let failure = match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => {
            // SAFETY: C2: the head is live.
            unsafe { (*head).gate = Gate::Open };
            return value;
        }
        Ok(Err(stop)) => Failure::of(callback, stop),
        Err(payload) => Failure::Panic(callback, payload),
    };
    // SAFETY: C2: the head is live; the borrow of the user code is over.
    let head = unsafe { &mut *head };
    head.fail(failure);
    closed
}

/// Borrows the head of a guard that libcurl has as user data.
///
/// # Safety
/// `user` must be a live [`Guard`] (C2), and its head not borrowed; the borrow
/// ends before user code runs or libcurl can call back.
pub(super) unsafe fn head<'a>(user: *mut c_void) -> &'a mut Head {
    // SAFETY: C2: the head is live, and comes first in every guard.
    unsafe { &mut *user.cast::<Head>() }
}

/// What is known about a failure besides its cause.
pub(super) struct Circumstances {
    pub(super) code: Code,
    pub(super) text: Option<Box<str>>,
    pub(super) details: ErrorDetails,
}

impl Circumstances {
    /// Makes an error of libcurl's own.
    pub(super) fn into_error(self) -> Error {
        let Circumstances {
            code,
            text,
            details,
        } = self;
        Error::Libcurl {
            code,
            text,
            details,
        }
    }
}

impl Failure {
    /// Makes an error of the failure, or resumes the panic. `describe` gets the callback that failed, or
    /// else libcurl's code.
    pub(super) fn into_error(
        self,
        describe: impl FnOnce(Result<Callback, Code>) -> Circumstances,
    ) -> Error {
        let (callback, stop) = match self {
            Failure::Panic(_, payload) => resume_unwind(payload),
            Failure::Callback(callback, stop) => (callback, stop),
            Failure::Libcurl(Code::NOT_BUILT_IN) => {
                return PAUSE_TAKES_ALL_FOR_HTTP.unsupported("curl_easy_pause");
            }
            Failure::Libcurl(code) => return describe(Err(code)).into_error(),
        };
        let known = describe(Ok(callback));
        stop.into_error(callback, known.code, known.text, known.details)
    }

    /// Makes the failure of the callback that was called, or of the callback to which
    /// its default method has passed the call on.
    #[cold]
    fn of(called: Callback, stop: Stop) -> Failure {
        match stop {
            Stop::Error(error) => match error.downcast::<Forwarded>() {
                Ok(forwarded) => Failure::Callback(forwarded.callback, forwarded.stop),
                Err(error) => Failure::Callback(called, Stop::Error(error)),
            },
            Stop::Abort => Failure::Callback(called, Stop::Abort),
        }
    }
}

/// The owner of a [`Guard`] at an address that never changes.
///
/// The owner is invariant in `T`, since libcurl has the trampolines of this very `T`.
pub(crate) struct Guarded<T>(NonNull<Guard<T>>, PhantomData<*mut T>);

// SAFETY: C6: the guard is reached through its owner, or by libcurl on the thread that
// has the owner; the failure inside is `Send`.
unsafe impl<T: Send> Send for Guarded<T> {}

impl<T> Guarded<T> {
    pub(super) fn new(value: T) -> Guarded<T> {
        let guard = Box::new(Guard::new(value, None));
        // The `Box` is not kept, since it would claim to be the only pointer to the guard.
        Guarded(NonNull::from(Box::leak(guard)), PhantomData)
    }

    /// Returns the address that libcurl gets as user data.
    pub(super) fn as_user_data(&self) -> *mut c_void {
        self.0.as_ptr().cast()
    }

    pub(super) fn value(&self) -> &T {
        // SAFETY: C3: no callback runs while `self` is borrowed.
        unsafe { &self.0.as_ref().value }
    }

    pub(crate) fn value_mut(&mut self) -> &mut T {
        // SAFETY: C3: no callback runs while `self` is borrowed.
        unsafe { &mut self.0.as_mut().value }
    }

    pub(super) fn head(&mut self) -> &mut Head {
        // SAFETY: C3: no callback runs while `self` is borrowed.
        unsafe { &mut self.0.as_mut().head }
    }

    /// Takes the panic of the user code, or returns `None` if it has not panicked. Forgets any failure, so
    /// that the user code may run again.
    pub(crate) fn take_panic(&mut self) -> Option<Box<dyn Any + Send>> {
        let head = self.head();
        let panic = head.take_panic();
        head.failure = None;
        head.gate = Gate::Open;
        panic
    }
}

impl<T> Drop for Guarded<T> {
    fn drop(&mut self) {
        // SAFETY: the address came from a `Box`; C2: libcurl no longer uses it.
        let mut guard = unsafe { Box::from_raw(self.0.as_ptr()) };
        guard.head.discard();
    }
}
