//! Receiving whole messages, which are put together, checked and limited.

use std::io::Write;
use std::mem::MaybeUninit;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use curlback::{
    Callbacks, Close, CloseCode, Code, Error, Message, SockType, SockoptResult, WebSocketError,
};
use socket2::{SockRef, Socket};
use tungstenite::Message as Sent;
use tungstenite::protocol::frame::coding::{CloseCode as SentCode, Data};

use crate::support::bodies::pattern;
use crate::support::built_in::https;
use crate::support::server::Server;
use crate::support::tls_server::{Identity, trust};
use crate::support::websocket::{assert_failed, open, open_with};
use crate::support::ws_server::{Conn, WsServer, echo, fragment};

/// Reads until the client closes. Returns the code of its close frame, or `None` if there is none.
fn close_code(conn: &mut Conn) -> Option<u16> {
    loop {
        match conn.read() {
            Ok(Sent::Close(close)) => return close.map(|close| close.code.into()),
            Ok(_) => {}
            Err(_) => return None,
        }
    }
}

/// Makes a server, and a function that returns the code of the client's close frame, or `None`.
fn telling(script: impl Fn(&mut Conn) + Send + 'static) -> (WsServer, impl Fn() -> Option<u16>) {
    let (tell, told) = channel();
    let server = WsServer::new(move |conn| {
        script(conn);
        tell.send(close_code(conn)).unwrap();
    });
    (server, move || {
        told.recv_timeout(Duration::from_secs(60)).unwrap()
    })
}

/// Sends bytes as they are.
fn wire(bytes: &'static [u8]) -> impl Fn(&mut Conn) + Send {
    move |conn| conn.get_mut().write_all(bytes).unwrap()
}

#[test]
fn messages_go_both_ways() {
    let authority = Identity::authority();
    let identity = authority.vouch_for("127.0.0.1");
    for tls in [false, true] {
        if tls && !https() {
            return;
        }
        let server = match tls {
            true => WsServer::tls(&identity, echo),
            false => WsServer::new(echo),
        };
        let trust = |transfer: &mut _| {
            if tls {
                trust(transfer, &authority.pem());
            }
        };
        let Some(mut socket) = open_with(&server.url(), (), trust) else {
            return;
        };
        assert_eq!(socket.info().response_code().unwrap(), 101);
        let big = pattern(3_000_000);
        for text in ["text", "", "ü€😀"] {
            socket.send_text(text).unwrap();
            assert_eq!(socket.receive().unwrap(), Message::Text(text.to_owned()));
        }
        for data in [&b"\0\xFF"[..], b"", &big] {
            socket.send_binary(data).unwrap();
            assert!(socket.receive().unwrap() == Message::Binary(data.to_vec()));
        }
        drop(socket.close(CloseCode::NORMAL).unwrap());
    }
}

#[test]
fn fragments_between_pings_make_one_message() {
    let server = WsServer::new(|conn| {
        conn.send(fragment(Some(Data::Text), "ü".as_bytes(), false))
            .unwrap();
        for ping in ["one", "two"] {
            conn.send(Sent::Ping(ping.into())).unwrap();
            assert_eq!(conn.read().unwrap(), Sent::Pong(ping.into()));
            // The text goes on after each ping.
            conn.send(fragment(None, "ü".as_bytes(), false)).unwrap();
        }
        conn.send(fragment(None, b"", false)).unwrap();
        conn.send(fragment(None, b"end", true)).unwrap();
        conn.send(fragment(Some(Data::Binary), b"\xFF", false))
            .unwrap();
        conn.send(fragment(None, b"\xFE", true)).unwrap();
    });
    let Some(mut socket) = open(&server.url()) else {
        return;
    };
    let text = Message::Text("üüüend".to_owned());
    assert_eq!(socket.receive().unwrap(), text);
    assert_eq!(socket.receive().unwrap(), Message::Binary(vec![0xFF, 0xFE]));
}

/// libcurl 8.21.0 or newer answers a ping only when something else is received or sent.
#[test]
fn ping_is_answered_although_nothing_follows_it() {
    let server = WsServer::new(|conn| {
        // The ping comes in two pieces. libcurl would send back only the last piece.
        for piece in [&b"\x89\x06pin"[..], b"ger"] {
            conn.get_mut().write_all(piece).unwrap();
        }
        assert_eq!(conn.read().unwrap(), Sent::Pong("pinger".into()));
        conn.send(Sent::text("after")).unwrap();
        let _ = conn.read();
    });
    let Some(mut socket) = open(&server.url()) else {
        return;
    };
    let after = Message::Text("after".to_owned());
    assert_eq!(socket.receive().unwrap(), after);
}

