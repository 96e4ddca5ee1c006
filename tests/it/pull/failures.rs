//! An error or a panic comes out of the read that meets it.

use std::io::{ErrorKind, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use curlback::{Callbacks, Code, Error, ProgressResult, Transfer, XferInfo, callbacks};

use crate::support::pulled::{Notes, pattern, transfer};
use crate::support::server::Server;
use crate::support::servers::{endless, halting, redirecting_to};

/// Returns the crate's error inside an error of a read.
fn inner(error: &std::io::Error) -> &Error {
    error.get_ref().unwrap().downcast_ref().unwrap()
}

#[test]
fn short_body_is_an_error_and_no_end() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        conn.send([b'x'; 500]);
    });
    let mut response = transfer(Notes::default(), &server.url("/")).open().unwrap();
    let mut body = Vec::new();
    let error = response.read_to_end(&mut body).unwrap_err();
    assert_eq!(body.len(), 500);
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    assert_eq!(inner(&error).code(), Some(Code::PARTIAL_FILE));
    assert!(inner(&error).url().is_some());
    for _ in 0..2 {
        response.read(&mut [0; 4]).unwrap_err();
    }
    let (error, mut transfer) = response.finish().unwrap_err().into_parts();
    assert_eq!(error.code(), Some(Code::PARTIAL_FILE));
    let server = Server::ok("body");
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().written, 4);
}

#[test]
fn transfer_comes_back_if_there_is_no_response() {
    let server = Server::new(|conn| {
        conn.request();
    });
    let opened = transfer(Notes::default(), &server.url("/")).open();
    let (error, mut transfer) = opened.unwrap_err().into_parts();
    assert_eq!(error.code(), Some(Code::GOT_NOTHING));
    let server = Server::ok("body");
    transfer.url(&server.url("/")).unwrap();
    let mut response = transfer.open().unwrap();
    let mut body = String::new();
    response.read_to_string(&mut body).unwrap();
    assert_eq!(body, "body");
}

#[test]
fn status_that_is_an_error_is_one_of_open() {
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            conn.reply("404 Not Found", "", "gone");
        }
    });
    let mut transfer = transfer(Notes::default(), &server.url("/"));
    transfer.fail_on_error(true).unwrap();
    let (error, mut transfer) = transfer.open().unwrap_err().into_parts();
    assert_eq!(error.code(), Some(Code::HTTP_RETURNED_ERROR));
    transfer.fail_on_error(false).unwrap();
    let mut response = transfer.open().unwrap();
    assert_eq!(response.status(), 404);
    let mut body = String::new();
    response.read_to_string(&mut body).unwrap();
    assert_eq!(body, "gone");
}

/// Fails or panics in `xfer_info` once this many bytes of the body have come.
struct Breaks {
    at: u64,
    panics: bool,
}

#[callbacks]
impl Callbacks for Breaks {
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        if progress.downloaded < self.at {
            return ProgressResult::Continue;
        }
        assert!(!self.panics, "own panic");
        ProgressResult::Fail("own error".into())
    }
}

#[test]
fn error_of_a_callback_comes_out_of_the_read() {
    let server = endless(1000);
    let at = 1 << 20;
    let handler = Breaks { at, panics: false };
    let mut response = transfer(handler, &server.url("/")).open().unwrap();
    let error = std::io::copy(&mut response, &mut std::io::sink()).unwrap_err();
    assert!(inner(&error).to_string().contains("xfer_info"), "{error}");
    let mut transfer = response.cancel();
    transfer.handler_mut().at = u64::MAX;
    transfer.open().unwrap();
}

#[test]
fn panic_of_a_callback_comes_out_of_the_read() {
    let server = endless(1000);
    let at = 1 << 20;
    let handler = Breaks { at, panics: true };
    let mut response = transfer(handler, &server.url("/")).open().unwrap();
    let read = || std::io::copy(&mut response, &mut std::io::sink());
    let payload = catch_unwind(AssertUnwindSafe(read)).unwrap_err();
    assert_eq!(*payload.downcast::<&str>().unwrap(), "own panic");
    // The bytes that came before the panic are read first, and then a read fails.
    std::io::copy(&mut response, &mut std::io::sink()).unwrap_err();
    let mut transfer = response.cancel();
    transfer.handler_mut().at = u64::MAX;
    transfer.open().unwrap();
}

#[test]
fn panic_comes_out_of_open() {
    let server = endless(1000);
    let handler = Breaks {
        at: 0,
        panics: true,
    };
    let transfer = transfer(handler, &server.url("/"));
    catch_unwind(AssertUnwindSafe(|| transfer.open().map(drop))).unwrap_err();
}

