//! WebSockets that an agent drives: messages in both directions.

use std::net::TcpStream;
use std::sync::mpsc::channel;
use std::thread::{self};
use std::time::Duration;

use curlback::agent::{AsyncWebSocket, WebSocketConfig};
use curlback::{Agent, Callbacks, CloseCode, Error, Message, Transfer, WebSocketError};
use futures_util::{SinkExt as _, StreamExt as _};
use tungstenite::protocol::frame::coding::Data;
use tungstenite::{Message as Sent, WebSocket};

use crate::support::built_in::https;
use crate::support::executor::block_on;
use crate::support::pulled::{pattern, transfer};
use crate::support::skip::skip;
use crate::support::tls_server::{Identity, trust};
use crate::support::ws_server::{WsServer, echo, fragment};

/// Opens a WebSocket with an agent. If the linked libcurl has no WebSockets, skips the test and returns
/// `None`.
pub(crate) fn open<H: Callbacks + Send + 'static>(
    agent: &Agent,
    transfer: Transfer<H>,
    config: &WebSocketConfig,
) -> Option<AsyncWebSocket<H>> {
    match agent.open_websocket_with(transfer, config).wait() {
        Ok(socket) => Some(socket),
        Err(error) => match Error::from(error) {
            Error::Unsupported { what, .. } => {
                assert_eq!(what, "curl_ws_recv");
                skip!("the linked libcurl has no WebSockets");
                None
            }
            error => panic!("{error:?}"),
        },
    }
}

/// Opens a WebSocket with a new agent and the default limits.
fn open_alone(url: &str) -> Option<AsyncWebSocket<()>> {
    let agent = Agent::new().unwrap();
    open(&agent, transfer((), url), &WebSocketConfig::new())
}

/// Sends binary messages and texts of many sizes, and receives each of them back.
async fn converse<H>(socket: &mut AsyncWebSocket<H>) {
    for len in [0, 1, 125, 126, 65_535, 65_536, 1_000_000, 3 << 20] {
        let text = "ü".repeat(len / 2);
        for message in [Message::Binary(pattern(len)), Message::Text(text)] {
            socket.send(message.clone()).await.unwrap();
            assert!(socket.receive().await.unwrap() == message, "{len}");
        }
    }
}

#[test]
fn messages_go_both_ways_on_each_executor() {
    let authority = Identity::authority();
    let identity = authority.vouch_for("127.0.0.1");
    let agent = Agent::new().unwrap();
    for tls in [false, true] {
        if tls && !https() {
            return;
        }
        let server = match tls {
            true => WsServer::tls(&identity, echo),
            false => WsServer::new(echo),
        };
        let current = tokio::runtime::Builder::new_current_thread().build();
        let multi = tokio::runtime::Builder::new_multi_thread().build();
        let (current, multi) = (current.unwrap(), multi.unwrap());
        for executor in 0..4 {
            let mut opened = transfer((), &server.url());
            if tls {
                trust(&mut opened, &authority.pem());
            }
            let Some(mut socket) = open(&agent, opened, &WebSocketConfig::new()) else {
                return;
            };
            let conversation = async {
                converse(&mut socket).await;
                socket.finish(CloseCode::NORMAL).await.1
            };
            let result = match executor {
                0 => block_on(conversation),
                1 => futures_lite::future::block_on(conversation),
                2 => current.block_on(conversation),
                _ => multi.block_on(conversation),
            };
            result.unwrap();
        }
    }
}

#[test]
fn threads_wait_for_messages() {
    let server = WsServer::new(echo);
    let Some(mut socket) = open_alone(&server.url()) else {
        return;
    };
    assert_eq!(
        socket.header_value("upgrade").unwrap(),
        Some(&b"websocket"[..])
    );
    socket.send("one").wait().unwrap();
    socket.send(vec![2; 100_000]).wait().unwrap();
    socket.ping("three").wait().unwrap();
    socket.flush().wait().unwrap();
    assert_eq!(socket.receive().wait().unwrap(), Message::from("one"));
    let limit = Duration::from_secs(60);
    let message = socket.receive().wait_for(limit).unwrap();
    assert!(message == Message::from(vec![2; 100_000]));
    // No other message comes now. A wait that times out loses nothing.
    match socket.receive().wait_for(Duration::ZERO).unwrap_err() {
        Error::WebSocket(WebSocketError::TimedOut) => {}
        error => panic!("{error:?}"),
    }
    let error = socket.ping(vec![0; 126]).wait().unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error}");
    socket.send("four").wait_for(limit).unwrap();
    assert_eq!(socket.receive().wait().unwrap(), Message::from("four"));
    let (_, result) = socket.finish(CloseCode::NORMAL).wait();
    result.unwrap();
}

