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
    place: Place,
    info: Info<'a>,
}

/// Where in a response a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Status,
    Field,
    Trailer,
}

impl<'a> HeaderLine<'a> {
    #[inline(always)]
    pub(crate) fn new(bytes: &'a [u8], place: Place, info: Info<'a>) -> HeaderLine<'a> {
        HeaderLine { bytes, place, info }
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
        self.place == Place::Status
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
        self.place == Place::Trailer
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

/// Returns whether a line has the shape of `HTTP/1.1 200 OK`.
fn is_status_line(line: &[u8]) -> bool {
    let rest = line
        .strip_prefix(b"HTTP/")
        .or_else(|| line.strip_prefix(b"RTSP/"));
    let mut words = rest.unwrap_or_default().split(|byte| *byte == b' ');
    let digits = |word: &[u8]| word.iter().all(|byte| byte.is_ascii_digit());
    let version = |word: &[u8]| {
        word.split(|byte| *byte == b'.')
            .all(|n| !n.is_empty() && digits(n))
    };
    let code = |word: &[u8]| word.len() == 3 && digits(word);
    words.next().is_some_and(version) && words.next().is_some_and(|word| code(word.trim_ascii()))
}

fn is_blank(line: &[u8]) -> bool {
    matches!(line, [b'\r' | b'\n', ..])
}

/// Where in a response the next header line stands.
pub(crate) struct Lines {
    /// Whether the next call brings one line, and that a field: nearly always.
    pub(crate) plain: bool,
    /// Whether the linked libcurl may hand over several lines in one call: the
    /// older ones do for `file://` and for what arrived during a pause.
    merge: bool,
    /// Whether a block of lines begins, the first of this transfer or a later one.
    begins: bool,
    /// Whether an empty line has ended a block.
    ended: bool,
    /// Whether this block is one of trailers.
    trailers: bool,
}

impl Lines {
    pub(crate) fn new() -> Lines {
        let merge = Version::linked() < Version::new(8, 22, 0);
        Lines {
            plain: false,
            merge,
            begins: true,
            ended: false,
            trailers: false,
        }
    }

    /// Returns the lines that one call brings.
    pub(crate) fn split<'a>(&self, data: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let merge = self.merge;
        data.split_inclusive(move |byte| merge && *byte == b'\n')
    }

    /// Returns where the next line stands. A block that no status line begins is
    /// one of trailers, unless it is the first.
    pub(crate) fn place(&self, line: &[u8]) -> Place {
        match (self.begins, self.trailers) {
            (true, _) if is_status_line(line) => Place::Status,
            (true, _) if self.ended => Place::Trailer,
            (false, true) => Place::Trailer,
            _ => Place::Field,
        }
    }

    /// Tells nearly every line from the empty one, by one comparison.
    #[inline(always)]
    pub(crate) fn may_end_headers(line: &[u8]) -> bool {
        line.first().is_some_and(|first| *first <= b'\r')
    }

    /// Notes that `line` was taken.
    #[cold]
    pub(crate) fn take(&mut self, line: &[u8], place: Place) {
        self.begins = is_blank(line);
        self.ended |= self.begins;
        self.trailers = !self.begins && place == Place::Trailer;
        self.plain = !self.merge && !self.begins && !self.trailers;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(lines: &[&str]) -> String {
        let mut state = Lines::new();
        let place = |line: &&str| {
            let place = state.place(line.as_bytes());
            state.take(line.as_bytes(), place);
            match place {
                Place::Status => 'S',
                Place::Field => 'F',
                Place::Trailer => 'T',
            }
        };
        lines.iter().map(place).collect()
    }

    #[test]
    fn each_line_has_its_place() {
        let responses = [
            "HTTP/1.1 100 Continue\r\n",
            "\r\n",
            "HTTP/2 200 \r\n",
            "a: b\r\n",
            "\r\n",
        ];
        assert_eq!(places(&responses), "SFSFF");
        let trailers = [
            "HTTP/1.1 200 OK\r\n",
            "\r\n",
            "t: 1\r\n",
            "u: 2\r\n",
            "\r\n",
        ];
        assert_eq!(places(&trailers), "SFTTT");
        assert_eq!(places(&["220 ready\r\n", "230 in\r\n"]), "FF");
    }

    #[test]
    fn field_that_looks_like_a_status_line_is_none() {
        let fields = [
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK: 1\r\n",
            "\r\n",
            "HTTP/evil: 1\r\n",
        ];
        assert_eq!(places(&fields), "SFFT");
    }
}
