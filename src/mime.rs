//! MIME bodies, which consist of parts: forms and mails.

use std::fmt;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::task::Waker;

use crate::callbacks::body::{ReadResult, SeekResult};
use crate::error::BoxError;
use crate::ffi::read_buf::ReadBuf;

/// A body that consists of parts: a form with files, or a mail with attachments.
///
/// [`Transfer::mime`](crate::Transfer::mime) makes it the body of a transfer. Before that call, a `Mime` is only a
/// description: nothing in it is checked or read. That call returns the errors of the description.
///
/// # Examples
/// ```
/// use std::fs::File;
/// use curlback::{Encoder, Mime, Part, Transfer};
///
/// let file = File::open("Cargo.toml")?;
/// let size = file.metadata()?.len();
/// let form = Mime::new()
///     .part(Part::data("curlback").name("title"))
///     .part(Part::file("build.rs").name("script").content_type("text/x-rust"))
///     .part(Part::seekable(file).size(size).name("manifest").filename("Cargo.toml"))
///     .part(Part::data([0, 1, 2]).name("raw").encoder(Encoder::Base64));
///
/// let mut transfer = Transfer::new(())?;
/// transfer.mime(form)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
#[doc(alias = "curl_mime")]
#[doc(alias("curl_mime_free", "Form", "multipart", "attachment"))]
pub struct Mime {
    pub(crate) parts: Vec<Part>,
}

impl Mime {
    /// Makes a body without parts.
    #[must_use]
    #[doc(alias = "curl_mime_init")]
    pub fn new() -> Mime {
        Mime::default()
    }

    /// Adds a part after the others.
    #[must_use]
    #[doc(alias = "curl_mime_addpart")]
    pub fn part(mut self, part: Part) -> Mime {
        self.parts.push(part);
        self
    }
}

impl Extend<Part> for Mime {
    fn extend<I: IntoIterator<Item = Part>>(&mut self, parts: I) {
        self.parts.extend(parts);
    }
}

impl FromIterator<Part> for Mime {
    fn from_iter<I: IntoIterator<Item = Part>>(parts: I) -> Mime {
        let parts = parts.into_iter().collect();
        Mime { parts }
    }
}

/// One part of a [`Mime`]: its content, its name, its headers and its encoding.
///
/// | the content is | call |
/// | --- | --- |
/// | in memory | [`data`](Part::data) |
/// | a file with a path | [`file`](Part::file) |
/// | an open file, or anything else that implements [`Read`] and [`Seek`] | [`seekable`](Part::seekable) |
/// | anything that implements [`Read`] | [`stream`](Part::stream) |
/// | produced piece by piece | [`reader`](Part::reader) |
/// | written while the transfer runs | [`pipe`](Part::pipe) |
/// | parts | [`parts`](Part::parts) |
///
/// # Examples
/// A form with a field and a file:
/// ```
/// use curlback::{Mime, Part};
///
/// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
/// # let mut transfer = server::echo()?;
/// let form = Mime::new()
///     .part(Part::data("Ann").name("author"))
///     .part(Part::file("README.md").name("document").content_type("text/markdown"));
/// transfer.mime(form)?;
/// transfer.perform()?;
/// # let request = server::request(&transfer);
/// assert!(request.contains("form-data; name=\"author\"\r\n\r\nAnn\r\n"));
/// assert!(request.contains("form-data; name=\"document\"; filename=\"README.md\"\r\nContent-Type: text/markdown"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[doc(alias = "curl_mimepart")]
pub struct Part {
    pub(crate) content: Content,
    pub(crate) size: Option<u64>,
    pub(crate) name: Option<Vec<u8>>,
    pub(crate) filename: Filename,
    pub(crate) content_type: Option<Vec<u8>>,
    pub(crate) headers: Vec<Vec<u8>>,
    pub(crate) encoder: Option<Encoder>,
}

/// Where the content of a part comes from.
pub(crate) enum Content {
    Data(Vec<u8>),
    File(PathBuf),
    Reader(Box<dyn Source>),
    Parts(Mime),
}

