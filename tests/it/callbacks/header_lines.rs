//! How a `HeaderLine` tells its place: a status line, a field, a trailer, a continuation or the end of the
//! headers.

use std::io::{Cursor, Write};
use std::net::TcpListener;

use curlback::handlers::{Collect, ReadFrom};
use curlback::{
    Auth, Callbacks, Direction, Error, HeaderLine, HttpVersion, ProgressResult, RtspRequest,
    Transfer, WriteResult, XferInfo,
};

use crate::support::built_in::ftp;
use crate::support::server::{Conn, Server};
use crate::support::skip::skip;

/// Notes the place of each line as a character: `S` for a status line, `F` for a field, `T` for a trailer,
/// `+` for a line that continues the line before, `.` for the end of the headers.
#[derive(Default)]
struct Places {
    places: String,
    /// If true, `header` pauses at each line, and takes the line when it comes again.
    hesitates: bool,
    paused: bool,
}

impl Callbacks for Places {
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        if self.hesitates && !self.paused {
            self.paused = true;
            return WriteResult::Pause;
        }
        self.paused = false;
        self.places.push(match line {
            line if line.is_status_line() => 'S',
            line if line.is_trailer() => 'T',
            line if line.is_continuation() => '+',
            line if line.is_end_of_headers() => '.',
            _ => 'F',
        });
        WriteResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        match self.paused {
            true => ProgressResult::Resume(Direction::Receive),
            false => ProgressResult::Continue,
        }
    }
}

fn transfer<H: Callbacks>(handler: H, url: &str) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(url).unwrap();
    transfer.noproxy("*").unwrap();
    transfer.http_200_aliases(["ICY"]).unwrap();
    transfer
}

type Uploads = Transfer<ReadFrom<Cursor<&'static str>, Places>>;

/// Performs a transfer and returns the places of all its lines.
fn places_of(server: &Server, hesitates: bool, set: impl Fn(&mut Uploads)) -> String {
    let places = Places {
        hesitates,
        ..Places::default()
    };
    let body = ReadFrom::new(Cursor::new("the body")).and(places);
    let mut transfer = transfer(body, &server.url("/"));
    // Most of these transfers do not send the body.
    transfer.upload(false).unwrap();
    set(&mut transfer);
    transfer.perform().unwrap();
    transfer.into_handler().into_parts().1.places
}

/// Returns the places of all lines of a transfer. Asserts that pauses do not change them.
fn places(server: &Server, set: impl Fn(&mut Uploads)) -> String {
    let [once, twice] = [false, true].map(|hesitates| places_of(server, hesitates, &set));
    assert_eq!(once, twice, "after pauses");
    once
}

/// Odd status lines. Which of them libcurl accepts depends on its release.
const ODD: [&str; 7] = [
    "ICY 200 OK",
    "HTTP/1.1\t200 OK",
    "HTTP/1.1  200 OK",
    "HTTP/1.1 200OK",
    "HTTP/1.1 2000 OK",
    "http/1.1 200 OK",
    "Http/1.0 200",
];

/// Returns a usual status line. With libcurl 7.81.0 and later, also returns an alias
/// (`CURLOPT_HTTP200ALIASES`), which comes first.
fn statuses() -> &'static [&'static str] {
    const ALL: [&str; 2] = ["ICY 200 OK", "HTTP/1.1 200 OK"];
    match curlback::Version::linked() < curlback::Version::new(7, 81, 0) {
        true => &ALL[1..],
        false => &ALL,
    }
}

/// Sends the last response of a connection, with this status line.
fn end(conn: &mut Conn, status: &str) {
    conn.send(format!("{status}\r\nConnection: close\r\n\r\nbody"));
}

#[test]
fn each_status_line_that_libcurl_accepts_begins_a_response() {
    let mut accepted = 0;
    for status in ODD {
        let server = Server::new(move |conn| {
            if conn.request().is_some() {
                end(conn, status);
            }
        });
        let mut transfer = transfer(Collect::new().and(Places::default()), &server.url("/"));
        if transfer.perform().is_err() {
            assert_eq!(transfer.handler().inner().places, "", "{status}");
            continue;
        }
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().inner().places, "SF.SF.", "{status}");
        assert_eq!(transfer.handler().body(), b"body", "{status}");
        assert_eq!(transfer.handler().headers().count(), 1, "{status}");
        accepted += 1;
    }
    // libcurl 7.80.0 accepts no alias as the first answer on a connection.
    assert!(accepted >= 2, "{accepted}");
}

