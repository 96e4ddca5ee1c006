//! Events of a [`Multi`]: notifications and pushes.

use crate::callbacks::event_loop::{EventLoop, Notifications};
use crate::callbacks::push::{PushRequest, PushResult};
use crate::run::easy::Easy;
use crate::run::push::Child;
use crate::{Callbacks, Error, Multi, Transfer};

impl<H, L: EventLoop> Multi<H, L> {
    /// Sets for which events libcurl calls [`EventLoop::notify`] from now on.
    ///
    /// # Errors
    /// [`Error::Unsupported`] before libcurl 8.17.0.
    #[doc(alias("curl_multi_notify_enable", "curl_multi_notify_disable"))]
    pub fn notify(&mut self, events: Notifications) -> Result<(), Error> {
        for event in Notifications::all() {
            let kind = event.bits().trailing_zeros();
            self.group.core.notify(kind, events.contains(event))?;
        }
        Ok(())
    }
}

impl<H: Callbacks + 'static, L: EventLoop> Multi<H, L> {
    /// Accepts transfers that servers push over HTTP/2. `decide` is called for a push, and decides about it.
    ///
    /// On connections that are made after this call, libcurl tells the servers that they may push. A pushed
    /// transfer has its own handler, the options of a new transfer, and the [`Share`](crate::Share) of the transfer
    /// that it was pushed to. Few servers still support server push.
    ///
    /// A push for a transfer with [`connect_only`](crate::Transfer::connect_only) is denied without a call of
    /// `decide`: libcurl would close the connection while the pushed transfer uses it.
    ///
    /// This crate requires libcurl 8.22.0 for server push: in older releases, a pushed transfer is a copy of
    /// its parent, and accepting it may crash. [libcurl's
    /// page](https://curl.se/libcurl/c/CURLMOPT_PUSHFUNCTION.html).
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl is older than 8.22.0 or was built without HTTP/2. The
    /// bundled libcurl has HTTP/2 with the feature `http2`.
    ///
    /// # Panics
    /// If `decide` panics, the push is denied, and the call that was driving resumes the panic.
    #[doc(alias = "CURLMOPT_PUSHFUNCTION")]
    pub fn accept_pushes(
        &mut self,
        decide: impl FnMut(&PushRequest<'_>) -> PushResult<H> + Send + 'static,
    ) -> Result<(), Error> {
        let pushes = self
            .group
            .core
            .accept_pushes(Box::new(decide), Transfer::of)?;
        self.pushes = Some(pushes);
        Ok(())
    }
}

impl<H> Child<H> for Transfer<H> {
    fn easy(&mut self) -> &mut Easy<H> {
        &mut self.easy
    }
}
