//! Keeping idle connections alive.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use curlback::{Error, HttpVersion, Multi, Share, ShareData, Transfer};

use crate::support::driving::until;
use crate::support::server::Server;
use crate::support::servers::halting;
use crate::support::skip::{needs, skip};
use crate::support::transfers::collecting;

/// Calls `upkeep`. Skips the test and returns `false` if the linked libcurl lacks it.
fn upkeep<H>(transfer: &mut Transfer<H>) -> bool {
    match transfer.upkeep() {
        Err(error @ Error::Unsupported { .. }) => {
            skip!("{error}");
            false
        }
        result => {
            result.unwrap();
            true
        }
    }
}

#[test]
fn without_connections_there_is_nothing_to_do() {
    let mut transfer = Transfer::new(()).unwrap();
    upkeep(&mut transfer);
}

#[test]
fn transfer_performs_before_and_after() {
    let server = Server::ok("body");
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    upkeep(&mut transfer);
    assert_eq!(transfer.response_code().unwrap(), 200);
    transfer.perform().unwrap();
    assert_eq!(transfer.num_connects().unwrap(), 0);
    upkeep(&mut transfer);
}

/// Reads the next frame of HTTP/2, and returns its kind and its flags.
fn frame(client: &mut TcpStream) -> Option<(u8, u8)> {
    let mut head = [0; 9];
    client.read_exact(&mut head).ok()?;
    let len = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    client.read_exact(&mut vec![0; len as usize]).ok()?;
    Some((head[3], head[4]))
}

#[test]
fn idle_connection_of_http_2_gets_a_ping() {
    needs!((7, 62, 0), "CURLOPT_UPKEEP_INTERVAL_MS");
    const HEADERS: u8 = 1;
    const PING: u8 = 6;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut preface = [0; 24];
        client.read_exact(&mut preface).ok()?;
        // The server sends its settings, and the acknowledgement of the client's settings.
        client
            .write_all(b"\0\0\0\x04\0\0\0\0\0\0\0\0\x04\x01\0\0\0\0")
            .ok()?;
        let mut next = || frame(&mut client);
        while next()?.0 != HEADERS {}
        // The server sends the headers `:status: 200`, which end the first stream.
        client.write_all(b"\0\0\x01\x01\x05\0\0\0\x01\x88").ok()?;
        let mut next = || frame(&mut client);
        while next()? != (PING, 0) {}
        Some(())
    });
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&url).unwrap();
    match transfer.http_version(HttpVersion::V2PriorKnowledge) {
        Err(error @ Error::Unsupported { .. }) => return skip!("{error}"),
        result => result.unwrap(),
    }
    transfer.upkeep_interval(Duration::from_millis(1)).unwrap();
    transfer.perform().unwrap();
    let is_able = upkeep(&mut transfer);
    // The connection gets no ping before the interval is over.
    while is_able && !server.is_finished() {
        upkeep(&mut transfer);
    }
    drop(transfer);
    assert_eq!(server.join().unwrap().is_some(), is_able);
}

#[test]
fn upkeep_is_refused_while_another_transfer_uses_the_connections() {
    let mut transfer = Transfer::new(()).unwrap();
    if !upkeep(&mut transfer) {
        return;
    }
    let server = halting();
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    let mut other = collecting(&server.url("/"));
    other.share(&share).unwrap();
    let mut multi = Multi::new().unwrap();
    let id = multi.add(other).unwrap();
    until(&mut multi, |multi| {
        !multi.get(id).unwrap().handler().body().is_empty()
    });
    transfer.share(&share).unwrap();
    let error = transfer.upkeep().unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
    multi.remove(id).unwrap();
    transfer.upkeep().unwrap();
}
