//! `write` and `read`.

use curlback::{Callbacks, ReadBuf, ReadResult, Transfer, WriteResult};

use crate::server::Server;

#[derive(Default)]
struct Body {
    sent: usize,
    got: Vec<u8>,
}

impl Callbacks for Body {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.got.extend_from_slice(data);
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.sent += buffer.append(&b"hello world"[self.sent..]);
        ReadResult::Continue
    }
}

#[test]
fn write_takes_the_body() {
    let server = Server::ok("the body");
    let mut transfer = Transfer::new(Body::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().got, b"the body");
    assert_eq!(transfer.response_code().unwrap(), 200);
}

#[test]
fn read_gives_the_body() {
    let server = Server::ok("");
    let mut transfer = Transfer::new(Body::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[0].body, b"hello world");
}
