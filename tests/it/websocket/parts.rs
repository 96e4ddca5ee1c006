//! Frames that are sent in parts, and WebSockets in raw mode.

use std::io::{Read, Write};

use curlback::multi::Ready;
use curlback::{
    Attempt, Callbacks, ConnectOnly, Error, Fragment, Frame, FrameKind, Hooks, Transfer,
    WriteResult, WsOptions, WsReply,
};
use tungstenite::Message;

use crate::support::bodies::pattern;
use crate::support::results::assert_option;
use crate::support::websocket::{Waits, connect_ws, frame, wait, websocket};
use crate::support::ws_server::{Conn, WsServer, echo};

/// Sends a frame in these parts.
fn send_parts(
    transfer: &mut Transfer<Waits>,
    (kind, len, fragment): (FrameKind, usize, Fragment),
    parts: &[&[u8]],
) -> Result<(), Error> {
    for part in parts {
        let mut sent = 0;
        loop {
            let rest = &part[sent..];
            sent += wait(transfer, Ready::WRITE, |t| {
                t.ws_send_part(kind, len as u64, rest, fragment)
            })?;
            if sent == part.len() {
                break;
            }
        }
    }
    Ok(())
}

fn assert_refused(result: Result<(), Error>) {
    assert_option(result, "curl_ws_send");
}

#[test]
fn parts_make_the_frame_that_was_announced() {
    let server = WsServer::new(echo);
    let Some(mut transfer) = connect_ws(&server.url()) else {
        return;
    };
    let big = pattern(3_000_000);
    let (start, end) = big.split_at(1_234_567);
    let orders: [(&[&[u8]], FrameKind); 7] = [
        (&[b"a", b"bc", b"def"], FrameKind::Text),
        // The first part is empty: only the beginning of the frame is sent.
        (&[b"", b"abc"], FrameKind::Text),
        (&[b"", b"", b"a", b"", b"b"], FrameKind::Binary),
        (&[b""], FrameKind::Binary),
        (&[b"whole"], FrameKind::Text),
        (&[start, end], FrameKind::Binary),
        (&[b"a", b"b"], FrameKind::Text),
    ];
    for (parts, kind) in orders {
        let whole = parts.concat();
        // The server reads while the frame is sent, and answers when it has all of it.
        send_parts(&mut transfer, (kind, whole.len(), Fragment::Last), parts).unwrap();
        let seen = frame(&mut transfer).unwrap();
        assert!(seen == (kind, true, true, whole));
    }
    // Sends two fragments of one message, each in parts.
    let kind = FrameKind::Text;
    send_parts(&mut transfer, (kind, 3, Fragment::More), &[b"i", b"n "]).unwrap();
    send_parts(&mut transfer, (kind, 5, Fragment::Last), &[b"p", b"arts"]).unwrap();
    let seen = frame(&mut transfer).unwrap();
    assert_eq!(seen, (kind, true, true, b"in parts".to_vec()));
}

#[test]
fn nothing_else_is_sent_within_an_announced_frame() {
    let server = WsServer::new(echo);
    let Some(mut transfer) = connect_ws(&server.url()) else {
        return;
    };
    let kind = FrameKind::Binary;
    send_parts(&mut transfer, (kind, 6, Fragment::Last), &[b"abc"]).unwrap();
    assert_refused(transfer.ws_send(FrameKind::Ping, b"").map(drop));
    assert_refused(transfer.ws_send(kind, b"def").map(drop));
    assert_refused(
        transfer
            .ws_send_fragment(kind, b"def", Fragment::More)
            .map(drop),
    );
    // The first three of these parts describe another frame. The last one has too many bytes.
    assert_refused(
        transfer
            .ws_send_part(FrameKind::Text, 6, b"def", Fragment::Last)
            .map(drop),
    );
    assert_refused(
        transfer
            .ws_send_part(kind, 7, b"def", Fragment::Last)
            .map(drop),
    );
    assert_refused(
        transfer
            .ws_send_part(kind, 6, b"def", Fragment::More)
            .map(drop),
    );
    assert_refused(
        transfer
            .ws_send_part(kind, 6, b"defg", Fragment::Last)
            .map(drop),
    );
    assert_refused(transfer.ws_send_raw(b"def").map(drop));
    send_parts(&mut transfer, (kind, 6, Fragment::Last), &[b"def"]).unwrap();
    let seen = frame(&mut transfer).unwrap();
    assert_eq!(seen, (kind, true, true, b"abcdef".to_vec()));

    assert_refused(
        transfer
            .ws_send_part(kind, u64::MAX, b"", Fragment::Last)
            .map(drop),
    );
    assert_refused(
        transfer
            .ws_send_part(FrameKind::Ping, 1, b"", Fragment::More)
            .map(drop),
    );
    // libcurl itself refuses a ping that is too long.
    let error = transfer.ws_send_part(FrameKind::Ping, 126, b"", Fragment::Last);
    assert!(matches!(error, Err(Error::Libcurl { .. })), "{error:?}");
    // The connection can still be used.
    send_parts(&mut transfer, (kind, 2, Fragment::Last), &[b"o", b"k"]).unwrap();
    assert_eq!(frame(&mut transfer).unwrap().3, b"ok");
}

