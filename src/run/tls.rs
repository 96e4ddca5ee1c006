//! The options that the TLS library of the linked libcurl needs or ignores.

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::version;

// The client's own certificate and its key, for the server and for an HTTPS proxy.
const IDENTITY_BLOBS: [sys::CURLoption; 4] = [
    sys::CURLOPT_SSLCERT_BLOB,
    sys::CURLOPT_SSLKEY_BLOB,
    sys::CURLOPT_PROXY_SSLCERT_BLOB,
    sys::CURLOPT_PROXY_SSLKEY_BLOB,
];

/// Returns whether libcurl accepts this option, but its TLS library ignores it.
pub(super) fn ignores(option: Item) -> bool {
    IDENTITY_BLOBS.contains(&option.id)
        && version().ssl().is_some_and(|library| {
            ["rustls", "GnuTLS"]
                .iter()
                .any(|own| library.starts_with(own))
        })
}

/// Sets the paths of the system's authorities, which the bundled libcurl was built without.
#[cfg(need_openssl_probe)]
mod authorities {
    use std::ffi::CString;
    use std::os::unix::ffi::OsStrExt;
    use std::sync::LazyLock;

    use crate::ffi::item::Item;
    use crate::ffi::sys;
    use crate::run::easy::Easy;

    const CAINFO: Item = Item::new(sys::CURLOPT_CAINFO, "CURLOPT_CAINFO", "7.4.2");
    const CAPATH: Item = Item::new(sys::CURLOPT_CAPATH, "CURLOPT_CAPATH", "7.9.8");
    const PROXY_CAINFO: Item =
        Item::new(sys::CURLOPT_PROXY_CAINFO, "CURLOPT_PROXY_CAINFO", "7.52.0");
    const PROXY_CAPATH: Item =
        Item::new(sys::CURLOPT_PROXY_CAPATH, "CURLOPT_PROXY_CAPATH", "7.52.0");

    impl<H> Easy<H> {
        pub(in crate::run) fn trust_system_certificates(&mut self) {
            static PROBE: LazyLock<openssl_probe::ProbeResult> =
                LazyLock::new(openssl_probe::probe);
            let places = [
                (CAINFO, &PROBE.cert_file),
                (CAPATH, &PROBE.cert_dir),
                (PROXY_CAINFO, &PROBE.cert_file),
                (PROXY_CAPATH, &PROBE.cert_dir),
            ];
            for (option, path) in places {
                let path = path
                    .as_ref()
                    .and_then(|path| CString::new(path.as_os_str().as_bytes()).ok());
                if let Some(path) = path {
                    // Without TLS there are no such options, and rustls reads no directory.
                    let _ = self.set_str(option, &path);
                }
            }
        }
    }
}
