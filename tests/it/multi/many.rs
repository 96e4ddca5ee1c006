//! Up to a thousand transfers on one thread, which end in many ways.

#![cfg(unix)]

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use curlback::multi::Id;
use curlback::{Callbacks, Code, Error, Multi, Remote, Transfer, Version, WriteResult};

use crate::support::child::{child, in_child};
use crate::support::descriptors::descriptors;
use crate::support::driving::until;
use crate::support::h2_server::H2Server;
use crate::support::ports::deaf_port;
use crate::support::server::Server;
use crate::support::transfers::collecting;

/// How a transfer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Whole,
    Gone,
    Cut,
    Refused,
    Nonsense,
    Fails,
    Panics,
    Cancels,
    Removed,
    Dropped,
}

const KINDS: [Kind; 10] = [
    Kind::Whole,
    Kind::Gone,
    Kind::Cut,
    Kind::Refused,
    Kind::Nonsense,
    Kind::Fails,
    Kind::Panics,
    Kind::Cancels,
    Kind::Removed,
    Kind::Dropped,
];

struct Mixed {
    kind: Kind,
    body: Vec<u8>,
    remote: Option<Remote>,
    _token: Arc<()>,
}

impl Callbacks for Mixed {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.body.extend_from_slice(data);
        match self.kind {
            Kind::Fails => return WriteResult::Fail("told to".into()),
            Kind::Panics => panic!("told to"),
            Kind::Cancels => {
                if let Some(remote) = self.remote.take() {
                    assert!(remote.cancel());
                }
            }
            _ => {}
        }
        WriteResult::Continue
    }
}

/// Runs `each` transfers of each kind, and asserts that each ends as it should.
fn many(url: &str, each: usize) {
    let (_deaf, port) = deaf_port();
    let token = Arc::new(());
    let mut multi = Multi::new().unwrap();
    let mut kinds = HashMap::new();
    for _ in 0..each {
        for kind in KINDS {
            let mut transfer = Transfer::new(Mixed {
                kind,
                body: Vec::new(),
                remote: None,
                _token: token.clone(),
            })
            .unwrap();
            let path = match kind {
                Kind::Gone => "gone",
                Kind::Cut => "cut",
                Kind::Cancels | Kind::Removed | Kind::Dropped => "half",
                _ => "whole",
            };
            let url = match kind {
                Kind::Refused => format!("http://127.0.0.1:{port}/"),
                Kind::Nonsense => "nonsense://127.0.0.1/".to_owned(),
                _ => format!("{url}{path}"),
            };
            transfer.url(&url).unwrap();
            transfer.fail_on_error(true).unwrap();
            let remote = (kind == Kind::Cancels).then(|| transfer.remote());
            transfer.handler_mut().remote = remote;
            kinds.insert(multi.add(transfer).unwrap(), kind);
        }
    }
    let (mut ends, mut panics, mut removed) = (0, 0, 0);
    while ends < each * (KINDS.len() - 2) || panics < each {
        let perform = catch_unwind(AssertUnwindSafe(|| multi.perform()));
        match perform {
            Ok(result) => drop(result.unwrap()),
            Err(_) => panics += 1,
        }
        while let Some((id, transfer, result)) = multi.take_finished() {
            ends += 1;
            let code = result.as_ref().err().and_then(Error::code);
            match kinds[&id] {
                Kind::Whole => {
                    result.unwrap();
                    assert_eq!(transfer.handler().body, b"whole");
                }
                Kind::Gone => assert_eq!(code, Some(Code::HTTP_RETURNED_ERROR)),
                Kind::Cut => assert_eq!(code, Some(Code::PARTIAL_FILE)),
                Kind::Refused => assert_eq!(code, Some(Code::COULDNT_CONNECT)),
                Kind::Nonsense => assert_eq!(code, Some(Code::UNSUPPORTED_PROTOCOL)),
                Kind::Fails => assert!(matches!(result, Err(Error::Callback { .. }))),
                Kind::Panics => assert!(matches!(result, Err(Error::Aborted { .. }))),
                Kind::Cancels => assert!(matches!(result, Err(Error::Cancelled))),
                kind => panic!("{kind:?} has ended: {result:?}"),
            }
        }
        let begun: Vec<_> = multi
            .iter()
            .filter(|(_, t)| t.handler().kind == Kind::Removed && !t.handler().body.is_empty())
            .map(|(id, _)| id)
            .collect();
        for id in begun {
            assert_eq!(multi.remove(id).unwrap().handler().body, b"half");
            removed += 1;
        }
        if ends < each * (KINDS.len() - 2) {
            multi.poll(&mut [], crate::support::driving::LONG).unwrap();
        }
    }
    assert_eq!(panics, each);
    // The other transfers of the kinds `Removed` and `Dropped` are still there.
    assert_eq!(multi.running() + removed, 2 * each);
    drop(multi);
    assert_eq!(Arc::strong_count(&token), 1);
}

