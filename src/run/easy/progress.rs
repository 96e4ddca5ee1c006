//! Which progress function libcurl calls, and when.
//!
//! A progress function reports progress, and ends a transfer that must end while libcurl waits in a
//! loop of its own: `run::stop`. Calling it costs some forty instructions in each step of a transfer,
//! most of them in libcurl. So libcurl calls it only if progress is reported, or if a remote may cancel the transfer and
//! libcurl may wait in such a loop. In any other transfer, [`Head::watch`](crate::run::guard::Head::watch) turns the calls
//! on when a callback has failed or the driver stops the transfer.

use libc::c_long;

use crate::Error;
use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::quirks::BODY_IN_ONE_STEP;
use crate::run::easy::Easy;
use crate::run::trampolines;

const NOPROGRESS: Item = Item::new(sys::CURLOPT_NOPROGRESS, "CURLOPT_NOPROGRESS", "7.1");
const ASK: Item = Item::new(
    sys::CURLOPT_XFERINFOFUNCTION,
    "CURLOPT_XFERINFOFUNCTION",
    "7.32.0",
);
const ASK_DATA: Item = Item {
    id: sys::CURLOPT_XFERINFODATA,
    ..ASK
};
const OLD_ASK: Item = Item::new(
    sys::CURLOPT_PROGRESSFUNCTION,
    "CURLOPT_PROGRESSFUNCTION",
    "7.1",
);

/// The progress function that libcurl has.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum ProgressFunction {
    /// The handler's `xfer_info` or `progress`, or no function.
    #[default]
    Installed,
    /// A function that makes libcurl print its meter.
    Meter,
    /// A function that reports nothing.
    Watch,
}

impl<H> Easy<H> {
    /// Turns progress reports on or off, from the next transfer on. The handler gets them, or, if it
    /// has no callback for them, libcurl's own meter shows them.
    pub(crate) fn report(&mut self, on: bool) {
        self.context.head().reports = on;
    }

    pub(crate) fn reports(&mut self) -> bool {
        self.context.head().reports
    }

    /// Makes libcurl call a progress function in the next transfer if one is needed. `stopped` says whether a remote,
    /// which may not exist yet, may stop the transfer.
    pub(in crate::run) fn ask_progress(&mut self, stopped: bool) -> Result<(), Error> {
        let on = self.context.head().reports;
        let function = match on {
            _ if self.known.hears_progress => ProgressFunction::Installed,
            true => ProgressFunction::Meter,
            false => ProgressFunction::Watch,
        };
        if function != self.known.progress_function {
            self.set_progress_function(function)?;
        }
        // For HTTP, only the old releases have a loop that may take long.
        let loops = !self.known.is_http_only() || BODY_IN_ONE_STEP.is_present();
        let watched = on || stopped && loops;
        if self.context.head().watched != Some(watched) {
            let off = c_long::from(!watched);
            // SAFETY: the option takes a long.
            unsafe { self.set(NOPROGRESS, off) }?;
            self.context.head().watched = Some(watched);
        }
        Ok(())
    }

    fn set_progress_function(&mut self, function: ProgressFunction) -> Result<(), Error> {
        let ask: sys::XferInfoFunction = match function {
            // `install` has set it.
            ProgressFunction::Installed => return Ok(()),
            ProgressFunction::Meter => trampolines::progress::meter,
            ProgressFunction::Watch => trampolines::progress::watch,
        };
        let user = self.context.as_user_data();
        // SAFETY: C2: the trampoline is one for any context.
        unsafe { self.set(ASK, ask) }?;
        // SAFETY: C2: the data is the live context.
        unsafe { self.set(ASK_DATA, user) }?;
        if function == ProgressFunction::Meter {
            // libcurl ends the last line of its meter only if the function set last was NULL.
            let none: Option<sys::ProgressFunction> = None;
            // SAFETY: the option takes a function, or none.
            unsafe { self.set(OLD_ASK, none) }?;
        }
        self.known.progress_function = function;
        Ok(())
    }
}
