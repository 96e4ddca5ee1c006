//! The files that a pattern in an FTP URL matches.

use std::ffi::c_void;
use std::mem::offset_of;

use libc::{c_char, c_int, c_long, c_uint};

use crate::callbacks::wildcard::{FileInfo, FileType, Strings};
use crate::ffi::{decode, sys};
use crate::run::context::call::Call;
use crate::{Callback, Callbacks};

pub(in crate::run) unsafe extern "C" fn chunk_begin<H: Callbacks>(
    info: *const c_void,
    user: *mut c_void,
    remains: c_int,
) -> c_long {
    const CLOSED: c_long = sys::CURL_CHUNK_BGN_FUNC_FAIL;
    // Some releases, such as 7.88.1, clear the data option after a listing. If wildcards were ever turned on,
    // this crate sets the option again before each transfer.
    if user.is_null() {
        return CLOSED;
    }
    // SAFETY: C4: "a pointer to a curl_fileinfo", for the call.
    let info = unsafe { file_info(info.cast()) };
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed.
    let mut call = unsafe { Call::<H>::new(&user) };
    call.enter(Callback::ChunkBegin, CLOSED, |handler| {
        let remains = u64::try_from(remains).unwrap_or_default();
        handler.chunk_begin(&info, remains).into_raw()
    })
}

/// Whether libcurl's `curl_fileinfo` is known to have the fields behind `time` at the offsets that are declared here.
/// Where `time_t` is declared with 32 bits, a distribution may have built libcurl with 64. Distributions with glibc on
/// 32-bit x86 have kept 32.
const LAYOUT_IS_KNOWN: bool =
    offset_of!(sys::curl_fileinfo, perm) - offset_of!(sys::curl_fileinfo, time) == 8
        || cfg!(all(target_arch = "x86", target_env = "gnu"));

/// # Safety
/// `raw` and its strings must live as long as `'a`.
unsafe fn file_info<'a>(raw: *const sys::curl_fileinfo) -> FileInfo<'a> {
    // SAFETY: the caller's promise.
    let raw = unsafe { &*raw };
    let text = |text: *const c_char| {
        // SAFETY: the caller's promise: NULL, or NUL-terminated.
        let text = unsafe { decode::c_str(text) };
        text.map(std::ffi::CStr::to_bytes)
    };
    let known = |flag: c_uint| LAYOUT_IS_KNOWN && raw.flags & flag != 0;
    let later = |string: *const c_char| LAYOUT_IS_KNOWN.then(|| text(string)).flatten();
    // After a symbolic link, some releases, such as 7.88.1, set a wrong `target` in the information
    // about other files. So `target` is read for links only.
    let is_link = raw.filetype == sys::CURLFILETYPE_SYMLINK;
    FileInfo {
        filename: text(raw.filename).unwrap_or_default(),
        filetype: FileType::from_raw(raw.filetype),
        size: known(sys::CURLFINFOFLAG_KNOWN_SIZE)
            .then(|| u64::try_from(raw.size).ok())
            .flatten(),
        perm: known(sys::CURLFINFOFLAG_KNOWN_PERM).then_some(raw.perm),
        uid: known(sys::CURLFINFOFLAG_KNOWN_UID).then_some(raw.uid),
        gid: known(sys::CURLFINFOFLAG_KNOWN_GID).then_some(raw.gid),
        hardlinks: known(sys::CURLFINFOFLAG_KNOWN_HLINKCOUNT)
            .then(|| u64::try_from(raw.hardlinks).ok())
            .flatten(),
        strings: Strings {
            time: later(raw.strings_time),
            perm: later(raw.strings_perm),
            user: later(raw.strings_user),
            group: later(raw.strings_group),
            target: is_link.then(|| later(raw.strings_target)).flatten(),
        },
    }
}

/// libcurl ignores the answer. After a failure, the driver or the next callback stops the transfer,
/// because the gate is shut.
pub(in crate::run) unsafe extern "C" fn chunk_end<H: Callbacks>(user: *mut c_void) -> c_long {
    const CLOSED: c_long = sys::CURL_CHUNK_END_FUNC_FAIL;
    // Some releases clear the data option, as `chunk_begin` says.
    if user.is_null() {
        return CLOSED;
    }
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed.
    let mut call = unsafe { Call::<H>::new(&user) };
    call.enter(Callback::ChunkEnd, CLOSED, |handler| {
        handler.chunk_end().into_raw(sys::CURL_CHUNK_END_FUNC_OK)
    })
}

/// libcurl treats the error value as a name that does not match, but the gate is shut, so the
/// failure ends the transfer.
pub(in crate::run) unsafe extern "C" fn fnmatch<H: Callbacks>(
    user: *mut c_void,
    pattern: *const c_char,
    name: *const c_char,
) -> c_int {
    const CLOSED: c_int = sys::CURL_FNMATCHFUNC_FAIL;
    // SAFETY: C4: a NUL-terminated string for the call.
    let pattern = unsafe { decode::c_str(pattern) }.unwrap_or_default();
    // SAFETY: C4: as above.
    let name = unsafe { decode::c_str(name) }.unwrap_or_default();
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed.
    let mut call = unsafe { Call::<H>::new(&user) };
    call.enter(Callback::Fnmatch, CLOSED, |handler| {
        handler
            .fnmatch(pattern.to_bytes(), name.to_bytes())
            .into_raw()
    })
}
