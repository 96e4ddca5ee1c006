//! The version and the features of the linked libcurl.

use std::ffi::c_char;

use crate::ffi::init::init;
use crate::ffi::{decode, sys};
use crate::version::{Features, Version, VersionInfo};

/// Reads a field that the struct has since `$age`. `None` means that libcurl's struct is older.
macro_rules! field {
    ($raw:expr, $age:ident, $field:ident) => {{
        // SAFETY: libcurl's struct is live for good, and has its age first.
        let age = unsafe { (*$raw).age };
        // SAFETY: a struct of that age has the field.
        (age >= sys::$age).then(|| unsafe { (*$raw).$field })
    }};
}

/// Reads libcurl's information and copies its strings, since libcurl may write them again when another
/// thread asks for this information.
pub(crate) fn read() -> VersionInfo {
    init();
    // SAFETY: libcurl is initialised, and returns a struct of its own.
    let raw = unsafe { sys::curl_version_info(sys::CURLVERSION_NOW) };
    let number = field!(raw, CURLVERSION_FIRST, version_num).unwrap_or_default();
    let [_, major, minor, patch] = number.to_be_bytes();
    let bits = field!(raw, CURLVERSION_FIRST, features).unwrap_or_default();
    let features = Features::from_bits_retain(bits as u32);
    let protocols = field!(raw, CURLVERSION_FIRST, protocols);
    let names = field!(raw, CURLVERSION_ELEVENTH, feature_names);
    // SAFETY: each is a list that ends with NULL, or NULL.
    let [protocols, names] = [protocols, names].map(|list| unsafe { texts(list) });
    VersionInfo {
        version: Version::new(major, minor, patch),
        text: text(field!(raw, CURLVERSION_FIRST, version)).unwrap_or_default(),
        host: text(field!(raw, CURLVERSION_FIRST, host)).unwrap_or_default(),
        features,
        feature_names: match names.is_empty() {
            true => features
                .iter_names()
                .map(|(name, _)| own_name(name).into())
                .collect(),
            false => names,
        },
        protocols,
        ssl: text(field!(raw, CURLVERSION_FIRST, ssl_version)),
        libz: text(field!(raw, CURLVERSION_FIRST, libz_version)),
        ares: text(field!(raw, CURLVERSION_SECOND, ares)),
        libidn: text(field!(raw, CURLVERSION_THIRD, libidn)),
        libssh: text(field!(raw, CURLVERSION_FOURTH, libssh_version)),
        brotli: text(field!(raw, CURLVERSION_FIFTH, brotli_version)),
        nghttp2: text(field!(raw, CURLVERSION_SIXTH, nghttp2_version)),
        quic: text(field!(raw, CURLVERSION_SIXTH, quic_version)),
        cainfo: text(field!(raw, CURLVERSION_SEVENTH, cainfo)),
        capath: text(field!(raw, CURLVERSION_SEVENTH, capath)),
        zstd: text(field!(raw, CURLVERSION_EIGHTH, zstd_version)),
        hyper: text(field!(raw, CURLVERSION_NINTH, hyper_version)),
        gsasl: text(field!(raw, CURLVERSION_TENTH, gsasl_version)),
        rtmp: text(field!(raw, CURLVERSION_TWELFTH, rtmp_version)),
    }
}

fn text(text: Option<*const c_char>) -> Option<Box<str>> {
    // SAFETY: libcurl's strings are NUL-terminated, or NULL.
    let text = unsafe { decode::c_str(text?) }?;
    Some(text.to_string_lossy().into())
}

/// # Safety
/// `list` must end with NULL, or be NULL.
unsafe fn texts(list: Option<*const *const c_char>) -> Vec<Box<str>> {
    let mut texts = Vec::new();
    let Some(mut at) = list.filter(|list| !list.is_null()) else {
        return texts;
    };
    loop {
        // SAFETY: the list has not ended before this.
        let item = unsafe { *at };
        let Some(item) = text(Some(item)) else {
            return texts;
        };
        texts.push(item);
        // SAFETY: the item was not the NULL at the end of the list.
        at = unsafe { at.add(1) };
    }
}

/// Returns libcurl's name of a feature for the name of its constant in [`Features`].
fn own_name(name: &str) -> &str {
    match name {
        "IPV6" => "IPv6",
        "KERBEROS4" => "Kerberos4",
        "KERBEROS5" => "Kerberos",
        "LIBZ" => "libz",
        "GSSNEGOTIATE" => "GSS-Negotiate",
        "DEBUG" => "Debug",
        "ASYNCH_DNS" => "AsynchDNS",
        "LARGE_FILE" => "Largefile",
        "CURL_DEBUG" => "TrackMemory",
        "TLS_AUTH_SRP" => "TLS-SRP",
        "GSSAPI" => "GSS-API",
        "UNIX_SOCKETS" => "UnixSockets",
        "HTTPS_PROXY" => "HTTPS-proxy",
        "MULTI_SSL" => "MultiSSL",
        "BROTLI" => "brotli",
        "ALT_SVC" => "alt-svc",
        "ZSTD" => "zstd",
        "UNICODE" => "Unicode",
        "GSASL" => "gsasl",
        "THREAD_SAFE" => "threadsafe",
        name => name,
    }
}
