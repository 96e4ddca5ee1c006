//! An HTTP/1.1 server that costs as little as possible, at 127.0.0.1 on a free port.
//!
//! `/bytes/N` answers with N bytes, `/headers/N` with N header fields and `/chunks/N` with N chunks
//! of 16 bytes. The server discards the bodies of requests. Dropping the server stops it; drop the
//! clients before, since it waits for their connections to close.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// The most bytes that are written or read at a time.
const PIECE: usize = 1 << 20;

pub(crate) struct Server {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start() -> io::Result<Server> {
        Server::with(Ok)
    }

    /// Starts a server that serves the stream which `accept` makes of each socket.
    pub(crate) fn with<S: Read + Write>(
        accept: impl Fn(TcpStream) -> io::Result<S> + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopping);
        let thread = thread::spawn(move || {
            thread::scope(|scope| {
                for client in listener.incoming() {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    // An error ends the connection of this client, and nothing else.
                    scope.spawn(|| {
                        let client = client?;
                        client.set_nodelay(true)?;
                        serve(accept(client)?)
                    });
                }
            });
        });
        Ok(Server {
            address,
            stopping,
            thread: Some(thread),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Wakes the listener, which then stops.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Answers the requests of one connection until the client closes it.
fn serve(stream: impl Read + Write) -> io::Result<()> {
    let mut input = BufReader::new(stream);
    let mut piece = vec![0; PIECE];
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let (mut body, mut waits) = (0, false);
        loop {
            line.clear();
            input.read_line(&mut line)?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                body = value.trim().parse().map_err(io::Error::other)?;
            }
            waits |= name.eq_ignore_ascii_case("expect");
        }
        line.clear();
        if waits {
            input
                .get_mut()
                .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        discard(&mut input, body, &mut piece)?;
        answer(input.get_mut(), &path, &piece)?;
    }
    Ok(())
}

fn discard(input: &mut impl Read, mut len: u64, piece: &mut [u8]) -> io::Result<()> {
    while len > 0 {
        let most = piece.len().min(len.try_into().unwrap_or(usize::MAX));
        match input.read(&mut piece[..most])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => len -= read as u64,
        }
    }
    Ok(())
}

fn answer(output: &mut impl Write, path: &str, piece: &[u8]) -> io::Result<()> {
    let (what, count) = path.rsplit_once('/').unwrap_or_default();
    let mut count: usize = count.parse().unwrap_or(0);
    let mut head = String::from("HTTP/1.1 200 OK\r\n");
    match what {
        "/headers" => {
            head += "Content-Length: 0\r\n";
            head += &"X: 16 bytes long\r\n".repeat(count);
            head += "\r\n";
        }
        "/chunks" => {
            head += "Transfer-Encoding: chunked\r\n\r\n";
            head += &"10\r\n0123456789abcdef\r\n".repeat(count);
            head += "0\r\n\r\n";
        }
        _ => {
            write!(head, "Content-Length: {count}\r\n\r\n").map_err(io::Error::other)?;
            let mut output = BufWriter::new(output);
            output.write_all(head.as_bytes())?;
            while count > 0 {
                let len = count.min(piece.len());
                output.write_all(&piece[..len])?;
                count -= len;
            }
            return output.flush();
        }
    }
    output.write_all(head.as_bytes())
}
