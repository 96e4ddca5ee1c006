//! The functions that libcurl calls.
//!
//! A function that calls the handler makes a [`Call`] from libcurl's pointer and decodes its other
//! arguments, goes through [`enter`](Call::enter), and turns the answer into libcurl's number. `CLOSED`
//! is libcurl's number for a failure, which makes most callbacks end the transfer.

pub(crate) mod connect;
pub(crate) mod event_loop;
pub(crate) mod final_head;
pub(crate) mod frame;
pub(crate) mod hsts;
pub(crate) mod interleave;
pub(crate) mod mime;
pub(crate) mod progress;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod share;
pub(crate) mod socket;
pub(crate) mod ssh;
pub(crate) mod tls;
pub(crate) mod trailer;
pub(crate) mod wildcard;

use std::ffi::c_void;
use std::io::SeekFrom;

use libc::{c_char, c_int, size_t};

use crate::callbacks::body::Taken;
use crate::callbacks::header::{Lines, Place, status_code};
use crate::ffi::info::current::Current;
use crate::ffi::share::is_locked;
use crate::ffi::{decode, sys};
use crate::run::context::call::{Call, InTransfer};
use crate::run::context::{DeferredMessage, State};
use crate::run::guard::Failure;
use crate::{
    Callback, Callbacks, Code, DebugKind, HeaderLine, IoctlCommand, ReadBuf, SeekResult,
    WriteResult,
};

pub(super) unsafe extern "C" fn write<H: Callbacks>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    let len = size.wrapping_mul(count);
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed; C4: "the data pointed to by ptr, its size is nmemb".
    let (mut call, data) = unsafe { Call::<H, InTransfer>::with_bytes(&user, data, len) };
    let raw = call.raw();
    let hand_over = |handler: &mut H, data: &[u8]| {
        // SAFETY: C1: as above.
        let _current = unsafe { Current::new(raw) };
        handler.write(data)
    };
    receive(data, len, &mut call, Callback::Write, hand_over)
}

/// Replaces an unset `write`: throws the body away, unless receiving is paused or the transfer is to end. Calls no
/// user code.
pub(super) unsafe extern "C" fn discard_body<H>(
    _: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed.
    let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
    match call.state().receive() {
        // For `file://`, the progress function does not end the transfer: `Head::refuse_progress`. So this does.
        Some(_) if !call.is_open() => sys::CURL_WRITEFUNC_ERROR,
        Some(_) => size.wrapping_mul(count),
        None => pause(call.reborrow()),
    }
}

/// Does what a write callback does with `data`, whose length libcurl states as `len`.
#[inline(always)]
fn receive<H, P>(
    data: &[u8],
    len: size_t,
    call: &mut Call<'_, H, P>,
    callback: Callback,
    hand_over: impl FnOnce(&mut H, &[u8]) -> WriteResult,
) -> size_t {
    let Some(before) = call.state().receive() else {
        return pause(call.reborrow());
    };
    let data = match data.get(before..) {
        Some(rest) if before == 0 || !rest.is_empty() => rest,
        _ => return len,
    };
    let hand_over = |handler: &mut H| hand_over(handler, data).into_taken();
    let taken = match call.enter(callback, Taken::Stopped, hand_over) {
        Taken::Paused(taken) => Taken::Paused(before.saturating_add(taken)),
        other => other,
    };
    answer(call, taken, len)
}

/// Returns libcurl's value for a pause of receiving, or fails the transfer if libcurl must not be told
/// to pause.
#[cold]
fn pause<H, P>(mut call: Call<'_, H, P>) -> size_t {
    if call.is_mistaken_for_http() || call.is_stuck_by_pause() {
        call.fail(Failure::Libcurl(Code::NOT_BUILT_IN));
        return sys::CURL_WRITEFUNC_ERROR;
    }
    sys::CURL_WRITEFUNC_PAUSE
}

