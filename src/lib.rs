//! The callbacks of libcurl's transfers as methods of one trait: sound, typed, and able to fail with your own error.
//!
//! This crate is for programs that need libcurl itself: one of its protocols, one of its more than 250 options, or a
//! decision in the middle of a transfer. The state of a transfer is a value of your own type, its handler. The [guide]
//! has a chapter for each subject. For details of an option or callback, libcurl's manual applies.
//!
//! # A download
//!
//! ```
//! use curlback::{Transfer, handlers::Collect};
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|_| server::ok("body"))?;
//! let mut transfer = Transfer::new(Collect::new().limit(1 << 20))?;
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//! transfer.follow_location(true)?;
//! transfer.fail_on_error(true)?; // else a 404 is a success
//! transfer.perform()?;
//! assert_eq!(transfer.response_code()?, 200);
//! assert_eq!(transfer.handler().body(), b"body");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # An upload, with callbacks
//!
//! Implement [`Callbacks`], under the attribute [`callbacks`](macro@callbacks), for the struct that holds the state of
//! one transfer. Give a value of this struct to [`Transfer::new`], set options, and [`perform`](Transfer::perform):
//!
//! ```
//! use std::{fs::File, io::SeekFrom};
//! use curlback::{
//!     Callbacks, ProgressResult, ReadBuf, ReadResult, SeekResult, Transfer, XferInfo, callbacks,
//! };
//!
//! struct Upload { file: File }
//!
//! #[callbacks]
//! impl Callbacks for Upload {
//!     fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
//!         buffer.fill_from(&mut self.file).into()
//!     }
//!     fn seek(&mut self, to: SeekFrom) -> SeekResult {
//!         std::io::Seek::seek(&mut self.file, to).into()
//!     }
//!     fn xfer_info(&mut self, p: &XferInfo<'_>) -> ProgressResult {
//!         eprint!("\r{} / {}", p.uploaded, p.upload_total);
//!         ProgressResult::Continue
//!     }
//! }
//!
//! # let target = std::env::temp_dir().join(format!("curlback-{}", std::process::id()));
//! # let url = format!("file://{}", target.display());
//! let file = File::open("Cargo.toml")?;
//! let size = file.metadata()?.len();
//! let mut transfer = Transfer::new(Upload { file })?;
//! transfer.url(&url)?;
//! transfer.upload(true)?;
//! transfer.in_filesize(size)?; // else `upload_total` is 0
//! transfer.fail_on_error(true)?;
//! transfer.perform()?; // an io::Error from `read` comes back here, as the source
//! assert_eq!(transfer.upload_size()?, size);
//! # std::fs::remove_file(target)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Push, pull, await
//!
//! There are three ways to receive and send bodies:
//!
//! - **Push**: libcurl calls the handler with each part of a body. This suits a body that is stored, counted or
//!   forwarded at once, and costs least. [`perform`](Transfer::perform) runs a whole transfer in this way.
//! - **Pull**: a parser or decoder reads the body. [`open`](Transfer::open) returns when the headers of the final
//!   response have come, and the [`Response`] implements [`Read`](std::io::Read) and [`BufRead`](std::io::BufRead).
//!   With [`open_upload`](Transfer::open_upload), the program writes a body, and libcurl sends it.
//! - **Await**: programs with many threads or tasks give their transfers to an [`Agent`], which runs them on one or more
//!   threads of its own. A task can await a transfer on any executor.
//!
//! [`Transfer::open_websocket`] makes a [`WebSocket`], which sends and receives whole messages.
//! [`Agent::open_websocket`] makes an [`AsyncWebSocket`](agent::AsyncWebSocket). Apart from bodies, the three ways have
//! the same callbacks, options and information; the page of each call names what the call refuses.
//!
//! ```
//! use std::io::Read;
//! use curlback::{Agent, Transfer, handlers::Closures};
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|_| server::ok("body"))?;
//! let mut transfer = Transfer::new(())?;
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//!
//! // Push: libcurl calls.
//! let mut pushed = Vec::new();
//! transfer.perform_with(Closures::new().write(|data| pushed.extend_from_slice(data)))?;
//!
//! // Pull: the program reads, and the transfer waits meanwhile.
//! let mut pulled = Vec::new();
//! let mut response = transfer.open()?;
//! response.read_to_end(&mut pulled)?;
//! let transfer = response.finish()?; // the connection is kept
//!
//! // Await: an agent runs the transfer. In a task, `.await` takes the place of `.wait()`.
//! let mut awaited = Vec::new();
//! let mut response = Agent::new()?.open(transfer).wait()?;
//! response.read_to_end(&mut awaited)?;
//!
//! assert_eq!((&pushed, &pulled), (&awaited, &awaited));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | push | pull | await |
//! | --- | --- | --- |
//! | `transfer.perform()?`, and `write` is called | `transfer.open()?`, then `response.read(…)` | `agent.open(transfer).await?`, then `response.read(…).await` |
//! | `read` is called for a body to send | `transfer.open_upload()?`, then `upload.write(…)` | `agent.open_upload(transfer)?`, then `writer.write(…).await` |
//! | [`final_head`](Callbacks::final_head) tells when the headers are complete | `open` returns | `open` is ready |
//! | [`frame`](Callbacks::frame) is called for each part of a frame | `transfer.open_websocket()?`, then `socket.receive()` | `agent.open_websocket(transfer).await?`, then `socket.receive().await` |
//! | the transfer runs until it ends | it runs inside your calls, and waits in between | it runs on the agent's thread, and pauses while too much of the body is unread |
//! | many transfers at once: [`Multi`] | one transfer a thread | many transfers, from any thread or task |
//!
//! # How data flows
//!
//! ```text
//!  your code                                  curlback                          libcurl
//!  ────────────────────────────────────────────────────────────────────────────────────────────
//!  transfer.perform() ──────────────────────▶ driver ─────────────────────────▶ curl_multi_… ◀─▶ sockets
//!                                                                                  │
//!  handler.write(data)  ◀──────────────────── guard ◀── trampoline ◀───────────────┤ received
//!  handler.read(buffer) ────────────────────▶ guard ──▶ trampoline ───────────────▶┤ to send
//!       │
//!       │ Fail(error), or a panic
//!       ▼
//!  Err(Error::Callback { source: error, … })  the first failure is kept, and this run calls no further callback
//!
//!  response.read(…)     ◀─ at most 256 KiB ── pipe  ◀── trampoline ◀─ pauses while the pipe is full
//!  upload.write(…)      ── at most 256 KiB ─▶ pipe  ──▶ trampoline ─▶ pauses while the pipe is empty
//!
//!  remote.cancel()      ── from any thread ─▶ mailbox ─▶ wakes the driver
//! ```
//!
//! # Callbacks
//!
//! | libcurl | method | answers |
//! | --- | --- | --- |
//! | `CURLOPT_WRITEFUNCTION` | [`write`](Callbacks::write) | [`WriteResult`] |
//! | `CURLOPT_HEADERFUNCTION` | [`header`](Callbacks::header) | [`WriteResult`] |
//! | none | [`final_head`](Callbacks::final_head) | [`CallbackResult`] |
//! | none | [`done`](Callbacks::done) | [`CallbackResult`] |
//! | `CURLOPT_READFUNCTION` | [`read`](Callbacks::read) | [`ReadResult`] |
//! | `CURLOPT_SEEKFUNCTION` | [`seek`](Callbacks::seek) | [`SeekResult`] |
//! | `CURLOPT_IOCTLFUNCTION` | [`ioctl`](Callbacks::ioctl) | [`IoctlResult`] |
//! | `CURLOPT_DEBUGFUNCTION` | [`debug`](Callbacks::debug) | [`CallbackResult`] |
//! | `CURLOPT_XFERINFOFUNCTION` | [`xfer_info`](Callbacks::xfer_info) | [`ProgressResult`] |
//! | `CURLOPT_PROGRESSFUNCTION` | [`progress`](Callbacks::progress) | [`ProgressResult`] |
//! | `CURLOPT_OPENSOCKETFUNCTION` | [`open_socket`](Callbacks::open_socket) | a socket, or an error |
//! | `CURLOPT_SOCKOPTFUNCTION` | [`sockopt`](Callbacks::sockopt) | [`SockoptResult`] |
//! | `CURLOPT_CLOSESOCKETFUNCTION` | [`close_socket`](Callbacks::close_socket) | [`CallbackResult`] |
//! | `CURLOPT_RESOLVER_START_FUNCTION` | [`resolver_start`](Callbacks::resolver_start) | [`CallbackResult`] |
//! | `CURLOPT_PREREQFUNCTION` | [`prereq`](Callbacks::prereq) | [`CallbackResult`] |
//! | `CURLOPT_SSL_CTX_FUNCTION` | [`ssl_ctx`](Callbacks::ssl_ctx) | [`CallbackResult`] |
//! | `CURLOPT_SSH_KEYFUNCTION` | [`ssh_key`](Callbacks::ssh_key) | [`KhStat`] |
//! | `CURLOPT_SSH_HOSTKEYFUNCTION` | [`ssh_hostkey`](Callbacks::ssh_hostkey) | [`HostKeyResult`] |
//! | `CURLOPT_TRAILERFUNCTION` | [`trailer`](Callbacks::trailer) | [`CallbackResult`] |
//! | `CURLOPT_HSTSREADFUNCTION` | [`hsts_read`](Callbacks::hsts_read) | [`HstsReadResult`] |
//! | `CURLOPT_HSTSWRITEFUNCTION` | [`hsts_write`](Callbacks::hsts_write) | [`CallbackResult`] |
//! | `CURLOPT_CHUNK_BGN_FUNCTION` | [`chunk_begin`](Callbacks::chunk_begin) | [`ChunkResult`] |
//! | `CURLOPT_CHUNK_END_FUNCTION` | [`chunk_end`](Callbacks::chunk_end) | [`CallbackResult`] |
//! | `CURLOPT_FNMATCH_FUNCTION` | [`fnmatch`](Callbacks::fnmatch) | [`FnmatchResult`] |
//! | `CURLOPT_INTERLEAVEFUNCTION` | [`interleave`](Callbacks::interleave) | [`CallbackResult`] |
//! | `curl_ws_meta`, in `CURLOPT_WRITEFUNCTION` | [`frame`](Callbacks::frame), [`ws_raw`](Callbacks::ws_raw) | [`WriteResult`] |
//! | `curl_mime_data_cb` | [`MimeReader`], of each [`Part`] | [`ReadResult`], [`SeekResult`] |
//!
//! Callbacks answer with enums, and `open_socket` with a `Result`, not with numbers that libcurl interprets. If a
//! callback answers `Fail(error)` during `perform`, `perform` returns an [`Error`] that names the callback and has
//! `error` as its source: [`downcast_ref`](Error::downcast_ref) finds the source, and `{:#}` prints it. If a callback
//! panics during `perform`, `perform` resumes the panic. After such an answer or a panic, no callback of the transfer
//! is called before the transfer is performed again. The transfer stays usable.
//!
//! [`handlers`] has ready-made handlers for what most transfers do. [`migration`] helps those who know pycurl, the
//! `curl` crate, reqwest or ureq.
//!
//! # The guide
//!
//! | read | if the program |
//! | --- | --- |
//! | [`guide::state`] | has a handler of its own |
//! | [`guide::failures`] | handles errors |
//! | [`guide::pausing`] | pauses, resumes or cancels |
//! | [`guide::uploads`] | sends bodies |
//! | [`guide::pulling`] | reads and writes bodies, with or without `async` |
//! | [`guide::many`], [`guide::sharing`] | runs many transfers, or shares cookies and connections |
//! | [`guide::addresses`] | fetches URLs of strangers, or opens sockets |
//! | [`guide::tls`], [`guide::ssh`], [`guide::proxies`] | needs private authorities, SFTP or a proxy |
//! | [`guide::protocols`], [`guide::websockets`] | speaks FTP, mail, or WebSockets |
//! | [`guide::logging`] | logs what libcurl does |
//! | [`guide::libcurl`], [`guide::versions`] | is deployed, or has to run with several releases of libcurl |
//! | [`guide::soundness`] | has `unsafe` code of its own near libcurl |
//!
//! Options are set by methods of [`Transfer`], and information is returned by methods of [`Info`].
//! Most methods of `Info` are also methods of `Transfer`. If the `curl` crate has the option or information, the
//! method usually has the same name as in the `curl` crate; otherwise it has libcurl's name. To find a method, search this
//! documentation for `CURLOPT_…` or `CURLINFO_…`.
//!
//! # Who should use another crate
//!
//! - A program that only needs HTTP, and no C library: an HTTP client in Rust builds without libcurl and OpenSSL.
//! - A program that wants an HTTP client with opinions: this crate has no JSON, does not repeat a transfer that has
//!   failed, and follows redirects only if [`follow_location`](Transfer::follow_location) is set.
//! - A server, and WebAssembly.
//!
//! # Which libcurl
//!
//! At run time, the crate asks the linked libcurl for its version and features; [`version`](fn@version) returns them. A
//! method for an option, a callback or an information that the linked libcurl lacks returns [`Error::Unsupported`].
//! Features of this crate choose which libcurl is linked. By default, it is the system's. If none is found that has
//! what these features need, or with the feature `static-curl`, it is the one bundled with `curl-sys`.
//! [`guide::libcurl`] has the details.
//!
//! Other features add to this crate. `futures-io` and `tokio` implement the traits of these crates for the bodies of an
//! [`Agent`], and `tokio` also adds `Multi::run_async`. With `stream`, the received body of an agent is a `Stream`, and
//! its WebSocket is a `Stream` and a `Sink`. `http` converts from and to the types of the crate `http`, `charset`
//! decodes a body to text, and `tracing` adds `handlers::Trace`, which reports to the crate `tracing`.

