//! How WebSockets of an agent begin and end.

use std::io::Write;
use std::net::Shutdown;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use curlback::agent::{AsyncWebSocket, WebSocketConfig};
use curlback::handlers::Collect;
use curlback::{
    Agent, Callback, CallbackResult, Callbacks, Close, CloseCode, Code, DebugKind, Error, Message,
    Transfer, WebSocketError, WsOptions, callbacks,
};
use futures_lite::future::block_on;
use futures_util::{SinkExt, StreamExt as _};
use socket2::Socket;
use tungstenite::Message as Sent;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::Data;

use crate::agent::web_sockets::open;
use crate::support::breaks::Own;
use crate::support::pulled::transfer;
use crate::support::server::Server;
use crate::support::websocket::{assert_failed, assert_restored};
use crate::support::ws_server::{Conn, WsServer, echo, fragment};

const MINUTE: Duration = Duration::from_secs(60);

fn opened(agent: &Agent, server: &WsServer) -> Option<AsyncWebSocket<Collect>> {
    let config = WebSocketConfig::new();
    open(agent, transfer(Collect::new(), &server.url()), &config)
}

/// Makes a server. For each connection that has ended, the receiver gets the client's close if that
/// was the last message, and `None` otherwise.
fn telling(script: impl Fn(&mut Conn) + Send + 'static) -> (WsServer, Receiver<Option<Sent>>) {
    let (tell, told) = channel();
    let server = WsServer::new(move |conn| {
        script(conn);
        let mut last = None;
        while let Ok(message) = conn.read() {
            last = message.is_close().then_some(message);
        }
        tell.send(last).unwrap();
    });
    (server, told)
}

#[test]
fn finish_says_why_and_returns_the_transfer_as_it_was() {
    let (server, told) = telling(|conn| {
        // `finish` discards these messages.
        conn.send(Sent::text("unread")).unwrap();
        conn.send(Sent::binary(vec![7; 1_000_000])).unwrap();
    });
    let agent = Agent::new().unwrap();
    let Some(mut socket) = opened(&agent, &server) else {
        return;
    };
    socket.send("before").wait().unwrap();
    let close = Close::new(CloseCode::new(4321).unwrap(), "tschüß").unwrap();
    let (transfer, result) = socket.finish(close).wait();
    result.unwrap();
    let Some(Sent::Close(Some(close))) = told.recv_timeout(MINUTE).unwrap() else {
        panic!("no close");
    };
    assert_eq!(u16::from(close.code), 4321);
    assert_eq!(close.reason.as_str(), "tschüß");
    assert_restored(transfer);
}

#[test]
fn close_of_the_server_is_the_last_message() {
    let (server, told) = telling(|conn| {
        conn.send(Sent::text("last")).unwrap();
        conn.close(Some(CloseFrame {
            code: 4000.into(),
            reason: "bye".into(),
        }))
        .unwrap();
    });
    let agent = Agent::new().unwrap();
    let Some(mut socket) = opened(&agent, &server) else {
        return;
    };
    // The agent answers the close even if nobody receives.
    assert!(told.recv_timeout(MINUTE).unwrap().is_some());
    assert_eq!(socket.receive().wait().unwrap(), Message::from("last"));
    let Message::Close(Some(close)) = socket.receive().wait().unwrap() else {
        panic!("no close");
    };
    assert_eq!((close.code().get(), close.reason()), (4000, "bye"));
    assert_failed(socket.receive().wait(), WebSocketError::Closed);
    assert_failed(socket.send("late").wait(), WebSocketError::Closed);
    assert!(block_on(socket.next()).is_none());
    block_on(SinkExt::close(&mut socket)).unwrap();
    let (transfer, result) = socket.finish(CloseCode::NORMAL).wait();
    result.unwrap();
    assert_restored(transfer);
}

#[test]
fn close_is_sent_as_a_message() {
    let server = WsServer::new(echo);
    let agent = Agent::new().unwrap();
    let Some(mut socket) = opened(&agent, &server) else {
        return;
    };
    socket.send("before").wait().unwrap();
    let close = Close::from(CloseCode::GOING_AWAY);
    let sent = socket.send(Message::Close(Some(close.clone()))).wait();
    sent.unwrap();
    match socket.send("late").wait() {
        // The server may have answered the close already.
        Err(Error::WebSocket(WebSocketError::Closing | WebSocketError::Closed)) => {}
        result => panic!("{result:?}"),
    }
    assert_eq!(socket.receive().wait().unwrap(), Message::from("before"));
    let answer = socket.receive().wait().unwrap();
    assert_eq!(answer, Message::Close(Some(close)));
}

#[test]
fn nothing_is_sent_after_a_close_without_a_poll_either() {
    let server = WsServer::new(echo);
    let agent = Agent::new().unwrap();
    let Some(mut socket) = opened(&agent, &server) else {
        return;
    };
    socket.start_send(Message::Close(None)).unwrap();
    for message in [Message::from("late"), Message::Close(None)] {
        let error = socket.start_send(message).unwrap_err();
        let is_closing = matches!(error, Error::WebSocket(WebSocketError::Closing));
        assert!(is_closing, "{error:?}");
    }
    assert_eq!(socket.receive().wait().unwrap(), Message::Close(None));
}

