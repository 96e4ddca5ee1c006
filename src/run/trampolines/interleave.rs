//! RTP packets that are interleaved with RTSP responses.

use std::ffi::c_void;

use libc::{c_char, size_t};

use crate::callbacks::interleave::RtpPacket;
use crate::ffi::info::current::Current;
use crate::ffi::sys;
use crate::run::context::call::{Call, InTransfer};
use crate::{Callback, Callbacks};

pub(in crate::run) unsafe extern "C" fn interleave<H: Callbacks>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    const CLOSED: size_t = sys::CURL_WRITEFUNC_ERROR;
    let len = size.wrapping_mul(count);
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed; C4: as for the write callback.
    let (mut call, data) = unsafe { Call::<H, InTransfer>::with_bytes(&user, data, len) };
    let raw = call.raw();
    call.enter(Callback::Interleave, CLOSED, |handler| {
        // SAFETY: C1: as above.
        let _current = unsafe { Current::new(raw) };
        handler.interleave(RtpPacket::new(data)).into_raw(len)
    })
}
