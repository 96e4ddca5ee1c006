//! Bodies of parts, as forms and mails have them.

use std::fmt;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::task::Waker;

use crate::callbacks::body::{ReadResult, SeekResult};
use crate::error::BoxError;
use crate::ffi::read_buf::ReadBuf;

/// A body of parts: a form with files, or a mail with attachments.
///
/// [`Transfer::mime`](crate::Transfer::mime) makes it the body of a transfer. Until then it is a description
/// and nothing is read; what is wrong with it is found there.
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

    /// Adds a part after those that are there.
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

/// One part of a [`Mime`]: where its content comes from, and what is said about it.
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

/// What fills in a part: a reader of the user's, or a pipe.
pub(crate) trait Source: Send {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult;

    fn seek(&mut self, to: SeekFrom) -> SeekResult;

    /// Notes that a transfer has the part, whose `size` was announced. `resumer` makes what resumes sending.
    fn attach(&mut self, resumer: &dyn Fn() -> Waker, size: Option<u64>) {
        let _ = (resumer, size);
    }

    /// Returns why the transfer has to end, although it has not asked for more.
    fn take_failure(&mut self) -> Option<BoxError> {
        None
    }

    /// Notes that somebody else has paused the transfer, and will resume it.
    fn release(&mut self) {}

    /// Notes that the transfer takes nothing more.
    fn refuse(&mut self) {}

    /// Notes that the transfer has ended.
    fn end(&mut self) {}
}

/// A reader of the user's.
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

/// The name of a file that is sent to the other end.
#[derive(Debug)]
pub(crate) enum Filename {
    /// The last component of the path, if the part is a file.
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

    /// Makes a part of bytes in memory.
    #[must_use]
    #[doc(alias = "curl_mime_data")]
    pub fn data(bytes: impl Into<Vec<u8>>) -> Part {
        Part::new(Content::Data(bytes.into()))
    }

    /// Makes a part of a file, which libcurl opens when it sends the part, and reads again if
    /// the body is sent again.
    ///
    /// The last component of the path is its [`filename`](Part::filename), unless that is
    /// set or [hidden](Part::hide_filename). The size of the file must not change
    /// between [`Transfer::mime`](crate::Transfer::mime) and the transfer, else the body is sent incorrectly.
    #[must_use]
    #[doc(alias = "curl_mime_filedata")]
    pub fn file(path: impl Into<PathBuf>) -> Part {
        Part::new(Content::File(path.into()))
    }

    /// Makes a part of what a reader fills in: a closure, or a type that implements [`MimeReader`].
    ///
    /// For a file, or anything else that implements [`Read`] and [`Seek`], call [`seekable`](Part::seekable); for
    /// what implements [`Read`] only, [`stream`](Part::stream).
    ///
    /// Without a [`size`](Part::size), the whole body goes in chunks.
    #[must_use]
    #[doc(alias = "curl_mime_data_cb")]
    pub fn reader(reader: impl MimeReader + 'static) -> Part {
        Part::source(Plain(reader))
    }

    pub(crate) fn source(source: impl Source + 'static) -> Part {
        Part::new(Content::Reader(Box::new(source)))
    }

    /// Makes a part of what can be read from `source`, once: if the body has to be sent
    /// again, the transfer fails with
    /// [`Code::SEND_FAIL_REWIND`](crate::Code::SEND_FAIL_REWIND).
    ///
    /// An error of the source ends the transfer, and comes back from it.
    #[must_use]
    pub fn stream(source: impl Read + Send + 'static) -> Part {
        Part::reader(Stream(source))
    }

    /// Makes a part of what can be read from `source`, from where it stands; it goes back
    /// there if the body has to be sent again.
    ///
    /// An error of the source ends the transfer, and comes back from it.
    #[must_use]
    pub fn seekable(source: impl Read + Seek + Send + 'static) -> Part {
        Part::reader(Seekable {
            source,
            start: None,
        })
    }

    /// Makes a part of parts, by default called `multipart/mixed`. At most twelve levels
    /// may be in each other.
    #[must_use]
    #[doc(alias = "curl_mime_subparts")]
    pub fn parts(parts: Mime) -> Part {
        Part::new(Content::Parts(parts))
    }

    /// Announces how many bytes a reader or a [pipe](Part::pipe) has; only these take it.
    ///
    /// A reader is asked for no more than that, and a pipe takes no more. One that ends before fails the
    /// transfer with an error of kind [`UnexpectedEof`](ErrorKind::UnexpectedEof).
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Part {
        self.size = Some(bytes);
        self
    }