#[test]
fn fragments_are_put_together_up_to_the_limit() {
    let (tell, told) = channel();
    let server = WsServer::new(move |conn| {
        let big = pattern(100_000);
        for (kind, data, last) in [
            (Some(Data::Text), &b"one "[..], false),
            (None, b"", false),
            (None, b"two", true),
            (Some(Data::Binary), &big[..50_000], false),
            (None, &big[50_000..], true),
            (Some(Data::Text), &big[..100_000], false),
            (None, &big[..1], true),
        ] {
            conn.write(fragment(kind, data, last)).unwrap();
            conn.write(Sent::Ping(b"between".to_vec().into())).unwrap();
        }
        conn.flush().unwrap();
        let close = loop {
            match conn.read() {
                Ok(Sent::Close(close)) => break close.map(|close| u16::from(close.code)),
                Ok(_) => {}
                Err(_) => break None,
            }
        };
        tell.send(close).unwrap();
    });
    let agent = Agent::new().unwrap();
    let config = WebSocketConfig::new().message_limit(100_000);
    let Some(mut socket) = open(&agent, transfer((), &server.url()), &config) else {
        return;
    };
    assert_eq!(socket.receive().wait().unwrap(), Message::from("one two"));
    assert!(socket.receive().wait().unwrap() == Message::from(pattern(100_000)));
    match socket.receive().wait().unwrap_err() {
        Error::WebSocket(WebSocketError::TooLarge { limit: 100_000 }) => {}
        error => panic!("{error:?}"),
    }
    assert_eq!(told.recv().unwrap(), Some(1009));
}

#[test]
fn pings_are_answered_while_nobody_receives() {
    let (tell, told) = channel();
    let server = WsServer::new(move |conn| {
        conn.send(Sent::text("unread")).unwrap();
        for data in ["1", "2"] {
            conn.send(Sent::Ping(data.into())).unwrap();
            assert_eq!(conn.read().unwrap(), Sent::Pong(data.into()));
        }
        tell.send(()).unwrap();
        // Reading answers the client's ping with a pong.
        while conn.read().is_ok() {}
    });
    let agent = Agent::new().unwrap();
    let config = WebSocketConfig::new().show_pongs(true);
    let Some(mut socket) = open(&agent, transfer((), &server.url()), &config) else {
        return;
    };
    told.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(socket.receive().wait().unwrap(), Message::from("unread"));
    socket.ping("own").wait().unwrap();
    let pong = socket.receive().wait().unwrap();
    assert_eq!(pong, Message::Pong(b"own".to_vec()));
    let (_, result) = socket.finish(CloseCode::NORMAL).wait();
    result.unwrap();
}

/// Sends `count` messages of `len` bytes, and at the same time reads as many.
fn exchange_at_once(conn: &mut WebSocket<TcpStream>, count: usize, len: usize) {
    let mut reader = WebSocket::from_raw_socket(
        conn.get_ref().try_clone().unwrap(),
        tungstenite::protocol::Role::Server,
        None,
    );
    thread::scope(|scope| {
        scope.spawn(move || {
            for number in 0..count {
                let data = reader.read().unwrap().into_data();
                assert_eq!((data.len(), data[0]), (len, number as u8));
            }
        });
        for number in 0..count {
            conn.send(Sent::binary(vec![number as u8; len])).unwrap();
        }
    });
}

#[test]
fn halves_send_and_receive_at_once() {
    const COUNT: usize = 200;
    const LEN: usize = 100_000;
    let server = WsServer::new(|conn| {
        exchange_at_once(conn, COUNT, LEN);
        conn.close(None).unwrap();
        while conn.read().is_ok() {}
    });
    let Some(socket) = open_alone(&server.url()) else {
        return;
    };
    // Each half has a task of its own, and thus a waker of its own.
    let (mut sink, mut stream) = socket.split();
    let sends = thread::spawn(move || {
        block_on(async {
            for number in 0..COUNT {
                let message = Message::from(vec![number as u8; LEN]);
                sink.feed(message).await.unwrap();
            }
            sink.flush().await.unwrap();
            // Returns the sink, so that it is dropped only after the other half is done.
            sink
        })
    });
    let mut count = 0;
    let last = block_on(async {
        while let Some(message) = stream.next().await {
            match message.unwrap() {
                Message::Binary(data) => {
                    assert_eq!((data.len(), data[0]), (LEN, count as u8));
                    count += 1;
                }
                last => return Some(last),
            }
        }
        None
    });
    assert_eq!((count, last), (COUNT, Some(Message::Close(None))));
    assert!(block_on(stream.next()).is_none());
    let sink = sends.join().unwrap();
    drop(sink.reunite(stream).unwrap());
}

