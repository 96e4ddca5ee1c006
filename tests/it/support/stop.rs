//! How a server of a test ends.

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// Ends the thread of a server, which accepts at this address until it reads `stop`, and wakes it
/// from reading on these connections. What panicked in the thread fails the test.
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
