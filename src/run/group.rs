//! The transfers that one driver runs together: how they are added, driven and end.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Instant;

use crate::callbacks::event_loop::EventLoop;
use crate::code::MultiCode;
use crate::ffi::pool::Entered;
use crate::ffi::sigpipe::Quiet;
use crate::id::Id;
use crate::run::guard::discard;
use crate::run::member::{Holder, Panic, Served};
use crate::run::multi::Core;
use crate::run::multi::failure::LoopFailure;
use crate::run::perform::End;
use crate::run::poll_loop::Driver;
use crate::{Code, Error};

/// The transfers of one driver, and the driver.
pub(crate) struct Group<T: Holder, L: EventLoop> {
    /// The running transfers. Each is attached to the core, and never borrowed mutably by users,
    /// who could swap it out and drop it while it is attached.
    pub(crate) members: BTreeMap<Id, T>,
    pub(crate) finished: VecDeque<(Id, T, Result<(), Error>)>,
    pub(crate) panics: VecDeque<Panic>,
    /// Whether the event loop failed, after which nothing can be driven.
    pub(crate) dead: bool,
    pub(crate) core: Core<L>,
}

/// The outcome of a drive. The group itself keeps the ended transfers and the panics of callbacks.
pub(crate) struct Driven {
    /// A failure of the event loop that was not returned to the user yet, or `None` if there is none.
    pub(crate) failure: Option<LoopFailure>,
    pub(crate) result: Result<(), Error>,
}

impl<T: Holder, L: EventLoop> Group<T, L> {
    pub(crate) fn new(event_loop: L) -> Result<Group<T, L>, Error> {
        Ok(Group {
            members: BTreeMap::new(),
            finished: VecDeque::new(),
            panics: VecDeque::new(),
            dead: false,
            core: Core::new(event_loop)?,
        })
    }

    /// Attaches a transfer to the core. If this succeeds, the caller puts the transfer into `members`.
    pub(crate) fn join(&mut self, id: Id, member: &mut T) -> Result<(), Error> {
        match self.dead {
            true => Err(MultiCode::ABORTED_BY_CALLBACK.into()),
            false => {
                let pull = member.take_pull();
                self.core.join(member.member_mut(), id, pull)
            }
        }
    }

    /// Drives by `call`, and then finishes the transfers that have ended, failed or timed out at `now`. Fulfils the
    /// requests of remotes before and after `call`. `pushed` takes over pushed transfers.
    pub(crate) fn drive(
        &mut self,
        now: Instant,
        call: impl FnOnce(&mut Core<L>, &Entered) -> Result<(), Error>,
        mut pushed: impl FnMut(&mut Group<T, L>, &Entered),
    ) -> Result<Driven, Error> {
        let entered = self.core.enter()?;
        // The calls below use this one `Quiet`, since making it costs a system call.
        let _quiet = Quiet::new();
        let result = match self.dead {
            true => Err(MultiCode::ABORTED_BY_CALLBACK.into()),
            false => {
                // A request that a remote has made before its transfer begins takes effect before libcurl
                // drives the transfer.
                if self.attend(&entered, true) {
                    self.mute();
                }
                let driven = call(&mut self.core, &entered);
                self.collect(&mut pushed, &entered);
                self.serve(&entered);
                self.collect_overdue(now, &entered);
                self.mute();
                driven
            }
        };
        let failure = self.core.take_loop_failure();
        if failure.is_some() {
            self.dead = true;
            while let Some(id) = self.members.keys().next().copied() {
                self.finish(id, End::Dead, &entered);
            }
        }
        Ok(Driven { failure, result })
    }

    /// Makes the event loop watch the sockets of those transfers that read. The transfers that have ended must have left.
    fn mute(&mut self) {
        let members = &self.members;
        let is_idle = |id| members.get(&id).is_some_and(|t| t.member().is_idle());
        self.core.mute(is_idle);
    }

    /// Finishes the transfers that have ended or failed, and fulfils the requests of remotes.
    fn collect(&mut self, pushed: &mut impl FnMut(&mut Group<T, L>, &Entered), entered: &Entered) {
        self.collect_ended(pushed, entered);
        if self.attend(entered, false) {
            self.collect_ended(pushed, entered);
        }
        // Requests that have arrived since `attend` took the ids wait for the next drive: a transfer that
        // resumes itself as often as it pauses must not keep the others waiting.
        if self.core.mailbox().has_ids() {
            self.core.mailbox().wake();
        }
    }

    fn collect_ended(
        &mut self,
        pushed: &mut impl FnMut(&mut Group<T, L>, &Entered),
        entered: &Entered,
    ) {
        pushed(self, entered);
        while let Some((id, code)) = self.core.message() {
            let member = self.members.get_mut(&id).filter(|_| code == Code::OK);
            match member.is_some_and(Holder::connected) {
                true => self.stay(id),
                false => self.finish(id, End::Code(code), entered),
            }
        }
    }

