//! How WebSockets of whole messages begin and end.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use curlback::handlers::Collect;
use curlback::multi::Ready;
use curlback::{
    Attempt, Callback, CallbackResult, Callbacks, Close, CloseCode, ConnectOnly, DebugKind, Error,
    FrameKind, Hooks, Message, Share, ShareData, Transfer, WebSocketError, WsOptions,
};
use socket2::Socket;
use tungstenite::Message as Sent;

use crate::support::breaks::Own;
use crate::support::server::Server;
use crate::support::skip::needs;
use crate::support::websocket::{assert_failed, assert_restored, open, open_with};
use crate::support::ws_server::{WsServer, echo};

#[test]
fn close_says_why_and_returns_the_transfer_as_it_was() {
    let (tell, told) = channel();
    let server = WsServer::new(move |conn| {
        assert_eq!(conn.read().unwrap(), Sent::text("hello"));
        // `close` discards these messages.
        conn.send(Sent::text("unread")).unwrap();
        conn.send(Sent::binary(vec![7; 100])).unwrap();
        let close = conn.read().unwrap();
        tell.send(close).unwrap();
        // This sends the answer to the close, and waits for the end of the connection.
        while conn.read().is_ok() {}
    });
    let Some(mut socket) = open_with(&server.url(), Collect::new(), |_| ()) else {
        return;
    };
    socket.set_message_limit(10);
    socket.send_text("hello").unwrap();
    let close = Close::new(CloseCode::new(4321).unwrap(), "ünd tschüß").unwrap();
    let transfer = socket.close(close).unwrap();
    let Sent::Close(Some(close)) = told.recv().unwrap() else {
        panic!("no code");
    };
    assert_eq!(u16::from(close.code), 4321);
    assert_eq!(close.reason.as_str(), "ünd tschüß");
    assert_restored(transfer);
}

#[test]
fn close_does_not_wait_for_ever() {
    let (go, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let server = WsServer::new(move |conn| {
        // The server does not read before `go` is dropped, so it does not answer the close.
        conn.send(Sent::text("hello")).unwrap();
        let _ = wait.lock().unwrap().recv();
        let _ = conn.read();
        assert!(conn.read().is_err());
    });
    let Some(mut socket) = open_with(&server.url(), Collect::new(), |_| ()) else {
        return;
    };
    socket.set_close_timeout(Duration::from_millis(10));
    let (error, transfer) = socket.close(CloseCode::NORMAL).unwrap_err().into_parts();
    assert_failed::<()>(Err(error), WebSocketError::TimedOut);
    drop(go);
    assert_restored(transfer);
}

#[test]
fn cancel_and_drop_cut_the_connection() {
    let (tell, told) = channel();
    let server = WsServer::new(move |conn| {
        let read = conn.read();
        tell.send(read.is_ok()).unwrap();
    });
    for drops in [false, true] {
        let Some(socket) = open_with(&server.url(), Collect::new(), |_| ()) else {
            return;
        };
        match drops {
            true => drop(socket),
            false => assert_restored(socket.cancel().unwrap()),
        }
        // The connection has ended without a close frame.
        assert!(!told.recv().unwrap());
    }
}

#[test]
fn options_that_were_set_before_are_set_afterwards() {
    let server = WsServer::new(|conn| {
        // The first client has gone without a close frame, so these may fail.
        let _ = conn.send(Sent::Ping(b"p".to_vec().into()));
        let _ = conn.send(Sent::text("after"));
        let _ = conn.read();
    });
    for (options, first) in [
        (WsOptions::empty(), FrameKind::Text),
        (WsOptions::NO_AUTO_PONG, FrameKind::Ping),
    ] {
        let set_up = |transfer: &mut Transfer<()>| {
            transfer.connect_only(ConnectOnly::WebSocket).unwrap();
            transfer.ws_options(options).unwrap();
        };
        needs!((8, 16, 0), "WebSockets that are safe");
        let Some(socket) = open_with(&server.url(), (), set_up) else {
            return;
        };
        let mut transfer = socket.cancel().unwrap();
        // The connection is gone, but the options are set.
        assert!(transfer.ws_recv(&mut [0; 9]).is_err());
        transfer.perform().unwrap();
        let kind = loop {
            if let Attempt::Done((_, frame)) = transfer.ws_recv(&mut [0; 9]).unwrap() {
                break frame.kind();
            }
            let ready = transfer.wait_socket(Ready::READ, None).unwrap();
            assert_eq!(ready, Ready::READ);
        };
        assert_eq!(kind, first);
    }
}

#[test]
fn what_is_no_websocket_gives_the_transfer_back() {
    let server = Server::ok("body");
    if open_with(&WsServer::new(echo).url(), (), |_| ()).is_none() {
        // The transfer also comes back if the linked libcurl has no WebSockets.
        let mut transfer = Transfer::new(Collect::new()).unwrap();
        transfer.url(&server.url("/")).unwrap();
        let (error, transfer) = transfer.open_websocket().unwrap_err().into_parts();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        return assert_restored(transfer);
    }
    for scheme in ["http", "ws"] {
        let mut transfer = Transfer::new(Collect::new()).unwrap();
        let url = server.url("/").replace("http", scheme);
        transfer.url(&url).unwrap();
        let (error, mut transfer) = transfer.open_websocket().unwrap_err().into_parts();
        match scheme {
            "ws" => assert!(matches!(error, Error::Libcurl { .. }), "{error}"),
            _ => {
                assert!(error.to_string().contains("`ws://`"), "{error}");
                assert!(server.requests().is_empty());
            }
        }
        // Discards what the server may have sent instead of a handshake.
        drop(transfer.handler_mut().take_body());
        assert_restored(transfer);
    }
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url("ws://127.0.0.1:1/").unwrap();
    transfer.ws_options(WsOptions::RAW_MODE).unwrap();
    let error = transfer.open_websocket().unwrap_err();
    assert!(error.to_string().contains("raw mode"), "{error}");
}

#[test]
fn websocket_of_a_share_with_connections() {
    let server = WsServer::new(echo);
    let share = match Share::new(ShareData::CONNECTIONS) {
        Err(Error::Unsupported { .. }) => return,
        share => share.unwrap(),
    };
    let set_up = |transfer: &mut Transfer<()>| transfer.share(&share).unwrap();
    let Some(mut socket) = open_with(&server.url(), (), set_up) else {
        return;
    };
    socket.send_text("text").unwrap();
    assert!(socket.receive().is_ok());
    drop(socket.close(CloseCode::NORMAL).unwrap());
}

/// Fails or panics in `debug`, or fails in `close_socket`.
#[derive(Debug, Default)]
struct Breaks {
    fails: bool,
    panics: bool,
    fails_to_close: bool,
}

impl Callbacks for Breaks {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::CLOSE_SOCKET
    }

    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        assert!(!self.panics, "own");
        match self.fails {
            true => CallbackResult::Fail(Own(Callback::Debug).into()),
            false => CallbackResult::Continue,
        }
    }

    fn close_socket(&mut self, _: Socket) -> CallbackResult {
        match self.fails_to_close {
            true => CallbackResult::Fail(Own(Callback::CloseSocket).into()),
            false => CallbackResult::Continue,
        }
    }
}

