//! `resolver_start`, which is called before a name is resolved, and `prereq`, which is called before a
//! request is sent.

use std::error::Error as _;
use std::net::SocketAddr;

use curlback::{
    Callback, CallbackResult, Callbacks, Code, Connection, Endpoint, Error, Hooks, Transfer,
    WriteResult, callbacks,
};

use crate::support::breaks::{How, Own, payload};
use crate::support::ports::listen_v6;
use crate::support::server::Server;
use crate::support::servers::redirecting_to;
use crate::support::skip::{needs, skip};

/// An owned copy of an [`Endpoint`].
#[derive(Debug, PartialEq)]
enum End {
    Ip(SocketAddr),
    Unix(Vec<u8>),
    None,
}

impl From<Endpoint<'_>> for End {
    fn from(end: Endpoint<'_>) -> End {
        match end {
            Endpoint::Ip(address) => End::Ip(address),
            Endpoint::Unix(path) => End::Unix(path.into()),
            Endpoint::None => End::None,
            other => panic!("{other:?}"),
        }
    }
}

/// Records the calls. Answers those of the callback `at` as `how` says.
struct Asked {
    at: Callback,
    how: How,
    resolutions: usize,
    /// For each call of `prereq`: the remote end, the local end, and the URL of the transfer.
    connections: Vec<(End, End, String)>,
    body: Vec<u8>,
}

impl Asked {
    fn answer(&self, callback: Callback) -> CallbackResult {
        match callback == self.at {
            true => self.how.result(callback),
            false => CallbackResult::Continue,
        }
    }
}

#[callbacks]
impl Callbacks for Asked {
    fn resolver_start(&mut self) -> CallbackResult {
        self.resolutions += 1;
        self.answer(Callback::ResolverStart)
    }

    fn prereq(&mut self, connection: &Connection<'_>) -> CallbackResult {
        let url = connection.info().effective_url().unwrap().unwrap();
        let (remote, local) = (connection.remote().into(), connection.local().into());
        self.connections.push((remote, local, url.to_owned()));
        self.answer(Callback::Prereq)
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }
}

fn asked(url: &str) -> Transfer<Asked> {
    stopped(url, Callback::Prereq, How::Not)
}

fn stopped(url: &str, at: Callback, how: How) -> Transfer<Asked> {
    let mut transfer = Transfer::new(Asked {
        at,
        how,
        resolutions: 0,
        connections: Vec::new(),
        body: Vec::new(),
    })
    .unwrap();
    transfer.url(url).unwrap();
    transfer
}

/// Answers with the address of the client.
fn echo() -> Server {
    Server::new(|conn| {
        while conn.request().is_some() {
            let peer = conn.peer().to_string();
            conn.reply("200 OK", "", peer);
        }
    })
}

#[test]
fn resolver_start_is_called_for_a_name_and_for_an_address_once() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("body");
    let port = server.address().port();
    for host in ["localhost", "127.0.0.1"] {
        let mut transfer = asked(&format!("http://{host}:{port}/"));
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().resolutions, 1, "{host}");
        // The second transfer reuses the connection. For the name, a third transfer finds the
        // address in libcurl's cache.
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().resolutions, 1, "{host}");
        if host == "localhost" {
            transfer.fresh_connect(true).unwrap();
            transfer.perform().unwrap();
            assert_eq!(transfer.handler().resolutions, 1, "{host}");
        }
    }
}

#[test]
fn resolver_start_is_not_called_for_a_name_whose_address_is_given() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("body");
    let port = server.address().port();
    let mut transfer = asked(&format!("http://given.test:{port}/"));
    transfer
        .resolve([format!("given.test:{port}:127.0.0.1")])
        .unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().resolutions, 0);
    assert_eq!(transfer.handler().body, b"body");
}

/// Performs twice. Asserts that the callback `at` stops the first transfer as `how` says, with one of
/// these codes unless it panics, and that the second transfer succeeds.
fn assert_stopped(transfer: &mut Transfer<Asked>, at: Callback, how: How, codes: &[Code]) {
    if how == How::Panic {
        let payload = payload(transfer);
        assert_eq!(payload.downcast_ref(), Some(&Own(at)));
    } else {
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(at), "{error:?}");
        assert_eq!(matches!(error, Error::Aborted { .. }), how == How::Abort);
        let code = error.code().unwrap();
        assert!(
            codes.contains(&code),
            "{how:?}: {code:?} is not among {codes:?}: {error:?}"
        );
        let own = error.source().and_then(|own| own.downcast_ref::<Own>());
        assert_eq!(own, (how == How::Fail).then_some(&Own(at)));
    }
    transfer.handler_mut().how = How::Not;
    transfer.handler_mut().body.clear();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body, b"body");
}

