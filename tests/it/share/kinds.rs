//! `Share`: the kinds of data, and that transfers share them.

use std::fs;

use curlback::handlers::Collect;
use curlback::{
    CallbackResult, Callbacks, Code, Error, Hooks, Multi, Share, ShareData, SslContext, Transfer,
};

use crate::support::built_in::{by_openssl, https};
use crate::support::results::assert_option;
use crate::support::server::Server;
use crate::support::sharing::{
    STRICT, cookie_server, counting_server, get, on_thread, share, strict,
};
use crate::support::skip::{needs, skip, skip_case};
use crate::support::tls_server::{Identity, TlsServer, trust};

#[test]
fn a_share_is_for_all_threads_and_says_what_it_has() {
    fn is<T: Send + Sync + Clone>(_: &T) {}
    let share = Share::new(ShareData::COOKIES | ShareData::DNS).unwrap();
    is(&share);
    assert_eq!(share.data(), ShareData::COOKIES | ShareData::DNS);
    assert!(format!("{share:?}").contains("COOKIES | DNS"));
    Share::new(ShareData::empty()).unwrap();
    for unknown in [1 << 0, 1 << 1, 1 << 20] {
        let result = Share::new(ShareData::from_bits_retain(unknown));
        assert_option(result.map(drop), "CURLSHOPT_SHARE");
    }
}

#[test]
fn every_kind_that_the_linked_libcurl_has_can_be_shared() {
    let server = Server::ok("answer");
    for data in ShareData::all().iter() {
        let share = match Share::new(data) {
            Err(error @ Error::Unsupported { .. }) => {
                skip_case!("{error}");
                continue;
            }
            share => share.unwrap(),
        };
        for _ in 0..2 {
            // The threads come one after the other, since not every kind may be used at once.
            on_thread(|| {
                let mut transfer = get(&server.url("/"), Some(&share));
                transfer.perform().unwrap();
                transfer.perform().unwrap();
            });
        }
    }
}

#[test]
fn two_threads_share_cookies() {
    let server = cookie_server();
    let share = Share::new(ShareData::COOKIES).unwrap();
    for (first, second) in [(Some(&share), None), (Some(&share), Some(&share))] {
        let url = server.url("/a");
        on_thread(|| get(&url, first).perform().unwrap());
        get(&url, second).perform().unwrap();
    }
    let cookies: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("cookie").map(str::to_owned))
        .collect();
    let shared = Some("a=1".to_owned());
    assert_eq!(cookies, [None, None, shared.clone(), shared]);
}

#[test]
fn two_threads_share_addresses() {
    let server = Server::ok("answer");
    let port = server.address().port();
    let url = format!("http://given.invalid:{port}/");
    let share = Share::new(ShareData::DNS).unwrap();
    on_thread(|| {
        let mut transfer = get(&url, Some(&share));
        let given = format!("given.invalid:{port}:127.0.0.1");
        transfer.resolve([given]).unwrap();
        transfer.perform().unwrap();
    });
    get(&url, Some(&share)).perform().unwrap();
    let error = get(&url, None).perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::COULDNT_RESOLVE_HOST), "{error}");
}

#[test]
fn two_threads_share_tls_sessions() {
    needs!((7, 77, 0), "sharing of sessions of TLS 1.3");
    if !https() {
        return;
    }
    let Some(share) = share(ShareData::SSL_SESSIONS) else {
        return;
    };
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "secret");
    let perform = |share: Option<&Share>| {
        let mut transfer = get(&server.url("/"), share);
        trust(&mut transfer, &authority.pem());
        transfer.perform().unwrap();
    };
    for share in [Some(&share), Some(&share), None] {
        on_thread(|| perform(share));
    }
    // rustls resumes sessions only within a connection's own configuration, so it resumes none
    // here.
    assert_eq!(server.resumed(), [false, by_openssl(), false]);
}

struct Trusts(Vec<u8>);

impl Callbacks for Trusts {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::SSL_CTX
    }

    fn ssl_ctx(&mut self, context: &mut SslContext<'_>) -> CallbackResult {
        context.trust(&self.0).into()
    }
}

/// tests/CORPUS.md, 62: a transfer that does not trust the server does not resume a TLS session
/// with it either.
#[test]
fn what_a_tls_context_trusts_is_not_shared_with_its_sessions() {
    if !https() {
        return;
    }
    let Some(share) = share(ShareData::SSL_SESSIONS | ShareData::DNS) else {
        return;
    };
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "secret");
    let mut trusts = match Transfer::new(Trusts(authority.pem())) {
        Ok(transfer) => transfer,
        Err(error) => return skip!("{error}"),
    };
    trusts.url(&server.url("/")).unwrap();
    trusts.share(&share).unwrap();
    trusts.perform().unwrap();
    let error = get(&server.url("/"), Some(&share)).perform().unwrap_err();
    assert_eq!(
        error.code(),
        Some(Code::PEER_FAILED_VERIFICATION),
        "{error}"
    );
}

