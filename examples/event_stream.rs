//! Prints server-sent events as they arrive: `event_stream [URL]`.
//!
//! When the stream ends or breaks, it connects again, after the time that the server has chosen, and tells the
//! server which event was the last. Status 204 ends it. Without a URL, it reads from a server of its own.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use curlback::{Code, Transfer};

/// What survives a connection.
struct Stream {
    last_id: String,
    retry: Duration,
}

impl Stream {
    /// Prints the events of one connection.
    fn print(&mut self, body: &mut impl BufRead) -> std::io::Result<()> {
        let (mut event, mut data, mut id) = (String::new(), String::new(), self.last_id.clone());
        let mut line = Vec::new();
        while body.read_until(b'\n', &mut line)? > 0 {
            let text = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
            line.clear();
            let (name, value) = text.split_once(':').unwrap_or((&text, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match name {
                "" if text.is_empty() => {
                    self.last_id.clone_from(&id);
                    if !data.is_empty() {
                        println!("{id} {event}: {}", data.trim_end().escape_debug());
                    }
                    (event, data) = (String::new(), String::new());
                }
                "event" => event = value.to_owned(),
                "data" => data = data + value + "\n",
                "id" if !value.contains('\0') => id = value.to_owned(),
                "retry" => self.retry = value.parse().map_or(self.retry, Duration::from_millis),
                _ => {} // A comment, or what a later version of the format has.
            }
        }
        Ok(())
    }
}

fn listen(url: &str, local: bool) -> Result<(), Box<dyn Error>> {
    let retry = Duration::from_secs(3);
    let last_id = String::new();
    let mut stream = Stream { last_id, retry };
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;
    if local {
        transfer.proxy("")?;
    }
    let mut is_known = false;
    loop {
        let mut headers = vec!["Accept: text/event-stream".to_owned()];
        if !stream.last_id.is_empty() {
            headers.push(format!("Last-Event-ID: {}", stream.last_id));
        }
        transfer.http_headers(headers)?;
        let mut response = match transfer.open() {
            Ok(response) => response,
            // The server may be back in a moment, unless it has refused.
            Err(error) if is_known && error.error().code() != Some(Code::HTTP_RETURNED_ERROR) => {
                eprintln!("event_stream: {error}");
                transfer = error.into_parts().1;
                thread::sleep(stream.retry);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        is_known = true;
        if response.status() == 204 {
            return Ok(());
        }
        if let Err(error) = stream.print(&mut response) {
            eprintln!("event_stream: {error}");
        }
        transfer = response.cancel();
        thread::sleep(stream.retry);
    }
}

/// Sends an event in each connection, and asks for no more after three.
fn demo() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", listener.local_addr()?);
    thread::spawn(move || -> std::io::Result<()> {
        for socket in listener.incoming() {
            let mut socket = socket?;
            let mut last = 0;
            for line in BufReader::new(&socket).lines().map_while(Result::ok) {
                let id = line.strip_prefix("Last-Event-ID: ");
                last = id.map_or(last, |id| id.parse().unwrap_or(0));
                if line.is_empty() {
                    break;
                }
            }
            let next = last + 1;
            match next {
                4.. => write!(socket, "HTTP/1.1 204 No Content\r\n\r\n")?,
                _ => write!(
                    socket,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n\
                     retry: 10\nid: {next}\nevent: count\ndata: one\ndata: two\n\n: lost\ndata: lost\n"
                )?,
            }
        }
        Ok(())
    });
    listen(&url, true)
}

fn main() -> ExitCode {
    let result = match std::env::args().nth(1) {
        Some(url) if url.starts_with('-') => Err("usage: event_stream [URL]".into()),
        Some(url) => listen(&url, false),
        None => demo(),
    };
    if let Err(error) = result {
        eprintln!("event_stream: {error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
