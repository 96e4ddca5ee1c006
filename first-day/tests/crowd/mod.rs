//! A server that answers when ten requests are open.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use crate::server::{LIMIT, Server, respond};

/// How many requests are open at a time.
#[derive(Default)]
pub struct Crowd {
    arrived: Mutex<usize>,
    ten_more: Condvar,
    open: AtomicUsize,
    most: AtomicUsize,
}

impl Crowd {
    /// Starts a server whose bodies are the requested paths, and where `/17` is missing.
    pub fn server() -> (Server, Arc<Crowd>) {
        let crowd = Arc::<Crowd>::default();
        let gate = crowd.clone();
        let server = Server::start(move |request, to| {
            gate.wait();
            match &*request.line {
                "GET /17" => respond(to, "404 Not Found", &[], b""),
                line => respond(
                    to,
                    "200 OK",
                    &[],
                    line.trim_start_matches("GET ").as_bytes(),
                ),
            }
        });
        (server, crowd)
    }

    /// Returns the largest number of requests that were open at a time.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    fn wait(&self) {
        let open = self.open.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(open, Ordering::Relaxed);
        let mut arrived = self.arrived.lock().unwrap();
        *arrived += 1;
        let ten = arrived.next_multiple_of(10);
        self.ten_more.notify_all();
        let waited = self
            .ten_more
            .wait_timeout_while(arrived, LIMIT, |arrived| *arrived < ten);
        assert!(
            !waited.unwrap().1.timed_out(),
            "fewer than ten requests are open"
        );
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}
