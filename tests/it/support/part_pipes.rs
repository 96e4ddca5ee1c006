//! Helpers for the tests of parts whose content the program writes while the form is sent.

use std::error::Error as _;
use std::fmt;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use curlback::{Callback, Encoder, Error, Mime, Part, Transfer};
use futures_lite::AsyncRead;

use crate::support::multipart::received;
use crate::support::pulled::{pattern, transfer};
use crate::support::server::Server;

pub(crate) const LEN: usize = 700_000;

pub(crate) fn form(url: &str, mime: Mime) -> Transfer<()> {
    let mut transfer = transfer((), url);
    transfer.http_headers(["Expect:"]).unwrap();
    transfer.mime(mime).unwrap();
    transfer
}

pub(crate) fn one(server: &Server, part: Part) -> Transfer<()> {
    form(&server.url("/"), Mime::new().part(part))
}

/// A reader of a pattern. After the pattern, it ends, waits for ever or fails, as `then` says.
pub(crate) struct Reader {
    rest: Vec<u8>,
    then: fn() -> Poll<io::Result<usize>>,
    pub(crate) read: usize,
}

impl Reader {
    pub(crate) fn new(len: usize, then: fn() -> Poll<io::Result<usize>>) -> Reader {
        let rest = pattern(len);
        Reader {
            rest,
            then,
            read: 0,
        }
    }
}

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let (read, len) = (self.read, self.rest.len());
        if read == len {
            return (self.then)();
        }
        let count = buffer.len().min(len - read).min(9_999);
        buffer[..count].copy_from_slice(&self.rest[read..read + count]);
        self.read += count;
        Poll::Ready(Ok(count))
    }
}

pub(crate) fn ends() -> Poll<io::Result<usize>> {
    Poll::Ready(Ok(0))
}

pub(crate) fn waits() -> Poll<io::Result<usize>> {
    Poll::Pending
}

/// The error of [`fails`], which tests recognise by its type.
#[derive(Debug, PartialEq)]
pub(crate) struct Own;

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("its own")
    }
}

impl std::error::Error for Own {}

pub(crate) fn fails() -> Poll<io::Result<usize>> {
    Poll::Ready(Err(io::Error::new(ErrorKind::NotConnected, Own)))
}

/// Returns the error of the writing side, which is the source of the error of the transfer.
#[track_caller]
pub(crate) fn cause(error: &Error, at: Callback) -> &io::Error {
    assert_eq!(error.callback(), Some(at), "{error:#}");
    let source = error.source().and_then(|own| own.downcast_ref());
    source.unwrap_or_else(|| panic!("{error:#}"))
}

/// A function that changes a part, and whether it makes libcurl encode the part.
pub(crate) type Way = (fn(Part) -> Part, bool);

/// Returns some ways of sending a part: with a size or in chunks, encoded or not, alone or in another part.
pub(crate) fn ways() -> Vec<Way> {
    vec![
        (|part| part, false),
        (|part| part.size(LEN as u64), false),
        (|part| part.size(LEN as u64).encoder(Encoder::Base64), true),
        (|part| Part::parts(Mime::new().part(part)), false),
    ]
}

#[track_caller]
pub(crate) fn assert_arrived(server: &Server, is_encoded: bool) {
    let mut part = received(&server.requests().pop().unwrap()).remove(0);
    if part.header("content-type").is_some() {
        part = part.parts().remove(0);
    }
    let body = match is_encoded {
        true => {
            let lines: Vec<u8> = part.body.into_iter().filter(u8::is_ascii_graphic).collect();
            BASE64_STANDARD.decode(lines).unwrap()
        }
        false => part.body,
    };
    assert!(body == pattern(LEN));
}
