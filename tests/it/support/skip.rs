//! Skipping tests at run time. The test harness captures the output of tests, and can only ignore
//! tests at compile time; so one line counts the skipped tests when all tests have run.

use std::collections::BTreeMap;
use std::fmt::Arguments;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::panic::Location;
use std::sync::{Mutex, Once, PoisonError};
use std::thread;

use curlback::{Error, Hooks, Version};

/// The skipped tests, and the reasons.
static SKIPPED: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// Counts a test as skipped because it does not apply to the linked libcurl or this machine. The test has
/// to return after this macro.
macro_rules! skip {
    ($($reason:tt)*) => { $crate::support::skip::test(format_args!($($reason)*)) };
}

pub(crate) use skip;

/// Returns from a test, and counts it as skipped, if the linked libcurl is older than `$release`, the
/// first release that has `$what`.
macro_rules! needs {
    ($release:expr, $what:literal) => {
        if $crate::support::skip::is_before($release) {
            return $crate::support::skip::skip!("the linked libcurl has no {}", $what);
        }
    };
}

pub(crate) use needs;

/// Returns whether the linked libcurl is older than a release.
pub(crate) fn is_before((major, minor, patch): (u8, u8, u8)) -> bool {
    Version::linked() < Version::new(major, minor, patch)
}

/// Returns whether the linked libcurl is `since` or newer, and older than `until`.
pub(crate) fn is_between(since: (u8, u8, u8), until: (u8, u8, u8)) -> bool {
    !is_before(since) && is_before(until)
}

/// Returns the hook of `prereq` if the linked libcurl has it, and no hook otherwise.
pub(crate) fn prereq() -> Hooks {
    match is_before((7, 80, 0)) {
        true => Hooks::empty(),
        false => Hooks::PREREQ,
    }
}

/// Prints that a test leaves out one of its cases.
macro_rules! skip_case {
    ($($reason:tt)*) => { eprintln!("without a case: {}", format_args!($($reason)*)) };
}

pub(crate) use skip_case;

/// Records a skipped test, for `skip!`.
#[track_caller]
pub(crate) fn test(reason: Arguments<'_>) {
    static AT_EXIT: Once = Once::new();
    AT_EXIT.call_once(|| {
        #[expect(unsafe_code, reason = "the harness ends the process")]
        // SAFETY: `report` is a static function, and does not unwind.
        let failed = unsafe { libc::atexit(report) };
        assert_eq!(failed, 0);
    });
    eprintln!("SKIP: {reason}");
    // The harness names the thread on which it runs a test after the test.
    let test = match thread::current().name() {
        Some(name) => name.to_owned(),
        None => Location::caller().to_string(),
    };
    let mut skipped = SKIPPED.lock().unwrap_or_else(PoisonError::into_inner);
    skipped.entry(test).or_insert_with(|| reason.to_string());
}

extern "C" fn report() {
    let skipped = SKIPPED.lock().unwrap_or_else(PoisonError::into_inner);
    // An error is ignored: while the process ends, nobody can report it.
    let _ = io::stderr().write_all(summary(&skipped).as_bytes());
    if let Some(path) = std::env::var_os("CURLBACK_SKIPS") {
        let lines: String = skipped
            .iter()
            .map(|(test, reason)| format!("{test}\t{reason}\n"))
            .collect();
        let _ = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .and_then(|mut file| file.write_all(lines.as_bytes()));
    }
}

/// Returns the line with the number of skipped tests for each reason.
fn summary(skipped: &BTreeMap<String, String>) -> String {
    let mut reasons = BTreeMap::new();
    for reason in skipped.values() {
        *reasons.entry(reason).or_insert(0) += 1;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let counts: Vec<_> = reasons
        .iter()
        .map(|(reason, count)| format!("{count} × {reason}"))
        .collect();
    format!(
        "SKIPPED: {} of the tests that passed had nothing to do here: {}\n",
        skipped.len(),
        counts.join("; ")
    )
}

#[test]
fn summary_counts_by_reason() {
    let skipped = [("a", "no SSH"), ("b", "no FTP"), ("c", "no FTP")]
        .map(|(test, reason)| (test.to_owned(), reason.to_owned()));
    assert_eq!(
        summary(&BTreeMap::from(skipped)),
        "SKIPPED: 3 of the tests that passed had nothing to do here: 2 × no FTP; 1 × no SSH\n"
    );
}

/// Returns the value. If the linked libcurl does not support it, prints that a case is left out, and
/// returns `None`.
pub(crate) fn known<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Err(Error::Unsupported { what, .. }) => {
            skip_case!("this libcurl has no {what}");
            None
        }
        result => Some(result.unwrap()),
    }
}
