//! Files on FTP servers by others, where these servers are installed.
//!
//! If a server is missing, its test is skipped. With `CURLBACK_REQUIRE_PEERS` in the environment,
//! the test fails.

#![cfg(unix)]

use std::fs;

use curlback::handlers::Collect;
use curlback::{Code, Transfer};

use crate::protocols::ftp::{both_ways, set_active};
use crate::support::bodies::bytes;
use crate::support::built_in::ftp;
use crate::support::closes::{Then, closes};
use crate::support::ftp_peer::{Peer, pyftpdlib, vsftpd};

fn goes_both_ways(start: impl Fn(&[u8]) -> Option<Peer>) {
    if !ftp() {
        return;
    }
    let contents = bytes(1_000_000);
    for active in [false, true] {
        for old in [false, true] {
            let Some(peer) = start(&contents) else { return };
            both_ways(&peer.url(), &contents, active, old);
            let uploaded = fs::read(peer.dir.path().join("files").join("file.new"));
            assert!(uploaded.unwrap() == bytes(300_000));
        }
        let Some(peer) = start(&contents) else { return };
        let (mut transfer, log) = closes(&peer.url(), Then::Replace);
        set_active(&mut transfer, active);
        transfer.perform().unwrap();
        transfer.perform().unwrap();
        assert!(transfer.into_handler().files_are_whole());
        let log = log.lock().unwrap();
        assert_eq!((log.opened.len(), log.closed.len()), (3, 3));
    }
}

#[test]
fn files_go_both_ways_with_pyftpdlib() {
    goes_both_ways(pyftpdlib);
}

#[test]
fn files_go_both_ways_with_vsftpd() {
    goes_both_ways(vsftpd);
}

#[test]
fn file_that_is_not_there_is_libcurls_own_error() {
    if !ftp() {
        return;
    }
    let Some(peer) = pyftpdlib(b"contents") else {
        return;
    };
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(&format!("{}.missing", peer.url())).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::REMOTE_FILE_NOT_FOUND));
    assert_eq!(error.callback(), None);
}
