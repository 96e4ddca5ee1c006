//! Random messages in random fragments, written in pieces that end at random bytes, with pings by
//! both sides, and calls with random time limits. What arrives is compared with what was sent.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use curlback::{CloseCode, Error, Message, WebSocket, WebSocketError};

use crate::support::pulled::Random;
use crate::support::websocket::open;
use crate::support::ws_server::WsServer;

/// What has arrived at one side.
#[derive(Default)]
struct Arrived {
    messages: Vec<Message>,
    pings: Vec<Vec<u8>>,
    pongs: Vec<Vec<u8>>,
}

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// Makes a random message. Most messages are small.
fn message(random: &mut Random) -> Message {
    let len = match random.below(10) {
        0..5 => random.below(4),
        5..8 => random.below(300),
        8 => 65_530 + random.below(12),
        _ => random.below(400_000),
    };
    match random.below(2) {
        0 => Message::Binary((0..len).map(|_| random.below(256) as u8).collect()),
        _ => {
            let letter = |_| ['a', 'ü', '€', '😀'][random.below(4)];
            Message::Text((0..len / 2).map(letter).collect())
        }
    }
}

fn parts(message: &Message) -> (u8, &[u8]) {
    match message {
        Message::Text(text) => (TEXT, text.as_bytes()),
        Message::Binary(data) => (BINARY, data),
        other => panic!("{other:?}"),
    }
}

