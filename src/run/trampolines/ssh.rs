//! The host keys of SSH servers.

use std::ffi::c_void;

use libc::{c_char, c_int, c_uint, size_t};

use crate::callbacks::ssh::{KhKey, KhMatch};
use crate::ffi::{decode, sys};
use crate::run::context;
use crate::run::guard::enter;
use crate::{Callback, Callbacks};

pub(in crate::run) unsafe extern "C" fn ssh_key<H: Callbacks>(
    _: *mut sys::CURL,
    known: *const sys::KhKey,
    found: *const sys::KhKey,
    matching: c_uint,
    user: *mut c_void,
) -> c_int {
    const CLOSED: c_int = sys::CURLKHSTAT_REJECT;
    let call = |handler: &mut H| {
        // SAFETY: C4: NULL, or a key for the call.
        let known = unsafe { key(known) };
        // SAFETY: C4: as above.
        let found = unsafe { key(found) }.unwrap_or(KhKey::new(0, &[]));
        handler
            .ssh_key(known, found, KhMatch::from_raw(matching))
            .into_raw()
    };
    // SAFETY: C2: the live context of this `H`.
    let answer = unsafe { enter::<H, _>(user, Callback::SshKey, CLOSED, call) };
    if answer == sys::CURLKHSTAT_DEFER {
        // Before 8.14, libcurl calls again and again after this answer. The gate is shut now, so
        // the next call returns `CLOSED`.
        // SAFETY: C2: as above; user code has returned.
        unsafe { context::abort(user, Callback::SshKey) };
    }
    answer
}

/// # Safety
/// `raw` must be NULL or a key that lives as long as `'a`.
unsafe fn key<'a>(raw: *const sys::KhKey) -> Option<KhKey<'a>> {
    // SAFETY: the caller's promise.
    let raw = unsafe { raw.as_ref() }?;
    let bytes = match raw.len {
        // "len can be zero, in which case the key is a null-terminated base64 text".
        // SAFETY: the caller's promise, and libcurl's.
        0 => unsafe { decode::c_str(raw.key) }
            .unwrap_or_default()
            .to_bytes(),
        // SAFETY: the caller's promise.
        len => unsafe { decode::bytes(raw.key, len) },
    };
    Some(KhKey::new(raw.keytype, bytes))
}

pub(in crate::run) unsafe extern "C" fn ssh_hostkey<H: Callbacks>(
    user: *mut c_void,
    kind: c_int,
    data: *const c_char,
    len: size_t,
) -> c_int {
    const CLOSED: c_int = 1; // CURLKHMATCH_MISMATCH
    // SAFETY: C4: "the key, of keylen bytes".
    let data = unsafe { decode::bytes(data, len) };
    let call = |handler: &mut H| {
        handler
            .ssh_hostkey(KhKey::new(kind as c_uint, data))
            .into_raw()
    };
    // SAFETY: C2: the live context of this `H`.
    unsafe { enter::<H, _>(user, Callback::SshHostkey, CLOSED, call) }
}
