//! Options: how host names are resolved.

#[rustfmt::skip]
options! { "names of hosts";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// # let own = server::http(|request| server::ok(request))?;
    /// # let port = own.rsplit(':').next().unwrap_or_default();
    /// transfer.resolve([format!("example.com:{port}:127.0.0.1")])?;
    /// transfer.url(&format!("http://example.com:{port}/"))?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Host: example.com:")); // what the server on 127.0.0.1 has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    resolve: list, "CURLOPT_RESOLVE", 203, "7.21.3", "Sets the addresses of hosts, which libcurl then does not resolve: `host:port:address,address`. libcurl puts them into its cache of addresses. There, they remain after a reset, and other transfers of the same [`Multi`](crate::Multi), [`Agent`](crate::Agent) or [`Share`](crate::Share) may use them. `-host:port` removes them.";
    dns_cache_timeout: forever, "CURLOPT_DNS_CACHE_TIMEOUT", 92, "7.9.3", "Sets how long the address of a host is kept after it was resolved; 60 seconds by default. `None` means forever, and zero means not at all. Rounds up to seconds.";
    dns_shuffle_addresses: flag, "CURLOPT_DNS_SHUFFLE_ADDRESSES", 275, "7.60.0", "Tries the addresses of a name in random order; off by default.";
    dns_servers: text, "CURLOPT_DNS_SERVERS", 211, "7.24.0", "Sets the name servers to ask: `address:port`, separated by commas. Needs a libcurl with c-ares.";
    dns_interface: text, "CURLOPT_DNS_INTERFACE", 221, "7.33.0", "Sets the network interface from which name servers are asked. Needs a libcurl with c-ares.";
    dns_local_ip4: text, "CURLOPT_DNS_LOCAL_IP4", 222, "7.33.0", "Sets the IPv4 address from which name servers are asked. Needs a libcurl with c-ares.";
    dns_local_ip6: text, "CURLOPT_DNS_LOCAL_IP6", 223, "7.33.0", "Sets the IPv6 address from which name servers are asked. Needs a libcurl with c-ares.";
    doh_url: text unset DOH_URL, "CURLOPT_DOH_URL", 279, "7.62.0", "Resolves host names over HTTPS with the server of this URL. For the connections to that server, libcurl calls no callback except [`ssl_ctx`](crate::Callbacks::ssl_ctx). Unsupported with libcurl 8.5.0 to 8.8.0, which crash when a transfer ends before the DNS answer.";
    doh_ssl_verify_peer: flag, "CURLOPT_DOH_SSL_VERIFYPEER", 306, "7.76.0", "Checks that the certificate of the server of [`doh_url`](Self::doh_url) is trusted; on by default.";
    doh_ssl_verify_host: verify_host, "CURLOPT_DOH_SSL_VERIFYHOST", 307, "7.76.0", "Checks that the certificate of the server of [`doh_url`](Self::doh_url) is for its host name; on by default.";
    doh_ssl_verify_status: flag, "CURLOPT_DOH_SSL_VERIFYSTATUS", 308, "7.76.0", "Asks the server of [`doh_url`](Self::doh_url) to prove that its certificate was not revoked; off by default.";
    #[deprecated(note = "it does nothing; share the names between transfers instead")]
    dns_use_global_cache: flag, "CURLOPT_DNS_USE_GLOBAL_CACHE", 91, "7.9.3", "Shares resolved host names in the whole process; no effect since libcurl 7.62.0.";
}
