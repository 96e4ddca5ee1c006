//! Plain options: this crate only passes their values to libcurl, and nothing else here depends on the
//! values. Most options are plain. One look-up, of which the compiler can make a table, tells them from the
//! others.

use crate::ffi::sys::{self, CURLoption};
use crate::run::easy::{answers, file_url, host_cache, hsts, refused, trust};

/// Returns whether an option of type long is plain.
#[inline(always)]
pub(super) fn is_plain_long(option: CURLoption) -> bool {
    !matches!(
        option,
        sys::CURLOPT_BUFFERSIZE
            | sys::CURLOPT_CONNECTTIMEOUT_MS
            | sys::CURLOPT_CONNECT_ONLY
            | sys::CURLOPT_FAILONERROR
            | sys::CURLOPT_FOLLOWLOCATION
            | sys::CURLOPT_FORBID_REUSE
            | sys::CURLOPT_FRESH_CONNECT
            | sys::CURLOPT_HEADER
            | sys::CURLOPT_HSTS_CTRL
            | sys::CURLOPT_HTTPAUTH
            | sys::CURLOPT_HTTPGET
            | sys::CURLOPT_HTTP_VERSION
            | sys::CURLOPT_KEEP_SENDING_ON_ERROR
            | sys::CURLOPT_MAXCONNECTS
            | sys::CURLOPT_NETRC
            | sys::CURLOPT_NOBODY
            | sys::CURLOPT_NOPROGRESS
            | sys::CURLOPT_POST
            | sys::CURLOPT_PROXYAUTH
            | sys::CURLOPT_PROXYPORT
            | sys::CURLOPT_PUT
            | sys::CURLOPT_QUICK_EXIT
            | sys::CURLOPT_SERVER_RESPONSE_TIMEOUT
            | sys::CURLOPT_SERVER_RESPONSE_TIMEOUT_MS
            | sys::CURLOPT_TIMEOUT_MS
            | sys::CURLOPT_UPLOAD
            | sys::CURLOPT_UPLOAD_BUFFERSIZE
            | sys::CURLOPT_WILDCARDMATCH
            | sys::CURLOPT_WS_OPTIONS
            | host_cache::REDIR_PROTOCOLS
            | trust::CA_CACHE_TIMEOUT
            | trust::SESSIONID_CACHE
            | trust::SSL_VERIFY_HOST
    )
}

/// Returns whether an option that takes a string is plain.
#[inline(always)]
pub(super) fn is_plain_string(option: CURLoption) -> bool {
    !matches!(
        option,
        answers::XOAUTH2_BEARER
            | file_url::DEFAULT_PROTOCOL
            | host_cache::REDIR_PROTOCOLS_STR
            | hsts::FILE_ID
            | refused::ALTSVC
            | refused::DNS_INTERFACE
            | refused::DNS_LOCAL_IP4
            | refused::DNS_LOCAL_IP6
            | refused::DNS_SERVERS
            | refused::ENGINE
            | trust::SSH_HOST_PUBLIC_KEY_SHA256
            | sys::CURLOPT_CAINFO
            | sys::CURLOPT_CAPATH
            | sys::CURLOPT_COOKIEFILE
            | sys::CURLOPT_COOKIEJAR
            | sys::CURLOPT_COOKIELIST
            | sys::CURLOPT_DOH_URL
            | sys::CURLOPT_PROXY
            | sys::CURLOPT_PROXYUSERNAME
            | sys::CURLOPT_PROXYUSERPWD
            | sys::CURLOPT_PROXY_CAINFO
            | sys::CURLOPT_PROXY_CAPATH
            | sys::CURLOPT_SSH_KNOWNHOSTS
            | sys::CURLOPT_URL
            | sys::CURLOPT_USERNAME
            | sys::CURLOPT_USERPWD
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options;
    use crate::run::easy::known_options::KnownOptions;

    /// An option whose value is noted has to be in the list of `is_plain_long`.
    #[test]
    fn nothing_is_noted_of_a_plain_option() {
        let mut plain = 0;
        for row in options::all().filter(|row| row.id < sys::CURLOPTTYPE_OBJECTPOINT) {
            let mut known = KnownOptions::new();
            known.note_long(row.id, 7);
            let is_noted = known != KnownOptions::new();
            assert!(!(is_noted && is_plain_long(row.id)), "{}", row.method);
            plain += usize::from(!is_noted);
        }
        assert!(plain > 50);
    }
}
