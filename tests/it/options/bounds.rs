//! The values that options take and refuse: times, sizes, texts.

use std::io::Write;
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use curlback::{Callbacks, Code, Error, HttpVersion, ProgressResult, Transfer, XferInfo};

use crate::options::common::{Get, get};
use crate::support::server::Server;
use crate::support::transfers::request;

/// Takes a request and never answers.
fn silent_server() -> Server {
    Server::new(|conn| {
        conn.head();
        conn.drain();
    })
}

fn assert_option(result: Result<(), Error>, name: &str) {
    let Err(Error::Option { option, reason }) = result else {
        panic!("{name}: {result:?}");
    };
    assert_eq!(option, name);
    assert!(!reason.is_empty());
}

#[test]
fn silence_ends_when_the_time_is_up() {
    let server = silent_server();
    let ends = |set: fn(&mut Get) -> Result<(), Error>| {
        let mut transfer = get(&server.url("/"));
        set(&mut transfer).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT), "{error}");
    };
    // Zero would be no limit at all, and this test would not end.
    ends(|t| t.timeout(Duration::from_micros(500)));
    ends(|t| t.timeout(Duration::from_nanos(1)));
    ends(|t| {
        t.low_speed_limit(u32::MAX)?;
        t.low_speed_time(Duration::from_millis(1))
    });
}

#[test]
fn time_limit_of_zero_is_none() {
    struct Patient(Instant, mpsc::Sender<()>);

    impl Callbacks for Patient {
        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            if self.0.elapsed() > Duration::from_millis(5) {
                let _ = self.1.send(());
            }
            ProgressResult::Continue
        }
    }

    let (sender, enough) = mpsc::channel();
    let enough = Mutex::new(enough);
    let server = Server::new(move |conn| {
        conn.request();
        enough.lock().unwrap().recv().unwrap();
        conn.reply("200 OK", "", "");
    });
    let mut transfer = Transfer::new(Patient(Instant::now(), sender)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.timeout(Duration::from_millis(1)).unwrap();
    transfer.timeout(Duration::ZERO).unwrap();
    transfer.perform().unwrap();
}

#[test]
fn values_that_do_not_fit_name_their_option() {
    let server = Server::ok("body");
    let mut t = get(&server.url("/"));
    let (size, time) = (u64::MAX, Duration::MAX);
    assert_option(t.in_filesize(size), "CURLOPT_INFILESIZE_LARGE");
    assert_option(t.post_field_size(size), "CURLOPT_POSTFIELDSIZE_LARGE");
    assert_option(t.resume_from(size), "CURLOPT_RESUME_FROM_LARGE");
    assert_option(t.max_filesize(size), "CURLOPT_MAXFILESIZE_LARGE");
    assert_option(t.max_send_speed(size), "CURLOPT_MAX_SEND_SPEED_LARGE");
    assert_option(t.max_recv_speed(size), "CURLOPT_MAX_RECV_SPEED_LARGE");
    assert_option(t.buffer_size(usize::MAX), "CURLOPT_BUFFERSIZE");
    assert_option(
        t.upload_buffer_size(usize::MAX),
        "CURLOPT_UPLOAD_BUFFERSIZE",
    );
    assert_option(t.timeout(time), "CURLOPT_TIMEOUT_MS");
    assert_option(t.connect_timeout(time), "CURLOPT_CONNECTTIMEOUT_MS");
    assert_option(t.expect_100_timeout(time), "CURLOPT_EXPECT_100_TIMEOUT_MS");
    assert_option(t.low_speed_time(time), "CURLOPT_LOW_SPEED_TIME");
    // None of them has left a trace.
    t.perform().unwrap();
    assert_eq!(t.handler().body(), b"body");
    // These fit, or libcurl adjusts them.
    t.max_filesize(i64::MAX as u64).unwrap();
    t.buffer_size(0).unwrap();
    t.buffer_size(isize::MAX as usize).unwrap();
    t.perform().unwrap();
}

#[test]
fn nul_is_refused_and_the_former_value_stays() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "127.0.0.1\tFALSE\t/\tFALSE\t0\tfrom\tfile").unwrap();
    let sent = request(|t, _| {
        t.useragent("former")?;
        assert_option(t.useragent("lat\0ter"), "CURLOPT_USERAGENT");
        t.cookie_file(file.path())?;
        assert_option(t.cookie_file("no\0file"), "CURLOPT_COOKIEFILE");
        t.http_headers(["X-A: former"])?;
        assert_option(
            t.http_headers(["X-A: latter", "X\0: y"]),
            "CURLOPT_HTTPHEADER",
        );
        assert_option(t.http_headers(["\0"]), "CURLOPT_HTTPHEADER");
        Ok(())
    });
    assert_eq!(sent.header("user-agent"), Some("former"));
    assert_eq!(sent.header("cookie"), Some("from=file"));
    assert_eq!(sent.header("x-a"), Some("former"));
}

#[test]
fn text_that_libcurl_refuses_leaves_the_former_value() {
    let long = "x".repeat(9_000_000);
    let sent = request(|t, _| {
        t.useragent("former")?;
        assert_option(t.useragent(&long), "CURLOPT_USERAGENT");
        Ok(())
    });
    assert_eq!(sent.header("user-agent"), Some("former"));
}

#[test]
fn no_value_smuggles_a_line_into_the_request() {
    let server = Server::ok("");
    let mut t = get(&server.url("/"));
    t.useragent("harmless").unwrap();
    assert_option(t.useragent("a\r\nEvil: 1"), "CURLOPT_USERAGENT");
    assert_option(t.referer("a\nEvil: 1"), "CURLOPT_REFERER");
    assert_option(t.cookie("a=b\rEvil: 1"), "CURLOPT_COOKIE");
    assert_option(t.range("0-1\r\nEvil: 1"), "CURLOPT_RANGE");
    assert_option(t.accept_encoding("a\nEvil: 1"), "CURLOPT_ACCEPT_ENCODING");
    assert_option(
        t.custom_request("GET / HTTP/1.1\r\nEvil: 1"),
        "CURLOPT_CUSTOMREQUEST",
    );
    assert_option(
        t.http_headers(["A: b", "C: d\r\nEvil: 1"]),
        "CURLOPT_HTTPHEADER",
    );
    t.perform().unwrap();
    let sent = &server.requests()[0];
    assert_eq!(sent.header("user-agent"), Some("harmless"));
    assert_eq!(sent.header("evil"), None);
}

#[test]
fn version_that_is_not_built_in_is_unsupported() {
    let mut t = get("http://127.0.0.1/");
    match t.http_version(HttpVersion::Other(77)).unwrap_err() {
        Error::Unsupported { what, .. } => assert_eq!(what, "CURLOPT_HTTP_VERSION"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn small_buffer_of_a_failed_transfer_is_never_written_past_its_end() {
    let server = Server::ok(vec![b'x'; 200_000]);
    let mut t = get("bad://127.0.0.1/");
    t.buffer_size(1024).unwrap();
    assert!(t.perform().is_err());
    t.reset().unwrap();
    t.url(&server.url("/")).unwrap();
    t.perform().unwrap();
    assert_eq!(t.handler().body().len(), 200_000);
}
