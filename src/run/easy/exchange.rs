//! Moves the handle of a transfer to another handler, and back.
//!
//! libcurl knows a handler only by the address of its context and by trampolines. So the handle moves
//! into an [`Easy`] of another type, whose context gets the state of the transfer, and later moves back.

use std::mem;

use crate::hooks::Hooks;
use crate::run::easy::Easy;
use crate::run::easy::handle::EasyHandle;
use crate::run::guard::{Failure, discard};
use crate::run::mime::ReaderFunctions;
use crate::{Callbacks, Error};

impl<H: Callbacks> Easy<H> {
    /// Moves the handle and the state of the transfer to an `Easy` with another handler. `self` must not
    /// be used before [`take_back`](Easy::take_back).
    ///
    /// libcurl still has the callbacks of `self`, until those of the returned `Easy` are
    /// [installed](Easy::install_after_exchange).
    ///
    /// # Errors
    /// The failure that an earlier call has left behind for this handler, or the error of an option that libcurl
    /// refuses. The handle then does not move.
    ///
    /// # Panics
    /// Resumes the panic of a callback that an earlier call has left behind.
    pub(crate) fn move_out<G: Callbacks>(&mut self, handler: G) -> Result<Box<Easy<G>>, Error> {
        self.context.deliver();
        self.settle_detached()?;
        self.give_back()?;
        let raw = self.raw();
        // SAFETY: C1: the handle is live, and this owner is disowned at once.
        let mut handle = unsafe { EasyHandle::new(raw) };
        handle.disown();
        let mut other = Easy::of(handle, handler);
        self.exchange(&mut other);
        Ok(other)
    }

    /// Takes back what [`move_out`](Easy::move_out) has moved. libcurl has the callbacks of `other` until
    /// those of `self` are installed again.
    ///
    /// Returns the failure of the `close_socket` of `self` meanwhile, or else a failure that `other` has
    /// left behind, or else `None`. The failures are taken out here: otherwise, the next call that installs
    /// callbacks would return one of them.
    pub(crate) fn take_back<G: Callbacks>(&mut self, other: &mut Easy<G>) -> Option<Failure> {
        let failure = self.take_failure();
        // From now on, the sockets of the other handler close without a call of its `close_socket`.
        if let Some(sockets) = other.context.own_registry() {
            sockets.forget(other.context.as_user_data());
        }
        self.exchange(other);
        let others = self.take_failure();
        match failure {
            None => others,
            Some(failure) => {
                discard(others);
                Some(failure)
            }
        }
    }

    /// Exchanges the fields that belong to the transfer and not to the handler.
    fn exchange<G: Callbacks>(&mut self, other: &mut Easy<G>) {
        mem::swap(&mut self.handle, &mut other.handle);
        mem::swap(&mut self.known, &mut other.known);
        mem::swap(&mut self.piped, &mut other.piped);
        mem::swap(&mut self.hsts_files, &mut other.hsts_files);
        mem::swap(&mut self.entry_path, &mut other.entry_path);
        mem::swap(&mut self.installed, &mut other.installed);
        mem::swap(&mut self.replaced, &mut other.replaced);
        self.context.exchange(&mut other.context);
    }

    /// Makes libcurl use the callbacks and the context of `self`, and no other context.
    pub(crate) fn install_after_exchange(&mut self, hooks: Hooks) -> Result<(), Error> {
        let user = self.context.as_user_data();
        if let Some(tree) = &mut self.handle.mime {
            // SAFETY: C2: the context of this `H`. libcurl does not use the tree after the context is dropped,
            // unless the tree has got other functions.
            tree.set_functions(unsafe { ReaderFunctions::new::<H>(user) });
        }
        self.set_text()?;
        // The functions of replaced callbacks have the context of the other `Easy` as their data. They count as
        // installed here, so that `install` sets or unsets them again.
        self.installed |= mem::take(&mut self.replaced);
        self.install(hooks)
    }
}
