//! Name resolution, and the connection before a request.

use std::ffi::c_void;

use libc::{c_char, c_int};

use crate::callbacks::connect::{Connection, Endpoint};
use crate::ffi::info::Info;
use crate::ffi::{decode, sys};
use crate::run::context::state;
use crate::run::guard::enter;
use crate::{Callback, Callbacks};

/// The first argument points to internal data of libcurl, and is not used.
pub(in crate::run) unsafe extern "C" fn resolver_start<H: Callbacks>(
    _: *mut c_void,
    _: *mut c_void,
    user: *mut c_void,
) -> c_int {
    const CLOSED: c_int = 1;
    let call = |handler: &mut H| handler.resolver_start().into_raw(0);
    // SAFETY: C2: the live context of this `H`.
    unsafe { enter::<H, _>(user, Callback::ResolverStart, CLOSED, call) }
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
    // SAFETY: C2: the live context of this `H`; no user code runs meanwhile.
    let raw = unsafe { state::<H>(user) }.raw;
    // SAFETY: C1: the handle is live during a callback.
    let info = unsafe { Info::new(raw) };
    let call = |handler: &mut H| {
        let remote = Endpoint::from_raw(remote.to_bytes(), remote_port);
        let local = Endpoint::from_raw(local.to_bytes(), local_port);
        handler
            .prereq(&Connection::new(remote, local, info))
            .into_raw(sys::CURL_PREREQFUNC_OK)
    };
    // SAFETY: C2: as above.
    unsafe { enter::<H, _>(user, Callback::Prereq, CLOSED, call) }
}
