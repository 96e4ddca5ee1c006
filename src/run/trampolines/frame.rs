//! The write function for data that may be frames of a WebSocket.

use std::ffi::c_void;

use libc::{c_char, size_t};

use crate::error::Stop;
use crate::ffi::info::current::Current;
use crate::ffi::sys;
use crate::ffi::websocket::{self, WsReply};
use crate::run::context::call::{Call, InTransfer};
use crate::run::guard::Failure;
use crate::run::trampolines::final_head::begin_body;
use crate::run::trampolines::receive;
use crate::{Callback, Callbacks};

/// Replaces the trampoline of `write` while [`Hooks::FRAME`](crate::Hooks::FRAME) is set.
pub(in crate::run) unsafe extern "C" fn write<H: Callbacks>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    let len = size.wrapping_mul(count);
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed; C4: as for the trampoline of `write`.
    let (mut call, data) = unsafe { Call::<H, InTransfer>::with_bytes(&user, data, len) };
    let raw = call.raw();
    // SAFETY: C1: the handle is live, and this is one of its callbacks.
    let Some(piece) = (unsafe { websocket::meta(raw) }) else {
        return write_unframed(data, len, call);
    };
    let frames = &mut call.state().frames;
    let (frame, mut sending) = (frames.place(piece, len), frames.sending);
    if frames.hides(&frame) {
        frames.take(piece, frame);
        return len;
    }
    let hand_over = |handler: &mut H, data: &[u8]| {
        // The bytes that were taken before a pause are not handed over again.
        let frame = frame.skip(len.saturating_sub(data.len()));
        // SAFETY: C1: as above; the reply does not outlive the call.
        let mut reply = unsafe { WsReply::new(raw, &mut sending) };
        // By default, `frame` calls `write`.
        // SAFETY: C1: as above.
        let _current = unsafe { Current::new(raw) };
        handler.frame(&frame, data, &mut reply)
    };
    let answer = receive(data, len, &mut call, Callback::Frame, hand_over);
    call.state().frames.sending = sending;
    if answer == sys::CURL_WRITEFUNC_PAUSE {
        if let Err(error) = websocket::check_pause() {
            let stop = Stop::Error(error.into());
            call.fail(Failure::Callback(Callback::Frame, stop));
            return sys::CURL_WRITEFUNC_ERROR;
        }
    }
    // libcurl does not hand over an empty frame again, whatever the answer.
    if answer == len || len == 0 {
        call.state().frames.take(piece, frame);
    }
    answer
}

/// Receives data that is not a frame: bytes of a WebSocket in raw mode, or a body.
fn write_unframed<H: Callbacks>(
    data: &[u8],
    len: size_t,
    mut call: Call<'_, H, InTransfer>,
) -> size_t {
    if !begin_body(&mut call) {
        return sys::CURL_WRITEFUNC_ERROR;
    }
    let (raw, mut sending) = (call.raw(), call.state().frames.sending);
    if !sending.is_raw_mode() || !call.info().is_upgraded() {
        let hand_over = |handler: &mut H, data: &[u8]| {
            // SAFETY: C1: the handle is live, and this is one of its callbacks.
            let _current = unsafe { Current::new(raw) };
            handler.write(data)
        };
        return receive(data, len, &mut call, Callback::Write, hand_over);
    }
    let hand_over = |handler: &mut H, data: &[u8]| {
        // SAFETY: C1: the handle is live, and this is one of its callbacks; the reply does not outlive
        // the call.
        let mut reply = unsafe { WsReply::new(raw, &mut sending) };
        handler.ws_raw(data, &mut reply)
    };
    let answer = receive(data, len, &mut call, Callback::Frame, hand_over);
    call.state().frames.sending = sending;
    answer
}
