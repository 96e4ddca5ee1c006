//! The declarations of `curl_sys`, and those that it lacks.

pub(crate) use curl_sys::*;
use libc::{c_int, c_void, size_t};

mod more;

pub(crate) use more::*;

// Since 7.32.0. The data option is PROGRESSDATA under a second name.
pub(crate) const CURLOPT_XFERINFOFUNCTION: CURLoption = 20_219;
pub(crate) const CURLOPT_XFERINFODATA: CURLoption = CURLOPT_PROGRESSDATA;

// Since 7.65.0: the length of the longest string or blob that libcurl accepts for most options.
pub(crate) const CURL_MAX_INPUT_LENGTH: usize = 8_000_000;

// Since 7.87.0. In older releases, it does the same, like any other count that is neither the number of bytes
// passed nor the value that pauses.
pub(crate) const CURL_WRITEFUNC_ERROR: size_t = 0xFFFF_FFFF;
// Since 7.20.0; the option in milliseconds since 8.6.0.
pub(crate) const CURLOPT_SERVER_RESPONSE_TIMEOUT: CURLoption = 112;
pub(crate) const CURLOPT_SERVER_RESPONSE_TIMEOUT_MS: CURLoption = 324;
// Since 7.87.0.
pub(crate) const CURLOPT_QUICK_EXIT: CURLoption = 322;
// Since 7.68.0.
pub(crate) const CURL_PROGRESSFUNC_CONTINUE: c_int = 0x1000_0001;

// Since 7.55.0: the type of information that is a curl_off_t.
pub(crate) const CURLINFO_OFF_T: CURLINFO = 0x60_0000;

// The types of the callbacks, as curl.h has them. `curl_sys` declares some as
// safe functions and lacks others. Each trampoline must have one of these types.
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

// Since 7.21.5.
pub(crate) const CURL_SOCKOPT_OK: c_int = 0;
pub(crate) const CURL_SOCKOPT_ERROR: c_int = 1;
pub(crate) const CURL_SOCKOPT_ALREADY_CONNECTED: c_int = 2;
// Since 7.84.0.
pub(crate) const CURLOPT_SSH_HOSTKEYFUNCTION: CURLoption = 20_316;
pub(crate) const CURLOPT_SSH_HOSTKEYDATA: CURLoption = 10_317;
// Since 7.80.0.
pub(crate) const CURL_PREREQFUNC_OK: c_int = 0;
pub(crate) const CURL_PREREQFUNC_ABORT: c_int = 1;
pub(crate) const CURLOPT_PREREQFUNCTION: CURLoption = 20_312;
pub(crate) const CURLOPT_PREREQDATA: CURLoption = 10_313;
// Since 7.59.0.
pub(crate) const CURLOPT_RESOLVER_START_FUNCTION: CURLoption = 20_272;
pub(crate) const CURLOPT_RESOLVER_START_DATA: CURLoption = 10_273;
// Since 8.17.0.
pub(crate) const CURLMOPT_NOTIFYFUNCTION: CURLMoption = 20_018;
pub(crate) const CURLMOPT_NOTIFYDATA: CURLMoption = 10_019;
pub(crate) const CURLMNOTIFY_INFO_READ: libc::c_uint = 0;
pub(crate) const CURLMNOTIFY_EASY_DONE: libc::c_uint = 1;
// Since 7.44.0. CURL_PUSH_ERROROUT, which also ends the parent, is not used: this crate denies the push,
// and ends the parent with an error of its own.
pub(crate) const CURL_PUSH_OK: c_int = 0;
pub(crate) const CURL_PUSH_DENY: c_int = 1;

/// `struct curl_pushheaders`.
pub(crate) enum PushHeaders {}

// Functions that the linked library may lack: `build.rs` looks at its version and, if it is static,
// at its symbols.
unsafe extern "C" {
    #[cfg(has_multi_get_offt)]
    pub(crate) fn curl_multi_get_offt(
        multi: *mut CURLM,
        info: libc::c_uint,
        value: *mut curl_off_t,
    ) -> CURLMcode;
    #[cfg(has_multi_notify)]
    pub(crate) fn curl_multi_notify_enable(multi: *mut CURLM, kind: libc::c_uint) -> CURLMcode;
    #[cfg(has_multi_notify)]
    pub(crate) fn curl_multi_notify_disable(multi: *mut CURLM, kind: libc::c_uint) -> CURLMcode;
    #[cfg(has_get_handles)]
    pub(crate) fn curl_multi_get_handles(multi: *mut CURLM) -> *mut *mut CURL;
    // Since 7.44.0; a static libcurl without HTTP/2 may lack them.
    #[cfg(has_safe_push)]
    pub(crate) fn curl_pushheader_bynum(
        headers: *mut PushHeaders,
        number: size_t,
    ) -> *mut libc::c_char;
    #[cfg(has_safe_push)]
    pub(crate) fn curl_pushheader_byname(
        headers: *mut PushHeaders,
        name: *const libc::c_char,
    ) -> *mut libc::c_char;
}

