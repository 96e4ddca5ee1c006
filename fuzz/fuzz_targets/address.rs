//! The address that a socket is opened for: as the URL or an option has it, and as a callback changes it.
#![no_main]

use std::io;
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use arbitrary::Arbitrary;
use curlback::socket2::{Domain, SockAddr, Socket, Type};
use curlback::{Callbacks, SockType, SocketAddress, Transfer};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    port: u16,
    target: Target<'a>,
    replaced: Vec<Target<'a>>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Target<'a> {
    V4([u8; 4]),
    /// An IPv4 address written as one number, as URLs may have it.
    Number(u32),
    V6([u16; 8]),
    Path(&'a [u8]),
    Abstract(&'a str),
}

/// The address that a callback should get.
#[derive(Debug, PartialEq)]
enum Expected {
    Ip(SocketAddr),
    Path(PathBuf),
    Abstract(Vec<u8>),
}

impl Target<'_> {
    fn expected(&self, port: u16) -> Expected {
        match self {
            Target::V4(octets) => Expected::Ip((*octets, port).into()),
            Target::Number(number) => {
                Expected::Ip(SocketAddrV4::new((*number).into(), port).into())
            }
            Target::V6(segments) => {
                Expected::Ip(SocketAddrV6::new((*segments).into(), port, 0, 0).into())
            }
            Target::Path(path) => Expected::Path(as_path(path).to_owned()),
            Target::Abstract(name) => Expected::Abstract(name.as_bytes().to_vec()),
        }
    }

    fn address(&self, port: u16) -> io::Result<SockAddr> {
        match self.expected(port) {
            Expected::Ip(address) => Ok(address.into()),
            Expected::Path(path) => SockAddr::unix(path),
            Expected::Abstract(name) => SockAddr::unix(as_path(&[b"\0", &name[..]].concat())),
        }
    }

    /// Makes `transfer` connect to this target. Returns whether the options were accepted.
    fn set(&self, transfer: &mut Transfer<Handler<'_>>, port: u16) -> bool {
        let mut host = String::from("127.0.0.1");
        let set = match self {
            Target::V4(_) | Target::V6(_) => {
                let Expected::Ip(address) = self.expected(port) else {
                    unreachable!()
                };
                host = address.ip().to_string();
                if address.is_ipv6() {
                    host = format!("[{host}]");
                }
                Ok(())
            }
            Target::Number(number) => {
                host = number.to_string();
                Ok(())
            }
            Target::Path([]) => return false,
            Target::Path(path) => transfer.unix_socket_path(as_path(path)),
            Target::Abstract("") => return false,
            Target::Abstract(name) => transfer.abstract_unix_socket(name),
        };
        set.is_ok() && transfer.url(&format!("http://{host}:{port}/")).is_ok()
    }
}

fn as_path(bytes: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}

fn read(address: &SocketAddress) -> Expected {
    if let Some(address) = address.as_socket() {
        return Expected::Ip(address);
    }
    assert_eq!(address.domain(), Domain::UNIX);
    let address = address.address();
    match (address.as_pathname(), address.as_abstract_namespace()) {
        (Some(path), None) => Expected::Path(path.to_owned()),
        (None, Some(name)) => Expected::Abstract(name.to_vec()),
        _ => panic!("{address:?}"),
    }
}

struct Handler<'a> {
    port: u16,
    replaced: Vec<Target<'a>>,
    expected: Expected,
    calls: usize,
}

impl Callbacks for Handler<'_> {
    fn open_socket(&mut self, _: SockType, address: &mut SocketAddress) -> io::Result<Socket> {
        self.calls += 1;
        assert_eq!(address.socket_type(), Type::STREAM);
        assert_eq!(read(address), self.expected);
        for target in &self.replaced {
            let Ok(other) = target.address(self.port) else {
                continue;
            };
            let before = address.address().clone();
            let same = before.family() == other.family();
            assert_eq!(address.set_address(other.clone()).is_ok(), same);
            assert_eq!(*address.address(), if same { other } else { before });
        }
        // Because of this error, libcurl connects to nothing.
        Err(io::ErrorKind::Other.into())
    }
}

fuzz_target!(|input: Input<'_>| {
    let port = input.port.max(1);
    let handler = Handler {
        port,
        replaced: input.replaced.clone(),
        expected: input.target.expected(port),
        calls: 0,
    };
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.proxy("").unwrap();
    let set = input.target.set(&mut transfer, port);
    // Longer paths and names do not fit into an address.
    let fits = match input.target {
        Target::Path(path) => path.len() < 108,
        Target::Abstract(name) => name.len() < 108,
        _ => true,
    };
    assert!(transfer.perform().is_err());
    let calls = transfer.handler().calls;
    assert_eq!(calls, usize::from(set && fits), "{:?}", input.target);
});
