//! The functions that read and write the hosts of an HSTS cache.

use std::ffi::c_void;

use libc::c_char;

use crate::callbacks::hsts::{HstsEntry, HstsIndex, Written};
use crate::ffi::sys;
use crate::run::context::call::Call;
use crate::{Callback, Callbacks};

/// The handle may be a duplicate that libcurl is still making, and is not used.
pub(in crate::run) unsafe extern "C" fn hsts_read<H: Callbacks>(
    _: *mut sys::CURL,
    entry: *mut sys::HstsEntry,
    user: *mut c_void,
) -> sys::CURLSTScode {
    const CLOSED: sys::CURLSTScode = sys::CURLSTS_FAIL;
    // SAFETY: C4: the entry is live for the call; "namelen is the size of the name buffer".
    let capacity = unsafe { (*entry).namelen };
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed.
    let mut call = unsafe { Call::<H>::new(&user) };
    loop {
        let written = call.enter(Callback::HstsRead, None, |handler| {
            handler.hsts_read().into_written(capacity).map(Some)
        });
        match written {
            None => return CLOSED,
            Some(None) => return sys::CURLSTS_DONE,
            Some(Some(written)) if call.has_given(&written) => {}
            Some(Some(written)) => {
                // SAFETY: C4: as above; `into_written` has checked that the name fits.
                unsafe { write(entry, &written) };
                return sys::CURLSTS_OK;
            }
        }
    }
}

/// # Safety
/// `entry` must be the live entry of an `hsts_read` callback, with room for the name and a NUL.
unsafe fn write(entry: *mut sys::HstsEntry, written: &Written) {
    let name = written.host.as_bytes_with_nul();
    // SAFETY: the caller's promise.
    let to = unsafe { (*entry).name };
    // SAFETY: "namelen" does not count the NUL; the two cannot overlap.
    unsafe { to.copy_from_nonoverlapping(name.as_ptr().cast(), name.len()) };
    // SAFETY: the caller's promise.
    unsafe { (*entry).expire = written.date.map(|byte| byte as c_char) };
    let flag = match written.include_subdomains {
        true => sys::STS_INCLUDE_SUB_DOMAINS,
        false => 0,
    };
    // SAFETY: the caller's promise.
    unsafe { (*entry).include_sub_domains = flag };
}

/// libcurl calls this during the cleanup of the handle, so the handle is not used.
pub(in crate::run) unsafe extern "C" fn hsts_write<H: Callbacks>(
    _: *mut sys::CURL,
    entry: *mut sys::HstsEntry,
    index: *mut sys::HstsIndex,
    user: *mut c_void,
) -> sys::CURLSTScode {
    const CLOSED: sys::CURLSTScode = sys::CURLSTS_FAIL;
    // SAFETY: C4: the entry is live for the call.
    let entry = unsafe { &*entry };
    // SAFETY: C4: as above.
    let index = unsafe { &*index };
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed; C4: "the name,
    // of namelen bytes".
    let (mut call, host) = unsafe { Call::<H>::with_bytes(&user, entry.name, entry.namelen) };
    call.enter(Callback::HstsWrite, CLOSED, |handler| {
        let date = entry.expire.map(|byte| byte as u8);
        let date = date.split(|byte| *byte == 0).next().unwrap_or_default();
        let subdomains = entry.include_sub_domains & sys::STS_INCLUDE_SUB_DOMAINS != 0;
        let place = HstsIndex {
            index: index.index,
            total: index.total,
        };
        handler
            .hsts_write(HstsEntry::from_raw(host, date, subdomains), place)
            .into_raw(sys::CURLSTS_OK)
    })
}