#[test]
fn pongs_are_received_only_if_wanted() {
    let server = WsServer::new(|conn| {
        while let Ok(message) = conn.read() {
            if message.is_ping() {
                // Sends the pong before the text.
                conn.flush().unwrap();
                conn.send(Sent::text("after")).unwrap();
            }
        }
    });
    let Some(mut socket) = open(&server.url()) else {
        return;
    };
    let after = Message::Text("after".to_owned());
    socket.ping(b"unseen").unwrap();
    assert_eq!(socket.receive().unwrap(), after);
    socket.show_pongs(true);
    socket.ping(b"seen").unwrap();
    let pong = Message::Pong(b"seen".to_vec());
    assert_eq!(socket.receive().unwrap(), pong);
    assert_eq!(socket.receive().unwrap(), after);
    let error = socket.ping(&[0; 126]).unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error}");
    // Nothing of the refused ping was sent.
    socket.ping(&[7; 125]).unwrap();
    assert_eq!(socket.receive().unwrap(), Message::Pong(vec![7; 125]));
    assert_eq!(socket.receive().unwrap(), after);
}

#[test]
fn messages_that_come_with_the_handshake_are_received() {
    let server = Server::new(|conn| {
        conn.head();
        conn.send(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
              Sec-WebSocket-Accept: x\r\n\r\n\x81\x05early\x82\x01\xFF",
        );
        conn.drain();
    });
    let url = server.url("/").replace("http:", "ws:");
    let Some(mut socket) = open(&url) else {
        return;
    };
    let early = Message::Text("early".to_owned());
    assert_eq!(socket.receive().unwrap(), early);
    assert_eq!(socket.receive().unwrap(), Message::Binary(vec![0xFF]));
}

/// Returns the bytes of a text in two fragments with a ping in between, and the text. The second
/// fragment has a long header.
fn cut_up() -> (Vec<u8>, Message) {
    let long = "é".repeat(100);
    let mut bytes = b"\x01\x03one\x89\x02hi\x80\x7E\0\xC8".to_vec();
    bytes.extend_from_slice(long.as_bytes());
    (bytes, Message::Text(format!("one{long}")))
}

#[test]
fn receive_goes_on_after_a_timeout_at_any_byte() {
    let (bytes, message) = cut_up();
    let cuts: Vec<usize> = (0..bytes.len().min(24))
        .chain([100, bytes.len() - 1])
        .collect();
    let (next, wait): (Sender<()>, _) = channel();
    let wait = Mutex::new(wait);
    let sent = (bytes, cuts.clone());
    let server = WsServer::new(move |conn| {
        let (bytes, cuts) = &sent;
        for cut in cuts {
            let (start, end) = bytes.split_at(*cut);
            conn.get_mut().write_all(start).unwrap();
            wait.lock().unwrap().recv().unwrap();
            conn.get_mut().write_all(end).unwrap();
            assert_eq!(conn.read().unwrap(), Sent::Pong("hi".into()));
        }
    });
    let Some(mut socket) = open(&server.url()) else {
        drop(next);
        return;
    };
    for cut in cuts {
        for timeout in [0, 3, 1] {
            socket.set_timeout(Some(Duration::from_millis(timeout)));
            let result = socket.receive();
            assert_failed(result, WebSocketError::TimedOut);
        }
        next.send(()).unwrap();
        socket.set_timeout(None);
        assert!(socket.receive().unwrap() == message, "after {cut} bytes");
    }
}

/// Gives its socket a large receive buffer. Keeps a duplicate of the socket, to peek into the buffer.
#[derive(Default)]
struct Peeks(Option<Socket>);

impl Callbacks for Peeks {
    fn sockopt(&mut self, socket: SockRef<'_>, _: SockType) -> SockoptResult {
        socket.set_recv_buffer_size(1 << 20).unwrap();
        self.0 = Some(socket.try_clone().unwrap());
        SockoptResult::Ok
    }
}

#[test]
fn what_is_there_is_received_although_the_time_is_over() {
    let big = pattern(300_000);
    let sent = big.clone();
    let server = WsServer::new(move |conn| {
        // If the server did not wait for "go", some of its message could come with the handshake.
        assert_eq!(conn.read().unwrap(), Sent::text("go"));
        conn.send(Sent::binary(sent.clone())).unwrap();
        let _ = conn.read();
    });
    let Some(mut socket) = open_with(&server.url(), Peeks::default(), |_| ()) else {
        return;
    };
    let peeked = socket.handler_mut().0.take().unwrap();
    // The header of the frame has ten bytes, which are peeked too.
    let mut buffer = vec![MaybeUninit::new(0); big.len() + 10];
    socket.send_text("go").unwrap();
    let len = buffer.len();
    while peeked.peek(&mut buffer).unwrap_or_default() < len {
        std::thread::yield_now();
    }
    socket.set_timeout(Some(Duration::ZERO));
    assert!(socket.receive().unwrap() == Message::Binary(big));
    assert_failed(socket.receive(), WebSocketError::TimedOut);
}

