//! The locks of a share.

use std::ffi::c_void;

use crate::Error;
use crate::ffi::share::data::ShareData;
use crate::ffi::share::{Locks, ShareHandle};
use crate::ffi::sys;

/// Makes a share whose locks these functions acquire and release.
pub(crate) fn new(data: ShareData) -> Result<ShareHandle, Error> {
    // SAFETY: the functions below acquire and release a lock of the `Locks` that they get as user data.
    unsafe { ShareHandle::new(data, lock, unlock) }
}

/// Makes a share of addresses for one transfer alone.
pub(crate) fn of_one() -> Result<ShareHandle, Error> {
    new(ShareData::DNS).map(ShareHandle::own)
}

/// The handle may be NULL or an internal one of libcurl, and is not used. The lock is exclusive
/// even if libcurl asks for shared access.
unsafe extern "C" fn lock(
    _: *mut sys::CURL,
    data: sys::curl_lock_data,
    _: sys::curl_lock_access,
    user: *mut c_void,
) {
    // SAFETY: S1: the locks live as long as the share.
    let locks = unsafe { &*user.cast::<Locks>() };
    locks.acquire(data);
}

unsafe extern "C" fn unlock(_: *mut sys::CURL, data: sys::curl_lock_data, user: *mut c_void) {
    // SAFETY: S1: as above.
    let locks = unsafe { &*user.cast::<Locks>() };
    locks.release(data);
}
