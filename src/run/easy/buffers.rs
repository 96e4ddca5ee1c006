//! The sizes of the buffers for receiving and sending, and how to avoid libcurl's faults with them.
//!
//! - Before 8.7.0, libcurl fills the receive buffer at least once before it checks the speed limit, and
//!   up to a hundred times from 7.87.0 to 8.4.0 and, over HTTP/2, SCP and SFTP, also before. From 8.2.0 on, it checks
//!   at the latest when it has received what the limit allows in a second. So the buffer is small while a limit is set.
//! - Before 8.7.0, libcurl may keep the receive buffer after a transfer that had no connection, or one
//!   that another transfer still uses. A reset restores only the size option, and the next transfer
//!   would write past the end of a smaller buffer. So the reset also makes libcurl free the buffer.
//! - Before 7.73.0, if there is a receive buffer, libcurl reallocates it when the size option changes,
//!   but not in a reset. So the reset also changes the option twice.
//! - Before 8.7.0, libcurl converts ends of lines in a buffer that it allocates only once, twice as
//!   large as the upload buffer. If the upload buffer became larger afterwards, libcurl would write past
//!   the end of that buffer. So with these releases, the upload buffer of a handle does not grow.
//! - Before 8.7.0, each transfer that has a connection has a receive buffer of its own; since 8.7.0,
//!   all transfers of a `Multi` share one. So before 8.7.0, the buffer of a transfer in a `Multi` has
//!   libcurl's small default size, unless the user has set another or a speed limit makes it smaller.
//!   Transfers that may use HTTP/2 are excepted: with the small size, libcurl 7.88.1 sometimes does not
//!   go on after a pause.

use std::ptr::NonNull;

use libc::{c_int, c_long};

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::quirks::{
    BUFFER_KEPT_BY_RESET, BUFFER_PER_TRANSFER, SPEED_CHECKED_PER_BUFFER, SPEED_CHECKED_SELDOM,
};
use crate::run::easy::Easy;
use crate::run::trampolines::socket::refuse;
use crate::{Code, Error};

const BUFFERSIZE: Item = Item::new(sys::CURLOPT_BUFFERSIZE, "CURLOPT_BUFFERSIZE", "7.10");
const UPLOAD_BUFFERSIZE: Item = Item::new(
    sys::CURLOPT_UPLOAD_BUFFERSIZE,
    "CURLOPT_UPLOAD_BUFFERSIZE",
    "7.62.0",
);

/// libcurl's default size of the receive buffer.
const RESET_SIZE: c_long = 16 << 10;
/// The default size of the receive buffer here, unless `fit_buffers` chooses `RESET_SIZE`.
const DEFAULT_RECEIVED: c_long = 64 << 10;
/// The default size of the upload buffer here.
const DEFAULT_SENT: c_long = 256 << 10;
/// The smallest sizes that libcurl uses.
const LEAST_RECEIVED: c_long = 1 << 10;
const LEAST_SENT: c_long = 16 << 10;

/// The sizes of buffers and the speed limits that the user has set.
#[derive(Clone)]
#[cfg_attr(test, derive(PartialEq))]
pub(super) struct Buffers {
    /// The size of the receive buffer, or `None` if the user has not set it.
    receive: Option<c_long>,
    send: c_long,
    /// The speed limits in bytes per second; zero is no limit.
    receive_speed: i64,
    send_speed: i64,
}

impl Default for Buffers {
    fn default() -> Buffers {
        Buffers {
            receive: None,
            send: DEFAULT_SENT,
            receive_speed: 0,
            send_speed: 0,
        }
    }
}

impl Buffers {
    pub(super) fn note_long(&mut self, option: sys::CURLoption, value: c_long) {
        match option {
            sys::CURLOPT_BUFFERSIZE => self.receive = Some(value),
            sys::CURLOPT_UPLOAD_BUFFERSIZE => self.send = value,
            _ => {}
        }
    }

    pub(super) fn note_size(&mut self, option: sys::CURLoption, value: i64) {
        match option {
            sys::CURLOPT_MAX_RECV_SPEED_LARGE => self.receive_speed = value,
            sys::CURLOPT_MAX_SEND_SPEED_LARGE => self.send_speed = value,
            _ => {}
        }
    }

