//! A server that answers ten requests at a time.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use curlback::{Code, Error};

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

    /// Checks the result of fetching the paths from `/0` to `/49`, ten at a time.
    pub fn check(&self, server: &Server, pages: &HashMap<String, Result<Vec<u8>, Error>>) {
        assert_eq!(pages.len(), 50);
        for page in (0..50).map(|page| format!("/{page}")) {
            match &pages[&server.url(&page)] {
                Ok(body) => assert_eq!(body, page.as_bytes()),
                Err(error) => assert_eq!(
                    (&*page, error.code()),
                    ("/17", Some(Code::HTTP_RETURNED_ERROR))
                ),
            }
        }
        assert!(pages[&server.url("/17")].is_err());
        assert_eq!(self.counts.lock().unwrap().most, 10);
        assert_eq!(server.requests().len(), 50);
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
