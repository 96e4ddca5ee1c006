//! Bodies that are written.

use std::io::{ErrorKind, Read, Write};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use curlback::handlers::{Collect, ReadFrom};
use curlback::{Callback, Callbacks, Response, Transfer, callbacks};

use crate::support::breaks::redirecting;
use crate::support::h2_server::H2Server;
use crate::support::pulled::{Notes, pattern, transfer};
use crate::support::server::Server;
use crate::support::servers::silent;

#[test]
fn body_is_written_piece_by_piece() {
    let server = Server::ok("fine");
    let mut upload = transfer(Notes::default(), &server.url("/"))
        .open_upload()
        .unwrap();
    for piece in ["one ", "two ", "three"] {
        upload.write_all(piece.as_bytes()).unwrap();
        upload.flush().unwrap();
    }
    let mut response = upload.finish().unwrap();
    assert_eq!(response.status(), 200);
    let mut answer = String::new();
    response.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "fine");
    let mut transfer = response.finish().unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.body, b"one two three");
    assert!(request.line.starts_with("PUT "), "{}", request.line);
    assert_eq!(transfer.handler().written, 0);
    transfer.upload(false).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().written, 4);
}

#[test]
fn piece_is_sent_when_it_is_flushed() {
    let (seen, piece) = channel();
    let server = Server::new(move |conn| {
        conn.head().unwrap();
        conn.send("HTTP/1.1 100 Continue\r\n\r\n");
        for _ in 0..2 {
            let len = conn.line().unwrap();
            seen.send((len, conn.line().unwrap())).unwrap();
        }
        assert_eq!(conn.line().unwrap(), "0");
        conn.line();
        conn.reply("200 OK", "", "fine");
    });
    let mut upload = transfer(Notes::default(), &server.url("/"))
        .open_upload()
        .unwrap();
    for text in ["first", "second"] {
        upload.write_all(text.as_bytes()).unwrap();
        upload.flush().unwrap();
        let (len, sent) = piece.recv().unwrap();
        assert_eq!(
            (usize::from_str_radix(&len, 16), &*sent),
            (Ok(text.len()), text)
        );
    }
    assert_eq!(upload.finish().unwrap().status(), 200);
}

#[test]
fn large_body_is_written_whole_whatever_is_announced() {
    let body = pattern(3 << 20);
    let server = Server::ok("fine");
    for announced in [None, Some(body.len() as u64)] {
        for size in [1000, 1 << 20, 3 << 20] {
            let mut own = transfer(Notes::default(), &server.url("/"));
            if let Some(announced) = announced {
                own.in_filesize(announced).unwrap();
            }
            let mut upload = own.open_upload().unwrap();
            for part in body.chunks(size) {
                upload.write_all(part).unwrap();
            }
            upload.finish().unwrap().finish().unwrap();
            let requests = server.requests();
            let request = requests.last().unwrap();
            assert!(request.body == body, "{announced:?}, {size}");
            assert_eq!(
                request.header("content-length").is_some(),
                announced.is_some()
            );
        }
    }
}

#[test]
fn body_of_a_post_is_written() {
    let server = Server::ok("fine");
    let mut transfer = transfer(ReadFrom::new(std::io::empty()), &server.url("/"));
    transfer.post(true).unwrap();
    transfer.post_field_size(8).unwrap();
    let mut upload = transfer.open_upload().unwrap();
    upload.write_all(b"the body").unwrap();
    upload.finish().unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.body, b"the body");
    assert!(request.line.starts_with("POST "), "{}", request.line);
}

#[test]
fn post_of_unknown_size_is_sent_in_chunks_or_refused() {
    let server = Server::ok("fine");
    let mut transfer = transfer(Notes::default(), &server.url("/"));
    transfer.post(true).unwrap();
    let mut upload = match transfer.open_upload() {
        Ok(upload) => upload,
        Err(error) => {
            assert!(error.to_string().contains("the end of the body"), "{error}");
            let mut transfer = error.into_parts().1;
            transfer
                .http_headers(["Transfer-Encoding: chunked"])
                .unwrap();
            transfer.open_upload().unwrap()
        }
    };
    upload.write_all(b"the body").unwrap();
    upload.finish().unwrap();
    assert_eq!(server.requests()[0].body, b"the body");
}

