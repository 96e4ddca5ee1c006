//! What happened in a round, and what was wrong with it.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::locks::lock;

/// Longer than any round; a round that hangs in a loop must not fill the memory.
const MOST: usize = 5000;

/// The lines of a thread, each with the number of its step.
type Lines = Arc<Mutex<Vec<(u64, String)>>>;

/// A journal for each thread: one for all would put their steps in an order, and `ThreadSanitizer`
/// would find no race.
static JOURNALS: Mutex<Vec<Lines>> = Mutex::new(Vec::new());
static FAULTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// Grows with each step, so that the watchdog sees whether there is any.
static STEPS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static OWN: Lines = {
        let lines = Lines::default();
        lock(&JOURNALS).push(lines.clone());
        lines
    };
}

/// Notes a step.
macro_rules! note {
    ($($text:tt)*) => { $crate::journal::write(format!($($text)*)) };
}
pub(crate) use note;

/// Notes what must not happen.
macro_rules! fault {
    ($($text:tt)*) => { $crate::journal::accuse(format!($($text)*)) };
}
pub(crate) use fault;

pub(crate) fn write(line: String) {
    let step = STEPS.fetch_add(1, Ordering::Relaxed);
    let thread = std::thread::current();
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = now.map_or(0, |since| since.as_millis() % 100_000);
    let name = thread.name().unwrap_or("?");
    let line = format!("{name:>8}: {millis:05} {line}");
    if std::env::var_os("CURLBACK_CHAOS_TRACE").is_some() {
        say(&format!("{line}\n"));
    }
    // The thread may be ending.
    let _ = OWN.try_with(|lines| {
        let mut lines = lock(lines);
        if lines.len() < MOST {
            lines.push((step, line));
        }
    });
}

pub(crate) fn accuse(fault: String) {
    write(format!("FAULT {fault}"));
    lock(&FAULTS).push(fault);
}

pub(crate) fn steps() -> u64 {
    STEPS.load(Ordering::Relaxed)
}

/// Begins another round.
pub(crate) fn clear() {
    let mut journals = lock(&JOURNALS);
    for lines in journals.iter() {
        lock(lines).clear();
    }
    // Those of threads that have ended.
    journals.retain(|lines| Arc::strong_count(lines) > 1);
    lock(&FAULTS).clear();
}

pub(crate) fn faults() -> Vec<String> {
    lock(&FAULTS).clone()
}

/// Returns all that happened in the round.
pub(crate) fn lines() -> String {
    let mut all: Vec<(u64, String)> = Vec::new();
    for lines in lock(&JOURNALS).iter() {
        all.extend(lock(lines).iter().cloned());
    }
    all.sort_unstable();
    let lines: Vec<String> = all.into_iter().map(|(_, line)| line).collect();
    lines.join("\n")
}

/// Prints to standard error, also in a test whose output is captured.
pub(crate) fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
