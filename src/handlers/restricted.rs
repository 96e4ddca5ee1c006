use std::io;

use socket2::{SockAddr, SockRef, Socket};

use crate::handlers::address_policy::{AddressPolicy, Refused, Rule};
use crate::{
    AddressFilter, CallbackResult, Callbacks, Connection, Endpoint, SockType, SocketAddress,
    SockoptResult, callbacks,
};

/// Lets a transfer reach only the addresses that an [`AddressPolicy`] allows.
///
/// The handler checks the address of a connection before the connection is made, and again before each
/// request on that connection, if the address is known then. So it also checks a kept connection, which
/// another transfer may have made. These checks also
/// apply after a redirect, and to a host name that has another address at the second lookup. If the handler inside
/// changes an address, the new address is checked too. If the handler inside connects a socket itself, the address of
/// the socket's peer is checked.
///
/// If an address is refused before the connection is made, libcurl tries the other addresses of the host. If all are
/// refused, the transfer fails with a [`Refused`], which names the last address and the rule. If the address of a kept
/// connection is refused, the transfer fails with a `Refused` too.
///
/// What this handler cannot check:
/// - **Through a proxy**, this handler sees only the proxy's address; the proxy may connect to any address. libcurl
///   also takes a proxy from the environment: for URLs of strangers, set [`proxy("")`](crate::Transfer::proxy).
/// - **DNS over HTTPS** has connections of its own, which this handler cannot check. So a transfer that
///   uses it is refused, unless [`allow_doh`](Restricted::allow_doh) allows it.
/// - A transfer that was **pushed** uses the connection of its parent without a check.
/// - `file://` makes no connection. [`protocols_str`](crate::Transfer::protocols_str) excludes it.
/// - Public addresses of this machine, and a NAT64 prefix of the local network, look like
///   other public addresses: deny them.
/// - **TFTP** accepts packets from any host that answers first. [`protocols_str`](crate::Transfer::protocols_str)
///   excludes it.
/// - **LDAP**: a libcurl without OpenLDAP, as on Windows, lets an LDAP library make the connection; libcurl 7.80.0
///   with OpenLDAP may follow referrals to other hosts. [`protocols_str`](crate::Transfer::protocols_str) excludes
///   LDAP.
///
/// This handler needs libcurl 7.80.0, the first release that has [`prereq`](Callbacks::prereq). With an
/// older libcurl, [`Transfer::new`](crate::Transfer::new) returns
/// [`Error::Unsupported`](crate::Error::Unsupported).
///
/// Active FTP opens a listening socket on an address of this machine. The policy usually refuses that address. If it is
/// allowed, the peer that connects to the socket is not checked.
///
/// [The guide](crate::guide::addresses) says what else URLs of strangers need.
///
/// # Examples
/// ```
/// use curlback::{Transfer, handlers::{Refused, Restricted}};
///
/// let mut transfer = Transfer::new(Restricted::new())?;
/// transfer.proxy("")?;
/// transfer.url("http://127.0.0.1:9/")?;
/// let error = transfer.perform().unwrap_err();
/// let refused = error.downcast_ref::<Refused>().expect("it was refused");
/// assert_eq!(refused.to_string(), "127.0.0.1:9 is refused: loopback (127.0.0.0/8)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Restricted<H = ()> {
    policy: AddressPolicy,
    doh: bool,
    inner: H,
}

impl Restricted {
    /// Makes a handler that allows public addresses only.
    #[must_use]
    pub fn new() -> Restricted {
        Restricted::default()
    }

    /// Makes a handler that allows the addresses which `policy` allows.
    #[must_use]
    pub fn with(policy: AddressPolicy) -> Restricted {
        Restricted {
            policy,
            ..Restricted::default()
        }
    }

    /// Forwards all callbacks to `inner`, except `open_socket` and `prereq` for an address that the policy refuses. So
    /// `inner` opens the sockets for the allowed addresses.
    #[must_use]
    pub fn and<H: Callbacks>(self, inner: H) -> Restricted<H> {
        Restricted {
            policy: self.policy,
            doh: self.doh,
            inner,
        }
    }
}

impl<H> Restricted<H> {
    /// Lets a transfer use DNS over HTTPS, whose own connections are not checked, unless the handler inside forbids it.
    #[must_use]
    pub fn allow_doh(mut self) -> Restricted<H> {
        self.doh = true;
        self
    }

    /// Returns the policy.
    #[must_use]
    pub fn policy(&self) -> &AddressPolicy {
        &self.policy
    }
}

lend_inner! { Restricted<H> }

#[callbacks(to = self.inner)]
impl<H: Callbacks> Callbacks for Restricted<H> {
    fn address_filter(&self) -> AddressFilter {
        match (self.doh, self.inner.address_filter()) {
            (false, _) | (_, AddressFilter::Strict) => AddressFilter::Strict,
            (true, _) => AddressFilter::ExceptDoh,
        }
    }

    fn open_socket(
        &mut self,
        purpose: SockType,
        address: &mut SocketAddress,
    ) -> io::Result<Socket> {
        self.allow(address.address())?;
        let socket = self.inner.open_socket(purpose, address)?;
        // The inner handler may have changed the address.
        self.allow(address.address())?;
        Ok(socket)
    }

    fn sockopt(&mut self, socket: SockRef<'_>, purpose: SockType) -> SockoptResult {
        match self.inner.sockopt(SockRef::from(&*socket), purpose) {
            // The handler inside says that it has connected the socket itself.
            SockoptResult::AlreadyConnected => {
                match socket.peer_addr().and_then(|peer| self.allow(&peer)) {
                    Ok(()) => SockoptResult::AlreadyConnected,
                    Err(error) => SockoptResult::Fail(error.into()),
                }
            }
            result => result,
        }
    }

    fn prereq(&mut self, connection: &Connection<'_>) -> CallbackResult {
        let allowed = match connection.remote() {
            Endpoint::Ip(address) => self.allow(&address.into()),
            Endpoint::Unix(_) => Err(not_an_ip()),
            // `file://`, or a connection whose socket a handler has connected itself. If this transfer has made the
            // connection, `sockopt` has checked the socket's peer.
            Endpoint::None => Ok(()),
        };
        match allowed {
            Ok(()) => self.inner.prereq(connection),
            Err(error) => CallbackResult::Fail(error.into()),
        }
    }
}

impl<H> Restricted<H> {
    fn allow(&self, address: &SockAddr) -> io::Result<()> {
        let Some(address) = address.as_socket() else {
            return Err(not_an_ip());
        };
        match self.policy.rule_against(address.ip()) {
            None => Ok(()),
            Some(rule) => Err(refused(address.to_string(), rule)),
        }
    }
}

fn not_an_ip() -> io::Error {
    refused("a Unix socket".to_owned(), Rule::NotAnIp)
}

fn refused(address: String, rule: Rule) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, Refused { address, rule })
}
