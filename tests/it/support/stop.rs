//! Ends the server of a test.

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// Ends the thread of a server, and waits for it. The thread accepts connections at `address` until
/// `stop` is true. Shuts `connections` down, so that the server does not wait for data on them. If the
/// server's thread has panicked, resumes its panic, unless this thread already panics.
pub(crate) fn stop_server(
    stop: &AtomicBool,
    connections: &Mutex<Vec<TcpStream>>,
    address: SocketAddr,
    thread: &mut Option<JoinHandle<()>>,
) {
    stop.store(true, Ordering::SeqCst);
    for socket in connections.lock().unwrap().drain(..) {
        let _ = socket.shutdown(Shutdown::Both);
    }
    let _ = TcpStream::connect(address);
    let result = thread.take().unwrap().join();
    if let (Err(panic), false) = (result, thread::panicking()) {
        std::panic::resume_unwind(panic);
    }
}
