//! The headers of the last transfer.

use crate::ffi::headers::header::{Header, HeaderOrigin, Headers};
use crate::{Error, Info, Transfer};

/// # Headers
impl<'a> Info<'a> {
    /// Returns the header with this name and origin; `None` if there is none. The case of the name does not count.
    ///
    /// If several headers have the name, `index` selects one of them, counted from 0;
    /// [`Header::amount`] is their number. A transfer makes several requests after a redirect or for authentication.
    /// `request` selects one of the requests of the last transfer: `Some(0)` is the first request, and `None` means
    /// the last one. [`header_value`](Info::header_value) is short for the common case.
    ///
    /// Since libcurl 7.83.0. [libcurl's page](https://curl.se/libcurl/c/curl_easy_header.html).
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl lacks this function, or if the libcurl with which this
    /// crate was compiled lacked it.
    #[doc(alias = "curl_easy_header")]
    pub fn header(
        &self,
        name: &str,
        index: usize,
        origin: HeaderOrigin,
        request: Option<u32>,
    ) -> Result<Option<Header<'a>>, Error> {
        self.find_header(name.as_bytes(), index, origin, request)
    }

    /// Returns the value of the first header with this name, such as `Location`, in the last response; `None` if there
    /// is none. The case of the name does not count, and the value need not be UTF-8.
    ///
    /// This method is short for [`header`](Info::header) with [`HeaderOrigin::HEADER`] and the last request. If the handler
    /// is a [`Collect`](crate::handlers::Collect), its [`header_value`](crate::handlers::Collect::header_value) returns the
    /// value without a `Result`, and also with libcurl before 7.83.0.
    ///
    /// # Errors
    /// Those of [`header`](Info::header).
    #[doc(alias = "curl_easy_header")]
    pub fn header_value(&self, name: &str) -> Result<Option<&'a [u8]>, Error> {
        let header = self.header(name, 0, HeaderOrigin::HEADER, None)?;
        Ok(header.map(|header| header.value()))
    }

    /// Returns the received headers that belong to one request and have one of these origins. `request` selects the
    /// request, as for [`header`](Info::header).
    ///
    /// Since libcurl 7.83.0. [libcurl's page](https://curl.se/libcurl/c/curl_easy_nextheader.html).
    ///
    /// # Errors
    /// Those of [`header`](Info::header).
    ///
    /// # Examples
    /// ```
    /// use curlback::{Error, HeaderOrigin, Transfer};
    ///
    /// # let server = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let address = server.local_addr()?;
    /// # let server = std::thread::spawn(move || {
    /// #     use std::io::{BufRead, Write};
    /// #     let (mut client, _) = server.accept()?;
    /// #     let mut request = std::io::BufReader::new(client.try_clone()?).lines();
    /// #     while request.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    /// #     client.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: a\r\nVia: b\r\n\r\n")
    /// # });
    /// # let url = format!("http://{address}/");
    /// let mut transfer = Transfer::new(())?;
    /// # transfer.noproxy("*")?;
    /// transfer.url(&url)?;
    /// transfer.perform()?;
    /// # server.join().unwrap()?;
    /// match transfer.headers(HeaderOrigin::HEADER, None) {
    ///     Ok(headers) => {
    ///         let names: Vec<_> = headers.filter_map(|header| header.name()).collect();
    ///         assert_eq!(names, ["Content-Length", "Via", "Via"]);
    ///         assert_eq!(transfer.header_value("via")?, Some(&b"a"[..]));
    ///     }
    ///     Err(error) => assert!(matches!(error, Error::Unsupported { .. })),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "curl_easy_nextheader")]
    pub fn headers(
        &self,
        origin: HeaderOrigin,
        request: Option<u32>,
    ) -> Result<Headers<'a>, Error> {
        self.cursor(origin, request).map(Headers)
    }
}

/// # Headers of the last transfer
impl<H> Transfer<H> {
    /// Short for [`info().header(…)`](Info::header).
    ///
    /// # Errors
    /// Those of [`Info::header`].
    ///
    /// # Examples
    /// ```
    /// use curlback::{Error, HeaderOrigin};
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body").replace("Content", "ETag: \"7\"\r\nContent"))?;
    /// transfer.perform()?;
    /// match transfer.header("etag", 0, HeaderOrigin::HEADER, None) {
    ///     Ok(header) => assert_eq!(header.map(|header| header.value()), Some(&b"\"7\""[..])),
    ///     Err(error) => assert!(matches!(error, Error::Unsupported { .. })), // before libcurl 7.83.0
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "curl_easy_header")]
    pub fn header(
        &self,
        name: &str,
        index: usize,
        origin: HeaderOrigin,
        request: Option<u32>,
    ) -> Result<Option<Header<'_>>, Error> {
        self.info().header(name, index, origin, request)
    }

    /// Short for [`info().header_value(name)`](Info::header_value): returns the value of the first header with this
    /// name, such as `Location`, in the last response.
    ///
    /// This method works with every handler. If the handler is a [`Collect`](crate::handlers::Collect), its
    /// [`header_value`](crate::handlers::Collect::header_value) returns the value without a `Result`, and also with
    /// libcurl before 7.83.0.
    ///
    /// # Errors
    /// Those of [`Info::header`].
    #[doc(alias = "curl_easy_header")]
    pub fn header_value(&self, name: &str) -> Result<Option<&[u8]>, Error> {
        self.info().header_value(name)
    }

    /// Short for [`info().headers(…)`](Info::headers).
    ///
    /// # Errors
    /// Those of [`Info::header`].
    #[doc(alias = "curl_easy_nextheader")]
    pub fn headers(
        &self,
        origin: HeaderOrigin,
        request: Option<u32>,
    ) -> Result<Headers<'_>, Error> {
        self.info().headers(origin, request)
    }
}
