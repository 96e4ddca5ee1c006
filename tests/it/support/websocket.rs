//! Transfers that receive frames of WebSockets, and connections that send and receive frames without a
//! transfer.

use std::mem::take;
use std::time::Duration;

use curlback::handlers::Collect;
use curlback::multi::{PollFd, Ready};
use curlback::{
    Attempt, Callback, CallbackResult, Callbacks, ConnectOnly, DebugKind, Direction, Error,
    Fragment, Frame, FrameKind, Hooks, Multi, ProgressResult, SockType, SockoptResult, Transfer,
    WebSocket, WebSocketError, WriteResult, WsReply, XferInfo,
};
use socket2::{SockRef, Socket};
use tungstenite::Message;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::{CloseCode, Data};

use crate::support::bodies::pattern;
use crate::support::breaks::Own;
use crate::support::server::Server;
use crate::support::skip::skip;
use crate::support::ws_server::{Conn, fragment};

/// One frame: its kind, whether it is the first of its message, whether it is the last, and its payload.
pub(crate) type Seen = (FrameKind, bool, bool, Vec<u8>);

/// Puts frames together from their parts. At each call of `frame`, calls `at`, and returns its answer.
pub(crate) struct Puts<F> {
    pub(crate) frames: Vec<Seen>,
    /// The part of the current frame that has arrived.
    part: Vec<u8>,
    pub(crate) calls: usize,
    pub(crate) written: Vec<u8>,
    resume: bool,
    pub(crate) debugs: usize,
    at: F,
}

impl<F> Puts<F> {
    pub(crate) fn new(at: F) -> Puts<F> {
        Puts {
            frames: Vec::new(),
            part: Vec::new(),
            calls: 0,
            written: Vec::new(),
            resume: false,
            debugs: 0,
            at,
        }
    }

    fn add(&mut self, frame: &Frame, data: &[u8]) {
        assert_eq!(frame.offset(), self.part.len() as u64);
        self.part.extend_from_slice(data);
        assert!(frame.payload_len() >= self.part.len() as u64);
        let complete = frame.payload_len() == self.part.len() as u64;
        assert_eq!(frame.is_complete(), complete);
        assert_eq!(frame.ends_message(), complete && frame.is_last());
        if complete {
            let part = take(&mut self.part);
            self.frames
                .push((frame.kind(), frame.is_first(), frame.is_last(), part));
        }
    }
}

impl<F: FnMut(usize, &Frame, &[u8], &mut WsReply<'_>) -> WriteResult> Callbacks for Puts<F> {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::FRAME
    }

    fn frame(&mut self, frame: &Frame, data: &[u8], reply: &mut WsReply<'_>) -> WriteResult {
        self.calls += 1;
        let result = (self.at)(self.calls, frame, data, reply);
        match &result {
            WriteResult::Continue => self.add(frame, data),
            WriteResult::Pause => self.resume = true,
            // `add` is not called: it would take all of `data`, but here the rest of `data` comes again in
            // another call.
            WriteResult::PausePart(part) => {
                self.part.extend_from_slice(&data[..part.get()]);
                self.resume = true;
            }
            _ => {}
        }
        result
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written.extend_from_slice(data);
        WriteResult::Continue
    }

    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        self.debugs += 1;
        CallbackResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        match take(&mut self.resume) {
            true => ProgressResult::Resume(Direction::Receive),
            false => ProgressResult::Continue,
        }
    }
}

/// Makes a transfer. Returns `None` if the linked libcurl has no WebSockets.
pub(crate) fn websocket<H: Callbacks>(url: &str, handler: H) -> Option<Transfer<H>> {
    match Transfer::new(handler) {
        Err(Error::Unsupported { what, .. }) => {
            assert_eq!(what, "curl_ws_meta");
            skip!("the linked libcurl has no WebSockets");
            None
        }
        transfer => {
            let mut transfer = transfer.unwrap();
            transfer.url(url).unwrap();
            Some(transfer)
        }
    }
}

pub(crate) fn goes_on(_: usize, _: &Frame, _: &[u8], _: &mut WsReply<'_>) -> WriteResult {
    WriteResult::Continue
}

/// Sends whole text and binary messages, a text message in fragments with a pong between them, and at last a
/// close frame.
pub(crate) fn sends_everything(conn: &mut Conn) {
    let big = pattern(100_003);
    let messages = [
        Message::text("hello"),
        Message::binary(big.clone()),
        Message::text(""),
        fragment(Some(Data::Text), b"one", false),
        Message::Pong(b"between".to_vec().into()),
        fragment(None, b"", false),
        fragment(None, &big[..70_000], true),
        Message::binary(vec![]),
        Message::Close(Some(CloseFrame {
            code: CloseCode::Normal,
            reason: "bye".into(),
        })),
    ];
    // An error means that the client has gone, which is no failure.
    for message in messages {
        let _ = conn.write(message);
    }
    let _ = conn.flush();
}

pub(crate) fn everything() -> Vec<Seen> {
    let big = pattern(100_003);
    vec![
        (FrameKind::Text, true, true, b"hello".to_vec()),
        (FrameKind::Binary, true, true, big.clone()),
        (FrameKind::Text, true, true, vec![]),
        (FrameKind::Text, true, false, b"one".to_vec()),
        (FrameKind::Pong, true, true, b"between".to_vec()),
        (FrameKind::Text, false, false, vec![]),
        (FrameKind::Text, false, true, big[..70_000].to_vec()),
        (FrameKind::Binary, true, true, vec![]),
        (FrameKind::Close, true, true, b"\x03\xE8bye".to_vec()),
    ]
}

