//! Making a transfer use shared data.

use crate::{Error, Share, Transfer};

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
    /// A later call that begins the transfer, such as [`perform`](Transfer::perform), returns an [`Error::Option`]
    /// that names `CURLOPT_SHARE` in two cases, both before libcurl 8.14.0, which frees addresses that FTP still uses:
    /// if an FTP transfer has a share with [`DNS`](crate::ShareData::DNS), and if an FTP transfer with any share is in
    /// a [`Multi`](crate::Multi) or an [`Agent`](crate::Agent).
    ///
    /// # Panics
    /// Resumes the panic of that callback; the former share then stays too.
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
