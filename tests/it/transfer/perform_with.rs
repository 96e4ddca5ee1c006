//! A transfer that is performed with other handlers than its own.

use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use curlback::handlers::{Closures, Collect, ReadFrom, Restricted};
use curlback::{
    Callback, CallbackResult, Callbacks, Error, Hooks, Mime, Part, ProgressResult, ReadBuf,
    ReadResult, Transfer, WriteResult, callbacks,
};

use crate::support::breaks::{Breaks, How, Own, redirecting};
use crate::support::pulled::{Random, transfer};
use crate::support::rounds::rounds;
use crate::support::server::{Conn, Server};
use crate::support::skip::{is_before, needs, skip};

/// Makes a server that answers with the path of the request. After "/last", it announces
/// that it closes the connection, and does so.
fn echo() -> Server {
    Server::new(|conn: &mut Conn| {
        while let Some(request) = conn.request() {
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            let headers = match path {
                "/last" => "Connection: close\r\n",
                _ => "",
            };
            conn.reply("200 OK", headers, path);
            if path == "/last" {
                break;
            }
        }
    })
}

fn own(server: &Server) -> Transfer<Collect> {
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(&server.url("/own")).unwrap();
    transfer.noproxy("*").unwrap();
    transfer
}

#[test]
fn handlers_that_borrow_use_one_connection() {
    let server = echo();
    let mut transfer = own(&server);
    transfer.perform().unwrap();
    for path in ["/1", "/2", "/3"] {
        let (mut body, mut lines) = (Vec::new(), 0);
        transfer.url(&server.url(path)).unwrap();
        let closures = Closures::new()
            .write(|data| body.extend_from_slice(data))
            .header(|_| lines += 1);
        transfer.perform_with(closures).unwrap();
        assert_eq!(body, path.as_bytes());
        assert!(lines > 2);
        assert_eq!(transfer.num_connects().unwrap(), 0);
    }
    assert_eq!(transfer.handler_mut().take_body(), b"/own");
    transfer.url(&server.url("/own")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"/own");
    assert_eq!(transfer.num_connects().unwrap(), 0);
}

#[test]
fn a_handler_may_be_lent_again_and_again() {
    let server = echo();
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&server.url("/lent")).unwrap();
    let mut collect = Collect::new();
    for _ in 0..2 {
        transfer.perform_with(&mut collect).unwrap();
        assert_eq!(collect.take_body(), b"/lent");
    }
}

#[test]
fn own_callbacks_and_progress_are_there_again_after_errors_and_panics() {
    for how in [How::Fail, How::Abort, How::Panic] {
        for at in [Callback::Write, Callback::Header, Callback::XferInfo] {
            let server = redirecting();
            let mut transfer = Breaks::new(at, How::Not).transfer(&server);
            transfer.progress(false).unwrap();
            let mut other = Breaks::new(at, how);
            let result = catch_unwind(AssertUnwindSafe(|| transfer.perform_with(&mut other)));
            match (how, result) {
                (How::Panic, Err(payload)) => assert_eq!(payload.downcast_ref(), Some(&Own(at))),
                (How::Fail, Ok(Err(error))) => {
                    assert_eq!(error.downcast_ref(), Some(&Own(at)), "{error}");
                }
                (How::Abort, Ok(Err(Error::Aborted { callback, .. }))) => assert_eq!(callback, at),
                (how, result) => panic!("{how:?} of {at}: {result:?}"),
            }
            assert!(other.calls.contains(&at));
            assert!(transfer.handler().calls.is_empty(), "{how:?} of {at}");

            transfer.perform().unwrap();
            let calls = &transfer.handler().calls;
            assert!(calls.contains(&Callback::Write) && calls.contains(&Callback::Header));
            // The transfer itself has no progress reports.
            assert!(!calls.contains(&Callback::XferInfo));
        }
    }
}

#[test]
fn connection_may_be_reused_after_a_callback_has_failed() {
    let server = echo();
    let mut transfer = own(&server);
    let fail = Closures::new().write(|_| WriteResult::Abort);
    assert!(transfer.perform_with(fail).is_err());
    for connects in [1, 0] {
        transfer.perform().unwrap();
        assert_eq!(transfer.num_connects().unwrap(), connects);
    }
}