#[test]
fn stop_in_resolver_start_comes_out_of_perform() {
    needs!((7, 80, 0), "prereq");
    for how in [How::Fail, How::Abort, How::Panic] {
        for proxied in [false, true] {
            let server = Server::ok("body");
            let mut transfer = stopped(&server.url("/"), Callback::ResolverStart, how);
            if proxied {
                transfer.proxy(&server.address().to_string()).unwrap();
                // Uses the proxy even if the environment has a `no_proxy`.
                transfer.noproxy("").unwrap();
            }
            // Some releases report that the host, or the proxy, cannot be resolved. Some of them name
            // the host although the proxy was to be resolved.
            let codes = [
                Code::ABORTED_BY_CALLBACK,
                Code::COULDNT_RESOLVE_HOST,
                match proxied {
                    true => Code::COULDNT_RESOLVE_PROXY,
                    false => Code::COULDNT_RESOLVE_HOST,
                },
            ];
            assert_stopped(&mut transfer, Callback::ResolverStart, how, &codes);
            assert_eq!(transfer.handler().resolutions, 2);
            assert_eq!(server.requests().len(), 1, "one was sent unasked");
        }
    }
}

#[test]
fn stop_in_prereq_comes_out_of_perform_and_nothing_is_sent() {
    needs!((7, 80, 0), "prereq");
    for how in [How::Fail, How::Abort, How::Panic] {
        let server = Server::ok("body");
        let mut transfer = stopped(&server.url("/"), Callback::Prereq, how);
        let codes = [Code::ABORTED_BY_CALLBACK];
        assert_stopped(&mut transfer, Callback::Prereq, how, &codes);
        assert_eq!(server.requests().len(), 1, "one was sent unasked");
    }
}

#[test]
fn prereq_knows_both_ends_and_the_transfer() {
    needs!((7, 80, 0), "prereq");
    let server = echo();
    let mut transfer = asked(&server.url("/"));
    transfer.perform().unwrap();
    let handler = transfer.handler();
    let peer = String::from_utf8(handler.body.clone()).unwrap();
    let expected = (
        End::Ip(server.address()),
        End::Ip(peer.parse().unwrap()),
        server.url("/"),
    );
    assert_eq!(handler.connections, [expected]);
}

#[test]
fn prereq_is_called_for_each_request_on_one_connection() {
    needs!((7, 80, 0), "prereq");
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "GET / HTTP/1.1" => conn.reply("302 Found", "Location: /next\r\n", ""),
                _ => conn.reply("200 OK", "", "body"),
            }
        }
    });
    let mut transfer = asked(&server.url("/"));
    transfer.follow_location(true).unwrap();
    transfer.perform().unwrap();
    transfer.perform().unwrap();
    let connections = &transfer.handler().connections;
    let urls: Vec<_> = connections.iter().map(|(_, _, url)| url.as_str()).collect();
    let (first, next) = (server.url("/"), server.url("/next"));
    assert_eq!(urls, [&*first, &*next, &*first, &*next]);
    for (remote, local, _) in connections {
        assert_eq!((remote, local), (&connections[0].0, &connections[0].1));
    }
    assert_eq!(transfer.num_connects().unwrap(), 0);
}

#[test]
fn prereq_sees_where_a_redirect_leads() {
    needs!((7, 80, 0), "prereq");
    let inside = Server::ok("secret");
    let outside = redirecting_to(inside.url("/"));
    let mut transfer = asked(&outside.url("/"));
    transfer.follow_location(true).unwrap();
    transfer.perform().unwrap();
    let remotes = transfer
        .handler()
        .connections
        .iter()
        .map(|(remote, ..)| remote);
    let expected = [End::Ip(outside.address()), End::Ip(inside.address())];
    assert!(remotes.eq(&expected));
}

