//! Outcomes, errors and panics: what a callback answers, and what a failed transfer returns.
//!
//! ```
//! use std::io;
//! use curlback::{Callback, Callbacks, Code, Error, Transfer, WriteResult, callbacks};
//!
//! /// Has room for a few bytes.
//! struct Small(Vec<u8>);
//!
//! #[callbacks]
//! impl Callbacks for Small {
//!     fn write(&mut self, data: &[u8]) -> WriteResult {
//!         if self.0.len() + data.len() > 8 {
//!             return WriteResult::Fail(io::Error::from(io::ErrorKind::StorageFull).into());
//!         }
//!         self.0.extend_from_slice(data);
//!         WriteResult::Continue
//!     }
//! }
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|request| match request.contains("/missing") {
//! #     true => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
//! #     false => server::ok("more than eight bytes"),
//! # })?;
//! let mut transfer = Transfer::new(Small(Vec::new()))?;
//! transfer.fail_on_error(true)?; // else a 404 is a success
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//! match transfer.perform() {
//!     Err(Error::Callback { callback, source, .. }) => {
//!         assert_eq!(callback, Callback::Write);
//!         let own: Box<io::Error> = source.downcast().expect("`write` returns no other error");
//!         assert_eq!(own.kind(), io::ErrorKind::StorageFull);
//!     }
//!     other => panic!("{other:?}"),
//! }
//!
//! // The transfer stays usable.
//! transfer.url(&format!("{url}/missing"))?;
//! let error = transfer.perform().unwrap_err();
//! assert_eq!(error.code(), Some(Code::HTTP_RETURNED_ERROR));
//! assert_eq!(transfer.response_code()?, 404);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Outcomes
//!
//! Each callback answers with an enum: [`WriteResult`], [`ReadResult`], [`SeekResult`], [`ProgressResult`],
//! [`CallbackResult`] and a few others. The page of each enum says what each variant does. Nearly all have two variants:
//!
//! - `Fail(error)` stops the transfer. The result of the transfer is [`Error::Callback`] with this error as its source.
//! - `Abort` stops the transfer. The result of the transfer is [`Error::Aborted`], which has no source. The enums for
//!   SSH keys have `Reject` instead, with the same effect.
//!
//! [`open_socket`](Callbacks::open_socket) returns a `Result`: an error refuses the address.
//!
//! Most of these enums convert from a `Result`, so a callback can be one expression:
//! `self.file.write_all(data).into()`. To use `?` in a callback, write a function that returns a `Result`, and convert
//! its result.
//!
//! # Errors
//!
//! - **The first failure counts.** After a callback has failed, no callback of this transfer is called before its next
//!   [`perform`](Transfer::perform). This includes [`close_socket`](Callbacks::close_socket): the crate closes the socket
//!   without calling it.
//! - **The source is your own value.** [`downcast_ref`](Error::downcast_ref) finds it, even if it is the source of
//!   another error or inside an [`io::Error`](std::io::Error). A match on [`Error::Callback`] moves the source out.
//! - **`{}` prints one line without the sources, and `{:#}` adds all sources.** If the error has a URL, both name it
//!   without user name, password, query and fragment.
//! - **`?` converts an [`Error`] into an [`io::Error`](std::io::Error)** with a suitable kind. If a
//!   callback has failed with an `io::Error`, the conversion returns that same `io::Error`.
//! - **If a method that takes the transfer by value fails**, such as [`open`](Transfer::open) or [`Multi::add`], it
//!   returns a [`TransferError`], which [gives the transfer back](TransferError::into_parts).
//!
//! # Panics
//!
//! A panic in a callback does not unwind through libcurl. The transfer stops, and the call that drives it resumes the
//! panic with its payload. For example, that call is `perform`, a call of the [`Multi`], a read of the [`Response`], or
//! the call that waits for a transfer of an [`Agent`]. After `perform` has resumed a panic, the transfer can be used
//! again. A [`Response`] owns its transfer: if the panic drops the `Response`, the transfer is dropped, too. If a
//! callback panics while its transfer is dropped, the panic is discarded.
//!
//! ```
//! use std::panic::{AssertUnwindSafe, catch_unwind};
//! use curlback::{Callbacks, Transfer, WriteResult, callbacks};
//!
//! struct Bug(bool);
//!
//! #[callbacks]
//! impl Callbacks for Bug {
//!     fn write(&mut self, _: &[u8]) -> WriteResult {
//!         assert!(!self.0, "a bug");
//!         WriteResult::Continue
//!     }
//! }
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|_| server::ok("body"))?;
//! let mut transfer = Transfer::new(Bug(true))?;
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//! let payload = catch_unwind(AssertUnwindSafe(|| transfer.perform())).unwrap_err();
//! assert_eq!(payload.downcast_ref(), Some(&"a bug"));
//!
//! transfer.handler_mut().0 = false;
//! transfer.perform()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Traps
//!
//! - **A status of 400 or more is a success** for libcurl, unless [`fail_on_error`](Transfer::fail_on_error) is set.
//!   With that option, `write` does not get the body of a response with such a status. To receive the body, leave the
//!   option off and check [`response_code`](Transfer::response_code) afterwards.
//! - **If a callback fails, libcurl's code differs** between callbacks and releases of libcurl. Match the variant of
//!   [`Error`] and its [`callback`](Error::callback) instead of the code.
//! - **libcurl ignores the answer of [`debug`](Callbacks::debug).** A failure of `debug` ends the transfer all the
//!   same: at the next callback of another kind, or when libcurl returns to the driving call.
//! - **An error of [`open_socket`](Callbacks::open_socket) refuses one address.** libcurl tries the next address, and
//!   the transfer fails only if none is left.
//! - **`anyhow`**: to fail with an `anyhow::Error`, convert it by
//!   `error.reallocate_into_boxed_dyn_error_without_backtrace()`. Then [`downcast_ref`](Error::downcast_ref) finds the
//!   error inside it.
//!
//! # What to do on each error
//!
//! | variant | what to do |
//! | --- | --- |
//! | [`Callback`](Error::Callback) | handle your own error, which is the source |
//! | [`Aborted`](Error::Aborted), [`Cancelled`](Error::Cancelled) | nothing: a callback or another part of your program has ended the transfer |
//! | [`Libcurl`](Error::Libcurl) | match [`code`](Error::code): [`COULDNT_RESOLVE_HOST`](Code::COULDNT_RESOLVE_HOST), [`COULDNT_CONNECT`](Code::COULDNT_CONNECT), [`OPERATION_TIMEDOUT`](Code::OPERATION_TIMEDOUT), [`GOT_NOTHING`](Code::GOT_NOTHING), [`SEND_ERROR`](Code::SEND_ERROR) and [`RECV_ERROR`](Code::RECV_ERROR) may be temporary, so try again later if the request may be sent twice; for [`PEER_FAILED_VERIFICATION`](Code::PEER_FAILED_VERIFICATION), see [TLS](super::tls); print the others with [`text`](Error::text) |
//! | [`Option`](Error::Option) | correct the program: an option has an invalid value, or two options exclude each other |
//! | [`Unsupported`](Error::Unsupported) | do without the feature, or link a libcurl that has it: [versions](super::versions) |
//! | [`Multi`](Error::Multi), [`Poll`](Error::Poll) | if a `Multi` or an agent has failed, make another one; for `Poll`, the source says what the system lacks |
//! | [`Agent`](Error::Agent) | start the transfer with another agent: this agent was shut down, has failed, or was made before a `fork` in the parent process |
//! | [`WebSocket`](Error::WebSocket) | see [`WebSocketError`], and [WebSockets](super::websockets) |
//! | [`NotUtf8`](Error::NotUtf8) | use the field `bytes`, which has the value |

#[cfg(doc)]
use crate::*;
