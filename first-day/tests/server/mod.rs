//! A server on 127.0.0.1, which records each request and answers by a closure of the test.
#![allow(dead_code, reason = "no test uses everything")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a test waits for something that has to happen.
pub const LIMIT: Duration = Duration::from_secs(30);

/// A request as it has arrived.
#[derive(Clone, Debug)]
pub struct Request {
    /// The number of its connection, from 0.
    pub connection: usize,
    /// The request line, without the version.
    pub line: String,
    pub headers: Vec<(String, String)>,
    /// The body, without the framing of chunks.
    pub body: Vec<u8>,
}

impl Request {
    /// Returns the value of the first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|header| header.0.eq_ignore_ascii_case(name))
            .map(|header| &*header.1)
    }
}

type Answer = dyn Fn(&Request, &mut TcpStream) -> io::Result<()> + Send + Sync;

struct Shared {
    answer: Box<Answer>,
    requests: Mutex<Vec<Request>>,
    streams: Mutex<Vec<TcpStream>>,
    stopped: AtomicBool,
}

/// Listens until it is dropped, with a thread for each connection.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers each request by `answer`, whose error closes the connection.
    pub fn start(
        answer: impl Fn(&Request, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            answer: Box::new(answer),
            requests: Mutex::default(),
            streams: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let listens = shared.clone();
        let listener = thread::spawn(move || listen(&listener, &listens));
        Server {
            address,
            shared,
            listener: Some(listener),
        }
    }

    /// Returns the URL of a path, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns the requests in the order in which they have arrived.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Returns the number of connections on which a request has arrived.
    pub fn connections(&self) -> usize {
        let mut numbers: Vec<_> = self.requests().iter().map(|one| one.connection).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Release);
        // `accept` returns once more, and the listener's thread sees the flag.
        drop(TcpStream::connect(self.address));
        let listener = self.listener.take().map(JoinHandle::join);
        assert!(
            thread::panicking() || matches!(listener, Some(Ok(()))),
            "the server panicked"
        );
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut threads = Vec::new();
    loop {
        let (stream, _) = listener.accept().unwrap();
        if shared.stopped.load(Ordering::Acquire) {
            break;
        }
        // If a client hangs, its test fails instead of waiting for ever.
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        shared
            .streams
            .lock()
            .unwrap()
            .push(stream.try_clone().unwrap());
        let (shared, connection) = (shared.clone(), threads.len());
        threads.push(thread::spawn(move || {
            let served = catch_unwind(AssertUnwindSafe(|| serve(&stream, connection, &shared)));
            let _ = stream.shutdown(Shutdown::Both);
            // A client may close a connection at any time, but a panic fails the test.
            let _ = served.unwrap_or_else(|panic| resume_unwind(panic));
        }));
    }
    for stream in &*shared.streams.lock().unwrap() {
        let _ = stream.shutdown(Shutdown::Both);
    }
    for thread in threads {
        thread.join().unwrap();
    }
}

fn serve(mut stream: &TcpStream, connection: usize, shared: &Shared) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(line) = next_line(&mut reader)? {
        let line = line.rsplit_once(' ').expect("a request line").0.to_owned();
        let mut request = Request {
            connection,
            line,
            headers: Vec::new(),
            body: Vec::new(),
        };
        while let Some(line) = next_line(&mut reader)?.filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').expect("a header");
            request
                .headers
                .push((name.to_owned(), value.trim().to_owned()));
        }
        if request.header("Expect").is_some() {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        if let Some(length) = request.header("Content-Length") {
            request.body = vec![0; length.parse().unwrap()];
            reader.read_exact(&mut request.body)?;
        } else if request.header("Transfer-Encoding").is_some() {
            loop {
                // A body without its last chunk is not whole.
                let size = next_line(&mut reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
                let size = u64::from_str_radix(&size, 16).unwrap();
                reader.by_ref().take(size).read_to_end(&mut request.body)?;
                next_line(&mut reader)?;
                if size == 0 {
                    break;
                }
            }
        }
        shared.requests.lock().unwrap().push(request.clone());
        (shared.answer)(&request, &mut stream.try_clone()?)?;
    }
    Ok(())
}

fn next_line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    let length = reader.read_line(&mut line)?;
    Ok((length > 0).then(|| line.trim_end().to_owned()))
}

/// Answers with a status such as `200 OK`, header lines and a body.
pub fn respond(to: &mut TcpStream, status: &str, headers: &[&str], body: &[u8]) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        head += &format!("{header}\r\n");
    }
    to.write_all(&[head.as_bytes(), b"\r\n", body].concat())
}

/// Answers nothing, and returns when the client has closed the connection.
pub fn wait_for_close(stream: &mut TcpStream) -> io::Result<()> {
    io::copy(stream, &mut io::sink()).map(drop)
}
