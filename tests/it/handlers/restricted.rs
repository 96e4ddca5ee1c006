//! `Restricted` refuses an address in whatever way a transfer is led to it.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::time::Duration;

use curlback::handlers::{AddressPolicy, Collect, Refused, Restricted, Rule};
use curlback::{Callback, Callbacks, Code, Error, Hooks, SockType, SocketAddress, Transfer};
use socket2::Socket;

use crate::support::ports::deaf_port;
use crate::support::server::Server;
use crate::support::servers::redirecting_to;
use crate::support::skip::{needs, skip};

pub(super) const HERE: &str = "127.0.0.1/32";

const LINK_LOCAL: &str = "link-local (169.254.0.0/16)";

pub(super) const LOOPBACK: &str = "loopback (127.0.0.0/8)";

/// Returns a handler that allows the public addresses and this network.
pub(super) fn and_also(network: &str) -> Restricted {
    Restricted::with(AddressPolicy::public().allow(network.parse().unwrap()))
}

pub(super) fn transfer<H: Callbacks>(handler: H, url: &str) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.proxy("").unwrap();
    transfer.url(url).unwrap();
    // The limit ends a transfer that is allowed by mistake, and that would wait for an answer for ever.
    transfer.timeout(Duration::from_secs(10)).unwrap();
    transfer
}

/// Asserts that the error is a refusal, and returns the refused address and the rule.
fn refused(error: &Error) -> (String, String) {
    assert!(
        matches!(
            error,
            Error::Callback {
                callback: Callback::OpenSocket,
                code: Code::COULDNT_CONNECT,
                ..
            }
        ),
        "{error:?}"
    );
    let refused = Refused::find(error).unwrap_or_else(|| panic!("{error:?}"));
    let all = format!("{error:#}");
    assert_eq!(all.matches(&refused.to_string()).count(), 1, "{all}");
    assert_eq!(all.lines().count(), 1, "{all}");
    (refused.address.clone(), refused.rule.to_string())
}

pub(super) fn assert_refused<H: Callbacks>(transfer: &mut Transfer<H>, address: &str, rule: &str) {
    let error = transfer.perform().unwrap_err();
    assert_eq!(refused(&error), (address.to_owned(), rule.to_owned()));
}

/// A listener at 127.0.0.2, to which no transfer may connect.
struct Inside(TcpListener);

impl Inside {
    fn new() -> Option<Inside> {
        match TcpListener::bind("127.0.0.2:0") {
            Ok(listener) => {
                listener.set_nonblocking(true).unwrap();
                Some(Inside(listener))
            }
            Err(error) => {
                skip!("127.0.0.2 is no address of this machine: {error}");
                None
            }
        }
    }

    fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    fn assert_untouched(&self) {
        let error = self.0.accept().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
    }
}

#[test]
fn every_spelling_of_an_internal_address_is_refused() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("secret");
    let port = server.address().port();
    let v4 = format!("127.0.0.1:{port}");
    let mapped = format!("[::ffff:127.0.0.1]:{port}");
    let mut transfer = transfer(Restricted::new(), "");
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "%31%32%37.0.0.1",
        "user:password@127.0.0.1",
    ] {
        transfer.url(&format!("http://{host}:{port}/")).unwrap();
        assert_refused(&mut transfer, &v4, LOOPBACK);
    }
    for host in [
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:FFFF:127.0.0.1]",
    ] {
        transfer.url(&format!("http://{host}:{port}/")).unwrap();
        assert_refused(&mut transfer, &mapped, LOOPBACK);
    }
    for (host, address, rule) in [
        ("0", "0.0.0.0", "this network (0.0.0.0/8)"),
        ("0x0", "0.0.0.0", "this network (0.0.0.0/8)"),
        ("127.255.255.254", "127.255.255.254", LOOPBACK),
        ("[::1]", "[::1]", "loopback (::1/128)"),
        ("[0:0::0:1]", "[::1]", "loopback (::1/128)"),
        ("[::]", "[::]", "unspecified (::/128)"),
        ("[::127.0.0.1]", "[::127.0.0.1]", "reserved (::/3)"),
        ("[64:ff9b::7f00:1]", "[64:ff9b::7f00:1]", LOOPBACK),
        ("[2002:7f00:1::]", "[2002:7f00:1::]", LOOPBACK),
        ("2852039166", "169.254.169.254", LINK_LOCAL),
        (
            "[fd00:ec2::254]",
            "[fd00:ec2::254]",
            "unique-local (fc00::/7)",
        ),
        ("10.1", "10.0.0.1", "private (10.0.0.0/8)"),
    ] {
        transfer.url(&format!("http://{host}:{port}/")).unwrap();
        // The refusal shows the address in the form of the standard library.
        let ip: IpAddr = address.trim_matches(['[', ']']).parse().unwrap();
        assert_refused(&mut transfer, &SocketAddr::new(ip, port).to_string(), rule);
    }
    // libcurl before 7.85.0 asks the resolver for the last name.
    let names = 2 + usize::from(curlback::Version::linked() >= curlback::Version::new(7, 85, 0));
    for host in &["localhost", "LOCALHOST", "any.localhost"][..names] {
        transfer.url(&format!("http://{host}:{port}/")).unwrap();
        let (address, rule) = refused(&transfer.perform().unwrap_err());
        let expected = match address.starts_with('[') {
            true => (format!("[::1]:{port}"), "loopback (::1/128)".to_owned()),
            false => (v4.clone(), LOOPBACK.to_owned()),
        };
        assert_eq!((address, rule), expected);
    }
    assert!(server.requests().is_empty());
}

