//! What a body is read as, and what runs meanwhile.

use std::io::{BufRead, Cursor, Read};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;

use curlback::handlers::ReadFrom;
use curlback::{CallbackResult, Callbacks, Direction, Info, Transfer, callbacks};

use crate::support::built_in::ftp;
use crate::support::driving::LONG;
use crate::support::ftp_server::FtpServer;
use crate::support::h2_server::H2Server;
use crate::support::pulled::{Notes, pattern, transfer};
use crate::support::server::Server;
use crate::support::servers::redirecting_server;
use crate::support::skip::is_before;

#[test]
fn body_is_read_and_the_other_callbacks_are_called() {
    let server = Server::ok("the body");
    let mut response = transfer(Notes::default(), &server.url("/")).open().unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.transfer().handler().lines > 2);
    let mut body = String::new();
    response.read_to_string(&mut body).unwrap();
    assert_eq!(body, "the body");
    assert_eq!(response.read(&mut [0; 4]).unwrap(), 0);
    let transfer = response.finish().unwrap();
    let Notes {
        reports, written, ..
    } = transfer.handler();
    assert!(*reports > 0);
    assert_eq!(*written, 0);
}

#[test]
fn handler_without_any_callback_reads_too() {
    struct Nothing;
    #[callbacks]
    impl Callbacks for Nothing {}
    let server = redirecting_server("302 Found", "/new".to_owned());
    let mut transfer = transfer(Nothing, &server.url("/old"));
    transfer.follow_location(true).unwrap();
    let mut response = transfer.open().unwrap();
    assert_eq!(response.status(), 200);
    if !is_before((7, 83, 0)) {
        let header = |name| response.header_value(name).unwrap();
        assert_eq!(header("set-cookie"), Some(&b"a=1"[..]));
        // Only the redirect had this header.
        assert_eq!(header("location"), None);
    }
    let mut body = String::new();
    response.read_to_string(&mut body).unwrap();
    assert_eq!(body, "new");
}

#[test]
fn open_returns_before_the_body_begins() {
    let (go_on, wait) = channel();
    let wait = std::sync::Mutex::new(wait);
    let server = Server::new(move |conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        for part in ["first", "later"] {
            wait.lock().unwrap().recv().unwrap();
            conn.send(part);
        }
    });
    let mut response = transfer(Notes::default(), &server.url("/")).open().unwrap();
    assert_eq!(response.info().content_length_download().unwrap(), Some(10));
    let mut part = [0; 5];
    for expected in ["first", "later"] {
        go_on.send(()).unwrap();
        response.read_exact(&mut part).unwrap();
        assert_eq!(part, expected.as_bytes());
    }
    response.finish().unwrap();
}

#[test]
fn lines_are_read_as_they_come() {
    let server = Server::ok("one\ntwo\n\nthree");
    let response = transfer(Notes::default(), &server.url("/")).open().unwrap();
    let lines = response.lines().map(Result::unwrap);
    assert_eq!(Vec::from_iter(lines), ["one", "two", "", "three"]);
}

#[test]
fn no_more_is_kept_than_was_allowed() {
    const PART: usize = 16 << 10;
    let body = pattern(8 << 20);
    let server = Server::ok(body.clone());
    for limit in [1, 1000, 100_000] {
        let opened = transfer(Notes::default(), &server.url("/")).open_with_limit(limit);
        let mut response = opened.unwrap();
        let mut read = Vec::new();
        loop {
            let data = response.fill_buf().unwrap();
            if data.is_empty() {
                break;
            }
            assert!(data.len() < limit + PART, "{limit}: {}", data.len());
            let count = data.len().div_ceil(2);
            read.extend_from_slice(&data[..count]);
            response.consume(count);
        }
        assert!(read == body, "{limit}");
        response.finish().unwrap();
    }
}

#[test]
fn server_has_to_wait_for_the_reader() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\n\r\n");
        conn.send_endlessly(&[b'x'; 1 << 16]);
    });
    let mut response = transfer(Notes::default(), &server.url("/")).open().unwrap();
    let mut data = vec![0; 1 << 20];
    response.read_exact(&mut data).unwrap();
    assert!(data.iter().all(|byte| *byte == b'x'));
    let received = response.info().download_size().unwrap();
    // The bound leaves room for what libcurl receives in one round, and for the buffers of libcurl and of
    // the crate.
    assert!(received < 3 << 20, "{received}");
    drop(response.cancel());
}

#[test]
fn body_of_http_2_is_read() {
    let body = pattern(3 << 20);
    let Some(server) = H2Server::new(&body) else {
        return;
    };
    for limit in [1000, 1 << 20] {
        let mut transfer = transfer(Notes::default(), "");
        server.whole(&mut transfer);
        let mut response = transfer.open_with_limit(limit).unwrap();
        assert_eq!(response.status(), 200);
        let mut read = Vec::new();
        response.read_to_end(&mut read).unwrap();
        assert!(read == body);
        response.finish().unwrap();
    }
}

#[test]
fn body_is_decoded() {
    let text = "again and again ".repeat(20_000);
    let Some(server) = H2Server::new(text.as_bytes()) else {
        return;
    };
    let mut transfer = transfer(Notes::default(), "");
    server.zipped(&mut transfer);
    transfer.accept_encoding("gzip").unwrap();
    let mut response = transfer.open_with_limit(1000).unwrap();
    let mut read = String::new();
    response.read_to_string(&mut read).unwrap();
    assert!(read == text);
}

