//! What happened in a round, and the faults that were found in it.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::locks::lock;

/// The greatest number of lines that a thread keeps: more than any round needs. A round that hangs in a
/// loop must not fill the memory.
const MOST: usize = 5000;

/// The lines of a thread, each with its step's number.
type Lines = Arc<Mutex<Vec<(u64, String)>>>;

/// Each thread has a journal of its own. A common journal would put the steps of threads in an order, and
/// hide races from `ThreadSanitizer`.
static JOURNALS: Mutex<Vec<Lines>> = Mutex::new(Vec::new());
static FAULTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// The number of steps so far. While it grows, the watchdog sees that the round makes progress.
static STEPS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static OWN: Lines = {
        let lines = Lines::default();
        lock(&JOURNALS).push(lines.clone());
        lines
    };
}

/// Writes a step into the journal of this thread.
macro_rules! note {
    ($($text:tt)*) => { $crate::journal::write(format!($($text)*)) };
}
pub(crate) use note;

/// Records a fault: something that must not happen.
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
    // An error is ignored: the thread may be ending, and its journal may be gone already.
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

/// Empties the journals and the list of faults, for another round.
pub(crate) fn clear() {
    let mut journals = lock(&JOURNALS);
    for lines in journals.iter() {
        lock(lines).clear();
    }
    // Removes the journals of threads that have ended.
    journals.retain(|lines| Arc::strong_count(lines) > 1);
    lock(&FAULTS).clear();
}

pub(crate) fn faults() -> Vec<String> {
    lock(&FAULTS).clone()
}

/// Returns the lines of all threads, in the order of their steps.
pub(crate) fn lines() -> String {
    let mut all: Vec<(u64, String)> = Vec::new();
    for lines in lock(&JOURNALS).iter() {
        all.extend(lock(lines).iter().cloned());
    }
    all.sort_unstable();
    let lines: Vec<String> = all.into_iter().map(|(_, line)| line).collect();
    lines.join("\n")
}

/// Prints to standard error, even if the test's output is captured.
pub(crate) fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