#[test]
fn connection_options_lead_nowhere_else() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("secret");
    let address = server.address().to_string();
    let mut transfer = transfer(Restricted::new(), "http://8.8.8.8:1/");
    transfer.connect_to([format!("::{address}")]).unwrap();
    assert_refused(&mut transfer, &address, LOOPBACK);
    assert!(server.requests().is_empty());
}

#[test]
fn allowed_address_is_reached() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("public");
    let mut transfer = transfer(and_also(HERE).and(Collect::new()), &server.url("/"));
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().inner().body(), b"public");
    // Now `Collect` is the outer handler.
    let mut transfer = self::transfer(Collect::new().and(and_also(HERE)), &server.url("/"));
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"public");
}

#[test]
fn handlers_around_it_keep_the_restriction() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("secret");
    let address = server.address().to_string();
    let url = server.url("/");
    let mut restricted = Restricted::new();
    assert_refused(&mut transfer(&mut restricted, &url), &address, LOOPBACK);
    assert_refused(
        &mut transfer(Box::new(restricted.clone()), &url),
        &address,
        LOOPBACK,
    );
    let around = Collect::new().and(restricted.clone());
    assert_refused(&mut transfer(around, &url), &address, LOOPBACK);
    // Both policies must allow the address.
    let inner = and_also(HERE).and(restricted.clone());
    assert_refused(&mut transfer(inner, &url), &address, LOOPBACK);
    let outer = restricted.and(and_also(HERE));
    assert_refused(&mut transfer(outer, &url), &address, LOOPBACK);
    assert!(server.requests().is_empty());
}

/// Asks only for the hook of `write`.
struct Quiet;

impl Callbacks for Quiet {
    fn hooks(&self) -> Hooks {
        Hooks::WRITE
    }
}

#[test]
fn handler_that_asks_for_less_is_restricted_all_the_same() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("secret");
    let address = server.address().to_string();
    let mut transfer = transfer(Restricted::new().and(Quiet), &server.url("/"));
    assert_refused(&mut transfer, &address, LOOPBACK);
}

#[test]
fn restriction_that_libcurl_is_not_given_is_an_error() {
    needs!((7, 80, 0), "prereq");
    let assert_refuses = |result: Result<(), Error>| match result {
        Err(Error::Option { option, .. }) => assert_eq!(option, "CURLOPT_OPENSOCKETFUNCTION"),
        other => panic!("{other:?}"),
    };
    let server = Server::ok("secret");
    let address = server.address().to_string();
    let mut unhooked = transfer(Restricted::new(), &server.url("/"));
    let hooks = unhooked.hooks();
    unhooked.set_hooks(hooks - Hooks::OPEN_SOCKET).unwrap();
    assert_refuses(unhooked.perform());
    unhooked.set_hooks(hooks).unwrap();
    assert_refused(&mut unhooked, &address, LOOPBACK);

    // The transfer still has the hooks of its first handler.
    let quiet: Box<dyn Callbacks> = Box::new(Quiet);
    let mut replaced = transfer(quiet, &server.url("/"));
    *replaced.handler_mut() = Box::new(Restricted::new());
    assert_refuses(replaced.perform());
    assert!(server.requests().is_empty());
}

