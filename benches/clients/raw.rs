//! `curl-sys`, by hand and without any guard: what a binding is measured against.

use std::ffi::{CString, c_char, c_long, c_void};
use std::ptr::{self, NonNull};

use super::{Buffers, Client, Count};

/// Owns the handle and what it points to.
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
        // SAFETY: the callers name options that take such a function.
        unsafe { self.set(function, callback) };
        let count = self.count.as_ptr();
        // SAFETY: that function takes a `Count`, which is freed after the handle.
        unsafe { self.set(data, count) };
    }
}

impl Client for Raw {
    const NAME: &'static str = "curl-sys";

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
        // Both bindings set it.
        raw.set_long(curl_sys::CURLOPT_NOSIGNAL, 1);
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
        // SAFETY: the option takes this type.
        unsafe { self.set(curl_sys::CURLOPT_INFILESIZE_LARGE, len) };
    }

    fn count(&mut self) -> &mut Count {
        // SAFETY: it is live, and no callback runs while `self` is borrowed.
        unsafe { self.count.as_mut() }
    }

    fn perform(&mut self) {
        // SAFETY: the handle is live, and so is what it points to.
        let code = unsafe { curl_sys::curl_easy_perform(self.handle.as_ptr()) };
        assert_eq!(code, curl_sys::CURLE_OK);
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: nothing else cleans the handle up.
        unsafe { curl_sys::curl_easy_cleanup(self.handle.as_ptr()) };
        // SAFETY: it came from a box, and libcurl no longer has it.
        drop(unsafe { Box::from_raw(self.count.as_ptr()) });
    }
}

extern "C" fn write(data: *mut c_char, size: usize, len: usize, user: *mut c_void) -> usize {
    // SAFETY: libcurl passes so many bytes, and never NULL.
    let data = unsafe { bytes(data, size * len) };
    // SAFETY: the user data is the `Count` of a client.
    unsafe { count(user) }.write(data);
    size * len
}

extern "C" fn header(data: *mut c_char, size: usize, len: usize, user: *mut c_void) -> usize {
    // SAFETY: libcurl passes so many bytes, and never NULL.
    let line = unsafe { bytes(data, size * len) };
    // SAFETY: the user data is the `Count` of a client.
    unsafe { count(user) }.header(line);
    size * len
}

extern "C" fn read(buffer: *mut c_char, size: usize, len: usize, user: *mut c_void) -> usize {
    // SAFETY: the user data is the `Count` of a client.
    let next = unsafe { count(user) }.read(size * len);
    // SAFETY: it is at most as long as the buffer, which is libcurl's own.
    unsafe { ptr::copy_nonoverlapping(next.as_ptr(), buffer.cast(), next.len()) };
    next.len()
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
