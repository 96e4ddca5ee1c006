//! Conversions from and to the types of the crate `http`.

use ::http::header::{HeaderMap, HeaderName, HeaderValue};
use ::http::{Method, StatusCode, Version, request};

use crate::{
    Callbacks, Error, HeaderOrigin, HttpVersion, Info, Response, Transfer, TransferError, Unset,
    handlers::Collect,
};

/// # Requests of the crate `http`
///
/// These methods need the feature `http`.
impl<H> Transfer<H> {
    /// Sets the method of the request.
    ///
    /// For `GET`, `HEAD`, `POST` and `PUT`, this sets [`get`](Transfer::get), [`nobody`](Transfer::nobody),
    /// [`post`](Transfer::post) and [`upload`](Transfer::upload), which also decide whether the request has a
    /// body. For any other method, this sets [`custom_request`](Transfer::custom_request). With
    /// [`follow_location(true)`](Transfer::follow_location), libcurl repeats such a method after a redirect.
    ///
    /// Setting post fields makes the request a `POST`, and a `PUT` does not send them. So give the body of a `PUT`
    /// to [`open_upload`](Transfer::open_upload), or send it by [`read`](crate::Callbacks::read). For a body
    /// with a method other than these four, set [`post_fields_copy`](Transfer::post_fields_copy) too.
    ///
    /// # Errors
    /// Those of [every option](Transfer#errors-of-an-option).
    ///
    /// # Examples
    /// ```
    /// use curlback::{Transfer, http};
    /// use http::{HeaderMap, Method, header};
    ///
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let url = format!("http://{}/", listener.local_addr()?);
    /// # let server = std::thread::spawn(move || -> std::io::Result<Vec<String>> {
    /// #     use std::io::{BufRead, BufReader, Write};
    /// #     let mut reader = BufReader::new(listener.accept()?.0);
    /// #     let lines = reader.by_ref().lines().map_while(Result::ok);
    /// #     let lines = lines.take_while(|line| !line.is_empty()).collect();
    /// #     reader.get_mut().write_all(b"HTTP/1.1 204 No Content\r\n\r\n")?;
    /// #     Ok(lines)
    /// # });
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url(&url)?;
    /// # transfer.proxy("")?;
    /// transfer.http_method(&Method::DELETE)?;
    /// let mut headers = HeaderMap::new();
    /// headers.insert(header::IF_MATCH, "\"1\"".parse()?);
    /// transfer.http_header_map(&headers)?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.info().http_status(), Some(http::StatusCode::NO_CONTENT));
    /// # use std::io::Read;
    /// # let request = server.join().unwrap()?;
    /// # assert_eq!(request[0], "DELETE / HTTP/1.1");
    /// # assert!(request.contains(&"if-match: \"1\"".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn http_method(&mut self, method: &Method) -> Result<(), Error> {
        let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT];
        if !known.contains(method) {
            self.nobody(false)?;
            return self.custom_request(method.as_str());
        }
        self.unset(Unset::CUSTOM_REQUEST)?;
        // `get` takes back the options that another method has set.
        self.get(true)?;
        match *method {
            Method::HEAD => self.nobody(true),
            Method::POST => self.post(true),
            Method::PUT => self.upload(true),
            _ => Ok(()),
        }
    }

    /// Sets the headers of the request. They replace those of [`http_headers`](Transfer::http_headers).
    ///
    /// A header with an empty value is sent with an empty value.
    ///
    /// # Errors
    /// Those of [every option](Transfer#errors-of-an-option).
    pub fn http_header_map(&mut self, headers: &HeaderMap) -> Result<(), Error> {
        let lines = headers.iter().map(|(name, value)| {
            let name = name.as_str().as_bytes();
            match value.as_bytes().trim_ascii() {
                // With a colon, libcurl would remove a header without a value.
                b"" => [name, b";"].concat(),
                value => [name, b": ", value].concat(),
            }
        });
        self.http_headers(lines)
    }

    /// Sets URL, method and headers of the request. The version of HTTP is left to other options.
    /// [`http_method`](Transfer::http_method) says how to send a body.
    ///
    /// # Errors
    /// Those of [every option](Transfer#errors-of-an-option).
    pub fn http_request(&mut self, parts: &request::Parts) -> Result<(), Error> {
        self.url(&parts.uri.to_string())?;
        self.http_method(&parts.method)?;
        self.http_header_map(&parts.headers)
    }
}

