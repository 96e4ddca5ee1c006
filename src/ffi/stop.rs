//! How libcurl is made to let go of a transfer at once, whatever it waits for.
//!
//! libcurl waits in loops of its own for what some protocols end with: the last reply of FTP,
//! SMTP and IMAP, the bytes of `file://` and TELNET, the end of an SSH session. No driver is
//! asked meanwhile, but the progress function is. So libcurl always has one.

use std::ptr;

use libc::{c_int, c_long};

use crate::ffi::easy::Easy;
use crate::ffi::engine::Engine;
use crate::ffi::guard::Head;
use crate::ffi::info::Info;
use crate::ffi::item::Item;
use crate::ffi::{sys, trampolines};
use crate::{Error, Version};

const NOPROGRESS: Item = Item::new(sys::CURLOPT_NOPROGRESS, "CURLOPT_NOPROGRESS", "7.1");
const ASK: Item = Item::new(
    sys::CURLOPT_XFERINFOFUNCTION,
    "CURLOPT_XFERINFOFUNCTION",
    "7.32.0",
);
const ASK_DATA: Item = Item {
    id: sys::CURLOPT_XFERINFODATA,
    ..ASK
};
const OLD_ASK: Item = Item::new(
    sys::CURLOPT_PROGRESSFUNCTION,
    "CURLOPT_PROGRESSFUNCTION",
    "7.1",
);

/// Returns the options that limit how long libcurl waits for a reply, and for a resolver's thread.
fn limits() -> [sys::CURLoption; 2] {
    let replies = match counts_millis() {
        true => sys::CURLOPT_SERVER_RESPONSE_TIMEOUT_MS,
        false => sys::CURLOPT_TIMEOUT_MS,
    };
    [replies, sys::CURLOPT_QUICK_EXIT]
}

/// Returns whether libcurl limits the wait for a reply by less than a second.
fn counts_millis() -> bool {
    Version::linked() >= Version::new(8, 6, 0)
}

impl Head {
    /// Makes libcurl let go of the transfer, which ends for a reason that libcurl does not know.
    pub(super) fn stop(&mut self) {
        self.stopping = true;
        self.hurry();
    }

    /// Returns the answer of a progress function that ends the transfer.
    #[cold]
    pub(super) fn abort(&mut self) -> c_int {
        if let Some(handle) = self.handle {
            // Else libcurl keeps a connection on which a reply is still to come.
            let on: c_long = 1;
            // SAFETY: C1: the handle is live; a flag, which calls nothing back.
            unsafe { sys::curl_easy_setopt(handle.as_ptr(), sys::CURLOPT_FORBID_REUSE, on) };
        }
        self.hurry();
        self.refuse_progress()
    }

    /// Returns the answer of a progress function that has failed or ends the transfer.
    ///
    /// If libcurl is told to stop when all of a file has been transferred, it skips the last
    /// step of the transfer, and the file stays open for ever. So it is never told that of a
    /// file: it calls `write` or `read` before it reports again, which the gate refuses now, or
    /// returns to the driver, which ends the transfer too.
    #[cold]
    pub(super) fn refuse_progress(&mut self) -> c_int {
        const CLOSED: c_int = 1;
        // SAFETY: C1: the handle is live during a callback.
        let info = self.handle.map(|handle| unsafe { Info::new(handle) });
        let scheme = info.and_then(|info| info.scheme().ok().flatten());
        match scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("file")) {
            true => {
                self.shut();
                0
            }
            false => CLOSED,
        }
    }

    /// Shortens what libcurl waits for.
    fn hurry(&mut self) {
        let Some(handle) = self.handle.filter(|_| !self.hurried) else {
            return;
        };
        self.hurried = true;
        for option in limits() {
            let least: c_long = 1;
            // SAFETY: C1: the handle is live. libcurl stores the number, or does not know the
            // option: neither calls anything back.
            unsafe { sys::curl_easy_setopt(handle.as_ptr(), option, least) };
        }
        // 7.88 would end a mail that was not sent whole, and the server deliver it.
        let none = ptr::null_mut::<sys::curl_slist>();
        // SAFETY: C1: as above; the option takes a list, or none.
        unsafe { sys::curl_easy_setopt(handle.as_ptr(), sys::CURLOPT_MAIL_RCPT, none) };
    }
}

