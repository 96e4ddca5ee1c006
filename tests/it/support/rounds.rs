//! How often a test repeats its search.

/// Returns how often a test repeats: `long` if `CURLBACK_LONG` is in the environment, `short` otherwise.
pub(crate) fn rounds(short: usize, long: usize) -> usize {
    match std::env::var_os("CURLBACK_LONG") {
        Some(_) => long,
        None => short,
    }
}
