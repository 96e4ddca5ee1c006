//! The frames of a server: compares those that are handed over with those that were sent, in
//! whatever pieces they arrive.
#![no_main]

use arbitrary::Arbitrary;
use curlback::{
    Attempt, Callbacks, ConnectOnly, Direction, Frame, FrameKind, Hooks, Remote, Transfer,
    WriteResult, WsOptions, WsReply,
};
use curlback_fuzz::frames::{self, Kind, SWITCH, Wired};
use curlback_fuzz::wire::{self, Far, Near};
use curlback_fuzz::wired;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    auto_pong: bool,
    way: Way,
    bytes: Bytes<'a>,
}

/// How the frames are received.
#[derive(Arbitrary, Debug)]
enum Way {
    /// By `ws_recv`, with a buffer of `room` + 1 bytes, after each piece of the bytes was sent. `cuts`
    /// has the lengths of all pieces but the last.
    Attempts { cuts: Vec<u8>, room: u8 },
    /// By the callback `frame`, which pauses in the calls with these numbers, counted from 1.
    Callback { pauses: Vec<u8>, replies: bool },
}

#[derive(Arbitrary, Debug)]
enum Bytes<'a> {
    Frames(Vec<Sent<'a>>),
    Raw(&'a [u8]),
}

#[derive(Arbitrary, Debug)]
struct Sent<'a> {
    kind: Kind,
    /// Whether a data frame is sent as the continuation of a message, with the opcode 0.
    goes_on: bool,
    last: bool,
    /// How often the payload is repeated.
    times: u16,
    payload: &'a [u8],
}

impl Sent<'_> {
    fn encode(&self) -> Vec<u8> {
        let opcode = match self.goes_on && self.kind.is_data() {
            true => 0,
            false => self.kind.opcode(),
        };
        // At most 70,000 bytes: more than libcurl hands over in one call, and a length of more than
        // two bytes.
        let most = 70_000 / self.payload.len().max(1);
        let payload = self.payload.repeat(most.min(self.times.into()));
        frames::encode(self.last, opcode, &payload)
    }
}

impl Bytes<'_> {
    /// Encodes the frames, up to as many bytes as the sockets have room for, replies included.
    fn encode(&self) -> Vec<u8> {
        match self {
            Bytes::Frames(sent) => {
                let frames = sent.iter().take(100).flat_map(Sent::encode);
                frames.take(100_000).collect()
            }
            Bytes::Raw(bytes) => bytes.to_vec(),
        }
    }
}

/// A frame that should be handed over.
struct Expected {
    kind: FrameKind,
    first: bool,
    wired: Wired,
}

/// Returns the frames before the first one that is not allowed at its place. The pings that libcurl
/// answers by itself are left out.
fn expected(bytes: &[u8], auto_pong: bool) -> Vec<Expected> {
    let (mut message, mut expected) = (None, Vec::new());
    for wired in frames::decode(bytes, false) {
        let (kind, first) = match (wired.opcode, message) {
            (0, Some(kind)) => (kind, false),
            (1, None) => (FrameKind::Text, true),
            (2, None) => (FrameKind::Binary, true),
            (8, _) => (FrameKind::Close, true),
            (9, _) => (FrameKind::Ping, true),
            (10, _) => (FrameKind::Pong, true),
            _ => break,
        };
        if wired.opcode < 8 {
            message = (!wired.last).then_some(kind);
        }
        if !(auto_pong && kind == FrameKind::Ping) {
            expected.push(Expected { kind, first, wired });
        }
    }
    expected
}

/// Compares the frames that are handed over with the expected ones.
struct Checker {
    expected: std::iter::Peekable<std::vec::IntoIter<Expected>>,
    /// How many bytes of the next frame were handed over.
    offset: usize,
}

impl Checker {
    fn receive(&mut self, frame: &Frame, data: &[u8]) {
        let next = self.expected.peek().expect("no more frames than were sent");
        let (payload, len) = (&next.wired.payload, next.wired.len);
        assert_eq!(frame.kind(), next.kind);
        assert_eq!(
            (frame.is_first(), frame.is_last()),
            (next.first, next.wired.last)
        );
        assert_eq!(
            (frame.offset(), frame.payload_len()),
            (self.offset as u64, len)
        );
        let end = self.offset + data.len();
        assert_eq!(payload.get(self.offset..end), Some(data));
        self.offset = end;
        assert_eq!(frame.is_complete(), end as u64 == len);
        assert_eq!(frame.ends_message(), frame.is_complete() && next.wired.last);
        if frame.is_complete() {
            self.expected.next();
            self.offset = 0;
        }
    }

