//! The descriptors that this process has open.

use std::path::Path;

/// Returns how many descriptors this process has open, including one that this function opens to list them.
/// Returns `None` if the number cannot be seen.
pub(crate) fn descriptors() -> Option<usize> {
    // At its first report, even a suppressed one, ThreadSanitizer starts a program that finds the names of
    // functions. That opens descriptors.
    if cfg!(curlback_tsan) {
        return None;
    }
    let entries = std::fs::read_dir(Path::new("/proc/self/fd")).ok()?;
    Some(entries.count())
}
