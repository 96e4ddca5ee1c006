//! `close_socket`: each socket that was opened is closed once, with a call of the handler or without.

#![cfg(unix)]

use std::error::Error as _;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use curlback::{Callback, Callbacks, Code, Error, Hooks, Transfer};

use crate::support::breaks::{How, Own, payload};
use crate::support::closes::{Then, closes, counts, gives_up_with_a_call};
use crate::support::ports::{deaf_port, silent_port};
use crate::support::server::Server;
use crate::support::skip::prereq;

/// Makes a server, and a receiver that gets a message when a client has closed its connection.
fn watched() -> (Server, Receiver<()>) {
    let (sender, receiver) = channel();
    let server = Server::new(move |conn| {
        while conn.request().is_some() {
            conn.reply("200 OK", "", "body");
        }
        let _ = sender.send(());
    });
    (server, receiver)
}

fn assert_closed(receiver: &Receiver<()>) {
    let told = receiver.recv_timeout(Duration::from_secs(10));
    told.expect("the socket stays open");
}

#[test]
fn close_socket_brings_open_socket_with_it() {
    let mut transfer = Transfer::new(()).unwrap();
    transfer.set_hooks(Hooks::CLOSE_SOCKET).unwrap();
    assert_eq!(transfer.hooks(), Hooks::CLOSE_SOCKET | Hooks::OPEN_SOCKET);
    assert!(!Hooks::default().contains(Hooks::CLOSE_SOCKET));
}

#[test]
fn drop_of_the_transfer_closes_the_socket_that_was_opened() {
    for how in ["drop", "into_handler"] {
        let (server, closed) = watched();
        let (mut transfer, log) = closes(&server.url("/"), Then::Drop);
        transfer.perform().unwrap();
        transfer.perform().unwrap();
        assert_eq!(counts(&log), (1, 0));
        assert!(closed.try_recv().is_err());
        match how {
            "drop" => drop(transfer),
            _ => drop(transfer.into_handler()),
        }
        assert_eq!(counts(&log), (1, 1), "{how}");
        assert_closed(&closed);
    }
}

#[test]
fn handler_that_was_boxed_or_lent_hears_of_the_drop() {
    let (server, closed) = watched();
    let (transfer, log) = closes(&server.url("/"), Then::Drop);
    let mut handler = transfer.into_handler();
    let mut lent = Transfer::new(&mut handler as &mut dyn Callbacks).unwrap();
    lent.url(&server.url("/")).unwrap();
    lent.perform().unwrap();
    drop(lent);
    assert_eq!(counts(&log), (1, 1));
    assert_closed(&closed);
}

#[test]
fn connection_that_is_not_to_be_kept_is_closed_in_perform() {
    let (server, closed) = watched();
    let (mut transfer, log) = closes(&server.url("/"), Then::Drop);
    transfer.forbid_reuse(true).unwrap();
    for n in 1..=3 {
        transfer.perform().unwrap();
        assert_eq!(counts(&log), (n, n));
        assert_closed(&closed);
    }
    drop(transfer);
    assert_eq!(counts(&log), (3, 3));
}

#[test]
fn connection_without_a_request_is_closed_at_drop() {
    let (server, closed) = watched();
    let (mut transfer, log) = closes(&server.url("/"), Then::Drop);
    transfer.connect_only(true).unwrap();
    transfer.perform().unwrap();
    drop(transfer);
    assert_eq!(counts(&log), (1, 1));
    assert_closed(&closed);
}

#[test]
fn handler_may_keep_the_socket() {
    let (server, closed) = watched();
    let (mut transfer, log) = closes(&server.url("/"), Then::Keep);
    transfer.forbid_reuse(true).unwrap();
    transfer.perform().unwrap();
    transfer.perform().unwrap();
    let handler = transfer.into_handler();
    assert_eq!(counts(&log), (2, 2));
    assert!(closed.try_recv().is_err());
    for socket in &handler.kept {
        let peer = socket.peer_addr().unwrap().as_socket();
        assert_eq!(peer, Some(server.address()));
    }
    drop(handler);
    assert_closed(&closed);
    assert_closed(&closed);
}

#[test]
fn connection_made_before_a_reset_is_heard_of_after_it() {
    let (server, closed) = watched();
    let (mut transfer, log) = closes(&server.url("/"), Then::Drop);
    transfer.perform().unwrap();
    transfer.reset().unwrap();
    assert_eq!(counts(&log), (1, 0));
    transfer.url(&server.url("/")).unwrap();
    transfer.forbid_reuse(true).unwrap();
    transfer.perform().unwrap();
    drop(transfer);
    let (opened, all) = counts(&log);
    assert_eq!(opened, all);
    for _ in 0..opened {
        assert_closed(&closed);
    }
}