/// libcurl 7.83.0 and later can keep a record of the trailers. The crate looks for a line in this record to
/// tell a trailer from a status line.
#[test]
fn trailer_may_look_like_a_status_line() {
    if curlback::Version::linked() < curlback::Version::new(7, 83, 0) {
        return skip!("this libcurl records no headers");
    }
    for trailer in [&b"HTTP/1.1 200: x"[..], b"HTTP/\xff 200: x"] {
        let server = Server::new(move |conn| {
            if conn.request().is_some() {
                conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
                conn.send([trailer, b"\r\n\r\n"].concat());
            }
        });
        let places = places(&server, |_| {});
        assert_eq!(places, "SF.T", "{}", trailer.escape_ascii());
    }
}

#[test]
fn response_to_another_request_is_none_of_trailers() {
    let chunked = "HTTP/1.1 302 F\r\nLocation: /end\r\nTransfer-Encoding: chunked\r\n\r\n";
    let redirects = [
        (
            "HTTP/1.1 302 F\r\nLocation: /end\r\nContent-Length: 0\r\n\r\n".to_owned(),
            "SFF.",
        ),
        (
            "HTTP/1.1 302 F\r\nLocation: /end\r\nContent-Length: 4\r\n\r\ngone".to_owned(),
            "SFF.",
        ),
        (format!("{chunked}0\r\n\r\n"), "SFF."),
        (
            format!("{chunked}4\r\ngone\r\n0\r\nx: 1\r\ny: 2\r\n\r\n"),
            "SFF.TT",
        ),
        (format!("{chunked}0\r\nx: 1\r\n\r\n"), "SFF.T"),
    ];
    for (redirect, before) in redirects {
        for status in statuses() {
            let sent = redirect.clone();
            let server = Server::new(move |conn| {
                while let Some(request) = conn.request() {
                    match request.line.starts_with("GET /end") {
                        true => return end(conn, status),
                        false => conn.send(&sent),
                    }
                }
            });
            let follow = |transfer: &mut Uploads| transfer.follow_location(true).unwrap();
            let places = match *status {
                "ICY 200 OK" => places(&server, follow),
                _ => places_of(&server, false, follow),
            };
            assert_eq!(places, format!("{before}SF."), "{redirect:?} {status}");
        }
    }
}

#[test]
fn response_after_a_challenge_is_none_of_trailers() {
    for status in statuses() {
        let server = Server::new(move |conn| {
            while let Some(request) = conn.request() {
                match request.header("authorization") {
                    Some(_) => return end(conn, status),
                    None => conn.send(
                        "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\
                         Transfer-Encoding: chunked\r\n\r\n0\r\nx: 1\r\n\r\n",
                    ),
                }
            }
        });
        let places = places(&server, |transfer| {
            transfer.userpwd("user:password").unwrap();
            transfer.http_auth(Auth::BASIC | Auth::DIGEST).unwrap();
        });
        assert_eq!(places, "SFF.TSF.", "{status}");
    }
}

#[test]
fn response_after_an_interim_one_is_none_of_trailers() {
    for status in statuses() {
        let server = Server::new(move |conn| {
            let mut request = conn.head().unwrap();
            conn.send("HTTP/1.1 100 Continue\r\n\r\n");
            request.headers.retain(|(name, _)| name != "expect");
            conn.body(&mut request).unwrap();
            assert_eq!(request.body, b"the body");
            conn.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
            end(conn, status);
        });
        let upload = |transfer: &mut Uploads| {
            transfer.upload(true).unwrap();
            transfer.in_filesize(8).unwrap();
            transfer.http_headers(["Expect: 100-continue"]).unwrap();
        };
        // libcurl 7.83.0 to 8.6.0 keeps at most three kinds of data during a pause, and here are more.
        // Whether other releases before 8.22.0 can pause here is not tested.
        let hesitates = curlback::Version::linked() >= curlback::Version::new(8, 22, 0);
        assert_eq!(
            places_of(&server, hesitates, upload),
            "S.SF.SF.",
            "{status}"
        );
    }
}

