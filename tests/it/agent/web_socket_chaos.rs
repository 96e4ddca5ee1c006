//! Random messages on many WebSockets of one agent, while the agent performs other transfers. The
//! readers pause now and then, and some are dropped.

use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use curlback::agent::WebSocketConfig;
use curlback::{Agent, Message};
use futures_lite::future::{or, pending, zip};
use futures_util::{SinkExt as _, StreamExt as _};
use tungstenite::Message as Sent;

use crate::agent::web_sockets::open;
use crate::support::child::{child, in_child};
use crate::support::descriptors::descriptors;
use crate::support::pulled::{Random, pattern, transfer};
use crate::support::rounds::rounds;
use crate::support::server::Server;

/// How many WebSockets there are.
const CONNECTIONS: usize = 12;

/// Sends every message back, either at once or together with later ones, and sends pings now and
/// then.
fn serve(socket: TcpStream, seed: u64) {
    let mut random = Random::new(seed);
    let Ok(mut conn) = tungstenite::accept(socket) else {
        return;
    };
    // The server sends the first message.
    if conn.send(Sent::text("hello")).is_err() {
        return;
    }
    let mut kept: Vec<Sent> = Vec::new();
    while let Ok(message) = conn.read() {
        if !message.is_text() && !message.is_binary() {
            continue;
        }
        let ends = message.to_text().is_ok_and(|text| text == "end");
        kept.push(message);
        if random.below(4) == 0 && conn.send(Sent::Ping("are you there".into())).is_err() {
            return;
        }
        if random.below(3) > 0 || ends {
            for message in kept.drain(..) {
                if conn.send(message).is_err() {
                    return;
                }
            }
        }
    }
}

/// Makes a server that accepts this number of connections, each on a thread of its own.
fn server(connections: usize) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let thread = thread::spawn(move || {
        thread::scope(|scope| {
            for seed in 0..connections as u64 {
                let socket = listener.accept().unwrap().0;
                scope.spawn(move || serve(socket, 0x2545_F491_4F6C_DD1D ^ (seed << 20)));
            }
        });
    });
    (url, thread)
}

fn message(random: &mut Random) -> Message {
    let len = match random.below(10) {
        0 => random.below(3 << 20),
        1..4 => random.below(100_000),
        _ => random.below(200),
    };
    match random.below(2) {
        0 => Message::Binary(pattern(len)),
        _ => Message::Text("é".repeat(len / 2)),
    }
}

/// Sends random messages and receives some of them. Returns how many were received.
async fn converse(agent: &Agent, url: &str, seed: u64, messages: usize) -> usize {
    let mut random = Random::new(0x9e37_79b9_7f4a_7c15 ^ (seed << 24));
    let limit = [1, 1000, 1 << 18];
    let config = WebSocketConfig::new()
        .unread_limit(limit[random.below(3)])
        .unsent_limit(limit[random.below(3)])
        .close_timeout(Duration::from_secs(60));
    let mut socket = match agent.open_websocket_with(transfer((), url), &config).await {
        Ok(socket) => socket,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(socket.receive().await.unwrap(), Message::from("hello"));
    let mut sent: Vec<_> = (0..messages).map(|_| message(&mut random)).collect();
    sent.push(Message::from("end"));
    // About a third of the WebSockets are dropped in the middle.
    let stop = match random.below(3) {
        0 => Some(random.below(messages / 2)),
        _ => None,
    };
    let (mut sink, mut stream) = socket.split();
    let mut pauses = Random::new(seed + 1);
    let sends = async {
        for message in &sent {
            sink.feed(message.clone()).await.unwrap();
            if random.below(5) == 0 {
                sink.flush().await.unwrap();
            }
        }
        sink.flush().await.unwrap();
    };
    let receives = async {
        for (number, message) in sent.iter().enumerate() {
            if stop.is_some_and(|stop| number > stop) {
                return number;
            }
            let received = stream.next().await.unwrap().unwrap();
            assert!(received == *message, "message {number} of {seed}");
            if pauses.below(10) == 0 {
                tokio::task::yield_now().await;
            }
        }
        sent.len()
    };
    match stop {
        None => {
            let ((), count) = zip(sends, receives).await;
            let ends = async { while stream.next().await.is_some() {} };
            let (closed, ()) = zip(sink.close(), ends).await;
            closed.unwrap();
            count
        }
        Some(_) => {
            let sends = async {
                sends.await;
                pending().await
            };
            or(sends, receives).await
        }
    }
}

/// Returns whether the linked libcurl has WebSockets; otherwise the test is skipped.
fn has_web_sockets() -> bool {
    let (url, server) = server(1);
    let agent = Agent::new().unwrap();
    let socket = open(&agent, transfer((), &url), &WebSocketConfig::new());
    if socket.is_none() {
        // No WebSocket connects. This connection ends the server's wait.
        let address = url.trim_start_matches("ws://").trim_end_matches('/');
        TcpStream::connect(address).unwrap();
    }
    let has_some = socket.is_some();
    drop(socket);
    server.join().unwrap();
    has_some
}

#[test]
fn random_messages_are_neither_lost_nor_mixed() {
    let Some(web) = in_child() else {
        let web = Server::new(|conn| {
            while conn.request().is_some() {
                conn.reply("200 OK", "", pattern(10_000));
            }
        });
        let test = "agent::web_socket_chaos::random_messages_are_neither_lost_nor_mixed";
        if has_web_sockets() {
            child(test, &web, b"");
        }
        return;
    };
    let agent = Agent::new().unwrap();
    agent.shutdown();
    let before = descriptors();
    let agent = Agent::new().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    for round in 0..rounds(2, 10) as u64 {
        let (url, server) = server(CONNECTIONS);
        let counts = runtime.block_on(async {
            let tasks: Vec<_> = (0..CONNECTIONS as u64)
                .map(|number| {
                    let (agent, url) = (agent.clone(), url.clone());
                    let seed = round * 1000 + number + 1;
                    tokio::spawn(async move { converse(&agent, &url, seed, 60).await })
                })
                .collect();
            // Other transfers come and go on the same thread meanwhile.
            for _ in 0..50 {
                let get = transfer((), &web);
                agent.start(get).await.1.unwrap();
            }
            let mut counts = Vec::new();
            for task in tasks {
                counts.push(task.await.unwrap());
            }
            counts
        });
        assert!(counts.iter().sum::<usize>() > 100, "{counts:?}");
        server.join().unwrap();
    }
    agent.shutdown();
    drop((agent, runtime));
    assert_eq!(descriptors(), before);
}
