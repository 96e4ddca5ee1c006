//! Header lines: what they contain, and where in a response they are.

use std::fmt;

use super::facts::Facts;
use crate::Info;
use crate::quirks::HEADER_LINES_TOGETHER;

/// A line that libcurl passes to [`header`](crate::Callbacks::header), with methods for its name and value.
///
/// Not every line is a header field: there are also the status line, the [continuation](HeaderLine::is_continuation)
/// of a field, and the empty line that ends the headers. With other protocols than HTTP, there are the lines that
/// the server answers.
///
/// # Examples
/// ```
/// use curlback::{Callbacks, HeaderLine, WriteResult, callbacks};
///
/// #[derive(Default)]
/// struct Page { etag: Option<Vec<u8>> }
///
/// #[callbacks]
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

/// What a line is, by its position in a response.
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

    /// Returns the whole line, including its end of line. With HTTP/2 and HTTP/3, libcurl adds that. Only a line that
    /// the end of the connection has cut short may lack it.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Returns the name of a header field, without the colon; `None` for any other line, such as
    /// the [continuation](HeaderLine::is_continuation) of a field.
    ///
    /// For a name that is not UTF-8, which HTTP does not allow, it returns `None` too; [`as_bytes`](Self::as_bytes) has
    /// the name.
    #[must_use]
    pub fn name(&self) -> Option<&'a str> {
        let (name, _) = self.field()?;
        std::str::from_utf8(name).ok()
    }

    /// Returns the value of a header field, without the blanks around it. For a
    /// [continuation](HeaderLine::is_continuation), returns the part of the value in this line. Returns
    /// `None` for any other line.
    #[must_use]
    pub fn value(&self) -> Option<&'a [u8]> {
        let value = match self.is_continuation() {
            true => self.bytes,
            false => self.field()?.1,
        };
        Some(value.trim_ascii())
    }

    /// Returns whether this line begins with a blank, and so continues the value of the field before it.
    ///
    /// With HTTP, libcurl 8.18.0 and later join a field and its continuations into one line, with a space between the
    /// parts; only trailers may still come in several lines. Earlier releases hand over each line by itself. With
    /// these, append a space and the [`value`](HeaderLine::value) of the continuation to the value of the field before
    /// it, as [`Collect`](crate::handlers::Collect) does.
    #[must_use]
    pub fn is_continuation(&self) -> bool {
        self.place != Place::Status && matches!(self.bytes, [b' ' | b'\t', ..])
    }

    /// Returns whether this line is a header field with this name; case does not count.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        self.name()
            .is_some_and(|own| own.eq_ignore_ascii_case(name))
    }

    /// Returns whether a response begins with this line, as in `HTTP/1.1 200 OK`.
    ///
    /// With HTTP, the position of the line decides, not its form: any first line that libcurl accepts is a status line,
    /// such as one of the [`http_200_aliases`](crate::Transfer::http_200_aliases), or one that the end of the
    /// connection has cut short.
    #[must_use]
    pub fn is_status_line(&self) -> bool {
        self.place == Place::Status
    }

    /// Returns the status code of a status line, the first three digits of its second word; `None` for any other line,
    /// or without these digits.
    ///
    /// For a line of HTTP that does not begin with `HTTP/`, libcurl assumes status 200 whatever the line
    /// says: [`info().response_code()`](crate::Info::response_code).
    #[must_use]
    pub fn status_code(&self) -> Option<u16> {
        self.is_status_line().then(|| status_code(self.bytes))?
    }

    /// Returns whether this line is the empty line that ends the headers.
    ///
    /// libcurl treats any line that begins with CR or LF as this empty line, whatever bytes follow.
    #[must_use]
    pub fn is_end_of_headers(&self) -> bool {
        is_blank(self.bytes)
    }

    /// Returns whether this line is a trailer, which came after the body.
    #[must_use]
    pub fn is_trailer(&self) -> bool {
        self.place == Place::Trailer
    }

    /// Returns information about the running transfer.
    #[must_use]
    pub fn info(&self) -> &Info<'a> {
        &self.info
    }

    fn field(&self) -> Option<(&'a [u8], &'a [u8])> {
        let colon = self.bytes.iter().position(|byte| *byte == b':')?;
        let (name, value) = self.bytes.split_at(colon);
        let is_field =
            !(self.is_status_line() || self.is_continuation() || self.is_end_of_headers());
        is_field.then_some((name, &value[1..]))
    }
}