/// # Responses of the crate `http`
///
/// These methods need the feature `http`.
impl Info<'_> {
    /// Returns the status of the last response; `None` for protocols without a status, before the first
    /// response, and for a number below 100 or above 999. A reply code of FTP or SMTP counts as a status.
    #[must_use]
    pub fn http_status(&self) -> Option<StatusCode> {
        let status = self.response_code().ok()?;
        StatusCode::from_u16(status.try_into().ok()?).ok()
    }

    /// Returns the headers of the last response, without trailers. The values may have bytes that are not
    /// UTF-8.
    ///
    /// Headers that the crate `http` does not accept are left out, for example those with a name that is no token, or
    /// with control characters in the value.
    ///
    /// # Errors
    /// Those of [`headers`](Info::headers), such as [`Error::Unsupported`] before libcurl 7.83.0.
    /// [`Collect::header_map`] works with any libcurl.
    pub fn header_map(&self) -> Result<HeaderMap, Error> {
        let headers = self.headers(HeaderOrigin::HEADER, None)?;
        Ok(map_of(
            headers.map(|header| (header.name_bytes(), header.value())),
        ))
    }

    /// Returns the HTTP version of the last response, or HTTP/1.1 if libcurl does not know the version or
    /// names an unknown one.
    fn of_http(&self) -> Version {
        match self.http_version() {
            Ok(HttpVersion::V1_0) => Version::HTTP_10,
            Ok(HttpVersion::V2 | HttpVersion::V2Tls | HttpVersion::V2PriorKnowledge) => {
                Version::HTTP_2
            }
            Ok(HttpVersion::V3 | HttpVersion::V3Only) => Version::HTTP_3,
            _ => Version::HTTP_11,
        }
    }
}

/// # Responses of the crate `http`
///
/// These methods need the feature `http`.
impl<H: Callbacks> Response<H> {
    /// Returns the status of the response; `None` for protocols without one.
    #[must_use]
    pub fn http_status(&self) -> Option<StatusCode> {
        self.info().http_status()
    }

    /// Makes a response of the crate `http`, whose body is this [`Response`]. It has the status (200 if
    /// [`http_status`](Response::http_status) returns `None`), the HTTP version, and the headers of
    /// [`Info::header_map`].
    ///
    /// # Errors
    /// Those of [`Info::header_map`], with the transfer, which was cancelled.
    ///
    /// # Examples
    /// ```
    /// use std::io::Read;
    /// use curlback::Transfer;
    ///
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let url = format!("http://{}/", listener.local_addr()?);
    /// # let server = std::thread::spawn(move || -> std::io::Result<()> {
    /// #     use std::io::{BufRead, BufReader, Write};
    /// #     let mut reader = BufReader::new(listener.accept()?.0);
    /// #     let mut line = String::new();
    /// #     while line != "\r\n" { line.clear(); reader.read_line(&mut line)?; }
    /// #     reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nServer: own\r\nContent-Length: 4\r\n\r\nbody")
    /// # });
    /// # if curlback::Version::linked() < curlback::Version::new(7, 83, 0) { return Ok(()) }
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url(&url)?;
    /// # transfer.proxy("")?;
    /// let mut response = transfer.open()?.into_http()?;
    /// assert_eq!(response.headers()["server"], "own");
    ///
    /// let mut body = String::new();
    /// response.body_mut().read_to_string(&mut body)?;
    /// assert_eq!(body, "body");
    /// let transfer = response.into_body().finish()?;
    /// # drop(transfer);
    /// # server.join().unwrap()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_http(self) -> Result<::http::Response<Response<H>>, TransferError<H>> {
        let headers = match self.info().header_map() {
            Ok(headers) => headers,
            Err(error) => return Err(TransferError::new(error, self.cancel())),
        };
        let (status, version) = (self.http_status(), self.info().of_http());
        let mut response = ::http::Response::new(self);
        *response.status_mut() = status.unwrap_or_default();
        *response.version_mut() = version;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

impl<H> Collect<H> {
    /// Returns the collected headers, including trailers, as a map of the crate `http`. It needs the feature
    /// `http`. The same headers are left out as in [`Info::header_map`].
    #[must_use]
    pub fn header_map(&self) -> HeaderMap {
        map_of(self.headers().map(|(name, value)| (name.as_bytes(), value)))
    }
}

fn map_of<'a>(headers: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            // `try_append` fails beyond 24,576 names: the map then stays without the rest. libcurl 8.14.0
            // and later accept at most 5,000 headers.
            let _ = map.try_append(name, value);
        }
    }
    map
}
