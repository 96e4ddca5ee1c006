//! What an agent tells the program about a response when its headers have come.

use crate::{Error, HeaderOrigin, Info, Version};

type Field = (Box<[u8]>, Box<[u8]>);

/// The status and the headers of a response, as they are when the agent's thread finds out that the headers have come.
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) effective_url: Option<String>,
    #[cfg(feature = "charset")]
    pub(super) content_type: Option<String>,
    /// Names and values, in their order, if libcurl keeps them.
    fields: Option<Vec<Field>>,
}

impl Head {
    pub(super) fn of(info: &Info<'_>) -> Head {
        Head::of_kind(info, HeaderOrigin::HEADER)
    }

    /// Returns the head of the response that turns the connection into a WebSocket. To libcurl, a `101` is an
    /// interim response.
    pub(super) fn of_upgrade(info: &Info<'_>) -> Head {
        Head::of_kind(info, HeaderOrigin::INFORMATIONAL)
    }

    fn of_kind(info: &Info<'_>, origin: HeaderOrigin) -> Head {
        let status = info.response_code().unwrap_or_default();
        let fields = info.headers(origin, None).map(|headers| {
            let owned = headers.map(|field| (field.name_bytes().into(), field.value().into()));
            owned.collect()
        });
        Head {
            status: status.try_into().unwrap_or_default(),
            effective_url: info.effective_url().ok().flatten().map(str::to_owned),
            #[cfg(feature = "charset")]
            content_type: info.content_type().ok().flatten().map(str::to_owned),
            fields: fields.ok(),
        }
    }

    /// Returns the headers, or [`Error::Unsupported`] if the linked libcurl does not keep them.
    pub(super) fn fields(&self) -> Result<&[Field], Error> {
        let unsupported = || Error::unsupported("curl_easy_nextheader", Version::new(7, 83, 0));
        self.fields.as_deref().ok_or_else(unsupported)
    }
}
