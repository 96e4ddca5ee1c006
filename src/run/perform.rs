//! How a transfer begins, is attended to by its driver, and ends.

use std::any::Any;
use std::sync::Arc;

use libc::c_long;

use crate::callbacks::facts::has_scheme;
use crate::code::MultiCode;
use crate::error::Stop;
use crate::ffi::info::{HTTP_1_0, HTTP_1_1, HTTP_VERSION};
use crate::ffi::pool::{Entered, Pool};
use crate::ffi::share::ShareHandle;
use crate::ffi::sigpipe::Quiet;
use crate::ffi::socket::Registry;
use crate::ffi::sys;
use crate::id::Id;
use crate::run::control::{Control, Requests};
use crate::run::easy::Easy;
use crate::run::engine::Engine;
use crate::run::guard::Failure;
use crate::run::mailbox::Mailbox;
use crate::run::pull::Pull;
use crate::{Callback, Code, Error};

/// How a transfer ended, as far as its driver knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// libcurl has ended the transfer with this code.
    Code(Code),
    /// A remote has cancelled the transfer, or all transfers of a driver were cancelled.
    Cancelled,
    /// A callback has failed, and libcurl ignores its answer or has not noticed the failure yet.
    Failed,
    /// A time limit of the transfer is over, and libcurl has not checked that limit.
    TimedOut,
    /// The event loop has failed.
    Dead,
}

impl End {
    /// Returns `Cancelled` instead of libcurl's result or a time-out if a remote has cancelled the transfer.
    pub(super) fn or_cancelled(self, cancelled: bool) -> End {
        match self {
            End::Code(_) | End::TimedOut if cancelled => End::Cancelled,
            end => end,
        }
    }
}

impl<H> Easy<H> {
    /// Joins the transfers that `engine` drives. `registry` is that of the engine's connections.
    pub(super) fn join(
        &mut self,
        engine: &mut Engine,
        registry: &Arc<Registry>,
        id: Id,
        pull: Option<Pull>,
    ) -> Result<(), Error> {
        self.prepare(false, true)?;
        self.give_back()?;
        let entered = self.move_to(engine)?;
        self.use_registry(Some(registry.clone()))?;
        self.begin((engine.mailbox.clone(), id));
        let result = self.connect_pipes(pull);
        // SAFETY: C1: the handle is live, in no engine since `prepare`, and leaves before
        // its owner lets go of it.
        let result = result.and_then(|()| unsafe { self.attach(engine, &entered, &Quiet::new()) });
        if result.is_err() {
            self.leave(engine, &entered, registry, End::Dead).0.ok();
        }
        result
    }

    /// Does what [`join`](Easy::join) does, for a pushed transfer. Its handle is attached by libcurl itself.
    pub(super) fn join_as_child(
        &mut self,
        mailbox: &Arc<Mailbox>,
        registry: &Arc<Registry>,
        pool: Option<&Arc<Pool>>,
        share: Option<Arc<ShareHandle>>,
        id: Id,
    ) -> Result<(), Error> {
        #[cfg(need_openssl_probe)]
        self.trust_system_certificates();
        let asked = self.ask_progress(true);
        self.begin((mailbox.clone(), id));
        // libcurl has made the child use the share of its parent.
        self.handle.share = share;
        self.handle.references = self.references_in(pool);
        self.note_usage();
        asked.and(self.use_registry(Some(registry.clone())))
    }

    /// Leaves the engine that drives the transfer. Returns the result, and the panic of a callback if
    /// there is one to resume.
    pub(super) fn leave(
        &mut self,
        engine: &mut Engine,
        entered: &Entered,
        registry: &Registry,
        end: End,
    ) -> (Result<(), Error>, Option<Box<dyn Any + Send>>) {
        self.note_end(Some(&end));
        self.keep_entry_path(entered);
        if self.may_leave_connection(&end) {
            self.shut_left_connection(engine, entered);
        }
        if !matches!(end, End::Code(_)) {
            self.context.head().stop();
            engine.quick_exit(1);
        }
        // SAFETY: C1: the handle is live; C3: no callback is on the stack, as this takes `&mut`.
        unsafe { engine.detach(self.raw(), entered, &Quiet::new()) };
        self.handle.usage = None;
        self.handle.stays = false;
        self.context.deliver();
        // Connections that stay in the engine must not call `close_socket` of this transfer any more.
        registry.forget(self.context.as_user_data());
        self.tell_done(&end);
        let panic = self.context.head().take_panic();
        let cancelled = self.end();
        let result = self.conclude(end.or_cancelled(cancelled));
        // The registry is unset last: setting an option would return the failure that a callback has left behind.
        let restored = self.use_registry(None);
        (result.and(restored), panic)
    }

