//! Pushed transfers.

use std::ffi::c_void;
use std::ptr::NonNull;

use libc::c_int;

use crate::ffi::push_headers::PushHeaders;
use crate::ffi::sys;
use crate::run::guard::enter;
use crate::run::push::{Child, Pushes};
use crate::{Callback, Callbacks};

pub(in crate::run) type PushFunction = unsafe extern "C" fn(
    *mut sys::CURL,
    *mut sys::CURL,
    libc::size_t,
    *mut sys::PushHeaders,
    *mut c_void,
) -> c_int;

/// libcurl's push callback.
pub(in crate::run) unsafe extern "C" fn push<H: Callbacks, C: Child<H>>(
    parent: *mut sys::CURL,
    child: *mut sys::CURL,
    _: libc::size_t,
    headers: *mut sys::PushHeaders,
    user: *mut c_void,
) -> c_int {
    const CLOSED: c_int = sys::CURL_PUSH_DENY;
    // SAFETY: C4: the headers are valid for the call.
    let headers = unsafe { PushHeaders::new(headers) };
    let call = |pushes: &mut Pushes<H, C>| match NonNull::new(child) {
        Some(child) => Ok(pushes.push(parent, child, headers)),
        None => Ok(CLOSED),
    };
    // SAFETY: C2: `user` is the live guard of this `H` and `C`.
    unsafe { enter::<Pushes<H, C>, _>(user, Callback::Push, CLOSED, call) }
}
