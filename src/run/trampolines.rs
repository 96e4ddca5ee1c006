//! The functions that libcurl calls.
//!
//! Each decodes its arguments, goes through [`enter`], and turns the answer
//! into libcurl's number. `CLOSED` is the number that makes libcurl stop.

pub(crate) mod connect;
pub(crate) mod event_loop;
pub(crate) mod frame;
pub(crate) mod hsts;
pub(crate) mod interleave;
pub(crate) mod mime;
pub(crate) mod progress;
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
use crate::callbacks::header::{Lines, Place};
use crate::ffi::info::Info;
use crate::ffi::share::is_locked;
use crate::ffi::{decode, sys};
use crate::run::context::{self, DeferredMessage, state};
use crate::run::guard::enter;
use crate::{
    Callback, Callbacks, DebugKind, HeaderLine, IoctlCommand, ReadBuf, SeekResult, WriteResult,
};

pub(super) unsafe extern "C" fn write<H: Callbacks>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    let call = |handler: &mut H, data: &[u8]| handler.write(data);
    // SAFETY: the promises of this call, passed on.
    unsafe { receive::<H>(data, size, count, user, Callback::Write, call) }
}

/// Replaces an unset `write`: throws the body away, unless a remote has paused it. It enters no handler.
pub(super) unsafe extern "C" fn discard_body<H>(
    _: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    // SAFETY: C2: the live context of this `H`; no user code runs meanwhile.
    match unsafe { state::<H>(user) }.receive() {
        Some(_) => size.wrapping_mul(count),
        None => sys::CURL_WRITEFUNC_PAUSE,
    }
}

/// # Safety
/// The arguments must be those of a write callback.
#[inline(always)]
unsafe fn receive<H>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
    callback: Callback,
    call: impl FnOnce(&mut H, &[u8]) -> WriteResult,
) -> size_t {
    let len = size.wrapping_mul(count);
    // SAFETY: C4: "the data pointed to by ptr, its size is nmemb".
    let data = unsafe { decode::bytes(data, len) };
    // SAFETY: C2: the live context of this `H`; no user code runs meanwhile.
    let Some(before) = unsafe { state::<H>(user) }.receive() else {
        return sys::CURL_WRITEFUNC_PAUSE;
    };
    let data = match data.get(before..) {
        Some(rest) if before == 0 || !rest.is_empty() => rest,
        _ => return len,
    };
    let call = |handler: &mut H| call(handler, data).into_taken();
    // SAFETY: C2: as above.
    let taken = match unsafe { enter::<H, _>(user, callback, Taken::Stopped, call) } {
        Taken::Paused(taken) => Taken::Paused(before.saturating_add(taken)),
        other => other,
    };
    // SAFETY: C2: as above; user code has returned.
    unsafe { answer::<H>(user, taken, len) }
}

