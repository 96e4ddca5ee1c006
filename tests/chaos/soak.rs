//! Transfers that are made in different ways beside each other, against a server that misbehaves: what the process
//! has open, and what it has allocated, does not grow.
//!
//! `CURLBACK_SOAK_SECONDS` is the time for which transfers are made.

use std::io::{Read, Write};
use std::num::NonZeroUsize;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use curlback::handlers::Collect;
use curlback::{Agent, Code, Error, Multi, Transfer};

use crate::child::{child, in_child};
use crate::rng::Rng;
use crate::server::{Conn, Server};
use crate::{ALONE, setting};

/// How many threads make transfers.
const THREADS: u64 = 8;
/// How many operations a thread does between two measurements.
const OPERATIONS: usize = 10;
/// The time limit of a transfer. It ends a transfer whose server is silent.
const PATIENCE: Duration = Duration::from_millis(200);

#[test]
fn hour_of_everything_leaves_nothing_behind() {
    let Some(url) = in_child() else {
        let test = "soak::hour_of_everything_leaves_nothing_behind";
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let output = child(
            test,
            &Server::new(|conn| while serve(conn).is_some() {}),
            b"",
        );
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        return;
    };
    let limit = Duration::from_secs(setting("CURLBACK_SOAK_SECONDS", 4));
    let (begun, counts) = (Instant::now(), Counts::default());
    let threads = NonZeroUsize::new(2).unwrap();
    let agent = (Agent::builder().threads(threads).max_connects(4))
        .build()
        .unwrap();
    let mut quarters = [None; 4];
    let mut said = Instant::now();
    let mut turn = 0;
    while begun.elapsed() < limit {
        thread::scope(|scope| {
            let begin = |number| {
                let (agent, url, counts) = (&agent, &url, &counts);
                scope.spawn(move || work(agent, url, counts, turn * THREADS + number))
            };
            // ThreadSanitizer sees how a `join` waits, but not how the end of the scope does.
            let threads: Vec<_> = (0..THREADS).map(begin).collect();
            threads.into_iter().for_each(|it| it.join().unwrap());
        });
        turn += 1;
        let now = Measured::now();
        if said.elapsed() > Duration::from_secs(60) {
            said = Instant::now();
            eprintln!("after {:.0?}: {now:?}", begun.elapsed());
        }
        let quarter = 4 * begun.elapsed().as_millis() / limit.as_millis().max(1);
        let least = &mut quarters[usize::try_from(quarter).unwrap_or(3).min(3)];
        *least = Some(least.map_or(now, |least: Measured| least.least(now)));
    }
    let (Some(early), Some(late)) = (quarters[1], quarters[3]) else {
        // On a slow machine, no turn has ended in this quarter of the short time.
        assert!(limit < Duration::from_secs(60));
        return;
    };
    let (sum, failed) = (
        counts.all.load(Ordering::Relaxed),
        counts.failed.load(Ordering::Relaxed),
    );
    let time = begun.elapsed();
    eprintln!(
        "{sum} transfers in {time:.0?}, of which {failed} failed; early {early:?}, late {late:?}"
    );
    assert!(failed > 0 && failed < sum, "{failed} of {sum}");
    assert!(late.threads <= early.threads);
    // Each thread of the agent keeps a few connections.
    assert!(late.descriptors <= early.descriptors + 8);
    assert!(late.heap <= early.heap + early.heap / 20 + (128 << 10));
}

/// What the process has after the threads have ended. The agent may still cancel transfers.
#[derive(Clone, Copy, Debug)]
struct Measured {
    descriptors: usize,
    threads: usize,
    /// Bytes that are allocated; zero if that cannot be seen.
    heap: usize,
}

impl Measured {
    fn now() -> Measured {
        let count = |path| std::fs::read_dir(path).map_or(0, Iterator::count);
        Measured {
            descriptors: count("/proc/self/fd"),
            threads: count("/proc/self/task"),
            heap: heap(),
        }
    }

