//! The examples of FTP, SMTP, IMAP and SFTP, as programs that a user runs.

use std::io::Write;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};

use crate::support::bodies::bytes;
use crate::support::built_in::speaks;
use crate::support::example::{assert_failure, assert_success, program, run};
use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::skip::needs;

/// Runs an example without arguments, and returns what it prints. Returns `None` if the example is not
/// built, or if libcurl lacks the protocol, after a check that the example says so.
fn alone(name: &str, scheme: &str) -> Option<String> {
    let output = run(name, &[])?;
    if !speaks(scheme) {
        let missing = format!("the linked libcurl has no {}", scheme.to_uppercase());
        assert_failure(&output, &missing);
        return None;
    }
    Some(assert_success(&output))
}

#[test]
fn ftp_get_stores_a_file() {
    let Some(stdout) = alone("ftp_get", "ftp") else {
        return;
    };
    assert!(stdout.ends_with("numbers: 9437184 bytes\n"), "{stdout}");

    let server = FtpServer::new("data", bytes(300_000));
    let directory = tempfile::tempdir().unwrap();
    let get = |args: &[&str]| -> Output {
        let mut program = program("ftp_get").unwrap();
        program.args(args).current_dir(&directory).output().unwrap()
    };
    let output = get(&[&server.url("data")]);
    assert_eq!(assert_success(&output), "data: 300000 bytes\n");
    let output = get(&[&server.url("data"), "other"]);
    assert_eq!(assert_success(&output), "other: 300000 bytes\n");
    for name in ["data", "other"] {
        assert!(std::fs::read(directory.path().join(name)).unwrap() == bytes(300_000));
    }
    let output = get(&[&server.url("none")]);
    assert_failure(&output, "libcurl error");
    assert!(!directory.path().join("none").exists());
    let output = get(&[&server.url("")]);
    assert_failure(&output, "without the name of a file");
}

#[test]
fn ftp_upload_renames_a_complete_file() {
    let Some(stdout) = alone("ftp_upload", "ftp") else {
        return;
    };
    let (sent, listed) = stdout.split_once('\n').unwrap();
    assert!(sent.starts_with("8388608 bytes in "), "{stdout}");
    assert_eq!(listed, "on the server: zeros, 8388608 bytes\n");

    // This server cannot rename files.
    let server = FtpServer::new("data", "");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, bytes(300_000)).unwrap();
    let path = file.path().to_str().unwrap();
    let output = run("ftp_upload", &[&server.url("a%20b"), path]).unwrap();
    assert_failure(&output, "RNFR a b.part");
    assert!(server.file("a b.part").unwrap() == bytes(300_000));
    let commands = server.commands();
    assert!(
        commands.iter().any(|line| line == "RNFR a b.part"),
        "{commands:?}"
    );

    let output = run("ftp_upload", &[&server.url("x"), "/no/such/file"]).unwrap();
    assert_failure(&output, "/no/such/file: No such file");
    let output = run("ftp_upload", &[&server.url("x%0d%0aDELE y"), path]).unwrap();
    assert_failure(&output, "CURLOPT");
}

/// Speaks a little SMTP, and records the lines of the client.
fn mail_server(lines: &Arc<Mutex<Vec<String>>>) -> Server {
    let lines = lines.clone();
    Server::new(move |conn| {
        conn.send("220 ready\r\n");
        let mut in_message = false;
        while let Some(line) = conn.line() {
            let reply = match &line[..] {
                "." => "250 accepted\r\n",
                _ if in_message => "",
                "DATA" => "354 go on\r\n",
                "QUIT" => "221 bye\r\n",
                line if line.contains("nobody@") => "550 unknown\r\n",
                line if line.starts_with("STARTTLS") => "502 no\r\n",
                _ => "250 yes\r\n",
            };
            in_message = line == "DATA" || in_message && line != ".";
            lines.lock().unwrap().push(line);
            conn.send(reply);
        }
    })
}

