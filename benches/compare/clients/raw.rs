//! The client that uses `curl-sys` by hand and without any guard. The bindings are measured against
//! it.

use std::ffi::{CString, c_char, c_int, c_long, c_void};
use std::mem;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::{self, NonNull};

use super::raw_many::RawMany;
use super::{Buffers, Client, Count};

/// `CURLOPT_XFERINFOFUNCTION`, which `curl-sys` lacks.
const XFERINFOFUNCTION: curl_sys::CURLoption = curl_sys::CURLOPTTYPE_FUNCTIONPOINT + 219;
/// `CURLINFO_PRIVATE`, which `curl-sys` lacks.
const PRIVATE: curl_sys::CURLINFO = 0x10_0000 + 21;
type XferInfo = extern "C" fn(*mut c_void, i64, i64, i64, i64) -> c_int;

/// Owns the handle and the `Count` that it points to.
pub(crate) struct Raw {
    handle: NonNull<curl_sys::CURL>,
    count: NonNull<Count>,
}

impl Raw {
    /// # Safety
    /// `value` must have the C type of the option, and outlive its use.
    unsafe fn set<T>(&mut self, option: curl_sys::CURLoption, value: T) {
        // SAFETY: the handle is live; the caller vouches for the value.
        let code = unsafe { curl_sys::curl_easy_setopt(self.handle.as_ptr(), option, value) };
        assert_eq!(code, curl_sys::CURLE_OK);
    }

    fn set_long(&mut self, option: curl_sys::CURLoption, value: usize) {
        let value = c_long::try_from(value).unwrap();
        // SAFETY: the callers name options of type long.
        unsafe { self.set(option, value) };
    }

    fn set_callback(
        &mut self,
        [function, data]: [curl_sys::CURLoption; 2],
        callback: curl_sys::curl_write_callback,
    ) {
        // SAFETY: the callers name options that take a function of this type.
        unsafe { self.set(function, callback) };
        let count = self.count.as_ptr();
        // SAFETY: the callback takes a `Count`, which is freed after the handle.
        unsafe { self.set(data, count) };
    }
}

impl Raw {
    /// Gives the handle to the caller, who gives it back to [`Raw::from_easy`].
    pub(super) fn into_easy(self) -> *mut curl_sys::CURL {
        mem::ManuallyDrop::new(self).handle.as_ptr()
    }

    /// # Safety
    /// `easy` must come from [`Raw::into_easy`], once.
    pub(super) unsafe fn from_easy(easy: *mut curl_sys::CURL) -> Raw {
        let mut count: *mut c_void = ptr::null_mut();
        // SAFETY: the handle is live; the information is a pointer.
        let code = unsafe { curl_sys::curl_easy_getinfo(easy, PRIVATE, &raw mut count) };
        assert_eq!(code, curl_sys::CURLE_OK);
        Raw {
            handle: NonNull::new(easy).unwrap(),
            count: NonNull::new(count.cast()).unwrap(),
        }
    }
}

/// Owns a share. One thread uses the share, so the share needs no locks.
pub(crate) struct Share(NonNull<curl_sys::CURLSH>);

impl Drop for Share {
    fn drop(&mut self) {
        // SAFETY: the share is live, and its transfers are gone.
        unsafe { curl_sys::curl_share_cleanup(self.0.as_ptr()) };
    }
}

impl Client for Raw {
    type Share = Share;
    type Watched = Raw;
    type Many = RawMany;

    fn new() -> Raw {
        curl::init();
        // SAFETY: libcurl is initialised.
        let handle = unsafe { curl_sys::curl_easy_init() };
        let mut raw = Raw {
            handle: NonNull::new(handle).unwrap(),
            count: NonNull::from(Box::leak(Box::new(Count::new()))),
        };
        use curl_sys::{CURLOPT_HEADERDATA, CURLOPT_HEADERFUNCTION};
        use curl_sys::{CURLOPT_READDATA, CURLOPT_READFUNCTION};
        use curl_sys::{CURLOPT_WRITEDATA, CURLOPT_WRITEFUNCTION};
        raw.set_callback([CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA], write);
        raw.set_callback([CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA], header);
        raw.set_callback([CURLOPT_READFUNCTION, CURLOPT_READDATA], read);
        // `curlback` and the `curl` crate set this option too.
        raw.set_long(curl_sys::CURLOPT_NOSIGNAL, 1);
        let count = raw.count.as_ptr();
        // SAFETY: the option takes a pointer.
        unsafe { raw.set(curl_sys::CURLOPT_PRIVATE, count) };
        raw
    }

    fn url(&mut self, url: &str) {
        let url = CString::new(url).unwrap();
        // SAFETY: the option takes a string, which libcurl copies.
        unsafe { self.set(curl_sys::CURLOPT_URL, url.as_ptr()) };
    }

    fn buffers(&mut self, buffers: Buffers) {
        self.set_long(curl_sys::CURLOPT_BUFFERSIZE, buffers.receive);
        self.set_long(curl_sys::CURLOPT_UPLOAD_BUFFERSIZE, buffers.send);
    }

    fn upload(&mut self, len: u64) {
        self.set_long(curl_sys::CURLOPT_UPLOAD, 1);
        let len = curl_sys::curl_off_t::try_from(len).unwrap();
        // SAFETY: the option takes a number of this type.
        unsafe { self.set(curl_sys::CURLOPT_INFILESIZE_LARGE, len) };
    }

