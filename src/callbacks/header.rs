//! One line of what comes before the body, or after it.

use std::fmt;

use crate::{Info, Version};

/// A header line, with the name and value in it told apart.
///
/// Besides header fields these are lines too: the status line, the empty line
/// that ends the headers, and whatever a server of another protocol answers.
///
/// # Examples
/// ```
/// use curlback::{Callbacks, HeaderLine, WriteResult};
///
/// #[derive(Default)]
/// struct Page { etag: Option<Vec<u8>> }
///
/// impl Callbacks for Page {
///     fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
///         if line.is_status_line() {
///             self.etag = None; // a redirect was followed: another response begins
///         } else if line.has_name("ETag") {
///             self.etag = line.value().map(<[u8]>::to_vec);
///         }
///         WriteResult::Continue
///     }
/// }
/// # let _ = Page::default();
/// ```
#[derive(Clone)]
pub struct HeaderLine<'a> {
    bytes: &'a [u8],
    trailer: bool,
    info: Info<'a>,
}

impl<'a> HeaderLine<'a> {
    #[inline(always)]
    pub(crate) fn new(bytes: &'a [u8], trailer: bool, info: Info<'a>) -> HeaderLine<'a> {
        HeaderLine {
            bytes,
            trailer,
            info,
        }
    }

    /// Returns the whole line, the end of the line included.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Returns the name of a header field, without the colon.
    #[must_use]
    pub fn name(&self) -> Option<&'a str> {
        let (name, _) = self.field()?;
        std::str::from_utf8(name).ok()
    }

    /// Returns the value of a header field, without the blanks around it.
    #[must_use]
    pub fn value(&self) -> Option<&'a [u8]> {
        let (_, value) = self.field()?;
        Some(value.trim_ascii())
    }

    /// Returns whether this is the header field of that name; case does not count.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        self.name()
            .is_some_and(|own| own.eq_ignore_ascii_case(name))
    }

    /// Returns whether a response begins with this line, as in `HTTP/1.1 200 OK`.
    #[must_use]
    pub fn is_status_line(&self) -> bool {
        !self.trailer && is_status_line(self.bytes)
    }

    /// Returns the status code in a status line.
    #[must_use]
    pub fn status_code(&self) -> Option<u16> {
        let line = self.is_status_line().then_some(self.bytes)?;
        let code = line.split(|byte| *byte == b' ').nth(1)?.trim_ascii();
        std::str::from_utf8(code).ok()?.parse().ok()
    }

    /// Returns whether this is the empty line that ends the headers.
    #[must_use]
    pub fn is_end_of_headers(&self) -> bool {
        is_blank(self.bytes)
    }

    /// Returns whether this came after the body: a trailer of a chunked response.
    #[must_use]
    pub fn is_trailer(&self) -> bool {
        self.trailer
    }

    /// Returns what is known about the running transfer.
    #[must_use]
    pub fn info(&self) -> &Info<'a> {
        &self.info
    }

    fn field(&self) -> Option<(&'a [u8], &'a [u8])> {
        let colon = self.bytes.iter().position(|byte| *byte == b':')?;
        let (name, value) = self.bytes.split_at(colon);
        (!self.is_status_line()).then_some((name, &value[1..]))
    }
}

impl fmt::Debug for HeaderLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HeaderLine(\"{}\")", self.bytes.escape_ascii())
    }
}

fn is_status_line(line: &[u8]) -> bool {
    line.starts_with(b"HTTP/") || line.starts_with(b"RTSP/")
}

fn is_blank(line: &[u8]) -> bool {
    matches!(line, [b'\r' | b'\n', ..])
}

/// Where in a response the header lines are.
pub(crate) struct Lines {
    /// Whether the next call brings one line, and that no trailer: nearly always.
    pub(crate) plain: bool,
    /// Whether the linked libcurl may hand over several lines in one call: the
    /// older ones do for `file://` and for what arrived during a pause.
    pub(crate) merge: bool,
    after_headers: bool,
}

impl Lines {
    pub(crate) fn new() -> Lines {
        let merge = Version::linked() < Version::new(8, 22, 0);
        Lines {
            plain: !merge,
            merge,
            after_headers: false,
        }
    }

    /// Returns the lines that one call brings.
    pub(crate) fn split<'a>(&self, data: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let merge = self.merge;
        data.split_inclusive(move |byte| merge && *byte == b'\n')
    }

    pub(crate) fn is_trailer(&self, line: &[u8]) -> bool {
        self.after_headers && !is_status_line(line)
    }

    /// Tells nearly every line from the empty one, by one comparison.
    #[inline(always)]
    pub(crate) fn may_end_headers(line: &[u8]) -> bool {
        line.first().is_some_and(|first| *first <= b'\r')
    }

    /// Notes that `line` was taken.
    #[cold]
    pub(crate) fn take(&mut self, line: &[u8], trailer: bool) {
        self.after_headers = trailer || is_blank(line);
        self.plain = !self.merge && !self.after_headers;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trailers(lines: &[&str]) -> Vec<bool> {
        let mut state = Lines::new();
        let mut take = |line: &&str| {
            let trailer = state.is_trailer(line.as_bytes());
            state.take(line.as_bytes(), trailer);
            trailer
        };
        lines.iter().map(&mut take).collect()
    }

    #[test]
    fn lines_after_the_empty_one_are_trailers_until_a_response_begins() {
        let lines = [
            "HTTP/1.1 100 Continue\r\n",
            "\r\n",
            "HTTP/1.1 200 OK\r\n",
            "a: b\r\n",
        ];
        assert_eq!(trailers(&lines), [false; 4]);
        let lines = [
            "HTTP/1.1 200 OK\r\n",
            "a: b\r\n",
            "\r\n",
            "t: 1\r\n",
            "\r\n",
        ];
        assert_eq!(trailers(&lines), [false, false, false, true, true]);
    }
}
