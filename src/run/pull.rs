//! A body that somebody reads, while the transfer runs only as far as that needs.

use std::mem;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::hooks::Hooks;
use crate::run::easy::Easy;
use crate::run::inbox::Inbox;
use crate::run::{install, trampolines};
use crate::{Callbacks, Error};

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
        if self.pulls {
            return Ok(());
        }
        self.pulls = true;
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

impl<H> Easy<H> {
    /// Gives libcurl the functions again that it had before [`pull`](Easy::pull).
    pub(super) fn stop_pulling(&mut self) -> Result<(), Error> {
        if !mem::take(&mut self.pulls) {
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
}

/// Returns the option for the data of a callback.
fn data_of(function: Item, data: sys::CURLoption) -> Item {
    Item {
        id: data,
        ..function
    }
}