/// tests/CORPUS.md, 18, 50 and 55: each transfer ends once, as it should, and no descriptor stays
/// open.
#[test]
fn a_thousand_transfers_end_in_their_own_ways() {
    let Some(url) = in_child() else {
        let server = Server::new(|conn| {
            while let Some(request) = conn.request() {
                match request.line.as_str() {
                    "GET /gone HTTP/1.1" => conn.reply("404 Not Found", "", "no"),
                    "GET /cut HTTP/1.1" => {
                        return conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut");
                    }
                    "GET /half HTTP/1.1" => {
                        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                    }
                    _ => conn.reply("200 OK", "", "whole"),
                }
            }
        });
        let test = "multi::many::a_thousand_transfers_end_in_their_own_ways";
        child(test, &server, b"");
        return;
    };
    // The first round opens what the process opens only once.
    many(&url, 3);
    let before = descriptors();
    // The bundled libcurl waits with `select`, which cannot wait for descriptors from 1024 on. The
    // server needs as many descriptors in the process of the other tests. The bundled libcurl is
    // the one that does not know its host.
    let is_bundled = curl::Version::get().host() == "unknown";
    many(&url, if is_bundled { 30 } else { 100 });
    assert_eq!(descriptors(), before);
}

/// tests/CORPUS.md, 7: streams of a connection are dropped half done, while others end.
#[test]
fn streams_of_http_2_are_dropped_beside_others() {
    let body: Vec<u8> = (0..100_000).map(|n| (n % 251) as u8).collect();
    let Some(server) = H2Server::new(&body) else {
        return;
    };
    let mut multi = Multi::new().unwrap();
    for _ in 0..5 {
        let mut slow = Vec::new();
        for n in 0..20 {
            let mut transfer = collecting("");
            match n % 2 {
                0 => server.slow(&mut transfer),
                _ => server.whole(&mut transfer),
            }
            let id = multi.add(transfer).unwrap();
            if n % 2 == 0 {
                slow.push(id);
            }
        }
        until(&mut multi, |multi| {
            let begun = |id: &Id| {
                multi
                    .get(*id)
                    .is_none_or(|t| !t.handler().body().is_empty())
            };
            slow.iter().all(begun)
        });
        let removed = slow.into_iter().filter_map(|id| multi.remove(id));
        let removed = removed.count();
        let mut whole = 0;
        multi
            .run(|_, _, transfer, result| {
                match result {
                    // With libcurl before 8.0.0, a transfer may fail after other streams of its
                    // connection were given up.
                    Err(error) if Version::linked() < Version::new(8, 0, 0) => {
                        assert_eq!(error.code(), Some(Code::HTTP2), "{error:?}");
                    }
                    result => {
                        result?;
                        whole += 1;
                        assert!(transfer.handler().body() == body);
                    }
                }
                Ok(())
            })
            .unwrap();
        if Version::linked() >= Version::new(8, 0, 0) {
            assert_eq!((removed, whole), (10, 10));
        }
    }
}
