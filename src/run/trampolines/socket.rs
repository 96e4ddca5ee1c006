//! Opening, configuring and closing sockets.

use std::ffi::c_void;
use std::io;

use libc::c_int;
use socket2::{SockRef, Socket};

use crate::error::Stop;
use crate::ffi::socket::Registry;
use crate::ffi::{select, socket, sys};
use crate::run::context::call::{Call, InTransfer};
use crate::run::context::settle::Refusal;
use crate::{Callback, Callbacks, SockType, SocketAddress, SockoptResult};

pub(in crate::run) unsafe extern "C" fn open_socket<H: Callbacks>(
    user: *mut c_void,
    purpose: sys::curlsocktype,
    raw: *mut sys::curl_sockaddr,
) -> sys::curl_socket_t {
    let purpose = SockType::from_raw(purpose);
    let make = |handler: &mut H, address: &mut SocketAddress| handler.open_socket(purpose, address);
    // SAFETY: the promises of this call, passed on.
    unsafe { open::<H>(user, raw, make) }
}

/// Replaces an unset `open_socket`: opens the socket that libcurl asks for, but refuses a descriptor that
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
    make: impl FnOnce(&mut H, &mut SocketAddress) -> io::Result<Socket>,
) -> sys::curl_socket_t {
    const CLOSED: sys::curl_socket_t = sys::CURL_SOCKET_BAD;
    // SAFETY: C4: the address that libcurl passes to this callback.
    let mut address = unsafe { socket::read_address(raw) };
    // SAFETY: C1: this is a transfer of a live handle; C2: `user` is the live context of this `H`; C3:
    // nothing of it is borrowed.
    let mut call = unsafe { Call::<H, InTransfer>::new(&user) };
    let opened = call.enter(Callback::OpenSocket, None, |handler| {
        let opened = make(handler, &mut address);
        Ok(Some(opened.and_then(|opened| {
            select::check(socket::number(&opened))?;
            Ok(opened)
        })))
    });
    let opened = match opened {
        None => return CLOSED,
        Some(Ok(opened)) => opened,
        Some(Err(error)) => {
            // libcurl may try another address. If no connection can be made, the transfer ends with the error
            // for the last address: `settle`.
            let connected = call.info().http_connectcode().unwrap_or_default();
            let _ = call.refuse(Some(Refusal { error, connected }));
            return CLOSED;
        }
    };
    if !call.refuse(None) {
        return CLOSED;
    }
    // SAFETY: C4: as above; the new address is of the same family.
    unsafe { socket::write_address(raw, address.address()) };
    let opened = socket::into_raw(opened);
    if let Some(registry) = call.registry() {
        registry.enter(opened, call.as_user_data(), call_close_socket::<H>);
    }
    opened
}

pub(in crate::run) unsafe extern "C" fn sockopt<H: Callbacks>(
    user: *mut c_void,
    raw: sys::curl_socket_t,
    purpose: sys::curlsocktype,
) -> c_int {
    let set = |handler: &mut H, socket: SockRef<'_>, purpose| handler.sockopt(socket, purpose);
    // SAFETY: the promises of this call, passed on.
    unsafe { configure::<H>(user, raw, purpose, set) }
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
    set: impl FnOnce(&mut H, SockRef<'_>, SockType) -> SockoptResult,
) -> c_int {
    const CLOSED: c_int = sys::CURL_SOCKOPT_ERROR;
    // SAFETY: C4: the socket stays open for the call.
    let borrowed = unsafe { socket::borrow(raw) };
    let purpose = SockType::from_raw(purpose);
    // SAFETY: C2: `user` is the live context of this `H`; C3: nothing of it is borrowed.
    let mut call = unsafe { Call::<H>::new(&user) };
    call.enter(Callback::Sockopt, CLOSED, |handler| {
        select::check(raw).map_err(|error| Stop::Error(error.into()))?;
        set(handler, SockRef::from(&borrowed), purpose).into_raw(purpose)
    })
}

/// Passes a socket to the handler's `close_socket`. If the handler must not be called, closes the
/// socket.
///
/// # Safety
/// `user` must be the live context of this `H` (C2), and nothing of it borrowed.
unsafe fn call_close_socket<H: Callbacks>(user: *mut c_void, socket: Socket) {
    // SAFETY: C2 and C3: the caller's promise.
    let mut call = unsafe { Call::<H>::new(&user) };
    if call.hears_closes() {
        call.enter(Callback::CloseSocket, (), |handler| {
            handler.close_socket(socket).into_raw(())
        });
    }
}

/// Refuses every address, for a transfer that is to fail before it connects.
pub(in crate::run) unsafe extern "C" fn refuse(
    _: *mut c_void,
    _: sys::curlsocktype,
    _: *mut sys::curl_sockaddr,
) -> sys::curl_socket_t {
    sys::CURL_SOCKET_BAD
}

/// libcurl's close-socket callback, whatever the type of the handler.
///
/// # Safety
/// `user` must be a registry that lives as long as the connections that call this function.
pub(in crate::run) unsafe extern "C" fn close_socket(
    user: *mut c_void,
    socket: sys::curl_socket_t,
) -> c_int {
    // SAFETY: C7: the registry outlives the connections that have its address.
    let registry = unsafe { &*user.cast::<Registry>() };
    // SAFETY: C7: libcurl gives the socket away by this call.
    unsafe { registry.close(socket) };
    0
}
