//! Data of a WebSocket that is not a frame, and frames without the hook `frame`.

use curlback::{Callback, Callbacks, Hooks, WriteResult, WsOptions};
use tungstenite::Message;

use crate::support::breaks::Own;
use crate::support::server::Server;
use crate::support::websocket::{Puts, everything, goes_on, sends_everything, websocket};
use crate::support::ws_server::WsServer;

#[test]
fn body_without_frames_is_written() {
    let server = Server::ok("body");
    let Some(mut transfer) = websocket(&server.url("/"), Puts::new(goes_on)) else {
        return;
    };
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().written, b"body");
    assert_eq!(transfer.handler().calls, 0);

    // libcurl ends the transfer with an error if the server refuses the handshake. `frame` is not called.
    let refusing = Server::new(|conn| {
        conn.request();
        conn.reply("404 Not Found", "", "no such thing");
    });
    let url = refusing.url("/").replace("http://", "ws://");
    let mut transfer = websocket(&url, Puts::new(goes_on)).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), None, "{error:?}");
    assert_eq!(transfer.handler().calls, 0);

    // Bytes in raw mode go to `write`, too.
    let server = WsServer::new(|conn| conn.send(Message::text("raw")).unwrap());
    let mut transfer = websocket(&server.url(), Puts::new(goes_on)).unwrap();
    transfer.ws_options(WsOptions::RAW_MODE).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().written, b"\x81\x03raw");
    assert_eq!(transfer.handler().calls, 0);
}

#[test]
fn default_writes_and_failures_are_those_of_write() {
    struct Writes(Vec<u8>, bool);

    impl Callbacks for Writes {
        fn hooks(&self) -> Hooks {
            Hooks::default() | Hooks::FRAME
        }

        fn write(&mut self, data: &[u8]) -> WriteResult {
            self.0.extend_from_slice(data);
            match self.1 {
                true => WriteResult::Fail(Own(Callback::Write).into()),
                false => WriteResult::Continue,
            }
        }
    }

    let server = WsServer::new(sends_everything);
    let Some(mut transfer) = websocket(&server.url(), Writes(Vec::new(), false)) else {
        return;
    };
    transfer.perform().unwrap();
    let all: Vec<u8> = everything().into_iter().flat_map(|f| f.3).collect();
    assert!(transfer.handler().0 == all);
    transfer.handler_mut().1 = true;
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Write), "{error:?}");
    assert_eq!(error.downcast_ref(), Some(&Own(Callback::Write)));
}
