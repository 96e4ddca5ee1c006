//! The buffer that a `read` callback fills.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::mem::{self, MaybeUninit};
use std::ptr::{self, NonNull};

use libc::{c_char, size_t};

use crate::ffi::info::Info;
use crate::ffi::{sys, websocket};
use crate::{Error, Fragment, FrameKind};

/// The buffer that libcurl wants filled with the next bytes to send.
///
/// The buffer counts the bytes that are put into it, so a callback cannot claim
/// bytes that it did not write. What the memory held before is neither shown nor
/// sent. A callback may put in as many bytes as fit. If it puts in none, begins no
/// [frame](ReadBuf::ws_start_frame) and returns [`ReadResult::Continue`](crate::ReadResult::Continue),
/// the data has ended.
///
/// The size of the buffer is libcurl's choice: usually at most [`upload_buffer_size`] bytes,
/// sometimes only a few.
///
/// [`upload_buffer_size`]: crate::Transfer::upload_buffer_size
///
/// # Examples
/// ```
/// use curlback::{Callbacks, ReadBuf, ReadResult};
///
/// struct Greeting(&'static [u8]);
///
/// impl Callbacks for Greeting {
///     fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
///         let sent = buffer.append(self.0);
///         self.0 = &self.0[sent..];
///         ReadResult::Continue
///     }
/// }
/// # let _ = Greeting(b"hello");
/// ```
pub struct ReadBuf<'a> {
    /// libcurl's memory, writable for as long as `'a` (C4). Its first content is stale.
    data: &'a mut [MaybeUninit<u8>],
    /// How many bytes were put in.
    filled: usize,
    /// How many bytes from the start are not stale: written by us or zeroed.
    init: usize,
    /// The handle whose `read` callback fills the buffer, or `None` for another reader, such as that of a part.
    easy: Option<NonNull<sys::CURL>>,
}

