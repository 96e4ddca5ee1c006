//! `Share` under many threads, inside callbacks, and at its end.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};
use std::{io, thread};

use curlback::{
    Callback, CallbackResult, Callbacks, DebugKind, Share, ShareData, Transfer, WriteResult, *,
};

use crate::support::built_in::https;
use crate::support::results::assert_option;
use crate::support::server::Server;
use crate::support::sharing::{
    STRICT, are_cookies_locked, cookie_server, get, locked, on_thread, on_threads, share, strict,
};
use crate::support::skip::needs;
use crate::support::tls_server::{Identity, TlsServer};

/// Calls a closure in its callbacks.
struct Does<F>(F);

impl<F: FnMut(Callback, &[u8]) -> CallbackResult> Callbacks for Does<F> {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        (self.0)(Callback::Write, data);
        WriteResult::Continue
    }

    fn debug(&mut self, _: DebugKind, data: &[u8]) -> CallbackResult {
        (self.0)(Callback::Debug, data)
    }
}

fn doing<F>(url: &str, share: &Share, does: F) -> Transfer<Does<F>>
where
    F: FnMut(Callback, &[u8]) -> CallbackResult,
{
    let mut transfer = Transfer::new(Does(does)).unwrap();
    transfer.url(url).unwrap();
    transfer.cookie_file("").unwrap();
    transfer.verbose(true).unwrap();
    transfer.share(share).unwrap();
    transfer
}

#[test]
fn eight_threads_use_one_share_at_once() {
    needs!((7, 75, 0), "entries of CURLOPT_RESOLVE that time out");
    let server = cookie_server();
    let port = server.address().port();
    let Some(share) = share(locked()) else { return };
    let (start, dir) = (Barrier::new(8), tempfile::tempdir().unwrap());
    on_threads(8, |thread| {
        start.wait();
        for round in 0..20 {
            let url = format!("http://given.invalid:{port}/{thread}");
            let mut lines = 0;
            let mut transfer = doing(&url, &share, |_, _| {
                lines += 1;
                CallbackResult::Continue
            });
            let given = format!("+given.invalid:{port}:127.0.0.1");
            transfer.resolve([given]).unwrap();
            let jar = dir.path().join(format!("{thread}-{}", round % 2));
            transfer.cookie_jar(jar).unwrap();
            for _ in 0..10 {
                transfer.perform().unwrap();
            }
            drop(transfer);
            assert!(lines > 0);
        }
    });
    assert_eq!(server.requests().len(), 8 * 200);
    if !are_cookies_locked() {
        return;
    }
    let last = server.requests().pop().unwrap();
    let cookies = last.header("cookie").unwrap().split("; ").count();
    assert_eq!(cookies, 8);
}

