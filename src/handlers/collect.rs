use std::fmt;

use crate::{
    CallbackResult, Callbacks, HeaderLine, Info, ProgressResult, WriteResult, XferInfo, callbacks,
};

/// Collects the headers and the body of the last response.
///
/// At each status line, the handler forgets what it has collected before, such as the responses of redirects and
/// challenges, and that of an earlier transfer. With protocols that have no status lines, it keeps the bodies of all
/// transfers, one after the other, until [`clear`](Collect::clear). If the server has folded a header field into
/// several lines, the handler makes one field of them, with a space between the parts of its value.
///
/// The server decides how large a response is. [`limit`](Collect::limit) bounds the memory that a response takes.
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
    /// The number of bytes in all names and values of `headers`.
    headers_len: usize,
    limit: Option<usize>,
    /// Where in `body` the last part begins, if `write` was called after the last `header`, `xfer_info` and
    /// `done`.
    last: Option<usize>,
    inner: H,
}

impl Collect {
    /// Makes an empty collection.
    #[must_use]
    pub fn new() -> Collect {
        Collect::default()
    }

    /// Forwards all callbacks to `inner` except [`write`](Callbacks::write), [`frame`](Callbacks::frame) and
    /// [`ws_raw`](Callbacks::ws_raw). So `inner` also gets the headers, but not the body.
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
    /// Sets a limit: the transfer fails with [`LimitExceeded`] before the handler would hold more than `bytes` bytes.
    /// The decoded body and the names and values of the header fields are counted.
    ///
    /// Before libcurl 8.4.0, [`max_filesize`](crate::Transfer::max_filesize) does not limit a body whose size the
    /// server does not announce. Before libcurl 8.20.0, it counts the body before decoding. `limit` has neither
    /// restriction. The bytes collected before the failure are kept, and do not exceed the limit.
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
        self.last = None;
        std::mem::take(&mut self.body)
    }

    /// Returns the header fields as names and values, in the order in which they came. Trailers are last.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// Returns the value of the first header field with this name; `None` if there is none. Case does not count.
    ///
    /// Unlike [`Transfer::header_value`](crate::Transfer::header_value), this method cannot fail, works with every
    /// libcurl, and also finds trailers. Without a `Collect`, call the method of the transfer.
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

    /// Forgets the collected headers and body.
    pub fn clear(&mut self) {
        self.headers.clear();
        self.headers_len = 0;
        self.body.clear();
        self.last = None;
    }

    /// Returns an error if `more` bytes would make the response larger than the limit.
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
        // With `show_header`, libcurl has just passed the same line to `write`.
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
        // libcurl calls this method between the responses of a transfer, unless progress is off.
        self.last = None;
        self.inner.xfer_info(progress)
    }

    fn done(&mut self, info: &Info<'_>) -> CallbackResult {
        self.last = None;
        self.inner.done(info)
    }
}

/// The error for a response that is larger than the [limit](Collect::limit) of a [`Collect`]. Raise the limit if you
/// trust the server, or write the body to a file.
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