#[test]
fn failures_of_callbacks_come_out_of_the_calls() {
    let server = WsServer::new(|conn| {
        // The second frame has a reserved bit set. libcurl reports that.
        conn.get_mut().write_all(b"\x81\x01a\xC1\x01a").unwrap();
        let _ = conn.read();
    });
    for panics in [false, true] {
        let verbose = |transfer: &mut Transfer<Breaks>| transfer.verbose(true).unwrap();
        let Some(mut socket) = open_with(&server.url(), Breaks::default(), verbose) else {
            return;
        };
        assert_eq!(socket.receive().unwrap(), Message::Text("a".to_owned()));
        socket.handler_mut().panics = panics;
        socket.handler_mut().fails = true;
        match catch_unwind(AssertUnwindSafe(|| socket.receive())) {
            Err(_) => assert!(panics),
            Ok(result) => {
                let error = result.unwrap_err();
                assert_eq!(error.downcast_ref(), Some(&Own(Callback::Debug)));
                assert!(!panics);
            }
        }
        socket.handler_mut().panics = false;
        socket.handler_mut().fails = false;
        assert_failed(socket.receive(), WebSocketError::Failed);
        assert_failed(socket.send_text("x"), WebSocketError::Failed);
    }
}

#[test]
fn failure_of_close_socket_comes_with_the_transfer() {
    let server = WsServer::new(echo);
    for cancels in [false, true] {
        let Some(mut socket) = open_with(&server.url(), Breaks::default(), |_| ()) else {
            return;
        };
        socket.handler_mut().fails_to_close = true;
        let result = match cancels {
            true => socket.cancel(),
            false => socket.close(CloseCode::NORMAL),
        };
        let (error, mut transfer) = result.unwrap_err().into_parts();
        assert_eq!(error.callback(), Some(Callback::CloseSocket));
        // The options have their former values.
        let http = Server::ok("body");
        transfer.handler_mut().fails_to_close = false;
        transfer.url(&http.url("/")).unwrap();
        transfer.perform().unwrap();
        assert_eq!(transfer.response_code().unwrap(), 200);
    }
}

#[test]
fn websockets_cross_threads() {
    let server = WsServer::new(echo);
    let Some(mut socket) = open(&server.url()) else {
        return;
    };
    let socket = std::thread::spawn(move || {
        socket.send_text("text").unwrap();
        socket
    });
    assert!(socket.join().unwrap().receive().is_ok());
}