#[test]
fn redirect_inwards_is_refused() {
    needs!((7, 80, 0), "prereq");
    let Some(inside) = Inside::new() else { return };
    let server = redirecting_to(format!("http://{}/", inside.address()));
    let mut transfer = transfer(and_also(HERE).and(Collect::new()), &server.url("/"));
    transfer.follow_location(true).unwrap();
    assert_refused(&mut transfer, &inside.address().to_string(), LOOPBACK);
    assert_eq!(server.requests().len(), 1);
    inside.assert_untouched();
}

#[test]
fn redirect_to_a_name_of_an_internal_address_is_refused() {
    needs!((7, 80, 0), "prereq");
    let Some(inside) = Inside::new() else { return };
    let port = inside.address().port();
    let server = redirecting_to(format!("http://stranger.test:{port}/"));
    let mut transfer = transfer(and_also(HERE), &server.url("/"));
    transfer
        .resolve([format!("stranger.test:{port}:127.0.0.2")])
        .unwrap();
    transfer.follow_location(true).unwrap();
    assert_refused(&mut transfer, &inside.address().to_string(), LOOPBACK);
    inside.assert_untouched();
}

#[test]
fn name_that_changes_its_address_is_refused() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("public");
    let port = server.address().port();
    let url = format!("http://stranger.test:{port}/");
    let mut transfer = transfer(and_also(HERE).and(Collect::new()), &url);
    transfer.fresh_connect(true).unwrap();
    for _ in 0..3 {
        let allowed = format!("stranger.test:{port}:127.0.0.1");
        transfer.resolve([allowed]).unwrap();
        transfer.perform().unwrap();
        assert_eq!(transfer.handler_mut().inner_mut().take_body(), b"public");

        let rebound = format!("stranger.test:{port}:127.0.0.2");
        transfer.resolve([rebound]).unwrap();
        assert_refused(&mut transfer, &format!("127.0.0.2:{port}"), LOOPBACK);
    }
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn of_two_addresses_the_allowed_one_is_used() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("public");
    let port = server.address().port();
    for addresses in ["127.0.0.2,127.0.0.1", "127.0.0.1,127.0.0.2"] {
        let url = format!("http://stranger.test:{port}/");
        let mut transfer = self::transfer(and_also(HERE), &url);
        transfer
            .resolve([format!("stranger.test:{port}:{addresses}")])
            .unwrap();
        transfer.perform().unwrap();
        assert_eq!(transfer.primary_ip().unwrap(), Some("127.0.0.1"));
    }
    assert_eq!(server.requests().len(), 2);
    // If both addresses are refused, neither is used.
    let mut transfer = transfer(Restricted::new(), "http://stranger.test:1/");
    let addresses = "stranger.test:1:127.0.0.2,10.0.0.1";
    transfer.resolve([addresses]).unwrap();
    assert_refused(&mut transfer, "10.0.0.1:1", "private (10.0.0.0/8)");
}

#[test]
fn allowed_address_that_does_not_answer_is_no_refusal() {
    needs!((7, 80, 0), "prereq");
    let (_socket, port) = deaf_port();
    let url = format!("http://stranger.test:{port}/");
    let mut transfer = transfer(and_also(HERE), &url);
    let addresses = format!("stranger.test:{port}:127.0.0.2,127.0.0.1");
    transfer.resolve([addresses]).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::COULDNT_CONNECT));
    assert_eq!(error.callback(), None);
    assert!(Refused::find(&error).is_none());
}

#[test]
#[cfg(unix)]
fn unix_socket_is_refused() {
    needs!((7, 80, 0), "prereq");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("socket");
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    listener.set_nonblocking(true).unwrap();
    for policy in [AddressPolicy::public(), AddressPolicy::any()] {
        let mut transfer = transfer(Restricted::with(policy), "http://8.8.8.8/");
        transfer.unix_socket_path(&path).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(Refused::find(&error).unwrap().rule, Rule::NotAnIp);
        assert_eq!(refused(&error).0, "a Unix socket");
    }
    let error = listener.accept().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
}

#[test]
#[cfg(target_os = "linux")]
fn abstract_unix_socket_is_refused() {
    needs!((7, 80, 0), "prereq");
    let mut transfer = transfer(Restricted::new(), "http://8.8.8.8/");
    transfer.abstract_unix_socket("curlback-nobody").unwrap();
    assert_refused(&mut transfer, "a Unix socket", "not an IP address");
}

#[test]
fn file_makes_no_connection() {
    needs!((7, 80, 0), "prereq");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    io::Write::write_all(&mut file, b"local").unwrap();
    let url = format!("file://{}", file.path().display());
    let mut transfer = transfer(Restricted::new().and(Collect::new()), &url);
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().inner().body(), b"local");
}

