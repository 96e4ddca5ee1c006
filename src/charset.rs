//! Decoding bodies into text, by their charset.

use std::borrow::Cow;
use std::future::poll_fn;
use std::io::{self, BufRead, Read};

use encoding_rs::{Encoding, UTF_8};

use crate::agent::Opened;
use crate::handlers::Collect;
use crate::{Callbacks, Response};

/// # The body as text
///
/// This method needs the feature `charset`.
impl<H> Collect<H> {
    /// Returns the body as text. A byte order mark decides on the charset, else `Content-Type`, else it is
    /// UTF-8.
    ///
    /// Names of charsets mean what the [Encoding Standard](https://encoding.spec.whatwg.org/) says, as in a
    /// browser: `latin1` is windows-1252. An unknown name is ignored. Bytes that cannot be decoded become
    /// U+FFFD.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Transfer, handlers::Collect};
    ///
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let url = format!("http://{}/", listener.local_addr()?);
    /// # let server = std::thread::spawn(move || -> std::io::Result<()> {
    /// #     use std::io::{BufRead, BufReader, Write};
    /// #     let mut reader = BufReader::new(listener.accept()?.0);
    /// #     let mut line = String::new();
    /// #     while line != "\r\n" { line.clear(); reader.read_line(&mut line)?; }
    /// #     let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Length: 4\r\n\r\n";
    /// #     reader.get_mut().write_all(&[head, &b"caf\xe9"[..]].concat())
    /// # });
    /// let mut transfer = Transfer::new(Collect::new())?;
    /// transfer.url(&url)?;
    /// # transfer.noproxy("*")?;
    /// transfer.perform()?; // `Content-Type: text/plain; charset=iso-8859-1`
    /// assert_eq!(transfer.handler().body(), b"caf\xe9");
    /// assert_eq!(transfer.handler().text(), "café");
    /// # server.join().unwrap()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        decode(self.header_value("Content-Type"), self.body())
    }
}

/// # The body as text
///
/// This method needs the feature `charset`.
impl<H: Callbacks> Response<H> {
    /// Reads the rest of the body, and returns it as text, as [`Collect::text`] does.
    ///
    /// The whole body is held in memory, however much the server sends.
    /// [`max_filesize`](crate::Transfer::max_filesize) limits the body. Before libcurl 8.4.0, it does so only if the
    /// server announces the size. Before libcurl 8.20.0, it counts the bytes before they are
    /// [decoded](crate::Transfer::accept_encoding).
    ///
    /// # Errors
    /// Those of [`Read::read`].
    ///
    /// # Panics
    /// Resumes the panic of a callback.
    pub fn text(&mut self) -> io::Result<String> {
        let mut body = Vec::new();
        self.read_to_end(&mut body)?;
        let info = self.info();
        let content_type = info.content_type().ok().flatten();
        Ok(own(content_type.map(str::as_bytes), body))
    }
}

/// # The body as text
///
/// These methods need the feature `charset`.
impl<H> Opened<H> {
    /// Waits for the rest of the body, and returns it as text, as [`Collect::text`] does.
    ///
    /// The whole body is held in memory, however much the server sends.
    /// [`max_filesize`](crate::Transfer::max_filesize) limits the body. Before libcurl 8.4.0, it does so only if the
    /// server announces the size. Before libcurl 8.20.0, it counts the bytes before they are
    /// [decoded](crate::Transfer::accept_encoding).
    ///
    /// # Errors
    /// Those of [`Read::read`].
    ///
    /// # Panics
    /// Resumes the panic of a callback.
    pub fn text(&mut self) -> io::Result<String> {
        let mut body = Vec::new();
        self.read_to_end(&mut body)?;
        Ok(own(self.content_type(), body))
    }

    /// Returns the rest of the body as text, as [`text`](Opened::text) does, but without blocking.
    ///
    /// If the future is dropped before its end, the bytes that it has read are lost.
    ///
    /// # Errors
    /// Those of [`Read::read`].
    ///
    /// # Panics
    /// Resumes the panic of a callback.
    pub async fn text_async(&mut self) -> io::Result<String> {
        let mut body = Vec::new();
        loop {
            let count = poll_fn(|cx| {
                self.poll_fill_buf(cx).map_ok(|part| {
                    body.extend_from_slice(part);
                    part.len()
                })
            });
            match count.await? {
                0 => return Ok(own(self.content_type(), body)),
                count => self.consume(count),
            }
        }
    }
}

/// Decodes a body. If decoding leaves all bytes as they are, the text takes over their memory.
fn own(content_type: Option<&[u8]>, body: Vec<u8>) -> String {
    match decode(content_type, &body) {
        // The text is borrowed and all of the body: valid UTF-8 without a byte order mark, which would be left
        // out.
        Cow::Borrowed(text) if text.len() == body.len() => {
            String::from_utf8(body).expect("it was decoded")
        }
        text => text.into_owned(),
    }
}

fn decode<'a>(content_type: Option<&[u8]>, body: &'a [u8]) -> Cow<'a, str> {
    let named = content_type.and_then(charset).and_then(Encoding::for_label);
    let (text, _, _) = named.unwrap_or(UTF_8).decode(body);
    text
}

/// Returns the value of the parameter `charset` of a `Content-Type`, without quotes.
fn charset(content_type: &[u8]) -> Option<&[u8]> {
    let mut parameters = content_type.split(|byte| *byte == b';').skip(1);
    parameters.find_map(|parameter| {
        let at = parameter.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (&parameter[..at], &parameter[at + 1..]);
        let value = value.trim_ascii();
        let quoted = value
            .strip_prefix(b"\"")
            .and_then(|value| value.strip_suffix(b"\""));
        let is_charset = name.trim_ascii().eq_ignore_ascii_case(b"charset");
        is_charset.then_some(quoted.unwrap_or(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charset_is_found_among_parameters() {
        let cases = [
            ("text/html; charset=utf-8", Some("utf-8")),
            ("text/html;charset=\"Latin1\"", Some("Latin1")),
            (
                "text/html; boundary=x; CHARSET = koi8-r ; q=1",
                Some("koi8-r"),
            ),
            ("text/html; charset", None),
            ("charset=utf-8", None),
            ("text/html; xcharset=utf-8", None),
            ("", None),
        ];
        for (content_type, expected) in cases {
            let found = charset(content_type.as_bytes());
            assert_eq!(found, expected.map(str::as_bytes), "{content_type}");
        }
    }

    #[test]
    fn mark_comes_before_the_charset_and_utf_8_is_the_default() {
        let latin1 = Some(&b"text/plain; charset=latin1"[..]);
        assert_eq!(decode(latin1, b"\xe9"), "é");
        assert_eq!(decode(latin1, b"\xef\xbb\xbf\xc3\xa9"), "é");
        assert_eq!(decode(None, b"\xff\xfe\xe9\x00"), "é");
        assert_eq!(decode(None, b"\xc3\xa9"), "é");
        assert_eq!(decode(None, b"a\xe9"), "a\u{fffd}");
        let unknown = Some(&b"text/plain; charset=none"[..]);
        assert_eq!(decode(unknown, b"\xc3\xa9"), "é");
        for body in [&b"\xef\xbb\xbfabc"[..], b"abc", b"a\xe9c"] {
            assert_eq!(own(None, body.to_vec()), decode(None, body));
        }
    }
}