    /// Returns the sizes of the receive buffer and the upload buffer. `default` is the size of the
    /// receive buffer if the user has set none.
    fn sizes(&self, default: c_long) -> (c_long, c_long) {
        let receive = self.receive.unwrap_or(default);
        match SPEED_CHECKED_PER_BUFFER.is_present() {
            true => (self.limited_receive(receive), self.limited_send()),
            false => (receive, self.send),
        }
    }

    /// Returns the size of the receive buffer: `receive`, or a smaller size at which the bytes that libcurl
    /// reads before it checks the speed limit last a tenth of a second (before 7.87.0, longer over HTTP/2, SCP and
    /// SFTP). The smaller size is not less than `LEAST_RECEIVED` or, with releases that check after each buffer over
    /// HTTP/1, `RESET_SIZE`.
    fn limited_receive(&self, receive: c_long) -> c_long {
        match SPEED_CHECKED_SELDOM.is_present() {
            true => limited(receive, self.receive_speed, 1000, LEAST_RECEIVED),
            false => limited(receive, self.receive_speed, 10, RESET_SIZE),
        }
    }

    /// Returns the size of the upload buffer: the user's, or a smaller one that lasts a tenth of a second at
    /// the speed limit. The smaller size is not less than `LEAST_SENT`.
    fn limited_send(&self) -> c_long {
        limited(self.send, self.send_speed, 10, LEAST_SENT)
    }
}

/// Returns `wanted`, or less if `speed` is a limit: then one part in `parts` of what it allows in a second, but not
/// less than `least`.
fn limited(wanted: c_long, speed: i64, parts: i64, least: c_long) -> c_long {
    match c_long::try_from(speed / parts) {
        Ok(size) if speed > 0 => wanted.min(size.max(least)),
        _ => wanted,
    }
}

/// The buffers that libcurl may have kept from former transfers of a handle.
pub(super) struct EarlierBuffers {
    /// Whether the receive buffer may be smaller than the size that a reset restores.
    small: bool,
    /// Whether the receive buffer is too small, and could not be freed.
    unusable: bool,
    /// The smallest upload buffer so far.
    least_sent: c_long,
    /// The sizes of the receive buffer and of the upload buffer that libcurl has, if they are known.
    pub(super) set: Option<(c_long, c_long)>,
}

impl EarlierBuffers {
    /// Returns the value for a new handle.
    pub(super) fn new() -> EarlierBuffers {
        EarlierBuffers {
            small: false,
            unusable: false,
            least_sent: c_long::MAX,
            set: None,
        }
    }
}

impl<H> Easy<H> {
    /// Sets the sizes for the next transfer. `is_lone` says whether the transfer performs alone, not in a
    /// `Multi`.
    pub(in crate::run) fn fit_buffers(&mut self, is_lone: bool) -> Result<(), Error> {
        if self.handle.buffers.unusable {
            let reason = "libcurl has kept a buffer that is too small: make a new transfer";
            return Err(BUFFERSIZE.unsuitable(reason));
        }
        let has_buffer = !is_lone && BUFFER_PER_TRANSFER.is_present();
        let default = match has_buffer && !self.known.may_use_http2() {
            true => RESET_SIZE,
            false => DEFAULT_RECEIVED,
        };
        let (receive, mut send) = self.known.buffers.sizes(default);
        if SPEED_CHECKED_PER_BUFFER.is_present() {
            send = send.min(self.handle.buffers.least_sent);
            self.handle.buffers.least_sent = send;
        }
        if self.handle.buffers.set == Some((receive, send)) {
            return Ok(());
        }
        self.handle.buffers.set = None;
        // Before 7.62.0, the upload buffer has a fixed size.
        if UPLOAD_BUFFERSIZE.check_age().is_ok() {
            // SAFETY: the option takes a long.
            unsafe { self.set(UPLOAD_BUFFERSIZE, send) }?;
        }
        // From 7.73.0 to 8.6.0, libcurl refuses a size while it has a receive buffer. The option then keeps the
        // size of that buffer.
        if self.take_receive_size(receive) {
            self.handle.buffers.small |= receive < RESET_SIZE;
            self.handle.buffers.set = Some((receive, send));
        }
        Ok(())
    }

