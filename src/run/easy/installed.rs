//! Which callbacks libcurl is given, and when again.

use std::ptr;

use libc::c_long;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::hooks::Hooks;
use crate::run::easy::Easy;
use crate::run::install;
use crate::run::trampolines::final_head;
use crate::{Callbacks, Error};

const WILDCARDMATCH: Item = Item::new(
    sys::CURLOPT_WILDCARDMATCH,
    "CURLOPT_WILDCARDMATCH",
    "7.21.0",
);

/// The functions that libcurl has in the place of a handler's.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::run) enum Piped {
    #[default]
    None,
    /// Those for a body that is read.
    Receiving,
    /// These and those for a body that is written.
    Both,
}

impl<H: Callbacks> Easy<H> {
    /// Gives libcurl the callbacks of `hooks`, and takes the others back.
    pub(crate) fn install(&mut self, hooks: Hooks) -> Result<(), Error> {
        self.give_back()?;
        let rows = install::table::<H>();
        self.table = Some(install::table::<H>);
        self.handle.saves_hsts |= hooks.contains(Hooks::HSTS_WRITE);
        self.known.hears_progress = hooks.intersects(Hooks::XFER_INFO | Hooks::PROGRESS);
        self.context
            .hear_closes(hooks.contains(Hooks::CLOSE_SOCKET));
        let tells = hooks.contains(Hooks::FINAL_HEAD);
        self.context
            .tell_final_head(tells.then_some(final_head::tell::<H>));
        let installed = self.installed;
        // These go first: a data option that two callbacks share stays set.
        for row in rows.iter().filter(|row| !hooks.contains(row.hook)) {
            let is_set = installed.contains(row.hook) || row.replaces_default();
            if !is_set || row.check().is_err() {
                continue;
            }
            match self.set_callback(row, row.unhooked) {
                // A libcurl too old for the callback has nothing to take back.
                Err(Error::Unsupported { .. }) => {}
                result => result?,
            }
        }
        self.installed = hooks;
        for row in rows.iter().filter(|row| hooks.contains(row.hook)) {
            row.check()?;
            self.set_callback(row, Some(row.trampoline))?;
        }
        Ok(())
    }

    fn set_callback(
        &mut self,
        row: &install::CallbackRow,
        trampoline: Option<install::Trampoline>,
    ) -> Result<(), Error> {
        let data = match trampoline {
            // The one callback whose data outlives the transfer.
            Some(_) if row.hook == Hooks::CLOSE_SOCKET => self.context.sockets(),
            Some(_) => self.context.as_user_data(),
            // `CURLOPT_PROGRESSDATA` is also the data of `xfer_info`.
            None if row.hook == Hooks::PROGRESS => self.context.as_user_data(),
            None => ptr::null_mut(),
        };
        // SAFETY: C2: the trampoline is one for this `H`.
        unsafe { self.set(row.function, trampoline) }?;
        let item = Item {
            id: row.data,
            ..row.function
        };
        // SAFETY: C2: the data is the context for this `H`.
        unsafe { self.set(item, data) }?;
        Ok(())
    }
}

impl<H: Callbacks> Easy<H> {
    /// Unsets all callbacks, for a handle that is dropped unused.
    pub(crate) fn unhook(&mut self) {
        // An option that libcurl refuses has no callback to unset.
        let _ = self.install(Hooks::empty());
    }
}

impl<H> Easy<H> {
    /// Sets again the callbacks that a listing of files replaces. libcurl puts its own write
    /// function in the place of ours, which stays there if the transfer ends meanwhile, and would
    /// crash the next transfer, of any protocol; and 7.88 forgets the data of other callbacks.
    pub(in crate::run) fn give_again(&mut self) -> Result<(), Error> {
        if !self.known.wildcards {
            return Ok(());
        }
        let lists: c_long = self.known.lists_files().into();
        // SAFETY: the option takes a long.
        unsafe { self.set(WILDCARDMATCH, lists) }?;
        self.give_back()?;
        self.give(install::CallbackRow::is_taken_by_listings)
    }

    /// Returns whether this callback is one of the handler's that libcurl has.
    pub(in crate::run) fn is_installed(&self, hook: Hooks) -> bool {
        self.installed.contains(hook)
    }

    /// Sets the callbacks of some rows of the table again, except those that were never set.
    pub(in crate::run) fn give(
        &mut self,
        which: fn(&install::CallbackRow) -> bool,
    ) -> Result<(), Error> {
        let Some(table) = self.table else {
            return Ok(());
        };
        let rows = table();
        for row in rows.iter().filter(|row| which(row)) {
            let trampoline = match self.installed.contains(row.hook) {
                true => Some(row.trampoline),
                false => row.unhooked.filter(|_| row.replaces_default()),
            };
            let Some(trampoline) = trampoline else {
                continue;
            };
            let data = Item {
                id: row.data,
                ..row.function
            };
            // SAFETY: C2: the trampoline is one for this `H`: it was set before.
            unsafe { self.set(row.function, trampoline) }?;
            let user = self.context.as_user_data();
            // SAFETY: C2: the data is the context for this `H`.
            unsafe { self.set(data, user) }?;
        }
        Ok(())
    }

    pub(crate) fn handler(&self) -> &H {
        self.context.handler()
    }

    pub(crate) fn handler_mut(&mut self) -> &mut H {
        self.context.handler_mut()
    }

    pub(crate) fn into_handler(self) -> H {
        let Easy {
            handle, context, ..
        } = self;
        drop(handle);
        context.into_handler()
    }
}
