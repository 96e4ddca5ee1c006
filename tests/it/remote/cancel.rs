//! `Remote`: cancelling a transfer from anywhere, and in each of its states.

#![cfg(unix)]

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use curlback::{
    Callback, Callbacks, Code, Direction, Error, Multi, Remote, Transfer, WriteResult, callbacks,
};

use crate::support::breaks::redirecting;
use crate::support::driving::{LONG, WAYS, Way, until};
use crate::support::h2_server::H2Server;
use crate::support::ports::silent_port;
use crate::support::server::Server;
use crate::support::skip::needs;
use crate::support::tells::{Ask, Telling, Tells};
use crate::support::watched::called_except;

/// Makes a transfer with a time limit, so that it fails rather than hangs. The receiver gets the
/// callbacks that are called.
fn telling(url: &str) -> (Transfer<Tells>, Receiver<Callback>) {
    telling_of(Callback::Write, url)
}

fn telling_of(at: Callback, url: &str) -> (Transfer<Tells>, Receiver<Callback>) {
    let (mut tells, told) = Telling::new();
    tells.at = at;
    let mut transfer = Transfer::new(tells).unwrap();
    transfer.url(url).unwrap();
    transfer.timeout(LONG).unwrap();
    (transfer, told)
}

/// Makes the transfer upload, and follow a redirect.
fn uploading(transfer: &mut Transfer<Tells>) {
    transfer.upload(true).unwrap();
    transfer.in_filesize(5).unwrap();
    transfer.follow_location(true).unwrap();
    transfer.verbose(true).unwrap();
}

/// Makes a server that sends half of a body and then nothing more. For `/silent`, it sends nothing.
fn halting() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "GET /silent HTTP/1.1" => return conn.drain(),
                _ => conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
            }
        }
    })
}

/// Asserts that another thread can cancel the transfer once the callback `after` was called.
fn is_cancelled(way: Way, transfer: Transfer<Tells>, told: Receiver<Callback>, after: Callback) {
    let remote = transfer.remote();
    let canceller = thread::spawn(move || {
        while told.recv_timeout(LONG).unwrap() != after {}
        assert!(!remote.is_finished());
        assert!(remote.cancel());
        (remote, told)
    });
    let (transfer, result) = way.drive(vec![transfer]).only();
    assert!(
        matches!(result, Err(Error::Cancelled)),
        "{way:?} {after}: {result:?}"
    );
    let (remote, _) = canceller.join().unwrap();
    assert!(remote.is_finished());
    assert!(!remote.cancel() && !remote.pause(Direction::Both) && !remote.resume(Direction::Send));
    drop(transfer);
    assert!(remote.is_finished());
}

/// tests/CORPUS.md, 49 and 58: a transfer can be cancelled while it connects, waits, receives or is
/// paused. Nothing else happens that could wake the driver.
#[test]
fn cancel_from_another_thread_ends_a_transfer_wherever_it_is() {
    needs!((7, 80, 0), "prereq");
    let server = halting();
    let (_silent, port) = silent_port();
    for way in WAYS {
        let (transfer, told) = telling(&format!("http://127.0.0.1:{port}/"));
        is_cancelled(way, transfer, told, Callback::Sockopt);

        let (transfer, told) = telling(&server.url("/silent"));
        is_cancelled(way, transfer, told, Callback::Prereq);

        let (transfer, told) = telling(&server.url("/half"));
        is_cancelled(way, transfer, told, Callback::Write);

        let (mut transfer, told) = telling(&server.url("/half"));
        transfer.handler_mut().pause_write = true;
        is_cancelled(way, transfer, told, Callback::Write);
    }
}

/// tests/CORPUS.md, 49 and 58: a stream of HTTP/2 can be cancelled, too.
#[test]
fn cancel_ends_a_stream_of_http_2() {
    let Some(server) = H2Server::new(&[b'x'; 100_000]) else {
        return;
    };
    for way in WAYS {
        for pause in [false, true] {
            let (mut transfer, told) = telling("");
            server.slow(&mut transfer);
            transfer.handler_mut().pause_write = pause;
            is_cancelled(way, transfer, told, Callback::Write);
        }
    }
}

