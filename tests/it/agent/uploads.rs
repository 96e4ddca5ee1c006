//! Bodies that are written while an agent sends them.

use std::io::{ErrorKind, Read, Write};
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use curlback::agent::Writer;
use curlback::handlers::Collect;
use curlback::{Agent, Callback, Error, Transfer};

use crate::support::breaks::redirecting;
use crate::support::ports::silent_port;
use crate::support::pulled::{pattern, transfer};
use crate::support::server::Server;
use crate::support::skip::needs;

/// Answers every request with its body.
fn echo() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            conn.reply("200 OK", "", request.body);
        }
    })
}

fn upload(server: &Server) -> Transfer<()> {
    let mut transfer = transfer((), &server.url("/"));
    transfer.http_headers(["Expect:"]).unwrap();
    transfer
}

#[test]
fn what_is_written_in_one_thread_comes_back_in_another() {
    let server = echo();
    let agent = Agent::new().unwrap();
    let (mut writer, opening) = agent.open_upload(upload(&server)).unwrap();
    let body = pattern(3 << 20);
    thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for part in body.chunks(77_777) {
                writer.write_all(part).unwrap();
            }
            assert_eq!(writer.write(&[]).unwrap(), 0);
            writer.flush().unwrap();
            writer.finish();
        });
        let mut response = opening.wait().unwrap();
        let mut echoed = Vec::new();
        response.read_to_end(&mut echoed).unwrap();
        assert!(echoed == body);
        response.finish().wait().1.unwrap();
        // ThreadSanitizer sees how a `join` waits, but not how the end of the scope does.
        writing.join().unwrap();
    });
}

#[test]
fn flush_waits_until_libcurl_has_taken_everything() {
    // Nobody accepts the connection, so libcurl takes no bytes.
    let (_silent, port) = silent_port();
    let agent = Agent::new().unwrap();
    let upload = transfer((), &format!("http://127.0.0.1:{port}/"));
    let (mut writer, opening) = agent.open_upload(upload).unwrap();
    writer.write_all(b"body").unwrap();
    writer.set_timeout(Some(Duration::from_millis(50)));
    assert_eq!(writer.flush().unwrap_err().kind(), ErrorKind::TimedOut);
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(writer.poll_flush(cx).is_pending());
    let pinned = Pin::new(&mut writer);
    assert!(futures_lite::AsyncWrite::poll_flush(pinned, cx).is_pending());
    let pinned = Pin::new(&mut writer);
    assert!(tokio::io::AsyncWrite::poll_flush(pinned, cx).is_pending());
    writer.set_timeout(None);
    writer.remote().cancel();
    assert_eq!(writer.flush().unwrap_err().kind(), ErrorKind::BrokenPipe);
    assert!(matches!(
        opening.wait().unwrap_err().error(),
        Error::Cancelled
    ));
}

#[test]
fn writer_that_is_dropped_early_cancels_the_transfer() {
    let server = echo();
    let agent = Agent::new().unwrap();
    let (mut writer, opening) = agent.open_upload(upload(&server)).unwrap();
    writer.write_all(b"half").unwrap();
    drop(writer);
    let error = opening.wait().unwrap_err();
    assert!(matches!(error.error(), Error::Cancelled), "{error}");
    assert!(server.requests().is_empty());
}

/// A transfer that has ended may run again. The drop of the writer of the first run must not cancel the
/// new run.
#[test]
fn writer_of_a_transfer_that_has_ended_cancels_nothing() {
    let (go_on, may_go_on) = channel();
    let may_go_on = Mutex::new(may_go_on);
    let (has_come, comes) = channel();
    let server = Server::new(move |conn| {
        while let Some(request) = conn.head() {
            if request.line.starts_with("GET ") {
                has_come.send(()).unwrap();
                let _ = may_go_on.lock().unwrap().recv();
                conn.reply("200 OK", "", "body");
            } else {
                conn.reply("413 Too Large", "", "");
            }
        }
    });
    let agent = Agent::new().unwrap();
    let (mut writer, opening) = agent.open_upload(upload(&server)).unwrap();
    // The write fails if the answer comes first.
    let _ = writer.write_all(b"some");
    let (mut again, result) = opening.wait().unwrap().finish().wait();
    result.unwrap();
    again.reset().unwrap();
    again.url(&server.url("/")).unwrap();
    again.noproxy("*").unwrap();
    let started = agent.start(again);
    comes.recv().unwrap();
    drop(writer);
    go_on.send(()).unwrap();
    started.wait().1.unwrap();
}

