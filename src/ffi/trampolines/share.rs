//! The locks of a share.

use std::ffi::c_void;

use crate::ffi::share::Locks;
use crate::ffi::sys;

/// The handle may be NULL or an internal one of libcurl, and is not used. The lock is exclusive
/// even if libcurl asks for shared access.
pub(in crate::ffi) unsafe extern "C" fn lock(
    _: *mut sys::CURL,
    data: sys::curl_lock_data,
    _: sys::curl_lock_access,
    user: *mut c_void,
) {
    // SAFETY: S1: the locks live as long as the share.
    let locks = unsafe { &*user.cast::<Locks>() };
    locks.acquire(data);
}

pub(in crate::ffi) unsafe extern "C" fn unlock(
    _: *mut sys::CURL,
    data: sys::curl_lock_data,
    user: *mut c_void,
) {
    // SAFETY: S1: as above.
    let locks = unsafe { &*user.cast::<Locks>() };
    locks.release(data);
}