#[test]
fn handler_without_read_needs_none() {
    struct Nothing;
    #[callbacks]
    impl Callbacks for Nothing {}
    let server = Server::ok("fine");
    let mut transfer = transfer(Nothing, &server.url("/"));
    transfer.in_filesize(8).unwrap();
    transfer.upload(true).unwrap();
    let mut upload = transfer.open_upload().unwrap();
    upload.write_all(b"the body").unwrap();
    let transfer = upload.finish().unwrap().finish().unwrap();
    assert_eq!(server.requests()[0].body, b"the body");
    // The handler still has no `read`, so `perform` refuses the announced body.
    let mut transfer = transfer;
    transfer.perform().unwrap_err();
    transfer.upload(false).unwrap();
    transfer.perform().unwrap();
}

#[test]
fn read_is_called_again_after_an_upload() {
    let server = Server::ok("fine");
    let body = ReadFrom::new(std::io::Cursor::new("of the handler"));
    let mut upload = transfer(body.and(Collect::new()), &server.url("/"))
        .open_upload()
        .unwrap();
    upload.write_all(b"written").unwrap();
    let mut transfer = upload.finish().unwrap().finish().unwrap();
    transfer.perform().unwrap();
    let bodies = server.requests().into_iter().map(|request| request.body);
    assert_eq!(Vec::from_iter(bodies), [&b"written"[..], b"of the handler"]);
    assert_eq!(transfer.handler().inner().body(), b"fine");
}

#[test]
fn too_short_a_body_is_an_error() {
    let server = Server::new(|conn| conn.drain());
    let mut transfer = transfer(Notes::default(), &server.url("/"));
    transfer.in_filesize(10).unwrap();
    let mut upload = transfer.open_upload().unwrap();
    upload.write_all(b"short").unwrap();
    let (error, _transfer) = upload.finish().unwrap_err().into_parts();
    assert_eq!(error.callback(), Some(Callback::Read));
    assert!(format!("{error:#}").contains("5 bytes before"), "{error:#}");
}

#[test]
fn body_that_has_to_be_sent_again_is_an_error_that_says_so() {
    let server = redirecting();
    let mut transfer = transfer(Notes::default(), &server.url("/"));
    transfer.follow_location(true).unwrap();
    let mut upload = transfer.open_upload().unwrap();
    upload.write_all(b"the body").unwrap();
    let (error, _transfer) = upload.finish().unwrap_err().into_parts();
    assert_eq!(error.callback(), Some(Callback::Seek));
    assert!(format!("{error:#}").contains("sent again"), "{error:#}");
}

/// Writes until the server has refused the body, and returns the server's response.
fn refused(mut transfer: Transfer<Notes>, status: u16) -> Response<Notes> {
    transfer.http_headers(["Expect:"]).unwrap();
    let mut upload = transfer.open_upload().unwrap();
    let data = vec![b'x'; 100_000];
    let error = loop {
        if let Err(error) = upload.write_all(&data).and_then(|()| upload.flush()) {
            break error;
        }
    };
    assert_eq!(error.kind(), ErrorKind::BrokenPipe, "{error}");
    let response = upload.finish().unwrap();
    assert_eq!(response.status(), status);
    response
}

#[test]
fn server_that_answers_early_breaks_the_pipe_and_its_response_is_there() {
    let server = Server::new(|conn| {
        conn.head().unwrap();
        conn.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig");
        conn.drain();
    });
    let mut response = refused(transfer(Notes::default(), &server.url("/")), 413);
    let mut answer = String::new();
    response.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "big");
}