#[test]
fn threads_share_connections_one_after_the_other() {
    let (server, clients) = counting_server();
    let url = server.url("/");
    let connections = Share::new(ShareData::CONNECTIONS).unwrap();
    let perform = |share: &Share| {
        for _ in 0..4 {
            on_thread(|| get(&url, Some(share)).perform().unwrap());
        }
        clients.lock().unwrap().len()
    };
    assert_eq!(perform(&connections), 1);
    let cookies = Share::new(ShareData::COOKIES).unwrap();
    assert_eq!(perform(&cookies), 1 + 4);
}

#[test]
fn a_multi_and_a_perform_share_connections_one_after_the_other() {
    let (server, clients) = counting_server();
    let share = Share::new(ShareData::CONNECTIONS | ShareData::DNS).unwrap();
    for _ in 0..2 {
        let mut multi = Multi::new().unwrap();
        multi.add(get(&server.url("/"), Some(&share))).unwrap();
        multi.run(|_, _, _, result| result).unwrap();
        get(&server.url("/"), Some(&share)).perform().unwrap();
        // The connections outlive the driver that has made them.
        drop(multi);
    }
    assert_eq!(clients.lock().unwrap().len(), 1);
}

#[test]
fn two_threads_share_hosts_that_ask_for_https() {
    if !https() {
        return;
    }
    let Some(share) = share(ShareData::HSTS) else {
        return;
    };
    let identity = Identity::authority().vouch_for("127.0.0.1");
    let server = TlsServer::saying(&identity, STRICT);
    on_thread(|| {
        strict("https", &server, Some(&share)).perform().unwrap();
    });
    strict("http", &server, Some(&share)).perform().unwrap();
    strict("http", &server, None).perform().unwrap_err();
}

#[test]
fn a_reset_keeps_the_share_and_unshare_ends_it() {
    let server = cookie_server();
    let share = Share::new(ShareData::COOKIES).unwrap();
    get(&server.url("/a"), Some(&share)).perform().unwrap();
    let mut transfer = get(&server.url("/a"), Some(&share));
    transfer.reset().unwrap();
    transfer.url(&server.url("/a")).unwrap();
    transfer.cookie_file("").unwrap();
    transfer.perform().unwrap();
    transfer.unshare().unwrap();
    transfer.cookie_file("").unwrap();
    transfer.perform().unwrap();
    transfer.share(&share).unwrap();
    transfer.share(&share.clone()).unwrap();
    drop(share);
    transfer.perform().unwrap();
    let sent = server.requests();
    let cookies: Vec<_> = sent.iter().map(|sent| sent.header("cookie")).collect();
    assert_eq!(cookies, [None, Some("a=1"), None, Some("a=1")]);
}

#[test]
fn shared_cookies_are_written_whoever_drives() {
    let server = cookie_server();
    let dir = tempfile::tempdir().unwrap();
    let url = server.url("/a");
    for (number, data) in [ShareData::COOKIES, ShareData::COOKIES | ShareData::HSTS]
        .into_iter()
        .enumerate()
    {
        let Some(share) = share(data) else { return };
        for busy in [false, true] {
            let jar = dir.path().join(format!("{number}-{busy}"));
            let mut transfer = get(&url, Some(&share));
            transfer.cookie_jar(&jar).unwrap();
            transfer.perform().unwrap();
            let mut multi = Multi::new().unwrap();
            if busy {
                multi.add(get(&url, Some(&share))).unwrap();
            }
            drop(transfer);
            let text = fs::read_to_string(&jar).unwrap();
            assert!(text.ends_with("\ta\t1\n"), "{text}");
        }
    }
}

#[test]
fn close_socket_does_not_go_with_shared_connections() {
    struct Closes;
    impl Callbacks for Closes {
        fn hooks(&self) -> Hooks {
            Hooks::default() | Hooks::CLOSE_SOCKET
        }
    }
    let server = Server::ok("");
    let mut transfer = Transfer::new(Closes).unwrap();
    transfer.url(&server.url("/")).unwrap();
    // This connection is the transfer's own, so the drop of the transfer closes it.
    transfer.perform().unwrap();
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    transfer.share(&share).unwrap();
    assert_option(transfer.perform(), "CURLOPT_CLOSESOCKETFUNCTION");
    assert_eq!(server.requests().len(), 1);
    transfer
        .set_hooks(transfer.hooks() - Hooks::CLOSE_SOCKET)
        .unwrap();
    transfer.perform().unwrap();
    drop(transfer);
    // The share keeps the connection of the last run.
    get(&server.url("/"), Some(&share)).perform().unwrap();
}

#[test]
fn file_of_hsts_hosts_outlives_the_share() {
    let server = Server::ok("body");
    let folder = tempfile::tempdir().unwrap();
    let Some(share) = share(ShareData::HSTS) else {
        return;
    };
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    if let Err(Error::Unsupported { .. }) = transfer.hsts(folder.path().join("hosts")) {
        skip!("this libcurl has no HSTS");
        return;
    }
    transfer.share(&share).unwrap();
    transfer.perform().unwrap();
    transfer.unshare().unwrap();
    transfer.perform().unwrap();
    drop(transfer);
    assert!(folder.path().join("hosts").exists());
}
