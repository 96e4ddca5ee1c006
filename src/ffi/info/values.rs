//! Information that borrows from a transfer, and numbers with names.

use std::ffi::c_void;
use std::fmt;
use std::marker::PhantomData;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use socket2::SockRef;

use crate::ffi::ssl_ctx::TlsBackend;

/// Converts the seconds since 1970 that libcurl states. Returns `None` for -1, which stands for no
/// time, and for a time that the system cannot represent.
pub(crate) fn date(seconds: i64) -> Option<SystemTime> {
    match u64::try_from(seconds) {
        Ok(after) => UNIX_EPOCH.checked_add(Duration::from_secs(after)),
        // libcurl states -1 if it knows no time.
        Err(_) if seconds == -1 => None,
        Err(_) => UNIX_EPOCH.checked_sub(Duration::from_secs(seconds.unsigned_abs())),
    }
}

/// A certificate of the server, as libcurl describes it.
///
/// The names are libcurl's: `Subject`, `Issuer`, `Start date`, `Cert` for the certificate
/// itself as PEM, … The contents are bytes, since whoever made the certificate chose them.
#[derive(Clone, Debug)]
pub struct Certificate<'a> {
    fields: Vec<(&'a str, &'a [u8])>,
}

impl<'a> Certificate<'a> {
    /// Parses lines that consist of a name, a colon and contents. Leaves out other lines, and lines whose
    /// name is not UTF-8.
    pub(crate) fn new(lines: impl Iterator<Item = &'a [u8]>) -> Certificate<'a> {
        let field = |line: &'a [u8]| {
            let at = line.iter().position(|byte| *byte == b':')?;
            let (name, contents) = line.split_at(at);
            Some((std::str::from_utf8(name).ok()?, &contents[1..]))
        };
        Certificate {
            fields: lines.filter_map(field).collect(),
        }
    }

    /// Returns an iterator over the names and contents of the fields.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.fields.iter().copied()
    }

    /// Returns the contents of the first field with this name, or `None` if no field has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.fields()
            .find(|(own, _)| *own == name)
            .map(|(_, contents)| contents)
    }
}

/// The borrowed socket of a connection, which libcurl closes.
///
/// Bytes that are sent or received on it bypass libcurl, and TLS.
#[derive(Debug)]
pub struct ActiveSocket<'a>(pub(crate) Lent<'a>);

#[cfg(unix)]
pub(crate) type Lent<'a> = std::os::fd::BorrowedFd<'a>;
#[cfg(windows)]
pub(crate) type Lent<'a> = std::os::windows::io::BorrowedSocket<'a>;

impl ActiveSocket<'_> {
    /// Returns the socket, to query and configure it.
    #[must_use]
    pub fn as_sock_ref(&self) -> SockRef<'_> {
        SockRef::from(&self.0)
    }

    /// Returns the number of the socket.
    #[cfg(unix)]
    pub(crate) fn as_raw(&self) -> std::os::fd::RawFd {
        std::os::fd::AsRawFd::as_raw_fd(&self.0)
    }

    /// Returns the number of the socket.
    #[cfg(windows)]
    pub(crate) fn as_raw(&self) -> std::os::windows::io::RawSocket {
        std::os::windows::io::AsRawSocket::as_raw_socket(&self.0)
    }
}

#[cfg(unix)]
impl std::os::fd::AsFd for ActiveSocket<'_> {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0
    }
}

#[cfg(windows)]
impl std::os::windows::io::AsSocket for ActiveSocket<'_> {
    fn as_socket(&self) -> std::os::windows::io::BorrowedSocket<'_> {
        self.0
    }
}

/// A session, or a context, of the TLS library that libcurl uses.
///
/// The crate promises nothing about the pointer. The pointer may be used only as the type that libcurl's page
/// names, with the very copy of the library that libcurl is linked to, and while the connection is
/// open.
#[derive(Clone, Copy, Debug)]
pub struct TlsSession<'a> {
    backend: TlsBackend,
    raw: *mut c_void,
    borrowed: PhantomData<&'a ()>,
}

impl TlsSession<'_> {
    pub(crate) fn new(backend: TlsBackend, raw: *mut c_void) -> Self {
        TlsSession {
            backend,
            raw,
            borrowed: PhantomData,
        }
    }

    /// Returns the TLS library.
    #[must_use]
    pub fn backend(&self) -> TlsBackend {
        self.backend
    }

    /// Returns the library's own session or context, never NULL.
    #[must_use]
    pub fn as_raw(&self) -> *mut c_void {
        self.raw
    }
}

/// What went wrong with a proxy.
///
/// The value may be any number. The constants have libcurl's names without `CURLPX_`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProxyError(u32);

macro_rules! proxy_errors {
    ($($name:ident = $number:literal,)*) => {
        impl ProxyError {
            $(
                #[doc = concat!("`CURLPX_", stringify!($name), "` (", $number, ").")]
                pub const $name: ProxyError = ProxyError($number);
            )*

            pub(crate) fn new(number: u32) -> ProxyError {
                ProxyError(number)
            }

            /// Returns libcurl's number.
            #[must_use]
            pub fn number(self) -> u32 {
                self.0
            }
        }

        impl fmt::Debug for ProxyError {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0 {
                    $($number => f.write_str(concat!("CURLPX_", stringify!($name))),)*
                    other => write!(f, "CURLproxycode({other})"),
                }
            }
        }
    };
}

proxy_errors! {
    OK = 0,
    BAD_ADDRESS_TYPE = 1,
    BAD_VERSION = 2,
    CLOSED = 3,
    GSSAPI = 4,
    GSSAPI_PERMSG = 5,
    GSSAPI_PROTECTION = 6,
    IDENTD = 7,
    IDENTD_DIFFER = 8,
    LONG_HOSTNAME = 9,
    LONG_PASSWD = 10,
    LONG_USER = 11,
    NO_AUTH = 12,
    RECV_ADDRESS = 13,
    RECV_AUTH = 14,
    RECV_CONNECT = 15,
    RECV_REQACK = 16,
    REPLY_ADDRESS_TYPE_NOT_SUPPORTED = 17,
    REPLY_COMMAND_NOT_SUPPORTED = 18,
    REPLY_CONNECTION_REFUSED = 19,
    REPLY_GENERAL_SERVER_FAILURE = 20,
    REPLY_HOST_UNREACHABLE = 21,
    REPLY_NETWORK_UNREACHABLE = 22,
    REPLY_NOT_ALLOWED = 23,
    REPLY_TTL_EXPIRED = 24,
    REPLY_UNASSIGNED = 25,
    REQUEST_FAILED = 26,
    RESOLVE_HOST = 27,
    SEND_AUTH = 28,
    SEND_CONNECT = 29,
    SEND_REQUEST = 30,
    UNKNOWN_FAIL = 31,
    UNKNOWN_MODE = 32,
    USER_REJECTED = 33,
}
