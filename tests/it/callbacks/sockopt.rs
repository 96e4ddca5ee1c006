//! `sockopt`: configures a socket before it connects, or says that it is connected already.

use std::cell::RefCell;
use std::error::Error as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::panic::panic_any;
use std::thread;

use curlback::handlers::{Refused, Restricted};
use curlback::{
    Callback, Callbacks, Code, Error, SockType, SocketAddress, SockoptResult, Transfer, Version,
};
use socket2::{SockRef, Socket};

use crate::support::breaks::{Own, payload};
use crate::support::server::Server;
use crate::support::skip::{is_before, needs};
use crate::support::sockets::{leaves, opens, sockets};

#[test]
fn sockopt_configures_the_socket_before_it_connects() {
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            let peer = conn.peer().to_string();
            conn.reply("200 OK", "", peer);
        }
    });
    let bound = RefCell::new(Vec::new());
    let configure = |socket: SockRef<'_>, purpose| {
        assert_eq!(purpose, SockType::Connect);
        assert!(socket.peer_addr().is_err(), "it is connected");
        socket.set_recv_buffer_size(4096).unwrap();
        // The system doubles the size, and has a minimum.
        assert!(socket.recv_buffer_size().unwrap() < 65536);
        let any: SocketAddr = "127.0.0.3:0".parse().unwrap();
        socket.bind(&any.into()).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        bound.borrow_mut().push(address);
        SockoptResult::Ok
    };
    let mut transfer = sockets(&server.url("/"), opens, configure);
    transfer.perform().unwrap();
    // A reused connection is not configured again.
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().configured, [SockType::Connect]);
    let address = bound.borrow()[0];
    if !is_before((7, 79, 0)) {
        // Some releases do not report the local port of a reused connection.
        assert_eq!(transfer.local_port().unwrap(), address.port());
    }
    assert_eq!(
        transfer.handler().body,
        address.to_string().repeat(2).as_bytes()
    );
}

#[test]
fn result_of_a_setter_is_a_whole_answer() {
    let server = Server::ok("body");
    let configure = |socket: SockRef<'_>, _| socket.set_keepalive(true).into();
    sockets(&server.url("/"), opens, configure)
        .perform()
        .unwrap();

    let configure = |socket: SockRef<'_>, _| {
        let elsewhere: SocketAddr = "192.0.2.1:0".parse().unwrap();
        socket.bind(&elsewhere.into()).into()
    };
    let error = sockets(&server.url("/"), opens, configure).perform();
    let error = error.unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Sockopt));
    let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.kind(), io::ErrorKind::AddrNotAvailable);
}

#[test]
fn failure_of_sockopt_stops_the_transfer_at_once() {
    let server = Server::ok("body");
    let port = server.address().port();
    for abort in [false, true] {
        let mut armed = true;
        let configure = |_: SockRef<'_>, _| match (std::mem::take(&mut armed), abort) {
            (false, _) => SockoptResult::Ok,
            (true, true) => SockoptResult::Abort,
            (true, false) => SockoptResult::Fail(Own(Callback::Sockopt).into()),
        };
        let mut transfer = sockets(&format!("http://two.test:{port}/"), opens, configure);
        let both = format!("two.test:{port}:127.0.0.2,127.0.0.1");
        transfer.resolve([both]).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(Callback::Sockopt));
        assert_eq!(matches!(error, Error::Aborted { .. }), abort, "{error:?}");
        // The code is that of `sockopt`, or that of the second address: the crate refuses to open a
        // socket for it, without a call of the handler.
        let codes = [Code::ABORTED_BY_CALLBACK, Code::COULDNT_CONNECT];
        assert!(codes.contains(&error.code().unwrap()), "{error:?}");
        let own = error.source().and_then(|own| own.downcast_ref::<Own>());
        assert_eq!(own, (!abort).then_some(&Own(Callback::Sockopt)));
        assert_eq!(
            transfer.handler().opened.len(),
            1,
            "the next address was tried"
        );
        assert!(server.requests().len() == usize::from(abort));
        transfer
            .resolve([format!("two.test:{port}:127.0.0.1")])
            .unwrap();
        transfer.perform().unwrap();
    }
}