/// Another thread cancels the transfer while it receives the first part of the body.
struct Cancelled {
    remote: Option<Remote>,
    written: usize,
}

#[callbacks]
impl Callbacks for Cancelled {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        if let Some(remote) = self.remote.take() {
            assert!(thread::spawn(move || remote.cancel()).join().unwrap());
        }
        // Meanwhile, the server sends more than fits into libcurl's buffer.
        (0..100).for_each(|_| thread::yield_now());
        self.written += data.len();
        WriteResult::Continue
    }
}

#[test]
fn cancel_ends_a_fast_body_of_http_2() {
    const LEN: usize = 30 << 20;
    let Some(server) = H2Server::new(&vec![b'x'; LEN]) else {
        return;
    };
    for way in WAYS {
        let (remote, written) = (None, 0);
        let mut transfer = Transfer::new(Cancelled { remote, written }).unwrap();
        server.whole(&mut transfer);
        transfer.handler_mut().remote = Some(transfer.remote());
        let (transfer, result) = way.drive(vec![transfer]).only();
        assert!(
            matches!(result, Err(Error::Cancelled)),
            "{way:?}: {result:?}"
        );
        let written = transfer.handler().written;
        assert!(written < LEN / 2, "{way:?}: {written}");
    }
}

/// tests/CORPUS.md, 49: a cancel before the transfer begins takes effect when it begins.
#[test]
fn cancel_before_the_transfer_begins_lets_it_do_nothing() {
    let server = Server::ok("body");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "body").unwrap();
    for url in [server.url("/"), format!("file://{}", file.path().display())] {
        for way in WAYS {
            let (transfer, _told) = telling(&url);
            let remote = transfer.remote();
            assert!(!remote.is_finished());
            assert!(remote.cancel());
            assert!(!remote.is_finished());
            let (mut transfer, result) = way.drive(vec![transfer]).only();
            assert!(
                matches!(result, Err(Error::Cancelled)),
                "{way:?} {url}: {result:?}"
            );
            assert!(remote.is_finished());
            assert_eq!(transfer.handler().body, b"");
            // The cancel does not affect the next run.
            transfer.perform().unwrap();
            assert_eq!(transfer.handler().body, b"body");
        }
    }
    assert_eq!(server.requests().len(), WAYS.len());
}

/// A cancel between `add` and the first drive takes effect, too.
#[test]
fn cancel_after_add_and_before_a_drive_lets_it_do_nothing() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "body").unwrap();
    let (transfer, _told) = telling(&format!("file://{}", file.path().display()));
    let mut multi = Multi::new().unwrap();
    let id = multi.add(transfer).unwrap();
    let remote = multi.get(id).unwrap().remote();
    assert!(remote.cancel());
    multi.perform().unwrap();
    let (own, transfer, result) = multi.take_finished().unwrap();
    assert_eq!(own, id);
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    assert_eq!(transfer.handler().body, b"");
}

/// tests/CORPUS.md, 49: a transfer that was cancelled has ended. It can be taken, but not removed.
#[test]
fn cancelled_transfer_is_taken_and_not_removed() {
    let server = halting();
    let (transfer, _told) = telling(&server.url("/silent"));
    let mut multi = Multi::new().unwrap();
    let remote = transfer.remote();
    let id = multi.add(transfer).unwrap();
    multi.perform().unwrap();
    assert!(remote.cancel());
    multi.perform().unwrap();
    assert!(multi.remove(id).is_none());
    let (own, _, result) = multi.take_finished().unwrap();
    assert_eq!(own, id);
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
}