/// Makes a frame with a mask of zeros, which changes nothing.
fn masked(first: u8, data: &[u8]) -> Vec<u8> {
    let len = u8::try_from(data.len()).ok().filter(|len| *len < 126);
    [&[first, 0x80 | len.unwrap(), 0, 0, 0, 0], data].concat()
}

const TEXT: u8 = 0x81;

const PING: u8 = 0x89;

#[test]
fn raw_frames_go_both_ways_on_a_bare_connection() {
    let server = WsServer::new(|conn| {
        conn.send(Message::Ping(b"p".to_vec().into())).unwrap();
        echo(conn);
    });
    let Some(mut transfer) = connect_ws(&server.url()) else {
        return;
    };
    assert_refused(transfer.ws_send_raw(&masked(TEXT, b"x")).map(drop));
    let options = WsOptions::RAW_MODE | WsOptions::NO_AUTO_PONG;
    transfer.ws_options(options).unwrap();
    transfer.connect_only(ConnectOnly::WebSocket).unwrap();
    transfer.perform().unwrap();
    // In raw mode with `NO_AUTO_PONG`, libcurl passes the ping on and does not answer it.
    let ping = (FrameKind::Ping, true, true, b"p".to_vec());
    assert_eq!(frame(&mut transfer).unwrap(), ping);
    // Two frames are sent in three calls.
    let bytes = [masked(TEXT, b"one"), masked(TEXT, b"two")].concat();
    for part in [&bytes[..4], &bytes[4..12], &bytes[12..]] {
        let sent = transfer.ws_send_raw(part).unwrap();
        assert_eq!(sent, Attempt::Done(part.len()));
    }
    for expected in [b"one", b"two"] {
        let text = (FrameKind::Text, true, true, expected.to_vec());
        assert_eq!(frame(&mut transfer).unwrap(), text);
    }
    // `recv` receives the bytes as they are.
    let sent = transfer.ws_send_raw(&masked(TEXT, b"three")).unwrap();
    assert_eq!(sent, Attempt::Done(11));
    let mut bytes = [0; 7];
    let mut len = 0;
    while len < bytes.len() {
        len += wait(&mut transfer, Ready::READ, |t| t.recv(&mut bytes[len..])).unwrap();
    }
    assert_eq!(&bytes, b"\x81\x05three");
    // In raw mode, libcurl makes no frames.
    assert_refused(transfer.ws_send(FrameKind::Text, b"x").map(drop));
    assert_refused(
        transfer
            .ws_send_fragment(FrameKind::Text, b"x", Fragment::More)
            .map(drop),
    );
    // A copy is in raw mode too; a reset ends raw mode.
    let mut copy = transfer.try_clone_with(Waits::default()).unwrap();
    assert_refused(copy.ws_send(FrameKind::Text, b"x").map(drop));
    transfer.reset().unwrap();
    assert_refused(transfer.ws_send_raw(b"x").map(drop));
}

/// Calls `at` in `frame` and in `ws_raw`, with the number of the call.
struct Answers<F> {
    at: F,
    calls: usize,
    written: Vec<u8>,
    raw: Vec<u8>,
}

impl<F: FnMut(usize, &mut WsReply<'_>) -> Result<(), Error>> Answers<F> {
    fn new(at: F) -> Answers<F> {
        Answers {
            at,
            calls: 0,
            written: Vec::new(),
            raw: Vec::new(),
        }
    }
}

impl<F: FnMut(usize, &mut WsReply<'_>) -> Result<(), Error>> Callbacks for Answers<F> {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::FRAME
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written.extend_from_slice(data);
        WriteResult::Continue
    }

    fn frame(&mut self, _: &Frame, _: &[u8], reply: &mut WsReply<'_>) -> WriteResult {
        self.calls += 1;
        (self.at)(self.calls, reply).into()
    }

    fn ws_raw(&mut self, data: &[u8], reply: &mut WsReply<'_>) -> WriteResult {
        self.raw.extend_from_slice(data);
        self.calls += 1;
        (self.at)(self.calls, reply).into()
    }
}

