//! The options, limits, statistics and notifications of a `Multi`.

use std::collections::BTreeMap;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use curlback::handlers::Collect;
use curlback::multi::{
    BorrowedSocket, EventLoop, Interest, NetworkChange, Notification, Notifications, Pipelining,
    RawSocket, Ready,
};
use curlback::{CallbackResult, Error, Multi};

use crate::support::server::Server;
use crate::support::skip::{known, needs, skip};
use crate::support::transfers::collecting;

/// How many requests a server has at once: now, and at most.
struct Meeting {
    present: Mutex<usize>,
    changed: Condvar,
    most: AtomicUsize,
}

#[test]
fn limits_are_kept() {
    for (total, host) in [(2, 0), (0, 2)] {
        let meeting = Arc::new(Meeting {
            present: Mutex::new(0),
            changed: Condvar::new(),
            most: AtomicUsize::new(0),
        });
        let met = meeting.clone();
        let server = Server::new(move |conn| {
            if conn.request().is_none() {
                return;
            }
            let mut present = meeting.present.lock().unwrap();
            *present += 1;
            meeting.most.fetch_max(*present, Ordering::SeqCst);
            meeting.changed.notify_all();
            // The first request waits for the second. There must be no third.
            while meeting.most.load(Ordering::SeqCst) < 2 {
                present = meeting.changed.wait(present).unwrap();
            }
            *present -= 1;
            drop(present);
            conn.reply("200 OK", "Connection: close\r\n", "body");
        });
        let mut multi = Multi::new().unwrap();
        multi.max_total_connections(total).unwrap();
        multi.max_host_connections(host).unwrap();
        for _ in 0..6 {
            multi.add(collecting(&server.url("/"))).unwrap();
        }
        multi.run(|_, _, _, result| result).unwrap();
        assert_eq!(met.most.load(Ordering::SeqCst), 2);
        assert_eq!(server.requests().len(), 6);
    }
}

#[test]
fn no_more_connections_are_kept_than_may_be() {
    let server = Server::ok("body");
    for limit in [1, 100] {
        let mut multi = Multi::new().unwrap();
        multi.max_connects(limit).unwrap();
        let other = Server::ok("other");
        let mut connects = 0;
        for server in [&server, &other, &server, &other] {
            multi.add(collecting(&server.url("/"))).unwrap();
            multi
                .run(|_, _, transfer, result| {
                    connects += transfer.num_connects()?;
                    result
                })
                .unwrap();
        }
        assert_eq!(connects > 2, limit == 1, "{connects} connections");
    }
}

#[test]
#[allow(deprecated, reason = "they are there, and do nothing")]
fn every_option_takes_a_value() {
    needs!((7, 67, 0), "CURLMOPT_MAX_CONCURRENT_STREAMS");
    let mut multi = Multi::<()>::new().unwrap();
    multi.max_concurrent_streams(7).unwrap();
    multi.pipelining(Pipelining::NOTHING).unwrap();
    known(multi.pipelining(Pipelining::MULTIPLEX));
    multi.max_pipeline_length(5).unwrap();
    multi.content_length_penalty_size(1 << 40).unwrap();
    multi.chunk_length_penalty_size(0).unwrap();
    multi.pipelining_site_bl(&["127.0.0.1:80"]).unwrap();
    multi.pipelining_server_bl(&[]).unwrap();
    known(multi.network_changed(NetworkChange::CLEAR_ALL));
    known(multi.resolve_threads_max(3));
    known(multi.quick_exit(true));
    known(multi.quick_exit(false));

    let error = multi.content_length_penalty_size(u64::MAX).unwrap_err();
    assert!(matches!(error, Error::Option { option, .. } if option.ends_with("PENALTY_SIZE")));
    let error = multi.pipelining_site_bl(&["a\0b"]).unwrap_err();
    assert!(matches!(error, Error::Option { .. }));
}

