//! What an agent knows of a response when its headers have come.

use crate::{Error, HeaderOrigin, Info};

type Field = (Box<[u8]>, Box<[u8]>);

/// The status and the headers of a response, as they are when its body begins.
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) effective_url: Option<String>,
    /// Names and values, in their order.
    pub(super) fields: Result<Vec<Field>, Error>,
}

impl Head {
    pub(super) fn of(info: &Info<'_>) -> Head {
        let status = info.response_code().unwrap_or_default();
        let fields = info.headers(HeaderOrigin::HEADER, None).map(|headers| {
            let owned = headers.map(|field| (field.name_bytes().into(), field.value().into()));
            owned.collect()
        });
        Head {
            status: status.try_into().unwrap_or_default(),
            effective_url: info.effective_url().ok().flatten().map(str::to_owned),
            fields,
        }
    }
}
