//! Names of files that contain ends of lines, and would make lines of their own in the body.

use std::sync::Arc;

use curlback::{Mime, MimeOptions, Part, Transfer};

use crate::support::server::{Conn, Server};
use crate::support::skip::{skip, skip_case};

#[test]
fn file_name_with_an_end_of_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a\r\nX-Evil: 1\r\n\r\nb");
    std::fs::write(&path, "content").unwrap();
    for (options, nested) in [
        (None, false),
        (Some(MimeOptions::FORM_ESCAPE), false),
        (None, true),
    ] {
        let server = Server::ok("");
        let mut t = Transfer::new(()).unwrap();
        t.url(&server.url("/")).unwrap();
        if let Some(options) = options {
            if let Err(e) = t.mime_options(options) {
                skip_case!("{e}");
                continue;
            }
        }
        let mut m = Mime::new().part(Part::file(&path).name("x"));
        if nested {
            m = Mime::new().part(Part::parts(m).name("y"));
        }
        match t.mime(m) {
            Ok(()) => {
                t.perform().unwrap();
                let body = server.requests()[0].body.clone();
                let body = String::from_utf8_lossy(&body).into_owned();
                eprintln!("{options:?} {nested} {body}");
                assert!(!body.contains("\nX-Evil"), "{options:?} {nested}");
            }
            Err(e) => eprintln!("refused {e:?}"),
        }
    }
}

/// In a mail, a line of the file's name would be a header.
#[test]
fn file_name_with_an_end_of_line_in_a_mail() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a\r\nX-Evil: 1\r\nX-Rest: b");
    std::fs::write(&path, "content").unwrap();
    let mail = Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = mail.clone();
    let server = Server::new(move |conn: &mut Conn| {
        conn.send("220 hi\r\n");
        while let Some(line) = conn.line() {
            match line.get(..4).unwrap_or_default() {
                "DATA" => {
                    conn.send("354 go\r\n");
                    while let Some(line) = conn.line().filter(|line| line != ".") {
                        kept.lock().unwrap().push(line);
                    }
                    conn.send("250 ok\r\n");
                }
                "QUIT" => conn.send("221 bye\r\n"),
                _ => conn.send("250 ok\r\n"),
            }
        }
    });
    let mut t = Transfer::new(()).unwrap();
    t.timeout(std::time::Duration::from_secs(5)).unwrap();
    t.url(&format!("smtp://{}", server.address())).unwrap();
    if let Err(error) = t.mail_from("<a@example.test>") {
        return skip!("{error}");
    }
    t.mail_rcpt(["<b@example.test>"]).unwrap();
    let set = t.mime(Mime::new().part(Part::file(&path)));
    let result = set.and_then(|()| t.perform());
    drop(t);
    let mail = mail.lock().unwrap();
    eprintln!("{result:?} {mail:#?}");
    assert!(!mail.iter().any(|line| line.starts_with("X-Evil")));
}
