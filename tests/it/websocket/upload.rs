//! Uploads to a WebSocket that begin their frames themselves.

use curlback::{
    Callback, Callbacks, Code, Error, Fragment, FrameKind, Hooks, ReadBuf, ReadResult, Transfer,
    WriteResult,
};
use tungstenite::Message;

use crate::support::bodies::pattern;
use crate::support::server::Server;
use crate::support::websocket::websocket;
use crate::support::ws_server::WsServer;

/// Sends messages in frames that it begins itself.
struct Uploads {
    /// The kind of each frame, whether its message goes on, and its data.
    frames: Vec<(FrameKind, Fragment, Vec<u8>)>,
    /// The rest of the frame that was begun.
    rest: Vec<u8>,
    refused: Vec<Error>,
    written: Vec<u8>,
}

impl Uploads {
    fn new(frames: &[(FrameKind, Fragment, &[u8])]) -> Uploads {
        let own = |(kind, fragment, data): &(FrameKind, Fragment, &[u8])| {
            (*kind, *fragment, data.to_vec())
        };
        Uploads {
            frames: frames.iter().map(own).collect(),
            rest: Vec::new(),
            refused: Vec::new(),
            written: Vec::new(),
        }
    }
}

impl Callbacks for Uploads {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written.extend_from_slice(data);
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        if self.rest.is_empty() && !self.frames.is_empty() {
            let (kind, fragment, data) = self.frames.remove(0);
            if let Err(error) = buffer.ws_start_frame(kind, data.len() as u64, fragment) {
                self.refused.push(error);
                return ReadResult::Abort;
            }
            self.rest = data;
            // The buffer has room for the rest of the frame, but not for more.
            let mut more = self.rest.clone();
            more.extend_from_slice(b"more");
            let sent = buffer.append(&more);
            self.rest.drain(..sent);
            if sent > 0 {
                let again = buffer.ws_start_frame(FrameKind::Text, 1, Fragment::Last);
                self.refused.extend(again.err());
            }
            return ReadResult::Continue;
        }
        let sent = buffer.append(&self.rest);
        self.rest.drain(..sent);
        ReadResult::Continue
    }
}

/// Needs the hook `frame`, which not every libcurl supports.
struct Frames;

impl Callbacks for Frames {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::FRAME
    }
}

#[test]
fn upload_begins_frames_of_its_own() {
    let big = pattern(400_000);
    let sent = big.clone();
    let server = WsServer::new(move |conn| {
        assert_eq!(conn.read().unwrap(), Message::text("one two"));
        assert_eq!(conn.read().unwrap(), Message::binary(sent.clone()));
        assert_eq!(conn.read().unwrap(), Message::text(""));
        assert_eq!(conn.read().unwrap(), Message::text("end"));
        conn.send(Message::text("answer")).unwrap();
    });
    let frames = [
        (FrameKind::Text, Fragment::More, &b"one "[..]),
        (FrameKind::Text, Fragment::Last, b"two"),
        (FrameKind::Binary, Fragment::Last, &big),
        (FrameKind::Text, Fragment::Last, b""),
        (FrameKind::Text, Fragment::Last, b"end"),
    ];
    let mut transfer = Transfer::new(Uploads::new(&frames)).unwrap();
    if websocket(&server.url(), Frames).is_none() {
        // The linked libcurl cannot begin frames, and the error says so.
        let server = Server::ok("");
        transfer.url(&server.url("/")).unwrap();
        transfer.upload(true).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(Callback::Read), "{error:?}");
        let refused = &transfer.handler().refused[..];
        assert!(
            matches!(refused, [Error::Unsupported { .. }]),
            "{refused:?}"
        );
        return;
    }
    transfer.url(&server.url()).unwrap();
    transfer.upload(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().written, b"answer");
    let refused = &transfer.handler().refused;
    assert_eq!(refused.len(), 4);
    for error in refused {
        assert!(matches!(error, Error::Option { .. }), "{error:?}");
    }
}

#[test]
fn frame_of_an_upload_needs_a_websocket() {
    let server = Server::ok("");
    let frames = [(FrameKind::Text, Fragment::Last, &b"data"[..])];
    let mut transfer = Transfer::new(Uploads::new(&frames)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Read));
    match &transfer.handler().refused[..] {
        [Error::Libcurl { code, .. }] => assert_eq!(*code, Code::SEND_ERROR),
        [Error::Unsupported { what, .. }] => assert_eq!(*what, "curl_ws_start_frame"),
        other => panic!("{other:?}"),
    }
}

/// Fills the buffer from a source that has nothing, and then begins a frame.
struct FillsFirst {
    frames: Vec<Vec<u8>>,
    refused: Vec<Error>,
}

impl Callbacks for FillsFirst {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        let Some(frame) = self.frames.pop() else {
            return ReadResult::Continue;
        };
        let whole = buffer.capacity();
        buffer.fill_from(&mut std::io::empty()).unwrap();
        let started = buffer.ws_start_frame(FrameKind::Binary, frame.len() as u64, Fragment::Last);
        if let Err(error) = started {
            self.refused.push(error);
            return ReadResult::Abort;
        }
        assert_eq!(buffer.capacity(), whole.min(frame.len()));
        let more = [&frame[..], b"more"].concat();
        buffer.fill_once_from(&mut &more[..]).unwrap();
        assert_eq!(buffer.filled(), frame);
        ReadResult::Continue
    }
}

#[test]
fn frame_begins_after_a_source_that_had_nothing() {
    let frames = [&b""[..], b"x", b"0123456789", &[7; 1000]].map(<[u8]>::to_vec);
    let expected = frames.clone();
    let server = WsServer::new(move |conn| {
        for frame in expected.iter().rev() {
            assert_eq!(conn.read().unwrap(), Message::binary(frame.clone()));
        }
        conn.send(Message::text("answer")).unwrap();
    });
    let handler = FillsFirst {
        frames: frames.to_vec(),
        refused: Vec::new(),
    };
    let has_frames = websocket(&server.url(), Frames).is_some();
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(&server.url()).unwrap();
    transfer.upload(true).unwrap();
    let result = transfer.perform();
    if has_frames && transfer.handler().refused.is_empty() {
        result.unwrap();
    } else {
        // libcurl before 8.16.0 cannot begin a frame.
        result.unwrap_err();
    }
    for error in &transfer.handler().refused {
        assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
    }
}
