//! Adding transfers to a [`Multi`], and removing them before they end.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::callbacks::event_loop::EventLoop;
use crate::code::MultiCode;
use crate::id::Id;
use crate::multi::Multi;
use crate::run::guard::discard;
use crate::run::perform::End;
use crate::{Callbacks, Error, Transfer, TransferError};

impl<H: Callbacks, L: EventLoop> Multi<H, L> {
    /// Adds a transfer. It begins when the `Multi` is next driven.
    ///
    /// # Errors
    /// [`TransferError`], which has the transfer and the error. The error is, for example, that of
    /// [`Transfer::perform`] if two options exclude each other; [`Error::Option`] for an
    /// [`address_filter`](Callbacks::address_filter) without [`Hooks::PREREQ`](crate::Hooks::PREREQ); or
    /// [`Error::Multi`] with [`MultiCode::ABORTED_BY_CALLBACK`] if the event loop has failed before. If the event
    /// loop fails during this call, it is woken, and the next call that drives returns the error of the event loop.
    ///
    /// # Panics
    /// Resumes the panic of a method of the handler, such as [`close_socket`](Callbacks::close_socket) for a
    /// connection that [`connect_only`](Transfer::connect_only) has left open.
    /// [`take_finished`](Multi::take_finished) then returns the transfer with an error, such as [`Error::Aborted`].
    #[doc(alias = "curl_multi_add_handle")]
    #[doc(alias("add2", "add_handle"))]
    pub fn add(&mut self, mut transfer: Transfer<H>) -> Result<Id, TransferError<H>> {
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
    /// Ends a running transfer at once, and returns it.
    ///
    /// Returns `None` in three cases. First, if the transfer does not run here. If it has ended,
    /// [`take_finished`](Multi::take_finished) returns it. Second, if a callback of the transfer has failed, as
    /// one may during this call. `take_finished` then returns the transfer with that error. Third, if this method is
    /// called inside a callback, while a [`Share`](crate::Share) of a transfer of this `Multi` is in use. The next
    /// drive then cancels the transfer, and `take_finished` returns it with [`Error::Cancelled`].
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
        // Panics of other transfers are resumed by the next drive.
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

    /// Cancels all running transfers at once. [`take_finished`](Multi::take_finished) returns them, each with
    /// [`Error::Cancelled`], or with the error of its callback if one has failed.
    ///
    /// If this method is called inside a callback, while a [`Share`](crate::Share) of a transfer of this `Multi` is
    /// in use, the next drive cancels all the transfers instead. If a callback panics while the transfers are
    /// cancelled, the next drive resumes the panic.
    pub fn cancel_all(&mut self) {
        self.group.cancel_all();
    }
}
