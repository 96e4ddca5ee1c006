//! The owner of a tree of parts, and the functions by which libcurl fills the parts.

use std::ffi::{CStr, CString, c_void};
use std::io::{self, SeekFrom};
use std::path::Path;
use std::ptr::{self, NonNull};
use std::task::Waker;

use libc::{c_int, size_t};

use crate::error::{BoxError, Stop};
use crate::ffi::item::Item;
use crate::ffi::list::{List, value_of};
use crate::ffi::sys;
use crate::mime::{Content, Encoder, Filename, Mime, Part, Source};
use crate::quirks::{ENCODER_REPEATS_BYTES, STOP_FILLING_UNKNOWN};
use crate::run::announced::Announced;
use crate::run::trampolines::mime;
use crate::{Code, Error, ReadBuf};

const INIT: Item = Item::new(0, "curl_mime_init", "7.56.0");
const NAME: Item = Item::new(0, "curl_mime_name", "7.56.0");
const FILENAME: Item = Item::new(0, "curl_mime_filename", "7.56.0");
const TYPE: Item = Item::new(0, "curl_mime_type", "7.56.0");
const ENCODER: Item = Item::new(0, "curl_mime_encoder", "7.56.0");
const HEADERS: Item = Item::new(0, "curl_mime_headers", "7.56.0");
const DATA: Item = Item::new(0, "curl_mime_data", "7.56.0");
const FILE: Item = Item::new(0, "curl_mime_filedata", "7.56.0");
const READER: Item = Item::new(0, "curl_mime_data_cb", "7.56.0");
const PARTS: Item = Item::new(0, "curl_mime_subparts", "7.56.0");

/// How deeply libcurl may nest its calls while it reads a part. libcurl before 8.20.0 has no limit. Later releases
/// refuse to read a part that needs more calls.
const CALLS: usize = 40;
/// How many of these calls each level of parts takes: for the part around it, the content of that part, and the list
/// of parts in it. An encoder of the part around it takes one more.
const CALLS_A_LEVEL: usize = 3;
/// How many calls the innermost part takes: for itself and for its content.
const CALLS_OF_A_PART: usize = 2;

/// The largest sum of announced sizes. libcurl adds sizes up, also those of encoded parts, without a
/// check for overflow.
const LARGEST: u64 = 1 << 60;

/// A tree of parts, and the readers that it points to. If a tree is freed while it is set,
/// libcurl unsets it.
pub(super) struct Tree {
    root: Branch,
    /// Freed after the tree (C8).
    readers: Vec<ReaderOwner>,
}

/// The functions that fill the parts of a handler's transfer.
#[derive(Clone, Copy)]
pub(super) struct ReaderFunctions {
    pub(super) read: mime::Read,
    pub(super) seek: mime::Seek,
    /// The context of the transfer.
    user: *mut c_void,
}

impl ReaderFunctions {
    /// # Safety
    /// `user` must be the context of this `H` (C2), and outlive the tree it is used for.
    pub(super) unsafe fn new<H>(user: *mut c_void) -> ReaderFunctions {
        ReaderFunctions {
            read: mime::read_in::<H>,
            seek: mime::seek_in::<H>,
            user,
        }
    }
}

impl Tree {
    /// Makes libcurl's tree from a description. `resumer` makes a waker that resumes sending.
    pub(super) fn new(
        easy: NonNull<sys::CURL>,
        functions: ReaderFunctions,
        mime: Mime,
        resumer: &dyn Fn() -> Waker,
    ) -> Result<Tree, Error> {
        let mut readers = Vec::new();
        let mut builder = Builder {
            easy,
            functions,
            resumer,
            readers: &mut readers,
            announced: 0,
        };
        let root = builder.branch(mime, 0)?;
        Ok(Tree { root, readers })
    }

    pub(super) fn as_ptr(&self) -> *mut sys::Mime {
        self.root.0.as_ptr()
    }

    /// Returns whether user code fills some of the parts. A transfer with such a tree cannot be cloned.
    pub(super) fn has_readers(&self) -> bool {
        !self.readers.is_empty()
    }

    /// Makes the readers use another context, of the same or another type.
    pub(super) fn set_functions(&mut self, functions: ReaderFunctions) {
        for reader in self.readers() {
            reader.functions = functions;
        }
    }

    /// Makes the readers begin again: libcurl takes the parts of a copied handle for unread.
    pub(super) fn begin_again(&mut self) {
        for reader in self.readers() {
            reader.behind |= reader.begun;
        }
    }

    /// Takes the error with which the writer of a part has given up, or returns `None`. libcurl need not have
    /// asked for more bytes of that part.
    pub(super) fn take_failure(&mut self) -> Option<BoxError> {
        self.readers()
            .find_map(|reader| reader.source.take_failure())
    }

