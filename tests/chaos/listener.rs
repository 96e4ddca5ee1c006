//! A server that runs a closure for each connection, on a thread of its own.

use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// The open connections, to be shut down at the end.
    sockets: Mutex<Vec<Arc<TcpStream>>>,
}

use crate::locks::lock;

/// A running server. Dropping it stops it, and resumes a panic of one of its threads.
pub(crate) struct Listener {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    pub(crate) fn new(script: impl Fn(&TcpStream) + Send + Sync + 'static) -> Listener {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::<Shared>::default();
        let accepting = shared.clone();
        let thread = thread::spawn(move || accept(&listener, &accepting, &script));
        Listener {
            address,
            shared,
            thread: Some(thread),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

fn accept(listener: &TcpListener, shared: &Shared, script: &(impl Fn(&TcpStream) + Sync)) {
    thread::scope(|scope| {
        let mut running = Vec::new();
        for socket in listener.incoming() {
            if shared.stop.load(Ordering::SeqCst) {
                break;
            }
            let Ok(socket) = socket else { continue };
            let socket = Arc::new(socket);
            lock(&shared.sockets).push(socket.clone());
            running.push(scope.spawn(move || {
                let _ = socket.set_nodelay(true);
                script(&socket);
                let mut sockets = lock(&shared.sockets);
                sockets.retain(|other| !Arc::ptr_eq(other, &socket));
            }));
        }
        for thread in running {
            // Joins each thread, because ThreadSanitizer sees a join, but not how a scope waits.
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        for socket in lock(&self.shared.sockets).drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
        let _ = TcpStream::connect(self.address);
        let result = self.thread.take().unwrap().join();
        if let (Err(panic), false) = (result, thread::panicking()) {
            std::panic::resume_unwind(panic);
        }
    }
}

/// Makes closing this socket reset the connection, instead of ending it in order.
pub(crate) fn reset(socket: &TcpStream) {
    let socket = socket2::SockRef::from(socket);
    let _ = socket.set_linger(Some(std::time::Duration::ZERO));
}
