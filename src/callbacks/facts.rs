//! What libcurl knows about a transfer, and what cannot be read from the bytes of its header lines.

use crate::quirks::{REQUESTS_UNCOUNTED, SIZE_KNOWN_LATE};
use crate::{Error, HeaderOrigin, Info};

/// What libcurl knows about a transfer, and what cannot be read from the bytes of a header line.
pub(crate) trait Facts {
    /// Returns whether the responses of this protocol begin with a status line.
    fn has_responses(&self) -> bool;
    /// Returns whether libcurl has recorded a trailer with this name for the last request; `None` if libcurl records no
    /// headers, as before 7.83.0. libcurl records a trailer before it calls the header callback for it.
    fn has_trailer(&self, name: &[u8]) -> Option<bool>;
    /// Returns a number that changes when the transfer has sent another request.
    fn requested(&self) -> u64;
    /// Returns whether the headers that came last may belong to a proxy's answer to `CONNECT`.
    fn may_be_connect(&self) -> bool;
    /// Returns whether the method of the last request is one whose requests normally have no body.
    fn lacks_body(&self) -> bool;
    /// Returns whether the URL of the transfer has a scheme for WebSockets.
    fn is_websocket(&self) -> bool;
}

/// Returns whether the scheme of a transfer is one of `schemes`. While libcurl does not know the scheme, it counts as
/// "".
pub(crate) fn has_scheme(info: &Info<'_>, schemes: &[&str]) -> bool {
    let scheme = info.scheme().ok().flatten().unwrap_or_default();
    schemes.iter().any(|own| own.eq_ignore_ascii_case(scheme))
}

/// Returns the announced size of the body of a response whose headers may just end; `None` if it is not known.
pub(crate) fn announced_size(info: &Info<'_>) -> Result<Option<u64>, Error> {
    let size = info.content_length_download()?;
    if size.is_some() || !SIZE_KNOWN_LATE.is_present() {
        return Ok(size);
    }
    let header = |name| (info.find_header(name, 0, HeaderOrigin::HEADER, None).ok()).flatten();
    let length = header(b"Content-Length").filter(|_| header(b"Transfer-Encoding").is_none());
    Ok(length.and_then(|length| {
        std::str::from_utf8(length.value())
            .ok()?
            .trim()
            .parse()
            .ok()
    }))
}

/// What libcurl's information says about a running transfer.
pub(crate) struct TransferFacts<'a> {
    pub(crate) info: Info<'a>,
    /// Whether the URL names HTTP or HTTPS and redirects are not followed. If so, libcurl need not be asked for the
    /// scheme.
    pub(crate) is_http: bool,
}

impl Facts for TransferFacts<'_> {
    fn has_responses(&self) -> bool {
        self.is_http || has_scheme(&self.info, &["http", "https", "ws", "wss", "rtsp"])
    }

    fn has_trailer(&self, name: &[u8]) -> Option<bool> {
        let found = self.info.find_header(name, 0, HeaderOrigin::TRAILER, None);
        found.ok().map(|header| header.is_some())
    }

    fn requested(&self) -> u64 {
        if REQUESTS_UNCOUNTED.is_present() {
            let time = self.info.pretransfer_time().unwrap_or_default();
            return u64::try_from(time.as_micros()).unwrap_or_default();
        }
        self.info.request_size().unwrap_or_default()
    }

    fn may_be_connect(&self) -> bool {
        if self.info.http_connectcode().is_ok_and(|status| status == 0) {
            return false;
        }
        // If libcurl has recorded a header of the server, the headers that came last are not the proxy's:
        // libcurl records a header before it calls the header callback.
        let of_server = HeaderOrigin::HEADER | HeaderOrigin::INFORMATIONAL;
        let recorded = self.info.cursor(of_server, None);
        !recorded.is_ok_and(|mut headers| headers.next().is_some())
    }

    fn lacks_body(&self) -> bool {
        let method = self.info.effective_method().ok().flatten();
        method.is_some_and(|method| ["GET", "HEAD"].contains(&method))
    }

    fn is_websocket(&self) -> bool {
        has_scheme(&self.info, &["ws", "wss"])
    }
}
