//! Sockets and the address policy: who opens the sockets, and how to fetch URLs from strangers.
//!
//! ```
//! use std::time::Duration;
//! use curlback::{Transfer, handlers::{AddressPolicy, Collect, Refused, Restricted}};
//!
//! # // Before libcurl 7.80.0, there is no `prereq`, and so no `Restricted`.
//! # if curlback::Version::linked() < curlback::Version::new(7, 80, 0) { return Ok(()); }
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let redirect = "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n";
//! # let url = server::http(move |_| redirect.to_owned())?;
//! // The stranger's server redirects to an internal address.
//! let policy = AddressPolicy::public();
//! # let policy = policy.allow("127.0.0.1/32".parse()?);
//! let handler = Restricted::with(policy).and(Collect::new().limit(10 << 20));
//! let mut transfer = Transfer::new(handler)?;
//! transfer.proxy("")?; // no proxy: a proxy, even one from the environment, would bypass the policy
//! # let https = curlback::version().has_protocol("https");
//! # let schemes = if https { "http,https" } else { "http" };
//! transfer.protocols_str(schemes)?; // "http,https": neither `file` nor `tftp`
//! transfer.follow_location(true)?;
//! transfer.max_redirections(5)?;
//! transfer.timeout(Duration::from_secs(30))?;
//! transfer.url(&url)?;
//! let error = transfer.perform().unwrap_err();
//! let refused = error.downcast_ref::<Refused>().expect("the address is internal");
//! assert_eq!(refused.to_string(), "169.254.169.254:80 is refused: link-local (169.254.0.0/16)");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The example [`public_only`](https://docs.rs/crate/curlback/latest/source/examples/public_only.rs) is a whole program.
//!
//! # What the policy decides
//!
//! [`Restricted`](handlers::Restricted) checks an address when a socket is opened, and again before each request is sent
//! on a connection. So the policy also checks the target of a redirect, the new address of a name that
//! resolves differently the second time, and a connection that another transfer has made.
//! [`AddressPolicy`](handlers::AddressPolicy) decides:
//!
//! 1. An address in a network passed to [`allow`](handlers::AddressPolicy::allow) is allowed.
//! 2. Else, an address in a network passed to [`deny`](handlers::AddressPolicy::deny) is refused.
//! 3. Any other address is allowed if it is public, or if the policy began with
//!    [`AddressPolicy::any`](handlers::AddressPolicy::any).
//!
//! If neither `allow` nor `deny` decides about an IPv6 address that contains an IPv4 address (mapped, NAT64, 6to4), the
//! policy decides as for that IPv4 address.
//!
//! # What the policy cannot see
//!
//! | gap | remedy |
//! | --- | --- |
//! | the policy sees the address of the proxy, not that of the server | [`proxy("")`](Transfer::proxy), which also ignores the environment |
//! | `file://` makes no connection | [`protocols_str`](Transfer::protocols_str) |
//! | LDAP follows referrals before libcurl 7.81.0, and, if libcurl does not use OpenLDAP, connects by itself | [`protocols_str`](Transfer::protocols_str) |
//! | TFTP accepts data from the first host that answers | [`protocols_str`](Transfer::protocols_str) |
//! | DNS over HTTPS makes connections of its own | [`perform`](Transfer::perform) refuses [`doh_url`](Transfer::doh_url) beside a policy, unless [`allow_doh`](handlers::Restricted::allow_doh) permits it |
//! | your own machines have public addresses | [`deny`](handlers::AddressPolicy::deny) |
//! | your network has a NAT64 prefix of its own | [`deny`](handlers::AddressPolicy::deny) |
//! | in active FTP, anybody may connect to the listening socket | leave [`ftp_port`](Transfer::ftp_port) unset |
//! | a pushed transfer uses the connection of its parent | do not [accept pushes](Multi::accept_pushes) |
//!
//! A policy decides about addresses only. Limit the size by [`Collect::limit`](handlers::Collect::limit), the time by
//! [`timeout`](Transfer::timeout), and the redirects by [`max_redirections`](Transfer::max_redirections).
//!
//! # Sockets of your own
//!
//! | callback | is called | suits |
//! | --- | --- | --- |
//! | [`open_socket`](Callbacks::open_socket) | for each address that libcurl tries | choosing another address or another kind of socket, refusing an address |
//! | [`sockopt`](Callbacks::sockopt) | for each socket that libcurl connects or accepts, before it uses the socket | setting options of the socket |
//! | [`prereq`](Callbacks::prereq) | before each request, on a reused connection too | deciding by the peer's address |
//! | [`close_socket`](Callbacks::close_socket) | when libcurl closes a socket that `open_socket` has opened | counting the sockets, or keeping one |
//!
//! The types say who owns a socket: `open_socket` returns an owned [`Socket`](socket2::Socket), `sockopt` borrows it, and
//! `close_socket` gets it back. So a socket has one owner at any time. Its drop closes the socket, once.
//!
//! ```
//! use std::cell::Cell;
//! use curlback::{Transfer, handlers::Closures};
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|_| server::ok("body"))?;
//! let opened = Cell::new(0);
//! let mut transfer = Transfer::new(())?;
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//! for _ in 0..2 {
//!     transfer.perform_with(Closures::new().open_socket(|_purpose, address| {
//!         opened.set(opened.get() + 1);
//!         let socket = address.open()?; // as libcurl would
//!         socket.set_recv_buffer_size(1 << 20)?;
//!         Ok::<_, std::io::Error>(socket)
//!     }))?;
//! }
//! assert_eq!(opened.get(), 1); // the second transfer has reused the connection
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! To bind to an interface, use [`interface`](Transfer::interface); to connect to another host, use
//! [`connect_to`](Transfer::connect_to) or [`resolve`](Transfer::resolve); to connect to a Unix socket, use
//! [`unix_socket_path`](Transfer::unix_socket_path). The example
//! [`bind_socket`](https://docs.rs/crate/curlback/latest/source/examples/bind_socket.rs) binds to a local address in a
//! callback.
//!
//! # Traps
//!
//! - **Do not parse the URL to decide whether it is safe.** A name may resolve to an internal address, redirects lead
//!   elsewhere, and two parsers may see different hosts. To decide by the host, use [`Url`], which is libcurl's own parser.
//! - **[`open_socket`](Callbacks::open_socket) alone misses reused connections.** If your handler filters addresses,
//!   implement [`address_filter`](Callbacks::address_filter) too: the crate then refuses what would bypass the filter.
//! - **If `open_socket` returns a connected socket**, `sockopt` has to answer [`SockoptResult::AlreadyConnected`].
//!   libcurl 7.87.0 to 7.88.1 then closes the socket, so with these releases the transfer fails.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | a source that is [`Refused`](handlers::Refused) | the policy refuses the addresses of the host, or that of a kept connection | report it: [`address`](handlers::Refused::address) and [`rule`](handlers::Refused::rule) say which and why |
//! | [`Error::Unsupported`] from [`Transfer::new`] | libcurl before 7.80.0 has no `prereq` | link a newer libcurl; do not fetch URLs from strangers without it |
//! | [`Error::Option`] for `CURLOPT_DOH_URL` | both [`doh_url`](Transfer::doh_url) and an address filter are set | unset one of them, or call [`allow_doh`](handlers::Restricted::allow_doh) |
//! | an `io::Error` of the kind [`Unsupported`](std::io::ErrorKind::Unsupported) | the number of the socket is too large for a libcurl that waits with `select` | see [`libcurl`](super::libcurl) |

#[cfg(doc)]
use crate::*;
