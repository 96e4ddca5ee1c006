//! The address that a socket is opened for.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

/// The address that a socket is opened for, and the type and protocol of that socket.
#[derive(Clone, Debug)]
#[doc(alias = "curl_sockaddr")]
pub struct SocketAddress {
    kind: Type,
    protocol: Option<Protocol>,
    address: SockAddr,
}

impl SocketAddress {
    pub(crate) fn new(kind: Type, protocol: Option<Protocol>, address: SockAddr) -> SocketAddress {
        SocketAddress {
            kind,
            protocol,
            address,
        }
    }

    /// Returns the address family.
    #[must_use]
    pub fn domain(&self) -> Domain {
        self.address.domain()
    }

    /// Returns the type of socket, such as [`Type::STREAM`], without flags.
    #[must_use]
    pub fn socket_type(&self) -> Type {
        self.kind
    }

    /// Returns the protocol, or `None` for the default protocol of the socket type.
    #[must_use]
    pub fn protocol(&self) -> Option<Protocol> {
        self.protocol
    }

    /// Returns the address as the system has it, Unix sockets included.
    #[must_use]
    pub fn address(&self) -> &SockAddr {
        &self.address
    }

    /// Returns an IPv4 or IPv6 address with its port, or `None` for another family. An IPv6 address has
    /// flow info and scope.
    #[must_use]
    pub fn as_socket(&self) -> Option<SocketAddr> {
        self.address.as_socket()
    }

    /// Makes libcurl connect to another address of the same family.
    ///
    /// libcurl ignores that address for the listening socket of active FTP.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for an address of another family. The
    /// address then stays as it is.
    ///
    /// # Examples
    /// ```
    /// use std::{io, net::SocketAddr};
    /// use curlback::{Callbacks, SockType, SocketAddress, callbacks};
    /// use socket2::Socket;
    ///
    /// /// Connects to one address, whatever the URL says.
    /// struct Redirect(SocketAddr);
    ///
    /// #[callbacks]
    /// impl Callbacks for Redirect {
    ///     fn open_socket(&mut self, _: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
    ///         address.set_address(self.0)?;
    ///         address.open()
    ///     }
    /// }
    /// ```
    pub fn set_address(&mut self, address: impl Into<SockAddr>) -> io::Result<()> {
        let address = address.into();
        if address.family() != self.address.family() {
            let text = "an address can only be replaced by one of its family";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        self.address = address;
        Ok(())
    }

    /// Opens the socket that libcurl would open, close-on-exec.
    ///
    /// # Errors
    /// The system's error.
    pub fn open(&self) -> io::Result<Socket> {
        Socket::new(self.domain(), self.kind, self.protocol)
    }
}
