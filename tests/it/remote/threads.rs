//! `Remote` in other threads: many calls at once, and a resume that races with the pause.

#![cfg(unix)]

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use curlback::{
    Callbacks, Direction, Error, Multi, ReadBuf, ReadResult, Remote, Transfer, WriteResult,
};

use crate::support::bodies::pattern;
use crate::support::driving::{LONG, WAYS, until};
use crate::support::rounds::rounds;
use crate::support::server::Server;
use crate::support::servers::endless;

/// Collects the body, and asserts that `write` is not called while another call is in
/// progress.
struct Whole {
    body: Vec<u8>,
    busy: AtomicBool,
}

impl Whole {
    fn new() -> Whole {
        Whole {
            body: Vec::new(),
            busy: AtomicBool::new(false),
        }
    }
}

impl Callbacks for Whole {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        assert!(!self.busy.swap(true, Ordering::SeqCst));
        self.body.extend_from_slice(data);
        self.busy.store(false, Ordering::SeqCst);
        WriteResult::Continue
    }
}

/// Pauses and resumes for a number of rounds, and ends with a resume.
fn hammer(remote: &Remote, rounds: usize) {
    for n in 0..rounds {
        let direction = match n % 3 {
            0 => Direction::Receive,
            1 => Direction::Send,
            _ => Direction::Both,
        };
        remote.pause(direction);
        let _ = remote.is_finished();
        remote.resume(direction);
    }
    // The last call of each thread is a resume.
    remote.resume(Direction::Both);
}

/// tests/CORPUS.md, 49: eight threads pause and resume a transfer while it is driven, after its
/// end, and after its drop. No byte is lost.
#[test]
fn eight_threads_hammer_one_remote() {
    let rounds = rounds(2_000, 100_000);
    let body = pattern(1_000_000);
    for way in WAYS {
        let sent = body.clone();
        let working = Arc::new(AtomicUsize::new(8));
        let hammering = working.clone();
        let server = Server::new(move |conn| {
            conn.request();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", sent.len());
            conn.send(head);
            let (last, rest) = sent.split_last().unwrap();
            for part in rest.chunks(10_000) {
                conn.send(part);
            }
            // The response does not end before all threads that hammer have finished.
            while hammering.load(Ordering::SeqCst) > 0 {
                thread::yield_now();
            }
            conn.send([*last]);
        });
        let mut transfer = Transfer::new(Whole::new()).unwrap();
        transfer.url(&server.url("/")).unwrap();
        let remote = transfer.remote();
        let (transfer, result) = thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    hammer(&remote, rounds);
                    working.fetch_sub(1, Ordering::SeqCst);
                });
            }
            way.drive(vec![transfer]).only()
        });
        result.unwrap();
        assert!(transfer.handler().body == body, "{way:?}");
        // A pause by one thread may come after the resume by another. The resume by the last thread
        // counts, so the transfer has ended.
        assert!(remote.is_finished());
        for transfer in [Some(transfer), None] {
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| hammer(&remote, 100));
                }
            });
            assert!(!remote.resume(Direction::Both));
            drop(transfer);
        }
    }
}

/// tests/CORPUS.md, 49: threads use a remote and a waker while the transfer and the `Multi` are
/// dropped.
#[test]
fn threads_hammer_while_everything_is_dropped() {
    let server = endless(100);
    for round in 0..rounds(30, 1_000) {
        let mut transfer = Transfer::new(Whole::new()).unwrap();
        transfer.url(&server.url("/")).unwrap();
        let remote = transfer.remote();
        let mut multi = Multi::new().unwrap();
        let waker = multi.waker();
        let id = multi.add(transfer).unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while remote.pause(Direction::Receive) | remote.resume(Direction::Receive) {}
                });
                scope.spawn(|| while waker.wake() {});
            }
            for _ in 0..round % 5 {
                multi.perform().unwrap();
                multi.poll(&mut [], LONG).unwrap();
            }
            match round % 3 {
                0 => drop(multi),
                1 => {
                    assert!(remote.cancel());
                    // Another thread may be just about to wake the driver.
                    until(&mut multi, |_| remote.is_finished());
                    let (_, _, result) = multi.take_finished().unwrap();
                    assert!(matches!(result, Err(Error::Cancelled)));
                    drop(multi);
                }
                _ => {
                    let transfer = multi.remove(id).unwrap();
                    drop(multi);
                    drop(transfer);
                }
            }
        });
        assert!(remote.is_finished());
    }
}

/// The data that a producer and `read` share.
#[derive(Default)]
struct Queue {
    items: VecDeque<u8>,
    over: bool,
}