/// tests/CORPUS.md, 47, 49 and 58: callbacks may cancel their own transfer.
#[test]
fn callback_cancels_its_own_transfer() {
    needs!((7, 80, 0), "prereq");
    let server = redirecting();
    let port = server.address().port();
    let localhost = format!("http://localhost:{port}/");
    for at in called_except(Callback::CloseSocket) {
        for way in WAYS {
            let (mut transfer, _told) = telling_of(at, &localhost);
            uploading(&mut transfer);
            transfer.ip_resolve(curlback::IpResolve::V4).unwrap();
            let remote = transfer.remote();
            transfer.handler_mut().ask = Ask::Cancel;
            transfer.handler_mut().remote = Some(remote.clone());
            let (transfer, result) = way.drive(vec![transfer]).only();
            let calls = &transfer.handler().calls;
            assert!(calls.contains(&at), "{at} is not called: {calls:?}");
            match result {
                Err(Error::Cancelled) => {}
                // The rest of the transfer may come before libcurl returns. The transfer then succeeds.
                Ok(()) => assert!(transfer.handler().body == b"answer"),
                other => panic!("{way:?} {at}: {other:?}"),
            }
            assert!(remote.is_finished());
        }
    }
}

/// tests/CORPUS.md, 47 and 52: a callback that pauses and resumes its own transfer changes nothing,
/// and no callback is called inside another.
#[test]
fn callback_pauses_and_resumes_its_own_transfer() {
    needs!((7, 80, 0), "prereq");
    let server = redirecting();
    let localhost = format!("http://localhost:{}/", server.address().port());
    for at in called_except(Callback::CloseSocket) {
        for way in WAYS {
            for ask in [Ask::PauseAndResume, Ask::Resume] {
                let (mut transfer, _told) = telling_of(at, &localhost);
                uploading(&mut transfer);
                transfer.ip_resolve(curlback::IpResolve::V4).unwrap();
                let remote = transfer.remote();
                transfer.handler_mut().ask = ask;
                transfer.handler_mut().remote = Some(remote);
                let (transfer, result) = way.drive(vec![transfer]).only();
                assert!(result.is_ok(), "{way:?} {at} {ask:?}: {result:?}");
                let handler = transfer.handler();
                assert!(handler.calls.contains(&at), "{at} is not called");
                assert_eq!(handler.body, b"answer", "{way:?} {at}");
            }
        }
    }
}

/// tests/CORPUS.md, 10: `close_socket` uses the remote of its own transfer, which may be over.
#[test]
fn close_socket_asks_its_own_remote() {
    let server = Server::ok("body");
    for ask in [Ask::Cancel, Ask::PauseAndResume] {
        for way in WAYS {
            let (mut transfer, _told) = telling_of(Callback::CloseSocket, &server.url("/"));
            transfer.forbid_reuse(true).unwrap();
            let remote = transfer.remote();
            transfer.handler_mut().ask = ask;
            transfer.handler_mut().remote = Some(remote.clone());
            let (transfer, result) = way.drive(vec![transfer]).only();
            assert!(
                matches!(result, Ok(()) | Err(Error::Cancelled)),
                "{result:?}"
            );
            assert!(remote.is_finished());
            drop(transfer);
        }
    }
}

/// tests/CORPUS.md, 4 and 49: the drop of the handler uses the remote of its own transfer.
#[test]
fn drop_of_the_handler_finds_the_transfer_ended() {
    struct Last(Option<Remote>, Sender<[bool; 4]>);

    impl Callbacks for Last {}

    impl Drop for Last {
        fn drop(&mut self) {
            let remote = self.0.as_ref().unwrap();
            let asked = [
                remote.is_finished(),
                remote.cancel(),
                remote.pause(Direction::Both),
                remote.resume(Direction::Both),
            ];
            self.1.send(asked).unwrap();
        }
    }

    let server = halting();
    let (sender, asked) = channel();
    let make = || {
        let mut transfer = Transfer::new(Last(None, sender.clone())).unwrap();
        transfer.url(&server.url("/half")).unwrap();
        let remote = transfer.remote();
        transfer.handler_mut().0 = Some(remote);
        transfer
    };
    let expected = [true, false, false, false];
    drop(make());
    assert_eq!(asked.recv().unwrap(), expected);

    drop(make().into_handler());
    assert_eq!(asked.recv().unwrap(), expected);

    let mut multi = Multi::new().unwrap();
    multi.add(make()).unwrap();
    let removed = multi.add(make()).unwrap();
    multi.perform().unwrap();
    let removed = multi.remove(removed).unwrap();
    drop(multi);
    assert_eq!(asked.recv().unwrap(), expected);
    drop(removed);
    assert_eq!(asked.recv().unwrap(), expected);
}

