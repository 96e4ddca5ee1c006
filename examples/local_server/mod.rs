//! A little HTTP server, with a thread for each connection, for the examples.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// A connection whose client has sent the headers of a request.
pub(crate) struct Conn {
    pub(crate) path: String,
    /// The request line and the header lines.
    pub(crate) head: String,
    /// The length of the body that follows.
    pub(crate) length: u64,
    pub(crate) reader: BufReader<TcpStream>,
}

impl Conn {
    /// Reads the headers of the next request. Returns `false` if the client has closed the connection instead, or if the
    /// path does not begin with a slash.
    fn next(&mut self) -> io::Result<bool> {
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        self.path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        self.length = 0;
        self.head.clear();
        while line.trim_end() != "" {
            self.head += &line;
            line.clear();
            self.reader.read_line(&mut line)?;
            let (name, value) = line.split_once(':').unwrap_or_default();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => self.length = value.trim().parse().unwrap_or_default(),
                "expect" => self.send("HTTP/1.1 100 Continue\r\n\r\n", b"")?,
                _ => {}
            }
        }
        Ok(self.path.starts_with('/'))
    }

    fn send(&mut self, head: &str, body: &[u8]) -> io::Result<()> {
        let socket = self.reader.get_mut();
        socket.write_all(&[head.as_bytes(), body].concat())
    }

    /// Sends a response. `status` may also have further header lines after the status.
    pub(crate) fn reply(&mut self, status: &str, body: impl AsRef<[u8]>) -> io::Result<()> {
        let body = body.as_ref();
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n");
        self.send(&head, body)
    }
}

/// Starts a server that runs until the process ends, and returns its URL, without a path. The server calls `answer` for
/// each request.
pub(crate) fn serve(
    answer: impl Fn(&mut Conn) -> io::Result<()> + Clone + Send + 'static,
) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let answer = answer.clone();
            thread::spawn(move || -> io::Result<()> {
                let mut conn = Conn {
                    path: String::new(),
                    head: String::new(),
                    length: 0,
                    reader: BufReader::new(socket),
                };
                while conn.next()? {
                    answer(&mut conn)?;
                }
                Ok(())
            });
        }
    });
    Ok(url)
}