#[test]
fn close_of_the_sink_loses_no_message() {
    let server = WsServer::new(echo);
    let Some(socket) = open_alone(&server.url()) else {
        return;
    };
    let (mut sink, mut stream) = socket.split();
    let sends = async {
        for number in 0..100_u32 {
            let text = number.to_string().repeat(1000);
            sink.feed(Message::from(text)).await.unwrap();
        }
        sink.close().await.unwrap();
        // After the close, nothing can be sent.
        match sink.send(Message::from("late")).await.unwrap_err() {
            Error::WebSocket(WebSocketError::Closed) => {}
            error => panic!("{error:?}"),
        }
    };
    let receives = async {
        let mut messages = Vec::new();
        while let Some(message) = stream.next().await {
            messages.push(message.unwrap());
        }
        messages
    };
    let ((), mut messages) = block_on(futures_lite::future::zip(sends, receives));
    assert!(matches!(messages.pop(), Some(Message::Close(Some(_)))));
    assert_eq!(messages.len(), 100);
    for (number, message) in messages.into_iter().enumerate() {
        assert_eq!(message, Message::from(number.to_string().repeat(1000)));
    }
}

/// More bytes than the system and libcurl keep for a connection, in both directions together.
const KEPT: usize = 40 << 20;

#[test]
fn reader_that_does_not_read_stops_the_server() {
    const LEN: usize = 1 << 16;
    let (tell, told) = channel();
    let server = WsServer::new(move |conn| {
        let timeout = Some(Duration::from_millis(500));
        conn.get_ref().set_write_timeout(timeout).unwrap();
        let mut count = 0_u64;
        while count < 5000 {
            count += 1;
            let message = Sent::binary(vec![count as u8; LEN]);
            if let Err(error) = conn.send(message) {
                assert!(matches!(error, tungstenite::Error::Io(_)), "{error}");
                break;
            }
        }
        tell.send(count).unwrap();
        conn.get_ref().set_write_timeout(None).unwrap();
        conn.flush().unwrap();
        conn.close(None).unwrap();
        while conn.read().is_ok() {}
    });
    let Some(mut socket) = open_alone(&server.url()) else {
        return;
    };
    let count = told.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(count as usize * LEN < KEPT, "{count}");
    for number in 1..=count {
        let Message::Binary(data) = socket.receive().wait().unwrap() else {
            panic!("no bytes");
        };
        assert_eq!((data.len(), data[0]), (LEN, number as u8));
    }
    assert_eq!(socket.receive().wait().unwrap(), Message::Close(None));
}

#[test]
fn server_that_does_not_read_stops_the_sender() {
    const LEN: usize = 1 << 16;
    let (go_on, wait) = channel::<()>();
    let server = WsServer::new(move |conn| {
        wait.recv().unwrap();
        echo(conn);
    });
    let Some(mut socket) = open_alone(&server.url()) else {
        return;
    };
    let mut count = 0_usize;
    loop {
        count += 1;
        let message = vec![count as u8; LEN];
        match socket.send(message).wait_for(Duration::from_millis(200)) {
            Ok(()) => assert!(count * LEN < KEPT),
            // This message waits to be sent. The next ones fill the limit for unsent messages.
            Err(Error::WebSocket(WebSocketError::TimedOut)) => {}
            // There is no room for this message.
            Err(Error::WebSocket(WebSocketError::Unsent)) => break,
            Err(error) => panic!("{error:?}"),
        }
    }
    go_on.send(()).unwrap();
    for number in 1..count {
        let Message::Binary(data) = socket.receive().wait().unwrap() else {
            panic!("no bytes");
        };
        assert_eq!((data.len(), data[0]), (LEN, number as u8));
    }
    let (_, result) = socket.finish(CloseCode::NORMAL).wait();
    result.unwrap();
}