#[test]
fn trailers_are_told_from_responses_by_their_place() {
    for body in ["", "4\r\nbody\r\n"] {
        let server = Server::new(move |conn| {
            conn.request();
            conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            conn.send(format!(
                "{body}0\r\nx: 1\r\nHTTP/1.1 200 OK: 1\r\ny: 2\r\n\r\n"
            ));
        });
        // libcurl 7.83.0 to 8.6.0 cannot keep more than three kinds of data during a pause, and a body
        // is one more.
        let places = match body.is_empty() {
            true => places(&server, |_| {}),
            false => places_of(&server, false, |_| {}),
        };
        assert_eq!(places, "SF.TTT", "{body:?}");
    }
}

#[test]
fn trailers_that_come_while_a_body_is_sent_are_trailers() {
    let server = Server::new(|conn| {
        conn.head();
        conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
        let sent = conn.line().unwrap();
        assert_eq!(sent, "8");
        assert_eq!(conn.line().unwrap(), "the body");
        conn.send("0\r\nx: 1\r\ny: 2\r\n\r\n");
        conn.drain();
    });
    let mut transfer = transfer(
        ReadFrom::new(Cursor::new("the body")).and(Places::default()),
        &server.url("/"),
    );
    transfer.upload(true).unwrap();
    transfer.http_headers(["Expect:"]).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().inner().places, "SF.TT");
}

/// Answers `CONNECT` as a proxy that first demands a password, and then calls `then` for the tunnel.
fn proxy(conn: &mut Conn, then: impl Fn(&mut Conn)) {
    while let Some(request) = conn.head() {
        assert!(request.line.starts_with("CONNECT "), "{}", request.line);
        if request.header("proxy-authorization").is_some() {
            conn.send("HTTP/1.1 200 Fine\r\n\r\n");
            return then(conn);
        }
        conn.send(
            "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\
             Content-Length: 4\r\n\r\ngone",
        );
    }
}

fn through<H: Callbacks>(proxy: &Server, handler: H, url: &str) -> Transfer<H> {
    let mut transfer = transfer(handler, url);
    transfer.noproxy("").unwrap();
    transfer.proxy(&proxy.url("")).unwrap();
    transfer.http_proxy_tunnel(true).unwrap();
    transfer.proxy_userpwd("user:password").unwrap();
    transfer.proxy_auth(Auth::BASIC | Auth::DIGEST).unwrap();
    transfer
}

#[test]
fn responses_of_a_proxy_and_of_the_server_behind_it_are_told_apart() {
    for status in statuses() {
        let server = Server::new(move |conn| {
            proxy(conn, |conn| {
                conn.request();
                end(conn, status);
            });
        });
        let mut transfer = through(&server, Places::default(), "http://host.invalid/");
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().places, "SFF.S.SF.", "{status}");
    }
}

#[test]
fn replies_of_ftp_through_a_tunnel_are_no_trailers() {
    if !ftp() {
        return;
    }
    let server = Server::new(|conn| {
        proxy(conn, |conn| {
            conn.send("220-ready\r\n\r\nHTTP/1.1 is no status: here\r\n220 now\r\n");
            conn.line();
            conn.send("530 no\r\n");
        });
    });
    let mut transfer = through(&server, Places::default(), "ftp://host.invalid/file");
    let error = transfer.perform().unwrap_err();
    assert_eq!(
        error.code(),
        Some(curlback::Code::LOGIN_DENIED),
        "{error:?}"
    );
    let places = &transfer.handler().places;
    assert!(places.starts_with("SFF.S."), "{places}");
    assert!(!places.contains('T'), "{places}");
    assert_eq!(places.matches('S').count(), 2, "{places}");
}

