//! `ReadOnce`, which sends from a reader that cannot go back, and answers made of a `Poll`.

use std::io::{self, Read};
use std::task::Poll;

use curlback::handlers::{Collect, ReadOnce};
use curlback::{
    Callback, Callbacks, Direction, ProgressResult, Transfer, WriteResult, XferInfo, callbacks,
};

use crate::support::breaks::redirecting;
use crate::support::server::Server;

/// A reader without `Seek`.
fn reader() -> impl Read {
    "one ".as_bytes().chain("two".as_bytes())
}

fn upload<R: Read>(reader: R, url: &str) -> Transfer<ReadOnce<R, Collect>> {
    let mut transfer = Transfer::new(ReadOnce::new(reader).and(Collect::new())).unwrap();
    transfer.url(url).unwrap();
    transfer.noproxy("*").unwrap();
    transfer.upload(true).unwrap();
    transfer
}

#[test]
fn reader_of_unknown_length_is_sent() {
    let server = Server::ok("fine");
    let mut transfer = upload(reader(), &server.url("/"));
    transfer.perform().unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].body, b"one two");
    assert_eq!(requests[0].header("transfer-encoding"), Some("chunked"));
    assert_eq!(transfer.handler().inner().body(), b"fine");
}

#[test]
fn body_that_has_to_be_sent_again_is_an_error_that_says_so() {
    let server = redirecting();
    let mut transfer = upload(reader(), &server.url("/"));
    transfer.follow_location(true).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Seek));
    assert!(format!("{error:#}").contains("only once"), "{error:#}");
}

#[test]
fn reader_that_has_ended_is_replaced_before_another_transfer() {
    let server = Server::ok("fine");
    let mut transfer = upload(reader(), &server.url("/"));
    transfer.perform().unwrap();
    let error = transfer.perform().unwrap_err();
    assert!(format!("{error:#}").contains("replace"), "{error:#}");
    transfer.handler_mut().replace_reader(reader());
    transfer.perform().unwrap();
    assert_eq!(server.requests().last().unwrap().body, b"one two");
}

#[test]
fn reader_that_would_block_is_asked_again() {
    struct Slow(u32);
    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 | 3 => Err(io::ErrorKind::WouldBlock.into()),
                2 => (&b"body"[..]).read(buffer),
                _ => Ok(0),
            }
        }
    }
    let server = Server::ok("fine");
    let mut transfer = upload(Slow(0), &server.url("/"));
    transfer.perform().unwrap();
    assert_eq!(server.requests()[0].body, b"body");
}

#[test]
fn pending_result_pauses_and_the_same_data_comes_again() {
    struct Polls(Vec<Poll<Result<(), io::Error>>>, Vec<u8>);
    #[callbacks]
    impl Callbacks for Polls {
        fn write(&mut self, data: &[u8]) -> WriteResult {
            let result = self.0.pop().unwrap_or(Poll::Ready(Ok(())));
            if result.is_ready() {
                self.1.extend_from_slice(data);
            }
            result.into()
        }
        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            ProgressResult::Resume(Direction::Receive)
        }
    }
    let server = Server::ok("body");
    let mut transfer =
        Transfer::new(Polls(vec![Poll::Pending, Poll::Pending], Vec::new())).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.noproxy("*").unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().1, b"body");
    transfer.handler_mut().0 = vec![Poll::Ready(Err(io::Error::other("own")))];
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Write));
}