// docs.rs shows which feature of the crate an item needs, but not which `cfg` of `build.rs`.
#![cfg_attr(docsrs, feature(doc_cfg), doc(auto_cfg(hide(has_pollable_queue))))]

// The attribute `callbacks` writes the path `::curlback`, which has to work inside this crate too.
extern crate self as curlback;

pub use crate::agent::Agent;
pub use crate::callbacks::Callbacks;
pub use crate::callbacks::any::AnyCallbacks;
pub use crate::callbacks::attribute::callbacks;
pub use crate::callbacks::body::{
    IoctlCommand, IoctlResult, PartTaken, ReadResult, SeekResult, WriteResult,
};
pub use crate::callbacks::connect::{Connection, Endpoint};
pub use crate::callbacks::debug::DebugKind;
pub use crate::callbacks::frame::Frame;
pub use crate::callbacks::header::HeaderLine;
pub use crate::callbacks::hsts::{HstsEntry, HstsHostError, HstsIndex, HstsReadResult};
pub use crate::callbacks::interleave::RtpPacket;
pub use crate::callbacks::progress::{Direction, Progress, ProgressResult, XferInfo};
pub use crate::callbacks::result::CallbackResult;
pub use crate::callbacks::socket::{AddressFilter, SockType, SockoptResult};
pub use crate::callbacks::ssh::{HostKeyResult, KhKey, KhMatch, KhStat, KhType};
pub use crate::callbacks::trailer::{TrailerError, Trailers};
pub use crate::callbacks::wildcard::{ChunkResult, FileInfo, FileType, FnmatchResult};
pub use crate::code::Code;
pub use crate::encoding::{url_decode, url_encode};
pub use crate::error::{BoxError, Error, ErrorDetails, WebSocketError};
pub use crate::ffi::attempt::Attempt;
pub use crate::ffi::blob::Blob;
pub use crate::ffi::headers::header::{Header, HeaderOrigin, Headers};
pub use crate::ffi::info::Info;
pub use crate::ffi::info::values::{ActiveSocket, Certificate, ProxyError, TlsSession};
pub use crate::ffi::read_buf::ReadBuf;
pub use crate::ffi::share::data::ShareData;
pub use crate::ffi::socket::address::SocketAddress;
pub use crate::ffi::ssl_ctx::{SslContext, TlsBackend, TrustError};
pub use crate::ffi::url::{Url, UrlFlags, UrlPart};
pub use crate::ffi::websocket::WsReply;
pub use crate::ffi::websocket::fragment::Fragment;
pub use crate::ffi::websocket::frame_kind::FrameKind;
pub use crate::hooks::{Callback, Hooks};
pub use crate::mime::{Encoder, Mime, MimeReader, Part};
pub use crate::multi::Multi;
pub use crate::options::{
    AltSvc, Auth, ConnectOnly, FollowLocation, FtpAuth, FtpCcc, FtpCreateDir, FtpMethod,
    GssapiDelegation, HeaderOpt, Hsts, HttpVersion, HttpsigAlgorithm, IpResolve, MimeOptions,
    NetRc, PostRedirections, Protocols, ProxyType, RtspRequest, SshAuth, SslOptions, SslVersion,
    SslVersions, TimeCondition, Unset, UploadFlags, UseSsl, WsOptions,
};
pub use crate::part_writer::PartWriter;
pub use crate::remote::Remote;
pub use crate::response::Response;
pub use crate::share::Share;
pub use crate::transfer::Transfer;
pub use crate::transfer_error::TransferError;
pub use crate::upload::Upload;
pub use crate::version::{Features, Version, VersionInfo, init, version};
pub use crate::web_socket::close_code::CloseCode;
pub use crate::web_socket::{Close, Message, WebSocket};

// Types of these crates are in the signatures of `open_socket` and of the address policy.
pub use {ipnet, socket2};

// Types of the crate `http` are in the signatures of the methods that convert.
#[cfg(feature = "http")]
pub use ::http;
// `tracing::Span` is in the signature of `handlers::Trace::span`.
#[cfg(feature = "tracing")]
pub use tracing;

// What users hold. The documentation lists the methods of a type in the order of these modules.
pub mod agent;
mod part_writer;
mod perform_with;
mod pipe_writer;
mod pulled;
mod response;
mod transfer;
mod transfer_error;
mod upload;
mod web_socket;

mod info;

pub mod handlers;
mod options;

#[cfg(feature = "charset")]
mod charset;
mod connection;
mod encoding;
#[cfg(feature = "http")]
mod http_types;
pub mod migration;
pub mod multi;
mod remote;
mod share;

// What runs transfers.
mod run;

// What users implement.
mod callbacks;
mod mime;

// Owners and views of libcurl's objects, and the declarations of C.
mod ffi;

// Names and errors.
mod code;
mod error;
mod hooks;
mod id;
mod quirks;
mod version;

mod sync;

pub mod guide;

#[cfg(doctest)]
mod compile_fail;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;

/// Makes the documentation tests compile the program in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
