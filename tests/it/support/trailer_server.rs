//! A server that records the trailers of uploads.

use std::sync::{Arc, Mutex};

use crate::support::server::Server;

/// Makes a server, and the list that gets the trailers of each upload. Uploads have to come in chunks, each
/// of which is `body`.
pub(crate) fn server() -> (Server, Arc<Mutex<Vec<Vec<String>>>>) {
    let kept = Arc::<Mutex<Vec<Vec<String>>>>::default();
    let seen = kept.clone();
    let server = Server::new(move |conn| {
        while conn.head().is_some() {
            loop {
                let Some(size) = conn.line() else { return };
                if size == "0" {
                    break;
                }
                // The line end after the chunk makes the chunk a line.
                assert_eq!((size.as_str(), conn.line().as_deref()), ("4", Some("body")));
            }
            let mut lines = Vec::new();
            loop {
                match conn.line() {
                    None => return,
                    Some(line) if line.is_empty() => break,
                    Some(line) => lines.push(line),
                }
            }
            seen.lock().unwrap().push(lines);
            conn.reply("200 OK", "", "");
        }
    });
    (server, kept)
}
