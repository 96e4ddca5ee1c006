//! Readers of parts: what they send, how they fail, and when they are dropped.

use std::io::{self, Cursor, Read, SeekFrom, Write};
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use curlback::{
    Callback, Code, Encoder, Error, Mime, MimeReader, Part, ReadBuf, ReadResult, SeekResult,
    Transfer,
};

use crate::support::bodies::bytes;
use crate::support::breaks::{How, Own, payload};
use crate::support::child::{child, in_child};
use crate::support::multipart::received;
use crate::support::server::{Conn, Server};
use crate::support::skip::needs;

fn transfer(server: &Server, part: Part) -> Transfer<()> {
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.mime(Mime::new().part(part)).unwrap();
    transfer
}

/// Answers 307 to a `POST` to the root, and 200 to any other request.
fn redirecting() -> Server {
    Server::new(|conn: &mut Conn| {
        while let Some(request) = conn.request() {
            match request.line.starts_with("POST / ") {
                true => conn.reply("307 Temporary Redirect", "Location: /again\r\n", ""),
                false => conn.reply("200 OK", "", ""),
            }
        }
    })
}

#[test]
fn readers_of_known_and_unknown_size_reach_the_server() {
    let data = bytes(300_000);
    let cursor = || Cursor::new(bytes(300_000));
    for encoder in [None, Some(Encoder::Base64), Some(Encoder::QuotedPrintable)] {
        for size in [None, Some(300_000)] {
            let server = Server::ok("");
            let encode = |part: Part| match encoder {
                Some(encoder) => part.encoder(encoder),
                None => part,
            };
            let announce = |part: Part| match size {
                Some(size) => part.size(size),
                None => part,
            };
            let mut transfer = Transfer::new(()).unwrap();
            transfer.url(&server.url("/")).unwrap();
            let mime = Mime::new()
                .part(encode(announce(Part::seekable(cursor()))))
                .part(Part::data("between"))
                .part(encode(announce(Part::stream(cursor()))));
            transfer.mime(mime).unwrap();
            transfer.perform().unwrap();

            let request = server.requests().remove(0);
            let known = size.is_some() && encoder != Some(Encoder::QuotedPrintable);
            assert_eq!(request.header("content-length").is_some(), known);
            let parts = received(&request);
            assert_eq!(parts.len(), 3);
            assert_eq!(parts[1].body, b"between");
            match encoder {
                None => assert!(parts[0].body == data && parts[2].body == data),
                Some(_) => {
                    assert!(parts[0].body == parts[2].body);
                    assert!(parts[0].body.len() > data.len());
                }
            }
        }
    }
}

#[test]
fn a_reader_starts_where_it_stands_and_goes_back_there() {
    let server = redirecting();
    let mut cursor = Cursor::new(b"skipped, sent".to_vec());
    cursor.set_position(9);
    let mut transfer = transfer(&server, Part::seekable(cursor).size(4));
    transfer.follow_location(true).unwrap();
    transfer.perform().unwrap();
    transfer.perform().unwrap();
    let bodies: Vec<_> = server
        .requests()
        .iter()
        .map(|request| received(request).remove(0).body)
        .collect();
    assert!(bodies.len() >= 3, "{}", bodies.len());
    assert!(bodies.iter().all(|body| body == b"sent"), "{bodies:?}");
}

#[test]
fn a_stream_cannot_be_sent_twice() {
    let server = redirecting();
    let mut transfer = transfer(&server, Part::stream(&b"once"[..]));
    transfer.follow_location(true).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::SEND_FAIL_REWIND), "{error}");
    assert_eq!(error.callback(), None);
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::SEND_FAIL_REWIND), "{error}");
}

#[test]
fn no_more_is_read_than_was_announced() {
    let server = Server::ok("");
    let endless = |buffer: &mut ReadBuf<'_>| {
        assert!(buffer.capacity() <= 1000);
        while buffer.append(b"x") > 0 {}
        ReadResult::Continue
    };
    transfer(&server, Part::reader(endless).size(1000))
        .perform()
        .unwrap();
    assert_eq!(received(&server.requests()[0])[0].body, [b'x'; 1000]);
}