impl<'a> ReadBuf<'a> {
    /// # Safety
    /// Unless NULL, `data` must be writable for `capacity` bytes for as long as `'a`, and
    /// reached by nothing else meanwhile.
    #[inline(always)]
    #[expect(clippy::disallowed_methods, reason = "the pointer is never NULL")]
    pub(crate) unsafe fn new(data: *mut c_char, capacity: size_t) -> ReadBuf<'a> {
        let data = match NonNull::new(data.cast()) {
            // SAFETY: C4: the caller's promise; `MaybeUninit` bytes need not be initialised.
            Some(data) => unsafe { std::slice::from_raw_parts_mut(data.as_ptr(), capacity) },
            None => Default::default(),
        };
        ReadBuf::over(data)
    }

    /// Makes a buffer from memory whose content is stale.
    #[inline(always)]
    pub(crate) fn over(data: &'a mut [MaybeUninit<u8>]) -> ReadBuf<'a> {
        ReadBuf {
            data,
            filled: 0,
            init: 0,
            easy: None,
        }
    }

    /// Sets the handle whose request body is read.
    ///
    /// # Safety
    /// For as long as `'a`, the handle must be live (C1), and one of its callbacks must be on the stack.
    #[inline(always)]
    pub(crate) unsafe fn of(mut self, easy: NonNull<sys::CURL>) -> ReadBuf<'a> {
        self.easy = Some(easy);
        self
    }

    /// Returns information about the running transfer; `None` if this is the buffer of a part.
    #[must_use]
    pub fn info(&self) -> Option<Info<'_>> {
        // SAFETY: C1: a callback of the handle is on the stack for as long as `'a`, which outlives this
        // borrow.
        self.easy.map(|easy| unsafe { Info::new(easy) })
    }

    /// Returns how many bytes the whole buffer takes.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.data.len()
    }

    /// Returns how many more bytes fit.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.data.len().saturating_sub(self.filled)
    }

    /// Returns how many bytes were put in so far.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.filled
    }

    /// Returns the bytes put in so far.
    #[must_use]
    pub fn filled(&self) -> &[u8] {
        let filled = self.data.get(..self.filled).unwrap_or_default();
        let filled = ptr::from_ref(filled) as *const [u8];
        // SAFETY: C4: `advance` counts bytes that were initialised before, and nothing makes
        // them uninitialised again.
        unsafe { &*filled }
    }

    /// Copies the beginning of `bytes`, as much as fits, and returns its length.
    ///
    /// A length shorter than that of `bytes` means that the buffer is full:
    /// keep the rest for the next call.
    #[inline]
    pub fn append(&mut self, bytes: &[u8]) -> usize {
        let room = self.data.get_mut(self.filled..).unwrap_or_default();
        let len = bytes.len().min(room.len());
        let (room, bytes) = (&mut room[..len], &bytes[..len]);
        let bytes = ptr::from_ref(bytes) as *const [MaybeUninit<u8>];
        // SAFETY: an initialised byte is a byte that may be uninitialised.
        room.copy_from_slice(unsafe { &*bytes });
        self.advance(len);
        len
    }

    /// Counts bytes that were just initialised, behind those put in before.
    #[inline]
    fn advance(&mut self, len: usize) {
        self.filled = self.filled.saturating_add(len).min(self.data.len());
        self.init = self.init.max(self.filled);
    }

    /// Makes the buffer smaller: it takes `len` bytes at most, those put in before included.
    pub(crate) fn truncate(&mut self, len: u64) {
        let len = usize::try_from(len).map_or(self.data.len(), |len| len.min(self.data.len()));
        self.data = mem::take(&mut self.data).split_at_mut(len).0;
        self.filled = self.filled.min(len);
        self.init = self.init.min(len);
    }

    /// Begins a frame of `len` bytes in an upload to a WebSocket. The bytes are those that this call of
    /// [`read`](crate::Callbacks::read) and the next ones put in from now on. `fragment` says whether the
    /// message ends with this frame. The buffer then takes no more bytes than the frame has.
    ///
    /// If `read` never calls this method, the bytes that each call of `read` puts in are one binary message,
    /// except in [raw mode](crate::WsOptions::RAW_MODE).
    /// Since libcurl 8.16.0. [libcurl's page](https://curl.se/libcurl/c/curl_ws_start_frame.html).
    ///
    /// # Errors
    /// - [`Error::Libcurl`] if the bytes of the former frame are not complete, if this is no upload to a
    ///   WebSocket, in raw mode, or for a control frame (neither text nor binary) of more than 125 bytes.
    /// - [`Error::Option`] if something was put in before, if this is the buffer of a part, for a
    ///   [`FrameKind::Other`], for [`Fragment::More`] with a control frame, or for a `len` above 2⁶³ − 1.
    /// - [`Error::Unsupported`] if the linked libcurl is too old or has no WebSockets.
    /// - One of these errors if the libcurl that this crate was compiled with lacks this function.
    #[doc(alias = "curl_ws_start_frame")]
    pub fn ws_start_frame(
        &mut self,
        kind: FrameKind,
        len: u64,
        fragment: Fragment,
    ) -> Result<(), Error> {
        let Some(easy) = self.easy.filter(|_| self.filled == 0) else {
            return Err(websocket::START_FRAME.unsuitable("a frame begins with the buffer"));
        };
        // SAFETY: C1: `of`'s promise; C3: the gate is `Running`, so that a `debug` that
        // libcurl calls meanwhile does not reach the handler.
        unsafe { websocket::start_frame(easy, kind, len, fragment) }?;
        // libcurl would throw away bytes beyond the end of the frame, so the buffer does not take them.
        self.truncate(len);
        Ok(())
    }

    /// Reads from `source` until the buffer is full or the source ends.
    ///
    /// Use it for files and other sources that never block: sending each small
    /// piece alone costs far more. For an interactive source, use
    /// [`fill_once_from`](Self::fill_once_from).
    ///
    /// # Errors
    /// Returns the first error of `source`, with two exceptions: after
    /// [`ErrorKind::Interrupted`] it reads again, and if the buffer has bytes
    /// already, [`ErrorKind::WouldBlock`] ends the call with success. Also returns
    /// an error if `source` claims more bytes than fit.
    pub fn fill_from(&mut self, source: &mut (impl Read + ?Sized)) -> io::Result<()> {
        while self.remaining() > 0 {
            match self.read_from(source, self.remaining()) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock && self.filled > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads from `source` once, at most 64 KiB, so that the bytes that `source` has ready are sent at once.
    ///
    /// # Errors
    /// Returns the error of `source`, unless the error is [`ErrorKind::Interrupted`],
    /// after which it reads again. Also returns an error if `source` claims more bytes than fit.
    pub fn fill_once_from(&mut self, source: &mut (impl Read + ?Sized)) -> io::Result<()> {
        // The limit keeps memory that one read does not need from being zeroed.
        const ONCE: usize = 64 << 10;
        self.read_from(source, ONCE).map(|_| ())
    }

    fn read_from(&mut self, source: &mut (impl Read + ?Sized), most: usize) -> io::Result<usize> {
        let room = self.zeroed_room(most);
        let len = loop {
            match source.read(room) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        if len > room.len() {
            return Err(io::Error::other(
                "the source claims more bytes than it was asked for",
            ));
        }
        self.advance(len);
        Ok(len)
    }

    /// Borrows at most `most` bytes behind those put in. Stale bytes are zeroed first, so that a source
    /// that claims bytes that it did not write sends zeros.
    fn zeroed_room(&mut self, most: usize) -> &mut [u8] {
        let end = self.filled.saturating_add(most).min(self.data.len());
        let stale = self.data.get_mut(self.init..end).unwrap_or_default();
        stale.fill(MaybeUninit::new(0));
        self.init = self.init.max(end);
        let room = self.data.get_mut(self.filled..end).unwrap_or_default();
        let room = ptr::from_mut(room) as *mut [u8];
        // SAFETY: C4: all bytes up to `end` are initialised now, and the room is borrowed with `self`.
        unsafe { &mut *room }
    }
}

/// Appends what fits; a full buffer takes 0 bytes, so `write_all` then fails.
impl io::Write for ReadBuf<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.append(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for ReadBuf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadBuf")
            .field("filled", &self.filled)
            .field("capacity", &self.capacity())
            .finish()
    }
}

#[cfg(test)]
mod tests;
