//! What libcurl points to, and the one way from there to user code.

use std::any::Any;
use std::ffi::{CStr, c_void};
use std::io;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr::NonNull;
use std::sync::Arc;

use libc::{c_char, c_int, c_long};

use crate::callbacks::header::Lines;
use crate::callbacks::progress::Direction;
use crate::error::{Forwarded, Stop};
use crate::ffi::info::Info;
use crate::ffi::socket::{Close, Registry};
use crate::ffi::sys;
use crate::{Callback, Code, Error};

/// Whether user code may be called.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Gate {
    Open,
    /// A callback is on the stack: a second one would alias its `&mut H`.
    Running,
    /// Something failed: nothing of the user's runs before the next `perform`.
    Failed,
}

/// What ended the transfer from within a callback; the first one is kept.
enum Failure {
    Panic(Box<dyn Any + Send>),
    Callback(Callback, Stop),
    /// libcurl itself failed where its code would be lost: in an unpause.
    Libcurl(Code),
}

/// What every data pointer of one handle points to (C2).
pub(super) struct Context<H> {
    state: State,
    handler: H,
    failure: Option<Failure>,
    /// Why `open_socket` refused the last address; it counts if the transfer fails.
    refusal: Option<io::Error>,
    /// Where `open_socket` enters what it opened, once a close is to be heard of.
    sockets: Option<Arc<Registry>>,
    /// Whether a transfer runs, and not a cleanup or the setting of an option.
    performing: bool,
    /// Whether reuse of the connection was forbidden because a callback failed.
    forbade_reuse: bool,
    /// Whether the handler is to hear of closes; connections remember that it once was.
    hears_closes: bool,
    /// Where libcurl writes the details of an error (`CURLOPT_ERRORBUFFER`).
    text: [c_char; sys::CURL_ERROR_SIZE],
}

/// What the trampolines keep beside the handler, and borrow apart from it.
pub(super) struct State {
    gate: Gate,
    /// The directions that libcurl was told to pause, as bits of its mask, and `REPLAY`.
    paused: c_int,
    /// How much of what comes again after a pause was taken.
    taken: usize,
    pub(super) lines: Lines,
    pub(super) raw: NonNull<sys::CURL>,
}

/// Beside libcurl's bits: what comes next from the server was handed over before.
const REPLAY: c_int = 1 << 16;
/// And some of it was not taken then.
const OWED: c_int = 1 << 17;

impl State {
    fn new(raw: NonNull<sys::CURL>) -> State {
        State {
            gate: Gate::Open,
            paused: 0,
            taken: 0,
            lines: Lines::new(),
            raw,
        }
    }

    /// Returns whether the next header is one line of the headers, seen for the first time.
    #[inline(always)]
    pub(super) fn is_plain_header(&self) -> bool {
        self.lines.plain && self.paused & (sys::CURLPAUSE_RECV | REPLAY) == 0
    }

    /// Returns how much of what libcurl hands over was taken before a pause, or
    /// `None` while that lasts: older releases call again before it is resumed.
    #[inline(always)]
    pub(super) fn receive(&mut self) -> Option<usize> {
        if self.paused & (sys::CURLPAUSE_RECV | REPLAY) == 0 {
            return Some(0);
        }
        self.receive_again()
    }

    #[cold]
    fn receive_again(&mut self) -> Option<usize> {
        if self.paused & sys::CURLPAUSE_RECV != 0 {
            return None;
        }
        self.paused &= !(REPLAY | OWED);
        Some(std::mem::take(&mut self.taken))
    }

    /// Notes that libcurl is told to pause after the first `taken` of `len` bytes.
    #[cold]
    pub(super) fn pause_receiving(&mut self, taken: usize, len: usize) {
        self.paused |= sys::CURLPAUSE_RECV | REPLAY;
        if taken < len {
            self.paused |= OWED;
        }
        self.taken = taken;
    }

    /// Returns whether sending is paused: older releases ask for data all the same.
    #[inline(always)]
    pub(super) fn is_sending_paused(&self) -> bool {
        self.paused & sys::CURLPAUSE_SEND != 0
    }

