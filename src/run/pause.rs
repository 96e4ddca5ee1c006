//! Pausing and resuming the directions of a transfer.

use libc::c_int;

use crate::Code;
use crate::ffi::sigpipe::Quiet;
use crate::ffi::sys;
use crate::run::context::Owner;
use crate::run::context::call::{Call, InTransfer};
use crate::run::guard::Failure;
use crate::run::pipes::Pipes;

impl<H> Owner<H> {
    /// Pauses and resumes directions of the running transfer; libcurl may call callbacks
    /// meanwhile.
    pub(super) fn redirect(&mut self, pause: c_int, resume: c_int) {
        let user = self.as_user_data();
        // SAFETY: C1 and C2: `user` is the live context of a live handle; C3: `&mut self` means that
        // nothing of it is borrowed.
        let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
        if resume != 0 {
            call.resume(resume);
        }
        let Pipes { inbox, outbox, .. } = &mut call.state().pipes;
        for (pipe, bit) in [(inbox, sys::CURLPAUSE_RECV), (outbox, sys::CURLPAUSE_SEND)] {
            if let (true, Some(pipe)) = (pause & bit != 0, pipe) {
                // From now on, the pipe does not resume the direction: only a remote or the handler does.
                pipe.release();
            }
        }
        if call.state().pause(pause) {
            // Most releases refuse a pause while there is no connection. So the result is ignored: the first
            // callback of the paused direction answers with a pause.
            call.set_mask(0);
        }
    }
}

impl<H> Call<'_, H, InTransfer> {
    /// Resumes directions of the running transfer, after a callback has returned the answer that asks
    /// for it. libcurl may call other callbacks meanwhile. Returns whether the transfer may go on.
    #[cold]
    pub(super) fn resume_answered(mut self, directions: c_int) -> bool {
        let state = self.state();
        // A resume makes libcurl run the transfer, and report progress again: a handler that always
        // answers with a resume would keep the thread busy although nothing is paused.
        let again = std::mem::replace(&mut state.resumes, true);
        if again && !state.is_paused(directions) {
            return true;
        }
        if let Some(control) = self.asked() {
            control.release(directions);
        }
        self.resume(directions)
    }

    /// Resumes directions as [`resume_answered`](Call::resume_answered) does, also if none of them is
    /// paused. Returns whether the transfer may go on.
    #[cold]
    fn resume(&mut self, directions: c_int) -> bool {
        let refused = self.is_mistaken_for_http();
        let state = self.state();
        if refused && !state.is_paused(directions) {
            return self.is_open();
        }
        let mut code = sys::CURLE_OK;
        if state.is_paused(directions) {
            state.resume(directions);
        } else {
            // Something else may have suspended the transfer, as a verify callback of the TLS library
            // does. Some releases run the transfer only if its mask changes, so the mask changes twice.
            code = self.set_mask(directions);
        }
        if code == sys::CURLE_OK {
            code = self.set_mask(0);
        }
        // Most releases return `CURLE_BAD_FUNCTION_ARGUMENT` while there is no connection to pause or resume.
        let resumed = [sys::CURLE_OK, sys::CURLE_BAD_FUNCTION_ARGUMENT].contains(&code);
        if !resumed && self.is_open() {
            self.fail(Failure::Libcurl(Code::from_raw(code)));
        }
        self.is_open()
    }

    /// Sets libcurl's mask to the paused directions and to `others`; libcurl may call callbacks
    /// meanwhile. The mask has both directions, so one that has not changed is set again.
    fn set_mask(&mut self, others: c_int) -> sys::CURLcode {
        let refused = self.is_mistaken_for_http();
        let (raw, paused) = (self.raw(), self.state().paused() | others);
        if refused && paused & sys::CURLPAUSE_RECV == 0 {
            return sys::CURLE_NOT_BUILT_IN;
        }
        let _quiet = Quiet::new();
        // SAFETY: C1: the handle is live; C3: `&mut self` means that nothing of the context is
        // borrowed, so the callbacks that this may run find it free.
        unsafe { sys::curl_easy_pause(raw.as_ptr(), paused) }
    }
}
