//! A WebSocket server that sends a few messages. Then it closes or breaks the connection, or sends back
//! messages that it gets.

use std::net::TcpStream;

use tungstenite::Message;

use crate::listener::{self, Listener};
use crate::locks::lock;
use crate::rng::Rng;
use crate::stream::Stream;

pub(crate) fn server(rng: Rng) -> Listener {
    let rng = std::sync::Mutex::new(rng);
    Listener::new(move |socket| {
        let mut rng = lock(&rng).fork();
        // It is no failure if the client has closed the connection.
        let _ = serve(socket, &mut rng);
    })
}

fn serve(socket: &TcpStream, rng: &mut Rng) -> Option<()> {
    let mut conn = tungstenite::accept(socket).ok()?;
    for _ in 0..rng.below(4) {
        let sizes = [0, 1, 125, 126, 5000, 70_000];
        let data = Stream::new(rng.pick(&sizes), 1).all();
        let message = match rng.below(4) {
            0 => Message::Ping(data.into_iter().take(125).collect()),
            1 => Message::Text("text".into()),
            _ => Message::Binary(data.into()),
        };
        conn.send(message).ok()?;
    }
    match rng.below(6) {
        0 => conn.close(None).ok()?,
        1 => {
            listener::reset(socket);
            return None;
        }
        2 => return None,
        _ => {}
    }
    for _ in 0..rng.below(30) {
        let message = conn.read().ok()?;
        if message.is_text() || message.is_binary() {
            conn.send(message).ok()?;
        }
    }
    // Reading answers the client's close.
    while conn.read().is_ok() {}
    Some(())
}