    /// Checks that nothing that was sent is missing.
    fn finish(&mut self) {
        if let Some(next) = self.expected.next() {
            assert!(!next.wired.is_whole(), "{:?}", next.wired);
            assert_eq!(next.wired.payload.len(), self.offset);
            assert!(self.expected.next().is_none());
        }
    }
}

struct Handler {
    near: Near,
    checker: Checker,
    remote: Option<Remote>,
    pauses: Vec<u8>,
    replies: bool,
    calls: usize,
}

impl Callbacks for Handler {
    wired!(near);

    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::FRAME
    }

    fn frame(&mut self, frame: &Frame, data: &[u8], reply: &mut WsReply<'_>) -> WriteResult {
        self.calls += 1;
        if self.pauses.iter().any(|at| usize::from(*at) == self.calls) {
            self.remote.as_ref().unwrap().resume(Direction::Receive);
            // libcurl does not hand over an empty frame again.
            if !data.is_empty() {
                return WriteResult::Pause;
            }
        }
        self.checker.receive(frame, data);
        if self.replies {
            return reply.send(FrameKind::Binary, data).into();
        }
        WriteResult::Continue
    }
}

/// Receives what has arrived. Returns `false` after an error, and `true` if more may come.
fn receive(transfer: &mut Transfer<Handler>, room: u8) -> bool {
    let mut buffer = vec![0; usize::from(room) + 1];
    loop {
        match transfer.ws_recv(&mut buffer) {
            Ok(Attempt::Done((len, frame))) => {
                transfer
                    .handler_mut()
                    .checker
                    .receive(&frame, &buffer[..len]);
            }
            Ok(Attempt::WouldBlock) => return true,
            Err(_) => return false,
        }
    }
}

fn attempts(transfer: &mut Transfer<Handler>, far: &mut Far, bytes: &[u8], cuts: &[u8], room: u8) {
    transfer.connect_only(ConnectOnly::WebSocket).unwrap();
    far.send(SWITCH);
    transfer.perform().unwrap();
    let mut rest = bytes;
    for cut in cuts {
        let (now, then) = rest.split_at(rest.len().min(usize::from(*cut)));
        far.send(now);
        rest = then;
        if !receive(transfer, room) {
            return;
        }
    }
    far.send(rest);
    receive(transfer, room);
}

fuzz_target!(|input: Input<'_>| {
    let bytes = input.bytes.encode();
    let (near, mut far) = wire::pair();
    let checker = Checker {
        expected: expected(&bytes, input.auto_pong).into_iter().peekable(),
        offset: 0,
    };
    let handler = Handler {
        near,
        checker,
        remote: None,
        pauses: Vec::new(),
        replies: false,
        calls: 0,
    };
    let mut transfer = wire::transfer("ws", handler);
    if !input.auto_pong {
        transfer.ws_options(WsOptions::NO_AUTO_PONG).unwrap();
    }
    match input.way {
        Way::Attempts { cuts, room } => attempts(&mut transfer, &mut far, &bytes, &cuts, room),
        Way::Callback { pauses, replies } => {
            let remote = transfer.remote();
            let handler = transfer.handler_mut();
            (handler.remote, handler.pauses, handler.replies) = (Some(remote), pauses, replies);
            far.send(SWITCH);
            far.send(&bytes);
            far.finish();
            let _ = transfer.perform();
        }
    }
    transfer.handler_mut().checker.finish();
    // After its request, libcurl has sent only whole frames: pongs and replies.
    let sent = far.received();
    let request = sent.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
    let sent = &sent[request..];
    let wired = frames::decode(sent, true);
    assert!(wired.iter().all(|wired| wired.is_whole() && wired.last));
    // `encode` makes a server's frame, which lacks the mask of four bytes.
    let len = |wired: &Wired| frames::encode(true, wired.opcode, &wired.payload).len() + 4;
    assert_eq!(wired.iter().map(len).sum::<usize>(), sent.len());
});