#[test]
fn size_that_was_announced_is_kept_to() {
    let server = echo();
    let agent = Agent::new().unwrap();
    let mut announced = upload(&server);
    announced.upload(true).unwrap();
    announced.in_filesize(4).unwrap();
    let (mut writer, opening) = agent.open_upload(announced).unwrap();
    assert_eq!(writer.write(b"whole").unwrap(), 4);
    assert_eq!(
        writer.write(b"e").unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    writer.finish();
    let response = opening.wait().unwrap();
    let (announced, result) = response.finish().wait();
    result.unwrap();
    assert_eq!(server.requests()[0].header("content-length"), Some("4"));

    let (mut writer, opening) = agent.open_upload(announced).unwrap();
    writer.write_all(b"wh").unwrap();
    writer.finish();
    let error = opening.wait().unwrap_err();
    assert_eq!(error.error().callback(), Some(Callback::Read), "{error:#}");
}

#[test]
fn transfer_that_has_ended_breaks_the_pipe() {
    let agent = Agent::new().unwrap();
    let refused = transfer((), "http://127.0.0.1:1/");
    let (mut writer, opening) = agent.open_upload(refused).unwrap();
    opening.wait().unwrap_err();
    assert_eq!(
        writer.write(b"x").unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
}

#[test]
fn large_answer_that_comes_early_breaks_the_pipe_and_is_read() {
    for status in [413, 307] {
        for finishes in [true, false] {
            answers_early(status, finishes);
        }
    }
}

/// Writes parts of `len` bytes until one fails.
fn write_until_error(writer: &mut Writer, len: usize) -> ErrorKind {
    loop {
        if let Err(error) = writer.write(&pattern(len)) {
            return error.kind();
        }
    }
}

fn write_until_refused(mut writer: Writer, finishes: bool) {
    assert_eq!(
        write_until_error(&mut writer, 10_000),
        ErrorKind::BrokenPipe
    );
    match finishes {
        true => writer.finish(),
        false => drop(writer),
    }
}

fn answers_early(status: u16, finishes: bool) {
    let server = Server::new(move |conn| {
        let _ = conn.head();
        let location = "Location: /elsewhere\r\n";
        conn.send(format!(
            "HTTP/1.1 {status} No\r\n{location}Content-Length: 1000000\r\n\r\n"
        ));
        conn.send(pattern(1_000_000));
        conn.drain();
    });
    let agent = Agent::new().unwrap();
    let (mut writer, opening) = agent.open_upload(upload(&server)).unwrap();
    writer.set_timeout(Some(Duration::from_secs(20)));
    write_until_refused(writer, finishes);
    let mut response = opening.wait().unwrap();
    assert_eq!(response.status(), status);
    let mut body = Vec::new();
    response.read_to_end(&mut body).unwrap();
    assert!(body == pattern(1_000_000));
}

#[test]
fn answer_that_comes_early_ends_the_transfer_while_nothing_is_written() {
    for answer in [
        "HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 413 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
        "HTTP/1.0 413 No\r\nContent-Length: 2\r\n\r\nno",
    ] {
        ends_while_nothing_is_written(answer);
    }
}

fn ends_while_nothing_is_written(answer: &'static str) {
    let server = Server::new(move |conn| {
        let _ = conn.head();
        conn.send(answer);
        conn.drain();
    });
    let agent = Agent::new().unwrap();
    let (mut writer, opening) = agent.open_upload(upload(&server)).unwrap();
    let mut response = opening.wait().unwrap();
    let mut answer = String::new();
    response.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "no");
    response.finish().wait().1.unwrap();
    let error = writer.write(b"more").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
}

#[test]
fn body_is_sent_whole_despite_an_answer_if_the_options_say_so() {
    let server = Server::new(|conn| {
        let mut request = conn.head().unwrap();
        conn.send("HTTP/1.1 400 Bad\r\nContent-Length: 1000000\r\n\r\n");
        let mut other = conn.another();
        let answer = thread::spawn(move || other.send(pattern(1_000_000)));
        conn.body(&mut request).unwrap();
        conn.keep(&request);
        answer.join().unwrap();
    });
    let agent = Agent::new().unwrap();
    let mut whole = upload(&server);
    whole.keep_sending_on_error(true).unwrap();
    let (mut writer, opening) = agent.open_upload(whole).unwrap();
    writer.write_all(&pattern(1)).unwrap();
    let mut response = opening.wait().unwrap();
    // Only one byte of the answer is read here. The rest is more than the agent keeps for the reader.
    response.read_exact(&mut [0]).unwrap();
    let rest = &pattern(2_000_000)[1..];
    for part in rest.chunks(100_000) {
        writer.write_all(part).unwrap();
    }
    writer.finish();
    let mut answer = vec![0];
    response.read_to_end(&mut answer).unwrap();
    assert!(answer == pattern(1_000_000));
    response.finish().wait().1.unwrap();
    assert!(server.requests()[0].body == pattern(2_000_000));
}

/// If the server announces that it closes the connection, libcurl goes on sending until the answer
/// is complete, and so does the writer. Before libcurl 7.83.0, the crate does not see the announcement, and the
/// writer ends early.
#[test]
fn answer_of_a_server_that_closes_early_is_whole() {
    for head in ["HTTP/1.1 413 No\r\nConnection: close", "HTTP/1.0 413 No"] {
        closes_early(head);
    }
}

fn closes_early(head: &'static str) {
    let server = Server::new(move |conn| {
        let _ = conn.head();
        conn.send(format!("{head}\r\nContent-Length: 1000000\r\n\r\n"));
        conn.send(pattern(1_000_000));
        conn.drain();
    });
    let agent = Agent::new().unwrap();
    for finishes in [true, false] {
        let mut announced = upload(&server);
        announced.upload(true).unwrap();
        announced.in_filesize(100_000_000).unwrap();
        let (writer, opening) = agent.open_upload(announced).unwrap();
        thread::scope(|scope| {
            scope.spawn(|| write_until_refused(writer, finishes));
            let mut response = opening.wait().unwrap();
            assert_eq!(response.status(), 413);
            let mut body = Vec::new();
            response.read_to_end(&mut body).unwrap();
            assert!(body == pattern(1_000_000));
        });
    }
}

/// If only the end of the connection ends the answer, libcurl goes on sending, too.
#[test]
fn answer_without_a_length_does_not_cut_the_body() {
    needs!((8, 7, 0), "notice of a body that ends early");
    let (tell, told) = channel();
    let server = Server::new(move |conn| {
        let mut request = conn.head().unwrap();
        conn.send("HTTP/1.1 413 No\r\n\r\nno");
        conn.body(&mut request).unwrap();
        tell.send(request.body).unwrap();
    });
    let agent = Agent::new().unwrap();
    for announces in [true, false] {
        let mut sent = upload(&server);
        if announces {
            sent.in_filesize(3_000_000).unwrap();
        }
        let (mut writer, opening) = agent.open_upload(sent).unwrap();
        let mut response = opening.wait().unwrap();
        writer.write_all(&pattern(3_000_000)).unwrap();
        writer.finish();
        let mut answer = String::new();
        response.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "no");
        assert!(told.recv().unwrap() == pattern(3_000_000));
    }
}

