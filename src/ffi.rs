//! Everything that is `unsafe`, and the contract that makes it sound.
//!
//! Only these files call functions of libcurl that may call back before they return:
//! `duplicate.rs`, `easy.rs`, `easy/buffers.rs`, `easy/handle.rs`, `easy/hsts.rs`, `easy/renew.rs`,
//! `engine.rs`, `guard.rs`, `pause.rs`, `select.rs`, `share.rs`, `stop.rs`, `upkeep.rs`, `websocket.rs`.
//!
//! Only the files in [`trampolines`] have functions that libcurl calls. `.ci/run lint` compares both
//! statements with the code.
//!
//! Each `unsafe` block argues from one of these invariants, by its name:
//!
//! - **C1, the handle is live**: [`easy::handle::Handle`] holds what `curl_easy_init`
//!   returned, and nothing but its `Drop` gives it to `curl_easy_cleanup`, or to
//!   [`easy::handle::Left`], whose drop does so later.
//! - **C2, user data is the live context**: every data pointer that libcurl
//!   holds is the one address of a `Context<H>`, set together with a
//!   trampoline for the same `H`, in which every owner is invariant; the context
//!   is freed after the handle.
//! - **C3, one borrow**: user code is reached through [`guard::enter`] only,
//!   which hands out `&mut H` while the gate is `Open` and closes it for as
//!   long as that borrow lives. Everything that can make libcurl call back
//!   takes `&mut Easy` or `&mut Core`, so no `&H` is alive then either.
//! - **C4, arguments live for the call**: what libcurl passes to a callback is
//!   valid for the length it states until the callback returns, and every
//!   type made from it borrows for the call.
//! - **C5, what libcurl keeps, we keep**: lists, bodies, URLs, forms, files and the
//!   error buffer are owned beside the handle and freed after it.
//! - **C6, one thread at a time**: a handle is `Send`, never `Sync`; libcurl
//!   calls back on the thread that entered it. What a handle has in common with connections that
//!   another thread may use is protected by S3.
//! - **C7, descriptors change hands**: a socket given to libcurl is its own until
//!   it asks for the close; the registry that takes the socket back lives in the context,
//!   so as long as the connections of its handle.
//! - **C8, a part's reader is live**: the argument of a part that user code fills is the one
//!   address of a `Reader`, which is owned beside the tree of parts, freed after it, and holds
//!   the address of the context (C2). libcurl never owns one. A tree with one is copied only together
//!   with its handle, which the copy replaces.
//! - **M1, the engine is live**: [`engine::Engine`] holds what `curl_multi_init` returned, and
//!   nothing but its `Drop` gives it to `curl_multi_cleanup`, after closing its mailbox. A handle
//!   that is attached to it leaves before either is cleaned up.
//! - **S1, the share is live**: [`share::Shared`] holds what `curl_share_init` returned, and
//!   nothing but the drop of its last owner gives it to `curl_share_cleanup`. Each handle that
//!   has it is one of the owners, until after its own cleanup; the locks are freed after both.
//! - **S2, locks come in pairs**: libcurl unlocks on the thread that locked, in the same call
//!   into it, and uses what several threads share under its lock only, but for S3.
//!   Messages for `debug` wait until no lock is held.
//! - **S3, one thread a pool**: libcurl uses connections, what handles refer to in common with them,
//!   HSTS caches and, with some releases, cookies without a lock. Each call that may do so holds the
//!   locks of their [`pool`]s: the calls of [`engine::Engine`] take an [`pool::Entered`] as the proof.
//!   A handle has references to the connections of one pool at most ([`easy`], `renew.rs`).
#![expect(
    unsafe_code,
    reason = "libcurl is a C library; this is the one module that calls it"
)]

mod announced;
#[cfg(test)]
mod complete;
pub(crate) mod context;
pub(crate) mod deadlines;
mod decode;
pub(crate) mod drive;
pub(crate) mod driver;
mod duplicate;
pub(crate) mod easy;
pub(crate) mod encoding;
pub(crate) mod engine;
mod entry_path;
mod faults;
pub(crate) mod form;
pub(crate) mod guard;
pub(crate) mod headers;
pub(crate) mod info;
mod install;
pub(crate) mod item;
mod list;
mod lock;
pub(crate) mod mailbox;
mod mime;
pub(crate) mod multi;
mod pause;
pub(crate) mod pool;
pub(crate) mod push;
pub(crate) mod read_buf;
mod select;
pub(crate) mod share;
mod sigpipe;
mod socket;
pub(crate) mod ssl_ctx;
mod stop;
pub(crate) mod sys;
mod tls;
mod trampolines;
mod upkeep;
pub(crate) mod url;
pub(crate) mod version;
pub(crate) mod websocket;
