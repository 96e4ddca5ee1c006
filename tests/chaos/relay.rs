//! A server that passes on to another, and does harm on the way.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Mutex;
use std::thread;

use crate::listener::{self, Listener};
use crate::locks::lock;
use crate::rng::Rng;

/// What happens to a connection after so many bytes from the server.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Harm {
    None,
    Cut,
    Reset,
    /// Nothing more comes until the client goes.
    Stall,
    /// One byte at a time.
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
                    // The reset comes with the close; this wakes the other thread.
                    let _ = client.shutdown(Shutdown::Read);
                }
                _ => drop(client.shutdown(Shutdown::Both)),
            }
            let _ = server.shutdown(Shutdown::Both);
            // ThreadSanitizer sees a join, but not how a scope waits.
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
        // The other thread notices when the client goes, and tells the server.
        while let Ok(1..) = from.read(&mut buffer) {}
    }
}
