//! Server-sent events, for the examples `event_stream` and `async_events`: a parser, and a server that sends them.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

/// An event, without its ID.
#[derive(Default)]
struct Event {
    name: String,
    data: String,
}

/// Parses lines into events, and keeps what is needed to connect again.
pub(crate) struct Events {
    /// How long to wait before connecting again.
    pub(crate) retry: Duration,
    /// The ID of the last complete event.
    last_id: String,
    /// The ID of the event whose lines are arriving.
    id: String,
    arriving: Event,
}

impl Events {
    pub(crate) fn new() -> Events {
        Events {
            retry: Duration::from_secs(3),
            last_id: String::new(),
            id: String::new(),
            arriving: Event::default(),
        }
    }

    /// Forgets the event that the end of a connection has cut off, and returns the headers of the next request.
    pub(crate) fn connect(&mut self) -> Vec<String> {
        self.id.clone_from(&self.last_id);
        self.arriving = Event::default();
        let mut headers = vec!["Accept: text/event-stream".to_owned()];
        if !self.last_id.is_empty() {
            headers.push(format!("Last-Event-ID: {}", self.last_id));
        }
        headers
    }

    /// Parses a line. Returns the event that the line completes, or `None` if it completes no event with data.
    pub(crate) fn line(&mut self, line: &[u8]) -> Option<String> {
        let line = String::from_utf8_lossy(line.trim_ascii_end());
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "" if line.is_empty() => {
                self.last_id.clone_from(&self.id);
                let Event { name, data } = std::mem::take(&mut self.arriving);
                if !data.is_empty() {
                    let data = data.trim_end().escape_debug();
                    return Some(format!("{} {name}: {data}", self.id));
                }
            }
            "event" => value.clone_into(&mut self.arriving.name),
            "data" => self.arriving.data += &format!("{value}\n"),
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" => self.retry = value.parse().map_or(self.retry, Duration::from_millis),
            _ => {} // A comment, or a field that this parser does not know.
        }
        None
    }
}

/// Starts a server, and returns its URL. On each connection, it sends one event and the beginning of another. After
/// three events, it answers with a status that makes the client stop.
pub(crate) fn serve() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", listener.local_addr()?);
    thread::spawn(move || -> io::Result<()> {
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
    Ok(url)
}
