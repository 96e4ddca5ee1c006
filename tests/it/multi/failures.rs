//! Callbacks that fail or panic while other transfers run: what comes out of which call, how often,
//! and that the other transfers go on.

#![cfg(unix)]

use std::error::Error as _;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use curlback::handlers::Collect;
use curlback::multi::Id;
use curlback::{
    Callback, CallbackResult, Callbacks, DebugKind, Direction, Error, HeaderLine, Multi,
    ProgressResult, Transfer, Version, WriteResult, XferInfo,
};

use crate::support::breaks::{ALL, Breaks, How, Own, redirecting, works};
use crate::support::closes::{Closes, Then, closes};
use crate::support::driving::{Driven, WAYS, Way, until};
use crate::support::server::Server;
use crate::support::servers::{endless, halting};
use crate::support::skip::{needs, prereq};
use crate::support::transfers::collecting;

const HOWS: [How; 3] = [How::Fail, How::Abort, How::Panic];

/// Asserts that the transfer at this place has broken in this way at this callback.
fn broke<H>(way: Way, driven: &mut Driven<H>, place: usize, at: Callback, how: How) {
    let expected = usize::from(how == How::Panic);
    assert_eq!(driven.panics.len(), expected, "{way:?} {at} {how:?}");
    if let Some(payload) = driven.panics.pop() {
        assert_eq!(payload.downcast_ref::<Own>(), Some(&Own(at)));
    }
    let Some(result) = driven.ended[place].1.take() else {
        assert_eq!((way, how), (Way::Alone, How::Panic));
        return;
    };
    let error = result.unwrap_err();
    assert_eq!(error.callback(), Some(at), "{way:?} {how:?}: {error:?}");
    let own = error.source().and_then(|own| own.downcast_ref::<Own>());
    assert_eq!(own, (how == How::Fail).then_some(&Own(at)), "{way:?} {at}");
    assert_eq!(matches!(error, Error::Aborted { .. }), how != How::Fail);
}

/// tests/CORPUS.md, 31 to 34, 39 and 40: each callback of [`ALL`] breaks in each way, with each way to
/// drive. The transfers before and after that transfer succeed.
#[test]
fn failure_of_each_callback_is_that_of_its_transfer_and_comes_once() {
    let server = redirecting();
    for at in ALL {
        for how in HOWS {
            for way in WAYS {
                let transfers = [How::Not, how, How::Not]
                    .map(|how| Breaks::new(at, how).transfer(&server))
                    .into();
                let mut driven = way.drive(transfers);
                broke(way, &mut driven, 1, at, how);
                let calls = &driven.ended[1].0.handler().calls;
                // No callback was called after the one that broke.
                assert_eq!(calls.iter().position(|c| *c == at), Some(calls.len() - 1));
                for (place, (transfer, result)) in driven.ended.iter_mut().enumerate() {
                    if let (0 | 2, Some(result)) = (place, result.take()) {
                        result.unwrap();
                    }
                    works(transfer);
                }
                // All of them succeed when they run together once more.
                let mut again = Vec::new();
                for (mut transfer, _) in driven.ended {
                    transfer.handler_mut().mend();
                    again.push(transfer);
                }
                let again = way.drive(again);
                assert!(again.panics.is_empty());
                for (_, result) in again.ended {
                    result.unwrap().unwrap();
                }
            }
        }
    }
}

