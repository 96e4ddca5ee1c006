//! The pushes of a real HTTP/2 server.

#![cfg(unix)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use curlback::handlers::Collect;
use curlback::multi::{PushRequest, PushResult};
use curlback::{Callback, ConnectOnly, Error, HttpVersion, Multi, Transfer, *};

use crate::support::breaks::Own;
use crate::support::h2_server::knows_http_2;
use crate::support::peer::apache;
use crate::support::skip::skip;
use crate::support::transfers::collecting;

type Outcome = (bool, Vec<u8>, Result<(), Error>);

/// Downloads the page. Returns the transfers that have ended, each with whether it was asked for,
/// its body and its result, and the number of panics. Returns `None` if Apache is not installed, or if the
/// linked libcurl has no HTTP/2 or does not take pushes safely.
fn download(
    decide: impl FnMut(&PushRequest<'_>) -> PushResult<Collect> + Send + 'static,
) -> Option<(Vec<Outcome>, usize)> {
    let server = apache()?;
    let mut multi = Multi::new().unwrap();
    match multi.accept_pushes(decide) {
        Err(Error::Unsupported { .. }) => {
            skip!("this libcurl does not take pushes safely");
            return None;
        }
        result => result.unwrap(),
    }
    let url = format!("http://127.0.0.1:{}/page", server.ports[0]);
    let mut transfer = collecting(&url);
    if !knows_http_2(&mut transfer) {
        return None;
    }
    let asked = multi.add(transfer).unwrap();
    let mut ended = Vec::new();
    let mut panics = 0;
    while !multi.is_empty() {
        let run = catch_unwind(AssertUnwindSafe(|| {
            multi.run(|_, id, mut transfer: Transfer<Collect>, result| {
                let body = transfer.handler_mut().take_body();
                ended.push((id == asked, body, result));
                Ok(())
            })
        }));
        match run {
            Ok(result) => result.unwrap(),
            Err(_) => panics += 1,
        }
    }
    Some((ended, panics))
}

/// tests/CORPUS.md, 25: a pushed transfer has a handler of its own, and none of its bytes reaches
/// the parent's handler.
#[test]
fn accepted_push_ends_with_its_own_handler() {
    let decide = |request: &PushRequest<'_>| {
        assert!(request.parent().is_some());
        assert_eq!(request.header_value(":path"), Some(&b"/pushed"[..]));
        assert!(request.headers().any(|line| line == b":method:GET"));
        assert_eq!(request.header_value("x-none"), None);
        PushResult::Accept(Collect::new())
    };
    let Some((mut ended, panics)) = download(decide) else {
        return;
    };
    assert_eq!(panics, 0);
    ended.sort_by_key(|(asked, _, _)| !asked);
    let bodies: Vec<_> = ended.iter().map(|(_, body, _)| &body[..]).collect();
    assert_eq!(bodies, [&b"the page"[..], b"the push"]);
    for (_, _, result) in ended {
        result.unwrap();
    }
}

#[test]
fn denied_push_leaves_the_parent_alone() {
    let Some((ended, panics)) = download(|_| PushResult::Deny) else {
        return;
    };
    assert_eq!((ended.len(), panics), (1, 0));
    assert_eq!(ended[0].1, b"the page");
    ended[0].2.as_ref().unwrap();
}

#[test]
fn push_that_fails_ends_the_parent_with_its_error() {
    let Some((ended, _)) = download(|_| PushResult::Fail(Own(Callback::Push).into())) else {
        return;
    };
    assert_eq!(ended.len(), 1);
    let error = ended[0].2.as_ref().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Push));
    assert!(error.downcast_ref::<Own>().is_some());
    let Some((ended, _)) = download(|_| PushResult::Abort) else {
        return;
    };
    assert!(matches!(ended[0].2, Err(Error::Aborted { .. })));
}

#[test]
fn panic_about_a_push_comes_out_of_the_driving_call_once() {
    let Some((ended, panics)) = download(|_| panic!("told to")) else {
        return;
    };
    assert_eq!((ended.len(), panics), (1, 1));
    assert_eq!(ended[0].1, b"the page");
    ended[0].2.as_ref().unwrap();
}