#[test]
fn a_reader_that_ends_too_early_is_an_error() {
    let server = Server::new(|conn| {
        conn.request();
    });
    for encoder in [Encoder::Binary, Encoder::Base64] {
        let part = Part::stream(&b"short"[..]).size(100_000).encoder(encoder);
        let error = transfer(&server, part).perform().unwrap_err();
        assert_eq!(error.callback(), Some(Callback::MimeRead), "{error}");
        let cause = error.downcast_ref::<io::Error>().unwrap();
        assert_eq!(cause.kind(), io::ErrorKind::UnexpectedEof);
        assert!(cause.to_string().contains("99995 bytes"), "{cause}");
    }
}

/// Sends 20,000 bytes, and fails, aborts or panics in one of its callbacks.
struct Breaks {
    at: Callback,
    how: How,
    sent: usize,
    calls: Arc<AtomicUsize>,
}

impl Breaks {
    fn broken(&self, at: Callback) -> How {
        self.calls.fetch_add(1, Ordering::SeqCst);
        match at == self.at {
            true => self.how,
            false => How::Not,
        }
    }
}

impl MimeReader for Breaks {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        // The first call does not break, so that a part of the body is on its way.
        if self.sent > 0 {
            match self.broken(Callback::MimeRead) {
                How::Not => {}
                How::Fail => return ReadResult::Fail(Own(Callback::MimeRead).into()),
                How::Abort => return ReadResult::Abort,
                How::Panic => panic_any(Own(Callback::MimeRead)),
            }
        }
        let rest = &[b'x'; 20_000][self.sent..];
        self.sent += buffer.append(&rest[..rest.len().min(10_000)]);
        ReadResult::Continue
    }

    fn seek(&mut self, _: SeekFrom) -> SeekResult {
        self.sent = 0;
        match self.broken(Callback::MimeSeek) {
            How::Not => SeekResult::Done,
            How::Fail => SeekResult::Fail(Own(Callback::MimeSeek).into()),
            How::Abort => SeekResult::Abort,
            How::Panic => panic_any(Own(Callback::MimeSeek)),
        }
    }
}

#[test]
fn errors_aborts_and_panics_of_readers_come_out_and_nothing_runs_after_them() {
    for at in [Callback::MimeRead, Callback::MimeSeek] {
        for how in [How::Fail, How::Abort, How::Panic] {
            let server = redirecting();
            let calls = Arc::new(AtomicUsize::new(0));
            let breaks = Breaks {
                at,
                how,
                sent: 0,
                calls: calls.clone(),
            };
            let mut transfer = transfer(&server, Part::reader(breaks));
            transfer.follow_location(true).unwrap();
            if how == How::Panic {
                let payload = payload(&mut transfer);
                assert_eq!(payload.downcast_ref::<Own>(), Some(&Own(at)));
            } else {
                let error = transfer.perform().unwrap_err();
                assert_eq!(error.callback(), Some(at), "{how:?}: {error}");
                let own = error.downcast_ref::<Own>();
                assert_eq!(own, (how == How::Fail).then_some(&Own(at)));
                let words = if how == How::Fail {
                    "failed"
                } else {
                    "aborted"
                };
                let name = if at == Callback::MimeRead {
                    "read"
                } else {
                    "seek"
                };
                let expected = format!("the mime {name} callback {words}");
                assert!(error.to_string().starts_with(&expected), "{error}");
            }
            let called = calls.load(Ordering::SeqCst);
            // Nothing was called after the callback that broke.
            let before = if at == Callback::MimeRead { 1 } else { 3 };
            assert!(called <= before, "{at}, {how:?}: {called}");
            // The transfer works with another body.
            let part = Part::seekable(Cursor::new(b"mended"));
            transfer.mime(Mime::new().part(part)).unwrap();
            transfer.perform().unwrap();
            let last = server.requests().pop().unwrap();
            assert_eq!(received(&last)[0].body, b"mended");
        }
    }
}

