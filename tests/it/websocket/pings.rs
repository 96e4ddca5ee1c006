//! Pings that arrive in two pieces, and pings while a message is half sent.

use std::io::{Write, copy, sink};
use std::net::Shutdown;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

use curlback::multi::Ready;
use curlback::{
    Callbacks, ConnectOnly, Frame, FrameKind, Hooks, Transfer, Version, WriteResult, WsOptions,
    WsReply,
};

use crate::support::skip::skip;
use crate::support::websocket::{connect_ws, wait, websocket};
use crate::support::ws_server::WsServer;

/// Makes a server that sends a message and the first half of a ping. It sends the rest once the
/// message has arrived.
fn server() -> (WsServer, Sender<()>) {
    let (seen, is_seen) = channel();
    let is_seen = Mutex::new(is_seen);
    let server = WsServer::new(move |conn| {
        conn.get_mut().write_all(b"\x81\x01a\x89\x06pin").unwrap();
        let _ = is_seen.lock().unwrap().recv();
        let socket = conn.get_mut();
        socket.write_all(b"ger\x81\x01b\x88\0").unwrap();
        // The client may have closed the connection already.
        let _ = socket.shutdown(Shutdown::Write);
        // If a connection is closed with an unread pong, the system resets it.
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

/// Neither a ping nor a message that is as long as the rest of a text must become a part of the text.
#[test]
fn ping_as_long_as_the_rest_of_a_text() {
    use curlback::{Attempt, FrameKind};
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (tell, told) = std::sync::mpsc::channel();
    let wait = std::sync::Mutex::new(wait);
    let server = crate::support::ws_server::WsServer::new(move |conn| {
        if wait.lock().unwrap().recv().is_err() {
            return;
        }
        while let Ok(message) = conn.read() {
            let done = message.is_close();
            let _ = tell.send(format!(
                "{} {}",
                if message.is_ping() { "ping" } else { "other" },
                message.len()
            ));
            if message.is_text() {
                let text = message.into_text().unwrap();
                let odd = text.bytes().filter(|b| *b != b'a').count();
                let _ = tell.send(format!(
                    "text of {} bytes, of which {odd} are not of it",
                    text.len()
                ));
            }
            if done {
                break;
            }
        }
    });
    let mut t = Transfer::new(()).unwrap();
    t.url(&server.url()).unwrap();
    let set = t.connect_only(ConnectOnly::WebSocket);
    if let Err(e) = set.and_then(|()| t.perform()) {
        drop(go);
        return skip!("{e}");
    }
    if Version::linked() < Version::new(8, 16, 0) {
        drop(go);
        return skip!("WebSockets are not safe with the linked libcurl");
    }
    let text = vec![b'a'; 12 << 20];
    let mut sent = 0;
    while sent < text.len() {
        match t.ws_send(FrameKind::Text, &text[sent..]) {
            Ok(Attempt::Done(n)) => sent += n,
            Ok(Attempt::WouldBlock) => break,
            Err(e) => panic!("{e}"),
        }
    }
    eprintln!("sent {sent} of {}", text.len());
    let other = vec![b'b'; text.len() - sent];
    eprintln!("shorter ping: {:?}", t.ws_send(FrameKind::Ping, b"x"));
    let r = t.ws_send(FrameKind::Binary, &other);
    eprintln!("binary message of the same length: {r:?}");
    go.send(()).unwrap();
    let mut rest = if let Ok(Attempt::Done(n)) = r { n } else { 0 };
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while rest < other.len() && std::time::Instant::now() < until {
        match t.ws_send(FrameKind::Binary, &other[rest..]) {
            Ok(Attempt::Done(n)) => rest += n,
            Ok(Attempt::WouldBlock) => std::thread::yield_now(),
            Err(e) => {
                eprintln!("{e}");
                break;
            }
        }
    }
    eprintln!("rest {rest} of {}", other.len());
    eprintln!("{:?}", told.recv_timeout(std::time::Duration::from_secs(5)));
    eprintln!("{:?}", told.recv_timeout(std::time::Duration::from_secs(5)));
    assert_eq!(rest, 0, "taken, and never sent");
}