/// The source of a part's content: a [`MimeReader`] of the user, or a pipe.
pub(crate) trait Source: Send {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult;

    fn seek(&mut self, to: SeekFrom) -> SeekResult;

    /// Notes that the part belongs to a transfer now. `size` is the announced size, if there is one. `resumer` makes a
    /// waker that resumes sending.
    fn attach(&mut self, resumer: &dyn Fn() -> Waker, size: Option<u64>) {
        let _ = (resumer, size);
    }

    /// Removes and returns the error with which the transfer has to end, even if libcurl does not read from the part;
    /// `None` if the transfer may go on.
    fn take_failure(&mut self) -> Option<BoxError> {
        None
    }

    /// Notes that something other than this source has paused sending, and will resume it.
    fn release(&mut self) {}

    /// Notes that libcurl takes no more bytes from this source, although the transfer runs.
    fn refuse(&mut self) {}

    /// Notes that the transfer has ended.
    fn end(&mut self) {}
}

/// The source that calls a [`MimeReader`] of the user.
struct Plain<R>(R);

impl<R: MimeReader> Source for Plain<R> {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.0.read(buffer)
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        self.0.seek(to)
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Data(data) => write!(f, "Data({} bytes)", data.len()),
            Content::File(path) => f.debug_tuple("File").field(path).finish(),
            Content::Reader(_) => f.write_str("Reader"),
            Content::Parts(mime) => f.debug_tuple("Parts").field(mime).finish(),
        }
    }
}

/// The file name that is sent with a part.
#[derive(Debug)]
pub(crate) enum Filename {
    /// The last component of the path if the part is a file, else none.
    Default,
    Hidden,
    Given(Vec<u8>),
}

impl Part {
    fn new(content: Content) -> Part {
        Part {
            content,
            size: None,
            name: None,
            filename: Filename::Default,
            content_type: None,
            headers: Vec::new(),
            encoder: None,
        }
    }

    /// Makes a part whose content is these bytes.
    #[must_use]
    #[doc(alias = "curl_mime_data")]
    pub fn data(bytes: impl Into<Vec<u8>>) -> Part {
        Part::new(Content::Data(bytes.into()))
    }

    /// Makes a part whose content is that of a file. libcurl opens the file when it sends the part, and reads it again
    /// if the body is sent again.
    ///
    /// The last component of the path is sent as the [`filename`](Part::filename), unless another one is
    /// set or the name is [hidden](Part::hide_filename). The size of the file must not change
    /// between [`Transfer::mime`](crate::Transfer::mime) and the transfer, else the body is sent incorrectly.
    #[must_use]
    #[doc(alias = "curl_mime_filedata")]
    pub fn file(path: impl Into<PathBuf>) -> Part {
        Part::new(Content::File(path.into()))
    }

    /// Makes a part whose content comes from a reader: a closure, or a type that implements [`MimeReader`].
    ///
    /// For a file, or anything else that implements [`Read`] and [`Seek`], call [`seekable`](Part::seekable); for
    /// what implements [`Read`] only, [`stream`](Part::stream).
    ///
    /// Without a [`size`](Part::size), HTTP/1.1 sends the whole body in chunks.
    #[must_use]
    #[doc(alias = "curl_mime_data_cb")]
    pub fn reader(reader: impl MimeReader + 'static) -> Part {
        Part::source(Plain(reader))
    }

    pub(crate) fn source(source: impl Source + 'static) -> Part {
        Part::new(Content::Reader(Box::new(source)))
    }

    /// Makes a part whose content is read from `source`. The source can be read only once: if the body has to be
    /// sent again, the transfer fails, normally with [`Code::SEND_FAIL_REWIND`](crate::Code::SEND_FAIL_REWIND).
    ///
    /// An error of the source ends the transfer, whose error then has this error as its source.
    #[must_use]
    pub fn stream(source: impl Read + Send + 'static) -> Part {
        Part::reader(Stream(source))
    }

    /// Makes a part whose content is read from `source`, from its current position to its end. If the body has to be
    /// sent again, `source` is moved back to that position.
    ///
    /// An error of the source ends the transfer, whose error then has this error as its source.
    #[must_use]
    pub fn seekable(source: impl Read + Seek + Send + 'static) -> Part {
        Part::reader(Seekable {
            source,
            start: None,
        })
    }

