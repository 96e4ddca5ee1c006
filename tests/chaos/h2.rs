//! An HTTP/2 server without TLS, with only what the search needs. It finds the path of a request,
//! sends a body within the flow-control windows of its client, pushes, and breaks off bodies and
//! connections.
//!
//! A path is `/!!kind.length.seed!…`. Huffman's code would make the exclamation marks, and so the
//! path, longer, so nghttp2 sends the path uncoded.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::listener::{self, Listener};
use crate::stream::Stream;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

/// Returns the path of a request for this body.
pub(crate) fn path(kind: &str, stream: Stream) -> String {
    format!(
        "/!!{kind}.{}.{}!!!!!!!!!!!!!!!!!!!!!!",
        stream.len, stream.seed
    )
}

pub(crate) fn server() -> Listener {
    Listener::new(|socket| {
        let mut session = Session {
            socket,
            authority: socket.local_addr().unwrap(),
            window: 65_535,
            first_window: 65_535,
            may_push: true,
            next_push: 2,
            sending: BTreeMap::new(),
            windows: BTreeMap::new(),
        };
        // It is no failure if the client has closed the connection.
        let _ = session.run();
    })
}

/// A body that is being sent. The first `at` bytes of it were sent.
struct Sending {
    data: Vec<u8>,
    at: usize,
    end: End,
}

/// How a body ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Whole,
    /// The server resets the stream.
    Reset,
    /// The server sends GOAWAY, and closes the connection.
    GoAway,
    /// The server resets the connection.
    Torn,
    /// The server sends nothing more on this stream.
    Stall,
}

struct Session<'a> {
    socket: &'a TcpStream,
    authority: SocketAddr,
    window: i64,
    first_window: i64,
    may_push: bool,
    next_push: u32,
    sending: BTreeMap<u32, Sending>,
    windows: BTreeMap<u32, i64>,
}

