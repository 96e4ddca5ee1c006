//! The context of a transfer, as the trampolines use it.

use std::ffi::c_void;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

use libc::{c_char, c_int, size_t};

use crate::Callback;
use crate::callbacks::facts::{TransferFacts, has_scheme};
use crate::callbacks::hsts::Written;
use crate::error::Stop;
use crate::ffi::info::Info;
use crate::ffi::socket::Registry;
use crate::ffi::{decode, sys};
use crate::quirks::{
    HSTS_KEPT_TWICE, PAUSE_TAKES_ALL_FOR_HTTP, RECEIVED_FORGOTTEN_BY_PAUSE, REFUSED_TLS_LEFT_OPEN,
};
use crate::run::context::settle::Refusal;
use crate::run::context::{Context, DeferredMessage, DeferredMessages, State};
use crate::run::control::Control;
use crate::run::guard::{self, Failure, Head};
use crate::run::pipe::PipeEnd;

/// The access to a [`Context`] for as long as `'a`: mostly while libcurl calls back.
///
/// A trampoline makes a `Call` from the pointer that libcurl passes. Only this step is unsafe: a `Call`
/// holds no reference to the context, and each method borrows what it needs. Methods that run user code
/// or libcurl take `&mut self` or `self`, so what another method has returned is not borrowed then. If
/// libcurl calls another trampoline meanwhile, that trampoline makes a `Call` of its own.
///
/// libcurl makes some callbacks also while it cleans up the handle, and these must not get information from
/// the handle. So [`info`](Call::info), and the methods that need it, exist only if `P` is [`InTransfer`].
///
/// A `Call` is as large as a pointer. Functions that are not inlined can take it by value, from
/// [`reborrow`](Call::reborrow): a reference to the `Call` would force it into memory.
pub(in crate::run) struct Call<'a, H, P = ()> {
    context: *mut Context<H>,
    /// Makes the type invariant in `H`, as the owner of the context is.
    marker: PhantomData<(&'a (), *mut H, P)>,
}

/// Marks a [`Call`] during which the handle may be used: for example, that of a callback which libcurl makes
/// only during a transfer.
pub(in crate::run) enum InTransfer {}

impl<'a, H, P> Call<'a, H, P> {
    /// Makes the access from the pointer that libcurl passes to a trampoline. The reference to the
    /// pointer, a local variable of the trampoline, ends `'a` with the call.
    ///
    /// # Safety
    /// - C2: `user` must point to the live `Context<H>`, for as long as `'a`.
    /// - C3: nothing of the context may be borrowed when a method of this value is called, except
    ///   the handler while the gate is closed.
    /// - C1: if `P` is [`InTransfer`], the handle of the context must be live, and not begin another
    ///   transfer, for as long as `'a`.
    #[inline(always)]
    pub(in crate::run) unsafe fn new(user: &'a *mut c_void) -> Call<'a, H, P> {
        Call {
            context: user.cast(),
            marker: PhantomData,
        }
    }

    /// Makes the access as [`new`](Call::new) does, and borrows `len` bytes at `data`, an argument of
    /// the same call.
    ///
    /// # Safety
    /// As for [`new`](Call::new). C4: unless NULL, `data` must be readable for `len` bytes for as
    /// long as `'a`.
    #[inline(always)]
    pub(in crate::run) unsafe fn with_bytes(
        user: &'a *mut c_void,
        data: *const c_char,
        len: size_t,
    ) -> (Call<'a, H, P>, &'a [u8]) {
        // SAFETY: C4: the caller's promise.
        let data = unsafe { decode::bytes(data, len) };
        // SAFETY: C2: the caller's promise.
        (unsafe { Call::new(user) }, data)
    }

    /// Returns the same access for a function that takes it by value.
    #[inline(always)]
    pub(in crate::run) fn reborrow(&mut self) -> Call<'_, H, P> {
        Call {
            context: self.context,
            marker: PhantomData,
        }
    }

    /// Returns the address that libcurl has as user data.
    pub(in crate::run) fn as_user_data(&self) -> *mut c_void {
        self.context.cast()
    }

    /// Returns the handle of the transfer.
    #[inline(always)]
    pub(in crate::run) fn raw(&self) -> NonNull<sys::CURL> {
        // SAFETY: C2: the context is live; C3: user code does not reach this field.
        unsafe { (*self.context).raw }
    }

    /// Borrows the state that the trampolines keep beside the handler.
    #[inline(always)]
    pub(in crate::run) fn state(&mut self) -> &mut State {
        // SAFETY: C2: the context is live; C3: `&mut self` means that nothing else has borrowed the
        // state, and that neither user code nor libcurl runs before this borrow ends.
        unsafe { &mut (*self.context).state }
    }

