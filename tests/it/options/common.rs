//! Options: that the server or libcurl sees them, and the bounds of their values.

use std::fs;
use std::io::{Cursor, Write};

use curlback::handlers::{Collect, ReadFrom};
use curlback::{
    Auth, CallbackResult, Callbacks, Code, DebugKind, Error, Hooks, HttpVersion, IpResolve,
    PostRedirections, ProgressResult, ReadBuf, ReadResult, Transfer, Version, XferInfo,
};

use crate::support::bodies::bytes;
use crate::support::server::Server;
use crate::support::skip::skip_case;
use crate::support::transfers::request;

pub(crate) type Get = Transfer<Collect>;

pub(crate) fn get(url: &str) -> Get {
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(url).unwrap();
    transfer
}

/// Answers requests for `/old` with this status and sends them on.
fn redirecting_server(status: &'static str, location: String) -> Server {
    Server::new(move |conn| {
        while let Some(request) = conn.request() {
            match request.line.contains(" /old ") {
                true => conn.reply(status, &format!("Location: {location}\r\n"), ""),
                false => conn.reply("200 OK", "Set-Cookie: a=1\r\n", "new"),
            }
        }
    })
}

#[test]
fn network_options_say_where_to_connect() {
    let sent = request(|t, s| {
        t.url("http://host.invalid/path")?;
        t.proxy(&s.url(""))
    });
    assert_eq!(sent.line, "GET http://host.invalid/path HTTP/1.1");
    assert_eq!(sent.header("host"), Some("host.invalid"));
    let sent = request(|t, s| {
        t.proxy("http://host.invalid:1")?;
        t.noproxy("127.0.0.1")?;
        t.url("http://127.0.0.1:1/path")?;
        t.port(s.address().port())
    });
    assert_eq!(sent.line, "GET /path HTTP/1.1");
    let sent = request(|t, s| {
        t.path_as_is(true)?;
        t.url(&s.url("/a/../b"))
    });
    assert_eq!(sent.line, "GET /a/../b HTTP/1.1");
    let sent = request(|t, s| {
        t.interface("127.0.0.1")?;
        t.tcp_nodelay(false)?;
        t.tcp_keepalive(true)?;
        t.url(&s.url("/a/../b"))
    });
    assert_eq!(sent.line, "GET /b HTTP/1.1");
    let mut transfer = get("http://127.0.0.1:1/");
    transfer.interface("no such interface").unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::INTERFACE_FAILED), "{error}");
}

#[cfg(unix)]
#[test]
fn unix_socket_stands_for_the_host() {
    use std::io::{BufRead, BufReader};
    use std::os::unix::net::UnixListener;

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let server = std::thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(&socket).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "GET /path HTTP/1.1");
        assert!(lines.any(|line| line.unwrap().is_empty()));
        (&socket).write_all(b"HTTP/1.1 204 Fine\r\n\r\n").unwrap();
    });
    let mut transfer = get("http://host.invalid/path");
    transfer.unix_socket_path(&path).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 204);
    server.join().unwrap();
}

#[test]
fn lists_may_be_dropped_before_the_transfer() {
    let headers = |list: &[&str]| {
        list.iter()
            .map(|s| (*s).to_owned())
            .collect::<Vec<String>>()
    };
    let request = request(|t, s| {
        let port = s.address().port();
        t.url("http://one.invalid:81/")?;
        t.noproxy("*")?;
        t.resolve(vec![format!("two.invalid:82:127.0.0.1")])?;
        t.connect_to(vec![format!("one.invalid:81:127.0.0.1:{port}")])?;
        t.http_headers(headers(&["X-A: 1"]))?;
        t.http_headers(headers(&["X-B: 2", "Accept:", "X-Empty;"]))
    });
    assert_eq!(request.header("host"), Some("one.invalid:81"));
    assert_eq!(request.header("x-a"), None);
    assert_eq!(request.header("x-b"), Some("2"));
    assert_eq!(request.header("accept"), None);
    assert_eq!(request.header("x-empty"), Some(""));

    let server = Server::ok("");
    let port = server.address().port();
    let mut transfer = get(&format!("http://two.invalid:{port}/"));
    transfer
        .resolve([format!("two.invalid:{port}:127.0.0.1")])
        .unwrap();
    transfer.ip_resolve(IpResolve::V4).unwrap();
    transfer.http_headers(["X-A: 1"]).unwrap();
    transfer.http_headers([] as [&str; 0]).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[0].header("x-a"), None);
}

