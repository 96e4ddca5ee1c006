//! Pausing from `write`, `header` and `read`, and resuming from `xfer_info`.

use std::error::Error as _;
use std::time::Duration;

use curlback::{
    Callback, Callbacks, Code, Direction, HeaderLine, ProgressResult, ReadBuf, ReadResult,
    Transfer, WriteResult, XferInfo,
};

use crate::support::bodies::pattern;
use crate::support::breaks::Own;
use crate::support::server::Server;
use crate::support::skip::needs;

/// `write`, `header` and `read` pause at their first call and at every second one after it. `xfer_info`
/// resumes.
#[derive(Default)]
struct Halting {
    to_send: Vec<u8>,
    sent: usize,
    body: Vec<u8>,
    lines: Vec<Vec<u8>>,
    /// For each callback, whether its next call continues. `false` means that it pauses.
    write_goes: bool,
    header_goes: bool,
    read_goes: bool,
    receive_paused: usize,
    send_paused: usize,
    resume: Vec<Direction>,
}

impl Callbacks for Halting {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.write_goes = !self.write_goes;
        if self.write_goes {
            self.receive_paused += 1;
            self.resume.push(Direction::Receive);
            return WriteResult::Pause;
        }
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }

    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        self.header_goes = !self.header_goes;
        if self.header_goes {
            self.receive_paused += 1;
            self.resume.push(Direction::Receive);
            return WriteResult::Pause;
        }
        self.lines.push(line.as_bytes().to_vec());
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.read_goes = !self.read_goes;
        if self.read_goes {
            buffer.append(b"not to be sent");
            self.send_paused += 1;
            self.resume.push(Direction::Send);
            return ReadResult::Pause;
        }
        let rest = &self.to_send[self.sent..];
        self.sent += buffer.append(&rest[..rest.len().min(30_000)]);
        ReadResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        match self.resume.pop() {
            Some(direction) => ProgressResult::Resume(direction),
            None => ProgressResult::Continue,
        }
    }
}

#[test]
fn bytes_are_exact_after_pauses_of_header_and_write() {
    // The body has only a few parts: after a pause, libcurl may call `xfer_info` a second later.
    let body = pattern(40_003);
    let sent = body.clone();
    let server = Server::new(move |conn| {
        conn.request();
        conn.reply("200 OK", "X-A: 1\r\n", &sent);
    });
    let mut transfer = Transfer::new(Halting::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let handler = transfer.handler();
    assert!(handler.body == body);
    let lines = [
        "HTTP/1.1 200 OK\r\n",
        "Content-Length: 40003\r\n",
        "X-A: 1\r\n",
        "\r\n",
    ];
    let lines = lines.map(|line| line.as_bytes().to_vec());
    assert_eq!(handler.lines, lines);
    assert!(handler.receive_paused > lines.len());
}

/// Pauses at each trailer.
#[derive(Default)]
struct HaltsAtTrailers {
    paused: bool,
    lines: Vec<Vec<u8>>,
}

impl Callbacks for HaltsAtTrailers {
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        if !line.is_trailer() {
            return WriteResult::Continue;
        }
        self.paused = !self.paused;
        if self.paused {
            return WriteResult::Pause;
        }
        self.lines.push(line.as_bytes().to_vec());
        WriteResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        match self.paused {
            true => ProgressResult::Resume(Direction::Receive),
            false => ProgressResult::Continue,
        }
    }
}

#[test]
fn trailers_are_exact_after_pauses() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        conn.send("4\r\nbody\r\n0\r\nX-Sum: 7\r\nX-More: 8\r\n\r\n");
    });
    let mut transfer = Transfer::new(HaltsAtTrailers::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let lines = &transfer.handler().lines;
    assert_eq!(lines[..2], [&b"X-Sum: 7\r\n"[..], b"X-More: 8\r\n"]);
    assert!(lines[2..].iter().all(|line| line == b"\r\n"));
}

