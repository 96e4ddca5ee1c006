//! Callbacks that decide whether a server is trusted, and options that would share their decision.

use libc::c_long;

use crate::ffi::item::Item;
use crate::ffi::sys::{CURLOPTTYPE_OBJECTPOINT, CURLoption};
use crate::hooks::Hooks;
use crate::quirks::{FINGERPRINT_IGNORED, SSH_KEYS_UNCHECKED};
use crate::run::easy::Easy;
use crate::{Error, version};

pub(super) const SSL_VERIFY_HOST: CURLoption = 81;
pub(super) const SESSIONID_CACHE: CURLoption = 150;
pub(super) const SSH_HOST_PUBLIC_KEY_SHA256: CURLoption = CURLOPTTYPE_OBJECTPOINT + 311;
pub(super) const CA_CACHE_TIMEOUT: CURLoption = 321;

/// The callbacks that decide whether a server is trusted, with libcurl's names for them.
pub(crate) const CALLBACKS: [(Hooks, &str); 3] = [
    (Hooks::SSL_CTX, "CURLOPT_SSL_CTX_FUNCTION"),
    (Hooks::SSH_KEY, "CURLOPT_SSH_KEYFUNCTION"),
    (Hooks::SSH_HOSTKEY, "CURLOPT_SSH_HOSTKEYFUNCTION"),
];

/// The values of the options by which transfers share trust: caches of TLS sessions and of
/// authorities.
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

    /// Sets the options of [`Shared`] to their former values.
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
                // A libcurl without the option has no such cache, so nothing is shared.
                Err(Error::Unsupported { .. }) => {}
                result => result?,
            }
        }
        Ok(())
    }

    /// Returns whether libcurl would trust every SSH server, although a known-hosts file is set, because it does not
    /// check names in certificates.
    pub(crate) fn trusts_ssh_servers(&self) -> bool {
        self.known.has_known_hosts
            && !self.known.verifies_host
            && !self.known.is_http_only()
            && SSH_KEYS_UNCHECKED.is_present()
            && has_libssh(version().libssh())
    }

    /// Refuses to set the fingerprint of an SSH server if libcurl would not compare it with the server's key.
    pub(super) fn check_fingerprint(&mut self, option: Item, is_set: bool) -> Result<(), Error> {
        let is_ignored =
            is_set && FINGERPRINT_IGNORED.is_present() && has_libssh(version().libssh());
        self.note_value(option, !is_ignored);
        match is_ignored {
            true => Err(option.unsuitable("libcurl before 7.88.0 with libssh would ignore it")),
            false => Ok(()),
        }
    }

    /// Closes the connections of the handle's own engine if one of `hooks` decides whether a server is
    /// trusted: another handler must decide for itself.
    pub(crate) fn close_trusted(&mut self, hooks: Hooks) -> Result<(), Error> {
        if CALLBACKS.iter().any(|(hook, _)| hooks.intersects(*hook)) {
            self.handle.detach()?;
            self.handle.renew_engine();
        }
        Ok(())
    }
}

/// Returns whether libcurl's SSH library, with this name and version, is libssh and not libssh2.
fn has_libssh(library: Option<&str>) -> bool {
    library.is_some_and(|library| library.starts_with("libssh/"))
}

#[cfg(test)]
mod tests {
    use super::has_libssh;

    #[test]
    fn libssh_is_told_from_libssh2() {
        assert!(has_libssh(Some("libssh/0.9.6/openssl/zlib")));
        assert!(!has_libssh(Some("libssh2/1.10.0")));
        assert!(!has_libssh(None));
    }
}
