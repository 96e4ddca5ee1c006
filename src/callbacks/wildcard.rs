//! The files that a pattern in an FTP URL matches.

use std::fmt;

use libc::{c_int, c_long};

use crate::error::{BoxError, Stop};
use crate::ffi::sys;

/// A file in the listing of an FTP server, for [`chunk_begin`](crate::Callbacks::chunk_begin).
///
/// All of this comes from the server's listing. What the listing does not say is `None`. Strings are bytes in the
/// encoding of the server. If `time_t` is declared with 32 bits, other than on x86 with glibc, only name and type are
/// known: some distributions have changed the size of `time_t`, and so the offsets of the other fields in libcurl's
/// struct.
#[derive(Clone)]
pub struct FileInfo<'a> {
    pub(crate) filename: &'a [u8],
    pub(crate) filetype: FileType,
    pub(crate) size: Option<u64>,
    pub(crate) perm: Option<u32>,
    pub(crate) uid: Option<i32>,
    pub(crate) gid: Option<i32>,
    pub(crate) hardlinks: Option<u64>,
    pub(crate) strings: Strings<'a>,
}

/// Parts of a line in the listing, unchanged.
#[derive(Clone, Copy, Default)]
pub(crate) struct Strings<'a> {
    pub(crate) time: Option<&'a [u8]>,
    pub(crate) perm: Option<&'a [u8]>,
    pub(crate) user: Option<&'a [u8]>,
    pub(crate) group: Option<&'a [u8]>,
    pub(crate) target: Option<&'a [u8]>,
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $($field:ident).+;)*) => {
        impl<'a> FileInfo<'a> {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(&self) -> $type {
                    self.$($field).+
                }
            )*
        }
    };
}

getters! {
    /// Returns the name, without the directory.
    filename: &'a [u8] = filename;
    /// Returns the kind of the file.
    filetype: FileType = filetype;
    /// Returns the size in bytes.
    size: Option<u64> = size;
    /// Returns the permissions as Unix mode bits.
    perm: Option<u32> = perm;
    /// Returns the user id of the owner. The id is `None` in practice: no kind of listing that libcurl can read has it.
    uid: Option<i32> = uid;
    /// Returns the group id. The id is `None` in practice: no kind of listing that libcurl can read has it.
    gid: Option<i32> = gid;
    /// Returns the number of hard links.
    hardlinks: Option<u64> = hardlinks;
    /// Returns the time of the last change, as it is written in the listing.
    time: Option<&'a [u8]> = strings.time;
    /// Returns the permissions as they are written in the listing, such as `rw-r--r--`.
    perm_text: Option<&'a [u8]> = strings.perm;
    /// Returns the name of the owner.
    user: Option<&'a [u8]> = strings.user;
    /// Returns the name of the group.
    group: Option<&'a [u8]> = strings.group;
    /// Returns the path to which a symbolic link points.
    target: Option<&'a [u8]> = strings.target;
}

impl fmt::Debug for FileInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileInfo")
            .field("filename", &self.filename.escape_ascii().to_string())
            .field("filetype", &self.filetype)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// The kind of a file in a listing. libcurl downloads only the kind [`File`](FileType::File).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileType {
    /// A regular file.
    #[doc(alias = "CURLFILETYPE_FILE")]
    File,
    /// A directory.
    #[doc(alias = "CURLFILETYPE_DIRECTORY")]
    Directory,
    /// A symbolic link.
    #[doc(alias = "CURLFILETYPE_SYMLINK")]
    Symlink,
    /// A block device.
    #[doc(alias = "CURLFILETYPE_DEVICE_BLOCK")]
    BlockDevice,
    /// A character device.
    #[doc(alias = "CURLFILETYPE_DEVICE_CHAR")]
    CharDevice,
    /// A named pipe.
    #[doc(alias = "CURLFILETYPE_NAMEDPIPE")]
    NamedPipe,
    /// A socket.
    #[doc(alias = "CURLFILETYPE_SOCKET")]
    Socket,
    /// A door of Solaris.
    #[doc(alias = "CURLFILETYPE_DOOR")]
    Door,
    /// A kind that this crate does not know.
    Other(u32),
}

