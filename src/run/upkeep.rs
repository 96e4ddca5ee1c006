//! Keeping idle connections alive.

use crate::ffi::item::Item;
use crate::ffi::share::data::ShareData;
use crate::ffi::sigpipe::Quiet;
use crate::ffi::sys;
use crate::run::easy::Easy;
use crate::run::engine::Engine;
use crate::{Code, Error, Version};

/// libcurl has had the function since 7.62.0. Before 8.10.0, it looks only at connections made by
/// `curl_easy_perform`, which this crate does not call.
const UPKEEP: Item = Item::new(0, "curl_easy_upkeep", "8.10.0");

impl<H> Easy<H> {
    pub(crate) fn upkeep(&mut self) -> Result<(), Error> {
        if Version::linked() < UPKEEP.since {
            return UPKEEP.check(Code::NOT_BUILT_IN);
        }
        let mut engine = match self.handle.engine.take() {
            Some(engine) => engine,
            None if self.shares(ShareData::CONNECTIONS) => Engine::new(None)?,
            None => return Ok(()),
        };
        let result = self.upkeep_in(&mut engine);
        self.handle.engine = Some(engine);
        // The engine and the handle are in their places again before a panic of `debug` is resumed.
        self.context.deliver();
        UPKEEP.check(self.context.settle(result?)?)
    }

    fn upkeep_in(&mut self, engine: &mut Engine) -> Result<Code, Error> {
        let entered = self.move_to(engine)?;
        let pool = self.handle.shared_connections();
        let own = usize::from(self.handle.attached);
        if pool.is_some_and(|pool| pool.transfers() > own) {
            // libcurl would also use the connections on which other transfers are in progress.
            return Err(UPKEEP.unsuitable("other transfers use the connections of the share"));
        }
        // libcurl finds the connections of an engine through a handle that is attached to it.
        let visits = !self.handle.attached;
        let quiet = Quiet::new();
        if visits {
            // SAFETY: C1: the handle is live, in no engine, and detached below.
            unsafe { engine.attach(self.handle.raw, &entered, &quiet) }?;
        }
        self.context.clear_text();
        // SAFETY: C1: the handle is live; C3: `&mut self` means that nothing is borrowed.
        let code = unsafe { sys::curl_easy_upkeep(self.handle.raw.as_ptr()) };
        if visits {
            // SAFETY: C1: as above; C3: no callback is on the stack.
            unsafe { engine.detach(self.handle.raw, &entered, &quiet) };
        }
        Ok(Code::from_raw(code))
    }
}
