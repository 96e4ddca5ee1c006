//! HTTPS with certificate authorities of the tests.

use std::fs;
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use curlback::handlers::{Closures, Collect, ReadFrom};
use curlback::{
    CallbackResult, Callbacks, Code, DebugKind, Error, Multi, Transfer, Unset, Version,
};
use openssl::symm::Cipher;

use crate::support::bodies::bytes;
use crate::support::built_in::{by_openssl, https};
use crate::support::skip::{is_before, needs, skip};
use crate::support::tls_server::{Identity, TlsServer, trust};
use crate::support::transfers::run_in;

fn get(server: &TlsServer) -> Transfer<Collect> {
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer
}

fn assert_distrusts(result: Result<(), Error>) {
    let error = result.unwrap_err();
    assert_eq!(
        error.code(),
        Some(Code::PEER_FAILED_VERIFICATION),
        "{error}"
    );
    // libcurl 8.11.0 has no message for this failure.
    let wordless = Version::linked() == Version::new(8, 11, 0);
    assert!(wordless || error.text().is_some());
}

#[test]
fn uploads_and_downloads_with_an_authority_from_a_file() {
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), bytes(300_000));
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), authority.pem()).unwrap();

    let handler = ReadFrom::new(Cursor::new(bytes(200_000))).and(Collect::new());
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.cainfo(file.path()).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(200_000).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().inner().body() == bytes(300_000));
    assert!(server.bodies()[0] == bytes(200_000));
    assert!(transfer.appconnect_time().unwrap() >= transfer.connect_time().unwrap());
}

#[test]
fn trusts_an_authority_from_memory() {
    needs!((7, 77, 0), "CURLOPT_CAINFO_BLOB");
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "secret");
    let mut transfer = get(&server);
    // libcurl copies the certificate, which is gone before the transfer runs.
    transfer.ssl_cainfo_blob(authority.pem()).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"secret");

    transfer.reset().unwrap();
    transfer.url(&server.url("/")).unwrap();
    assert_distrusts(transfer.perform());
}

#[test]
fn authority_in_memory_may_be_shared() {
    needs!((7, 77, 0), "CURLOPT_CAINFO_BLOB");
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "secret");
    let pem: Arc<[u8]> = authority.pem().into();
    let mut transfer = get(&server);
    transfer.ssl_cainfo_blob(&pem).unwrap();
    let mut copy = transfer.try_clone().unwrap();
    assert_eq!(Arc::strong_count(&pem), 3);
    transfer.unset(Unset::SSL_CAINFO_BLOB).unwrap();
    assert_distrusts(transfer.perform());
    drop(transfer);
    assert_eq!(Arc::strong_count(&pem), 2);
    let left = Arc::downgrade(&pem);
    drop(pem);
    copy.perform().unwrap();
    assert_eq!(copy.handler().body(), b"secret");
    // A certificate that libcurl copies takes the place of the shared one.
    copy.ssl_cainfo_blob(authority.pem()).unwrap();
    assert!(left.upgrade().is_none());
    copy.fresh_connect(true).unwrap();
    copy.perform().unwrap();
}

/// Performs a transfer that does not trust its server. Returns the lines in which libcurl says
/// which authorities it has loaded.
pub(super) fn loaded(transfer: &mut Transfer<Collect>) -> Vec<String> {
    let mut lines = Vec::new();
    transfer.verbose(true).unwrap();
    let closures = Closures::new().debug(|kind, data| {
        let text = String::from_utf8_lossy(data);
        if kind == DebugKind::Text && (text.contains("CAfile") || text.contains("CApath")) {
            lines.push(text.into_owned());
        }
    });
    let result = transfer.perform_with(closures);
    assert_distrusts(result);
    transfer.verbose(false).unwrap();
    lines
}

#[test]
fn authorities_are_those_of_the_system_again() {
    if !https() || !by_openssl() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "secret");
    let mut transfer = get(&server);
    let first = loaded(&mut transfer);
    assert!(!first.is_empty());
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), authority.pem()).unwrap();
    for _ in 0..2 {
        transfer.cainfo(file.path()).unwrap();
        transfer.capath(file.path().parent().unwrap()).unwrap();
        transfer.perform().unwrap();
        for option in [Unset::CAINFO, Unset::CAPATH] {
            match transfer.unset(option) {
                Err(Error::Unsupported { .. }) => return assert!(is_before((7, 70, 0))),
                unset => unset.unwrap(),
            }
        }
        transfer.fresh_connect(true).unwrap();
        assert_eq!(loaded(&mut transfer), first);
    }
}

#[test]
fn trusts_an_authority_from_a_folder() {
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "secret");
    let dir = tempfile::tempdir().unwrap();
    let hash = authority.certificate.subject_name_hash();
    fs::write(dir.path().join(format!("{hash:08x}.0")), authority.pem()).unwrap();
    let mut transfer = get(&server);
    let set = transfer.capath(dir.path());
    if !by_openssl() {
        // rustls reads no directory of authorities.
        assert!(matches!(set, Err(Error::Unsupported { .. })), "{set:?}");
        return;
    }
    set.unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"secret");
}

#[test]
fn distrusts_an_unknown_authority() {
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "secret");
    let mut transfer = get(&server);
    assert_distrusts(transfer.perform());
    trust(&mut transfer, &Identity::authority().pem());
    assert_distrusts(transfer.perform());
    assert_eq!(transfer.handler().body(), b"");

    transfer.ssl_verify_peer(false).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"secret");
    transfer.ssl_verify_peer(true).unwrap();
    assert_distrusts(transfer.perform());
}

