//! `open_socket` and `sockopt`: what their arguments tell, and what libcurl does with their answers.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6, TcpStream};
use std::panic::panic_any;

use curlback::{
    Callback, Callbacks, Hooks, SockType, SocketAddress, SockoptResult, Transfer, Version,
};
use socket2::{Domain, Protocol, SockAddr, SockRef, Socket, Type};

use crate::support::breaks::{Own, payload};
use crate::support::ports::{deaf_port, listen_v6};
use crate::support::server::Server;
use crate::support::skip::skip;
use crate::support::sockets::{leaves, opens, sockets};

#[test]
fn purpose_and_ipv4_address_are_readable() {
    let server = Server::ok("body");
    let mut transfer = sockets(&server.url("/"), opens, leaves);
    transfer.perform().unwrap();
    let handler = transfer.handler();
    assert_eq!(handler.body, b"body");
    assert_eq!(handler.configured, [SockType::Connect]);
    let [(purpose, address)] = &handler.opened[..] else {
        panic!("{:?}", handler.opened);
    };
    assert_eq!(*purpose, SockType::Connect);
    assert_eq!(address.as_socket(), Some(server.address()));
    assert_eq!(address.domain(), Domain::IPV4);
    // The type is without the flags that libcurl may add.
    assert_eq!(address.socket_type(), Type::STREAM);
    assert!(matches!(address.protocol(), None | Some(Protocol::TCP)));
    assert_eq!(
        address.address().len() as usize,
        size_of::<libc::sockaddr_in>()
    );
}

#[test]
fn ipv6_address_is_readable_with_flow_info_and_scope() {
    let Some(listener) = listen_v6() else {
        return skip!("no IPv6 here");
    };
    let to = listener.local_addr().unwrap();
    let mut seen = None;
    let open = |address: &mut SocketAddress| {
        let SocketAddr::V6(mut v6) = address.as_socket().unwrap() else {
            panic!("{address:?}");
        };
        seen = Some(v6);
        // Both values are written into the address, and read from it again below.
        v6.set_flowinfo(7);
        v6.set_scope_id(1);
        address.set_address(v6)?;
        assert_eq!(address.as_socket(), Some(v6.into()));
        address.open()
    };
    let mut transfer = sockets(&format!("http://{to}/"), open, leaves);
    transfer.connect_only(true).unwrap();
    transfer.perform().unwrap();
    let (_, peer) = listener.accept().unwrap();
    assert_eq!(transfer.primary_ip().unwrap(), Some("::1"));
    assert_eq!(transfer.local_port().unwrap(), peer.port());
    let (_, address) = &transfer.handler().opened[0];
    assert_eq!(address.domain(), Domain::IPV6);
    drop(transfer);
    let expected = SocketAddrV6::new(Ipv6Addr::LOCALHOST, to.port(), 0, 0);
    assert_eq!(seen, Some(expected));
}

#[cfg(unix)]
#[test]
fn path_of_a_unix_socket_is_readable() {
    let folder = tempfile::tempdir().unwrap();
    // The path is longer than the address field that libcurl's `curl_sockaddr` declares.
    let path = folder.path().join("x".repeat(60));
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let mut transfer = sockets("http://host/", opens, leaves);
    transfer.unix_socket_path(&path).unwrap();
    transfer.connect_only(true).unwrap();
    transfer.perform().unwrap();
    listener.accept().unwrap();
    let (purpose, address) = &transfer.handler().opened[0];
    assert_eq!(*purpose, SockType::Connect);
    assert_eq!(address.domain(), Domain::UNIX);
    assert_eq!(address.socket_type(), Type::STREAM);
    assert_eq!(address.protocol(), None);
    assert_eq!(address.address().as_pathname(), Some(&*path));
    assert_eq!(address.as_socket(), None);
}

#[cfg(unix)]
#[test]
fn path_of_a_unix_socket_can_be_changed_for_a_longer_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder
        .path()
        .join("x".repeat(107 - 1 - folder.path().as_os_str().len()));
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let open = |address: &mut SocketAddress| {
        address.set_address(SockAddr::unix(&path)?)?;
        address.open()
    };
    let mut transfer = sockets("http://host/", open, leaves);
    transfer.unix_socket_path("/x").unwrap();
    transfer.connect_only(true).unwrap();
    transfer.perform().unwrap();
    listener.accept().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn name_of_an_abstract_socket_is_readable() {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener};

    let name = format!("curlback-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let listener = UnixListener::bind_addr(&address).unwrap();
    let mut transfer = sockets("http://host/", opens, leaves);
    transfer.abstract_unix_socket(&name).unwrap();
    transfer.connect_only(true).unwrap();
    transfer.perform().unwrap();
    listener.accept().unwrap();
    let (_, address) = &transfer.handler().opened[0];
    let seen = address.address().as_abstract_namespace();
    assert_eq!(seen, Some(name.as_bytes()));
    assert_eq!(address.address().as_pathname(), None);
}

