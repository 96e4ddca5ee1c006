//! What the user drops panics, in the midst of the drop of a `Multi`.

#![cfg(unix)]

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::{fmt, io, thread};

use curlback::{
    CallbackResult, Callbacks, Hooks, Multi, SockType, SocketAddress, Transfer, WriteResult,
};
use socket2::Socket;

use crate::support::closes::{Held, Log};
use crate::support::driving::until;
use crate::support::ports::silent_port;
use crate::support::server::Server;

/// An error that panics when it is dropped.
#[derive(Debug)]
struct Bomb;

impl fmt::Display for Bomb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bomb")
    }
}

impl Error for Bomb {}

impl Drop for Bomb {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic!("the bomb goes off");
        }
    }
}

/// Fails with a [`Bomb`] when it is to close a socket.
struct Armed {
    held: Held,
    armed: bool,
}

impl Callbacks for Armed {
    fn hooks(&self) -> Hooks {
        self.held.hooks()
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.held.write(data)
    }

    fn open_socket(&mut self, kind: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
        self.held.open_socket(kind, address)
    }

    fn close_socket(&mut self, socket: Socket) -> CallbackResult {
        let result = self.held.close_socket(socket);
        match self.armed {
            true => CallbackResult::Fail(Box::new(Bomb)),
            false => result,
        }
    }
}

/// Corpus 10, 45: the drop of a user's error panics in the midst of a `Multi`'s own drop, and the
/// transfers that come after it are let go of all the same, with the connections that they keep.
#[test]
fn error_that_panics_in_the_drop_of_a_multi_frees_nothing_too_early() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "GET /half HTTP/1.1" => {
                    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                }
                _ => conn.reply("302 Found", "Location: http://127.0.0.2/nowhere\r\n", ""),
            }
        }
    });
    let (_silent, silent) = silent_port();
    let mut multi = Multi::new().unwrap();
    let log = Arc::new(Mutex::new(Log::default()));
    let elsewhere = Server::new(move |conn| {
        while conn.request().is_some() {
            let location = format!("Location: http://127.0.0.1:{silent}/\r\n");
            conn.reply("302 Found", &location, "");
        }
    });
    // The second one has a connection that is idle, and another one on its way.
    for (armed, url) in [(true, server.url("/half")), (false, elsewhere.url("/"))] {
        let mut transfer = Transfer::new(Armed {
            held: Held {
                whole: log.clone(),
                body: 0,
                pause: false,
                files: Vec::new(),
            },
            armed,
        })
        .unwrap();
        transfer.url(&url).unwrap();
        transfer.follow_location(true).unwrap();
        multi.add(transfer).unwrap();
    }
    until(&mut multi, |multi| {
        let first = multi.iter().next().unwrap().1;
        log.lock().unwrap().opened.len() == 3 && first.handler().held.body > 0
    });
    let caught = catch_unwind(AssertUnwindSafe(|| drop(multi)));
    let payload = caught.unwrap_err();
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"the bomb goes off"));
    assert_eq!(Arc::strong_count(&log), 1);
}