#[test]
fn resumed_upload_is_not_for_a_writer() {
    let agent = Agent::new().unwrap();
    for from in [Some(4), None] {
        let mut resumed = transfer(Collect::new(), "http://127.0.0.1:1/");
        resumed.resume_from(from).unwrap();
        let error = agent.open_upload(resumed).unwrap_err();
        assert!(matches!(error.error(), Error::Option { .. }), "{error}");
        let error = error.into_parts().1.open_upload().unwrap_err();
        assert!(matches!(error.error(), Error::Option { .. }), "{error}");
    }
}

#[test]
fn body_that_has_to_be_sent_again_is_an_error_that_says_so() {
    let server = redirecting();
    let agent = Agent::new().unwrap();
    let mut again = upload(&server);
    again.follow_location(true).unwrap();
    let (mut writer, opening) = agent.open_upload(again).unwrap();
    writer.write_all(b"hello").unwrap();
    writer.finish();
    let error = opening.wait().unwrap_err();
    assert_eq!(error.error().callback(), Some(Callback::Seek), "{error:#}");
}

#[test]
fn post_fields_are_not_for_a_writer() {
    let agent = Agent::new().unwrap();
    let mut fields = transfer(Collect::new(), "http://127.0.0.1:1/");
    fields.post_fields_copy("a=b").unwrap();
    let error = agent.open_upload(fields).unwrap_err();
    assert!(matches!(error.error(), Error::Option { .. }), "{error}");
}

#[test]
fn write_waits_no_longer_than_it_may() {
    let server = Server::new(|conn| {
        let _ = conn.head();
        let mut other = conn.another();
        let _ = other.line();
        conn.drain();
    });
    let agent = Agent::new().unwrap();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    drop(server);
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let mut to_silent = transfer((), &url);
    to_silent.http_headers(["Expect:"]).unwrap();
    let (mut writer, opening) = agent.open_upload(to_silent).unwrap();
    writer.set_timeout(Some(Duration::from_millis(50)));
    assert_eq!(write_until_error(&mut writer, 100_000), ErrorKind::TimedOut);
    opening.remote().cancel();
    assert!(matches!(
        opening.wait().unwrap_err().error(),
        Error::Cancelled
    ));
}
