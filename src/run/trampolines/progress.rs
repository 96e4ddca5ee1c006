//! Progress functions: reporting progress, and ending a transfer.

use std::ffi::c_void;

use libc::c_int;

use crate::callbacks::progress::{Next, show_meter};
use crate::error::Stop;
use crate::ffi::sys;
use crate::run::context::call::{Call, InTransfer};
use crate::run::guard::{Head, head};
use crate::{Callback, Callbacks, Progress, XferInfo};

pub(in crate::run) unsafe extern "C" fn xfer_info<H: Callbacks>(
    user: *mut c_void,
    download_total: sys::curl_off_t,
    downloaded: sys::curl_off_t,
    upload_total: sys::curl_off_t,
    uploaded: sys::curl_off_t,
) -> c_int {
    let counters = [download_total, downloaded, upload_total, uploaded];
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed.
    let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
    let info = call.info();
    let hand_over = |handler: &mut H| handler.xfer_info(&XferInfo::new(counters, info)).into_raw();
    report(&mut call, Callback::XferInfo, hand_over)
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
    let hand_over = |handler: &mut H| handler.progress(&Progress::new(counters)).into_raw();
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed.
    let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
    report(&mut call, Callback::Progress, hand_over)
}

/// Reports progress to the handler, if progress is reported, and returns the handler's answer. If the transfer
/// has to end, returns the answer of [`Head::refuse_progress`].
#[inline(always)]
fn report<H>(
    call: &mut Call<'_, H, InTransfer>,
    callback: Callback,
    hand_over: impl FnOnce(&mut H) -> Result<Next, Stop>,
) -> c_int {
    const CLOSED: c_int = 1;
    if !call.is_open() || call.is_stopping() {
        // SAFETY: C1 to C3: `call` was made from this pointer, and is not used meanwhile.
        return unsafe { refuse::<H>(call.as_user_data()) };
    }
    if !call.reports() {
        return 0;
    }
    match call.enter(callback, Next::Return(CLOSED), hand_over) {
        Next::Return(CLOSED) => call.refuse_progress(),
        Next::Return(answer) => {
            call.state().resumes = false;
            answer
        }
        Next::Resume(direction) => match call.reborrow().resume_answered(direction.bit()) {
            true => 0,
            false => call.refuse_progress(),
        },
    }
}

/// Does what [`report`] does if the handler may not be called. It cannot unwind, so that the
/// trampoline keeps no frame for the call.
///
/// # Safety
/// `user` must be the pointer that libcurl passes to the progress function, in a call of that function.
#[cold]
unsafe extern "C" fn refuse<H>(user: *mut c_void) -> c_int {
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed, except the handler while the gate is not open.
    let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
    if call.is_stopping() {
        return call.abort_progress();
    }
    match call.reports() {
        // The gate is closed because another callback is on the stack.
        true => call.refuse_progress(),
        false => 0,
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
    // SAFETY: C2: `user` is a live context; C3: nothing of it is borrowed.
    go_on(unsafe { head(user) }, 0)
}

/// The progress function while libcurl prints its own meter: it also ends a transfer that must end.
pub(in crate::run) unsafe extern "C" fn meter(
    user: *mut c_void,
    _: sys::curl_off_t,
    _: sys::curl_off_t,
    _: sys::curl_off_t,
    _: sys::curl_off_t,
) -> c_int {
    // SAFETY: C2: `user` is a live context; C3: nothing of it is borrowed.
    go_on(unsafe { head(user) }, show_meter())
}

/// Returns `answer`, or, if the transfer must end, the answer of [`Head::abort`].
#[inline(always)]
fn go_on(head: &mut Head, answer: c_int) -> c_int {
    match head.is_stopping() {
        true => head.abort(),
        false => answer,
    }
}