    /// Sets the name of the part: that of the field in a form. It need not be UTF-8.
    #[must_use]
    #[doc(alias = "curl_mime_name")]
    pub fn name(mut self, name: impl AsRef<[u8]>) -> Part {
        self.name = Some(name.as_ref().to_owned());
        self
    }

    /// Sets the name that the other end may give to the file. It need not be UTF-8.
    ///
    /// It also tells libcurl a few well-known types, such as that of `.png`.
    #[must_use]
    #[doc(alias = "curl_mime_filename")]
    pub fn filename(mut self, filename: impl AsRef<[u8]>) -> Part {
        self.filename = Filename::Given(filename.as_ref().to_owned());
        self
    }

    /// Does not tell the name of the file.
    #[must_use]
    pub fn hide_filename(mut self) -> Part {
        self.filename = Filename::Hidden;
        self
    }

    /// Sets the type of the content, as in `text/plain; charset=utf-8`.
    #[must_use]
    #[doc(alias = "curl_mime_type")]
    pub fn content_type(mut self, content_type: impl AsRef<[u8]>) -> Part {
        self.content_type = Some(content_type.as_ref().to_owned());
        self
    }

    /// Adds a header to the part: `Name: value`, without the end of the line. The value need
    /// not be UTF-8.
    ///
    /// It takes the place of one that libcurl would make. Of a `Content-Type`, only
    /// [`content_type`](Part::content_type) counts if both are set.
    #[must_use]
    #[doc(alias = "curl_mime_headers")]
    pub fn header(mut self, line: impl AsRef<[u8]>) -> Part {
        self.headers.push(line.as_ref().to_owned());
        self
    }

    /// Sets how the content is encoded; it goes as it is otherwise.
    #[must_use]
    #[doc(alias = "curl_mime_encoder")]
    pub fn encoder(mut self, encoder: Encoder) -> Part {
        self.encoder = Some(encoder);
        self
    }
}

/// How the content of a part is encoded for its way.
///
/// The part says so in a `Content-Transfer-Encoding`. Servers of HTTP rarely decode it:
/// it is meant for mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoder {
    /// As it is.
    Binary,
    /// As it is, and called 8-bit text.
    EightBit,
    /// As it is; a byte above 127 fails the transfer with
    /// [`Code::READ_ERROR`](crate::Code::READ_ERROR).
    SevenBit,
    /// In base64, in lines of 76 characters.
    Base64,
    /// With `=` and two digits for what is not printable, in lines of 76 characters. The
    /// whole body then goes in chunks.
    QuotedPrintable,
}

/// What fills in the content of a part.
///
/// Its methods are called while the transfer that it was given to runs, on the thread
/// that drives it, and never at the same time as its other callbacks. An error or a
/// panic of theirs comes out of the transfer as those of any callback do, named
/// [`Callback::MimeRead`](crate::Callback::MimeRead) and
/// [`Callback::MimeSeek`](crate::Callback::MimeSeek).
///
/// A closure that takes a [`ReadBuf`] is a reader that cannot seek. The reader is dropped
/// with the transfer, by its [`reset`](crate::Transfer::reset), or when another body replaces it.
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
    /// Fills `buffer` with what comes next.
    ///
    /// libcurl calls it until it has ended: nothing put in means the end. The buffer may be
    /// as small as a few bytes, above all with an [`Encoder`].
    ///
    /// [`ReadResult::Pause`] pauses sending until it is resumed, by
    /// [`Remote::resume`](crate::Remote::resume) or
    /// [`ProgressResult::Resume`](crate::ProgressResult::Resume).
    #[doc(alias = "CURL_READFUNC_PAUSE")]
    #[doc(alias = "CURL_READFUNC_ABORT")]
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult;

    /// Goes to another place, so that the next `read` starts there.
    ///
    /// libcurl only ever asks for the beginning: before a body is sent again because of a
    /// redirect, of authentication, of a connection that was lost, or of another transfer
    /// with the same parts. The default cannot, and the transfer then fails with
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

/// Reads a source from where it stands to its end, once.
struct Stream<R>(R);

impl<R: Read + Send> MimeReader for Stream<R> {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        buffer.fill_from(&mut self.0).into()
    }
}

/// Reads a source from where it stands to its end, again and again.
struct Seekable<R> {
    source: R,
    /// Where the source stood at first.
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