/// Makes a frame as a server sends it, without a mask.
fn frame(opcode: u8, last: bool, data: &[u8]) -> Vec<u8> {
    let mut frame = vec![u8::from(last) << 7 | opcode];
    match data.len() {
        len @ ..126 => frame.push(len as u8),
        len @ ..65_536 => {
            frame.push(126);
            frame.extend((len as u16).to_be_bytes());
        }
        len => {
            frame.push(127);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend(data);
    frame
}

/// Writes bytes in random pieces.
fn write(socket: &mut TcpStream, mut bytes: &[u8], random: &mut Random) -> io::Result<()> {
    while !bytes.is_empty() {
        let most = if random.below(3) == 0 { 9 } else { 100_000 };
        let (piece, rest) = bytes.split_at(bytes.len().min(1 + random.below(most)));
        socket.write_all(piece)?;
        bytes = rest;
        if random.below(4) == 0 {
            thread::yield_now();
        }
    }
    Ok(())
}

/// Sends these messages with pings in between, and the answers to the client's pings and close. Returns
/// the sent pings.
fn send(
    mut socket: TcpStream,
    messages: &[Message],
    mut random: Random,
    answers: &Receiver<(u8, Vec<u8>)>,
) -> io::Result<Vec<Vec<u8>>> {
    let mut pings = Vec::new();
    for message in messages {
        let (opcode, mut data) = parts(message);
        let mut next = opcode;
        loop {
            for (opcode, data) in answers.try_iter() {
                write(&mut socket, &frame(opcode, true, &data), &mut random)?;
            }
            if random.below(4) == 0 {
                let ping = vec![pings.len() as u8; random.below(126)];
                write(&mut socket, &frame(PING, true, &ping), &mut random)?;
                pings.push(ping);
            }
            let last = random.below(3) == 0;
            let len = if last {
                data.len()
            } else {
                random.below(data.len() + 1)
            };
            let (fragment, rest) = data.split_at(len);
            write(&mut socket, &frame(next, last, fragment), &mut random)?;
            (data, next) = (rest, 0);
            if last {
                break;
            }
        }
    }
    for (opcode, data) in answers {
        write(&mut socket, &frame(opcode, true, &data), &mut random)?;
    }
    Ok(pings)
}

/// Reads the frames of the client until it closes.
fn read(socket: TcpStream, answers: &Sender<(u8, Vec<u8>)>) -> io::Result<Arrived> {
    let mut socket = io::BufReader::new(socket);
    let mut arrived = Arrived::default();
    loop {
        let mut head = [0; 2];
        socket.read_exact(&mut head)?;
        assert_eq!(head[0] & 0xF0, 0x80, "each message has one frame");
        let mut number = [0; 8];
        let digits = match head[1] & 0x7F {
            126 => 2,
            127 => 8,
            len => {
                number[7] = len;
                0
            }
        };
        socket.read_exact(&mut number[8 - digits..])?;
        let len = u64::from_be_bytes(number);
        let mut mask = [0; 4];
        socket.read_exact(&mut mask)?;
        let mut data = vec![0; usize::try_from(len).unwrap()];
        socket.read_exact(&mut data)?;
        for (byte, mask) in data.iter_mut().zip(mask.iter().cycle()) {
            *byte ^= mask;
        }
        match head[0] & 0xF {
            TEXT => arrived
                .messages
                .push(Message::Text(String::from_utf8(data).unwrap())),
            BINARY => arrived.messages.push(Message::Binary(data)),
            PONG => arrived.pongs.push(data),
            PING => {
                answers.send((PONG, data.clone())).unwrap();
                arrived.pings.push(data);
            }
            opcode => {
                assert_eq!(opcode, CLOSE);
                answers.send((CLOSE, data)).unwrap();
                return Ok(arrived);
            }
        }
    }
}

/// Returns a random time limit, mostly none.
fn limit(random: &mut Random) -> Option<Duration> {
    match random.below(8) {
        0 => Some(Duration::ZERO),
        1 => Some(Duration::from_micros(300)),
        _ => None,
    }
}

/// Receives once. Returns whether a message has come.
fn receive(socket: &mut WebSocket<()>, arrived: &mut Arrived) -> bool {
    match socket.receive() {
        Ok(Message::Pong(data)) => arrived.pongs.push(data),
        Ok(message) => arrived.messages.push(message),
        Err(Error::WebSocket(WebSocketError::TimedOut)) => return false,
        Err(error) => panic!("{error}"),
    }
    true
}

/// Calls `send` until the socket has taken its message or ping. Receives in between if necessary.
fn put(
    socket: &mut WebSocket<()>,
    random: &mut Random,
    arrived: &mut Arrived,
    send: impl Fn(&mut WebSocket<()>) -> Result<(), Error>,
) {
    loop {
        socket.set_timeout(limit(random));
        match send(socket) {
            Ok(()) | Err(Error::WebSocket(WebSocketError::TimedOut)) => return,
            Err(Error::WebSocket(WebSocketError::Unread)) => {
                while receive(socket, arrived) && random.below(5) > 0 {}
                return;
            }
            Err(Error::WebSocket(WebSocketError::Unsent)) => {
                socket.set_timeout(Some(Duration::ZERO));
                receive(socket, arrived);
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn round(seed: u64) -> bool {
    let mut random = Random::new(seed);
    let count = random.below(60);
    let theirs: Vec<_> = (0..count).map(|_| message(&mut random)).collect();
    let (script, server_seed) = (theirs.clone(), seed ^ 0xABCD_EF01);
    let (tell, told) = channel();
    let server = WsServer::new(move |conn| {
        conn.get_ref().set_nodelay(true).unwrap();
        let socket = || conn.get_ref().try_clone().unwrap();
        let (answers, to_answer) = channel();
        let (reading, writing, script) = (socket(), socket(), &script);
        thread::scope(|scope| {
            let reader = scope.spawn(move || read(reading, &answers));
            let pings = send(writing, script, Random::new(server_seed), &to_answer);
            let arrived = reader.join().unwrap().unwrap();
            tell.send((arrived, pings.unwrap())).unwrap();
        });
    });
    let Some(mut socket) = open(&server.url()) else {
        return false;
    };
    socket.show_pongs(true);
    socket.set_message_limit(2_000_000);
    let (mut ours, mut arrived) = (Arrived::default(), Arrived::default());
    for _ in 0..random.below(60) {
        match random.below(5) {
            0 => {
                let ping = vec![ours.pings.len() as u8; random.below(126)];
                put(&mut socket, &mut random, &mut arrived, |s| s.ping(&ping));
                ours.pings.push(ping);
            }
            1 | 2 => {
                let message = message(&mut random);
                put(&mut socket, &mut random, &mut arrived, |s| match &message {
                    Message::Text(text) => s.send_text(text),
                    other => s.send_binary(parts(other).1),
                });
                ours.messages.push(message);
            }
            _ => {
                // There may be nothing to receive, so this must not wait for long.
                socket.set_timeout(Some(Duration::from_micros(500)));
                receive(&mut socket, &mut arrived);
            }
        }
    }
    while (arrived.messages.len(), arrived.pongs.len()) < (theirs.len(), 0)
        || arrived.pongs.len() < ours.pings.len()
    {
        socket.set_timeout(limit(&mut random));
        receive(&mut socket, &mut arrived);
    }
    drop(socket.close(CloseCode::NORMAL).unwrap());
    let (seen, pings) = told.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(arrived.messages == theirs, "seed {seed}");
    assert!(seen.messages == ours.messages, "seed {seed}");
    assert_eq!(seen.pings, ours.pings, "seed {seed}");
    assert_eq!(arrived.pongs, ours.pings, "seed {seed}");
    // Of several pings, only the last one must be answered.
    assert_eq!(seen.pongs.last(), pings.last(), "seed {seed}");
    let mut rest = pings.iter();
    let is_answer = |pong: &Vec<u8>| rest.any(|ping| ping == pong);
    assert!(seen.pongs.iter().all(is_answer), "seed {seed}");
    true
}

#[test]
fn random_messages_arrive_as_they_were_sent() {
    for seed in 1..=40 {
        if !round(seed) {
            return;
        }
    }
}