#[test]
fn two_panics_at_once_do_not_end_the_process() {
    /// Panics in `xfer_info` if its flag is set, and when it is dropped.
    struct Bombs(bool);
    #[callbacks]
    impl Callbacks for Bombs {
        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            assert!(!self.0, "called");
            ProgressResult::Continue
        }
    }
    impl Drop for Bombs {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let server = Server::ok(pattern(1_000_000));
    let open = |panics| transfer(Bombs(panics), &server.url("/")).open();
    let finish = || {
        let mut response = open(false).map_err(|error| error.into_parts().0).unwrap();
        response.handler_mut().0 = true;
        let _ = response.finish();
    };
    let opens = || drop(open(true));
    for call in [&opens as &dyn Fn(), &finish] {
        let payload = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&"called"));
    }
}

#[test]
fn read_that_takes_too_long_fails_and_the_next_one_goes_on() {
    let (go_on, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let server = Server::new(move |conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
        let _ = wait.lock().unwrap().recv();
        conn.send("body");
    });
    let mut response = transfer(Notes::default(), &server.url("/")).open().unwrap();
    response.set_read_timeout(Some(Duration::from_millis(10)));
    for _ in 0..2 {
        let error = response.read(&mut [0; 4]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
    response.set_read_timeout(None);
    go_on.send(()).unwrap();
    let mut body = String::new();
    response.read_to_string(&mut body).unwrap();
    assert_eq!(body, "body");
    response.finish().unwrap();
}

#[test]
fn time_limit_of_the_transfer_ends_a_read() {
    let server = halting();
    let mut transfer = transfer(Notes::default(), &server.url("/"));
    transfer.timeout(Duration::from_millis(200)).unwrap();
    let mut response = transfer.open().unwrap();
    let mut body = Vec::new();
    let error = response.read_to_end(&mut body).unwrap_err();
    assert_eq!(body, b"half");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(inner(&error).code(), Some(Code::OPERATION_TIMEDOUT));
}

#[test]
fn remote_cancels_a_read_that_waits() {
    let server = halting();
    let transfer = transfer(Notes::default(), &server.url("/"));
    let remote = transfer.remote();
    let mut response = transfer.open().unwrap();
    response.read_exact(&mut [0; 4]).unwrap();
    let cancelling = std::thread::spawn(move || remote.cancel());
    let error = response.read(&mut [0; 4]).unwrap_err();
    assert!(matches!(inner(&error), Error::Cancelled), "{error}");
    assert!(cancelling.join().unwrap());
}

#[test]
fn remote_that_cancels_between_two_reads_takes_effect_at_the_next() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n12345678");
        conn.drain();
    });
    let transfer = transfer(Notes::default(), &server.url("/"));
    let remote = transfer.remote();
    let mut response = transfer.open().unwrap();
    response.read_exact(&mut [0; 4]).unwrap();
    assert!(remote.cancel());
    assert!(!remote.is_finished());
    let mut rest = Vec::new();
    let error = response.read_to_end(&mut rest).unwrap_err();
    assert!(matches!(inner(&error), Error::Cancelled), "{error}");
    assert_eq!(rest, b"5678");
    assert!(remote.is_finished());
    assert!(!remote.cancel());
}

#[test]
fn file_is_refused_because_libcurl_cannot_pause_it() {
    let path = std::env::current_dir().unwrap().join("Cargo.lock");
    let url = format!("file://{}", path.display());
    let opened = transfer(Notes::default(), &url).open();
    let (error, mut own) = opened.unwrap_err().into_parts();
    assert!(matches!(error, Error::Option { .. }), "{error}");
    own.perform().unwrap();
    // libcurl finds out only later that a redirect leads to a file.
    let server = redirecting_to(url);
    let mut transfer = transfer(Notes::default(), &server.url("/"));
    transfer.follow_location(true).unwrap();
    transfer.redir_protocols_str("http,file").unwrap();
    let mut response = match transfer.open_with_limit(1000) {
        Ok(response) => response,
        Err(error) => panic!("{error}"),
    };
    let error = std::io::copy(&mut response, &mut std::io::sink()).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
}

#[test]
fn nothing_is_lost_where_a_header_pauses() {
    use curlback::{Direction, HeaderLine, WriteResult};
    struct Pausing(bool);
    #[callbacks]
    impl Callbacks for Pausing {
        fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
            self.0 = !self.0;
            match self.0 {
                true => WriteResult::Pause,
                false => WriteResult::Continue,
            }
        }
        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            match self.0 {
                true => ProgressResult::Resume(Direction::Receive),
                false => ProgressResult::Continue,
            }
        }
    }
    let body = pattern(100_000);
    let server = Server::ok(body.clone());
    let mut response = transfer(Pausing(false), &server.url("/"))
        .open_with_limit(100)
        .unwrap();
    let mut read = Vec::new();
    response.read_to_end(&mut read).unwrap();
    assert!(read == body);
}

#[test]
fn response_and_transfer_are_reported_by_their_error() {
    let transfer: Transfer<()> = Transfer::new(()).unwrap();
    let error = transfer.open().unwrap_err();
    assert_eq!(error.error().code(), Some(Code::URL_MALFORMAT));
    let error: Error = error.into();
    assert_eq!(error.code(), Some(Code::URL_MALFORMAT));
}
