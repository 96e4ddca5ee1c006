//! Keeping idle connections alive.

use crate::ffi::easy::Easy;
use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::{Code, Error, Version};

/// Before, libcurl looks only at the connections of its own `curl_easy_perform`.
const UPKEEP: Item = Item::new(0, "curl_easy_upkeep", "8.10.0");

impl<H> Easy<H> {
    pub(crate) fn upkeep(&mut self) -> Result<(), Error> {
        if Version::linked() < UPKEEP.since {
            return UPKEEP.check(Code::NOT_BUILT_IN);
        }
        // Those of a share are used by one driver at a time.
        let _lease = self.visit_share()?;
        // The connections are the engine's, which libcurl finds through a handle in it.
        let visits = match &self.handle.engine {
            Some(engine) if !self.handle.attached => {
                // SAFETY: C1: the handle is live, in no engine, and detached below.
                unsafe { engine.attach(self.handle.raw) }?;
                true
            }
            _ => false,
        };
        self.handle.attached |= visits;
        // SAFETY: C1: the handle is live; C3: `&mut self` means that nothing is borrowed.
        let result = self.enter(|raw| unsafe { sys::curl_easy_upkeep(raw) });
        if visits {
            self.handle.detach();
        }
        UPKEEP.check(result?)
    }
}
