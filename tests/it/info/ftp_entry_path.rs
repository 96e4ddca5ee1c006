//! `ftp_entry_path`: some releases keep the string in a connection, which another transfer may
//! close.

use std::time::{Duration, Instant};

use curlback::handlers::Collect;
use curlback::{
    Callbacks, Error, HeaderLine, Multi, Share, ShareData, Transfer, Version, WriteResult,
};

use crate::support::built_in::ftp;
use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::skip::{known, skip};
use crate::support::transfers::{collecting, finished, succeeds_in};

const FIRST: &str = "/the/directory/in/which/the/first/session/began";

const SECOND: &str = "/the/directory/in/which/the/other/session/began";

/// Returns whether the linked libcurl has FTP, and keeps the path long enough. If not, skips the test.
fn has_path() -> bool {
    if !ftp() {
        return false;
    }
    match Transfer::new(()).unwrap().ftp_entry_path() {
        Ok(path) => {
            assert_eq!(path, None);
            true
        }
        Err(error) => {
            assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
            let linked = Version::linked();
            assert!(linked >= Version::new(8, 10, 0) && linked < Version::new(8, 14, 0));
            skip!("this libcurl has no path that lives long enough");
            false
        }
    }
}

/// Returns whether the handle has a copy of the path, which stays until there is another path.
fn is_own() -> bool {
    Version::linked() >= Version::new(8, 14, 0)
}

fn path(transfer: &Transfer<Collect>) -> Option<&str> {
    transfer.ftp_entry_path().unwrap()
}

#[test]
fn path_outlives_the_connection_and_the_multi() {
    if !has_path() {
        return;
    }
    let server = FtpServer::rooted(FIRST, "file");
    let mut multi = Multi::new().unwrap();
    let first = succeeds_in(&mut multi, collecting(&server.url("file")));
    let again = succeeds_in(&mut multi, collecting(&server.url("file")));
    assert_eq!(path(&first), Some(FIRST));
    // This transfer has used the session of the first one, so it has no path.
    assert_eq!(path(&again), None);
    // libcurl closes the first connection: there is room for one only, and the first has been idle
    // for longer. libcurl measures this in milliseconds, hence the wait.
    let idle = Instant::now();
    while idle.elapsed() < Duration::from_millis(2) {
        std::thread::yield_now();
    }
    let other = FtpServer::rooted(SECOND, "file");
    multi.max_connects(1).unwrap();
    let second = succeeds_in(&mut multi, collecting(&other.url("file")));
    assert_eq!(path(&first), Some(FIRST));
    assert_eq!(path(&second), Some(SECOND));
    drop(multi);
    assert_eq!(path(&first), Some(FIRST));
    assert_eq!(path(&second), Some(SECOND));
}

#[test]
fn path_stays_while_its_connection_is_used_again() {
    if !has_path() {
        return;
    }
    let server = FtpServer::rooted(FIRST, "file");
    let mut transfer = collecting(&server.url("file"));
    for round in 0..3 {
        transfer.perform().unwrap();
        if round > 0 && Version::linked() < Version::new(7, 88, 0) && path(&transfer).is_none() {
            return skip!("this libcurl does not tell which connection was used again");
        }
        assert_eq!(path(&transfer), Some(FIRST));
    }
    transfer.reset().unwrap();
    assert_eq!(path(&transfer), Some(FIRST));
    assert_eq!(path(&transfer.try_clone().unwrap()), None);
    let other = FtpServer::rooted(SECOND, "file");
    transfer.url(&other.url("file")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(path(&transfer), Some(SECOND));
}

#[test]
fn path_of_a_connection_that_was_closed_is_not_read() {
    if !has_path() {
        return;
    }
    let (server, web) = (FtpServer::rooted(FIRST, "file"), Server::ok(""));
    let mut transfer = collecting(&server.url("file"));
    transfer.forbid_reuse(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(path(&transfer), is_own().then_some(FIRST));

    // The drop of the `Multi` closes the connection.
    let mut multi = Multi::new().unwrap();
    let mut transfer = succeeds_in(&mut multi, collecting(&server.url("file")));
    drop(multi);
    transfer.url(&web.url("/")).unwrap();
    transfer.perform().unwrap();
    assert!(path(&transfer).is_none_or(|path| path == FIRST));
    // The memory of the former path may hold anything now.
    transfer.url(&server.url("none")).unwrap();
    transfer.perform().unwrap_err();
    assert!(path(&transfer).is_none_or(|path| path == FIRST));
}

#[test]
fn path_of_a_shared_connection_that_another_closes_is_not_read() {
    if !has_path() {
        return;
    }
    let (server, other) = (
        FtpServer::rooted(FIRST, "file"),
        FtpServer::rooted(SECOND, "file"),
    );
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    let shared = |server: &FtpServer| {
        let mut transfer = collecting(&server.url("file"));
        transfer.share(&share).unwrap();
        transfer.max_connects(1).unwrap();
        transfer
    };
    let mut first = shared(&server);
    first.perform().unwrap();
    let known = path(&first).map(str::to_owned);
    let mut second = shared(&other);
    second.perform().unwrap();
    drop((second, share));
    assert_eq!(path(&first).map(str::to_owned), known);
    first.unshare().unwrap();
    assert_eq!(path(&first).map(str::to_owned), known);
    assert!(known.is_none_or(|path| path == FIRST));
}

/// Asks for the path whenever the server has sent a line.
#[derive(Default)]
struct Asks(Vec<Option<String>>);

impl Callbacks for Asks {
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        let path = line.info().ftp_entry_path().unwrap();
        self.0.push(path.map(str::to_owned));
        WriteResult::Continue
    }
}

#[test]
fn callback_never_reads_the_path_of_a_former_connection() {
    if !has_path() {
        return;
    }
    let server = FtpServer::rooted(FIRST, "file");
    let mut multi = Multi::new().unwrap();
    let mut transfer = Transfer::new(Asks::default()).unwrap();
    transfer.url(&server.url("file")).unwrap();
    multi.add(transfer).unwrap();
    let mut transfer = finished(&mut multi);
    drop(multi);
    transfer.perform().unwrap();
    let seen = transfer.handler().0.iter().flatten();
    assert!(seen.clone().all(|path| path == FIRST));
    assert_eq!(seen.count() > 0, is_own());
}

#[test]
fn folder_in_which_an_ftp_session_began_is_known() {
    if !crate::support::built_in::ftp() {
        return;
    }
    let server = FtpServer::new("file", "contents");
    let mut transfer = collecting(&server.url("file"));
    if known(transfer.ftp_entry_path()).is_none() {
        return skip!("the linked libcurl does not keep the directory of FTP safely");
    }
    transfer.perform().unwrap();
    assert_eq!(transfer.ftp_entry_path().unwrap(), Some("/"));
    // This closes the connection. The path may be gone with it, but is never read from the freed
    // memory.
    let other = Server::ok("");
    transfer.max_connects(1).unwrap();
    transfer.url(&other.url("/")).unwrap();
    transfer.perform().unwrap();
    let path = transfer.ftp_entry_path().unwrap();
    assert!(path.is_none_or(|path| path == "/"), "{path:?}");
}
