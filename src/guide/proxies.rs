//! Proxies: when libcurl uses one, what the proxy sees, and how libcurl logs in to it.
//!
//! ```
//! use curlback::{Transfer, handlers::Collect};
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # // This server returns the request line that a proxy would forward.
//! # let proxy = server::http(|request| server::ok(request.split("\r\n").next().unwrap_or_default()))?;
//! let mut transfer = Transfer::new(Collect::new())?;
//! transfer.url("http://example.com/path")?;
//! transfer.proxy(&proxy)?; // "http://127.0.0.1:3128"
//! transfer.noproxy("")?; // else the environment may exempt this host from the proxy
//! transfer.proxy_username("me")?;
//! transfer.proxy_password("secret")?; // better than in the URL of the proxy, which may end up in logs
//! transfer.perform()?;
//! // The proxy, and not libcurl, resolves the name.
//! assert_eq!(transfer.handler().body(), b"GET http://example.com/path HTTP/1.1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # When a proxy is used
//!
//! 1. [`noproxy`](Transfer::noproxy) lists the hosts that are reached without a proxy. If it is not set, the environment
//!    variable `no_proxy` or `NO_PROXY` does. `*` means every host, and an empty value means no host.
//! 2. [`proxy`](Transfer::proxy) names the proxy. An empty value means no proxy, whatever the environment says.
//! 3. If neither `proxy` nor [`pre_proxy`](Transfer::pre_proxy) is set, the environment decides: `http_proxy` for
//!    `http://`, `https_proxy` or `HTTPS_PROXY` for `https://`, and so on for each scheme; then `all_proxy` or `ALL_PROXY`.
//!    `HTTP_PROXY` in upper case is ignored: a web server sets this variable for a CGI program, from the client's header
//!    `Proxy`.
//!
//! After [`unset(Unset::PROXY)`](Transfer::unset), the environment decides again, unless `pre_proxy` is set.
//!
//! # Kinds of proxies
//!
//! | URL of the proxy | protocol | who resolves the name of the host |
//! | --- | --- | --- |
//! | `http://` | HTTP for `http://` and `ftp://` hosts (before libcurl 8.21.0, also for `ws://`); for others, with [`connect_to`](Transfer::connect_to), and with [`http_proxy_tunnel`](Transfer::http_proxy_tunnel), a tunnel by CONNECT | the proxy |
//! | `https://` | the same as for `http://`, over TLS; needs [`HTTPS_PROXY`](Features::HTTPS_PROXY) | the proxy |
//! | `socks4://`, `socks5://` | SOCKS | libcurl |
//! | `socks4a://`, `socks5h://` | SOCKS | the proxy |
//!
//! [`proxy_type`](Transfer::proxy_type) sets the kind if the proxy's URL has no scheme. [`pre_proxy`](Transfer::pre_proxy)
//! names a SOCKS proxy by which libcurl connects to the proxy. An `https://` proxy has TLS options of its own, which begin
//! with `proxy_ssl_` or `proxy_`: [`proxy_cainfo`](Transfer::proxy_cainfo), [`proxy_ssl_verify_peer`](Transfer::proxy_ssl_verify_peer), …
//!
//! # What the proxy sees
//!
//! - If the URL of the transfer is `http://`, the proxy sees the whole request and the whole answer. If the URL is
//!   `https://`, the proxy sees the name or address of the host, the port, and the number of bytes.
//! - [`http_headers`](Transfer::http_headers) are for the server, and [`proxy_headers`](Transfer::proxy_headers) for the
//!   proxy. Without a tunnel, libcurl sends one request, which has both.
//! - [`prereq`](Callbacks::prereq) and [`primary_ip`](Transfer::primary_ip) report the address of the proxy. An
//!   [address policy](super::addresses) sees this address, and not that of the server.
//!
//! # What the callbacks see
//!
//! [`header`](Callbacks::header) also gets the answer to CONNECT, unless
//! [`suppress_connect_headers`](Transfer::suppress_connect_headers) is set. [`final_head`](Callbacks::final_head),
//! [`Response`] and [`Collect`](handlers::Collect) skip that answer. [`http_connectcode`](Transfer::http_connectcode)
//! returns its status. If a transfer fails with [`Code::PROXY`] (since libcurl 7.73.0),
//! [`proxy_error`](Transfer::proxy_error) returns the reason.
//!
//! # Traps
//!
//! - **The environment applies by default**, also to a test against 127.0.0.1. In tests, set `noproxy("*")` or `proxy("")`.
//! - **Write the port into the proxy's URL**: without it, libcurl connects to port 1080, or to 443 of an `https://` proxy.
//! - **A password in the URL of the proxy** may end up in a log. An [`Error`] does not show it, since the crate removes the
//!   credentials from libcurl's message. Other code that prints the URL shows the password.
//! - **`ftp://` through an HTTP proxy becomes HTTP**, and FTP's commands are not available, unless
//!   [`http_proxy_tunnel`](Transfer::http_proxy_tunnel) is set. `ftps://` uses a tunnel.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Code::COULDNT_RESOLVE_PROXY`] | the name of the proxy has no address, or libcurl cannot parse the URL of the proxy | correct the option or the environment |
//! | [`Code::COULDNT_CONNECT`] with a proxy | the proxy does not accept the connection, or, before libcurl 7.73.0, the handshake with a SOCKS proxy has failed | check host and port of the proxy: [`text`](Error::text) names them |
//! | [`Code::RECV_ERROR`] or [`Code::COULDNT_CONNECT`] after CONNECT | the proxy refuses the tunnel | look at [`http_connectcode`](Transfer::http_connectcode): 407 means that the proxy asks for credentials |
//! | the status of the response is 407 | the proxy asks for credentials | [`proxy_username`](Transfer::proxy_username), [`proxy_auth`](Transfer::proxy_auth) |
//! | [`Code::PROXY`] | the handshake with a SOCKS proxy has failed | look at [`proxy_error`](Transfer::proxy_error) |
//! | [`Error::Unsupported`] for a [`ProxyType`] | the linked libcurl lacks this kind of proxy | link another libcurl; nothing was sent |

#[cfg(doc)]
use crate::*;
