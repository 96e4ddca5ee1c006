//! The methods that make a transfer use shared data, or its own again.

use crate::{Error, Share, Transfer};

/// # Sharing
impl<H> Transfer<H> {
    /// Makes this transfer use the data in `share` instead of its own.
    ///
    /// If the share has cookies or an HSTS cache, those of the transfer are dropped. A connection that
    /// [`connect_only`](Transfer::connect_only) has left open is closed. The share stays set until another share is set or
    /// [`unshare`](Transfer::unshare) is called, even after a [`reset`](Transfer::reset).
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SHARE.html).
    ///
    /// # Errors
    /// - [`Error::Option`] if libcurl refuses the share. The transfer then has no share.
    /// - [`Error::Option`] if the call is made inside a callback, and a connection that
    ///   [`connect_only`](Transfer::connect_only) has left open belongs to a share that is in use. Nothing changes then.
    /// - The error of [`close_socket`](crate::Callbacks::close_socket) for a connection that `connect_only` has left open.
    ///   Then the connection is closed, but the former share stays set.
    ///
    /// A later call that begins the transfer, such as [`perform`](Transfer::perform), returns an [`Error::Option`]
    /// that names `CURLOPT_SHARE` in two cases, both before libcurl 8.14.0, which frees addresses that FTP still uses:
    /// if an FTP transfer has a share with [`DNS`](crate::ShareData::DNS), and if an FTP transfer with any share is in
    /// a [`Multi`](crate::Multi) or an [`Agent`](crate::Agent).
    ///
    /// # Panics
    /// Resumes the panic of [`close_socket`](crate::Callbacks::close_socket). The former share then stays set.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Share, ShareData, Transfer};
    ///
    /// let share = Share::new(ShareData::COOKIES | ShareData::DNS)?;
    /// let (mut one, mut two) = (Transfer::new(())?, Transfer::new(())?);
    /// for transfer in [&mut one, &mut two] {
    ///     transfer.cookie_file("")?; // each transfer keeps cookies
    ///     transfer.share(&share)?;
    /// }
    /// one.cookie_list("Set-Cookie: id=7; domain=example.com")?;
    /// assert_eq!(two.cookies()?.len(), 1);
    /// # Ok::<(), curlback::Error>(())
    /// ```
    #[doc(alias = "CURLOPT_SHARE")]
    pub fn share(&mut self, share: &Share) -> Result<(), Error> {
        self.easy.set_share(Some(share.0.clone()))
    }

    /// Makes this transfer use only its own data again. The shared cookies, connections and so on stay in the share.
    ///
    /// # Errors
    /// Those of [`share`](Transfer::share); the share then stays set.
    ///
    /// # Panics
    /// Those of [`share`](Transfer::share).
    #[doc(alias = "CURLOPT_SHARE")]
    pub fn unshare(&mut self) -> Result<(), Error> {
        self.easy.set_share(None)
    }
}
