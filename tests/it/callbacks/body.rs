//! `write`, `read` and `ReadBuf`.

use std::error::Error as _;
use std::io::{self, Cursor, Read, Write as _};

use curlback::{Callback, Callbacks, ReadBuf, ReadResult, Transfer, WriteResult};

use crate::support::bodies::pattern;
use crate::support::server::Server;

/// Keeps the parts of the body.
#[derive(Default)]
struct Parts(Vec<Vec<u8>>);

impl Callbacks for Parts {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.0.push(data.to_vec());
        WriteResult::Continue
    }
}

#[test]
fn write_takes_the_body_in_parts_of_at_most_16_kib() {
    let body = pattern(1_000_003);
    let server = Server::ok(body.clone());
    let mut transfer = Transfer::new(Parts::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let parts = &transfer.handler().0;
    assert_eq!(parts.concat(), body);
    assert!(parts.iter().all(|part| (1..=16_384).contains(&part.len())));
}

#[test]
fn write_is_not_called_for_an_empty_body() {
    let server = Server::ok("");
    let mut transfer = Transfer::new(Parts::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().0.is_empty());
    assert_eq!(transfer.response_code().unwrap(), 200);
}

#[test]
fn write_gets_a_chunked_body_decoded() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        conn.send("4\r\nthe \r\n4\r\nbody\r\n0\r\n\r\n");
    });
    let mut transfer = Transfer::new(Parts::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().0.concat(), b"the body");
}

#[test]
fn write_and_read_work_on_a_file() {
    let body = pattern(100_000);
    let file = tempfile::NamedTempFile::new().unwrap();
    let url = format!("file://{}", file.path().display());
    upload(
        &url,
        Fills::new(body.clone(), |source, buffer| {
            buffer.fill_from(source).into()
        }),
    )
    .perform()
    .unwrap();
    assert_eq!(std::fs::read(file.path()).unwrap(), body);

    let mut transfer = Transfer::new(Parts::default()).unwrap();
    transfer.url(&url).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().0.concat(), body);
}

/// What [`Fills`] does with its source and the buffer.
type Fill<R> = fn(&mut R, &mut ReadBuf<'_>) -> ReadResult;

/// Fills the buffer from a source in one of several ways.
struct Fills<R> {
    source: R,
    fill: Fill<R>,
    /// How many bytes each call put into the buffer.
    filled: Vec<usize>,
    /// How many bytes each call had room for.
    capacities: Vec<usize>,
}

impl Fills<Cursor<Vec<u8>>> {
    fn new(body: Vec<u8>, fill: Fill<Cursor<Vec<u8>>>) -> Self {
        Fills::from(Cursor::new(body), fill)
    }
}

impl<R> Fills<R> {
    fn from(source: R, fill: Fill<R>) -> Fills<R> {
        Fills {
            source,
            fill,
            filled: Vec::new(),
            capacities: Vec::new(),
        }
    }
}

impl<R> Callbacks for Fills<R> {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        assert_eq!(buffer.filled(), b"");
        assert_eq!(buffer.remaining(), buffer.capacity());
        let result = (self.fill)(&mut self.source, buffer);
        let filled = buffer.filled().len();
        assert_eq!(buffer.remaining(), buffer.capacity() - filled);
        self.filled.push(filled);
        self.capacities.push(buffer.capacity());
        result
    }
}

fn upload<H: Callbacks>(url: &str, handler: H) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(url).unwrap();
    transfer.upload(true).unwrap();
    transfer.http_headers(["Expect:"]).unwrap();
    transfer
}

/// Uploads through `handler` in chunks. Returns the body that arrived, and the handler.
fn sent<R>(handler: Fills<R>) -> (Vec<u8>, Fills<R>) {
    let server = Server::ok("");
    let mut transfer = upload(&server.url("/"), handler);
    transfer.perform().unwrap();
    (server.requests().remove(0).body, transfer.into_handler())
}

