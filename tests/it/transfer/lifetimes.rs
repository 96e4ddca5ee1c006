//! Who owns what, and what is left in the end.

use std::sync::Arc;
use std::thread;

use curlback::{
    Callback, CallbackResult, Callbacks, DebugKind, HeaderLine, ProgressResult, Transfer,
    WriteResult, XferInfo,
};

use crate::support::breaks::{ALL, Breaks, How, payload, redirecting};
use crate::support::child::{child, in_child};
use crate::support::descriptors::descriptors;
use crate::support::server::Server;

/// Counts bytes. Its token shows whether it was dropped.
struct Counted {
    bytes: usize,
    stop: bool,
    _token: Arc<()>,
}

impl Callbacks for Counted {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.bytes += data.len();
        match self.stop {
            true => WriteResult::Abort,
            false => WriteResult::Continue,
        }
    }
}

fn counted(token: &Arc<()>) -> Counted {
    Counted {
        bytes: 0,
        stop: false,
        _token: token.clone(),
    }
}

#[test]
fn handler_is_dropped_once_whatever_happened_before() {
    let server = Server::ok("body");
    let token = Arc::new(());

    drop(Transfer::new(counted(&token)).unwrap());
    assert_eq!(Arc::strong_count(&token), 1, "without a transfer");

    let mut transfer = Transfer::new(counted(&token)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(Arc::strong_count(&token), 2);
    drop(transfer);
    assert_eq!(Arc::strong_count(&token), 1, "after one");

    let mut transfer = Transfer::new(counted(&token)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.handler_mut().stop = true;
    transfer.perform().unwrap_err();
    transfer.reset().unwrap();
    drop(transfer);
    assert_eq!(Arc::strong_count(&token), 1, "after one that failed");

    let mut transfer = Transfer::new(counted(&token)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let handler = transfer.into_handler();
    assert_eq!(Arc::strong_count(&token), 2);
    assert_eq!(handler.bytes, 4);
    drop(handler);
    assert_eq!(Arc::strong_count(&token), 1, "after `into_handler`");

    let mut transfer = Transfer::new(counted(&token)).unwrap();
    *transfer.handler_mut() = counted(&token);
    assert_eq!(Arc::strong_count(&token), 2, "replaced");
    drop(transfer);
    assert_eq!(Arc::strong_count(&token), 1);
}

#[test]
fn transfer_is_dropped_after_every_failure_and_panic() {
    let server = redirecting();
    for at in ALL {
        let mut transfer = Breaks::new(at, How::Fail).transfer(&server);
        transfer.perform().unwrap_err();
        drop(transfer);
        let mut transfer = Breaks::new(at, How::Panic).transfer(&server);
        payload(&mut transfer);
        let calls = transfer.handler().calls.clone();
        // Nothing is called while the transfer is taken apart.
        assert_eq!(transfer.into_handler().calls, calls);
    }
}

#[test]
fn transfers_move_between_their_performs() {
    let server = Server::ok("body");
    let token = Arc::new(());
    let mut transfers = Vec::new();
    for n in 1..=20 {
        let mut transfer = Transfer::new(counted(&token)).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.perform().unwrap();
        transfers.push(transfer);
        for transfer in &mut transfers {
            transfer.perform().unwrap();
        }
        assert_eq!(transfers[0].handler().bytes, 4 * (n + 1));
    }
    let mut boxed = Box::new(transfers.pop().unwrap());
    boxed.perform().unwrap();
    let mut moved = *boxed;
    moved.perform().unwrap();
    assert_eq!(moved.handler().bytes, 4 * 4);
    drop((transfers, moved));
    assert_eq!(Arc::strong_count(&token), 1);
}

#[test]
fn transfer_goes_on_on_another_thread() {
    let server = Server::ok("body");
    let token = Arc::new(());
    let mut transfer = Transfer::new(counted(&token)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let mut transfer = thread::spawn(move || {
        transfer.perform().unwrap();
        transfer
    })
    .join()
    .unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().bytes, 12);
    thread::spawn(move || drop(transfer)).join().unwrap();
    assert_eq!(Arc::strong_count(&token), 1);
}

/// Borrows the vector for the body.
struct Borrows<'a>(&'a mut Vec<u8>);

impl Callbacks for Borrows<'_> {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.0.extend_from_slice(data);
        WriteResult::Continue
    }
}

