//! FTP: its data goes over separate connections, which libcurl makes or accepts.

#![cfg(unix)]

use std::error::Error as _;
use std::io::{self, Cursor, Seek, SeekFrom};
use std::net::SocketAddr;
use std::panic::panic_any;
use std::sync::Mutex;

use curlback::handlers::{Collect, ReadFrom};
use curlback::{
    Callback, Callbacks, Code, Connection, Endpoint, Error, HeaderLine, Hooks, ReadBuf, ReadResult,
    SeekResult, SockType, SocketAddress, SockoptResult, Transfer, WriteResult, callbacks,
};
use socket2::{SockRef, Socket};

use crate::support::bodies::bytes;
use crate::support::breaks::{Own, payload};
use crate::support::built_in::ftp;
use crate::support::closes::{Log, Then, closes};
use crate::support::ftp_server::FtpServer;
use crate::support::skip::needs;
use crate::support::sockets::{assert_refused, leaves, opens, sockets};

/// Makes the server open the data connection, if `active`.
pub(crate) fn set_active<H>(transfer: &mut Transfer<H>, active: bool) {
    if active {
        transfer.ftp_port("-").unwrap();
    }
}

/// Downloads a file and the end of it, and uploads another file. If `old` is true, libcurl does not use
/// EPRT and EPSV.
pub(crate) fn both_ways(url: &str, contents: &[u8], active: bool, old: bool) {
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(url).unwrap();
    set_active(&mut transfer, active);
    transfer.ftp_use_eprt(!old).unwrap();
    transfer.ftp_use_epsv(!old).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().body() == contents);
    transfer.handler_mut().clear();
    transfer.resume_from(1000).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().body() == &contents[1000..]);

    let mut transfer = Transfer::new(ReadFrom::new(Cursor::new(bytes(300_000)))).unwrap();
    transfer.url(&format!("{url}.new")).unwrap();
    set_active(&mut transfer, active);
    transfer.ftp_use_eprt(!old).unwrap();
    transfer.ftp_use_epsv(!old).unwrap();
    transfer.upload(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.upload_size().unwrap(), 300_000);
}

#[test]
fn files_go_both_ways_by_each_kind_of_data_connection() {
    if !ftp() {
        return;
    }
    for (active, old, command) in [
        (false, false, "EPSV"),
        (false, true, "PASV"),
        (true, false, "EPRT"),
        (true, true, "PORT"),
    ] {
        let contents = bytes(200_000);
        let server = FtpServer::new("file", &*contents);
        both_ways(&server.url("file"), &contents, active, old);
        assert!(server.file("file.new").unwrap() == bytes(300_000));
        let commands = server.commands();
        for expected in [command, "TYPE", "REST 1000", "RETR file", "STOR file.new"] {
            let has = commands.iter().any(|c| c.starts_with(expected));
            assert!(has, "{expected} is not among {commands:?}");
        }
    }
}

#[test]
fn upload_is_continued_where_the_file_on_the_server_ends() {
    struct Source(Cursor<Vec<u8>>, Vec<SeekFrom>);

    impl Callbacks for Source {
        fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
            buffer.fill_from(&mut self.0).into()
        }

        fn seek(&mut self, to: SeekFrom) -> SeekResult {
            self.1.push(to);
            self.0.seek(to).into()
        }
    }

    if !ftp() {
        return;
    }
    let (data, have) = (bytes(300_000), 100_001);
    let server = FtpServer::new("file", &data[..have]);
    let source = Source(Cursor::new(data.clone()), Vec::new());
    let mut transfer = Transfer::new(source).unwrap();
    transfer.url(&server.url("file")).unwrap();
    transfer.upload(true).unwrap();
    transfer.resume_from(None).unwrap();
    transfer.perform().unwrap();
    assert!(server.file("file").unwrap() == data);
    let to = SeekFrom::Start(have as u64);
    assert_eq!(transfer.handler().1, [to]);
    assert!(server.commands().contains(&"APPE file".to_owned()));
    assert_eq!(transfer.upload_size().unwrap(), (data.len() - have) as u64);
}

/// Without `seek`, libcurl would append the body from its start.
#[test]
fn resumed_upload_without_seek_reads_past_its_offset() {
    struct Source(Cursor<Vec<u8>>);

    #[callbacks]
    impl Callbacks for Source {
        fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
            buffer.fill_from(&mut self.0).into()
        }
    }

    if !ftp() {
        return;
    }
    let (data, have) = (bytes(300_000), 100_001);
    for from in [Some(have as u64), None] {
        let server = FtpServer::new("file", &data[..have]);
        let mut transfer = Transfer::new(Source(Cursor::new(data.clone()))).unwrap();
        transfer.url(&server.url("file")).unwrap();
        transfer.upload(true).unwrap();
        transfer.resume_from(from).unwrap();
        transfer.perform().unwrap();
        assert!(server.file("file").unwrap() == data, "{from:?}");
    }
}

