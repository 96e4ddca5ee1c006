//! What the linked libcurl is built with.

use crate::support::skip::skip;

/// Returns whether the linked libcurl has HTTPS. If not, counts the test as skipped.
pub(crate) fn https() -> bool {
    let https = curlback::version().has_protocol("https");
    if !https {
        skip!("the linked libcurl has no TLS");
    }
    https
}

/// Returns whether the linked libcurl uses OpenSSL. With other TLS libraries, some options have no effect.
pub(crate) fn by_openssl() -> bool {
    let version = curl::Version::get();
    version
        .ssl_version()
        .is_some_and(|name| name.starts_with("OpenSSL/"))
}

/// Returns whether the linked libcurl uses OpenSSL for HTTPS. If not, counts the test as skipped.
pub(crate) fn https_by_openssl() -> bool {
    if https() && !by_openssl() {
        skip!("the TLS library of the linked libcurl is not OpenSSL");
    }
    by_openssl()
}

/// Returns whether the linked libcurl has FTP. If not, counts the test as skipped.
pub(crate) fn ftp() -> bool {
    let ftp = curlback::version().has_protocol("ftp");
    if !ftp {
        skip!("the linked libcurl has no FTP");
    }
    ftp
}

pub(crate) fn speaks(scheme: &str) -> bool {
    let speaks = curlback::version().has_protocol(scheme);
    if !speaks {
        skip!("the linked libcurl has no {scheme}");
    }
    speaks
}

/// Returns whether the linked libcurl has SFTP.
pub(crate) fn has_sftp() -> bool {
    curlback::version().has_protocol("sftp")
}
