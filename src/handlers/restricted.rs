use std::io;

use socket2::{SockAddr, SockRef, Socket};

use crate::handlers::address_policy::{AddressPolicy, Refused, Rule};
use crate::{
    AddressFilter, CallbackResult, Callbacks, Connection, Endpoint, SockType, SocketAddress,
    SockoptResult, callbacks,
};

/// Lets a transfer reach only the addresses that an [`AddressPolicy`] allows.
///
/// It decides for each connection when its address is known, and again when a request is about
/// to go over it, so that a connection that another transfer has made is checked too: neither a
/// redirect nor a name that has another address at the second lookup gets past it.
/// What the handler inside makes of an address is checked as well, and where a socket
/// that it has connected itself leads to.
/// A refused address is no end yet, since libcurl tries the host's others; if none
/// is left, the transfer fails with a [`Refused`] that names address and rule.
///
/// What it cannot see:
/// - **Through a proxy** it sees the proxy's address only; the proxy connects where
///   it likes. libcurl takes a proxy from the environment too: set
///   [`proxy("")`](crate::Transfer::proxy) for strangers' URLs.
/// - **DNS over HTTPS** has connections of its own that no callback sees, so `perform`
///   refuses it unless [`allow_doh`](Restricted::allow_doh) says otherwise.
/// - A transfer that was **pushed** goes over the connection of its parent.
/// - `file://` makes no connection; [`protocols_str`](crate::Transfer::protocols_str) shuts it out.
/// - This machine's own public addresses, and a network's own NAT64 prefix, look like
///   any other: deny them.
/// - **TFTP** goes on with whoever answers first: shut it out as `file://`.
///
/// It needs libcurl 7.80.0, the first one that has [`prereq`](Callbacks::prereq); with an older one,
/// [`Transfer::new`](crate::Transfer::new) is [`Error::Unsupported`](crate::Error::Unsupported).
///
/// Active FTP opens a listening socket on this machine's address, which is as a rule
/// refused; if it is allowed, whoever connects to it is not checked.
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
    /// Allows public addresses only.
    #[must_use]
    pub fn new() -> Restricted {
        Restricted::default()
    }

    /// Allows what `policy` allows.
    #[must_use]
    pub fn with(policy: AddressPolicy) -> Restricted {
        Restricted {
            policy,
            ..Restricted::default()
        }
    }

    /// Leaves all other callbacks to `inner`, which opens what is allowed.
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
    /// Lets a transfer use DNS over HTTPS, whose own connections are not checked.
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
            // The handler inside has connected the socket itself.
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
            // `file://`, or a socket that the handler inside has connected.
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
