//! The context of a transfer, to which libcurl's data pointers point.

pub(super) mod call;
pub(super) mod settle;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::mem;
use std::ptr::NonNull;
use std::sync::Arc;

use libc::{c_char, c_int};

use crate::callbacks::final_head::{Answers, FinalHead};
use crate::callbacks::frame::Frames;
use crate::callbacks::header::Lines;
use crate::callbacks::hsts::Written;
use crate::ffi::socket::Registry;
use crate::ffi::sys;
use crate::id::Id;
use crate::run::announced::Announced;
use crate::run::context::call::{Call, InTransfer};
use crate::run::context::settle::Refusal;
use crate::run::control::Control;
use crate::run::guard::{Guard, Head, discard};
use crate::run::mailbox::Mailbox;
use crate::run::pipes::Pipes;

/// The context, to which the data pointers of one handle point (C2).
#[repr(C)]
pub(super) struct Context<H> {
    guard: Guard<H>,
    state: State,
    /// The handle of the transfer.
    raw: NonNull<sys::CURL>,
    /// The messages for `debug` that were deferred because a lock was held; never an empty vector.
    deferred_messages: Option<Box<DeferredMessages<H>>>,
    /// The function that calls the handler's `final_head`, or `None` if that is not installed.
    tell_final_head: Option<Tell<H>>,
    /// The function that calls the handler's `done`, or `None` if that is not installed.
    tell_done: Option<Tell<H>>,
    /// The error with which `open_socket` refused the last address. The transfer ends with this error if
    /// no connection could be made.
    refusal: Option<Refusal>,
    /// The transfer's own registry of the sockets that `open_socket` has opened, or `None` before its first
    /// use.
    sockets: Option<Arc<Registry>>,
    /// The registry of the `Multi` that drives the transfer, which is used instead of `sockets`. `None` if no
    /// `Multi` drives it.
    lent: Option<Arc<Registry>>,
    /// Whether the handler's `close_socket` is called. Connections may call its trampoline even after the
    /// callback was unset.
    hears_closes: bool,
    /// The entries that `hsts_read` has given, if libcurl would keep an entry twice that it gets twice.
    given: Option<Box<Given>>,
    /// Where libcurl writes the details of an error (`CURLOPT_ERRORBUFFER`).
    text: [c_char; sys::CURL_ERROR_SIZE],
}