#[test]
fn close_that_is_not_answered_has_a_time_limit() {
    let (end, wait) = channel::<()>();
    let server = WsServer::new(move |_| {
        let _ = wait.recv();
    });
    let agent = Agent::new().unwrap();
    let config = WebSocketConfig::new().close_timeout(Duration::from_millis(50));
    let url = server.url();
    let open = || open(&agent, transfer(Collect::new(), &url), &config);
    let Some(socket) = open() else {
        end.send(()).unwrap();
        return;
    };
    let (transfer, result) = socket.finish(CloseCode::NORMAL).wait();
    assert_failed(result, WebSocketError::TimedOut);
    assert_restored(transfer);
    end.send(()).unwrap();

    let mut socket = open().unwrap();
    assert_failed(
        block_on(SinkExt::close(&mut socket)),
        WebSocketError::TimedOut,
    );
    assert_failed(socket.receive().wait(), WebSocketError::Failed);
    drop(end);
}

#[test]
fn connection_that_is_cut_is_an_error_and_no_end() {
    let server = WsServer::new(|conn| {
        assert!(conn.read().unwrap().is_text());
        conn.send(Sent::text("whole")).unwrap();
        conn.send(fragment(Some(Data::Text), b"the first half", false))
            .unwrap();
        // Only the beginning of this frame comes.
        conn.get_mut().write_all(b"\x80\x7E\xFF\xFFhalf").unwrap();
        conn.get_ref().shutdown(Shutdown::Both).unwrap();
    });
    let agent = Agent::new().unwrap();
    let Some(mut socket) = opened(&agent, &server) else {
        return;
    };
    block_on(async {
        socket.send("cut").await.unwrap();
        let message = socket.next().await.unwrap().unwrap();
        assert_eq!(message, Message::from("whole"));
        let error = socket.next().await.unwrap().unwrap_err();
        let codes = [Code::GOT_NOTHING, Code::RECV_ERROR];
        assert!(codes.contains(&error.code().unwrap()), "{error:?}");
        assert!(socket.next().await.is_none());
        assert_failed(socket.send("late").await, WebSocketError::Failed);
    });
    let (transfer, result) = socket.finish(CloseCode::NORMAL).wait();
    result.unwrap_err();
    assert_restored(transfer);
}

#[test]
fn text_that_is_not_utf_8_is_told_to_the_server() {
    let (server, told) = telling(|conn| {
        conn.get_mut().write_all(b"\x81\x02\xC3\x28").unwrap();
    });
    let agent = Agent::new().unwrap();
    let Some(mut socket) = opened(&agent, &server) else {
        return;
    };
    assert_failed(socket.receive().wait(), WebSocketError::NotUtf8);
    assert_failed(socket.receive().wait(), WebSocketError::Failed);
    assert_failed(socket.send("late").wait(), WebSocketError::Failed);
    let Some(Sent::Close(Some(close))) = told.recv_timeout(MINUTE).unwrap() else {
        panic!("no close");
    };
    assert_eq!(u16::from(close.code), 1007);
}

#[test]
fn drop_cuts_the_connection_while_messages_go_both_ways() {
    let (server, told) = telling(|conn| {
        let timeout = Some(Duration::from_millis(200));
        conn.get_ref().set_write_timeout(timeout).unwrap();
        // Sends until the client has gone, or no longer reads.
        while conn.send(Sent::binary(vec![7; 100_000])).is_ok() {}
        conn.get_ref().set_write_timeout(None).unwrap();
    });
    let agent = Agent::new().unwrap();
    for case in 0..4 {
        let Some(mut socket) = opened(&agent, &server) else {
            return;
        };
        for _ in 0..20 {
            // The server does not read yet, so most of these messages wait.
            let _ = socket.send(vec![7; 100_000]).wait_for(Duration::ZERO);
        }
        socket.receive().wait().unwrap();
        match case {
            0 => drop(socket),
            1 => drop(socket.split()),
            2 => drop(socket.finish(CloseCode::NORMAL)),
            _ => {
                let (transfer, result) = socket.cancel().wait();
                assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
                assert_restored(transfer);
            }
        }
        // The connection has ended without a close frame.
        assert_eq!(told.recv_timeout(MINUTE).unwrap(), None);
    }
}

#[test]
fn shutdown_of_the_agent_ends_its_web_sockets() {
    let (server, told) = telling(|_| ());
    let agent = Agent::new().unwrap();
    let Some(mut socket) = opened(&agent, &server) else {
        return;
    };
    agent.shutdown();
    assert_eq!(told.recv_timeout(MINUTE).unwrap(), None);
    let error = socket.send("late").wait().unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error:?}");
    assert_failed(socket.receive().wait(), WebSocketError::Failed);
    let (transfer, result) = socket.finish(CloseCode::NORMAL).wait();
    assert!(result.is_err());
    assert_restored(transfer);
    let error = agent.open_websocket(transfer_to(&server)).wait();
    assert!(matches!(error.unwrap_err().into(), Error::Agent { .. }));
}

