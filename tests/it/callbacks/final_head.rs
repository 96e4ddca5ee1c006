//! `final_head`, which is called at the end of the final response's headers.

use std::io::Cursor;

use curlback::handlers::ReadFrom;
use curlback::{
    Auth, CallbackResult, Callbacks, Direction, Error, HeaderLine, HttpVersion, Info,
    ProgressResult, Transfer, Version, WriteResult, XferInfo, callbacks,
};

use crate::support::built_in::ftp;
use crate::support::ftp_server::FtpServer;
use crate::support::h2_server::H2Server;
use crate::support::server::{Conn, Request, Server};
use crate::support::skip::skip;
use crate::support::ws_server::{self, WsServer};

/// Notes what happens, in order: the code of each status line, `.` for each end of headers, `head` and
/// the response code for a call of `final_head`, and `body` for calls of `write` that follow each other.
#[derive(Default)]
struct Events {
    seen: Vec<String>,
    content_type: Option<String>,
    hesitates: bool,
    paused: bool,
}

impl Events {
    fn note(&mut self, event: impl Into<String>) {
        let event = event.into();
        if event != "body" || self.seen.last().is_none_or(|last| last != "body") {
            self.seen.push(event);
        }
    }

    /// Returns whether this call has to pause.
    fn hesitate(&mut self) -> bool {
        self.paused = self.hesitates && !self.paused;
        self.paused
    }
}

#[callbacks]
impl Callbacks for Events {
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        if self.hesitate() {
            return WriteResult::Pause;
        }
        match line.status_code() {
            Some(status) => self.note(status.to_string()),
            None if line.is_end_of_headers() => self.note("."),
            None => {}
        }
        WriteResult::Continue
    }

    fn final_head(&mut self, info: &Info<'_>) -> CallbackResult {
        self.note(format!("head {}", info.response_code().unwrap()));
        self.content_type = info.content_type().unwrap().map(str::to_owned);
        CallbackResult::Continue
    }

    fn write(&mut self, _: &[u8]) -> WriteResult {
        if self.hesitate() {
            return WriteResult::Pause;
        }
        self.note("body");
        WriteResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        match self.paused {
            true => ProgressResult::Resume(Direction::Receive),
            false => ProgressResult::Continue,
        }
    }
}

type Heads = Transfer<ReadFrom<Cursor<&'static str>, Events>>;

fn transfer(url: &str) -> Heads {
    let body = ReadFrom::new(Cursor::new("the body"));
    let mut transfer = Transfer::new(body.and(Events::default())).unwrap();
    transfer.url(url).unwrap();
    transfer.noproxy("*").unwrap();
    // Most of these transfers do not send the body.
    transfer.upload(false).unwrap();
    transfer
}

/// Performs an upload with `Expect: 100-continue`.
fn upload_with_expect(server: &Server) -> Heads {
    let mut transfer = transfer(&server.url("/"));
    transfer.upload(true).unwrap();
    transfer.in_filesize(8).unwrap();
    transfer.http_headers(["Expect: 100-continue"]).unwrap();
    transfer.perform().unwrap();
    transfer
}

fn seen(transfer: &mut Heads) -> String {
    std::mem::take(&mut transfer.handler_mut().inner_mut().seen).join(" ")
}

