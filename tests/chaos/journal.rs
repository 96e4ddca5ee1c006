//! What happened in a round, and what was wrong with it.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Longer than any round; a round that hangs in a loop must not fill the memory.
const MOST: usize = 5000;

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
static FAULTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// Grows with each step, so that the watchdog sees whether there is any.
static STEPS: AtomicU64 = AtomicU64::new(0);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
    STEPS.fetch_add(1, Ordering::Relaxed);
    let thread = std::thread::current();
    let line = format!("{:>8}: {line}", thread.name().unwrap_or("?"));
    if std::env::var_os("CURLBACK_CHAOS_TRACE").is_some() {
        say(&format!("{line}\n"));
    }
    let mut lines = lock(&LINES);
    if lines.len() < MOST {
        lines.push(line);
    }
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
    lock(&LINES).clear();
    lock(&FAULTS).clear();
}

pub(crate) fn faults() -> Vec<String> {
    lock(&FAULTS).clone()
}

/// Returns all that happened in the round.
pub(crate) fn lines() -> String {
    lock(&LINES).join("\n")
}

/// Prints to standard error, also in a test whose output is captured.
pub(crate) fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
