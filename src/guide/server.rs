// Servers on 127.0.0.1 for examples in the documentation. The HTTP server runs until the process ends, the others serve
// one client.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use curlback::{Transfer, handlers::Collect};

/// Makes a transfer whose server sends the request back.
pub fn echo() -> Result<Transfer<Collect>, Box<dyn Error>> {
    transfer(|request| ok(request))
}

/// Makes a transfer whose server responds to each request with what `answer` returns.
pub fn transfer(
    answer: impl Fn(&str) -> String + Send + Sync + 'static,
) -> Result<Transfer<Collect>, Box<dyn Error>> {
    let mut transfer = Transfer::new(Collect::new())?;
    transfer.url(&http(answer)?)?;
    transfer.noproxy("*")?;
    Ok(transfer)
}

/// Returns the request that the server has sent back.
pub fn request(transfer: &Transfer<Collect>) -> String {
    String::from_utf8_lossy(transfer.handler().body()).into_owned()
}

/// Starts an HTTP server, and returns its URL without a path. `answer` gets the head and the body of each request, and
/// returns the response.
pub fn http(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let answer = answer.clone();
            thread::spawn(move || answer_all(socket, |request| answer(request)));
        }
    });
    Ok(url)
}

/// Makes a response with this body.
pub fn ok(body: impl AsRef<str>) -> String {
    let body = body.as_ref();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Answers the requests of one connection, until the client closes it.
pub fn answer_all(socket: impl Read + Write, answer: impl Fn(&str) -> String) -> io::Result<()> {
    let mut reader = BufReader::new(socket);
    loop {
        let mut request = String::new();
        let mut length = None;
        while !request.ends_with("\r\n\r\n") {
            let start = request.len();
            if reader.read_line(&mut request)? == 0 {
                return Ok(());
            }
            let line = request[start..].to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok();
            }
        }
        let head = request.to_ascii_lowercase();
        if head.contains("expect: 100-continue") {
            let interim = b"HTTP/1.1 100 Continue\r\n\r\n";
            reader.get_mut().write_all(interim)?;
        }
        if head.contains("transfer-encoding: chunked") {
            while !request.ends_with("\r\n0\r\n\r\n") && !request.ends_with("\r\n\r\n0\r\n\r\n") {
                if reader.read_line(&mut request)? == 0 {
                    return Ok(());
                }
            }
        }
        let mut body = vec![0; length.unwrap_or_default()];
        reader.read_exact(&mut body)?;
        request.push_str(&String::from_utf8_lossy(&body));
        reader.get_mut().write_all(answer(&request).as_bytes())?;
    }
}

/// Starts a server for one client of a line-based protocol, and returns its address. The server sends `greeting`. Then it
/// calls `answer` with each line that it receives, and sends the returned string, which may be empty.
pub fn lines(
    greeting: &'static str,
    mut answer: impl FnMut(&str) -> String + Send + 'static,
) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    thread::spawn(move || -> io::Result<()> {
        let mut reader = BufReader::new(listener.accept()?.0);
        reader.get_mut().write_all(greeting.as_bytes())?;
        let mut line = String::new();
        while reader.read_line(&mut line)? > 0 {
            reader
                .get_mut()
                .write_all(answer(line.trim_end()).as_bytes())?;
            line.clear();
        }
        Ok(())
    });
    Ok(address)
}

/// Starts a server that sends these bytes to the first client, and returns its port.
pub fn data(bytes: &'static str) -> io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || -> io::Result<()> {
        let mut socket: TcpStream = listener.accept()?.0;
        socket.write_all(bytes.as_bytes())
    });
    Ok(port)
}
