//! A body that somebody reads, while the transfer runs only as far as that needs.

use std::mem;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::hooks::Hooks;
use crate::run::easy::Easy;
use crate::run::{install, trampolines};
use crate::{Callbacks, Error};

/// The part of a body that has come and was not read yet.
pub(crate) struct Inbox {
    bytes: Vec<u8>,
    /// How many of the bytes were read.
    read: usize,
    /// How many bytes there may be before libcurl is told to wait.
    limit: usize,
    /// Whether libcurl was told to wait until they are read.
    pub(super) holds: bool,
    /// Whether the transfer runs, with functions that fill the inbox.
    is_filled: bool,
}

impl Inbox {
    fn new(limit: usize) -> Inbox {
        Inbox {
            bytes: Vec::new(),
            read: 0,
            limit,
            holds: false,
            is_filled: true,
        }
    }

    /// Returns the bytes that were not read yet.
    pub(crate) fn unread(&self) -> &[u8] {
        self.bytes.get(self.read..).unwrap_or_default()
    }

    /// Notes that the first `count` of the bytes were read.
    pub(crate) fn consume(&mut self, count: usize) {
        self.read = self.read.saturating_add(count).min(self.bytes.len());
        if self.read == self.bytes.len() {
            self.bytes.clear();
            self.read = 0;
        }
    }

    /// Returns whether libcurl has to wait.
    pub(super) fn is_full(&self) -> bool {
        self.unread().len() >= self.limit
    }

    /// Takes more of the body.
    pub(super) fn append(&mut self, data: &[u8]) {
        self.bytes.extend_from_slice(data);
    }
}

const WRITE: Item = Item::new(sys::CURLOPT_WRITEFUNCTION, "CURLOPT_WRITEFUNCTION", "7.1");
const HEADER: Item = Item::new(
    sys::CURLOPT_HEADERFUNCTION,
    "CURLOPT_HEADERFUNCTION",
    "7.7.2",
);

impl<H: Callbacks> Easy<H> {
    /// Has libcurl give the body of the transfer that begins to an inbox.
    pub(super) fn pull(&mut self, limit: usize) -> Result<(), Error> {
        self.context.open_inbox(Inbox::new(limit));
        let write: sys::WriteFunction = trampolines::pull::write::<H>;
        let user = self.context.as_user_data();
        // SAFETY: C2: the trampoline is one for this `H`.
        unsafe { self.set(WRITE, write) }?;
        // SAFETY: C2: the data is the context for this `H`.
        unsafe { self.set(data_of(WRITE, sys::CURLOPT_WRITEDATA), user) }?;
        if self.is_installed(Hooks::HEADER) {
            return Ok(());
        }
        let header: sys::WriteFunction = trampolines::pull::header::<H>;
        // SAFETY: C2: the trampoline is one for this `H`.
        unsafe { self.set(HEADER, header) }?;
        // SAFETY: C2: the data is the context for this `H`.
        unsafe { self.set(data_of(HEADER, sys::CURLOPT_HEADERDATA), user) }
    }

    /// Gives libcurl the functions again that it had before [`pull`](Easy::pull). What has come can
    /// still be read.
    pub(super) fn stop_pulling(&mut self) -> Result<(), Error> {
        let inbox = self.context.inbox();
        if !inbox.is_some_and(|inbox| mem::take(&mut inbox.is_filled)) {
            return Ok(());
        }
        self.give(install::CallbackRow::takes_body)?;
        if self.is_installed(Hooks::HEADER) {
            return Ok(());
        }
        let none: Option<sys::WriteFunction> = None;
        // SAFETY: the option takes a function, or none.
        unsafe { self.set(HEADER, none) }?;
        let nothing = std::ptr::null_mut::<libc::c_void>();
        // SAFETY: NULL is no data.
        unsafe { self.set(data_of(HEADER, sys::CURLOPT_HEADERDATA), nothing) }
    }

    /// Returns what has come of the body.
    pub(crate) fn inbox(&mut self) -> Option<&mut Inbox> {
        self.context.inbox()
    }

    /// Lets go of what was not read.
    pub(crate) fn close_inbox(&mut self) {
        self.context.close_inbox();
    }

    /// Makes libcurl go on after it had to wait.
    pub(crate) fn let_in(&mut self) -> Result<(), Error> {
        if !self.context.inbox().is_some_and(|inbox| inbox.holds) {
            return Ok(());
        }
        let entered = self.handle.engine.as_ref().map(|engine| engine.enter());
        let _entered = entered.transpose()?;
        if let Some(inbox) = self.context.inbox() {
            inbox.holds = false;
        }
        self.context.redirect(0, sys::CURLPAUSE_RECV);
        Ok(())
    }

    /// Returns whether the final headers have come, or will not be noticed before something is read.
    pub(crate) fn has_response(&mut self) -> bool {
        self.context.has_final_head() || self.context.inbox().is_some_and(|inbox| inbox.holds)
    }
}

/// Returns the option for the data of a callback.
fn data_of(function: Item, data: sys::CURLoption) -> Item {
    Item {
        id: data,
        ..function
    }
}
