//! How a transfer runs: what begins it, what drives it, and what it ends with.

use std::any::Any;
use std::sync::Arc;

use libc::c_long;

use crate::code::MultiCode;
use crate::error::Stop;
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
    /// libcurl says so.
    Code(Code),
    /// A remote asked for it.
    Cancelled,
    /// A callback failed, and libcurl did not ask or has not noticed yet.
    Failed,
    /// Its time is over, and libcurl did not check the limit.
    TimedOut,
    /// The event loop failed.
    Dead,
}

impl End {
    /// Returns `Cancelled` instead of libcurl's result if a remote has cancelled the transfer.
    pub(super) fn or_cancelled(self, cancelled: bool) -> End {
        match self {
            End::Code(_) | End::TimedOut if cancelled => End::Cancelled,
            end => end,
        }
    }
}

impl<H> Easy<H> {
    /// Joins the transfers that `engine` drives, with the connections of `registry`.
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

    /// Joins as [`join`](Easy::join) does, where libcurl itself attaches the handle.
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
        // libcurl has given the child what its parent shares.
        self.handle.share = share;
        self.handle.references = self.references_in(pool);
        self.note_usage();
        asked.and(self.use_registry(Some(registry.clone())))
    }

    /// Leaves the engine that drives it.
    pub(super) fn leave(
        &mut self,
        engine: &mut Engine,
        entered: &Entered,
        registry: &Registry,
        end: End,
    ) -> (Result<(), Error>, Option<Box<dyn Any + Send>>) {
        self.end_response(Some(&end));
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
        // Connections that stay there must not ask for this transfer any more.
        registry.forget(self.context.as_user_data());
        self.tell_done(&end);
        let panic = self.context.head().take_panic();
        let cancelled = self.end();
        let result = self.conclude(end.or_cancelled(cancelled));
        // Last: setting an option settles what a callback left behind.
        let restored = self.use_registry(None);
        (result.and(restored), panic)
    }

    /// Notes that libcurl has ended the transfer, which stays in the engine that drives it: libcurl closes the
    /// connection that `connect_only` has left open when the transfer leaves.
    pub(super) fn stay(&mut self) {
        self.end_response(Some(&End::Code(Code::OK)));
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

    /// Readies the options for another transfer, which may be a lone one, and may be `stopped` by a remote.
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
        // For the callbacks, which reach only the context.
        self.frames();
    }

    /// Notes that there are no more headers, unless the transfer has failed or has only connected.
    pub(super) fn end_response(&mut self, end: Option<&End>) {
        const ONLY_CONNECT: c_long = 1;
        if matches!(end, Some(End::Code(Code::OK))) && self.known.connect_only != ONLY_CONNECT {
            self.context.end_response();
        }
    }

    /// Calls `done`, if the transfer has succeeded.
    pub(super) fn tell_done(&mut self, end: &End) {
        if *end == End::Code(Code::OK) && !self.context.is_owed() {
            self.context.tell_done();
        }
    }

    /// Notes that the transfer has ended. Returns whether a remote has cancelled it.
    pub(super) fn end(&mut self) -> bool {
        self.relax();
        self.end_parts();
        self.context.head().end();
        self.context
            .asked()
            .get()
            .is_some_and(|control| control.end())
    }

    /// Does what remotes have asked for, and looks whether a callback has failed.
    /// Returns how the transfer ends, if it does.
    pub(crate) fn attend(&mut self, _: &Entered) -> Option<End> {
        if let Some(control) = self.context.asked().get() {
            let Requests {
                pause,
                resume,
                cancel,
            } = control.take();
            if pause & sys::CURLPAUSE_SEND != 0 {
                // From now on, only a request of the same kind resumes.
                self.release_parts();
            }
            self.fail_as_written();
            if cancel && !self.context.head().has_failed() {
                return Some(End::Cancelled);
            }
            // There is nothing to pause after the end, where requests only wake the driver.
            if !self.handle.stays {
                self.context.redirect(pause, resume);
            }
        }
        self.context.head().has_failed().then_some(End::Failed)
    }

    /// Returns whether a direction of the running transfer is paused.
    pub(crate) fn is_paused(&self) -> bool {
        self.context.is_paused()
    }

    /// Stops the transfer if whoever writes its body, or a part of it, has given up.
    fn fail_as_written(&mut self) {
        if let Some(failure) = self.context.take_outbox_failure() {
            self.fail(Callback::Read, Stop::Error(failure));
        } else if let Some(failure) = self.take_part_failure() {
            self.fail(Callback::MimeRead, Stop::Error(failure));
        }
    }

    /// Stops the transfer for what a callback that is not its own has answered.
    pub(crate) fn fail(&mut self, callback: Callback, stop: Stop) {
        self.context.head().fail(Failure::Callback(callback, stop));
    }

    /// Returns what a callback failed with while a connection was let go.
    pub(super) fn settle_detached(&mut self) -> Result<(), Error> {
        self.context.settle(Code::OK).map(drop)
    }

    /// Returns what a callback failed with while a connection was let go, to be given back
    /// once the transfer is whole again.
    pub(crate) fn take_failure(&mut self) -> Option<Failure> {
        self.context.head().take_failure()
    }

    /// Returns such a failure as an error, or resumes the panic.
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
                // libcurl's message may be about the detaching; it does not know this limit.
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

    /// Returns what remotes of this transfer ask of it, ready to be asked.
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