impl<H> Easy<H> {
    /// Takes back what [`Head::hurry`] has set, once the transfer has ended.
    pub(super) fn relax(&mut self) {
        let head = self.context.head();
        head.stopping = false;
        if !std::mem::take(&mut head.hurried) {
            return;
        }
        for option in limits() {
            self.restore(option);
        }
        let handle = self.handle.raw.as_ptr();
        // SAFETY: C1: the handle is live; the user set this.
        unsafe {
            sys::curl_easy_setopt(handle, sys::CURLOPT_FORBID_REUSE, self.wanted.forbid_reuse)
        };
        if let Some(list) = self.lists.get(&sys::CURLOPT_MAIL_RCPT) {
            // SAFETY: C5: the list is kept. It was set before.
            unsafe { sys::curl_easy_setopt(handle, sys::CURLOPT_MAIL_RCPT, list.as_ptr()) };
        }
    }

    /// Attaches the handle to an engine.
    ///
    /// # Safety
    /// As for [`Engine::attach`].
    pub(super) unsafe fn attach(&mut self, engine: &Engine) -> Result<(), Error> {
        // The engine ends connections by this limit of the last transfer: older releases would
        // wait two minutes for the farewell of a server that is gone.
        let second: c_long = 1;
        let option = sys::CURLOPT_SERVER_RESPONSE_TIMEOUT;
        // SAFETY: C1: the handle is live; the option takes a long.
        unsafe { sys::curl_easy_setopt(self.handle.raw.as_ptr(), option, second) };
        // SAFETY: the caller's promise.
        let result = unsafe { engine.attach(self.handle.raw) };
        self.restore(match counts_millis() {
            true => sys::CURLOPT_SERVER_RESPONSE_TIMEOUT_MS,
            false => option,
        });
        result
    }

    /// Sets a limit as the user did.
    fn restore(&self, option: sys::CURLoption) {
        let value = match option {
            sys::CURLOPT_TIMEOUT_MS => self.wanted.timeout,
            sys::CURLOPT_QUICK_EXIT => self.handle.quick_exit,
            _ => self.wanted.response_timeout,
        };
        // SAFETY: C1: the handle is live. It had this value before.
        unsafe { sys::curl_easy_setopt(self.handle.raw.as_ptr(), option, value) };
    }

    /// Reports progress to the handler, or else lets libcurl print its meter; or does neither.
    /// libcurl asks in each case whether the transfer is to go on.
    pub(crate) fn report(&mut self, on: bool) -> Result<(), Error> {
        self.context.head().reports = on;
        if !self.wanted.hears_progress {
            let user = self.context.as_user_data();
            let ask: sys::XferInfoFunction = match on {
                true => trampolines::progress::meter,
                false => trampolines::progress::watch,
            };
            // SAFETY: C2: the trampoline is one for any context.
            unsafe { self.set(ASK, ask) }?;
            // SAFETY: C2: the data is the live context.
            unsafe { self.set(ASK_DATA, user) }?;
            if on {
                // libcurl ends the last line of its meter only if no function was set last.
                let none: Option<sys::ProgressFunction> = None;
                // SAFETY: the option takes a function, or none.
                unsafe { self.set(OLD_ASK, none) }?;
            }
        }
        let off: c_long = 0;
        // SAFETY: the option takes a long.
        unsafe { self.set(NOPROGRESS, off) }
    }

    /// Does so again after other callbacks were installed, and returns whether it is reported.
    pub(crate) fn report_again(&mut self) -> Result<bool, Error> {
        let on = self.context.head().reports;
        self.report(on)?;
        Ok(on)
    }
}
