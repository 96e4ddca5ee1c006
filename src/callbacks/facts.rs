//! Facts about a transfer that libcurl knows, and that are not in the bytes of its header lines.

use crate::{HeaderOrigin, Info};

/// Facts about a transfer that libcurl knows, and that are not in the bytes of a line.
pub(crate) trait Facts {
    /// Returns whether the server answers in responses with status lines.
    fn has_responses(&self) -> bool;
    /// Returns whether libcurl has recorded a trailer of that name for the last request, or
    /// `None` if it records no headers, as before 7.83.0. libcurl records a trailer before it
    /// calls the header callback for it.
    fn has_trailer(&self, name: &[u8]) -> Option<bool>;
    /// Returns the number of bytes that the requests of this transfer have had so far.
    fn requested(&self) -> u64;
    /// Returns whether the last headers may be those of a proxy's answer to `CONNECT`.
    fn may_be_connect(&self) -> bool;
    /// Returns whether the last request surely had no body.
    fn lacks_body(&self) -> bool;
    /// Returns whether the transfer is one over a WebSocket.
    fn is_websocket(&self) -> bool;
}

/// Returns whether the scheme of a transfer is one of these; it is "" while libcurl does not know it.
pub(crate) fn has_scheme(info: &Info<'_>, schemes: &[&str]) -> bool {
    let scheme = info.scheme().ok().flatten().unwrap_or_default();
    schemes.iter().any(|own| own.eq_ignore_ascii_case(scheme))
}

/// The facts of a running transfer.
pub(crate) struct TransferFacts<'a> {
    pub(crate) info: Info<'a>,
    /// Whether the options alone say that all connections are for HTTP or HTTPS: libcurl need not be asked then.
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
        self.info.request_size().unwrap_or_default()
    }

    fn may_be_connect(&self) -> bool {
        if self.info.http_connectcode().is_ok_and(|status| status == 0) {
            return false;
        }
        // libcurl records a header before it calls the header callback for it.
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
