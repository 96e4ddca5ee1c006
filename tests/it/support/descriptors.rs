//! The descriptors that this process has open.

use std::path::Path;

/// Returns how many descriptors this process has open; `None` where that cannot be seen.
pub(crate) fn descriptors() -> Option<usize> {
    // ThreadSanitizer starts a program that names functions, at the first report, even if that is suppressed.
    if cfg!(curlback_tsan) {
        return None;
    }
    let entries = std::fs::read_dir(Path::new("/proc/self/fd")).ok()?;
    Some(entries.count())
}
