//! Options: HTTP.

use crate::options::values::http::{
    FollowLocation, HeaderOpt, HttpVersion, MimeOptions, PostRedirections, WsOptions,
};

#[rustfmt::skip]
options! { "HTTP";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.accept_encoding("")?; // whatever libcurl decodes
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Accept-Encoding: ")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("CURLOPT_ENCODING", "gzip", "deflate", "brotli", "zstd", "compression"))]
    accept_encoding: line unset ACCEPT_ENCODING, "CURLOPT_ACCEPT_ENCODING", 102, "7.21.6", "Asks for a body with one of these encodings, separated by commas, and decodes it. An empty string means all encodings that libcurl can decode.";
    transfer_encoding: flag, "CURLOPT_TRANSFER_ENCODING", 207, "7.21.6", "Asks for a compressed transfer encoding; off by default.";
    http_content_decoding: flag, "CURLOPT_HTTP_CONTENT_DECODING", 158, "7.16.2", "Decodes a compressed body if [`accept_encoding`](Self::accept_encoding) is set; on by default.";
    http_transfer_decoding: flag, "CURLOPT_HTTP_TRANSFER_DECODING", 157, "7.16.2", "Decodes the transfer encoding, that is chunks and compression; on by default.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|request| match request.starts_with("GET /new ") {
    /// #     true => server::ok("new"),
    /// #     false => "HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n".to_owned(),
    /// # })?;
    /// transfer.follow_location(true)?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.redirect_count()?, 1);
    /// assert_eq!(transfer.handler().body(), b"new");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "redirect")]
    follow_location: choice<FollowLocation>, "CURLOPT_FOLLOWLOCATION", 52, "7.1", "Follows redirects: `true`, `false` or a [`FollowLocation`]; none by default.";
    /// # Examples
    /// ```
    /// use curlback::Code;
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n".to_owned())?;
    /// transfer.follow_location(true)?;
    /// transfer.max_redirections(3)?;
    /// let error = transfer.perform().unwrap_err(); // the server redirects for ever
    /// assert_eq!(error.code(), Some(Code::TOO_MANY_REDIRECTS));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    max_redirections: number<u32>, "CURLOPT_MAXREDIRS", 68, "7.5", "Limits how many redirects are followed: 30 by default since libcurl 8.3.0. Before that, there is no limit by default.";
    #[doc(alias = "CURLOPT_POST301")]
    post_redirections: value<PostRedirections>, "CURLOPT_POSTREDIR", 161, "7.19.1", "Sets after which redirects a POST stays a POST; after none of these by default.";
    autoreferer: flag, "CURLOPT_AUTOREFERER", 58, "7.1", "Sends a `Referer` when it follows a redirect; off by default.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.post_fields_copy("a=1")?;
    /// transfer.get(true)?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.starts_with("GET ")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    get: flag, "CURLOPT_HTTPGET", 80, "7.8.1", "Makes the request a GET again, after an option such as [`post`](Self::post) or [`nobody`](Self::nobody). It does not unset [`custom_request`](Self::custom_request).";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n".to_owned())?;
    /// transfer.nobody(true)?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.content_length_download()?, Some(7));
    /// assert!(transfer.handler().body().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    nobody: flag, "CURLOPT_NOBODY", 44, "7.1", "Asks for no body, with HTTP by HEAD; off by default.";
    /// # Examples
    /// ```
    /// use curlback::{Transfer, handlers::{Collect, ReadFrom}};
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let url = server::http(|request| server::ok(request))?;
    /// let body = std::io::Cursor::new("a=1");
    /// let mut transfer = Transfer::new(ReadFrom::new(body).and(Collect::new()))?;
    /// transfer.url(&url)?;
    /// # transfer.noproxy("*")?;
    /// transfer.post(true)?;
    /// transfer.post_field_size(3)?;
    /// transfer.perform()?;
    /// # let request = String::from_utf8_lossy(transfer.handler().inner().body());
    /// assert!(request.starts_with("POST ") && request.ends_with("\r\n\r\na=1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    post: flag, "CURLOPT_POST", 47, "7.1", "Makes the request a POST, with the body from [`read`](crate::Callbacks::read) unless there are post fields.";
    #[deprecated(note = "use `upload`")]
    put: flag, "CURLOPT_PUT", 54, "7.1", "Makes the request a PUT, with the body from [`read`](crate::Callbacks::read).";
    post_field_size: posted, "CURLOPT_POSTFIELDSIZE_LARGE" or "CURLOPT_POSTFIELDSIZE", 120, "7.11.1", "Announces the size of the body that [`read`](crate::Callbacks::read) provides for a POST, in bytes, as [`in_filesize`](Self::in_filesize) does for an upload. Without an announced size, or with a header `Transfer-Encoding: chunked`, HTTP/1.1 sends the body in chunks. Before libcurl 7.66.0, one of the two is needed.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.post_fields("a=1&b=2")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.starts_with("POST ") && request.ends_with("\r\n\r\na=1&b=2"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("json", "urlencoded"))]
    post_fields: body, "CURLOPT_POSTFIELDS", 15, "7.1", "Makes the request a POST with these bytes as its body. The transfer keeps the bytes and does not copy them. Apart from that, it does the same as [`post_fields_copy`](Self::post_fields_copy).";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.post_fields_copy("a=1&b=2")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.starts_with("POST ") && request.ends_with("\r\n\r\na=1&b=2"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("json", "form", "urlencoded"))]
    post_fields_copy: copied, "CURLOPT_COPYPOSTFIELDS", 165, "7.17.1", "Makes the request a POST with a copy of these bytes as its body. The bytes are sent unchanged, with the content type `application/x-www-form-urlencoded` unless [`http_headers`](Self::http_headers) sets another one. [`reset`](Self::reset) removes them.";
    #[deprecated(note = "use a MIME body, which also streams")]
    #[doc(alias("curl_formadd", "curl_formfree"))]
    httppost: form, "CURLOPT_HTTPPOST", 24, "7.1", "Makes the request a POST of a form with these fields. Each field is a name and its content.";
    mime_options: value<MimeOptions>, "CURLOPT_MIME_OPTIONS", 315, "7.81.0", "Sets how names are escaped in forms.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.custom_request("DELETE")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.starts_with("DELETE / HTTP/1.1\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("method", "DELETE", "PATCH"))]
    custom_request: line unset CUSTOM_REQUEST, "CURLOPT_CUSTOMREQUEST", 36, "7.1", "Sets the name of the method in the request line, and changes nothing else of an HTTP request. With FTP and mail, sets a command.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.custom_request("OPTIONS")?;
    /// transfer.request_target("*")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.starts_with("OPTIONS * HTTP/1.1\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    request_target: line unset REQUEST_TARGET, "CURLOPT_REQUEST_TARGET", 266, "7.55.0", "Sets the target in the request line, in place of the one from the URL, such as `*` for OPTIONS.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.referer("https://example.com/")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Referer: https://example.com/\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    referer: line unset REFERER, "CURLOPT_REFERER", 16, "7.1", "Sets the `Referer` header.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.useragent("example/1.0")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("User-Agent: example/1.0\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    useragent: line unset USERAGENT, "CURLOPT_USERAGENT", 18, "7.1", "Sets the `User-Agent` header; none by default.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.http_headers(["X-Id: 7", "Accept:"])?; // adds one, and removes one of libcurl's
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("X-Id: 7\r\n")); // what the server has received
    /// assert!(!request.contains("Accept:"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("CURLOPT_RTSPHEADER", "curl_slist_append", "curl_slist_free_all", "List"))]
    http_headers: headers, "CURLOPT_HTTPHEADER", 23, "7.1", "Sets headers of the request: `Name: value` adds a header or replaces libcurl's own, `Name:` removes libcurl's own, `Name;` sends a header without a value, and anything else is an error. Each call replaces all headers that an earlier call has set; [`add_header`](Self::add_header) adds one.";
    headeropt: value<HeaderOpt>, "CURLOPT_HEADEROPT", 229, "7.37.0", "Sets whether a CONNECT request to a proxy has the headers of [`proxy_headers`](Self::proxy_headers), or those of [`http_headers`](Self::http_headers); by default the former.";
    http_200_aliases: list, "CURLOPT_HTTP200ALIASES", 104, "7.10.3", "If the first line of a response begins with one of these strings, libcurl takes the line for `HTTP/1.0 200 OK`.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.cookie("id=7; language=en")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Cookie: id=7; language=en\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    cookie: line unset COOKIE, "CURLOPT_COOKIE", 22, "7.1", "Sends these cookies in the header `Cookie`, besides those that the transfer keeps: `name=value`, separated by `; `. Before libcurl 8.21.0, they are also sent to every other host to which a redirect leads.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|request| format!("HTTP/1.1 200 OK\r\nSet-Cookie: id=7\r\nContent-Length: {}\r\n\r\n{request}", request.len()))?;
    /// transfer.cookie_file("")?; // keeps cookies, and reads no file
    /// transfer.perform()?; // the server sets `id=7`
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Cookie: id=7\r\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    cookie_file: path, "CURLOPT_COOKIEFILE", 31, "7.1", "Reads cookies from this file, and makes the transfer keep the cookies that servers set. With an empty path, no file is read.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| "HTTP/1.1 200 OK\r\nSet-Cookie: id=7\r\nContent-Length: 0\r\n\r\n".to_owned())?;
    /// # let directory = tempfile::tempdir()?;
    /// # let jar = directory.path().join("cookies");
    /// transfer.cookie_jar(&jar)?;
    /// transfer.perform()?;
    /// drop(transfer); // writes the file
    /// assert!(std::fs::read_to_string(&jar)?.contains("\tid\t7"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    cookie_jar: path unset COOKIE_JAR, "CURLOPT_COOKIEJAR", 82, "7.9", "Makes the transfer keep the cookies that servers set, and writes the cookies to this file when the transfer is dropped.";
    cookie_session: flag, "CURLOPT_COOKIESESSION", 96, "7.9.7", "Ignores session cookies when cookies are read from a file; off by default.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.cookie_list("Set-Cookie: id=7; domain=127.0.0.1")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Cookie: id=7\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    cookie_list: line, "CURLOPT_COOKIELIST", 135, "7.14.1", "Adds a cookie, which is a line of a cookie file or begins with `Set-Cookie:`. If the value is one of these commands, carries it out instead: `ALL` forgets all cookies, `SESS` forgets the session cookies, `FLUSH` writes the file of [`cookie_jar`](Self::cookie_jar), and `RELOAD` reads the files of [`cookie_file`](Self::cookie_file) again.";
    altsvc: path, "CURLOPT_ALTSVC", 287, "7.64.1", "Sets the file in which the alternative services that servers announce are kept.";
    altsvc_ctrl: altsvc, "CURLOPT_ALTSVC_CTRL", 286, "7.64.1", "Sets which alternative services are used.";
    hsts: path, "CURLOPT_HSTS", 300, "7.74.0", "Makes libcurl remember the hosts that ask for HTTPS only, and keeps them in this file. If several files are set, libcurl reads all of them and writes the last one.";
    hsts_ctrl: hsts, "CURLOPT_HSTS_CTRL", 299, "7.74.0", "Sets whether libcurl remembers the hosts that ask for HTTPS only; it does not by default. A value without [`Hsts::ENABLE`](crate::Hsts::ENABLE) makes it forget these hosts, and the names of the files.";
    /// # Examples
    /// ```
    /// use curlback::HttpVersion;
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.http_version(HttpVersion::V1_0)?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.starts_with("GET / HTTP/1.0\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    http_version: value<HttpVersion>, "CURLOPT_HTTP_VERSION", 84, "7.9.1", "Sets the version of HTTP to ask for.";
    http_09_allowed: flag, "CURLOPT_HTTP09_ALLOWED", 285, "7.64.0", "Accepts responses of HTTP/0.9; off by default since libcurl 7.66.0.";
    #[doc(alias = "http_pipewait")]
    pipewait: flag, "CURLOPT_PIPEWAIT", 237, "7.43.0", "If another transfer is making a connection to the same host, waits to see whether both can use that connection, instead of making another one at once; off by default.";
    stream_weight: weight, "CURLOPT_STREAM_WEIGHT", 239, "7.46.0", "Sets the weight of the transfer among the transfers on the same HTTP/2 connection, from 1 to 256; 16 by default.";
    #[deprecated(note = "HTTP/2 has no such tree any more, and libcurl none since 8.21.0")]
    stream_depends: stream, "CURLOPT_STREAM_DEPENDS", 240, "7.46.0", "Makes the transfer depend on another one on the same HTTP/2 connection. It has no effect since libcurl 8.21.0, and is an error before, since both transfers would keep pointers to each other.";
    #[deprecated(note = "HTTP/2 has no such tree any more, and libcurl none since 8.21.0")]
    stream_depends_e: stream, "CURLOPT_STREAM_DEPENDS_E", 241, "7.46.0", "Makes the transfer depend exclusively on another one. Like [`stream_depends`](Self::stream_depends), it has no effect or is an error.";
    expect_100_timeout: millis, "CURLOPT_EXPECT_100_TIMEOUT_MS", 227, "7.36.0", "Sets how long to wait for `100 Continue` before the body is sent anyway; 1 second by default. Rounds up to milliseconds.";
    ignore_content_length: flag, "CURLOPT_IGNORE_CONTENT_LENGTH", 136, "7.14.1", "Ignores the length that the server announces, and reads until the body ends in another way, such as by the end of the connection; off by default.";
    ws_options: value<WsOptions>, "CURLOPT_WS_OPTIONS", 320, "7.86.0", "Sets how libcurl handles the frames of WebSockets.";
}