    /// Notes that libcurl has ended the transfer, and that the transfer stays in the engine: when it leaves,
    /// libcurl closes the connection that `connect_only` has left open.
    pub(super) fn stay(&mut self) {
        self.note_end(Some(&End::Code(Code::OK)));
        self.handle.stays = true;
    }

    /// Closes the connection that was left open, and returns the panic of a callback that libcurl
    /// calls meanwhile. The panic then counts as an abort by that callback, which is the error of
    /// the next call.
    ///
    /// # Errors
    /// As for [`Engine::enter`]; the connection then stays.
    pub(crate) fn let_go(&mut self) -> Result<Option<Box<dyn Any + Send>>, Error> {
        self.handle.detach()?;
        Ok(self.context.head().take_panic())
    }

    /// Prepares the options for the next transfer. `is_lone` says whether the transfer performs alone, not in
    /// a `Multi`. `stopped` says whether a remote, which may not exist yet, may stop the transfer.
    pub(super) fn prepare(&mut self, is_lone: bool, stopped: bool) -> Result<(), Error> {
        self.handle.detach()?;
        self.settle_detached()?;
        self.separate_addresses(is_lone)?;
        self.give_again()?;
        self.fit_buffers(is_lone)?;
        self.renew_upload()?;
        self.replace_defaults()?;
        #[cfg(need_openssl_probe)]
        self.trust_system_certificates();
        self.ask_progress(stopped)?;
        self.context.clear_text();
        if self.context.head().forbade_reuse() {
            self.allow_reuse()?;
        }
        self.close_file_connection();
        Ok(())
    }

    /// Notes that a transfer begins, and who drives it.
    pub(super) fn begin(&mut self, driver: (Arc<Mailbox>, Id)) {
        if let Some(control) = self.context.asked().get() {
            control.begin(driver.clone());
        }
        self.begin_entry_path();
        self.note_mail();
        let file = !self.known.is_http_only();
        let answers = self.known.answers.answers();
        self.context
            .begin(driver, self.known.upload.announced(), file, answers);
        // Copies the options for WebSockets to the context, since callbacks reach only the context.
        self.frames();
    }

    /// Notes how the transfer has ended. There are no more headers, unless it has failed or has only connected; and
    /// libcurl has read the files of cookies, if it has ended the transfer itself.
    pub(super) fn note_end(&mut self, end: Option<&End>) {
        const ONLY_CONNECT: c_long = 1;
        if matches!(end, Some(End::Code(_))) {
            self.known.new_cookie_files.clear();
        }
        if matches!(end, Some(End::Code(Code::OK))) && self.known.connect_only != ONLY_CONNECT {
            self.context.end_response();
        }
    }

    /// Calls `done`, if the transfer has succeeded.
    pub(super) fn tell_done(&mut self, end: &End) {
        let control = self.context.asked().get();
        let is_cancelled = control.is_some_and(|control| control.is_cancelled());
        if *end == End::Code(Code::OK) && !is_cancelled && !self.context.is_owed() {
            self.context.tell_done();
        }
    }

    /// Notes that the transfer has ended. Returns whether a remote has cancelled it.
    pub(super) fn end(&mut self) -> bool {
        self.relax();
        self.end_parts();
        // Unsetting a function does not fail.
        let _ = self.skip_without_seek(false);
        self.context.head().end();
        self.context
            .asked()
            .get()
            .is_some_and(|control| control.end())
    }

    /// Fulfils the requests of remotes, and looks whether a callback has failed. Returns how the
    /// transfer ends, or `None` if it goes on.
    pub(crate) fn attend(&mut self, _: &Entered) -> Option<End> {
        if let Some(control) = self.context.asked().get() {
            let Requests {
                pause,
                resume,
                cancel,
            } = control.take();
            if pause & sys::CURLPAUSE_SEND != 0 {
                // From now on, the writer of a part does not resume: only a remote or the handler does.
                self.release_parts();
            }
            self.fail_as_written();
            if cancel && !self.context.head().has_failed() {
                return Some(End::Cancelled);
            }
            // If the transfer only stays for its connection, nothing can be paused: requests only
            // wake the driver.
            if !self.handle.stays {
                self.context.redirect(pause, resume);
            }
        }
        self.context.head().has_failed().then_some(End::Failed)
    }