#[test]
fn distrusts_a_certificate_for_another_name() {
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.2"), "secret");
    let mut transfer = get(&server);
    trust(&mut transfer, &authority.pem());
    assert_distrusts(transfer.perform());

    transfer.ssl_verify_host(false).unwrap();
    if !by_openssl() {
        // rustls compares the name whenever it verifies a certificate.
        assert_distrusts(transfer.perform());
        return;
    }
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"secret");
    transfer.ssl_verify_host(true).unwrap();
    assert_distrusts(transfer.perform());
    // Neither check replaces the other one.
    transfer.ssl_verify_peer(false).unwrap();
    assert_distrusts(transfer.perform());
}

/// The server serves one connection at a time, so a connection that stays open hinders the next one.
#[test]
fn connection_that_was_distrusted_is_closed() {
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.2"), "");
    let mut transfer = get(&server);
    trust(&mut transfer, &authority.pem());
    transfer.timeout(Duration::from_secs(30)).unwrap();
    for _ in 0..100 {
        assert_distrusts(transfer.perform());
    }
    if is_before((7, 62, 0)) {
        return skip!("the linked libcurl leaves such a connection in a Multi");
    }
    let mut multi = Multi::new().unwrap();
    for _ in 0..100 {
        let (back, result) = run_in(&mut multi, transfer);
        assert_distrusts(result);
        transfer = back;
    }
}

#[test]
fn empty_authority_is_no_way_back_to_the_system_ones() {
    needs!((7, 77, 0), "CURLOPT_CAINFO_BLOB");
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "secret");
    let mut transfer = get(&server);
    transfer.ssl_cainfo_blob(authority.pem()).unwrap();
    match transfer.ssl_cainfo_blob(b"") {
        // The former authority stays.
        Err(error) => {
            let text = error.to_string();
            assert!(text.starts_with("CURLOPT_CAINFO_BLOB: "), "{text}");
            transfer.perform().unwrap();
        }
        // Some releases take the empty value, and then trust nobody.
        Ok(()) => {
            let error = transfer.perform().unwrap_err();
            assert_eq!(error.code(), Some(Code::SSL_CACERT_BADFILE), "{error}");
        }
    }
}

#[test]
fn pinned_key_is_compared() {
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let identity = authority.vouch_for("127.0.0.1");
    let server = TlsServer::ok(&identity, "secret");
    let pin = |identity: &Identity| {
        let key = identity.key.public_key_to_der().unwrap();
        let hash = openssl::sha::sha256(&key);
        format!("sha256//{}", openssl::base64::encode_block(&hash))
    };
    let mut transfer = get(&server);
    trust(&mut transfer, &authority.pem());
    let set = transfer.pinned_public_key(&pin(&identity));
    if !by_openssl() {
        // Ignoring the option would mean trusting more keys than requested.
        assert!(matches!(set, Err(Error::Unsupported { .. })), "{set:?}");
        return;
    }
    set.unwrap();
    transfer.perform().unwrap();
    transfer.pinned_public_key(&pin(&authority)).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(
        error.code(),
        Some(Code::SSL_PINNEDPUBKEYNOTMATCH),
        "{error}"
    );
}

#[test]
fn shows_a_certificate_of_its_own() {
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::for_clients_of(&authority, &authority.vouch_for("127.0.0.1"));
    let client = authority.vouch_for("127.0.0.9");
    let dir = tempfile::tempdir().unwrap();
    let (certificate, key) = (dir.path().join("certificate"), dir.path().join("key"));
    fs::write(&certificate, client.pem()).unwrap();
    let cipher = Cipher::aes_128_cbc();
    let locked = client
        .key
        .private_key_to_pem_pkcs8_passphrase(cipher, b"open")
        .unwrap();
    let plain = client.key.private_key_to_pem_pkcs8().unwrap();
    // rustls cannot read a key that has a password.
    fs::write(&key, if by_openssl() { &locked } else { &plain }).unwrap();

    let mut transfer = get(&server);
    trust(&mut transfer, &authority.pem());
    assert!(transfer.perform().is_err());
    transfer.ssl_cert(&certificate).unwrap();
    transfer.ssl_key(&key).unwrap();
    transfer.key_password("open").unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 200);
    fs::write(&key, locked).unwrap();
    transfer.key_password("wrong").unwrap();
    let error = transfer.perform().unwrap_err();
    let codes = [Code::SSL_CERTPROBLEM, Code::BAD_FUNCTION_ARGUMENT];
    assert!(codes.contains(&error.code().unwrap()), "{error}");
    assert!(error.text().unwrap().contains("private key"), "{error}");
}

#[test]
fn debug_sees_tls_messages_and_the_plain_text() {
    #[derive(Default)]
    struct Seen(Vec<(DebugKind, Vec<u8>)>);

    impl Callbacks for Seen {
        fn debug(&mut self, kind: DebugKind, data: &[u8]) -> CallbackResult {
            self.0.push((kind, data.to_vec()));
            CallbackResult::Continue
        }
    }

    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "secret");
    let mut transfer = Transfer::new(Seen::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    trust(&mut transfer, &authority.pem());
    transfer.verbose(true).unwrap();
    transfer.perform().unwrap();

    let seen = &transfer.handler().0;
    let of = |kind| seen.iter().filter(move |(own, _)| *own == kind);
    // rustls reports no messages of TLS.
    assert_eq!(of(DebugKind::SslDataIn).count() > 0, by_openssl());
    assert_eq!(of(DebugKind::SslDataOut).count() > 0, by_openssl());
    let body: Vec<_> = of(DebugKind::DataIn).collect();
    assert_eq!(body, [&(DebugKind::DataIn, b"secret".to_vec())]);
}