#[test]
fn message_that_is_too_large_is_refused_at_its_beginning() {
    let frames: [&'static [u8]; 3] = [
        // A frame of 2^62 bytes, of which one is sent.
        b"\x82\x7F\x40\0\0\0\0\0\0\0x",
        // Fragments of 6 and 5 bytes.
        b"\x02\x06sixsix\x80\x05five5",
        // Fragments of 6, 4 and 1 bytes, with a pong in between.
        b"\x01\x06sixsix\x8A\x00\x00\x04four\x80\x01x",
    ];
    for bytes in frames {
        let (server, told) = telling(move |conn| {
            conn.send(Sent::text("ten bytes.")).unwrap();
            wire(bytes)(conn);
        });
        let Some(mut socket) = open(&server.url()) else {
            return;
        };
        socket.set_message_limit(10);
        let ten = Message::Text("ten bytes.".to_owned());
        assert_eq!(socket.receive().unwrap(), ten);
        let error = socket.receive().unwrap_err();
        assert!(error.to_string().contains("more than 10 bytes"), "{error}");
        assert_failed::<()>(Err(error), WebSocketError::TooLarge { limit: 10 });
        assert_eq!(told(), Some(1009));
        assert_failed(socket.receive(), WebSocketError::Failed);
        assert_failed(socket.send_text("x"), WebSocketError::Failed);
        assert_failed(
            socket
                .close(CloseCode::NORMAL)
                .map(drop)
                .map_err(Error::from),
            WebSocketError::Failed,
        );
    }
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    for bytes in [
        &b"\x81\x02a\xFF"[..],
        b"\x01\x01\xC3\x80\x01a",
        b"\x88\x03\x03\xE8\xFF",
    ] {
        let (server, told) = telling(wire(bytes));
        let Some(mut socket) = open(&server.url()) else {
            return;
        };
        assert_failed(socket.receive(), WebSocketError::NotUtf8);
        assert_eq!(told(), Some(1007));
    }
}

#[test]
fn faults_of_the_peer_are_told_to_it() {
    // The crate finds the first two faults, which are in close frames. libcurl finds the others: a
    // reserved bit, a fragment of no message, and a mask.
    for (bytes, own) in [
        (&b"\x88\x01\x03"[..], true),
        (b"\x88\x02\x03\xED", true),
        (b"\xC1\x01a", false),
        (b"\x80\x01a", false),
        (b"\x81\x81\0\0\0\0a", false),
    ] {
        let (server, told) = telling(wire(bytes));
        let Some(mut socket) = open(&server.url()) else {
            return;
        };
        match socket.receive() {
            Err(Error::WebSocket(WebSocketError::Protocol(_))) => assert!(own),
            Err(Error::Libcurl { code, .. }) => assert!(!own && code == Code::RECV_ERROR),
            other => panic!("{other:?}"),
        }
        assert_eq!(told(), Some(1002), "{bytes:?}");
        assert_failed(socket.receive(), WebSocketError::Failed);
    }
}

#[test]
fn connection_that_ends_without_a_close_is_an_error() {
    for bytes in [&b"\x81\x01a"[..], b"\x81\x01a\x81\x05bc"] {
        let server = WsServer::new(wire(bytes));
        let Some(mut socket) = open(&server.url()) else {
            return;
        };
        let a = Message::Text("a".to_owned());
        assert_eq!(socket.receive().unwrap(), a);
        let error = socket.receive().unwrap_err();
        assert_eq!(error.code(), Some(Code::GOT_NOTHING));
        assert!(error.to_string().contains("without a close"), "{error}");
        assert_eq!(error.url(), Some(server.url().as_str()));
        let error = std::io::Error::from(error);
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
        assert_failed(socket.receive(), WebSocketError::Failed);
    }
}

#[test]
fn close_of_the_peer_is_received_and_answered() {
    let close = |code: u16, reason: &str| {
        Some(tungstenite::protocol::CloseFrame {
            code: SentCode::from(code),
            reason: reason.into(),
        })
    };
    let cases = [
        (close(1001, "maintenance"), Some((1001, "maintenance"))),
        (close(4321, ""), Some((4321, ""))),
        (None, None),
    ];
    for (sent, expected) in cases {
        let code = sent.as_ref().map(|close| u16::from(close.code));
        let (server, told) = telling(move |conn| {
            conn.send(Sent::text("last")).unwrap();
            conn.close(sent.clone()).unwrap();
            // The server sends both before it reads the answer to the close. That answer ends the
            // reading.
            conn.flush().unwrap();
        });
        let Some(mut socket) = open(&server.url()) else {
            return;
        };
        let last = Message::Text("last".to_owned());
        assert_eq!(socket.receive().unwrap(), last);
        let expected = expected
            .map(|(code, reason)| Close::new(CloseCode::new(code).unwrap(), reason).unwrap());
        assert_eq!(socket.receive().unwrap(), Message::Close(expected));
        assert_eq!(told(), code);
        assert_failed(socket.receive(), WebSocketError::Closed);
        assert_failed(socket.send_text("x"), WebSocketError::Closed);
        assert_failed(socket.ping(b"x"), WebSocketError::Closed);
        assert_failed(socket.flush(), WebSocketError::Closed);
        // The connection is closed, so there is nothing to wait for.
        drop(socket.close(CloseCode::NORMAL).unwrap());
    }
}
