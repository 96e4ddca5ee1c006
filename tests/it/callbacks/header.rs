//! `header` and `HeaderLine`.

use std::io::Write as _;

use curlback::{Callbacks, Code, HeaderLine, Transfer, WriteResult};

use crate::support::server::Server;
use crate::support::skip::needs;

/// Records the lines, and asserts what holds for each of them.
#[derive(Default)]
struct Lines {
    all: Vec<Vec<u8>>,
    trailers: Vec<Vec<u8>>,
    statuses: Vec<u16>,
    names: Vec<String>,
    ends: usize,
    /// The response code that `info` returns at each line.
    codes: Vec<u32>,
    urls: Vec<String>,
    bodies: Vec<Vec<u8>>,
}

impl Callbacks for Lines {
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        let bytes = line.as_bytes();
        let newlines = bytes.iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(newlines, 1, "one line per call: {line:?}");
        assert_eq!(bytes.last(), Some(&b'\n'));
        self.all.push(bytes.to_vec());
        if line.is_trailer() {
            self.trailers.push(bytes.to_vec());
        }
        assert_eq!(line.is_status_line(), line.status_code().is_some());
        self.statuses.extend(line.status_code());
        assert_eq!(line.name().is_some(), line.value().is_some());
        self.names.extend(line.name().map(str::to_owned));
        self.ends += usize::from(line.is_end_of_headers());
        self.codes.push(line.info().response_code().unwrap());
        let url = line.info().effective_url().unwrap().unwrap();
        self.urls.push(url.to_owned());
        WriteResult::Continue
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.bodies.push(data.to_vec());
        WriteResult::Continue
    }
}

fn get(url: &str) -> Transfer<Lines> {
    let mut transfer = Transfer::new(Lines::default()).unwrap();
    transfer.url(url).unwrap();
    transfer
}

fn texts(lines: &[Vec<u8>]) -> Vec<&str> {
    let lines = lines.iter().map(|line| std::str::from_utf8(line).unwrap());
    lines.collect()
}

#[test]
fn line_that_ends_the_headers_is_no_field() {
    needs!((7, 74, 0), "line feed in such a line");
    let server = Server::new(|conn| {
        if conn.request().is_some() {
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\rX-Late: 1\r\nbody");
        }
    });
    let mut transfer = get(&server.url("/"));
    transfer.perform().unwrap();
    let lines = transfer.into_handler();
    assert_eq!(
        (lines.names, lines.ends),
        (vec!["Content-Length".into()], 1)
    );
    assert_eq!(lines.bodies.concat(), b"body");
}

#[test]
fn header_gets_every_line_in_order() {
    let server = Server::new(|conn| {
        conn.request();
        conn.reply("200 Fine", "X-Own:  a: b \r\nx-empty:\r\n", "body");
    });
    let mut transfer = get(&server.url("/"));
    transfer.perform().unwrap();
    let lines = transfer.handler();
    let expected = [
        "HTTP/1.1 200 Fine\r\n",
        "Content-Length: 4\r\n",
        "X-Own:  a: b \r\n",
        "x-empty:\r\n",
        "\r\n",
    ];
    assert_eq!(texts(&lines.all), expected);
    assert_eq!(lines.statuses, [200]);
    assert_eq!(lines.names, ["Content-Length", "X-Own", "x-empty"]);
    assert_eq!(lines.ends, 1);
    assert!(lines.trailers.is_empty());
    assert_eq!(lines.codes, [200; 5]);
    assert_eq!(lines.urls, vec![server.url("/"); 5]);
}

/// Records what four methods of [`HeaderLine`] return for each line.
#[derive(Default)]
struct Methods(Vec<Seen>);

/// Name, value, whether the name is `X-Own`, whether the headers end.
type Seen = (Option<String>, Option<Vec<u8>>, bool, bool);

impl Callbacks for Methods {
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        self.0.push((
            line.name().map(str::to_owned),
            line.value().map(<[u8]>::to_vec),
            line.has_name("X-OWN"),
            line.is_end_of_headers(),
        ));
        WriteResult::Continue
    }
}

#[test]
fn header_line_tells_name_and_value_apart() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 204 a: b\r\nx-Own: \t a: b \r\nX-Owner:1\r\n\r\n");
    });
    let mut transfer = Transfer::new(Methods::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let own = (
        Some("x-Own".to_owned()),
        Some(b"a: b".to_vec()),
        true,
        false,
    );
    let owner = (
        Some("X-Owner".to_owned()),
        Some(b"1".to_vec()),
        false,
        false,
    );
    let seen = &transfer.handler().0;
    let status = (None, None, false, false);
    assert_eq!(seen[..], [status, own, owner, (None, None, false, true)]);
}

