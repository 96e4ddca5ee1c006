//! A callback that fails: what `perform` returns, and that no other callback runs afterwards.

use std::error::Error as _;

use curlback::{
    BoxError, Callback, CallbackResult, Callbacks, Code, DebugKind, Direction, Error, HeaderLine,
    Hooks, IoctlCommand, IoctlResult, Progress, ProgressResult, ReadBuf, ReadResult, Transfer,
    Version, WriteResult, XferInfo,
};

use crate::support::breaks::{ALL, Breaks, How, Own, code, redirecting, works};
use crate::support::each_callback::{ROWS, WITHOUT_A_ROW};
use crate::support::server::Server;
use crate::support::skip::is_before;

/// Asserts that the first call of the callback `at` was the last call of all, or for `open_socket` the
/// last call of `open_socket`. Asserts that the transfer works again.
fn ended_there(transfer: &mut Transfer<Breaks>) {
    let Breaks { at, calls, .. } = transfer.handler();
    let first = calls.iter().position(|call| call == at).unwrap();
    // After a refusal, libcurl tries another address, and may call other callbacks.
    if *at == Callback::OpenSocket {
        assert!(!calls[first + 1..].contains(at), "{calls:?}");
    } else {
        assert_eq!(first, calls.len() - 1, "{calls:?}");
    }

    transfer.handler_mut().mend();
    transfer.perform().unwrap();
    let Breaks { at, calls, .. } = transfer.handler();
    assert!(calls.contains(at), "{at}: {calls:?}");
}

/// Tests go through the rows, so a callback without a row would not be tested.
#[test]
fn each_callback_has_a_row() {
    let others = WITHOUT_A_ROW.iter().map(|(at, _)| *at);
    let all: Vec<_> = ROWS.iter().map(|row| row.at).chain(others).collect();
    for (hook, _) in Hooks::all().iter_names() {
        let named = all
            .iter()
            .filter(|at| at.to_string() == hook.to_lowercase());
        assert_eq!(named.count(), 1, "{hook}");
    }
    assert_eq!(all.len(), Hooks::all().iter_names().count());
}

#[test]
fn own_error_of_each_callback_comes_back_whole() {
    for row in ROWS {
        let at = row.at;
        let Some(mut scenario) = row.scenario(Breaks::new(at, How::Fail)) else {
            continue;
        };
        let transfer = &mut scenario.transfer;
        let error = transfer.perform().unwrap_err();
        assert!(matches!(error, Error::Callback { .. }), "{error:?}");
        assert_eq!(error.callback(), Some(at));
        assert_eq!(error.downcast_ref(), Some(&Own(at)));
        assert_code(&error, at);
        let url = error.url().unwrap();
        assert_eq!(
            error.to_string(),
            format!("the {at} callback failed ({url})")
        );
        assert_eq!(
            format!("{error:#}"),
            format!("the {at} callback failed ({url}): own error of {at}")
        );
        ended_there(transfer);
    }
}

#[test]
fn abort_of_each_callback_names_it_and_has_no_source() {
    // `open_socket` has no way to abort.
    for row in ROWS.iter().filter(|row| row.at != Callback::OpenSocket) {
        let at = row.at;
        let Some(mut scenario) = row.scenario(Breaks::new(at, How::Abort)) else {
            continue;
        };
        let transfer = &mut scenario.transfer;
        let error = transfer.perform().unwrap_err();
        assert!(matches!(error, Error::Aborted { .. }), "{error:?}");
        assert_eq!(error.callback(), Some(at));
        assert!(error.source().is_none());
        assert_code(&error, at);
        let url = error.url().unwrap();
        assert_eq!(
            error.to_string(),
            format!("the {at} callback aborted the transfer ({url})")
        );
        ended_there(transfer);
    }
}

#[test]
fn text_of_libcurl_is_kept_beside_the_own_error() {
    let server = redirecting();
    let new = Version::linked() >= Version::new(8, 8, 0);
    let texts = ALL.map(|at| {
        let error = Breaks::new(at, How::Fail).transfer(&server).perform();
        (at, error.unwrap_err().text().map(str::to_owned))
    });
    for (at, text) in texts {
        let text = text.unwrap_or_default();
        let expected = match at {
            Callback::Write | Callback::Header if new => "client returned ERROR on",
            Callback::Write if is_before((7, 74, 0)) => "Failed writing body",
            Callback::Write => "Failure writing output to destination",
            Callback::Header if !is_before((8, 7, 0)) => "Failure writing output to destination",
            Callback::Header => "Failed writing header",
            Callback::Read => "operation aborted by callback",
            Callback::Seek => "seek callback returned error",
            Callback::Ioctl => "ioctl callback returned error",
            // Any text: it depends on what stops libcurl after a failure of `debug`.
            Callback::Debug => "",
            _ => "Callback aborted",
        };
        assert!(text.starts_with(expected), "{at}: {text:?}");
    }
}

