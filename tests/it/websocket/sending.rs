//! Sending whole messages to a peer that does not read at once.

use std::net::Shutdown;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use curlback::{CloseCode, Error, Message, WebSocket, WebSocketError};
use tungstenite::Message as Sent;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::{CloseCode as SentCode, Data};

use crate::support::bodies::pattern;
use crate::support::built_in::https;
use crate::support::tls_server::{Identity, trust};
use crate::support::websocket::{assert_failed, open, open_with};
use crate::support::ws_server::{Conn, WsServer, fragment};

/// More bytes than the system's buffers hold.
const BIG: usize = 16 << 20;

const NOW: Option<Duration> = Some(Duration::ZERO);

/// Makes a server whose script can wait for a message of the test.
fn waiting(script: impl Fn(&mut Conn, &dyn Fn()) + Send + 'static) -> (WsServer, Sender<()>) {
    let (go, wait) = channel();
    let wait = Mutex::new(wait);
    let server = WsServer::new(move |conn| {
        let wait = || {
            let _ = wait.lock().unwrap().recv();
        };
        script(conn, &wait);
    });
    (server, go)
}

/// Receives messages until "last" comes, and returns how many came before.
fn drain(socket: &mut WebSocket<()>) -> usize {
    let last = Message::Text("last".to_owned());
    (0..)
        .find(|_| socket.receive().unwrap() == last)
        .expect("it comes")
}

#[test]
fn two_sides_that_both_send_do_not_wait_for_each_other() {
    let authority = Identity::authority();
    let identity = authority.vouch_for("127.0.0.1");
    let (here, there) = (pattern(BIG), pattern(BIG + 1));
    for tls in [false, true] {
        if tls && !https() {
            return;
        }
        let (sent, expected) = (there.clone(), Sent::binary(here.clone()));
        // The server reads only when it has sent everything.
        macro_rules! script {
            () => {
                move |conn| {
                    for part in sent.chunks(5_000_000) {
                        conn.send(fragment(Some(Data::Text), b"", true)).unwrap();
                        conn.send(Sent::binary(part.to_vec())).unwrap();
                        conn.send(Sent::Ping(b"ping".to_vec().into())).unwrap();
                    }
                    assert!(conn.read().unwrap() == expected);
                    // Of several pings, only the last one is answered.
                    let pong = Sent::Pong(b"ping".to_vec().into());
                    assert_eq!(conn.read().unwrap(), pong);
                    conn.send(Sent::text("last")).unwrap();
                }
            };
        }
        let server = match tls {
            true => WsServer::tls(&identity, script!()),
            false => WsServer::new(script!()),
        };
        let trust = |transfer: &mut _| {
            if tls {
                trust(transfer, &authority.pem());
            }
        };
        let Some(mut socket) = open_with(&server.url(), (), trust) else {
            return;
        };
        socket.send_binary(&here).unwrap();
        let mut received = Vec::new();
        for _ in 0..there.chunks(5_000_000).len() {
            assert_eq!(socket.receive().unwrap(), Message::Text(String::new()));
            match socket.receive().unwrap() {
                Message::Binary(part) => received.extend(part),
                other => panic!("{other:?}"),
            }
        }
        assert!(received == there);
        assert_eq!(drain(&mut socket), 0);
    }
}

#[test]
fn message_that_takes_too_long_is_sent_by_the_next_calls() {
    let (server, go) = waiting(|conn, wait| {
        wait();
        assert!(conn.read().unwrap() == Sent::binary(pattern(BIG)));
        conn.send(Sent::text("last")).unwrap();
        assert_eq!(conn.read().unwrap(), Sent::text("next"));
        assert!(conn.read().unwrap() == Sent::binary(pattern(BIG)));
        conn.send(Sent::text("last")).unwrap();
    });
    let Some(mut socket) = open(&server.url()) else {
        return;
    };
    let big = pattern(BIG);
    socket.set_timeout(NOW);
    assert_failed(socket.send_binary(&big), WebSocketError::TimedOut);
    // No other message can begin.
    socket.set_timeout(Some(Duration::from_millis(5)));
    assert_failed(socket.send_text("no"), WebSocketError::Unsent);
    assert_failed(socket.ping(b"no"), WebSocketError::Unsent);
    assert_failed(socket.flush(), WebSocketError::TimedOut);
    assert_failed(socket.receive(), WebSocketError::TimedOut);
    go.send(()).unwrap();
    // Receiving also sends the rest of the message.
    socket.set_timeout(None);
    assert_eq!(drain(&mut socket), 0);
    socket.send_text("next").unwrap();
    socket.send_binary(&big).unwrap();
    socket.flush().unwrap();
    assert_eq!(drain(&mut socket), 0);
}

