//! Sets the functions for callbacks in libcurl, and sets some of them again before a transfer.

use std::{mem, ptr};

use libc::c_long;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::hooks::Hooks;
use crate::run::easy::Easy;
use crate::run::easy::progress::ProgressFunction;
use crate::run::install;
use crate::run::trampolines::final_head;
use crate::{Callbacks, Error};

const WILDCARDMATCH: Item = Item::new(
    sys::CURLOPT_WILDCARDMATCH,
    "CURLOPT_WILDCARDMATCH",
    "7.21.0",
);

/// Which functions libcurl has instead of the handler's, for a program that reads or writes bodies.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::run) enum Piped {
    #[default]
    None,
    /// The functions that keep a received body for its reader.
    Receiving,
    /// The functions of `Receiving`, and those that take a body from its writer.
    Both,
}

impl<H: Callbacks> Easy<H> {
    /// Sets libcurl's functions for the callbacks in `hooks`, and unsets those for all others.
    pub(crate) fn install(&mut self, hooks: Hooks) -> Result<(), Error> {
        // The messages and failures of an earlier call are delivered and returned first. libcurl calls
        // nothing back below.
        if !self.context.is_settled() {
            self.context.deliver();
            self.settle_detached()?;
        }
        self.give_back()?;
        let table = install::table::<H>();
        self.table = Some(table);
        self.handle.saves_hsts |= hooks.contains(Hooks::HSTS_WRITE);
        self.known.hears_progress = hooks.intersects(Hooks::XFER_INFO | Hooks::PROGRESS);
        self.context
            .hear_closes(hooks.contains(Hooks::CLOSE_SOCKET));
        let final_head = hooks.contains(Hooks::FINAL_HEAD);
        let done = hooks.contains(Hooks::DONE);
        self.context.set_tells(
            final_head.then_some(final_head::tell::<H>),
            done.then_some(final_head::tell_done::<H>),
        );
        let mut former = self.installed;
        if mem::take(&mut self.known.progress_function) != ProgressFunction::Installed {
            // `meter` or `watch` is installed as CURLOPT_XFERINFOFUNCTION. Unless it is unset,
            // libcurl would call it instead of the handler's `progress`.
            former |= Hooks::XFER_INFO;
        }
        // Callbacks are unset before others are set, so that a data option of both stays set.
        for row in install::rows_of(table, former - hooks) {
            if row.check().is_err() {
                continue;
            }
            match self.set_callback(row, row.unhooked) {
                // A libcurl that lacks the callback has nothing to unset.
                Err(Error::Unsupported { .. }) => {}
                result => result?,
            }
        }
        self.installed = hooks;
        self.replaced |= (former | hooks) & install::REPLACED;
        for row in install::rows_of(table, hooks) {
            row.check()?;
            self.set_callback(row, Some(row.trampoline))?;
        }
        Ok(())
    }
}

impl<H> Easy<H> {
    /// Replaces those of libcurl's own functions that no callback has replaced, and that the next
    /// transfer might call although it must not.
    pub(in crate::run) fn replace_defaults(&mut self) -> Result<(), Error> {
        // Without an upload, HTTP needs neither `read` nor `sockopt`. The latter is replaced for connections
        // that libcurl accepts, as in active FTP.
        let needless = match self.known.is_http_only() && !self.known.upload.may_read() {
            true => Hooks::READ | Hooks::SOCKOPT,
            false => Hooks::empty(),
        };
        self.replace(install::REPLACED - needless)
    }

    /// Replaces those of libcurl's own functions that are in `hooks`.
    pub(in crate::run) fn replace(&mut self, hooks: Hooks) -> Result<(), Error> {
        let missing = hooks - self.replaced;
        let Some(table) = self.table.filter(|_| !missing.is_empty()) else {
            return Ok(());
        };
        for row in install::rows_of(table, missing) {
            self.set_callback(row, row.unhooked)?;
        }
        self.replaced |= missing;
        Ok(())
    }

