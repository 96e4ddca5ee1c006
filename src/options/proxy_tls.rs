//! Options: TLS with an HTTPS proxy.

use crate::options::values::tls::{SslOptions, SslVersions};

#[rustfmt::skip]
options! { "TLS with proxies";
    #[doc(alias = "proxy_ssl_min_max_version")]
    proxy_ssl_version: choice<SslVersions>, "CURLOPT_PROXY_SSLVERSION", 250, "7.52.0", "Does for an HTTPS proxy what [`ssl_version`](Self::ssl_version) does for the server.";
    proxy_ssl_verify_peer: flag, "CURLOPT_PROXY_SSL_VERIFYPEER", 248, "7.52.0", "Does for an HTTPS proxy what [`ssl_verify_peer`](Self::ssl_verify_peer) does for the server.";
    proxy_ssl_verify_host: verify_host, "CURLOPT_PROXY_SSL_VERIFYHOST", 249, "7.52.0", "Does for an HTTPS proxy what [`ssl_verify_host`](Self::ssl_verify_host) does for the server.";
    proxy_cainfo: path unset PROXY_CAINFO, "CURLOPT_PROXY_CAINFO", 246, "7.52.0", "Does for an HTTPS proxy what [`cainfo`](Self::cainfo) does for the server.";
    proxy_capath: path unset PROXY_CAPATH, "CURLOPT_PROXY_CAPATH", 247, "7.52.0", "Does for an HTTPS proxy what [`capath`](Self::capath) does for the server.";
    proxy_ssl_cainfo_blob: blob unset PROXY_SSL_CAINFO_BLOB, "CURLOPT_PROXY_CAINFO_BLOB", 310, "7.77.0", "Does for an HTTPS proxy what [`ssl_cainfo_blob`](Self::ssl_cainfo_blob) does for the server.";
    proxy_crlfile: path unset PROXY_CRLFILE, "CURLOPT_PROXY_CRLFILE", 260, "7.52.0", "Does for an HTTPS proxy what [`crlfile`](Self::crlfile) does for the server.";
    proxy_issuer_cert: path unset PROXY_ISSUER_CERT, "CURLOPT_PROXY_ISSUERCERT", 296, "7.71.0", "Does for an HTTPS proxy what [`issuer_cert`](Self::issuer_cert) does for the server.";
    proxy_issuer_cert_blob: blob unset PROXY_ISSUER_CERT_BLOB, "CURLOPT_PROXY_ISSUERCERT_BLOB", 297, "7.71.0", "Does for an HTTPS proxy what [`issuer_cert_blob`](Self::issuer_cert_blob) does for the server.";
    proxy_pinned_public_key: text unset PROXY_PINNED_PUBLIC_KEY, "CURLOPT_PROXY_PINNEDPUBLICKEY", 263, "7.52.0", "Does for an HTTPS proxy what [`pinned_public_key`](Self::pinned_public_key) does for the server.";
    proxy_sslcert: path unset PROXY_SSLCERT, "CURLOPT_PROXY_SSLCERT", 254, "7.52.0", "Does for an HTTPS proxy what [`ssl_cert`](Self::ssl_cert) does for the server.";
    proxy_sslcert_type: text unset PROXY_SSLCERT_TYPE, "CURLOPT_PROXY_SSLCERTTYPE", 255, "7.52.0", "Does for an HTTPS proxy what [`ssl_cert_type`](Self::ssl_cert_type) does for the server.";
    proxy_sslcert_blob: blob unset PROXY_SSLCERT_BLOB, "CURLOPT_PROXY_SSLCERT_BLOB", 293, "7.71.0", "Does for an HTTPS proxy what [`ssl_cert_blob`](Self::ssl_cert_blob) does for the server.";
    proxy_sslkey: path unset PROXY_SSLKEY, "CURLOPT_PROXY_SSLKEY", 256, "7.52.0", "Does for an HTTPS proxy what [`ssl_key`](Self::ssl_key) does for the server.";
    proxy_sslkey_type: text unset PROXY_SSLKEY_TYPE, "CURLOPT_PROXY_SSLKEYTYPE", 257, "7.52.0", "Does for an HTTPS proxy what [`ssl_key_type`](Self::ssl_key_type) does for the server.";
    proxy_sslkey_blob: blob unset PROXY_SSLKEY_BLOB, "CURLOPT_PROXY_SSLKEY_BLOB", 294, "7.71.0", "Does for an HTTPS proxy what [`ssl_key_blob`](Self::ssl_key_blob) does for the server.";
    proxy_key_password: text unset PROXY_KEY_PASSWORD, "CURLOPT_PROXY_KEYPASSWD", 258, "7.52.0", "Does for an HTTPS proxy what [`key_password`](Self::key_password) does for the server.";
    proxy_ssl_cipher_list: text unset PROXY_SSL_CIPHER_LIST, "CURLOPT_PROXY_SSL_CIPHER_LIST", 259, "7.52.0", "Does for an HTTPS proxy what [`ssl_cipher_list`](Self::ssl_cipher_list) does for the server.";
    proxy_tls13_ciphers: text unset PROXY_TLS13_CIPHERS, "CURLOPT_PROXY_TLS13_CIPHERS", 277, "7.61.0", "Does for an HTTPS proxy what [`tls13_ciphers`](Self::tls13_ciphers) does for the server.";
    proxy_ssl_options: value<SslOptions>, "CURLOPT_PROXY_SSL_OPTIONS", 261, "7.52.0", "Does for an HTTPS proxy what [`ssl_options`](Self::ssl_options) does for the server.";
    #[deprecated(note = "TLS-SRP was removed from libcurl 8.22.0")]
    proxy_tlsauth_type: text, "CURLOPT_PROXY_TLSAUTH_TYPE", 253, "7.52.0", "Does for an HTTPS proxy what [`tlsauth_type`](Self::tlsauth_type) does for the server.";
    #[deprecated(note = "TLS-SRP was removed from libcurl 8.22.0")]
    proxy_tlsauth_username: text, "CURLOPT_PROXY_TLSAUTH_USERNAME", 251, "7.52.0", "Does for an HTTPS proxy what [`tlsauth_username`](Self::tlsauth_username) does for the server.";
    #[deprecated(note = "TLS-SRP was removed from libcurl 8.22.0")]
    proxy_tlsauth_password: text, "CURLOPT_PROXY_TLSAUTH_PASSWORD", 252, "7.52.0", "Does for an HTTPS proxy what [`tlsauth_password`](Self::tlsauth_password) does for the server.";
}
