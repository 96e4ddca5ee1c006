//! Sharing and pools: which data transfers share, and when threads wait for each other.
//!
//! ```
//! use curlback::{Share, ShareData, Transfer};
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|request| match request.contains("\r\nCookie: session=7\r\n") {
//! #     true => server::ok("welcome back"),
//! #     false => server::ok("hello").replace("Content", "Set-Cookie: session=7\r\nContent"),
//! # })?;
//! let share = Share::new(ShareData::COOKIES | ShareData::DNS)?;
//! let get = || -> Result<u64, curlback::Error> {
//!     let mut transfer = Transfer::new(())?;
//!     transfer.url(&url)?;
//! #   transfer.noproxy("*")?;
//!     transfer.cookie_file("")?; // turns cookies on for this transfer
//!     transfer.share(&share)?;
//!     transfer.perform()?;
//!     transfer.download_size()
//! };
//! assert_eq!(get()?, 5); // "hello"; the server sets a cookie
//! let second = std::thread::scope(|scope| scope.spawn(get).join().expect("it does not panic"))?;
//! assert_eq!(second, 12); // "welcome back": the cookie was sent
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is shared without a `Share`
//!
//! | | connections | DNS cache | TLS sessions | cookies, HSTS |
//! | --- | --- | --- | --- | --- |
//! | one [`Transfer`], performed again | yes | yes | yes | yes |
//! | transfers of one [`Multi`] | yes | yes | since libcurl 8.12.0 | no |
//! | transfers of an [`Agent`] of one thread | yes | yes | since libcurl 8.12.0 | no |
//! | transfers of an [`Agent`] of several threads | if they are on one thread | yes | yes | no |
//! | transfers that perform alone | no | no | no | no |
//!
//! With libcurl before 8.14.0, a transfer that may use FTP shares no DNS cache in a `Multi` or an agent, and nothing with
//! other threads of an agent.
//!
//! So perform the same transfer again to reuse its connections, and use a `Multi` or an agent for several transfers to one
//! server. A [`Share`] is for sharing cookies, and for transfers on threads of your own.
//!
//! # Rules of a `Share`
//!
//! - [`Share::new`] fixes the kinds of data. [`Share::supported`] returns those that the linked libcurl can share.
//! - [`Transfer::share`] makes a transfer use the share until another share is set or [`unshare`](Transfer::unshare) is
//!   called, even after a [`reset`](Transfer::reset). The transfer keeps the share alive. A clone of a `Share` has the same
//!   data.
//! - To share [`COOKIES`](ShareData::COOKIES), also set [`cookie_file`](Transfer::cookie_file) of each transfer; an empty
//!   path is enough.
//! - Each kind of data has a lock. While libcurl holds such a lock on a thread, no method of a handler runs on that
//!   thread.
//!
//! # How many connections are kept
//!
//! The table lists the owners of connections. When a transfer ends, libcurl counts all connections of their owner,
//! including those in use. If they are more than a limit, libcurl closes the connection that has been idle for the longest
//! time. So with a limit below the number of transfers that run at a time, transfers have to connect again and again.
//!
//! | owner | limit | set it with |
//! | --- | --- | --- |
//! | a [`Transfer`] that performs alone | 5 | [`Transfer::max_connects`] |
//! | a [`Multi`] | four for each transfer in it at that moment | [`Multi::max_connects`] |
//! | a thread of an [`Agent`] | as for a `Multi` | [`Builder::max_connects`](agent::Builder::max_connects) |
//! | a [`Share`] with [`CONNECTIONS`](ShareData::CONNECTIONS) | that of the transfer that ends, if it performs alone, or of its `Multi` | the same methods, for **every** transfer and `Multi` with the share |
//!
//! - **A share needs a limit.** With the default, 5 for all threads together, eight threads with a share connect for most of
//!   their requests. Set [`Transfer::max_connects`] of each transfer to the number of threads or more.
//! - **An agent or a `Multi` whose load varies needs a limit.** The default shrinks with the number of running transfers:
//!   after a burst, a connection of the burst is closed whenever a transfer ends, until their number is within the limit.
//!   Set the limit to the largest number of transfers that run at a time.
//! - libcurl 8.22.0 counts two connections for each transfer of a `Multi` instead of four. With this default, it closes
//!   only connections that have been idle for a second.
//! - [`maxage_conn`](Transfer::maxage_conn) and [`maxlifetime_conn`](Transfer::maxlifetime_conn) limit for how long a
//!   connection can be reused. [`max_total_connections`](Multi::max_total_connections) limits how many connections are open
//!   at a time, and makes transfers wait.
//!
//! # Pools: where threads take turns
//!
//! libcurl does not lock shared connections and HSTS caches well enough for two threads, and 8.11.0 to 8.15.0 do not lock
//! shared cookies well enough either. In libcurl 8.21.0 and later, an easy handle and its connections also share reference
//! counts that are not atomic, even after the handle has left its multi handle. So the following owners of such data have a
//! *pool*. A pool is a lock: every call into libcurl that may use the data holds the lock.
//!
//! ```text
//!  Multi, with libcurl 8.21.0 and later ───────▶ its own pool
//!  Agent thread, with libcurl 8.21.0 and later ▶ its own pool
//!  Share with CONNECTIONS, HSTS or (8.11.0 to 8.15.0) COOKIES ──▶ one pool for all its transfers, on any thread
//! ```
//!
//! - While one thread is inside libcurl with a share that has a pool, other threads with the same share wait, even while
//!   that thread runs a callback. While the first thread sleeps until a socket is ready, and not inside a callback, the
//!   others do not wait.
//! - With libcurl 8.21.0 and later, a transfer that has left a `Multi` or an agent still refers to that pool. The transfer
//!   may be dropped on any thread.
//! - A drop does not wait for the lock of a pool: if another thread holds the lock, that thread cleans up when it releases
//!   the lock.
//! - Transfers that perform alone and have no share have no pool, and do not wait for each other.
//!
//! # Traps
//!
//! - **FTP before libcurl 8.14.0**: libcurl frees addresses that a data connection still uses. So FTP is refused with a
//!   share that has [`DNS`](ShareData::DNS), and in a [`Multi`] or an [`Agent`] with any share. Redirects lead to FTP only
//!   if [`redir_protocols_str`](Transfer::redir_protocols_str) allows FTP.
//! - **A callback that blocks**, in a transfer with shared connections, makes every thread with that share wait.
//! - **Deadlock**: if a callback of a transfer with shared connections waits for another thread, and that thread performs
//!   with the same share, both wait for ever.
//! - **A reused connection is not verified again**: libcurl calls neither `ssl_ctx` nor `ssh_key` for it.
//!   [`fresh_connect`](Transfer::fresh_connect) makes a new connection for the first request of a transfer, and
//!   [`forbid_reuse`](Transfer::forbid_reuse) closes the connection after the transfer.
//! - **[`close_socket`](Callbacks::close_socket) cannot be combined with shared connections**: a connection may outlive the
//!   transfer whose callback would be called. [`perform`](Transfer::perform) returns an error.
//! - **The file of [`cookie_jar`](Transfer::cookie_jar)** is written when the `Transfer` is dropped, not when a run has
//!   ended. To write it earlier, call [`cookie_list("FLUSH")`](Transfer::cookie_list).
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Error::Unsupported`] from [`Share::new`] | the linked libcurl cannot share one of the kinds | pass `data & Share::supported()` |
//! | [`Error::Option`] for `CURLOPT_SHARE`, with FTP | before libcurl 8.14.0, FTP excludes a share with addresses, and in a [`Multi`] or an [`Agent`] any share | perform without the share |
//! | [`Error::Option`] for `CURLOPT_SHARE` | a call inside a callback would have to wait for the share | drive the other transfer outside of the callback, or without the share |
//! | [`Error::Option`] for `CURLOPT_CLOSESOCKETFUNCTION` | the transfer has `close_socket` and shared connections | leave one of the two out |
//! | [`Error::Option`] from [`upkeep`](Transfer::upkeep) | other transfers use the shared connections | call `upkeep` when no other transfer runs |

#[cfg(doc)]
use crate::*;
