//! Two callbacks that libcurl does not have: `final_head`, which the beginning of the body may cause,
//! and `done`.

use std::ffi::c_void;

use libc::{c_char, size_t};

use crate::ffi::sys;
use crate::run::context::call::{Call, InTransfer};
use crate::{Callback, Callbacks};

/// Replaces the trampoline of `write` while [`Hooks::FINAL_HEAD`](crate::Hooks::FINAL_HEAD) is set and
/// [`Hooks::FRAME`](crate::Hooks::FRAME) is not.
pub(in crate::run) unsafe extern "C" fn write<H: Callbacks>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed.
    let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
    if !begin_body(&mut call) {
        return sys::CURL_WRITEFUNC_ERROR;
    }
    // SAFETY: the promises of this call, passed on.
    unsafe { super::write::<H>(data, size, count, user) }
}

/// Notes that a part of the body comes. Returns whether the transfer may go on.
#[inline(always)]
pub(super) fn begin_body<H>(call: &mut Call<'_, H, InTransfer>) -> bool {
    !call.state().final_head.is_awaited() || begin_first(call.reborrow())
}

#[cold]
fn begin_first<H>(mut call: Call<'_, H, InTransfer>) -> bool {
    let facts = call.facts();
    // Older releases of libcurl call the write function also while receiving is paused. The body does not
    // begin then.
    let is_paused = call.state().is_paused(sys::CURLPAUSE_RECV);
    is_paused || !call.state().final_head.begin_body(&facts) || call.tell_final_head()
}

/// Tells the handler that the final headers have come. Returns whether the transfer may go on.
pub(in crate::run) fn tell<H: Callbacks>(mut call: Call<'_, H, InTransfer>) -> bool {
    let info = call.info();
    let tell = |handler: &mut H| handler.final_head(&info).into_raw(true);
    call.enter(Callback::FinalHead, false, tell)
}

/// Tells the handler that the transfer has succeeded. Returns whether the transfer may count as a success.
pub(in crate::run) fn tell_done<H: Callbacks>(mut call: Call<'_, H, InTransfer>) -> bool {
    let info = call.info();
    let tell = |handler: &mut H| handler.done(&info).into_raw(true);
    call.enter(Callback::Done, false, tell)
}
