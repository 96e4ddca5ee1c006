//! Information about a transfer: tables with one line for each piece of information.

#[macro_use]
mod table;

mod deprecated;
mod headers;

/// A row of a table, with the C type that libcurl's header states for it.
#[cfg(test)]
pub(crate) struct InfoRow {
    pub(crate) id: crate::ffi::sys::CURLINFO,
    pub(crate) method: &'static str,
    /// libcurl's names: of the information that the method returns, and of a less exact one that it replaces.
    pub(crate) names: &'static [&'static str],
    pub(crate) c_type: &'static str,
}

/// Every row.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static InfoRow> {
    [both::ROWS, own::ROWS, deprecated::ROWS]
        .into_iter()
        .flatten()
}

mod both {
    #[rustfmt::skip]
    infos! { Info and Transfer:
    // The request and the response
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|request| match request.starts_with("GET /new ") {
    /// #     true => server::ok("new"),
    /// #     false => "HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n".to_owned(),
    /// # })?;
    /// transfer.follow_location(true)?;
    /// transfer.perform()?;
    /// assert!(transfer.effective_url()?.is_some_and(|url| url.ends_with("/new")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    effective_url: text, "CURLINFO_EFFECTIVE_URL", 1, "7.4", "Returns the URL that was used last, after redirects.";
    effective_method: text, "CURLINFO_EFFECTIVE_METHOD", 58, "7.72.0", "Returns the method that [`custom_request`](crate::Transfer::custom_request) sets; if it is not set, the method that was used last, after redirects.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned())?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.response_code()?, 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    response_code: number<u32>, "CURLINFO_RESPONSE_CODE", 2, "7.4.1", "Returns the status of the last response; 0 if there was none.";
    http_connectcode: number<u32>, "CURLINFO_HTTP_CONNECTCODE", 22, "7.10.7", "Returns the status of a proxy's last answer to CONNECT; 0 if there was none.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body").replace("Content", "Content-Type: text/plain\r\nContent"))?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.content_type()?, Some("text/plain"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    content_type: text, "CURLINFO_CONTENT_TYPE", 18, "7.9.4", "Returns the last `Content-Type` that the transfer received, which may be that of a redirect; `None` if there was none.";
    filetime: date, "CURLINFO_FILETIME_T" or "CURLINFO_FILETIME", 14, "7.59.0", "Returns the time of the document; `None` if it is not known. With most protocols, it is known only if [`fetch_filetime`](crate::Transfer::fetch_filetime) is set and the server sends it.";
    retry_after: secs, "CURLINFO_RETRY_AFTER", 57, "7.66.0", "Returns how long the server asks to wait before the next request, in `Retry-After`; `None` if it does not ask. Since libcurl 8.12.0, six hours at most.";
    time_condition_unmet: flag, "CURLINFO_CONDITION_UNMET", 35, "7.19.4", "Returns whether the body was not transferred because of the [`time_condition`](crate::Transfer::time_condition), or since libcurl 7.70.0 because the server answered with status 304 for any reason.";
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
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    redirect_count: number<u32>, "CURLINFO_REDIRECT_COUNT", 20, "7.9.7", "Returns how many redirects were followed.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|request| match request.starts_with("GET /new ") {
    /// #     true => server::ok("new"),
    /// #     false => "HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n".to_owned(),
    /// # })?;
    /// transfer.perform()?; // follows no redirect
    /// assert!(transfer.redirect_url()?.is_some_and(|url| url.ends_with("/new")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    redirect_url: text, "CURLINFO_REDIRECT_URL", 31, "7.18.2", "Returns the URL to which a redirect leads that libcurl did not follow; `None` if there was no such redirect.";
    http_auth_avail: auth, "CURLINFO_HTTPAUTH_AVAIL", 23, "7.10.8", "Returns the methods of authentication that the server offered.";
    http_auth_used: auth, "CURLINFO_HTTPAUTH_USED", 69, "8.12.0", "Returns the method of authentication that was used with the server; the empty set if none was.";
    proxy_auth_avail: auth, "CURLINFO_PROXYAUTH_AVAIL", 24, "7.10.8", "Returns the methods of authentication that the proxy offered.";
    proxy_auth_used: auth, "CURLINFO_PROXYAUTH_USED", 70, "8.12.0", "Returns the method of authentication that was used with the proxy; the empty set if none was.";
    header_size: number<u64>, "CURLINFO_HEADER_SIZE", 11, "7.4.1", "Returns the size of all headers that were received, in bytes.";
    request_size: number<u64>, "CURLINFO_REQUEST_SIZE", 12, "7.4.1", "Returns the size of all requests that were sent, in bytes; some releases count the bodies of the requests too. With libcurl 8.7.0 and 8.7.1, it is always zero.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| "HTTP/1.1 200 OK\r\nSet-Cookie: id=7\r\nContent-Length: 0\r\n\r\n".to_owned())?;
    /// transfer.cookie_file("")?;
    /// transfer.perform()?;
    /// assert!(transfer.cookies()?[0].ends_with(b"\tid\t7"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    cookies: lines, "CURLINFO_COOKIELIST", 28, "7.14.1", "Returns all cookies, each as a line of a cookie file, which [`cookie_list`](crate::Transfer::cookie_list) takes. A line need not be UTF-8, since servers choose the values.";
    ftp_entry_path: entry_path, "CURLINFO_FTP_ENTRY_PATH", 30, "7.15.4", "Returns the directory in which the last FTP or SFTP session began. Before libcurl 8.10.0, the directory is known only between transfers, and only if the connection was still open at the end of the transfer that opened it. Unsupported with libcurl 8.10.0 to 8.13.0, where the string may have been freed.";
    rtsp_cseq_recv: number<u32>, "CURLINFO_RTSP_CSEQ_RECV", 39, "7.20.0", "Returns the sequence number (`CSeq`) of the last RTSP response.";

    // The body
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.post_fields_copy("a=1")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert_eq!(transfer.upload_size()?, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    upload_size: size, "CURLINFO_SIZE_UPLOAD_T", 7, "7.55.0", "Returns how many bytes were uploaded.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body"))?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.download_size()?, 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    download_size: size, "CURLINFO_SIZE_DOWNLOAD_T", 8, "7.55.0", "Returns how many bytes of the body were downloaded.";
    size_delivered: size, "CURLINFO_SIZE_DELIVERED", 71, "8.20.0", "Returns how many bytes libcurl has passed to [`write`](crate::Callbacks::write), counted after decoding.";
    upload_speed: size, "CURLINFO_SPEED_UPLOAD_T", 10, "7.55.0", "Returns the average speed of the upload, in bytes per second.";
    download_speed: size, "CURLINFO_SPEED_DOWNLOAD_T", 9, "7.55.0", "Returns the average speed of the download, in bytes per second.";
    content_length_upload: length, "CURLINFO_CONTENT_LENGTH_UPLOAD_T", 16, "7.55.0", "Returns the announced size of the upload; `None` if it is not known.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body"))?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.content_length_download()?, Some(4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    content_length_download: length, "CURLINFO_CONTENT_LENGTH_DOWNLOAD_T", 15, "7.55.0", "Returns the announced size of the download; `None` if it is not known. With libcurl 8.7.0 to 8.8.0, it is not known in [`header`](crate::Callbacks::header).";
    early_data_sent: size, "CURLINFO_EARLYDATA_SENT_T", 68, "8.11.0", "Returns how many bytes were sent as TLS early data, before the handshake was done; 0 if the server has rejected them.";

    // The connection
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body"))?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.primary_ip()?, Some("127.0.0.1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    primary_ip: text, "CURLINFO_PRIMARY_IP", 32, "7.19.0", "Returns the address of the other end of the last connection.";
    primary_port: number<u16>, "CURLINFO_PRIMARY_PORT", 40, "7.21.0", "Returns the port at the other end of the last connection.";
    local_ip: text, "CURLINFO_LOCAL_IP", 41, "7.21.0", "Returns the address of this end of the last connection.";
    local_port: number<u16>, "CURLINFO_LOCAL_PORT", 42, "7.21.0", "Returns the port at this end of the last connection.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body"))?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.num_connects()?, 1);
    /// transfer.perform()?; // on the same connection
    /// assert_eq!(transfer.num_connects()?, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    num_connects: number<u32>, "CURLINFO_NUM_CONNECTS", 26, "7.12.3", "Returns how many new connections the transfer has made.";
    os_errno: number<i32>, "CURLINFO_OS_ERRNO", 25, "7.12.2", "Returns the system's error number (`errno`) of the last failure to connect, send or receive.";
    scheme: text, "CURLINFO_SCHEME", 49, "7.52.0", "Returns the scheme of the URL that was used last; in upper case in older releases.";
    used_proxy: flag, "CURLINFO_USED_PROXY", 66, "8.7.0", "Returns whether a proxy was used.";
    proxy_error: proxy_error, "CURLINFO_PROXY_ERROR", 59, "7.73.0", "Returns what went wrong with the proxy, if the transfer failed with [`Code::PROXY`](crate::Code::PROXY).";
    conn_id: length, "CURLINFO_CONN_ID", 64, "8.2.0", "Returns the id of the last connection, which is unique in its connection cache; `None` if there was none.";
    xfer_id: length, "CURLINFO_XFER_ID", 63, "8.2.0", "Returns libcurl's id of the transfer, which is unique among the transfers with the same connection cache; `None` before the first transfer.";
    active_socket: socket, "CURLINFO_ACTIVESOCKET", 44, "7.45.0", "Borrows the socket of the last connection; `None` if that connection is not open any more.";
    ssl_verify_result: number<i64>, "CURLINFO_SSL_VERIFYRESULT", 13, "7.5", "Returns the result of OpenSSL, or since libcurl 7.71.0 of GnuTLS, for the server's certificate: zero means success, and with GnuTLS also that nothing was verified. Other TLS libraries leave it zero.";
    proxy_ssl_verify_result: number<i64>, "CURLINFO_PROXY_SSL_VERIFYRESULT", 47, "7.52.0", "Returns the TLS library's result of verifying the proxy's certificate: zero means success.";
    ssl_engines: list, "CURLINFO_SSL_ENGINES", 27, "7.12.3", "Returns the names of the TLS library's crypto engines.";

    // Times, each counted from the start of the transfer
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body"))?;
    /// transfer.perform()?;
    /// assert!(transfer.total_time()? >= transfer.starttransfer_time()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    total_time: time, "CURLINFO_TOTAL_TIME_T", 50, "7.61.0", "Returns how long the whole transfer took.";
    queue_time: time, "CURLINFO_QUEUE_TIME_T", 65, "8.6.0", "Returns how long the transfer waited in the queue before libcurl started it.";
    namelookup_time: time, "CURLINFO_NAMELOOKUP_TIME_T", 51, "7.61.0", "Returns the time until the host name was resolved. If the transfer makes several requests, as after a redirect, their times are added up.";
    connect_time: time, "CURLINFO_CONNECT_TIME_T", 52, "7.61.0", "Returns the time until the connection to the server or proxy was made. If the transfer makes several requests, as after a redirect, their times are added up.";
    appconnect_time: time, "CURLINFO_APPCONNECT_TIME_T", 56, "7.61.0", "Returns the time until the TLS or SSH handshake was done. If the transfer makes several requests, as after a redirect, their times are added up.";
    pretransfer_time: time, "CURLINFO_PRETRANSFER_TIME_T", 53, "7.61.0", "Returns the time until the transfer itself was about to begin, after all commands and negotiations that precede it. If the transfer makes several requests, as after a redirect, their times are added up.";
    posttransfer_time: time, "CURLINFO_POSTTRANSFER_TIME_T", 67, "8.10.0", "Returns the time until the last byte was sent. If the transfer makes several requests, as after a redirect, their times are added up.";
    starttransfer_time: time, "CURLINFO_STARTTRANSFER_TIME_T", 54, "7.61.0", "Returns the time until the first byte was received, or before libcurl 8.3.0 until libcurl began to send a body, if that was earlier. If the transfer makes several requests, as after a redirect, their times are added up.";
    redirect_time: time, "CURLINFO_REDIRECT_TIME_T", 55, "7.61.0", "Returns how long all requests before the last one took, if redirects were followed.";
    }
}

