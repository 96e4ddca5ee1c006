//! Percent-encoding by libcurl.

use std::ptr::{self, NonNull};

use libc::{c_char, c_int};

use crate::ffi::item::Item;
use crate::ffi::{decode, sys};
use crate::{Code, Error};

const ESCAPE: Item = Item::new(0, "curl_easy_escape", "7.15.4");
const UNESCAPE: Item = Item::new(0, "curl_easy_unescape", "7.15.4");

/// Owns a string that libcurl allocated.
struct Text(NonNull<c_char>);

impl Drop for Text {
    fn drop(&mut self) {
        // SAFETY: the only owner of what libcurl allocated.
        unsafe { sys::curl_free(self.0.as_ptr().cast()) };
    }
}

pub(crate) fn escape(bytes: &[u8]) -> Result<String, Error> {
    if bytes.is_empty() {
        // For a length of 0, libcurl takes the length of the string up to its NUL.
        return Ok(String::new());
    }
    let len = length(ESCAPE, bytes)?;
    // SAFETY: `len` bytes are readable; libcurl needs no handle for this.
    let text = unsafe { sys::curl_easy_escape(ptr::null_mut(), bytes.as_ptr().cast(), len) };
    let text = own(ESCAPE, text, bytes)?;
    // SAFETY: libcurl ends the text with a NUL, and `text` owns it until this returns.
    let text = unsafe { decode::c_str(text.0.as_ptr()) }.unwrap_or_default();
    // The encoded string is ASCII.
    Ok(text.to_string_lossy().into_owned())
}

pub(crate) fn unescape(text: &[u8]) -> Result<Vec<u8>, Error> {
    if text.is_empty() {
        // For a length of 0, libcurl takes the length of the string up to its NUL.
        return Ok(Vec::new());
    }
    let len = length(UNESCAPE, text)?;
    let mut decoded: c_int = 0;
    // SAFETY: `len` bytes are readable; libcurl needs no handle for this.
    let bytes = unsafe {
        sys::curl_easy_unescape(ptr::null_mut(), text.as_ptr().cast(), len, &raw mut decoded)
    };
    let bytes = own(UNESCAPE, bytes, text)?;
    let decoded = usize::try_from(decoded).unwrap_or_default();
    // SAFETY: libcurl states how many bytes there are, and `bytes` owns them until this returns.
    Ok(unsafe { decode::bytes(bytes.0.as_ptr(), decoded) }.to_vec())
}

fn length(item: Item, bytes: &[u8]) -> Result<c_int, Error> {
    c_int::try_from(bytes.len()).map_err(|_| too_long(item))
}

fn too_long(item: Item) -> Error {
    item.unsuitable("the value is too long")
}

fn own(item: Item, text: *mut c_char, from: &[u8]) -> Result<Text, Error> {
    match NonNull::new(text) {
        Some(text) => Ok(Text(text)),
        None if from.len() > sys::CURL_MAX_INPUT_LENGTH => Err(too_long(item)),
        None => Err(Error::libcurl_with(Code::OUT_OF_MEMORY, item.name)),
    }
}
