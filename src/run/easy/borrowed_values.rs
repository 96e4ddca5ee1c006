//! Options whose values libcurl reads in place, and some options that need a check or further calls of
//! libcurl.

use std::ffi::CStr;
use std::ptr;
use std::sync::Arc;

use crate::ffi::form::Form;
use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::quirks::DEPENDENCY_TIES_HANDLES;
use crate::run::easy::Easy;
use crate::run::tls;
use crate::{Blob, Error, Url};

const CURLU: Item = Item::new(sys::CURLOPT_CURLU, "CURLOPT_CURLU", "7.63.0");
const POSTFIELDS: Item = Item::new(sys::CURLOPT_POSTFIELDS, "CURLOPT_POSTFIELDS", "7.1");
const POSTFIELDSIZE: Item = Item::new(
    sys::CURLOPT_POSTFIELDSIZE_LARGE,
    "CURLOPT_POSTFIELDSIZE_LARGE",
    "7.11.1",
);
const URL: Item = Item::new(sys::CURLOPT_URL, "CURLOPT_URL", "7.1");

/// The bodies, URLs, forms, blobs and files to which libcurl points (C5).
///
/// A duplicate of the handle points to the same values, perhaps on another thread. libcurl only
/// reads them, except the file, which each call of the C library locks.
#[derive(Clone, Default)]
pub(in crate::run) struct BorrowedValues {
    body: Option<Arc<Vec<u8>>>,
    url: Option<Arc<Lent<Url>>>,
    form: Option<Arc<Lent<Form>>>,
    /// Data that libcurl has not copied, by the number of the option.
    blobs: Vec<(sys::CURLoption, Arc<[u8]>)>,
    #[cfg(unix)]
    file: Option<Arc<Lent<file::File>>>,
}

impl BorrowedValues {
    /// Returns whether there are post fields that libcurl has not copied.
    pub(super) fn has_body(&self) -> bool {
        self.body.is_some()
    }
}

/// A value that only libcurl uses, until the value is dropped.
struct Lent<T>(T);

// SAFETY: one thread drops the value, whichever thread that is.
unsafe impl<T> Send for Lent<T> {}
// SAFETY: nothing is done with a `&Lent`; libcurl only reads the value, or locks the file.
unsafe impl<T> Sync for Lent<T> {}

impl<H> Easy<H> {
    /// Unsets the body that libcurl points to, before another length is set.
    pub(super) fn release_body(&mut self) -> Result<(), Error> {
        if self.handle.kept.body.is_some() {
            let none = ptr::null_mut::<u8>();
            // SAFETY: C5: NULL is no body.
            unsafe { self.set(POSTFIELDS, none) }?;
            self.handle.kept.body = None;
        }
        Ok(())
    }

    /// Sets `CURLOPT_COPYPOSTFIELDS`, whose length is an option of its own.
    pub(crate) fn set_copied(
        &mut self,
        option: Item,
        size: Item,
        value: &[u8],
    ) -> Result<(), Error> {
        let len = i64::try_from(value.len()).expect("no slice is longer than isize::MAX");
        self.end_upload()?;
        self.release_body()?;
        self.set_off_t(size, len)?;
        // SAFETY: libcurl copies as many bytes as the size just set.
        unsafe { self.set(option, value.as_ptr()) }?;
        self.known.bodies.post_fields = Some(len);
        self.known.upload.note_fields();
        Ok(())
    }

    pub(crate) fn set_body(&mut self, option: Item, body: Vec<u8>) -> Result<(), Error> {
        let len = i64::try_from(body.len()).expect("no vector is longer than isize::MAX");
        self.end_upload()?;
        self.release_body()?;
        self.set_off_t(POSTFIELDSIZE, len)?;
        let raw = body.as_ptr();
        let keep = |this: &mut Self| {
            this.handle.kept.body = Some(Arc::new(body));
            this.known.upload.note_fields();
        };
        // SAFETY: C5: the vector is kept, unchanged; libcurl reads no more bytes than the size says, which is at
        // most the length of the vector.
        unsafe { self.set_and(option, raw, keep) }
    }

    /// Sets the length of the body. If libcurl points to a body, returns an error for a length that is
    /// negative or greater than that of the body.
    pub(crate) fn set_post_size(&mut self, option: Item, value: i64) -> Result<(), Error> {
        let within =
            |body: &Arc<Vec<u8>>| u64::try_from(value).is_ok_and(|v| v <= body.len() as u64);
        if !self.handle.kept.body.as_ref().is_none_or(within) {
            return Err(option.unsuitable("the post fields are shorter than that"));
        }
        self.set_off_t(option, value)
    }

    pub(crate) fn set_form(&mut self, option: Item, form: Form) -> Result<(), Error> {
        let raw = form.as_ptr();
        let keep = |this: &mut Self| {
            this.handle.kept.form = Some(Arc::new(Lent(form)));
            this.known.upload.note_form();
        };
        self.end_upload()?;
        // SAFETY: C5: the form is kept, and the former one freed after this.
        unsafe { self.set_and(option, raw, keep) }
    }

