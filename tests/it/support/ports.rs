//! Ports of this machine that refuse connections, do not answer them, or listen on IPv6.

use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Socket, Type};

use crate::support::skip::skip_case;

/// Returns a port that refuses connections, for as long as the socket lives.
pub(crate) fn deaf_port() -> (Socket, u16) {
    // The socket is bound, so that nobody else gets the port, and it never listens.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    socket.bind(&any.into()).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    (socket, port)
}

/// Returns a port that neither accepts nor refuses connections, for as long as the sockets live.
pub(crate) fn silent_port() -> (Vec<Socket>, u16) {
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&any.into()).unwrap();
    listener.listen(0).unwrap();
    let to = listener.local_addr().unwrap();
    let mut sockets = vec![listener];
    // The listener's queue is full after one or two of these connections.
    for _ in 0..3 {
        let filler = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        filler.set_nonblocking(true).unwrap();
        let _ = filler.connect(&to);
        sockets.push(filler);
    }
    (sockets, to.as_socket().unwrap().port())
}

/// Listens on IPv6's loopback address, if there is one.
pub(crate) fn listen_v6() -> Option<TcpListener> {
    let listener = TcpListener::bind("[::1]:0");
    if let Err(error) = &listener {
        skip_case!("no IPv6 here: {error}");
    }
    listener.ok()
}
