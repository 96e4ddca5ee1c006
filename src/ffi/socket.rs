//! Conversions of libcurl's addresses and descriptors, and the owners of sockets that libcurl closes.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_void;
use std::mem::offset_of;
use std::ptr;
use std::sync::{Mutex, PoisonError};

#[cfg(unix)]
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, IntoRawFd};
#[cfg(windows)]
use std::os::windows::io::{AsRawSocket, BorrowedSocket, FromRawSocket, IntoRawSocket};

use socket2::{Protocol, SockAddr, SockAddrStorage, Socket, Type};

use crate::ffi::socket::address::SocketAddress;
use crate::ffi::sys;

pub(crate) mod address;

/// The flags that the type of a socket may contain.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const TYPE_FLAGS: libc::c_int = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
const TYPE_FLAGS: libc::c_int = 0;

/// Reads the address for which libcurl asks for a socket.
///
/// # Safety
/// `raw` must be what libcurl passes to an open-socket callback.
pub(crate) unsafe fn read_address(raw: *const sys::curl_sockaddr) -> SocketAddress {
    // SAFETY: C4: the field is there.
    let kind = unsafe { (*raw).socktype };
    // SAFETY: C4: as above.
    let protocol = unsafe { (*raw).protocol };
    // SAFETY: C4: as above.
    let len = unsafe { (*raw).addrlen };
    let mut storage = SockAddrStorage::zeroed();
    let len = (len as usize).min(size_of::<SockAddrStorage>());
    // An address may be longer than the field that `curl_sockaddr` declares: libcurl has room for
    // every address there. So it is read by the pointer to the struct, not through a reference.
    let address = raw
        .wrapping_byte_add(offset_of!(sys::curl_sockaddr, addr))
        .cast::<u8>();
    // SAFETY: C4: `addrlen` bytes are readable there, and fit.
    unsafe { ptr::copy_nonoverlapping(address, (&raw mut storage).cast::<u8>(), len) };
    // SAFETY: the storage holds an address of that length, and zeros behind it.
    let address = unsafe { SockAddr::new(storage, len as _) };
    let protocol = (protocol != 0).then(|| Protocol::from(protocol));
    SocketAddress::new(Type::from(kind & !TYPE_FLAGS), protocol, address)
}

/// Makes libcurl connect to `address`, whose family must be that of the address in `raw`.
///
/// # Safety
/// `raw` must be what libcurl passes to an open-socket callback.
pub(crate) unsafe fn write_address(raw: *mut sys::curl_sockaddr, address: &SockAddr) {
    let place = raw
        .wrapping_byte_add(offset_of!(sys::curl_sockaddr, addr))
        .cast::<u8>();
    // SAFETY: libcurl has room for a `sockaddr_storage`, and `address` is not longer.
    unsafe { ptr::copy_nonoverlapping(address.as_ptr().cast(), place, address.len() as usize) };
    // SAFETY: C4: the field is there.
    unsafe { (*raw).addrlen = address.len() as _ };
}

/// Returns the number of a socket, as libcurl uses it.
pub(crate) fn number(socket: &Socket) -> sys::curl_socket_t {
    #[cfg(unix)]
    return socket.as_raw_fd();
    #[cfg(windows)]
    return socket.as_raw_socket() as sys::curl_socket_t;
}

/// Returns the number of a socket for libcurl, which becomes the owner.
pub(crate) fn into_raw(socket: Socket) -> sys::curl_socket_t {
    #[cfg(unix)]
    return socket.into_raw_fd();
    #[cfg(windows)]
    return socket.into_raw_socket() as sys::curl_socket_t;
}

/// Becomes the owner of a socket that libcurl gives away to be closed.
///
/// # Safety
/// libcurl must have given the socket away.
unsafe fn from_raw(raw: sys::curl_socket_t) -> Socket {
    #[cfg(unix)]
    // SAFETY: C7: the descriptor is ours from here on.
    return unsafe { Socket::from_raw_fd(raw) };
    #[cfg(windows)]
    // SAFETY: C7: the socket is ours from here on.
    return unsafe { Socket::from_raw_socket(raw as _) };
}

/// Borrows a socket that libcurl owns.
///
/// # Safety
/// The socket must stay open for as long as `'a`.
#[cfg(unix)]
pub(crate) unsafe fn borrow<'a>(raw: sys::curl_socket_t) -> BorrowedFd<'a> {
    // SAFETY: C4: the caller's promise.
    unsafe { BorrowedFd::borrow_raw(raw) }
}

