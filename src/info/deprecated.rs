//! Deprecated information, each with the newer one that replaces it.

#[rustfmt::skip]
infos! { Info:
    #[deprecated(note = "use `total_time`, which is exact")]
    total_time_f64: double, "CURLINFO_TOTAL_TIME", 3, "7.4.1", "Returns how long the whole transfer took, in seconds.";
    #[deprecated(note = "use `namelookup_time`, which is exact")]
    namelookup_time_f64: double, "CURLINFO_NAMELOOKUP_TIME", 4, "7.4.1", "Returns the time until the host name was resolved, in seconds. If the transfer makes several requests, as after a redirect, their times are added up.";
    #[deprecated(note = "use `connect_time`, which is exact")]
    connect_time_f64: double, "CURLINFO_CONNECT_TIME", 5, "7.4.1", "Returns the time until the connection to the server or proxy was made, in seconds. If the transfer makes several requests, as after a redirect, their times are added up.";
    #[deprecated(note = "use `pretransfer_time`, which is exact")]
    pretransfer_time_f64: double, "CURLINFO_PRETRANSFER_TIME", 6, "7.4.1", "Returns the time until the transfer itself was about to begin, after all commands and negotiations that precede it, in seconds. If the transfer makes several requests, as after a redirect, their times are added up.";
    #[deprecated(note = "use `upload_size`, which is exact")]
    upload_size_f64: double, "CURLINFO_SIZE_UPLOAD", 7, "7.4.1", "Returns how many bytes were uploaded.";
    #[deprecated(note = "use `download_size`, which is exact")]
    download_size_f64: double, "CURLINFO_SIZE_DOWNLOAD", 8, "7.4.1", "Returns how many bytes of the body were downloaded.";
    #[deprecated(note = "use `download_speed`, which is exact")]
    download_speed_f64: double, "CURLINFO_SPEED_DOWNLOAD", 9, "7.4.1", "Returns the average speed of the download, in bytes per second.";
    #[deprecated(note = "use `upload_speed`, which is exact")]
    upload_speed_f64: double, "CURLINFO_SPEED_UPLOAD", 10, "7.4.1", "Returns the average speed of the upload, in bytes per second.";
    #[deprecated(note = "use `content_length_download`, which is exact")]
    content_length_download_f64: double, "CURLINFO_CONTENT_LENGTH_DOWNLOAD", 15, "7.6.1", "Returns the announced size of the download; -1 if it is not known.";
    #[deprecated(note = "use `content_length_upload`, which is exact")]
    content_length_upload_f64: double, "CURLINFO_CONTENT_LENGTH_UPLOAD", 16, "7.6.1", "Returns the announced size of the upload; -1 if it is not known.";
    #[deprecated(note = "use `starttransfer_time`, which is exact")]
    starttransfer_time_f64: double, "CURLINFO_STARTTRANSFER_TIME", 17, "7.9.2", "Returns the time until the first byte was received, in seconds, or before libcurl 8.3.0 until libcurl began to send a body, if that was earlier. If the transfer makes several requests, as after a redirect, their times are added up.";
    #[deprecated(note = "use `redirect_time`, which is exact")]
    redirect_time_f64: double, "CURLINFO_REDIRECT_TIME", 19, "7.9.7", "Returns how long all requests before the last one took, if redirects were followed, in seconds.";
    #[deprecated(note = "use `appconnect_time`, which is exact")]
    appconnect_time_f64: double, "CURLINFO_APPCONNECT_TIME", 33, "7.19.0", "Returns the time until the TLS or SSH handshake was done, in seconds. If the transfer makes several requests, as after a redirect, their times are added up.";
    #[deprecated(note = "use `active_socket`, which also fits the sockets of Windows")]
    last_socket: raw_socket, "CURLINFO_LASTSOCKET", 29, "7.15.2", "Returns the number of the last connection's socket; `None` if that connection is not open any more.";
    #[deprecated(note = "use `tls_ssl_ptr`, which has the session itself")]
    tls_session: tls, "CURLINFO_TLS_SESSION", 43, "7.34.0", "Returns a pointer to the context of the TLS library, with OpenSSL an `SSL_CTX *`, during a transfer over TLS; `None` at other times.";
    #[deprecated(note = "use `scheme`, which knows the protocols that have no number")]
    protocol: protocol, "CURLINFO_PROTOCOL", 48, "7.52.0", "Returns the protocol that was used last.";
}
