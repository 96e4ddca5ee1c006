//! Opening, configuring and closing sockets.

use std::ffi::c_void;
use std::io;

use libc::c_int;
use socket2::{SockRef, Socket};

use crate::error::Stop;
use crate::ffi::socket::Registry;
use crate::ffi::{select, socket, sys};
use crate::run::context;
use crate::run::guard::enter;
use crate::{Callback, Callbacks, SockType, SocketAddress, SockoptResult};

pub(in crate::run) unsafe extern "C" fn open_socket<H: Callbacks>(
    user: *mut c_void,
    purpose: sys::curlsocktype,
    raw: *mut sys::curl_sockaddr,
) -> sys::curl_socket_t {
    let purpose = SockType::from_raw(purpose);
    let call = |handler: &mut H, address: &mut SocketAddress| handler.open_socket(purpose, address);
    // SAFETY: the promises of this call, passed on.
    unsafe { open::<H>(user, raw, call) }
}

/// Replaces an unset `open_socket`: opens the socket as libcurl does, but refuses a descriptor that
/// libcurl cannot wait for.
pub(in crate::run) unsafe extern "C" fn open_any<H: Callbacks>(
    user: *mut c_void,
    _: sys::curlsocktype,
    raw: *mut sys::curl_sockaddr,
) -> sys::curl_socket_t {
    // SAFETY: the promises of this call, passed on.
    unsafe { open::<H>(user, raw, |_, address| address.open()) }
}

/// # Safety
/// The arguments must be those of an open-socket callback.
unsafe fn open<H: Callbacks>(
    user: *mut c_void,
    raw: *mut sys::curl_sockaddr,
    call: impl FnOnce(&mut H, &mut SocketAddress) -> io::Result<Socket>,
) -> sys::curl_socket_t {
    const CLOSED: sys::curl_socket_t = sys::CURL_SOCKET_BAD;
    // SAFETY: C4: the address that libcurl passes to this callback.
    let mut address = unsafe { socket::read_address(raw) };
    let call = |handler: &mut H| {
        let opened = call(handler, &mut address);
        Ok(Some(opened.and_then(|opened| {
            select::check(socket::number(&opened))?;
            Ok(opened)
        })))
    };
    // SAFETY: C2: the live context of this `H`.
    let opened = match unsafe { enter::<H, _>(user, Callback::OpenSocket, None, call) } {
        None => return CLOSED,
        Some(Ok(opened)) => opened,
        Some(Err(error)) => {
            // libcurl tries the next address; the error counts if none is left.
            // SAFETY: C2: as above; user code has returned.
            let _ = unsafe { context::refuse::<H>(user, Some(error)) };
            return CLOSED;
        }
    };
    // SAFETY: C2: as above; user code has returned.
    if !unsafe { context::refuse::<H>(user, None) } {
        return CLOSED;
    }
    // SAFETY: C4: as above; the new address is of the same family.
    unsafe { socket::write_address(raw, address.address()) };
    let opened = socket::into_raw(opened);
    // SAFETY: C2: as above.
    unsafe { context::opened::<H>(user, opened, call_close_socket::<H>) };
    opened
}

pub(in crate::run) unsafe extern "C" fn sockopt<H: Callbacks>(
    user: *mut c_void,
    raw: sys::curl_socket_t,
    purpose: sys::curlsocktype,
) -> c_int {
    let call = |handler: &mut H, socket: SockRef<'_>, purpose| handler.sockopt(socket, purpose);
    // SAFETY: the promises of this call, passed on.
    unsafe { configure::<H>(user, raw, purpose, call) }
}

/// Replaces an unset `sockopt`: leaves the socket as it is, but refuses a descriptor that libcurl
/// cannot wait for, such as that of a data connection which active FTP has accepted.
pub(in crate::run) unsafe extern "C" fn leave_as_is<H: Callbacks>(
    user: *mut c_void,
    raw: sys::curl_socket_t,
    purpose: sys::curlsocktype,
) -> c_int {
    // SAFETY: the promises of this call, passed on.
    unsafe { configure::<H>(user, raw, purpose, |_, _, _| SockoptResult::Ok) }
}

/// # Safety
/// The arguments must be those of a sockopt callback.
unsafe fn configure<H: Callbacks>(
    user: *mut c_void,
    raw: sys::curl_socket_t,
    purpose: sys::curlsocktype,
    call: impl FnOnce(&mut H, SockRef<'_>, SockType) -> SockoptResult,
) -> c_int {
    const CLOSED: c_int = sys::CURL_SOCKOPT_ERROR;
    // SAFETY: C4: the socket stays open for the call.
    let borrowed = unsafe { socket::borrow(raw) };
    let purpose = SockType::from_raw(purpose);
    let call = |handler: &mut H| {
        select::check(raw).map_err(|error| Stop::Error(error.into()))?;
        call(handler, SockRef::from(&borrowed), purpose).into_raw(purpose)
    };
    // SAFETY: C2: the live context of this `H`.
    unsafe { enter::<H, _>(user, Callback::Sockopt, CLOSED, call) }
}

/// Gives a socket to `close_socket`. If the handler must not be called, the socket is just closed.
///
/// # Safety
/// `user` must be the live context of this `H`.
unsafe fn call_close_socket<H: Callbacks>(user: *mut c_void, socket: Socket) {
    // SAFETY: the caller's promise.
    if !unsafe { context::hears_closes::<H>(user) } {
        return;
    }
    let call = |handler: &mut H| handler.close_socket(socket).into_raw(());
    // SAFETY: the caller's promise.
    unsafe { enter::<H, _>(user, Callback::CloseSocket, (), call) };
}

/// Refuses every address, for a transfer that is to fail before it connects.
pub(in crate::run) unsafe extern "C" fn refuse(
    _: *mut c_void,
    _: sys::curlsocktype,
    _: *mut sys::curl_sockaddr,
) -> sys::curl_socket_t {
    sys::CURL_SOCKET_BAD
}

/// libcurl's close-socket callback, for every transfer.
///
/// # Safety
/// libcurl calls it with a registry that lives as long as its connections.
pub(in crate::run) unsafe extern "C" fn close_socket(
    user: *mut c_void,
    socket: sys::curl_socket_t,
) -> c_int {
    // SAFETY: C7: the registry outlives the connections of its handle.
    let registry = unsafe { &*user.cast::<Registry>() };
    // SAFETY: C7: libcurl gives the socket away by this call.
    unsafe { registry.close(socket) };
    0
}