#[test]
fn names_and_passwords_reach_the_server() {
    let basic = |t: &mut Get| {
        t.username("me")?;
        t.password("pass:word")
    };
    let sent = request(|t, _| basic(t));
    let proof = "Basic bWU6cGFzczp3b3Jk";
    assert_eq!(sent.header("authorization"), Some(proof));
    // The first request only asks.
    let sent = request(|t, _| {
        t.http_auth(Auth::DIGEST)?;
        basic(t)
    });
    assert_eq!(sent.header("authorization"), None);
    let sent = request(|t, s| {
        t.proxy(&s.url(""))?;
        t.noproxy("")?;
        t.proxy_auth(Auth::BASIC)?;
        t.proxy_username("me")?;
        t.proxy_password("pass:word")
    });
    assert_eq!(sent.header("proxy-authorization"), Some(proof));
}

#[test]
fn password_goes_to_another_host_only_when_unrestricted() {
    for (unrestricted, host) in [
        (false, "127.0.0.1"),
        (true, "127.0.0.1"),
        (false, "other.invalid"),
        (true, "other.invalid"),
    ] {
        let other = Server::ok("");
        let port = other.address().port();
        let server = redirecting_server("302 Found", format!("http://{host}:{port}/new"));
        let mut transfer = get(&server.url("/old"));
        transfer
            .resolve([format!("other.invalid:{port}:127.0.0.1")])
            .unwrap();
        transfer.username("me").unwrap();
        transfer.password("secret").unwrap();
        transfer.follow_location(true).unwrap();
        transfer.unrestricted_auth(unrestricted).unwrap();
        transfer.perform().unwrap();
        let proof = |server: &Server| server.requests()[0].header("authorization").is_some();
        assert!(proof(&server));
        if host == "127.0.0.1" && !unrestricted && Version::linked() < Version::new(7, 83, 0) {
            skip_case!("this libcurl takes another port for the same host");
            continue;
        }
        assert_eq!(proof(&other), unrestricted, "{host}");
    }
}

#[test]
fn http_options_shape_the_request() {
    let sent = request(|t, _| {
        t.useragent("curlback test")?;
        t.referer("http://before.invalid/")?;
        t.cookie("a=1; b=2")?;
        t.accept_encoding("")?;
        t.transfer_encoding(true)?;
        t.custom_request("LIST")
    });
    assert_eq!(sent.line, "LIST /path HTTP/1.1");
    assert_eq!(sent.header("user-agent"), Some("curlback test"));
    assert_eq!(sent.header("referer"), Some("http://before.invalid/"));
    assert_eq!(sent.header("cookie"), Some("a=1; b=2"));
    assert!(sent.header("accept-encoding").is_some());
    assert!(sent.header("te").is_some());
    let sent = request(|t, _| t.http_version(HttpVersion::V1_0));
    assert_eq!(sent.line, "GET /path HTTP/1.0");
    assert_eq!(sent.header("user-agent"), None);
    let sent = request(|t, _| t.nobody(true));
    assert_eq!(sent.line, "HEAD /path HTTP/1.1");
    let sent = request(|t, _| {
        t.post_fields_copy(b"data")?;
        t.get(true)
    });
    assert_eq!(
        (sent.line.as_str(), sent.body),
        ("GET /path HTTP/1.1", vec![])
    );
}