#[test]
fn fill_from_fills_the_buffer_from_a_source_of_small_pieces() {
    struct Small(Cursor<Vec<u8>>);

    impl Read for Small {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let len = buffer.len().min(16);
            self.0.read(&mut buffer[..len])
        }
    }

    let body = pattern(500_000);
    let small = Small(Cursor::new(body.clone()));
    let fill: Fill<Small> = |source, buffer| buffer.fill_from(source).into();
    let (arrived, handler) = sent(Fills::from(small, fill));
    assert!(arrived == body);
    assert_eq!(handler.filled[0], handler.capacities[0]);
    assert!(handler.filled[0] > 10_000, "{:?}", handler.filled);

    let small = Small(Cursor::new(pattern(100)));
    let fill: Fill<Small> = |source, buffer| buffer.fill_once_from(source).into();
    let (arrived, handler) = sent(Fills::from(small, fill));
    assert_eq!(arrived, pattern(100));
    assert_eq!(handler.filled, [16, 16, 16, 16, 16, 16, 4, 0]);
}

#[test]
fn append_takes_what_fits_and_says_how_much() {
    let body = pattern(1_000_000);
    let (arrived, handler) = sent(Fills::new(body.clone(), |source, buffer| {
        let at = source.position() as usize;
        let len = buffer.append(&source.get_ref()[at..]);
        source.set_position((at + len) as u64);
        assert_eq!(buffer.append(b""), 0);
        ReadResult::Continue
    }));
    assert!(arrived == body);
    assert!(handler.filled.len() > 2);
}

#[test]
fn shorter_appends_than_the_buffer_end_nothing() {
    let (arrived, handler) = sent(Fills::new(b"abcdefg".to_vec(), |source, buffer| {
        let at = source.position() as usize;
        let body = source.get_ref();
        let mut len = buffer.append(&body[at..body.len().min(at + 1)]);
        len += buffer.append(&body[at + len..body.len().min(at + len + 1)]);
        source.set_position((at + len) as u64);
        ReadResult::Continue
    }));
    assert_eq!(arrived, b"abcdefg");
    assert_eq!(handler.filled, [2, 2, 2, 1, 0]);
}

#[test]
fn buffer_can_be_written_to_until_it_is_full() {
    let (arrived, _) = sent(Fills::new(Vec::new(), |source, buffer| {
        if source.position() == 0 {
            source.set_position(1);
            write!(buffer, "{} and {}", 1, 2).unwrap();
            buffer.flush().unwrap();
            assert_eq!(buffer.filled(), b"1 and 2");
            let rest = vec![b'.'; buffer.remaining()];
            buffer.write_all(&rest).unwrap();
            let full = buffer.write_all(b"x").unwrap_err();
            assert_eq!(full.kind(), io::ErrorKind::WriteZero);
        }
        ReadResult::Continue
    }));
    assert!(arrived.starts_with(b"1 and 2..."));
    assert!(!arrived.contains(&b'x'));
}

#[test]
fn empty_body_is_sent() {
    let (arrived, handler) = sent(Fills::new(Vec::new(), |_, _| ReadResult::Continue));
    assert_eq!(arrived, b"");
    assert_eq!(handler.filled, [0]);

    let server = Server::ok("");
    let fill: Fill<_> = |_, _| ReadResult::Continue;
    let mut transfer = upload(&server.url("/"), Fills::new(Vec::new(), fill));
    transfer.in_filesize(0).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[0].header("content-length"), Some("0"));
}

/// Claims to have read bytes, and writes none into the buffer.
struct Liar {
    claims: Vec<usize>,
}

impl Read for Liar {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert!(buffer.iter().all(|byte| *byte == 0), "stale memory");
        match self.claims.pop() {
            Some(usize::MAX) => Ok(buffer.len() + 1),
            claim => Ok(claim.unwrap_or(0).min(buffer.len())),
        }
    }
}