    fn set_callback(
        &mut self,
        row: &install::CallbackRow,
        trampoline: Option<install::Trampoline>,
    ) -> Result<(), Error> {
        let data = match trampoline {
            // Connections may call this callback after the transfer, so its data is a registry.
            Some(_) if row.hook == Hooks::CLOSE_SOCKET => self.context.sockets(),
            Some(_) => self.context.as_user_data(),
            // `CURLOPT_PROGRESSDATA` is also the data of `xfer_info`, so it stays set.
            None if row.hook == Hooks::PROGRESS => self.context.as_user_data(),
            None => ptr::null_mut(),
        };
        // SAFETY: C2: the trampoline is one for this `H`.
        unsafe { self.set_pointer(row.function, trampoline) }?;
        let item = Item {
            id: row.data,
            ..row.function
        };
        // SAFETY: C2 and C7: the data is the context for this `H`, or the registry for `close_socket`. It is
        // NULL only if the function is unset.
        unsafe { self.set_pointer(item, data) }
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
    /// Sets again the callbacks that a listing of files replaces. libcurl replaces the write function
    /// by its own, which stays if the transfer ends during the listing, and could crash the next
    /// transfer of any protocol. Some releases, such as 7.88.1, also forget the data of other callbacks.
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

    /// Returns whether this callback of the handler is installed.
    pub(in crate::run) fn is_installed(&self, hook: Hooks) -> bool {
        self.installed.contains(hook)
    }

    /// Sets again the functions and the data of the rows that `which` selects. For a callback that is not
    /// installed, sets this crate's replacement if the callback is in [`install::REPLACED`], else nothing.
    pub(in crate::run) fn give(
        &mut self,
        which: fn(&install::CallbackRow) -> bool,
    ) -> Result<(), Error> {
        let Some(table) = self.table else {
            return Ok(());
        };
        for row in table.iter().filter(|row| which(row)) {
            let trampoline = match self.installed.contains(row.hook) {
                true => Some(row.trampoline),
                false => (row.unhooked).filter(|_| install::REPLACED.contains(row.hook)),
            };
            let Some(trampoline) = trampoline else {
                continue;
            };
            let data = Item {
                id: row.data,
                ..row.function
            };
            // SAFETY: C2: the trampoline is one for this `H`: `install` has stored the table of this `H`.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Transfer, WriteResult};

    #[derive(Clone)]
    struct Discard;

    impl Callbacks for Discard {
        fn hooks(&self) -> Hooks {
            Hooks::WRITE
        }

        fn write(&mut self, _: &[u8]) -> WriteResult {
            WriteResult::Continue
        }
    }

    const FILE: &str = concat!("file://", env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");

    fn performs(transfer: &mut Transfer<Discard>, url: &str, replaces: Hooks) {
        transfer.url(url).unwrap();
        assert_eq!(transfer.perform().is_ok(), url == FILE);
        assert_eq!(transfer.easy.replaced, replaces);
    }

    /// libcurl's own functions would read standard input, or open sockets that libcurl cannot wait for.
    #[test]
    fn functions_of_libcurl_are_replaced_before_each_transfer() {
        let mut transfer = Transfer::new(Discard).unwrap();
        assert_eq!(transfer.easy.replaced, Hooks::WRITE);
        performs(&mut transfer, FILE, install::REPLACED);
        transfer.reset().unwrap();
        assert_eq!(transfer.easy.replaced, Hooks::WRITE);
        performs(&mut transfer, FILE, install::REPLACED);
        transfer.reset().unwrap();
        transfer.set_hooks(Hooks::empty()).unwrap();
        performs(&mut transfer, FILE, install::REPLACED);

        // libcurl's copy has the pointers to the context of the original until they are replaced.
        transfer.reset().unwrap();
        let mut copy = transfer.try_clone().unwrap();
        assert_eq!(copy.easy.replaced, install::REPLACED);
        performs(&mut copy, FILE, install::REPLACED);
        performs(&mut transfer, FILE, install::REPLACED);
    }

    #[test]
    fn functions_that_http_does_not_call_are_replaced_when_it_does() {
        let (http, sockets) = ("http://127.0.0.1:1/", Hooks::WRITE | Hooks::OPEN_SOCKET);
        let mut transfer = Transfer::new(Discard).unwrap();
        performs(&mut transfer, http, sockets);
        transfer.follow_location(true).unwrap();
        performs(&mut transfer, http, install::REPLACED);
        transfer.reset().unwrap();
        performs(&mut transfer, http, sockets);
        transfer.post(true).unwrap();
        transfer.post_field_size(0).unwrap();
        performs(&mut transfer, http, install::REPLACED);
    }
}
