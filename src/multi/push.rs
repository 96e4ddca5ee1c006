//! HTTP/2 server push: what a server sends without being asked.

use std::fmt;

use crate::ffi::push::PushHeaders;
use crate::multi::EventLoop;
use crate::multi::Id;
use crate::{BoxError, Callbacks, Error, Multi};

/// What a server wants to push.
///
/// The headers are those of the request that it answers.
pub struct PushRequest<'a> {
    parent: Option<Id>,
    headers: PushHeaders<'a>,
}

impl<'a> PushRequest<'a> {
    pub(crate) fn new(parent: Option<Id>, headers: PushHeaders<'a>) -> PushRequest<'a> {
        PushRequest { parent, headers }
    }

    /// Returns the transfer on whose connection it comes.
    #[must_use]
    pub fn parent(&self) -> Option<Id> {
        self.parent
    }

    /// Returns a header by its name: `:path`, `:authority`, ….
    #[must_use]
    #[doc(alias = "curl_pushheader_byname")]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.by_name(name)
    }

    /// Returns each header, as `name:value`.
    #[doc(alias = "curl_pushheader_bynum")]
    pub fn headers(&self) -> impl Iterator<Item = &[u8]> {
        self.headers.iter()
    }
}

impl fmt::Debug for PushRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushRequest")
            .field("parent", &self.parent)
            .finish_non_exhaustive()
    }
}

/// Whether a push is taken.
#[derive(Debug)]
pub enum PushResult<H> {
    /// It becomes a transfer with this handler, which [finishes](Multi::take_finished) like
    /// one that was added.
    #[doc(alias = "CURL_PUSH_OK")]
    Accept(H),
    /// libcurl rejects the pushed stream.
    #[doc(alias = "CURL_PUSH_DENY")]
    Deny,
    /// It is denied, and the parent ends with [`Error::Aborted`].
    #[doc(alias = "CURL_PUSH_ERROROUT")]
    Abort,
    /// It is denied, and the parent ends with [`Error::Callback`], which keeps this error.
    Fail(BoxError),
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
        let pushes = self.core.accept_pushes(Box::new(decide))?;
        self.pushes = Some(pushes);
        Ok(())
    }
}
