//! The declarations of `curl_sys`, and those that it lacks.

pub(crate) use curl_sys::*;
use libc::{c_int, c_void, size_t};

// Since 7.32.0. The data option is PROGRESSDATA under a second name.
pub(crate) const CURLOPT_XFERINFOFUNCTION: CURLoption = 20_219;
pub(crate) const CURLOPT_XFERINFODATA: CURLoption = CURLOPT_PROGRESSDATA;

// The longest text or blob that libcurl takes.
pub(crate) const CURL_MAX_INPUT_LENGTH: usize = 8_000_000;

// Since 7.87.0; before, any count but the right one does the same.
pub(crate) const CURL_WRITEFUNC_ERROR: size_t = 0xFFFF_FFFF;
// Since 7.68.0.
pub(crate) const CURL_PROGRESSFUNC_CONTINUE: c_int = 0x1000_0001;

// Since 7.55.0: the type of information that is a curl_off_t.
pub(crate) const CURLINFO_OFF_T: CURLINFO = 0x60_0000;

// The types of the callbacks, as curl.h has them. `curl_sys` declares some as
// safe functions and lacks others; the trampolines are checked against these.
pub(crate) type WriteFunction =
    unsafe extern "C" fn(*mut libc::c_char, size_t, size_t, *mut c_void) -> size_t;
pub(crate) type ReadFunction = WriteFunction;
pub(crate) type SeekFunction = unsafe extern "C" fn(*mut c_void, curl_off_t, c_int) -> c_int;
pub(crate) type IoctlFunction = unsafe extern "C" fn(*mut CURL, c_int, *mut c_void) -> curlioerr;
pub(crate) type DebugFunction =
    unsafe extern "C" fn(*mut CURL, curl_infotype, *mut libc::c_char, size_t, *mut c_void) -> c_int;
pub(crate) type XferInfoFunction =
    unsafe extern "C" fn(*mut c_void, curl_off_t, curl_off_t, curl_off_t, curl_off_t) -> c_int;
pub(crate) type ProgressFunction = unsafe extern "C" fn(*mut c_void, f64, f64, f64, f64) -> c_int;
