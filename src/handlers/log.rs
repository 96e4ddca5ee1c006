use std::io::{self, Write};

use crate::handlers::redact::Redactor;
use crate::{CallbackResult, Callbacks, DebugKind, callbacks};

/// Writes what a verbose transfer reports to a writer, without the secrets in it.
///
/// libcurl reports only if [`verbose`](crate::Transfer::verbose) is on. Each line begins as those of
/// the `curl` tool: `*` for a message of libcurl, `>` for a line that was sent, `<` for one that was received,
/// and `}` and `{` for the number of bytes sent and received that are no header. Bodies are never written.
///
/// # What is hidden
/// - The values of the header fields whose name contains `authorization`, `authentication-info`, `cookie`, `token`,
///   `secret`, `password`, `passwd`, `api-key`, `apikey`, `access-key`, `credential`, `session`, `signature`, `x-auth`,
///   `csrf`, `xsrf` or `jwt`, and of those that [`hide_header`](Log::hide_header) names; also where libcurl reports
///   them as a message, as with HTTP/2.
/// - The user information of URLs, and the values in their queries and fragments, in request lines, in the
///   fields that have URLs, and in messages. [`show_query`](Log::show_query) shows the queries.
/// - User names, passwords and all steps of a login, with FTP, SMTP, IMAP and POP3. A line that is no
///   known command is hidden as a whole.
/// - The rest of a message after a word such as `cookie`, `user` or `password`.
///
/// Not hidden are secrets in a path, in a header field of another name (see [`hide_header`](Log::hide_header)), in
/// the text of a status, and in the variables of TELNET. Control characters are escaped, so that each
/// report stays one line.
///
/// [The guide](crate::guide::logging) has the traps.
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
    /// Writes to `writer`, each line at once; it is not flushed here.
    #[must_use]
    pub fn new(writer: W) -> Log<W> {
        Log {
            writer,
            redactor: Redactor::default(),
            inner: (),
        }
    }

    /// Leaves all callbacks but [`debug`](Callbacks::debug) to `inner`.
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
    /// Also hides the values of header fields of this name; case does not count.
    #[must_use]
    pub fn hide_header(mut self, name: &str) -> Log<W, H> {
        self.redactor.hide_header(name);
        self
    }

    /// Shows the queries and fragments of URLs; off by default.
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

    /// Returns the writer, to be flushed for instance.
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