#[test]
fn value_may_be_any_bytes() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send(b"HTTP/1.1 204 \xe4\r\nX-Own: \xff\xfe\r\n\r\n");
    });
    let mut transfer = Transfer::new(Methods::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let seen = &transfer.handler().0;
    let own = (
        Some("X-Own".to_owned()),
        Some(b"\xff\xfe".to_vec()),
        true,
        false,
    );
    assert_eq!(
        seen[..],
        [(None, None, false, false), own, (None, None, false, true)]
    );
}

#[test]
fn trailers_of_a_chunked_body_are_told_apart() {
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n");
            conn.send("4\r\nbody\r\n0\r\nX-Sum: 7\r\nX-More: 8\r\n\r\n");
        }
    });
    let mut transfer = get(&server.url("/"));
    for _ in 0..2 {
        transfer.perform().unwrap();
        let lines = std::mem::take(transfer.handler_mut());
        assert_eq!(
            texts(&lines.trailers)[..2],
            ["X-Sum: 7\r\n", "X-More: 8\r\n"]
        );
        let names = ["Transfer-Encoding", "Trailer", "X-Sum", "X-More"];
        assert_eq!(lines.names, names);
        assert_eq!(lines.statuses, [200]);
        assert_eq!(lines.bodies, [b"body"]);
    }
}

#[test]
fn responses_before_the_last_one_come_too() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            if request.line == "GET / HTTP/1.1" {
                conn.send("HTTP/1.1 100 Continue\r\n\r\n");
                conn.reply("302 There", "Location: /next\r\n", "gone");
            } else {
                conn.reply("201 Created", "", "body");
            }
        }
    });
    let mut transfer = get(&server.url("/"));
    transfer.follow_location(true).unwrap();
    transfer.perform().unwrap();
    let lines = transfer.handler();
    assert_eq!(lines.statuses, [100, 302, 201]);
    assert_eq!(lines.ends, 3);
    assert!(lines.trailers.is_empty());
    let codes = [100, 100, 302, 302, 302, 302, 201, 201, 201];
    assert_eq!(lines.codes, codes);
    assert_eq!(lines.urls[5], server.url("/"));
    assert_eq!(lines.urls[6], server.url("/next"));
    let without_the_redirects = [b"body"];
    assert_eq!(lines.bodies, without_the_redirects);
}

#[test]
fn header_of_90_kib_comes_whole() {
    let long = format!("X-Long: {}\r\n", "y".repeat(90 << 10));
    let sent = long.clone();
    let server = Server::new(move |conn| {
        conn.request();
        conn.reply("200 OK", &sent, "");
    });
    let mut transfer = get(&server.url("/"));
    transfer.perform().unwrap();
    assert_eq!(texts(&transfer.handler().all)[2], long);
}

#[test]
fn header_that_libcurl_finds_too_long_is_an_error() {
    let server = Server::new(|conn| {
        conn.request();
        let long = format!("X-Long: {}\r\n", "y".repeat(200 << 10));
        conn.reply("200 OK", &long, "");
    });
    let error = get(&server.url("/")).perform().unwrap_err();
    let codes = [Code::OUT_OF_MEMORY, Code::TOO_LARGE];
    assert!(codes.contains(&error.code().unwrap()), "{error:?}");
    assert_eq!(error.callback(), None);
}

#[test]
fn pseudo_headers_of_a_file_come_one_per_call() {
    needs!((7, 62, 0), "headers of files with a body");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"body").unwrap();
    let mut transfer = get(&format!("file://{}", file.path().display()));
    transfer.perform().unwrap();
    let lines = transfer.handler();
    let names = ["Content-Length", "Accept-ranges", "Last-Modified"];
    assert_eq!(lines.names, names);
    assert_eq!(lines.all.len(), 4, "{:?}", texts(&lines.all));
    assert_eq!(texts(&lines.all)[3], "\r\n");
    assert_eq!(lines.ends, 1);
    assert_eq!(lines.bodies, [b"body"]);
}

#[test]
fn show_header_gives_the_lines_to_write_too() {
    let server = Server::ok("body");
    let mut transfer = get(&server.url("/"));
    transfer.show_header(true).unwrap();
    transfer.perform().unwrap();
    let lines = transfer.handler();
    let headers = lines.all.concat();
    assert_eq!(lines.bodies.concat(), [&headers[..], b"body"].concat());
}

#[test]
fn result_of_any_operation_converts() {
    let go: WriteResult = Ok::<(), std::io::Error>(()).into();
    assert!(matches!(go, WriteResult::Continue));
    let stop: WriteResult = Err::<(), _>("full").into();
    assert!(matches!(stop, WriteResult::Fail(error) if error.to_string() == "full"));
}
