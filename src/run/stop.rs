//! Ending a transfer soon, although libcurl waits in a loop of its own.
//!
//! libcurl has such loops for the last reply to a transfer of FTP, SMTP, IMAP, SCP and SFTP, and for the bytes of
//! `file://` and TELNET. No driver runs meanwhile, but libcurl calls the progress function. So each
//! transfer has a progress function. `run::easy::progress` says when libcurl calls it.
//!
//! Some waits cannot be ended, such as those of a callback, of the LDAP library, of a blocking name resolution and, in
//! most releases, of the TLS handshakes of FTP. When libcurl closes an SSH session, it also waits for the server. With
//! libssh2, libcurl 7.71.0 to 7.76.1 call the progress function meanwhile, and 7.78.0 and later wait for about a
//! second at most. Otherwise, this wait has no limit, and libcurl does not call the progress function.

use std::mem;
use std::net::Shutdown;
use std::ptr::{self, NonNull};
use std::time::Duration;

use libc::{c_int, c_long};

use crate::callbacks::facts::has_scheme;
use crate::ffi::info::{HTTP_1_1, HTTP_VERSION, Info, SOCKET};
use crate::ffi::pool::{Entered, Use};
use crate::ffi::sigpipe::Quiet;
use crate::ffi::sys;
use crate::quirks::{
    CONNECTION_KEPT_IN_USE, CONNECTION_LEFT_BY_HANDSHAKE, CONNECTION_LEFT_BY_PROGRESS,
    CONNECTION_LEFT_UNKNOWN, NO_REPLY_LIMIT_IN_MILLISECONDS,
};
use crate::run::easy::Easy;
use crate::run::engine::Engine;
use crate::run::guard::Head;
use crate::run::perform::End;
use crate::{Code, Error};

/// Returns the options that limit how long libcurl waits for a reply, and for a resolver's thread. Before 8.6.0,
/// the first option limits the whole transfer instead.
fn limits() -> [sys::CURLoption; 2] {
    let replies = match counts_millis() {
        true => sys::CURLOPT_SERVER_RESPONSE_TIMEOUT_MS,
        false => sys::CURLOPT_TIMEOUT_MS,
    };
    [replies, sys::CURLOPT_QUICK_EXIT]
}

/// Returns whether libcurl has an option that limits the wait for a reply in milliseconds.
fn counts_millis() -> bool {
    !NO_REPLY_LIMIT_IN_MILLISECONDS.is_present()
}

impl Head {
    /// Makes libcurl stop working on the transfer, which ends for a reason that libcurl does not know.
    pub(super) fn stop(&mut self) {
        self.stopping = true;
        self.watch();
        self.hurry();
    }

    /// Makes libcurl call the progress function from now on, if it is known that libcurl does not call it.
    pub(super) fn watch(&mut self) {
        let Some(handle) = self.handle.filter(|_| self.watched == Some(false)) else {
            return;
        };
        self.watched = Some(true);
        let off: c_long = 0;
        // SAFETY: C1: the handle is live; the option takes a long, and calls nothing back.
        unsafe { sys::curl_easy_setopt(handle.as_ptr(), sys::CURLOPT_NOPROGRESS, off) };
    }

    /// Returns the answer of a progress function that ends the transfer.
    #[cold]
    pub(super) fn abort(&mut self) -> c_int {
        // libcurl must not keep a connection on which a reply is still to come.
        self.forbid_reuse();
        self.hurry();
        self.refuse_progress()
    }

    /// Returns the answer of a progress function that has failed or ends the transfer.
    ///
    /// If a progress function stops a `file://` transfer after all of the file was transferred, libcurl
    /// skips the last step of the transfer, and leaves the file open. So for `file://`, this
    /// method returns 0 and shuts the gate. Then the next call of the handler's `write` or
    /// `read` fails, or libcurl returns to the driver, which ends the transfer.
    ///
    /// Releases with [`CONNECTION_KEPT_IN_USE`] could never close the connection of a transfer that a progress
    /// function stops. With these releases, this method returns 0 for any transfer. If libcurl waits in a loop
    /// of its own, the short time limits end the transfer.
    #[cold]
    pub(super) fn refuse_progress(&mut self) -> c_int {
        const CLOSED: c_int = 1;
        if CONNECTION_KEPT_IN_USE.is_present() {
            self.hurry();
        }
        // SAFETY: C1: the handle is live during a callback.
        let info = self.handle.map(|handle| unsafe { Info::new(handle) });
        let file = info.is_some_and(|info| has_scheme(&info, &["file"]));
        match file || CONNECTION_KEPT_IN_USE.is_present() {
            true => {
                self.shut();
                0
            }
            false => {
                self.refused_progress = true;
                CLOSED
            }
        }
    }

    /// Shortens libcurl's time limits.
    fn hurry(&mut self) {
        let Some(handle) = self.handle.filter(|_| !self.hurried) else {
            return;
        };
        self.hurried = true;
        hurry(handle);
    }
}

