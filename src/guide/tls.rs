//! TLS: which servers a transfer trusts, how it identifies itself, and what callbacks change about both.
//!
//! ```
//! use curlback::{Code, Transfer, handlers::Collect};
//!
//! # if !curlback::version().has_protocol("https") { return Ok(()); }
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # mod tls_server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/tls_server.rs")); }
//! # let (url, pem) = tls_server::https(|stream| server::answer_all(stream, |_| server::ok("body")))?;
//! # let directory = tempfile::tempdir()?;
//! # let authority = directory.path().join("authority.pem");
//! # std::fs::write(&authority, pem)?;
//! let mut transfer = Transfer::new(Collect::new())?;
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//! // The system's authorities do not know this server.
//! let error = transfer.perform().unwrap_err();
//! assert_eq!(error.code(), Some(Code::PEER_FAILED_VERIFICATION));
//!
//! transfer.cainfo(&authority)?; // a PEM file, instead of the system's authorities
//! transfer.perform()?;
//! assert_eq!(transfer.handler().body(), b"body");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which servers a transfer trusts
//!
//! By default, libcurl checks that an authority of the system vouches for the server, and that the certificate has the
//! name of the host. The system's authorities are those that the linked libcurl was built with; for the bundled libcurl,
//! the crate finds the paths at run time.
//!
//! | trust | set |
//! | --- | --- |
//! | a private authority instead of the system's | [`cainfo`](Transfer::cainfo), [`capath`](Transfer::capath), or [`ssl_cainfo_blob`](Transfer::ssl_cainfo_blob) for PEM in memory (7.77.0) |
//! | a private authority beside the system's | [`SslContext::trust`] in [`ssl_ctx`](Callbacks::ssl_ctx), with OpenSSL |
//! | only certain keys, in addition to the usual checks | [`pinned_public_key`](Transfer::pinned_public_key) |
//! | only certificates that are not revoked | [`crlfile`](Transfer::crlfile), [`ssl_verify_status`](Transfer::ssl_verify_status) |
//!
//! The other options are in the section "Options: TLS" of [`Transfer`]. Each option is for the server; an `https://` proxy
//! has [options of its own](super::proxies).
//!
//! # How a transfer identifies itself
//!
//! [`ssl_cert`](Transfer::ssl_cert) and [`ssl_key`](Transfer::ssl_key) name the files of the client's certificate and key,
//! and [`key_password`](Transfer::key_password) the password of the key. [`ssl_cert_blob`](Transfer::ssl_cert_blob) and
//! [`ssl_key_blob`](Transfer::ssl_key_blob) take both from memory (7.71.0).
//!
//! # The TLS context
//!
//! ```
//! use curlback::{CallbackResult, Callbacks, Error, Hooks, SslContext, Transfer, callbacks};
//!
//! /// Trusts a private authority beside the system's.
//! struct Private { authority: Vec<u8> }
//!
//! #[callbacks]
//! impl Callbacks for Private {
//!     fn ssl_ctx(&mut self, context: &mut SslContext<'_>) -> CallbackResult {
//!         context.trust(&self.authority).into()
//!     }
//! }
//!
//! match Transfer::new(Private { authority: Vec::new() }) {
//!     Ok(transfer) => assert_eq!(transfer.hooks(), Hooks::SSL_CTX),
//!     // A libcurl without TLS, or with a TLS library that has no such context.
//!     Err(error) => assert!(matches!(error, Error::Unsupported { .. })),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - libcurl calls [`ssl_ctx`](Callbacks::ssl_ctx) before the handshake of each new TLS connection: the proxy's, the
//!   server's, the data connections of FTP. A reused connection keeps its context.
//! - What one transfer trusts through its context must not be trusted by others. So the crate turns the cache of
//!   authorities and the resumption of sessions off for a transfer with this callback.
//! - [`SslContext::as_raw`] gives the context of the TLS library away. It is `unsafe`: see [`soundness`](super::soundness).
//!
//! # What is known afterwards
//!
//! [`ssl_verify_result`](Transfer::ssl_verify_result) is the verdict of the TLS library: zero is good.
//! After [`certinfo(true)`](Transfer::certinfo), [`Info::certinfo`] has the certificates of the server.
//! [`appconnect_time`](Transfer::appconnect_time) is the time until the handshake was done.
//!
//! # Traps
//!
//! - **`ssl_verify_peer(false)` lets anybody pose as the server.** With
//!   [`ssl_verify_host(false)`](Transfer::ssl_verify_host), any server with a trusted certificate can pose as this one.
//!   For a test server, trust the authority of that server instead.
//! - **A file of authorities replaces the system's**: [`cainfo`](Transfer::cainfo) is not an addition.
//! - **Another libcurl, other rules.** [`version`](fn@version)`().ssl()` names the TLS library. Ciphers and engines have the
//!   names of that library; some libraries lack some options.
//! - **Two copies of OpenSSL in one process**: [`SslContext::trust`] compares the OpenSSL of libcurl with the one of this
//!   crate, and fails if they differ. `static-ssl` with a shared libcurl is such a case.
//! - **With the feature `rustls`**, some options are [`Error::Unsupported`]: see [`libcurl`](super::libcurl).
//! - **A certificate is checked once per connection**: a connection that is kept, or a session that is resumed, is not
//!   checked again.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Code::PEER_FAILED_VERIFICATION`] | nobody trusted vouches for the server, or its certificate has another name or has expired | [`text`](Error::text) says which; trust the authority, or correct the server |
//! | [`Code::SSL_CACERT_BADFILE`] | the file of authorities cannot be read | correct the path; in a container, install the package `ca-certificates` |
//! | [`Code::SSL_CERTPROBLEM`] | the client's certificate or key cannot be used | check file, type and password |
//! | [`Code::SSL_PINNEDPUBKEYNOTMATCH`] | the server has another key | stop: somebody may be in between |
//! | [`Code::SSL_CONNECT_ERROR`] | the handshake failed | [`verbose`](Transfer::verbose) with a [log](super::logging) shows the messages |
//! | [`TrustError`] as the source | [`SslContext::trust`] has failed | its variants say why |

#[cfg(doc)]
use crate::*;