// Since 7.61.0.
pub(crate) const CURL_LOCK_DATA_PSL: curl_lock_data = 6;
// Since 7.88.0.
pub(crate) const CURL_LOCK_DATA_HSTS: curl_lock_data = 7;
// Since 7.74.0.
pub(crate) const CURLOPT_HSTS_CTRL: CURLoption = 299;
pub(crate) const CURLHSTS_ENABLE: libc::c_long = 1;
// Since 7.48.0.
pub(crate) const CURLINFO_TLS_SSL_PTR: CURLINFO = 0x40_0000 + 45;

// `curl_khtype`.
pub(crate) const CURLKHTYPE_UNKNOWN: libc::c_uint = 0;
pub(crate) const CURLKHTYPE_RSA1: libc::c_uint = 1;
pub(crate) const CURLKHTYPE_RSA: libc::c_uint = 2;
pub(crate) const CURLKHTYPE_DSS: libc::c_uint = 3;
pub(crate) const CURLKHTYPE_ECDSA: libc::c_uint = 4;
pub(crate) const CURLKHTYPE_ED25519: libc::c_uint = 5;
// `curl_khmatch`.
pub(crate) const CURLKHMATCH_OK: libc::c_uint = 0;
pub(crate) const CURLKHMATCH_MISMATCH: libc::c_uint = 1;
pub(crate) const CURLKHMATCH_MISSING: libc::c_uint = 2;
// `curl_khstat`.
pub(crate) const CURLKHSTAT_FINE_ADD_TO_FILE: c_int = 0;
pub(crate) const CURLKHSTAT_FINE: c_int = 1;
pub(crate) const CURLKHSTAT_REJECT: c_int = 2;
pub(crate) const CURLKHSTAT_DEFER: c_int = 3;
pub(crate) const CURLKHSTAT_FINE_REPLACE: c_int = 4;

/// `struct curl_khkey`.
#[repr(C)]
pub(crate) struct KhKey {
    pub(crate) key: *const libc::c_char,
    pub(crate) len: size_t,
    pub(crate) keytype: libc::c_uint,
}

/// `struct curl_tlssessioninfo`.
#[repr(C)]
pub(crate) struct TlsSessionInfo {
    pub(crate) backend: libc::c_uint,
    pub(crate) internals: *mut c_void,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<KhKey>() == 24 && size_of::<TlsSessionInfo>() == 16);

pub(crate) type OpenSocketFunction =
    unsafe extern "C" fn(*mut c_void, curlsocktype, *mut curl_sockaddr) -> curl_socket_t;
pub(crate) type SockoptFunction =
    unsafe extern "C" fn(*mut c_void, curl_socket_t, curlsocktype) -> c_int;
pub(crate) type CloseSocketFunction = unsafe extern "C" fn(*mut c_void, curl_socket_t) -> c_int;
pub(crate) type ResolverStartFunction =
    unsafe extern "C" fn(*mut c_void, *mut c_void, *mut c_void) -> c_int;
pub(crate) type LockFunction =
    unsafe extern "C" fn(*mut CURL, curl_lock_data, curl_lock_access, *mut c_void);
pub(crate) type UnlockFunction = unsafe extern "C" fn(*mut CURL, curl_lock_data, *mut c_void);
pub(crate) type PrereqFunction =
    unsafe extern "C" fn(*mut c_void, *mut libc::c_char, *mut libc::c_char, c_int, c_int) -> c_int;
pub(crate) type SslCtxFunction =
    unsafe extern "C" fn(*mut CURL, *mut c_void, *mut c_void) -> CURLcode;
pub(crate) type SshKeyFunction =
    unsafe extern "C" fn(*mut CURL, *const KhKey, *const KhKey, libc::c_uint, *mut c_void) -> c_int;
pub(crate) type SshHostKeyFunction =
    unsafe extern "C" fn(*mut c_void, c_int, *const libc::c_char, size_t) -> c_int;

// Since 7.56.0.
pub(crate) const CURLOPT_MIMEPOST: CURLoption = 10_269;
// Since 7.69.1.
/// The answer of libcurl's own readers of parts that makes libcurl send the bytes before it, and then
/// call the reader again.
pub(crate) const STOP_FILLING: size_t = size_t::MAX - 1;

