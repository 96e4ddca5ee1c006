//! The methods that make a form or a mail the body of a transfer.

use crate::{Error, Mime, Transfer};

/// # Bodies of parts
impl<H> Transfer<H> {
    /// Makes these parts the body of a POST, or the message of a mail.
    ///
    /// The parts stay set until another call of this method, [`unset_mime`](Transfer::unset_mime) or a
    /// [`reset`](Transfer::reset). Each transfer sends them from the beginning, so a second one fails if the first has
    /// read from a reader that cannot seek. [`get`](Transfer::get) makes the request a GET, but the parts stay set.
    /// With HTTP, the content type is `multipart/form-data`, unless [`http_headers`](Transfer::http_headers) sets
    /// another one.
    ///
    /// Data in memory is copied. A file is read while it is sent. If libcurl knows the sizes of all parts, it announces
    /// the size of the body. Otherwise, HTTP/1.1 sends the body in chunks.
    ///
    /// Since libcurl 7.56.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_MIMEPOST.html).
    ///
    /// # Errors
    /// [`Error::Option`], which names the function of libcurl that would have set the value: for a name, type or header
    /// that contains an end of line or a NUL, for a header without a name, for a size that
    /// is too large or belongs to a part without a reader, and for parts that are nested too deeply.
    /// [`Error::Libcurl`] with [`Code::READ_ERROR`](crate::Code::READ_ERROR) for a file that does not exist, cannot be
    /// read or is a directory. [`Error::Unsupported`] if the linked libcurl is built without MIME. After an error, the
    /// former body stays set.
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
    /// [`Error::Unsupported`] if the linked libcurl is built without MIME.
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
