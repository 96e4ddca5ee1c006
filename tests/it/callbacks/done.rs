//! `done` is called once at the end of a transfer that has succeeded, and can still make it fail.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use curlback::{
    Agent, CallbackResult, Callbacks, Code, Error, Hooks, Info, Multi, ProgressResult, Transfer,
    WriteResult, XferInfo, callbacks,
};

use crate::support::server::Server;

/// Records the calls, and ends its transfer as `how` says.
#[derive(Debug, Default)]
struct Notes {
    calls: Vec<&'static str>,
    status: Option<u32>,
    how: How,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum How {
    #[default]
    Well,
    Abort,
    Panic,
    /// `xfer_info` aborts the transfer, so `done` is not called.
    Early,
}

#[callbacks]
impl Callbacks for Notes {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        self.calls.push("write");
        WriteResult::Continue
    }

    fn debug(&mut self, _: curlback::DebugKind, _: &[u8]) -> CallbackResult {
        self.calls.push("debug");
        CallbackResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.calls.push("xfer_info");
        match self.how {
            How::Early => ProgressResult::Abort,
            _ => ProgressResult::Continue,
        }
    }

    fn done(&mut self, info: &Info<'_>) -> CallbackResult {
        self.calls.push("done");
        self.status = info.response_code().ok();
        match self.how {
            How::Abort => CallbackResult::Abort,
            How::Panic => panic!("in done"),
            _ => CallbackResult::Continue,
        }
    }
}

fn transfer(url: &str) -> Transfer<Notes> {
    let mut transfer = Transfer::new(Notes::default()).unwrap();
    transfer.url(url).unwrap();
    transfer.verbose(true).unwrap();
    transfer
}

/// Returns how often `done` was called, and forgets all calls. Asserts that nothing was called after
/// `done`.
fn count(transfer: &mut Transfer<Notes>) -> usize {
    let calls = std::mem::take(&mut transfer.handler_mut().calls);
    let count = calls.iter().filter(|call| **call == "done").count();
    assert!(count == 0 || calls.last() == Some(&"done"), "{calls:?}");
    assert!(
        count == calls.len() || calls.contains(&"debug"),
        "{calls:?}"
    );
    count
}

#[test]
fn done_is_called_last_and_once_in_each_transfer() {
    let server = Server::ok("body");
    let mut transfer = transfer(&server.url("/"));
    for _ in 0..2 {
        transfer.perform().unwrap();
        assert_eq!(count(&mut transfer), 1);
        assert_eq!(transfer.handler().status, Some(200));
    }
    transfer.set_hooks(transfer.hooks() - Hooks::DONE).unwrap();
    transfer.perform().unwrap();
    assert_eq!(count(&mut transfer), 0);
    transfer.set_hooks(transfer.hooks() | Hooks::DONE).unwrap();
    transfer.perform().unwrap();
    assert_eq!(count(&mut transfer), 1);
}

#[test]
fn done_is_called_however_a_transfer_is_driven() {
    let server = Server::ok("body");
    let mut multi = Multi::new().unwrap();
    multi.add(transfer(&server.url("/"))).unwrap();
    multi
        .run(|_, _, mut transfer, result| {
            assert_eq!(count(&mut transfer), 1);
            result
        })
        .unwrap();

    let mut response = transfer(&server.url("/")).open().unwrap();
    let mut body = String::new();
    response.read_to_string(&mut body).unwrap();
    let mut transfer_back = response.finish().unwrap();
    assert_eq!((count(&mut transfer_back), &*body), (1, "body"));

    let agent = Agent::new().unwrap();
    let (mut back, result) = agent.start(transfer(&server.url("/"))).wait();
    result.unwrap();
    assert_eq!(count(&mut back), 1);

    let mut other = Notes::default();
    let mut kept = Transfer::new(()).unwrap();
    kept.url(&server.url("/")).unwrap();
    kept.perform_with(&mut other).unwrap();
    assert_eq!(other.calls.iter().filter(|c| **c == "done").count(), 1);
    kept.perform().unwrap();
}

#[test]
fn done_is_not_called_for_a_transfer_that_fails() {
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            conn.reply("404 Not Found", "", "words");
        }
    });
    let mut transfer = transfer(&server.url("/"));
    // Without `fail_on_error`, a 404 is a success.
    transfer.perform().unwrap();
    assert_eq!(count(&mut transfer), 1);
    transfer.fail_on_error(true).unwrap();
    assert_eq!(
        transfer.perform().unwrap_err().code(),
        Some(Code::HTTP_RETURNED_ERROR)
    );
    assert_eq!(count(&mut transfer), 0);
    transfer.fail_on_error(false).unwrap();

    transfer.handler_mut().how = How::Early;
    transfer.perform().unwrap_err();
    assert_eq!(count(&mut transfer), 0);
    transfer.handler_mut().how = How::Well;

    let remote = transfer.remote();
    let mut multi = Multi::new().unwrap();
    multi.add(transfer).unwrap();
    remote.cancel();
    let ended = multi.run(|_, _, mut transfer, result| {
        assert_eq!(count(&mut transfer), 0);
        result
    });
    assert!(matches!(ended.unwrap_err(), Error::Cancelled));
}

#[test]
fn done_that_fails_makes_the_transfer_fail() {
    let server = Server::ok("body");
    let mut transfer = transfer(&server.url("/"));
    transfer.handler_mut().how = How::Abort;
    let error = transfer.perform().unwrap_err();
    assert!(matches!(error, Error::Aborted { .. }), "{error}");
    assert_eq!(error.code(), Some(Code::OK));
    assert_eq!(count(&mut transfer), 1);

    transfer.handler_mut().how = How::Panic;
    let panic = catch_unwind(AssertUnwindSafe(|| transfer.perform())).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"in done"));
    assert_eq!(count(&mut transfer), 1);

    let agent = Agent::new().unwrap();
    let started = agent.start(transfer);
    let panic = catch_unwind(AssertUnwindSafe(|| started.wait())).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"in done"));

    // In a `Multi`, another transfer goes on.
    let mut multi = Multi::new().unwrap();
    let mut panics = self::transfer(&server.url("/"));
    panics.handler_mut().how = How::Panic;
    multi.add(panics).unwrap();
    multi.add(self::transfer(&server.url("/"))).unwrap();
    let (mut good, mut bad) = (0, 0);
    while good + bad < 2 {
        let run = catch_unwind(AssertUnwindSafe(|| {
            multi.run(|_, _, mut transfer, result| {
                match result {
                    Ok(()) => good += 1,
                    Err(error) => {
                        assert!(matches!(error, Error::Aborted { .. }), "{error}");
                        bad += 1;
                    }
                }
                assert_eq!(count(&mut transfer), 1);
                Ok(())
            })
        }));
        if let Err(panic) = run {
            assert_eq!(panic.downcast_ref(), Some(&"in done"));
        }
    }
    assert_eq!((good, bad), (1, 1));
}