/// `curl_mime`, which only libcurl looks into.
#[repr(C)]
pub(crate) struct Mime {
    _private: [u8; 0],
}

/// `curl_mimepart`, which only libcurl looks into.
#[repr(C)]
pub(crate) struct MimePart {
    _private: [u8; 0],
}

unsafe extern "C" {
    pub(crate) fn curl_mime_init(easy: *mut CURL) -> *mut Mime;
    pub(crate) fn curl_mime_free(mime: *mut Mime);
    pub(crate) fn curl_mime_addpart(mime: *mut Mime) -> *mut MimePart;
    pub(crate) fn curl_mime_name(part: *mut MimePart, name: *const libc::c_char) -> CURLcode;
    pub(crate) fn curl_mime_filename(part: *mut MimePart, name: *const libc::c_char) -> CURLcode;
    pub(crate) fn curl_mime_type(part: *mut MimePart, kind: *const libc::c_char) -> CURLcode;
    pub(crate) fn curl_mime_encoder(part: *mut MimePart, name: *const libc::c_char) -> CURLcode;
    pub(crate) fn curl_mime_data(
        part: *mut MimePart,
        data: *const libc::c_char,
        len: size_t,
    ) -> CURLcode;
    pub(crate) fn curl_mime_filedata(part: *mut MimePart, path: *const libc::c_char) -> CURLcode;
    pub(crate) fn curl_mime_data_cb(
        part: *mut MimePart,
        len: curl_off_t,
        read: Option<ReadFunction>,
        seek: Option<SeekFunction>,
        free: Option<unsafe extern "C" fn(*mut c_void)>,
        user: *mut c_void,
    ) -> CURLcode;
    pub(crate) fn curl_mime_subparts(part: *mut MimePart, mime: *mut Mime) -> CURLcode;
    pub(crate) fn curl_mime_headers(
        part: *mut MimePart,
        headers: *mut curl_slist,
        take_ownership: c_int,
    ) -> CURLcode;
    // Since 7.62.0; of use since 8.10.0.
    #[cfg(has_upkeep)]
    pub(crate) fn curl_easy_upkeep(easy: *mut CURL) -> CURLcode;
}

// Takes the place of the function in builds that do not use it.
#[cfg(not(has_upkeep))]
pub(crate) unsafe fn curl_easy_upkeep(_: *mut CURL) -> CURLcode {
    CURLE_NOT_BUILT_IN
}

/// `struct curl_header`.
#[cfg(has_header)]
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Header {
    pub(crate) name: *const libc::c_char,
    pub(crate) value: *const libc::c_char,
    pub(crate) amount: size_t,
    pub(crate) index: size_t,
    pub(crate) origin: libc::c_uint,
    pub(crate) anchor: *mut c_void,
}

#[cfg(has_header)]
pub(crate) type HeaderCode = libc::c_uint;
#[cfg(has_header)]
pub(crate) const CURLHE_OK: HeaderCode = 0;
#[cfg(has_header)]
pub(crate) const CURLHE_OUT_OF_MEMORY: HeaderCode = 5;
#[cfg(has_header)]
pub(crate) const CURLHE_BAD_ARGUMENT: HeaderCode = 6;
#[cfg(has_header)]
pub(crate) const CURLHE_NOT_BUILT_IN: HeaderCode = 7;

// Since 7.83.0.
#[cfg(has_header)]
unsafe extern "C" {
    pub(crate) fn curl_easy_header(
        easy: *mut CURL,
        name: *const libc::c_char,
        index: size_t,
        origin: libc::c_uint,
        request: c_int,
        header: *mut *mut Header,
    ) -> HeaderCode;
    pub(crate) fn curl_easy_nextheader(
        easy: *mut CURL,
        origin: libc::c_uint,
        request: c_int,
        previous: *mut Header,
    ) -> *mut Header;
}

// The code of a function that libcurl lacks, or that is refused.
pub(crate) const CURLE_NOT_BUILT_IN: CURLcode = 4;

// Since 7.64.0.
pub(crate) const CURL_TRAILERFUNC_OK: c_int = 0;
pub(crate) const CURL_TRAILERFUNC_ABORT: c_int = 1;
pub(crate) const CURLOPT_TRAILERFUNCTION: CURLoption = 20_283;
pub(crate) const CURLOPT_TRAILERDATA: CURLoption = 10_284;
// Since 7.74.0.
pub(crate) const CURLSTS_OK: CURLSTScode = 0;
pub(crate) const CURLSTS_DONE: CURLSTScode = 1;
pub(crate) const CURLSTS_FAIL: CURLSTScode = 2;
pub(crate) const CURLOPT_HSTSREADFUNCTION: CURLoption = 20_301;
pub(crate) const CURLOPT_HSTSREADDATA: CURLoption = 10_302;
pub(crate) const CURLOPT_HSTSWRITEFUNCTION: CURLoption = 20_303;
pub(crate) const CURLOPT_HSTSWRITEDATA: CURLoption = 10_304;