#[test]
fn bytes_are_exact_after_pauses_of_read() {
    for announced in [true, false] {
        let server = Server::ok("answer");
        let handler = Halting {
            to_send: pattern(100_001),
            ..Halting::default()
        };
        let mut transfer = Transfer::new(handler).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.upload(true).unwrap();
        transfer.http_headers(["Expect:"]).unwrap();
        if announced {
            transfer.in_filesize(100_001).unwrap();
        }
        transfer.perform().unwrap();
        assert!(server.requests()[0].body == pattern(100_001));
        assert!(transfer.handler().send_paused >= 4);
        assert_eq!(transfer.handler().body, b"answer");
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    Write,
    WritePaused,
    Read,
    ReadPaused,
    Resumed(Direction),
}

/// Pauses both directions, and resumes `first`. Resumes the other once `first` has moved bytes.
struct Both {
    first: Direction,
    events: Vec<Event>,
    sent: usize,
    body: Vec<u8>,
    /// How many more calls of `xfer_info` pass, after `first` has moved bytes, before the second direction is
    /// resumed.
    patience: usize,
}

impl Both {
    fn has(&self, event: Event) -> bool {
        self.events.contains(&event)
    }
}

const UPLOAD: &[u8] = b"first and the rest";

impl Callbacks for Both {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        if !self.has(Event::WritePaused) {
            self.events.push(Event::WritePaused);
            return WriteResult::Pause;
        }
        self.events.push(Event::Write);
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        if self.sent > 0 && !self.has(Event::ReadPaused) {
            self.events.push(Event::ReadPaused);
            return ReadResult::Pause;
        }
        self.events.push(Event::Read);
        let end = if self.sent == 0 { 5 } else { UPLOAD.len() };
        self.sent += buffer.append(&UPLOAD[self.sent..end]);
        ReadResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        let second = match self.first {
            Direction::Receive => Direction::Send,
            _ => Direction::Receive,
        };
        let both = self.has(Event::WritePaused) && self.has(Event::ReadPaused);
        if both && !self.has(Event::Resumed(self.first)) {
            self.events.push(Event::Resumed(self.first));
            return ProgressResult::Resume(self.first);
        }
        let first_done = match self.first {
            Direction::Receive => !self.body.is_empty(),
            _ => self.sent == UPLOAD.len(),
        };
        if both && first_done && !self.has(Event::Resumed(second)) {
            if self.patience > 0 {
                self.patience -= 1;
                return ProgressResult::Continue;
            }
            self.events.push(Event::Resumed(second));
            return ProgressResult::Resume(second);
        }
        ProgressResult::Continue
    }
}

#[test]
fn resuming_one_direction_leaves_the_other_paused() {
    for first in [Direction::Send, Direction::Receive] {
        let server = Server::new(|conn| {
            let mut request = conn.head().unwrap();
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            conn.body(&mut request).unwrap();
            conn.keep(&request);
            conn.send("world");
        });
        let mut transfer = Transfer::new(Both {
            first,
            events: Vec::new(),
            sent: 0,
            body: Vec::new(),
            patience: 2,
        })
        .unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.upload(true).unwrap();
        transfer.in_filesize(UPLOAD.len() as u64).unwrap();
        transfer.http_headers(["Expect:"]).unwrap();
        // If bytes are lost, the test fails and does not hang.
        transfer.timeout(Duration::from_secs(20)).unwrap();
        transfer.perform().unwrap();

        let Both { events, body, .. } = transfer.handler();
        assert_eq!(body, b"helloworld");
        assert_eq!(server.requests()[0].body, UPLOAD);
        let resumed = events.iter().position(|e| matches!(e, Event::Resumed(_)));
        let between: Vec<_> = events[resumed.unwrap() + 1..]
            .iter()
            .take_while(|event| !matches!(event, Event::Resumed(_)))
            .collect();
        let only = match first {
            Direction::Receive => Event::Write,
            _ => Event::Read,
        };
        assert!(!between.is_empty(), "{events:?}");
        assert!(between.iter().all(|event| **event == only), "{events:?}");
    }
}

#[test]
fn resuming_what_is_not_paused_does_nothing() {
    struct Resumes(Vec<u8>, usize);

    impl Callbacks for Resumes {
        fn write(&mut self, data: &[u8]) -> WriteResult {
            self.0.extend_from_slice(data);
            WriteResult::Continue
        }

        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            self.1 += 1;
            ProgressResult::Resume(match self.1 % 2 {
                0 => Direction::Send,
                _ => Direction::Receive,
            })
        }
    }

    let server = Server::ok(pattern(100_000));
    let mut transfer = Transfer::new(Resumes(Vec::new(), 0)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().0 == pattern(100_000));
    assert!(transfer.handler().1 > 0);
}

/// Pauses at the first `write` and at every `read`, and fails at the second `write`. Resumes receiving
/// only if `resumes` is true.
#[derive(Default)]
struct Stops {
    writes: usize,
    reports_after: usize,
    resumes: bool,
}

