//! Servers with a simple behaviour, for many tests.

use std::sync::mpsc::{Receiver, channel};

use crate::support::server::Server;

pub(crate) fn answering(headers: &'static str) -> Server {
    Server::new(move |conn| {
        while conn.request().is_some() {
            conn.reply("200 OK", headers, "body");
        }
    })
}

/// Redirects requests for `/old` to `location`, with this status. Answers all others with `200 OK`.
pub(crate) fn redirecting_server(status: &'static str, location: String) -> Server {
    Server::new(move |conn| {
        while let Some(request) = conn.request() {
            match request.line.contains(" /old ") {
                true => conn.reply(status, &format!("Location: {location}\r\n"), ""),
                false => conn.reply("200 OK", "Set-Cookie: a=1\r\n", "new"),
            }
        }
    })
}

/// Answers each request with a response whose body never becomes complete.
pub(crate) fn halting() -> Server {
    Server::new(|conn| {
        while conn.request().is_some() {
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
        }
    })
}

pub(crate) fn silent() -> Server {
    Server::new(|conn| conn.drain())
}

/// Answers every request with a redirect to this URL.
pub(crate) fn redirecting_to(url: String) -> Server {
    Server::new(move |conn| {
        while conn.request().is_some() {
            conn.reply("302 Found", &format!("Location: {url}\r\n"), "");
        }
    })
}

/// Makes a server that answers every request, and a receiver that gets a message when a connection has
/// ended.
pub(crate) fn ending() -> (Server, Receiver<()>) {
    let (end, ended) = channel();
    let server = Server::new(move |conn| {
        while conn.request().is_some() {
            conn.reply("200 OK", "", "body");
        }
        // The receiver may have been dropped when the last connection ends.
        let _ = end.send(());
    });
    (server, ended)
}

/// Answers with a body that never ends. Sends the body in pieces of `len` bytes.
pub(crate) fn endless(len: usize) -> Server {
    Server::new(move |conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\n\r\n");
        conn.send_endlessly(&vec![b'x'; len]);
    })
}
