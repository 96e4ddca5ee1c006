//! Data that several transfers share, on any threads and however each is driven.

use std::fmt;
use std::sync::Arc;

use crate::Error;
use crate::ffi::share::ShareHandle;
use crate::ffi::share::data::ShareData;
use crate::run::trampolines::share;

/// Shares data between transfers, on any threads and however each is driven.
///
/// [`Share::new`] takes the kinds of data, and [`Transfer::share`](crate::Transfer::share) makes a transfer use
/// them; the transfer keeps the share alive. A clone is the same share. Each kind of data has a lock. While
/// libcurl holds a lock, it calls no method of a handler on the same thread: messages for
/// [`debug`](crate::Callbacks::debug) are deferred until the next message or the end of the call.
///
/// # Threads take turns
/// libcurl does not lock [`CONNECTIONS`](ShareData::CONNECTIONS) and [`HSTS`](ShareData::HSTS) well enough for
/// two threads at once. libcurl 8.11.0 to 8.15.0 do not lock [`COOKIES`](ShareData::COOKIES) well enough
/// either. So with a share of one of these kinds, threads take turns: while one thread is inside libcurl, in
/// [`perform`](crate::Transfer::perform) or in a call that drives a [`Multi`](crate::Multi), other threads that
/// use the share wait. They also wait while that thread runs a callback, but not while that thread sleeps until
/// a socket is ready, unless it sleeps inside a callback. So a callback that blocks delays all transfers with the
/// share. A callback that waits until another thread has performed with the share waits for ever.
///
/// If a callback waited for a share, two threads might wait for each other. So inside a callback of a transfer
/// with such a share, no call waits for a share. A call that would have to wait returns an [`Error::Option`] that
/// names `CURLOPT_SHARE`, unless its documentation says otherwise. A call that would drive another transfer with
/// the same share returns this error too.
/// Dropping a transfer does not wait for a share: if another thread uses the share, that thread cleans the
/// transfer up later, and this cleanup calls no callback of the transfer.
///
/// The transfers of one [`Multi`](crate::Multi) share their connections without a `Share`, and without waiting.
///
/// # How many connections are kept
/// The connections of a share of [`CONNECTIONS`](ShareData::CONNECTIONS) count together, those in use included. When
/// a transfer ends and the share has more connections than the limit of that transfer, 5 by default, libcurl closes
/// an idle one. Set [`Transfer::max_connects`](crate::Transfer::max_connects) of each transfer to the number of
/// threads or more; in a `Multi`, [`Multi::max_connects`](crate::Multi::max_connects) counts instead.
/// [The guide](crate::guide::sharing#how-many-connections-are-kept) explains the limits.
///
/// Dropping a transfer writes the shared [`HSTS`](ShareData::HSTS) cache to the transfer's file and to
/// [`hsts_write`](crate::Callbacks::hsts_write). Other threads with the share wait meanwhile. If another thread
/// uses the share at that moment, that thread writes the file later, and `hsts_write` is not called.
///
/// [The guide](crate::guide::sharing) says what transfers share without a `Share`.
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
#[doc(alias("curl_share_setopt", "curl_share_cleanup", "CurlShare"))]
pub struct Share(pub(crate) Arc<ShareHandle>);

impl Share {
    /// Makes a share for these kinds of data, without any data in it.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl cannot share one of these kinds, [`Error::Option`] if
    /// `data` has a bit that is no constant of [`ShareData`], [`Error::Libcurl`] if memory runs out.
    #[doc(alias("curl_share_init", "curl_share_setopt", "CURLSHOPT_SHARE"))]
    pub fn new(data: ShareData) -> Result<Share, Error> {
        Ok(Share(Arc::new(share::new(data)?)))
    }

    /// Returns the kinds of data that the linked libcurl can share.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Share, ShareData};
    ///
    /// let wanted = ShareData::COOKIES | ShareData::HSTS;
    /// let share = Share::new(wanted & Share::supported())?;
    /// assert!(share.data().contains(ShareData::COOKIES));
    /// # Ok::<(), curlback::Error>(())
    /// ```
    #[must_use]
    pub fn supported() -> ShareData {
        let is_supported = |data: &ShareData| share::new(*data).is_ok();
        ShareData::all().iter().filter(is_supported).collect()
    }

    /// Returns the kinds of data that this share is for.
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