#[test]
fn prereq_sees_the_proxy_in_place_of_the_server() {
    needs!((7, 80, 0), "prereq");
    let proxy = Server::ok("body");
    let mut transfer = asked("http://far.test/");
    transfer.proxy(&proxy.address().to_string()).unwrap();
    transfer.noproxy("").unwrap();
    transfer.perform().unwrap();
    let (remote, ..) = &transfer.handler().connections[0];
    assert_eq!(*remote, End::Ip(proxy.address()));
}

#[test]
fn prereq_knows_ipv6_ends() {
    needs!((7, 80, 0), "prereq");
    let Some(listener) = listen_v6() else {
        return skip!("no IPv6 here");
    };
    let to = listener.local_addr().unwrap();
    let mut transfer = asked(&format!("http://{to}/"));
    transfer.connect_only(true).unwrap();
    transfer.perform().unwrap();
    let (_, peer) = listener.accept().unwrap();
    let (remote, local, _) = &transfer.handler().connections[0];
    assert_eq!((remote, local), (&End::Ip(to), &End::Ip(peer)));
}

#[cfg(unix)]
#[test]
fn prereq_knows_the_path_of_a_unix_socket() {
    needs!((7, 80, 0), "prereq");
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().unwrap();
    for name in ["s", "a name longer than the forty-five bytes that are kept"] {
        let path = folder.path().join(name);
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let mut transfer = asked("http://host/");
        transfer.unix_socket_path(&path).unwrap();
        transfer.connect_only(true).unwrap();
        transfer.perform().unwrap();
        listener.accept().unwrap();
        let (remote, local, _) = &transfer.handler().connections[0];
        let bytes = path.as_os_str().as_bytes();
        let kept = &bytes[..bytes.len().min(45)];
        assert_eq!(*remote, End::Unix(kept.into()));
        // The client's end has no path.
        assert_eq!(*local, End::None);
    }
}

#[test]
fn prereq_is_called_for_a_file_which_has_no_ends() {
    needs!((7, 80, 0), "prereq");
    let file = tempfile::NamedTempFile::new().unwrap();
    let url = format!("file://{}", file.path().display());
    let mut transfer = asked(&url);
    transfer.perform().unwrap();
    let expected = (End::None, End::None, url);
    assert_eq!(transfer.handler().connections, [expected]);

    transfer.handler_mut().how = How::Fail;
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Prereq));
}

#[test]
fn unset_resolver_start_and_prereq_are_not_called_until_they_are_set_again() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("body");
    let both = Hooks::RESOLVER_START | Hooks::PREREQ;
    let mut transfer = asked(&server.url("/"));
    for (unset, calls) in [
        (Hooks::empty(), (1, 1)),
        (Hooks::RESOLVER_START, (1, 2)),
        (Hooks::PREREQ, (2, 2)),
        (both, (2, 2)),
        (Hooks::empty(), (3, 3)),
    ] {
        // Each server has a port of its own, for which libcurl's cache of names has no entry.
        let server = Server::ok("body");
        transfer.url(&server.url("/")).unwrap();
        let hooks = transfer.handler().hooks();
        transfer.set_hooks(hooks - unset).unwrap();
        transfer.perform().unwrap();
        let handler = transfer.handler();
        assert_eq!((handler.resolutions, handler.connections.len()), calls);
    }
}

#[test]
fn default_hooks_take_prereq_away() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("body");
    let mut transfer = asked(&server.url("/"));
    assert!(transfer.hooks().contains(Hooks::PREREQ));
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().connections.len(), 1);
    transfer.set_hooks(Hooks::default()).unwrap();
    assert_eq!(transfer.hooks(), Hooks::default());
    transfer.handler_mut().body.clear();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().connections.len(), 1);
    assert_eq!(transfer.handler().body, b"body");
}

#[test]
fn prereq_without_the_attribute_is_not_installed() {
    needs!((7, 80, 0), "prereq");
    struct Plain;

    impl Callbacks for Plain {
        fn prereq(&mut self, _: &Connection<'_>) -> CallbackResult {
            CallbackResult::Abort
        }
    }

    let server = Server::ok("");
    let mut transfer = Transfer::new(Plain).unwrap();
    assert_eq!(transfer.hooks(), Hooks::default());
    assert!(!transfer.hooks().contains(Hooks::PREREQ));
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    transfer.set_hooks(Hooks::PREREQ).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Prereq));
}
