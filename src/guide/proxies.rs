//! Proxies: when libcurl uses one, what the proxy sees, and how libcurl logs in to it.
//!
//! ```
//! use curlback::{Transfer, handlers::Collect};
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # // This server answers as a proxy does: with the request that it would forward.
//! # let proxy = server::http(|request| server::ok(request.split("\r\n").next().unwrap_or_default()))?;
//! let mut transfer = Transfer::new(Collect::new())?;
//! transfer.url("http://example.com/path")?;
//! transfer.proxy(&proxy)?; // "http://127.0.0.1:3128"
//! transfer.noproxy("")?; // else the environment may say that the host needs no proxy
//! transfer.proxy_username("me")?;
//! transfer.proxy_password("secret")?; // not in the URL of the proxy, which ends up in configurations and logs
//! transfer.perform()?;
//! // The proxy, and not libcurl, resolves the name.
//! assert_eq!(transfer.handler().body(), b"GET http://example.com/path HTTP/1.1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # When a proxy is used
//!
//! 1. [`noproxy`](Transfer::noproxy), or else the environment variable `no_proxy` or `NO_PROXY`, names hosts without a
//!    proxy. `*` is every host; an empty value is no host.
//! 2. [`proxy`](Transfer::proxy) names the proxy. An empty value is no proxy, whatever the environment says.
//! 3. Without the option, the environment decides: `http_proxy` for `http://`, `https_proxy` or `HTTPS_PROXY` for
//!    `https://`, and so on for each scheme; then `all_proxy` or `ALL_PROXY`. `HTTP_PROXY` in upper case is ignored, since
//!    a web server sets it from a header of the request.
//!
//! [`unset(Unset::PROXY)`](Transfer::unset) returns to the environment.
//!
//! # Which kind
//!
//! | URL of the proxy | speaks | resolves the host |
//! | --- | --- | --- |
//! | `http://` | HTTP; a tunnel by CONNECT for `https://` and with [`http_proxy_tunnel`](Transfer::http_proxy_tunnel) | the proxy |
//! | `https://` | the same over TLS; needs [`HTTPS_PROXY`](Features::HTTPS_PROXY) | the proxy |
//! | `socks4://`, `socks5://` | SOCKS | libcurl |
//! | `socks4a://`, `socks5h://` | SOCKS | the proxy |
//!
//! [`proxy_type`](Transfer::proxy_type) sets the kind for a URL without a scheme, and [`pre_proxy`](Transfer::pre_proxy) a
//! SOCKS proxy in front of the proxy. An `https://` proxy has TLS options of its own, which begin with `proxy_ssl_` or
//! `proxy_`: [`proxy_cainfo`](Transfer::proxy_cainfo), [`proxy_ssl_verify_peer`](Transfer::proxy_ssl_verify_peer), …
//!
//! # What the proxy sees
//!
//! - For `http://`, the proxy sees the whole request and the answer. For `https://`, it sees the name of the host, the
//!   port, and the number of bytes.
//! - [`http_headers`](Transfer::http_headers) are for the server, and [`proxy_headers`](Transfer::proxy_headers) for the
//!   proxy. Without a tunnel there is one request, which has both.
//! - [`prereq`](Callbacks::prereq) and [`primary_ip`](Transfer::primary_ip) report the address of the proxy.
//!   An [address policy](super::addresses) sees nothing else.
//!
//! # What the callbacks see
//!
//! [`header`](Callbacks::header) also gets the answer to CONNECT, unless
//! [`suppress_connect_headers`](Transfer::suppress_connect_headers) is set. [`final_head`](Callbacks::final_head),
//! [`Response`] and [`Collect`](handlers::Collect) skip it. [`http_connectcode`](Transfer::http_connectcode) is the status
//! of that answer, and [`proxy_error`](Transfer::proxy_error) the reason of a [`Code::PROXY`].
//!
//! # Traps
//!
//! - **The environment applies by default**, also to a test against 127.0.0.1. Tests set `noproxy("*")` or `proxy("")`.
//! - **A port is needed**: without a port, libcurl connects to port 1080 of the proxy, or to 443 for `https://`.
//! - **A password in the URL of the proxy** is not shown by an [`Error`], which removes the credentials from libcurl's
//!   message. Other code that prints the URL shows it.
//! - **FTP through an HTTP proxy becomes HTTP**: FTP's commands need
//!   [`http_proxy_tunnel`](Transfer::http_proxy_tunnel).
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Code::COULDNT_RESOLVE_PROXY`] | the name of the proxy has no address | correct the option or the environment |
//! | [`Code::COULDNT_CONNECT`] with a proxy | the proxy does not listen | [`primary_port`](Transfer::primary_port) says where libcurl connected to |
//! | [`Code::RECV_ERROR`] or [`Code::COULDNT_CONNECT`] after CONNECT | the proxy refuses the tunnel | [`http_connectcode`](Transfer::http_connectcode): 407 asks for credentials |
//! | status 407 as the result | the proxy asks for credentials | [`proxy_username`](Transfer::proxy_username), [`proxy_auth`](Transfer::proxy_auth) |
//! | [`Code::PROXY`] | a SOCKS proxy has failed | [`proxy_error`](Transfer::proxy_error) |
//! | [`Error::Unsupported`] for a [`ProxyType`] | the linked libcurl does not speak it | link another libcurl; nothing was sent |

#[cfg(doc)]
use crate::*;
