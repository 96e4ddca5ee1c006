//! Data that several transfers share, on any threads and with any drivers.

use std::fmt;
use std::sync::Arc;

use bitflags::bitflags;

use crate::ffi::share::Shared;
use crate::ffi::sys;
use crate::{Error, Transfer};

bitflags! {
    /// The kinds of data that a [`Share`] can hold.
    ///
    /// See libcurl's page of
    /// [`CURLSHOPT_SHARE`](https://curl.se/libcurl/c/CURLSHOPT_SHARE.html).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct ShareData: u32 {
        /// Cookies. Each transfer must turn them on: [`cookie_file`](Transfer::cookie_file) with an
        /// empty path is enough. With libcurl 8.11.0 to 8.15.0, one thread at a time uses the
        /// cookies: see [`Share`].
        #[doc(alias = "CURL_LOCK_DATA_COOKIE")]
        const COOKIES = 1 << sys::CURL_LOCK_DATA_COOKIE;
        /// The DNS cache: the addresses of host names.
        #[doc(alias = "CURL_LOCK_DATA_DNS")]
        const DNS = 1 << sys::CURL_LOCK_DATA_DNS;
        /// TLS sessions, which a later connection resumes.
        ///
        /// Transfers with [`Hooks::SSL_CTX`](crate::Hooks::SSL_CTX) neither store nor resume
        /// sessions, unless [`ssl_sessionid_cache`](Transfer::ssl_sessionid_cache) is turned on.
        /// Since 7.23.0.
        #[doc(alias = "CURL_LOCK_DATA_SSL_SESSION")]
        const SSL_SESSIONS = 1 << sys::CURL_LOCK_DATA_SSL_SESSION;
        /// Connections. One thread at a time uses them: see [`Share`].
        ///
        /// As within a [`Multi`](crate::Multi), libcurl does not call `ssl_ctx`, `ssh_key` or
        /// `sockopt` of a transfer that reuses a connection. To prevent such a reuse, set
        /// [`forbid_reuse`](Transfer::forbid_reuse), which keeps a transfer's connections from
        /// other transfers, or [`fresh_connect`](Transfer::fresh_connect), which keeps a transfer
        /// from the connections of others. Since 7.57.0.
        #[doc(alias = "CURL_LOCK_DATA_CONNECT")]
        const CONNECTIONS = 1 << sys::CURL_LOCK_DATA_CONNECT;
        /// The public suffix list: suffixes under which anybody can register a name, and for which
        /// libcurl accepts no cookies. Since 7.61.0.
        #[doc(alias = "CURL_LOCK_DATA_PSL")]
        const PSL = 1 << sys::CURL_LOCK_DATA_PSL;
        /// The HSTS cache: hosts that asked for HTTPS only. One thread at a time uses it: see
        /// [`Share`]. Since 7.88.0.
        #[doc(alias = "CURL_LOCK_DATA_HSTS")]
        const HSTS = 1 << sys::CURL_LOCK_DATA_HSTS;
    }
}

/// Shares data between transfers, on any threads and with any drivers.
///
/// [`Share::new`] takes the kinds of data, and [`Transfer::share`] makes a transfer use them; the
/// transfer keeps the share alive. A clone is the same share. Each kind of data has a lock, and
/// libcurl calls no method of a handler while it holds one: messages for
/// [`debug`](crate::Callbacks::debug) are deferred until the next message or the end of the call.
///
/// # Threads take turns
/// libcurl does not lock [`CONNECTIONS`](ShareData::CONNECTIONS) and [`HSTS`](ShareData::HSTS) well
/// enough for two threads at once. libcurl 8.11.0 to 8.15.0 do not lock
/// [`COOKIES`](ShareData::COOKIES) well enough either. So with such a share, threads take turns:
/// while one thread is inside libcurl, in [`perform`](Transfer::perform) or in a call that drives a
/// [`Multi`](crate::Multi), the other threads wait. They also wait while that thread runs a
/// callback, but not while it sleeps until a socket is ready. So a callback that blocks delays all
/// transfers with the share. A callback that waits until another thread has performed with the
/// share waits for ever.
///
/// If a callback waited for a share, two threads might wait for each other. So inside a callback of
/// a transfer with such a share, a call that would have to wait, or that drives another transfer
/// with the same share, returns an [`Error::Option`] that names `CURLOPT_SHARE`. A drop never
/// waits: if another thread uses the share, that thread finishes the cleanup, and no callback of
/// the dropped transfer is called.
///
/// The transfers of one [`Multi`](crate::Multi) use the same connections without a share, and
/// without waiting.
///
/// The drop of a transfer writes the shared [`HSTS`](ShareData::HSTS) cache to the file of the
/// transfer and to [`hsts_write`](crate::Callbacks::hsts_write); other threads with the share wait
/// meanwhile. If another thread uses the share, that thread writes the file later, and `hsts_write`
/// is not called.
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
    /// Makes a share for these kinds of data. It is empty at first.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl cannot share one of these kinds,
    /// [`Error::Option`] if `data` has a bit that is no constant of [`ShareData`],
    /// [`Error::Libcurl`] if memory has run out.
    #[doc(alias("curl_share_init", "curl_share_setopt", "CURLSHOPT_SHARE"))]
    pub fn new(data: ShareData) -> Result<Share, Error> {
        Ok(Share(Arc::new(Shared::new(data)?)))
    }

    /// Returns the kinds of data that are shared.
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
    /// The cookies and the HSTS cache of the transfer are dropped, and a connection that
    /// [`connect_only`](Transfer::connect_only) left open is closed. The share stays set until
    /// [`unshare`](Transfer::unshare), even after a [`reset`](Transfer::reset).
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SHARE.html).
    ///
    /// # Errors
    /// [`Error::Option`] if libcurl refuses; then the transfer has no share. [`Error::Option`] too
    /// if a connection that [`connect_only`](Transfer::connect_only) has left open belongs to a
    /// share that is in use, and the call is made inside a callback; then nothing changes. The
    /// error of [`close_socket`](crate::Callbacks::close_socket) for such a connection; then only
    /// that connection is closed, and the former share stays.
    ///
    /// # Panics
    /// Resumes the panic of that callback; the former share then stays too.
    #[doc(alias = "CURLOPT_SHARE")]
    pub fn share(&mut self, share: &Share) -> Result<(), Error> {
        self.easy.set_share(Some(share.0.clone()))
    }

    /// Makes this transfer use its own data again, which is empty at first.
    ///
    /// # Errors
    /// As for [`share`](Transfer::share); the share then stays set.
    ///
    /// # Panics
    /// As for [`share`](Transfer::share).
    #[doc(alias = "CURLOPT_SHARE")]
    pub fn unshare(&mut self) -> Result<(), Error> {
        self.easy.set_share(None)
    }
}
