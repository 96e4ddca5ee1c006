//! The host keys of SSH servers.

use std::ffi::c_void;

use libc::{c_char, c_int, c_uint, size_t};

use crate::callbacks::ssh::{KhKey, KhMatch};
use crate::ffi::{decode, sys};
use crate::run::context::call::Call;
use crate::{Callback, Callbacks};

pub(in crate::run) unsafe extern "C" fn ssh_key<H: Callbacks>(
    _: *mut sys::CURL,
    known: *const sys::KhKey,
    found: *const sys::KhKey,
    matching: c_uint,
    user: *mut c_void,
) -> c_int {
    const CLOSED: c_int = sys::CURLKHSTAT_REJECT;
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed.
    let mut call = unsafe { Call::<H>::new(&user) };
    let answer = call.enter(Callback::SshKey, CLOSED, |handler| {
        // SAFETY: C4: NULL, or a key for the call.
        let known = unsafe { key(known) };
        // SAFETY: C4: as above.
        let found = unsafe { key(found) }.unwrap_or(KhKey::new(0, &[]));
        handler
            .ssh_key(known, found, KhMatch::from_raw(matching))
            .into_raw()
    });
    if answer == sys::CURLKHSTAT_DEFER {
        // With libssh2, libcurl before 8.14.0 calls this function again and again after this answer. The gate is
        // shut now, so the next call returns `CLOSED`.
        call.abort(Callback::SshKey);
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
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed; C4: "the key,
    // of keylen bytes".
    let (mut call, data) = unsafe { Call::<H>::with_bytes(&user, data, len) };
    call.enter(Callback::SshHostkey, CLOSED, |handler| {
        handler
            .ssh_hostkey(KhKey::new(kind as c_uint, data))
            .into_raw()
    })
}
