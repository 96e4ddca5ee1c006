//! The directory in which an FTP or SFTP session began.
//!
//! Before 8.13.0, libcurl's string is part of the connection on which the session was opened, and
//! is freed with that connection. Before 8.10.0, this crate copies the string when a transfer ends, if
//! that transfer has opened the session itself and its connection is still in the cache. From 8.10.0 to
//! 8.13.0, this crate refuses the information, which is more than necessary for 8.13.0.

use std::ffi::CString;
use std::ptr;

use libc::{c_char, c_long};

use crate::Error;
use crate::ffi::info::{Info, SOCKET};
use crate::ffi::item::Item;
use crate::ffi::pool::Entered;
use crate::ffi::{decode, sys};
use crate::quirks::{ENTRY_PATH_OF_CONNECTION, ENTRY_PATH_OF_NOBODY};
use crate::run::easy::Easy;

const PATH: Item = Item::new(
    sys::CURLINFO_STRING + 30,
    "CURLINFO_FTP_ENTRY_PATH",
    "7.15.4",
);
const PORT: Item = Item::new(sys::CURLINFO_LONG + 42, "CURLINFO_LOCAL_PORT", "7.21.0");
const SCHEME: Item = Item::new(sys::CURLINFO_STRING + 49, "CURLINFO_SCHEME", "7.52.0");

/// The owner of libcurl's string.
enum StringOwner {
    Handle,
    Connection,
    /// The connection, which may be closed by another handle than the one that has used it.
    Nobody,
}

impl StringOwner {
    fn linked() -> StringOwner {
        if ENTRY_PATH_OF_CONNECTION.is_present() {
            return StringOwner::Connection;
        }
        match ENTRY_PATH_OF_NOBODY.is_present() {
            true => StringOwner::Nobody,
            false => StringOwner::Handle,
        }
    }
}

/// A copy of the string, for releases whose own string is part of a connection.
#[derive(Default)]
pub(super) struct EntryPath {
    copy: Option<CString>,
    /// The local port of the connection from which the string was copied.
    port: c_long,
    /// The address of libcurl's string when the transfer began. The string there is never read.
    former: usize,
}

impl<H> Easy<H> {
    /// Notes the address of libcurl's string before a transfer.
    pub(super) fn begin_entry_path(&mut self) {
        if self.may_have_entry_path() {
            self.entry_path.former = raw(&self.info()).addr();
        }
    }

    /// Returns whether the linked libcurl makes a copy of the string necessary, and this transfer may
    /// replace the string.
    fn may_have_entry_path(&self) -> bool {
        let is_http_only = self.known.is_http_only() && !self.known.wildcards;
        !is_http_only && matches!(StringOwner::linked(), StringOwner::Connection)
    }

    /// Copies the path, if it is known that libcurl has not freed it. The handle must still be in its
    /// engine.
    pub(super) fn keep_entry_path(&mut self, _: &Entered) {
        if !self.may_have_entry_path() {
            return;
        }
        let info = self.info();
        let path = raw(&info);
        if path.addr() == self.entry_path.former && self.entry_path.copy.is_none() {
            return;
        }
        let port = info.long(PORT).unwrap_or_default();
        // With wildcards, libcurl makes several transfers, each of which may use another connection.
        let one = !self.known.wildcards;
        if path.addr() == self.entry_path.former {
            // The path of a new session may have the address of the former path, which was freed.
            let same = port == self.entry_path.port || !info.has_session();
            if !(one && same) {
                self.entry_path.copy = None;
            }
            return;
        }
        let path = match one && info.has_connection() {
            true => path,
            false => ptr::null(),
        };
        // SAFETY: this transfer has opened the session, so its path is part of the last
        // connection that it had, which is in libcurl's cache, and libcurl is not running.
        self.entry_path.copy = unsafe { decode::c_str(path) }.map(Into::into);
        self.entry_path.port = port;
    }
}

/// Returns libcurl's string, which may have been freed.
fn raw(info: &Info<'_>) -> *const c_char {
    let mut path = ptr::null();
    // SAFETY: this information is a string.
    let known = unsafe { info.get(PATH, &raw mut path) };
    known.map_or(ptr::null(), |()| path)
}

impl<'a> Info<'a> {
    /// Returns whether libcurl finds the last connection of this transfer open in the connection cache.
    fn has_connection(&self) -> bool {
        let mut socket = sys::CURL_SOCKET_BAD;
        // SAFETY: this information is a socket.
        let known = unsafe { self.get(SOCKET, &raw mut socket) };
        known.is_ok() && socket != sys::CURL_SOCKET_BAD
    }

    /// Returns whether the last connection was one of FTP or SSH, whose sessions may have an entry path.
    fn has_session(&self) -> bool {
        let scheme = self.text(SCHEME).ok().flatten().unwrap_or_default();
        let is = |name: &str| scheme.eq_ignore_ascii_case(name);
        is("FTP") || is("FTPS") || is("SFTP") || is("SCP")
    }

    pub(crate) fn entry_path(&self, item: Item) -> Result<Option<&'a str>, Error> {
        match StringOwner::linked() {
            StringOwner::Handle => self.text(item),
            StringOwner::Connection => self.entry_path.map(|path| item.utf8(path)).transpose(),
            StringOwner::Nobody => Err(ENTRY_PATH_OF_NOBODY.unsupported(item.name)),
        }
    }

    /// Adds the copy of the path, if there is one.
    pub(super) fn with_entry_path(mut self, path: &'a EntryPath) -> Info<'a> {
        self.entry_path = path.copy.as_deref();
        self
    }
}
