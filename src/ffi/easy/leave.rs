//! How a handle leaves the engine that it performs with by itself.

use crate::Version;
use crate::ffi::easy::Handle;

impl Handle {
    /// Takes the handle out of its own engine, if it was left there for the sake of its
    /// connection, which is closed.
    pub(in crate::ffi) fn detach(&mut self) {
        let left_open = self.attached;
        self.leave();
        // Older releases close it with the engine only.
        if left_open && Version::linked() < Version::new(7, 85, 0) {
            self.engine = None;
        }
    }

    /// Takes the handle out of its own engine after a transfer.
    pub(in crate::ffi) fn leave(&mut self) {
        if let (true, Some(engine)) = (self.attached, &self.engine) {
            // SAFETY: C1: the handle is live; C3: no callback is on the stack.
            unsafe { engine.detach(self.raw) };
        }
        self.attached = false;
        self.lease = None;
    }
}
