//! Addresses and descriptors as libcurl has them, and the sockets that it closes.

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

/// The flags that may stand beside the type of a socket.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const TYPE_FLAGS: libc::c_int = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
const TYPE_FLAGS: libc::c_int = 0;

/// Reads the address that libcurl is about to connect to.
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
    // The address goes on behind the struct as it is declared: libcurl keeps
    // room for any. So it is read from the struct's own pointer.
    let address = raw
        .wrapping_byte_add(offset_of!(sys::curl_sockaddr, addr))
        .cast::<u8>();
    // SAFETY: C4: `addrlen` bytes are readable there, and fit.
    unsafe { ptr::copy_nonoverlapping(address, (&raw mut storage).cast::<u8>(), len) };
    // SAFETY: the storage is zeroed but for an address of that length.
    let address = unsafe { SockAddr::new(storage, len as _) };
    let protocol = (protocol != 0).then(|| Protocol::from(protocol));
    SocketAddress::new(Type::from(kind & !TYPE_FLAGS), protocol, address)
}

/// Makes libcurl connect to `address`, which must be of the former family.
///
/// # Safety
/// As [`read_address`].
pub(crate) unsafe fn write_address(raw: *mut sys::curl_sockaddr, address: &SockAddr) {
    let place = raw
        .wrapping_byte_add(offset_of!(sys::curl_sockaddr, addr))
        .cast::<u8>();
    // SAFETY: libcurl keeps room for a `sockaddr_storage`, the most that this has.
    unsafe { ptr::copy_nonoverlapping(address.as_ptr().cast(), place, address.len() as usize) };
    // SAFETY: C4: the field is there.
    unsafe { (*raw).addrlen = address.len() as _ };
}

/// Returns the number by which libcurl knows a socket.
pub(crate) fn number(socket: &Socket) -> sys::curl_socket_t {
    #[cfg(unix)]
    return socket.as_raw_fd();
    #[cfg(windows)]
    return socket.as_raw_socket() as sys::curl_socket_t;
}

/// Gives a socket to libcurl.
pub(crate) fn into_raw(socket: Socket) -> sys::curl_socket_t {
    #[cfg(unix)]
    return socket.into_raw_fd();
    #[cfg(windows)]
    return socket.into_raw_socket() as sys::curl_socket_t;
}

/// Takes a socket from libcurl, to be closed.
///
/// # Safety
/// libcurl must have given it away.
unsafe fn from_raw(raw: sys::curl_socket_t) -> Socket {
    #[cfg(unix)]
    // SAFETY: C7: the descriptor is ours from here on.
    return unsafe { Socket::from_raw_fd(raw) };
    #[cfg(windows)]
    // SAFETY: C7: the socket is ours from here on.
    return unsafe { Socket::from_raw_socket(raw as _) };
}

/// Lends a socket that libcurl keeps.
///
/// # Safety
/// The socket must stay open for as long as `'a`.
#[cfg(unix)]
pub(crate) unsafe fn borrow<'a>(raw: sys::curl_socket_t) -> BorrowedFd<'a> {
    // SAFETY: C4: open for the call.
    unsafe { BorrowedFd::borrow_raw(raw) }
}

/// Lends a socket that libcurl keeps.
///
/// # Safety
/// The socket must stay open for as long as `'a`.
#[cfg(windows)]
pub(crate) unsafe fn borrow<'a>(raw: sys::curl_socket_t) -> BorrowedSocket<'a> {
    // SAFETY: C4: open for the call.
    unsafe { BorrowedSocket::borrow_raw(raw as _) }
}

/// Which transfer's `close_socket` is called for which socket.
///
/// libcurl copies the close-socket callback and its data into the *connection*,
/// which may outlive the transfer that opened it and serve others. So that data
/// is a registry, owned by whoever owns the connections: beside the handle whose
/// connections die with it, or by a `Multi`, which a transfer leaves with
/// [`forget`](Registry::forget). Each socket is entered by the transfer that
/// opened it, and one that nobody entered is simply closed.
#[derive(Default)]
pub(crate) struct Registry {
    owners: Mutex<Owners>,
}

/// The sockets that were entered, by number and by transfer: a transfer is forgotten at a cost that
/// does not grow with the sockets of others.
#[derive(Default)]
struct Owners {
    by_socket: BTreeMap<sys::curl_socket_t, Entry>,
    /// The addresses of contexts, with a socket each.
    by_user: BTreeSet<(usize, sys::curl_socket_t)>,
}

struct Entry {
    /// The live context of the transfer that opened the socket (C2).
    user: *mut c_void,
    close: Close,
}

/// Tells a transfer that a socket of its is to be closed.
pub(crate) type Close = unsafe fn(*mut c_void, Socket);

// SAFETY: C6: an entry is used only on the thread that has its transfer.
unsafe impl Send for Registry {}
// SAFETY: C6: as above; the map has a lock.
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

    /// Returns a socket of this transfer.
    fn any_of(&self, user: *mut c_void) -> Option<sys::curl_socket_t> {
        let user = user.addr();
        let all = (user, sys::curl_socket_t::MIN)..=(user, sys::curl_socket_t::MAX);
        self.by_user.range(all).next().map(|(_, socket)| *socket)
    }
}

impl Registry {
    /// Enters a socket. An entry that is there is stale: libcurl closes sockets
    /// whose connection failed without a word, and the system reuses numbers.
    pub(crate) fn enter(&self, socket: sys::curl_socket_t, user: *mut c_void, close: Close) {
        self.owners().insert(socket, Entry { user, close });
    }

    /// Forgets a transfer: its sockets are closed without a word from now on.
    pub(crate) fn forget(&self, user: *mut c_void) {
        let mut owners = self.owners();
        while let Some(socket) = owners.any_of(user) {
            owners.remove(socket);
        }
    }

    /// Closes a socket by the transfer that opened it, or at once.
    ///
    /// # Safety
    /// libcurl must have given the socket away.
    pub(crate) unsafe fn close(&self, socket: sys::curl_socket_t) {
        let owner = self.owners().remove(socket);
        // SAFETY: C7: the caller's promise.
        let socket = unsafe { from_raw(socket) };
        if let Some(owner) = owner {
            // SAFETY: C2: the context that entered the socket is live, or was forgotten.
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