/// Returns libcurl's value for what was taken of `len` bytes.
#[inline(always)]
fn answer<H, P>(call: &mut Call<'_, H, P>, taken: Taken, len: size_t) -> size_t {
    const CLOSED: size_t = sys::CURL_WRITEFUNC_ERROR;
    match taken {
        Taken::All => len,
        Taken::Paused(taken) => {
            call.state().pause_receiving(taken.min(len), len);
            pause(call.reborrow())
        }
        Taken::Stopped => CLOSED,
    }
}

pub(super) unsafe extern "C" fn header<H: Callbacks>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed.
    let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
    if !call.state().is_plain_header() || data.is_null() {
        // SAFETY: the promises of this call, passed on.
        return unsafe { other_header::<H>(data, size, count, user) };
    }
    // SAFETY: C4: as for the write callback.
    let line = unsafe { decode::bytes(data, size.wrapping_mul(count)) };
    match header_line(line, Place::Field, &mut call) {
        Taken::All if !Lines::may_end_headers(line) => line.len(),
        // SAFETY: the promises of this call, passed on.
        Taken::All => unsafe { end_line::<H>(data, line.len(), user) },
        // SAFETY: as above.
        Taken::Paused(_) => unsafe { pause_line::<H>(line.len(), user) },
        Taken::Stopped => sys::CURL_WRITEFUNC_ERROR,
    }
}

/// Does the rest of what [`header`] does for a line that may end the headers, and was taken. It cannot unwind, so
/// that `header` keeps no frame for the call.
///
/// # Safety
/// As for `header`.
#[cold]
unsafe extern "C" fn end_line<H: Callbacks>(
    data: *mut c_char,
    len: size_t,
    user: *mut c_void,
) -> size_t {
    // SAFETY: the promises of `header`.
    let (mut call, line) = unsafe { Call::<H, InTransfer>::with_bytes(&user, data, len) };
    let taken = take_line(line, Place::Field, call.reborrow());
    answer(&mut call, taken, len)
}

/// Does the rest of what [`header`] does if the handler pauses: libcurl hands over the whole line again after the
/// pause. Like [`end_line`], this cannot unwind.
///
/// # Safety
/// As for `header`.
#[cold]
unsafe extern "C" fn pause_line<H: Callbacks>(len: size_t, user: *mut c_void) -> size_t {
    // SAFETY: the promises of `header`.
    let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
    answer(&mut call, Taken::Paused(0), len)
}

/// Does what [`header`] does if the data may be something else than one field, for instance where a block of lines
/// begins, in trailers, during and after a pause, and if an older libcurl may hand over several lines. It cannot
/// unwind, so that `header` keeps no frame for the call.
///
/// # Safety
/// As for `header`.
#[cold]
unsafe extern "C" fn other_header<H: Callbacks>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    let len = size.wrapping_mul(count);
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed; C4: as for the write callback.
    let (mut call, data) = unsafe { Call::<H, InTransfer>::with_bytes(&user, data, len) };
    let Some(before) = call.state().receive() else {
        return pause(call.reborrow());
    };
    let is_field = before == 0 && call.state().is_field(data);
    let taken = match is_field {
        true => match header_line(data, Place::Field, &mut call) {
            Taken::Paused(_) => Taken::Paused(0),
            Taken::All if Lines::may_end_headers(data) => {
                take_line(data, Place::Field, call.reborrow())
            }
            other => other,
        },
        false => header_lines(data, before, call.reborrow(), header_line),
    };
    answer(&mut call, taken, len)
}

/// Passes one line to the handler.
#[inline(always)]
fn header_line<H: Callbacks>(
    line: &[u8],
    place: Place,
    call: &mut Call<'_, H, InTransfer>,
) -> Taken {
    let info = call.info();
    let hand_over = |handler: &mut H| {
        handler
            .header(&HeaderLine::new(line, place, info))
            .into_taken()
    };
    call.enter(Callback::Header, Taken::Stopped, hand_over)
}