fn send_mail(args: &[&str], text: &str) -> Output {
    let mut child = program("smtp_mail")
        .unwrap()
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn smtp_mail_sends_a_message() {
    let Some(stdout) = alone("smtp_mail", "smtp") else {
        return;
    };
    for line in [
        "> MAIL FROM:<me@host.test>",
        "> RCPT TO:<you@host.test>",
        "> Hello,",
        "> ..",
    ] {
        assert!(stdout.lines().any(|own| own == line), "{stdout}");
    }
    assert!(stdout.contains("sent to you@host.test\n"), "{stdout}");

    let lines = Arc::default();
    let server = mail_server(&lines);
    let url = server.url("/").replace("http:", "smtp:");
    let mail = [
        "--tls",
        "none",
        "--subject",
        "1 \u{20ac}\r\nBcc: x",
        &url,
        "a@host.test",
    ];
    let output = send_mail(
        &[&mail[..], &["b@host.test", "c@host.test"]].concat(),
        "one\n.two\n",
    );
    assert_eq!(
        assert_success(&output),
        "sent to b@host.test, c@host.test\n"
    );
    let seen = std::mem::take(&mut *lines.lock().unwrap());
    let begin = seen.iter().position(|line| line == "DATA").unwrap();
    let message = &seen[begin + 1..];
    assert_eq!(message[0], "From: <a@host.test>");
    assert_eq!(message[1], "To: <b@host.test>, <c@host.test>");
    assert_eq!(message[2], "Subject: =?utf-8?B?MSDigqwNCkJjYzogeA==?=");
    let body = message.iter().position(String::is_empty).unwrap();
    assert_eq!(message[body + 1..body + 4], ["one", "..two", "."]);

    let output = send_mail(
        &["--tls", "none", &url, "a@host.test", "nobody@host.test"],
        "x",
    );
    assert_failure(&output, "libcurl error");
    assert_eq!(output.stdout, b"");
    // The server has no TLS, so the example does not send the mail.
    lines.lock().unwrap().clear();
    let output = send_mail(&[&url, "a@host.test", "b@host.test"], "x");
    assert_failure(&output, "libcurl error");
    let seen = lines.lock().unwrap();
    assert!(
        !seen.iter().any(|line| line.starts_with("MAIL")),
        "{seen:?}"
    );
}

#[test]
fn smtp_mail_refuses_an_address_of_two_lines() {
    if !speaks("smtp") || program("smtp_mail").is_none() {
        return;
    }
    let output = send_mail(
        &[
            "smtp://127.0.0.1:1/",
            "a@host.test\r\nBcc: b",
            "c@host.test",
        ],
        "x",
    );
    assert_failure(&output, "CURLOPT_MAIL_FROM");
}

#[test]
fn imap_fetch_prints_what_the_url_names() {
    needs!((7, 62, 0), "part MAILINDEX of URLs");
    let Some(stdout) = alone("imap_fetch", "imap") else {
        return;
    };
    assert_eq!(
        stdout.replace("\r\n", "\n"),
        "/\n* LIST () \"/\" INBOX\n/INBOX?ALL\n* SEARCH 1\n/INBOX/;MAILINDEX=1\n\
         Subject: hello\n\nThis is the first mail.\n"
    );
    let server = Server::new(|conn| {
        conn.send("* OK ready\r\n");
        while let Some(line) = conn.line() {
            let mut words = line.split(' ');
            let tag = words.next().unwrap();
            let (data, result) = match words.next().unwrap() {
                "CAPABILITY" => ("* CAPABILITY IMAP4rev1\r\n", "OK"),
                "LOGIN" if line.ends_with(" me secret") => ("", "OK"),
                "LOGIN" => ("", "NO"),
                "SELECT" => ("* 2 EXISTS\r\n", "OK"),
                "UID" => ("* 2 FETCH (UID 7 BODY[] {5}\r\nhello)\r\n", "OK"),
                _ => ("", "BAD"),
            };
            conn.send(format!("{data}{tag} {result}\r\n"));
        }
    });
    let url = server.url("/INBOX/;UID=7").replace("http:", "imap:");
    let fetch = |user| run("imap_fetch", &["--user", user, "--tls", "none", &url]).unwrap();
    assert_eq!(assert_success(&fetch("me:secret")), "hello");
    assert_failure(&fetch("me:wrong"), "libcurl error");
    let output = run("imap_fetch", &["--user", "me:secret", &url]).unwrap();
    assert_failure(&output, "libcurl error");
}

#[test]
fn known_hosts_says_what_it_needs() {
    let Some(output) = run("known_hosts", &[]) else {
        return;
    };
    match curlback::version().has_protocol("sftp") {
        true => assert_failure(&output, "expected the URL of an SFTP server"),
        false => assert_failure(&output, "the linked libcurl has no SFTP"),
    }
}
