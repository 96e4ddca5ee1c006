//! The buffer that a `read` callback fills.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::marker::PhantomData;
use std::ptr::{self, NonNull};

use libc::{c_char, size_t};

use crate::ffi::{sys, websocket};
use crate::{Error, FrameKind};

/// The buffer that libcurl wants filled with the next bytes to send.
///
/// It counts what was put into it, so a reader cannot claim bytes that it did
/// not write, and what the memory held before is never shown nor sent. Whatever
/// fits may be appended; appending nothing means that the data has ended.
///
/// Its size is libcurl's choice: up to [`upload_buffer_size`] bytes, sometimes
/// only a few.
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
    /// `capacity` writable bytes for as long as `'a` (C4), of which the first
    /// `filled` were written by us.
    data: NonNull<u8>,
    capacity: usize,
    filled: usize,
    /// The first so many bytes hold nothing stale: written by us or zeroed.
    clean: usize,
    /// Whose body it is, if it is that of a transfer.
    easy: Option<NonNull<sys::CURL>>,
    borrowed: PhantomData<&'a mut [u8]>,
}

impl<'a> ReadBuf<'a> {
    /// # Safety
    /// Unless NULL, `data` must be writable for `capacity` bytes for as long as `'a`.
    #[inline(always)]
    pub(super) unsafe fn new(data: *mut c_char, capacity: size_t) -> ReadBuf<'a> {
        let (data, capacity) = match NonNull::new(data.cast()) {
            Some(data) => (data, capacity),
            None => (NonNull::dangling(), 0),
        };
        ReadBuf {
            data,
            capacity,
            filled: 0,
            clean: 0,
            easy: None,
            borrowed: PhantomData,
        }
    }

    /// Says whose body it is.
    ///
    /// # Safety
    /// The handle must be live (C1), and one of its callbacks on the stack for as long as `'a`.
    #[inline(always)]
    pub(super) unsafe fn of(mut self, easy: NonNull<sys::CURL>) -> ReadBuf<'a> {
        self.easy = Some(easy);
        self
    }

    /// Returns how many bytes the whole buffer takes.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Returns how many more bytes fit.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.capacity - self.filled
    }

    /// Returns how many bytes were put in so far.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.filled
    }

    /// Returns the bytes put in so far.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the pointer is never NULL")]
    pub fn filled(&self) -> &[u8] {
        // SAFETY: C4: the first `filled` bytes are ours, written, and borrowed with `self`.
        unsafe { std::slice::from_raw_parts(self.data.as_ptr(), self.filled) }
    }

    /// Copies the beginning of `bytes`, as much as fits, and returns its length.
    ///
    /// A length shorter than that of `bytes` means that the buffer is full:
    /// keep the rest for the next call.
    #[inline]
    pub fn append(&mut self, bytes: &[u8]) -> usize {
        let len = bytes.len().min(self.remaining());
        // SAFETY: `filled` never exceeds the capacity, so this stays in bounds.
        let end = unsafe { self.data.add(self.filled) };
        // SAFETY: C4: `len` bytes are writable there; `bytes` cannot overlap
        // with memory that only this buffer reaches.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), end.as_ptr(), len) };
        self.filled += len;
        len
    }

    /// Begins a frame of a WebSocket that is uploaded to, with `len` bytes that are put in
    /// from now on, by this call of [`read`](crate::Callbacks::read) and the next; `last` says whether the message
    /// ends with it. The buffer then takes no more than the frame has.
    ///
    /// Without it, what each call puts in is a message of bytes. Since libcurl 8.16.0.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_ws_start_frame.html).
    ///
    /// # Errors
    /// [`Error::Libcurl`] if another frame has not ended, if it is not a WebSocket that is
    /// uploaded to, or for more than 125 bytes in a frame that is no text and no bytes;
    /// [`Error::Option`] if something was put in before, or for what cannot be sent;
    /// [`Error::Unsupported`] if the linked libcurl is too old or has no WebSockets.
    #[doc(alias = "curl_ws_start_frame")]
    pub fn ws_start_frame(&mut self, kind: FrameKind, len: u64, last: bool) -> Result<(), Error> {
        let Some(easy) = self.easy.filter(|_| self.filled == 0) else {
            return Err(websocket::START_FRAME.unsuitable("a frame begins with the buffer"));
        };
        // SAFETY: C1: `of`'s promise; C3: the gate is `Running`, so that a `debug` that
        // libcurl calls meanwhile does not reach the handler.
        unsafe { websocket::start_frame(easy, kind, len, last) }?;
        // libcurl would throw away what does not belong to the frame.
        self.capacity = usize::try_from(len).map_or(self.capacity, |len| self.capacity.min(len));
        Ok(())
    }

    /// Reads from `source` until the buffer is full or the source ends.
    ///
    /// This is what files and other sources that never make one wait want: a
    /// source that yields small pieces costs hundreds of times more if each is
    /// sent alone. Use [`fill_once_from`](Self::fill_once_from) for an
    /// interactive source.
    ///
    /// # Errors
    /// Returns the first error of `source`, with two exceptions: after
    /// [`ErrorKind::Interrupted`] it reads again, and [`ErrorKind::WouldBlock`]
    /// after some bytes only ends the filling.
    pub fn fill_from(&mut self, source: &mut (impl Read + ?Sized)) -> io::Result<()> {
        while self.remaining() > 0 {
            match self.read_from(source) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock && self.filled > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads from `source` once, so that what it has is sent at once.
    ///
    /// # Errors
    /// Returns the error of `source`, unless it is [`ErrorKind::Interrupted`],
    /// after which it reads again.
    pub fn fill_once_from(&mut self, source: &mut (impl Read + ?Sized)) -> io::Result<()> {
        self.read_from(source).map(|_| ())
    }

    fn read_from(&mut self, source: &mut (impl Read + ?Sized)) -> io::Result<usize> {
        let room = self.zeroed_room();
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
        self.filled += len;
        Ok(len)
    }

    /// Lends the rest of the buffer, zeroed at its first use: a source that
    /// claims what it did not write sends zeros.
    #[expect(clippy::disallowed_methods, reason = "the pointer is never NULL")]
    fn zeroed_room(&mut self) -> &mut [u8] {
        let stale = self.clean.max(self.filled);
        // SAFETY: neither count ever exceeds the capacity, so this stays in bounds.
        let start = unsafe { self.data.add(stale) };
        // SAFETY: C4: that many bytes are writable there.
        unsafe { start.write_bytes(0, self.capacity - stale) };
        self.clean = self.capacity;
        // SAFETY: `filled` never exceeds the capacity, so this stays in bounds.
        let room = unsafe { self.data.add(self.filled) };
        // SAFETY: C4: clean to the end, reachable only through `self`, borrowed with it.
        unsafe { std::slice::from_raw_parts_mut(room.as_ptr(), self.remaining()) }
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
            .field("capacity", &self.capacity)
            .finish()
    }
}
