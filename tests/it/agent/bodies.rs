//! Bodies that are read while an agent receives them.

use std::io::{BufRead, ErrorKind, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use curlback::handlers::Collect;
use curlback::{
    Agent, Callback, CallbackResult, Callbacks, Code, Direction, Error, Info, callbacks,
};

use crate::support::breaks::{How, Own};
use crate::support::pulled::{Notes, pattern, transfer};
use crate::support::server::Server;
use crate::support::skip::is_before;

/// Serves a body of as many bytes as the path says, and special answers for paths with a name. The body
/// of "/cut" is cut short.
fn server() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            match path {
                "/cut" => return conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"),
                "/redirect" => conn.reply("302 Found", "Location: /3\r\n", "elsewhere"),
                "/empty" => conn.reply("204 No Content", "", ""),
                "/missing" => conn.reply("404 Not Found", "X-Why: gone\r\n", "no"),
                path => {
                    let len = path[1..].parse().unwrap();
                    conn.reply("200 OK", "X-Own: 1\r\n", pattern(len));
                }
            }
        }
    })
}

#[test]
fn heads_come_with_status_headers_and_url() {
    let server = server();
    let agent = Agent::new().unwrap();
    for (path, status, len) in [("/3", 200, 3), ("/missing", 404, 2), ("/redirect", 200, 3)] {
        let mut get = transfer(Notes::default(), &server.url(path));
        get.follow_location(true).unwrap();
        let mut response = agent.open(get).wait().unwrap();
        assert_eq!(response.status(), status);
        let url = response.effective_url().unwrap().to_owned();
        assert!(url.ends_with(if path == "/redirect" { "/3" } else { path }));
        let header = if status == 200 {
            ("X-Own", "1")
        } else {
            ("X-Why", "gone")
        };
        match response.header_value(&header.0.to_lowercase()) {
            Ok(value) => assert_eq!(value, Some(header.1.as_bytes())),
            Err(error) => assert!(is_before((7, 83, 0)), "{error}"),
        }
        let mut body = Vec::new();
        response.read_to_end(&mut body).unwrap();
        assert_eq!(body.len(), len);
        let (get, result) = response.finish().wait();
        result.unwrap();
        assert_eq!(get.handler().written, 0);
        assert!(get.handler().lines > 2);
    }
    let empty = agent
        .open(transfer((), &server.url("/empty")))
        .wait()
        .unwrap();
    assert_eq!(empty.status(), 204);
    empty.finish().wait().1.unwrap();
}

#[test]
fn error_before_the_headers_comes_with_the_transfer() {
    let server = server();
    let agent = Agent::new().unwrap();
    let refused = transfer(Collect::new(), "http://127.0.0.1:1/");
    let (error, mut back) = agent.open(refused).wait().unwrap_err().into_parts();
    assert_eq!(error.code(), Some(Code::COULDNT_CONNECT));
    back.url(&server.url("/5")).unwrap();
    back.perform().unwrap();
    assert_eq!(back.handler().body(), pattern(5));
    let file = agent
        .open(transfer((), "file:///etc/hosts"))
        .wait()
        .unwrap_err();
    assert!(matches!(file.error(), Error::Option { .. }), "{file}");
}

#[test]
fn short_body_is_an_error_after_its_bytes_and_finish_says_so() {
    let server = server();
    let agent = Agent::new().unwrap();
    let mut response = agent
        .open(transfer((), &server.url("/cut")))
        .wait()
        .unwrap();
    let mut body = Vec::new();
    let error = response.read_to_end(&mut body).unwrap_err();
    assert_eq!(body, b"cut");
    let error: &Error = error.get_ref().unwrap().downcast_ref().unwrap();
    assert_eq!(error.code(), Some(Code::PARTIAL_FILE));
    let again = response.read(&mut [0]).unwrap_err();
    assert!(again.to_string().contains("earlier call"), "{again}");
    let (_, result) = response.finish().wait();
    assert_eq!(result.unwrap_err().code(), Some(Code::PARTIAL_FILE));
}

#[test]
fn read_waits_no_longer_than_it_may_and_goes_on() {
    let (go_on, may_go_on) = channel();
    let may_go_on = Mutex::new(may_go_on);
    let server = Server::new(move |conn| {
        conn.request().unwrap();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
        let _ = may_go_on.lock().unwrap().recv();
        conn.send("cd");
    });
    let agent = Agent::new().unwrap();
    let mut response = agent.open(transfer((), &server.url("/"))).wait().unwrap();
    response.set_read_timeout(Some(Duration::from_millis(30)));
    let mut body = Vec::new();
    while body.len() < 2 {
        let part = response.fill_buf().unwrap();
        body.extend_from_slice(part);
        let count = part.len();
        response.consume(count);
    }
    assert_eq!(response.fill_buf().unwrap_err().kind(), ErrorKind::TimedOut);
    go_on.send(()).unwrap();
    response.set_read_timeout(None);
    response.read_to_end(&mut body).unwrap();
    assert_eq!(body, b"abcd");
}