/// tests/CORPUS.md, 26: a share is dropped while two threads use it.
#[test]
fn a_share_is_dropped_while_two_threads_use_it() {
    let (arrived, dropped) = (Arc::new(Barrier::new(3)), Arc::new(Barrier::new(3)));
    let (at, go) = (arrived.clone(), dropped.clone());
    let server = Server::new(move |conn| {
        conn.request();
        at.wait();
        go.wait();
        conn.reply("200 OK", "Set-Cookie: a=1\r\n", "answer");
    });
    let Some(share) = share(locked()) else { return };
    let url = server.url("/");
    thread::scope(|scope| {
        let threads = [(); 2].map(|()| {
            let share = share.clone();
            scope.spawn(|| {
                let mut transfer = get(&url, Some(&share));
                drop(share);
                transfer.perform().unwrap();
                assert_eq!(transfer.handler().body(), b"answer");
            })
        });
        arrived.wait();
        drop(share);
        dropped.wait();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn connections_of_a_share_are_closed_with_its_last_owner_on_any_thread() {
    let closed = Arc::new(Barrier::new(2));
    let seen = closed.clone();
    let server = Server::new(move |conn| {
        while conn.request().is_some() {
            conn.reply("200 OK", "", "");
        }
        seen.wait();
    });
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    let mut transfer = get(&server.url("/"), Some(&share));
    transfer.perform().unwrap();
    let share = thread::spawn(move || {
        drop(transfer);
        share
    });
    let share = share.join().unwrap();
    thread::spawn(move || drop(share)).join().unwrap();
    closed.wait();
}

/// If a callback ran under a lock, the other thread would wait for that lock for ever.
#[test]
fn no_callback_runs_under_a_lock() {
    let server = cookie_server();
    let port = server.address().port();
    let url = server.url("/inner");
    let Some(share) = share(locked()) else { return };
    let mut lines = Vec::new();
    let outer = format!("http://given.invalid:{port}/outer");
    let mut transfer = doing(&outer, &share, |callback, line| {
        if callback == Callback::Debug {
            let line = String::from_utf8_lossy(line).into_owned();
            if ["ookie", "cache", "RESOLVE"]
                .iter()
                .any(|word| line.contains(word))
            {
                lines.push(line);
                // Performs a transfer on this thread, and then on another one, while this thread
                // waits.
                get(&url, Some(&share)).perform().unwrap();
                on_thread(|| get(&url, Some(&share)).perform().unwrap());
            }
        }
        CallbackResult::Continue
    });
    let given = format!("given.invalid:{port}:127.0.0.1");
    transfer.resolve([given]).unwrap();
    transfer.perform().unwrap();
    drop(transfer);
    let all = lines.concat();
    let cookie = all.contains("cookie outer=\"1\" for domain");
    assert!(cookie || !are_cookies_locked(), "{all}");
}

#[test]
fn a_panic_or_error_in_debug_leaves_nothing_locked() {
    let server = cookie_server();
    let share = Share::new(ShareData::COOKIES | ShareData::DNS).unwrap();
    for panics in [true, false] {
        let url = server.url("/a");
        let mut transfer = doing(&url, &share, |_, line| {
            if !String::from_utf8_lossy(line).contains("cookie a=") {
                return CallbackResult::Continue;
            }
            if panics {
                panic_any("own");
            }
            CallbackResult::Fail(io::Error::other("own").into())
        });
        match catch_unwind(AssertUnwindSafe(|| transfer.perform())) {
            Err(payload) => assert!(panics && *payload.downcast::<&str>().unwrap() == "own"),
            Ok(result) => {
                let error = result.unwrap_err();
                assert_eq!(error.callback(), Some(Callback::Debug));
                let shown = format!("the debug callback failed ({url}): own");
                assert_eq!(format!("{error:#}"), shown);
            }
        }
        on_thread(|| get(&url, Some(&share)).perform().unwrap());
    }
}

#[test]
fn a_transfer_inside_a_callback_is_refused_its_connections_and_not_its_cookies() {
    let server = Server::ok("answer");
    let url = server.url("/");
    let cookies = (ShareData::COOKIES, !are_cookies_locked());
    for (data, refused) in [cookies, (locked(), false), (ShareData::CONNECTIONS, true)] {
        let Some(share) = share(data) else { continue };
        let mut inner = Some(get(&url, Some(&share)));
        let mut results = Vec::new();
        let mut transfer = doing(&url, &share, |callback, _| {
            if let (Callback::Write, Some(mut inner)) = (callback, inner.take()) {
                results.push(inner.perform());
                // The inner transfer is dropped here, in a callback of another transfer with the
                // same share.
            }
            CallbackResult::Continue
        });
        transfer.perform().unwrap();
        drop(transfer);
        for result in results {
            match refused {
                true => assert_option(result, "CURLOPT_SHARE"),
                false => result.unwrap(),
            }
        }
        assert!(inner.is_none());
        get(&url, Some(&share)).perform().unwrap();
    }
}

/// tests/CORPUS.md, 45: the handler owns another transfer with the same share.
#[test]
fn transfers_that_own_each_other_and_share_are_dropped() {
    struct Owns {
        inner: Option<Box<Transfer<Owns>>>,
        _share: Share,
        in_callback: bool,
    }
    impl Callbacks for Owns {
        fn write(&mut self, _: &[u8]) -> WriteResult {
            if let (true, Some(mut inner)) = (self.in_callback, self.inner.take()) {
                inner.perform().unwrap();
            }
            WriteResult::Continue
        }
    }
    let server = Server::ok("answer");
    for data in [ShareData::CONNECTIONS, ShareData::HSTS, ShareData::COOKIES] {
        for in_callback in [false, true] {
            if in_callback && !locked().contains(data) {
                continue;
            }
            let Some(share) = share(data) else { continue };
            let mut inner = None;
            for _ in 0..3 {
                let mut outer = Transfer::new(Owns {
                    inner: inner.take(),
                    _share: share.clone(),
                    in_callback,
                })
                .unwrap();
                outer.url(&server.url("/")).unwrap();
                outer.share(&share).unwrap();
                outer.perform().unwrap();
                inner = Some(Box::new(outer));
            }
            drop(share);
            drop(inner);
        }
    }
}

#[test]
fn hosts_are_used_by_one_driver_and_dropping_refuses_nobody() {
    let Some(share) = share(ShareData::HSTS | ShareData::COOKIES) else {
        return;
    };
    if !https() {
        return;
    }
    let identity = Identity::authority().vouch_for("127.0.0.1");
    let server = TlsServer::saying(&identity, STRICT);
    let performed = AtomicUsize::new(0);
    on_threads(4, |_| {
        for _ in 0..30 {
            let mut transfer = strict("https", &server, Some(&share));
            match transfer.perform() {
                Ok(()) => drop(performed.fetch_add(1, Ordering::SeqCst)),
                Err(error) => assert_option(Err(error), "CURLOPT_SHARE"),
            }
        }
    });
    let before = performed.into_inner();
    assert!(before > 0);
    // One transfer runs at a time, while another thread drops those that have ended.
    let (send, dropped) = std::sync::mpsc::channel();
    let drops = thread::spawn(move || dropped.into_iter().for_each(drop::<Transfer<_>>));
    for _ in 0..30 {
        let mut transfer = strict("http", &server, Some(&share));
        transfer.perform().unwrap();
        send.send(transfer).unwrap();
    }
    drop(send);
    drops.join().unwrap();
}

/// A transfer is copied while another thread uses its HSTS cache.
#[test]
fn try_clone_with_shared_hsts_in_use() {
    let Some(share) = crate::support::sharing::share(ShareData::HSTS) else {
        return;
    };
    let done = Arc::new(AtomicUsize::new(0));
    let (own, stop) = (share.clone(), done.clone());
    let thread = std::thread::spawn(move || {
        let mut t = Transfer::new(()).unwrap();
        t.share(&own).unwrap();
        let mut n = 0;
        while stop.load(Ordering::SeqCst) == 0 {
            drop(t.try_clone().unwrap());
            n += 1;
        }
        n
    });
    // These entries expire soon. libcurl removes expired entries whenever it searches the cache.
    struct Short(usize);
    impl Callbacks for Short {
        fn hooks(&self) -> Hooks {
            Hooks::default() | Hooks::HSTS_READ
        }
        fn hsts_read(&mut self) -> HstsReadResult {
            self.0 += 1;
            if self.0 % 200 == 0 {
                return HstsReadResult::Done;
            }
            HstsReadResult::Entry(HstsEntry {
                host: format!("h{}.example", self.0 % 1000),
                expires: Some(
                    std::time::SystemTime::now() + Duration::from_secs(1 + self.0 as u64 % 2),
                ),
                include_subdomains: true,
            })
        }
    }
    let start = Instant::now();
    let mut t = Transfer::new(Short(0)).unwrap();
    t.share(&share).unwrap();
    t.hsts_ctrl(Hsts::ENABLE).unwrap();
    t.url("http://h1.example:1/").unwrap();
    t.proxy("http://127.0.0.1:1").unwrap();
    let mut n = 0;
    while start.elapsed() < Duration::from_secs(8) {
        let _ = t.perform();
        n += 1;
    }
    done.store(1, Ordering::SeqCst);
    let copies = thread.join().unwrap();
    assert!(n > 0 && copies > 0, "{n} runs, {copies} copies");
}