#[test]
fn panic_in_sockopt_resumes_from_perform() {
    let server = Server::ok("body");
    let mut armed = true;
    let configure = |_: SockRef<'_>, _| match std::mem::take(&mut armed) {
        true => panic_any(Own(Callback::Sockopt)),
        false => SockoptResult::Ok,
    };
    let mut transfer = sockets(&server.url("/"), opens, configure);
    let payload = payload(&mut transfer);
    assert_eq!(payload.downcast_ref(), Some(&Own(Callback::Sockopt)));
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body, b"body");
}

fn is_connected(_: SockRef<'_>, _: SockType) -> SockoptResult {
    SockoptResult::AlreadyConnected
}

/// Takes the result of a transfer whose socket the user has connected. Returns true if it succeeded.
/// Otherwise asserts that the linked libcurl cannot do this, and that the error says so.
fn works_or_says_why(result: Result<(), Error>) -> bool {
    let linked = Version::linked();
    if linked >= Version::new(8, 0, 0) || linked < Version::new(7, 87, 0) {
        result.unwrap();
        return true;
    }
    let error = result.unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Sockopt), "{error:?}");
    let source = error.source().unwrap().downcast_ref::<Error>().unwrap();
    assert!(matches!(source, Error::Unsupported { .. }), "{source:?}");
    let text = source.to_string();
    assert!(text.contains("needs libcurl 8.0.0"), "{text}");
    false
}

#[test]
fn stream_that_is_connected_already_is_used() {
    let server = Server::ok("body");
    let open = |address: &mut SocketAddress| {
        let stream = TcpStream::connect(address.as_socket().unwrap())?;
        Ok(Socket::from(stream))
    };
    let mut transfer = sockets(&server.url("/"), open, is_connected);
    if works_or_says_why(transfer.perform()) {
        assert_eq!(transfer.handler().body, b"body");
        let peer = transfer.primary_port().unwrap();
        assert_eq!(peer, server.address().port());
    }
}

#[cfg(unix)]
#[test]
fn one_end_of_a_pair_of_unix_sockets_is_used() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let server = thread::spawn(move || {
        let mut request = Vec::new();
        let mut buffer = [0; 1024];
        while !request.ends_with(b"\r\n\r\n") {
            match theirs.read(&mut buffer).unwrap() {
                0 => return,
                len => request.extend_from_slice(&buffer[..len]),
            }
        }
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody";
        theirs.write_all(answer).unwrap();
    });
    let mut ours = Some(ours);
    let open = |_: &mut SocketAddress| Ok(OwnedFd::from(ours.take().unwrap()).into());
    let mut transfer = sockets("http://127.0.0.1:1/", open, is_connected);
    if works_or_says_why(transfer.perform()) {
        assert_eq!(transfer.handler().body, b"body");
    }
    drop(transfer);
    server.join().unwrap();
}

#[test]
fn socket_that_listens_is_not_taken_for_connected() {
    // libcurl tries to connect the listening socket. This must be an error, and nothing worse.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap();
    let open = |_: &mut SocketAddress| Ok(listener.try_clone()?.into());
    let mut transfer = sockets(&format!("http://{to}/"), open, leaves);
    transfer.timeout(std::time::Duration::from_secs(5)).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), None, "{error:?}");
}

#[test]
fn connection_that_the_handler_inside_made_is_checked_too() {
    needs!((7, 80, 0), "prereq");
    struct Connected(SocketAddr);

    impl Callbacks for Connected {
        fn open_socket(&mut self, _: SockType, _: &mut SocketAddress) -> io::Result<Socket> {
            Ok(TcpStream::connect(self.0)?.into())
        }

        fn sockopt(&mut self, _: SockRef<'_>, _: SockType) -> SockoptResult {
            SockoptResult::AlreadyConnected
        }
    }

    let inside = Server::ok("secret");
    let handler = Restricted::new().and(Connected(inside.address()));
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.proxy("").unwrap();
    transfer.url("http://192.88.98.1/").unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Sockopt));
    let refused = error.downcast_ref::<Refused>().unwrap();
    assert_eq!(refused.address, inside.address().to_string());
    assert!(inside.requests().is_empty());
}