impl fmt::Debug for HeaderLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HeaderLine(\"{}\")", self.bytes.escape_ascii())
    }
}

/// Returns whether a line has the form of a status line of HTTP or RTSP, such as `HTTP/1.1 200 OK`.
fn looks_like_status(line: &[u8]) -> bool {
    (line.starts_with(b"HTTP/") || line.starts_with(b"RTSP/")) && status_code(line).is_some()
}

/// Returns the number of the three digits with which the second word of a line begins.
pub(crate) fn status_code(line: &[u8]) -> Option<u16> {
    let digits = match line.split_first_chunk() {
        // Nearly every line, without a search.
        Some((b"HTTP/1.1 ", digits)) => digits,
        _ => &line[line.iter().position(u8::is_ascii_whitespace)?..],
    };
    let number = |digit: u8| digit.is_ascii_digit().then(|| u16::from(digit - b'0'));
    let [hundreds, tens, ones] = *digits.trim_ascii_start().first_chunk()?;
    Some(100 * number(hundreds)? + 10 * number(tens)? + number(ones)?)
}

pub(super) fn is_blank(line: &[u8]) -> bool {
    matches!(line, [b'\r' | b'\n', ..])
}

/// Tracks where in a response the next header line is.
pub(crate) struct Lines {
    /// Set only if libcurl's next call brings exactly one line of a block of headers, and not the block's
    /// first line. Nearly always, that line is a field.
    pub(crate) plain: bool,
    /// Whether the linked libcurl may hand over several lines in one call.
    merge: bool,
    /// In which block of lines the next line is, and whether it is the first line of that block.
    block: Block,
    /// Whether the status of the last response is 1xx, such as `100 Continue`. Another response follows, except after
    /// the 101 that opens a WebSocket.
    interim: bool,
    /// The value of [`Facts::requested`] at the end of the last headers.
    requested: u64,
}

/// Where the next header line is. A block is all header lines of one response, or all its trailers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// The first block of this transfer, before its first line.
    First,
    /// A block of headers, after its first line.
    Headers,
    /// A block after an empty line, before its first line.
    Next,
    /// Trailers, which end without an empty line.
    Trailers,
    /// The trailers of the final response.
    Last,
}

impl Lines {
    /// Makes the state for the beginning of a transfer. `file` says whether the URL may be one of a file.
    pub(crate) fn new(file: bool) -> Lines {
        Lines {
            plain: false,
            merge: file && HEADER_LINES_TOGETHER.is_present(),
            block: Block::First,
            interim: false,
            requested: 0,
        }
    }

    /// Notes that the transfer is paused. After a pause, an older libcurl may hand over several lines in one call.
    #[cold]
    pub(crate) fn pause(&mut self) {
        self.merge = HEADER_LINES_TOGETHER.is_present();
        self.plain &= !self.merge;
    }

    /// Returns whether `data`, which libcurl has passed in one call, is exactly one line of a block of
    /// headers, and not the block's first line: a field, a continuation, or the empty line at the end.
    pub(crate) fn is_field(&self, data: &[u8]) -> bool {
        let is_one = |(last, rest): (&u8, &[u8])| *last == b'\n' && !rest.contains(&b'\n');
        self.block == Block::Headers && data.split_last().is_some_and(is_one)
    }

