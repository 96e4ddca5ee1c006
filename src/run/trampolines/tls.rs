//! The TLS context of a connection.

use std::ffi::c_void;

use crate::ffi::ssl_ctx::SslContext;
use crate::ffi::sys;
use crate::run::context::call::Call;
use crate::{Callback, Callbacks};

/// The handle may be an internal one of libcurl; only its TLS backend is read.
pub(in crate::run) unsafe extern "C" fn ssl_ctx<H: Callbacks>(
    raw: *mut sys::CURL,
    context: *mut c_void,
    user: *mut c_void,
) -> sys::CURLcode {
    // libcurl ends the transfer with the code that this function returns.
    const CLOSED: sys::CURLcode = sys::CURLE_ABORTED_BY_CALLBACK;
    // SAFETY: C4: the handle and its TLS context are live for the call.
    let mut context = unsafe { SslContext::new(raw, context) };
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed.
    let mut call = unsafe { Call::<H>::new(&user) };
    let answer = call.enter(Callback::SslCtx, CLOSED, |handler| {
        handler.ssl_ctx(&mut context).into_raw(sys::CURLE_OK)
    });
    if answer == CLOSED {
        call.note_left_connection();
    }
    answer
}
