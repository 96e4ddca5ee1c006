//! A connection whose other end the fuzz target holds.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use curlback::socket2::Socket;
use curlback::{Callbacks, Transfer};

/// The end of a connection that a server would hold.
pub struct Far(UnixStream);

/// The end of a connection that libcurl gets. All clones stand for the same end, and only one of
/// them can take it.
#[derive(Clone, Default)]
pub struct Near(Rc<RefCell<Option<UnixStream>>>);

/// Makes a connection, and returns both ends.
pub fn pair() -> (Near, Far) {
    let (near, far) = UnixStream::pair().expect("a pair of sockets");
    far.set_nonblocking(true)
        .expect("a socket can be non-blocking");
    (Near(Rc::new(RefCell::new(Some(near)))), Far(far))
}

impl Near {
    /// Takes the socket, if it was not taken before.
    pub fn take(&self) -> io::Result<Socket> {
        let socket = self.0.borrow_mut().take();
        socket
            .map(Socket::from)
            .ok_or(io::ErrorKind::NotConnected.into())
    }
}

impl Far {
    /// Sends bytes to libcurl. The socket's buffer has room for all that an input may contain.
    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("there is room");
    }

    /// Shuts down sending, so that libcurl reads the end of the connection.
    pub fn finish(&mut self) {
        self.0.shutdown(Shutdown::Write).expect("it was not shut");
    }

    /// Returns what libcurl has sent since the last call.
    pub fn received(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        loop {
            match self.0.read_to_end(&mut bytes) {
                Ok(_) => return bytes,
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock => return bytes,
                    // libcurl has closed its end with bytes unread. After this error, the bytes that
                    // libcurl has sent can be read.
                    io::ErrorKind::ConnectionReset => {}
                    _ => panic!("{error}"),
                },
            }
        }
    }
}

/// Implements the callbacks that give libcurl the [`Near`] end in a field of the handler.
#[macro_export]
macro_rules! wired {
    ($near:tt) => {
        fn open_socket(
            &mut self,
            _: curlback::SockType,
            _: &mut curlback::SocketAddress,
        ) -> std::io::Result<curlback::socket2::Socket> {
            self.$near.take()
        }

        fn sockopt(
            &mut self,
            _: curlback::socket2::SockRef<'_>,
            _: curlback::SockType,
        ) -> curlback::SockoptResult {
            curlback::SockoptResult::AlreadyConnected
        }
    };
}

/// Makes a transfer that connects to an address. The handler uses its own socket instead, by
/// [`wired!`](crate::wired).
pub fn transfer<H: Callbacks>(scheme: &str, handler: H) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).expect("it has what this libcurl has");
    let set = transfer.url(&format!("{scheme}://127.0.0.1/"));
    let set = set.and_then(|()| transfer.proxy(""));
    let set = set.and_then(|()| transfer.timeout(Duration::from_secs(2)));
    set.expect("it takes these");
    transfer
}
