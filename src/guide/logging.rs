//! Logging: what libcurl reports, without passwords, cookies and other secrets.
//!
//! ```
//! use curlback::{Transfer, handlers::{Collect, Log}};
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|_| server::ok("body").replace("Content", "Set-Cookie: id=hidden\r\nContent"))?;
//! let log = Log::new(Vec::new()).hide_header("X-Customer"); // any `Write`: a file, `stderr()`, …
//! let mut transfer = Transfer::new(log.and(Collect::new()))?;
//! transfer.verbose(true)?; // else libcurl reports nothing
//! transfer.url(&format!("{url}/?key=hidden"))?;
//! # transfer.noproxy("*")?;
//! transfer.username("me")?;
//! transfer.password("hidden")?;
//! transfer.http_headers(["X-Customer: hidden"])?;
//! transfer.perform()?;
//! let log = String::from_utf8(transfer.handler().writer().clone())?;
//! assert!(log.contains("> GET /?key=[redacted] HTTP/1.1\n"));
//! assert!(log.contains("> Authorization: Basic [redacted]\n"));
//! assert!(log.contains("> X-Customer: [redacted]\n"));
//! assert!(log.contains("< Set-Cookie: [redacted]\n"));
//! assert!(!log.contains("hidden"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What to use
//!
//! | need | use |
//! | --- | --- |
//! | lines in a file or on a terminal | [`Log`](handlers::Log) |
//! | spans and events of the crate `tracing` | `handlers::Trace`, with the feature `tracing` |
//! | one line per request | [`Info`] after the transfer: [`effective_url`](Transfer::effective_url), [`response_code`](Transfer::response_code), [`total_time`](Transfer::total_time) |
//! | everything, secrets included, while debugging | [`verbose`](Transfer::verbose) and a handler without [`debug`](Callbacks::debug): libcurl prints to standard error |
//! | your own choice of messages | [`debug`](Callbacks::debug), which gets the [`DebugKind`] of each message |
//!
//! ```
//! use curlback::Transfer;
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|_| server::ok("body"))?;
//! let mut transfer = Transfer::new(())?;
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//! transfer.perform()?;
//! let line = format!(
//!     "{} {} bytes in {:?}, {} connections made",
//!     transfer.response_code()?, transfer.download_size()?, transfer.total_time()?, transfer.num_connects()?,
//! );
//! assert!(line.starts_with("200 4 bytes in "));
//! assert!(transfer.starttransfer_time()? <= transfer.total_time()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is hidden
//!
//! [`Log`](handlers::Log#what-is-hidden) lists what `Log` and `Trace` hide. Neither recognises a secret in a path, or in
//! a header with an unusual name. [`hide_header`](handlers::Log::hide_header) adds the name of a header to hide.
//! [`show_query`](handlers::Log::show_query) shows the queries of URLs, which are hidden by default. Bodies are never written.
//!
//! An [`Error`] hides secrets, too. Its [`url`](Error::url) has no user name, password, query or fragment, and its
//! [`text`](Error::text) has no credentials of a proxy. So `{error:#}` prints none of these. But `{error:#}` prints a
//! secret in a path, or in the message of an error of your own callback.
//! [`effective_url`](Transfer::effective_url) returns the whole URL, secrets included.
//!
//! # Traps
//!
//! - **[`verbose`](Transfer::verbose) without a `debug` method** prints to standard error, with passwords, cookies and
//!   keys. So does a handler without the attribute `#[callbacks]`: its [`Hooks::DEBUG`] is set, and the default method prints.
//! - **Your own `debug` method gets everything.** [`DebugKind::HeaderOut`] often has the whole request, credentials
//!   included. Only the data of [`DebugKind::Text`] is always text.
//! - **`debug` is also called outside of a transfer**: while an option is set, and while the transfer is dropped.
//! - **A share may defer messages**: if libcurl writes a message while it holds a lock of a [`Share`], `debug` is called
//!   later.
//! - **`Trace` needs a subscriber** that records the level `DEBUG` of the target `curlback`, and `TRACE` for the numbers of
//!   bytes.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Error::Callback`] from `debug` | the writer of the log has failed, which stops the transfer | perform the transfer again with another writer; a writer that ignores its errors never stops a transfer |
//! | the log is empty | [`verbose`](Transfer::verbose) is off, or [`set_hooks`](Transfer::set_hooks) has removed [`Hooks::DEBUG`] | turn on `verbose`, or set the hook |
//! | a secret in the log | its header has an unusual name | [`hide_header`](handlers::Log::hide_header) |

#[cfg(doc)]
use crate::*;
