//! Options: where to connect, and how.

use crate::options::values::network::{ConnectOnly, IpResolve, Protocols};

#[rustfmt::skip]
options! { "the network";
    /// # Examples
    /// ```
    /// use curlback::{Error, Transfer};
    ///
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url("https://example.com/path?query")?;
    /// assert!(matches!(transfer.url("a\0b"), Err(Error::Option { .. })));
    /// # Ok::<(), Error>(())
    /// ```
    url: url, "CURLOPT_URL", 2, "7.1", "Sets the URL to work on. User name and password may be in it. A host name outside ASCII needs a libcurl with IDN, and in most builds a UTF-8 locale, which a Rust program does not set by itself; the `xn--` form of the name needs neither. Takes the place of [`curlu`](Self::curlu).";
    /// # Examples
    /// ```
    /// use curlback::{Error, Transfer, Url, UrlPart};
    ///
    /// # if curlback::Version::linked() < curlback::Version::new(7, 63, 0) { return Ok(()); }
    /// let mut url = Url::new("https://example.com/")?;
    /// url.set(UrlPart::Query, "q=1")?;
    /// assert_eq!(url.get(UrlPart::Host)?.as_deref(), Some("example.com"));
    /// let mut transfer = Transfer::new(())?;
    /// transfer.curlu(url)?;
    /// # Ok::<(), Error>(())
    /// ```
    curlu: handle, "CURLOPT_CURLU", 282, "7.63.0", "Sets the URL to work on, in parts; takes the place of [`url`](Self::url).";
    path_as_is: flag, "CURLOPT_PATH_AS_IS", 234, "7.42.0", "Sends the path as it is, with `/../` and `/./` in it; off by default.";
    default_protocol: text unset DEFAULT_PROTOCOL, "CURLOPT_DEFAULT_PROTOCOL", 238, "7.45.0", "Sets the scheme of URLs that have none; guessed from the host's name by default.";
    disallow_username_in_url: flag, "CURLOPT_DISALLOW_USERNAME_IN_URL", 278, "7.61.0", "Fails the transfer if there is a user name in the URL; off by default.";
    /// # Examples
    /// ```
    /// use curlback::{Code, Transfer};
    ///
    /// let mut transfer = Transfer::new(())?;
    /// transfer.protocols_str("http")?;
    /// transfer.url("file:///etc/passwd")?;
    /// let error = transfer.perform().unwrap_err();
    /// assert_eq!(error.code(), Some(Code::UNSUPPORTED_PROTOCOL));
    /// # Ok::<(), curlback::Error>(())
    /// ```
    protocols_str: schemes, "CURLOPT_PROTOCOLS_STR", 318, "7.85.0", "Limits the schemes of the URL and of redirects to these, separated by commas; all that libcurl has by default. Before libcurl 7.85.0, it sets `CURLOPT_PROTOCOLS`.";
    redir_protocols_str: schemes, "CURLOPT_REDIR_PROTOCOLS_STR", 319, "7.85.0", "Limits the schemes that redirects may lead to, further than [`protocols_str`](Self::protocols_str) does; HTTP and FTP, each with or without TLS, by default. Before libcurl 8.14.0, which frees addresses that FTP still uses, it is HTTP alone by default, and redirects lead to FTP only if this option names FTP. Before libcurl 7.85.0, it sets `CURLOPT_REDIR_PROTOCOLS`.";
    #[deprecated(note = "use `protocols_str`, which knows the protocols that have no number")]
    protocols: value<Protocols>, "CURLOPT_PROTOCOLS", 181, "7.19.4", "Limits the schemes of the URL and of redirects to these.";
    #[deprecated(note = "use `redir_protocols_str`, which knows the protocols that have no number")]
    redir_protocols: value<Protocols>, "CURLOPT_REDIR_PROTOCOLS", 182, "7.19.4", "Limits the schemes that redirects may lead to.";
    port: number<u16>, "CURLOPT_PORT", 3, "7.1", "Sets the port to connect to, instead of the URL's; 0 is the URL's.";
    interface: text unset INTERFACE, "CURLOPT_INTERFACE", 62, "7.3", "Sets the network interface, address or host to send from.";
    set_local_port: number<u16>, "CURLOPT_LOCALPORT", 139, "7.15.2", "Sets the port to send from; 0 is any.";
    local_port_range: number<u16>, "CURLOPT_LOCALPORTRANGE", 140, "7.15.2", "Sets how many ports from [`set_local_port`](Self::set_local_port) on are tried.";
    unix_socket_path: path unset UNIX_SOCKET_PATH, "CURLOPT_UNIX_SOCKET_PATH", 231, "7.40.0", "Connects to this Unix socket instead of the URL's host.";
    abstract_unix_socket: text, "CURLOPT_ABSTRACT_UNIX_SOCKET", 264, "7.53.0", "Connects to this abstract Unix socket instead of the URL's host.";
    address_scope: number<u32>, "CURLOPT_ADDRESS_SCOPE", 171, "7.19.0", "Sets the scope of IPv6 addresses: the number of a network interface.";
    ip_resolve: value<IpResolve>, "CURLOPT_IPRESOLVE", 113, "7.10.8", "Sets which kind of address a host name may stand for; either by default.";
    happy_eyeballs_timeout: millis, "CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS", 271, "7.59.0", "Sets how long IPv6 is tried alone before IPv4 is tried beside it; 200 milliseconds by default. Rounds up to milliseconds.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// # let own = server::http(|request| server::ok(request))?;
    /// # let port = own.rsplit(':').next().unwrap_or_default();
    /// transfer.url("http://example.com/")?;
    /// transfer.connect_to([format!("example.com:80:127.0.0.1:{port}")])?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Host: example.com\r\n")); // what the server on 127.0.0.1 has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    connect_to: lines, "CURLOPT_CONNECT_TO", 243, "7.49.0", "Connects elsewhere: `host:port:other-host:other-port`, each of which may be empty.";
    connect_only: choice<ConnectOnly>, "CURLOPT_CONNECT_ONLY", 141, "7.15.2", "Connects, and sends no request: `true`, `false` or a [`ConnectOnly`]; off by default.";
    haproxyprotocol: flag, "CURLOPT_HAPROXYPROTOCOL", 274, "7.60.0", "Sends HAProxy's PROXY line first; off by default.";
    haproxy_client_ip: line unset HAPROXY_CLIENT_IP, "CURLOPT_HAPROXY_CLIENT_IP", 323, "8.2.0", "Sends HAProxy's PROXY line first, with this as the client's address.";
    tcp_nodelay: flag, "CURLOPT_TCP_NODELAY", 121, "7.11.2", "Sends small pieces without waiting; on by default.";
    #[doc(alias = "fast_open")]
    tcp_fastopen: flag, "CURLOPT_TCP_FASTOPEN", 244, "7.49.0", "Sends the first bytes with the connection's first packet; off by default.";
    tcp_keepalive: flag, "CURLOPT_TCP_KEEPALIVE", 213, "7.25.0", "Probes an idle connection; off by default.";
    tcp_keepidle: secs, "CURLOPT_TCP_KEEPIDLE", 214, "7.25.0", "Sets how long a connection is idle before it is probed; 60 seconds by default. Rounds up to seconds.";
    tcp_keepintvl: secs, "CURLOPT_TCP_KEEPINTVL", 215, "7.25.0", "Sets the time from one probe to the next; 60 seconds by default. Rounds up to seconds.";
    tcp_keepcnt: number<u32>, "CURLOPT_TCP_KEEPCNT", 326, "8.9.0", "Sets how many probes may stay unanswered; 9 by default.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.buffer_size(256 << 10)?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.starts_with("GET "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    buffer_size: buffer, "CURLOPT_BUFFERSIZE", 98, "7.10", "Sets how many bytes are received at a time: 65,536 by default here, 16,384 in libcurl, and no fewer. Before libcurl 8.7.0, where each transfer has a buffer of its own, the default is 16,384 in a [`Multi`](crate::Multi) and an [`Agent`](crate::Agent), except for transfers that may use HTTP/2. libcurl adjusts it to its limits. With libcurl 7.87.0 to 8.4.0, the buffer is smaller while [`max_recv_speed`](Self::max_recv_speed) is set.";
    upload_buffer_size: buffer, "CURLOPT_UPLOAD_BUFFERSIZE", 280, "7.62.0", "Sets how many bytes are sent at a time: 262,144 by default here, 65,536 in libcurl, and no fewer than 16,384. libcurl adjusts it to its limits. Before libcurl 8.7.0, the buffer is smaller while [`max_send_speed`](Self::max_send_speed) is set, and never grows after the first transfer was performed.";
}
