//! The arguments and answers of the callbacks for sockets.

use std::io;

use libc::c_int;

use crate::error::{BoxError, Stop};
use crate::ffi::sys;
use crate::quirks::CONNECTED_SOCKET_CLOSED;

/// What a socket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SockType {
    /// A connection that libcurl makes, or the listening socket of active FTP.
    #[doc(alias = "CURLSOCKTYPE_IPCXN")]
    Connect,
    /// A connection that libcurl accepted: the data connection of active FTP.
    #[doc(alias = "CURLSOCKTYPE_ACCEPT")]
    Accept,
    /// A purpose that this crate does not know.
    Other(u32),
}

impl SockType {
    #[allow(clippy::unnecessary_cast, reason = "a C enum is an int with MSVC")]
    pub(crate) fn from_raw(raw: sys::curlsocktype) -> SockType {
        match raw {
            sys::CURLSOCKTYPE_IPCXN => SockType::Connect,
            sys::CURLSOCKTYPE_ACCEPT => SockType::Accept,
            other => SockType::Other(other as u32),
        }
    }
}

/// Whether a handler decides in `open_socket` which addresses may be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressFilter {
    /// The handler filters no addresses.
    None,
    /// The handler filters addresses, and no connection may bypass the filter.
    Strict,
    /// The handler filters addresses, but the connections of DNS over HTTPS may bypass the filter.
    ExceptDoh,
}

/// What [`sockopt`](crate::Callbacks::sockopt) answers.
///
/// # Examples
/// Gives libcurl a socket that is already connected. Without the answer `AlreadyConnected`, libcurl
/// would try to connect the socket again, and fail.
/// ```
/// use std::{io, net::TcpStream};
/// use curlback::socket2::{SockRef, Socket};
/// use curlback::{Callbacks, SockType, SocketAddress, SockoptResult, callbacks};
///
/// struct Connected(Option<TcpStream>);
///
/// #[callbacks]
/// impl Callbacks for Connected {
///     fn open_socket(&mut self, _: SockType, _: &mut SocketAddress) -> io::Result<Socket> {
///         self.0.take().map(Socket::from).ok_or(io::ErrorKind::NotConnected.into())
///     }
///     fn sockopt(&mut self, _: SockRef<'_>, _: SockType) -> SockoptResult {
///         SockoptResult::AlreadyConnected
///     }
/// }
/// # let _ = Connected(None);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum SockoptResult {
    /// The socket is ready to be connected.
    #[doc(alias = "CURL_SOCKOPT_OK")]
    Ok,
    /// The socket that [`open_socket`](crate::Callbacks::open_socket) returned is already connected.
    ///
    /// libcurl 7.87.0 and 7.88 close such a socket, so with these releases the transfer fails with
    /// [`Error::Unsupported`](crate::Error::Unsupported) as its cause. For a socket that libcurl has
    /// [accepted](SockType::Accept), this answer fails the transfer, since there is nothing to connect.
    #[doc(alias = "CURL_SOCKOPT_ALREADY_CONNECTED")]
    AlreadyConnected,
    /// Stops the transfer with [`Error::Aborted`](crate::Error::Aborted).
    #[doc(alias = "CURL_SOCKOPT_ERROR")]
    Abort,
    /// Stops the transfer with [`Error::Callback`](crate::Error::Callback), which keeps this error.
    Fail(BoxError),
}

impl SockoptResult {
    pub(crate) fn into_raw(self, purpose: SockType) -> Result<c_int, Stop> {
        match self {
            SockoptResult::Ok => Ok(sys::CURL_SOCKOPT_OK),
            SockoptResult::AlreadyConnected => already_connected(purpose),
            SockoptResult::Abort => Err(Stop::Abort),
            SockoptResult::Fail(error) => Err(Stop::Error(error)),
        }
    }
}

fn already_connected(purpose: SockType) -> Result<c_int, Stop> {
    if purpose == SockType::Accept {
        let text = "an accepted socket is connected as it is";
        return Err(Stop::Error(
            io::Error::new(io::ErrorKind::InvalidInput, text).into(),
        ));
    }
    if CONNECTED_SOCKET_CLOSED.is_present() {
        let error = CONNECTED_SOCKET_CLOSED.unsupported("CURL_SOCKOPT_ALREADY_CONNECTED");
        return Err(Stop::Error(error.into()));
    }
    Ok(sys::CURL_SOCKOPT_ALREADY_CONNECTED)
}

impl<E: Into<BoxError>> From<Result<(), E>> for SockoptResult {
    fn from(result: Result<(), E>) -> SockoptResult {
        match result {
            Ok(()) => SockoptResult::Ok,
            Err(error) => SockoptResult::Fail(error.into()),
        }
    }
}