/// A function that calls one of the handler's callbacks that libcurl does not have. Returns whether the
/// transfer may go on.
pub(super) type Tell<H> = fn(Call<'_, H, InTransfer>) -> bool;

/// The state that the trampolines keep beside the handler, and borrow separately from it.
pub(super) struct State {
    /// The paused directions, as bits of libcurl's mask, and the bits `REPLAY` and `OWED`.
    paused: c_int,
    /// How many bytes were taken before a pause, of the data that libcurl hands over again after the
    /// pause.
    taken: usize,
    /// Whether the last answer to a progress report was a resume.
    pub(super) resumes: bool,
    /// Whether all connections of the transfer are for HTTP or HTTPS.
    pub(super) is_http: bool,
    pub(super) lines: Lines,
    pub(super) final_head: FinalHead,
    pub(super) frames: Frames,
    /// Compares the bytes of the body that `read` provides with the announced size of the body.
    pub(super) announced: Announced,
    pub(super) pipes: Pipes,
}

/// Deferred messages for `debug`. Few transfers have any, so the context has only a pointer to them.
struct DeferredMessages<H>(Vec<DeferredMessage<H>>);

/// Entries that `hsts_read` has given. Few transfers have any, so the context has only a pointer to
/// them.
#[derive(Default)]
struct Given(BTreeSet<Written>);

/// A message for `debug`, and the function that passes it to the handler.
pub(super) struct DeferredMessage<H> {
    pub(super) kind: sys::curl_infotype,
    pub(super) data: Box<[u8]>,
    pub(super) deliver: fn(Call<'_, H>, &DeferredMessage<H>),
}

/// A bit beside libcurl's: the next data that libcurl hands over was handed over before.
const REPLAY: c_int = 1 << 16;
/// A bit beside libcurl's: some of the data that was handed over before was not taken.
const OWED: c_int = 1 << 17;

impl State {
    fn new(announced: Option<u64>, file: bool, final_head: FinalHead) -> State {
        State {
            paused: 0,
            taken: 0,
            resumes: false,
            is_http: !file,
            lines: Lines::new(file),
            final_head,
            frames: Frames::default(),
            announced: Announced::new(announced),
            pipes: Pipes::default(),
        }
    }

    /// Returns whether it is certain that the next call of the header function brings exactly one line
    /// among the header fields, which was not handed over before.
    #[inline(always)]
    pub(super) fn is_plain_header(&self) -> bool {
        self.lines.plain && self.paused & (sys::CURLPAUSE_RECV | REPLAY) == 0
    }

    /// Returns whether [`is_plain_header`](State::is_plain_header) is true and `line` does not end the
    /// headers.
    pub(super) fn is_plain_field(&self, line: &[u8]) -> bool {
        self.is_plain_header() && !Lines::may_end_headers(line)
    }

    /// Returns whether `data` is exactly one line among the header fields of a response, and `final_head`
    /// does not need it. The line may also be the empty one that ends the headers.
    pub(super) fn is_field(&self, data: &[u8]) -> bool {
        self.lines.is_field(data) && !self.final_head.wants_fields()
    }

    /// Returns how many bytes of the data that libcurl hands over were taken before a pause, or
    /// `None` while receiving is paused: older releases of libcurl hand over data then too.
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
            // The answer to this call is a pause, of which libcurl may not know yet if a remote has asked for
            // it. libcurl will hand over this data again.
            self.paused |= REPLAY | OWED;
            return None;
        }
        self.paused &= !(REPLAY | OWED);
        Some(mem::take(&mut self.taken))
    }

    /// Notes that the answer to libcurl is a pause after the first `taken` of `len` bytes.
    #[cold]
    pub(super) fn pause_receiving(&mut self, taken: usize, len: usize) {
        self.paused |= sys::CURLPAUSE_RECV | REPLAY;
        self.lines.pause();
        if taken < len {
            self.paused |= OWED;
        }
        self.taken = taken;
    }

    /// Returns whether sending is paused: older releases of libcurl ask for data then too.
    #[inline(always)]
    pub(super) fn is_sending_paused(&self) -> bool {
        self.paused & sys::CURLPAUSE_SEND != 0
    }

    #[cold]
    pub(super) fn pause_sending(&mut self) {
        self.paused |= sys::CURLPAUSE_SEND;
    }

    /// Returns the paused directions, as bits of libcurl's mask.
    pub(super) fn paused(&self) -> c_int {
        self.paused & !(REPLAY | OWED)
    }

    /// Returns whether one of these directions is paused.
    pub(super) fn is_paused(&self, directions: c_int) -> bool {
        self.paused & directions != 0
    }

    /// Notes that these directions are paused, and returns whether that is a change.
    pub(super) fn pause(&mut self, directions: c_int) -> bool {
        let news = self.paused & directions != directions;
        self.lines.pause();
        self.paused |= directions;
        news
    }

    /// Notes that these directions are not paused any more.
    pub(super) fn resume(&mut self, directions: c_int) {
        self.paused &= !directions;
    }
}

impl<H> Context<H> {
    /// Drops the failure of a callback in a cleanup, and a refusal, since no later call can return them.
    fn discard(&mut self) {
        self.guard.head.discard();
        discard(self.refusal.take());
    }
}

/// The owner of a [`Context`] at an address that never changes.
///
/// The owner is invariant in `H`: libcurl has the trampolines of the very `H` that the
/// owner was made for, so no coercion may change `H`.
pub(super) struct Owner<H>(NonNull<Context<H>>, PhantomData<*mut H>);

// SAFETY: C6: the context is reached through its owner, or by libcurl on the
// thread that has the owner; the failure inside is `Send`.
unsafe impl<H: Send> Send for Owner<H> {}

impl<H> Owner<H> {
    pub(super) fn new(handler: H, raw: NonNull<sys::CURL>) -> Owner<H> {
        let context = Box::new(Context {
            guard: Guard::new(handler, Some(raw)),
            state: State::new(None, true, FinalHead::default()),
            raw,
            deferred_messages: None,
            tell_final_head: None,
            tell_done: None,
            refusal: None,
            sockets: None,
            lent: None,
            hears_closes: false,
            given: None,
            text: [0; sys::CURL_ERROR_SIZE],
        });
        // The `Box` is not kept, since it would claim to be the only pointer to the context.
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
        unsafe { &(*self.0.as_ptr()).guard.value }
    }