    /// Makes a part that consists of parts, by default with the type `multipart/mixed`. Parts can be nested in at most
    /// twelve levels, or nine if each of them has an [`encoder`](Part::encoder).
    #[must_use]
    #[doc(alias = "curl_mime_subparts")]
    pub fn parts(parts: Mime) -> Part {
        Part::new(Content::Parts(parts))
    }

    /// Announces how many bytes the content has. Only a part with a reader or a [pipe](Part::pipe) can have a size.
    ///
    /// libcurl does not ask a reader for more bytes than that, and a pipe does not accept more. If the content ends
    /// before that size, the transfer fails with [`Error::Callback`](crate::Error::Callback), whose source is an
    /// [`io::Error`] of the kind [`UnexpectedEof`](ErrorKind::UnexpectedEof).
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Part {
        self.size = Some(bytes);
        self
    }

    /// Sets the name of the part, which in a form is the name of the field. The name need not be UTF-8.
    #[must_use]
    #[doc(alias = "curl_mime_name")]
    pub fn name(mut self, name: impl AsRef<[u8]>) -> Part {
        self.name = Some(name.as_ref().to_owned());
        self
    }

    /// Sets the file name that is sent with the part. The file name need not be UTF-8.
    ///
    /// If no [`content_type`](Part::content_type) is set, libcurl derives a few well-known types from the file name,
    /// such as that of `.png`.
    #[must_use]
    #[doc(alias = "curl_mime_filename")]
    pub fn filename(mut self, filename: impl AsRef<[u8]>) -> Part {
        self.filename = Filename::Given(filename.as_ref().to_owned());
        self
    }

    /// Makes libcurl send no file name with the part.
    #[must_use]
    pub fn hide_filename(mut self) -> Part {
        self.filename = Filename::Hidden;
        self
    }

    /// Sets the type of the content, such as `text/plain; charset=utf-8`.
    #[must_use]
    #[doc(alias = "curl_mime_type")]
    pub fn content_type(mut self, content_type: impl AsRef<[u8]>) -> Part {
        self.content_type = Some(content_type.as_ref().to_owned());
        self
    }

    /// Adds a header to the part: `Name: value`, without the end of the line. The value need not be UTF-8.
    ///
    /// If libcurl would make a header with the same name, this header is sent instead. If both
    /// [`content_type`](Part::content_type) and a header `Content-Type` are set, the former is sent.
    #[must_use]
    #[doc(alias = "curl_mime_headers")]
    pub fn header(mut self, line: impl AsRef<[u8]>) -> Part {
        self.headers.push(line.as_ref().to_owned());
        self
    }

    /// Sets how the content is encoded. By default, it is sent as it is.
    #[must_use]
    #[doc(alias = "curl_mime_encoder")]
    pub fn encoder(mut self, encoder: Encoder) -> Part {
        self.encoder = Some(encoder);
        self
    }
}

/// How the content of a part is encoded.
///
/// libcurl adds a header `Content-Transfer-Encoding` to the part. HTTP servers rarely decode such a part:
/// the encodings are meant for mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoder {
    /// Sent as it is, with the header `binary`.
    Binary,
    /// Sent as it is, with the header `8bit`.
    EightBit,
    /// Sent as it is, with the header `7bit`. A byte above 127 fails the transfer with
    /// [`Code::READ_ERROR`](crate::Code::READ_ERROR).
    SevenBit,
    /// Base64, in lines of 76 characters.
    Base64,
    /// Quoted-printable: `=` and two digits for a byte that is not printable, in lines of 76 characters.
    /// HTTP/1.1 then sends the whole body in chunks.
    QuotedPrintable,
}

