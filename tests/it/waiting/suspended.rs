//! Resumes without a pause before: something else may have suspended the transfer.

#![cfg(unix)]

use std::time::Duration;

use curlback::{Callbacks, Direction, Multi, ProgressResult, Transfer, XferInfo};

use crate::support::driving::{Loop, Told, turn, turn_within};
use crate::support::server::Server;

/// Counts the progress reports, and answers each with a resume if `always` is set.
#[derive(Default)]
struct Resumes {
    always: bool,
    calls: usize,
}

impl Callbacks for Resumes {
    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.calls += 1;
        match self.always {
            true => ProgressResult::Resume(Direction::Both),
            false => ProgressResult::Continue,
        }
    }
}

/// Makes a transfer that waits for its answer, in a `Multi`.
fn waiting(server: &Server, always: bool) -> Multi<Resumes, Loop> {
    let handler = Resumes { always, calls: 0 };
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(&server.url("/")).unwrap();
    let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
    let id = multi.add(transfer).unwrap();
    while multi.get(id).unwrap().info().request_size().unwrap() == 0 {
        turn(&mut multi).unwrap();
    }
    let quiet = Duration::from_millis(100);
    // Until nothing happens any more.
    loop {
        let before = multi.get(id).unwrap().handler().calls;
        turn_within(&mut multi, quiet).unwrap();
        if multi.get(id).unwrap().handler().calls == before {
            return multi;
        }
    }
}

fn silent() -> Server {
    Server::new(|conn| {
        conn.request();
        conn.drain();
    })
}

/// A verify callback of the TLS library may have suspended the transfer.
#[test]
fn resume_makes_libcurl_run_a_transfer_that_we_did_not_pause() {
    let server = silent();
    for direction in [Direction::Receive, Direction::Send, Direction::Both] {
        let mut multi = waiting(&server, false);
        let (id, transfer) = multi.iter().next().unwrap();
        let (remote, before) = (transfer.remote(), transfer.handler().calls);
        multi.event_loop_mut().told.clear();
        assert!(remote.resume(direction));
        multi.timeout_action().unwrap();
        let told = &multi.event_loop().told;
        let now = Told::Timer(Some(Duration::ZERO));
        let ran = multi.get(id).unwrap().handler().calls > before;
        assert!(ran || told.contains(&now), "{direction:?}: {told:?}");
    }
}

/// The same from `xfer_info`, which it must not call for ever because of that.
#[test]
fn handler_that_always_resumes_does_not_keep_the_thread_busy() {
    let server = silent();
    let mut multi = waiting(&server, true);
    let (id, _) = multi.iter().next().unwrap();
    let before = multi.get(id).unwrap().handler().calls;
    turn_within(&mut multi, Duration::from_millis(50)).unwrap();
    turn_within(&mut multi, Duration::from_millis(50)).unwrap();
    let calls = multi.get(id).unwrap().handler().calls - before;
    assert!(calls <= 2, "{calls}");
}