#[test]
fn redirect_options_are_obeyed() {
    let server = redirecting_server("301 Moved", "/new".to_owned());
    for (keep, method) in [
        (PostRedirections::empty(), "GET"),
        (PostRedirections::MOVED_PERMANENTLY, "POST"),
    ] {
        let mut transfer = get(&server.url("/old"));
        transfer.follow_location(true).unwrap();
        transfer.autoreferer(true).unwrap();
        transfer.max_redirections(u32::MAX).unwrap();
        transfer.post_redirections(keep).unwrap();
        transfer.post_fields_copy(b"data").unwrap();
        transfer.perform().unwrap();
        let last = server.requests().pop().unwrap();
        assert_eq!(last.line, format!("{method} /new HTTP/1.1"));
        assert_eq!(last.header("referer"), Some(server.url("/old").as_str()));

        transfer.url(&server.url("/old")).unwrap();
        transfer.max_redirections(0).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::TOO_MANY_REDIRECTS), "{error}");
    }
}

#[test]
fn cookies_are_kept_and_written() {
    let server = redirecting_server("302 Found", "/new".to_owned());
    let dir = tempfile::tempdir().unwrap();
    let jar = dir.path().join("jar");
    let mut transfer = get(&server.url("/new"));
    transfer.cookie_file("").unwrap();
    transfer.cookie_jar(&jar).unwrap();
    transfer.perform().unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[0].header("cookie"), None);
    assert_eq!(server.requests()[1].header("cookie"), Some("a=1"));
    drop(transfer);
    assert!(fs::read_to_string(&jar).unwrap().ends_with("\ta\t1\n"));

    for leave_out in [false, true] {
        let sent = request(|t, _| {
            t.cookie_session(leave_out)?;
            t.cookie_file(&jar)
        });
        assert_eq!(sent.header("cookie").is_some(), !leave_out);
    }
}

#[test]
fn post_fields_are_bytes_and_are_copied() {
    let server = Server::ok("");
    let mut transfer = get(&server.url("/"));
    let fields = Vec::from(b"a\0b\xFF\0");
    transfer.post_fields_copy(&fields).unwrap();
    drop(fields);
    transfer.perform().unwrap();
    transfer.post_fields_copy(b"").unwrap();
    transfer.perform().unwrap();

    let requests = server.requests();
    assert_eq!(requests[0].line, "POST / HTTP/1.1");
    assert_eq!(requests[0].body, b"a\0b\xFF\0");
    assert_eq!(requests[1].line, "POST / HTTP/1.1");
    assert_eq!(requests[1].header("content-length"), Some("0"));
}

#[test]
fn body_options_ask_for_a_part() {
    let sent = request(|t, _| t.range("2-3"));
    assert_eq!(sent.header("range"), Some("bytes=2-3"));
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            let range = "Content-Range: bytes 2-3/4\r\n";
            conn.reply("206 Partial Content", range, "dy");
        }
    });
    let mut transfer = get(&server.url("/"));
    transfer.resume_from(2).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[0].header("range"), Some("bytes=2-"));
    transfer.resume_from(0).unwrap();
    transfer.max_filesize(1).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::FILESIZE_EXCEEDED), "{error}");
    assert_eq!(server.requests()[1].header("range"), None);
}

#[test]
fn connection_options_decide_on_reuse() {
    let server = Server::ok("");
    let mut transfer = get(&server.url("/"));
    let connects = |transfer: &mut Get| {
        transfer.perform().unwrap();
        transfer.num_connects().unwrap()
    };
    assert_eq!(connects(&mut transfer), 1);
    assert_eq!(connects(&mut transfer), 0);
    transfer.fresh_connect(true).unwrap();
    assert_eq!(connects(&mut transfer), 1);
    transfer.fresh_connect(false).unwrap();
    transfer.forbid_reuse(true).unwrap();
    transfer.max_connects(1).unwrap();
    connects(&mut transfer);
    connects(&mut transfer);
    assert_eq!(connects(&mut transfer), 1);
}