/// tests/CORPUS.md, 31 and 34: a callback for a new connection, or `write`, breaks.
#[test]
fn failure_of_a_callback_for_sockets_is_that_of_its_transfer() {
    let server = Server::ok("body");
    for at in [
        Callback::OpenSocket,
        Callback::Sockopt,
        Callback::Prereq,
        Callback::Write,
    ] {
        for how in HOWS {
            if (at, how) == (Callback::OpenSocket, How::Abort) {
                // `open_socket` cannot abort.
                continue;
            }
            if at == Callback::Prereq && prereq().is_empty() {
                continue;
            }
            for way in WAYS {
                let make = |how| {
                    let (mut transfer, log) = closes(&server.url("/"), Then::Replace);
                    // With the connection of another transfer, no socket would be opened.
                    transfer.fresh_connect(true).unwrap();
                    transfer.handler_mut().at = at;
                    transfer.handler_mut().how = how;
                    (transfer, log)
                };
                let (others, transfers): (Vec<_>, Vec<_>) = [How::Not, how, How::Not]
                    .map(make)
                    .into_iter()
                    .map(|(transfer, log)| (log, transfer))
                    .unzip();
                let mut driven = way.drive(transfers);
                let panicked = driven.panics.len();
                assert_eq!(panicked, usize::from(how == How::Panic));
                let result = driven.ended[1].1.take();
                if let Some(Err(error)) = &result {
                    assert_eq!(error.callback(), Some(at), "{way:?} {how:?} {error:?}");
                    let own = error.downcast_ref::<Own>();
                    assert_eq!(own, (how == How::Fail).then_some(&Own(at)), "{error:?}");
                }
                assert!(!matches!(result, Some(Ok(()))), "{way:?} {at} {how:?}");
                for place in [0, 2] {
                    driven.ended[place].1.take().unwrap().unwrap();
                }
                assert!(
                    driven
                        .ended
                        .iter()
                        .all(|(t, _)| t.handler().files_are_whole())
                );
                drop(driven);
                drop(others);
            }
        }
    }
}

/// tests/CORPUS.md, 10 and 31: `close_socket` fails while the connection of a transfer that went
/// well is closed.
#[test]
fn failure_of_close_socket_is_that_of_its_transfer() {
    let server = Server::ok("body");
    for (then, how) in [
        (Then::Fail, How::Fail),
        (Then::Abort, How::Abort),
        (Then::Panic, How::Panic),
    ] {
        for way in WAYS {
            let transfers = [Then::Drop, then, Then::Drop]
                .map(|then| {
                    let (mut transfer, _) = closes(&server.url("/"), then);
                    transfer.forbid_reuse(true).unwrap();
                    transfer
                })
                .into();
            let mut driven = way.drive(transfers);
            broke(way, &mut driven, 1, Callback::CloseSocket, how);
            for place in [0, 2] {
                driven.ended[place].1.take().unwrap().unwrap();
            }
        }
    }
}

/// Drives until each transfer has received something.
fn half_done(multi: &mut Multi<Closes>) {
    let size = |multi: &Multi<Closes>| -> u64 {
        let sizes = multi.iter().map(|(_, t)| t.download_size().unwrap());
        sizes.min().unwrap_or(u64::MAX)
    };
    until(multi, |multi| size(multi) > 0);
}

/// tests/CORPUS.md, 10, 15 and 31: `remove` closes the connection of a transfer in progress, and
/// `close_socket` breaks.
#[test]
fn failure_in_remove_comes_out_of_it_or_is_the_result() {
    needs!(
        (7, 68, 0),
        "call of close_socket when a transfer leaves a Multi half done"
    );
    let server = halting();
    for then in [Then::Fail, Then::Abort, Then::Panic, Then::Drop] {
        let mut multi = Multi::new().unwrap();
        let other = multi.add(closes(&server.url("/"), Then::Drop).0).unwrap();
        let id = multi.add(closes(&server.url("/"), then).0).unwrap();
        half_done(&mut multi);
        let removed = catch_unwind(AssertUnwindSafe(|| multi.remove(id)));
        match (then, removed) {
            (Then::Drop, Ok(Some(_))) => {
                assert!(multi.take_finished().is_none());
                continue;
            }
            (Then::Panic, Err(payload)) => {
                assert_eq!(payload.downcast_ref(), Some(&Own(Callback::CloseSocket)));
            }
            (Then::Fail | Then::Abort, Ok(None)) => {}
            (then, removed) => panic!("{then:?}: {:?}", removed.map(|t| t.is_some())),
        }
        // The transfer is not lost: it has ended with the failure.
        let (own, _, result) = multi.take_finished().unwrap();
        assert_eq!(own, id);
        let error = result.unwrap_err();
        assert_eq!(error.callback(), Some(Callback::CloseSocket), "{error:?}");
        assert_eq!(error.downcast_ref::<Own>().is_some(), then == Then::Fail);
        // The failure comes only once, and the other transfer is still there.
        multi.perform().unwrap();
        assert!(multi.take_finished().is_none());
        assert!(multi.remove(other).is_some());
    }
}

