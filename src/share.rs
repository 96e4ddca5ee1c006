//! What transfers have in common, beyond the thread and the driver that they have.

use std::fmt;
use std::sync::Arc;

use bitflags::bitflags;

use crate::ffi::share::Shared;
use crate::ffi::sys;
use crate::{Error, Transfer};

bitflags! {
    /// Kinds of data that transfers can have in common.
    ///
    /// See libcurl's page of
    /// [`CURLSHOPT_SHARE`](https://curl.se/libcurl/c/CURLSHOPT_SHARE.html).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct ShareData: u32 {
        /// Cookies, of those transfers that keep any: [`cookie_file`](Transfer::cookie_file)
        /// with an empty path is enough. With libcurl 8.11.0 to 8.15.0, one thread at a time uses
        /// the cookies: see [`Share`].
        #[doc(alias = "CURL_LOCK_DATA_COOKIE")]
        const COOKIES = 1 << sys::CURL_LOCK_DATA_COOKIE;
        /// Addresses of names, for as long as libcurl keeps them.
        #[doc(alias = "CURL_LOCK_DATA_DNS")]
        const DNS = 1 << sys::CURL_LOCK_DATA_DNS;
        /// TLS sessions, which a later connection resumes.
        ///
        /// Transfers with [`Hooks::SSL_CTX`](crate::Hooks::SSL_CTX) neither put theirs there nor take any,
        /// unless [`ssl_sessionid_cache`](Transfer::ssl_sessionid_cache) says otherwise. Since 7.23.0.
        #[doc(alias = "CURL_LOCK_DATA_SSL_SESSION")]
        const SSL_SESSIONS = 1 << sys::CURL_LOCK_DATA_SSL_SESSION;
        /// Connections. One thread at a time uses them: see [`Share`].
        ///
        /// As within a [`Multi`](crate::Multi), a connection is reused without asking `ssl_ctx`,
        /// `ssh_key` or `sockopt` of the transfer that reuses it. Where that must not be,
        /// [`forbid_reuse`](Transfer::forbid_reuse) keeps a transfer's connections from others, and
        /// [`fresh_connect`](Transfer::fresh_connect) others' from it. Since 7.57.0.
        #[doc(alias = "CURL_LOCK_DATA_CONNECT")]
        const CONNECTIONS = 1 << sys::CURL_LOCK_DATA_CONNECT;
        /// The list of suffixes under which anybody can have a name, for which no cookie is
        /// kept. Since 7.61.0.
        #[doc(alias = "CURL_LOCK_DATA_PSL")]
        const PSL = 1 << sys::CURL_LOCK_DATA_PSL;
        /// Hosts that asked for HTTPS only. One thread at a time uses them: see
        /// [`Share`]. Since 7.88.0.
        #[doc(alias = "CURL_LOCK_DATA_HSTS")]
        const HSTS = 1 << sys::CURL_LOCK_DATA_HSTS;
    }
}

