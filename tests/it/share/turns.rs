//! Threads and drivers take turns with shared data that libcurl does not lock.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use curlback::handlers::Collect;
use curlback::{Callbacks, Error, HeaderLine, Multi, Share, ShareData, Transfer, WriteResult};

use crate::support::driving::LONG;
use crate::support::results::assert_option;
use crate::support::server::{Conn, Server};
use crate::support::sharing::{are_cookies_locked, counting_server, get};
use crate::support::skip::{needs, skip, skip_case};

#[test]
fn several_drivers_take_turns() {
    let (server, clients) = counting_server();
    let url = server.url("/");
    for data in [ShareData::CONNECTIONS, ShareData::HSTS] {
        let share = match Share::new(data | ShareData::DNS) {
            Err(error @ Error::Unsupported { .. }) => {
                skip_case!("{error}");
                continue;
            }
            share => share.unwrap(),
        };
        let mut one = Multi::new().unwrap();
        one.add(get(&url, Some(&share))).unwrap();
        let id = one.add(get(&url, Some(&share))).unwrap();
        one.perform().unwrap();
        let mut other = Multi::new().unwrap();
        let mut alone = get(&url, Some(&share));
        alone.perform().unwrap();
        other.add(one.remove(id).unwrap()).unwrap();
        other.run(|_, _, _, result| result).unwrap();
        alone.perform().unwrap();
        one.run(|_, _, _, result| result).unwrap();
        drop(other);
        alone.perform().unwrap();
        assert!(!clients.lock().unwrap().is_empty());
        clients.lock().unwrap().clear();
    }
}

#[test]
fn connection_left_open_is_used_by_no_other_transfer() {
    let (server, clients) = counting_server();
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    let mut left = get(&server.url("/"), Some(&share));
    left.connect_only(true).unwrap();
    left.perform().unwrap();
    let mut other = get(&server.url("/"), Some(&share));
    other.perform().unwrap();
    left.unshare().unwrap();
    other.perform().unwrap();
    assert_eq!(
        clients.lock().unwrap().len(),
        1,
        "one connection had requests"
    );
    left.perform().unwrap();
}

/// Performs another transfer inside `header`.
struct Performs {
    inner: Transfer<Collect>,
    result: Option<Result<(), Error>>,
}

impl Callbacks for Performs {
    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        if self.result.is_none() {
            self.result = Some(self.inner.perform());
        }
        WriteResult::Continue
    }
}

#[test]
fn drive_inside_a_drive_with_the_same_share_is_refused() {
    let server = Server::ok("body");
    let (same, another) = (
        Share::new(ShareData::CONNECTIONS).unwrap(),
        Share::new(ShareData::CONNECTIONS).unwrap(),
    );
    for (inner, refused) in [(Some(&same), true), (Some(&another), false), (None, false)] {
        let inner = get(&server.url("/inner"), inner);
        let result = None;
        let mut outer = Transfer::new(Performs { inner, result }).unwrap();
        outer.url(&server.url("/outer")).unwrap();
        outer.share(&same).unwrap();
        outer.perform().unwrap();
        let Performs { mut inner, result } = outer.into_handler();
        match refused {
            true => assert_option(result.unwrap(), "CURLOPT_SHARE"),
            false => result.unwrap().unwrap(),
        }
        inner.perform().unwrap();
        assert_eq!(inner.handler().body(), b"body");
    }
}

/// Deletes the shared cookies while its transfer is in progress.
struct Deletes {
    other: Transfer<()>,
    result: Option<Result<(), Error>>,
}

impl Callbacks for Deletes {
    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        let result = self.other.cookie_list("ALL");
        self.result.get_or_insert(result);
        WriteResult::Continue
    }
}

/// Some releases still read shared cookies after they have unlocked them.
#[test]
fn cookies_in_use_further_up_the_stack_are_not_deleted() {
    let server = Server::ok("body");
    let share = Share::new(ShareData::COOKIES).unwrap();
    let mut other = Transfer::new(()).unwrap();
    other.cookie_file("").unwrap();
    other.share(&share).unwrap();
    let mut outer = Transfer::new(Deletes {
        other,
        result: None,
    })
    .unwrap();
    outer.url(&server.url("/")).unwrap();
    outer.cookie_file("").unwrap();
    outer.share(&share).unwrap();
    outer.perform().unwrap();
    let Deletes { mut other, result } = outer.into_handler();
    match are_cookies_locked() {
        true => result.unwrap().unwrap(),
        false => assert_option(result.unwrap(), "CURLOPT_SHARE"),
    }
    other.cookie_list("ALL").unwrap();
}

/// When a connection becomes free, libcurl notifies only the driver that has used it.
#[test]
fn transfer_that_waits_for_the_connection_of_another_driver_goes_on() {
    needs!(
        (7, 76, 0),
        "second look at a transfer that waits for a shared connection"
    );
    let (arrived, arrivals) = channel();
    let (open, gate) = channel::<()>();
    let gate = Mutex::new(Some(gate));
    let server = Server::new(move |conn: &mut Conn| {
        while conn.request().is_some() {
            arrived.send(()).unwrap();
            // Only the first request has to wait here.
            if let Some(gate) = gate.lock().unwrap().take() {
                let _ = gate.recv();
            }
            conn.reply("200 OK", "", "body");
        }
    });
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    let mut multi = Multi::new().unwrap();
    multi.add(get(&server.url("/"), Some(&share))).unwrap();
    while arrivals.try_recv().is_err() {
        multi.perform().unwrap();
        multi.poll(&mut [], Duration::from_millis(10)).unwrap();
    }
    let (began, begun) = channel();
    let (ended, end) = channel();
    let (url, others) = (server.url("/"), share.clone());
    let waiting = thread::spawn(move || {
        let mut waits = get(&url, Some(&others));
        waits.pipewait(true).unwrap();
        began.send(()).unwrap();
        ended.send(waits.perform()).unwrap();
    });
    begun.recv().unwrap();
    // The second transfer waits, or makes a connection of its own.
    let _ = arrivals.recv_timeout(Duration::from_millis(300));
    open.send(()).unwrap();
    multi.run(|_, _, _, result| result).unwrap();
    end.recv_timeout(LONG).unwrap().unwrap();
    waiting.join().unwrap();
}

/// `upkeep` does not touch the connections of a share while another transfer uses them.
#[test]
fn upkeep_of_a_share_that_another_driver_uses() {
    let Some(server) = crate::support::h2_server::H2Server::new(&vec![b'x'; 4 << 20]) else {
        return;
    };
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    if let Err(error) = Transfer::new(()).unwrap().upkeep() {
        return skip!("{error}");
    }
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (other, stop) = (share.clone(), &stop);
        scope.spawn(move || {
            let mut b = Transfer::new(()).unwrap();
            b.share(&other).unwrap();
            b.upkeep_interval(std::time::Duration::ZERO).unwrap();
            let (mut ok, mut refused) = (0, 0);
            while !stop.load(Ordering::SeqCst) {
                match b.upkeep() {
                    Ok(()) => ok += 1,
                    Err(_) => refused += 1,
                }
            }
            eprintln!("upkeep: ok {ok}, refused {refused}");
        });
        let mut t = Transfer::new(curlback::handlers::Collect::new()).unwrap();
        t.share(&share).unwrap();
        let _stop = Stop(stop);
        for _ in 0..20 {
            server.whole(&mut t);
            let result = t.perform();
            let len = t.handler().body().len();
            *t.handler_mut() = curlback::handlers::Collect::new();
            assert!(result.is_ok() && len == 4 << 20, "{result:?} {len}");
        }
    });
}

struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
