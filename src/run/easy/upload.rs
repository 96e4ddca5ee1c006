//! The method that the options choose, and the size that they announce for a body from `read`.
//!
//! libcurl before 8.1.0 keeps `CURLOPT_UPLOAD` apart from the method. The flag overrides the method
//! that some options choose later, and sends the body of `read` with the size of another body. A
//! redirect with status 303 clears the flag for good, and the next upload is sent without its size. In
//! both cases, the server may take the rest of the body for a request. So this crate turns
//! `CURLOPT_UPLOAD` off before another option than `CURLOPT_HTTPGET`, which turns it off itself, chooses
//! a method. If the method is PUT, this crate also sets `CURLOPT_UPLOAD` again before each transfer.

use libc::c_long;

use crate::callbacks::facts::announced_size;
use crate::ffi::info::{HTTP_1_0, HTTP_1_1, HTTP_VERSION};
use crate::ffi::item::Item;
use crate::ffi::list::{List, value_of};
use crate::ffi::sys;
use crate::quirks::{POST_WITHOUT_LENGTH, SHORT_BODY_UNNOTICED};
use crate::run::easy::Easy;
use crate::run::trampolines;
use crate::{Error, HeaderOrigin, Hooks};

const RESUME_FROM: sys::CURLoption = sys::CURLOPTTYPE_OFF_T + 116;
pub(in crate::run) const SEEK: Item =
    Item::new(sys::CURLOPT_SEEKFUNCTION, "CURLOPT_SEEKFUNCTION", "7.18.0");
const UPLOAD: Item = Item::new(sys::CURLOPT_UPLOAD, "CURLOPT_UPLOAD", "7.1");

/// The options that decide which size libcurl announces for a body from `read`.
#[derive(Clone, Default)]
#[cfg_attr(test, derive(PartialEq))]
pub(in crate::run) struct Upload {
    /// `None` until an option chooses a method.
    method: Option<Method>,
    /// `CURLOPT_INFILESIZE_LARGE`, or `None` if it is not set.
    file: Option<u64>,
    /// `CURLOPT_POSTFIELDSIZE_LARGE`, or `None` if it is not set.
    post: Option<u64>,
    /// Whether the user's headers ask for chunks.
    chunked: bool,
    /// Whether the upload does not begin at the start of the body.
    resumes: bool,
}

/// The method, as far as it decides whether libcurl calls `read`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    /// `read` is called for TELNET only.
    Get,
    Put,
    /// Over HTTP, `read` is called unless libcurl has post fields.
    Post,
    /// `read` is not called: the readers of a form have their own sizes.
    Form,
    Head,
}

impl Upload {
    /// Notes an option that decides on the method, as libcurl does.
    pub(super) fn note_method(&mut self, option: sys::CURLoption, value: c_long) {
        let on = value != 0;
        let method = match option {
            sys::CURLOPT_UPLOAD | sys::CURLOPT_PUT if on => Method::Put,
            sys::CURLOPT_POST if on => Method::Post,
            sys::CURLOPT_NOBODY if on => Method::Head,
            sys::CURLOPT_UPLOAD | sys::CURLOPT_PUT | sys::CURLOPT_POST => Method::Get,
            sys::CURLOPT_HTTPGET if on => Method::Get,
            sys::CURLOPT_NOBODY if self.method == Some(Method::Head) => Method::Get,
            _ => return,
        };
        self.method = Some(method);
    }

    /// Notes that post fields were set.
    pub(super) fn note_fields(&mut self) {
        self.method = Some(Method::Post);
    }

    /// Notes that a form was set.
    pub(super) fn note_form(&mut self) {
        self.method = Some(Method::Form);
    }

    /// Notes an announced size; a negative number unsets it.
    pub(super) fn note_size(&mut self, option: sys::CURLoption, value: i64) {
        if option == RESUME_FROM {
            self.resumes = value != 0;
        }
        let value = u64::try_from(value).ok();
        match option {
            sys::CURLOPT_INFILESIZE_LARGE => self.file = value,
            sys::CURLOPT_POSTFIELDSIZE_LARGE => self.post = value,
            _ => {}
        }
    }

    /// Notes the user's headers.
    pub(super) fn note_headers(&mut self, headers: &List) {
        const NAME: &[u8] = b"transfer-encoding:";
        const CODING: &[u8] = b"chunked";
        let chunked = |header: &[u8]| {
            let codings = value_of(header, NAME).unwrap_or_default();
            let mut codings = codings.windows(CODING.len());
            codings.any(|own| own.eq_ignore_ascii_case(CODING))
        };
        self.chunked = headers.iter().any(chunked);
    }

    /// Returns the size that is announced for the body from `read`, or `None` if none is or the method has
    /// no such body. Post fields, which replace that body, are not considered.
    pub(in crate::run) fn announced(&self) -> Option<u64> {
        match self.method? {
            Method::Put => self.file,
            // With chunks, libcurl ignores the size.
            Method::Post if self.chunked => None,
            Method::Post => self.post,
            Method::Get | Method::Form | Method::Head => None,
        }
    }

    /// Returns whether a transfer over HTTP may call `read`.
    pub(super) fn may_read(&self) -> bool {
        matches!(self.method, Some(Method::Put | Method::Post))
    }

    /// Returns whether a file size greater than 0 was announced, no size of a POST was announced, and no
    /// option has chosen a method.
    pub(super) fn lacks_method(&self) -> bool {
        self.method.is_none() && self.file.is_some_and(|size| size > 0) && self.post.is_none()
    }

    /// Returns whether no option has decided on the method.
    fn is_undecided(&self) -> bool {
        self.method.is_none()
    }
}

