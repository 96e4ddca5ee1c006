//! Takes multipart bodies apart, as a server does.

use crate::support::server::Request;

/// A part as it arrived.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// The header fields. Their names are in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let own = self.headers.iter().find(|(own, _)| own == name)?;
        Some(&own.1)
    }

    /// Returns the parts inside of this part, which must be multipart.
    pub(crate) fn parts(&self) -> Vec<Received> {
        parts(self.header("content-type").unwrap(), &self.body)
    }
}

/// Returns the parts of a request, whose body must be a form.
pub(crate) fn received(request: &Request) -> Vec<Received> {
    let content_type = request.header("content-type").unwrap();
    assert!(
        content_type.starts_with("multipart/form-data; "),
        "{content_type}"
    );
    parts(content_type, &request.body)
}

fn parts(content_type: &str, body: &[u8]) -> Vec<Received> {
    let (_, boundary) = content_type.split_once("boundary=").unwrap();
    let mut rest = body
        .strip_prefix(format!("--{boundary}").as_bytes())
        .unwrap();
    let delimiter = format!("\r\n--{boundary}");
    let mut parts = Vec::new();
    while rest != b"--\r\n" {
        rest = rest
            .strip_prefix(b"\r\n")
            .expect("a boundary ends its line");
        let end = find(rest, delimiter.as_bytes()).expect("a part ends");
        parts.push(part(&rest[..end]));
        rest = &rest[end + delimiter.len()..];
    }
    parts
}

fn part(mut rest: &[u8]) -> Received {
    let mut received = Received::default();
    loop {
        let end = find(rest, b"\r\n").expect("a header line ends");
        let line = std::str::from_utf8(&rest[..end]).unwrap();
        rest = &rest[end + 2..];
        let Some((name, value)) = line.split_once(": ") else {
            assert!(line.is_empty(), "{line}");
            received.body = rest.to_vec();
            return received;
        };
        let header = (name.to_ascii_lowercase(), value.to_owned());
        received.headers.push(header);
    }
}

fn find(whole: &[u8], part: &[u8]) -> Option<usize> {
    whole.windows(part.len()).position(|window| window == part)
}
