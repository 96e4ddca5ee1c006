//! `hsts_read` and `hsts_write`: the hosts that libcurl reaches by HTTPS only.

use std::collections::BTreeMap;
use std::panic::panic_any;
use std::time::{Duration, SystemTime};

use curlback::{
    Callback, CallbackResult, Callbacks, Code, Hooks, Hsts, HstsEntry, HstsHostError, HstsIndex,
    HstsReadResult, Transfer,
};

use crate::support::breaks::{How, Own, payload};
use crate::support::built_in::https;
use crate::support::server::Server;
use crate::support::tls_server::{Identity, TlsServer, trust};
use crate::support::transfers::if_supported;

/// `hsts_read` hands over the entries in `known`. `hsts_write` keeps its entries in `written`.
#[derive(Default)]
struct Keeps {
    known: Vec<HstsEntry>,
    /// How many of the entries in `known` the running transfer has got.
    given: usize,
    written: Vec<(HstsEntry, HstsIndex)>,
    reads: usize,
    reading: Option<How>,
    writing: Option<How>,
}

impl Callbacks for Keeps {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::HSTS_READ | Hooks::HSTS_WRITE
    }

    fn hsts_read(&mut self) -> HstsReadResult {
        self.reads += 1;
        match self.reading {
            Some(How::Fail) => return HstsReadResult::Fail(Own(Callback::HstsRead).into()),
            Some(How::Abort) => return HstsReadResult::Abort,
            Some(_) => panic_any(Own(Callback::HstsRead)),
            None => {}
        }
        let next = self.known.get(self.given).cloned();
        self.given = next.as_ref().map_or(0, |_| self.given + 1);
        next.into()
    }

    fn hsts_write(&mut self, entry: HstsEntry, place: HstsIndex) -> CallbackResult {
        self.written.push((entry, place));
        let how = self.writing.unwrap_or(How::Not);
        how.result(Callback::HstsWrite)
    }
}

fn entry(host: &str) -> HstsEntry {
    HstsEntry {
        host: host.into(),
        expires: None,
        include_subdomains: false,
    }
}

/// Makes a transfer, unless the linked libcurl has no HSTS.
fn transfer(url: &str, handler: Keeps) -> Option<Transfer<Keeps>> {
    let mut transfer = if_supported(handler, url, "HSTS")?;
    transfer.hsts_ctrl(Hsts::ENABLE).unwrap();
    Some(transfer)
}

fn known(hosts: &[&str]) -> Keeps {
    Keeps {
        known: hosts.iter().map(|host| entry(host)).collect(),
        ..Keeps::default()
    }
}

/// Performs with an `http` URL of a host that does not exist. Returns the scheme that libcurl used.
fn scheme_for<H: Callbacks>(transfer: &mut Transfer<H>, host: &str) -> String {
    let server = Server::ok("");
    transfer.url(&format!("http://{host}:1/")).unwrap();
    // libcurl connects to this server instead of the host. The server does not speak HTTPS, so a
    // transfer by HTTPS fails.
    let to = format!("::127.0.0.1:{}", server.address().port());
    transfer.connect_to([to]).unwrap();
    let _ = transfer.perform();
    let url = transfer.effective_url().unwrap().unwrap().to_owned();
    url.split(':').next().unwrap().to_owned()
}

#[test]
fn host_learned_from_one_transfer_is_reached_by_https_in_the_next() {
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::saying(
        &authority.vouch_for_name("learned.test"),
        "Strict-Transport-Security: max-age=1000; includeSubDomains\r\n",
    );
    let port = server.address().port();
    let before = SystemTime::now();
    let visit = |url: &str, handler| {
        let mut transfer = transfer(url, handler)?;
        transfer
            .connect_to([format!("::127.0.0.1:{port}")])
            .unwrap();
        trust(&mut transfer, &authority.pem());
        transfer.perform().unwrap();
        assert_eq!(transfer.response_code().unwrap(), 200);
        Some(transfer)
    };
    let Some(first) = visit("https://learned.test/", Keeps::default()) else {
        return;
    };
    assert!(first.handler().written.is_empty());
    let written = first.into_handler().written;
    let [(entry, place)] = &written[..] else {
        panic!("{written:?}");
    };
    assert_eq!((place.index, place.total), (0, 1));
    assert_eq!(entry.host, "learned.test");
    assert!(entry.include_subdomains);
    let lasts = entry.expires.unwrap().duration_since(before).unwrap();
    assert!((995..=1060).contains(&lasts.as_secs()), "{lasts:?}");

    let keeps = Keeps {
        known: vec![entry.clone()],
        ..Keeps::default()
    };
    let second = visit("http://learned.test/", keeps).unwrap();
    let url = second.effective_url().unwrap().unwrap();
    assert_eq!(url, "https://learned.test/");
    // The entry has the expiry time that it came with, or the time that the server has renewed.
    let written = second.into_handler().written;
    assert_eq!(written.len(), 1, "{written:?}");
    assert!(written[0].0.expires >= entry.expires);
}

