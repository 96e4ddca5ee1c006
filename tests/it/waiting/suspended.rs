//! Resumes of a transfer that was not paused, since something else may have suspended it; and
//! resumes that would do harm.

#![cfg(unix)]

use std::time::Duration;

use curlback::{
    Callbacks, Direction, Error, Multi, ProgressResult, Transfer, WriteResult, XferInfo,
};

use crate::support::driving::{Loop, Told, turn, turn_within};
use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::skip::{is_between, skip};

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

/// Makes a `Multi` whose transfer has sent its request and waits for the answer.
fn waiting(server: &Server, always: bool) -> Multi<Resumes, Loop> {
    let handler = Resumes { always, calls: 0 };
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(&server.url("/")).unwrap();
    let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
    let id = multi.add(transfer).unwrap();
    while (multi.get(id).unwrap().info().pretransfer_time().unwrap()).is_zero() {
        turn(&mut multi).unwrap();
    }
    let quiet = Duration::from_millis(100);
    // Drives until nothing happens any more.
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

/// Something that the crate does not know of, such as a verify callback of the TLS library, may have
/// suspended the transfer.
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

/// `xfer_info` always resumes. libcurl must not call it for ever because of that.
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

#[test]
fn resume_of_another_protocol_is_refused_or_exact() {
    /// Pauses at the first bytes, and resumes at the next report.
    #[derive(Default)]
    struct Once {
        body: Vec<u8>,
        paused: bool,
    }

    impl Callbacks for Once {
        fn write(&mut self, data: &[u8]) -> WriteResult {
            if !std::mem::replace(&mut self.paused, true) {
                return WriteResult::Pause;
            }
            self.body.extend_from_slice(data);
            WriteResult::Continue
        }

        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            match self.paused {
                true => ProgressResult::Resume(Direction::Receive),
                false => ProgressResult::Continue,
            }
        }
    }

    if !curlback::version().has_protocol("ftp") {
        return skip!("the linked libcurl has no ftp");
    }
    let server = FtpServer::new("file", "the body");
    let mut transfer = Transfer::new(Once::default()).unwrap();
    transfer.url(&server.url("file")).unwrap();
    let result = transfer.perform();
    if is_between((7, 69, 0), (7, 77, 0)) {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
        return;
    }
    result.unwrap();
    assert_eq!(transfer.handler().body, b"the body");
}
