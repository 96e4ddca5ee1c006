//! Bytes that are not UTF-8 where HTTP allows them, sent and received.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use curlback::handlers::Collect;
use curlback::{Callbacks, Error, HeaderLine, HeaderOrigin, Mime, Part, Transfer, WriteResult};

use crate::support::server::Server;
use crate::support::skip::skip_case;

/// Performs a transfer with the options that `set` sets, and returns the bytes of its request.
pub(crate) fn sent(set: impl FnOnce(&mut Transfer<()>) -> Result<(), Error>) -> Vec<u8> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let mut socket = listener.accept().unwrap().0;
        let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
        while !contains(&bytes, b"\r\n\r\n") || contains(&bytes, b"multipart/form-data") {
            let len = socket.read(&mut buffer).unwrap();
            assert_ne!(len, 0);
            bytes.extend_from_slice(&buffer[..len]);
            if bytes.ends_with(b"--\r\n") {
                break;
            }
        }
        socket
            .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
        bytes
    });
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&url).unwrap();
    set(&mut transfer).unwrap();
    transfer.perform().unwrap();
    server.join().unwrap()
}

pub(crate) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn headers_carry_any_byte_but_those_that_end_a_line() {
    let value: Vec<u8> = (1..=255).filter(|byte| !b"\r\n".contains(byte)).collect();
    let bytes = sent(|t| {
        t.http_headers([[b"X-All: a", &value[..], b"z"].concat()])?;
        t.useragent(b"caf\xe9")?;
        t.referer(b"http://host/\xff\xfe")?;
        t.cookie(b"name=\x80")?;
        t.custom_request("GET")
    });
    assert!(contains(&bytes, &value));
    assert!(contains(&bytes, b"\r\nUser-Agent: caf\xe9\r\n"));
    assert!(contains(&bytes, b"\r\nReferer: http://host/\xff\xfe\r\n"));
    assert!(contains(&bytes, b"\r\nCookie: name=\x80\r\n"));
}

#[test]
fn bytes_that_end_a_line_are_refused_as_in_a_string() {
    let mut transfer = Transfer::new(()).unwrap();
    for bad in [&b"\xff\r\nEvil: 1"[..], b"\xff\n", b"\xff\0"] {
        for result in [
            transfer.useragent(bad),
            transfer.referer(bad),
            transfer.cookie(bad),
            transfer.http_headers([b"A: b".as_slice(), bad]),
            transfer.proxy_headers([bad]),
            transfer.mime(Mime::new().part(Part::data("").name(bad))),
            transfer.mime(Mime::new().part(Part::data("").header(bad))),
        ] {
            assert!(matches!(result, Err(Error::Option { .. })), "{result:?}");
        }
    }
}

#[test]
fn password_of_another_encoding_is_sent_as_it_is() {
    let bytes = sent(|t| {
        t.username(b"m\xfcller")?;
        t.password(b"\xa7ecret")
    });
    // base64 of the bytes "m\xfcller:\xa7ecret".
    assert!(contains(
        &bytes,
        b"\r\nAuthorization: Basic bfxsbGVyOqdlY3JldA==\r\n"
    ));
}

#[test]
fn strings_of_every_kind_are_taken() {
    let bytes = sent(|t| {
        let owned = String::from("X-A: 1");
        let cow: Cow<'_, str> = Cow::Borrowed("X-B: 2");
        t.useragent(&owned)?;
        t.useragent(owned.clone())?;
        t.useragent(&*cow)?;
        t.http_headers([] as [&str; 0])?;
        t.http_headers(Vec::<String>::new())?;
        t.http_headers(std::slice::from_ref(&owned))?;
        t.http_headers(vec![owned.as_str(), &cow])?;
        t.http_headers([&owned])?;
        t.http_headers(["X-C: 3", "X-D: 4"].iter())?;
        t.http_headers((0..3).map(|n| format!("X-{n}: {n}")))
    });
    assert!(contains(&bytes, b"\r\nX-2: 2\r\n"));
    assert!(contains(&bytes, b"\r\nUser-Agent: X-B: 2\r\n"));
}

#[test]
fn parts_of_a_form_carry_bytes_of_any_encoding() {
    let bytes = sent(|t| {
        let part = Part::data("content")
            .name(b"caf\xe9")
            .filename(b"\xfcbung.txt")
            .content_type(b"text/plain; title=\xa7")
            .header(b"X-Own: \x80");
        t.mime(Mime::new().part(part))
    });
    assert!(contains(&bytes, b"name=\"caf\xe9\""));
    assert!(contains(&bytes, b"filename=\"\xfcbung.txt\""));
    assert!(contains(
        &bytes,
        b"\r\nContent-Type: text/plain; title=\xa7\r\n"
    ));
    assert!(contains(&bytes, b"\r\nX-Own: \x80\r\n"));
}

/// The name and the value of a line, and the whole line.
type Line = (Option<String>, Option<Vec<u8>>, Vec<u8>);

#[derive(Default)]
struct Lines(Vec<Line>);

impl Callbacks for Lines {
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        let name = line.name().map(str::to_owned);
        let value = line.value().map(<[u8]>::to_vec);
        self.0.push((name, value, line.as_bytes().to_vec()));
        WriteResult::Continue
    }
}

#[test]
fn received_bytes_are_kept_where_they_are_not_utf_8() {
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            conn.send(
                b"HTTP/1.1 200 OK\r\nX-Value: caf\xe9\r\nX-\xff: odd\r\nContent-Length: 0\r\n\r\n",
            );
        }
    });
    let mut transfer = Transfer::new(Lines::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let lines = &transfer.handler().0;
    let value = lines
        .iter()
        .find(|line| line.0.as_deref() == Some("X-Value"));
    assert_eq!(value.unwrap().1.as_deref(), Some(&b"caf\xe9"[..]));
    assert!(lines.iter().any(|line| line.2 == b"X-\xff: odd\r\n"));
    match transfer.headers(HeaderOrigin::HEADER, None) {
        Ok(headers) => {
            let headers: Vec<_> = headers.map(|h| (h.name_bytes(), h.value())).collect();
            assert!(headers.contains(&(b"X-Value", b"caf\xe9")), "{headers:?}");
            assert!(headers.contains(&(b"X-\xff", b"odd")), "{headers:?}");
        }
        Err(error) => skip_case!("{error}"),
    }
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let value = transfer.handler().header_value("x-value");
    assert_eq!(value, Some(&b"caf\xe9"[..]));
}