#[test]
fn send_fails_if_too_much_is_received_meanwhile() {
    let (server, _go) = waiting(|conn, _| {
        for _ in 0..BIG >> 20 {
            conn.send(Sent::binary(pattern(1 << 20))).unwrap();
        }
        assert!(conn.read().unwrap() == Sent::binary(pattern(BIG)));
        assert_eq!(conn.read().unwrap(), Sent::text("next"));
        conn.send(Sent::text("last")).unwrap();
    });
    let Some(mut socket) = open(&server.url()) else {
        return;
    };
    socket.set_message_limit(3 << 20);
    let result = socket.send_binary(&pattern(BIG));
    assert_failed(result, WebSocketError::Unread);
    // Nothing more is received until some messages are read.
    assert_failed(socket.flush(), WebSocketError::Unread);
    assert_failed(socket.send_text("no"), WebSocketError::Unsent);
    for _ in 0..BIG >> 20 {
        assert!(socket.receive().unwrap() == Message::Binary(pattern(1 << 20)));
    }
    socket.send_text("next").unwrap();
    assert_eq!(drain(&mut socket), 0);
}

#[test]
fn small_messages_that_are_unread_count_too() {
    let (server, go) = waiting(|conn, wait| {
        for _ in 0..30_000 {
            conn.write(Sent::text("")).unwrap();
        }
        conn.flush().unwrap();
        wait();
    });
    let Some(mut socket) = open(&server.url()) else {
        return;
    };
    socket.set_message_limit(500_000);
    let result = socket.send_binary(&pattern(BIG));
    assert_failed(result, WebSocketError::Unread);
    drop(go);
}

#[test]
fn close_that_arrives_while_something_is_sent_ends_that() {
    let (server, go) = waiting(|conn, wait| {
        conn.send(Sent::text("before")).unwrap();
        conn.close(None).unwrap();
        wait();
    });
    let Some(mut socket) = open(&server.url()) else {
        return;
    };
    let result = socket.send_binary(&pattern(BIG));
    assert_failed(result, WebSocketError::Closed);
    let before = Message::Text("before".to_owned());
    assert_eq!(socket.receive().unwrap(), before);
    assert_eq!(socket.receive().unwrap(), Message::Close(None));
    assert_failed(socket.receive(), WebSocketError::Closed);
    drop(go);
}

#[test]
fn messages_that_came_before_a_failure_are_received() {
    let (server, go) = waiting(|conn, wait| {
        conn.send(Sent::text("before")).unwrap();
        wait();
    });
    let Some(mut socket) = open(&server.url()) else {
        return;
    };
    socket.set_timeout(Some(Duration::from_millis(5)));
    let big = pattern(BIG);
    assert_failed(socket.send_binary(&big), WebSocketError::TimedOut);
    go.send(()).unwrap();
    socket.set_timeout(None);
    // The server has gone.
    let error = socket.flush().unwrap_err();
    assert!(error.code().is_some(), "{error:?}");
    let before = Message::Text("before".to_owned());
    assert_eq!(socket.receive().unwrap(), before);
    assert!(socket.receive().is_err());
    assert_failed(socket.receive(), WebSocketError::Failed);
}

/// The reason why a server has closed is often received only after a send has failed.
#[test]
fn close_is_received_after_a_send_has_failed() {
    let server = WsServer::new(|conn| {
        conn.send(Sent::text("before")).unwrap();
        let why = CloseFrame {
            code: SentCode::Policy,
            reason: "who are you?".into(),
        };
        conn.close(Some(why)).unwrap();
        conn.get_ref().shutdown(Shutdown::Both).unwrap();
    });
    let Some(mut socket) = open(&server.url()) else {
        return;
    };
    let error = loop {
        match socket.send_text("hello") {
            Ok(()) => std::thread::yield_now(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Libcurl { .. }), "{error:?}");
    assert_failed(socket.send_text("hello"), WebSocketError::Failed);
    let before = Message::Text("before".to_owned());
    assert_eq!(socket.receive().unwrap(), before);
    match socket.receive().unwrap() {
        Message::Close(Some(close)) => {
            assert_eq!(close.code(), CloseCode::POLICY_VIOLATION);
            assert_eq!(close.reason(), "who are you?");
        }
        other => panic!("{other:?}"),
    }
    assert_failed(socket.receive(), WebSocketError::Closed);
    // The peer no longer needs an answer to its close.
    drop(socket.close(CloseCode::NORMAL).unwrap());
}
