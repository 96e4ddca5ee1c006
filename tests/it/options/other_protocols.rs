//! Options of FTP, SFTP, mail, RTSP and TFTP, as a server sees them.

use std::io::Cursor;
use std::net::UdpSocket;
use std::thread;
use std::time::Duration;

use curlback::handlers::{Collect, ReadFrom};
use curlback::{
    Code, Error, FtpAuth, FtpCreateDir, FtpMethod, RtspRequest, Transfer, UploadFlags, UseSsl,
};

use crate::options::common::{Get, get};
use crate::support::built_in::{ftp, speaks};
use crate::support::ftp_server::FtpServer;
use crate::support::server::{Conn, Server};
use crate::support::skip::skip;

/// Returns the commands of a download, whether it succeeds or not.
fn commands(refused: &'static [&'static str], set: impl FnOnce(&mut Get)) -> Vec<String> {
    let server = FtpServer::without(refused, "file", "contents");
    let mut transfer = get(&server.url("file"));
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
        let mut transfer = get(&server.url("a/b/file"));
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
        let mut transfer = get(&server.url("a/file"));
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
    let mut transfer = get(&server.url("file"));
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
    let mut transfer = get(&url);
    // Zero would be libcurl's own limit, of a minute.
    let short = Duration::from_nanos(1);
    transfer.server_response_timeout(short).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT), "{error}");
}

/// Speaks a little SMTP, and keeps what the client says as requests.
fn mail_server(refuse: &'static str) -> Server {
    Server::new(move |conn| {
        conn.send("220 ready\r\n");
        let mut in_message = false;
        while let Some(line) = conn.line() {
            let said = crate::support::server::Request {
                line: line.clone(),
                ..Default::default()
            };
            conn.keep(&said);
            match (in_message, line.split(' ').next().unwrap()) {
                (true, ".") => {
                    in_message = false;
                    conn.send("250 taken\r\n");
                }
                (true, _) => {}
                (_, "EHLO") => conn.send("250-here\r\n250 AUTH PLAIN\r\n"),
                (_, "DATA") => {
                    in_message = true;
                    conn.send("354 go on\r\n");
                }
                (_, "QUIT") => return conn.send("221 bye\r\n"),
                _ if !refuse.is_empty() && line.contains(refuse) => conn.send("550 no\r\n"),
                _ => conn.send("250 yes\r\n"),
            }
        }
    })
}

fn mail(server: &Server) -> Transfer<ReadFrom<Cursor<&'static str>>> {
    let handler = ReadFrom::new(Cursor::new("Subject: hello\r\n\r\nthere\r\n"));
    let mut transfer = Transfer::new(handler).unwrap();
    let url = server.url("/").replace("http:", "smtp:");
    transfer.url(&url).unwrap();
    transfer.upload(true).unwrap();
    transfer.mail_from("<me@host.test>").unwrap();
    transfer
        .mail_rcpt(["<one@host.test>", "<two@host.test>"])
        .unwrap();
    transfer
}

#[test]
fn mail_has_a_sender_and_recipients() {
    if !speaks("smtp") {
        return;
    }
    let server = mail_server("");
    let mut transfer = mail(&server);
    transfer.perform().unwrap();
    let said: Vec<_> = server.requests().into_iter().map(|r| r.line).collect();
    assert!(
        said.iter()
            .any(|l| l.starts_with("MAIL FROM:<me@host.test>")),
        "{said:?}"
    );
    for wanted in [
        "RCPT TO:<one@host.test>",
        "RCPT TO:<two@host.test>",
        "there",
    ] {
        assert!(said.iter().any(|line| line == wanted), "{said:?}");
    }
    let error = transfer.mail_rcpt(["<a>\r\nDATA"]).unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
    let error = transfer.mail_from("<a>\nDATA").unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
}

#[test]
fn mail_goes_to_those_who_are_accepted() {
    if !speaks("smtp") {
        return;
    }
    for allow in [false, true] {
        let server = mail_server("RCPT TO:<one");
        let mut transfer = mail(&server);
        transfer.mail_rcpt_allowfails(allow).unwrap();
        assert_eq!(transfer.perform().is_ok(), allow);
    }
}

#[test]
fn login_of_mail_is_as_said() {
    if !speaks("smtp") {
        return;
    }
    let server = mail_server("");
    let mut transfer = mail(&server);
    transfer.userpwd("me:secret").unwrap();
    transfer.login_options("AUTH=PLAIN").unwrap();
    transfer.sasl_ir(true).unwrap();
    transfer.sasl_authzid("you").unwrap();
    // The server has no answer to that.
    transfer.perform().unwrap_err();
    // In base64: you, me and secret, each behind a NUL but the first.
    let wanted = "AUTH PLAIN eW91AG1lAHNlY3JldA==";
    let said = server.requests();
    assert!(said.iter().any(|r| r.line == wanted), "{said:?}");
}

