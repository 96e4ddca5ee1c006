//! A transfer on the thread that drives it.

use std::sync::{Arc, Weak};

use crate::agent::head::Head;
use crate::agent::slot::Slot;
use crate::ffi::pool::Entered;
use crate::pulled::check_readable;
use crate::run::guard::discard;
use crate::run::member::{Holder, Member, Panic, Served};
use crate::run::pull::Pull;
use crate::run::shared_pipe::SharedPipe;
use crate::{Callbacks, Error, Share, Transfer};

/// A transfer of any type, and what becomes of it.
pub(super) trait Job: Holder + Send {
    /// Readies the transfer to be added.
    fn prepare(&mut self) -> Result<(), Error>;

    /// Gives the transfer back.
    fn end(self: Box<Self>, result: Result<(), Error>);
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

/// The pipes of a transfer whose body is read, and whose request may be written.
pub(super) struct Pipes {
    pub(super) inbox: Arc<SharedPipe>,
    pub(super) outbox: Option<Arc<SharedPipe>>,
}

/// A transfer of one type.
pub(super) struct Running<H> {
    pub(super) transfer: Transfer<H>,
    /// What the threads have in common, for a transfer that has no share.
    pub(super) share: Option<Share>,
    /// Whether the transfer has what the threads have in common.
    pub(super) has_share: bool,
    /// Where the result goes, unless nobody wants it any more.
    pub(super) slot: Weak<Slot<H>>,
    pub(super) pull: Option<Pull>,
    pub(super) pipes: Option<Pipes>,
    /// Whether the final headers are still awaited.
    pub(super) awaits_head: bool,
    pub(super) panic: Option<Panic>,
}

impl<H> Running<H> {
    /// Tells that the final headers have come.
    fn tell_head(&mut self) {
        if self.awaits_head && self.transfer.easy.has_response() {
            self.awaits_head = false;
            if let Some(slot) = self.slot.upgrade() {
                slot.begin(Head::of(&self.transfer.info()));
                // The program may have dropped its own meanwhile, and with this one goes what is the program's.
                discard(slot);
            }
        }
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
        self.tell_head();
        let Some(Pipes { inbox, outbox }) = &self.pipes else {
            return;
        };
        inbox.wake();
        if let Some(outbox) = outbox {
            outbox.wake();
        }
        let easy = &mut self.transfer.easy;
        if outbox.is_none() && !easy.has_parts() {
            return;
        }
        // libcurl sends no more after such an answer, and ends only if it does not wait for more to send.
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
            // The first one counts.
            Some(_) => discard(panic),
        }
        None
    }
}

impl<H: Callbacks + Send> Job for Running<H> {
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

    fn end(mut self: Box<Self>, result: Result<(), Error>) {
        // What fails before its body has no response that could be read.
        let unread = (self.pipes.as_ref()).is_some_and(|pipes| !pipes.inbox.is_empty());
        if result.is_ok() || unread {
            self.tell_head();
        }
        self.transfer.easy.close_pipes();
        if self.has_share {
            // It fails only for what a callback has failed with, which the result has.
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
        // If nobody waits for it, this drops the transfer, and who was to be woken.
        discard(slot);
        if let Some(pipes) = pipes {
            // After the result, which tells why there is no more.
            pipes.inbox.close();
        }
    }
}