    /// Returns the least of each number. A thread that has just ended, and a transfer that is not cancelled yet, are
    /// not in all measurements.
    fn least(self, other: Measured) -> Measured {
        Measured {
            descriptors: self.descriptors.min(other.descriptors),
            threads: self.threads.min(other.threads),
            heap: self.heap.min(other.heap),
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "asks the allocator")]
fn heap() -> usize {
    // SAFETY: the function takes nothing and only reads, under the locks of the allocator.
    let info = unsafe { libc::mallinfo2() };
    info.uordblks + info.hblkhd
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn heap() -> usize {
    0
}

#[derive(Default)]
struct Counts {
    all: AtomicU64,
    failed: AtomicU64,
}

impl Counts {
    /// Checks how a transfer of a path has ended, and counts it.
    fn count(&self, path: &str, result: &Result<(), Error>) {
        self.all.fetch_add(1, Ordering::Relaxed);
        match result {
            Ok(()) => assert!(!FAILS.contains(&path), "{path}"),
            Err(error) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                // On a busy machine, any transfer may exceed the time limit.
                let is_late = error.code() == Some(Code::OPERATION_TIMEDOUT);
                let is_cancelled = matches!(error, Error::Cancelled);
                assert!(
                    is_late || is_cancelled || FAILS.contains(&path),
                    "{path}: {error}"
                );
            }
        }
    }
}

/// Paths whose transfers succeed, unless they are cancelled or exceed the time limit.
const SUCCEEDS: [&str; 5] = ["body", "chunks", "early", "close", "redirect"];
/// Paths whose transfers fail.
const FAILS: [&str; 8] = [
    "cut", "reset", "garbage", "silent", "endless", "headers", "loop", "sizes",
];

fn path(random: &mut Rng) -> &'static str {
    match random.percent(70) {
        true => random.pick(&SUCCEEDS),
        false => random.pick(&FAILS),
    }
}

/// Answers a request in the way that its path names.
fn serve(conn: &mut Conn) -> Option<()> {
    let mut request = conn.head()?;
    let path = request.line.split(['/', ' ']).nth(2)?.to_owned();
    conn.body(&mut request).ok()?;
    let body = vec![b'x'; 20_000];
    match &*path {
        "body" if !request.body.is_empty() => conn.reply("200 OK", "", request.body),
        "body" => conn.reply("200 OK", "", body),
        "early" => {
            conn.send("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n".repeat(3));
            conn.reply("200 OK", "", "x");
        }
        "chunks" => {
            conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            conn.send("3;name=value\r\nxxx\r\n".repeat(300));
            conn.send("0\r\nTrailer: x\r\n\r\n");
        }
        "redirect" => conn.reply("302 Found", "Location: /body\r\n", "elsewhere"),
        "loop" => conn.reply("302 Found", "Location: /loop\r\n", ""),
        "sizes" => conn.reply("200 OK", "Content-Length: 7\r\n", "x"),
        "close" => {
            conn.send("HTTP/1.1 200 OK\r\n\r\n");
            conn.send(body);
            return None;
        }
        "cut" => {
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\n");
            conn.send(body);
            return None;
        }
        "garbage" => {
            conn.send([0xff; 100]);
            return None;
        }
        "reset" => {
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\nx");
            conn.reset();
            return None;
        }
        "endless" => {
            conn.send("HTTP/1.1 200 OK\r\n\r\n");
            conn.send_endlessly(&body);
            return None;
        }
        "headers" => {
            conn.send("HTTP/1.1 200 OK\r\n");
            conn.send_endlessly(b"X-Name: value\r\n");
            return None;
        }
        _ => {
            conn.drain();
            return None;
        }
    }
    Some(())
}

fn transfer(url: &str, path: &str) -> Transfer<Collect> {
    let mut transfer = Transfer::new(Collect::new().limit(1 << 20)).unwrap();
    aim(&mut transfer, url, path);
    transfer.noproxy("*").unwrap();
    transfer.timeout(PATIENCE).unwrap();
    transfer.follow_location(true).unwrap();
    transfer.max_redirections(5).unwrap();
    transfer
}