impl FileType {
    pub(crate) fn from_raw(raw: sys::curlfiletype) -> FileType {
        match raw {
            sys::CURLFILETYPE_FILE => FileType::File,
            sys::CURLFILETYPE_DIRECTORY => FileType::Directory,
            sys::CURLFILETYPE_SYMLINK => FileType::Symlink,
            sys::CURLFILETYPE_DEVICE_BLOCK => FileType::BlockDevice,
            sys::CURLFILETYPE_DEVICE_CHAR => FileType::CharDevice,
            sys::CURLFILETYPE_NAMEDPIPE => FileType::NamedPipe,
            sys::CURLFILETYPE_SOCKET => FileType::Socket,
            sys::CURLFILETYPE_DOOR => FileType::Door,
            #[allow(clippy::unnecessary_cast, reason = "a C enum is an int with MSVC")]
            other => FileType::Other(other as u32),
        }
    }
}

/// What [`chunk_begin`](crate::Callbacks::chunk_begin) answers.
#[derive(Debug)]
#[non_exhaustive]
pub enum ChunkResult {
    /// The file is downloaded, if it is a regular file. A directory, a link or a device is not downloaded.
    #[doc(alias = "CURL_CHUNK_BGN_FUNC_OK")]
    Transfer,
    /// The file is skipped.
    #[doc(alias = "CURL_CHUNK_BGN_FUNC_SKIP")]
    Skip,
    /// Stops the transfer with [`Error::Aborted`](crate::Error::Aborted).
    Abort,
    /// Stops the transfer with [`Error::Callback`](crate::Error::Callback), which keeps this error.
    #[doc(alias = "CURL_CHUNK_BGN_FUNC_FAIL")]
    Fail(BoxError),
}

impl ChunkResult {
    pub(crate) fn into_raw(self) -> Result<c_long, Stop> {
        match self {
            ChunkResult::Transfer => Ok(sys::CURL_CHUNK_BGN_FUNC_OK),
            ChunkResult::Skip => Ok(sys::CURL_CHUNK_BGN_FUNC_SKIP),
            ChunkResult::Abort => Err(Stop::Abort),
            ChunkResult::Fail(error) => Err(Stop::Error(error)),
        }
    }
}

impl<E: Into<BoxError>> From<Result<(), E>> for ChunkResult {
    fn from(result: Result<(), E>) -> ChunkResult {
        match result {
            Ok(()) => ChunkResult::Transfer,
            Err(error) => ChunkResult::Fail(error.into()),
        }
    }
}

/// What [`fnmatch`](crate::Callbacks::fnmatch) answers. A `bool` converts: `true` is [`Match`](FnmatchResult::Match).
#[derive(Debug)]
#[non_exhaustive]
pub enum FnmatchResult {
    /// The pattern matches the name.
    #[doc(alias = "CURL_FNMATCHFUNC_MATCH")]
    Match,
    /// The pattern does not match the name.
    #[doc(alias = "CURL_FNMATCHFUNC_NOMATCH")]
    NoMatch,
    /// Stops the transfer with [`Error::Aborted`](crate::Error::Aborted).
    Abort,
    /// Stops the transfer with [`Error::Callback`](crate::Error::Callback), which keeps this error.
    #[doc(alias = "CURL_FNMATCHFUNC_FAIL")]
    Fail(BoxError),
}

impl FnmatchResult {
    pub(crate) fn into_raw(self) -> Result<c_int, Stop> {
        match self {
            FnmatchResult::Match => Ok(sys::CURL_FNMATCHFUNC_MATCH),
            FnmatchResult::NoMatch => Ok(sys::CURL_FNMATCHFUNC_NOMATCH),
            FnmatchResult::Abort => Err(Stop::Abort),
            FnmatchResult::Fail(error) => Err(Stop::Error(error)),
        }
    }
}

impl From<bool> for FnmatchResult {
    fn from(matches: bool) -> FnmatchResult {
        match matches {
            true => FnmatchResult::Match,
            false => FnmatchResult::NoMatch,
        }
    }
}

impl<E: Into<BoxError>> From<Result<bool, E>> for FnmatchResult {
    fn from(result: Result<bool, E>) -> FnmatchResult {
        match result {
            Ok(matches) => matches.into(),
            Err(error) => FnmatchResult::Fail(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FileType;

    #[test]
    fn unknown_kinds_of_file_are_kept() {
        assert_eq!(FileType::from_raw(0), FileType::File);
        assert_eq!(FileType::from_raw(7), FileType::Door);
        assert_eq!(FileType::from_raw(8), FileType::Other(8));
    }
}
