//! The functions that libcurl calls while a body is read.

use std::ffi::c_void;

use libc::{c_char, size_t};

use super::final_head::begin_body;
use super::{answer, header_lines};
use crate::Callback;
use crate::callbacks::body::Taken;
use crate::error::Stop;
use crate::ffi::sys;
use crate::run::context::call::{Call, InTransfer};
use crate::run::guard::Failure;

/// Replaces `write`: puts the data into the inbox, or makes libcurl wait until that was read.
pub(in crate::run) unsafe extern "C" fn write<H>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    let len = size.wrapping_mul(count);
    // SAFETY: C1: a transfer of a live handle; C2: the live context of this `H`; C3: nothing of it is
    // borrowed; C4: as for the trampoline of `write`.
    let (mut call, data) = unsafe { Call::<H, InTransfer>::with_bytes(&user, data, len) };
    let Some(before) = call.state().receive() else {
        return sys::CURL_WRITEFUNC_PAUSE;
    };
    if !call.is_open() || !begin_body(&mut call) {
        return sys::CURL_WRITEFUNC_ERROR;
    }
    let Some(inbox) = &mut call.state().inbox else {
        return len;
    };
    if !inbox.is_full() {
        inbox.append(data.get(before..).unwrap_or_default());
        return len;
    }
    inbox.holds = true;
    refuse_file(call.reborrow());
    answer(&mut call, Taken::Paused(before), len)
}

/// Stops the transfer of a file, which libcurl cannot pause.
#[cold]
fn refuse_file<H>(mut call: Call<'_, H, InTransfer>) {
    let scheme = call.info().scheme().ok().flatten();
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("file")) {
        let stop = Stop::Error("libcurl cannot pause the transfer of a file".into());
        call.fail(Failure::Callback(Callback::Write, stop));
    }
}

/// Replaces an unset `header`: looks for the final headers. It enters no handler.
pub(in crate::run) unsafe extern "C" fn header<H>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    let len = size.wrapping_mul(count);
    // SAFETY: C1: a transfer of a live handle; C2: the live context of this `H`; C3: nothing of it is
    // borrowed; C4: as for the trampoline of `write`.
    let (mut call, data) = unsafe { Call::<H, InTransfer>::with_bytes(&user, data, len) };
    if call.state().is_plain_field(data) && call.is_open() {
        return len;
    }
    let Some(before) = call.state().receive() else {
        return sys::CURL_WRITEFUNC_PAUSE;
    };
    if !call.is_open() {
        return sys::CURL_WRITEFUNC_ERROR;
    }
    let taken = header_lines(data, before, call.reborrow(), |_, _, _| Taken::All);
    answer(&mut call, taken, len)
}
