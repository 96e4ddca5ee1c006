//! `ssl_ctx`: whom the TLS context of a connection trusts, and for how long.

use std::error::Error as _;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::{fs, thread};

use curlback::handlers::Collect;
use curlback::{
    Callback, CallbackResult, Callbacks, Code, Error, Hooks, SslContext, TlsBackend, Transfer,
    TrustError,
};

use crate::support::breaks::{How, Own, payload};
use crate::support::built_in::https;
use crate::support::skip::skip;
use crate::support::tls_server::{Identity, TlsServer, trust};

/// In `ssl_ctx`, trusts the certificates in `pem`, and then answers as `how` says.
struct Trusts {
    pem: Vec<u8>,
    hooks: Hooks,
    how: How,
    /// For each call of `ssl_ctx`: the TLS back end, and what `trust` returned.
    calls: Vec<(TlsBackend, Result<(), TrustError>)>,
}

impl Trusts {
    fn new(pem: impl Into<Vec<u8>>) -> Trusts {
        Trusts {
            pem: pem.into(),
            hooks: Hooks::default() | Hooks::SSL_CTX,
            how: How::Not,
            calls: Vec::new(),
        }
    }

    fn get(self, server: &TlsServer) -> Transfer<Collect<Trusts>> {
        let mut transfer = Transfer::new(Collect::new().and(self)).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer
    }
}

impl Callbacks for Trusts {
    fn hooks(&self) -> Hooks {
        self.hooks
    }

    fn ssl_ctx(&mut self, context: &mut SslContext<'_>) -> CallbackResult {
        let result = context.trust(&self.pem);
        self.calls.push((context.backend(), result));
        self.how.result(Callback::SslCtx)
    }
}

/// Returns whether the linked libcurl hands over its TLS contexts. If not, the test counts as skipped.
fn contexts() -> bool {
    if !https() {
        return false;
    }
    match Transfer::new(Trusts::new("")) {
        Ok(_) => true,
        Err(Error::Unsupported { what, .. }) => {
            skip!("the linked libcurl has no {what}");
            false
        }
        Err(error) => panic!("{error}"),
    }
}

fn assert_trusts(transfer: &mut Transfer<Collect<Trusts>>) {
    transfer.perform().unwrap();
    assert_eq!(transfer.handler_mut().take_body(), b"secret");
}

fn assert_distrusts<H: Callbacks>(transfer: &mut Transfer<H>) {
    let error = transfer.perform().unwrap_err();
    assert_eq!(
        error.code(),
        Some(Code::PEER_FAILED_VERIFICATION),
        "{error}"
    );
}

/// Makes an authority, and a server whose certificate the authority has signed.
fn secret() -> (Identity, TlsServer) {
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "secret");
    (authority, server)
}

#[test]
fn authority_is_trusted_through_the_context() {
    if !contexts() {
        return;
    }
    let (authority, server) = secret();
    let mut transfer = Trusts::new(authority.pem()).get(&server);
    assert_trusts(&mut transfer);
    let calls = &transfer.handler().inner().calls;
    assert_eq!(calls[..], [(TlsBackend::OpenSsl, Ok(()))]);
}

#[test]
fn context_is_offered_to_those_only_who_name_the_hook() {
    if !contexts() {
        return;
    }
    assert!(!Hooks::default().contains(Hooks::SSL_CTX));
    let (authority, server) = secret();
    let mut trusts = Trusts::new(authority.pem());
    trusts.hooks = Hooks::default();
    let mut transfer = trusts.get(&server);
    assert_distrusts(&mut transfer);
    assert!(transfer.handler().inner().calls.is_empty());
}

#[test]
fn context_trusts_nothing_by_default() {
    struct Default;

    impl Callbacks for Default {
        fn hooks(&self) -> Hooks {
            Hooks::default() | Hooks::SSL_CTX
        }
    }

    if !contexts() {
        return;
    }
    let (_, server) = secret();
    let mut transfer = Transfer::new(Default).unwrap();
    transfer.url(&server.url("/")).unwrap();
    assert_distrusts(&mut transfer);
}

#[test]
fn text_that_is_no_certificate_is_an_error_and_trusts_nobody() {
    if !contexts() {
        return;
    }
    let (authority, server) = secret();
    let pem = authority.pem();
    let der = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let key = authority.key.private_key_to_pem_pkcs8().unwrap();
    let bad = [
        Vec::new(),
        b"garbage".to_vec(),
        vec![0; 100],
        der.to_vec(),
        key,
        pem[..pem.len() / 2].to_vec(),
        // A bad part makes the whole text bad, also the certificate before it.
        [&pem, &pem[..pem.len() / 2]].concat(),
        [&pem, &der[..]].concat(),
        [&der[..], &pem].concat(),
    ];
    let mut transfer = Trusts::new("").get(&server);
    for bad in bad {
        let shown = String::from_utf8_lossy(&bad).into_owned();
        transfer.handler_mut().inner_mut().pem = bad;
        assert_distrusts(&mut transfer);
        let calls = &mut transfer.handler_mut().inner_mut().calls;
        let expected = (TlsBackend::OpenSsl, Err(TrustError::Pem));
        assert_eq!(calls.split_off(0), [expected], "{shown}");
    }
    // The errors have no effect on later transfers.
    transfer.handler_mut().inner_mut().pem = pem;
    assert_trusts(&mut transfer);
}

