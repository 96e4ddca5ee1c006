//! Options of FTP, as a server sees them.

use std::io::Cursor;
use std::time::Duration;

use curlback::handlers::ReadFrom;
use curlback::{Code, Error, FtpAuth, FtpCreateDir, FtpMethod, Transfer, UseSsl};

use crate::support::built_in::ftp;
use crate::support::ftp_server::FtpServer;
use crate::support::server::{Conn, Server};
use crate::support::transfers::{Get, collecting};

/// Returns the commands of a download, whether it succeeds or not.
fn commands(refused: &'static [&'static str], set: impl FnOnce(&mut Get)) -> Vec<String> {
    let server = FtpServer::without(refused, "file", "contents");
    let mut transfer = collecting(&server.url("file"));
    set(&mut transfer);
    let _ = transfer.perform();
    server.commands()
}

#[test]
fn ftp_options_are_commands() {
    if !ftp() {
        return;
    }
    let has = |commands: &[String], wanted: &str| {
        assert!(commands.iter().any(|own| own == wanted), "{commands:?}");
    };
    let all = commands(&[], |t| {
        t.quote(["*NOOP one"]).unwrap();
        t.prequote(["*NOOP two"]).unwrap();
        t.postquote(["*NOOP three"]).unwrap();
    });
    let at = |wanted: &str| all.iter().position(|own| own == wanted).unwrap();
    let order = ["NOOP one", "NOOP two", "RETR file", "NOOP three"];
    assert!(order.map(at).is_sorted(), "{all:?}");

    has(&commands(&[], |t| t.dirlistonly(true).unwrap()), "NLST");
    has(&commands(&[], |t| t.transfertext(true).unwrap()), "TYPE A");
    has(
        &commands(&[], |t| t.ftp_use_pret(true).unwrap()),
        "PRET RETR file",
    );
    let other = commands(&["USER"], |t| {
        t.ftp_alternative_to_user("AUTHORIZE me").unwrap();
    });
    has(&other, "AUTHORIZE me");
    let refused = commands(&[], |t| {
        let error = t.ftp_alternative_to_user("A\r\nDELE file").unwrap_err();
        assert!(matches!(error, Error::Option { .. }));
        let error = t.quote(["A\nDELE file"]).unwrap_err();
        assert!(matches!(error, Error::Option { .. }));
        let error = t.username("me\r\nDELE file").unwrap_err();
        assert!(matches!(error, Error::Option { .. }));
    });
    assert!(!refused.iter().any(|own| own.starts_with("DELE")));
}

#[test]
fn ftp_paths_are_entered_as_said() {
    if !ftp() {
        return;
    }
    let entered = |method| {
        let server = FtpServer::new("file", "contents");
        let mut transfer = collecting(&server.url("a/b/file"));
        transfer.ftp_filemethod(method).unwrap();
        let _ = transfer.perform();
        let all = server.commands().into_iter();
        all.filter(|own| own.starts_with("CWD")).collect::<Vec<_>>()
    };
    assert_eq!(entered(FtpMethod::MultiCwd), ["CWD a", "CWD b"]);
    assert_eq!(entered(FtpMethod::SingleCwd), ["CWD a/b"]);
    assert_eq!(entered(FtpMethod::NoCwd), [""; 0]);

    let created = |create| {
        let server = FtpServer::without(&["CWD"], "file", "contents");
        let mut transfer = collecting(&server.url("a/file"));
        transfer.ftp_create_missing_dirs(create).unwrap();
        transfer.perform().unwrap_err();
        server.commands().contains(&"MKD a".to_owned())
    };
    assert!(created(FtpCreateDir::Create));
    assert!(!created(FtpCreateDir::None));
}

#[test]
fn ftp_upload_appends() {
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", "contents");
    let mut transfer = Transfer::new(ReadFrom::new(Cursor::new("more"))).unwrap();
    transfer.url(&server.url("file")).unwrap();
    transfer.upload(true).unwrap();
    transfer.append(true).unwrap();
    transfer.perform().unwrap();
    assert!(server.commands().contains(&"APPE file".to_owned()));
    assert_eq!(server.file("file").unwrap(), b"contentsmore");
}

#[test]
fn ftp_asks_for_tls_as_said() {
    if !ftp() || !crate::support::built_in::https() {
        return;
    }
    let asked = |auth| {
        let all = commands(&[], |t| {
            t.use_ssl(UseSsl::All).unwrap();
            t.ftpsslauth(auth).unwrap();
        });
        let auth = all.into_iter().filter(|own| own.starts_with("AUTH"));
        auth.collect::<Vec<_>>()
    };
    assert_eq!(asked(FtpAuth::Ssl), ["AUTH SSL", "AUTH TLS"]);
    assert_eq!(asked(FtpAuth::Tls), ["AUTH TLS", "AUTH SSL"]);
    let server = FtpServer::new("file", "contents");
    let mut transfer = collecting(&server.url("file"));
    transfer.use_ssl(UseSsl::All).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::USE_SSL_FAILED), "{error}");
    transfer.use_ssl(UseSsl::Try).unwrap();
    transfer.perform().unwrap();
}

#[test]
fn server_that_answers_too_late_is_left() {
    if !ftp() {
        return;
    }
    let server = Server::new(Conn::drain);
    let url = server.url("/").replace("http:", "ftp:");
    let mut transfer = collecting(&url);
    // If this time were rounded to zero, libcurl's own limit of a minute or more would apply.
    let short = Duration::from_nanos(1);
    transfer.server_response_timeout(short).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT), "{error}");
}
