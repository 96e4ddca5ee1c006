//! `connect_only`: bytes and frames on a connection without a transfer.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::thread;

use curlback::multi::Ready;
use curlback::{
    Attempt, Callback, Callbacks, Code, ConnectOnly, Error, Fragment, FrameKind, Multi, SockType,
    SocketAddress, Transfer,
};
use socket2::Socket;
use tungstenite::Message;
use tungstenite::protocol::frame::coding::Data;

use crate::support::bodies::pattern;
use crate::support::breaks::Own;
use crate::support::built_in::ftp;
use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::websocket::{Waits, connect, connect_ws, frame, recv, send, wait};
use crate::support::ws_server::{WsServer, echo, fragment};

#[test]
fn bytes_go_both_ways_on_a_bare_connection() {
    let server = Server::ok("body");
    let mut transfer = connect(&server.url("/"), ConnectOnly::Yes);
    let mut buffer = [0; 4096];
    // Nothing was requested yet, so nothing comes.
    assert_eq!(transfer.recv(&mut buffer).unwrap(), Attempt::WouldBlock);
    let request = b"GET /own HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_eq!(
        transfer.send(request).unwrap(),
        Attempt::Done(request.len())
    );
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\nbody") {
        let len = recv(&mut transfer, &mut buffer).unwrap();
        assert!(len > 0);
        answer.extend_from_slice(&buffer[..len]);
    }
    assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert_eq!(server.requests()[0].line, "GET /own HTTP/1.1");
    // A buffer without room is an error, not the end of the connection.
    let error = transfer.recv(&mut []).unwrap_err();
    assert_eq!(error.code(), Some(Code::BAD_FUNCTION_ARGUMENT));

    drop(server);
    assert_eq!(recv(&mut transfer, &mut buffer).unwrap(), 0);
    // The next transfer makes a connection of its own.
    let server = Server::ok("body");
    transfer.url(&server.url("/")).unwrap();
    transfer.connect_only(false).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 200);
    // `send` does not use this connection.
    let error = transfer.send(b"x").unwrap_err();
    assert!(matches!(error, Error::Libcurl { .. }), "{error:?}");
}

#[test]
fn more_than_fits_is_taken_in_parts() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let data = pattern(10_000_000);
    let len = data.len();
    let server = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut start = [0; 1];
        // Reads one byte and answers before it reads the rest.
        let mut received = vec![0; len];
        socket.read_exact(&mut start).unwrap();
        socket.write_all(b"go").unwrap();
        received[0] = start[0];
        socket.read_exact(&mut received[1..]).unwrap();
        received
    });
    let mut transfer = connect(&url, ConnectOnly::Yes);
    let mut sent = 0;
    while sent < len {
        sent += wait(&mut transfer, Ready::WRITE, |t| t.send(&data[sent..])).unwrap();
    }
    assert!(server.join().unwrap() == data);
}

#[test]
fn failed_send_does_not_have_the_text_of_a_failed_recv() {
    // Resets the connection after the first line.
    let server = Server::new(|conn| {
        conn.line();
        conn.reset();
    });
    let mut transfer = connect(&server.url("/"), ConnectOnly::Yes);
    assert_eq!(transfer.send(b"x\n").unwrap(), Attempt::Done(2));
    let error = recv(&mut transfer, &mut [0; 8]).unwrap_err();
    assert_eq!(error.code(), Some(Code::RECV_ERROR));
    let error = transfer.send(b"y").unwrap_err();
    let Error::Libcurl { code, text, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(code, Code::SEND_ERROR);
    assert!(!text.is_some_and(|text| text.contains("Recv")));
}

#[test]
fn failure_of_debug_comes_out_of_the_call() {
    let server = Server::ok("body");
    let mut transfer = Transfer::new(Waits::default()).unwrap();
    // Without a connection, `send` makes libcurl call `debug`.
    transfer.url(&server.url("/")).unwrap();
    transfer.verbose(true).unwrap();
    transfer.handler_mut().fails = true;
    let error = transfer.send(b"x").unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Debug), "{error:?}");
    assert_eq!(error.downcast_ref(), Some(&Own(Callback::Debug)));
}

