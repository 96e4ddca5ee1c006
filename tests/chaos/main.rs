//! A seeded random search over transfers, `Multi`, shares and remotes, for crashes, hangs, wrong bytes,
//! errors of the wrong kind and descriptors that stay.
//!
//! `CURLBACK_CHAOS_SECONDS` is the time of the search, and `CURLBACK_CHAOS_SEED` the seed of the first
//! round that counts. With 0 seconds, the search runs only one such round, so that it repeats a failure.

#![cfg(unix)]

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use curlback::Version;

use crate::failure::{catch, expected_panic};
use crate::journal::{fault, note};
use crate::rng::Rng;
use crate::round::{FILE, Round};
use crate::sequence::Sequence;
use crate::verdict::{Outcome, Place, judge};

#[path = "../it/support/child.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod child;
mod failure;
#[path = "../it/support/ftp_server.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod ftp_server;
mod h2;
mod handler;
mod http;
mod journal;
mod later;
mod listener;
mod locks;
mod many;
mod nested;
mod reader;
mod relay;
mod request;
mod rng;
mod round;
mod sequence;
#[path = "../it/support/server.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod server;
mod soak;
#[path = "../it/support/stop.rs"]
mod stop;
mod stream;
mod tinker;
mod verdict;
mod wild_loop;
mod worker;
mod ws;

/// A round hangs if nothing happens in it for this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// Held by a test that counts descriptors, or that opens some for long.
static ALONE: Mutex<()> = Mutex::new(());

/// Reads a number from an environment variable.
fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number")),
        Err(_) => default,
    }
}

fn repeat(seed: u64) -> String {
    format!("CURLBACK_CHAOS_SEED={seed} CURLBACK_CHAOS_SECONDS=0 cargo test --test chaos")
}

#[test]
fn random_operations_keep_all_promises() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let first = setting("CURLBACK_CHAOS_SEED", 1);
    let limit = Duration::from_secs(setting("CURLBACK_CHAOS_SECONDS", 3));
    let linked = Version::linked();
    let last_words = Path::new(env!("CARGO_TARGET_TMPDIR")).join("chaos-seed");
    journal::say(&format!(
        "searching from seed {first} for {limit:?}, libcurl {linked}; if the process dies, \
         {} says how to repeat it\n",
        last_words.display()
    ));
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("file"), FILE.all()).unwrap();
    silence_panics();
    // This first round opens what the process opens only once. Its descriptors are not checked.
    round(0, dir.path(), true);
    let begun = Instant::now();
    let mut seed = first;
    while seed == first || begun.elapsed() < limit {
        std::fs::write(&last_words, repeat(seed)).unwrap();
        let watched = Watchdog::new(seed);
        journal::clear();
        round(seed, dir.path(), false);
        drop(watched);
        let faults = journal::faults();
        if !faults.is_empty() {
            let (lines, seconds) = (journal::lines(), begun.elapsed().as_secs_f32());
            journal::say(&format!("{lines}\n\n"));
            panic!(
                "seed {seed}, after {seconds:.1} seconds: {faults:#?}\nrepeat it by\n{}",
                repeat(seed)
            );
        }
        seed += 1;
    }
    let _ = std::fs::remove_file(last_words);
    let rounds = seed - first;
    journal::say(&format!("{rounds} rounds in {:.1?}\n", begun.elapsed()));
}

/// Keeps the panics that the search makes itself from being printed.
fn silence_panics() {
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        if !payload.is::<failure::Own>() && !payload.is::<failure::Bomb>() {
            others(info);
        }
    }));
}