#[test]
fn large_answer_that_comes_early_breaks_the_pipe_too() {
    for status in [413, 303] {
        let server = Server::new(move |conn| {
            conn.head().unwrap();
            let close = "Connection: close\r\nContent-Length: 2000000";
            conn.send(format!("HTTP/1.1 {status} No\r\n{close}\r\n\r\n"));
            conn.send(vec![b'x'; 2_000_000]);
            conn.drain();
        });
        let mut response = refused(transfer(Notes::default(), &server.url("/")), status);
        let mut answer = Vec::new();
        response.read_to_end(&mut answer).unwrap();
        assert_eq!(answer.len(), 2_000_000);
    }
}

#[test]
fn more_than_was_announced_is_refused() {
    let server = Server::ok("fine");
    let mut transfer = transfer(Notes::default(), &server.url("/"));
    transfer.in_filesize(10).unwrap();
    let mut upload = transfer.open_upload().unwrap();
    upload.write_all(b"ten").unwrap();
    let error = upload.write_all(b" bytes and more").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    upload.finish().unwrap().finish().unwrap();
    assert_eq!(server.requests()[0].body, b"ten bytes ");
}

#[test]
fn fields_of_a_post_are_refused() {
    let server = Server::ok("fine");
    let mut transfer = transfer(Notes::default(), &server.url("/"));
    transfer.post_fields_copy(b"fields").unwrap();
    let (error, mut transfer) = transfer.open_upload().unwrap_err().into_parts();
    assert!(error.to_string().contains("the fields"), "{error}");
    transfer.perform().unwrap();
    assert_eq!(server.requests()[0].body, b"fields");
}

#[test]
fn response_is_read_while_the_body_is_written() {
    let server = Server::new(|conn| {
        conn.head().unwrap();
        conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        loop {
            let len = usize::from_str_radix(&conn.line().unwrap(), 16).unwrap();
            let piece = conn.line().unwrap();
            conn.send(format!("{len:x}\r\n{piece}\r\n"));
            if len == 0 {
                return;
            }
        }
    });
    let mut transfer = transfer(Notes::default(), &server.url("/"));
    transfer.http_headers(["Expect:"]).unwrap();
    let mut upload = transfer.open_upload().unwrap();
    for piece in ["ping 1", "ping 2", "ping 3"] {
        upload.write_all(piece.as_bytes()).unwrap();
        upload.flush().unwrap();
        let mut echo = [0; 6];
        upload.read_exact(&mut echo).unwrap();
        assert_eq!(echo, piece.as_bytes());
    }
    let mut rest = String::new();
    upload.finish().unwrap().read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[test]
fn call_that_takes_too_long_fails_and_the_next_one_goes_on() {
    let server = silent();
    let mut upload = transfer(Notes::default(), &server.url("/"))
        .open_upload()
        .unwrap();
    upload.set_timeout(Some(Duration::from_millis(10)));
    for _ in 0..2 {
        let error = upload.read(&mut [0; 4]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
    drop(upload.cancel());
}

#[test]
fn upload_that_is_dropped_is_not_taken_for_whole() {
    let (ended, end) = channel();
    let ended = Mutex::new(ended);
    let server = Server::new(move |conn| {
        let mut request = conn.head().unwrap();
        ended
            .lock()
            .unwrap()
            .send(conn.body(&mut request).is_err())
            .unwrap();
    });
    let mut upload = transfer(Notes::default(), &server.url("/"))
        .open_upload()
        .unwrap();
    upload.write_all(b"a part").unwrap();
    upload.flush().unwrap();
    drop(upload);
    assert!(end.recv().unwrap());
}

#[test]
fn body_is_written_over_http_2() {
    let Some(server) = H2Server::new(b"") else {
        return;
    };
    let body = pattern(1 << 20);
    let mut transfer = transfer(Notes::default(), "");
    server.store(&mut transfer, "written");
    let mut upload = transfer.open_upload().unwrap();
    for part in body.chunks(50_000) {
        upload.write_all(part).unwrap();
        upload.flush().unwrap();
    }
    assert_eq!(upload.finish().unwrap().status(), 201);
    assert!(server.stored("written") == body);
}