fn assert_code(error: &Error, at: Callback) {
    let expected = match at {
        Callback::OpenSocket => Code::COULDNT_CONNECT,
        Callback::SshKey | Callback::SshHostkey => Code::PEER_FAILED_VERIFICATION,
        Callback::Interleave => Code::WRITE_ERROR,
        // Any code: it is that of the callback that stops libcurl next, or it depends on the release.
        Callback::Debug
        | Callback::Sockopt
        | Callback::CloseSocket
        | Callback::ResolverStart
        | Callback::Prereq
        | Callback::ChunkBegin
        | Callback::ChunkEnd
        | Callback::Fnmatch
        | Callback::Frame => error.code().unwrap(),
        _ => code(at),
    };
    assert_eq!(error.code(), Some(expected), "{error:?}");
}

/// `write`, `header` and `debug` fail at each call. `xfer_info` continues until another callback has
/// failed, and then fails too.
#[derive(Default)]
struct FailsEverywhere(Vec<Callback>);

impl FailsEverywhere {
    fn fail(&mut self, callback: Callback) -> BoxError {
        self.0.push(callback);
        Own(callback).into()
    }
}

impl Callbacks for FailsEverywhere {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        WriteResult::Fail(self.fail(Callback::Write))
    }

    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        WriteResult::Fail(self.fail(Callback::Header))
    }

    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        CallbackResult::Fail(self.fail(Callback::Debug))
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        match self.0.is_empty() {
            true => ProgressResult::Continue,
            false => ProgressResult::Fail(self.fail(Callback::XferInfo)),
        }
    }
}

#[test]
fn first_failure_wins_and_nothing_is_called_after_it() {
    let server = Server::ok("body");
    let mut transfer = Transfer::new(FailsEverywhere::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    for (verbose, first) in [(true, Callback::Debug), (false, Callback::Header)] {
        transfer.verbose(verbose).unwrap();
        transfer.handler_mut().0.clear();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(first));
        let own = error.source().unwrap().downcast_ref::<Own>();
        assert_eq!(own, Some(&Own(first)));
        assert_eq!(transfer.handler().0, [first]);
    }
}

/// Fails in `ioctl` and `progress`, which the default `seek` and `xfer_info` call. If `abort` is true,
/// aborts instead. If `quiet` is true, `progress` only resumes sending.
#[derive(Default)]
struct Old {
    abort: bool,
    quiet: bool,
}

impl Callbacks for Old {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        buffer.append(b"hello");
        ReadResult::Continue
    }

    fn ioctl(&mut self, _: IoctlCommand) -> IoctlResult {
        match self.abort {
            true => IoctlResult::Abort,
            false => IoctlResult::Fail(Own(Callback::Ioctl).into()),
        }
    }

    fn progress(&mut self, _: &Progress) -> ProgressResult {
        match (self.quiet, self.abort) {
            (true, _) => ProgressResult::Resume(Direction::Send),
            (_, true) => ProgressResult::Abort,
            (_, false) => ProgressResult::Fail(Own(Callback::Progress).into()),
        }
    }
}

#[test]
fn failure_through_a_default_method_names_the_deprecated_callback() {
    let server = redirecting();
    for (quiet, callback) in [(true, Callback::Ioctl), (false, Callback::Progress)] {
        for abort in [true, false] {
            let mut transfer = Transfer::new(Old { abort, quiet }).unwrap();
            transfer.url(&server.url("/")).unwrap();
            transfer.upload(true).unwrap();
            transfer.in_filesize(5).unwrap();
            transfer.follow_location(true).unwrap();
            let error = transfer.perform().unwrap_err();
            assert_eq!(error.callback(), Some(callback));
            assert_eq!(error.code(), Some(code(callback)));
            assert_eq!(matches!(error, Error::Aborted { .. }), abort, "{error:?}");
            let own = error.source().and_then(|own| own.downcast_ref::<Own>());
            assert_eq!(own, (!abort).then_some(&Own(callback)));
        }
    }
}

#[test]
fn two_failing_runs_do_not_mix_their_texts() {
    let server = redirecting();
    let mut transfer = Breaks::new(Callback::XferInfo, How::Not).transfer(&server);
    transfer.url("nonsense://127.0.0.1/").unwrap();
    let first = transfer.perform().unwrap_err();
    assert_eq!(first.code(), Some(Code::UNSUPPORTED_PROTOCOL));
    assert!(first.text().unwrap().contains("nonsense"), "{first:?}");

    transfer.handler_mut().mend();
    transfer.handler_mut().how = How::Abort;
    transfer.url(&server.url("/")).unwrap();
    let second = transfer.perform().unwrap_err();
    assert_eq!(second.text(), Some("Callback aborted"));

    // libcurl has no text for this error, and the error does not have the text of the one before.
    let refused = transfer.url("a\0b").unwrap_err();
    assert_eq!(refused.text(), None);
    works(&mut transfer);
}

#[test]
fn text_is_kept_after_a_reset_too() {
    let server = redirecting();
    let mut transfer = Breaks::new(Callback::XferInfo, How::Not).transfer(&server);
    for _ in 0..2 {
        transfer.url("nonsense://127.0.0.1/").unwrap();
        let error = transfer.perform().unwrap_err();
        assert!(error.text().unwrap().contains("nonsense"), "{error:?}");
        assert_eq!(error.callback(), None);
        transfer.reset().unwrap();
    }
}