#[test]
fn appended_message_has_its_marks() {
    if !speaks("imap") {
        return;
    }
    let server = Server::new(|conn| {
        conn.send("* OK ready\r\n");
        while let Some(line) = conn.line() {
            let (tag, command) = line.split_once(' ').unwrap();
            let said = crate::support::server::Request {
                line: command.to_owned(),
                ..Default::default()
            };
            conn.keep(&said);
            conn.send(format!(
                "{tag} {}\r\n",
                match command.starts_with("APPEND") {
                    true => "NO room",
                    false => "OK",
                }
            ));
        }
    });
    let mut transfer = Transfer::new(ReadFrom::new(Cursor::new("message"))).unwrap();
    let url = server.url("/box").replace("http:", "imap:");
    transfer.url(&url).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(7).unwrap();
    let marks = UploadFlags::FLAGGED | UploadFlags::DRAFT;
    if let Err(Error::Unsupported { what, .. }) = transfer.upload_flags(marks) {
        skip!("this libcurl has no {what}");
        return;
    }
    transfer.perform().unwrap_err();
    let said = server.requests();
    let append = said.iter().find(|r| r.line.starts_with("APPEND")).unwrap();
    assert!(append.line.contains("\\Flagged"), "{append:?}");
    assert!(append.line.contains("\\Draft"), "{append:?}");
    assert!(!append.line.contains("\\Seen"), "{append:?}");
}

#[test]
fn rtsp_requests_are_as_said() {
    if !speaks("rtsp") {
        return;
    }
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            let number = request.header("cseq").unwrap();
            conn.send(format!(
                "RTSP/1.0 200 OK\r\nCSeq: {number}\r\nSession: mine\r\n\r\n"
            ));
        }
    });
    let url = server.url("/stream").replace("http:", "rtsp:");
    let mut transfer = get(&url);
    transfer.rtsp_request(RtspRequest::Setup).unwrap();
    transfer.rtsp_stream_uri(format!("{url}/track")).unwrap();
    transfer.rtsp_transport("RTP/AVP;unicast").unwrap();
    transfer.rtsp_client_cseq(41).unwrap();
    transfer.perform().unwrap();
    let sent = &server.requests()[0];
    assert_eq!(sent.line, format!("SETUP {url}/track RTSP/1.0"));
    assert_eq!(sent.header("transport"), Some("RTP/AVP;unicast"));
    assert_eq!(sent.header("cseq"), Some("41"));
    let info = transfer.info();
    assert_eq!(info.rtsp_session_id().unwrap(), Some("mine"));
    assert_eq!(info.rtsp_client_cseq().unwrap(), 42);
    assert_eq!(info.rtsp_cseq_recv().unwrap(), 41);
    transfer.rtsp_request(RtspRequest::Teardown).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[1].header("session"), Some("mine"));
    let error = transfer.rtsp_stream_uri("rtsp://a\r\nX: y").unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
}

#[test]
fn tftp_asks_for_blocks_of_the_size_that_was_set() {
    if !speaks("tftp") {
        return;
    }
    for options in [true, false] {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let server = thread::spawn(move || {
            let mut packet = [0; 1024];
            let (len, peer) = socket.recv_from(&mut packet).unwrap();
            // An error: no such file.
            socket.send_to(b"\0\x05\0\x01none\0", peer).unwrap();
            packet[..len].to_vec()
        });
        let mut transfer = get(&format!("tftp://{address}/file"));
        transfer.tftp_blksize(1024).unwrap();
        transfer.tftp_no_options(!options).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::TFTP_NOTFOUND), "{error}");
        let asked = String::from_utf8(server.join().unwrap()).unwrap();
        assert!(asked.starts_with("\0\x01file\0octet\0"), "{asked:?}");
        assert_eq!(asked.contains("blksize\x001024\0"), options, "{asked:?}");
    }
}

#[test]
fn files_over_sftp_have_the_permissions_that_were_set() {
    use std::os::unix::fs::PermissionsExt;

    if !crate::support::built_in::has_sftp() {
        return;
    }
    let Some(sshd) = crate::support::sshd::Sshd::start() else {
        return;
    };
    let handler = ReadFrom::new(Cursor::new("contents")).and(Collect::new());
    let mut transfer = sshd.transfer(handler, "folder/file");
    sshd.know(Some(&sshd.host_key()));
    transfer.upload(true).unwrap();
    transfer.new_file_perms(0o640).unwrap();
    transfer.new_directory_perms(0o750).unwrap();
    transfer
        .ftp_create_missing_dirs(FtpCreateDir::Create)
        .unwrap();
    transfer.ssh_compression(true).unwrap();
    transfer.perform().unwrap();
    let mode = |path: &str| {
        let metadata = std::fs::metadata(sshd.file(path)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode("folder/file"), 0o640);
    assert_eq!(mode("folder"), 0o750);
    let error = transfer.new_file_perms(0o1000).unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
}
