//! The header fields that are sent after a request body.

use std::ffi::c_void;

use libc::c_int;

use crate::callbacks::trailer::Trailers;
use crate::ffi::list::List;
use crate::ffi::sys;
use crate::run::context::call::Call;
use crate::{Callback, Callbacks};

pub(in crate::run) unsafe extern "C" fn trailer<H: Callbacks>(
    list: *mut *mut sys::curl_slist,
    user: *mut c_void,
) -> c_int {
    const CLOSED: c_int = sys::CURL_TRAILERFUNC_ABORT;
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed.
    let mut call = unsafe { Call::<H>::new(&user) };
    let lines = call.enter(Callback::Trailer, None, |handler| {
        let mut trailers = Trailers::default();
        handler.trailer(&mut trailers).into_raw(())?;
        trailers.into_lines().map(|lines| Some(List::new(&lines)))
    });
    let Some(lines) = lines else {
        return CLOSED;
    };
    // SAFETY: C4: "a pointer to a list, which the callback fills"; libcurl frees it.
    unsafe { list.write(lines.into_raw()) };
    sys::CURL_TRAILERFUNC_OK
}