#[test]
fn entries_are_given_at_each_start_and_kept_once() {
    if !https() {
        return;
    }
    let mut hosts = known(&["a.test", "b.test"]);
    let hour = Duration::from_secs(3600);
    let now = SystemTime::UNIX_EPOCH
        + Duration::from_secs(
            SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap()
                .as_secs(),
        );
    hosts.known[1].include_subdomains = true;
    hosts.known[1].expires = Some(now + hour);
    let mut expired = entry("old.test");
    expired.expires = Some(now - hour);
    hosts.known.push(expired);
    let Some(mut transfer) = transfer("http://x.test/", hosts) else {
        return;
    };
    for (host, scheme) in [
        ("a.test", "https"),
        ("A.Test", "https"),
        ("sub.a.test", "http"),
        ("b.test", "https"),
        ("sub.b.test", "https"),
        ("old.test", "http"),
        ("c.test", "http"),
    ] {
        assert_eq!(scheme_for(&mut transfer, host), scheme, "{host}");
    }
    // Each transfer has read the three entries, and their end.
    assert_eq!(transfer.handler().reads, 7 * 4);
    // libcurl also takes an entry that an earlier transfer did not get.
    transfer.handler_mut().known.push(entry("c.test"));
    assert_eq!(scheme_for(&mut transfer, "c.test"), "https");

    let Keeps { known, written, .. } = transfer.into_handler();
    let mut kept: BTreeMap<String, HstsEntry> = BTreeMap::new();
    let total = written.len();
    for (at, (entry, place)) in written.into_iter().enumerate() {
        assert_eq!((place.index, place.total), (at, total));
        let host = entry.host.clone();
        if host != "old.test" {
            assert!(kept.insert(host, entry).is_none(), "twice");
        }
    }
    let expected = known.into_iter().filter(|entry| entry.host != "old.test");
    let expected: Vec<HstsEntry> = expected.collect();
    assert_eq!(kept.into_values().collect::<Vec<_>>(), expected);
}

#[test]
fn cache_that_was_emptied_is_filled_again() {
    if !https() {
        return;
    }
    let Some(mut transfer) = transfer("http://x.test/", known(&["a.test"])) else {
        return;
    };
    assert_eq!(scheme_for(&mut transfer, "a.test"), "https");
    transfer.hsts_ctrl(Hsts::empty()).unwrap();
    assert_eq!(scheme_for(&mut transfer, "a.test"), "http");
    transfer.hsts_ctrl(Hsts::ENABLE).unwrap();
    assert_eq!(scheme_for(&mut transfer, "a.test"), "https");
    transfer.reset().unwrap();
    transfer.hsts_ctrl(Hsts::ENABLE).unwrap();
    assert_eq!(scheme_for(&mut transfer, "a.test"), "https");
}

#[test]
fn without_the_hooks_nothing_is_given_or_kept() {
    if !https() {
        return;
    }
    let Some(mut transfer) = transfer("http://x.test/", known(&["a.test"])) else {
        return;
    };
    let hooks = transfer.hooks();
    transfer.set_hooks(hooks - Hooks::HSTS_READ).unwrap();
    assert_eq!(scheme_for(&mut transfer, "a.test"), "http");
    assert_eq!(transfer.handler().reads, 0);
    transfer.set_hooks(hooks - Hooks::HSTS_WRITE).unwrap();
    assert_eq!(scheme_for(&mut transfer, "a.test"), "https");
    assert!(transfer.into_handler().written.is_empty());
}

#[test]
fn host_that_libcurl_cannot_take_fails_the_transfer() {
    let longest = "a".repeat(5000);
    for host in ["", "a\0b", "a b", &longest] {
        let Some(mut transfer) = transfer("http://x.test/", known(&[host])) else {
            return;
        };
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(Callback::HstsRead), "{error:?}");
        match error.downcast_ref::<HstsHostError>().unwrap() {
            HstsHostError::TooLong { limit } => assert!(host.len() > *limit && *limit >= 256),
            reason => assert_eq!((reason, host.len() < 4), (&HstsHostError::Invalid, true)),
        }
    }
    // libcurl keeps a host of 256 bytes whole.
    let host = format!("{}.test", "a".repeat(251));
    let mut transfer = transfer("http://127.0.0.1:1/", known(&[&host])).unwrap();
    let _ = transfer.perform();
    assert_eq!(transfer.into_handler().written[0].0.host, host);
}

#[test]
fn failure_of_each_kind_ends_the_transfer() {
    let server = Server::ok("body");
    for how in [How::Fail, How::Abort, How::Panic] {
        let Some(mut transfer) = transfer(&server.url("/"), known(&["a.test"])) else {
            return;
        };
        transfer.handler_mut().reading = Some(how);
        if how == How::Panic {
            let payload = payload(&mut transfer);
            assert_eq!(payload.downcast_ref(), Some(&Own(Callback::HstsRead)));
        } else {
            let error = transfer.perform().unwrap_err();
            assert_eq!(error.callback(), Some(Callback::HstsRead), "{error:?}");
            assert_eq!(error.code(), Some(Code::ABORTED_BY_CALLBACK));
            assert_eq!(error.downcast_ref::<Own>().is_some(), how == How::Fail);
        }
        assert_eq!(transfer.handler().reads, 1);
        transfer.handler_mut().reading = None;
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().reads, 3);
    }
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn failure_while_the_transfer_is_dropped_only_ends_the_writing() {
    for how in [How::Fail, How::Abort, How::Panic] {
        let Some(mut transfer) = transfer("http://127.0.0.1:1/", known(&["a.test", "b.test"]))
        else {
            return;
        };
        let _ = transfer.perform();
        transfer.handler_mut().writing = Some(how);
        assert_eq!(transfer.into_handler().written.len(), 1);
    }
}