#[test]
fn handler_may_borrow() {
    let server = Server::ok("body");
    let mut body = Vec::new();
    let mut transfer = Transfer::new(Borrows(&mut body)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    transfer.perform().unwrap();
    drop(transfer);
    assert_eq!(body, b"bodybody");
}

/// Counts the calls of the callbacks that are called in this download.
#[derive(Default)]
struct Calls([usize; 4]);

impl Callbacks for Calls {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        self.0[0] += 1;
        WriteResult::Continue
    }

    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.0[1] += 1;
        WriteResult::Continue
    }

    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        self.0[2] += 1;
        CallbackResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.0[3] += 1;
        ProgressResult::Continue
    }
}

fn download<H: Callbacks>(server: &Server, handler: H) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.verbose(true).unwrap();
    transfer.perform().unwrap();
    transfer
}

#[test]
fn handler_may_be_lent_and_is_whole_afterwards() {
    let server = Server::ok("body");
    let mut calls = Calls::default();
    drop(download(&server, &mut calls));
    assert!(calls.0.iter().all(|count| *count > 0), "{:?}", calls.0);
    let headers = calls.0[1];
    drop(download(&server, &mut &mut calls));
    assert_eq!(calls.0[1], 2 * headers);
}

#[test]
fn handler_may_be_a_trait_object() {
    let server = Server::ok("body");
    let mut calls = Calls::default();
    let boxed: Box<dyn Callbacks + '_> = Box::new(&mut calls);
    drop(download(&server, boxed));
    assert!(calls.0.iter().all(|count| *count > 0), "{:?}", calls.0);

    let lent: &mut dyn Callbacks = &mut calls;
    drop(download(&server, lent));
    assert_eq!(calls.0[0], 2);
}

#[test]
fn boxed_handler_keeps_its_own_hooks_and_deprecated_callbacks() {
    let server = redirecting();
    for at in [Callback::Ioctl, Callback::Progress] {
        let handler: Box<dyn Callbacks> = Box::new(Breaks::new(at, How::Abort));
        let mut transfer = Transfer::new(handler).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.upload(true).unwrap();
        transfer.in_filesize(5).unwrap();
        transfer.follow_location(true).unwrap();
        assert_eq!(transfer.perform().unwrap_err().callback(), Some(at));
    }
}

#[test]
fn two_transfers_in_a_row_share_nothing() {
    let server = redirecting();
    let mut first = Breaks::new(Callback::Write, How::Fail).transfer(&server);
    let mut second = Breaks::new(Callback::Header, How::Fail).transfer(&server);
    for _ in 0..2 {
        let one = first.perform().unwrap_err();
        let two = second.perform().unwrap_err();
        assert_eq!(one.callback(), Some(Callback::Write));
        assert_eq!(two.callback(), Some(Callback::Header));
        for transfer in [&mut first, &mut second] {
            transfer.handler_mut().mend();
            transfer.handler_mut().how = How::Fail;
        }
    }
}

#[test]
fn no_descriptor_stays_open() {
    let Some(url) = in_child() else {
        let server = redirecting();
        child(
            "transfer::lifetimes::no_descriptor_stays_open",
            &server,
            b"",
        );
        return;
    };
    let all = || {
        for at in ALL {
            for how in [How::Not, How::Fail, How::Abort, How::Panic] {
                let mut transfer = Breaks::new(at, how).transfer_to(&url);
                match how {
                    How::Not => transfer.perform().unwrap(),
                    How::Panic => drop(payload(&mut transfer)),
                    _ => drop(transfer.perform().unwrap_err()),
                }
            }
            let mut transfer = Breaks::new(at, How::Not).transfer_to(&url);
            transfer.perform().unwrap();
            drop(transfer.into_handler());
        }
    };
    // The first round opens what the process opens only once.
    all();
    let before = descriptors();
    all();
    assert_eq!(descriptors(), before);
}
