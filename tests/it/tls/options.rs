//! Options of TLS, as a server or OpenSSL sees them.

use std::fs;

use curlback::handlers::Collect;
use curlback::{
    CallbackResult, Callbacks, Code, Error, ProgressResult, SslOptions, SslVersion, TlsBackend,
    Transfer, XferInfo,
};

use crate::support::built_in::{by_openssl, https, https_by_openssl};
use crate::support::skip::{needs, skip};
use crate::support::tls_server::{Identity, TlsServer, trust};

fn trusting(server: &TlsServer, authority: &Identity) -> Transfer<Collect> {
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    trust(&mut transfer, &authority.pem());
    transfer
}

#[test]
fn certificates_of_the_server_are_kept_if_asked_for() {
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "");
    let mut transfer = trusting(&server, &authority);
    transfer.perform().unwrap();
    assert!(transfer.info().certinfo().unwrap().is_empty());

    transfer.certinfo(true).unwrap();
    transfer.fresh_connect(true).unwrap();
    // A session that is resumed has no certificates.
    transfer.ssl_sessionid_cache(false).unwrap();
    transfer.perform().unwrap();
    let info = transfer.info();
    let chain = info.certinfo().unwrap();
    let own = chain.first().expect("the server has a certificate");
    let subject = own.get("Subject").unwrap();
    let subject = String::from_utf8_lossy(subject).replace(' ', "");
    assert_eq!(subject, "CN=127.0.0.1");
    let pem = String::from_utf8(own.get("Cert").unwrap().to_vec()).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"), "{pem}");
    assert!(own.fields().count() > 5);
    assert_eq!(own.get("No such thing"), None);
    assert_eq!(transfer.ssl_verify_result().unwrap(), 0);
}

#[test]
fn client_is_known_by_a_certificate_from_memory() {
    needs!((7, 71, 0), "CURLOPT_SSLCERT_BLOB");
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::for_clients_of(&authority, &authority.vouch_for("127.0.0.1"));
    let client = authority.vouch_for("127.0.0.2");
    let mut transfer = trusting(&server, &authority);
    transfer.perform().unwrap_err();
    let key = client.key.private_key_to_pem_pkcs8().unwrap();
    if !by_openssl() {
        // rustls would connect without the certificate, so these options are refused.
        type Set = fn(&mut Transfer<Collect>, &[u8]) -> Result<(), Error>;
        let sets: [Set; 4] = [
            |transfer, key| transfer.ssl_cert_blob(key),
            |transfer, key| transfer.ssl_key_blob(key),
            |transfer, key| transfer.proxy_sslcert_blob(key),
            |transfer, key| transfer.proxy_sslkey_blob(key),
        ];
        for set in sets {
            let error = set(&mut transfer, &key).unwrap_err();
            assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        }
        return;
    }
    transfer.ssl_cert_blob(client.pem()).unwrap();
    transfer.ssl_key_blob(&key).unwrap();
    transfer.ssl_cert_type("PEM").unwrap();
    transfer.ssl_key_type("PEM").unwrap();
    transfer.perform().unwrap();
}

#[test]
fn what_openssl_does_not_know_fails_the_transfer() {
    needs!((7, 73, 0), "CURLOPT_SSL_EC_CURVES");
    if !https_by_openssl() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "");
    type Set = fn(&mut Transfer<Collect>) -> Result<(), Error>;
    let cases: [(Set, Code); 5] = [
        (|t| t.ssl_cipher_list("nonsense"), Code::SSL_CIPHER),
        (|t| t.tls13_ciphers("nonsense"), Code::SSL_CIPHER),
        (|t| t.ssl_ec_curves("nonsense"), Code::SSL_CIPHER),
        (|t| t.crlfile("/nonexistent"), Code::SSL_CRL_BADFILE),
        (|t| t.issuer_cert("/nonexistent"), Code::SSL_ISSUER_ERROR),
    ];
    for (set, code) in cases {
        let mut transfer = trusting(&server, &authority);
        set(&mut transfer).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(code), "{error}");
    }
}

#[test]
fn issuer_is_the_one_that_was_named() {
    needs!((7, 71, 0), "CURLOPT_ISSUERCERT_BLOB");
    if !https() {
        return;
    }
    let (authority, other) = (Identity::authority(), Identity::authority());
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "");
    let mut transfer = trusting(&server, &authority);
    let set = transfer.issuer_cert_blob(other.pem());
    if !by_openssl() {
        assert!(matches!(set, Err(Error::Unsupported { .. })), "{set:?}");
        let set = transfer.issuer_cert("/nonexistent");
        assert!(matches!(set, Err(Error::Unsupported { .. })), "{set:?}");
        return;
    }
    set.unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::SSL_ISSUER_ERROR), "{error}");
    transfer.issuer_cert_blob(authority.pem()).unwrap();
    transfer.perform().unwrap();
}

