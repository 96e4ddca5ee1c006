use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

mod error;
mod head;
mod partial;
mod record;
mod transfer;

pub use self::error::DownloadError;
use self::head::Head;
use self::partial::Partial;
use crate::callbacks::facts::{announced_size, has_scheme};
use crate::{
    CallbackResult, Callbacks, HeaderLine, Info, ProgressResult, WriteResult, XferInfo, callbacks,
};

/// Downloads to a file, and continues where an earlier download was cut off.
///
/// [`Transfer::download`](crate::Transfer::download) performs the download. With a [`Multi`](crate::Multi) or an
/// [`Agent`](crate::Agent), call [`begin_download`](crate::Transfer::begin_download) before the transfer and
/// [`finish_download`](crate::Transfer::finish_download) after it. The body is written to `NAME.part` beside the
/// file `NAME`. When the file is complete, `NAME.part` is renamed to `NAME`. After most errors, `NAME.part`
/// stays, and the next `download` continues it if it can: in the same process or in another one.
///
/// # What is continued
/// A download is continued only if its earlier response was one of HTTP with a strong `ETag`, or with a `Last-Modified`
/// that is older than its `Date`. This header is kept in `NAME.part.meta`, with a fingerprint of the URL. The next
/// request asks for the rest with `Range` and `If-Range`. What happens then depends on the status of its response:
///
/// | status | the file |
/// | --- | --- |
/// | 206 | continues, if `Content-Range` begins where the partial file ends, and nothing says that it is another file |
/// | 206 with another range, size, `ETag` or `Last-Modified`, with an unknown size, or for another URL | starts anew, with a second request |
/// | 416 with the size of the partial file in `Content-Range`, and the same `ETag` or `Last-Modified` if it has one | is complete |
/// | any other 416 | starts anew, with a second request |
/// | 200 or any other 2xx | starts anew with this body |
/// | any other status | stays as it was: [`DownloadError::Status`] |
///
/// A download always starts anew if the protocol is not HTTP, if the request sends a body, or if the earlier response
/// had neither of these headers.
///
/// # When a file is complete
/// A file is complete if the transfer has succeeded, and the file has the size that the server has announced. If the
/// server announces no size and the protocol does not mark the end of a body, a body that was cut off is taken for a
/// complete one. This can happen in HTTP/1.0 without `Content-Length`, and in FTP without `SIZE`.
///
/// # Progress
/// The counters of [`XferInfo`] are those of the response. If it is the rest of a file, they begin at 0 and end at
/// the size of the rest. [`XferInfo::offset`] is the number of bytes that were there before. It is for the handler
/// [inside](Download::and). A program that looks at the running transfers of a [`Multi`](crate::Multi) calls
/// [`offset`](Download::offset) of their handlers instead.
///
/// A progress bar that begins where the file does:
/// ```
/// use curlback::{Callbacks, ProgressResult, Transfer, XferInfo, callbacks, handlers::Download};
/// use indicatif::ProgressBar;
///
/// struct Bar(ProgressBar);
///
/// #[callbacks]
/// impl Callbacks for Bar {
///     fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
///         if progress.download_total > 0 { // else the size is not known
///             self.0.set_length(progress.offset() + progress.download_total);
///         }
///         self.0.set_position(progress.offset() + progress.downloaded);
///         ProgressResult::Continue
///     }
/// }
///
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("http://{}/", listener.local_addr()?);
/// # let server = std::thread::spawn(move || -> std::io::Result<()> {
/// #     use std::io::{BufRead, BufReader, Write};
/// #     for (head, body) in [("200 OK\r\nContent-Length: 8", "down"),
/// #         ("206 OK\r\nContent-Length: 4\r\nContent-Range: bytes 4-7/8", "load")] {
/// #         let mut reader = BufReader::new(listener.accept()?.0);
/// #         let mut line = String::new();
/// #         while line != "\r\n" { line.clear(); reader.read_line(&mut line)?; }
/// #         write!(reader.get_mut(), "HTTP/1.1 {head}\r\nETag: \"1\"\r\n\r\n{body}")?;
/// #     }
/// #     Ok(())
/// # });
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("file");
/// let bar = ProgressBar::hidden(); // or `ProgressBar::no_length()`, which is drawn
/// let mut transfer = Transfer::new(Download::to(&path).and(Bar(bar.clone())))?;
/// transfer.url(&url)?;
/// # transfer.proxy("")?;
/// assert!(transfer.download().is_err()); // the connection breaks after 4 of 8 bytes
/// assert_eq!((bar.position(), bar.length()), (4, Some(8)));
///
/// transfer.download()?; // the rest
/// assert_eq!((bar.position(), bar.length()), (8, Some(8)));
/// # server.join().unwrap()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Limits
/// - Two downloads must not write to the same file at once.
/// - Other users must not be able to write to the directory, since they can guess the names of the partial files.
/// - After a power failure, a file system may have kept the size of `NAME.part` but not its bytes.
///   Delete `NAME.part` after a power failure.
///
/// # Examples
/// ```
/// use curlback::{Transfer, handlers::Download};
///
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("http://{}/", listener.local_addr()?);
/// # let server = std::thread::spawn(move || -> std::io::Result<()> {
/// #     use std::io::{BufRead, BufReader, Write};
/// #     for (head, body) in [("200 OK\r\nContent-Length: 8", "down"),
/// #         ("206 OK\r\nContent-Length: 4\r\nContent-Range: bytes 4-7/8", "load")] {
/// #         let mut reader = BufReader::new(listener.accept()?.0);
/// #         let mut line = String::new();
/// #         while line != "\r\n" { line.clear(); reader.read_line(&mut line)?; }
/// #         write!(reader.get_mut(), "HTTP/1.1 {head}\r\nETag: \"1\"\r\n\r\n{body}")?;
/// #     }
/// #     Ok(())
/// # });
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("file");
/// let mut transfer = Transfer::new(Download::to(&path))?;
/// transfer.url(&url)?;
/// # transfer.proxy("")?;
/// let error = transfer.download().unwrap_err(); // the connection breaks after 4 of 8 bytes
/// assert!(!path.exists());
///
/// let done = transfer.download()?; // the rest
/// assert_eq!((done.continued_at(), done.len()), (4, 8));
/// assert_eq!(std::fs::read(&path)?, b"download");
/// # server.join().unwrap()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("resume", "continue", "progress bar"))]
pub struct Download<H = ()> {
    target: PathBuf,
    sync: bool,
    /// The headers of the last response.
    head: Head,
    /// The download that is in progress.
    running: Option<Running>,
    inner: H,
}

