//! Options whose value protects the transfer.
//!
//! If libcurl refuses a value of one of these options, the former value stays, which may be libcurl's
//! default. A program that ignores the error might then send a password in clear that it meant to
//! protect. So the transfer is refused until libcurl has accepted a value of the option, or until a reset.

use crate::ffi::item::Item;
use crate::run::easy::Easy;

const GUARDS: [&str; 9] = [
    "CURLOPT_HTTPAUTH",
    "CURLOPT_PROXYAUTH",
    "CURLOPT_PROXYTYPE",
    "CURLOPT_PROXY_SSLVERSION",
    "CURLOPT_SOCKS5_AUTH",
    "CURLOPT_SSH_AUTH_TYPES",
    "CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256",
    "CURLOPT_SSLVERSION",
    "CURLOPT_USE_SSL",
];

impl<H> Easy<H> {
    /// Notes whether libcurl has accepted the last value of an option (`taken`).
    pub(crate) fn note_value(&mut self, item: Item, taken: bool) {
        let refused = &mut self.known.refused;
        refused.retain(|name| *name != item.name);
        if !taken && GUARDS.contains(&item.name) {
            refused.push(item.name);
        }
    }

    /// Returns an option that protects the transfer and whose last value was refused, or `None`.
    pub(crate) fn refused_guard(&self) -> Option<&'static str> {
        self.known.refused.first().copied()
    }
}
