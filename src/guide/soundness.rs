//! The unsafe contract: what safe code relies on, and what is out of contract.
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
//! let handler = moved.into_handler(); // and everything may be dropped in any order
//! assert_eq!(handler.0, b"body");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The promise
//!
//! Safe code cannot cause undefined behaviour, whatever its callbacks do: fail, panic, forget a value, drop other
//! transfers, or perform them. `unsafe` code is only in the directories `src/ffi` and `src/run`; each block names the
//! invariant that it relies on, and `src/ffi.rs` lists the invariants.
//!
//! # What the promise rests on
//!
//! - **One borrow.** Everything that can make libcurl call back takes `&mut self`. While a callback has `&mut` to the
//!   handler, no other code has a reference to the handler.
//! - **One address.** libcurl's pointers lead to one allocation, which never moves.
//! - **Arguments end with the call.** Each type that is made from a pointer of libcurl borrows for the callback. This does not
//!   compile:
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
//! - **What libcurl keeps, the crate keeps.** Lists, bodies, URLs, forms and the error buffer live as long as the handle.
//! - **Sockets have one owner.** A descriptor that was given to libcurl comes back once, to
//!   [`close_socket`](Callbacks::close_socket), or is closed once.
//! - **One thread at a time.** A transfer is `Send` if its handler is, and never `Sync`. Connections that transfers share
//!   have [pools](super::sharing).
//! - **No unwinding through C.** A panic waits in the transfer until libcurl has returned.
//! - **No number is guessed.** A value that a later libcurl adds arrives as `Other`, and never as an enum that does not
//!   have it.
//!
//! # What is out of contract
//!
//! | | rule |
//! | --- | --- |
//! | [`Transfer::as_raw`] | Do not clean the handle up, do not perform with it, and leave the callbacks, their data and the error buffer alone. The handle may be another one after a reset, a `perform` or an [`add`](Multi::add). |
//! | [`SslContext::as_raw`] | Use it during the callback only, as the type that [`backend`](SslContext::backend) says, and with the very copy of the TLS library that libcurl is linked to. |
//! | the raw socket of an [`EventLoop`](multi::EventLoop) | Watch it. Do not close it, and do not read from it or write to it. |
//! | the descriptor of a [`Multi`] | Wait for it, and do nothing else. |
//! | `curl_global_cleanup`, by other code of the process | Never call it while this crate is in use. |
//! | `fork` | The child must not use transfers of the parent: two processes would use the same sockets. An [`Agent`] of the parent returns an error in the child. |
//! | `curl_global_init`, by other code at the same time | Call [`init`] first, while the process has one thread. |
//!
//! # Signals
//!
//! libcurl must not jump out of signal handlers, so `CURLOPT_NOSIGNAL` is set.
//! While a thread is inside libcurl, `SIGPIPE` is blocked on that thread, and one that a broken connection raises is
//! discarded. [`signal`](Transfer::signal) has the details.
//!
//! # How the promise is tested
//!
//! The suite runs over real sockets on several releases of libcurl, under AddressSanitizer, in part under
//! ThreadSanitizer and valgrind. A seeded random search performs, pauses, fails, panics and drops. Fuzz targets decode what
//! servers send. Models run the locks in every order. `tests/CORPUS.md` lists the ways in which a binding of libcurl can
//! break, each with its test.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Error::Option`]: "a callback must not wait for it" | a callback would wait for a lock that another thread holds | drive outside of the callback |
//! | a crash | a fault of libcurl, of the crate, or of other `unsafe` code | report it with [`version`](fn@version)`()` and a backtrace |

#[cfg(doc)]
use crate::*;
