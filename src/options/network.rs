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
    url: url, "CURLOPT_URL", 2, "7.1", "Sets the URL of the transfer, which may contain user name and password. A host name outside ASCII needs a libcurl with IDN, and in most builds a UTF-8 locale, which a Rust program does not set by itself. The `xn--` form of the name needs neither. This URL replaces that of [`curlu`](Self::curlu).";
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
    curlu: handle, "CURLOPT_CURLU", 282, "7.63.0", "Sets the URL of the transfer as a parsed [`Url`](crate::Url). This URL replaces that of [`url`](Self::url).";
    path_as_is: flag, "CURLOPT_PATH_AS_IS", 234, "7.42.0", "Sends the path unchanged: `/../` and `/./` are not removed; off by default.";
    default_protocol: text unset DEFAULT_PROTOCOL, "CURLOPT_DEFAULT_PROTOCOL", 238, "7.45.0", "Sets the scheme for a URL without one. By default, libcurl guesses the scheme from the host name.";
    disallow_username_in_url: flag, "CURLOPT_DISALLOW_USERNAME_IN_URL", 278, "7.61.0", "Fails the transfer if there is a user name in the URL of [`url`](Self::url) or of a redirect; off by default.";
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
    protocols_str: schemes, "CURLOPT_PROTOCOLS_STR", 318, "7.85.0", "Allows only these schemes for the URL and for redirects, separated by commas; by default all that libcurl has. Before libcurl 7.85.0, this method sets `CURLOPT_PROTOCOLS`.";
    redir_protocols_str: schemes, "CURLOPT_REDIR_PROTOCOLS_STR", 319, "7.85.0", "Allows only these schemes for redirects, of those that [`protocols_str`](Self::protocols_str) allows. By default HTTP and FTP, each with or without TLS. Before libcurl 8.14.0, which frees addresses that FTP still uses, redirects lead to FTP only if this option allows it. Before libcurl 7.85.0, this method sets `CURLOPT_REDIR_PROTOCOLS`.";
    #[deprecated(note = "use `protocols_str`, which knows the protocols that have no number")]
    protocols: value<Protocols>, "CURLOPT_PROTOCOLS", 181, "7.19.4", "Allows only these schemes for the URL and for redirects.";
    #[deprecated(note = "use `redir_protocols_str`, which knows the protocols that have no number")]
    redir_protocols: value<Protocols>, "CURLOPT_REDIR_PROTOCOLS", 182, "7.19.4", "Allows only these schemes for redirects.";
    port: number<u16>, "CURLOPT_PORT", 3, "7.1", "Sets the port to connect to; 0 means the port of the URL.";
    interface: text unset INTERFACE, "CURLOPT_INTERFACE", 62, "7.3", "Sets the local end of connections: a network interface, an address or a host name.";
    set_local_port: number<u16>, "CURLOPT_LOCALPORT", 139, "7.15.2", "Sets the local port of connections; 0, the default, means any port.";
    local_port_range: number<u16>, "CURLOPT_LOCALPORTRANGE", 140, "7.15.2", "Sets how many local ports are tried, beginning with that of [`set_local_port`](Self::set_local_port).";
    unix_socket_path: path unset UNIX_SOCKET_PATH, "CURLOPT_UNIX_SOCKET_PATH", 231, "7.40.0", "Connects to this Unix socket instead of the URL's host.";
    abstract_unix_socket: text, "CURLOPT_ABSTRACT_UNIX_SOCKET", 264, "7.53.0", "Connects to this abstract Unix socket instead of the URL's host.";
    address_scope: number<u32>, "CURLOPT_ADDRESS_SCOPE", 171, "7.19.0", "Sets the scope id of IPv6 addresses, which is the number of a network interface.";
    ip_resolve: value<IpResolve>, "CURLOPT_IPRESOLVE", 113, "7.10.8", "Sets which kind of address a host name is resolved to, IPv4 or IPv6; both by default.";
    happy_eyeballs_timeout: millis, "CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS", 271, "7.59.0", "Sets how long addresses of one kind, usually IPv6, are tried alone before the other kind is tried beside them; 200 milliseconds by default. Rounds up to milliseconds.";
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
    connect_to: lines, "CURLOPT_CONNECT_TO", 243, "7.49.0", "Connects to another host and port than the URL names: `host:port:other-host:other-port`. An empty `host` or `port` matches all; an empty `other-host` or `other-port` changes nothing.";
    connect_only: choice<ConnectOnly>, "CURLOPT_CONNECT_ONLY", 141, "7.15.2", "Connects, and transfers no body: `true`, `false` or a [`ConnectOnly`]; off by default.";
    haproxyprotocol: flag, "CURLOPT_HAPROXYPROTOCOL", 274, "7.60.0", "Sends HAProxy's PROXY line first; off by default.";
    haproxy_client_ip: line unset HAPROXY_CLIENT_IP, "CURLOPT_HAPROXY_CLIENT_IP", 323, "8.2.0", "Sends HAProxy's PROXY line first, with this as the client's address.";
    tcp_nodelay: flag, "CURLOPT_TCP_NODELAY", 121, "7.11.2", "Sends small pieces of data without waiting for more (no Nagle algorithm); on by default.";
    #[doc(alias = "fast_open")]
    tcp_fastopen: flag, "CURLOPT_TCP_FASTOPEN", 244, "7.49.0", "Sends the first bytes of data with the first packet of the connection; off by default.";
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
    buffer_size: buffer, "CURLOPT_BUFFERSIZE", 98, "7.10", "Sets how many bytes are received at a time, 16,384 at least. The default is 65,536 here, and 16,384 in libcurl. Before libcurl 8.7.0, each transfer has a buffer of its own. So with these releases, the default is 16,384 in a [`Multi`](crate::Multi) and an [`Agent`](crate::Agent), except for transfers that may use HTTP/2. With these releases, the buffer may also be smaller while [`max_recv_speed`](Self::max_recv_speed) is set. libcurl adjusts the size to its limits.";
    upload_buffer_size: buffer, "CURLOPT_UPLOAD_BUFFERSIZE", 280, "7.62.0", "Sets how many bytes are sent at a time, 16,384 at least. The default is 262,144 here, and 65,536 in libcurl. libcurl adjusts the size to its limits. Before libcurl 8.7.0, the buffer may be smaller while [`max_send_speed`](Self::max_send_speed) is set, and it does not grow after the first transfer was performed.";
}