/// Data that transfers have in common, on any thread and with any driver.
///
/// [`Share::new`] takes the kinds of data, and [`Transfer::share`] makes a transfer use them; the transfer
/// keeps the share alive. A clone is the same share. Each kind of data has a lock, and no method of a
/// handler runs under one: messages for [`debug`](crate::Callbacks::debug) are deferred until the next
/// message or the end of the transfer.
///
/// # Threads take turns
/// libcurl does not lock [`CONNECTIONS`](ShareData::CONNECTIONS) and [`HSTS`](ShareData::HSTS) well
/// enough for two threads at once; nor does it lock [`COOKIES`](ShareData::COOKIES) from 8.11.0 to
/// 8.15.0. So with such a share, threads take turns: while one is inside libcurl, in
/// [`perform`](Transfer::perform) or in a call that drives a [`Multi`](crate::Multi), its callbacks
/// included, the others wait. They do not wait while it sleeps until a socket is ready. So a callback that
/// blocks delays all transfers that share, and one that waits for another thread to perform with the
/// share waits for ever.
///
/// A thread that waited inside a callback might wait for itself. So inside a callback of a transfer
/// with such a share, a call that would have to wait, or that uses the same share, returns
/// [`Error::Option`] that names `CURLOPT_SHARE`. A drop never waits: if another thread uses the share, that
/// thread cleans up what is left, and no callback of the dropped transfer is called.
///
/// A [`Multi`](crate::Multi) holds connections in common for all its transfers without a share, and
/// without waiting.
///
/// An [`HSTS`](ShareData::HSTS) cache is written to the file of a transfer when the transfer is dropped,
/// or when the thread that uses the share at that time has done so. In the former case, the drop calls
/// [`hsts_write`](crate::Callbacks::hsts_write), and other threads that share wait for it.
///
/// Since libcurl 7.10. [libcurl's page](https://curl.se/libcurl/c/libcurl-share.html).
///
/// # Examples
/// Two transfers on two threads, with one set of cookies:
/// ```
/// # use std::io::{Read, Write};
/// use curlback::{Share, ShareData, Transfer};
///
/// # let server = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("http://{}/", server.local_addr()?);
/// # let serving = std::thread::spawn(move || -> std::io::Result<String> {
/// #     let mut last = String::new();
/// #     for _ in 0..2 {
/// #         let mut socket = server.accept()?.0;
/// #         let mut buffer = [0; 4096];
/// #         let len = socket.read(&mut buffer)?;
/// #         last = String::from_utf8_lossy(&buffer[..len]).into_owned();
/// #         socket.write_all(b"HTTP/1.1 200 OK\r\nSet-Cookie: session=7\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")?;
/// #     }
/// #     Ok(last)
/// # });
/// let share = Share::new(ShareData::COOKIES | ShareData::DNS)?;
/// let get = |share: &Share| {
///     let mut transfer = Transfer::new(())?;
///     transfer.url(&url)?;
///     transfer.cookie_file("")?; // this transfer keeps cookies
///     transfer.share(share)?;
///     transfer.perform()
/// };
/// get(&share)?; // the server sets `session=7`
/// std::thread::scope(|scope| scope.spawn(|| get(&share)).join()).unwrap()?;
/// # let request = serving.join().unwrap()?;
/// assert!(request.contains("Cookie: session=7"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[doc(alias = "CURLSH")]
pub struct Share(pub(crate) Arc<Shared>);

impl Share {
    /// Makes a share that has these kinds of data, and none yet of any.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl lacks one of them,
    /// [`Error::Option`] for one without a name here, [`Error::Libcurl`] if memory has run out.
    #[doc(alias("curl_share_init", "curl_share_setopt", "CURLSHOPT_SHARE"))]
    pub fn new(data: ShareData) -> Result<Share, Error> {
        Ok(Share(Arc::new(Shared::new(data)?)))
    }

    /// Returns the kinds of data that it has.
    #[must_use]
    pub fn data(&self) -> ShareData {
        self.0.data()
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Share")
            .field("data", &self.data())
            .finish_non_exhaustive()
    }
}

/// # Sharing
impl<H> Transfer<H> {
    /// Makes this transfer use the data in `share` instead of its own.
    ///
    /// Its own cookies and HSTS cache are dropped, and a connection that
    /// [`connect_only`](Transfer::connect_only) left open is closed. The share stays set until
    /// [`unshare`](Transfer::unshare), even after a [`reset`](Transfer::reset).
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SHARE.html).
    ///
    /// # Errors
    /// [`Error::Option`] if libcurl refuses; then the transfer has no share. The error of
    /// [`close_socket`](crate::Callbacks::close_socket) for a connection that
    /// [`connect_only`](Transfer::connect_only) has left open; then only that connection is closed,
    /// and the former share stays.
    ///
    /// # Panics
    /// Resumes the panic of that callback; the former share then stays too.
    #[doc(alias = "CURLOPT_SHARE")]
    pub fn share(&mut self, share: &Share) -> Result<(), Error> {
        self.easy.set_share(Some(share.0.clone()))
    }

    /// Makes this transfer use data of its own again, which is empty at first.
    ///
    /// # Errors
    /// [`Error::Option`] if libcurl refuses, and as for [`share`](Transfer::share); the share then
    /// stays.
    ///
    /// # Panics
    /// As for [`share`](Transfer::share).
    #[doc(alias = "CURLOPT_SHARE")]
    pub fn unshare(&mut self) -> Result<(), Error> {
        self.easy.set_share(None)
    }
}