pub(crate) type CURLSTScode = __enum_ty;

/// The storage of a one-bit field in C: Microsoft's compilers use a whole integer of the field's
/// type, others the next free byte.
#[cfg(not(windows))]
pub(crate) type StsFlag = u8;
#[cfg(windows)]
pub(crate) type StsFlag = u32;

/// The bit of [`StsFlag`] that is the field. The other bits may have any value.
pub(crate) const STS_INCLUDE_SUB_DOMAINS: StsFlag = match cfg!(target_endian = "big") {
    true => !(StsFlag::MAX >> 1),
    false => 1,
};

/// `struct curl_hstsentry`.
#[repr(C)]
pub(crate) struct HstsEntry {
    pub(crate) name: *mut libc::c_char,
    pub(crate) namelen: size_t,
    pub(crate) include_sub_domains: StsFlag,
    pub(crate) expire: [libc::c_char; 18],
}

/// `struct curl_index`.
#[repr(C)]
pub(crate) struct HstsIndex {
    pub(crate) index: size_t,
    pub(crate) total: size_t,
}

/// `struct curl_ws_frame`.
#[repr(C)]
pub(crate) struct WsFrame {
    pub(crate) age: c_int,
    pub(crate) flags: c_int,
    pub(crate) offset: curl_off_t,
    pub(crate) bytesleft: curl_off_t,
    pub(crate) len: size_t,
}

const _: () = {
    let words = 2 * size_of::<usize>();
    let flag = size_of::<StsFlag>();
    assert!(std::mem::offset_of!(HstsEntry, include_sub_domains) == words);
    assert!(std::mem::offset_of!(HstsEntry, expire) == words + flag);
};
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<HstsEntry>() == 40 && size_of::<WsFrame>() == 32);

pub(crate) const CURLWS_TEXT: c_int = 1 << 0;
pub(crate) const CURLWS_BINARY: c_int = 1 << 1;
pub(crate) const CURLWS_CONT: c_int = 1 << 2;
pub(crate) const CURLWS_CLOSE: c_int = 1 << 3;
pub(crate) const CURLWS_PING: c_int = 1 << 4;
pub(crate) const CURLWS_OFFSET: c_int = 1 << 5;
pub(crate) const CURLWS_PONG: c_int = 1 << 6;

// Since 7.86.0. A libcurl built without WebSockets has these functions too, but they fail.
#[cfg(has_ws)]
unsafe extern "C" {
    pub(crate) fn curl_ws_meta(easy: *mut CURL) -> *const WsFrame;
    pub(crate) fn curl_ws_send(
        easy: *mut CURL,
        data: *const c_void,
        len: size_t,
        sent: *mut size_t,
        frame_len: curl_off_t,
        flags: libc::c_uint,
    ) -> CURLcode;
    pub(crate) fn curl_ws_recv(
        easy: *mut CURL,
        data: *mut c_void,
        len: size_t,
        received: *mut size_t,
        frame: *mut *const WsFrame,
    ) -> CURLcode;
}

// Since 8.16.0.
#[cfg(has_ws_start_frame)]
unsafe extern "C" {
    pub(crate) fn curl_ws_start_frame(
        easy: *mut CURL,
        flags: libc::c_uint,
        frame_len: curl_off_t,
    ) -> CURLcode;
}

pub(crate) type TrailerFunction = unsafe extern "C" fn(*mut *mut curl_slist, *mut c_void) -> c_int;
pub(crate) type HstsReadFunction =
    unsafe extern "C" fn(*mut CURL, *mut HstsEntry, *mut c_void) -> CURLSTScode;
pub(crate) type HstsWriteFunction =
    unsafe extern "C" fn(*mut CURL, *mut HstsEntry, *mut HstsIndex, *mut c_void) -> CURLSTScode;
pub(crate) type ChunkBeginFunction =
    unsafe extern "C" fn(*const c_void, *mut c_void, c_int) -> libc::c_long;
pub(crate) type ChunkEndFunction = unsafe extern "C" fn(*mut c_void) -> libc::c_long;
pub(crate) type FnmatchFunction =
    unsafe extern "C" fn(*mut c_void, *const libc::c_char, *const libc::c_char) -> c_int;
