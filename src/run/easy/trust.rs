//! What decides whom the other side of a connection is trusted for, and must not be shared.

use libc::c_long;

use crate::Error;
use crate::ffi::item::Item;
use crate::ffi::sys::CURLoption;
use crate::hooks::Hooks;
use crate::run::easy::Easy;

pub(super) const SESSIONID_CACHE: CURLoption = 150;
pub(super) const CA_CACHE_TIMEOUT: CURLoption = 321;

/// The callbacks that decide whom to trust, with libcurl's names for them.
pub(crate) const CALLBACKS: [(Hooks, &str); 3] = [
    (Hooks::SSL_CTX, "CURLOPT_SSL_CTX_FUNCTION"),
    (Hooks::SSH_KEY, "CURLOPT_SSH_KEYFUNCTION"),
    (Hooks::SSH_HOSTKEY, "CURLOPT_SSH_HOSTKEYFUNCTION"),
];

/// The options by which connections share trust.
#[derive(Clone, Copy)]
pub(crate) struct Shared {
    sessionid_cache: c_long,
    ca_cache_timeout: c_long,
}

impl<H> Easy<H> {
    pub(crate) fn shared_trust(&self) -> Shared {
        Shared {
            sessionid_cache: self.known.sessionid_cache,
            ca_cache_timeout: self.known.ca_cache_timeout,
        }
    }

    /// Sets these options again as they were.
    pub(crate) fn share_trust(&mut self, former: Shared) -> Result<(), Error> {
        let options = [
            (
                Item::new(SESSIONID_CACHE, "CURLOPT_SSL_SESSIONID_CACHE", "7.16.0"),
                former.sessionid_cache,
            ),
            (
                Item::new(CA_CACHE_TIMEOUT, "CURLOPT_CA_CACHE_TIMEOUT", "7.87.0"),
                former.ca_cache_timeout,
            ),
        ];
        for (option, value) in options {
            match self.set_long(option, value) {
                // What the linked libcurl lacks, it does not share.
                Err(Error::Unsupported { .. }) => {}
                result => result?,
            }
        }
        Ok(())
    }

    /// Closes the connections if one of `hooks` decides whom to trust: what a handler has trusted, another
    /// one has not seen.
    pub(crate) fn close_trusted(&mut self, hooks: Hooks) -> Result<(), Error> {
        if CALLBACKS.iter().any(|(hook, _)| hooks.intersects(*hook)) {
            self.handle.detach()?;
            self.handle.renew_engine();
        }
        Ok(())
    }
}