/// Turns what was taken of `len` bytes into libcurl's number.
///
/// # Safety
/// `user` must be the live context of this `H`, and nothing of it borrowed.
#[inline(always)]
unsafe fn answer<H>(user: *mut c_void, taken: Taken, len: size_t) -> size_t {
    const CLOSED: size_t = sys::CURL_WRITEFUNC_ERROR;
    match taken {
        Taken::All => len,
        Taken::Paused(taken) => {
            // SAFETY: the caller's promise.
            unsafe { state::<H>(user) }.pause_receiving(taken.min(len), len);
            sys::CURL_WRITEFUNC_PAUSE
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
    // SAFETY: C2: the live context of this `H`; no user code runs meanwhile.
    let plain = unsafe { state::<H>(user) }.is_plain_header();
    if !plain || data.is_null() {
        // SAFETY: the promises of this call, passed on.
        return unsafe { other_header::<H>(data, size, count, user) };
    }
    // SAFETY: C4: as for the write callback.
    let line = unsafe { decode::bytes(data, size.wrapping_mul(count)) };
    // SAFETY: C2: as above.
    let taken = match unsafe { header_line::<H>(line, Place::Field, user) } {
        // A line is taken whole or not at all.
        Taken::Paused(_) => Taken::Paused(0),
        other => other,
    };
    if matches!(taken, Taken::All) && Lines::may_end_headers(line) {
        // SAFETY: C2: as above; user code has returned.
        unsafe { take_line::<H>(line, Place::Field, user) };
    }
    // SAFETY: C2: as above; user code has returned.
    unsafe { answer::<H>(user, taken, line.len()) }
}

/// Stands in for [`header`] where it is not just one field: where a block of lines
/// begins, in trailers, after a pause, and with an older libcurl. It cannot unwind, so that
/// `header` keeps no frame for the call.
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
    // SAFETY: C4: as for the write callback.
    let data = unsafe { decode::bytes(data, len) };
    // SAFETY: C2: the live context of this `H`; no user code runs meanwhile.
    let Some(before) = unsafe { state::<H>(user) }.receive() else {
        return sys::CURL_WRITEFUNC_PAUSE;
    };
    // SAFETY: C2: as above.
    let taken = unsafe { header_lines::<H>(data, before, user) };
    // SAFETY: C2: as above; user code has returned.
    unsafe { answer::<H>(user, taken, len) }
}

/// Hands over one line.
///
/// # Safety
/// `user` must be the live context of this `H`.
#[inline(always)]
unsafe fn header_line<H: Callbacks>(line: &[u8], place: Place, user: *mut c_void) -> Taken {
    // SAFETY: the caller's promise; C1: the handle is live during a callback.
    let info = unsafe { info::<H>(user) };
    let call = |handler: &mut H| {
        handler
            .header(&HeaderLine::new(line, place, info))
            .into_taken()
    };
    // SAFETY: the caller's promise.
    unsafe { enter::<H, _>(user, Callback::Header, Taken::Stopped, call) }
}

/// Returns the information about the running transfer.
///
/// # Safety
/// `user` must be the live context of this `H`, one of whose callbacks this is.
#[inline(always)]
unsafe fn info<'a, H>(user: *mut c_void) -> Info<'a> {
    // SAFETY: the caller's promise; no user code runs meanwhile.
    let raw = unsafe { state::<H>(user) }.raw;
    // SAFETY: C1: the handle is live during a callback.
    unsafe { Info::new(raw) }
}

/// Notes that a line was taken.
///
/// # Safety
/// `user` must be the live context of this `H`, and nothing of it borrowed.
#[cold]
unsafe fn take_line<H>(line: &[u8], place: Place, user: *mut c_void) {
    // SAFETY: the caller's promise; this is called from within a callback.
    let info = unsafe { info::<H>(user) };
    // SAFETY: the caller's promise; asking libcurl for information calls nothing back.
    unsafe { state::<H>(user) }.lines.take(line, place, &info);
}

/// Takes apart what an older libcurl merges; `at` bytes of it were taken before a pause.
///
/// # Safety
/// `user` must be the live context of this `H`.
#[cold]
unsafe fn header_lines<H: Callbacks>(data: &[u8], mut at: usize, user: *mut c_void) -> Taken {
    let rest = data.get(at..).unwrap_or_default();
    // SAFETY: the caller's promise; no user code runs meanwhile.
    for line in unsafe { state::<H>(user) }.lines.split(rest) {
        // SAFETY: the caller's promise.
        let info = unsafe { info::<H>(user) };
        // SAFETY: the caller's promise; no user code runs meanwhile.
        let place = unsafe { state::<H>(user) }.lines.place(line, at > 0, &info);
        // SAFETY: the caller's promise.
        match unsafe { header_line::<H>(line, place, user) } {
            Taken::All => {
                // SAFETY: the caller's promise; user code has returned.
                unsafe { take_line::<H>(line, place, user) };
                at += line.len();
            }
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
    // SAFETY: C2: the live context of this `H`; no user code runs meanwhile.
    let state = unsafe { state::<H>(user) };
    if state.is_sending_paused() {
        return sys::CURL_READFUNC_PAUSE;
    }
    let len = size.wrapping_mul(count).min(state.announced.limit());
    // SAFETY: C4: "fill the buffer with at most size multiplied by nitems bytes".
    let mut buffer = unsafe { ReadBuf::new(data, len) };
    // SAFETY: C1: the handle is live, and this is one of its callbacks.
    buffer = unsafe { buffer.of(state.raw) };
    let call = |handler: &mut H| {
        if len == 0 {
            return Ok(0);
        }
        let result = handler.read(&mut buffer);
        let answer = result.into_raw(buffer.len())?;
        // SAFETY: C2: as above; user code has returned.
        unsafe { context::state::<H>(user) }
            .announced
            .check(answer, "`read`")?;
        Ok(answer)
    };
    // SAFETY: C2: as above.
    let answer = unsafe { enter::<H, _>(user, Callback::Read, CLOSED, call) };
    // SAFETY: C2: as above; user code has returned.
    let state = unsafe { context::state::<H>(user) };
    match answer {
        sys::CURL_READFUNC_PAUSE => state.pause_sending(),
        // After CLOSED, the count does not matter: nothing more is read.
        len => state.announced.take(len),
    }
    answer
}

/// Replaces an unset `read`: ends the body at once, unless a remote has paused it. It enters no handler.
pub(super) unsafe extern "C" fn send_nothing<H>(
    _: *mut c_char,
    _: size_t,
    _: size_t,
    user: *mut c_void,
) -> size_t {
    // SAFETY: C2: the live context of this `H`; no user code runs meanwhile.
    match unsafe { state::<H>(user) }.is_sending_paused() {
        true => sys::CURL_READFUNC_PAUSE,
        false => 0,
    }
}

pub(super) unsafe extern "C" fn seek<H: Callbacks>(
    user: *mut c_void,
    offset: sys::curl_off_t,
    origin: c_int,
) -> c_int {
    const CLOSED: c_int = sys::CURL_SEEKFUNC_FAIL;
    let call = |handler: &mut H| {
        let to = match (origin, u64::try_from(offset)) {
            (libc::SEEK_SET, Ok(offset)) => SeekFrom::Start(offset),
            (libc::SEEK_CUR, _) => SeekFrom::Current(offset),
            (libc::SEEK_END, _) => SeekFrom::End(offset),
            _ => return SeekResult::CantSeek.into_raw(),
        };
        handler.seek(to).into_raw()
    };
    // SAFETY: C2: the live context of this `H`.
    let answer = unsafe { enter::<H, _>(user, Callback::Seek, CLOSED, call) };
    if let (sys::CURL_SEEKFUNC_OK, Ok(offset)) = (answer, u64::try_from(offset)) {
        // libcurl gives offsets from the beginning only.
        // SAFETY: C2: as above; user code has returned.
        unsafe { state::<H>(user) }.announced.seek(offset);
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
    let call = |handler: &mut H| handler.ioctl(IoctlCommand::from_raw(command)).into_raw();
    // SAFETY: C2: the live context of this `H`.
    let answer = unsafe { enter::<H, _>(user, Callback::Ioctl, CLOSED, call) };
    if answer == sys::CURLIOE_OK {
        // SAFETY: C2: as above; user code has returned.
        unsafe { state::<H>(user) }.announced.seek(0);
    }
    answer
}

/// libcurl ignores the answer: after a failure it is the next callback of
/// another kind that stops the transfer, because the gate is closed. The handle
/// may be an internal one (a DNS-over-HTTPS probe) and is not used.
pub(super) unsafe extern "C" fn debug<H: Callbacks>(
    _: *mut sys::CURL,
    kind: sys::curl_infotype,
    data: *mut c_char,
    len: size_t,
    user: *mut c_void,
) -> c_int {
    // SAFETY: C4: "the data pointed to by the char * is not null-terminated,
    // but is exactly of the size as told by the size argument".
    let data = unsafe { decode::bytes(data, len) };
    if is_locked() {
        // SAFETY: C2: the live context of this `H`.
        unsafe { keep_debug::<H>(user, kind, data) };
        return 0;
    }
    // SAFETY: C2: as above; nothing is borrowed.
    if unsafe { state::<H>(user) }.has_deferred_messages() {
        // SAFETY: C2: as above.
        unsafe { context::deliver::<H>(user) };
    }
    let call = |handler: &mut H| handler.debug(DebugKind::from_raw(kind), data).into_raw(());
    // SAFETY: C2: as above.
    unsafe { enter::<H, _>(user, Callback::Debug, (), call) };
    0
}

/// Keeps what waits for a lock.
#[cold]
unsafe fn keep_debug<H: Callbacks>(user: *mut c_void, kind: sys::curl_infotype, data: &[u8]) {
    let data = data.into();
    let deliver = deliver_debug::<H>;
    let message = DeferredMessage {
        kind,
        data,
        deliver,
    };
    // SAFETY: C2: the live context of this `H`, as `deliver` is.
    unsafe { state::<H>(user) }.deferred_messages.push(message);
}

/// Tells what waited for a lock.
unsafe fn deliver_debug<H: Callbacks>(
    user: *mut c_void,
    DeferredMessage { kind, data, .. }: &DeferredMessage,
) {
    let call = |handler: &mut H| handler.debug(DebugKind::from_raw(*kind), data).into_raw(());
    // SAFETY: C2: the live context of this `H`.
    unsafe { enter::<H, _>(user, Callback::Debug, (), call) };
}
