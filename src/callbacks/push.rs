//! HTTP/2 server push: responses that a server sends without a request.

use std::fmt;

use crate::error::BoxError;
use crate::ffi::push_headers::PushHeaders;
use crate::id::Id;

/// A response that a server wants to push.
///
/// The headers are those of the request to which the pushed response belongs.
pub struct PushRequest<'a> {
    parent: Option<Id>,
    headers: PushHeaders<'a>,
}

impl<'a> PushRequest<'a> {
    pub(crate) fn new(parent: Option<Id>, headers: PushHeaders<'a>) -> PushRequest<'a> {
        PushRequest { parent, headers }
    }

    /// Returns the id of the transfer for whose request the server pushes; `None` if that transfer is not in the
    /// `Multi`.
    #[must_use]
    pub fn parent(&self) -> Option<Id> {
        self.parent
    }

    /// Returns the value of a header by its name, such as `:path` or `:authority`; `None` if there is none.
    #[must_use]
    #[doc(alias = "curl_pushheader_byname")]
    pub fn header_value(&self, name: &str) -> Option<&[u8]> {
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

/// What the function of [`Multi::accept_pushes`](crate::Multi::accept_pushes) answers.
#[derive(Debug)]
#[non_exhaustive]
pub enum PushResult<H> {
    /// The push becomes a transfer with this handler. It [finishes](crate::Multi::take_finished) like a transfer that
    /// was added.
    #[doc(alias = "CURL_PUSH_OK")]
    Accept(H),
    /// libcurl rejects the pushed stream.
    #[doc(alias = "CURL_PUSH_DENY")]
    Deny,
    /// The push is denied, and the parent ends with [`Error::Aborted`](crate::Error::Aborted).
    #[doc(alias = "CURL_PUSH_ERROROUT")]
    Abort,
    /// The push is denied, and the parent ends with [`Error::Callback`](crate::Error::Callback), which keeps this
    /// error.
    Fail(BoxError),
}