/// Opens a WebSocket. Returns `None` if the linked libcurl has none.
pub(crate) fn open(url: &str) -> Option<WebSocket<()>> {
    open_with(url, (), |_| ())
}

/// Opens a WebSocket with this handler, after `set_up` has set options of its transfer. Returns `None` if
/// the linked libcurl has no WebSockets.
pub(crate) fn open_with<H: Callbacks>(
    url: &str,
    handler: H,
    set_up: impl FnOnce(&mut Transfer<H>),
) -> Option<WebSocket<H>> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(url).unwrap();
    transfer.noproxy("*").unwrap();
    set_up(&mut transfer);
    match transfer.open_websocket().map_err(Error::from) {
        Err(Error::Unsupported { what, .. }) => {
            assert_eq!(what, "curl_ws_recv");
            skip!("the linked libcurl has no WebSockets");
            None
        }
        Err(error) => panic!("{error}"),
        Ok(socket) => Some(socket),
    }
}

/// Asserts that a transfer whose WebSocket has ended performs as an ordinary transfer.
pub(crate) fn assert_restored(mut transfer: Transfer<Collect>) {
    let server = Server::ok("body");
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"body");
    // `connect_only` is no longer set: with it, each transfer would have a connection of its own.
    transfer.perform().unwrap();
    assert_eq!(transfer.num_connects().unwrap(), 0);
}

/// Asserts that a call of a WebSocket has failed with this error.
#[track_caller]
pub(crate) fn assert_failed<T>(result: Result<T, Error>, expected: WebSocketError) {
    match result {
        Err(Error::WebSocket(error)) => assert_eq!(error, expected),
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("it has not failed"),
    }
}

/// Keeps a duplicate of its socket, so that a test can wait for the socket.
#[derive(Default)]
pub(crate) struct Waits {
    socket: Option<Socket>,
    pub(crate) fails: bool,
}

impl Callbacks for Waits {
    fn sockopt(&mut self, socket: SockRef<'_>, _: SockType) -> SockoptResult {
        self.socket = Some(socket.try_clone().unwrap());
        SockoptResult::Ok
    }

    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        match self.fails {
            true => CallbackResult::Fail(Own(Callback::Debug).into()),
            false => CallbackResult::Continue,
        }
    }
}

/// Repeats `attempt` until it is done or fails. Before each repetition, waits until the socket is ready for
/// `interest`.
pub(crate) fn wait<T>(
    transfer: &mut Transfer<Waits>,
    interest: Ready,
    mut attempt: impl FnMut(&mut Transfer<Waits>) -> Result<Attempt<T>, Error>,
) -> Result<T, Error> {
    let mut multi = Multi::<()>::new()?;
    loop {
        if let Attempt::Done(value) = attempt(transfer)? {
            return Ok(value);
        }
        let socket = transfer.handler().socket.as_ref().unwrap();
        multi.poll(&mut [PollFd::new(socket, interest)], Duration::MAX)?;
    }
}

pub(crate) fn connect(url: &str, only: ConnectOnly) -> Transfer<Waits> {
    let mut transfer = Transfer::new(Waits::default()).unwrap();
    transfer.url(url).unwrap();
    transfer.connect_only(only).unwrap();
    transfer.perform().unwrap();
    transfer
}

pub(crate) fn recv(transfer: &mut Transfer<Waits>, buffer: &mut [u8]) -> Result<usize, Error> {
    wait(transfer, Ready::READ, |t| t.recv(buffer))
}

/// Makes a connection that sends and receives frames. Returns `None` if the linked libcurl has no
/// WebSockets.
pub(crate) fn connect_ws(url: &str) -> Option<Transfer<Waits>> {
    let mut transfer = Transfer::new(Waits::default()).unwrap();
    match transfer.ws_send(FrameKind::Text, b"x") {
        Err(Error::Unsupported { what, .. }) => {
            assert_eq!(what, "curl_ws_send");
            let error = transfer.ws_recv(&mut [0; 1]).unwrap_err();
            assert!(matches!(error, Error::Unsupported { .. }), "{error}");
            skip!("the linked libcurl has no WebSockets");
            return None;
        }
        result => assert!(matches!(result, Err(Error::Libcurl { .. })), "{result:?}"),
    }
    Some(connect(url, ConnectOnly::WebSocket))
}

pub(crate) fn send(transfer: &mut Transfer<Waits>, kind: FrameKind, data: &[u8], last: bool) {
    let mut sent = 0;
    loop {
        let rest = &data[sent..];
        sent += wait(transfer, Ready::WRITE, |t| match last {
            true => t.ws_send(kind, rest),
            false => t.ws_send_fragment(kind, rest, Fragment::More),
        })
        .unwrap();
        if sent == data.len() {
            return;
        }
    }
}

/// Receives a whole frame, in parts of at most 10,000 bytes.
pub(crate) fn frame(transfer: &mut Transfer<Waits>) -> Result<Seen, Error> {
    let mut data = Vec::new();
    let mut buffer = [0; 10_000];
    loop {
        let (len, frame) = wait(transfer, Ready::READ, |t| t.ws_recv(&mut buffer))?;
        assert_eq!(frame.offset(), data.len() as u64);
        data.extend_from_slice(&buffer[..len]);
        if frame.is_complete() {
            assert_eq!(frame.payload_len(), data.len() as u64);
            return Ok((frame.kind(), frame.is_first(), frame.is_last(), data));
        }
    }
}
