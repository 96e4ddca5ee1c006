//! Options: proxies.

use crate::options::values::auth::Auth;
use crate::options::values::network::ProxyType;

#[rustfmt::skip]
options! { "proxies";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// # let proxy = server::http(|request| server::ok(request))?;
    /// # transfer.noproxy("")?;
    /// transfer.url("http://example.com/")?;
    /// transfer.proxy(&proxy)?; // "http://127.0.0.1:3128"
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.starts_with("GET http://example.com/ HTTP/1.1\r\n")); // what the proxy has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    proxy: text unset PROXY, "CURLOPT_PROXY", 4, "7.1", "Sets the proxy. An empty string means no proxy, even if the environment names one.";
    pre_proxy: text unset PRE_PROXY, "CURLOPT_PRE_PROXY", 262, "7.52.0", "Sets a SOCKS proxy through which the [`proxy`](Self::proxy) is reached.";
    proxy_port: number<u16>, "CURLOPT_PROXYPORT", 59, "7.1", "Sets the port of a proxy whose URL has none; by default 1080, or 443 for an HTTPS proxy.";
    proxy_type: value<ProxyType>, "CURLOPT_PROXYTYPE", 101, "7.10", "Sets the protocol for a proxy whose URL has no scheme; HTTP by default.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.proxy("http://127.0.0.1:1")?;
    /// transfer.noproxy("localhost,127.0.0.1")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.starts_with("GET / HTTP/1.1\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    noproxy: text unset NOPROXY, "CURLOPT_NOPROXY", 177, "7.19.4", "Sets the hosts that are reached without a proxy, separated by commas; `*` means all hosts.";
    http_proxy_tunnel: flag, "CURLOPT_HTTPPROXYTUNNEL", 61, "7.3", "Tunnels through the HTTP proxy with CONNECT also for `http://` and `ftp://`; off by default. For most other schemes, such as `https://`, libcurl always tunnels.";
    suppress_connect_headers: flag, "CURLOPT_SUPPRESS_CONNECT_HEADERS", 265, "7.54.0", "Does not pass the headers of a proxy's answer to CONNECT to [`header`](crate::Callbacks::header) and [`write`](crate::Callbacks::write); off by default.";
    proxy_headers: headers, "CURLOPT_PROXYHEADER", 228, "7.37.0", "Sets headers for the proxy, as [`http_headers`](Self::http_headers) does for the server.";
    proxy_transfer_mode: flag, "CURLOPT_PROXY_TRANSFER_MODE", 166, "7.18.0", "If an FTP URL is fetched through an HTTP proxy, tells the proxy in the URL whether to transfer text or bytes; off by default.";
    proxy_username: line unset PROXY_USERNAME, "CURLOPT_PROXYUSERNAME", 175, "7.19.1", "Sets the user name for the proxy.";
    proxy_password: line unset PROXY_PASSWORD, "CURLOPT_PROXYPASSWORD", 176, "7.19.1", "Sets the password for the proxy.";
    proxy_userpwd: decoded unset PROXY_USERPWD, "CURLOPT_PROXYUSERPWD", 6, "7.1", "Sets user name and password for the proxy: `name:password`. libcurl percent-decodes both, so a colon in the name has to be written `%3A`.";
    proxy_auth: value<Auth>, "CURLOPT_PROXYAUTH", 111, "7.10.7", "Sets which methods of authentication with the proxy are allowed; [`Auth::BASIC`] by default.";
    proxy_service_name: text unset PROXY_SERVICE_NAME, "CURLOPT_PROXY_SERVICE_NAME", 235, "7.43.0", "Sets the name of the proxy's service in Kerberos; by default `HTTP`, or `rcmd` for SOCKS 5.";
    socks5_auth: socks5, "CURLOPT_SOCKS5_AUTH", 267, "7.55.0", "Sets the methods of authentication with a SOCKS 5 proxy: [`Auth::BASIC`] and [`Auth::NEGOTIATE`], both by default.";
    socks5_gssapi_nec: flag, "CURLOPT_SOCKS5_GSSAPI_NEC", 180, "7.19.4", "Negotiates the protection mode of SOCKS 5 without protection, as NEC's server does; off by default.";
    #[deprecated(note = "use `proxy_service_name`")]
    socks5_gssapi_service: text, "CURLOPT_SOCKS5_GSSAPI_SERVICE", 179, "7.19.4", "Sets the name of a SOCKS 5 proxy's service in Kerberos.";
}