/// tests/CORPUS.md, 49: all remotes of a transfer reach it, whenever they were made.
#[test]
fn remote_made_while_the_transfer_runs_reaches_it() {
    let server = halting();
    let (transfer, _told) = telling(&server.url("/half"));
    let mut multi = Multi::new().unwrap();
    let id = multi.add(transfer).unwrap();
    until(&mut multi, |multi| {
        !multi.get(id).unwrap().handler().body.is_empty()
    });
    let [one, other] = [(); 2].map(|()| multi.get(id).unwrap().remote());
    assert!(other.cancel());
    multi.poll(&mut [], LONG).unwrap();
    multi.perform().unwrap();
    assert!(one.is_finished() && other.is_finished());
    let (_, transfer, result) = multi.take_finished().unwrap();
    assert!(matches!(result, Err(Error::Cancelled)));
    // A remote that is made now is for the next run.
    let next = transfer.remote();
    assert!(!next.is_finished());
    drop(transfer);
    assert!(next.is_finished() && !next.cancel());
}

/// tests/CORPUS.md, 49: if a callback cancels and then fails, its failure is the result.
#[test]
fn failure_before_a_cancel_is_the_result() {
    struct Fails(Option<Remote>);

    impl Callbacks for Fails {
        fn write(&mut self, _: &[u8]) -> WriteResult {
            self.0.as_ref().unwrap().cancel();
            WriteResult::Abort
        }
    }

    let server = halting();
    for way in WAYS {
        let mut transfer = Transfer::new(Fails(None)).unwrap();
        transfer.url(&server.url("/half")).unwrap();
        let remote = transfer.remote();
        transfer.handler_mut().0 = Some(remote);
        let (_, result) = way.drive(vec![transfer]).only();
        assert_eq!(result.unwrap_err().callback(), Some(Callback::Write));
    }
}

/// libcurl reads a file in one go. A cancel in the meantime takes effect or comes too late. The
/// remote is finished in both cases.
#[test]
fn cancel_and_pause_of_a_file_do_not_hang() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, vec![b'x'; 1 << 20]).unwrap();
    let url = format!("file://{}", file.path().display());
    for way in WAYS {
        let (mut transfer, _told) = telling(&url);
        let remote = transfer.remote();
        transfer.handler_mut().ask = Ask::Cancel;
        transfer.handler_mut().remote = Some(remote.clone());
        let (_, result) = way.drive(vec![transfer]).only();
        assert!(
            matches!(result, Ok(()) | Err(Error::Cancelled)),
            "{result:?}"
        );
        assert!(remote.is_finished());

        // Some releases cannot pause the transfer of a file, so the transfer fails.
        let (transfer, told) = telling(&url);
        let remote = transfer.remote();
        assert!(remote.pause(Direction::Receive));
        let resumer = thread::spawn(move || {
            let _ = told.recv_timeout(Duration::from_millis(50));
            remote.resume(Direction::Receive);
            told
        });
        let (transfer, result) = way.drive(vec![transfer]).only();
        match result {
            Ok(()) => assert_eq!(transfer.handler().body.len(), 1 << 20),
            Err(error) => assert_eq!(error.code(), Some(Code::WRITE_ERROR), "{error:?}"),
        }
        resumer.join().unwrap();
    }
}

/// tests/CORPUS.md, 45 and 49: remotes may outlive their transfer and its `Multi`, and are finished
/// then.
#[test]
fn remotes_outlive_transfer_and_multi() {
    let server = halting();
    let remotes = Mutex::new(Vec::new());
    let (transfer, _told) = telling(&server.url("/half"));
    remotes.lock().unwrap().push(transfer.remote());
    let mut multi = Multi::new().unwrap();
    multi.add(transfer).unwrap();
    multi.perform().unwrap();
    let (transfer, _told) = telling(&server.url("/half"));
    remotes.lock().unwrap().push(transfer.remote());
    drop((multi, transfer));
    for remote in remotes.into_inner().unwrap() {
        assert!(remote.is_finished());
        assert!(!remote.cancel() && !remote.resume(Direction::Both));
        assert_eq!(format!("{remote:?}"), "Remote { is_finished: true }");
    }
}