    #[cold]
    pub(super) fn pause_sending(&mut self) {
        self.paused |= sys::CURLPAUSE_SEND;
    }
}

impl<H> Context<H> {
    /// Drops what failed in a cleanup, which there is nobody left to give to.
    fn discard(&mut self) {
        let failed = (self.failure.take(), self.refusal.take());
        // What panics when it is dropped may do so again.
        std::mem::forget(catch_unwind(AssertUnwindSafe(|| drop(failed))));
    }

    /// Keeps the first failure; no user code runs after it.
    #[cold]
    fn fail(&mut self, failure: Failure) {
        self.state.gate = Gate::Failed;
        if self.performing {
            // libcurl 8 keeps an FTP connection whose last answer was not read, and
            // would take it for the answer to the next command.
            let (raw, on): (_, c_long) = (self.state.raw.as_ptr(), 1);
            // SAFETY: C1: the handle is live; a flag, which calls nothing back.
            unsafe { sys::curl_easy_setopt(raw, sys::CURLOPT_FORBID_REUSE, on) };
            self.forbade_reuse = true;
        }
        match self.failure {
            None => self.failure = Some(failure),
            // Dropping it would run code of the user's on libcurl's stack.
            Some(_) => std::mem::forget(failure),
        }
    }
}

/// The owner of a [`Context`] at an address that never changes.
///
/// It is invariant in `H`: the trampolines that libcurl has are those of the very
/// `H` that it was made for, so no coercion may make another of it.
pub(super) struct Owner<H>(NonNull<Context<H>>, PhantomData<*mut H>);

// SAFETY: C6: the context is reached through its owner, or by libcurl on the
// thread that has the owner; the failure inside is `Send`.
unsafe impl<H: Send> Send for Owner<H> {}

impl<H> Owner<H> {
    pub(super) fn new(handler: H, raw: NonNull<sys::CURL>) -> Owner<H> {
        let context = Box::new(Context {
            state: State::new(raw),
            handler,
            failure: None,
            refusal: None,
            sockets: None,
            performing: false,
            forbade_reuse: false,
            hears_closes: false,
            text: [0; sys::CURL_ERROR_SIZE],
        });
        // `Box::into_raw` is never NULL; a `Box` kept would claim uniqueness.
        Owner(NonNull::from(Box::leak(context)), PhantomData)
    }

    /// Returns the address that libcurl gets as user data.
    pub(super) fn as_user_data(&self) -> *mut c_void {
        self.0.as_ptr().cast()
    }

    /// Returns the address of the error buffer.
    pub(super) fn text_mut(&mut self) -> *mut c_char {
        // SAFETY: C2: the context is live; only a place is computed.
        unsafe { (&raw mut (*self.0.as_ptr()).text).cast() }
    }

    pub(super) fn handler(&self) -> &H {
        // SAFETY: C3: no callback runs while `self` is borrowed.
        unsafe { &(*self.0.as_ptr()).handler }
    }

    pub(super) fn handler_mut(&mut self) -> &mut H {
        // SAFETY: C3: no callback runs while `self` is borrowed.
        unsafe { &mut (*self.0.as_ptr()).handler }
    }

    pub(super) fn into_handler(self) -> H {
        // SAFETY: the address came from a `Box`, and `forget` leaves one owner.
        let mut context = unsafe { Box::from_raw(self.0.as_ptr()) };
        std::mem::forget(self);
        context.discard();
        context.handler
    }

    fn context(&mut self) -> &mut Context<H> {
        // SAFETY: C2: the context is live; C3: no callback runs while `self` is borrowed.
        unsafe { self.0.as_mut() }
    }

    /// Makes ready for the next transfer: user code may run again.
    pub(super) fn begin(&mut self) {
        let context = self.context();
        context.state = State::new(context.state.raw);
        context.refusal = None;
        context.performing = true;
    }

    /// Returns whether reuse has to be allowed again, once.
    pub(super) fn forbade_reuse(&mut self) -> bool {
        std::mem::take(&mut self.context().forbade_reuse)
    }

    /// Forgets the text of an earlier call, so that two never mix.
    pub(super) fn clear_text(&mut self) {
        self.context().text[0] = 0;
    }