    /// Notes that a remote has paused sending, so that the readers must not resume it.
    pub(super) fn release(&mut self) {
        self.readers().for_each(|reader| reader.source.release());
    }

    /// Notes that the transfer sends no more.
    pub(super) fn refuse(&mut self) {
        self.readers().for_each(|reader| reader.source.refuse());
    }

    /// Notes that the transfer has ended.
    pub(super) fn end(&mut self) {
        self.readers().for_each(|reader| reader.source.end());
    }

    fn readers(&mut self) -> impl Iterator<Item = &mut PartReader> {
        // SAFETY: C8: the reader is live, and libcurl is not using it.
        (self.readers.iter_mut()).map(|owner| unsafe { owner.0.as_mut() })
    }
}

/// Owns a `curl_mime` and what is in it.
struct Branch(NonNull<sys::Mime>);

impl Drop for Branch {
    fn drop(&mut self) {
        // SAFETY: C8: the only owner; no part has a free function of this crate's for libcurl to call.
        unsafe { sys::curl_mime_free(self.0.as_ptr()) };
    }
}

struct Builder<'a> {
    /// The handle with which libcurl makes the random boundary.
    easy: NonNull<sys::CURL>,
    functions: ReaderFunctions,
    resumer: &'a dyn Fn() -> Waker,
    readers: &'a mut Vec<ReaderOwner>,
    announced: u64,
}

impl Builder<'_> {
    /// Makes the tree of a `Mime`, which libcurl reads with `calls` calls around it.
    fn branch(&mut self, mime: Mime, calls: usize) -> Result<Branch, Error> {
        // SAFETY: C1: the handle is live; nothing is called back.
        let branch = unsafe { sys::curl_mime_init(self.easy.as_ptr()) };
        let Some(branch) = NonNull::new(branch) else {
            // libcurl is built without MIME, or has no memory or no random bytes. All these give the error
            // that libcurl lacks the function.
            return Err(INIT
                .check(Code::NOT_BUILT_IN)
                .err()
                .unwrap_or(OUT_OF_MEMORY));
        };
        let branch = Branch(branch);
        for part in mime.parts {
            // SAFETY: C8: the tree is live.
            let raw = unsafe { sys::curl_mime_addpart(branch.0.as_ptr()) };
            let raw = NonNull::new(raw).ok_or(OUT_OF_MEMORY)?;
            self.part(raw, part, calls + CALLS_A_LEVEL)?;
        }
        Ok(branch)
    }

    /// Fills in a part of the tree under construction, which libcurl reads with `calls` calls around it.
    fn part(&mut self, raw: NonNull<sys::MimePart>, part: Part, calls: usize) -> Result<(), Error> {
        let Part {
            content,
            size,
            name,
            filename,
            content_type,
            mut headers,
            mut encoder,
        } = part;
        if size.is_some() && !matches!(content, Content::Reader(_)) {
            return Err(READER.unsuitable("only a reader has a size to announce"));
        }
        let calls = calls + usize::from(encoder.is_some());
        // A list of parts may be empty, and takes a call all the same.
        let inner = CALLS_OF_A_PART + usize::from(matches!(content, Content::Parts(_)));
        if calls + inner > CALLS {
            return Err(PARTS.unsuitable("the parts are nested too deeply"));
        }
        let is_plain = |encoder: &Encoder| matches!(encoder, Encoder::Binary | Encoder::EightBit);
        if ENCODER_REPEATS_BYTES.is_present() {
            if let Some(plain) = encoder.take_if(|encoder| is_plain(encoder)) {
                const NAME: &[u8] = b"Content-Transfer-Encoding:";
                if !headers.iter().any(|line| value_of(line, NAME).is_some()) {
                    headers.push([NAME, b" ", plain.name().to_bytes()].concat());
                }
            }
        }
        let at = raw.as_ptr();
        match content {
            Content::Data(data) => {
                // SAFETY: C8: the part is live; libcurl copies the data.
                let code = unsafe { sys::curl_mime_data(at, data.as_ptr().cast(), data.len()) };
                DATA.check(Code::from_raw(code))?;
            }
            Content::File(path) => file(raw, &path)?,
            Content::Reader(reader) => self.reader(raw, reader, size)?,
            Content::Parts(parts) => {
                let branch = self.branch(parts, calls)?;
                // SAFETY: C8: part and branch are live, and the branch is in no other part.
                let code = unsafe { sys::curl_mime_subparts(at, branch.0.as_ptr()) };
                PARTS.check(Code::from_raw(code))?;
                // The part owns the branch now.
                std::mem::forget(branch);
            }
        }
        if let Some(name) = name {
            let name = one_line(NAME, name)?;
            // SAFETY: C8: the part is live; libcurl copies the text.
            NAME.check(Code::from_raw(unsafe {
                sys::curl_mime_name(at, name.as_ptr())
            }))?;
        }
        let filename = match filename {
            Filename::Default => None,
            Filename::Hidden => Some(None),
            Filename::Given(filename) => Some(Some(one_line(FILENAME, filename)?)),
        };
        if let Some(filename) = filename {
            let filename = filename.as_deref().map_or(ptr::null(), CStr::as_ptr);
            // SAFETY: C8: the part is live; libcurl copies the string, or removes the name for NULL.
            let code = unsafe { sys::curl_mime_filename(at, filename) };
            FILENAME.check(Code::from_raw(code))?;
        }
        if let Some(kind) = content_type {
            let kind = one_line(TYPE, kind)?;
            // SAFETY: C8: the part is live; libcurl copies the text.
            TYPE.check(Code::from_raw(unsafe {
                sys::curl_mime_type(at, kind.as_ptr())
            }))?;
        }
        if let Some(encoder) = encoder {
            // SAFETY: C8: the part is live; libcurl knows the name.
            let code = unsafe { sys::curl_mime_encoder(at, encoder.name().as_ptr()) };
            ENCODER.check(Code::from_raw(code))?;
        }
        self::headers(raw, headers)
    }

    fn reader(
        &mut self,
        raw: NonNull<sys::MimePart>,
        mut source: Box<dyn Source>,
        size: Option<u64>,
    ) -> Result<(), Error> {
        self.announced = self.announced.saturating_add(size.unwrap_or_default());
        let known = size.map_or(Ok(-1), sys::curl_off_t::try_from);
        let (Ok(known), true) = (known, self.announced <= LARGEST) else {
            return Err(READER.unsuitable("the size is too large"));
        };
        source.attach(self.resumer, size);
        let owner = ReaderOwner::new(source, size, self.functions);
        let read: Option<sys::ReadFunction> = Some(mime::read);
        let seek: Option<sys::SeekFunction> = Some(mime::seek);
        let own = owner.as_user_data();
        // SAFETY: C8: the part is live, and the owner of the reader is kept until the part is freed.
        let code = unsafe { sys::curl_mime_data_cb(raw.as_ptr(), known, read, seek, None, own) };
        self.readers.push(owner);
        READER.check(Code::from_raw(code))
    }
}