#[test]
fn bytes_that_a_reader_only_claims_are_zeros() {
    let fill: Fill<(Cursor<Vec<u8>>, Liar)> = |(honest, liar), buffer| {
        // The first calls leave secrets in the memory that libcurl hands over again.
        if honest.position() < 1_000_000 {
            return buffer.fill_from(honest).into();
        }
        buffer.append(b"own");
        buffer.fill_once_from(liar).into()
    };
    let source = (
        Cursor::new(vec![b's'; 1_000_000]),
        Liar {
            claims: vec![50_000],
        },
    );
    let server = Server::ok("");
    let mut transfer = upload(&server.url("/"), Fills::from(source, fill));
    transfer.in_filesize(1_000_000 + 3 + 50_000).unwrap();
    transfer.perform().unwrap();
    let body = &server.requests()[0].body;
    let (secrets, rest) = body.split_at(1_000_000);
    assert!(secrets.iter().all(|byte| *byte == b's'));
    assert_eq!(&rest[..3], b"own");
    assert_eq!(rest[3..].iter().position(|byte| *byte != 0), None);
}

#[test]
fn reader_that_claims_more_than_the_buffer_is_an_error() {
    let fills: [Fill<Liar>; 2] = [
        |source, buffer| buffer.fill_from(source).into(),
        |source, buffer| buffer.fill_once_from(source).into(),
    ];
    for fill in fills {
        let server = Server::new(|conn| conn.drain());
        let claims = vec![usize::MAX];
        let mut transfer = upload(&server.url("/"), Fills::from(Liar { claims }, fill));
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(Callback::Read));
        assert!(error.source().unwrap().is::<io::Error>());
        assert_eq!(transfer.handler().filled, [0]);
    }
}

/// Alternately fails with `kind` and reads at most four bytes of `data`.
struct Stutters {
    data: Cursor<Vec<u8>>,
    kind: io::ErrorKind,
    stutters: bool,
}

impl Read for Stutters {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stutters = !self.stutters;
        if self.stutters {
            return Err(self.kind.into());
        }
        let len = buffer.len().min(4);
        self.data.read(&mut buffer[..len])
    }
}

fn stutters(kind: io::ErrorKind, first: bool) -> Stutters {
    Stutters {
        data: Cursor::new(b"0123456789".to_vec()),
        kind,
        stutters: !first,
    }
}

#[test]
fn interrupted_reader_is_read_again() {
    let fills: [Fill<Stutters>; 2] = [
        |source, buffer| buffer.fill_from(source).into(),
        |source, buffer| buffer.fill_once_from(source).into(),
    ];
    let expected: [&[usize]; 2] = [&[10, 0], &[4, 4, 2, 0]];
    for (fill, expected) in fills.into_iter().zip(expected) {
        let source = stutters(io::ErrorKind::Interrupted, true);
        let (arrived, handler) = sent(Fills::from(source, fill));
        assert_eq!(arrived, b"0123456789");
        assert_eq!(handler.filled, expected);
    }
}

#[test]
fn reader_that_would_block_ends_the_filling_but_not_the_body() {
    let fill: Fill<Stutters> = |source, buffer| match buffer.fill_from(source) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            assert_eq!(buffer.filled(), b"");
            buffer.fill_from(source).into()
        }
        result => result.into(),
    };
    let source = stutters(io::ErrorKind::WouldBlock, true);
    let (arrived, handler) = sent(Fills::from(source, fill));
    assert_eq!(arrived, b"0123456789");
    assert_eq!(handler.filled, [4, 4, 2, 0]);
}

#[test]
fn reader_that_would_block_at_once_is_an_error() {
    let server = Server::new(|conn| conn.drain());
    let fill: Fill<Stutters> = |source, buffer| buffer.fill_from(source).into();
    let source = stutters(io::ErrorKind::WouldBlock, true);
    let error = upload(&server.url("/"), Fills::from(source, fill)).perform();
    let error = error.unwrap_err();
    let cause = error.source().unwrap().downcast_ref::<io::Error>();
    assert_eq!(cause.unwrap().kind(), io::ErrorKind::WouldBlock);
}

#[test]
fn body_is_posted_too() {
    let server = Server::ok("");
    let fill: Fill<_> = |source, buffer| buffer.fill_from(source).into();
    let mut transfer = Transfer::new(Fills::new(pattern(3000), fill)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.post(true).unwrap();
    transfer.post_field_size(3000).unwrap();
    transfer.perform().unwrap();
    let request = server.requests().remove(0);
    assert_eq!(request.line, "POST / HTTP/1.1");
    assert_eq!(request.body, pattern(3000));
}