impl Callbacks for Stops {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        self.writes += 1;
        match self.writes {
            1 => WriteResult::Pause,
            _ => WriteResult::Fail(Own(Callback::Write).into()),
        }
    }

    fn read(&mut self, _: &mut ReadBuf<'_>) -> ReadResult {
        ReadResult::Pause
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.reports_after += usize::from(self.writes > 1);
        match self.resumes && self.writes == 1 {
            true => ProgressResult::Resume(Direction::Receive),
            false => ProgressResult::Continue,
        }
    }
}

#[test]
fn paused_transfer_still_times_out() {
    let server = Server::ok("body");
    let mut transfer = Transfer::new(Stops::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.timeout(Duration::from_millis(200)).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT));
    assert_eq!(transfer.handler().writes, 1);
}

#[test]
fn pause_does_not_outlive_its_transfer() {
    let server = Server::ok("body");
    let mut transfer = Transfer::new(Halting::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.timeout(Duration::from_millis(200)).unwrap();
    transfer
        .set_hooks(transfer.hooks() - curlback::Hooks::XFER_INFO)
        .unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT));

    *transfer.handler_mut() = Halting::default();
    transfer.set_hooks(curlback::Hooks::default()).unwrap();
    transfer.timeout(Duration::ZERO).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body, b"body");
}

#[test]
fn failure_in_a_write_that_a_resume_calls_comes_out_of_perform() {
    let server = Server::ok("body");
    let handler = Stops {
        resumes: true,
        ..Stops::default()
    };
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(&server.url("/")).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Write));
    let own = error.source().unwrap().downcast_ref::<Own>();
    assert_eq!(own, Some(&Own(Callback::Write)));
    assert_eq!(transfer.handler().writes, 2);
    assert_eq!(transfer.handler().reports_after, 0);
}

#[test]
fn files_cannot_pause() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "body").unwrap();
    let url = format!("file://{}", file.path().display());
    let mut transfer = Transfer::new(Stops::default()).unwrap();
    transfer.url(&url).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::WRITE_ERROR));
    assert_eq!(error.callback(), None);

    transfer.upload(true).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::READ_ERROR));
    assert_eq!(error.callback(), None);

    // The upload above has truncated the file.
    std::fs::write(file.path(), "body").unwrap();
    let mut transfer = Transfer::new(Halting::default()).unwrap();
    transfer.url(&url).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::WRITE_ERROR));
    assert!(transfer.handler().body.is_empty());
}

/// Pauses at the first header line. Nothing resumes the transfer.
struct HeaderPauses(u32);

impl Callbacks for HeaderPauses {
    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.0 += 1;
        if self.0 == 1 {
            WriteResult::Pause
        } else {
            WriteResult::Continue
        }
    }
}

#[test]
fn transfer_that_ends_in_a_pause_is_no_success() {
    needs!((7, 62, 0), "headers of files with a body");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, b"the body").unwrap();
    let mut transfer = Transfer::new(HeaderPauses(0)).unwrap();
    transfer
        .url(&format!("file://{}", file.path().display()))
        .unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(curlback::Code::WRITE_ERROR), "{error:?}");
}

#[test]
fn both_directions_are_resumed_at_once() {
    /// Pauses each direction once, and resumes both by one answer of `xfer_info`.
    #[derive(Default)]
    struct Once {
        read: u32,
        body: Vec<u8>,
        asked: u32,
    }

    impl Callbacks for Once {
        fn write(&mut self, data: &[u8]) -> WriteResult {
            if self.body.is_empty() {
                self.body.push(b'>');
                return WriteResult::Pause;
            }
            self.body.extend_from_slice(data);
            WriteResult::Continue
        }

        fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
            self.read += 1;
            match self.read {
                1 => return ReadResult::Pause,
                2 => drop(buffer.append(b"sent")),
                _ => {}
            }
            ReadResult::Continue
        }

        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            if self.asked == 0 && self.read == 1 && !self.body.is_empty() {
                self.asked += 1;
                return ProgressResult::Resume(Direction::Both);
            }
            ProgressResult::Continue
        }
    }

    let server = Server::new(|conn| {
        let mut request = conn.head().unwrap();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ngo");
        conn.body(&mut request).unwrap();
        conn.keep(&request);
        conn.send("t");
    });
    let mut transfer = Transfer::new(Once::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(4).unwrap();
    transfer.http_headers(["Expect:"]).unwrap();
    transfer.timeout(Duration::from_secs(20)).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body, b">got");
    assert_eq!(transfer.handler().asked, 1);
    assert_eq!(server.requests()[0].body, b"sent");
}
