//! The functions for sockets to watch, for the timer, and for notifications.

use std::ffi::c_void;

use libc::{c_int, c_long, c_uint};

use crate::Callback;
use crate::callbacks::event_loop::{EventLoop, Interest};
use crate::ffi::{socket, sys};
use crate::run::guard::enter;
use crate::run::multi::Watcher;

pub(in crate::run) type NotifyFunction =
    unsafe extern "C" fn(*mut sys::CURLM, c_uint, *mut sys::CURL, *mut c_void);

/// The handle may be an internal one of libcurl: only its address is used, to find the transfer.
pub(in crate::run) unsafe extern "C" fn notify<L: EventLoop>(
    _: *mut sys::CURLM,
    kind: c_uint,
    about: *mut sys::CURL,
    user: *mut c_void,
) {
    let call = |watcher: &mut Watcher<L>| watcher.notify(kind, about);
    // SAFETY: C2: `user` is the live guard of this `L`.
    unsafe { enter::<Watcher<L>, _>(user, Callback::Notify, (), call) };
}

pub(in crate::run) type SocketFunction = unsafe extern "C" fn(
    *mut sys::CURL,
    sys::curl_socket_t,
    c_int,
    *mut c_void,
    *mut c_void,
) -> c_int;
pub(in crate::run) type TimerFunction =
    unsafe extern "C" fn(*mut sys::CURLM, c_long, *mut c_void) -> c_int;

/// The handle may be an internal one of libcurl: only its address is used, to find the transfer. This function returns
/// 0 even after a failure: with newer releases, the error value would end all transfers of the multi handle for good,
/// in the middle of a step. Instead, a failure shuts the gate, and the driver notices the failure.
pub(in crate::run) unsafe extern "C" fn watch<L: EventLoop>(
    about: *mut sys::CURL,
    raw: sys::curl_socket_t,
    what: c_int,
    user: *mut c_void,
    _: *mut c_void,
) -> c_int {
    let call = |watcher: &mut Watcher<L>| match Interest::from_raw(what) {
        Some(interest) => {
            // SAFETY: C4: libcurl announces a socket that is open, and closes none during this call.
            let borrowed = unsafe { socket::borrow(raw) };
            watcher.note(about, raw, interest);
            watcher.watch(raw, borrowed, interest)
        }
        // The socket may be closed already, so it is not borrowed.
        None if watcher.forget(raw) => watcher.remove(raw),
        None => Ok(()),
    };
    // SAFETY: C2: `user` is the live guard of this `L`.
    unsafe { enter::<Watcher<L>, _>(user, Callback::Socket, (), call) };
    0
}

/// Returns 0 even after a failure: if the error value is returned from inside
/// `curl_multi_add_handle`, some releases before 8.10.0 leave the handle half attached, and may crash.
pub(in crate::run) unsafe extern "C" fn time<L: EventLoop>(
    _: *mut sys::CURLM,
    millis: c_long,
    user: *mut c_void,
) -> c_int {
    let call = |watcher: &mut Watcher<L>| watcher.timer(millis);
    // SAFETY: C2: `user` is the live guard of this `L`.
    unsafe { enter::<Watcher<L>, _>(user, Callback::Timer, (), call) };
    0
}