#[test]
fn denied_public_address_is_refused() {
    needs!((7, 80, 0), "prereq");
    let policy = AddressPolicy::public().deny("8.8.8.0/24".parse().unwrap());
    for host in ["8.8.8.8", "[::ffff:8.8.8.8]"] {
        let mut transfer = transfer(Restricted::with(policy.clone()), "");
        transfer.url(&format!("http://{host}:1/")).unwrap();
        assert_refused(&mut transfer, &format!("{host}:1"), "denied (8.8.8.0/24)");
    }
}

/// Changes the address of every socket to `to`.
struct Rewrites {
    to: SocketAddr,
    calls: usize,
}

impl Callbacks for Rewrites {
    fn open_socket(&mut self, _: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
        self.calls += 1;
        address.set_address(self.to)?;
        address.open()
    }
}

#[test]
fn address_that_the_inner_handler_puts_there_is_checked() {
    needs!((7, 80, 0), "prereq");
    let Some(inside) = Inside::new() else { return };
    let server = Server::ok("public");
    let inner = Rewrites {
        to: inside.address(),
        calls: 0,
    };
    let mut transfer = transfer(and_also(HERE).and(inner), &server.url("/"));
    assert_refused(&mut transfer, &inside.address().to_string(), LOOPBACK);
    assert_eq!(transfer.handler().inner().calls, 1);
    inside.assert_untouched();

    // An allowed address is reached, although the URL has another address.
    transfer.handler_mut().inner_mut().to = server.address();
    transfer.url("http://8.8.8.8:1/").unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.primary_ip().unwrap(), Some("127.0.0.1"));
    assert_eq!(transfer.handler().inner().calls, 2);

    // If the address of the URL is refused, the inner handler is not called.
    transfer.url("http://10.0.0.1:1/").unwrap();
    assert_refused(&mut transfer, "10.0.0.1:1", "private (10.0.0.0/8)");
    assert_eq!(transfer.handler().inner().calls, 2);
}

#[test]
fn error_of_the_inner_handler_is_not_taken_for_a_refusal() {
    needs!((7, 80, 0), "prereq");
    struct Fails;

    impl Callbacks for Fails {
        fn open_socket(&mut self, _: SockType, _: &mut SocketAddress) -> io::Result<Socket> {
            Err(io::Error::other("own"))
        }
    }

    let server = Server::ok("public");
    let mut transfer = transfer(and_also(HERE).and(Fails), &server.url("/"));
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::OpenSocket));
    assert!(Refused::find(&error).is_none());
    assert!(format!("{error:#}").ends_with(": own"), "{error:#}");
}

fn assert_refuses_doh<H: Callbacks>(transfer: &mut Transfer<H>) {
    transfer.doh_url("https://127.0.0.1:1/dns-query").unwrap();
    match transfer.perform() {
        Err(Error::Option { option, reason }) => {
            assert_eq!(option, "CURLOPT_DOH_URL");
            assert!(reason.contains("bypass"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn dns_over_https_is_refused_unless_allowed() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("public");
    let url = server.url("/");
    let mut here = and_also(HERE);
    if let Err(Error::Unsupported { what, .. }) = transfer((), &url).doh_url("https://a.test/") {
        skip!("the linked libcurl has no {what}");
        return;
    }
    assert_refuses_doh(&mut transfer(&mut here, &url));
    assert_refuses_doh(&mut transfer(Box::new(here.clone()), &url));
    assert_refuses_doh(&mut transfer(here.clone().and(Collect::new()), &url));
    assert_refuses_doh(&mut transfer(Collect::new().and(here.clone()), &url));
    // If one `Restricted` holds another, both must allow DNS over HTTPS.
    let both = here.clone().allow_doh().and(here.clone());
    assert_refuses_doh(&mut transfer(both, &url));
    let both = here.clone().and(here.clone().allow_doh());
    assert_refuses_doh(&mut transfer(both, &url));
    assert!(server.requests().is_empty());

    let mut transfer = transfer(here.clone().allow_doh(), &url);
    transfer.doh_url("https://127.0.0.1:1/dns-query").unwrap();
    transfer.perform().unwrap();

    // While the option is set, the new handler is refused, too. `reset` unsets the option.
    *transfer.handler_mut() = here;
    assert_refuses_doh(&mut transfer);
    transfer.reset().unwrap();
    transfer.proxy("").unwrap();
    transfer.url(&url).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests().len(), 2);
}