#[test]
fn socket_is_just_closed_after_a_failure() {
    for (at, how) in [
        (Callback::Sockopt, How::Fail),
        (Callback::Sockopt, How::Abort),
        (Callback::Prereq, How::Fail),
        (Callback::Write, How::Abort),
        (Callback::Write, How::Panic),
    ] {
        if at == Callback::Prereq && prereq().is_empty() {
            continue;
        }
        let (server, closed) = watched();
        let (mut transfer, log) = closes(&server.url("/"), Then::Drop);
        transfer.handler_mut().at = at;
        transfer.handler_mut().how = how;
        match how {
            How::Panic => drop(payload(&mut transfer)),
            _ => drop(transfer.perform().unwrap_err()),
        }
        drop(transfer);
        assert_eq!(counts(&log), (1, 0), "{at}");
        if at != Callback::Sockopt {
            assert_closed(&closed);
        }
    }
}

#[test]
fn transfer_that_works_again_hears_of_closes_again() {
    let server = Server::ok("body");
    let (mut transfer, log) = closes(&server.url("/"), Then::Drop);
    transfer.handler_mut().how = How::Fail;
    transfer.perform().unwrap_err();
    assert_eq!(counts(&log), (1, 0));
    log.lock().unwrap().opened.clear();
    transfer.handler_mut().how = How::Not;
    transfer.forbid_reuse(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(counts(&log), (1, 1));
}

#[test]
fn failure_of_close_socket_is_reported_by_perform() {
    for then in [Then::Fail, Then::Abort] {
        let (server, closed) = watched();
        let (mut transfer, log) = closes(&server.url("/"), then);
        transfer.forbid_reuse(true).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(Callback::CloseSocket));
        assert_eq!(matches!(error, Error::Aborted { .. }), then == Then::Abort);
        // The transfer itself had succeeded.
        assert_eq!(error.code(), Some(Code::OK));
        let own = error.source().and_then(|own| own.downcast_ref::<Own>());
        assert_eq!(
            own,
            (then == Then::Fail).then_some(&Own(Callback::CloseSocket))
        );
        assert_eq!(counts(&log), (1, 1));
        assert_closed(&closed);

        transfer.handler_mut().then = Then::Drop;
        transfer.perform().unwrap();
        assert_eq!(counts(&log), (2, 2));
    }
}

#[test]
fn panic_in_close_socket_closes_and_comes_out_of_perform() {
    let (server, closed) = watched();
    let (mut transfer, log) = closes(&server.url("/"), Then::Panic);
    transfer.forbid_reuse(true).unwrap();
    let payload = payload(&mut transfer);
    assert_eq!(payload.downcast_ref(), Some(&Own(Callback::CloseSocket)));
    assert_closed(&closed);
    transfer.handler_mut().then = Then::Drop;
    transfer.perform().unwrap();
    assert_eq!(counts(&log), (2, 2));
}

#[test]
fn failure_of_close_socket_at_drop_is_contained() {
    for then in [Then::Fail, Then::FailBadly, Then::Abort, Then::Panic] {
        for drops in [true, false] {
            let (server, closed) = watched();
            let (mut transfer, log) = closes(&server.url("/"), then);
            transfer.perform().unwrap();
            match drops {
                true => drop(transfer),
                false => drop(transfer.into_handler()),
            }
            assert_eq!(counts(&log), (1, 1), "{then:?}");
            assert_closed(&closed);
        }
    }
}

#[test]
fn attempt_that_is_refused_is_closed_with_a_call() {
    let (_deaf, port) = deaf_port();
    let (mut transfer, log) = closes(&format!("http://127.0.0.1:{port}/"), Then::Drop);
    for n in 1..=3 {
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::COULDNT_CONNECT));
        assert_eq!(error.callback(), None);
        assert_eq!(counts(&log), (n, n));
    }
}

#[test]
fn attempt_that_is_given_up_is_closed_with_a_call_by_newer_releases_only() {
    let (_silent, port) = silent_port();
    let (mut transfer, log) = closes(&format!("http://127.0.0.1:{port}/"), Then::Drop);
    // The limit is long enough for the attempt to begin.
    transfer.timeout(Duration::from_millis(300)).unwrap();
    for n in 1..=2 {
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT), "{error:?}");
        let calls = match gives_up_with_a_call() {
            true => n,
            false => 0,
        };
        assert_eq!(counts(&log), (n, calls));
    }
}

#[test]
fn unset_close_socket_is_not_called_until_it_is_set_again() {
    let (server, closed) = watched();
    let (mut transfer, log) = closes(&server.url("/"), Then::Drop);
    transfer.forbid_reuse(true).unwrap();
    let all = transfer.hooks();
    for (hooks, closes) in [(all, 1), (all - Hooks::CLOSE_SOCKET, 0), (all, 1)] {
        let mut before = log.lock().unwrap();
        before.opened.clear();
        before.closed.clear();
        drop(before);
        transfer.set_hooks(hooks).unwrap();
        transfer.perform().unwrap();
        assert_eq!(counts(&log), (1, closes));
        assert_closed(&closed);
    }
}

#[test]
fn unset_close_socket_is_not_called_for_a_connection_made_before() {
    let (server, closed) = watched();
    let (mut transfer, log) = closes(&server.url("/"), Then::Drop);
    transfer.perform().unwrap();
    transfer.set_hooks(Hooks::default()).unwrap();
    drop(transfer);
    assert_eq!(counts(&log), (1, 0));
    assert_closed(&closed);
}
