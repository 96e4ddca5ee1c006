use std::fmt;

use crate::{Callbacks, HeaderLine, ProgressResult, WriteResult, XferInfo, callbacks};

/// Collects the headers and the body of the last response.
///
/// Each status line begins a new response: what redirects and challenges sent
/// is forgotten, and so is what an earlier transfer collected. Protocols
/// without status lines are collected one after the other, until
/// [`clear`](Collect::clear). A header field that the server has folded into several lines is
/// one field, with a space between the parts of its value.
///
/// The server decides how large a response is. [`limit`](Collect::limit) bounds the memory that
/// a response takes.
///
/// # Examples
/// ```
/// use curlback::{Transfer, handlers::{Collect, LimitExceeded}};
///
/// let file = std::env::current_dir()?.join("Cargo.toml");
/// let mut transfer = Transfer::new(Collect::new().limit(100))?;
/// transfer.url(&format!("file://{}", file.display()))?;
/// let error = transfer.perform().unwrap_err();
/// assert!(error.downcast_ref::<LimitExceeded>().is_some());
/// assert!(transfer.handler().body().len() <= 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
#[doc(alias("perform_rb", "perform_rs", "response body"))]
pub struct Collect<H = ()> {
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    /// The bytes of the names and values in `headers`.
    headers_len: usize,
    limit: Option<usize>,
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
            headers_len: self.headers_len,
            limit: self.limit,
            last: self.last,
            inner,
        }
    }
}

impl<H> Collect<H> {
    /// Fails the transfer with [`LimitExceeded`] once one response has more than `bytes` bytes:
    /// its body, decoded, and the names and values of its header fields.
    ///
    /// Unlike [`max_filesize`](crate::Transfer::max_filesize), it also counts a body whose size
    /// the server does not announce, and a body that grows while it is decoded. The bytes collected
    /// before the failure stay, and are within the limit.
    #[must_use]
    pub fn limit(self, bytes: usize) -> Collect<H> {
        Collect {
            limit: Some(bytes),
            ..self
        }
    }

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
    ///
    /// Unlike [`Transfer::header_value`](crate::Transfer::header_value), it cannot fail, and works with every
    /// libcurl. It also finds trailers. Without a `Collect`, take that of the transfer.
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
        self.headers_len = 0;
        self.body.clear();
        self.last = None;
    }

    /// Returns an error if `more` bytes would exceed the limit.
    fn check(&self, more: usize) -> Result<(), LimitExceeded> {
        let len = self.body.len().saturating_add(self.headers_len);
        match self.limit {
            Some(limit) if len.saturating_add(more) > limit => Err(LimitExceeded { limit }),
            _ => Ok(()),
        }
    }

    fn take_part(&mut self, data: &[u8]) -> Result<(), LimitExceeded> {
        self.check(data.len())?;
        self.body.extend_from_slice(data);
        Ok(())
    }

    fn take_field(&mut self, line: &HeaderLine<'_>) -> Result<(), LimitExceeded> {
        let Some(more) = line.value() else {
            return Ok(());
        };
        if let Some(name) = line.name() {
            self.check(name.len() + more.len())?;
            self.headers_len += name.len() + more.len();
            self.headers.push((name.to_owned(), more.to_vec()));
        } else if !self.headers.is_empty() && line.is_continuation() {
            self.check(1 + more.len())?;
            self.headers_len += 1 + more.len();
            if let Some((_, value)) = self.headers.last_mut() {
                value.push(b' ');
                value.extend_from_slice(more);
            }
        }
        Ok(())
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

// The frames of a WebSocket are part of the body.
#[callbacks(to = self.inner, except(frame, ws_raw))]
impl<H: Callbacks> Callbacks for Collect<H> {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.last = Some(self.body.len());
        self.take_part(data).into()
    }

    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        // With `show_header`, each line is written just before it comes here.
        let written = self
            .last
            .take()
            .is_some_and(|last| self.body[last..] == *line.as_bytes());
        let result = self.inner.header(line);
        match result {
            WriteResult::Continue if line.is_status_line() => {
                self.clear();
                match written {
                    true => self.take_part(line.as_bytes()).into(),
                    false => WriteResult::Continue,
                }
            }
            WriteResult::Continue => self.take_field(line).into(),
            other => other,
        }
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        // Comes between two transfers, so that no body runs into the next one.
        self.last = None;
        self.inner.xfer_info(progress)
    }
}

/// The error for a response that is larger than the [limit](Collect::limit) of a [`Collect`]. Raise the limit if the
/// server is to be trusted with so much memory, or write the body to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the response has more than {limit} bytes")]
pub struct LimitExceeded {
    limit: usize,
}

impl LimitExceeded {
    /// Returns the limit, in bytes.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }
}