    /// Returns whether libcurl must not be told to pause or resume, since it would take the state of the
    /// connection for that of HTTP.
    #[cold]
    pub(in crate::run) fn is_mistaken_for_http(&mut self) -> bool {
        // Until there is a connection (an empty scheme), and for a file, the state of the connection is empty,
        // so that a pause does no harm.
        let harmless = ["", "http", "https", "file"];
        PAUSE_TAKES_ALL_FOR_HTTP.is_present()
            && self
                .info_of_transfer()
                .is_some_and(|info| !has_scheme(&info, &harmless))
    }

    /// Returns whether `write` must not answer with a pause, since libcurl may never go on afterwards.
    #[cold]
    pub(in crate::run) fn is_stuck_by_pause(&mut self) -> bool {
        RECEIVED_FORGOTTEN_BY_PAUSE.is_present()
            && self
                .info_of_transfer()
                .is_some_and(|info| has_scheme(&info, &["scp", "sftp"]))
    }

    /// Returns the information of the transfer, if the context is that of a transfer.
    fn info_of_transfer(&mut self) -> Option<Info<'_>> {
        let handle = self.head().handle?;
        // SAFETY: C1: the handle is live during a call, and begins no other transfer meanwhile.
        Some(unsafe { Info::new(handle) })
    }

    /// Notes that the TLS context of a connection was refused, if libcurl leaves that connection open.
    pub(in crate::run) fn note_left_connection(&mut self) {
        self.head().refused_progress |= REFUSED_TLS_LEFT_OPEN.is_present();
    }

    /// Borrows the head of the guard. This method is private to this file, since the head can open the gate.
    #[inline(always)]
    fn head(&mut self) -> &mut Head {
        // SAFETY: C2 and C3: as for `state`.
        unsafe { &mut (*self.context).guard.head }
    }

    /// Calls the handler through [the guard](guard::enter).
    ///
    /// Returns `closed`, the value that makes libcurl stop, if user code may not run, panics, or asks to
    /// stop. A trampoline has all code that can panic inside `call`.
    #[inline(always)]
    pub(in crate::run) fn enter<R>(
        &mut self,
        callback: Callback,
        closed: R,
        call: impl FnOnce(&mut H) -> Result<R, Stop>,
    ) -> R {
        // SAFETY: C2: the context is live, and begins with the guard of this `H`; C3: `&mut self` means
        // that nothing of it is borrowed.
        unsafe { guard::enter::<H, R>(self.as_user_data(), callback, closed, call) }
    }

    /// Calls the handler as [`enter`](Call::enter) does. After that, `then` gets the state and what
    /// `call` returned, and may still fail.
    #[inline(always)]
    pub(in crate::run) fn enter_then<T, R>(
        &mut self,
        callback: Callback,
        closed: R,
        call: impl FnOnce(&mut H) -> Result<T, Stop>,
        then: impl FnOnce(&mut State, T) -> Result<R, Stop>,
    ) -> R {
        let context = self.context;
        self.enter(callback, closed, |handler| {
            let value = call(handler)?;
            // SAFETY: C2: the context is live; C3: the handler is another field, and its code has
            // returned.
            then(unsafe { &mut (*context).state }, value)
        })
    }

    /// Calls user code other than the handler as [`enter`](Call::enter) calls the handler.
    #[inline(always)]
    pub(in crate::run) fn pass<R>(
        &mut self,
        callback: Callback,
        closed: R,
        call: impl FnOnce() -> Result<R, Stop>,
    ) -> R {
        // SAFETY: C2: the context is live, and begins with a guard; C3: `&mut self` means that nothing
        // of it is borrowed.
        unsafe { guard::pass(self.as_user_data(), callback, closed, call) }
    }

    /// Keeps a failure, unless there is one already. No callback is called until the gate is opened again, as
    /// by the next transfer.
    pub(in crate::run) fn fail(&mut self, failure: Failure) {
        self.head().fail(failure);
    }

    /// Notes that a callback has stopped the transfer by an answer for which libcurl has a value of its
    /// own.
    pub(in crate::run) fn abort(&mut self, callback: Callback) {
        self.fail(Failure::Callback(callback, Stop::Abort));
    }

    /// Keeps the error with which `open_socket` has refused an address. With `None`, after `open_socket` has
    /// opened a socket, forgets the former error. Returns whether the transfer may go on.
    pub(in crate::run) fn refuse(&mut self, error: Option<Refusal>) -> bool {
        // SAFETY: C2 and C3: as for `state`.
        let refusal = unsafe { &mut (*self.context).refusal };
        let former = std::mem::replace(refusal, error);
        // The former error may hold a value of the user's, whose `Drop` may panic.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(former))) {
            self.fail(Failure::Panic(Callback::OpenSocket, payload));
            return false;
        }
        true
    }

    /// Returns the registry for the sockets of this transfer, or `None` if no `Multi` drives it and its
    /// `close_socket` was never set.
    pub(in crate::run) fn registry(&self) -> Option<&Registry> {
        // SAFETY: C2: the context is live; C3: `&self` means that neither user code nor libcurl runs
        // before this borrow ends.
        let lent = unsafe { &(*self.context).lent };
        // SAFETY: C2 and C3: as above.
        let own = unsafe { &(*self.context).sockets };
        lent.as_deref().or(own.as_deref())
    }

    /// Returns whether the handler's `close_socket` is called.
    pub(in crate::run) fn hears_closes(&self) -> bool {
        // SAFETY: C2: the context is live; C3: user code does not reach this field.
        unsafe { (*self.context).hears_closes }
    }

    /// Notes that `hsts_read` gives this entry. Returns whether it has given the entry before and
    /// libcurl would keep it twice.
    pub(in crate::run) fn has_given(&mut self, entry: &Written) -> bool {
        if !HSTS_KEPT_TWICE.is_present() {
            return false;
        }
        // SAFETY: C2 and C3: as for `state`.
        let given = unsafe { &mut (*self.context).given };
        !given.get_or_insert_default().0.insert(entry.clone())
    }

    /// Borrows the messages that wait for `debug`, if there are any.
    #[inline(always)]
    fn deferred_messages(&mut self) -> &mut Option<Box<DeferredMessages<H>>> {
        // SAFETY: C2 and C3: as for `state`.
        unsafe { &mut (*self.context).deferred_messages }
    }

    /// Returns whether messages wait for `debug`.
    #[inline(always)]
    pub(in crate::run) fn has_deferred_messages(&mut self) -> bool {
        self.deferred_messages().is_some()
    }

    /// Keeps a message for `debug` until it may be called.
    #[cold]
    pub(in crate::run) fn defer_message(&mut self, message: DeferredMessage<H>) {
        match self.deferred_messages() {
            Some(messages) => messages.0.push(message),
            none => *none = Some(Box::new(DeferredMessages(vec![message]))),
        }
    }
}