    pub(crate) fn set_blob(&mut self, option: Item, value: Blob<'_>) -> Result<(), Error> {
        if tls::ignores(option) {
            return Err(option.unsupported());
        }
        let data = value.as_ref();
        // libcurl would free the former value before it refuses a value that is too long. Older releases do not
        // refuse an empty value.
        if data.is_empty() || data.len() > sys::CURL_MAX_INPUT_LENGTH {
            return Err(option.unsuitable("the value is empty or too long"));
        }
        let shared = value.shared();
        let blob = sys::curl_blob {
            data: data.as_ptr().cast_mut().cast(),
            len: data.len(),
            flags: match shared {
                Some(_) => sys::CURL_BLOB_NOCOPY,
                None => sys::CURL_BLOB_COPY,
            },
        };
        let keep = |this: &mut Self| {
            let blobs = &mut this.handle.kept.blobs;
            blobs.retain(|(id, _)| *id != option.id);
            blobs.extend(shared.map(|data| (option.id, data.clone())));
        };
        // SAFETY: libcurl copies the blob and, with `CURL_BLOB_COPY`, the data. C5: with
        // `CURL_BLOB_NOCOPY`, the data is kept, unchanged, and the former data dropped after this.
        unsafe { self.set_and(option, &raw const blob, keep) }?;
        #[cfg(need_openssl_probe)]
        self.note_authorities(option);
        Ok(())
    }

    pub(crate) fn unset_blob(&mut self, option: Item) -> Result<(), Error> {
        let none = ptr::null::<sys::curl_blob>();
        let drop_data =
            |this: &mut Self| (this.handle.kept.blobs).retain(|(id, _)| *id != option.id);
        // SAFETY: `unsets!` gives this method blobs only; libcurl frees its copy.
        unsafe { self.set_and(option, none, drop_data) }?;
        #[cfg(need_openssl_probe)]
        self.forget_authorities(option);
        Ok(())
    }

    pub(crate) fn set_url(&mut self, option: Item, value: &CStr) -> Result<(), Error> {
        if self.handle.kept.url.is_some() {
            // The value of `CURLOPT_CURLU` would take precedence over the string.
            let none = ptr::null_mut::<sys::Curlu>();
            // SAFETY: C5: NULL is no URL.
            unsafe { self.set(CURLU, none) }?;
            self.handle.kept.url = None;
        }
        self.set_str(option, value)
    }

    pub(crate) fn set_url_handle(&mut self, option: Item, url: Url) -> Result<(), Error> {
        // The string is unset, since older releases would report it as the URL in use.
        let none = ptr::null::<libc::c_char>();
        // SAFETY: NULL unsets the string.
        unsafe { self.set(URL, none) }?;
        let raw = url.as_raw();
        let keep = |this: &mut Self| {
            this.known.schemes.note_url_handle(&url);
            this.known.answers.note_url_handle();
            this.handle.kept.url = Some(Arc::new(Lent(url)));
        };
        // SAFETY: C5: the URL is kept, and the former one freed after this.
        unsafe { self.set_and(option, raw, keep) }
    }

    /// Sets the option that makes this transfer depend on another. Only releases that ignore the option
    /// are accepted, since others would tie the two handles.
    pub(crate) fn set_dependency<G>(&mut self, option: Item, on: &Easy<G>) -> Result<(), Error> {
        if DEPENDENCY_TIES_HANDLES.is_present() {
            return Err(option.unsuitable("before libcurl 8.21.0, it would tie two transfers"));
        }
        // SAFETY: C1: the other handle is live, and libcurl forgets it at once.
        unsafe { self.set(option, on.raw().as_ptr()) }
    }

    #[cfg(unix)]
    pub(crate) fn set_file(
        &mut self,
        option: Item,
        file: std::os::fd::OwnedFd,
    ) -> Result<(), Error> {
        let file = file::File::new(file)
            .ok_or_else(|| option.unsuitable("the file cannot be written to"))?;
        let raw = file.as_ptr();
        let keep = |this: &mut Self| this.handle.kept.file = Some(Arc::new(Lent(file)));
        // SAFETY: C5: the file is kept, and the former one closed after this.
        unsafe { self.set_and(option, raw, keep) }
    }
}

#[cfg(unix)]
mod file {
    use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd};
    use std::ptr::{self, NonNull};

    /// The owner of a `FILE *`.
    pub(super) struct File(NonNull<libc::FILE>);

    impl File {
        /// Becomes the owner of a descriptor. Returns `None` if the C library refuses the descriptor, as glibc
        /// does if it is not open for writing.
        pub(super) fn new(descriptor: OwnedFd) -> Option<File> {
            // SAFETY: the descriptor is open, and the mode a string.
            let file = unsafe { libc::fdopen(descriptor.as_raw_fd(), c"w".as_ptr()) };
            let file = NonNull::new(file)?;
            // The `FILE` owns the descriptor now.
            let _ = descriptor.into_raw_fd();
            // Without a buffer, the bytes that libcurl writes are visible at once.
            // SAFETY: the file is open, and nothing was written to it.
            unsafe { libc::setvbuf(file.as_ptr(), ptr::null_mut(), libc::_IONBF, 0) };
            Some(File(file))
        }

        pub(super) fn as_ptr(&self) -> *mut libc::FILE {
            self.0.as_ptr()
        }
    }

    impl Drop for File {
        fn drop(&mut self) {
            // SAFETY: C5: the only owner of the file. Each handle that used it is gone, or uses it no more.
            unsafe { libc::fclose(self.0.as_ptr()) };
        }
    }
}