/// A download in progress.
struct Running {
    partial: Partial,
    phase: Phase,
    /// The size of the partial file that this download continues; 0 if the download starts anew.
    from: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Begun,
    /// The body is being written to the file. The number is the size of the whole file, if it is known.
    Receiving(Option<u64>),
    /// The partial file is already the whole file, and the body is ignored.
    Complete,
}

/// The result of a complete download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Downloaded {
    len: u64,
    continued_at: u64,
}

impl Downloaded {
    /// Returns the size of the file, in bytes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it is no container")]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Returns how many bytes of the file earlier downloads had written; 0 if this one has written the whole file.
    #[must_use]
    pub fn continued_at(&self) -> u64 {
        self.continued_at
    }
}

impl Download {
    /// Downloads to the file at `path`. An existing file is replaced when the download is complete.
    #[must_use]
    pub fn to(path: impl Into<PathBuf>) -> Download {
        Download {
            target: path.into(),
            sync: false,
            head: Head::default(),
            running: None,
            inner: (),
        }
    }

    /// Forwards all callbacks to `inner` except [`write`](Callbacks::write), [`frame`](Callbacks::frame) and
    /// [`ws_raw`](Callbacks::ws_raw), so `inner` does not get the body. If the response makes the download fail or
    /// start anew with a second request, `inner` does not get the call of [`final_head`](Callbacks::final_head) either.
    #[must_use]
    pub fn and<H: Callbacks>(self, inner: H) -> Download<H> {
        let Download {
            target,
            sync,
            head,
            running,
            inner: (),
        } = self;
        Download {
            target,
            sync,
            head,
            running,
            inner,
        }
    }
}