/// Performs with a server that sends one of these answers to each request, and returns what happened.
fn events_with(answers: &[&'static str], hesitates: bool, set: impl Fn(&mut Heads)) -> String {
    let answers = answers.to_owned();
    let server = Server::new(move |conn| {
        for answer in &answers {
            if conn.request().is_none() {
                return;
            }
            conn.send(answer);
        }
    });
    let mut transfer = transfer(&server.url("/"));
    transfer.handler_mut().inner_mut().hesitates = hesitates;
    set(&mut transfer);
    transfer.perform().unwrap();
    seen(&mut transfer)
}

/// Returns what happens with these answers. Asserts that pauses do not change it.
fn events(answers: &[&'static str], set: impl Fn(&mut Heads)) -> String {
    let [once, twice] = [false, true].map(|hesitates| events_with(answers, hesitates, &set));
    assert_eq!(once, twice, "after pauses");
    once
}

#[test]
fn final_head_comes_before_the_body() {
    let plain = ["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"];
    assert_eq!(events(&plain, |_| {}), "200 . head 200 body");
    let missing = ["HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\nbody"];
    assert_eq!(events(&missing, |_| {}), "404 . head 404 body");
}

#[test]
fn final_head_comes_without_a_body_too() {
    let empty = ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"];
    assert_eq!(events(&empty, |_| {}), "200 . head 200");
    for (answer, status) in [
        (&["HTTP/1.1 204 No\r\n\r\n"], 204),
        (&["HTTP/1.1 304 No\r\n\r\n"], 304),
    ] {
        assert_eq!(events(answer, |_| {}), format!("{status} . head {status}"));
    }
    let head = ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"];
    let no_body = |transfer: &mut Heads| transfer.nobody(true).unwrap();
    assert_eq!(events(&head, no_body), "200 . head 200");
}

#[test]
fn final_head_is_known_before_anything_follows() {
    let (ended, wait) = std::sync::mpsc::channel();
    let server = Server::new(move |conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
        conn.drain();
        ended.send(()).unwrap();
    });
    struct Stop(Option<String>);
    #[callbacks]
    impl Callbacks for Stop {
        fn final_head(&mut self, info: &Info<'_>) -> CallbackResult {
            self.0 = info.content_type().unwrap().map(str::to_owned);
            CallbackResult::Abort
        }
    }
    let mut transfer = Transfer::new(Stop(None)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    let error = transfer.perform().unwrap_err();
    assert!(matches!(error, Error::Aborted { .. }), "{error}");
    assert_eq!(error.callback(), Some(curlback::Callback::FinalHead));
    assert_eq!(transfer.handler().0.as_deref(), Some("text/event-stream"));
    wait.recv().unwrap();
}

#[test]
fn redirects_are_passed_over_while_libcurl_follows_them() {
    let answers = [
        "HTTP/1.1 302 F\r\nLocation: /next\r\nContent-Length: 4\r\n\r\ngone",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",
    ];
    let follow = |transfer: &mut Heads| transfer.follow_location(true).unwrap();
    assert_eq!(events(&answers, follow), "302 . 200 . head 200 body");
    let shown = |transfer: &mut Heads| {
        transfer.follow_location(true).unwrap();
        transfer.show_header(true).unwrap();
    };
    // Without pauses: after a pause, libcurl before 8.22.0 may hand over several header lines in one
    // call.
    let with_lines = events_with(&answers, false, shown)
        .replace(" body", "")
        .replace("body ", "");
    assert_eq!(with_lines, "302 . 200 . head 200");
    assert_eq!(events(&answers, |_| {}), "302 . head 302 body");
    let nowhere = ["HTTP/1.1 302 F\r\nX-Location: /x\r\nContent-Length: 4\r\n\r\nbody"];
    assert_eq!(events(&nowhere, follow), "302 . head 302 body");
    let empty = ["HTTP/1.1 302 F\r\nLocation: \r\nContent-Length: 4\r\n\r\nbody"];
    assert_eq!(events(&empty, follow), "302 . head 302 body");
}

#[test]
fn interim_responses_are_passed_over() {
    let hints =
        ["HTTP/1.1 103 E\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"];
    // libcurl 7.83.0 to 8.6.0 keeps at most three kinds of data during a pause, and here are more. Whether
    // other releases before 8.22.0 can pause here is not tested.
    let hesitates = Version::linked() >= Version::new(8, 22, 0);
    assert_eq!(
        events_with(&hints, hesitates, |_| {}),
        "103 . 200 . head 200 body"
    );
    let server = Server::new(|conn| {
        conn.head();
        conn.send("HTTP/1.1 100 Continue\r\n\r\n");
        let mut request = Request::default();
        request
            .headers
            .push(("content-length".to_owned(), "8".to_owned()));
        conn.body(&mut request).unwrap();
        assert_eq!(request.body, b"the body");
        conn.reply("200 OK", "", "body");
    });
    let mut transfer = upload_with_expect(&server);
    assert_eq!(seen(&mut transfer), "100 . 200 . head 200 body");
}

#[test]
fn challenges_are_passed_over_if_libcurl_answers_them() {
    let answers = [
        "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 4\r\n\r\ngone",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",
    ];
    let login = |transfer: &mut Heads| {
        transfer.userpwd("user:password").unwrap();
        transfer.http_auth(Auth::BASIC | Auth::DIGEST).unwrap();
    };
    assert_eq!(events(&answers, login), "401 . 200 . head 200 body");
    // Without credentials, the first answer is the final one.
    assert_eq!(events(&answers[..1], |_| {}), "401 . head 401 body");
    // The password is wrong: libcurl gives up.
    assert_eq!(
        events(&[answers[0], answers[0]], login),
        "401 . 401 . head 401 body"
    );
    let empty = ["HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n"];
    assert_eq!(events(&empty, login), "401 . head 401");
}

#[test]
fn request_that_is_repeated_without_expect_has_one_final_head() {
    let server = Server::new(|conn| {
        conn.head();
        conn.send("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
        if let Some(mut request) = conn.head() {
            conn.body(&mut request).unwrap();
            conn.reply("200 OK", "", "body");
        }
    });
    let mut transfer = upload_with_expect(&server);
    // Some releases do not repeat the request.
    let expected = ["417 . 100 . 200 . head 200 body", "417 . head 417"];
    let seen = seen(&mut transfer);
    assert!(expected.contains(&&*seen), "{seen}");
}

#[test]
fn status_that_is_an_error_has_no_final_head() {
    let server = Server::new(|conn| {
        conn.request();
        conn.reply("404 Not Found", "", "gone");
    });
    let mut transfer = transfer(&server.url("/"));
    transfer.fail_on_error(true).unwrap();
    transfer.perform().unwrap_err();
    assert!(!seen(&mut transfer).contains("head"));
}

/// Answers `CONNECT` as a proxy that first demands a password. `fields` are in its final answer.
fn proxy(conn: &mut Conn, fields: &str) {
    while let Some(request) = conn.head() {
        assert!(request.line.starts_with("CONNECT "), "{}", request.line);
        if request.header("proxy-authorization").is_some() {
            conn.send(format!("HTTP/1.1 200 Fine\r\n{fields}\r\n"));
            return;
        }
        conn.send(
            "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\n\
             Content-Length: 4\r\n\r\ngone",
        );
    }
}

#[test]
fn answers_of_a_proxy_to_connect_are_passed_over() {
    for (through, behind) in [
        ("", ""),
        ("X: 1\r\n", ""),
        ("", "X: 1\r\n"),
        ("X: 1\r\n", "X: 1\r\n"),
    ] {
        let server = Server::new(move |conn| {
            proxy(conn, through);
            conn.request();
            conn.send(format!("HTTP/1.1 200 OK\r\n{behind}\r\nbody"));
        });
        let mut transfer = transfer("http://host.invalid/");
        transfer.noproxy("").unwrap();
        transfer.proxy(&server.url("")).unwrap();
        transfer.http_proxy_tunnel(true).unwrap();
        transfer.proxy_userpwd("user:password").unwrap();
        transfer.proxy_auth(Auth::BASIC | Auth::DIGEST).unwrap();
        transfer.perform().unwrap();
        assert_eq!(
            seen(&mut transfer),
            "407 . 200 . 200 . head 200 body",
            "{through:?} {behind:?}"
        );
    }
}

#[test]
fn proxy_that_refuses_a_tunnel_has_no_final_head() {
    let server = Server::new(|conn| {
        conn.head();
        conn.reply("403 No", "", "gone");
    });
    let mut transfer = transfer("http://host.invalid/");
    transfer.noproxy("").unwrap();
    transfer.proxy(&server.url("")).unwrap();
    transfer.http_proxy_tunnel(true).unwrap();
    transfer.perform().unwrap_err();
    assert!(!seen(&mut transfer).contains("head"));
}

#[test]
fn final_head_comes_over_http_2() {
    let Some(server) = H2Server::new(b"body") else {
        return;
    };
    for (no_body, expected) in [(false, "200 . head 200 body"), (true, "200 . head 200")] {
        let mut transfer = transfer("");
        server.whole(&mut transfer);
        transfer.nobody(no_body).unwrap();
        transfer.perform().unwrap();
        assert_eq!(seen(&mut transfer), expected);
    }
}

#[test]
fn response_after_an_upgrade_has_the_final_head() {
    let answers = ["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"];
    let upgrade = |transfer: &mut Heads| match transfer.http_version(HttpVersion::V2) {
        Err(Error::Unsupported { .. }) => {}
        result => result.unwrap(),
    };
    assert_eq!(events(&answers, upgrade), "200 . head 200 body");
}

#[test]
fn final_head_of_a_websocket_is_the_upgrade() {
    if Version::linked() < Version::new(8, 16, 0) {
        return skip!("this libcurl has no WebSockets that work");
    }
    let server = WsServer::new(ws_server::echo);
    let mut transfer = transfer(&server.url());
    transfer
        .connect_only(curlback::ConnectOnly::WebSocket)
        .unwrap();
    transfer.perform().unwrap();
    assert_eq!(seen(&mut transfer), "101 . head 101");
}

#[test]
fn protocols_without_responses_have_a_final_head_too() {
    let path = std::env::current_dir().unwrap().join("Cargo.toml");
    let mut file = transfer(&format!("file://{}", path.display()));
    file.perform().unwrap();
    // libcurl 7.62.0 and later also make header lines for a file. Their end is `.`.
    assert_eq!(seen(&mut file).trim_start_matches(". "), "head 0 body");
    file.nobody(true).unwrap();
    file.perform().unwrap();
    assert_eq!(seen(&mut file).matches("head 0").count(), 1);
    if !ftp() {
        return;
    }
    for (contents, expected) in [("body", "body"), ("", "head 226")] {
        let server = FtpServer::new("file", contents);
        let mut transfer = transfer(&server.url("file"));
        transfer.perform().unwrap();
        let seen = seen(&mut transfer);
        assert_eq!(seen.matches("head").count(), 1, "{seen}");
        assert!(seen.contains(expected), "{seen}");
    }
}

#[test]
fn transfer_that_only_connects_has_no_final_head() {
    let server = Server::new(|conn| conn.drain());
    let mut transfer = transfer(&server.url("/"));
    transfer.connect_only(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(seen(&mut transfer), "");
}

#[test]
fn each_transfer_of_a_handle_has_a_final_head() {
    let server = Server::ok("body");
    let mut transfer = transfer(&server.url("/"));
    for _ in 0..2 {
        transfer.perform().unwrap();
        assert_eq!(seen(&mut transfer), "200 . head 200 body");
    }
    transfer.set_hooks(curlback::Hooks::WRITE).unwrap();
    transfer.perform().unwrap();
    assert_eq!(seen(&mut transfer), "body");
}