#[test]
fn older_commands_are_tried_where_the_server_does_not_know_the_newer_ones() {
    if !ftp() {
        return;
    }
    for (active, command) in [(false, "PASV"), (true, "PORT")] {
        let server = FtpServer::without(&["EPSV", "EPRT"], "file", "contents");
        let mut transfer = sockets(&server.url("file"), opens, leaves);
        set_active(&mut transfer, active);
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().body, b"contents");
        let commands = server.commands();
        assert!(
            commands.iter().any(|c| c.starts_with(command)),
            "{commands:?}"
        );
    }
}

#[test]
fn passive_data_connection_is_opened_like_the_first() {
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", "contents");
    let mut transfer = sockets(&server.url("file"), opens, leaves);
    transfer.perform().unwrap();
    let handler = transfer.handler();
    assert_eq!(handler.body, b"contents");
    let (purposes, addresses): (Vec<_>, Vec<_>) = handler.opened.iter().cloned().unzip();
    assert_eq!(purposes, [SockType::Connect; 2]);
    assert_eq!(handler.configured, [SockType::Connect; 2]);
    let [control, data] = [0, 1].map(|n| addresses[n].as_socket().unwrap());
    assert_eq!(control, server.address());
    assert_eq!(data.ip(), control.ip());
    assert!(data.port() != control.port() && data.port() != 0);
}

#[test]
fn active_data_connection_is_opened_to_listen_and_configured_when_accepted() {
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", "contents");
    let mut peers = Vec::new();
    let configure = |socket: SockRef<'_>, purpose| {
        let peer = socket.peer_addr().ok().and_then(|peer| peer.as_socket());
        peers.push((purpose, peer.map(|peer| peer.ip())));
        SockoptResult::Ok
    };
    let mut transfer = sockets(&server.url("file"), opens, configure);
    set_active(&mut transfer, true);
    transfer.perform().unwrap();
    let handler = transfer.handler();
    assert_eq!(handler.body, b"contents");
    let (purposes, addresses): (Vec<_>, Vec<_>) = handler.opened.iter().cloned().unzip();
    assert_eq!(purposes, [SockType::Connect; 2]);
    let [control, data] = [0, 1].map(|n| addresses[n].as_socket().unwrap());
    assert_eq!(control, server.address());
    assert_eq!(data, "127.0.0.1:0".parse::<SocketAddr>().unwrap());
    drop(transfer);
    // The first socket is not connected yet. The second one is.
    let ip = Some(server.address().ip());
    assert_eq!(peers, [(SockType::Connect, None), (SockType::Accept, ip)]);
    assert_eq!(server.data_peers().len(), 1);
}

/// Opens the first socket, and refuses all others.
fn opens_one() -> impl FnMut(&mut SocketAddress) -> io::Result<Socket> {
    let mut opened = 0;
    move |address| {
        opened += 1;
        match opened {
            1 => address.open(),
            _ => Err(io::Error::other(Own(Callback::OpenSocket))),
        }
    }
}

#[test]
fn refusal_of_the_data_connection_is_the_cause() {
    if !ftp() {
        return;
    }
    for (active, code) in [
        (false, Code::COULDNT_CONNECT),
        (true, Code::FTP_PORT_FAILED),
    ] {
        let server = FtpServer::new("file", "contents");
        let mut transfer = sockets(&server.url("file"), opens_one(), leaves);
        set_active(&mut transfer, active);
        let error = transfer.perform().unwrap_err();
        // Some releases have no better code than `FAILED_INIT` for a refused data connection in active mode.
        let code = match active && error.code() == Some(Code::FAILED_INIT) {
            true => Code::FAILED_INIT,
            false => code,
        };
        assert_refused(&error, code);
        assert!(server.data_peers().is_empty());
    }
}

#[test]
fn refusal_of_one_kind_of_data_connection_does_not_colour_what_comes_after() {
    if !ftp() {
        return;
    }
    // `open_socket` refuses the first data connection. If libcurl tries another one, that is
    // opened, and the server refuses RETR.
    let server = FtpServer::new("file", "contents");
    let mut opened = 0;
    let open = |address: &mut SocketAddress| {
        opened += 1;
        match opened {
            2 => Err(io::Error::other(Own(Callback::OpenSocket))),
            _ => address.open(),
        }
    };
    let mut transfer = sockets(&server.url("missing"), open, leaves);
    let error = transfer.perform().unwrap_err();
    if transfer.handler().opened.len() > 2 {
        // libcurl has tried PASV after EPSV.
        assert_eq!(error.callback(), None, "{error:?}");
    } else {
        assert_refused(&error, Code::COULDNT_CONNECT);
    }
}