    /// Resumes the panic or returns the failure of a callback, if there is one.
    pub(super) fn settle(&mut self, code: Code) -> Result<Code, Error> {
        self.context().performing = false;
        match self.context().failure.take() {
            None => self.settle_refusal(code),
            Some(Failure::Panic(payload)) => resume_unwind(payload),
            Some(Failure::Callback(callback, Stop::Error(source))) => Err(Error::Callback {
                callback,
                source,
                code,
                text: self.text(),
            }),
            Some(Failure::Callback(callback, Stop::Abort)) => Err(Error::Aborted {
                callback,
                code,
                text: self.text(),
            }),
            Some(Failure::Libcurl(code)) => Err(Error::Libcurl {
                code,
                text: self.text(),
            }),
        }
    }

    /// Returns why `open_socket` refused the last address, if for want of
    /// another one there is no connection.
    fn settle_refusal(&mut self, code: Code) -> Result<Code, Error> {
        let context = self.context();
        let refusal = context.refusal.take();
        let (Code::COULDNT_CONNECT | Code::FTP_PORT_FAILED, Some(error)) = (code, refusal) else {
            return Ok(code);
        };
        // SAFETY: C1: the handle is live, and `self` is borrowed for as long.
        let info = unsafe { Info::new(context.state.raw) };
        // A proxy that answered was reached: newer releases have this code for that too.
        if info.http_connectcode().is_ok_and(|status| status != 0) {
            return Ok(code);
        }
        Err(Error::Callback {
            callback: Callback::OpenSocket,
            source: error.into(),
            code,
            text: self.text(),
        })
    }

    /// Returns the registry that libcurl's close-socket callback asks, made at
    /// its first use and kept: connections remember it.
    pub(super) fn sockets(&mut self) -> *mut c_void {
        let sockets = self.context().sockets.get_or_insert_default();
        Arc::as_ptr(sockets).cast_mut().cast()
    }

    /// Lets the handler hear of closes, or keeps them from it: connections made
    /// before go on to tell of theirs.
    pub(super) fn hear_closes(&mut self, hear: bool) {
        self.context().hears_closes = hear;
    }

    /// Returns whether something from the server was never taken: 7.88 lets a
    /// `file://` transfer end while its header lines are paused.
    pub(super) fn is_owed(&mut self) -> bool {
        self.context().state.paused & OWED != 0
    }

    /// Returns what libcurl wrote about the last error, if it did.
    pub(super) fn text(&mut self) -> Option<Box<str>> {
        let bytes = self.context().text.map(|byte| byte as u8);
        let text = CStr::from_bytes_until_nul(&bytes).ok()?.to_string_lossy();
        let text = text.trim_end();
        (!text.is_empty()).then(|| text.into())
    }
}

impl<H> Drop for Owner<H> {
    fn drop(&mut self) {
        // SAFETY: the address came from a `Box`; C2: libcurl no longer has it.
        let mut context = unsafe { Box::from_raw(self.0.as_ptr()) };
        context.discard();
    }
}

/// Calls user code from a trampoline: **the** guard.
///
/// Returns `closed`, the value that makes libcurl stop, if user code may not
/// run, panics, or asks to stop. Nothing that can panic stands outside `call`.
///
/// # Safety
/// `user` must be the live `Context<H>` of C2.
#[inline(always)]
pub(super) unsafe fn enter<H, T>(
    user: *mut c_void,
    callback: Callback,
    closed: T,
    call: impl FnOnce(&mut H) -> Result<T, Stop>,
) -> T {
    let context = user.cast::<Context<H>>();
    // SAFETY: C2: the context is live.
    let gate = unsafe { &mut (*context).state.gate };
    if *gate != Gate::Open {
        return closed;
    }
    *gate = Gate::Running;
    // SAFETY: C3: the gate was open, so no other borrow of the handler exists.
    let handler = unsafe { &mut (*context).handler };
    // A panic leaves the handler to the user, who sees the panic.
    let failure = match catch_unwind(AssertUnwindSafe(|| call(handler))) {
        Ok(Ok(value)) => {
            // SAFETY: C2: the context is live.
            unsafe { (*context).state.gate = Gate::Open };
            return value;
        }
        Ok(Err(stop)) => Failure::of(callback, stop),
        Err(payload) => Failure::Panic(payload),
    };
    // SAFETY: C2: the context is live; the borrow of the handler is over.
    let context = unsafe { &mut *context };
    context.fail(failure);
    closed
}

