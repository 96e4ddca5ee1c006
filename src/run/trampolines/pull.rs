//! The functions that libcurl calls if the program reads the response or writes the body.

use std::ffi::c_void;

use libc::{c_char, c_int, size_t};

use super::final_head::begin_body;
use super::{answer, header_lines, pause};
use crate::Callback;
use crate::callbacks::body::Taken;
use crate::callbacks::facts::has_scheme;
use crate::error::Stop;
use crate::ffi::read_buf::ReadBuf;
use crate::ffi::sys;
use crate::run::context::State;
use crate::run::context::call::{Call, InTransfer};
use crate::run::guard::Failure;
use crate::run::shared_pipe::{GONE, Put, Take};

/// Replaces `write`: puts the data into the inbox, or makes libcurl wait until the program has read
/// from the inbox.
pub(in crate::run) unsafe extern "C" fn write<H>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    let len = size.wrapping_mul(count);
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed; C4: as for the trampoline of `write`.
    let (mut call, data) = unsafe { Call::<H, InTransfer>::with_bytes(&user, data, len) };
    let Some(before) = call.state().receive() else {
        return pause(call.reborrow());
    };
    if !call.is_open() || !begin_body(&mut call) {
        return sys::CURL_WRITEFUNC_ERROR;
    }
    let Some(inbox) = &mut call.state().pipes.inbox else {
        return len;
    };
    match inbox.put(data.get(before..).unwrap_or_default()) {
        Put::Taken => return len,
        Put::Awaited => {
            call.post_to_reader();
            return len;
        }
        Put::Full => {}
        Put::Refused => {
            call.abort(Callback::Write);
            return sys::CURL_WRITEFUNC_ERROR;
        }
    }
    call.post_to_reader();
    refuse_file(call.reborrow());
    answer(&mut call, Taken::Paused(before), len)
}

/// If this is the transfer of a file, which libcurl cannot pause, makes the transfer fail.
#[cold]
fn refuse_file<H>(mut call: Call<'_, H, InTransfer>) {
    if has_scheme(&call.info(), &["file"]) {
        let stop = Stop::Error("libcurl cannot pause the transfer of a file".into());
        call.fail(Failure::Callback(Callback::Write, stop));
    }
}

/// Replaces an unset `header`: looks for the final headers. Calls no `header` of the handler.
pub(in crate::run) unsafe extern "C" fn header<H>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    let len = size.wrapping_mul(count);
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed; C4: as for the trampoline of `write`.
    let (mut call, data) = unsafe { Call::<H, InTransfer>::with_bytes(&user, data, len) };
    if call.state().is_plain_field(data) && call.is_open() {
        return len;
    }
    let Some(before) = call.state().receive() else {
        return pause(call.reborrow());
    };
    if !call.is_open() {
        return sys::CURL_WRITEFUNC_ERROR;
    }
    let taken = header_lines(data, before, call.reborrow(), |_, _, _| Taken::All);
    answer(&mut call, taken, len)
}

/// Replaces `read`: takes the next bytes out of the outbox, or makes libcurl wait until the program
/// has written more.
pub(in crate::run) unsafe extern "C" fn read<H>(
    data: *mut c_char,
    size: size_t,
    count: size_t,
    user: *mut c_void,
) -> size_t {
    const CLOSED: size_t = sys::CURL_READFUNC_ABORT;
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed.
    let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
    if !call.is_open() {
        return CLOSED;
    }
    if call.state().is_sending_paused() {
        return sys::CURL_READFUNC_PAUSE;
    }
    let State {
        pipes, announced, ..
    } = call.state();
    let len = size.wrapping_mul(count).min(announced.limit());
    // SAFETY: C4: as for the trampoline of `read`.
    let mut buffer = unsafe { ReadBuf::new(data, len) };
    let Some(outbox) = &mut pipes.outbox else {
        return 0;
    };
    let taken = match outbox.take(&mut buffer) {
        Take::Bytes(taken) => taken,
        Take::Wait => {
            call.state().pause_sending();
            return sys::CURL_READFUNC_PAUSE;
        }
        // libcurl then ends the body of the request, and ends the transfer at the end of the response.
        Take::Refused => return 0,
        Take::Failed(failure) => {
            call.fail(Failure::Callback(Callback::Read, Stop::Error(failure)));
            return CLOSED;
        }
    };
    announced.take(taken);
    if taken > 0 || len == 0 {
        call.post_to_writer();
        return taken;
    }
    match announced.check(0, "the writer") {
        Ok(()) => 0,
        Err(stop) => {
            call.fail(Failure::Callback(Callback::Read, stop));
            CLOSED
        }
    }
}

/// Replaces `seek`: fails, since the bytes that were sent are gone.
pub(in crate::run) unsafe extern "C" fn seek<H>(
    user: *mut c_void,
    _: sys::curl_off_t,
    _: c_int,
) -> c_int {
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed.
    let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
    call.fail(Failure::Callback(Callback::Seek, Stop::Error(GONE.into())));
    sys::CURL_SEEKFUNC_FAIL
}
