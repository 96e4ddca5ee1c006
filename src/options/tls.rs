//! Options: TLS.

use crate::options::values::tls::{SslOptions, SslVersions, UseSsl};

#[rustfmt::skip]
options! { "TLS";
    #[doc(alias = "CURLOPT_FTP_SSL")]
    use_ssl: value<UseSsl>, "CURLOPT_USE_SSL", 119, "7.17.0", "Sets whether a connection of FTP or mail, or since libcurl 7.81.0 of LDAP, that starts without TLS changes to TLS; it does not by default.";
    /// # Examples
    /// ```
    /// use curlback::{Error, SslVersion, Transfer};
    ///
    /// # if !curlback::version().has_protocol("https") { return Ok(()); } // a libcurl without TLS
    /// let mut transfer = Transfer::new(())?;
    /// transfer.ssl_version(SslVersion::Tls1_2..=SslVersion::Tls1_3)?;
    /// assert!(matches!(transfer.ssl_version(SslVersion::Ssl3), Err(Error::Option { .. })));
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "ssl_min_max_version")]
    ssl_version: choice<SslVersions>, "CURLOPT_SSLVERSION", 32, "7.1", "Sets which versions of TLS are allowed: from one version on, as `SslVersion::Tls1_3`, or a range, as `SslVersion::Tls1_2..=SslVersion::Tls1_3`. TLS 1.2 and newer by default since libcurl 8.16.0.";
    ssl_verify_peer: flag, "CURLOPT_SSL_VERIFYPEER", 64, "7.4.2", "Checks that the server's certificate is trusted; on by default. If it is off, anybody can pose as the server.";
    ssl_verify_host: verify_host, "CURLOPT_SSL_VERIFYHOST", 81, "7.8.1", "Checks that the server's certificate is for its host name; on by default. If it is off, any other server with a trusted certificate can pose as this one.";
    ssl_verify_status: flag, "CURLOPT_SSL_VERIFYSTATUS", 232, "7.41.0", "Asks the server to prove that its certificate was not revoked; off by default.";
    cainfo: path unset CAINFO, "CURLOPT_CAINFO", 65, "7.4.2", "Trusts the certificates in this PEM file, instead of the system's file. A libcurl of a distribution may also trust a directory of the system: [`no_capath`](Self::no_capath) turns that off.";
    capath: path unset CAPATH, "CURLOPT_CAPATH", 97, "7.9.8", "Trusts the certificates in this directory, prepared by `openssl rehash`.";
    #[doc(alias = "set_ca_certs")]
    ssl_cainfo_blob: blob unset SSL_CAINFO_BLOB, "CURLOPT_CAINFO_BLOB", 309, "7.77.0", "Trusts the certificates in this PEM text, instead of the system's file. As for [`cainfo`](Self::cainfo), a directory of the system may be trusted too.";
    ca_cache_timeout: forever, "CURLOPT_CA_CACHE_TIMEOUT", 321, "7.87.0", "Sets how long the loaded trusted certificates are kept for other connections; 24 hours by default. `None` means forever. Rounds up to seconds. With [`Hooks::SSL_CTX`](crate::Hooks::SSL_CTX), the default is zero, since other transfers would also trust what the callback adds: [`set_hooks`](Self::set_hooks) sets this option when that hook is added or removed.";
    crlfile: path unset CRLFILE, "CURLOPT_CRLFILE", 169, "7.19.0", "Rejects the certificates that the revocation lists in this PEM file name. With OpenSSL, also rejects a certificate chain unless the file has a list of each issuer in it.";
    issuer_cert: path unset ISSUER_CERT, "CURLOPT_ISSUERCERT", 170, "7.19.0", "Accepts only a server certificate that was signed by the certificate in this PEM file.";
    issuer_cert_blob: blob unset ISSUER_CERT_BLOB, "CURLOPT_ISSUERCERT_BLOB", 295, "7.71.0", "Accepts only a server certificate that was signed by the certificate in this PEM text.";
    pinned_public_key: text unset PINNED_PUBLIC_KEY, "CURLOPT_PINNEDPUBLICKEY", 230, "7.39.0", "Accepts only these public keys of the server: the path of a file with the key, or `sha256//` hashes separated by semicolons.";
    ssl_cert: path unset SSL_CERT, "CURLOPT_SSLCERT", 25, "7.1", "Sets the file with the client's own certificate.";
    ssl_cert_type: text unset SSL_CERT_TYPE, "CURLOPT_SSLCERTTYPE", 86, "7.9.3", "Sets the format of the client's own certificate: `PEM`, the default, `DER`, `P12`, `ENG` for an engine, or since libcurl 8.12.0 `PROV` for a provider of OpenSSL. Not every TLS library has all of these.";
    ssl_cert_blob: blob unset SSL_CERT_BLOB, "CURLOPT_SSLCERT_BLOB", 291, "7.71.0", "Sets the client's own certificate.";
    ssl_key: path unset SSL_KEY, "CURLOPT_SSLKEY", 87, "7.9.3", "Sets the file with the private key for the client's own certificate.";
    ssl_key_type: text unset SSL_KEY_TYPE, "CURLOPT_SSLKEYTYPE", 88, "7.9.3", "Sets the format of the key for the client's own certificate: `PEM`, the default, `DER`, `ENG` for an engine, or since libcurl 8.12.0 `PROV` for a provider of OpenSSL. Not every TLS library has all of these.";
    ssl_key_blob: blob unset SSL_KEY_BLOB, "CURLOPT_SSLKEY_BLOB", 292, "7.71.0", "Sets the private key for the client's own certificate.";
    #[doc(alias("CURLOPT_SSLCERTPASSWD", "CURLOPT_SSLKEYPASSWD"))]
    key_password: text unset KEY_PASSWORD, "CURLOPT_KEYPASSWD", 26, "7.17.0", "Sets the password for the private key of the client's own certificate.";
    ssl_engine: text, "CURLOPT_SSLENGINE", 89, "7.9.3", "Sets the crypto engine of the TLS library that has the client's private key.";
    ssl_engine_default: unit, "CURLOPT_SSLENGINE_DEFAULT", 90, "7.9.3", "Makes the [`ssl_engine`](Self::ssl_engine) the default for asymmetric crypto operations.";
    ssl_cipher_list: text unset SSL_CIPHER_LIST, "CURLOPT_SSL_CIPHER_LIST", 83, "7.9", "Sets the ciphers for TLS 1.2 and older, as the TLS library names them.";
    tls13_ciphers: text unset TLS13_CIPHERS, "CURLOPT_TLS13_CIPHERS", 276, "7.61.0", "Sets the ciphers for TLS 1.3, as the TLS library names them.";
    ssl_ec_curves: text, "CURLOPT_SSL_EC_CURVES", 298, "7.73.0", "Sets the elliptic curves for the key exchange, separated by colons.";
    ssl_signature_algorithms: text, "CURLOPT_SSL_SIGNATURE_ALGORITHMS", 328, "8.14.0", "Sets the signature algorithms, separated by colons.";
    ssl_options: value<SslOptions>, "CURLOPT_SSL_OPTIONS", 216, "7.25.0", "Sets a set of bits that change how TLS checks certificates and connects.";
    ssl_enable_alpn: flag, "CURLOPT_SSL_ENABLE_ALPN", 226, "7.36.0", "Negotiates the version of HTTP in the TLS handshake (ALPN); on by default.";
    ssl_sessionid_cache: flag, "CURLOPT_SSL_SESSIONID_CACHE", 150, "7.16.0", "Resumes TLS sessions of earlier connections; on by default. A resumed session does not verify the certificate chain again. So with [`Hooks::SSL_CTX`](crate::Hooks::SSL_CTX), the default is off: [`set_hooks`](Self::set_hooks) sets this option when that hook is added or removed.";
    certinfo: flag, "CURLOPT_CERTINFO", 172, "7.19.1", "Keeps the server's certificate chain for [`Info::certinfo`](crate::Info::certinfo); off by default.";
    ech: text, "CURLOPT_ECH", 325, "8.8.0", "Sets whether the first message of the TLS handshake is encrypted (ECH): `false`, `grease`, `true`, `hard`, `ecl:` or `pn:`; experimental in libcurl.";
    #[deprecated(note = "libcurl 7.86.0 and newer have no NPN")]
    ssl_enable_npn: flag, "CURLOPT_SSL_ENABLE_NPN", 225, "7.36.0", "Negotiates the version of HTTP in the TLS handshake by NPN, the predecessor of ALPN.";
    #[deprecated(note = "libcurl 8.15.0 and newer have no false start")]
    ssl_false_start: flag, "CURLOPT_SSL_FALSESTART", 233, "7.42.0", "Sends data before the TLS handshake is done; off by default.";
    #[deprecated(note = "libcurl 7.84.0 and newer take random numbers from the TLS library")]
    random_file: path, "CURLOPT_RANDOM_FILE", 76, "7.7", "Reads random numbers from this file.";
    #[deprecated(note = "libcurl 7.84.0 and newer take random numbers from the TLS library")]
    #[doc(alias = "egd_socket")]
    egdsocket: path, "CURLOPT_EGDSOCKET", 77, "7.7", "Reads random numbers from this socket.";
    #[deprecated(note = "TLS-SRP was removed from libcurl 8.22.0")]
    tlsauth_type: text, "CURLOPT_TLSAUTH_TYPE", 206, "7.21.4", "Sets the method of authentication in TLS: `SRP`.";
    #[deprecated(note = "TLS-SRP was removed from libcurl 8.22.0")]
    tlsauth_username: text, "CURLOPT_TLSAUTH_USERNAME", 204, "7.21.4", "Sets the user name for TLS-SRP.";
    #[deprecated(note = "TLS-SRP was removed from libcurl 8.22.0")]
    tlsauth_password: text, "CURLOPT_TLSAUTH_PASSWORD", 205, "7.21.4", "Sets the password for TLS-SRP.";
}