impl<H> Download<H> {
    /// Sets whether a complete download waits for the storage device (`fsync`); off by default. If on, the bytes are on
    /// the device before the partial file is renamed. On Unix, the new name is on the device too before the download
    /// returns.
    #[must_use]
    pub fn sync(self, sync: bool) -> Download<H> {
        Download { sync, ..self }
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Returns the path of the partial file.
    #[must_use]
    pub fn partial(&self) -> PathBuf {
        with_suffix(&self.target, ".part")
    }

    /// Returns how many bytes of the file were there before the download that is in progress: the counters of
    /// [`XferInfo`] and [`download_size`](crate::Transfer::download_size) do not count them. Returns 0 if the
    /// server sends the whole file, before the final headers have come, and while no download is in progress.
    ///
    /// After the end, [`Downloaded::continued_at`] returns the same number.
    ///
    /// # Examples
    /// ```
    /// # use curlback::{Transfer, handlers::Download};
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let url = server::http(|_| server::ok("body"))?;
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("file");
    /// let mut transfer = Transfer::new(Download::to(&path))?;
    /// transfer.url(&url)?;
    /// # transfer.proxy("")?;
    /// transfer.begin_download()?;
    /// let result = transfer.perform(); // or in a `Multi`
    /// let len = transfer.handler().offset() + transfer.download_size()?;
    /// assert_eq!(len, 4);
    /// transfer.finish_download(result)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn offset(&self) -> u64 {
        match &self.running {
            Some(Running {
                phase: Phase::Receiving(_) | Phase::Complete,
                from,
                ..
            }) => *from,
            _ => 0,
        }
    }

    /// Returns the handler inside.
    #[must_use]
    pub fn into_inner(self) -> H {
        self.inner
    }

    /// Decides by the final headers what happens to the partial file.
    fn decide(&mut self, info: &Info<'_>) -> Result<(), DownloadError> {
        let running = self.running.as_mut().ok_or(DownloadError::NotBegun)?;
        let Running {
            partial,
            phase: Phase::Begun,
            from,
        } = running
        else {
            return Err(DownloadError::NotBegun);
        };
        let is_http = has_scheme(info, &["http", "https"]);
        let status = info.response_code()?;
        let asked = partial.record().filter(|_| *from > 0);
        running.phase = match status {
            206 if is_http => {
                let size = self.head.check_range(*from, asked)?;
                if *from == 0 {
                    partial.start_anew(self.head.record(Some(size)).as_ref())?;
                }
                Phase::Receiving(Some(size))
            }
            416 if is_http && *from > 0 => {
                self.head.check_complete(*from, asked)?;
                Phase::Complete
            }
            200..=299 if is_http => {
                let size = announced_size(info)?;
                partial.start_anew(self.head.record(size).as_ref())?;
                *from = 0;
                Phase::Receiving(size)
            }
            status if is_http => return Err(DownloadError::Status(status)),
            // A redirect has led to another protocol, which sends the range whatever the file is.
            _ if *from > 0 => return Err(DownloadError::Changed),
            _ => {
                partial.start_anew(None)?;
                *from = 0;
                Phase::Receiving(info.content_length_download()?)
            }
        };
        Ok(())
    }

    fn take_part(&mut self, data: &[u8]) -> Result<(), DownloadError> {
        match &mut self.running {
            Some(Running {
                phase: Phase::Complete,
                ..
            }) => Ok(()),
            Some(Running {
                partial,
                phase: Phase::Receiving(_),
                ..
            }) => partial.write(data),
            _ => Err(DownloadError::NotBegun),
        }
    }
}

lend_inner! { Download<H> }

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = OsString::from(path);
    path.push(suffix);
    path.into()
}

impl<H: fmt::Debug> fmt::Debug for Download<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("target", &self.target)
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

// The frames of a WebSocket are part of the body.
#[callbacks(to = self.inner, except(frame, ws_raw))]
impl<H: Callbacks> Callbacks for Download<H> {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.take_part(data).into()
    }

    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        let result = self.inner.header(line);
        if matches!(result, WriteResult::Continue) {
            self.head.note(line);
        }
        result
    }

    fn final_head(&mut self, info: &Info<'_>) -> CallbackResult {
        match self.decide(info) {
            Ok(()) => self.inner.final_head(info),
            Err(error) => CallbackResult::Fail(error.into()),
        }
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        let mut progress = progress.continuing(self.offset());
        if let Some(Running {
            phase: Phase::Complete,
            ..
        }) = self.running
        {
            // The body is that of an error.
            progress.download_total = 0;
            progress.downloaded = 0;
        }
        self.inner.xfer_info(&progress)
    }
}
