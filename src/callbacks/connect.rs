//! The addresses of the connection on which a request is about to be sent, for `prereq`.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use libc::c_int;

use crate::Info;

/// The two ends of the connection on which a request is about to be sent, for [`prereq`](crate::Callbacks::prereq).
///
/// With a proxy, the remote end is the proxy.
#[derive(Clone)]
pub struct Connection<'a> {
    remote: RawEndpoint<'a>,
    local: RawEndpoint<'a>,
    info: Info<'a>,
}

/// One end of a connection in libcurl's form: the address as a string, and the port as a number.
pub(crate) type RawEndpoint<'a> = (&'a [u8], c_int);

impl<'a> Connection<'a> {
    #[inline(always)]
    pub(crate) fn new(
        remote: RawEndpoint<'a>,
        local: RawEndpoint<'a>,
        info: Info<'a>,
    ) -> Connection<'a> {
        Connection {
            remote,
            local,
            info,
        }
    }

    /// Returns the remote end: that of the server or proxy.
    #[must_use]
    pub fn remote(&self) -> Endpoint<'a> {
        Endpoint::from_raw(self.remote)
    }

    /// Returns the local end.
    #[must_use]
    pub fn local(&self) -> Endpoint<'a> {
        Endpoint::from_raw(self.local)
    }

    /// Returns information about the running transfer.
    #[must_use]
    pub fn info(&self) -> &Info<'a> {
        &self.info
    }
}

impl fmt::Debug for Connection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("remote", &self.remote())
            .field("local", &self.local())
            .finish_non_exhaustive()
    }
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Endpoint<'a> {
    /// An address and a port.
    Ip(SocketAddr),
    /// The path of a Unix socket, or its first 45 bytes if it is longer: libcurl keeps no more.
    Unix(&'a [u8]),
    /// No address: a transfer of `file://` has no connection, an end of a Unix socket may have no path, and
    /// libcurl may not know the ends of a socket that the handler has connected.
    None,
}

/// Prints the address with its port, the path, or a dash for [`Endpoint::None`].
impl fmt::Display for Endpoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Ip(address) => write!(f, "{address}"),
            Endpoint::Unix(path) => write!(f, "{}", path.escape_ascii()),
            Endpoint::None => f.write_str("-"),
        }
    }
}

impl<'a> Endpoint<'a> {
    /// Returns the IP address and the port; `None` for a Unix socket, or if there is no address.
    #[must_use]
    pub fn as_socket(&self) -> Option<SocketAddr> {
        match self {
            Endpoint::Ip(address) => Some(*address),
            _ => None,
        }
    }

    /// Parses libcurl's string for an address and its number for a port.
    pub(crate) fn from_raw((address, port): RawEndpoint<'a>) -> Endpoint<'a> {
        let ip = std::str::from_utf8(address)
            .ok()
            .and_then(|text| text.parse::<IpAddr>().ok());
        match (address, ip, u16::try_from(port)) {
            ([], _, _) => Endpoint::None,
            (_, Some(ip), Ok(port)) => Endpoint::Ip(SocketAddr::new(ip, port)),
            (path, _, _) => Endpoint::Unix(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn endpoints_are_addresses_paths_or_nothing() {
        let ip = |text: &str| Endpoint::Ip(text.parse().unwrap());
        let of = |address, port| Endpoint::from_raw((address, port));
        assert_eq!(of(b"127.0.0.1", 80), ip("127.0.0.1:80"));
        assert_eq!(of(b"::1", 65_535), ip("[::1]:65535"));
        assert_eq!(of(b"/run/\xFF", 0), Endpoint::Unix(b"/run/\xFF"));
        assert_eq!(of(b"", -1), Endpoint::None);
        assert_eq!(ip("[::1]:80").to_string(), "[::1]:80");
        assert_eq!(Endpoint::Unix(b"/run/\xFF").to_string(), "/run/\\xff");
    }
}
