//! Pausing and remotes: how to pause, resume and cancel a transfer, also from another thread.
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
//!             Err(TrySendError::Full(_)) => WriteResult::Pause, // libcurl passes the same data again
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
//! drop(transfer); // drops the sender too, so that the consumer ends
//! assert_eq!(consumer.join().expect("it does not panic"), 300_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Pausing
//!
//! - [`write`](Callbacks::write), [`header`](Callbacks::header) and [`frame`](Callbacks::frame) pause receiving by the
//!   answer `Pause`, and [`read`](Callbacks::read) pauses sending. A [`Remote`] pauses either direction with
//!   [`pause`](Remote::pause). The two directions are independent of each other.
//! - After [`WriteResult::Pause`] and a resume, the callback gets all of the data again. After
//!   [`WriteResult::PauseAfter`], it gets only what follows the given number of bytes;
//!   `header` gets the whole line again.
//! - After [`ReadResult::Pause`], libcurl sends nothing of what `read` has put into the buffer.
//! - A paused transfer stays connected. The time of the pause counts towards its [`timeout`](Transfer::timeout).
//!
//! # Resuming
//!
//! Three things resume a direction:
//!
//! | by | suits |
//! | --- | --- |
//! | [`ProgressResult::Resume`], the answer of [`xfer_info`](Callbacks::xfer_info) | a handler that checks by itself whether to resume: libcurl calls `xfer_info` about once a second while no data flows |
//! | [`Remote::resume`] | another thread, or a callback of another transfer; it wakes the driver if that sleeps |
//! | the [`Waker`](std::task::Waker) of [`Remote::waker`] | a source or sink that is polled; `poll(…).into()` answers with a pause while the source is pending |
//!
//! While a method of a handler runs, no other method of that handler is called. So a resume takes effect after the callback
//! has returned, and is not lost if the callback is just about to answer with a pause. First make available what the
//! callback waits for, then resume.
//!
//! # Cancelling
//!
//! [`Remote::cancel`] ends the transfer from any thread and from inside callbacks, usually within milliseconds. The result is
//! [`Error::Cancelled`], unless a callback has failed. A remote stays valid for all runs of its transfer. After the end
//! of a run, its methods do nothing and return `false`, until the transfer begins again or [`Transfer::remote`] is called.
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
//! The flag is needed in a program that performs more than once. After a run has ended, `cancel` returns `false`
//! and is not remembered, until [`Transfer::remote`] is called or the next run begins. A program that performs once
//! needs no flag: a cancel before the transfer begins counts.
//!
//! A time limit needs no thread: use [`timeout`](Transfer::timeout), [`connect_timeout`](Transfer::connect_timeout), or
//! [`low_speed_limit`](Transfer::low_speed_limit) with [`low_speed_time`](Transfer::low_speed_time).
//! The example [`remote_control`](https://docs.rs/crate/curlback/latest/source/examples/remote_control.rs) pauses, resumes and
//! cancels a download by commands from standard input.
//!
//! # Traps
//!
//! - **A paused transfer that nobody resumes waits for ever**, unless [`timeout`](Transfer::timeout) is set. Since libcurl
//!   7.75.0, `low_speed_limit` does not count while a transfer is paused. Make sure that every pause is followed by a
//!   resume or a cancel, even if the consumer has failed.
//! - **`file://` cannot pause.** The transfer fails with [`Code::WRITE_ERROR`] or [`Code::READ_ERROR`].
//! - **A body that the program reads itself needs no pause**: [`Response`] and [`Opened`](agent::Opened) pause the transfer
//!   while the program does not read. Between two reads of a [`Response`], nothing drives the transfer. What a
//!   [`Remote`] asks for then takes effect at the next read: [`cancel`](Remote::cancel) returns `true`, and a read fails
//!   with [`Error::Cancelled`] after the bytes that had come before.
//! - **libcurl 8.5.0** keeps watching the connection of a transfer whose receiving is paused, which keeps the thread busy.
//!   In a [`Multi`] and an [`Agent`], the crate prevents this for most pauses over HTTP/1 and FTP.
//! - **libcurl 7.69.0 to 7.76.1** may corrupt memory when it resumes a transfer that is neither HTTP nor `file://`. With
//!   these releases, the crate does not let such a transfer receive again: it ends the transfer with
//!   [`Error::Unsupported`]. With **libcurl 7.63.0 to 7.68.0**, it does the same if receiving is paused when
//!   something comes over SCP or SFTP, since libcurl may never go on after such a pause.
//! - **HTTP/2 before libcurl 7.88.0, and with 8.0.0 and 8.0.1**: a pause may harm other transfers on the same connection.
//!   So with these releases, transfers share no connection of HTTP/2 at a time.
//! - **WebSocket frames**: before libcurl 8.22.0, if [`frame`](Callbacks::frame) answers with a pause, the transfer fails:
//!   the source of its [`Error::Callback`] is [`Error::Unsupported`]. [`Remote::pause`] can pause a WebSocket with each
//!   release that has WebSockets here.
//! - **A cancel has to wait** while libcurl blocks the thread. [`Remote::cancel`] lists these cases.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Error::Cancelled`] | [`Remote::cancel`], [`Multi::cancel_all`], [`Agent::shutdown`], a dropped [`Started`](agent::Started), or another call that cancels | none: your program has cancelled the transfer |
//! | [`Code::OPERATION_TIMEDOUT`] after a pause | the time of a pause counts towards [`timeout`](Transfer::timeout) | raise the limit, or resume in time |
//! | [`resume`](Remote::resume) or [`cancel`](Remote::cancel) returns `false` | the transfer has already ended | take the result from the driving call |

#[cfg(doc)]
use crate::*;
