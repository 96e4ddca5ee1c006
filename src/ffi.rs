//! Rust's owners and borrowed views of libcurl's objects, and the contract that makes all `unsafe` code
//! sound.
//!
//! `unsafe` code is here and in [`run`](crate::run). Only these files call functions of libcurl
//! that may call back before they return: `ffi/select.rs`, `ffi/share.rs`, `ffi/sleep.rs`,
//! `ffi/websocket.rs`, `run/duplicate.rs`, `run/easy.rs`, `run/easy/buffers.rs`,
//! `run/easy/fresh_connect.rs`, `run/easy/handle.rs`, `run/easy/hsts.rs`, `run/easy/renew.rs`,
//! `run/engine.rs`, `run/guard.rs`, `run/pause.rs`, `run/stop.rs`, `run/upkeep.rs`,
//! `run/websocket.rs`.
//!
//! The functions that libcurl calls are in `run/trampolines.rs` and in the files of
//! `run/trampolines/`. `.ci/run lint` compares this sentence and the list above with the code.
//!
//! `SAFETY:` comments name these invariants, unless a promise of the caller or the manual of the called
//! function is enough:
//!
//! - **C1, the handle is live**: [`EasyHandle`](crate::run::easy::handle::EasyHandle) owns an easy
//!   handle. The drop of this owner calls `curl_easy_cleanup`, unless another `EasyHandle` or a
//!   [`DeferredHandle`](crate::run::easy::handle::DeferredHandle) has become the owner: then the
//!   drop of the new owner calls it. A pushed handle that libcurl has given up is disowned instead.
//! - **C2, user data is the live context**: every data pointer that a callback of a handle gets, except
//!   those of C7 and C8, is the one address of a `Context<H>`, set together with a trampoline for the
//!   same `H`; each owner of a context is invariant in `H`. The context is freed after the handle, or
//!   after the handle has got another context or has lost the callbacks that its cleanup would call. A
//!   trampoline makes a [`Call`](crate::run::context::call::Call) from the pointer, and reaches the
//!   context through the `Call`. In the same way, the data pointers of an engine are the addresses of
//!   [`Guarded`](crate::run::guard::Guarded) values, which are freed after the engine has been cleaned up
//!   or has lost its callbacks.
//! - **C3, one borrow**: trampolines call a handler only through
//!   [`guard::enter`](crate::run::guard::enter), which hands out `&mut H` while the gate is `Open`
//!   and closes the gate for as long as that borrow lives. They call the reader of a part only through
//!   [`guard::pass`](crate::run::guard::pass), which closes the gate in the same way. Code that can
//!   make libcurl call back has `&mut` access to the `Easy`, the `Core` or the `Call`, so no `&H` is
//!   alive then either, and nothing else of the context is borrowed. `ReadBuf` and `WsReply`, which
//!   callbacks get, can make libcurl call back too, but only while the gate is closed.
//! - **C4, arguments live for the call**: what libcurl passes to a callback is valid for the length
//!   that libcurl states until the callback returns. A type made from it borrows for the call, or copies.
//! - **C5, what libcurl keeps, we keep**: lists, bodies, blobs, URLs, forms, files and the error
//!   buffer are owned beside the handle. They are freed after the handle, after libcurl has got
//!   another value for the option, or after a copy has replaced the handle (`run/easy/renew.rs`): the
//!   cleanup of the replaced handle does not read them.
//! - **C6, one thread at a time**: a handle is `Send`, never `Sync`; libcurl calls back on the
//!   thread that entered it. Data that a handle shares with connections is protected by S3, since
//!   another thread may use these connections.
//! - **C7, descriptors change hands**: libcurl owns a socket from `open_socket` until it closes the
//!   socket or passes the socket to the close-socket callback. The registry that takes the socket back
//!   lives as long as the connections: whoever owns the engine also owns the registry.
//! - **C8, a part's reader is live**: the data pointer of a part that user code fills is the one
//!   address of a `PartReader`, which is owned beside the tree of parts, freed after the tree, and
//!   holds the address of the context (C2). libcurl never owns a reader. A tree with a reader is
//!   copied only together with its handle, and then the copy of the handle replaces the original.
//! - **M1, the engine is live**: [`Engine`](crate::run::engine::Engine) owns what `curl_multi_init`
//!   returned. Its drop closes its mailbox and calls `curl_multi_cleanup`, unless
//!   [`DeferredEngine`](crate::run::engine::DeferredEngine) has become the owner: then the mailbox
//!   is closed already, and the drop of the new owner calls `curl_multi_cleanup`. A handle that is
//!   attached to an engine is detached before either is cleaned up.
//! - **S1, the share is live**: [`share::ShareHandle`] owns what `curl_share_init` returned. The drop
//!   of its last owner calls `curl_share_cleanup`, or leaves this call to the thread that holds the lock
//!   of the share's pool. Each handle that uses the share is one of the owners until after its own
//!   cleanup; the locks are freed after the share.
//! - **S2, locks come in pairs**: libcurl unlocks on the thread that locked, in the same call into
//!   libcurl. libcurl uses shared data only while it holds the lock of that data, except for S3.
//!   Messages for `debug` wait until no lock is held.
//! - **S3, one thread per pool**: libcurl uses connections, the reference counts that handles share
//!   with connections, HSTS caches and, with some releases, cookies without a lock. Each call that
//!   may do so holds the locks of their [`pool`]s: such methods of `Engine` take a
//!   [`pool::Entered`] as the proof. A wait (`ffi/sleep.rs`) needs no lock, because no other engine uses
//!   a connection while a transfer of this engine uses it. A handle has references to the connections of
//!   at most one pool (`run/easy/renew.rs`).
#![expect(
    unsafe_code,
    reason = "libcurl is a C library; this module owns its things, and `run` calls it"
)]

pub(crate) mod attempt;
pub(crate) mod blob;
pub(crate) mod c_text;
pub(crate) mod decode;
pub(crate) mod encoding;
pub(crate) mod error_text;
pub(crate) mod fork;
pub(crate) mod form;
pub(crate) mod headers;
pub(crate) mod info;
pub(crate) mod init;
pub(crate) mod item;
pub(crate) mod list;
pub(crate) mod lock;
#[cfg(unix)]
pub(crate) mod poll;
pub(crate) mod pool;
pub(crate) mod push_headers;
pub(crate) mod read_buf;
pub(crate) mod select;
pub(crate) mod share;
pub(crate) mod sigpipe;
pub(crate) mod sleep;
pub(crate) mod socket;
pub(crate) mod ssl_ctx;
pub(crate) mod sys;
pub(crate) mod url;
pub(crate) mod version;
pub(crate) mod websocket;