#[test]
fn filter_of_addresses_is_not_bypassed() {
    if is_before((7, 80, 0)) {
        return;
    }
    let server = echo();
    let mut transfer = Transfer::new(Restricted::new()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.noproxy("*").unwrap();
    let error = transfer.perform_with(Collect::new()).unwrap_err();
    assert!(error.to_string().contains("address filter"), "{error}");

    // The filter of another handler is also called for connections that were made before.
    let mut transfer = own(&server);
    transfer.perform().unwrap();
    let error = transfer.perform_with(Restricted::new()).unwrap_err();
    let refused = error.downcast_ref::<curlback::handlers::Refused>();
    assert!(refused.is_some(), "{error:#}");
    assert_eq!(server.requests().len(), 1);
    transfer.perform().unwrap();
}

#[test]
fn filter_that_would_not_see_connections_is_refused() {
    needs!((7, 80, 0), "CURLOPT_PREREQFUNCTION");
    struct Half;
    #[callbacks]
    impl Callbacks for Half {
        fn open_socket(
            &mut self,
            _: curlback::SockType,
            address: &mut curlback::SocketAddress,
        ) -> io::Result<socket2::Socket> {
            address.open()
        }
        fn address_filter(&self) -> curlback::AddressFilter {
            curlback::AddressFilter::Strict
        }
    }
    let server = echo();
    let mut transfer = own(&server);
    transfer.perform().unwrap();
    let error = transfer.perform_with(Half).unwrap_err();
    assert!(matches!(error, Error::Option { option, .. } if option.contains("PREREQ")));
    assert_eq!(server.requests().len(), 1);
    transfer.perform().unwrap();
}

#[test]
fn callback_that_decides_whom_to_trust_is_not_bypassed() {
    let server = echo();
    let own = Closures::new().ssl_ctx(|_| CallbackResult::Abort);
    let mut transfer = match Transfer::new(own) {
        Err(Error::Unsupported { .. }) => return,
        transfer => transfer.unwrap(),
    };
    transfer.url(&server.url("/")).unwrap();
    transfer.noproxy("*").unwrap();
    let error = transfer.perform_with(Collect::new()).unwrap_err();
    assert!(matches!(error, Error::Option { option, .. } if option.contains("SSL_CTX")));
    assert!(server.requests().is_empty());
    // Neither handler uses a connection that the other one has made.
    for _ in 0..2 {
        let other = Closures::new().ssl_ctx(|_| ());
        transfer.perform_with(other).unwrap();
        assert_eq!(transfer.num_connects().unwrap(), 1);
    }
    transfer.perform().unwrap();
    assert_eq!(transfer.num_connects().unwrap(), 1);
}

/// The option for TLS sessions has its former value again: libcurl resumes a session only if the
/// option was on.
#[test]
fn settings_of_trust_are_there_again() {
    use crate::support::built_in::https_by_openssl;
    use crate::support::tls_server::{Identity, TlsServer, trust};

    if !https_by_openssl() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "body");
    let secure = || {
        let mut transfer = transfer(Collect::new(), &server.url("/"));
        trust(&mut transfer, &authority.pem());
        transfer.fresh_connect(true).unwrap();
        transfer
    };
    let mut usual = secure();
    for _ in 0..3 {
        usual.perform().unwrap();
    }
    if !server.resumed().contains(&true) {
        return skip!("the linked libcurl resumes no session");
    }
    for own in [true, false] {
        let mut transfer = secure();
        transfer.ssl_sessionid_cache(own).unwrap();
        transfer
            .perform_with(Closures::new().ssl_ctx(|_| ()))
            .unwrap();
        let before = server.resumed().len();
        for _ in 0..3 {
            transfer.perform().unwrap();
        }
        let resumed = server.resumed()[before..].contains(&true);
        assert_eq!(resumed, own);
    }
}

#[test]
fn unsupported_callback_leaves_the_transfer_as_it_was() {
    if !is_before((8, 7, 0)) {
        return;
    }
    let server = echo();
    let mut transfer = own(&server);
    let error = transfer
        .perform_with(Closures::new().trailer(|_| ()))
        .unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"/own");
}

#[test]
fn remote_of_the_transfer_cancels_it() {
    let server = echo();
    let mut transfer = own(&server);
    let remote = transfer.remote();
    let closures = Closures::new().header(|_| assert!(remote.cancel()));
    let error = transfer.perform_with(closures).unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error}");
    transfer.perform().unwrap();
    assert!(transfer.remote().cancel());
    assert!(matches!(transfer.perform_with(()), Err(Error::Cancelled)));
}

#[test]
fn reader_of_a_part_fails_the_transfer_that_runs() {
    let mut calls = 0;
    let bad = move |buffer: &mut ReadBuf<'_>| -> ReadResult {
        calls += 1;
        match calls {
            1..4 => drop(buffer.append(b"x")),
            _ => return ReadResult::Fail("bad sector".into()),
        }
        ReadResult::Continue
    };
    let server = Server::ok("answer");
    let mut transfer = own(&server);
    transfer.mime(Mime::new().part(Part::reader(bad))).unwrap();
    let mut collect = Collect::new();
    let error = transfer.perform_with(&mut collect).unwrap_err();
    assert_eq!(error.callback(), Some(Callback::MimeRead), "{error:#}");

    transfer.unset_mime().unwrap();
    transfer.perform_with(&mut collect).unwrap();
    assert_eq!(collect.body(), b"answer");
    assert!(server.requests().last().unwrap().line.starts_with("GET "));
    let part = Part::seekable(Cursor::new("part"));
    transfer.mime(Mime::new().part(part)).unwrap();
    for _ in 0..2 {
        transfer.perform_with(&mut collect).unwrap();
        transfer.perform().unwrap();
    }
    for request in &server.requests()[server.requests().len() - 4..] {
        assert!(String::from_utf8_lossy(&request.body).contains("part"));
    }
}