#[test]
fn reset_restores_the_defaults() {
    let server = Server::ok("body");
    let mut transfer = get("http://host.invalid/");
    transfer.useragent("former").unwrap();
    transfer.http_headers(["X-A: 1"]).unwrap();
    transfer.post_fields_copy(b"data").unwrap();
    transfer.max_filesize(1).unwrap();
    transfer.set_hooks(Hooks::HEADER).unwrap();
    transfer.reset().unwrap();
    assert_eq!(transfer.hooks(), transfer.handler().hooks());

    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let sent = &server.requests()[0];
    assert_eq!(sent.line, "GET / HTTP/1.1");
    assert_eq!(sent.header("user-agent"), None);
    assert_eq!(sent.header("x-a"), None);
    assert_eq!(sent.body, b"");
    assert_eq!(transfer.handler().body(), b"body");
}

#[test]
fn reset_forgets_a_list_that_no_transfer_has_used() {
    let server = Server::ok("body");
    let mut transfer = get("http://one.invalid/");
    let list: Vec<_> = (0..50)
        .map(|n| format!("{n}.invalid:80:127.0.0.1"))
        .collect();
    transfer.resolve(list).unwrap();
    transfer.reset().unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"body");
}

/// Returns how much room `read` had at most.
fn largest_read(set: impl FnOnce(&mut Transfer<Room>) -> Result<(), Error>) -> usize {
    let server = Server::ok("");
    let handler = Room(ReadFrom::new(Cursor::new(bytes(4 << 20))), 0);
    let mut transfer = Transfer::new(handler).unwrap();
    set(&mut transfer).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(4 << 20).unwrap();
    transfer.perform().unwrap();
    assert!(server.requests()[0].body == bytes(4 << 20));
    transfer.handler().1
}

struct Room(ReadFrom<Cursor<Vec<u8>>>, usize);

impl Callbacks for Room {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.1 = self.1.max(buffer.capacity());
        self.0.read(buffer)
    }
}

#[test]
fn upload_buffer_is_large_unless_said_otherwise() {
    let largest = largest_read(|_| Ok(()));
    assert!((65_537..=262_144).contains(&largest), "{largest}");
    let largest = largest_read(|t| t.upload_buffer_size(16 << 10));
    assert!((8_192..=16_384).contains(&largest), "{largest}");
    // A reset brings the large one back.
    let largest = largest_read(|t| {
        t.upload_buffer_size(16 << 10)?;
        t.reset()
    });
    assert!(largest > 65_536, "{largest}");
}

#[test]
fn receive_buffer_is_large_unless_said_otherwise() {
    #[derive(Default)]
    struct Largest(usize);

    impl Callbacks for Largest {
        fn debug(&mut self, kind: DebugKind, data: &[u8]) -> CallbackResult {
            if kind == DebugKind::DataIn {
                self.0 = self.0.max(data.len());
            }
            CallbackResult::Continue
        }
    }

    let server = Server::ok(bytes(8 << 20));
    let mut transfer = Transfer::new(Largest::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.verbose(true).unwrap();
    transfer.perform().unwrap();
    let part = std::mem::take(transfer.handler_mut()).0;
    assert!((16_385..=65_536).contains(&part), "{part}");
    transfer.buffer_size(16_384).unwrap();
    transfer.perform().unwrap();
    let part = transfer.handler().0;
    assert!((1..=16_384).contains(&part), "{part}");
}

#[test]
fn progress_can_be_turned_off() {
    #[derive(Default)]
    struct Reports(usize);

    impl Callbacks for Reports {
        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            self.0 += 1;
            ProgressResult::Continue
        }
    }

    let server = Server::ok("body");
    let mut transfer = Transfer::new(Reports::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.progress(false).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().0, 0);
    transfer.progress(true).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().0 > 0);
}
