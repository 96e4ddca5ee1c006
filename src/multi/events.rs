//! What a [`Multi`] tells its user: notifications and pushes.

use crate::callbacks::event_loop::{EventLoop, Notifications};
use crate::callbacks::push::{PushRequest, PushResult};
use crate::run::easy::Easy;
use crate::run::push::Child;
use crate::{Callbacks, Error, Multi, Transfer};

impl<H, L: EventLoop> Multi<H, L> {
    /// Sets the events for which libcurl calls [`EventLoop::notify`] from now on.
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
    /// Takes what servers push over HTTP/2: `decide` is called once for each push.
    ///
    /// Only then does libcurl tell servers that they may push, on connections made from now on. The
    /// pushed transfer has its own handler, and the options of a new transfer. Few servers still
    /// support server push.
    ///
    /// Pushes for a transfer with [`connect_only`](crate::Transfer::connect_only) are denied without asking `decide`:
    /// libcurl would close the connection while the pushed transfer uses it.
    ///
    /// Since libcurl 8.22.0 here: in older releases the child is a copy of its parent, and
    /// taking it crashes.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLMOPT_PUSHFUNCTION.html).
    ///
    /// # Errors
    /// [`Error::Unsupported`] with an older libcurl, and with one that was built without HTTP/2,
    /// as the bundled one is without the feature `http2`.
    ///
    /// # Panics
    /// A panic of `decide` comes out of the call that was driving; the push is denied.
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
