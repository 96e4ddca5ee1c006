//! The HSTS cache, and the files that libcurl reads it from.
//!
//! libcurl 7.88.0 and later read the files into the cache at the start of each transfer, and assume that
//! there is a cache. With 8.5.0 and later, the names of the files survive a reset. The handle's own cache
//! survives a reset too; the cache of a share is gone once the share is unset. So the rule here is: while
//! libcurl has names of files, the handle has a cache.

use std::ffi::CStr;
use std::ptr;

use libc::{c_char, c_long};

use crate::ffi::item::Item;
use crate::ffi::share::data::ShareData;
use crate::ffi::sys;
use crate::quirks::{HSTS_NAMES_FREED_TWICE, HSTS_OUTLIVES_ITS_FILE};
use crate::run::easy::Easy;
use crate::run::easy::known_options::HstsState;
use crate::{Code, Error};

pub(super) const FILE_ID: sys::CURLoption = sys::CURLOPTTYPE_OBJECTPOINT + 300;
pub(super) const FILE: Item = Item::new(FILE_ID, "CURLOPT_HSTS", "7.74.0");
const CTRL: Item = Item::new(sys::CURLOPT_HSTS_CTRL, "CURLOPT_HSTS_CTRL", "7.74.0");

impl<H> Easy<H> {
    /// Sets `CURLOPT_HSTS_CTRL`.
    pub(super) fn set_hsts_ctrl(&mut self, option: Item, value: c_long) -> Result<(), Error> {
        let enable = value & sys::CURLHSTS_ENABLE != 0;
        if !enable {
            self.check_hsts_own(option)?;
        }
        // The handle may get another cache, which lacks the hosts that `hsts_read` has given.
        self.context.forget_given();
        // SAFETY: the option takes a long.
        unsafe { self.set(option, value) }?;
        match (enable, self.known.hsts) {
            (true, HstsState::Off) => self.known.hsts = HstsState::Enabled,
            (true, _) => {}
            (false, _) => self.note_hsts_file(None),
        }
        Ok(())
    }

    /// Empties the HSTS cache, and forgets the names of its files.
    pub(crate) fn forget_hsts(&mut self, ctrl: Item) -> Result<(), Error> {
        self.check_hsts_own(ctrl)?;
        // The emptied cache lacks the hosts that `hsts_read` has given.
        self.context.forget_given();
        let none = ptr::null::<c_char>();
        // SAFETY: NULL unsets the string.
        unsafe { self.set(FILE, none) }?;
        if HSTS_OUTLIVES_ITS_FILE.is_present() {
            const OFF: c_long = 0;
            // SAFETY: the option takes a long; the cache that goes is the handle's own.
            unsafe { self.set(CTRL, OFF) }?;
        }
        self.note_hsts_file(None);
        Ok(())
    }

    /// Returns an error if the cache belongs to a share: older releases would free that cache when it is
    /// turned off for this handle.
    fn check_hsts_own(&self, option: Item) -> Result<(), Error> {
        match self.shares(ShareData::HSTS) {
            true => Err(option.unsuitable("the HSTS cache is that of a share")),
            false => Ok(()),
        }
    }

    /// Notes that the name of a file was set, or that libcurl has forgotten all names.
    pub(super) fn note_hsts_file(&mut self, name: Option<&CStr>) {
        self.hsts_files = name.is_some();
        if name.is_some() {
            self.handle.saves_hsts = true;
            self.known.hsts = HstsState::Files;
        } else {
            self.known.hsts = HstsState::Off;
        }
    }

    /// Makes libcurl forget the names of files that were set before a reset, if the cache is shared.
    /// Without a share, libcurl would free the cache together with the names.
    pub(super) fn drop_stale_hsts_files(&mut self) {
        if self.hsts_files && self.known.hsts != HstsState::Files && self.shares(ShareData::HSTS) {
            let (raw, none) = (self.handle.raw.as_ptr(), ptr::null::<c_char>());
            // SAFETY: C1: the handle is live; the option takes a string, or none. Nothing is
            // called back.
            let code = unsafe { sys::curl_easy_setopt(raw, FILE.id, none) };
            self.hsts_files = code != sys::CURLE_OK;
        }
    }

    /// Restores the rule after the share has changed or a copy has replaced the handle: makes a cache if a
    /// file or an option needs one. Does not touch the failure of a callback.
    pub(super) fn renew_hsts(&mut self) -> Result<(), Error> {
        self.drop_stale_hsts_files();
        if self.shares(ShareData::HSTS) || !(self.hsts_files || self.known.hsts != HstsState::Off) {
            return Ok(());
        }
        let (raw, on) = (self.handle.raw.as_ptr(), sys::CURLHSTS_ENABLE);
        // SAFETY: C1: the handle is live; the option takes a long. A cache that is there
        // stays, and nothing is called back.
        CTRL.check(Code::from_raw(unsafe {
            sys::curl_easy_setopt(raw, CTRL.id, on)
        }))
    }

    /// Returns an error if a copy of the handle would share the names of files with it.
    pub(in crate::run) fn check_hsts_duplicable(&self) -> Result<(), Error> {
        if HSTS_NAMES_FREED_TWICE.is_present() && self.known.hsts == HstsState::Files {
            let reason = "an older libcurl would free the names of its files twice";
            return Err(FILE.unsuitable(reason));
        }
        Ok(())
    }
}
