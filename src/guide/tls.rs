//! TLS: which servers a transfer trusts, how it identifies itself, and how a callback changes both.
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
//! // No authority of the system has signed the certificate of this server.
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
//! By default, libcurl checks that an authority of the system has signed the server's certificate, and that the certificate
//! has the name of the host. The libcurl of a distribution was built with the paths of the system's authorities. The
//! bundled libcurl was built without them, so the crate finds the file of the system's authorities at run time. It takes
//! their directory too if there is no file, or if the variable `SSL_CERT_DIR` of the environment names the directory.
//!
//! | trust | set |
//! | --- | --- |
//! | a private authority instead of the system's | [`cainfo`](Transfer::cainfo), [`capath`](Transfer::capath), or [`ssl_cainfo_blob`](Transfer::ssl_cainfo_blob) for PEM in memory (7.77.0); with a libcurl of a distribution also [`no_capath`](Transfer::no_capath) |
//! | a private authority beside the system's | [`SslContext::trust`] in [`ssl_ctx`](Callbacks::ssl_ctx), with OpenSSL |
//! | only certain keys, in addition to the usual checks | [`pinned_public_key`](Transfer::pinned_public_key) |
//! | only certificates that are not revoked | [`crlfile`](Transfer::crlfile), [`ssl_verify_status`](Transfer::ssl_verify_status) |
//!
//! The section "Options: TLS" of [`Transfer`] has the other options. All of these are for the server. An `https://` proxy
//! has [options of its own](super::proxies).
//!
//! # How a transfer identifies itself
//!
//! [`ssl_cert`](Transfer::ssl_cert) and [`ssl_key`](Transfer::ssl_key) name the files of the client's certificate and key.
//! [`key_password`](Transfer::key_password) sets the password of the key. [`ssl_cert_blob`](Transfer::ssl_cert_blob) and
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
//!     // libcurl has no TLS, or its TLS library has no context that a callback may change.
//!     Err(error) => assert!(matches!(error, Error::Unsupported { .. })),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - libcurl calls [`ssl_ctx`](Callbacks::ssl_ctx) before the handshake of each new TLS connection: to the proxy, to the
//!   server, for the data connections of FTP, and, since libcurl 7.64.1, to the server of
//!   [`doh_url`](Transfer::doh_url). A reused connection keeps its context.
//! - An authority that one transfer trusts through its context must not be trusted by other transfers. So if this callback
//!   is installed, the crate turns off the cache of authorities and the resumption of sessions for the transfer.
//! - [`SslContext::as_raw`] returns the pointer to the context of the TLS library. This method is `unsafe`: see
//!   [`soundness`](super::soundness).
//!
//! # What is known afterwards
//!
//! With OpenSSL, and with GnuTLS since libcurl 7.71.0, [`ssl_verify_result`](Transfer::ssl_verify_result) returns the result
//! of the verification: zero means success. With GnuTLS, it is also zero if [`ssl_verify_peer`](Transfer::ssl_verify_peer)
//! is off. If [`certinfo(true)`](Transfer::certinfo) was set, [`Info::certinfo`] returns the certificates of the
//! server, unless a connection was reused or a TLS session was resumed.
//! [`appconnect_time`](Transfer::appconnect_time) returns the time until the handshake was complete.
//!
//! # Traps
//!
//! - **`ssl_verify_peer(false)` lets anybody pose as the server.** With
//!   [`ssl_verify_host(false)`](Transfer::ssl_verify_host), everybody who has a trusted certificate for any name can pose as
//!   the server. For a test server, trust the authority of that server instead.
//! - **[`cainfo`](Transfer::cainfo) replaces the system's file of authorities**, and does not add to it. The libcurl of a
//!   distribution, such as Debian's, also trusts the system's directory, unless [`no_capath`](Transfer::no_capath) is called.
//! - **Parsing the system's authorities takes long**: with OpenSSL 3 and 140 authorities, about 25 milliseconds of processor
//!   time. libcurl does this for each new connection, unless it keeps the parsed authorities. For that, it has to be 7.87.0
//!   or newer, and the transfer must have no directory of authorities: a libcurl of a distribution usually has one, which
//!   [`no_capath`](Transfer::no_capath) takes away. With a callback `ssl_ctx`, the crate turns the cache off. Before 7.80.0,
//!   the authorities are parsed even if `ssl_verify_peer` is off. The other transfers of a [`Multi`], or of a
//!   thread of an [`Agent`], wait meanwhile. So keep connections, or trust a file of few authorities.
//! - **The TLS library depends on the linked libcurl.** [`version`](fn@version)`().ssl()` names it. Ciphers and engines have
//!   the names of that library. Some libraries lack some options.
//! - **Two copies of OpenSSL in one process**: [`SslContext::trust`] fails if libcurl uses another copy of OpenSSL than this
//!   crate. This happens with the feature `static-ssl` and a shared libcurl.
//! - **With the feature `rustls`**, some options are [`Error::Unsupported`]: see [`libcurl`](super::libcurl).
//! - **A certificate is verified when libcurl makes a new connection.** A kept connection is not verified again. If a new
//!   connection resumes a TLS session, the TLS library does not verify the chain of the certificate again.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Code::PEER_FAILED_VERIFICATION`] | no trusted authority has signed the certificate, or it has another name, has expired or is revoked | [`text`](Error::text) says which; trust the authority, or correct the server |
//! | [`Code::SSL_CACERT_BADFILE`] | the file of authorities cannot be read | correct the path; in a container, install the package `ca-certificates` |
//! | [`Code::SSL_CERTPROBLEM`] | the client's certificate or key cannot be used | check file, type and password |
//! | [`Code::SSL_PINNEDPUBKEYNOTMATCH`] | the server has another key | stop: somebody may be in between |
//! | [`Code::SSL_CONNECT_ERROR`] | the handshake failed | [`verbose`](Transfer::verbose) with a [log](super::logging) shows the messages |
//! | a source that is a [`TrustError`] | [`SslContext::trust`] has failed | the variant of the `TrustError` says why |

#[cfg(doc)]
use crate::*;
