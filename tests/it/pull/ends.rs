//! How a response ends: read to its end, finished, cancelled or dropped.

use std::io::Read;

use curlback::handlers::Collect;
use curlback::{Hooks, Transfer};

use crate::support::pulled::{Notes, pattern, transfer};
use crate::support::server::Server;
use crate::support::servers::{ending, endless};

/// Reads the body of a transfer to its end, and returns the body and the transfer.
fn read<H: curlback::Callbacks>(transfer: Transfer<H>) -> (Vec<u8>, Transfer<H>) {
    let mut response = transfer.open().unwrap();
    let mut body = Vec::new();
    response.read_to_end(&mut body).unwrap();
    (body, response.finish().unwrap())
}

#[test]
fn finish_keeps_the_connection() {
    let body = pattern(1 << 20);
    let server = Server::ok(body.clone());
    let mut transfer = transfer(Notes::default(), &server.url("/"));
    for connections in [1, 0, 0] {
        let mut response = transfer.open().unwrap();
        let mut first = [0; 10];
        response.read_exact(&mut first).unwrap();
        assert_eq!(first, body[..10]);
        transfer = response.finish().unwrap();
        assert_eq!(transfer.num_connects().unwrap(), connections);
    }
    let (whole, transfer) = read(transfer);
    assert!(whole == body);
    assert_eq!(transfer.num_connects().unwrap(), 0);
}

#[test]
fn cancel_closes_the_connection_and_returns_the_transfer() {
    let (server, ended) = ending();
    let endless = endless(1000);
    let mut response = transfer(Notes::default(), &endless.url("/"))
        .open()
        .unwrap();
    response.read_exact(&mut [0; 10]).unwrap();
    let mut transfer = response.cancel();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().written, 4);
    // After a body was read to its end, a cancel keeps the connection.
    let mut response = transfer.open().unwrap();
    let mut body = String::new();
    response.read_to_string(&mut body).unwrap();
    let transfer = response.cancel();
    assert_eq!(transfer.num_connects().unwrap(), 0);
    assert!(ended.try_recv().is_err());
}

#[test]
fn drop_closes_the_connection() {
    let (server, ended) = ending();
    let response = transfer(Notes::default(), &server.url("/")).open().unwrap();
    drop(response);
    ended.recv().unwrap();
}

#[test]
fn drop_of_an_unfinished_response_closes_the_connection_at_once() {
    let server = endless(100_000);
    let mut response = transfer(Notes::default(), &server.url("/")).open().unwrap();
    response.read_exact(&mut [0; 10]).unwrap();
    drop(response);
}

#[test]
fn write_is_called_again_after_a_response() {
    let server = Server::ok("body");
    let (body, mut transfer) = read(transfer(Collect::new(), &server.url("/")));
    assert_eq!(body, b"body");
    assert!(transfer.handler().body().is_empty());
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"body");
    let (body, mut transfer) = read(transfer);
    assert_eq!(body, b"body");
    assert!(transfer.handler().body().is_empty());
    transfer.set_hooks(Hooks::empty()).unwrap();
    let (body, mut transfer) = read(transfer);
    assert_eq!(body, b"body");
    transfer.perform().unwrap();
    transfer.reset().unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.noproxy("*").unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"body");
}

#[test]
fn copy_of_a_transfer_that_was_read_has_its_own_callbacks() {
    let server = Server::ok("body");
    let (_, mut original) = read(transfer(Collect::new(), &server.url("/")));
    original.set_hooks(Hooks::WRITE).unwrap();
    let (_, mut original) = read(original);
    let mut copy = original.try_clone_with(Notes::default()).unwrap();
    copy.set_hooks(Hooks::WRITE).unwrap();
    drop(original);
    copy.perform().unwrap();
    assert_eq!((copy.handler().written, copy.handler().lines), (4, 0));
}

#[test]
fn transfer_that_was_read_runs_in_a_multi() {
    let server = Server::ok("body");
    let (_, transfer) = read(transfer(Notes::default(), &server.url("/")));
    let mut multi = curlback::Multi::new().unwrap();
    multi.add(transfer).unwrap();
    let mut written = None;
    multi
        .run(|_, _, transfer, result| {
            result?;
            written = Some(transfer.handler().written);
            read(transfer);
            Ok(())
        })
        .unwrap();
    assert_eq!(written, Some(4));
}
