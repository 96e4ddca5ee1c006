//! The parts of a form whose content a user's reader provides.

use std::ffi::c_void;

use libc::{c_char, c_int, size_t};

use crate::ffi::sys;
use crate::run::context::state;
use crate::run::guard::pass;
use crate::run::mime::PartReader;
use crate::{Callback, ReadBuf, SeekResult};

pub(in crate::run) unsafe extern "C" fn read<H>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    own: *mut c_void,
) -> size_t {
    const CLOSED: size_t = sys::CURL_READFUNC_ABORT;
    let own = own.cast::<PartReader>();
    // SAFETY: C8: the reader is live, and its user code does not run.
    let reader = unsafe { &mut *own };
    let user = reader.user;
    // SAFETY: C2: the live context of this `H`; no user code runs meanwhile.
    if unsafe { state::<H>(user) }.is_sending_paused() {
        return reader.halt();
    }
    if reader.behind || !reader.begun {
        // SAFETY: C8 and C3: `pass` runs one piece of user code at a time.
        let call = || unsafe { &mut *own }.rewind().map(|()| true);
        // SAFETY: C2: as above; nothing of the context is borrowed.
        if !unsafe { pass(user, Callback::MimeSeek, false, call) } {
            return CLOSED;
        }
    }
    // SAFETY: C8: as above; user code has returned.
    let reader = unsafe { &mut *own };
    reader.halted = false;
    let len = size.wrapping_mul(count).min(reader.announced.limit());
    // SAFETY: C4: as for the read callback.
    let buffer = unsafe { ReadBuf::new(data, len) };
    // SAFETY: C8 and C3: `pass` runs one piece of user code at a time.
    let call = || unsafe { &mut *own }.fill(buffer);
    // SAFETY: C2: as above; nothing of the context is borrowed.
    let answer = unsafe { pass(user, Callback::MimeRead, CLOSED, call) };
    if answer == sys::CURL_READFUNC_PAUSE {
        // SAFETY: C2: as above; user code has returned.
        unsafe { state::<H>(user) }.pause_sending();
        // SAFETY: C8: as above; user code has returned.
        return unsafe { &mut *own }.halt();
    }
    answer
}

pub(in crate::run) unsafe extern "C" fn seek(
    own: *mut c_void,
    offset: sys::curl_off_t,
    origin: c_int,
) -> c_int {
    const CLOSED: c_int = sys::CURL_SEEKFUNC_FAIL;
    let own = own.cast::<PartReader>();
    // SAFETY: C8: the reader is live, and its user code does not run.
    let user = unsafe { (*own).user };
    let call = || {
        let (libc::SEEK_SET, Ok(offset)) = (origin, u64::try_from(offset)) else {
            return SeekResult::CantSeek.into_raw();
        };
        // SAFETY: C8 and C3: `pass` runs one piece of user code at a time.
        unsafe { &mut *own }.seek(offset)
    };
    // SAFETY: C2: the live context; nothing of it is borrowed.
    unsafe { pass(user, Callback::MimeSeek, CLOSED, call) }
}