#[test]
fn answer_of_rtsp_begins_with_a_status_line() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.head() {
            let cseq = request.header("cseq").unwrap().to_owned();
            conn.send(format!("RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n\r\n"));
        }
    });
    let url = server.url("/").replace("http:", "rtsp:");
    let mut transfer = transfer(Places::default(), &url);
    match transfer.rtsp_request(RtspRequest::Options) {
        Err(Error::Unsupported { .. }) => return,
        result => result.unwrap(),
    }
    match transfer.perform() {
        Err(error) if error.code() == Some(curlback::Code::UNSUPPORTED_PROTOCOL) => {
            skip!("this libcurl has no RTSP");
            return;
        }
        result => result.unwrap(),
    }
    assert_eq!(transfer.handler().places, "SF.");
}

/// Makes an HTTP/2 frame. Stream 0 stands for the connection, and 1 for the first stream.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let len = u8::try_from(payload.len()).unwrap();
    [&[0, 0, len, kind, flags, 0, 0, 0, stream], payload].concat()
}

#[test]
fn trailers_of_http_2_are_trailers() {
    let mut transfer = transfer(Collect::new().and(Places::default()), "");
    match transfer.http_version(HttpVersion::V2PriorKnowledge) {
        Err(Error::Unsupported { .. }) => {
            skip!("this libcurl has no HTTP/2");
            return;
        }
        result => result.unwrap(),
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    transfer.url(&format!("http://{address}/")).unwrap();
    let server = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        // The server's frames: the settings, the acknowledgement of the client's settings, `:status:
        // 200`, a body, and the trailer `x: 1`, which ends the stream.
        let frames = [
            frame(4, 0, 0, &[]),
            frame(4, 1, 0, &[]),
            frame(1, 4, 1, &[0x88]),
            frame(0, 0, 1, b"body"),
            frame(1, 5, 1, b"\x00\x01x\x011"),
        ];
        // Reads the client's preface, and its frames up to the HEADERS of the request.
        let mut head = [0; 24];
        std::io::Read::read_exact(&mut socket, &mut head).unwrap();
        loop {
            let mut head = [0; 9];
            std::io::Read::read_exact(&mut socket, &mut head).unwrap();
            let len = usize::from(head[1]) << 8 | usize::from(head[2]);
            std::io::Read::read_exact(&mut socket, &mut vec![0; len]).unwrap();
            if head[3] == 1 {
                break;
            }
        }
        socket.write_all(&frames.concat()).unwrap();
        let _ = std::io::copy(&mut socket, &mut std::io::sink());
    });
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().inner().places, "S.T");
    assert_eq!(transfer.handler().header_value("x"), Some(&b"1"[..]));
    assert_eq!(transfer.handler().body(), b"body");
    drop(transfer);
    server.join().unwrap();
}

/// Keeps the name and value of each line that has a value. A line that continues a value has no name.
#[derive(Default)]
struct Folded(Vec<(Option<String>, String)>);

impl Callbacks for Folded {
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        assert_eq!(
            line.is_continuation(),
            line.name().is_none() && line.value().is_some()
        );
        if let Some(value) = line.value() {
            let value = String::from_utf8(value.to_vec()).unwrap();
            self.0.push((line.name().map(str::to_owned), value));
        }
        WriteResult::Continue
    }
}

#[test]
fn folded_line_loses_nothing_of_its_value() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nConnection: close\r\n");
        conn.send("X: one  \r\n \t two: 2 \r\n\tthree\r\nY: 4\r\n\r\nbody");
    });
    let mut transfer = transfer(Collect::new().and(Folded::default()), &server.url("/"));
    transfer.perform().unwrap();
    let collected = transfer.handler();
    assert_eq!(collected.header_value("x"), Some(&b"one two: 2 three"[..]));
    assert_eq!(collected.header_value("y"), Some(&b"4"[..]));
    assert_eq!(collected.headers().count(), 3);

    let lines = &collected.inner().0;
    let joined = curlback::Version::linked() >= curlback::Version::new(8, 18, 0);
    let line = |name: Option<&str>, value: &str| (name.map(str::to_owned), value.to_owned());
    let expected = match joined {
        true => vec![line(Some("X"), "one two: 2 three")],
        false => vec![
            line(Some("X"), "one"),
            line(None, "two: 2"),
            line(None, "three"),
        ],
    };
    assert_eq!(lines[1..lines.len() - 1], expected);
}
