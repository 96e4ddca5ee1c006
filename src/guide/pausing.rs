//! Pausing and remotes: how a transfer is paused, resumed and cancelled, also from another thread.
//!
//! ```
//! use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
//! use std::thread;
//! use curlback::{Callbacks, Direction, Transfer, WriteResult, callbacks};
//!
//! /// Hands the body to another thread, and pauses while the queue is full.
//! struct Forward(SyncSender<Vec<u8>>);
//!
//! #[callbacks]
//! impl Callbacks for Forward {
//!     fn write(&mut self, data: &[u8]) -> WriteResult {
//!         match self.0.try_send(data.to_vec()) {
//!             Ok(()) => WriteResult::Continue,
//!             Err(TrySendError::Full(_)) => WriteResult::Pause, // the same data comes again
//!             Err(TrySendError::Disconnected(_)) => WriteResult::Abort,
//!         }
//!     }
//! }
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|_| server::ok("x".repeat(300_000)))?;
//! let (sender, receiver) = sync_channel(1);
//! let mut transfer = Transfer::new(Forward(sender))?;
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//! let remote = transfer.remote();
//! let consumer = thread::spawn(move || {
//!     let mut bytes = 0;
//!     while let Ok(part) = receiver.recv() {
//!         bytes += part.len();
//!         remote.resume(Direction::Receive); // there is room again
//!     }
//!     bytes
//! });
//! transfer.perform()?;
//! drop(transfer); // with the sender, so that the consumer ends
//! assert_eq!(consumer.join().expect("it does not panic"), 300_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Pausing
//!
//! - [`write`](Callbacks::write), [`header`](Callbacks::header) and [`read`](Callbacks::read) pause their direction by the
//!   answer `Pause`. A [`Remote`] pauses with [`pause`](Remote::pause). The two directions pause independently of each other.
//! - After [`WriteResult::Pause`], nothing of the data counts as taken: libcurl hands over the same data again.
//!   [`WriteResult::PauseAfter`] counts the first bytes as taken.
//! - After [`ReadResult::Pause`], nothing that was put into the buffer is sent.
//! - A paused transfer stays connected, and its [`timeout`](Transfer::timeout) goes on.
//!
//! # Resuming
//!
//! Three things resume a direction:
//!
//! | by | suits |
//! | --- | --- |
//! | [`ProgressResult::Resume`], the answer of [`xfer_info`](Callbacks::xfer_info) | a handler that looks for itself: libcurl asks about once a second while no data flows |
//! | [`Remote::resume`] | another thread, or a callback of another transfer: at once |
//! | the [`Waker`](std::task::Waker) of [`Remote::waker`] | a source or sink that is polled; `poll(…).into()` answers with a pause while the source is pending |
//!
//! While a method of a handler runs, no other method of that handler is called: a resume takes effect after the callback
//! has returned. So a resume that races with the pause that it answers is not lost. First make available what the
//! callback waits for, then resume.
//!
//! # Cancelling
//!
//! [`Remote::cancel`] ends the transfer with [`Error::Cancelled`], within milliseconds, from any thread and from inside
//! callbacks. A remote is for all runs of its transfer: after the end of a run, its methods do nothing and return
//! `false`, until the transfer begins again or [`Transfer::remote`] is called.
//!
//! ```
//! use std::{net::TcpListener, thread};
//! use curlback::{Error, Transfer};
//!
//! let silent = TcpListener::bind("127.0.0.1:0")?; // never answers
//! let mut transfer = Transfer::new(())?;
//! transfer.url(&format!("http://{}/", silent.local_addr()?))?;
//! # transfer.noproxy("*")?;
//! let remote = transfer.remote();
//! let other = thread::spawn(move || remote.cancel());
//! assert!(matches!(transfer.perform(), Err(Error::Cancelled)));
//! assert!(other.join().expect("it does not panic"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Ctrl-C sends the signal SIGINT, which ends a process at once unless it has a handler. With the crate `ctrlc`, the
//! handler runs on a thread of its own, where it may call [`Remote::cancel`]:
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicBool, Ordering};
//! use curlback::{Error, Transfer};
//!
//! # mod ctrlc { // the user presses Ctrl-C soon
//! #     pub fn set_handler(handler: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
//! #         std::thread::spawn(handler);
//! #         Ok(())
//! #     }
//! # }
//! # let silent = std::net::TcpListener::bind("127.0.0.1:0")?; // never answers
//! # let urls = [0; 3].map(|_| format!("http://{}/", silent.local_addr().unwrap()));
//! let mut transfer = Transfer::new(())?;
//! # transfer.noproxy("*")?;
//! let stop = Arc::new(AtomicBool::new(false));
//! let (flag, remote) = (stop.clone(), transfer.remote());
//! ctrlc::set_handler(move || {
//!     flag.store(true, Ordering::Release); // first, for the loop
//!     remote.cancel(); // then, for the transfer that runs
//! })?;
//!
//! for url in urls {
//!     transfer.url(&url)?;
//!     let _ = transfer.remote(); // from here on, a cancel counts for the next run
//!     if stop.load(Ordering::Acquire) {
//!         break;
//!     }
//!     match transfer.perform() {
//!         Err(Error::Cancelled) => break,
//!         result => result?,
//!     }
//! }
//! assert!(stop.load(Ordering::Acquire));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The flag is needed in a program that performs more than once. Between two runs of a transfer, `cancel` returns `false`,
//! and nothing remembers it. A program that performs once needs no flag: a cancel before the transfer begins counts.
//!
//! For a time limit, use [`timeout`](Transfer::timeout), [`connect_timeout`](Transfer::connect_timeout), or
//! [`low_speed_limit`](Transfer::low_speed_limit) with [`low_speed_time`](Transfer::low_speed_time) instead of a thread.
//! The example [`remote_control`](https://docs.rs/crate/curlback/latest/source/examples/remote_control.rs) pauses, resumes and
//! cancels a download by commands from standard input.
//!
//! # Traps
//!
//! - **A pause that nobody resumes waits for ever**, unless there is a time limit. Every path that pauses needs a
//!   path that resumes: also when the consumer has failed.
//! - **`file://` cannot pause.** The transfer fails with [`Code::WRITE_ERROR`] or [`Code::READ_ERROR`].
//! - **A pulled body has no callbacks to pause**: [`Response`] and [`Opened`](agent::Opened) pause while nobody reads.
//!   Between two reads of a [`Response`], nothing drives the transfer. What a [`Remote`] asks for then takes effect at the
//!   next read: [`cancel`](Remote::cancel) returns `true`, and a read fails with [`Error::Cancelled`] after the bytes that
//!   had come before.
//! - **libcurl 8.5.0** keeps receiving while it is paused in a [`Multi`], and fails the transfer after 64 MiB.
//! - **libcurl 7.69.0 to 7.76.1** may corrupt memory when it resumes a transfer of another protocol than HTTP. With these
//!   releases, the crate does not resume such a transfer: it fails with [`Code::NOT_BUILT_IN`].
//! - **WebSocket frames**: before libcurl 8.22.0, a [`frame`](Callbacks::frame) that pauses fails the transfer with
//!   [`Error::Unsupported`] as the source. [`Remote::pause`] works between frames with every release.
//! - **A cancel has to wait for libcurl** where libcurl blocks the thread. [`Remote::cancel`] lists these cases.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Error::Cancelled`] | [`Remote::cancel`], [`Multi::cancel_all`], [`Agent::shutdown`], a dropped [`Started`](agent::Started) | none: your program has asked for it |
//! | [`Code::OPERATION_TIMEDOUT`] after a pause | [`timeout`](Transfer::timeout) goes on during a pause | raise the limit, or resume in time |
//! | `false` of [`resume`](Remote::resume) or [`cancel`](Remote::cancel) | the transfer has ended, or runs no longer | take the result from the driving call |

#[cfg(doc)]
use crate::*;