#[test]
fn error_of_trust_comes_back_as_the_cause() {
    struct Passes;

    impl Callbacks for Passes {
        fn hooks(&self) -> Hooks {
            Hooks::SSL_CTX
        }

        fn ssl_ctx(&mut self, context: &mut SslContext<'_>) -> CallbackResult {
            context.trust(b"garbage").into()
        }
    }

    if !contexts() {
        return;
    }
    let (_, server) = secret();
    let mut transfer = Transfer::new(Passes).unwrap();
    transfer.url(&server.url("/")).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::SslCtx));
    let cause = error.source().and_then(|e| e.downcast_ref::<TrustError>());
    assert_eq!(cause, Some(&TrustError::Pem));
}

#[test]
fn every_certificate_of_a_text_is_trusted() {
    if !contexts() {
        return;
    }
    let (one, server_of_one) = secret();
    let (other, server_of_other) = secret();
    let pem = [
        b"first\n",
        &*one.pem(),
        b"\nsecond\n\n",
        &*other.pem(),
        // A certificate may occur twice.
        &*one.pem(),
        b"end",
    ];
    let mut transfer = Trusts::new(pem.concat()).get(&server_of_one);
    assert_trusts(&mut transfer);
    transfer.url(&server_of_other.url("/")).unwrap();
    assert_trusts(&mut transfer);
    let (_, stranger) = secret();
    transfer.url(&stranger.url("/")).unwrap();
    assert_distrusts(&mut transfer);
}

#[test]
fn trust_is_added_to_that_of_the_options() {
    if !contexts() {
        return;
    }
    let (named, server_of_named) = secret();
    let (added, server_of_added) = secret();
    let (_, stranger) = secret();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), named.pem()).unwrap();

    for blob in [false, true] {
        let mut transfer = Trusts::new(added.pem()).get(&server_of_named);
        if blob {
            trust(&mut transfer, &named.pem());
        } else {
            transfer.cainfo(file.path()).unwrap();
        }
        assert_trusts(&mut transfer);
        transfer.url(&server_of_added.url("/")).unwrap();
        assert_trusts(&mut transfer);
        transfer.url(&stranger.url("/")).unwrap();
        assert_distrusts(&mut transfer);
        assert_eq!(transfer.handler().inner().calls.len(), 3);
    }
}

#[test]
fn trust_leaves_the_check_of_the_name_alone() {
    if !contexts() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.2"), "secret");
    let mut transfer = Trusts::new(authority.pem()).get(&server);
    assert_distrusts(&mut transfer);
    assert_eq!(transfer.handler().inner().calls[0].1, Ok(()));
}

#[test]
fn other_transfer_does_not_trust_what_one_trusts() {
    if !contexts() {
        return;
    }
    let (authority, server) = secret();
    let mut other = Transfer::new(Collect::new()).unwrap();
    other.url(&server.url("/")).unwrap();
    assert_distrusts(&mut other);

    let mut transfer = Trusts::new(authority.pem()).get(&server);
    assert_trusts(&mut transfer);
    assert_distrusts(&mut other);
    let mut third = Trusts::new(Identity::authority().pem()).get(&server);
    assert_distrusts(&mut third);
    drop(transfer);
    assert_distrusts(&mut other);
    assert_distrusts(&mut third);
}

#[test]
fn trust_ends_with_the_hook() {
    if !contexts() {
        return;
    }
    let (named, server_of_named) = secret();
    let (added, server_of_added) = secret();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), named.pem()).unwrap();

    let mut trusts = Trusts::new(added.pem());
    trusts.hooks = Hooks::default();
    let mut transfer = trusts.get(&server_of_named);
    transfer.cainfo(file.path()).unwrap();
    transfer.fresh_connect(true).unwrap();
    transfer.forbid_reuse(true).unwrap();
    // After this transfer, libcurl may have a store of the file's authorities in its cache.
    assert_trusts(&mut transfer);
    for round in 1..4 {
        transfer
            .set_hooks(transfer.hooks() | Hooks::SSL_CTX)
            .unwrap();
        for server in [&server_of_added, &server_of_named] {
            transfer.url(&server.url("/")).unwrap();
            assert_trusts(&mut transfer);
        }
        assert_eq!(transfer.handler().inner().calls.len(), 2 * round);

        transfer
            .set_hooks(transfer.hooks() - Hooks::SSL_CTX)
            .unwrap();
        transfer.url(&server_of_named.url("/")).unwrap();
        assert_trusts(&mut transfer);
        transfer.url(&server_of_added.url("/")).unwrap();
        assert_distrusts(&mut transfer);
        assert_eq!(transfer.handler().inner().calls.len(), 2 * round);
    }
}