    /// Sets the size of the receive buffer. Returns whether libcurl has accepted the size: from 7.73.0 to 8.6.0,
    /// libcurl refuses while it has a receive buffer.
    fn take_receive_size(&self, size: c_long) -> bool {
        let (easy, option) = (self.raw().as_ptr(), BUFFERSIZE.id);
        // SAFETY: C1: the handle is live; the option takes a long, and calls nothing back.
        let code = unsafe { sys::curl_easy_setopt(easy, option, size) };
        Code::from_raw(code) == Code::OK
    }

    /// Resets the options of the handle, as `curl_easy_reset` does. The handle must be in no engine.
    pub(super) fn reset_handle(&mut self) {
        let easy = self.raw();
        self.handle.buffers.set = None;
        // SAFETY: C1: the handle is live; no callback is made.
        unsafe { sys::curl_easy_reset(easy.as_ptr()) };
        if BUFFER_KEPT_BY_RESET.is_present() {
            // Sets another size first, so that libcurl allocates the buffer again.
            self.take_receive_size(2 * RESET_SIZE);
            self.take_receive_size(RESET_SIZE);
            self.handle.buffers.small = false;
        }
        if !self.handle.buffers.small || self.take_receive_size(RESET_SIZE) {
            self.handle.buffers.small = false;
            return;
        }
        if let Ok(entered) = self.visit_share() {
            fail_to_connect(easy);
            drop(entered);
        }
        // SAFETY: C1: as above.
        unsafe { sys::curl_easy_reset(easy.as_ptr()) };
        self.handle.buffers.small = !self.take_receive_size(RESET_SIZE);
        self.handle.buffers.unusable = self.handle.buffers.small;
    }
}

/// Makes libcurl free the receive buffer of a handle that was just reset, by a transfer whose connection
/// cannot be established: its socket is refused.
fn fail_to_connect(easy: NonNull<sys::CURL>) {
    let easy = easy.as_ptr();
    // SAFETY: C1: the handle is live; libcurl copies the string.
    unsafe { sys::curl_easy_setopt(easy, sys::CURLOPT_URL, c"http://127.0.0.1/".as_ptr()) };
    // SAFETY: C1: as above. Without the option, the environment may name a proxy.
    unsafe { sys::curl_easy_setopt(easy, sys::CURLOPT_PROXY, c"".as_ptr()) };
    let on: c_long = 1;
    // SAFETY: C1: as above; the option takes a long. Without the option, a shared connection may be
    // used.
    unsafe { sys::curl_easy_setopt(easy, sys::CURLOPT_FRESH_CONNECT, on) };
    // SAFETY: C1: as above; the option takes a long.
    unsafe { sys::curl_easy_setopt(easy, sys::CURLOPT_NOSIGNAL, on) };
    let refuse: sys::OpenSocketFunction = refuse;
    // SAFETY: C1: as above; the option takes a function of this type.
    unsafe { sys::curl_easy_setopt(easy, sys::CURLOPT_OPENSOCKETFUNCTION, refuse) };
    // SAFETY: libcurl is initialised.
    let Some(multi) = NonNull::new(unsafe { sys::curl_multi_init() }) else {
        return;
    };
    let multi = multi.as_ptr();
    let mut running: c_int = 1;
    // SAFETY: both handles are live, and `easy` is in no other engine.
    unsafe { sys::curl_multi_add_handle(multi, easy) };
    // The transfer fails within a few steps, without any wait.
    for _ in 0..100 {
        if running > 0 {
            // SAFETY: the handle is live; nothing of the user's is called.
            unsafe { sys::curl_multi_perform(multi, &raw mut running) };
        }
    }
    // SAFETY: both handles are live.
    unsafe { sys::curl_multi_remove_handle(multi, easy) };
    // SAFETY: the only cleanup of the handle made above.
    unsafe { sys::curl_multi_cleanup(multi) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_limits_make_buffers_small() {
        for (speed, size) in [(0, 64 << 10), (1, 1 << 10), (999, 1 << 10), (20_000, 2_000)] {
            assert_eq!(limited(64 << 10, speed, 10, 1 << 10), size, "{speed}");
        }
    }
}
