//! The header lines of responses: compares them, as the crate parses them, with their bytes and
//! with the headers that libcurl records.
#![no_main]

use arbitrary::Arbitrary;
use curlback::handlers::Collect;
use curlback::{Callbacks, Direction, HeaderLine, HeaderOrigin, Remote, WriteResult};
use curlback_fuzz::wire::{self, Near};
use curlback_fuzz::wired;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    form: Form,
    show_header: bool,
    /// The index of the line before which the callback pauses.
    pause: Option<u8>,
    limit: Option<u8>,
    bytes: &'a [u8],
}

/// The place of the bytes in the response.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Form {
    Whole,
    Fields,
    Interim,
    Trailers,
}

impl Input<'_> {
    fn response(&self) -> Vec<u8> {
        let (before, after): (&[u8], &[u8]) = match self.form {
            Form::Whole => (b"", b""),
            Form::Fields => (b"HTTP/1.1 200 OK\r\n", b"\r\n\r\nbody"),
            Form::Interim => (
                b"HTTP/1.1 103 H\r\n",
                b"\r\n\r\nHTTP/1.1 204 N\r\na: b\r\n\r\n",
            ),
            Form::Trailers => {
                let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n";
                (head, b"\r\n\r\n")
            }
        };
        [before, self.bytes, after].concat()
    }
}

#[derive(Debug)]
struct Line {
    bytes: Vec<u8>,
    name: Option<String>,
    value: Option<Vec<u8>>,
    code: Option<u16>,
    status: bool,
    trailer: bool,
    end: bool,
}

struct Recorder {
    near: Near,
    remote: Option<Remote>,
    pause: Option<usize>,
    lines: Vec<Line>,
}

impl Callbacks for Recorder {
    wired!(near);

    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        if self.pause == Some(self.lines.len()) {
            self.pause = None;
            self.remote.as_ref().unwrap().resume(Direction::Receive);
            return WriteResult::Pause;
        }
        let own = Line {
            bytes: line.as_bytes().to_vec(),
            name: line.name().map(str::to_owned),
            value: line.value().map(<[u8]>::to_vec),
            code: line.status_code(),
            status: line.is_status_line(),
            trailer: line.is_trailer(),
            end: line.is_end_of_headers(),
        };
        check(&own);
        assert_eq!(
            line.is_continuation(),
            !own.status && own.bytes[0].is_ascii_blank()
        );
        if let Some(name) = &own.name {
            assert!(line.has_name(&name.to_ascii_uppercase()));
        }
        self.lines.push(own);
        WriteResult::Continue
    }
}

trait Blank {
    fn is_ascii_blank(&self) -> bool;
}

impl Blank for u8 {
    fn is_ascii_blank(&self) -> bool {
        matches!(self, b' ' | b'\t')
    }
}

/// Compares what the methods of a line have returned with its bytes.
fn check(line: &Line) {
    let bytes = &line.bytes[..];
    assert!(!bytes.is_empty());
    assert_eq!(line.end, bytes[0] == b'\r' || bytes[0] == b'\n');
    assert!(!(line.status && line.trailer));
    assert!(line.status || line.code.is_none());
    if line.status || line.end {
        assert_eq!((&line.name, &line.value), (&None, &None));
        return;
    }
    let colon = bytes.iter().position(|byte| *byte == b':');
    let (name, value) = match colon {
        _ if bytes[0].is_ascii_blank() => (None, Some(bytes)),
        Some(colon) => (
            std::str::from_utf8(&bytes[..colon]).ok(),
            Some(&bytes[colon + 1..]),
        ),
        None => (None, None),
    };
    assert_eq!(line.name.as_deref(), name);
    assert_eq!(line.value.as_deref(), value.map(<[u8]>::trim_ascii));
}

/// Checks the order of the lines: one request has one final response, and only trailers follow it.
fn check_order(lines: &[Line]) {
    let (mut last_end, mut interim, mut after_final) = (true, true, false);
    for line in lines {
        assert!(!last_end || line.status || line.trailer, "{lines:?}");
        if line.trailer {
            assert!(after_final, "{lines:?}");
        } else {
            assert!(!after_final, "{lines:?}");
            assert_eq!(line.status, last_end, "{lines:?}");
        }
        if line.status {
            interim = line.bytes.starts_with(b"HTTP/") && matches!(line.code, Some(100..=199));
        }
        last_end = line.end && !line.trailer;
        after_final |= line.end && !interim;
    }
}

/// Checks that `response` contains the lines in this order, with anything in between.
fn check_bytes(lines: &[Line], response: &[u8]) {
    let mut rest = response;
    for line in lines {
        // libcurl ends each trailer with CR and LF, whatever was sent.
        let bytes = match line.trailer {
            true => line.bytes.trim_ascii_end(),
            false => &line.bytes,
        };
        let at = rest
            .windows(bytes.len().max(1))
            .position(|part| part == bytes);
        let at = at.unwrap_or_else(|| panic!("{line:?} is not in {}", rest.escape_ascii()));
        rest = &rest[at + bytes.len()..];
    }
}

/// Returns the fields as libcurl records them: name, value up to a NUL, and whether it is a trailer.
fn fields(lines: &[Line]) -> Vec<(Vec<u8>, Vec<u8>, bool)> {
    let until_nul = |bytes: &[u8]| bytes.split(|byte| *byte == 0).next().unwrap().to_vec();
    let field = |line: &Line| {
        let colon = line.bytes.iter().position(|byte| *byte == b':')?;
        let name = &line.bytes[..colon];
        let value = line
            .value
            .as_ref()
            .filter(|_| !line.bytes[0].is_ascii_blank())?;
        Some((name.to_vec(), until_nul(value), line.trailer))
    };
    lines.iter().filter_map(field).collect()
}

fuzz_target!(|input: Input<'_>| {
    let response = input.response();
    let (near, mut far) = wire::pair();
    far.send(&response);
    far.finish();
    let recorder = Recorder {
        near,
        remote: None,
        pause: input.pause.map(usize::from),
        lines: Vec::new(),
    };
    let mut collect = Collect::new();
    if let Some(limit) = input.limit {
        collect = collect.limit(limit.into());
    }
    let mut transfer = wire::transfer("http", collect.and(recorder));
    transfer.show_header(input.show_header).unwrap();
    transfer.handler_mut().inner_mut().remote = Some(transfer.remote());
    let result = transfer.perform();

    let collect = transfer.handler();
    let lines = &collect.inner().lines;
    check_order(lines);
    let folded = response
        .windows(2)
        .any(|pair| pair[0] == b'\n' && pair[1].is_ascii_blank());
    if !folded {
        check_bytes(lines, &response);
    }
    let own = fields(lines);
    let kept: usize = collect
        .headers()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if let Some(limit) = input.limit {
        assert!(kept + collect.body().len() <= limit.into());
    }
    // libcurl also records a folded line that continues nothing, and a status line that the end of the
    // connection cuts short. So responses with such lines are not compared.
    let cut = |line: &Line| line.status && !line.bytes.ends_with(b"\n");
    if result.is_ok() && !folded && !lines.iter().any(cut) {
        let origins = HeaderOrigin::all() - HeaderOrigin::PSEUDO;
        let recorded = transfer.headers(origins, None).unwrap();
        let recorded = recorded.map(|header| {
            let trailer = header.origin() == HeaderOrigin::TRAILER;
            (
                header.name_bytes().to_vec(),
                header.value().trim_ascii().to_vec(),
                trailer,
            )
        });
        assert_eq!(own, Vec::from_iter(recorded), "{lines:?}");
    }
});