#[test]
fn frames_go_both_ways_on_a_bare_connection() {
    let server = WsServer::new(echo);
    let Some(mut transfer) = connect_ws(&server.url()) else {
        return;
    };
    assert_eq!(transfer.response_code().unwrap(), 101);
    assert_eq!(transfer.ws_recv(&mut [0; 9]).unwrap(), Attempt::WouldBlock);
    let big = pattern(300_007);
    for (kind, data) in [
        (FrameKind::Text, &b"text"[..]),
        (FrameKind::Binary, &[0, 255]),
        (FrameKind::Text, b""),
        (FrameKind::Binary, &big),
    ] {
        send(&mut transfer, kind, data, true);
        let seen = frame(&mut transfer).unwrap();
        assert!(seen == (kind, true, true, data.to_vec()));
    }
    // The server puts these fragments together.
    send(&mut transfer, FrameKind::Text, b"in ", false);
    send(&mut transfer, FrameKind::Ping, b"between", true);
    send(&mut transfer, FrameKind::Text, b"parts", true);
    let pong = (FrameKind::Pong, true, true, b"between".to_vec());
    assert_eq!(frame(&mut transfer).unwrap(), pong);
    let whole = (FrameKind::Text, true, true, b"in parts".to_vec());
    assert_eq!(frame(&mut transfer).unwrap(), whole);

    for (result, reason) in [
        (transfer.ws_send(FrameKind::Other(0), b"x"), "kind"),
        (
            transfer.ws_send_fragment(FrameKind::Close, b"", Fragment::More),
            "fragments",
        ),
    ] {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Option { .. }), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
    let error = transfer.ws_recv(&mut []).unwrap_err();
    assert_eq!(error.code(), Some(Code::BAD_FUNCTION_ARGUMENT));

    send(&mut transfer, FrameKind::Close, b"\x03\xE8", true);
    let close = (FrameKind::Close, true, true, b"\x03\xE8".to_vec());
    assert_eq!(frame(&mut transfer).unwrap(), close);
    let error = frame(&mut transfer).unwrap_err();
    assert_eq!(error.code(), Some(Code::GOT_NOTHING), "{error}");
}

#[test]
fn fragments_of_the_server_are_told_apart() {
    let server = WsServer::new(|conn| {
        conn.send(fragment(Some(Data::Binary), b"a", false))
            .unwrap();
        conn.send(Message::Ping(b"p".to_vec().into())).unwrap();
        conn.send(fragment(None, b"", false)).unwrap();
        conn.send(fragment(None, b"c", true)).unwrap();
        assert_eq!(conn.read().unwrap(), Message::Pong(b"p".to_vec().into()));
    });
    let Some(mut transfer) = connect_ws(&server.url()) else {
        return;
    };
    let kind = FrameKind::Binary;
    for expected in [
        (kind, true, false, b"a".to_vec()),
        (kind, false, false, vec![]),
        (kind, false, true, b"c".to_vec()),
    ] {
        assert_eq!(frame(&mut transfer).unwrap(), expected);
    }
}

#[test]
fn rest_of_a_frame_has_to_come_before_another() {
    let (go, wait_for) = std::sync::mpsc::channel::<()>();
    let wait_for = std::sync::Mutex::new(wait_for);
    let server = WsServer::new(move |conn| {
        wait_for.lock().unwrap().recv().unwrap();
        let message = conn.read().unwrap();
        assert!(message == Message::binary(pattern(10_000_000)));
        conn.send(Message::text("whole")).unwrap();
        let _ = conn.read();
    });
    let Some(mut transfer) = connect_ws(&server.url()) else {
        return;
    };
    let data = pattern(10_000_000);
    let mut sent = 0;
    while let Attempt::Done(len) = transfer.ws_send(FrameKind::Binary, &data[sent..]).unwrap() {
        sent += len;
    }
    assert!(sent < data.len());
    let error = transfer.ws_send(FrameKind::Text, b"other").unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error}");
    go.send(()).unwrap();
    send(&mut transfer, FrameKind::Binary, &data[sent..], true);
    assert_eq!(frame(&mut transfer).unwrap().3, b"whole");
}

/// Opens one socket, and refuses each further one.
struct ConnectsOnce(usize);

impl Callbacks for ConnectsOnce {
    fn open_socket(&mut self, _: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
        self.0 += 1;
        match self.0 {
            1 => address.open(),
            _ => Err(io::Error::other("a second connection")),
        }
    }
}

#[test]
fn transfer_that_only_connects_lists_nothing() {
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", "");
    for multi in [false, true] {
        let mut transfer = Transfer::new(ConnectsOnce(0)).unwrap();
        transfer.url(&server.url("*")).unwrap();
        transfer.wildcard_match(true).unwrap();
        transfer.connect_only(true).unwrap();
        if multi {
            let mut multi = Multi::new().unwrap();
            multi.add(transfer).unwrap();
            multi.run(|_, _, _, result| result).unwrap();
            continue;
        }
        transfer.perform().unwrap();
        // `wildcard_match` is still set, so this transfer opens a second socket, for the list.
        transfer.handler_mut().0 = 0;
        transfer.connect_only(false).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(Callback::OpenSocket));
    }
}

/// Calls on connections that `connect_only` has made in a `Multi` do no harm. After a `perform`, the same
/// calls succeed.
#[test]
fn connect_only_in_a_multi() {
    let silent = Server::new(|conn| conn.drain());
    let mut kept = Vec::new();
    let mut multi = curlback::Multi::new().unwrap();
    for _ in 0..3 {
        let mut t = Transfer::new(()).unwrap();
        t.url(&silent.url("/")).unwrap();
        t.connect_only(ConnectOnly::Yes).unwrap();
        multi.add(t).unwrap();
    }
    multi
        .run(|_, _, mut t, r| {
            r?;
            eprintln!("{:?} {:?}", t.send(b"x"), t.recv(&mut [0; 4]));
            let _ = t.upkeep();
            eprintln!("{:?}", t.send(b"x"));
            kept.push(t);
            Ok(())
        })
        .unwrap();
    for t in &mut kept {
        t.perform().unwrap();
        assert!(t.send(b"x").is_ok());
        let _ = t.upkeep();
        assert!(t.send(b"x").is_ok());
    }
}