    /// Keeps a transfer that libcurl has ended, so that its connection stays open.
    fn stay(&mut self, id: Id) {
        if let Some(member) = self.members.get_mut(&id) {
            member.member_mut().stay();
            self.core.stay(id);
        }
    }

    /// Serves those transfers that stay for their connections and for which something has happened.
    fn serve(&mut self, entered: &Entered) {
        for id in self.core.connections.take_stirred() {
            let Some(member) = self.members.get_mut(&id) else {
                continue;
            };
            match member.serve(entered) {
                Served::Ended => self.finish(id, End::Code(Code::OK), entered),
                Served::Waits(wait) => self.core.wait_for(id, &wait),
            }
        }
    }

    /// Ends transfers whose time was over at `then`, before libcurl was driven, and that libcurl itself has
    /// not ended. [`Member::is_over`](crate::run::member::Member::is_over) says which of them are left to
    /// libcurl.
    fn collect_overdue(&mut self, then: Instant, entered: &Entered) {
        for (id, limit) in self.core.take_over(then) {
            let member = self.members.get(&id);
            if member.is_some_and(|member| member.member().is_over(limit)) {
                self.finish(id, End::TimedOut, entered);
            }
        }
    }

    /// Attends to the transfers in the mailbox: ends those that have failed, and fulfils the requests of
    /// remotes. Returns whether there was an id in the mailbox. `again` says whether the same drive calls this once
    /// more.
    fn attend(&mut self, entered: &Entered, again: bool) -> bool {
        let mut ids = self.core.mailbox().take_ids();
        // A transfer may be there many times, once for each call of a callback.
        ids.dedup();
        for id in &ids {
            let Some(member) = self.members.get_mut(id) else {
                continue;
            };
            match member.member_mut().attend(entered) {
                Some(end) => self.finish(*id, end, entered),
                None if member.member().stays() => self.core.connections.stir(*id),
                // It was just resumed, and libcurl has passed on what it held. Whoever reads that is woken after
                // libcurl was driven, when there is more.
                None if again && self.core.mailbox().was_just_posted(*id) => {}
                None => member.attended(),
            }
        }
        !ids.is_empty()
    }

    /// Ends a transfer.
    pub(crate) fn finish(&mut self, id: Id, end: End, entered: &Entered) {
        let Some(mut member) = self.members.remove(&id) else {
            return;
        };
        let (result, panic) = self.core.leave(member.member_mut(), end, entered);
        self.panics
            .extend(panic.and_then(|panic| member.keep_panic(panic)));
        self.finished.push_back((id, member, result));
    }

    /// Cancels all running transfers at once. If a share is in use and this thread must not wait for it, the
    /// next drive cancels them.
    pub(crate) fn cancel_all(&mut self) {
        let ids: Vec<Id> = self.members.keys().copied().collect();
        match self.core.enter() {
            Ok(entered) => {
                for id in ids {
                    self.finish(id, End::Cancelled, &entered);
                }
            }
            Err(_) => {
                for member in self.members.values() {
                    member.member().cancel();
                }
            }
        }
        self.wake_for_rest();
    }

    /// Wakes the driver if something is left for the next call that drives: a panic to resume, a failure of the
    /// event loop, or an id in the mailbox.
    pub(crate) fn wake_for_rest(&mut self) {
        match self.panics.is_empty() {
            true => self.core.wake_for_rest(),
            false => drop(self.core.mailbox().wake()),
        }
    }
}

impl<T: Holder> Group<T, Driver> {
    /// Drives the transfers that have something to do, and all transfers if a look at them is due. Does not
    /// wait until a transfer has something to do.
    pub(crate) fn perform(
        &mut self,
        pushed: impl FnMut(&mut Group<T, Driver>, &Entered),
    ) -> Result<Driven, Error> {
        let now = Instant::now();
        let mut members = self.members.values();
        let paused = self.core.is_look_due(now) && members.any(|t| t.member().is_paused());
        let call = |core: &mut Core<Driver>, entered: &_| core.perform(now, paused, entered);
        self.drive(now, call, pushed)
    }
}

impl<T: Holder, L: EventLoop> Drop for Group<T, L> {
    fn drop(&mut self) {
        // The drop of the event loop's values may panic. Such a panic is resumed after each transfer has left
        // the engine or was left to a later cleanup, but not if this thread is panicking already.
        let core = &mut self.core;
        let stopped = catch_unwind(AssertUnwindSafe(|| core.stop_events()));
        let mut errors = Vec::new();
        let members = self.members.values_mut().map(Holder::member_mut);
        if let Some(entered) = self.core.enter_or_leave(members) {
            for member in self.members.values_mut() {
                let (result, panic) =
                    (self.core).leave(member.member_mut(), End::Cancelled, &entered);
                errors.extend(result.err());
                self.panics.extend(panic);
            }
        }
        for payload in self.panics.drain(..) {
            // No call is left that could resume this panic, and dropping the payload may panic again.
            discard(payload);
        }
        drop(errors);
        match stopped {
            Err(payload) if !std::thread::panicking() => resume_unwind(payload),
            stopped => std::mem::forget(stopped),
        }
    }
}
