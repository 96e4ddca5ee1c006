//! A server that passes data on to another server, and does harm on the way.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Mutex;
use std::thread;

use crate::listener::{self, Listener};
use crate::locks::lock;
use crate::rng::Rng;

/// What the relay does to a connection once some bytes have come from the server.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Harm {
    None,
    Cut,
    Reset,
    /// The relay passes nothing more on to the client, and waits until the client closes the connection.
    Stall,
    /// The relay passes the first bytes on one by one, up to 3,000 of them.
    Drip,
}

/// Makes a server that relays to `upstream`.
pub(crate) fn relay(upstream: SocketAddr, rng: Rng) -> Listener {
    let rng = Mutex::new(rng);
    Listener::new(move |client| {
        let (harm, after) = {
            let mut rng = lock(&rng);
            let harms = [Harm::None, Harm::Cut, Harm::Reset, Harm::Stall, Harm::Drip];
            (rng.pick(&harms), rng.below(400))
        };
        let Ok(server) = TcpStream::connect(upstream) else {
            return;
        };
        let _ = server.set_nodelay(true);
        thread::scope(|scope| {
            let requests = scope.spawn(|| {
                copy(client, &server);
                let _ = server.shutdown(Shutdown::Write);
            });
            harmed(&server, client, harm, after);
            match harm {
                Harm::Reset => {
                    listener::reset(client);
                    // The connection is reset when the socket is closed. This call only wakes the thread
                    // that reads from it.
                    let _ = client.shutdown(Shutdown::Read);
                }
                _ => drop(client.shutdown(Shutdown::Both)),
            }
            let _ = server.shutdown(Shutdown::Both);
            // Joins the thread, because ThreadSanitizer sees a join, but not how a scope waits.
            let _ = requests.join();
        });
    })
}

fn copy(mut from: &TcpStream, mut to: &TcpStream) {
    let mut buffer = [0; 8192];
    while let Ok(len @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..len]).is_err() {
            break;
        }
    }
}

fn harmed(mut from: &TcpStream, mut to: &TcpStream, harm: Harm, after: usize) {
    let mut buffer = [0; 8192];
    let mut passed = 0;
    while let Ok(len @ 1..) = from.read(&mut buffer) {
        let data = &buffer[..len];
        let result = match harm {
            Harm::None => to.write_all(data),
            Harm::Drip if passed + len < 3000 => {
                (data.chunks(1)).try_for_each(|byte| to.write_all(byte))
            }
            Harm::Drip => to.write_all(data),
            _ if passed + len > after => {
                let _ = to.write_all(&data[..after.saturating_sub(passed).min(len)]);
                break;
            }
            _ => to.write_all(data),
        };
        if result.is_err() {
            break;
        }
        passed += len;
    }
    if harm == Harm::Stall {
        // The other thread notices when the client closes the connection, and shuts the server's
        // connection down.
        while let Ok(1..) = from.read(&mut buffer) {}
    }
}
