//! The parts of a form or a mail whose content a reader or a pipe provides.

use std::ffi::c_void;

use libc::{c_char, c_int, size_t};

use crate::error::Stop;
use crate::ffi::sys;
use crate::run::context::call::Call;
use crate::run::mime::PartReader;
use crate::{Callback, ReadBuf, SeekResult};

/// The access to a [`PartReader`] and to the context of its transfer, while libcurl calls back for the
/// part. Like a [`Call`], it holds no reference to them.
struct PartCall<'a, H> {
    call: Call<'a, H>,
    reader: *mut PartReader,
}

impl<'a, H> PartCall<'a, H> {
    /// Makes the access from the pointer that libcurl passes to a trampoline. The reference to the
    /// pointer, a local variable of the trampoline, ends `'a` with the call.
    ///
    /// # Safety
    /// - C8: `own` must point to a live reader of a transfer with an `H`, for as long as `'a`.
    /// - The context of the transfer must be as [`Call::new`] demands.
    /// - C3: the reader may not be borrowed when a method of this value is called.
    unsafe fn new(own: &'a *mut c_void) -> PartCall<'a, H> {
        let reader = own.cast::<PartReader>();
        // SAFETY: C8: the caller's promise.
        let user = unsafe { &*reader }.user();
        // SAFETY: C2: the caller's promise; C8: the reader has the address of the context.
        let call = unsafe { Call::new(user) };
        PartCall { call, reader }
    }

    /// Borrows the reader. User code runs only in [`enter`](PartCall::enter).
    fn reader(&mut self) -> &mut PartReader {
        // SAFETY: C8: the reader is live; C3: `&mut self` means that nothing else has borrowed it.
        unsafe { &mut *self.reader }
    }

    /// Calls user code in the reader under the gate of the transfer, as [`Call::enter`] calls the
    /// handler.
    fn enter<R>(
        &mut self,
        callback: Callback,
        closed: R,
        call: impl FnOnce(&mut PartReader) -> Result<R, Stop>,
    ) -> R {
        let reader = self.reader;
        // SAFETY: C8: the reader is live; C3: `&mut self` means that nothing else has borrowed it.
        let call = || call(unsafe { &mut *reader });
        self.call.pass(callback, closed, call)
    }
}

/// Fills a buffer of libcurl's with the content of a part.
///
/// The arguments are those of [`read`], with one length instead of `size` and `count`. The promise is that of
/// [`PartCall::new`].
pub(in crate::run) type Read = unsafe fn(*mut c_char, size_t, *mut c_void) -> size_t;

/// Moves the reader of a part to an offset. The arguments are those of [`seek`], and the promise is
/// that of [`PartCall::new`].
pub(in crate::run) type Seek = unsafe fn(*mut c_void, sys::curl_off_t, c_int) -> c_int;

/// Calls the function for the type of the handler. libcurl has this function, without that type,
/// because a part stays when the transfer gets another handler.
pub(in crate::run) unsafe extern "C" fn read(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    own: *mut c_void,
) -> size_t {
    // SAFETY: C8: `own` is the live reader of a part.
    let functions = unsafe { &*own.cast::<PartReader>() }.functions();
    // SAFETY: C8: as above; C2: the functions are those for the context of its transfer.
    unsafe { (functions.read)(data, size.wrapping_mul(count), own) }
}

pub(in crate::run) unsafe extern "C" fn seek(
    own: *mut c_void,
    offset: sys::curl_off_t,
    origin: c_int,
) -> c_int {
    // SAFETY: C8: `own` is the live reader of a part.
    let functions = unsafe { &*own.cast::<PartReader>() }.functions();
    // SAFETY: C8: as above; C2: the functions are those for the context of its transfer.
    unsafe { (functions.seek)(own, offset, origin) }
}

pub(in crate::run) unsafe fn read_in<H>(
    data: *mut c_char,
    len: size_t,
    own: *mut c_void,
) -> size_t {
    const CLOSED: size_t = sys::CURL_READFUNC_ABORT;
    // SAFETY: C8: `own` is the live reader of a transfer with this `H`; C3: nothing of either is
    // borrowed.
    let mut part = unsafe { PartCall::<H>::new(&own) };
    if part.call.state().is_sending_paused() {
        return part.reader().halt();
    }
    if part.reader().behind || !part.reader().begun {
        let rewind = |reader: &mut PartReader| reader.rewind().map(|()| true);
        if !part.enter(Callback::MimeSeek, false, rewind) {
            return CLOSED;
        }
    }
    part.reader().halted = false;
    let len = len.min(part.reader().announced.limit());
    // SAFETY: C4: as for the read callback.
    let buffer = unsafe { ReadBuf::new(data, len) };
    let answer = part.enter(Callback::MimeRead, CLOSED, |reader| reader.fill(buffer));
    if answer == sys::CURL_READFUNC_PAUSE {
        part.call.state().pause_sending();
        return part.reader().halt();
    }
    answer
}

pub(in crate::run) unsafe fn seek_in<H>(
    own: *mut c_void,
    offset: sys::curl_off_t,
    origin: c_int,
) -> c_int {
    const CLOSED: c_int = sys::CURL_SEEKFUNC_FAIL;
    // SAFETY: C8: `own` is the live reader of a transfer with this `H`; C3: nothing of either is
    // borrowed.
    let mut part = unsafe { PartCall::<H>::new(&own) };
    part.enter(Callback::MimeSeek, CLOSED, |reader| {
        let (libc::SEEK_SET, Ok(offset)) = (origin, u64::try_from(offset)) else {
            return SeekResult::CantSeek.into_raw();
        };
        reader.seek(offset)
    })
}