fn transfer_to(server: &WsServer) -> Transfer<Collect> {
    transfer(Collect::new(), &server.url())
}

#[test]
fn agent_lives_until_its_last_web_socket_ends() {
    let server = WsServer::new(echo);
    let agent = Agent::new().unwrap();
    let Some(mut socket) = opened(&agent, &server) else {
        return;
    };
    drop(agent);
    socket.send("still there").wait().unwrap();
    assert_eq!(
        socket.receive().wait().unwrap(),
        Message::from("still there")
    );
}

#[test]
fn handshake_that_fails_returns_the_transfer_as_it_was() {
    let web = Server::new(|conn| {
        while conn.request().is_some() {
            conn.reply("200 OK", "", "no WebSocket");
        }
    });
    let agent = Agent::new().unwrap();
    let url = web.url("/").replace("http:", "ws:");
    let refused = agent.open_websocket(transfer(Collect::new(), &url)).wait();
    let (error, mut back) = refused.unwrap_err().into_parts();
    if let Error::Unsupported { .. } = error {
        return crate::support::skip::skip!("the linked libcurl has no WebSockets");
    }
    assert!(matches!(error, Error::Libcurl { .. }), "{error:?}");
    *back.handler_mut() = Collect::new();
    assert_restored(back);

    let http = transfer(Collect::new(), &web.url("/"));
    let (error, back) = agent.open_websocket(http).wait().unwrap_err().into_parts();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
    assert_restored(back);

    let mut raw = transfer(Collect::new(), &url);
    raw.ws_options(WsOptions::RAW_MODE).unwrap();
    let (error, _) = agent.open_websocket(raw).wait().unwrap_err().into_parts();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
}

/// Fails or panics in `debug` once it is armed, or fails in `close_socket`. Ignores that libcurl without TLS warns
/// before it sends a frame.
#[derive(Debug, Default)]
struct Breaks {
    panics: bool,
    fails_to_close: bool,
    armed: Arc<AtomicBool>,
}

#[callbacks]
impl Callbacks for Breaks {
    fn debug(&mut self, _: DebugKind, data: &[u8]) -> CallbackResult {
        let is_warning = data.starts_with(b"WARNING: using weak random seed");
        let breaks = self.armed.load(Ordering::SeqCst) && !is_warning;
        match (breaks, self.panics) {
            (false, _) => CallbackResult::Continue,
            (true, false) => CallbackResult::Fail(Own(Callback::Debug).into()),
            (true, true) => std::panic::panic_any(Own(Callback::Debug)),
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
fn failure_and_panic_of_a_callback_come_out() {
    let server = WsServer::new(|conn| {
        if conn.read().is_ok_and(|message| message.is_text()) {
            // This frame has a reserved bit set. libcurl reports that.
            conn.get_mut().write_all(b"\xC1\x01a").unwrap();
        }
        while conn.read().is_ok() {}
    });
    let agent = Agent::new().unwrap();
    for panics in [false, true] {
        let handler = Breaks {
            panics,
            ..Breaks::default()
        };
        let armed = handler.armed.clone();
        let mut breaks = transfer(handler, &server.url());
        breaks.verbose(true).unwrap();
        let Some(mut socket) = open(&agent, breaks, &WebSocketConfig::new()) else {
            return;
        };
        armed.store(true, Ordering::SeqCst);
        socket.send("now").wait().unwrap();
        match catch_unwind(AssertUnwindSafe(|| socket.receive().wait())) {
            Ok(result) => {
                assert!(!panics);
                let error = result.unwrap_err();
                let own = error.downcast_ref::<Own>();
                assert_eq!(own, Some(&Own(Callback::Debug)), "{error:?}");
            }
            Err(panic) => {
                assert!(panics);
                assert_eq!(panic.downcast_ref(), Some(&Own(Callback::Debug)));
            }
        }
        assert_failed(socket.receive().wait(), WebSocketError::Failed);
    }
    // The agent still works.
    let socket = opened(&agent, &server).unwrap();
    socket.finish(CloseCode::NORMAL).wait().1.unwrap();
}

#[test]
fn failure_of_close_socket_comes_with_the_transfer() {
    let server = WsServer::new(echo);
    let agent = Agent::new().unwrap();
    let handler = Breaks {
        fails_to_close: true,
        ..Breaks::default()
    };
    let fails = transfer(handler, &server.url());
    let Some(socket) = open(&agent, fails, &WebSocketConfig::new()) else {
        return;
    };
    let (mut transfer, result) = socket.finish(CloseCode::NORMAL).wait();
    let error = result.unwrap_err();
    let own = error.downcast_ref::<Own>();
    assert_eq!(own, Some(&Own(Callback::CloseSocket)), "{error:?}");
    transfer.handler_mut().fails_to_close = false;
    let web = Server::ok("body");
    transfer.url(&web.url("/")).unwrap();
    transfer.perform().unwrap();
}
