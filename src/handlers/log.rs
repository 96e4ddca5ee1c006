use std::io::{self, Write};

use crate::handlers::redact::Redactor;
use crate::{CallbackResult, Callbacks, DebugKind, callbacks};

/// Writes what a verbose transfer reports to a writer, and hides the secrets that are listed below.
///
/// libcurl reports only if [`verbose`](crate::Transfer::verbose) is on. The first character of a line has the same
/// meaning as with the `curl` tool: `*` for a message of libcurl, `>` for a header line that was sent, `<` for a
/// header line that was received, `}` for the number of other bytes that were sent, and `{` for the number of other
/// bytes that were received. Bodies are never written.
///
/// # What is hidden
/// - The values of the header fields whose name contains `authorization`, `authentication-info`, `cookie`, `token`,
///   `secret`, `password`, `passwd`, `api-key`, `apikey`, `access-key`, `credential`, `session`, `signature`,
///   `x-auth`, `csrf`, `xsrf` or `jwt`, and of the fields that [`hide_header`](Log::hide_header) names. These values
///   are also hidden in the messages of libcurl that report the header fields of HTTP/2. The scheme of an
///   authorization, such as `Basic`, is shown.
/// - The user information of URLs, and the values in their queries and fragments: in request lines, in header
///   fields that contain URLs, and in messages. [`show_query`](Log::show_query) shows queries and fragments.
/// - User names, passwords and all steps of a login, with FTP, SMTP, IMAP and POP3. If the command in a line is not
///   known, its whole line is hidden.
/// - The rest of a message after a word such as `cookie`, `user` or `password`.
///
/// Secrets in other places are not hidden, for example in a path, in a header field with another name (see
/// [`hide_header`](Log::hide_header)), in the reason phrase of a status line, in a reply of an FTP or mail server, and
/// in the variables of TELNET. Control characters except tabs are escaped, so that each message and each header line
/// stays on one line.
///
/// [The guide](crate::guide::logging) says what else to consider.
///
/// # Examples
/// ```
/// use curlback::{Transfer, handlers::Log};
///
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("http://{}/?key=hidden", listener.local_addr()?);
/// # let server = std::thread::spawn(move || -> std::io::Result<()> {
/// #     use std::io::{BufRead, BufReader, Write};
/// #     let mut reader = BufReader::new(listener.accept()?.0);
/// #     let mut line = String::new();
/// #     while line != "\r\n" { line.clear(); reader.read_line(&mut line)?; }
/// #     reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=hidden\r\nContent-Length: 4\r\n\r\nbody")
/// # });
/// let mut transfer = Transfer::new(Log::new(Vec::new()))?;
/// transfer.verbose(true)?;
/// transfer.url(&url)?;
/// # transfer.proxy("")?;
/// transfer.username("me")?;
/// transfer.password("hidden")?;
/// transfer.perform()?;
/// # server.join().unwrap()?;
///
/// let log = String::from_utf8(transfer.handler().writer().clone())?;
/// assert!(log.contains("> GET /?key=[redacted] HTTP/1.1\n"));
/// assert!(log.contains("> Authorization: Basic [redacted]\n"));
/// assert!(log.contains("< Set-Cookie: [redacted]\n"));
/// assert!(!log.contains("hidden"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[doc(alias = "CURLOPT_DEBUGFUNCTION")]
#[doc(alias = "CURLOPT_VERBOSE")]
pub struct Log<W, H = ()> {
    writer: W,
    redactor: Redactor,
    inner: H,
}

impl<W: Write> Log<W> {
    /// Makes a handler that passes each line to `writer` at once. It does not flush the writer.
    #[must_use]
    pub fn new(writer: W) -> Log<W> {
        Log {
            writer,
            redactor: Redactor::default(),
            inner: (),
        }
    }

    /// Forwards all callbacks except [`debug`](Callbacks::debug) to `inner`.
    #[must_use]
    pub fn and<H: Callbacks>(self, inner: H) -> Log<W, H> {
        Log {
            writer: self.writer,
            redactor: self.redactor,
            inner,
        }
    }
}

impl<W, H> Log<W, H> {
    /// Also hides the values of header fields with this name; case does not count.
    #[must_use]
    pub fn hide_header(mut self, name: &str) -> Log<W, H> {
        self.redactor.hide_header(name);
        self
    }

    /// Sets whether the queries and fragments of URLs are shown; off by default.
    #[must_use]
    pub fn show_query(mut self, show: bool) -> Log<W, H> {
        self.redactor.show_query(show);
        self
    }

    /// Returns the writer.
    #[must_use]
    pub fn writer(&self) -> &W {
        &self.writer
    }

    /// Returns the writer, mutably, for example to flush it.
    #[must_use]
    pub fn writer_mut(&mut self) -> &mut W {
        &mut self.writer
    }

    /// Returns the writer and the handler inside.
    #[must_use]
    pub fn into_parts(self) -> (W, H) {
        (self.writer, self.inner)
    }
}

lend_inner! { Log<W, H> }

#[callbacks(to = self.inner)]
impl<W: Write, H: Callbacks> Callbacks for Log<W, H> {
    fn debug(&mut self, kind: DebugKind, data: &[u8]) -> CallbackResult {
        let writer = &mut self.writer;
        let print = |mark, line: &str| -> io::Result<()> {
            writer.write_all(format!("{mark} {line}\n").as_bytes())
        };
        self.redactor.report(kind, data, print).into()
    }
}
