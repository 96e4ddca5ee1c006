use std::convert::Infallible;

use tracing::field::Empty;
use tracing::{Level, Span, event, info_span};

use crate::handlers::redact::Redactor;
use crate::{CallbackResult, Callbacks, DebugKind, Info, callbacks};

/// The target of all spans and events of this handler.
const TARGET: &str = "curlback";

/// Reports a verbose transfer to the crate `tracing`, and hides the secrets that [`Log`](super::Log) hides; needs the
/// feature `tracing`.
///
/// The handler holds the span `transfer` until the handler is dropped, or [`restart`](Trace::restart) begins another
/// span. The span's fields `url` and `status` are recorded when the headers of the final response have come. If a
/// transfer fails before that, the fields keep the values of the former transfer in the same span. So does `status` if
/// a later transfer has no status. The failure of a transfer is not reported as an event.
///
/// If [`verbose`](crate::Transfer::verbose) is on, each line that [`Log`](super::Log) would write becomes an event in
/// the span, with the line as its message. Events for messages of libcurl and for header lines have the level `DEBUG`,
/// and events for numbers of bytes have the level `TRACE`. The span and the events have the target `curlback`.
/// [`Log`](super::Log#what-is-hidden) says what is hidden.
///
/// # Examples
/// ```
/// use curlback::Transfer;
/// use curlback::handlers::{Collect, Trace};
///
/// let file = std::env::current_dir()?.join("Cargo.toml");
/// let mut transfer = Transfer::new(Trace::new().and(Collect::new()))?;
/// transfer.verbose(true)?;
/// transfer.url(&format!("file://{}", file.display()))?;
/// transfer.perform()?;
/// assert!(transfer.handler().inner().body().starts_with(b"[package]"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "CURLOPT_DEBUGFUNCTION")]
pub struct Trace<H = ()> {
    span: Span,
    redactor: Redactor,
    inner: H,
}

impl Default for Trace {
    fn default() -> Trace {
        Trace::new()
    }
}

fn new_span() -> Span {
    info_span!(target: TARGET, "transfer", url = Empty, status = Empty)
}

impl Trace {
    /// Makes a handler, and begins its span inside the current span.
    #[must_use]
    pub fn new() -> Trace {
        Trace {
            span: new_span(),
            redactor: Redactor::default(),
            inner: (),
        }
    }

    /// Forwards all callbacks except [`debug`](Callbacks::debug) to `inner`.
    #[must_use]
    pub fn and<H: Callbacks>(self, inner: H) -> Trace<H> {
        Trace {
            span: self.span,
            redactor: self.redactor,
            inner,
        }
    }
}

impl<H> Trace<H> {
    /// Also hides the values of header fields with this name; case does not count.
    #[must_use]
    pub fn hide_header(mut self, name: &str) -> Trace<H> {
        self.redactor.hide_header(name);
        self
    }

    /// Sets whether the queries and fragments of URLs are shown; off by default.
    #[must_use]
    pub fn show_query(mut self, show: bool) -> Trace<H> {
        self.redactor.show_query(show);
        self
    }

    /// Returns the span, for example to enter it, or to make it follow from another span.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Begins another span inside the current span, for the next transfer with this handler.
    pub fn restart(&mut self) {
        self.span = new_span();
    }

    /// Returns the handler inside.
    #[must_use]
    pub fn into_inner(self) -> H {
        self.inner
    }
}

lend_inner! { Trace<H> }

#[callbacks(to = self.inner)]
impl<H: Callbacks> Callbacks for Trace<H> {
    fn final_head(&mut self, info: &Info<'_>) -> CallbackResult {
        if let Ok(Some(url)) = info.effective_url() {
            let url = self.redactor.hide_in_url(url);
            self.span.record("url", url.as_str());
        }
        if let Ok(status @ 1..) = info.response_code() {
            self.span.record("status", status);
        }
        self.inner.final_head(info)
    }

    fn debug(&mut self, kind: DebugKind, data: &[u8]) -> CallbackResult {
        let span = &self.span;
        let print = |mark, line: &str| -> Result<(), Infallible> {
            match kind {
                DebugKind::Text | DebugKind::HeaderIn | DebugKind::HeaderOut => {
                    event!(target: TARGET, parent: span, Level::DEBUG, "{mark} {line}");
                }
                _ => event!(target: TARGET, parent: span, Level::TRACE, "{mark} {line}"),
            }
            Ok(())
        };
        self.redactor.report(kind, data, print).into()
    }
}