/// Notes that a line was taken. If the line ends the final headers, calls `final_head`. Returns `All` unless
/// that call stops the transfer.
#[cold]
fn take_line<H>(line: &[u8], place: Place, mut call: Call<'_, H, InTransfer>) -> Taken {
    let facts = call.facts();
    let State {
        lines, final_head, ..
    } = call.state();
    let is_status = place == Place::Status;
    let status = is_status.then(|| status_code(line)).flatten();
    let reached = place != Place::Trailer
        && final_head.is_awaited()
        && final_head.take(line, is_status, status, &facts);
    lines.take(line, place, status, reached, &facts);
    if final_head.wants_fields() {
        lines.plain = false;
    }
    match !reached || call.tell_final_head() {
        true => Taken::All,
        false => Taken::Stopped,
    }
}

/// Passes on each line of `data`, in which an older libcurl may hand over several lines, until one is not
/// taken. `at` bytes of `data` were taken before a pause.
#[cold]
fn header_lines<H>(
    data: &[u8],
    mut at: usize,
    mut call: Call<'_, H, InTransfer>,
    hand_over: impl Fn(&[u8], Place, &mut Call<'_, H, InTransfer>) -> Taken,
) -> Taken {
    let rest = data.get(at..).unwrap_or_default();
    for line in call.state().lines.split(rest) {
        let facts = call.facts();
        let place = call.state().lines.place(line, at > 0, &facts);
        match hand_over(line, place, &mut call) {
            Taken::All => match take_line(line, place, call.reborrow()) {
                Taken::All => at += line.len(),
                stopped => return stopped,
            },
            Taken::Paused(_) => return Taken::Paused(at),
            Taken::Stopped => return Taken::Stopped,
        }
    }
    Taken::All
}

pub(super) unsafe extern "C" fn read<H: Callbacks>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    const CLOSED: size_t = sys::CURL_READFUNC_ABORT;
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed.
    let mut call = unsafe { Call::<H>::new(&user) };
    let state = call.state();
    if state.is_sending_paused() {
        return sys::CURL_READFUNC_PAUSE;
    }
    let len = size.wrapping_mul(count).min(state.announced.limit());
    // SAFETY: C4: "fill the buffer with at most size multiplied by nitems bytes".
    let mut buffer = unsafe { ReadBuf::new(data, len) };
    // SAFETY: C1: the handle is live, and this is one of its callbacks.
    buffer = unsafe { buffer.of(call.raw()) };
    let fill = |handler: &mut H| {
        if len == 0 {
            return Ok(0);
        }
        let result = handler.read(&mut buffer);
        result.into_raw(buffer.len())
    };
    let check = |state: &mut State, answer| {
        if len != 0 {
            state.announced.check(answer, "`read`")?;
        }
        Ok(answer)
    };
    let answer = call.enter_then(Callback::Read, CLOSED, fill, check);
    match answer {
        sys::CURL_READFUNC_PAUSE => call.state().pause_sending(),
        // After CLOSED, the count does not matter: nothing more is read.
        len => call.state().announced.take(len),
    }
    answer
}

/// Replaces an unset `read`: ends the body at once, unless sending is paused. Calls no user code.
pub(super) unsafe extern "C" fn send_nothing<H>(
    _: *mut c_char,
    _: size_t,
    _: size_t,
    user: *mut c_void,
) -> size_t {
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed.
    let mut call = unsafe { Call::<H>::new(&user) };
    match call.state().is_sending_paused() {
        true => sys::CURL_READFUNC_PAUSE,
        false => 0,
    }
}

/// Replaces an unset `seek` while an upload resumes: makes libcurl skip bytes by calls of `read`.
pub(super) extern "C" fn cannot_seek(_: *mut c_void, _: sys::curl_off_t, _: c_int) -> c_int {
    sys::CURL_SEEKFUNC_CANTSEEK
}

