use std::fmt;

use crate::callbacks::pass_on::pass_on;
use crate::{Callbacks, HeaderLine, Hooks, ProgressResult, WriteResult, XferInfo};

/// Collects the headers and the body of the last response.
///
/// Each status line begins a new response: what redirects and challenges sent
/// is forgotten, and so is what an earlier transfer collected. Protocols
/// without status lines are collected one after the other, until
/// [`clear`](Collect::clear).
///
/// The body is as large as the server sends it; limit that with
/// [`max_filesize`](crate::Transfer::max_filesize).
#[derive(Clone, Default)]
pub struct Collect<H = ()> {
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    /// Where the last part of the body begins, if that is what came last.
    last: Option<usize>,
    inner: H,
}

impl Collect {
    /// Makes an empty collection.
    #[must_use]
    pub fn new() -> Collect {
        Collect::default()
    }

    /// Leaves all other callbacks to `inner`, which also sees the headers but not the body.
    #[must_use]
    pub fn and<H: Callbacks>(self, inner: H) -> Collect<H> {
        Collect {
            headers: self.headers,
            body: self.body,
            last: self.last,
            inner,
        }
    }
}

impl<H> Collect<H> {
    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body, and forgets it.
    #[must_use]
    pub fn take_body(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.body)
    }

    /// Returns the header fields in the order in which they came, trailers last.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// Returns the value of the first header field of that name; case does not count.
    #[must_use]
    pub fn header_value(&self, name: &str) -> Option<&[u8]> {
        let mut headers = self.headers();
        headers
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Returns the body and the handler inside.
    #[must_use]
    pub fn into_parts(self) -> (Vec<u8>, H) {
        (self.body, self.inner)
    }

    /// Forgets what was collected.
    pub fn clear(&mut self) {
        self.headers.clear();
        self.body.clear();
        self.last = None;
    }
}

lend_inner! { Collect<H> }

impl<H: fmt::Debug> fmt::Debug for Collect<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collect")
            .field("headers", &self.headers.len())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("inner", &self.inner)
            .finish()
    }
}

impl<H: Callbacks> Callbacks for Collect<H> {
    fn hooks(&self) -> Hooks {
        self.inner.hooks() | Hooks::WRITE | Hooks::HEADER | Hooks::XFER_INFO
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.last = Some(self.body.len());
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }

    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        // With `show_header`, each line is written just before it comes here.
        let written = self
            .last
            .take()
            .is_some_and(|last| self.body[last..] == *line.as_bytes());
        let result = self.inner.header(line);
        if let WriteResult::Continue = result {
            if line.is_status_line() {
                self.clear();
                if written {
                    self.body.extend_from_slice(line.as_bytes());
                }
            } else if let (Some(name), Some(value)) = (line.name(), line.value()) {
                self.headers.push((name.to_owned(), value.to_vec()));
            }
        }
        result
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        // Comes between two transfers, so that no body runs into the next one.
        self.last = None;
        self.inner.xfer_info(progress)
    }

    pass_on!(self to self.inner; read seek ioctl debug progress connection protocol);
}
