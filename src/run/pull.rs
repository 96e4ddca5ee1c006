//! A transfer whose response the program reads from a pipe, and whose request body it may write to another pipe.

use std::ptr;

use libc::c_void;

use crate::Error;
use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::hooks::Hooks;
use crate::run::easy::Easy;
use crate::run::easy::installed::Piped;
use crate::run::easy::upload::SEEK;
use crate::run::pipe::{Pipe, PipeEnd};
use crate::run::{install, trampolines};

/// The pipes of a transfer whose response the program reads.
pub(crate) struct Pull {
    /// The bytes that were received and not read.
    pub(crate) inbox: PipeEnd,
    /// The bytes that were written and not sent. `None` if the program writes no body.
    pub(crate) outbox: Option<PipeEnd>,
}

const WRITE: Item = Item::new(sys::CURLOPT_WRITEFUNCTION, "CURLOPT_WRITEFUNCTION", "7.1");
const HEADER: Item = Item::new(
    sys::CURLOPT_HEADERFUNCTION,
    "CURLOPT_HEADERFUNCTION",
    "7.7.2",
);
const READ: Item = Item::new(sys::CURLOPT_READFUNCTION, "CURLOPT_READFUNCTION", "7.1");

impl<H> Easy<H> {
    /// Connects the transfer that begins to the pipes in `pull`, or, for `None`, to the handler alone.
    pub(super) fn connect_pipes(&mut self, pull: Option<Pull>) -> Result<(), Error> {
        let replace = match &pull {
            None => Piped::None,
            Some(Pull { outbox: None, .. }) => Piped::Receiving,
            Some(_) => Piped::Both,
        };
        if let Some(Pull { inbox, outbox }) = pull {
            self.context.pipes().open(inbox, outbox);
            self.context.want_final_head();
        }
        if replace != self.piped {
            self.give_back()?;
            self.piped = replace;
            self.set_piped(replace)?;
        }
        self.skip_without_seek(true)
    }

    /// Sets the functions for the pipes, in the place of the handler's.
    fn set_piped(&mut self, replace: Piped) -> Result<(), Error> {
        if replace == Piped::None {
            return Ok(());
        }
        let write: sys::WriteFunction = trampolines::pull::write::<H>;
        // SAFETY: C2: the trampoline is one for this `H`.
        unsafe { self.pipe_through(WRITE, write, sys::CURLOPT_WRITEDATA) }?;
        if !self.is_installed(Hooks::HEADER) {
            let header: sys::WriteFunction = trampolines::pull::header::<H>;
            // SAFETY: C2: the trampoline is one for this `H`.
            unsafe { self.pipe_through(HEADER, header, sys::CURLOPT_HEADERDATA) }?;
        }
        if replace == Piped::Both {
            let read: sys::ReadFunction = trampolines::pull::read::<H>;
            // SAFETY: C2: the trampoline is one for this `H`.
            unsafe { self.pipe_through(READ, read, sys::CURLOPT_READDATA) }?;
            let seek: sys::SeekFunction = trampolines::pull::seek::<H>;
            // SAFETY: C2: the trampoline is one for this `H`.
            unsafe { self.pipe_through(SEEK, seek, sys::CURLOPT_SEEKDATA) }?;
        }
        Ok(())
    }

    /// Returns an inbox for the next transfer, which is full when it holds `limit` bytes.
    pub(crate) fn make_inbox(&mut self, limit: usize) -> PipeEnd {
        self.context.pipes().make_inbox(limit)
    }

    /// Returns whether the final headers have come, or libcurl waits for the program to read.
    pub(crate) fn has_response(&mut self) -> bool {
        self.context.has_final_head() || self.context.pipes().is_inbox_full()
    }

    /// Sets a function that libcurl calls, and the context as its data.
    ///
    /// # Safety
    /// C2: `function` must have the C type of the option, and take the context of this `H`.
    unsafe fn pipe_through<F>(
        &mut self,
        option: Item,
        function: F,
        data: sys::CURLoption,
    ) -> Result<(), Error> {
        // SAFETY: C2: the caller's promise.
        unsafe { self.set_pointer(option, function) }?;
        let user = self.context.as_user_data();
        // SAFETY: C2: the data is the context for this `H`.
        unsafe { self.set_pointer(Item { id: data, ..option }, user) }
    }

    /// Sets the handler's functions again, in the place of those that
    /// [`connect_pipes`](Easy::connect_pipes) has set.
    pub(super) fn give_back(&mut self) -> Result<(), Error> {
        let piped = std::mem::take(&mut self.piped);
        if piped == Piped::None {
            return Ok(());
        }
        // The functions for `header` and `seek` are unset if the handler has no such callback.
        let alone = [
            (HEADER, sys::CURLOPT_HEADERDATA, Hooks::HEADER, true),
            (
                SEEK,
                sys::CURLOPT_SEEKDATA,
                Hooks::SEEK,
                piped == Piped::Both,
            ),
        ];
        for (option, data, hook, was_set) in alone {
            if was_set && !self.is_installed(hook) {
                let none = ptr::null_mut::<c_void>();
                // SAFETY: the option takes a function, or none.
                unsafe { self.set(option, none) }?;
                // SAFETY: NULL unsets the data.
                unsafe { self.set(Item { id: data, ..option }, none) }?;
            }
        }
        self.give(install::CallbackRow::is_piped)
    }

    /// Returns the received bytes of the response. `None` if the program does not read it, or reads it on
    /// another thread.
    pub(crate) fn inbox(&mut self) -> Option<&mut Pipe> {
        self.context.pipes().inbox()
    }

    /// Returns the bytes of the request body to send. `None` if the program does not write it, or writes
    /// it on another thread.
    pub(crate) fn outbox(&mut self) -> Option<&mut Pipe> {
        self.context.pipes().outbox()
    }

    /// Drops the transfer's ends of both pipes.
    pub(crate) fn close_pipes(&mut self) {
        self.context.pipes().close();
    }

    /// Resumes the directions in which libcurl no longer has to wait for the program.
    #[inline]
    pub(crate) fn let_go_on(&mut self) -> Result<(), Error> {
        let pipes = self.context.pipes();
        let holds = |pipe: Option<&mut Pipe>| pipe.is_some_and(|pipe| pipe.holds);
        match holds(pipes.inbox()) || holds(pipes.outbox()) {
            true => self.resume_held(),
            false => Ok(()),
        }
    }

    #[cold]
    fn resume_held(&mut self) -> Result<(), Error> {
        let inbox = self.context.pipes().inbox();
        let receives = inbox.is_some_and(|inbox| inbox.holds && inbox.room() > 0);
        let outbox = self.context.pipes().outbox();
        let sends =
            outbox.is_some_and(|outbox| outbox.holds && (!outbox.is_empty() || outbox.has_ended()));
        if !receives && !sends {
            return Ok(());
        }
        let entered = self.handle.engine.as_ref().map(|engine| engine.enter());
        let _entered = entered.transpose()?;
        let mut directions = 0;
        if let (true, Some(inbox)) = (receives, self.context.pipes().inbox()) {
            inbox.holds = false;
            directions |= sys::CURLPAUSE_RECV;
        }
        if let (true, Some(outbox)) = (sends, self.context.pipes().outbox()) {
            outbox.holds = false;
            directions |= sys::CURLPAUSE_SEND;
        }
        self.context.redirect(0, directions);
        Ok(())
    }
}
