//! Trusting no directory of certificates.

use crate::{Callbacks, Error, Transfer, Unset};

impl<H: Callbacks> Transfer<H> {
    /// Makes this transfer trust no directory of certificates. A file or a blob of certificates is not affected.
    ///
    /// A libcurl of a distribution may have been built with the directory of the system's authorities:
    /// [`VersionInfo::capath`](crate::VersionInfo::capath) is its name. Such a libcurl trusts this directory beside the
    /// file of [`cainfo`](Self::cainfo) and beside [`ssl_cainfo_blob`](Self::ssl_cainfo_blob). For the bundled libcurl, the
    /// crate sets the file of the system's authorities if you set none of these options. It also sets the directory if
    /// there is no such file, or if the variable `SSL_CERT_DIR` of the environment names the directory.
    ///
    /// Without a directory, libcurl 7.87.0 and newer can keep the parsed authorities of a file for other connections,
    /// such as those of a [`Multi`](crate::Multi) or an [`Agent`](crate::Agent): see
    /// [`ca_cache_timeout`](Self::ca_cache_timeout). With 140 authorities, a new connection then takes 1.3
    /// milliseconds of processor time instead of 25.
    ///
    /// [`capath`](Self::capath) sets a directory again. [`unset`](Self::unset) with
    /// [`Unset::CAPATH`](crate::Unset::CAPATH) restores the default directory. Since libcurl 7.9.8.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_CAPATH.html).
    ///
    /// # Errors
    /// As for every option: [`Error::Unsupported`] if the TLS library of the linked libcurl reads no directory.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Error, Transfer};
    ///
    /// let mut transfer = Transfer::new(())?;
    /// // Trusts a private authority, and nobody else.
    /// # let file = std::env::temp_dir().join("authority.pem");
    /// # if !curlback::version().has_protocol("https") { return Ok(()); }
    /// transfer.cainfo(&file)?;
    /// match transfer.no_capath() {
    ///     Err(Error::Unsupported { .. }) => {} // then there is no directory
    ///     result => result?,
    /// }
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "CURLOPT_CAPATH")]
    pub fn no_capath(&mut self) -> Result<(), Error> {
        self.easy.trust_no_directory(Unset::CAPATH.item())
    }

    /// Does for an HTTPS proxy what [`no_capath`](Self::no_capath) does for the server. Since libcurl 7.52.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_PROXY_CAPATH.html).
    ///
    /// # Errors
    /// As for [`no_capath`](Self::no_capath).
    #[doc(alias = "CURLOPT_PROXY_CAPATH")]
    pub fn no_proxy_capath(&mut self) -> Result<(), Error> {
        self.easy.trust_no_directory(Unset::PROXY_CAPATH.item())
    }
}