    fn watch(&mut self) {
        let (progress, debug): (XferInfo, curl_sys::curl_debug_callback) = (xfer_info, debug);
        let count = self.count.as_ptr();
        // SAFETY: the options take these functions, and the `Count` that the functions take.
        unsafe {
            self.set(XFERINFOFUNCTION, progress);
            self.set(curl_sys::CURLOPT_PROGRESSDATA, count);
            self.set(curl_sys::CURLOPT_DEBUGFUNCTION, debug);
            self.set(curl_sys::CURLOPT_DEBUGDATA, count);
        }
        self.set_long(curl_sys::CURLOPT_NOPROGRESS, 0);
        self.set_long(curl_sys::CURLOPT_VERBOSE, 1);
    }

    fn trust(&mut self, authority: &Path) {
        let path = CString::new(authority.as_os_str().as_bytes()).unwrap();
        // SAFETY: the option takes a string, which libcurl copies.
        unsafe { self.set(curl_sys::CURLOPT_CAINFO, path.as_ptr()) };
    }

    fn http_2(&mut self) {
        let version = curl_sys::CURL_HTTP_VERSION_2TLS;
        self.set_long(curl_sys::CURLOPT_HTTP_VERSION, version as usize);
        self.set_long(curl_sys::CURLOPT_PIPEWAIT, 1);
    }

    fn share(&mut self, share: &Share) {
        let share = share.0.as_ptr();
        // SAFETY: the option takes a share, which outlives the transfer.
        unsafe { self.set(curl_sys::CURLOPT_SHARE, share) };
    }

    fn make_share(connections: bool) -> Share {
        curl::init();
        // SAFETY: libcurl is initialised.
        let share = NonNull::new(unsafe { curl_sys::curl_share_init() }).unwrap();
        let mut kinds = vec![
            curl_sys::CURL_LOCK_DATA_SSL_SESSION,
            curl_sys::CURL_LOCK_DATA_DNS,
        ];
        if connections {
            kinds.push(curl_sys::CURL_LOCK_DATA_CONNECT);
        }
        for kind in kinds {
            // SAFETY: the share is live, and the option takes a number of this type.
            let code = unsafe {
                curl_sys::curl_share_setopt(share.as_ptr(), curl_sys::CURLSHOPT_SHARE, kind)
            };
            assert_eq!(code, curl_sys::CURLSHE_OK);
        }
        Share(share)
    }

    fn count(&mut self) -> &mut Count {
        // SAFETY: the `Count` is live, and no callback runs while `self` is borrowed.
        unsafe { self.count.as_mut() }
    }

    fn perform(&mut self) {
        // SAFETY: the handle is live, and so are the values that it points to.
        let code = unsafe { curl_sys::curl_easy_perform(self.handle.as_ptr()) };
        assert_eq!(code, curl_sys::CURLE_OK);
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: nothing else cleans the handle up.
        unsafe { curl_sys::curl_easy_cleanup(self.handle.as_ptr()) };
        // SAFETY: the `Count` came from a box, and libcurl no longer has it.
        drop(unsafe { Box::from_raw(self.count.as_ptr()) });
    }
}

extern "C" fn write(data: *mut c_char, size: usize, len: usize, user: *mut c_void) -> usize {
    // SAFETY: libcurl passes `size * len` bytes, and never NULL.
    let data = unsafe { bytes(data, size * len) };
    // SAFETY: the user data is the `Count` of a client.
    unsafe { count(user) }.write(data);
    size * len
}

extern "C" fn header(data: *mut c_char, size: usize, len: usize, user: *mut c_void) -> usize {
    // SAFETY: libcurl passes `size * len` bytes, and never NULL.
    let line = unsafe { bytes(data, size * len) };
    // SAFETY: the user data is the `Count` of a client.
    unsafe { count(user) }.header(line);
    size * len
}

extern "C" fn read(buffer: *mut c_char, size: usize, len: usize, user: *mut c_void) -> usize {
    // SAFETY: the user data is the `Count` of a client.
    let next = unsafe { count(user) }.read(size * len);
    // SAFETY: `next` is at most as long as the buffer, which is libcurl's own.
    unsafe { ptr::copy_nonoverlapping(next.as_ptr(), buffer.cast(), next.len()) };
    next.len()
}

extern "C" fn xfer_info(user: *mut c_void, _: i64, _: i64, _: i64, _: i64) -> c_int {
    // SAFETY: the user data is the `Count` of a client.
    unsafe { count(user) }.report();
    0
}

extern "C" fn debug(
    _: *mut curl_sys::CURL,
    _: curl_sys::curl_infotype,
    _: *mut c_char,
    _: usize,
    user: *mut c_void,
) -> c_int {
    // SAFETY: the user data is the `Count` of a client.
    unsafe { count(user) }.report();
    0
}

/// # Safety
/// `user` must be the live `Count` of a client, borrowed by nobody else.
unsafe fn count<'a>(user: *mut c_void) -> &'a mut Count {
    // SAFETY: the caller's promise.
    unsafe { &mut *user.cast() }
}

/// # Safety
/// `data` must be readable for `len` bytes.
#[expect(clippy::disallowed_methods, reason = "libcurl never passes NULL")]
unsafe fn bytes<'a>(data: *const c_char, len: usize) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(data.cast(), len) }
}
