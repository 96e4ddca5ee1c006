//! A form or a mail as the body of a transfer.

use std::ptr;

use crate::error::BoxError;
use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::run::easy::Easy;
use crate::run::mime::{ReaderFunctions, Tree};
use crate::{Error, Mime};

pub(in crate::run) const MIMEPOST: Item =
    Item::new(sys::CURLOPT_MIMEPOST, "CURLOPT_MIMEPOST", "7.56.0");
const HTTPGET: Item = Item::new(sys::CURLOPT_HTTPGET, "CURLOPT_HTTPGET", "7.8.1");

impl<H> Easy<H> {
    /// Notes whether the last transfer may have sent the parts as a mail: its protocol was SMTP or IMAP.
    pub(in crate::run) fn note_mail(&mut self) {
        let is_mail = |scheme: &str| {
            let mut mail = ["smtp", "smtps", "imap", "imaps"].iter();
            mail.any(|mail| scheme.eq_ignore_ascii_case(mail))
        };
        if self.known.bodies.mime && !self.known.bodies.mailed {
            let scheme = self.info().scheme().ok().flatten();
            self.known.bodies.mailed = scheme.is_some_and(is_mail);
        }
    }

    pub(crate) fn set_mime(&mut self, mime: Mime) -> Result<(), Error> {
        // SAFETY: C2: libcurl does not use the tree after the context is dropped: the drop of `handle`, which
        // comes first, cleans the handle up or unsets the tree.
        let functions = unsafe { ReaderFunctions::new::<H>(self.context.as_user_data()) };
        let resumer = || self.control().resumer(sys::CURLPAUSE_SEND);
        let tree = Tree::new(self.handle.raw, functions, mime, &resumer)?;
        let raw = tree.as_ptr();
        let mut former = None;
        let keep = |this: &mut Self| {
            former = this.handle.mime.replace(tree);
            this.known.bodies.mime = true;
            this.known.bodies.mailed = false;
            this.handle.former_headers.clear();
            this.known.upload.note_form();
        };
        self.end_upload()?;
        // SAFETY: C5: the tree is kept, and the former one freed after this.
        unsafe { self.set_and(MIMEPOST, raw, keep) }
    }

    /// Takes the error with which the writer of a part has given up, or returns `None`.
    pub(in crate::run) fn take_part_failure(&mut self) -> Option<BoxError> {
        self.handle.mime.as_mut()?.take_failure()
    }

    /// Notes that something other than the writer of a part has paused the transfer, so that the writer
    /// must not resume it.
    pub(in crate::run) fn release_parts(&mut self) {
        if let Some(tree) = &mut self.handle.mime {
            tree.release();
        }
    }

    /// Returns whether parts are set.
    pub(crate) fn has_parts(&self) -> bool {
        self.handle.mime.is_some()
    }

    /// Notes that the transfer sends nothing more of its parts.
    pub(crate) fn refuse_parts(&mut self) {
        if let Some(tree) = &mut self.handle.mime {
            tree.refuse();
        }
    }

    /// Notes that the transfer has ended.
    pub(in crate::run) fn end_parts(&mut self) {
        if let Some(tree) = &mut self.handle.mime {
            tree.end();
        }
    }

    /// Unsets the parts, and makes the request a GET.
    ///
    /// Returns the former parts. The caller drops them, since the drop of a user's reader may panic.
    pub(crate) fn unset_mime(&mut self) -> Result<Option<impl Sized + use<H>>, Error> {
        self.end_upload()?;
        let none = ptr::null_mut::<sys::Mime>();
        // SAFETY: C8: NULL is no tree; the former one is freed after this.
        unsafe { self.set(MIMEPOST, none) }?;
        self.known.bodies.mime = false;
        self.known.bodies.mailed = false;
        self.handle.former_headers.clear();
        self.set_long(HTTPGET, 1)?;
        Ok(self.handle.mime.take())
    }
}
