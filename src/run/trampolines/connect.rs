//! Name resolution, and the connection before a request.

use std::ffi::c_void;

use libc::{c_char, c_int};

use crate::callbacks::connect::Connection;
use crate::ffi::{decode, sys};
use crate::run::context::call::{Call, InTransfer};
use crate::{Callback, Callbacks};

/// The first argument points to internal data of libcurl, and is not used.
pub(in crate::run) unsafe extern "C" fn resolver_start<H: Callbacks>(
    _: *mut c_void,
    _: *mut c_void,
    user: *mut c_void,
) -> c_int {
    const CLOSED: c_int = 1;
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed.
    let mut call = unsafe { Call::<H>::new(&user) };
    call.enter(Callback::ResolverStart, CLOSED, |handler| {
        handler.resolver_start().into_raw(0)
    })
}

pub(in crate::run) unsafe extern "C" fn prereq<H: Callbacks>(
    user: *mut c_void,
    remote: *mut c_char,
    local: *mut c_char,
    remote_port: c_int,
    local_port: c_int,
) -> c_int {
    const CLOSED: c_int = sys::CURL_PREREQFUNC_ABORT;
    // SAFETY: C4: a NUL-terminated string for the call.
    let remote = unsafe { decode::c_str(remote) }.unwrap_or_default();
    // SAFETY: C4: as above.
    let local = unsafe { decode::c_str(local) }.unwrap_or_default();
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed.
    let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
    let info = call.info();
    call.enter(Callback::Prereq, CLOSED, |handler| {
        let remote = (remote.to_bytes(), remote_port);
        let local = (local.to_bytes(), local_port);
        handler
            .prereq(&Connection::new(remote, local, info))
            .into_raw(sys::CURL_PREREQFUNC_OK)
    })
}
