//! A server that answers ten requests at a time.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::server::{LIMIT, Server, respond};

/// Counts the requests, and answers them in groups of ten: holds each until its group is complete.
#[derive(Default)]
pub struct Crowd {
    counts: Mutex<Counts>,
    changed: Condvar,
}

#[derive(Default)]
struct Counts {
    arrived: usize,
    answered: usize,
    /// The number of requests that may be answered.
    released: usize,
    most: usize,
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
        self.counts.lock().unwrap().most
    }

    fn wait(&self) {
        let mut counts = self.counts.lock().unwrap();
        counts.arrived += 1;
        counts.most = counts.most.max(counts.arrived - counts.answered);
        self.changed.notify_all();
        let number = counts.arrived;
        if number == 10 {
            // If the client has sent an eleventh request already, it arrives meanwhile.
            let limit = Duration::from_millis(100);
            counts = self
                .changed
                .wait_timeout_while(counts, limit, |c| c.arrived == 10)
                .unwrap()
                .0;
        }
        if number % 10 == 0 {
            counts.released = number;
            self.changed.notify_all();
        }
        let (mut counts, waited) = self
            .changed
            .wait_timeout_while(counts, LIMIT, |c| c.released < number)
            .unwrap();
        assert!(!waited.timed_out(), "fewer than ten requests are open");
        counts.answered += 1;
    }
}
