//! Many transfers: one thread drives them, by a `Multi` alone or by your own event loop.
//!
//! ```
//! use curlback::{Multi, Transfer, handlers::Collect};
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let base = server::http(|request| server::ok(request.split(' ').nth(1).unwrap_or_default()))?;
//! let mut urls = (0..10).map(|number| format!("{base}/{number}"));
//! let start = |url: String| -> Result<Transfer<Collect>, curlback::Error> {
//!     let mut transfer = Transfer::new(Collect::new())?;
//!     transfer.url(&url)?;
//! #   transfer.noproxy("*")?;
//!     Ok(transfer)
//! };
//!
//! let mut multi = Multi::new()?;
//! for url in urls.by_ref().take(3) {
//!     multi.add(start(url)?)?; // three at a time
//! }
//! let (mut bodies, mut failures) = (Vec::new(), Vec::new());
//! multi.run(|multi, _id, mut transfer, result| {
//!     match result {
//!         Ok(()) => bodies.push(transfer.handler_mut().take_body()),
//!         Err(error) => failures.push(error), // the others go on
//!     }
//!     if let Some(url) = urls.next() {
//!         multi.add(start(url)?)?;
//!     }
//!     Ok(())
//! })?;
//! assert_eq!((bodies.len(), failures.len()), (10, 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Multi or Agent
//!
//! | | [`Multi`] | [`Agent`] |
//! | --- | --- | --- |
//! | runs on | the thread that calls it | one or more threads of its own |
//! | handlers | one type, or `Box<dyn AnyCallbacks + Send>` | any `Send + 'static` |
//! | transfers come from | the thread that drives | any thread or task |
//! | the result comes from | [`run`](Multi::run) or [`take_finished`](Multi::take_finished) | the [`Started`](agent::Started) that [`start`](Agent::start) returns |
//! | HTTP/2 push, statistics, your own event loop | yes | no |
//!
//! Both spend most of their time on the transfers that have something to do. But before a transfer begins, libcurl looks
//! at all connections to the same host, so many idle transfers from one host are best given a `Multi` or agent of their
//! own. The transfers of one `Multi`, or of one thread of an agent, share connections and the DNS cache, and with libcurl
//! 8.12.0 and later also TLS sessions. In an agent of several threads, they share TLS sessions with older releases too.
//! The chapter [`pulling`](super::pulling) is about agents.
//!
//! # What drives a `Multi`
//!
//! | the program has | call |
//! | --- | --- |
//! | nothing else to do | [`run`](Multi::run), or [`run_for`](Multi::run_for) with a limit |
//! | a loop of its own | [`perform`](Multi::perform), [`take_finished`](Multi::take_finished), [`poll`](Multi::poll) in turn; [`poll`](Multi::poll) also waits for [other sockets](multi::PollFd) |
//! | tokio | `run_async`, with the feature `tokio` |
//! | a reactor that watches one descriptor | the `AsFd` of the `Multi`, and [`next_timeout`](Multi::next_timeout) |
//! | an event loop that watches each socket by itself | [`EventLoop`](multi::EventLoop) and [`with_event_loop`](Multi::with_event_loop) |
//!
//! From any thread, a [`Waker`](multi::Waker), which [`waker`](Multi::waker) returns, wakes a `Multi` that waits. The examples
//! [`multi_download`](https://docs.rs/crate/curlback/latest/source/examples/multi_download.rs) and
//! [`event_loop`](https://docs.rs/crate/curlback/latest/source/examples/event_loop/main.rs), which uses `mio`, are whole
//! programs.
//!
//! # Which result belongs to which URL
//!
//! [`add`](Multi::add) returns an [`Id`](multi::Id). [`run`](Multi::run) passes the same `Id` with the result, and
//! [`take_finished`](Multi::take_finished) returns it. The `Id` can be the key of a map:
//!
//! ```
//! use std::collections::HashMap;
//! use curlback::{Multi, Transfer, handlers::Collect};
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let base = server::http(|request| server::ok(request.split(' ').nth(1).unwrap_or_default()))?;
//! let mut urls = HashMap::new();
//! let mut multi = Multi::new()?;
//! for name in ["one", "two"] {
//!     let url = format!("{base}/{name}");
//!     let mut transfer = Transfer::new(Collect::new())?;
//!     transfer.url(&url)?;
//! #   transfer.noproxy("*")?;
//!     urls.insert(multi.add(transfer)?, url);
//! }
//! multi.run(|_, id, transfer, result| {
//!     result?;
//!     let url = &urls[&id];
//!     let path = String::from_utf8_lossy(transfer.handler().body());
//!     assert!(url.ends_with(&*path));
//!     Ok(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A handler of your own may hold the URL instead: the result comes with the transfer, and so with its handler.
//! [`effective_url`](Transfer::effective_url) is the URL after redirects, which may be another one.
//!
//! # Rules
//!
//! - [`add`](Multi::add) takes the transfer. [`take_finished`](Multi::take_finished) returns the transfer after its end, and
//!   [`remove`](Multi::remove) before its end. [`cancel_all`](Multi::cancel_all) cancels all transfers.
//! - While a transfer is in a `Multi`, its options cannot be changed. [`get`](Multi::get) and
//!   [`handler_mut`](Multi::handler_mut) give access to its information and to its handler. A [`Remote`] pauses,
//!   resumes and cancels the transfer.
//! - If a callback fails, its error is the result of its own transfer, and the other transfers go on. If a callback panics,
//!   the call that drives resumes the panic once. The other transfers go on when the `Multi` is driven again.
//! - A `Multi` and transfers outside of it may be dropped in any order.
//!
//! # Limits
//!
//! [`max_total_connections`](Multi::max_total_connections) and [`max_host_connections`](Multi::max_host_connections) make
//! transfers wait for their turn; [`Builder`](agent::Builder) has the same options for an agent. The time of the wait counts
//! towards [`timeout`](Transfer::timeout), and towards [`connect_timeout`](Transfer::connect_timeout) if that is set.
//!
//! So a transfer at the end of a long queue may fail with [`Code::OPERATION_TIMEDOUT`] before it has begun. For a list of
//! transfers, add the next transfer when one ends instead, as [`run`](Multi::run) does in the first example. With an
//! agent, take a permit of a semaphore before [`start`](Agent::start), and return the permit afterwards. The time limit
//! then begins with the transfer.
//!
//! The system limits the number of descriptors (`ulimit -n`). The bundled libcurl can only wait for descriptors below 1,024:
//! see [`libcurl`](super::libcurl).
//!
//! # Traps
//!
//! - **If the closure returns an error, [`run`](Multi::run) ends.** `multi.run(|_, _, _, result| result)` stops at the first
//!   transfer that fails. Collect the errors instead, as the example of this page does.
//! - **A callback that blocks** makes all transfers wait.
//! - **A libcurl without [`ASYNCH_DNS`](Features::ASYNCH_DNS)** makes all transfers wait while it resolves a name.
//! - **For a connection that another transfer has made**, libcurl calls neither [`open_socket`](Callbacks::open_socket) nor
//!   [`ssl_ctx`](Callbacks::ssl_ctx) of the transfer that reuses the connection. A handler that filters addresses needs
//!   [`prereq`](Callbacks::prereq), which [`Restricted`](handlers::Restricted) has.
//! - **[`poll`](Multi::poll) returns at once** if no transfer runs, it gets no other sockets, and no
//!   [`Waker`](multi::Waker) exists.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | an error from [`add`](Multi::add) | for example, options that exclude each other | [`into_parts`](TransferError::into_parts) returns the transfer |
//! | an error in the result of a transfer | the transfer has failed | the same as for [`perform`](super::failures) |
//! | [`Error::Poll`] | the system's event queue has failed | drop the `Multi`; the number of descriptors may be exhausted |
//! | [`Error::Multi`], or [`Error::Callback`] from [`socket_action`](Multi::socket_action) | libcurl, or your event loop, has failed | drop the `Multi`. If the event loop has failed, the transfers have ended, and nothing can be added |

#[cfg(doc)]
use crate::*;