/// Lends what the trampolines keep beside the handler.
///
/// # Safety
/// `user` must be the live `Context<H>` of C2; the borrow ends before user
/// code or libcurl runs.
#[inline(always)]
pub(super) unsafe fn state<'a, H>(user: *mut c_void) -> &'a mut State {
    // SAFETY: C2: the context is live; its other fields are not borrowed.
    unsafe { &mut (*user.cast::<Context<H>>()).state }
}

/// Keeps why `open_socket` refused an address, or forgets it after it opened one.
/// Returns whether the transfer may go on.
///
/// # Safety
/// `user` must be the live `Context<H>` of C2, and nothing of it borrowed.
pub(super) unsafe fn refuse<H>(user: *mut c_void, error: Option<io::Error>) -> bool {
    // SAFETY: the caller's promise.
    let refusal = unsafe { &mut (*user.cast::<Context<H>>()).refusal };
    let former = std::mem::replace(refusal, error);
    // It holds a value of the user's, whose `Drop` may panic.
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(former))) {
        // SAFETY: the caller's promise; the borrow above is over.
        let context = unsafe { &mut *user.cast::<Context<H>>() };
        context.fail(Failure::Panic(payload));
        return false;
    }
    true
}

/// Enters a socket with who is to hear of its close, if anybody is.
///
/// # Safety
/// `user` must be the live `Context<H>` of C2, and nothing of it borrowed.
pub(super) unsafe fn opened<H>(user: *mut c_void, socket: sys::curl_socket_t, close: Close) {
    // SAFETY: the caller's promise.
    if let Some(sockets) = unsafe { &(*user.cast::<Context<H>>()).sockets } {
        sockets.enter(socket, user, close);
    }
}

/// Returns whether the handler is to hear of closes.
///
/// # Safety
/// `user` must be the live `Context<H>` of C2, and nothing of it borrowed.
pub(super) unsafe fn hears_closes<H>(user: *mut c_void) -> bool {
    // SAFETY: the caller's promise.
    unsafe { (*user.cast::<Context<H>>()).hears_closes }
}

/// Notes that a callback stopped the transfer, where libcurl has a number of
/// its own for the way in which it did.
///
/// # Safety
/// `user` must be the live `Context<H>` of C2, and nothing of it borrowed.
pub(super) unsafe fn abort<H>(user: *mut c_void, callback: Callback) {
    // SAFETY: the caller's promise.
    let context = unsafe { &mut *user.cast::<Context<H>>() };
    context.fail(Failure::Callback(callback, Stop::Abort));
}

/// Resumes one direction of the running transfer, after the callback that
/// asked for it has returned; libcurl may call other callbacks meanwhile.
/// Returns whether the transfer may go on.
///
/// # Safety
/// `user` must be the live `Context<H>` of C2, and nothing of it borrowed.
#[cold]
pub(super) unsafe fn resume<H>(user: *mut c_void, direction: Direction) -> bool {
    // SAFETY: the caller's promise.
    let state = unsafe { state::<H>(user) };
    if state.paused & direction.bit() == 0 {
        return true;
    }
    // libcurl's mask states both directions, so the other one is stated again.
    state.paused &= !direction.bit();
    let (raw, paused) = (state.raw, state.paused & !(REPLAY | OWED));
    // SAFETY: C1: the handle is live; nothing of the context is borrowed, so
    // the callbacks that this may run find it free.
    let code = unsafe { sys::curl_easy_pause(raw.as_ptr(), paused) };
    // SAFETY: C2: the context is live, and the call that could borrow it is over.
    let context = unsafe { &mut *user.cast::<Context<H>>() };
    if code != sys::CURLE_OK && context.state.gate == Gate::Open {
        context.fail(Failure::Libcurl(Code::from_raw(code)));
    }
    context.state.gate == Gate::Open
}

impl Failure {
    /// Names the callback that failed: the one called, or the one that its
    /// default method passed the call on to.
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
