//! Options of SMTP and IMAP, as a server sees them.

use std::io::Cursor;

use curlback::handlers::ReadFrom;
use curlback::{Error, Transfer, UploadFlags};

use crate::support::built_in::speaks;
use crate::support::server::Server;
use crate::support::skip::{needs, skip};

/// Speaks a little SMTP, and records each line of the client as a request. Refuses commands such as RCPT
/// if they contain `refuse`.
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
    needs!((7, 69, 0), "CURLOPT_MAIL_RCPT_ALLOWFAILS");
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
    needs!((7, 66, 0), "CURLOPT_SASL_AUTHZID");
    if !speaks("smtp") {
        return;
    }
    let server = mail_server("");
    let mut transfer = mail(&server);
    transfer.userpwd("me:secret").unwrap();
    transfer.login_options("AUTH=PLAIN").unwrap();
    transfer.sasl_ir(true).unwrap();
    transfer.sasl_authzid("you").unwrap();
    // The server answers with 250, which is no valid answer to AUTH.
    transfer.perform().unwrap_err();
    // This is the base64 of "you", "me" and "secret", with NULs in between.
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