/// tests/CORPUS.md, 10 and 31: the drop of a `Multi` has nobody to report a failure to.
#[test]
fn failure_in_the_drop_of_a_multi_is_contained() {
    needs!(
        (7, 68, 0),
        "call of close_socket when a transfer leaves a Multi half done"
    );
    let server = halting();
    for then in [Then::Fail, Then::Abort, Then::Panic] {
        let mut logs = Vec::new();
        let mut multi = Multi::new().unwrap();
        for then in [then, Then::Drop, then] {
            let (transfer, log) = closes(&server.url("/"), then);
            multi.add(transfer).unwrap();
            logs.push(log);
        }
        half_done(&mut multi);
        drop(multi);
        for log in logs {
            let log = log.lock().unwrap();
            assert_eq!(log.opened.len(), 1);
            assert_eq!(log.opened, log.closed);
        }
        // Later transfers do not notice the failure.
        works(&mut Breaks::new(Callback::Debug, How::Not).transfer(&redirecting()));
    }
}

/// Panics in its callbacks once its flag is set. libcurl may call them while a transfer is removed
/// or dropped.
struct Late(bool);

impl Late {
    fn answer(&mut self, at: Callback) {
        if self.0 {
            panic_any(Own(at));
        }
    }
}

impl Callbacks for Late {
    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        self.answer(Callback::Debug);
        CallbackResult::Continue
    }

    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.answer(Callback::Header);
        WriteResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.answer(Callback::XferInfo);
        ProgressResult::Continue
    }
}

/// tests/CORPUS.md, 10 and 31: a callback panics that libcurl calls while a transfer is removed or
/// dropped.
#[test]
fn panic_of_any_callback_in_remove_and_drop_is_given_once_or_contained() {
    needs!(
        (7, 68, 0),
        "call of close_socket when a transfer leaves a Multi half done"
    );
    let server = halting();
    for removes in [true, false] {
        let mut multi = Multi::new().unwrap();
        let mut transfer = Transfer::new(Late(false)).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.verbose(true).unwrap();
        let id = multi.add(transfer).unwrap();
        until(&mut multi, |multi| {
            multi.get(id).unwrap().download_size().unwrap() > 0
        });
        multi.handler_mut(id).unwrap().0 = true;
        if !removes {
            drop(multi);
            continue;
        }
        match catch_unwind(AssertUnwindSafe(|| multi.remove(id))) {
            Ok(removed) => {
                // libcurl 8.0.0 and later may call none of these callbacks here.
                assert!(Version::linked() >= Version::new(8, 0, 0));
                assert!(removed.is_some());
            }
            Err(payload) => {
                assert!(payload.is::<Own>());
                let (_, _, result) = multi.take_finished().unwrap();
                assert!(matches!(result, Err(Error::Aborted { .. })), "{result:?}");
            }
        }
        assert!(multi.is_empty());
        multi.perform().unwrap();
    }
}

/// Pauses at its first bytes, and breaks when they come again.
struct BreaksWhenResumed(How, usize, Sender<()>);

impl Callbacks for BreaksWhenResumed {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        self.1 += 1;
        if self.1 == 1 {
            self.2.send(()).unwrap();
            return WriteResult::Pause;
        }
        match self.0.result(Callback::Write) {
            CallbackResult::Continue => WriteResult::Continue,
            CallbackResult::Abort => WriteResult::Abort,
            CallbackResult::Fail(error) => WriteResult::Fail(error),
        }
    }
}