    pub(super) fn handler_mut(&mut self) -> &mut H {
        // SAFETY: C3: no callback runs while `self` is borrowed.
        unsafe { &mut (*self.0.as_ptr()).guard.value }
    }

    pub(super) fn into_handler(self) -> H {
        // SAFETY: the address came from a `Box`, and `forget` leaves one owner.
        let mut context = unsafe { Box::from_raw(self.0.as_ptr()) };
        mem::forget(self);
        context.discard();
        context.guard.value
    }

    fn context(&mut self) -> &mut Context<H> {
        // SAFETY: C2: the context is live; C3: no callback runs while `self` is borrowed.
        unsafe { self.0.as_mut() }
    }

    /// Resets the state for the next transfer. `announced` is the announced size of its body, `file` says
    /// whether it may use another protocol than HTTP and HTTPS, such as `file://`, and `answers` what the
    /// options say about responses that are not the final one.
    pub(super) fn begin(
        &mut self,
        driver: (Arc<Mailbox>, Id),
        announced: Option<u64>,
        file: bool,
        answers: Answers,
    ) {
        let context = self.context();
        let final_head = FinalHead::new(context.tell_final_head.is_some(), answers);
        context.state = State::new(announced, file, final_head);
        context.deferred_messages = None;
        if let Some(refusal) = context.refusal.take() {
            discard(refusal);
        }
        context.guard.head.begin(driver);
    }

    /// Exchanges the fields that belong to the transfer and not to the handler. Messages for `debug` must
    /// have been [delivered](Owner::deliver).
    pub(super) fn exchange<G>(&mut self, other: &mut Owner<G>) {
        let (own, other) = (self.context(), other.context());
        mem::swap(&mut own.guard.head, &mut other.guard.head);
        mem::swap(&mut own.state, &mut other.state);
        mem::swap(&mut own.raw, &mut other.raw);
        mem::swap(&mut own.refusal, &mut other.refusal);
        mem::swap(&mut own.sockets, &mut other.sockets);
        mem::swap(&mut own.lent, &mut other.lent);
        mem::swap(&mut own.given, &mut other.given);
    }

    /// Returns the driver's mailbox and the id of the transfer there, or `None` if the transfer does not
    /// run.
    pub(super) fn driver(&self) -> Option<&(Arc<Mailbox>, Id)> {
        // SAFETY: C3: no callback runs while `self` is borrowed.
        unsafe { (*self.0.as_ptr()).guard.head.driver() }
    }

    /// Returns the requests of remotes: an empty cell until [`Easy::control`](crate::run::easy::Easy::control)
    /// or [`Easy::with_control`](crate::run::easy::Easy::with_control) fills it.
    pub(super) fn asked(&self) -> &OnceCell<Arc<Control>> {
        // SAFETY: C3: no callback runs while `self` is borrowed.
        unsafe { &(*self.0.as_ptr()).guard.head.asked.0 }
    }

    /// Returns the head of the context's guard.
    pub(super) fn head(&mut self) -> &mut Head {
        &mut self.context().guard.head
    }

    /// Notes that another handle has these callbacks now.
    pub(super) fn set_handle(&mut self, raw: NonNull<sys::CURL>) {
        let context = self.context();
        context.guard.head.handle = Some(raw);
        context.guard.head.watched = None;
        context.raw = raw;
    }

    /// Clears the error buffer, so that no message of an earlier call is taken for one of the next call.
    pub(super) fn clear_text(&mut self) {
        self.context().text[0] = 0;
    }

    /// Returns the state of the WebSocket frames that are received and sent.
    pub(super) fn frames(&mut self) -> &mut Frames {
        &mut self.context().state.frames
    }

    /// Forgets the entries that `hsts_read` has given: libcurl may have forgotten them too.
    pub(super) fn forget_given(&mut self) {
        self.context().given = None;
    }