#[test]
fn stop_in_sockopt_of_an_accepted_socket_comes_out_of_perform() {
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", "contents");
    let transfer = |answer: fn() -> SockoptResult| {
        let configure = move |_: SockRef<'_>, purpose| match purpose {
            SockType::Accept => answer(),
            _ => SockoptResult::Ok,
        };
        let mut transfer = sockets(&server.url("file"), opens, configure);
        set_active(&mut transfer, true);
        transfer
    };
    let mut fails = transfer(|| SockoptResult::Fail(Own(Callback::Sockopt).into()));
    let error = fails.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Sockopt));
    let own = error.source().unwrap().downcast_ref::<Own>();
    assert_eq!(own, Some(&Own(Callback::Sockopt)));
    assert_eq!(error.code(), Some(Code::ABORTED_BY_CALLBACK));

    let error = transfer(|| SockoptResult::Abort).perform().unwrap_err();
    assert!(matches!(error, Error::Aborted { .. }), "{error:?}");
    assert_eq!(error.callback(), Some(Callback::Sockopt));

    let mut panics = transfer(|| panic_any(Own(Callback::Sockopt)));
    let payload = payload(&mut panics);
    assert_eq!(payload.downcast_ref(), Some(&Own(Callback::Sockopt)));

    let error = transfer(|| SockoptResult::AlreadyConnected)
        .perform()
        .unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Sockopt));
    let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.kind(), io::ErrorKind::InvalidInput);
    assert_eq!(
        source.to_string(),
        "an accepted socket is connected as it is"
    );
}

#[test]
fn close_socket_has_what_was_opened_and_not_what_was_accepted() {
    if !ftp() {
        return;
    }
    for active in [false, true] {
        let server = FtpServer::new("file", "contents");
        let (mut transfer, log) = closes(&server.url("file"), Then::Replace);
        set_active(&mut transfer, active);
        for n in 1..=3 {
            transfer.perform().unwrap();
            // The control connection stays open, and was opened first.
            let log = log.lock().unwrap();
            assert_eq!(log.opened.len(), 1 + n);
            assert_eq!(log.closed, log.opened[1..], "active: {active}");
        }
        let handler = transfer.into_handler();
        let log = log.lock().unwrap();
        assert_eq!(log.closed.len(), log.opened.len());
        assert_eq!(log.closed.last(), log.opened.first());
        assert!(handler.files_are_whole());
    }
}

#[test]
fn unset_close_socket_is_not_called_for_data_of_a_control_connection_made_before() {
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", "contents");
    let (mut transfer, log) = closes(&server.url("file"), Then::Drop);
    transfer.perform().unwrap();
    let before = counts_of(&log);
    let all = transfer.hooks();
    transfer.set_hooks(all - Hooks::CLOSE_SOCKET).unwrap();
    transfer.perform().unwrap();
    assert_eq!(counts_of(&log), (before.0 + 1, before.1));
    // The control connection was made with the hook, so the closing of its data connection calls
    // `close_socket` of this transfer.
    transfer.set_hooks(all).unwrap();
    transfer.perform().unwrap();
    assert_eq!(counts_of(&log), (before.0 + 2, before.1 + 1));
}

fn counts_of(log: &Mutex<Log>) -> (usize, usize) {
    let log = log.lock().unwrap();
    (log.opened.len(), log.closed.len())
}

#[test]
fn prereq_is_called_with_the_ends_of_the_control_connection() {
    needs!((7, 80, 0), "prereq");
    #[derive(Default)]
    struct Ends(Vec<Option<SocketAddr>>);

    #[callbacks]
    impl Callbacks for Ends {
        fn prereq(&mut self, connection: &Connection<'_>) -> curlback::CallbackResult {
            self.0.push(match connection.remote() {
                Endpoint::Ip(address) => Some(address),
                _ => None,
            });
            curlback::CallbackResult::Continue
        }
    }

    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", "contents");
    let mut transfer = Transfer::new(Ends::default()).unwrap();
    transfer.url(&server.url("file")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().0, [Some(server.address())]);
}

/// Collects the body, and aborts once, at the line that ends a download.
struct StopsAtTheEnd(bool, Vec<u8>);

impl Callbacks for StopsAtTheEnd {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.1.extend_from_slice(data);
        WriteResult::Continue
    }

    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        match line.as_bytes().starts_with(b"226") && std::mem::take(&mut self.0) {
            true => WriteResult::Abort,
            false => WriteResult::Continue,
        }
    }
}

#[test]
fn transfer_after_a_failure_at_the_end_of_a_download_is_not_out_of_step() {
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", bytes(1000));
    let mut transfer = Transfer::new(StopsAtTheEnd(true, Vec::new())).unwrap();
    transfer.url(&server.url("file")).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Header));
    for _ in 0..3 {
        transfer.handler_mut().1.clear();
        transfer.perform().unwrap();
        assert!(transfer.handler().1 == bytes(1000));
    }
    // Only the transfer that has failed has cost a connection. The later transfers reuse one.
    let logins = server
        .commands()
        .iter()
        .filter(|c| c.starts_with("USER"))
        .count();
    assert_eq!(logins, 2);
}