/// A reader from which the content of a part comes.
///
/// Its methods are called while the transfer runs, on the thread that drives the transfer, and never at the same time
/// as a callback of the transfer. An error or panic of these methods ends the transfer like that of a callback, with
/// the names [`Callback::MimeRead`](crate::Callback::MimeRead) and [`Callback::MimeSeek`](crate::Callback::MimeSeek).
///
/// A closure that takes a [`ReadBuf`] is a reader that cannot seek. The reader is dropped with the transfer, or when
/// [`reset`](crate::Transfer::reset), [`unset_mime`](crate::Transfer::unset_mime) or another call of
/// [`mime`](crate::Transfer::mime) drops its form or mail.
///
/// # Examples
/// ```
/// use curlback::{Mime, Part, ReadBuf, ReadResult, Transfer};
///
/// let mut lines = (0..1000).map(|n| format!("{n}\n"));
/// let count = move |buffer: &mut ReadBuf<'_>| {
///     if let Some(line) = lines.next() {
///         buffer.append(line.as_bytes());
///     }
///     ReadResult::Continue
/// };
/// let mut transfer = Transfer::new(())?;
/// transfer.mime(Mime::new().part(Part::reader(count).name("numbers")))?;
/// # Ok::<(), curlback::Error>(())
/// ```
#[doc(alias = "curl_mime_data_cb")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no reader of a part: it does not implement `MimeReader`",
    label = "this does not implement `MimeReader`",
    note = "for a file, or anything else that implements `Read + Seek`, call `Part::seekable`; for what implements `Read` only, `Part::stream`",
    note = "a closure needs the form `|buffer: &mut ReadBuf<'_>| -> ReadResult`, and must be `Send`"
)]
pub trait MimeReader: Send {
    /// Puts the next bytes of the content into `buffer`.
    ///
    /// libcurl calls it until it leaves `buffer` empty, which ends the content, or until the announced
    /// [`size`](Part::size) is reached. The buffer may have room for
    /// only a few bytes, especially with an [`Encoder`].
    ///
    /// [`ReadResult::Pause`] pauses sending until it is resumed, by [`Remote::resume`](crate::Remote::resume) or
    /// [`ProgressResult::Resume`](crate::ProgressResult::Resume).
    #[doc(alias = "CURL_READFUNC_PAUSE")]
    #[doc(alias = "CURL_READFUNC_ABORT")]
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult;

    /// Moves to another position, from which the next `read` continues.
    ///
    /// libcurl only ever asks for the beginning, before it sends the body again: after a
    /// redirect, for authentication, after a connection was lost, or in another transfer
    /// with the same parts. The default answers [`SeekResult::CantSeek`], and the transfer then fails, normally with
    /// [`Code::SEND_FAIL_REWIND`](crate::Code::SEND_FAIL_REWIND).
    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        let _ = to;
        SeekResult::CantSeek
    }
}

#[diagnostic::do_not_recommend]
impl<F: FnMut(&mut ReadBuf<'_>) -> ReadResult + Send> MimeReader for F {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self(buffer)
    }
}

/// Reads a source once, from its current position to its end.
struct Stream<R>(R);

impl<R: Read + Send> MimeReader for Stream<R> {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        buffer.fill_from(&mut self.0).into()
    }
}

/// Reads a source to its end, as often as the body is sent, each time from the position of the source
/// before the first read.
struct Seekable<R> {
    source: R,
    /// The position of the source before the first read; `None` until then.
    start: Option<u64>,
}

impl<R: Read + Seek> Seekable<R> {
    fn start(&mut self) -> io::Result<u64> {
        match self.start {
            Some(start) => Ok(start),
            None => Ok(*self.start.insert(self.source.stream_position()?)),
        }
    }

    fn seek_from_start(&mut self, to: SeekFrom) -> io::Result<u64> {
        let start = self.start()?;
        let to = match to {
            SeekFrom::Start(offset) => SeekFrom::Start(
                start
                    .checked_add(offset)
                    .ok_or_else(|| io::Error::from(ErrorKind::InvalidInput))?,
            ),
            other => other,
        };
        self.source.seek(to)
    }
}

impl<R: Read + Seek + Send> MimeReader for Seekable<R> {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        if let Err(error) = self.start() {
            return ReadResult::Fail(error.into());
        }
        buffer.fill_from(&mut self.source).into()
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        self.seek_from_start(to).into()
    }
}
