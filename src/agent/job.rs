//! A transfer on the thread that drives it.

use std::sync::{Arc, Weak};

use crate::agent::head::Head;
use crate::agent::slot::{AnySlot, Slot, wake};
use crate::ffi::pool::Entered;
use crate::pulled::check_readable;
use crate::run::guard::discard;
use crate::run::member::{Holder, Member, Panic, Served};
use crate::run::pull::Pull;
use crate::run::shared_pipe::SharedPipe;
use crate::{Callbacks, Error, Share, Transfer};

/// A transfer with a handler of any type, as the agent's thread holds it.
pub(super) trait Job: Holder + Send {
    /// Checks and prepares the transfer, before the thread begins it.
    fn prepare(&mut self) -> Result<(), Error>;

    /// Gives the transfer and its result back to the program. Dropping the returned notice wakes the program.
    fn end(self: Box<Self>, result: Result<(), Error>) -> Notice;
}

/// Wakes, when it is dropped, the program's thread or task that waits for a result in the slot.
#[must_use = "the program is woken when it is dropped"]
pub(super) struct Notice {
    /// `Some` until this is dropped.
    slot: Option<Arc<dyn AnySlot>>,
    pipes: Option<Pipes>,
}

impl Drop for Notice {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            wake(slot);
        }
        if let Some(pipes) = &self.pipes {
            // The inbox is closed after the result is in the slot: a reader at the end of the inbox looks
            // for the error there.
            pipes.inbox.close();
        }
    }
}

impl Holder for Box<dyn Job> {
    fn member(&self) -> &dyn Member {
        (**self).member()
    }

    fn member_mut(&mut self) -> &mut dyn Member {
        (**self).member_mut()
    }

    fn take_pull(&mut self) -> Option<Pull> {
        (**self).take_pull()
    }

    fn attended(&mut self) {
        (**self).attended();
    }

    fn connected(&mut self) -> bool {
        (**self).connected()
    }

    fn serve(&mut self, entered: &Entered) -> Served {
        (**self).serve(entered)
    }

    fn keep_panic(&mut self, panic: Panic) -> Option<Panic> {
        (**self).keep_panic(panic)
    }
}

/// The pipes of a transfer whose response body the program reads, and whose request body it may write.
pub(super) struct Pipes {
    pub(super) inbox: Arc<SharedPipe>,
    pub(super) outbox: Option<Arc<SharedPipe>>,
}

/// A transfer with a handler of type `H`.
pub(super) struct Running<H> {
    pub(super) transfer: Transfer<H>,
    /// The share of the agent's threads, until the transfer uses it; `None` for an agent of one thread. A
    /// transfer that has its own share, or needs a DNS cache of its own, does not use it.
    pub(super) share: Option<Share>,
    /// Whether the transfer uses the share of the agent's threads.
    pub(super) has_share: bool,
    /// Where the result goes. It cannot be upgraded if the program has dropped its side.
    pub(super) slot: Weak<Slot<H>>,
    pub(super) pull: Option<Pull>,
    pub(super) pipes: Option<Pipes>,
    /// Whether the program still has to be told that the final headers have come.
    pub(super) awaits_head: bool,
    pub(super) panic: Option<Panic>,
}

impl<H> Running<H> {
    /// Puts the headers into the slot, once, when the final ones have come or libcurl waits for the program to read.
    /// Returns the slot if it did, and the caller then wakes the program.
    fn put_head(&mut self) -> Option<Arc<Slot<H>>> {
        if !self.awaits_head || !self.transfer.easy.has_response() {
            return None;
        }
        self.awaits_head = false;
        let slot = self.slot.upgrade()?;
        slot.begin(Head::of(&self.transfer.info()));
        Some(slot)
    }
}

impl<H> Holder for Running<H> {
    fn member(&self) -> &dyn Member {
        self.transfer.member()
    }

    fn member_mut(&mut self) -> &mut dyn Member {
        self.transfer.member_mut()
    }

    fn take_pull(&mut self) -> Option<Pull> {
        self.pull.take()
    }

    fn attended(&mut self) {
        if let Some(slot) = self.put_head() {
            wake(slot);
        }
        let Some(Pipes { inbox, outbox }) = &self.pipes else {
            return;
        };
        inbox.wake_reader();
        if let Some(outbox) = outbox {
            outbox.wake();
        }
        let easy = &mut self.transfer.easy;
        if outbox.is_none() && !easy.has_parts() {
            return;
        }
        // If the server has answered early, as with an error, libcurl may send nothing more of the body. But it does
        // not end the transfer while the transfer is paused for more bytes to send. So the pipes refuse further
        // bytes, which ends the pause.
        if easy.has_response() && easy.has_ended_sending() && !easy.is_closed_by_server() {
            if let Some(outbox) = outbox {
                outbox.refuse();
            }
            easy.refuse_parts();
        }
    }

    fn keep_panic(&mut self, panic: Panic) -> Option<Panic> {
        match &self.panic {
            None => self.panic = Some(panic),
            // Only the first panic is resumed.
            Some(_) => discard(panic),
        }
        None
    }
}

impl<H: Callbacks + Send + 'static> Job for Running<H> {
    fn prepare(&mut self) -> Result<(), Error> {
        let is_written = (self.pipes.as_ref()).is_some_and(|pipes| pipes.outbox.is_some());
        self.transfer.check_for(is_written)?;
        if self.pipes.is_some() {
            check_readable(&self.transfer)?;
        }
        self.transfer.check_pool()?;
        if let Some(panic) = self.transfer.easy.let_go()? {
            self.keep_panic(panic);
        }
        let easy = &self.transfer.easy;
        if easy.has_share() || easy.needs_own_addresses() {
            return Ok(());
        }
        if let Some(share) = self.share.take() {
            self.transfer.share(&share)?;
            self.has_share = true;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>, result: Result<(), Error>) -> Notice {
        // A transfer that failed before any of its body has come has no response to read: if the program was not
        // told of the headers yet, it gets the error instead of them.
        let unread = (self.pipes.as_ref()).is_some_and(|pipes| !pipes.inbox.is_empty());
        if result.is_ok() || unread {
            // The notice wakes the program.
            discard(self.put_head());
        }
        self.transfer.easy.close_pipes();
        if self.has_share {
            // There is no caller to return an error to. An error is normally that of `close_socket`.
            let _ = self.transfer.unshare();
        }
        let Running {
            transfer,
            slot,
            pipes,
            panic,
            ..
        } = *self;
        if let Some(outbox) = pipes.as_ref().and_then(|pipes| pipes.outbox.as_ref()) {
            outbox.close();
        }
        let slot = slot.upgrade().unwrap_or_default();
        slot.end((transfer, result), panic);
        Notice {
            slot: Some(slot),
            pipes,
        }
    }
}