#[cfg(unix)]
#[test]
fn each_handler_closes_the_sockets_that_it_has_opened() {
    use crate::support::closes::{Then, closes, counts};

    let server = echo();
    let (mut transfer, log) = closes(&server.url("/"), Then::Drop);
    let (other, others) = closes(&server.url("/"), Then::Drop);
    let mut other = other.into_handler();
    transfer.perform().unwrap();
    assert_eq!((counts(&log), counts(&others)), ((1, 0), (0, 0)));
    // A connection that one handler has opened is closed while the other one is in use, and the
    // other way round.
    transfer.forbid_reuse(true).unwrap();
    transfer.perform_with(&mut other).unwrap();
    assert_eq!((counts(&log), counts(&others)), ((1, 1), (0, 0)));
    transfer.forbid_reuse(false).unwrap();
    transfer.perform_with(&mut other).unwrap();
    assert_eq!((counts(&log), counts(&others)), ((1, 1), (1, 0)));
    transfer.forbid_reuse(true).unwrap();
    transfer.perform().unwrap();
    // The connection is closed. The handler that opened it was there for one transfer only, so it
    // is not called.
    assert_eq!((counts(&log), counts(&others)), ((1, 1), (1, 0)));
    transfer.perform().unwrap();
    assert_eq!((counts(&log), counts(&others)), ((2, 2), (1, 0)));
}

#[cfg(unix)]
#[test]
fn failure_of_the_own_close_socket_is_returned() {
    use crate::support::closes::{Then, closes};

    let server = echo();
    let (mut transfer, _) = closes(&server.url("/"), Then::Fail);
    transfer.perform().unwrap();
    transfer.forbid_reuse(true).unwrap();
    let error = transfer.perform_with(Collect::new()).unwrap_err();
    assert_eq!(error.callback(), Some(Callback::CloseSocket), "{error:#}");
    transfer.forbid_reuse(false).unwrap();
    transfer.perform().unwrap();
}

#[test]
fn upload_may_be_read_from_what_is_borrowed() {
    let server = Server::ok("");
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.noproxy("*").unwrap();
    transfer.upload(true).unwrap();
    for text in ["one", "another"] {
        let text = text.to_owned();
        let reader = ReadFrom::new(Cursor::new(text.as_bytes()));
        transfer.perform_with(reader).unwrap();
        assert_eq!(server.requests().last().unwrap().body, text.as_bytes());
    }
}

/// In random orders of settings and runs, the callbacks are those of the handler in use.
#[test]
fn handlers_alternate_in_random_orders() {
    let server = echo();
    let mut random = Random::new(0x2545_f491_4f6c_dd1d);
    let mut transfer = own(&server);
    for round in 0..rounds(300, 20_000) {
        transfer.handler_mut().clear();
        let hooks = transfer.hooks();
        match random.below(7) {
            0 => {
                transfer.perform().unwrap();
                let writes = hooks.contains(Hooks::WRITE);
                assert_eq!(transfer.handler().body().is_empty(), !writes, "{round}");
            }
            1 => {
                let mut calls = 0;
                let closures = match random.below(3) {
                    0 => Closures::new().write(|_| calls += 1),
                    1 => Closures::new().header(|_| calls += 1),
                    _ => Closures::new().xfer_info(|_| calls += 1),
                };
                transfer.perform_with(closures).unwrap();
                assert!(calls > 0, "{round}");
                assert!(transfer.handler().body().is_empty(), "{round}");
            }
            2 => {
                let closures = match random.below(3) {
                    0 => Closures::new().write(|_| Err("no")),
                    1 => Closures::new()
                        .final_head(|_| CallbackResult::Abort)
                        .write(|_| ()),
                    _ => Closures::new().xfer_info(|_| ProgressResult::Abort),
                };
                let closures = match closures.hooks() {
                    Hooks::WRITE => closures,
                    _ => closures.header(|_| ()),
                };
                assert!(transfer.perform_with(closures).is_err(), "{round}");
            }
            3 => {
                let panics = Closures::new().header(|_| -> WriteResult { panic!("{round}") });
                let result = catch_unwind(AssertUnwindSafe(|| transfer.perform_with(panics)));
                assert!(result.is_err());
            }
            4 => {
                let set = [Hooks::WRITE, Hooks::HEADER, Hooks::DEBUG, Hooks::XFER_INFO];
                let set = set.into_iter().filter(|_| random.below(2) == 0);
                transfer.set_hooks(set.collect()).unwrap();
            }
            5 => {
                let mut response = transfer.open().unwrap();
                let mut body = String::new();
                response.read_to_string(&mut body).unwrap();
                assert!(body.starts_with('/'));
                transfer = match random.below(2) {
                    0 => response.finish().unwrap(),
                    _ => response.cancel(),
                };
            }
            _ => {
                let path = ["/own", "/last"][random.below(2)];
                match random.below(3) {
                    0 => transfer = transfer.try_clone().unwrap(),
                    1 => {
                        transfer.reset().unwrap();
                        transfer.noproxy("*").unwrap();
                    }
                    _ => {}
                }
                transfer.url(&server.url(path)).unwrap();
            }
        }
    }
}
