//! A handler whose sockets are opened and configured by closures.

use std::error::Error as _;
use std::io;

use curlback::{
    Callback, Callbacks, Code, Error, SockType, SocketAddress, SockoptResult, Transfer, WriteResult,
};
use socket2::{SockRef, Socket};

use crate::support::breaks::Own;

/// Opens sockets with `open`, and configures them with `configure`. Records the purpose of each call, the
/// addresses that `open` gets, and the body.
pub(crate) struct Sockets<O, C> {
    pub(crate) opened: Vec<(SockType, SocketAddress)>,
    pub(crate) configured: Vec<SockType>,
    pub(crate) body: Vec<u8>,
    open: O,
    configure: C,
}

impl<O, C> Callbacks for Sockets<O, C>
where
    O: FnMut(&mut SocketAddress) -> io::Result<Socket>,
    C: FnMut(SockRef<'_>, SockType) -> SockoptResult,
{
    fn open_socket(
        &mut self,
        purpose: SockType,
        address: &mut SocketAddress,
    ) -> io::Result<Socket> {
        self.opened.push((purpose, address.clone()));
        (self.open)(address)
    }

    fn sockopt(&mut self, socket: SockRef<'_>, purpose: SockType) -> SockoptResult {
        self.configured.push(purpose);
        (self.configure)(socket, purpose)
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }
}

/// Makes a transfer whose sockets are opened and configured by these closures.
pub(crate) fn sockets<O, C>(url: &str, open: O, configure: C) -> Transfer<Sockets<O, C>>
where
    O: FnMut(&mut SocketAddress) -> io::Result<Socket>,
    C: FnMut(SockRef<'_>, SockType) -> SockoptResult,
{
    let mut transfer = Transfer::new(Sockets {
        opened: Vec::new(),
        configured: Vec::new(),
        body: Vec::new(),
        open,
        configure,
    })
    .unwrap();
    transfer.url(url).unwrap();
    transfer
}

pub(crate) fn opens(address: &mut SocketAddress) -> io::Result<Socket> {
    address.open()
}

pub(crate) fn leaves(_: SockRef<'_>, _: SockType) -> SockoptResult {
    SockoptResult::Ok
}

/// Asserts that a transfer has failed because `open_socket` refused with [`Own`], and with this code.
pub(crate) fn assert_refused(error: &Error, code: Code) {
    assert!(matches!(error, Error::Callback { .. }), "{error:?}");
    assert_eq!(error.callback(), Some(Callback::OpenSocket));
    assert_eq!(error.code(), Some(code), "{error:?}");
    let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
    let own = source.get_ref().unwrap().downcast_ref::<Own>();
    assert_eq!(own, Some(&Own(Callback::OpenSocket)));
}