#[cfg(target_os = "linux")]
#[test]
fn default_socket_is_closed_on_exec() {
    use std::os::fd::AsRawFd;

    /// Records for each socket whether it has the flag `O_CLOEXEC`.
    #[derive(Default)]
    struct Looks(Vec<bool>);

    impl Callbacks for Looks {
        fn sockopt(&mut self, socket: SockRef<'_>, _: SockType) -> SockoptResult {
            let path = format!("/proc/self/fdinfo/{}", socket.as_raw_fd());
            let info = std::fs::read_to_string(path).unwrap();
            let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
            let flags = i32::from_str_radix(flags.unwrap().trim(), 8).unwrap();
            self.0.push(flags & libc::O_CLOEXEC != 0);
            SockoptResult::Ok
        }
    }

    let server = Server::ok("body");
    let mut transfer = Transfer::new(Looks::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().0, [true]);
}

#[test]
fn address_rewritten_to_another_port_is_honoured() {
    let server = Server::ok("body");
    let (_deaf, port) = deaf_port();
    let to = server.address();
    let open = |address: &mut SocketAddress| {
        address.set_address(to)?;
        address.open()
    };
    let mut transfer = sockets(&format!("http://127.0.0.1:{port}/"), open, leaves);
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body, b"body");
    let was = transfer.handler().opened[0].1.as_socket().unwrap();
    assert_eq!(was.port(), port);
    let told = transfer.primary_port().unwrap();
    if Version::linked() >= Version::new(8, 11, 0) {
        assert_eq!(told, to.port());
    } else {
        assert!(
            [port, to.port()].contains(&told),
            "older releases state the port of the URL: {told}"
        );
    }
}

#[test]
fn address_cannot_be_rewritten_to_another_family() {
    let server = Server::ok("body");
    let mut refused = Vec::new();
    let open = |address: &mut SocketAddress| {
        let before = address.as_socket();
        let v6 = SocketAddrV6::new(Ipv6Addr::LOCALHOST, 1, 0, 0);
        refused.push(address.set_address(v6).unwrap_err().kind());
        #[cfg(unix)]
        refused.push(
            address
                .set_address(SockAddr::unix("/x")?)
                .unwrap_err()
                .kind(),
        );
        assert_eq!(address.as_socket(), before);
        address.open()
    };
    let mut transfer = sockets(&server.url("/"), open, leaves);
    transfer.perform().unwrap();
    assert_eq!(transfer.primary_port().unwrap(), server.address().port());
    drop(transfer);
    assert!(!refused.is_empty());
    assert!(
        refused
            .iter()
            .all(|kind| *kind == io::ErrorKind::InvalidInput)
    );
}

#[cfg(unix)]
#[test]
fn every_owned_socket_converts() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    let server = Server::ok("body");
    let kinds: [fn(OwnedFd) -> Socket; 3] = [
        |fd| fd.into(),
        |fd| TcpStream::from(fd).into(),
        |fd| UnixStream::from(fd).into(),
    ];
    for convert in kinds {
        let open = |address: &mut SocketAddress| Ok(convert(address.open()?.into()));
        let mut transfer = sockets(&server.url("/"), open, leaves);
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().body, b"body");
    }
}

#[test]
fn panic_in_open_socket_resumes_from_perform() {
    let server = Server::ok("body");
    let port = server.address().port();
    let mut armed = true;
    let open = move |address: &mut SocketAddress| match std::mem::take(&mut armed) {
        true => panic_any(Own(Callback::OpenSocket)),
        false => address.open(),
    };
    let mut transfer = sockets(&format!("http://two.test:{port}/"), open, leaves);
    let both = format!("two.test:{port}:127.0.0.1,127.0.0.1");
    transfer.resolve([both]).unwrap();
    let payload = payload(&mut transfer);
    assert_eq!(payload.downcast_ref(), Some(&Own(Callback::OpenSocket)));
    assert_eq!(transfer.handler().opened.len(), 1, "called after its panic");
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body, b"body");
}

#[test]
fn unset_open_socket_and_sockopt_are_not_called_until_they_are_set_again() {
    let server = Server::ok("body");
    let mut transfer = sockets(&server.url("/"), opens, leaves);
    transfer.forbid_reuse(true).unwrap();
    let both = Hooks::OPEN_SOCKET | Hooks::SOCKOPT;
    for (unset, calls) in [
        (Hooks::empty(), (1, 1)),
        (Hooks::OPEN_SOCKET, (1, 2)),
        (Hooks::SOCKOPT, (2, 2)),
        (both, (2, 2)),
        (Hooks::empty(), (3, 3)),
    ] {
        transfer
            .set_hooks((Hooks::default() | both) - unset)
            .unwrap();
        transfer.perform().unwrap();
        let handler = transfer.handler();
        assert_eq!((handler.opened.len(), handler.configured.len()), calls);
    }
    assert_eq!(server.requests().len(), 5);
}