#[test]
fn trust_ends_when_the_callback_no_longer_gives_it() {
    if !contexts() {
        return;
    }
    let (authority, server) = secret();
    let mut transfer = Trusts::new(authority.pem()).get(&server);
    assert_trusts(&mut transfer);
    transfer.handler_mut().inner_mut().pem = Identity::authority().pem();
    // libcurl does not resume the TLS session from the time when the server was trusted.
    assert_distrusts(&mut transfer);
    transfer.handler_mut().inner_mut().pem = authority.pem();
    assert_trusts(&mut transfer);
}

#[test]
fn reset_keeps_the_context() {
    if !contexts() {
        return;
    }
    let (authority, server) = secret();
    let mut transfer = Trusts::new(authority.pem()).get(&server);
    assert_trusts(&mut transfer);
    transfer.reset().unwrap();
    transfer.url(&server.url("/")).unwrap();
    assert_trusts(&mut transfer);
    assert_eq!(transfer.handler().inner().calls.len(), 2);
}

#[test]
fn context_comes_with_each_new_connection_and_not_with_a_reused_one() {
    if !contexts() {
        return;
    }
    let authority = Identity::authority();
    let identity = authority.vouch_for("127.0.0.1");
    let acceptor = identity.acceptor().build();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());

    let server = thread::spawn(move || {
        // Serves two connections, each for as many requests as the client likes.
        for socket in listener.incoming().take(2) {
            let mut stream = BufReader::new(acceptor.accept(socket.unwrap()).unwrap());
            let mut line = String::new();
            while matches!(stream.read_line(&mut line), Ok(1..)) {
                if line == "\r\n" {
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
                    stream.get_mut().write_all(answer).unwrap();
                }
                line.clear();
            }
        }
    });

    let mut transfer = Transfer::new(Collect::new().and(Trusts::new(authority.pem()))).unwrap();
    transfer.url(&url).unwrap();
    let calls = |transfer: &Transfer<Collect<Trusts>>| transfer.handler().inner().calls.len();
    for _ in 0..3 {
        assert_trusts(&mut transfer);
        assert_eq!(calls(&transfer), 1);
    }
    transfer.max_connects(1).unwrap();
    transfer.forbid_reuse(true).unwrap();
    assert_trusts(&mut transfer);
    assert_eq!(calls(&transfer), 1);
    transfer.forbid_reuse(false).unwrap();
    assert_trusts(&mut transfer);
    assert_eq!(calls(&transfer), 2);
    drop(transfer);
    server.join().unwrap();
}

#[test]
fn failure_keeps_its_cause_and_the_transfer_works_again() {
    if !contexts() {
        return;
    }
    let (authority, server) = secret();
    let mut transfer = Trusts::new(authority.pem()).get(&server);
    for how in [How::Fail, How::Abort, How::Panic, How::Fail] {
        transfer.handler_mut().inner_mut().how = how;
        if how == How::Panic {
            let payload = payload(&mut transfer);
            assert_eq!(payload.downcast_ref(), Some(&Own(Callback::SslCtx)));
        } else {
            let error = transfer.perform().unwrap_err();
            assert_eq!(error.callback(), Some(Callback::SslCtx), "{error}");
            let cause = error.source().and_then(|e| e.downcast_ref::<Own>());
            let own = Own(Callback::SslCtx);
            assert_eq!(cause, (how == How::Fail).then_some(&own));
            assert_eq!(error.code(), Some(Code::ABORTED_BY_CALLBACK));
        }
        assert_eq!(transfer.handler().body(), b"");
        transfer.handler_mut().inner_mut().how = How::Not;
        assert_trusts(&mut transfer);
    }
    // The server has got no request from the transfers that failed.
    drop(transfer);
    assert_eq!(server.bodies().len(), 4);
}

#[test]
fn debug_of_a_context_names_the_backend_only() {
    struct Shows(String);

    impl Callbacks for Shows {
        fn hooks(&self) -> Hooks {
            Hooks::SSL_CTX
        }

        fn ssl_ctx(&mut self, context: &mut SslContext<'_>) -> CallbackResult {
            self.0 = format!("{context:?}");
            CallbackResult::Continue
        }
    }

    if !contexts() {
        return;
    }
    let (_, server) = secret();
    let mut transfer = Transfer::new(Shows(String::new())).unwrap();
    transfer.url(&server.url("/")).unwrap();
    assert_distrusts(&mut transfer);
    let shown = &transfer.handler().0;
    assert_eq!(shown, "SslContext { backend: OpenSsl, .. }");
}