#[test]
fn changed_network_forgets_connections() {
    let server = Server::ok("body");
    let mut multi = Multi::new().unwrap();
    let mut connects = 0;
    for _ in 0..2 {
        if known(multi.network_changed(NetworkChange::CLEAR_CONNECTIONS)).is_none() {
            return skip!("the linked libcurl is not told of changed networks");
        }
        multi.add(collecting(&server.url("/"))).unwrap();
        multi
            .run(|_, _, transfer, result| {
                connects += transfer.num_connects()?;
                result
            })
            .unwrap();
    }
    assert_eq!(connects, 2);
}

#[test]
fn statistics_count() {
    let server = Server::ok("body");
    let mut multi = Multi::new().unwrap();
    let Some(before) = known(multi.transfers_added()) else {
        return skip!("the linked libcurl has no statistics");
    };
    for _ in 0..3 {
        multi.add(collecting(&server.url("/"))).unwrap();
    }
    assert_eq!(multi.transfers_added().unwrap() - before, 3);
    assert_eq!(multi.transfers_current().unwrap(), 3);
    multi.run(|_, _, _, result| result).unwrap();
    assert_eq!(multi.transfers_current().unwrap(), 0);
    assert_eq!(multi.transfers_running().unwrap(), 0);
    assert_eq!(multi.transfers_pending().unwrap(), 0);
    assert_eq!(multi.transfers_done().unwrap(), 0);
    assert_eq!(multi.transfers_added().unwrap() - before, 3);
}

/// An event loop that reports every socket as ready, whatever the system says.
#[derive(Default)]
struct Eager {
    sockets: BTreeMap<RawSocket, Ready>,
    notified: Vec<Notification>,
}

impl EventLoop for Eager {
    type Value = ();

    fn socket(
        &mut self,
        socket: BorrowedSocket<'_>,
        to: Interest,
        _: &mut Option<()>,
    ) -> CallbackResult {
        let mut ready = Ready::empty();
        ready.set(Ready::READ, to.is_read());
        ready.set(Ready::WRITE, to.is_write());
        self.sockets.insert(socket.as_raw_fd(), ready);
        CallbackResult::Continue
    }

    fn remove_socket(&mut self, socket: RawSocket, _: Option<()>) -> CallbackResult {
        self.sockets.remove(&socket);
        CallbackResult::Continue
    }

    fn timer(&mut self, _: Option<Duration>) -> CallbackResult {
        CallbackResult::Continue
    }

    fn notify(&mut self, notification: Notification) -> CallbackResult {
        self.notified.push(notification);
        CallbackResult::Continue
    }

    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        Arc::new(|| {})
    }
}

/// Drives all transfers to their end.
fn drive(multi: &mut Multi<Collect, Eager>) {
    while multi.iter().next().is_some() {
        for (socket, ready) in multi.event_loop().sockets.clone() {
            multi.socket_action(socket, ready).unwrap();
        }
        multi.timeout_action().unwrap();
        thread::yield_now();
    }
}

/// tests/CORPUS.md, 13: a notification about libcurl's own handles names no transfer.
#[test]
fn event_loop_is_notified_of_the_transfer_that_ended() {
    let server = Server::ok("body");
    let mut multi = Multi::with_event_loop(Eager::default()).unwrap();
    if known(multi.notify(Notifications::all())).is_none() {
        return skip!("the linked libcurl has no notifications");
    }
    let id = multi.add(collecting(&server.url("/"))).unwrap();
    drive(&mut multi);
    let (own, _, result) = multi.take_finished().unwrap();
    result.unwrap();
    assert_eq!(own, id);
    let heard = &multi.event_loop().notified;
    assert!(heard.contains(&Notification::EasyDone(id)), "{heard:?}");
    assert!(heard.contains(&Notification::InfoRead), "{heard:?}");
    assert!(heard.iter().all(|n| match n {
        Notification::EasyDone(own) => *own == id,
        other => *other == Notification::InfoRead,
    }));

    multi.event_loop_mut().notified.clear();
    multi.notify(Notifications::empty()).unwrap();
    multi.add(collecting(&server.url("/"))).unwrap();
    drive(&mut multi);
    assert!(multi.take_finished().is_some());
    assert!(multi.event_loop().notified.is_empty());
}