/// Records the TLS library of the session.
#[derive(Default)]
struct Session {
    backends: Vec<Option<TlsBackend>>,
}

impl Callbacks for Session {
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        let session = progress.info().tls_ssl_ptr().unwrap();
        if let Some(session) = &session {
            assert!(!session.as_raw().is_null());
        }
        self.backends.push(session.map(|session| session.backend()));
        ProgressResult::Continue
    }

    fn debug(&mut self, _: curlback::DebugKind, _: &[u8]) -> CallbackResult {
        CallbackResult::Continue
    }
}

#[test]
fn session_of_the_tls_library_is_there_during_the_transfer() {
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "");
    let mut transfer = Transfer::new(Session::default()).unwrap();
    assert!(transfer.info().tls_ssl_ptr().unwrap().is_none());
    transfer.url(&server.url("/")).unwrap();
    trust(&mut transfer, &authority.pem());
    transfer.perform().unwrap();
    let backends = &transfer.handler().backends;
    let own = match by_openssl() {
        true => TlsBackend::OpenSsl,
        false => TlsBackend::Rustls,
    };
    assert!(backends.contains(&Some(own)), "{backends:?}");
}

#[test]
fn versions_of_tls_are_a_range() {
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "");
    let mut transfer = trusting(&server, &authority);
    transfer
        .ssl_version(SslVersion::Tls1_2..=SslVersion::Tls1_2)
        .unwrap();
    // This is TLS 1.2.
    transfer.perform().unwrap();
    transfer.fresh_connect(true).unwrap();
    transfer.ssl_version(SslVersion::Tls1_3).unwrap();
    transfer.perform().unwrap();
    // There is no version in this range.
    let empty = SslVersion::Tls1_3..=SslVersion::Tls1_2;
    let error = transfer.ssl_version(empty).unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
    for old in [SslVersion::Ssl2, SslVersion::Ssl3] {
        let error = transfer.ssl_version(SslVersion::Tls1_2..=old).unwrap_err();
        assert!(matches!(error, Error::Option { .. }), "{error:?}");
        let error = transfer.ssl_version(old).unwrap_err();
        assert!(matches!(error, Error::Option { .. }), "{error:?}");
    }
}

#[test]
fn options_of_tls_are_bits_that_older_releases_may_lack() {
    needs!((7, 68, 0), "CURLSSLOPT_NO_PARTIALCHAIN");
    if !https() {
        return;
    }
    let mut transfer = Transfer::new(()).unwrap();
    transfer.ssl_options(SslOptions::NO_PARTIAL_CHAIN).unwrap();
    match transfer.ssl_options(SslOptions::EARLY_DATA) {
        Err(Error::Unsupported { since, linked, .. }) => assert!(linked < since),
        result => result.unwrap(),
    }
}

#[test]
fn partial_chain_is_enough_unless_said_otherwise() {
    needs!((7, 68, 0), "CURLSSLOPT_NO_PARTIALCHAIN");
    if !https_by_openssl() {
        return;
    }
    let authority = Identity::authority();
    let own = authority.vouch_for("127.0.0.1");
    let server = TlsServer::ok(&own, "");
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    // The file has the server's own certificate, but not that of the authority that signed it.
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), own.pem()).unwrap();
    transfer.cainfo(file.path()).unwrap();
    transfer.perform().unwrap();
    transfer.ssl_options(SslOptions::NO_PARTIAL_CHAIN).unwrap();
    transfer.fresh_connect(true).unwrap();
    transfer.ssl_sessionid_cache(false).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(
        error.code(),
        Some(Code::PEER_FAILED_VERIFICATION),
        "{error}"
    );
}

#[test]
fn https_proxy_has_options_of_its_own() {
    needs!((7, 77, 0), "CURLOPT_PROXY_CAINFO_BLOB");
    if !curlback::version().has_feature("HTTPS-proxy") {
        skip!("the linked libcurl has no HTTPS proxies");
        return;
    }
    let authority = Identity::authority();
    let proxy = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "body");
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url("http://host.invalid/").unwrap();
    transfer.proxy(&proxy.url("")).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(
        error.code(),
        Some(Code::PEER_FAILED_VERIFICATION),
        "{error}"
    );
    transfer.proxy_ssl_cainfo_blob(authority.pem()).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"body");
    assert_eq!(transfer.proxy_ssl_verify_result().unwrap(), 0);
    transfer.fresh_connect(true).unwrap();
    if !by_openssl() {
        // With rustls, libcurl ignores the unknown name that is set below, and uses the ciphers of TLS 1.3.
        return;
    }
    transfer.proxy_ssl_cipher_list("nonsense").unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::SSL_CIPHER), "{error}");
}
