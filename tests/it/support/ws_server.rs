//! A WebSocket server for one test, on 127.0.0.1 with a port of its own.
//!
//! The test writes what happens on a connection as a closure. The server stops when it is
//! dropped. A panic in the closure fails the test.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use openssl::ssl::SslStream;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::{Message, WebSocket};

use super::stop::stop_server;
use super::tls_server::Identity;

/// One connection from a client.
pub(crate) type Conn = WebSocket<TcpStream>;

/// Makes a fragment of a message. The first fragment has a `kind`, and the others have `None`.
pub(crate) fn fragment(kind: Option<Data>, data: &[u8], last: bool) -> Message {
    let kind = OpCode::Data(kind.unwrap_or(Data::Continue));
    Message::Frame(Frame::message(data.to_vec(), kind, last))
}

/// Sends back every text and binary message until the client closes.
pub(crate) fn echo<S: Read + Write>(conn: &mut WebSocket<S>) {
    while let Ok(message) = conn.read() {
        if message.is_text() || message.is_binary() {
            conn.send(message).unwrap();
        }
    }
}

/// Keeps a clone of the open connection in the list, so that the drop of the server can shut it down. The
/// drop of this value clears the list, because the clone would hold the connection open.
struct Open<'a>(&'a Mutex<Vec<TcpStream>>);

impl<'a> Open<'a> {
    fn new(open: &'a Mutex<Vec<TcpStream>>, socket: &TcpStream) -> Open<'a> {
        open.lock().unwrap().push(socket.try_clone().unwrap());
        Open(open)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.lock().unwrap().clear();
    }
}

/// A running server.
pub(crate) struct WsServer {
    scheme: &'static str,
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    sockets: Arc<Mutex<Vec<TcpStream>>>,
    thread: Option<JoinHandle<()>>,
}

impl WsServer {
    /// Runs `script` on each connection, one after the other.
    pub(crate) fn new(script: impl Fn(&mut Conn) + Send + 'static) -> WsServer {
        WsServer::over("ws", Some, script, |_| ())
    }

    /// Runs `script` on each connection, one after the other, over TLS.
    pub(crate) fn tls(
        identity: &Identity,
        script: impl Fn(&mut WebSocket<SslStream<TcpStream>>) + Send + 'static,
    ) -> WsServer {
        let acceptor = identity.acceptor().build();
        let accept = move |socket| acceptor.accept(socket).ok();
        // Without the closing message of TLS, libcurl with rustls loses what has come before.
        let close = |stream: &mut SslStream<_>| drop(stream.shutdown());
        WsServer::over("wss", accept, script, close)
    }

    fn over<S: Read + Write>(
        scheme: &'static str,
        wrap: impl Fn(TcpStream) -> Option<S> + Send + 'static,
        script: impl Fn(&mut WebSocket<S>) + Send + 'static,
        close: impl Fn(&mut S) + Send + 'static,
    ) -> WsServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let sockets = Arc::<Mutex<Vec<TcpStream>>>::default();
        let (stopped, open) = (stop.clone(), sockets.clone());
        let thread = thread::spawn(move || {
            for socket in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let socket = socket.unwrap();
                let _open = Open::new(&open, &socket);
                // It is no failure if the client goes during the handshake.
                if let Some(Ok(mut conn)) = wrap(socket).map(tungstenite::accept) {
                    script(&mut conn);
                    close(conn.get_mut());
                }
            }
        });
        WsServer {
            scheme,
            address,
            stop,
            sockets,
            thread: Some(thread),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}/", self.scheme, self.address)
    }
}

impl Drop for WsServer {
    fn drop(&mut self) {
        stop_server(&self.stop, &self.sockets, self.address, &mut self.thread);
    }
}