    /// Returns whether a direction of the running transfer is paused.
    pub(crate) fn is_paused(&self) -> bool {
        self.context
            .is_paused(sys::CURLPAUSE_RECV | sys::CURLPAUSE_SEND)
    }

    /// Returns whether the running transfer certainly reads nothing from its connection until it is resumed: receiving is
    /// paused, the request was sent, and no other transfer uses the connection.
    pub(crate) fn is_idle(&self) -> bool {
        if !self.context.is_paused(sys::CURLPAUSE_RECV) {
            return false;
        }
        let info = self.info();
        let is_first = info.redirect_count().is_ok_and(|count| count == 0);
        if has_scheme(&info, &["http", "https"]) {
            // After a redirect or a challenge, this is the version of the former response until the next one begins.
            let is_alone = matches!(info.long(HTTP_VERSION), Ok(HTTP_1_0 | HTTP_1_1));
            return is_alone && (is_first || self.context.holds_data());
        }
        let is_sent = info.pretransfer_time().is_ok_and(|time| !time.is_zero());
        is_first && is_sent && has_scheme(&info, &["ftp", "ftps"])
    }

    /// Stops the transfer if the writer of its body, or of a part of it, has given up.
    fn fail_as_written(&mut self) {
        if let Some(failure) = self.context.pipes().take_outbox_failure() {
            self.fail(Callback::Read, Stop::Error(failure));
        } else if let Some(failure) = self.take_part_failure() {
            self.fail(Callback::MimeRead, Stop::Error(failure));
        }
    }

    /// Stops the transfer for the answer of something other than its own handler. The error names `callback`.
    pub(crate) fn fail(&mut self, callback: Callback, stop: Stop) {
        self.context.head().fail(Failure::Callback(callback, stop));
    }

    /// Returns, as an error, the failure that a callback has left behind, as when libcurl has closed a
    /// connection.
    pub(super) fn settle_detached(&mut self) -> Result<(), Error> {
        self.context.settle(Code::OK).map(drop)
    }

    /// Takes the failure that a callback has left behind, as when libcurl has closed a connection. When the
    /// transfer has all its parts again, the caller passes the failure to
    /// [`give_failure`](Easy::give_failure).
    pub(crate) fn take_failure(&mut self) -> Option<Failure> {
        self.context.head().take_failure()
    }

    /// Returns a failure from [`take_failure`](Easy::take_failure) as an error, or resumes its panic.
    pub(crate) fn give_failure(&mut self, failure: Option<Failure>) -> Result<(), Error> {
        match failure {
            Some(failure) => {
                self.context.head().fail(failure);
                self.settle_detached()
            }
            None => Ok(()),
        }
    }

    /// Makes the result of a transfer that has ended.
    ///
    /// # Panics
    /// Resumes the panic of a callback.
    pub(super) fn conclude(&mut self, end: End) -> Result<(), Error> {
        let code = match end {
            End::Code(code) => code,
            End::TimedOut => {
                // libcurl has not checked this limit. If it has left a message, that may be about the detaching.
                self.context.clear_text();
                Code::OPERATION_TIMEDOUT
            }
            End::Cancelled | End::Failed | End::Dead => Code::ABORTED_BY_CALLBACK,
        };
        match self.context.settle(code)? {
            _ if end == End::Cancelled => Err(Error::Cancelled),
            _ if end == End::Dead => Err(MultiCode::ABORTED_BY_CALLBACK.into()),
            Code::OK if self.context.is_owed() => Err(Error::libcurl_with(
                Code::WRITE_ERROR,
                "the transfer ended while receiving was paused",
            )),
            Code::OK => Ok(()),
            code => Err(self.context.error(code)),
        }
    }

    /// Returns the state that the transfer shares with its remotes, which accepts requests from now on.
    pub(crate) fn control(&self) -> &Arc<Control> {
        let control = self.context.asked().get_or_init(|| {
            let control = Control::default();
            if let Some(driver) = self.context.driver() {
                control.begin(driver.clone());
            }
            Arc::new(control)
        });
        control.ready();
        control
    }
}
