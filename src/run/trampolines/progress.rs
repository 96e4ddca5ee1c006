//! Progress functions: reporting progress, and ending a transfer.

use std::ffi::c_void;

use libc::c_int;

use crate::callbacks::progress::Next;
use crate::error::Stop;
use crate::ffi::sys;
use crate::run::context::state;
use crate::run::guard::{enter, head};
use crate::run::pause::resume_answered;
use crate::run::trampolines::info;
use crate::{Callback, Callbacks, Progress, XferInfo};

pub(in crate::run) unsafe extern "C" fn xfer_info<H: Callbacks>(
    user: *mut c_void,
    download_total: sys::curl_off_t,
    downloaded: sys::curl_off_t,
    upload_total: sys::curl_off_t,
    uploaded: sys::curl_off_t,
) -> c_int {
    let counters = [download_total, downloaded, upload_total, uploaded];
    // SAFETY: C2: the live context of this `H`, one of whose callbacks this is.
    let info = unsafe { info::<H>(user) };
    let call = |handler: &mut H| handler.xfer_info(&XferInfo::new(counters, info)).into_raw();
    // SAFETY: C2: as above.
    unsafe { report::<H>(user, Callback::XferInfo, call) }
}

pub(in crate::run) unsafe extern "C" fn progress<H: Callbacks>(
    user: *mut c_void,
    download_total: f64,
    downloaded: f64,
    upload_total: f64,
    uploaded: f64,
) -> c_int {
    let counters = [download_total, downloaded, upload_total, uploaded];
    #[expect(deprecated, reason = "this is its trampoline")]
    let call = |handler: &mut H| handler.progress(&Progress::new(counters)).into_raw();
    // SAFETY: C2: the live context of this `H`.
    unsafe { report::<H>(user, Callback::Progress, call) }
}

/// # Safety
/// `user` must be the live context of this `H`.
#[inline(always)]
unsafe fn report<H>(
    user: *mut c_void,
    callback: Callback,
    call: impl FnOnce(&mut H) -> Result<Next, Stop>,
) -> c_int {
    const CLOSED: c_int = 1;
    // SAFETY: the caller's promise; no user code runs meanwhile.
    let head = unsafe { head(user) };
    if head.is_stopping() {
        return head.abort();
    }
    if !head.reports {
        return 0;
    }
    // SAFETY: the caller's promise.
    match unsafe { enter::<H, _>(user, callback, Next::Return(CLOSED), call) } {
        // SAFETY: as above; user code has returned.
        Next::Return(CLOSED) => unsafe { self::head(user) }.refuse_progress(),
        Next::Return(answer) => {
            // SAFETY: as above.
            unsafe { state::<H>(user) }.resumes = false;
            answer
        }
        // SAFETY: the caller's promise; user code has returned.
        Next::Resume(direction) => match unsafe { resume_answered::<H>(user, direction.bit()) } {
            true => 0,
            // SAFETY: as above.
            false => unsafe { self::head(user) }.refuse_progress(),
        },
    }
}

/// The progress function while no progress is reported: it only ends a transfer that must end.
pub(in crate::run) unsafe extern "C" fn watch(
    user: *mut c_void,
    _: sys::curl_off_t,
    _: sys::curl_off_t,
    _: sys::curl_off_t,
    _: sys::curl_off_t,
) -> c_int {
    // SAFETY: C2: the live context, and no user code runs meanwhile.
    unsafe { go_on(user, 0) }
}

/// The progress function while libcurl prints its own meter: it also ends a transfer that must end.
pub(in crate::run) unsafe extern "C" fn meter(
    user: *mut c_void,
    _: sys::curl_off_t,
    _: sys::curl_off_t,
    _: sys::curl_off_t,
    _: sys::curl_off_t,
) -> c_int {
    // SAFETY: C2: the live context, and no user code runs meanwhile.
    unsafe { go_on(user, sys::CURL_PROGRESSFUNC_CONTINUE) }
}

/// Returns `answer`, or the answer that ends the transfer.
///
/// # Safety
/// `user` must be a live context, and nothing of it borrowed.
#[inline(always)]
unsafe fn go_on(user: *mut c_void, answer: c_int) -> c_int {
    // SAFETY: the caller's promise.
    let head = unsafe { head(user) };
    match head.is_stopping() {
        true => head.abort(),
        false => answer,
    }
}