pub(super) unsafe extern "C" fn seek<H: Callbacks>(
    user: *mut c_void,
    offset: sys::curl_off_t,
    origin: c_int,
) -> c_int {
    const CLOSED: c_int = sys::CURL_SEEKFUNC_FAIL;
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed.
    let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
    let raw = call.raw();
    let answer = call.enter(Callback::Seek, CLOSED, |handler| {
        // SAFETY: C1: as above.
        let _current = unsafe { Current::new(raw) };
        let to = match (origin, u64::try_from(offset)) {
            (libc::SEEK_SET, Ok(offset)) => SeekFrom::Start(offset),
            (libc::SEEK_CUR, _) => SeekFrom::Current(offset),
            (libc::SEEK_END, _) => SeekFrom::End(offset),
            _ => return SeekResult::CantSeek.into_raw(),
        };
        handler.seek(to).into_raw()
    });
    if let (sys::CURL_SEEKFUNC_OK, Ok(offset)) = (answer, u64::try_from(offset)) {
        // libcurl passes only offsets from the beginning.
        call.state().announced.seek(offset);
    }
    answer
}

pub(super) unsafe extern "C" fn ioctl<H: Callbacks>(
    _: *mut sys::CURL,
    command: c_int,
    user: *mut c_void,
) -> sys::curlioerr {
    const CLOSED: sys::curlioerr = sys::CURLIOE_FAILRESTART;
    #[expect(deprecated, reason = "this is its trampoline")]
    let pass_on = |handler: &mut H| handler.ioctl(IoctlCommand::from_raw(command)).into_raw();
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed.
    let mut call = unsafe { Call::<H>::new(&user) };
    let answer = call.enter(Callback::Ioctl, CLOSED, pass_on);
    if answer == sys::CURLIOE_OK {
        call.state().announced.seek(0);
    }
    answer
}

/// libcurl ignores the answer. After a failure, the gate is closed, so the driver, or the next callback whose
/// answer libcurl heeds, stops the transfer. The handle may be an internal
/// one (a DNS-over-HTTPS probe) and is not used.
pub(super) unsafe extern "C" fn debug<H: Callbacks>(
    _: *mut sys::CURL,
    kind: sys::curl_infotype,
    data: *mut c_char,
    len: size_t,
    user: *mut c_void,
) -> c_int {
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed, except the handler while
    // the gate is not open.
    let mut call = unsafe { Call::<H>::new(&user) };
    if is_locked() || call.has_deferred_messages() {
        // SAFETY: the promises of this call, passed on.
        return unsafe { other_debug::<H>(kind, data, len, user) };
    }
    // SAFETY: C4: "the data pointed to by the char * is not null-terminated, but is exactly of the size
    // as told by the size argument".
    let data = unsafe { decode::bytes(data, len) };
    hand_over_debug(&mut call, kind, data);
    0
}

/// Does what [`debug`] does while a lock is held, and with the first message after that. It cannot
/// unwind, so that `debug` keeps no frame for the call.
///
/// # Safety
/// As for `debug`.
#[cold]
unsafe extern "C" fn other_debug<H: Callbacks>(
    kind: sys::curl_infotype,
    data: *mut c_char,
    len: size_t,
    user: *mut c_void,
) -> c_int {
    // SAFETY: C2 to C4: as for `debug`.
    let (mut call, data) = unsafe { Call::<H>::with_bytes(&user, data, len) };
    if is_locked() {
        keep_debug(call, kind, data);
        return 0;
    }
    call.reborrow().deliver();
    hand_over_debug(&mut call, kind, data);
    0
}

/// Passes a message to the handler's `debug`.
#[inline(always)]
fn hand_over_debug<H: Callbacks>(call: &mut Call<'_, H>, kind: sys::curl_infotype, data: &[u8]) {
    let hand_over = |handler: &mut H| handler.debug(DebugKind::from_raw(kind), data).into_raw(());
    call.enter(Callback::Debug, (), hand_over);
}

/// Keeps a message until no lock is held.
#[cold]
fn keep_debug<H: Callbacks>(mut call: Call<'_, H>, kind: sys::curl_infotype, data: &[u8]) {
    call.defer_message(DeferredMessage {
        kind,
        data: data.into(),
        deliver: |mut call, message| hand_over_debug(&mut call, message.kind, &message.data),
    });
}
