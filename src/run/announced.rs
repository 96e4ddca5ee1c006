//! Compares the number of bytes of a body with its announced size.

use std::io::{Error, ErrorKind};

use libc::size_t;

use crate::error::Stop;

/// Counts down the announced bytes of a body while libcurl reads it.
///
/// libcurl before 8.7.0 also sends bytes beyond the announced size, which an HTTP/1 server takes for the
/// next request. If an HTTP/1 body ends early, these releases wait for a response that does not come.
pub(super) struct Announced {
    /// `UNKNOWN` if nothing was announced.
    size: u64,
    left: u64,
}

/// A number larger than any size that libcurl accepts.
const UNKNOWN: u64 = u64::MAX;

impl Announced {
    pub(super) fn new(size: Option<u64>) -> Announced {
        let size = size.unwrap_or(UNKNOWN);
        Announced { size, left: size }
    }

    /// Returns how many bytes may still be read.
    #[inline(always)]
    pub(super) fn limit(&self) -> size_t {
        self.left.try_into().unwrap_or(size_t::MAX)
    }

    /// Counts bytes that were read.
    #[inline(always)]
    pub(super) fn take(&mut self, len: size_t) {
        // If nothing was announced, `left` stays larger than any size.
        self.left = self.left.wrapping_sub(len as u64);
    }

    /// Notes that the next byte read is the one at `offset`.
    pub(super) fn seek(&mut self, offset: u64) {
        if self.size != UNKNOWN {
            self.left = self.size.saturating_sub(offset);
        }
    }

    /// Returns an error if the reader, which has just returned `len` bytes, has ended (0) before the
    /// announced size. The message calls the reader `who`.
    #[inline(always)]
    pub(super) fn check(&self, len: size_t, who: &str) -> Result<(), Stop> {
        match len {
            0 => self.check_end(who),
            _ => Ok(()),
        }
    }

    #[cold]
    fn check_end(&self, who: &str) -> Result<(), Stop> {
        let left = self.left;
        if self.size == UNKNOWN || left == 0 {
            return Ok(());
        }
        let text = format!("{who} ended {left} bytes before the announced size");
        Err(Stop::Error(
            Error::new(ErrorKind::UnexpectedEof, text).into(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_announced_has_no_limit_and_may_end_anywhere() {
        let mut body = Announced::new(None);
        body.take(1 << 40);
        assert!(body.limit() > 1 << 40);
        body.seek(7);
        assert!(body.limit() > 1 << 40);
        assert!(body.check(0, "it").is_ok());
    }

    #[test]
    fn what_is_announced_is_counted_from_where_reading_starts_again() {
        let mut body = Announced::new(Some(10));
        body.take(4);
        assert_eq!(body.limit(), 6);
        assert!(body.check(4, "it").is_ok());
        assert!(body.check(0, "it").is_err());
        body.seek(1);
        assert_eq!(body.limit(), 9);
        body.take(9);
        assert!(body.check(0, "it").is_ok());
        body.seek(11);
        assert_eq!(body.limit(), 0);
    }
}