    /// Splits the data of one call of libcurl into its lines, if that call may have brought several.
    /// Otherwise returns the data as one line.
    pub(crate) fn split<'a>(&self, data: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let merge = self.merge;
        data.split_inclusive(move |byte| merge && *byte == b'\n')
    }

    /// Returns the place of the next line.
    ///
    /// The first line of a response is a status line, whatever its form. A line after the end of the headers is a
    /// trailer, or it begins another response. The line begins another response if the last response was an interim
    /// one, came from a proxy (`CONNECT`), or made libcurl send another request. `merged` says that libcurl has
    /// handed over this line and the one before it in one call: then both belong to the same request.
    pub(crate) fn place(&self, line: &[u8], merged: bool, facts: &impl Facts) -> Place {
        match self.block {
            Block::Headers => Place::Field,
            Block::Last => Place::Trailer,
            Block::Trailers if merged => Place::Trailer,
            // A protocol without status lines may be tunnelled by a proxy, which answers in HTTP.
            _ if !facts.has_responses() => match looks_like_status(line) {
                true => Place::Status,
                false => Place::Field,
            },
            Block::First => Place::Status,
            Block::Next if self.interim => Place::Status,
            _ if self.is_trailer(line, facts) => Place::Trailer,
            _ => Place::Status,
        }
    }

    /// Returns whether a line after the end of the headers of a response is a trailer of this response.
    fn is_trailer(&self, line: &[u8], facts: &impl Facts) -> bool {
        let same_request = facts.requested() == self.requested;
        // Some releases also count the bytes of a request's body, and some do not count the bytes of a `CONNECT`.
        if same_request && !looks_like_status(line) {
            return true;
        }
        // libcurl records the name of a header only up to a NUL.
        match line.split(|byte| matches!(byte, b':' | 0)).next() {
            Some(name) if name.len() < line.len() => {
                facts.has_trailer(name).unwrap_or(same_request)
            }
            _ => false,
        }
    }

    /// Returns `false` only for a line that is not the empty one. One comparison decides this for nearly every
    /// line.
    #[inline(always)]
    pub(crate) fn may_end_headers(line: &[u8]) -> bool {
        line.first().is_some_and(|first| *first <= b'\r')
    }

    /// Notes that the handler has taken `line`. `status` is that of a status line, and `is_final` says that the line
    /// ends the final headers of the transfer.
    #[cold]
    pub(crate) fn take(
        &mut self,
        line: &[u8],
        place: Place,
        status: Option<u16>,
        is_final: bool,
        facts: &impl Facts,
    ) {
        if place == Place::Status {
            self.interim = line.starts_with(b"HTTP/") && matches!(status, Some(100..=199));
        }
        self.block = match place {
            Place::Trailer if self.block == Block::Last => Block::Last,
            Place::Trailer => Block::Trailers,
            _ if !is_blank(line) => Block::Headers,
            _ if is_final => Block::Last,
            _ => {
                self.requested = facts.requested();
                Block::Next
            }
        };
        self.plain = self.block == Block::Headers && !self.merge;
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    /// The facts at the time of one line.
    #[derive(Default)]
    struct Known {
        scheme: &'static str,
        trailer: &'static str,
        requested: u64,
    }

    impl Facts for Known {
        fn has_responses(&self) -> bool {
            self.scheme.is_empty()
        }

        fn has_trailer(&self, name: &[u8]) -> Option<bool> {
            Some(self.trailer.as_bytes() == name)
        }

        fn requested(&self) -> u64 {
            self.requested
        }

        fn may_be_connect(&self) -> bool {
            false
        }

        fn lacks_body(&self) -> bool {
            true
        }

        fn is_websocket(&self) -> bool {
            false
        }
    }

    fn places_of(lines: &[(&str, Known)]) -> String {
        let mut state = Lines::new(true);
        let place = |(line, known): &(&str, Known)| {
            let line = format!("{line}\r\n");
            let place = state.place(line.as_bytes(), false, known);
            let status = status_code(line.as_bytes());
            state.take(line.as_bytes(), place, status, false, known);
            match place {
                Place::Status => 'S',
                Place::Field => 'F',
                Place::Trailer => 'T',
            }
        };
        lines.iter().map(place).collect()
    }

    /// The places of lines that answer one request.
    fn places<const N: usize>(lines: [&str; N]) -> String {
        places_of(&lines.map(|line| (line, Known::default())))
    }

    #[test]
    fn each_line_has_its_place() {
        let interim = ["HTTP/1.1 100 Continue", "", "HTTP/2 200 ", "a: b", ""];
        assert_eq!(places(interim), "SFSFF");
        assert_eq!(
            places(["HTTP/1.1  103 H", "a: b", "", "ICY 200 OK", ""]),
            "SFFSF"
        );
        assert_eq!(places(["HTTP/1.1 200 OK", "", "t: 1", "u: 2"]), "SFTT");
        let tunnel = ["HTTP/1.1 200 OK", "", "HTTP/1.1 200 OK", "a: b", ""];
        assert_eq!(places(tunnel), "SFSFF");
    }

    #[test]
    fn first_line_is_a_status_line_whatever_it_looks_like() {
        for line in [
            "ICY 200 OK",
            "HTTP/1.1\t200",
            "http/1.1 200",
            "HTTP/1.1 2000",
            "x: y",
        ] {
            assert_eq!(places([line, "a: b", ""]), "SFF");
        }
    }

    #[test]
    fn another_request_brings_another_response() {
        let after = |requested| Known {
            requested,
            ..Known::default()
        };
        let lines = [
            ("HTTP/1.1 302 F", after(9)),
            ("", after(9)),
            ("t: 1", after(9)),
            ("ICY 200 OK", after(20)),
            ("a: b", after(20)),
            ("", after(20)),
            ("t: 2", after(20)),
        ];
        assert_eq!(places_of(&lines), "SFTSFFT");
    }

    #[test]
    fn trailer_is_none_of_another_response_while_a_body_is_sent() {
        let after = |requested, trailer| Known {
            requested,
            trailer,
            ..Known::default()
        };
        let lines = [
            ("HTTP/1.1 200 OK", after(9, "")),
            ("", after(9, "")),
            ("t: 1", after(20, "t")),
            ("HTTP/1.1 200 OK: 1", after(30, "HTTP/1.1 200 OK")),
        ];
        assert_eq!(places_of(&lines), "SFTT");
    }

    #[test]
    fn other_protocols_have_no_status_lines_but_those_of_a_proxy() {
        let ftp = |line| {
            let scheme = "ftp";
            let known = Known {
                scheme,
                ..Known::default()
            };
            (line, known)
        };
        assert_eq!(places_of(&["220 ready", "", "230 in"].map(ftp)), "FFF");
        let tunnel = ["HTTP/1.1 200 OK", "", "220 ready", "230 in"];
        assert_eq!(places_of(&tunnel.map(ftp)), "SFFF");
    }

    #[test]
    fn field_that_looks_like_a_status_line_is_none() {
        let fields = ["HTTP/1.1 200 OK", "HTTP/1.1 200 OK: 1", "", "HTTP/evil: 1"];
        assert_eq!(places(fields), "SFFT");
    }

    #[test]
    fn status_code_is_that_of_libcurl() {
        for line in [
            "HTTP/1.1 204 a: b",
            "HTTP/2 204",
            "HTTP/1.1  204",
            "HTTP/1.1\t204 OK",
        ] {
            assert_eq!(status_code(line.as_bytes()), Some(204), "{line}");
        }
        assert_eq!(status_code(b"HTTP/1.1 2040 OK\r\n"), Some(204));
        for line in ["ICY", "ICY OK", "HTTP/1.1 20", "HTTP/1.1 -20", ""] {
            assert_eq!(status_code(line.as_bytes()), None, "{line}");
        }
    }
}