/// Counts its drops.
struct Counts(Arc<AtomicUsize>);

impl MimeReader for Counts {
    fn read(&mut self, _: &mut ReadBuf<'_>) -> ReadResult {
        ReadResult::Continue
    }

    fn seek(&mut self, _: SeekFrom) -> SeekResult {
        SeekResult::Done
    }
}

impl Drop for Counts {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn readers_are_dropped_once_whatever_becomes_of_the_transfer() {
    type End = fn(Transfer<()>);
    let ends: [(&str, End); 7] = [
        ("dropped unused", drop),
        ("dropped after a run", |mut transfer| {
            transfer.perform().unwrap();
        }),
        ("taken apart", |mut transfer| {
            transfer.perform().unwrap();
            let () = transfer.into_handler();
        }),
        ("reset", |mut transfer| {
            transfer.perform().unwrap();
            transfer.reset().unwrap();
        }),
        ("replaced", |mut transfer| {
            transfer.mime(Mime::new()).unwrap();
            transfer.perform().unwrap();
        }),
        ("replaced after a run, and run again", |mut transfer| {
            transfer.perform().unwrap();
            transfer.mime(Mime::new()).unwrap();
            transfer.perform().unwrap();
        }),
        ("dropped on another thread", |transfer| {
            thread::spawn(|| drop(transfer)).join().unwrap();
        }),
    ];
    for (name, end) in ends {
        let server = Server::ok("");
        let dropped = Arc::new(AtomicUsize::new(0));
        let reader = || Part::reader(Counts(dropped.clone()));
        let inner = Mime::new().part(reader()).part(reader());
        end(transfer(&server, Part::parts(inner)));
        assert_eq!(dropped.load(Ordering::SeqCst), 2, "{name}");
    }
    // These readers are never given to libcurl, or are in a form that is refused.
    let dropped = Arc::new(AtomicUsize::new(0));
    let reader = || Part::reader(Counts(dropped.clone()));
    drop(Mime::new().part(reader()));
    let refused = Mime::new().part(reader()).part(reader().name("a\nb"));
    Transfer::new(()).unwrap().mime(refused).unwrap_err();
    assert_eq!(dropped.load(Ordering::SeqCst), 3);
}

#[test]
fn a_panic_in_the_drop_of_a_reader_is_a_panic_of_the_drop() {
    struct Bad;
    impl MimeReader for Bad {
        fn read(&mut self, _: &mut ReadBuf<'_>) -> ReadResult {
            ReadResult::Continue
        }
    }
    impl Drop for Bad {
        fn drop(&mut self) {
            panic_any(7_i32);
        }
    }
    let mut transfer = Transfer::new(()).unwrap();
    transfer.mime(Mime::new().part(Part::reader(Bad))).unwrap();
    let dropped = catch_unwind(AssertUnwindSafe(|| drop(transfer)));
    assert_eq!(dropped.unwrap_err().downcast_ref(), Some(&7));
}

/// Makes a server that takes two requests of any size, and redirects the first one. Its thread
/// returns the size of each body and the sum of its bytes.
fn sink() -> (String, thread::JoinHandle<[(u64, u64); 2]>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let take = move || {
        let mut client = io::BufReader::with_capacity(1 << 20, listener.accept().unwrap().0);
        ["307 Moved\r\nLocation: /again", "200 OK"].map(|status| {
            let (mut line, mut size) = (String::new(), 0_u64);
            while line != "\r\n" {
                line.clear();
                io::BufRead::read_line(&mut client, &mut line).unwrap();
                let lower = line.to_ascii_lowercase();
                if let Some(value) = lower.strip_prefix("content-length:") {
                    size = value.trim().parse().unwrap();
                }
                if lower.starts_with("expect:") {
                    client
                        .get_mut()
                        .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")
                        .unwrap();
                }
            }
            let (mut left, mut sum) = (size, 0_u64);
            let mut buffer = vec![0; 1 << 20];
            while left > 0 {
                let most = buffer
                    .len()
                    .min(usize::try_from(left).unwrap_or(usize::MAX));
                let len = client.read(&mut buffer[..most]).unwrap();
                assert!(len > 0, "the body ends too early");
                let bytes = buffer[..len].iter().map(|byte| u64::from(*byte));
                sum += bytes.sum::<u64>();
                left -= len as u64;
            }
            let reply = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
            client.get_mut().write_all(reply.as_bytes()).unwrap();
            (size, sum)
        })
    };
    (url, thread::spawn(take))
}

/// Runs in a process of its own. With `CURLBACK_LONG` in the environment, sends a gibibyte.
#[test]
fn a_large_reader_takes_little_memory_and_is_sent_twice() {
    needs!((7, 62, 0), "large buffer for uploads");
    if in_child().is_none() {
        let test = "mime::readers::a_large_reader_takes_little_memory_and_is_sent_twice";
        let output = child(test, &Server::ok(""), b"");
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let long = std::env::var_os("CURLBACK_LONG").is_some();
    let size: u64 = if long { 1 << 30 } else { 128 << 20 };
    let (url, sink) = sink();
    let pattern = bytes(1 << 20);
    let mut at = 0;
    struct Pattern<F>(F);
    impl<F: FnMut(Option<&mut ReadBuf<'_>>) + Send> MimeReader for Pattern<F> {
        fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
            (self.0)(Some(buffer));
            ReadResult::Continue
        }
        fn seek(&mut self, to: SeekFrom) -> SeekResult {
            assert_eq!(to, SeekFrom::Start(0));
            (self.0)(None);
            SeekResult::Done
        }
    }
    let reader = Pattern(move |buffer: Option<&mut ReadBuf<'_>>| match buffer {
        Some(buffer) => {
            let rest = &pattern[at % pattern.len()..];
            at += buffer.append(rest);
        }
        None => at = 0,
    });
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&url).unwrap();
    transfer.follow_location(true).unwrap();
    let part = Part::reader(reader).size(size).name("large");
    transfer.mime(Mime::new().part(part)).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.redirect_count().unwrap(), 1);
    let [first, second] = sink.join().unwrap();
    assert_eq!(first, second);
    assert!(first.0 > size && first.0 < size + 1000, "{first:?}");
    assert_eq!(transfer.upload_size().unwrap(), first.0);

    // The peak is in KiB. Not every system reports it.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let Some(peak) = peak.and_then(|peak| peak.trim().strip_suffix(" kB")) else {
        return;
    };
    let peak: u64 = peak.trim().parse().unwrap();
    eprintln!("sent {size} bytes twice with a peak of {peak} KiB");
    // The program itself takes 45 MiB, and more than 60 with AddressSanitizer.
    assert!(peak < 100 << 10, "{peak} KiB");
}

#[test]
fn a_reader_may_use_other_transfers() {
    let (server, other) = (Server::ok(""), Server::ok("from elsewhere"));
    let url = other.url("/");
    let mut done = false;
    let nested = move |buffer: &mut ReadBuf<'_>| {
        if !std::mem::replace(&mut done, true) {
            let inside = || -> Result<Vec<u8>, Error> {
                let mut transfer = Transfer::new(curlback::handlers::Collect::new())?;
                transfer.url(&url)?;
                transfer.perform()?;
                Ok(transfer.handler().body().to_vec())
            };
            buffer.append(&inside().unwrap());
        }
        ReadResult::Continue
    };
    transfer(&server, Part::reader(nested)).perform().unwrap();
    assert_eq!(received(&server.requests()[0])[0].body, b"from elsewhere");
}
