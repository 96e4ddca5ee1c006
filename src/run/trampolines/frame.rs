//! The write function for bodies that may be frames of a WebSocket.

use std::ffi::c_void;

use libc::{c_char, size_t};

use crate::error::Stop;
use crate::ffi::info::Info;
use crate::ffi::sys;
use crate::ffi::websocket::{self, WsReply};
use crate::run::context::state;
use crate::run::guard::{Failure, head};
use crate::run::trampolines::receive;
use crate::{Callback, Callbacks};

/// Replaces the trampoline of `write` while [`Hooks::FRAME`](crate::Hooks::FRAME) is set.
pub(in crate::run) unsafe extern "C" fn write<H: Callbacks>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    // SAFETY: C2: the live context of this `H`; no user code runs meanwhile.
    let raw = unsafe { state::<H>(user) }.raw;
    // SAFETY: C1: the handle is live, and this is one of its callbacks.
    let Some(piece) = (unsafe { websocket::meta(raw) }) else {
        // SAFETY: the promises of this call, passed on.
        return unsafe { write_unframed::<H>(data, size, count, user) };
    };
    let len = size.wrapping_mul(count);
    // SAFETY: C2: as above.
    let frames = unsafe { &mut state::<H>(user).frames };
    let (frame, mut sending) = (frames.place(piece, len), frames.sending);
    if frames.hides(&frame) {
        frames.take(piece, frame);
        return len;
    }
    let call = |handler: &mut H, data: &[u8]| {
        // The bytes that were taken before a pause are not handed over again.
        let frame = frame.skip(len.saturating_sub(data.len()));
        // SAFETY: C1: as above; the reply does not outlive the call.
        let mut reply = unsafe { WsReply::new(raw, &mut sending) };
        handler.frame(&frame, data, &mut reply)
    };
    // SAFETY: the promises of this call, passed on.
    let answer = unsafe { receive::<H>(data, size, count, user, Callback::Frame, call) };
    // SAFETY: C2: as above; user code has returned.
    unsafe { state::<H>(user) }.frames.sending = sending;
    if answer == sys::CURL_WRITEFUNC_PAUSE {
        if let Err(error) = websocket::check_pause() {
            let stop = Stop::Error(error.into());
            // SAFETY: C2: as above; user code has returned.
            unsafe { head(user) }.fail(Failure::Callback(Callback::Frame, stop));
            return sys::CURL_WRITEFUNC_ERROR;
        }
    }
    // libcurl does not hand over an empty frame again, whatever the answer.
    if answer == len || len == 0 {
        // SAFETY: C2: as above; user code has returned.
        unsafe { state::<H>(user) }.frames.take(piece, frame);
    }
    answer
}

/// Receives data that is not a frame: bytes of a WebSocket in raw mode, or a body.
///
/// # Safety
/// As for `write`.
unsafe fn write_unframed<H: Callbacks>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    // SAFETY: C2: the live context of this `H`; no user code runs meanwhile.
    let state_now = unsafe { state::<H>(user) };
    let (raw, mut sending) = (state_now.raw, state_now.frames.sending);
    // SAFETY: C1: the handle is live, and this is one of its callbacks.
    if !sending.is_raw_mode() || !unsafe { Info::new(raw) }.is_upgraded() {
        // SAFETY: the promises of this call, passed on.
        return unsafe { super::write::<H>(data, size, count, user) };
    }
    let call = |handler: &mut H, data: &[u8]| {
        // SAFETY: C1: as above; the reply does not outlive the call.
        let mut reply = unsafe { WsReply::new(raw, &mut sending) };
        handler.ws_raw(data, &mut reply)
    };
    // SAFETY: the promises of this call, passed on.
    let answer = unsafe { receive::<H>(data, size, count, user, Callback::Frame, call) };
    // SAFETY: C2: as above; user code has returned.
    unsafe { state::<H>(user) }.frames.sending = sending;
    answer
}