/// Sends the bytes in the queue, and pauses while there are none.
struct Reads {
    queue: Arc<Mutex<Queue>>,
    pausing: Sender<()>,
    pauses: usize,
}

impl Callbacks for Reads {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        let mut queue = self.queue.lock().unwrap();
        match queue.items.pop_front() {
            Some(item) => drop(buffer.append(&[item])),
            None if queue.over => {}
            None => {
                drop(queue);
                self.pauses += 1;
                // From here on, the producer may resume, even before libcurl has got the pause.
                self.pausing.send(()).unwrap();
                return ReadResult::Pause;
            }
        }
        ReadResult::Continue
    }
}

/// tests/CORPUS.md, 53: resumes come while libcurl is getting the pause, also the one for the end of the
/// body.
#[test]
fn resume_that_races_with_the_pause_of_read_is_never_lost() {
    let rounds = rounds(3_000, 1_000_000);
    for way in WAYS {
        let server = Server::ok("");
        let queue = Arc::new(Mutex::new(Queue::default()));
        let (pausing, paused) = channel();
        let mut transfer = Transfer::new(Reads {
            queue: queue.clone(),
            pausing,
            pauses: 0,
        })
        .unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.upload(true).unwrap();
        transfer.http_headers(["Expect:"]).unwrap();
        let remote = transfer.remote();
        let producer = thread::spawn(move || {
            for n in 0..rounds {
                paused
                    .recv_timeout(LONG)
                    .unwrap_or_else(|_| panic!("lost at {n}"));
                for _ in 0..n % 50 {
                    std::hint::spin_loop();
                }
                queue.lock().unwrap().items.push_back(n as u8);
                assert!(remote.resume(Direction::Send));
            }
            paused.recv_timeout(LONG).unwrap();
            queue.lock().unwrap().over = true;
            assert!(remote.resume(Direction::Send));
            paused
        });
        let (transfer, result) = way.drive(vec![transfer]).only();
        let _paused = producer.join().unwrap();
        result.unwrap();
        assert_eq!(transfer.handler().pauses, rounds + 1);
        let expected: Vec<u8> = (0..rounds).map(|n| n as u8).collect();
        assert!(server.requests()[0].body == expected, "{way:?}");
    }
}

/// Pauses at every second call, from the first one on, and takes the bytes at the next one.
struct Writes {
    body: Vec<u8>,
    goes: bool,
    pausing: Sender<()>,
    taken: Sender<()>,
}

impl Callbacks for Writes {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.goes = !self.goes;
        if self.goes {
            self.pausing.send(()).unwrap();
            return WriteResult::Pause;
        }
        self.body.extend_from_slice(data);
        // The server may have ended after its last part.
        let _ = self.taken.send(());
        WriteResult::Continue
    }
}

/// tests/CORPUS.md, 53: resumes come while libcurl is getting the pause of `write`.
#[test]
fn resume_that_races_with_the_pause_of_write_is_never_lost() {
    let rounds = rounds(3_000, 1_000_000);
    for way in WAYS {
        let (taken, takes) = channel();
        let takes = Mutex::new(takes);
        // The server sends each part only after the former one was taken, so that no two parts are
        // joined.
        let server = Server::new(move |conn| {
            conn.request();
            conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            let takes = takes.lock().unwrap();
            for n in 0..rounds {
                conn.send([b"1\r\n", &[n as u8][..], b"\r\n"].concat());
                takes
                    .recv_timeout(LONG)
                    .unwrap_or_else(|_| panic!("lost at {n}"));
            }
            conn.send("0\r\n\r\n");
        });
        let (pausing, paused) = channel();
        let mut transfer = Transfer::new(Writes {
            body: Vec::new(),
            goes: false,
            pausing,
            taken,
        })
        .unwrap();
        transfer.url(&server.url("/")).unwrap();
        let remote = transfer.remote();
        let resumer = thread::spawn(move || {
            let mut pauses = 0;
            while paused.recv().is_ok() {
                pauses += 1;
                for _ in 0..pauses % 50 {
                    std::hint::spin_loop();
                }
                assert!(remote.resume(Direction::Receive));
            }
            pauses
        });
        let (transfer, result) = way.drive(vec![transfer]).only();
        result.unwrap();
        let expected: Vec<u8> = (0..rounds).map(|n| n as u8).collect();
        assert!(transfer.handler().body == expected, "{way:?}");
        drop(transfer);
        assert_eq!(resumer.join().unwrap(), rounds, "{way:?}");
    }
}
