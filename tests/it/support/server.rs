//! An HTTP/1.1 server for one test, byte-exact, on 127.0.0.1 with a port of its own.
//!
//! The test writes what happens on a connection as a closure over [`Conn`]. The
//! server stops when it is dropped. A panic in the closure fails the test.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::stop::stop_server;

/// A request as it arrived.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// The first line, without its end.
    pub(crate) line: String,
    /// The header fields; names are in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, decoded if it came in chunks.
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// One connection from a client.
pub(crate) struct Conn {
    reader: BufReader<TcpStream>,
    /// The address of the client, which may have gone.
    peer: SocketAddr,
    shared: Arc<Shared>,
}

impl Conn {
    /// Reads a request up to the empty line. Returns `None` if the client has closed.
    pub(crate) fn head(&mut self) -> Option<Request> {
        let mut request = Request {
            line: self.line()?,
            ..Request::default()
        };
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                return Some(request);
            };
            request
                .headers
                .push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    /// Reads the body that a request announces. Sends `100 Continue` first if the request asks for it.
    pub(crate) fn body(&mut self, request: &mut Request) -> io::Result<()> {
        if request.header("expect").is_some() {
            self.send("HTTP/1.1 100 Continue\r\n\r\n");
        }
        if let Some(len) = request.header("content-length") {
            let len: u64 = len.parse().unwrap();
            (&mut self.reader)
                .take(len)
                .read_to_end(&mut request.body)?;
            if (request.body.len() as u64) < len {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        } else if request.header("transfer-encoding").is_some() {
            loop {
                let size = self.line().ok_or(io::ErrorKind::UnexpectedEof)?;
                // A client that goes away may leave a part of a line, which may be no number.
                let size = u64::from_str_radix(&size, 16)
                    .map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))?;
                (&mut self.reader)
                    .take(size)
                    .read_to_end(&mut request.body)?;
                // Reads the end of the chunk, or the trailers after the last chunk.
                while !self.line().ok_or(io::ErrorKind::UnexpectedEof)?.is_empty() {}
                if size == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Reads a whole request, and keeps it for [`Server::requests`]. Returns `None` if the client closes
    /// before the request is complete.
    pub(crate) fn request(&mut self) -> Option<Request> {
        let mut request = self.head()?;
        self.body(&mut request).ok()?;
        self.keep(&request);
        Some(request)
    }

    /// Keeps a request for [`Server::requests`].
    pub(crate) fn keep(&self, request: &Request) {
        self.shared.requests.lock().unwrap().push(request.clone());
    }

    /// Sends bytes as they are. Ignores the error if the client has gone.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.reader.get_mut().write_all(bytes.as_ref());
    }

    /// Sends bytes again and again, until the client goes away.
    pub(crate) fn send_endlessly(&mut self, bytes: &[u8]) {
        while self.reader.get_mut().write_all(bytes).is_ok() {}
    }

    /// Sends a whole response with this status, these header lines and this body.
    pub(crate) fn reply(&mut self, status: &str, headers: &str, body: impl AsRef<[u8]>) {
        let body = body.as_ref();
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n",
            body.len()
        );
        self.send([head.as_bytes(), body].concat());
    }

    /// Returns another owner of the same connection, for another thread.
    pub(crate) fn another(&self) -> Conn {
        Conn {
            reader: BufReader::new(self.reader.get_ref().try_clone().unwrap()),
            peer: self.peer,
            shared: self.shared.clone(),
        }
    }

    /// Returns the address of the client.
    pub(crate) fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Waits until the client closes, and throws away what the client sends.
    pub(crate) fn drain(&mut self) {
        let _ = io::copy(&mut self.reader, &mut io::sink());
    }

    /// Makes the connection end with a reset (RST) instead of an orderly close.
    pub(crate) fn reset(&mut self) {
        let socket = socket2::SockRef::from(self.reader.get_ref());
        socket.set_linger(Some(std::time::Duration::ZERO)).unwrap();
    }

    /// Reads a line, and returns it without white space at its end. Returns `None` if the client has
    /// closed.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.reader.read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
        }
    }
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    requests: Mutex<Vec<Request>>,
    /// The open connections, whose threads the drop of the server has to wake.
    sockets: Mutex<Vec<TcpStream>>,
}

/// A running server.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Runs `script` on each connection, each on a thread of its own.
    pub(crate) fn new(script: impl Fn(&mut Conn) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let accepting = shared.clone();
        let thread = thread::spawn(move || accept(&listener, &accepting, &script));
        Server {
            address,
            shared,
            thread: Some(thread),
        }
    }

    /// Answers every request with `200 OK` and this body.
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Server {
        let body = body.into();
        Server::new(move |conn| {
            while conn.request().is_some() {
                conn.reply("200 OK", "", &body);
            }
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns the requests that the connections have kept so far, in the order in which they kept them.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>, script: &(impl Fn(&mut Conn) + Sync)) {
    thread::scope(|scope| {
        for socket in listener.incoming() {
            if shared.stop.load(Ordering::SeqCst) {
                break;
            }
            let socket = socket.unwrap();
            let Ok(peer) = socket.peer_addr() else {
                continue;
            };
            shared
                .sockets
                .lock()
                .unwrap()
                .push(socket.try_clone().unwrap());
            let mut conn = Conn {
                reader: BufReader::new(socket),
                peer,
                shared: shared.clone(),
            };
            scope.spawn(move || {
                script(&mut conn);
                // Removes the clone of this socket, which would hold the connection open. Also removes each clone
                // whose client has gone and which therefore has no address.
                conn.shared
                    .sockets
                    .lock()
                    .unwrap()
                    .retain(|s| s.peer_addr().is_ok_and(|other| other != peer));
            });
        }
    });
}

impl Drop for Server {
    fn drop(&mut self) {
        stop_server(
            &self.shared.stop,
            &self.shared.sockets,
            self.address,
            &mut self.thread,
        );
    }
}
