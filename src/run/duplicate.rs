//! A second transfer with the options of the first.

use std::ptr::NonNull;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::hooks::Hooks;
use crate::run::easy::Easy;
use crate::run::easy::handle::EasyHandle;
use crate::run::easy::parts::MIMEPOST;
use crate::run::install;
use crate::run::mime::Tree;
use crate::{Callbacks, Code, Error};

const POSTFIELDSIZE: Item = Item::new(
    sys::CURLOPT_POSTFIELDSIZE_LARGE,
    "CURLOPT_POSTFIELDSIZE_LARGE",
    "7.11.1",
);

impl<H: Callbacks> Easy<H> {
    /// Makes a transfer with the options of this one and another handler. `own` are the callbacks that
    /// `self` has, and `others` the callbacks that the new transfer gets.
    pub(crate) fn duplicate<G: Callbacks>(
        &mut self,
        handler: G,
        own: Hooks,
        others: Hooks,
    ) -> Result<Box<Easy<G>>, Error> {
        self.check_duplicable()?;
        let handle = self.copy_handle(own)?;
        // From here on, this transfer has its callbacks again: a failure below drops the new handler, which
        // may panic.
        let reports = self.reports();
        let mut copied = Easy::of(handle, handler);
        let installed = self
            .equip(&mut copied)
            .and_then(|()| copied.install(others))
            // libcurl has copied the functions in `REPLACED` with pointers to the data of the first transfer,
            // so they are set again.
            .and_then(|()| copied.replace(install::REPLACED));
        copied.report(reports);
        if let Err(error) = installed {
            copied.unhook();
            return Err(error);
        }
        Ok(copied)
    }

    /// Copies the handle without its callbacks. No user code runs while this handle has no callbacks.
    fn copy_handle(&mut self, own: Hooks) -> Result<EasyHandle, Error> {
        // Deferred messages for `debug` are delivered now, since they would run user code below.
        self.context.deliver();
        self.settle_detached()?;
        // libcurl copies the data pointers of callbacks, and calls some callbacks while it copies.
        let unhooked = self.install(Hooks::empty());
        let copied = unhooked.and_then(|()| self.copy());
        self.install(own)?;
        copied
    }

    /// Returns an error if libcurl's copy would share with this handle what only one may have.
    fn check_duplicable(&self) -> Result<(), Error> {
        if self.handle.mime.as_ref().is_some_and(Tree::has_readers) {
            return Err(MIMEPOST.unsuitable("a part with a reader cannot be duplicated"));
        }
        self.check_hsts_duplicable()
    }

    fn copy(&mut self) -> Result<EasyHandle, Error> {
        self.drop_empty_post_fields()?;
        // libcurl copies the HSTS cache without a lock.
        let entered = self.visit_share()?;
        // SAFETY: C1: the handle is live, and has no callback of the handler's; C8: none of its parts has a
        // reader.
        let raw = unsafe { sys::curl_easy_duphandle(self.raw().as_ptr()) };
        drop(entered);
        let Some(raw) = NonNull::new(raw) else {
            return Err(Error::libcurl_with(
                Code::OUT_OF_MEMORY,
                "curl_easy_duphandle",
            ));
        };
        // SAFETY: C1: libcurl has just made it.
        Ok(unsafe { EasyHandle::new(raw) })
    }

    /// Makes the copy an owner, alone or together with this handle, of all data that it points to. libcurl has
    /// already copied the parts of a form.
    fn equip<G: Callbacks>(&self, copied: &mut Easy<G>) -> Result<(), Error> {
        copied.handle.lists = self.handle.lists.clone();
        copied.handle.kept = self.handle.kept.clone();
        copied.known = self.known.clone();
        copied.handle.quick_exit = self.handle.quick_exit;
        // Until here, the copy points to the error buffer and the lists of the first handle.
        copied.set_text()?;
        copied.set_own_lists()?;
        copied.set_share(self.handle.share.clone().filter(|share| !share.is_own()))?;
        // This crate may have set `CURLOPT_FORBID_REUSE` for a connection of this handle. The copy does not
        // have that connection, so it gets the user's value back.
        copied.allow_reuse()
    }
}

impl<H> Easy<H> {
    /// Makes libcurl forget empty post fields, since with older releases a copy of the handle would point to
    /// them: libcurl drops them when a larger size is set, and still sends an empty body.
    pub(super) fn drop_empty_post_fields(&mut self) -> Result<(), Error> {
        if self.known.bodies.post_fields == Some(0) {
            self.set_off_t(POSTFIELDSIZE, 1)?;
            self.set_off_t(POSTFIELDSIZE, 0)?;
        }
        Ok(())
    }

    /// Makes libcurl use the lists that this handle owns.
    pub(super) fn set_own_lists(&mut self) -> Result<(), Error> {
        let lists = std::mem::take(&mut self.handle.lists);
        let mut set = || {
            for (id, list) in lists.iter() {
                // SAFETY: C5: the list is kept below.
                unsafe { self.set(Item::new(*id, "curl_easy_duphandle", "7.1"), list.as_ptr()) }?;
            }
            Ok(())
        };
        let result = set();
        self.handle.lists = lists;
        result
    }
}
