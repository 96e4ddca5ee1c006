//! Pausing and resuming the directions of a transfer.

use std::ffi::c_void;

use libc::c_int;

use crate::Code;
use crate::ffi::sigpipe::Quiet;
use crate::ffi::sys;
use crate::run::context::{Owner, state};
use crate::run::guard::{Failure, head};

impl<H> Owner<H> {
    /// Pauses and resumes directions of the running transfer; libcurl may call callbacks
    /// meanwhile.
    pub(super) fn redirect(&mut self, pause: c_int, resume: c_int) {
        let user = self.as_user_data();
        if resume != 0 {
            // SAFETY: C2: the live context; C3: `&mut self` means that nothing is borrowed.
            unsafe { self::resume::<H>(user, resume) };
        }
        // SAFETY: C2 and C3: as above.
        if unsafe { state::<H>(user) }.pause(pause) {
            // Older releases refuse a pause without a connection. The first callback of that
            // direction then answers that it pauses.
            // SAFETY: C2 and C3: as above.
            unsafe { tell::<H>(user, 0) };
        }
    }
}

/// Resumes directions of the running transfer, after the callback that answered so has
/// returned; libcurl may call other callbacks meanwhile. Returns whether the transfer may go on.
///
/// # Safety
/// `user` must be the live `Context<H>` of C2, and nothing of it borrowed.
#[cold]
pub(super) unsafe fn resume_answered<H>(user: *mut c_void, directions: c_int) -> bool {
    // SAFETY: the caller's promise.
    let state = unsafe { state::<H>(user) };
    // A resume makes libcurl run the transfer, and report progress again: a handler that always
    // answers with a resume would keep the thread busy although nothing is paused.
    let again = std::mem::replace(&mut state.resumes, true);
    if again && !state.is_paused(directions) {
        return true;
    }
    // SAFETY: the caller's promise; the borrow above is over.
    unsafe { resume::<H>(user, directions) }
}

/// Resumes directions as [`resume_answered`] does, also if none of them is paused.
///
/// # Safety
/// As for [`resume_answered`].
#[cold]
unsafe fn resume<H>(user: *mut c_void, directions: c_int) -> bool {
    // SAFETY: the caller's promise.
    let state = unsafe { state::<H>(user) };
    let mut code = sys::CURLE_OK;
    if state.is_paused(directions) {
        state.resume(directions);
    } else {
        // Something else may have suspended the transfer, as a verify callback of the TLS library
        // does. libcurl runs the transfer only if its mask changes, so the mask changes twice.
        // SAFETY: the caller's promise; the borrow above is over.
        code = unsafe { tell::<H>(user, directions) };
    }
    if code == sys::CURLE_OK {
        // SAFETY: the caller's promise; the borrow above is over.
        code = unsafe { tell::<H>(user, 0) };
    }
    // SAFETY: C2: the context is live, and the call that could borrow it is over.
    let head = unsafe { head(user) };
    // Older releases return this code as long as there is no connection to pause or resume.
    let resumed = [sys::CURLE_OK, sys::CURLE_BAD_FUNCTION_ARGUMENT].contains(&code);
    if !resumed && head.is_open() {
        head.fail(Failure::Libcurl(Code::from_raw(code)));
    }
    head.is_open()
}

/// Sets libcurl's mask to the paused directions and to `others`; libcurl may call callbacks
/// meanwhile. The mask has both directions, so one that has not changed is set again.
///
/// # Safety
/// As for [`resume_answered`].
unsafe fn tell<H>(user: *mut c_void, others: c_int) -> sys::CURLcode {
    // SAFETY: the caller's promise.
    let state = unsafe { state::<H>(user) };
    let (raw, paused) = (state.raw, state.paused() | others);
    let _quiet = Quiet::new();
    // SAFETY: C1: the handle is live; nothing of the context is borrowed, so
    // the callbacks that this may run find it free.
    unsafe { sys::curl_easy_pause(raw.as_ptr(), paused) }
}
