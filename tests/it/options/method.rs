//! The method that was chosen last, and the body that goes with it.

use curlback::{Callbacks, Mime, Part, ReadBuf, ReadResult, SeekResult, Transfer};

use std::io::SeekFrom;

use crate::support::server::{Request, Server};
use crate::support::skip::needs;

/// Sends `BODY` once, and again after a rewind.
struct Source {
    left: &'static [u8],
    reads: usize,
}

const BODY: &[u8] = b"0123456789GET /smuggled HTTP/1.1\r\n\r\n";

impl Source {
    fn new() -> Source {
        let left = BODY;
        Source { left, reads: 0 }
    }
}

impl Callbacks for Source {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.reads += 1;
        self.left = &self.left[buffer.append(self.left)..];
        ReadResult::Continue
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        assert_eq!(to, SeekFrom::Start(0));
        self.left = BODY;
        SeekResult::Done
    }
}

fn lines(requests: &[Request]) -> Vec<&str> {
    requests.iter().map(|r| r.line.as_str()).collect()
}

#[test]
fn post_fields_that_a_size_drops_leave_read_its_limit() {
    let server = Server::ok("");
    for upload_first in [false, true] {
        let before = server.requests().len();
        let mut transfer = Transfer::new(Source::new()).unwrap();
        transfer.url(&server.url("/")).unwrap();
        if upload_first {
            transfer.upload(true).unwrap();
            transfer.in_filesize(20).unwrap();
        }
        transfer.post_fields_copy("abc").unwrap();
        // libcurl drops its copy of the fields, since the copy is shorter than this size.
        transfer.post_field_size(10).unwrap();
        transfer.perform().unwrap();
        transfer.handler_mut().left = BODY;
        // The connection is the same. Bytes left over from the first body would look like the next
        // request.
        transfer.perform().unwrap();
        assert_eq!(transfer.num_connects().unwrap(), 0);
        let requests = &server.requests()[before..];
        assert_eq!(lines(requests), ["POST / HTTP/1.1"; 2]);
        assert!(requests.iter().all(|r| r.body == b"0123456789"));
    }
}

#[test]
fn method_is_the_one_that_was_chosen_last() {
    type Choose = fn(&mut Transfer<Source>) -> Result<(), curlback::Error>;
    let server = Server::ok("");
    let mime: Choose = |t| t.mime(Mime::new().part(Part::data("abc").name("field")));
    #[expect(deprecated, reason = "it chooses a method too")]
    let form: Choose = |t| t.httppost([("field", "abc")]);
    let post: Choose = |t| {
        t.post_field_size(4)?;
        t.post(true)
    };
    let methods: [(Choose, &str, &[u8], usize); 8] = [
        (|t| t.post_fields_copy("abc"), "POST", b"abc", 0),
        (|t| t.post_fields("abc"), "POST", b"abc", 0),
        (post, "POST", b"0123", 1),
        (mime, "POST", b"name=\"field\"", 0),
        (form, "POST", b"name=\"field\"", 0),
        (|t| t.nobody(true), "HEAD", b"", 0),
        (|t| t.post(false), "GET", b"", 0),
        (|t| t.get(true), "GET", b"", 0),
    ];
    for (choose, method, body, reads) in methods {
        let before = server.requests().len();
        let mut transfer = Transfer::new(Source::new()).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.upload(true).unwrap();
        transfer.in_filesize(10).unwrap();
        choose(&mut transfer).unwrap();
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().reads, reads, "{method} {body:?}");
        transfer.upload(true).unwrap();
        transfer.handler_mut().left = BODY;
        transfer.perform().unwrap();
        let requests = &server.requests()[before..];
        let first = format!("{method} / HTTP/1.1");
        assert_eq!(lines(requests), [first.as_str(), "PUT / HTTP/1.1"]);
        let sent = &requests[0].body;
        let is_there = sent.windows(body.len().max(1)).any(|part| part == body);
        assert!(is_there || sent.is_empty() && body.is_empty(), "{sent:?}");
        assert_eq!(requests[1].body, b"0123456789");
    }
}

#[test]
fn upload_that_a_redirect_has_ended_is_one_again() {
    needs!((7, 74, 0), "change of PUT to GET by a redirect");
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "PUT / HTTP/1.1" => conn.reply("303 See Other", "Location: /seen\r\n", ""),
                _ => conn.reply("200 OK", "", ""),
            }
        }
    });
    let mut transfer = Transfer::new(Source::new()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.follow_location(true).unwrap();
    for _ in 0..2 {
        transfer.handler_mut().left = BODY;
        transfer.perform().unwrap();
    }
    let requests = server.requests();
    let expected = ["PUT / HTTP/1.1", "GET /seen HTTP/1.1"].repeat(2);
    assert_eq!(lines(&requests), expected);
    assert!(requests.iter().step_by(2).all(|r| r.body == BODY));
}