const OUT_OF_MEMORY: Error = Error::libcurl(Code::OUT_OF_MEMORY);

/// Gives a part the content of a file.
fn file(part: NonNull<sys::MimePart>, path: &Path) -> Result<(), Error> {
    let unreadable = |error: io::Error| {
        Error::libcurl_with(Code::READ_ERROR, format!("{}: {error}", path.display()))
    };
    // libcurl would send a directory as an empty part.
    if path.metadata().map_err(unreadable)?.is_dir() {
        return Err(unreadable(io::Error::other("it is a directory")));
    }
    // Unless another name is set, libcurl sends the name of the file in a header line.
    let own = path.file_name().unwrap_or_default().to_string_lossy();
    if own.contains(['\r', '\n']) {
        return Err(FILE.unsuitable("the name of the file contains an end of line"));
    }
    let name =
        CString::new(path_bytes(path)?).map_err(|_| FILE.unsuitable("the path contains a NUL"))?;
    // SAFETY: C8: the part is live; libcurl copies the text.
    match Code::from_raw(unsafe { sys::curl_mime_filedata(part.as_ptr(), name.as_ptr()) }) {
        Code::READ_ERROR => Err(unreadable(io::Error::last_os_error())),
        code => FILE.check(code),
    }
}

#[cfg(unix)]
fn path_bytes(path: &Path) -> Result<&[u8], Error> {
    Ok(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()))
}

#[cfg(not(unix))]
fn path_bytes(path: &Path) -> Result<&[u8], Error> {
    let path = path.to_str();
    path.map(str::as_bytes)
        .ok_or_else(|| FILE.unsuitable("the path is not Unicode"))
}

/// Gives a part its headers.
fn headers(part: NonNull<sys::MimePart>, lines: Vec<Vec<u8>>) -> Result<(), Error> {
    if lines.is_empty() {
        return Ok(());
    }
    let line = |line: Vec<u8>| match line.iter().position(|byte| *byte == b':') {
        Some(colon) if !line[..colon].trim_ascii().is_empty() => one_line(HEADERS, line),
        // An empty line would end the headers.
        _ => Err(HEADERS.unsuitable("a header has no name")),
    };
    let lines: Vec<CString> = lines.into_iter().map(line).collect::<Result<_, _>>()?;
    let list = List::new(&lines);
    // SAFETY: C8: the part is live, and owns the list if this succeeds.
    let code = unsafe { sys::curl_mime_headers(part.as_ptr(), list.as_ptr(), 1) };
    HEADERS.check(Code::from_raw(code))?;
    std::mem::forget(list);
    Ok(())
}