fn round(seed: u64, dir: &Path, is_first: bool) {
    let mut rng = Rng::new(seed);
    let before = descriptors();
    // In half of the rounds, only one thread makes transfers, so that these rounds depend less on how
    // threads run.
    let threads = if rng.percent(50) { 1 } else { 2 + rng.below(2) };
    let (jobs, taken) = channel();
    let jobs = (threads > 1).then_some(jobs);
    let round = Arc::new(Round::new(&mut rng, dir, jobs));
    for _ in 0..rng.below(3) {
        round.make_share(&mut rng);
    }
    thread::scope(|scope| {
        let start = |at: &str, run: Box<dyn FnOnce() + Send>| {
            let thread = thread::Builder::new().name(format!("{seed}.{at}"));
            let run = || {
                if let Err(payload) = catch(run) {
                    expected_panic(payload, "a sequence");
                }
            };
            thread.spawn_scoped(scope, run).unwrap()
        };
        let mut rng_of_worker = rng.fork();
        let run = Box::new(move || worker::work(&taken, &mut rng_of_worker));
        let worker = (threads > 1).then(|| start("w", run));
        let mut running = Vec::new();
        for at in 0..threads {
            let sequence = Sequence::new(&round, rng.fork());
            running.push(start(&at.to_string(), Box::new(move || sequence.run())));
        }
        // Joins each thread, because `ThreadSanitizer` sees a join, but not how a scope waits.
        for thread in running {
            let _ = thread.join();
        }
        round.stop_worker();
        worker.map(thread::ScopedJoinHandle::join);
    });
    round.end();
    let mut plain = nested::plain(&round, &mut rng, 9).unwrap();
    let outcome = match catch(|| plain.perform()) {
        Ok(result) => Outcome::Result(result),
        Err(payload) => Outcome::Panic(expected_panic(payload, "a plain transfer")),
    };
    judge(&mut plain, &outcome, Place::default());
    drop(plain);
    let Some(round) = Arc::into_inner(round) else {
        fault!("a handler has outlived its transfer");
        return;
    };
    // The drop of the round resumes a panic of a server's thread.
    if let Err(payload) = catch(|| drop(round)) {
        expected_panic(payload, "a server");
    }
    let end = Instant::now();
    while descriptors().len() > before.len() && end.elapsed() < Duration::from_secs(3) {
        thread::sleep(Duration::from_millis(2));
    }
    let after = descriptors();
    if after.len() > before.len() && !is_first {
        let more: Vec<_> = after.iter().filter(|one| !before.contains(one)).collect();
        fault!("descriptors stay open: {more:?}");
    }
    note!("the round is over");
}

/// Returns the open descriptors, each with what it refers to. Leaves out the one that reads
/// `/proc/self/fd`.
fn descriptors() -> Vec<String> {
    let dir = std::fs::read_dir("/proc/self/fd").into_iter().flatten();
    dir.flatten()
        .filter_map(|entry| {
            let place = std::fs::read_link(entry.path()).ok()?;
            let own = place.to_string_lossy().contains("/fd");
            (!own).then(|| format!("{:?}: {}", entry.file_name(), place.display()))
        })
        .collect()
}

/// Aborts the process if a round hangs.
struct Watchdog {
    done: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Watchdog {
    fn new(seed: u64) -> Watchdog {
        let done = Arc::<AtomicBool>::default();
        let is_done = done.clone();
        let watch = move || {
            let (mut steps, mut since) = (journal::steps(), Instant::now());
            while !is_done.load(Ordering::SeqCst) {
                thread::park_timeout(Duration::from_millis(500));
                let now = journal::steps();
                if now != steps {
                    (steps, since) = (now, Instant::now());
                }
                if since.elapsed() > PATIENCE {
                    let lines = journal::lines();
                    let text = format!(
                        "{lines}\n\nseed {seed} hangs; repeat it by\n{}\n",
                        repeat(seed)
                    );
                    journal::say(&text);
                    std::process::abort();
                }
            }
        };
        Watchdog {
            done,
            thread: Some(thread::spawn(watch)),
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.done.store(true, Ordering::SeqCst);
        let thread = self.thread.take().unwrap();
        thread.thread().unpark();
        let _ = thread.join();
    }
}