    /// Returns the registry that is the data of libcurl's close-socket callback. The transfer's own
    /// registry is made at its first use, and kept, because connections point to it.
    pub(super) fn sockets(&mut self) -> *mut c_void {
        let context = self.context();
        let own = &mut context.sockets;
        let sockets = match &context.lent {
            Some(lent) => lent,
            None => own.get_or_insert_default(),
        };
        Arc::as_ptr(sockets).cast_mut().cast()
    }

    /// Returns the transfer's own registry, or `None` if it was never used.
    pub(super) fn own_registry(&mut self) -> Option<Arc<Registry>> {
        self.context().sockets.clone()
    }

    /// Sets the registry of the driver that owns the connections, or unsets it with `None`.
    pub(super) fn lend_registry(&mut self, lent: Option<Arc<Registry>>) {
        self.context().lent = lent;
    }

    pub(super) fn is_hearing_closes(&mut self) -> bool {
        self.context().hears_closes
    }

    /// Sets whether the handler's `close_socket` is called. Connections made before keep calling this
    /// crate's function.
    pub(super) fn hear_closes(&mut self, hear: bool) {
        self.context().hears_closes = hear;
    }

    /// Returns the transfer's ends of its pipes.
    pub(super) fn pipes(&mut self) -> &mut Pipes {
        &mut self.context().state.pipes
    }

    /// Notes that the program waits for the final headers of the transfer that begins.
    pub(super) fn want_final_head(&mut self) {
        self.context().state.final_head.want();
    }

    /// Returns whether the final headers have come.
    pub(super) fn has_final_head(&mut self) -> bool {
        self.context().state.final_head.is_reached()
    }

    /// Sets the functions that call `final_head` and `done`, from the next transfer on.
    pub(super) fn set_tells(&mut self, final_head: Option<Tell<H>>, done: Option<Tell<H>>) {
        let context = self.context();
        (context.tell_final_head, context.tell_done) = (final_head, done);
    }

    /// Calls the handler's `done`, if that is installed.
    #[inline]
    pub(super) fn tell_done(&mut self) {
        if let Some(tell) = self.context().tell_done {
            let user = self.as_user_data();
            // SAFETY: C1 and C2: `user` is the live context of a live handle; C3: `&mut self` means
            // that nothing of it is borrowed.
            tell(unsafe { Call::<H, InTransfer>::new(&user) });
        }
    }

    /// Notes that the running transfer has ended with success. If its final headers were not noticed, as
    /// may be without a body, calls `final_head` now.
    pub(super) fn end_response(&mut self) {
        if self.context().state.final_head.end() {
            let user = self.as_user_data();
            // SAFETY: C1 and C2: `user` is the live context of a live handle; C3: `&mut self` means
            // that nothing of it is borrowed.
            let call = unsafe { Call::<H, InTransfer>::new(&user) };
            call.tell_final_head();
        }
    }

    /// Returns whether one of these directions of the running transfer is paused.
    pub(super) fn is_paused(&self, directions: c_int) -> bool {
        self.state().is_paused(directions)
    }

    /// Returns whether libcurl holds data that it will hand over again after the pause.
    pub(super) fn holds_data(&self) -> bool {
        self.state().paused & REPLAY != 0
    }

    fn state(&self) -> &State {
        // SAFETY: C3: no callback runs while `self` is borrowed.
        unsafe { &(*self.0.as_ptr()).state }
    }

    /// Returns whether some of the data that libcurl handed over was never taken: some releases,
    /// such as 7.88.1, let a `file://` transfer end while its header lines are paused.
    pub(super) fn is_owed(&mut self) -> bool {
        self.context().state.paused & OWED != 0
    }

    /// Hands the deferred messages to `debug`.
    pub(super) fn deliver(&mut self) {
        if self.context().deferred_messages.is_none() {
            return;
        }
        let user = self.as_user_data();
        // SAFETY: C1 and C2: `user` is the live context of a live handle; C3: `&mut self` means that
        // nothing of it is borrowed.
        let call = unsafe { Call::<H>::new(&user) };
        call.deliver();
    }
}

impl<H> Drop for Owner<H> {
    fn drop(&mut self) {
        // SAFETY: the address came from a `Box`; C2: libcurl does not use it any more.
        let mut context = unsafe { Box::from_raw(self.0.as_ptr()) };
        context.discard();
    }
}