#[test]
fn file_of_an_ftp_server_is_read() {
    if !ftp() {
        return;
    }
    for len in [0, 100_000] {
        let body = pattern(len);
        let server = FtpServer::new("file", body.clone());
        let url = server.url("file");
        let mut response = transfer(Notes::default(), &url).open().unwrap();
        let mut read = Vec::new();
        response.read_to_end(&mut read).unwrap();
        assert!(read == body);
        response.finish().unwrap();
    }
}

#[test]
fn upload_goes_on_while_the_response_is_read() {
    let server = Server::new(|conn| {
        let mut request = conn.head().unwrap();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n");
        conn.body(&mut request).unwrap();
        conn.send(request.body);
    });
    let body = ReadFrom::new(Cursor::new("the body"));
    let mut transfer = transfer(body, &server.url("/"));
    transfer.upload(true).unwrap();
    transfer.in_filesize(8).unwrap();
    transfer.http_headers(["Expect:"]).unwrap();
    let mut response = transfer.open().unwrap();
    let mut read = String::new();
    response.read_to_string(&mut read).unwrap();
    assert_eq!(read, "the body");
}

#[test]
fn final_head_is_told_before_open_returns() {
    struct Head(Vec<u32>);
    #[callbacks]
    impl Callbacks for Head {
        fn final_head(&mut self, info: &Info<'_>) -> CallbackResult {
            self.0.push(info.response_code().unwrap());
            CallbackResult::Continue
        }
    }
    let server = Server::ok("body");
    let mut response = transfer(Head(Vec::new()), &server.url("/")).open().unwrap();
    assert_eq!(response.transfer().handler().0, [200]);
    let mut body = String::new();
    response.read_to_string(&mut body).unwrap();
    assert_eq!(response.finish().unwrap().handler().0, [200]);
}

#[test]
fn response_is_read_on_another_thread() {
    let body = pattern(1 << 20);
    let server = Server::ok(body.clone());
    let response = transfer(Notes::default(), &server.url("/")).open().unwrap();
    let reader = thread::spawn(move || {
        let mut response = response;
        let mut read = Vec::new();
        response.read_to_end(&mut read).unwrap();
        (read, response.finish().unwrap())
    });
    let (read, mut transfer) = reader.join().unwrap();
    assert!(read == body);
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().written, body.len());
}

#[test]
fn remote_pauses_and_resumes_a_read() {
    let body = pattern(1 << 20);
    let server = Server::ok(body.clone());
    for limit in [1, 1 << 20] {
        let transfer = transfer(Notes::default(), &server.url("/"));
        let remote = transfer.remote();
        let mut response = transfer.open_with_limit(limit).unwrap();
        let mut read = vec![0; 100];
        response.read_exact(&mut read).unwrap();
        // With the larger limit, the whole body may have come already.
        assert!(remote.pause(Direction::Receive) || limit > 1);
        let resuming = thread::spawn(move || remote.resume(Direction::Receive));
        response.read_to_end(&mut read).unwrap();
        assert!(read == body);
        resuming.join().unwrap();
        response.finish().unwrap();
    }
}

#[test]
fn headers_in_the_body_are_read() {
    let server = Server::ok("body");
    let mut transfer = transfer(Notes::default(), &server.url("/"));
    transfer.show_header(true).unwrap();
    let mut response = transfer.open().unwrap();
    let mut text = String::new();
    response.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\nbody"), "{text}");
}

#[test]
fn connection_of_a_share_is_used_again() {
    use curlback::ShareData;
    let Some(share) = crate::support::sharing::share(ShareData::CONNECTIONS) else {
        return;
    };
    let server = Server::ok("body");
    for connections in [1, 0] {
        let mut transfer = transfer(Notes::default(), &server.url("/"));
        transfer.share(&share).unwrap();
        let mut response = transfer.open().unwrap();
        let mut body = String::new();
        response.read_to_string(&mut body).unwrap();
        assert_eq!(body, "body");
        let transfer = response.finish().unwrap();
        assert_eq!(transfer.num_connects().unwrap(), connections);
    }
}

#[test]
fn transfer_that_only_connects_has_no_body_to_read() {
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url("http://127.0.0.1:1/").unwrap();
    transfer.connect_only(true).unwrap();
    let (error, _transfer) = transfer.open().unwrap_err().into_parts();
    assert!(error.to_string().contains("no body"), "{error}");
}

#[test]
fn limited_read_waits_for_what_comes_in_time() {
    let (go, gone) = channel::<()>();
    let gone = Mutex::new(gone);
    let server = Server::new(move |conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n");
        for () in gone.lock().unwrap().iter().take(50) {
            conn.send("x");
        }
    });
    // The server waits until `go` is dropped, so `go` must be dropped before the server.
    let go = go;
    let mut response = transfer((), &server.url("/")).open().unwrap();
    response.set_read_timeout(Some(LONG));
    for _ in 0..50 {
        go.send(()).unwrap();
        response.read_exact(&mut [0]).unwrap();
    }
    response.finish().unwrap();
}