/// tests/CORPUS.md, 31 and 39: libcurl may call `write` from within the call that resumes.
#[test]
fn failure_in_a_write_that_a_remote_resumed_comes_out_of_the_drive() {
    let server = Server::ok("body");
    for how in HOWS {
        for way in WAYS {
            let (sender, paused) = channel();
            let mut transfer = Transfer::new(BreaksWhenResumed(how, 0, sender)).unwrap();
            transfer.url(&server.url("/")).unwrap();
            let remote = transfer.remote();
            let resumer = thread::spawn(move || {
                paused.recv().unwrap();
                assert!(remote.resume(Direction::Receive));
                paused
            });
            let mut driven = way.drive(vec![transfer]);
            resumer.join().unwrap();
            assert_eq!(driven.ended[0].0.handler().1, 2);
            broke(way, &mut driven, 0, Callback::Write, how);
        }
    }
}

/// tests/CORPUS.md, 31: each panic comes out of a call of its own, and each transfer ends with its
/// own error.
#[test]
fn several_panics_come_out_one_by_one() {
    let server = redirecting();
    for way in WAYS {
        let ats = [
            Callback::Write,
            Callback::Header,
            Callback::Debug,
            Callback::Read,
        ];
        let transfers = ats.map(|at| Breaks::new(at, How::Panic).transfer(&server));
        let driven = way.drive(transfers.into());
        let mut seen: Vec<_> = driven
            .panics
            .iter()
            .map(|payload| payload.downcast_ref::<Own>().unwrap().0)
            .collect();
        seen.sort_unstable();
        let mut expected = ats.to_vec();
        expected.sort_unstable();
        assert_eq!(seen, expected, "{way:?}");
        for ((_, result), at) in driven.ended.into_iter().zip(ats) {
            if let Some(result) = result {
                let error = result.unwrap_err();
                assert!(matches!(error, Error::Aborted { .. }));
                assert_eq!(error.callback(), Some(at));
            }
        }
    }
}

/// tests/CORPUS.md, 31: two `Multi` take turns on one thread, and a transfer performs in between.
/// Those without panics do not notice the others.
#[test]
fn panic_in_one_multi_does_not_reach_another() {
    let server = redirecting();
    let ok = Server::ok("body");
    let mut broken = Multi::new().unwrap();
    for at in ALL {
        broken
            .add(Breaks::new(at, How::Panic).transfer(&server))
            .unwrap();
    }
    let mut whole = Multi::new().unwrap();
    let ids: Vec<Id> = (0..ALL.len())
        .map(|_| whole.add(collecting(&ok.url("/"))).unwrap())
        .collect();
    let mut panics = 0;
    let mut ended = 0;
    let mut beside = collecting(&ok.url("/"));
    while ended < ALL.len() || !whole.is_empty() {
        panics += usize::from(catch_unwind(AssertUnwindSafe(|| broken.perform())).is_err());
        ended += std::iter::from_fn(|| broken.take_finished()).count();
        whole.perform().unwrap();
        while let Some((id, transfer, result)) = whole.take_finished() {
            result.unwrap();
            assert!(ids.contains(&id));
            assert_eq!(transfer.handler().body(), b"body");
        }
        beside.handler_mut().clear();
        beside.perform().unwrap();
        let _: &Collect = beside.handler();
    }
    // The last panics may still be held back.
    while let Err(payload) = catch_unwind(AssertUnwindSafe(|| broken.perform())) {
        assert!(payload.is::<Own>());
        panics += 1;
    }
    assert_eq!(panics, ALL.len());
}

/// tests/CORPUS.md, 32: a transfer with an endless body ends at the first failure.
#[test]
fn endless_body_ends_at_the_first_failure() {
    let server = endless(1000);
    for at in [
        Callback::Write,
        Callback::Header,
        Callback::Debug,
        Callback::XferInfo,
    ] {
        for how in HOWS {
            for way in WAYS {
                let mut transfer = Transfer::new(Breaks::new(at, how)).unwrap();
                transfer.url(&server.url("/")).unwrap();
                transfer.verbose(true).unwrap();
                let mut driven = way.drive(vec![transfer]);
                broke(way, &mut driven, 0, at, how);
            }
        }
    }
}
