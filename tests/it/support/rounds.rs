//! How often a test repeats its search.

/// Returns how often a test repeats; it is more with `CURLBACK_LONG`.
pub(crate) fn rounds(short: usize, long: usize) -> usize {
    match std::env::var_os("CURLBACK_LONG") {
        Some(_) => long,
        None => short,
    }
}