/// Sends three messages, and reads an answer to each of the first two.
fn talks(conn: &mut Conn) {
    conn.send(Message::text("hello")).unwrap();
    assert_eq!(conn.read().unwrap(), Message::text("answer"));
    conn.send(Message::text("again")).unwrap();
    assert_eq!(conn.read().unwrap(), Message::text("and more"));
    conn.send(Message::text("bye")).unwrap();
}

#[test]
fn callback_answers_in_raw_mode() {
    let server = WsServer::new(talks);
    let at = |call, reply: &mut WsReply<'_>| {
        assert_refused(reply.send(FrameKind::Text, b"no frames"));
        match call {
            1 => reply.send_raw(&masked(TEXT, b"answer")),
            2 => {
                let bytes = masked(TEXT, b"and more");
                reply.send_raw(&bytes[..3])?;
                reply.send_raw(&bytes[3..])
            }
            _ => Ok(()),
        }
    };
    let Some(mut transfer) = websocket(&server.url(), Answers::new(at)) else {
        return;
    };
    transfer.ws_options(WsOptions::RAW_MODE).unwrap();
    transfer.perform().unwrap();
    let Answers { raw, written, .. } = transfer.handler();
    assert_eq!(raw, b"\x81\x05hello\x81\x05again\x81\x03bye");
    assert!(written.is_empty());
    // A response that is not a WebSocket goes to `write`.
    let web = crate::support::server::Server::ok("body");
    transfer.url(&web.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().written, b"body");
}

#[test]
fn callback_answers_part_by_part() {
    let server = WsServer::new(talks);
    let kind = FrameKind::Text;
    let at = |call, reply: &mut WsReply<'_>| {
        assert_refused(reply.send_raw(b"no raw mode"));
        match call {
            1 => {
                reply.send_part(kind, 6, b"ans", Fragment::Last)?;
                assert_refused(reply.send(kind, b"x"));
                assert_refused(reply.send_part(kind, 6, b"wer and", Fragment::Last));
                reply.send_part(kind, 6, b"wer", Fragment::Last)
            }
            2 => reply.send_part(kind, 8, b"and more", Fragment::Last),
            _ => Ok(()),
        }
    };
    let Some(mut transfer) = websocket(&server.url(), Answers::new(at)) else {
        return;
    };
    transfer.perform().unwrap();
}

#[test]
fn frame_is_finished_in_a_later_callback() {
    let server = WsServer::new(|conn| {
        conn.send(Message::text("one")).unwrap();
        conn.flush().unwrap();
        // The beginning of the frame has arrived. The next message makes the callback send the
        // rest.
        let mut start = [0; 7];
        conn.get_mut().read_exact(&mut start).unwrap();
        conn.get_mut().write_all(b"\x81\x03two").unwrap();
        let mut end = [0; 2];
        conn.get_mut().read_exact(&mut end).unwrap();
        let mask = &start[2..6];
        let data = [start[6], end[0], end[1]];
        let data: Vec<_> = data
            .iter()
            .zip(mask.iter().cycle())
            .map(|(d, m)| d ^ m)
            .collect();
        assert_eq!((start[0], start[1], &data[..]), (0x82, 0x83, &b"abc"[..]));
    });
    let kind = FrameKind::Binary;
    let at = |call, reply: &mut WsReply<'_>| match call {
        1 => reply.send_part(kind, 3, b"a", Fragment::Last),
        _ => {
            assert_refused(reply.send(FrameKind::Ping, b""));
            reply.send_part(kind, 3, b"bc", Fragment::Last)
        }
    };
    let Some(mut transfer) = websocket(&server.url(), Answers::new(at)) else {
        return;
    };
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().calls, 2);
}

#[test]
fn default_writes_raw_bytes() {
    let server = WsServer::new(|conn| conn.send(Message::Ping(b"p".to_vec().into())).unwrap());
    struct Writes(Vec<u8>);

    impl Callbacks for Writes {
        fn hooks(&self) -> Hooks {
            Hooks::default() | Hooks::FRAME
        }

        fn write(&mut self, data: &[u8]) -> WriteResult {
            self.0.extend_from_slice(data);
            WriteResult::Continue
        }
    }

    for boxed in [false, true] {
        let Some(mut transfer) = websocket(&server.url(), Box::new(Writes(Vec::new()))) else {
            return;
        };
        if boxed {
            let hooks = transfer.hooks() - Hooks::FRAME;
            transfer.set_hooks(hooks).unwrap();
        }
        transfer.ws_options(WsOptions::RAW_MODE).unwrap();
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().0, [PING, 1, b'p']);
    }
}