/// Borrows a socket that libcurl owns.
///
/// # Safety
/// The socket must stay open for as long as `'a`.
#[cfg(windows)]
pub(crate) unsafe fn borrow<'a>(raw: sys::curl_socket_t) -> BorrowedSocket<'a> {
    // SAFETY: C4: the caller's promise.
    unsafe { BorrowedSocket::borrow_raw(raw as _) }
}

/// Maps sockets to the transfers that opened them, so that their `close_socket` can be called.
///
/// libcurl copies the close-socket callback and its data pointer into the
/// *connection*, which may outlive the transfer that opened it and serve others.
/// So the data pointer points to a registry, which the owner of the connections
/// owns. A transfer that leaves its `Multi` is removed from the registry by
/// [`forget`](Registry::forget). The transfer that opens a socket enters it, and
/// a socket that no transfer has entered is simply closed.
#[derive(Default)]
pub(crate) struct Registry {
    owners: Mutex<Owners>,
}

/// The sockets that were entered, by number and by transfer. So the cost of forgetting a transfer
/// hardly grows with the number of sockets of others.
#[derive(Default)]
struct Owners {
    by_socket: BTreeMap<sys::curl_socket_t, Entry>,
    /// For each socket, the address of its transfer's context, and the socket.
    by_user: BTreeSet<(usize, sys::curl_socket_t)>,
}

struct Entry {
    /// The live context of the transfer that opened the socket (C2).
    user: *mut c_void,
    close: Close,
}

/// A function that passes a socket to the `close_socket` of the transfer that opened it, or closes the socket
/// if that callback must not be called.
pub(crate) type Close = unsafe fn(*mut c_void, Socket);

// SAFETY: C6: an entry is used only on the thread that has its transfer.
unsafe impl Send for Registry {}
// SAFETY: C6: an entry is used only on the thread that has its transfer; the map has a lock.
unsafe impl Sync for Registry {}

impl Owners {
    fn insert(&mut self, socket: sys::curl_socket_t, entry: Entry) {
        self.remove(socket);
        self.by_user.insert((entry.user.addr(), socket));
        self.by_socket.insert(socket, entry);
    }

    fn remove(&mut self, socket: sys::curl_socket_t) -> Option<Entry> {
        let entry = self.by_socket.remove(&socket)?;
        self.by_user.remove(&(entry.user.addr(), socket));
        Some(entry)
    }

    /// Returns one of the sockets that this transfer has entered, or `None` if there is none.
    fn any_of(&self, user: *mut c_void) -> Option<sys::curl_socket_t> {
        let user = user.addr();
        let all = (user, sys::curl_socket_t::MIN)..=(user, sys::curl_socket_t::MAX);
        self.by_user.range(all).next().map(|(_, socket)| *socket)
    }
}

impl Registry {
    /// Enters a socket. An earlier entry with its number is stale: if a connection
    /// has failed, libcurl may close its socket without calling back, and the system
    /// reuses numbers.
    pub(crate) fn enter(&self, socket: sys::curl_socket_t, user: *mut c_void, close: Close) {
        self.owners().insert(socket, Entry { user, close });
    }

    /// Forgets a transfer: from now on, its sockets are closed without a call of its `close_socket`.
    pub(crate) fn forget(&self, user: *mut c_void) {
        let mut owners = self.owners();
        while let Some(socket) = owners.any_of(user) {
            owners.remove(socket);
        }
    }

    /// Calls the [`Close`] function of the transfer that has entered the socket. If no transfer has entered
    /// the socket, closes it.
    ///
    /// # Safety
    /// libcurl must have given the socket away.
    pub(crate) unsafe fn close(&self, socket: sys::curl_socket_t) {
        let owner = self.owners().remove(socket);
        // SAFETY: C7: the caller's promise.
        let socket = unsafe { from_raw(socket) };
        if let Some(owner) = owner {
            // SAFETY: C2: the context that entered the socket is live, since it was not forgotten.
            unsafe { (owner.close)(owner.user, socket) };
        }
    }

    /// Forgets every transfer.
    pub(crate) fn clear(&self) {
        *self.owners() = Owners::default();
    }

    fn owners(&self) -> std::sync::MutexGuard<'_, Owners> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    unsafe fn close(_: *mut c_void, _: Socket) {}

    #[test]
    fn transfer_is_forgotten_with_its_sockets_and_no_others() {
        let [one, two] = [8, 16].map(ptr::without_provenance_mut);
        let registry = Registry::default();
        for (socket, user) in [(3, one), (4, two), (5, one), (4, one), (5, two)] {
            registry.enter(socket, user, close);
        }
        registry.forget(one);
        let owners = registry.owners();
        assert!(owners.by_socket.keys().eq(&[5]));
        assert_eq!(owners.any_of(two), Some(5));
        assert_eq!((owners.any_of(one), owners.by_user.len()), (None, 1));
    }
}