/// Sets the time limits of a live handle (C1) to the minimum, and prevents libcurl from completing a
/// mail.
pub(super) fn hurry(handle: NonNull<sys::CURL>) {
    for option in limits() {
        let least: c_long = 1;
        // SAFETY: C1: the handle is live. libcurl stores the number, or does not know the
        // option: neither calls anything back.
        unsafe { sys::curl_easy_setopt(handle.as_ptr(), option, least) };
    }
    // Without this, some releases, such as 7.88.1, would complete a mail of which only a part was sent, and
    // the server would deliver that part.
    let none = ptr::null_mut::<sys::curl_slist>();
    // SAFETY: C1: as above; the option takes a list, or none.
    unsafe { sys::curl_easy_setopt(handle.as_ptr(), sys::CURLOPT_MAIL_RCPT, none) };
}

impl<H> Easy<H> {
    /// Returns whether libcurl may have left the connection of the transfer in its engine.
    pub(super) fn may_leave_connection(&mut self, end: &End) -> bool {
        let refused = mem::take(&mut self.context.head().refused_progress);
        let aborted = refused && matches!(end, End::Code(Code::ABORTED_BY_CALLBACK));
        let failed = matches!(end, End::Code(code) if *code != Code::OK);
        aborted && CONNECTION_LEFT_BY_PROGRESS.is_present()
            || failed && CONNECTION_LEFT_BY_HANDSHAKE.is_present() && self.shakes_hands()
    }

    /// Returns whether the transfer has connected, but has not begun its request. After a redirect, this is `false`.
    fn shakes_hands(&self) -> bool {
        let info = self.info();
        let is_past = |time: Result<Duration, Error>| time.is_ok_and(|time| !time.is_zero());
        is_past(info.connect_time()) && !is_past(info.pretransfer_time())
    }

    /// Shuts down the socket of the connection that libcurl has left in the engine, if the socket can be found, so
    /// that libcurl finds the connection dead and closes it. The transfer must still be attached.
    pub(super) fn shut_left_connection(&mut self, engine: &mut Engine, _: &Entered) {
        if CONNECTION_LEFT_UNKNOWN.is_present() || self.known.connect_only != 0 {
            return;
        }
        let info = self.info();
        // libcurl does not forget a connection of HTTP/2 or HTTP/3. Before the response, the version is not known, but
        // another transfer may use the connection.
        if info
            .long(HTTP_VERSION)
            .is_ok_and(|version| version > HTTP_1_1)
        {
            return;
        }
        if engine.shares_connection(self.raw()) {
            return;
        }
        if let Ok(Some(socket)) = info.socket(SOCKET) {
            // `shutdown` may fail if the server has closed the connection.
            let _ = socket.as_sock_ref().shutdown(Shutdown::Both);
            engine.has_dead_connections = true;
        }
    }

    /// Restores `CURLOPT_FORBID_REUSE` and the options that [`Head::hurry`] has set, after the transfer has ended.
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
        // SAFETY: C1: the handle is live; the option takes a long.
        unsafe {
            sys::curl_easy_setopt(
                handle,
                sys::CURLOPT_FORBID_REUSE,
                self.known.forbids_reuse(),
            )
        };
        if let Some(list) = self.handle.lists.get(sys::CURLOPT_MAIL_RCPT) {
            // SAFETY: C5: the list is kept alive; it was set before.
            unsafe { sys::curl_easy_setopt(handle, sys::CURLOPT_MAIL_RCPT, list.as_ptr()) };
        }
    }

    /// Attaches the handle to an engine.
    ///
    /// # Safety
    /// As for [`Engine::attach`].
    pub(super) unsafe fn attach(
        &mut self,
        engine: &mut Engine,
        entered: &Entered,
        quiet: &Quiet,
    ) -> Result<(), Error> {
        engine.has_last_replies |= !self.known.is_http_only() || self.handle.share.is_some();
        if !engine.has_last_replies {
            // SAFETY: the caller's promise.
            return unsafe { engine.attach(self.handle.raw, entered, quiet) };
        }
        // When libcurl closes a connection, it may use the value that `CURLOPT_SERVER_RESPONSE_TIMEOUT` had at
        // the last `attach`. So the value is one second then. With the default, older releases would wait
        // two minutes for the last reply of a server that is gone.
        let second: c_long = 1;
        let option = sys::CURLOPT_SERVER_RESPONSE_TIMEOUT;
        // SAFETY: C1: the handle is live; the option takes a long.
        unsafe { sys::curl_easy_setopt(self.handle.raw.as_ptr(), option, second) };
        // SAFETY: the caller's promise.
        let result = unsafe { engine.attach(self.handle.raw, entered, quiet) };
        if result.is_ok() {
            self.note_usage();
        }
        self.restore(match counts_millis() {
            true => sys::CURLOPT_SERVER_RESPONSE_TIMEOUT_MS,
            false => option,
        });
        result
    }

    /// Counts the transfer among the users of shared connections.
    pub(super) fn note_usage(&mut self) {
        let pool = self.handle.shared_connections();
        self.handle.usage = pool.cloned().map(Use::new);
    }

    /// Sets a limit, or `CURLOPT_QUICK_EXIT`, back to the user's value.
    fn restore(&self, option: sys::CURLoption) {
        let value = match option {
            sys::CURLOPT_TIMEOUT_MS => self.known.timeout,
            sys::CURLOPT_QUICK_EXIT => self.handle.quick_exit,
            _ => self.known.response_timeout,
        };
        // SAFETY: C1: the handle is live; the option takes a long.
        unsafe { sys::curl_easy_setopt(self.handle.raw.as_ptr(), option, value) };
    }
}
