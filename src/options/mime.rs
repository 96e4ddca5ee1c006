//! Making a form or a mail the body of a transfer.

use crate::{Error, Mime, Transfer};

/// # Bodies of parts
impl<H> Transfer<H> {
    /// Makes the request a POST, or the mail a message, of these parts.
    ///
    /// They stay set, and each transfer sends them from the beginning, until another body
    /// takes their place or the transfer is [`reset`](Transfer::reset);
    /// [`get`](Transfer::get) makes the request another without taking them back. The name
    /// of their content is `multipart/form-data` with HTTP, unless
    /// [`http_headers`](Transfer::http_headers) says otherwise.
    ///
    /// Data is copied. If libcurl knows the sizes of all parts, it announces that of the
    /// body; else it goes in chunks.
    ///
    /// Since libcurl 7.56.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_MIMEPOST.html).
    ///
    /// # Errors
    /// [`Error::Option`], which names libcurl's function for it, for a name, type or header
    /// with the end of a line or a NUL in it, for a header without a name, for a size that
    /// is too large or is not that of a reader, and for parts that are nested too deeply.
    /// [`Error::Libcurl`] with [`Code::READ_ERROR`](crate::Code::READ_ERROR) for a file that
    /// is not there. [`Error::Unsupported`] if the linked libcurl is built without it. The
    /// body set before stays.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Mime, Part};
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// let form = Mime::new()
    ///     .part(Part::data("7").name("id"))
    ///     .part(Part::file("Cargo.toml").name("manifest"));
    /// transfer.mime(form)?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Content-Disposition: form-data; name=\"id\"\r\n\r\n7\r\n"));
    /// assert!(request.contains("filename=\"Cargo.toml\""));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("CURLOPT_MIMEPOST", "multipart", "form"))]
    pub fn mime(&mut self, mime: Mime) -> Result<(), Error> {
        self.easy.set_mime(mime)
    }

    /// Drops the parts that [`mime`](Transfer::mime) has set, and makes the request a GET.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl is built without them.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Mime, Part, Transfer};
    ///
    /// let mut transfer = Transfer::new(())?;
    /// transfer.mime(Mime::new().part(Part::data("value").name("field")))?;
    /// transfer.unset_mime()?;
    /// # Ok::<(), curlback::Error>(())
    /// ```
    pub fn unset_mime(&mut self) -> Result<(), Error> {
        self.easy.unset_mime().map(drop)
    }
}
