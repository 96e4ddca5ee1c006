//! RTP packets that are interleaved with RTSP responses.

use std::ffi::c_void;

use libc::{c_char, size_t};

use crate::callbacks::interleave::RtpPacket;
use crate::ffi::{decode, sys};
use crate::run::guard::enter;
use crate::{Callback, Callbacks};

pub(in crate::run) unsafe extern "C" fn interleave<H: Callbacks>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    const CLOSED: size_t = sys::CURL_WRITEFUNC_ERROR;
    let len = size.wrapping_mul(count);
    // SAFETY: C4: as for the write callback.
    let data = unsafe { decode::bytes(data, len) };
    let call = |handler: &mut H| handler.interleave(RtpPacket::new(data)).into_raw(len);
    // SAFETY: C2: the live context of this `H`.
    unsafe { enter::<H, _>(user, Callback::Interleave, CLOSED, call) }
}
