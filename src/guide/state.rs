//! Handlers and state: where a transfer keeps its state, and which callbacks are installed in libcurl.
//!
//! ```
//! use curlback::{Callbacks, HeaderLine, Hooks, Transfer, WriteResult, callbacks};
//!
//! /// Counts the lines of a body, and stores its `Content-Type`.
//! #[derive(Default)]
//! struct Lines { count: usize, content_type: Option<Vec<u8>> }
//!
//! #[callbacks]
//! impl Callbacks for Lines {
//!     fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
//!         if line.has_name("Content-Type") {
//!             self.content_type = line.value().map(<[u8]>::to_vec);
//!         }
//!         WriteResult::Continue
//!     }
//!     fn write(&mut self, data: &[u8]) -> WriteResult {
//!         self.count += data.iter().filter(|byte| **byte == b'\n').count();
//!         WriteResult::Continue
//!     }
//! }
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|_| server::ok("one\ntwo\n").replace("Content-L", "Content-Type: text/plain\r\nContent-L"))?;
//! let mut transfer = Transfer::new(Lines::default())?;
//! assert_eq!(transfer.hooks(), Hooks::HEADER | Hooks::WRITE); // the methods of the block, and no others
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//! transfer.perform()?;
//! assert_eq!(transfer.handler().count, 2);
//! assert_eq!(transfer.handler().content_type.as_deref(), Some(&b"text/plain"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The handler owns the state
//!
//! [`Transfer<H>`](Transfer) owns a handler of the type `H`. Each callback is a method of the handler, and gets `&mut self`.
//! So a callback needs no `Rc`, no `RefCell` and no global variable to reach its state.
//!
//! - Between two transfers, [`handler`](Transfer::handler), [`handler_mut`](Transfer::handler_mut) and
//!   [`handler_and_info`](Transfer::handler_and_info) give access to the handler.
//!   [`into_handler`](Transfer::into_handler) drops the `Transfer` and returns the handler.
//! - While a call drives a transfer, the handler is borrowed, so only the callbacks can use the handler. To share data
//!   with other threads, put an `Arc<Mutex<_>>` or the sender of a channel into the handler. To control the transfer
//!   from other threads, use a [`Remote`](super::pausing).
//! - A transfer is [`Send`] if its handler is. Its callbacks run one at a time, on the thread that calls libcurl for
//!   the transfer: to drive it, to set an option, or to drop it.
//! - The handler keeps its state from one transfer to the next. Before you perform the transfer again, rewind the
//!   reader and empty the buffers of the handler.
//! - The borrowed arguments of a callback cannot be kept after the call. A handler that needs the data later copies the
//!   data.
//!
//! # Which callbacks are installed
//!
//! A Rust program cannot find out whether an implementation has replaced a default method. So the attribute
//! [`callbacks`](macro@callbacks) reads the names of the methods in the block, and writes the method
//! [`hooks`](Callbacks::hooks), which returns them. The crate installs these callbacks in libcurl, and those that
//! they need, such as `write` for `final_head`.
//! [`Hooks`] says for each callback what happens without it.
//!
//! - [`set_hooks`](Transfer::set_hooks) changes the set between two transfers. An unset callback is the same as one
//!   that was never implemented.
//! - `()` is a handler without state and without callbacks of its own. With `()`, a received body is thrown away.
//! - Opt-in callbacks, such as [`prereq`](Callbacks::prereq), [`ssl_ctx`](Callbacks::ssl_ctx) and
//!   [`frame`](Callbacks::frame), are not in [`Hooks::default`]. The attribute sets their flags in `hooks`.
//!
//! # Handlers made of handlers
//!
//! Nearly every handler in [`handlers`] implements a few callbacks, and forwards the others to a handler inside it. Its
//! method `and` sets the handler inside. In your own handler, `#[callbacks(to = self.inner)]` forwards the methods that
//! the block does not have.
//!
//! ```
//! use curlback::{Callbacks, ProgressResult, Transfer, XferInfo, callbacks, handlers::Collect};
//!
//! /// Counts how often libcurl reports progress.
//! #[derive(Default)]
//! struct Ticks(u32);
//!
//! #[callbacks]
//! impl Callbacks for Ticks {
//!     fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
//!         self.0 += 1;
//!         ProgressResult::Continue
//!     }
//! }
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|_| server::ok("body"))?;
//! let mut transfer = Transfer::new(Collect::new().and(Ticks::default()))?;
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//! transfer.perform()?;
//! assert_eq!(transfer.handler().body(), b"body");
//! assert!(transfer.handler().inner().0 > 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | need | use |
//! | --- | --- |
//! | the body and the headers in memory | [`Collect`](handlers::Collect), with a [`limit`](handlers::Collect::limit) |
//! | the body in a file, which gets its name when it is complete | [`Download`](handlers::Download) |
//! | the body in any [`Write`](std::io::Write) | [`WriteTo`](handlers::WriteTo) |
//! | a body from a file or another [`Read`](std::io::Read) | [`ReadFrom`](handlers::ReadFrom), [`ReadOnce`](handlers::ReadOnce) |
//! | closures, for a short program | [`Closures`](handlers::Closures) |
//! | a handler that borrows, for one transfer | [`perform_with`](Transfer::perform_with) |
//! | handlers of several types in one [`Multi`] | `Box<dyn AnyCallbacks + Send>`: [`AnyCallbacks`] |
//! | a handler that has its own [`Remote`] | [`new_with_remote`](Transfer::new_with_remote) |
//!
//! # Traps
//!
//! - **A block without the attribute** and without a method `hooks` has the hooks [`Hooks::default`]. Unless
//!   [`set_hooks`](Transfer::set_hooks) installs them, libcurl does not call the opt-in methods of such a block, and neither
//!   the compiler nor the crate reports this.
//! - **A method of your handler hides the same method of the handler inside.** If the handler inside needs the
//!   call, too, your method has to make the call: `self.inner.xfer_info(progress)`.
//! - **`write` does not answer with a number of bytes.** It takes all of the data and returns
//!   [`WriteResult::Continue`], so use [`write_all`](std::io::Write::write_all), and not
//!   [`write`](std::io::Write::write), which may take only a part: `self.file.write_all(data).into()`.
//! - **A callback cannot drive its own transfer**, since the transfer is borrowed. A callback may drive other
//!   transfers.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Error::Unsupported`] from [`Transfer::new`] or [`set_hooks`](Transfer::set_hooks) | the linked libcurl lacks a callback of the handler | link a [newer or fuller libcurl](super::libcurl), or leave the callback out |
//! | [`Error::Option`] from [`perform_with`](Transfer::perform_with) | the transfer's own handler filters addresses or checks keys, and the other handler would bypass it | put [`Restricted`](handlers::Restricted) around the other handler instead, or give it the callbacks that check keys |
//! | the compiler says "is no handler: it does not implement `Callbacks`" | a closure or another type was given as a handler | [`Closures`](handlers::Closures) makes a handler of closures |

#[cfg(doc)]
use crate::*;