/// Converts a string. Returns an error if the string has a NUL, or an end of line, which could add lines to
/// the headers of a part.
fn one_line(item: Item, text: Vec<u8>) -> Result<CString, Error> {
    if text.contains(&b'\r') || text.contains(&b'\n') {
        return Err(item.unsuitable("the text contains an end of line"));
    }
    CString::new(text).map_err(|_| item.unsuitable("the text contains a NUL"))
}

impl Encoder {
    fn name(self) -> &'static CStr {
        match self {
            Encoder::Binary => c"binary",
            Encoder::EightBit => c"8bit",
            Encoder::SevenBit => c"7bit",
            Encoder::Base64 => c"base64",
            Encoder::QuotedPrintable => c"quoted-printable",
        }
    }
}

/// The owner of a [`PartReader`] at an address that never changes.
struct ReaderOwner(NonNull<PartReader>);

// SAFETY: C6: the source is `Send`, and the reader is reached through its owner or by libcurl, on
// the thread that has the transfer.
unsafe impl Send for ReaderOwner {}

/// The user data of a part that user code fills (C8).
pub(super) struct PartReader {
    source: Box<dyn Source>,
    /// Compares the number of bytes with the announced size.
    pub(super) announced: Announced,
    /// Whether the last answer to libcurl came from [`halt`](PartReader::halt).
    pub(super) halted: bool,
    /// Whether the reader may have left its beginning.
    pub(super) begun: bool,
    /// Whether libcurl expects the reader to be at its beginning, although it may be elsewhere.
    pub(super) behind: bool,
    functions: ReaderFunctions,
}

impl ReaderOwner {
    fn new(source: Box<dyn Source>, size: Option<u64>, functions: ReaderFunctions) -> ReaderOwner {
        let reader = Box::new(PartReader {
            source,
            announced: Announced::new(size),
            halted: false,
            begun: false,
            behind: false,
            functions,
        });
        // The `Box` is not kept, since it would claim to be the only pointer to the reader.
        ReaderOwner(NonNull::from(Box::leak(reader)))
    }

    fn as_user_data(&self) -> *mut c_void {
        self.0.as_ptr().cast()
    }
}

impl Drop for ReaderOwner {
    fn drop(&mut self) {
        // SAFETY: the address came from a `Box`; C8: the tree is gone.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

impl PartReader {
    /// Returns the functions for the handler of the transfer.
    pub(super) fn functions(&self) -> ReaderFunctions {
        self.functions
    }

    /// Returns a reference to the pointer to the context of the transfer. The pointer does not change during
    /// a transfer.
    pub(super) fn user(&self) -> &*mut c_void {
        &self.functions.user
    }

    /// Moves the reader back to its beginning, if libcurl expects it there.
    pub(super) fn rewind(&mut self) -> Result<(), Stop> {
        if std::mem::take(&mut self.behind) {
            let sought = self.seek(0)?;
            if sought != sys::CURL_SEEKFUNC_OK {
                return Err(Stop::Error(
                    "the reader of a part cannot begin again".into(),
                ));
            }
        }
        self.begun = true;
        Ok(())
    }

    pub(super) fn seek(&mut self, offset: u64) -> Result<c_int, Stop> {
        self.halted = false;
        (self.begun, self.behind) = (offset != 0, false);
        self.announced.seek(offset);
        self.source.seek(SeekFrom::Start(offset)).into_raw()
    }

    /// Makes the source fill the buffer, and returns the value for libcurl.
    pub(super) fn fill(&mut self, mut buffer: ReadBuf<'_>) -> Result<size_t, Stop> {
        let result = self.source.read(&mut buffer);
        let len = buffer.len();
        let answer = result.into_raw(len)?;
        if answer != len {
            return Ok(answer);
        }
        self.announced.check(len, "the reader of a part")?;
        self.announced.take(len);
        Ok(answer)
    }

    /// Returns the value for libcurl while sending is paused. libcurl notices a pause only if it has put
    /// nothing else, such as a boundary, into its buffer before. A resume that comes before libcurl notices the
    /// pause is lost. So, if libcurl knows `STOP_FILLING`, the first value makes libcurl send what is in
    /// its buffer and then ask again, and the second value pauses. Otherwise, each value pauses.
    pub(super) fn halt(&mut self) -> size_t {
        match std::mem::replace(&mut self.halted, true) {
            true => sys::CURL_READFUNC_PAUSE,
            false if STOP_FILLING_UNKNOWN.is_present() => sys::CURL_READFUNC_PAUSE,
            false => sys::STOP_FILLING,
        }
    }
}