impl<H> Easy<H> {
    /// Returns whether the next transfer calls `read` for a body of an announced size greater than 0.
    pub(crate) fn announces_body(&self) -> bool {
        let upload = &self.known.upload;
        let announced = upload.announced().is_some_and(|size| size > 0);
        announced && !self.sends_fields() && self.known.connect_only == 0
    }

    /// Returns whether libcurl would never call `read` because no option has chosen a method.
    pub(crate) fn forgets_body(&self) -> bool {
        let known = &self.known;
        known.upload.is_undecided() && known.connect_only == 0 && !known.schemes.name_telnet()
    }

    /// Returns the lines of the user's request headers.
    pub(crate) fn request_headers(&self) -> impl Iterator<Item = &[u8]> {
        let list = self.handle.lists.get(sys::CURLOPT_HTTPHEADER);
        list.into_iter().flat_map(List::iter)
    }

    /// Returns the size that is announced for the body from `read`, or `None` if none is.
    pub(crate) fn announced_size(&self) -> Option<u64> {
        self.known.upload.announced()
    }

    /// Returns whether the next transfer sends post fields instead of a body from `read`.
    pub(crate) fn sends_fields(&self) -> bool {
        self.known.upload.method == Some(Method::Post) && self.has_fields()
    }

    /// Returns whether post fields are set.
    fn has_fields(&self) -> bool {
        self.handle.kept.has_body() || self.known.bodies.post_fields.is_some()
    }

    /// Returns whether the linked libcurl would send a body whose end an HTTP/1 server does not see.
    pub(crate) fn lacks_length(&self) -> bool {
        let upload = &self.known.upload;
        upload.method == Some(Method::Post)
            && POST_WITHOUT_LENGTH.is_present()
            && !upload.chunked
            && upload.post.is_none()
            && !self.has_fields()
            && self.known.connect_only == 0
    }

    /// Returns whether the options choose a method whose body may come from `read`.
    pub(crate) fn sends_body(&self) -> bool {
        self.known.upload.may_read()
    }

    /// Returns whether `resume_from` is set to anything but 0.
    pub(crate) fn resumes(&self) -> bool {
        self.known.upload.resumes
    }

    /// Returns whether the server has already responded with a status after which libcurl sends no more of
    /// the body, if the connection stays open and no authentication is in progress.
    pub(crate) fn has_ended_sending(&self) -> bool {
        let status = self.info().response_code();
        status.is_ok_and(|status| self.known.ends_sending(status))
    }

    /// Returns whether the server closes the connection after its response: as it says, as HTTP/1.0 demands, or
    /// because only this ends the response. libcurl then goes on sending the body, whatever the status.
    ///
    /// With releases that do not notice a body that ends early, only the server's word counts. While these wait for more
    /// of the body, they do not end a transfer whose response is complete.
    pub(crate) fn is_closed_by_server(&self) -> bool {
        let info = self.info();
        let header = |name: &[u8]| info.find_header(name, 0, HeaderOrigin::HEADER, None);
        let says = |wanted: &[u8]| {
            header(b"Connection").is_ok_and(|header| {
                header.is_some_and(|header| {
                    let mut options = header.value().split(|byte| *byte == b',');
                    options.any(|option| option.trim_ascii().eq_ignore_ascii_case(wanted))
                })
            })
        };
        if SHORT_BODY_UNNOTICED.is_present() {
            return says(b"close");
        }
        // A libcurl that keeps no headers does not say whether there are chunks, which is the usual case.
        let has_end = matches!(info.response_code(), Ok(304))
            || announced_size(&info).is_ok_and(|size| size.is_some())
            || !matches!(header(b"Transfer-Encoding"), Ok(None));
        match info.long(HTTP_VERSION) {
            Ok(HTTP_1_0) => !says(b"keep-alive"),
            Ok(HTTP_1_1) => says(b"close") || !has_end,
            _ => false,
        }
    }

    /// With `on`, makes libcurl skip the bytes of the body before `resume_from` by calls of `read`, if there is no
    /// `seek`. For FTP and SFTP, libcurl otherwise does this only if a `seek` says that it cannot seek, and would send
    /// the body from its start. Without `on`, undoes this.
    pub(in crate::run) fn skip_without_seek(&mut self, on: bool) -> Result<(), Error> {
        // A body that the program writes has a seek function of its own, and never resumes: `make_upload`.
        let upload = &self.known.upload;
        if !upload.resumes || !upload.may_read() || self.is_installed(Hooks::SEEK) {
            return Ok(());
        }
        // A seek function would also take the place of `ioctl`, which libcurl calls for HTTP only.
        let is_http = !self.names_other_than_http() && !self.known.schemes.may_name_ftp();
        if self.is_installed(Hooks::IOCTL) && is_http {
            return Ok(());
        }
        let cannot_seek: sys::SeekFunction = trampolines::cannot_seek;
        let function = on.then_some(cannot_seek);
        // At the end of a transfer, this must leave the failure and the message for its result, as `set_pointer` does.
        // SAFETY: C2: the function has the C type of the option, and does not use its data.
        unsafe { self.set_pointer(SEEK, function) }
    }

    /// If the method is PUT, turns `CURLOPT_UPLOAD` off, before another option chooses the method.
    pub(super) fn end_upload(&mut self) -> Result<(), Error> {
        match self.known.upload.method {
            Some(Method::Put) => self.set_long(UPLOAD, 0),
            _ => Ok(()),
        }
    }

    /// If the method is PUT, sets `CURLOPT_UPLOAD` again.
    pub(in crate::run) fn renew_upload(&mut self) -> Result<(), Error> {
        match self.known.upload.method {
            Some(Method::Put) => self.set_long(UPLOAD, 1),
            _ => Ok(()),
        }
    }
}
