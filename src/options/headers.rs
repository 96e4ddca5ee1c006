//! The method that adds one header to the request.

use crate::{Error, Transfer};

/// # Headers of the request, one by one
impl<H> Transfer<H> {
    /// Adds one header to those that [`http_headers`](Transfer::http_headers) and earlier calls have set.
    ///
    /// `header` is `Name: value`, `Name:` or `Name;`, as in `http_headers`. Two headers with the same name are
    /// normally both sent; of two `Host` headers, only the first is. `Name:` removes a header that libcurl would add,
    /// but not one that you have set. The next call of `http_headers` replaces all headers, also the added ones.
    /// [`reset`](Transfer::reset) removes all headers.
    ///
    /// # Errors
    /// Those of [every option](Transfer#errors-of-an-option).
    ///
    /// # Examples
    /// ```
    /// use curlback::Transfer;
    ///
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let url = format!("http://{}/", listener.local_addr()?);
    /// # let server = std::thread::spawn(move || -> std::io::Result<Vec<String>> {
    /// #     use std::io::{BufRead, BufReader, Write};
    /// #     let mut reader = BufReader::new(listener.accept()?.0);
    /// #     let lines = std::io::Read::by_ref(&mut reader).lines().map_while(Result::ok);
    /// #     let lines = lines.take_while(|line| !line.is_empty()).collect();
    /// #     reader.get_mut().write_all(b"HTTP/1.1 204 No Content\r\n\r\n")?;
    /// #     Ok(lines)
    /// # });
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url(&url)?;
    /// # transfer.noproxy("*")?;
    /// transfer.http_headers(["Accept: text/plain"])?;
    /// transfer.add_header("X-Request: 1")?;
    /// transfer.perform()?;
    /// # let request = server.join().unwrap()?;
    /// assert!(request.contains(&"Accept: text/plain".to_owned()));
    /// assert!(request.contains(&"X-Request: 1".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "CURLOPT_HTTPHEADER")]
    pub fn add_header(&mut self, header: impl AsRef<[u8]>) -> Result<(), Error> {
        let former = self.easy.request_headers().map(<[u8]>::to_vec);
        let mut headers: Vec<_> = former.collect();
        headers.push(header.as_ref().to_vec());
        self.http_headers(headers)
    }
}
