//! The unsafe contract: what safe code relies on, and what unsafe code must not do.
//!
//! ```
//! use curlback::{Callbacks, Transfer, WriteResult, callbacks};
//!
//! struct Last(Vec<u8>);
//!
//! #[callbacks]
//! impl Callbacks for Last {
//!     fn write(&mut self, data: &[u8]) -> WriteResult {
//!         self.0 = data.to_vec(); // `data` itself ends with the call, so the handler copies it
//!         WriteResult::Continue
//!     }
//! }
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|_| server::ok("body"))?;
//! let mut transfer = Transfer::new(Last(Vec::new()))?;
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//! let mut moved = Box::new(transfer); // libcurl's pointers lead to the heap, so a transfer may move
//! moved.perform()?;
//! let handler = moved.into_handler(); // drops the transfer, and keeps the handler
//! assert_eq!(handler.0, b"body");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The promise
//!
//! Safe code cannot cause undefined behaviour, whatever its callbacks do: fail, panic, forget a value, drop other
//! transfers, or perform them. The library has `unsafe` code only in the directories `src/ffi` and `src/run`. A comment
//! at each block says why the block is sound; `src/ffi.rs` lists the invariants that these comments name.
//!
//! # What the promise rests on
//!
//! - **One borrow.** Each method that can make libcurl call back takes `&mut self`. While a callback has `&mut` to the
//!   handler, no other code has a reference to the handler.
//! - **Fixed addresses.** libcurl's user data pointers lead to heap allocations, which never move.
//! - **Arguments end with the call.** The lifetime of a callback's borrowed arguments ends with the call. So this does
//!   not compile:
//!
//! ```compile_fail,E0521
//! use curlback::{Callbacks, WriteResult};
//!
//! struct Keep(Option<&'static [u8]>);
//!
//! impl Callbacks for Keep {
//!     fn write(&mut self, data: &[u8]) -> WriteResult {
//!         self.0 = Some(data);
//!         WriteResult::Continue
//!     }
//! }
//! ```
//!
//! - **What libcurl keeps, the crate keeps.** Lists, bodies, URLs, forms and the error buffer live as long as libcurl has
//!   pointers to them.
//! - **Sockets have one owner.** A socket that `open_socket` has returned is either passed to
//!   [`close_socket`](Callbacks::close_socket), once, or closed, once.
//! - **One thread at a time.** A transfer is `Send` if its handler is, and never `Sync`. [Pools](super::sharing) lock the
//!   connections that transfers share.
//! - **No unwinding through C.** A panic is kept in the transfer until libcurl has returned.
//! - **Unknown numbers are safe.** If a newer libcurl passes a number that the crate does not know, the callback gets the
//!   variant `Other`.
//!
//! # What unsafe code must not do
//!
//! | | rule |
//! | --- | --- |
//! | [`Transfer::as_raw`] | Do not clean up the handle, do not perform with it, and do not set the callbacks, their data or the error buffer. A reset, a `perform`, an [`add`](Multi::add) or another proxy may replace the handle. |
//! | [`SslContext::as_raw`] | Use the pointer during the callback only. Its type depends on [`backend`](SslContext::backend). Call only functions of the same copy of the TLS library that libcurl is linked to. |
//! | the raw socket that an [`EventLoop`](multi::EventLoop) gets | Only watch it: do not close it, read from it or write to it. |
//! | the descriptor of a [`Multi`] (`AsFd`) | Only wait for it, by `poll`, `select` or a queue of your own, not by `epoll_wait` with the descriptor itself. |
//! | `curl_global_cleanup`, by other code of the process | Never call it while this crate is in use. |
//! | `fork` | The child must not use transfers of the parent, nor a [`Multi`] of it: two processes would use the same sockets. A transfer that the child gives to an [`Agent`] of the parent ends with an error. |
//! | `curl_global_init`, by other code of the process | It must not run while this crate initialises libcurl: call [`init`] first, while the process has one thread. |
//!
//! # Signals
//!
//! The crate sets `CURLOPT_NOSIGNAL`, so that libcurl never jumps out of a signal handler.
//! While libcurl drives or closes transfers on a thread, `SIGPIPE` is blocked on that thread. If a broken connection
//! raises a `SIGPIPE`, the crate discards that signal. The option [`signal`](Transfer::signal) changes both, and its
//! documentation says how. On the threads of an [`Agent`], the signal is always blocked.
//!
//! # The end of the process
//!
//! `main` may return, or a thread may call [`exit`](std::process::exit), while other threads run transfers. OpenSSL would
//! then free what these threads still use, so the crate initialises OpenSSL in such a way that it frees nothing at the end
//! of a process. On Linux, Android and FreeBSD, the crate does this before `main`. It comes too late, or has no effect,
//! in these cases:
//!
//! - Other code has initialised OpenSSL earlier: a library that was loaded before, the program that loads yours as a
//!   plugin, or, on macOS, the crate `curl`.
//! - OpenSSL is older than 1.1.1b, or the process has several copies of it.
//!
//! In these cases, join the threads that perform transfers, and shut the agents down, before the process ends.
//!
//! # How the promise is tested
//!
//! The tests run over real sockets, on several releases of libcurl, under AddressSanitizer and valgrind, and in part under
//! ThreadSanitizer. A random search performs, pauses, fails, panics and drops in sequences that a seed determines. Fuzz
//! targets decode what servers send. Models of the locks run their threads in every order. `tests/CORPUS.md` lists
//! ways in which a binding of libcurl can break, each with its test or with the reason why it cannot occur.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Error::Option`]: "a callback must not wait for it" | a call inside a callback would have to wait for a lock that another thread holds | make the call outside of the callback |
//! | a crash | a fault of libcurl, of the crate, or of other `unsafe` code | report it with [`version`](fn@version)`()` and a backtrace |

#[cfg(doc)]
use crate::*;