impl<H> Call<'_, H> {
    /// Hands the deferred messages to `debug`.
    #[cold]
    pub(in crate::run) fn deliver(mut self) {
        let messages = self.deferred_messages().take();
        for message in messages.into_iter().flat_map(|messages| messages.0) {
            (message.deliver)(self.reborrow(), &message);
        }
    }
}

impl<'a, H> Call<'a, H, InTransfer> {
    /// Returns the information about the running transfer.
    #[inline(always)]
    pub(in crate::run) fn info(&self) -> Info<'a> {
        // SAFETY: C1: the handle is live for as long as `'a`, and begins no other transfer.
        unsafe { Info::new(self.raw()) }
    }

    /// Returns the facts about the running transfer that its header lines do not tell.
    pub(in crate::run) fn facts(&mut self) -> TransferFacts<'a> {
        TransferFacts {
            info: self.info(),
            is_http: self.state().is_http,
        }
    }

    /// Tells the reader and the handler's `final_head`, if there are any, that the final headers have
    /// come. Returns whether the transfer may go on.
    #[cold]
    pub(in crate::run) fn tell_final_head(mut self) -> bool {
        self.post_to_reader();
        // SAFETY: C2: the context is live; C3: user code does not reach this field.
        let tell = unsafe { (*self.context).tell_final_head };
        tell.is_none_or(|tell| tell(self))
    }

    /// Returns the requests of remotes, or `None` if nothing, such as a remote, has needed them yet.
    #[cold]
    pub(in crate::run) fn asked(&mut self) -> Option<&Control> {
        self.head().asked.0.get().map(|control| &**control)
    }

    /// Makes the driver attend to the transfer if another thread reads its response.
    pub(in crate::run) fn post_to_reader(&mut self) {
        if let Some(PipeEnd::Shared(_)) = self.state().pipes.inbox {
            self.head().post();
        }
    }

    /// Makes the driver attend to the transfer if another thread waits to write its body.
    pub(in crate::run) fn post_to_writer(&mut self) {
        match &self.state().pipes.outbox {
            Some(PipeEnd::Shared(pipe)) if pipe.is_awaited() => self.head().post(),
            _ => {}
        }
    }

    /// Returns whether user code may be called.
    #[inline(always)]
    pub(in crate::run) fn is_open(&mut self) -> bool {
        self.head().is_open()
    }

    /// Returns whether progress is reported.
    #[inline(always)]
    pub(in crate::run) fn reports(&mut self) -> bool {
        self.head().reports
    }

    /// Returns whether the progress function has to end the transfer.
    #[inline(always)]
    pub(in crate::run) fn is_stopping(&mut self) -> bool {
        self.head().is_stopping()
    }

    /// Returns the answer of a progress function that ends the transfer.
    #[inline(always)]
    pub(in crate::run) fn abort_progress(&mut self) -> c_int {
        self.head().abort()
    }

    /// Returns the answer of a progress function that has failed or ends the transfer.
    #[inline(always)]
    pub(in crate::run) fn refuse_progress(&mut self) -> c_int {
        self.head().refuse_progress()
    }
}