#[test]
fn multi_may_go_before_its_pushes_have_ended() {
    let Some(server) = apache() else { return };
    let mut multi = Multi::new().unwrap();
    if multi
        .accept_pushes(|_| PushResult::Accept(Collect::new()))
        .is_err()
    {
        skip!("this libcurl does not take pushes safely");
        return;
    }
    let url = format!("http://127.0.0.1:{}/page", server.ports[0]);
    let mut transfer = collecting(&url);
    if !knows_http_2(&mut transfer) {
        return;
    }
    multi.add(transfer).unwrap();
    while multi.running() == 1 {
        multi.perform().unwrap();
        multi
            .poll(&mut [], std::time::Duration::from_secs(20))
            .unwrap();
    }
    drop(multi);
}

/// The parent has `connect_only`. libcurl closes its connection when the parent leaves, even if a push still
/// uses the connection.
#[test]
fn push_on_a_connection_that_is_only_connected_is_denied() {
    let Some(server) = apache() else { return };
    let mut multi = Multi::new().unwrap();
    let asked = Arc::<AtomicBool>::default();
    let noted = asked.clone();
    let accepted = multi.accept_pushes(move |_| {
        noted.store(true, Ordering::SeqCst);
        PushResult::Accept(Collect::new())
    });
    if accepted.is_err() {
        skip!("this libcurl does not take pushes safely");
        return;
    }
    let url = format!("http://127.0.0.1:{}/page", server.ports[0]);
    let mut transfer = collecting(&url);
    for result in [
        transfer.http_version(HttpVersion::V2PriorKnowledge),
        // With an `http` URL, libcurl sends the request despite this option.
        transfer.connect_only(ConnectOnly::WebSocket),
    ] {
        match result {
            Err(Error::Unsupported { .. }) => {
                skip!("this libcurl has no HTTP/2 or no WebSockets");
                return;
            }
            result => result.unwrap(),
        }
    }
    multi.add(transfer).unwrap();
    let mut ended = Vec::new();
    multi
        .run(|_, _, transfer, result| {
            ended.push((transfer.into_handler().take_body(), result));
            Ok(())
        })
        .unwrap();
    assert!(!asked.load(Ordering::SeqCst));
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].0, b"the page");
    ended[0].1.as_ref().unwrap();
}

/// libcurl writes its description of itself anew at each call of `curl_version_info`. So the crate makes this call
/// once, although each of these threads asks for the version.
#[test]
fn pushes_are_accepted_on_several_threads_at_a_time() {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let mut multi: Multi<Collect> = Multi::new().unwrap();
                    let accepted = multi.accept_pushes(|_| PushResult::Deny);
                    assert!(matches!(accepted, Ok(()) | Err(Error::Unsupported { .. })));
                }
            });
        }
    });
}

/// tests/CORPUS.md, 64: some libcurls lack the functions that read a push. The crate links without
/// them.
#[test]
fn pushes_are_unsupported_by_a_libcurl_without_http_2() {
    let libcurl = curl::Version::get();
    let takes_pushes = libcurl.version_num() >= 0x08_16_00 && libcurl.feature_http2();
    let mut multi: Multi<Collect> = Multi::new().unwrap();
    match multi.accept_pushes(|_| PushResult::Deny) {
        Ok(()) => assert!(takes_pushes),
        Err(error) => {
            assert!(!takes_pushes, "{error}");
            assert!(
                matches!(error, Error::Unsupported { what, .. } if what == "CURLMOPT_PUSHFUNCTION")
            );
        }
    }
}

/// Panics in `hooks` when it is the handler of a push.
#[derive(Default)]
struct BadHooks(bool);

impl Callbacks for BadHooks {
    fn hooks(&self) -> Hooks {
        assert!(!self.0, "hooks panics");
        Hooks::default()
    }
}

#[test]
fn push_whose_hooks_panic() {
    let Some(server) = crate::support::peer::apache() else {
        return;
    };
    let mut multi = Multi::<BadHooks>::new().unwrap();
    if let Err(e) = multi.accept_pushes(|_| PushResult::Accept(BadHooks(true))) {
        skip!("{e}");
        return;
    }
    let mut t = Transfer::new(BadHooks(false)).unwrap();
    t.url(&format!("http://127.0.0.1:{}/page", server.ports[0]))
        .unwrap();
    t.http_version(HttpVersion::V2PriorKnowledge).unwrap();
    multi.add(t).unwrap();
    let mut panics = 0;
    while !multi.is_empty() {
        let run = catch_unwind(AssertUnwindSafe(|| {
            multi.run(|_, _, _, r| {
                eprintln!("{r:?}");
                Ok(())
            })
        }));
        match run {
            Ok(r) => r.unwrap(),
            Err(_) => panics += 1,
        }
    }
    assert_eq!(panics, 1);
}
