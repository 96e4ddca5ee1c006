use std::io::{ErrorKind, Read};

use crate::{
    Callbacks, Direction, ProgressResult, ReadBuf, ReadResult, SeekResult, XferInfo, callbacks,
};

/// Sends the bytes of a reader until its end. The reader cannot be rewound, so the body cannot be sent twice.
///
/// Unlike [`ReadFrom`](super::ReadFrom), it takes any reader: the output of a program, a pipe, a decoder. The size of
/// the body need not be known; without an announced size, HTTP/1.1 sends the body in chunks. For this, a POST before
/// libcurl 7.66.0 needs a header `Transfer-Encoding: chunked`. Each call of libcurl reads once, so that the bytes of an
/// interactive reader are sent at once. Except for TELNET, libcurl calls `read` only if
/// [`upload`](crate::Transfer::upload) or [`post`](crate::Transfer::post) is set.
///
/// libcurl has to send a body again after some redirects, after a challenge, and if the server has closed a kept
/// connection. If something was read from the reader before that, the transfer fails with an error that says so.
/// Another transfer that sends a body from a reader that has ended fails too: call
/// [`replace_reader`](ReadOnce::replace_reader) before it. Call it also after a transfer that has failed, since the
/// next transfer would send the rest of the reader. If the reader returns [`WouldBlock`](ErrorKind::WouldBlock), the
/// transfer pauses and tries again, as with [`ReadFrom`](super::ReadFrom). After
/// [`Interrupted`](ErrorKind::Interrupted), the handler reads again at once. Any other error of the reader ends the
/// transfer.
///
/// # Examples
/// ```
/// use std::{fs, io::Read};
/// use curlback::{Transfer, handlers::ReadOnce};
///
/// let lines = "one\n".as_bytes().chain("two\n".as_bytes());
/// let to = std::env::temp_dir().join(format!("curlback-read-once-{}", std::process::id()));
/// let mut transfer = Transfer::new(ReadOnce::new(lines))?;
/// transfer.url(&format!("file://{}", to.display()))?;
/// transfer.upload(true)?;
/// transfer.perform()?;
/// assert_eq!(fs::read_to_string(&to)?, "one\ntwo\n");
/// # fs::remove_file(to)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The answer of the server goes to the handler [inside](ReadOnce::and), such as a
/// [`Collect`](super::Collect):
/// ```
/// use curlback::{Transfer, handlers::{Collect, ReadOnce}};
///
/// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
/// # let url = server::http(|_| server::ok("stored"))?;
/// let mut transfer = Transfer::new(ReadOnce::new("body".as_bytes()).and(Collect::new()))?;
/// transfer.url(&url)?;
/// # transfer.noproxy("*")?;
/// transfer.upload(true)?;
/// transfer.perform()?;
/// let answer = transfer.handler_mut().inner_mut().take_body();
/// assert_eq!(answer, b"stored");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ReadOnce<R, H = ()> {
    reader: R,
    /// Whether `read` was called on the reader, with another result than `WouldBlock`.
    begun: bool,
    /// Whether the reader has returned its end.
    ended: bool,
    paused: bool,
    inner: H,
}

impl<R: Read> ReadOnce<R> {
    /// Makes a handler that sends the bytes of `reader`.
    #[must_use]
    pub fn new(reader: R) -> ReadOnce<R> {
        ReadOnce {
            reader,
            begun: false,
            ended: false,
            paused: false,
            inner: (),
        }
    }

    /// Forwards all callbacks to `inner` except [`read`](Callbacks::read) and [`seek`](Callbacks::seek).
    #[must_use]
    pub fn and<H: Callbacks>(self, inner: H) -> ReadOnce<R, H> {
        ReadOnce {
            reader: self.reader,
            begun: self.begun,
            ended: self.ended,
            paused: self.paused,
            inner,
        }
    }
}

impl<R, H> ReadOnce<R, H> {
    /// Returns the reader.
    #[must_use]
    pub fn reader(&self) -> &R {
        &self.reader
    }

    /// Replaces the reader, so that the next transfer sends another body. Returns the former reader.
    pub fn replace_reader(&mut self, reader: R) -> R {
        self.begun = false;
        self.ended = false;
        std::mem::replace(&mut self.reader, reader)
    }

    /// Returns the reader and the handler inside.
    #[must_use]
    pub fn into_parts(self) -> (R, H) {
        (self.reader, self.inner)
    }
}

lend_inner! { ReadOnce<R, H> }

#[callbacks(to = self.inner)]
impl<R: Read, H: Callbacks> Callbacks for ReadOnce<R, H> {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        if self.ended {
            return ReadResult::Fail(
                "the reader has ended in an earlier transfer: replace it".into(),
            );
        }
        match buffer.fill_once_from(&mut self.reader) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.paused = true;
                ReadResult::Pause
            }
            result => {
                self.begun = true;
                self.ended = result.is_ok() && buffer.filled().is_empty();
                result.into()
            }
        }
    }

    fn seek(&mut self, to: std::io::SeekFrom) -> SeekResult {
        match to {
            std::io::SeekFrom::Start(0) if !self.begun => SeekResult::Done,
            _ => SeekResult::Fail(
                "the body has to be sent again, but its reader can be read only once".into(),
            ),
        }
    }

    fn has_body(&self) -> bool {
        true
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        let result = self.inner.xfer_info(progress);
        match std::mem::take(&mut self.paused) {
            true => result.and_resume(Direction::Send),
            false => result,
        }
    }
}
