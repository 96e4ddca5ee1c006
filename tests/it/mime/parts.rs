//! Bodies of parts: what the server receives, and what is refused.

use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::{fs, thread};

use curlback::{
    Callback, Code, Encoder, Error, Mime, Multi, Part, ReadBuf, ReadResult, Transfer, Version,
};

use crate::support::bodies::bytes;
use crate::support::multipart::{Received, received};
use crate::support::server::{Request, Server};
use crate::support::skip::skip;

/// Posts a form, and returns the request that the server has received.
fn post(mime: Mime) -> Request {
    let server = Server::ok("");
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.mime(mime).unwrap();
    transfer.perform().unwrap();
    server.requests().remove(0)
}

/// Posts a form with one part, and returns what the server has received of it.
fn post_one(part: Part) -> Received {
    received(&post(Mime::new().part(part))).remove(0)
}

/// Asserts that a part is refused. Returns the name of libcurl's function, and the reason.
fn refused(part: Part) -> (&'static str, &'static str) {
    let mut transfer = Transfer::new(()).unwrap();
    match transfer.mime(Mime::new().part(part)) {
        Err(Error::Option { option, reason }) => (option, reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_form_reaches_the_server_with_its_names_files_and_sizes() {
    let file = tempfile::NamedTempFile::with_suffix(".txt").unwrap();
    fs::write(&file, bytes(100_000)).unwrap();
    let request = post(
        Mime::new()
            .part(Part::data("a value").name("field"))
            .part(Part::file(file.path()).name("upload"))
            .part(Part::file(file.path()).filename("other \"name\".png"))
            .part(Part::file(file.path()).name("plain").hide_filename())
            .part(
                Part::data("")
                    .content_type("application/json")
                    .header("X-Own: 1"),
            ),
    );
    assert!(request.line.starts_with("POST / "), "{}", request.line);
    let len: usize = request.header("content-length").unwrap().parse().unwrap();
    assert_eq!(request.body.len(), len);

    let parts = received(&request);
    assert_eq!(parts.len(), 5);
    let disposition = |part: &Received| part.header("content-disposition").map(str::to_owned);
    let is = |text: &str| Some(text.to_owned());
    assert_eq!(disposition(&parts[0]), is("form-data; name=\"field\""));
    assert_eq!(parts[0].body, b"a value");
    let name = file.path().file_name().unwrap().to_str().unwrap();
    let expected = format!("form-data; name=\"upload\"; filename=\"{name}\"");
    assert_eq!(disposition(&parts[1]), Some(expected));
    assert_eq!(parts[1].header("content-type"), Some("text/plain"));
    assert!(parts[1].body == bytes(100_000));
    // Quotes in a name are escaped, so that they do not end it.
    let escaped = match Version::linked() < Version::new(7, 81, 0) {
        true => r#"form-data; filename="other \"name\".png""#,
        false => r#"form-data; filename="other %22name%22.png""#,
    };
    assert_eq!(disposition(&parts[2]), is(escaped));
    assert_eq!(parts[2].header("content-type"), Some("image/png"));
    assert_eq!(disposition(&parts[3]), is("form-data; name=\"plain\""));
    assert!(parts[3].body == bytes(100_000));
    assert_eq!(parts[4].header("content-type"), Some("application/json"));
    assert_eq!(parts[4].header("x-own"), Some("1"));
    assert_eq!(parts[4].body, b"");
}

#[test]
fn parts_are_nested() {
    let files: Mime = ["one", "two"]
        .map(|name| Part::data(name).filename(name))
        .into_iter()
        .collect();
    let inner = Mime::new()
        .part(Part::data("first"))
        .part(Part::parts(files).content_type("multipart/mixed"));
    let request = post(Mime::new().part(Part::parts(inner).name("files")));

    let outer = received(&request).remove(0);
    let name = outer.header("content-disposition").unwrap();
    assert!(name.contains("name=\"files\""), "{name}");
    let kind = outer.header("content-type").unwrap();
    assert!(kind.starts_with("multipart/mixed; boundary="), "{kind}");
    let inner = outer.parts();
    assert_eq!(inner[0].body, b"first");
    let bodies: Vec<_> = inner[1].parts().into_iter().map(|part| part.body).collect();
    assert_eq!(bodies, [b"one", b"two"]);
}

#[test]
fn twelve_levels_go_and_no_more() {
    assert_levels_go(12, |part| part);
}

#[test]
fn nine_levels_with_encoders_go_and_no_more() {
    assert_levels_go(9, |part| part.encoder(Encoder::EightBit));
}

#[test]
fn empty_list_of_parts_is_a_level_of_its_own() {
    let nested = |levels: usize, encoded: usize| {
        (0..levels).fold(Mime::new(), |mime, level| {
            let part = Part::parts(mime);
            Mime::new().part(match level < encoded {
                true => part.encoder(Encoder::EightBit),
                false => part,
            })
        })
    };
    let server = Server::ok("");
    for encoded in 0..12 {
        for levels in 8..=13 {
            let mut transfer = Transfer::new(()).unwrap();
            transfer.url(&server.url("/")).unwrap();
            // What is not refused is sent.
            if transfer.mime(nested(levels, encoded)).is_ok() {
                transfer.perform().unwrap();
            }
        }
    }
}

/// Checks that parts can be nested to so many levels, and not more.
#[track_caller]
fn assert_levels_go(most: usize, encoded: impl Fn(Part) -> Part) {
    let nested = |levels| {
        let core = Mime::new().part(encoded(Part::data("core")));
        (1..levels).fold(core, |mime, _| Mime::new().part(encoded(Part::parts(mime))))
    };
    let request = post(nested(most));
    let mut part = received(&request).remove(0);
    for _ in 1..most {
        part = part.parts().remove(0);
    }
    assert_eq!(part.body, b"core");

    let mut transfer = Transfer::new(()).unwrap();
    let error = transfer.mime(nested(most + 1)).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Option {
                option: "curl_mime_subparts",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn each_encoder_encodes() {
    let text = "gr\u{fc}\u{df}e=\r\n".as_bytes();
    let encoded = [
        (Encoder::Binary, "binary", text),
        (Encoder::EightBit, "8bit", text),
        (Encoder::Base64, "base64", b"Z3LDvMOfZT0NCg=="),
        (
            Encoder::QuotedPrintable,
            "quoted-printable",
            b"gr=C3=BC=C3=9Fe=3D\r\n",
        ),
    ];
    for (encoder, name, expected) in encoded {
        let part = post_one(Part::data(text).encoder(encoder));
        assert_eq!(part.header("content-transfer-encoding"), Some(name));
        assert_eq!(part.body, expected, "{name}");
    }
    let part = post_one(Part::data("ascii").encoder(Encoder::SevenBit));
    assert_eq!(part.header("content-transfer-encoding"), Some("7bit"));
    assert_eq!(part.body, b"ascii");
}

#[test]
fn large_parts_are_encoded_whole() {
    let bytes = crate::support::bodies::bytes(300_000);
    for encoder in [Encoder::Binary, Encoder::EightBit] {
        let part = post_one(Part::data(&*bytes).encoder(encoder));
        assert!(part.body == bytes, "{encoder:?}");
    }
}

#[test]
fn seven_bit_refuses_a_byte_that_has_eight() {
    let server = Server::new(|conn| {
        conn.request();
    });
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    let part = Part::data([0x80]).encoder(Encoder::SevenBit);
    transfer.mime(Mime::new().part(part)).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::READ_ERROR), "{error}");
}

#[test]
fn texts_that_would_make_lines_of_their_own_are_refused() {
    for end in ["\r", "\n", "\r\nX: 1"] {
        let text = || format!("a{end}");
        let reason = "the text contains an end of line";
        let data = || Part::data("");
        assert_eq!(refused(data().name(text())), ("curl_mime_name", reason));
        assert_eq!(
            refused(data().filename(text())),
            ("curl_mime_filename", reason)
        );
        assert_eq!(
            refused(data().content_type(text())),
            ("curl_mime_type", reason)
        );
        let header = format!("X: {}", text());
        assert_eq!(
            refused(data().header(header)),
            ("curl_mime_headers", reason)
        );
    }
    let reason = "the text contains a NUL";
    assert_eq!(
        refused(Part::data("").name("a\0b")),
        ("curl_mime_name", reason)
    );
    // Header lines without a name are refused. An empty line would end the headers of the part.
    for line in ["", ": value", "no name"] {
        let reason = "a header has no name";
        assert_eq!(
            refused(Part::data("").header(line)),
            ("curl_mime_headers", reason)
        );
    }
}

#[test]
fn sizes_that_cannot_be_announced_are_refused() {
    let empty = || Part::reader(|_: &mut ReadBuf<'_>| ReadResult::Continue);
    let expected = ("curl_mime_data_cb", "the size is too large");
    assert_eq!(refused(empty().size(u64::MAX)), expected);
    assert_eq!(refused(empty().size(1 << 63)), expected);
    let half = || empty().size(1 << 59);
    let parts = Mime::new().part(half()).part(half()).part(empty().size(1));
    assert_eq!(refused(Part::parts(parts)), expected);
    let (option, reason) = refused(Part::data("x").size(1));
    assert_eq!(option, "curl_mime_data_cb");
    assert_eq!(reason, "only a reader has a size to announce");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let mut transfer = Transfer::new(()).unwrap();
    let server = Server::ok("");
    transfer.url(&server.url("/")).unwrap();
    transfer.mime(Mime::new().part(Part::data("kept"))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for path in [Path::new("/no/such/file"), folder.path()] {
        let mime = Mime::new().part(Part::data("x")).part(Part::file(path));
        let error = transfer.mime(mime).unwrap_err();
        assert_eq!(error.code(), Some(Code::READ_ERROR));
        let text = error.text().unwrap();
        assert!(text.starts_with(&format!("{}: ", path.display())), "{text}");
    }
    // The body that was set before stays.
    transfer.perform().unwrap();
    assert_eq!(received(&server.requests()[0])[0].body, b"kept");
}

#[test]
fn a_body_is_sent_again_until_another_takes_its_place() {
    let server = Server::ok("");
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    for body in ["first", "second"] {
        transfer.mime(Mime::new().part(Part::data(body))).unwrap();
        transfer.perform().unwrap();
        transfer.perform().unwrap();
    }
    transfer.get(true).unwrap();
    transfer.perform().unwrap();
    transfer.reset().unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();

    let requests = server.requests();
    let bodies: Vec<_> = requests[..4]
        .iter()
        .map(|r| received(r).remove(0).body)
        .collect();
    assert_eq!(bodies, [&b"first"[..], b"first", b"second", b"second"]);
    for request in &requests[4..] {
        assert!(request.line.starts_with("GET "), "{}", request.line);
        assert!(request.body.is_empty());
    }
}

#[test]
fn a_body_without_parts_is_only_its_end() {
    let request = post(Mime::new());
    assert!(received(&request).is_empty());
}

#[test]
fn headers_of_the_transfer_name_the_content() {
    let server = Server::ok("");
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer
        .http_headers(["Content-Type: multipart/related"])
        .unwrap();
    transfer.mime(Mime::new().part(Part::data("x"))).unwrap();
    transfer.perform().unwrap();
    let request = server.requests().remove(0);
    let kind = request.header("content-type").unwrap();
    assert!(kind.starts_with("multipart/related; boundary="), "{kind}");
}

/// Makes a server that takes mails over two connections. Its thread returns the mails.
fn mailbox() -> (String, thread::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("imap://{}/INBOX", listener.local_addr().unwrap());
    let serve = move || {
        let mut mail = Vec::new();
        let mut line = String::new();
        for client in listener.incoming().take(2) {
            let mut client = BufReader::new(client.unwrap());
            client.get_mut().write_all(b"* OK ready\r\n").unwrap();
            while client.read_line(&mut line).unwrap() > 0 {
                let (tag, command) = line.trim_end().split_once(' ').unwrap();
                if let Some((_, size)) = command.split_once('{') {
                    client.get_mut().write_all(b"+ go on\r\n").unwrap();
                    let size: u64 = size.trim_end_matches('}').parse().unwrap();
                    (&mut client).take(size + 2).read_to_end(&mut mail).unwrap();
                }
                let answer = match command {
                    "CAPABILITY" => format!("* CAPABILITY IMAP4\r\n{tag} OK\r\n"),
                    _ => format!("{tag} OK\r\n"),
                };
                client.get_mut().write_all(answer.as_bytes()).unwrap();
                line.clear();
            }
        }
        mail
    };
    (url, thread::spawn(serve))
}

#[test]
fn a_mail_has_the_headers_of_the_transfer() {
    if !curlback::version().has_protocol("imap") {
        return skip!("the linked libcurl has no IMAP");
    }
    let (url, server) = mailbox();
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&url).unwrap();
    transfer.http_headers(["Subject: a mail"]).unwrap();
    let mime = Mime::new()
        .part(Part::data("the text\r\n").content_type("text/plain"))
        .part(
            Part::seekable(Cursor::new(bytes(100)))
                .size(100)
                .encoder(Encoder::Base64),
        );
    transfer.mime(mime).unwrap();
    transfer.perform().unwrap();
    let refused = transfer.try_clone().unwrap_err().to_string();
    assert!(refused.contains("reader"), "{refused}");
    transfer.mime(Mime::new().part(Part::data("x"))).unwrap();
    transfer.perform().unwrap();
    // libcurl has put the former headers into the parts, and the copy has those parts. The copy must send
    // the new header instead.
    transfer.http_headers(["Subject: another"]).unwrap();
    let mut copy = transfer.try_clone().unwrap();
    drop(transfer);
    copy.perform().unwrap();
    drop(copy);

    let mail = String::from_utf8(server.join().unwrap()).unwrap();
    for line in [
        "Subject: a mail\r\n",
        "Subject: another\r\n",
        "Mime-Version: 1.0\r\n",
        "\r\n\r\nthe text\r\n",
    ] {
        assert!(mail.contains(line), "{mail}");
    }
    assert!(
        mail.contains("Content-Transfer-Encoding: base64\r\n"),
        "{mail}"
    );
}

#[test]
fn many_bodies_are_sent_at_once_and_one_that_fails_is_one() {
    let server = Server::ok("");
    let mut multi = Multi::new().unwrap();
    let mut bad = None;
    for n in 0..10 {
        let mut transfer = Transfer::new(()).unwrap();
        transfer.url(&server.url(&format!("/{n}"))).unwrap();
        let mut left = 50_000;
        let reader = move |buffer: &mut ReadBuf<'_>| {
            if n == 5 {
                return ReadResult::Abort;
            }
            let len = left.min(buffer.capacity());
            left -= buffer.append(&vec![b'0' + n; len]);
            ReadResult::Continue
        };
        transfer
            .mime(Mime::new().part(Part::reader(reader)))
            .unwrap();
        let id = multi.add(transfer).unwrap();
        if n == 5 {
            bad = Some(id);
        }
    }
    multi
        .run(|_, id, _, result| {
            let failed = result.err().map(|error| error.callback());
            let expected = (Some(id) == bad).then_some(Some(Callback::MimeRead));
            assert_eq!(failed, expected);
            Ok(())
        })
        .unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 9);
    for request in requests {
        let n = request.line.as_bytes()[6];
        assert!(received(&request)[0].body == [n; 50_000]);
    }
}