impl Session<'_> {
    fn run(&mut self) -> io::Result<()> {
        let mut preface = [0; PREFACE.len()];
        self.socket.read_exact(&mut preface)?;
        if preface != PREFACE {
            return Err(io::ErrorKind::InvalidData.into());
        }
        // This sets the size of HPACK's table to zero, so that each request contains its whole path.
        self.frame(SETTINGS, 0, 0, &[0, 1, 0, 0, 0, 0])?;
        loop {
            let mut head = [0; 9];
            self.socket.read_exact(&mut head)?;
            let [a, b, c, kind, flags, stream @ ..] = head;
            let len = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
            let stream = u32::from_be_bytes(stream) & 0x7FFF_FFFF;
            let mut payload = vec![0; len];
            self.socket.read_exact(&mut payload)?;
            match kind {
                SETTINGS if flags & ACK == 0 => self.take_settings(&payload)?,
                PING if flags & ACK == 0 => self.frame(PING, ACK, 0, &payload)?,
                WINDOW_UPDATE => {
                    let more = i64::from(number(&payload) & 0x7FFF_FFFF);
                    match stream {
                        0 => self.window += more,
                        _ => *self.window_of(stream) += more,
                    }
                }
                RST_STREAM => drop(self.sending.remove(&stream)),
                // The headers of each request of this search fit into one frame.
                HEADERS => self.answer(stream, &payload)?,
                GOAWAY => return Ok(()),
                _ => {}
            }
            self.send()?;
        }
    }

    fn frame(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> io::Result<()> {
        let len = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = vec![len[1], len[2], len[3], kind, flags];
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.socket.write_all(&frame)
    }

    fn take_settings(&mut self, payload: &[u8]) -> io::Result<()> {
        for setting in payload.chunks_exact(6) {
            let value = number(&setting[2..]);
            match setting[1] {
                2 => self.may_push = value != 0,
                4 => {
                    let difference = i64::from(value) - self.first_window;
                    self.first_window = i64::from(value);
                    for window in self.windows.values_mut() {
                        *window += difference;
                    }
                }
                _ => {}
            }
        }
        self.frame(SETTINGS, ACK, 0, &[])
    }

    fn window_of(&mut self, stream: u32) -> &mut i64 {
        self.windows.entry(stream).or_insert(self.first_window)
    }

    fn answer(&mut self, stream: u32, block: &[u8]) -> io::Result<()> {
        let Some((kind, body)) = find(block) else {
            // This is the status 404.
            return self.frame(HEADERS, END_HEADERS | END_STREAM, stream, &[0x8D]);
        };
        let end = match kind.as_str() {
            "reset" => End::Reset,
            "goaway" => End::GoAway,
            "torn" => End::Torn,
            "stall" => End::Stall,
            _ => End::Whole,
        };
        if kind == "push" && self.may_push {
            let pushed = self.next_push;
            self.next_push += 2;
            // The pushed body is longer, so that the requested body can end before it.
            let pushed_body = Stream::new(body.len + 100_000, body.seed + 1);
            let place = path("pushed", pushed_body);
            let authority = self.authority.to_string();
            // The promise has the method GET and the scheme http, then the path and the authority.
            let mut promise = pushed.to_be_bytes().to_vec();
            promise.extend([0x82, 0x86]);
            for (name, value) in [(4, &place), (1, &authority)] {
                promise.extend([name, u8::try_from(value.len()).unwrap()]);
                promise.extend(value.bytes());
            }
            self.frame(PUSH_PROMISE, END_HEADERS, stream, &promise)?;
            self.begin(stream, body, End::Whole)?;
            let end = match body.seed % 4 {
                0 => End::Reset,
                _ => End::Whole,
            };
            return self.begin(pushed, pushed_body, end);
        }
        self.begin(stream, body, end)
    }

    fn begin(&mut self, stream: u32, body: Stream, end: End) -> io::Result<()> {
        // This is the status 200. Only a body that is sent whole has a `content-length`.
        let mut block = vec![0x88];
        if end == End::Whole {
            let len = body.len.to_string();
            block.extend([0x0F, 0x0D, u8::try_from(len.len()).unwrap()]);
            block.extend(len.bytes());
        }
        self.frame(HEADERS, END_HEADERS, stream, &block)?;
        let (data, at) = (body.all(), 0);
        self.sending.insert(stream, Sending { data, at, end });
        Ok(())
    }

    /// Sends as much as the windows allow, a little of each body in turn.
    fn send(&mut self) -> io::Result<()> {
        loop {
            let mut moved = false;
            let streams: Vec<u32> = self.sending.keys().copied().collect();
            for stream in streams {
                let window = (*self.window_of(stream)).min(self.window).clamp(0, 5000);
                let sending = self.sending.get_mut(&stream).unwrap();
                let rest = sending.data.len() - sending.at;
                let len = rest.min(usize::try_from(window).unwrap());
                let piece = sending.data[sending.at..sending.at + len].to_vec();
                sending.at += len;
                let (is_done, end) = (len == rest, sending.end);
                if len == 0 && !is_done {
                    continue;
                }
                moved = true;
                let taken = i64::try_from(len).unwrap();
                self.window -= taken;
                *self.window_of(stream) -= taken;
                let last = is_done && end == End::Whole;
                self.frame(DATA, u8::from(last) * END_STREAM, stream, &piece)?;
                if is_done {
                    self.sending.remove(&stream);
                    self.end(stream, end)?;
                }
            }
            if !moved {
                return Ok(());
            }
        }
    }

    fn end(&mut self, stream: u32, end: End) -> io::Result<()> {
        const INTERNAL_ERROR: [u8; 4] = [0, 0, 0, 2];
        match end {
            End::Whole | End::Stall => Ok(()),
            End::Reset => self.frame(RST_STREAM, 0, stream, &INTERNAL_ERROR),
            End::GoAway => {
                let last = [stream.to_be_bytes(), INTERNAL_ERROR].concat();
                self.frame(GOAWAY, 0, 0, &last)?;
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            End::Torn => {
                listener::reset(self.socket);
                Err(io::ErrorKind::ConnectionReset.into())
            }
        }
    }
}

fn number(bytes: &[u8]) -> u32 {
    let first = bytes.first_chunk().copied().unwrap_or_default();
    u32::from_be_bytes(first)
}

/// Finds the path in a block of headers. Returns the kind and the body that the path names.
pub(crate) fn find(block: &[u8]) -> Option<(String, Stream)> {
    let at = block.windows(3).position(|found| found == b"/!!")? + 3;
    let len = block[at..].iter().position(|byte| *byte == b'!')?;
    let text = std::str::from_utf8(&block[at..at + len]).ok()?;
    let mut parts = text.split('.');
    let kind = parts.next()?.to_owned();
    let len = parts.next()?.parse().ok()?;
    let seed = parts.next()?.parse().ok()?;
    Some((kind, Stream::new(len, seed)))
}
