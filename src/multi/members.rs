//! Adding transfers to a [`Multi`], and removing them before they end.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::callbacks::event_loop::EventLoop;
use crate::code::MultiCode;
use crate::id::Id;
use crate::multi::{AddError, Multi};
use crate::run::guard::discard;
use crate::run::perform::End;
use crate::{Callbacks, Error, Transfer, TransferError};

impl<H: Callbacks, L: EventLoop> Multi<H, L> {
    /// Adds a transfer, which begins when it is next driven.
    ///
    /// # Errors
    /// [`AddError`], which has the transfer and the error: that of [`Transfer::perform`] for
    /// options that must not go together; [`Error::Option`] for an
    /// [`address_filter`](Callbacks::address_filter) without [`Hooks::PREREQ`](crate::Hooks::PREREQ);
    /// or [`Error::Multi`] with [`MultiCode::ABORTED_BY_CALLBACK`] after the event loop has failed. If the event loop fails during this call, it is woken, and the
    /// next call that drives returns its error.
    ///
    /// # Panics
    /// Resumes the panic of [`close_socket`](Callbacks::close_socket) for a connection that
    /// [`connect_only`](Transfer::connect_only) has left open. [`take_finished`](Multi::take_finished)
    /// then returns the transfer, with [`Error::Aborted`].
    #[doc(alias = "curl_multi_add_handle")]
    #[doc(alias("add2", "add_handle"))]
    pub fn add(&mut self, mut transfer: Transfer<H>) -> Result<Id, AddError<H>> {
        let id = Id::next();
        let mut panic = None;
        let joined = catch_unwind(AssertUnwindSafe(|| {
            if self.group.dead {
                return Err(MultiCode::ABORTED_BY_CALLBACK.into());
            }
            transfer.check()?;
            transfer.check_pool()?;
            panic = transfer.easy.let_go()?;
            self.group.join(id, &mut transfer)
        }));
        let (error, panic) = match joined {
            Ok(Ok(())) => {
                self.group.members.insert(id, transfer);
                self.group.wake_for_rest();
                return Ok(id);
            }
            Ok(Err(error)) => (error, panic),
            Err(payload) => {
                discard(panic);
                (MultiCode::ABORTED_BY_CALLBACK.into(), Some(payload))
            }
        };
        let Some(payload) = panic else {
            return Err(TransferError::new(error, transfer));
        };
        self.group.finished.push_back((id, transfer, Err(error)));
        self.group.wake_for_rest();
        resume_unwind(payload)
    }
}

impl<H, L: EventLoop> Multi<H, L> {
    /// Takes a running transfer out, and returns it: it ends where it is.
    ///
    /// Returns `None` if it does not run here. One that has ended is there for
    /// [`take_finished`](Multi::take_finished); so is one whose callback fails while it is taken out, with
    /// that error. So is, after the next drive and with [`Error::Cancelled`], one that is taken out inside
    /// a callback while another thread uses the [`Share`](crate::Share) of a transfer here.
    ///
    /// # Panics
    /// Resumes the panic of a callback that libcurl calls meanwhile.
    #[doc(alias = "curl_multi_remove_handle")]
    #[doc(alias("remove2", "remove_handle"))]
    pub fn remove(&mut self, id: Id) -> Option<Transfer<H>> {
        if !self.group.members.contains_key(&id) {
            return None;
        }
        let Ok(entered) = self.group.core.enter() else {
            let transfer = self.group.members.get(&id)?;
            transfer.remote().cancel();
            return None;
        };
        // Those of other transfers come out of the next drive.
        let others = self.group.panics.len();
        self.group.finish(id, End::Cancelled, &entered);
        drop(entered);
        self.group.wake_for_rest();
        if self.group.panics.len() > others {
            if let Some(payload) = self.group.panics.pop_back() {
                resume_unwind(payload);
            }
        }
        match self.group.finished.pop_back()? {
            (own, transfer, Err(Error::Cancelled)) if own == id => Some(transfer),
            other => {
                self.group.finished.push_back(other);
                None
            }
        }
    }

    /// Cancels all running transfers at once: [`take_finished`](Multi::take_finished) returns them, with
    /// [`Error::Cancelled`] or the error of a callback that fails meanwhile.
    ///
    /// Inside a callback, while another thread uses the [`Share`](crate::Share) of a transfer here, they
    /// are cancelled by the next drive instead. That also resumes the panic of a callback.
    pub fn cancel_all(&mut self) {
        self.group.cancel_all();
    }
}