#[test]
fn reader_that_does_not_read_bounds_what_is_received() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.starts_with("GET /endless") {
                true => {
                    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n");
                    return conn.send_endlessly(&pattern(1 << 16));
                }
                false => conn.reply("200 OK", "", pattern(100_000)),
            }
        }
    });
    let agent = Agent::new().unwrap();
    let mut get = transfer(Notes::default(), &server.url("/endless"));
    get.buffer_size(16 << 10).unwrap();
    let mut response = agent.open_with_limit(get, 64 << 10).wait().unwrap();
    // Meanwhile, the agent's thread performs other transfers, so it would have the time to receive
    // more.
    for _ in 0..50 {
        let (other, result) = agent.start(transfer((), &server.url("/"))).wait();
        result.unwrap();
        assert_eq!(other.download_size().unwrap(), 100_000);
    }
    let mut some = vec![0; 3 << 20];
    response.read_exact(&mut some).unwrap();
    let remote = response.remote().clone();
    remote.cancel();
    while !remote.is_finished() {
        thread::yield_now();
    }
    let (get, result) = response.finish().wait();
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    let received = get.download_size().unwrap();
    let bound = (64 << 10) + 2 * (16 << 10);
    assert!(received <= (3 << 20) + bound, "{received}");
}

#[test]
fn pause_of_a_remote_lasts_until_a_remote_resumes() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            conn.reply("200 OK", "", pattern(300_000.max(request.body.len())));
        }
    });
    let agent = Agent::new().unwrap();
    for _ in 0..20 {
        let get = transfer((), &server.url("/"));
        let mut response = agent.open_with_limit(get, 2).wait().unwrap();
        response.set_read_timeout(Some(Duration::from_millis(20)));
        // Once the first bytes are here, the transfer waits for the reader.
        response.fill_buf().unwrap();
        response.remote().pause(Direction::Receive);
        let (mut some, mut received) = (vec![0; 40_000], 0);
        let error = loop {
            match response.read(&mut some) {
                Ok(count) => received += count,
                Err(error) => break error,
            }
            assert!(received < 200_000, "the reader has undone the pause");
        };
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        response.remote().resume(Direction::Receive);
        response.set_read_timeout(None);
        response.read_to_end(&mut Vec::new()).unwrap();
        response.finish().wait().1.unwrap();
    }
}

#[test]
fn finish_throws_the_rest_away_and_keeps_the_connection() {
    let server = server();
    let agent = Agent::new().unwrap();
    let mut response = agent
        .open(transfer((), &server.url("/3000000")))
        .wait()
        .unwrap();
    let mut some = vec![0; 10_000];
    response.read_exact(&mut some).unwrap();
    assert!(some == pattern(10_000));
    let (mut get, result) = response.finish().wait();
    result.unwrap();
    get.url(&server.url("/1")).unwrap();
    let (get, result) = agent.start(get).wait();
    result.unwrap();
    assert_eq!(get.num_connects().unwrap(), 0);
}

#[test]
fn cancel_returns_the_transfer_at_once() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.starts_with("GET /endless") {
                true => {
                    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n");
                    return conn.send_endlessly(&pattern(1 << 16));
                }
                false => conn.reply("200 OK", "", "whole"),
            }
        }
    });
    let agent = Agent::new().unwrap();
    let response = agent
        .open(transfer(Collect::new(), &server.url("/endless")))
        .wait()
        .unwrap();
    let (mut get, result) = response.cancel().wait();
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    get.url(&server.url("/")).unwrap();
    let (get, result) = agent.start(get).wait();
    result.unwrap();
    assert_eq!(get.handler().body(), b"whole");
}

#[test]
fn drop_drains_what_it_may_and_cuts_more() {
    let server = server();
    let agent = Agent::new().unwrap();
    let connects = |agent: &Agent| {
        let (get, result) = agent.start(transfer((), &server.url("/1"))).wait();
        result.unwrap();
        get.num_connects().unwrap()
    };
    for (drains, expected) in [(Some(3 << 20), 0), (Some(1 << 20), 1), (None, 1)] {
        let mut get = transfer((), &server.url("/3000000"));
        let remote = get.remote();
        get.max_connects(1).unwrap();
        let mut response = agent.open(get).wait().unwrap();
        if let Some(limit) = drains {
            response.drain_on_drop(limit);
        }
        drop(response);
        while !remote.is_finished() {
            thread::yield_now();
        }
        assert_eq!(connects(&agent), expected, "{drains:?}");
    }
}

#[test]
fn failures_and_panics_of_callbacks_come_out() {
    #[derive(Debug)]
    struct Head(How);
    #[callbacks]
    impl Callbacks for Head {
        fn final_head(&mut self, _: &Info<'_>) -> CallbackResult {
            self.0.result(Callback::FinalHead)
        }
    }
    let server = server();
    let agent = Agent::new().unwrap();
    for how in [How::Fail, How::Panic] {
        let opening = agent.open(transfer(Head(how), &server.url("/3000000")));
        match (how, catch_unwind(AssertUnwindSafe(|| opening.wait()))) {
            (How::Fail, Ok(Err(error))) => {
                assert_eq!(
                    error.error().downcast_ref(),
                    Some(&Own(Callback::FinalHead))
                );
            }
            (How::Panic, Err(payload)) => {
                assert_eq!(payload.downcast_ref(), Some(&Own(Callback::FinalHead)));
            }
            (how, result) => panic!("{how:?}: {result:?}"),
        }
    }
}
