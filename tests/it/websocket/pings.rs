//! Pings that arrive in two pieces.

use std::io::{Write, copy, sink};
use std::net::Shutdown;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

use curlback::multi::Ready;
use curlback::{Callbacks, Frame, FrameKind, Hooks, Transfer, WriteResult, WsOptions, WsReply};

use crate::support::websocket::{connect_ws, wait, websocket};
use crate::support::ws_server::WsServer;

/// Sends a message and the first half of a ping, and the rest once the message has arrived.
fn server() -> (WsServer, Sender<()>) {
    let (seen, is_seen) = channel();
    let is_seen = Mutex::new(is_seen);
    let server = WsServer::new(move |conn| {
        conn.get_mut().write_all(b"\x81\x01a\x89\x06pin").unwrap();
        let _ = is_seen.lock().unwrap().recv();
        let socket = conn.get_mut();
        socket.write_all(b"ger\x81\x01b\x88\0").unwrap();
        socket.shutdown(Shutdown::Write).unwrap();
        // A connection that is closed with a pong unread would be reset.
        let _ = copy(socket, &mut sink());
    });
    (server, seen)
}

struct Pieces {
    seen: Sender<()>,
    pieces: Vec<(FrameKind, u64, Vec<u8>)>,
}

impl Callbacks for Pieces {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::FRAME
    }

    fn frame(&mut self, frame: &Frame, data: &[u8], _: &mut WsReply<'_>) -> WriteResult {
        let _ = self.seen.send(());
        let piece = (frame.kind(), frame.offset(), data.to_vec());
        self.pieces.push(piece);
        WriteResult::Continue
    }
}

#[test]
fn ping_that_libcurl_answers_is_not_handed_over_in_part() {
    for answers in [true, false] {
        let (server, seen) = server();
        let pieces = Vec::new();
        let Some(mut transfer) = websocket(&server.url(), Pieces { seen, pieces }) else {
            return;
        };
        if !answers {
            transfer.ws_options(WsOptions::NO_AUTO_PONG).unwrap();
        }
        transfer.perform().unwrap();
        let mut expected = vec![
            (FrameKind::Text, 0, b"a".to_vec()),
            (FrameKind::Ping, 0, b"pin".to_vec()),
            (FrameKind::Ping, 3, b"ger".to_vec()),
            (FrameKind::Text, 0, b"b".to_vec()),
            (FrameKind::Close, 0, Vec::new()),
        ];
        expected.retain(|(kind, ..)| !answers || *kind != FrameKind::Ping);
        assert_eq!(transfer.handler().pieces, expected);
    }
}

#[test]
fn ping_that_libcurl_answers_is_not_received_in_part() {
    let (server, seen) = server();
    let Some(mut transfer) = connect_ws(&server.url()) else {
        return;
    };
    let mut received = Vec::new();
    while received.len() < 3 {
        let mut buffer = [0; 9];
        let (len, frame) = wait(&mut transfer, Ready::READ, |t: &mut Transfer<_>| {
            t.ws_recv(&mut buffer)
        })
        .unwrap();
        received.push((frame.kind(), buffer[..len].to_vec()));
        if received.len() == 1 {
            // The first half of the ping has arrived with the message.
            let attempt = transfer.ws_recv(&mut buffer).unwrap();
            assert!(attempt.done().is_none());
            seen.send(()).unwrap();
        }
    }
    let expected = [
        (FrameKind::Text, b"a".to_vec()),
        (FrameKind::Text, b"b".to_vec()),
        (FrameKind::Close, Vec::new()),
    ];
    assert_eq!(received, expected);
}