fn aim(transfer: &mut Transfer<Collect>, url: &str, path: &str) {
    transfer.url(&format!("{url}{path}")).unwrap();
    transfer.handler_mut().clear();
}

fn work(agent: &Agent, url: &str, counts: &Counts, seed: u64) {
    let mut random = Rng::new(seed);
    let mut kept = transfer(url, "body");
    for _ in 0..OPERATIONS {
        let path = path(&mut random);
        match random.below(8) {
            0 => counts.count(path, &transfer(url, path).perform()),
            1 => {
                aim(&mut kept, url, path);
                counts.count(path, &kept.perform());
            }
            2 => pull(url, path, counts, &mut random),
            3 => upload(url, counts, &mut random),
            4 => many(url, counts, &mut random),
            5 => counts.count(path, &agent.start(transfer(url, path)).wait().1),
            6 => {
                let started = agent.start(transfer(url, path));
                if random.percent(50) {
                    started.remote().cancel();
                    counts.count(path, &started.wait().1);
                }
            }
            _ => open(agent, url, path, counts, &mut random),
        }
    }
}

/// Reads a body to its end, or gives it up after its beginning.
fn pull(url: &str, path: &str, counts: &Counts, random: &mut Rng) {
    let mut response = match transfer(url, path).open() {
        Ok(response) => response,
        Err(error) => return counts.count(path, &Err(error.into())),
    };
    if random.percent(50) {
        let _ = response.read(&mut [0; 1000]);
        return;
    }
    let read = std::io::copy(&mut response, &mut std::io::sink());
    let result = response.finish().map(drop).map_err(Error::from);
    assert_eq!(read.is_ok(), result.is_ok(), "{path}: {read:?}, {result:?}");
    counts.count(path, &result);
}

/// Uploads a body that the server sends back, or gives the upload up.
fn upload(url: &str, counts: &Counts, random: &mut Rng) {
    let mut post = transfer(url, "body");
    post.upload(true).unwrap();
    let mut upload = match post.open_upload() {
        Ok(upload) => upload,
        Err(error) => return counts.count("body", &Err(error.into())),
    };
    let written = upload.write_all(&vec![b'y'; 1 + random.below(300_000)]);
    if random.percent(50) || written.is_err() {
        return;
    }
    match upload.finish() {
        Ok(mut response) => {
            let _ = std::io::copy(&mut response, &mut std::io::sink());
            let result = response.finish().map(drop);
            counts.count("body", &result.map_err(Error::from));
        }
        Err(error) => counts.count("body", &Err(error.into())),
    }
}

/// Runs transfers in a `Multi`, or drops the `Multi` while they run.
fn many(url: &str, counts: &Counts, random: &mut Rng) {
    let mut multi = Multi::new().unwrap();
    let mut paths = std::collections::HashMap::new();
    for _ in 0..6 {
        let path = path(random);
        paths.insert(multi.add(transfer(url, path)).unwrap(), path);
    }
    if random.percent(30) {
        multi.perform().unwrap();
        return;
    }
    multi
        .run(|_, id, _, result| {
            counts.count(paths[&id], &result);
            Ok(())
        })
        .unwrap();
}

/// Makes an agent open a response, and reads its body, reads a part of it, or gives it up.
fn open(agent: &Agent, url: &str, path: &str, counts: &Counts, random: &mut Rng) {
    let opening = agent.open_with_limit(transfer(url, path), 4096);
    if random.percent(20) {
        return;
    }
    let mut response = match opening.wait() {
        Ok(response) => response,
        Err(error) => return counts.count(path, &Err(error.into())),
    };
    match random.below(3) {
        0 => drop(response.read(&mut [0; 100])),
        1 => response.drain_on_drop(10_000),
        _ => {
            let _ = std::io::copy(&mut response, &mut std::io::sink());
            counts.count(path, &response.finish().wait().1);
        }
    }
}