// This information has no method of `Transfer`, since for most rows an option of `Transfer` has the same name.
mod own {
    #[rustfmt::skip]
    infos! { Info:
    http_version: version, "CURLINFO_HTTP_VERSION", 46, "7.50.0", "Returns the version of HTTP that was used.";
    certinfo: certificates, "CURLINFO_CERTINFO", 34, "7.19.1", "Returns the server's certificate chain, its own certificate first, if the option [`certinfo`](crate::Transfer::certinfo) is set. There are none if an open connection was reused, and there may be none if a TLS session was resumed.";
    tls_ssl_ptr: tls, "CURLINFO_TLS_SSL_PTR", 45, "7.48.0", "Returns a pointer to the session object of the TLS library, with OpenSSL an `SSL *`, during a transfer over TLS; `None` at other times.";
    referer: text, "CURLINFO_REFERER", 60, "7.76.0", "Returns the `Referer` of the last request.";
    cainfo: text, "CURLINFO_CAINFO", 61, "7.84.0", "Returns the file of trusted certificates that libcurl was built with.";
    capath: text, "CURLINFO_CAPATH", 62, "7.84.0", "Returns the directory of trusted certificates that libcurl was built with.";
    rtsp_session_id: text, "CURLINFO_RTSP_SESSION_ID", 36, "7.20.0", "Returns the RTSP session id.";
    rtsp_client_cseq: number<u32>, "CURLINFO_RTSP_CLIENT_CSEQ", 37, "7.20.0", "Returns the sequence number (`CSeq`) of the next RTSP request.";
    rtsp_server_cseq: number<u32>, "CURLINFO_RTSP_SERVER_CSEQ", 38, "7.20.0", "Returns the sequence number (`CSeq`) of the next RTSP request from the server.";
    }
}
