//! An upload from a reader whose length nobody knows.

mod server;

use std::io::{self, Read};

use curlback::handlers::{Collect, ReadOnce};
use curlback::{Callback, Error, Transfer};
use flate2::{Compression, read::GzDecoder, read::GzEncoder};
use server::{Server, respond};

fn upload(url: &str, from: impl Read) -> Result<Vec<u8>, Error> {
    let mut transfer = Transfer::new(ReadOnce::new(from).and(Collect::new()))?;
    transfer.url(url)?;
    transfer.upload(true)?;
    transfer.fail_on_error(true)?;
    transfer.perform()?;
    Ok(transfer.into_handler().into_parts().1.into_parts().0)
}

#[test]
fn compresses_while_it_sends() {
    let server = Server::start(|_, to| respond(to, "200 OK", &[], b"stored"));
    let lines = (0..20_000)
        .map(|number| format!("{number}\n"))
        .collect::<String>();
    let compressed = GzEncoder::new(lines.as_bytes(), Compression::fast());
    assert_eq!(
        upload(&server.url("/log.gz"), compressed).unwrap(),
        b"stored"
    );

    let request = &server.requests()[0];
    assert_eq!(request.line, "PUT /log.gz");
    assert_eq!(request.header("Content-Length"), None);
    assert_eq!(request.header("Transfer-Encoding"), Some("chunked"));
    let mut received = String::new();
    GzDecoder::new(&*request.body)
        .read_to_string(&mut received)
        .unwrap();
    assert!(received == lines);
}

#[test]
fn returns_the_error_of_the_reader() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is broken"))
        }
    }
    let server = Server::start(|_, to| respond(to, "200 OK", &[], b"stored"));
    let from = b"a beginning".chain(Broken);
    let error = upload(&server.url("/log"), from).unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Read));
    assert_eq!(
        error.downcast_ref::<io::Error>().unwrap().to_string(),
        "the disk is broken"
    );
    // The body has no end, so no request is complete.
    assert!(server.requests().is_empty());
}
