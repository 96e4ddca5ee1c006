//! Pull and await: the program reads and writes bodies itself, instead of in callbacks.
//!
//! ```
//! use std::io::{BufRead, Write};
//! use curlback::Transfer;
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|request| match request.starts_with("PUT") {
//! #     true => server::ok("stored"),
//! #     false => server::ok("one\ntwo\n"),
//! # })?;
//! let mut transfer = Transfer::new(())?;
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//! let mut response = transfer.open()?; // returns when the final headers have arrived
//! assert_eq!(response.status(), 200);
//! let mut line = String::new();
//! response.read_line(&mut line)?; // an error if the body is cut short
//! assert_eq!(line, "one\n");
//! let transfer = response.finish()?; // reads the rest, so that the next request can use the connection
//!
//! let mut upload = transfer.open_upload()?;
//! writeln!(upload, "three")?; // kept until a later call sends it
//! let response = upload.finish()?; // ends the body, and returns the response
//! assert_eq!(response.status(), 200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Push, pull or await
//!
//! | | push | pull | await |
//! | --- | --- | --- | --- |
//! | begins with | [`Transfer::perform`] | [`Transfer::open`], [`Transfer::open_upload`] | [`Agent::start`], [`Agent::open`], [`Agent::open_upload`] |
//! | the body of the response | goes to [`write`](Callbacks::write) | is read from a [`Response`] | is read from an [`Opened`](agent::Opened) |
//! | the transfer runs | inside `perform`, until its end | inside your calls | on the agent's thread |
//! | while the program does not read | – | the transfer stands still | the agent receives until too much is unread, and then pauses the transfer |
//! | transfers that run at the same time | one, or those of a [`Multi`] | one per thread | thousands |
//! | suits | storing and counting, at the least cost | parsers and decoders | programs with threads or tasks |
//!
//! In all three, libcurl calls the callbacks of the handler, with two exceptions. If the program reads the body of the
//! response, `write` is not called. If the program writes the body of the request, `read` and `seek` are not called.
//!
//! # Await
//!
//! An [`Agent`] drives transfers on one or more threads of its own. [`start`](Agent::start) and [`open`](Agent::open)
//! return futures for any executor, and [`open_upload`](Agent::open_upload) returns a writer and a future. Each future also
//! has a method `wait`, which blocks a thread until the result is there.
//!
//! ```
//! use curlback::{Agent, Transfer, handlers::Collect};
//! use futures_lite::AsyncReadExt; // the feature `futures-io`; `tokio` and `stream` have their own traits
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|_| server::ok("body"))?;
//! let agent = Agent::new()?;
//! let get = || -> Result<Transfer<Collect>, curlback::Error> {
//!     let mut transfer = Transfer::new(Collect::new())?;
//!     transfer.url(&url)?;
//! #   transfer.noproxy("*")?;
//!     Ok(transfer)
//! };
//! futures_lite::future::block_on(async {
//!     // Awaits the end of the transfer; `Collect` has the body.
//!     let (transfer, result) = agent.start(get()?).await;
//!     result?;
//!     assert_eq!(transfer.handler().body(), b"body");
//!
//!     // Awaits the final headers, and then reads the body while it arrives.
//!     let mut response = agent.open(get()?).await?;
//!     let mut body = Vec::new();
//!     response.read_to_end(&mut body).await?;
//!     assert_eq!(body, b"body");
//!     Ok::<(), Box<dyn std::error::Error>>(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - **Dropping cancels.** A dropped [`Started`](agent::Started), [`Opening`](agent::Opening) or
//!   [`Opened`](agent::Opened) cancels its transfer at once, unless [`drain_on_drop`](agent::Opened::drain_on_drop) was
//!   called. So a time limit of the executor that owns the future cancels the transfer, and a time limit that only
//!   borrows the future (`&mut started`) does not.
//!   [`Started::detach`](agent::Started::detach) lets the transfer run on.
//! - **You get the transfer back**, with its handler, its options and its information, whether it has succeeded or failed.
//!   Only if a callback has panicked, the transfer is dropped.
//! - **Callbacks run on the agent's thread.** A callback that blocks makes all transfers of that thread wait. The
//!   handler must be `Send + 'static`.
//! - **One agent is usually enough for a program.** A clone of an [`Agent`] uses the same threads. Transfers on one
//!   thread of the agent share their connections.
//!
//! - **Transfers share no cookies** by default. To share cookies, give each transfer a [`Share`]:
//!
//! ```
//! use curlback::{Agent, Share, ShareData, Transfer, handlers::Collect};
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let url = server::http(|request| match request.contains("\r\nCookie: session=7\r\n") {
//! #     true => server::ok("welcome back"),
//! #     false => server::ok("hello").replace("Content", "Set-Cookie: session=7\r\nContent"),
//! # })?;
//! let agent = Agent::new()?;
//! let cookies = Share::new(ShareData::COOKIES)?;
//! let get = || -> Result<Vec<u8>, curlback::Error> {
//!     let mut transfer = Transfer::new(Collect::new())?;
//!     transfer.url(&url)?;
//! #   transfer.noproxy("*")?;
//!     transfer.cookie_file("")?; // this transfer keeps cookies
//!     transfer.share(&cookies)?;
//!     let (mut transfer, result) = agent.start(transfer).wait();
//!     result?;
//!     Ok(transfer.handler_mut().take_body())
//! };
//! assert_eq!(get()?, b"hello"); // and a cookie
//! assert_eq!(get()?, b"welcome back");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The examples
//! [`select_timeout`](https://docs.rs/crate/curlback/latest/source/examples/select_timeout.rs),
//! [`async_downloads`](https://docs.rs/crate/curlback/latest/source/examples/async_downloads.rs),
//! [`async_upload`](https://docs.rs/crate/curlback/latest/source/examples/async_upload.rs) and
//! [`reverse_proxy`](https://docs.rs/crate/curlback/latest/source/examples/reverse_proxy/main.rs) run under tokio;
//! [`pull`](https://docs.rs/crate/curlback/latest/source/examples/pull.rs) and
//! [`shared_agent`](https://docs.rs/crate/curlback/latest/source/examples/shared_agent.rs) need no runtime.
//!
//! # The end of a body
//!
//! - A read into a buffer that is not empty returns 0 only after a complete body. If the protocol does not mark the end of
//!   a body, as in HTTP/1.0 without `Content-Length`, the end of the connection counts. If the body is cut short or the
//!   transfer fails in another way, the reads first return the bytes that have arrived, and then an
//!   [`io::Error`](std::io::Error) whose inner error is the [`Error`].
//! - `finish` receives the rest and keeps the connection. `cancel` closes the connection, or the stream of HTTP/2, at
//!   once, and so does a drop. If [`drain_on_drop(limit)`](agent::Opened::drain_on_drop) was called, the agent first
//!   receives the rest of the body after the drop of the [`Opened`](agent::Opened), up to `limit` bytes.
//! - Call `finish` at the end of a body that you write. If you drop the writer instead, the transfer is cancelled, so that
//!   an HTTP server does not take half a body for the whole.
//!
//! # The error of a read
//!
//! A read fails with an [`io::Error`](std::io::Error). So a function that reads can return
//! [`io::Result`](std::io::Result): `?` also converts an [`Error`] to an `io::Error`. Then
//! [`io::Error::downcast`](std::io::Error::downcast) returns the [`Error`] again:
//!
//! ```
//! use std::io::{self, Read};
//! use curlback::{Code, Error, Transfer};
//!
//! fn get(url: &str) -> io::Result<String> {
//!     let mut transfer = Transfer::new(())?;
//!     transfer.url(url)?;
//! #   transfer.noproxy("*")?;
//!     let mut body = String::new();
//!     transfer.open()?.read_to_string(&mut body)?;
//!     Ok(body)
//! }
//!
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let url = format!("http://{}/", listener.local_addr()?);
//! # std::thread::spawn(move || -> io::Result<()> {
//! #     use std::io::{BufRead, BufReader, Write};
//! #     let mut reader = BufReader::new(listener.accept()?.0);
//! #     let mut line = String::new();
//! #     while line != "\r\n" { line.clear(); reader.read_line(&mut line)?; }
//! #     reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
//! # });
//! let error = get(&url).unwrap_err(); // the body is cut short
//! assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
//! match error.downcast::<Error>() {
//!     Ok(error) => assert_eq!(error.code(), Some(Code::PARTIAL_FILE)),
//!     Err(other) => panic!("{other}"), // the `io::Error` of a callback, or the limit of one call
//! }
//! # Ok::<(), io::Error>(())
//! ```
//!
//! # Traps
//!
//! - **A `Response` runs only inside your calls.** Between two reads, uploads stop, and pings stay unanswered. What a
//!   [`Remote`] asks for takes effect at the next read that needs more data. Read on, or use an agent.
//! - **A slow reader may exceed the time limits.** [`timeout`](Transfer::timeout) also counts the time between two reads.
//!   [`set_read_timeout`](Response::set_read_timeout) limits each single read: if a read times out, the next read goes on.
//! - **Do not wait for the response before the body is written**, with an agent: most servers answer after the body has
//!   ended. Call [`finish`](agent::Writer::finish) first, or write and await at the same time, with `join!`.
//! - **`file://` cannot be opened**, since libcurl cannot pause it: [`open`](Transfer::open) returns [`Error::Option`].
//! - **libcurl 7.69.0 to 7.76.1**: a transfer of another protocol than HTTP and HTTPS fails when too much is unread, since
//!   it cannot be paused. With 7.63.0 to 7.68.0, this happens over SCP and SFTP.
//! - **libcurl 8.8.0 to 8.14.1**: if a transfer fails, bytes that have arrived but were not yet read may be lost.
//! - **A body that the program writes cannot be sent again.** If a redirect or a challenge needs the body again, the
//!   transfer fails.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`TransferError`] from `open` or `open_upload` | the transfer could not begin, or has failed before the final headers | [`into_parts`](TransferError::into_parts) returns the error and the transfer, to try again |
//! | `io::Error` of the kind [`UnexpectedEof`](std::io::ErrorKind::UnexpectedEof) | the body was cut short | discard what was read, or [resume](handlers::Download) |
//! | [`TimedOut`](std::io::ErrorKind::TimedOut) without an inner [`Error`] | the time limit of this call is over | read again: nothing was lost |
//! | `TimedOut` with an inner [`Error`] | a time limit of the transfer is over | begin the transfer again |
//! | [`BrokenPipe`](std::io::ErrorKind::BrokenPipe) from a write | the server has answered before the end of the body, or the transfer has failed | look at the response or its error |
//! | [`Error::Agent`] | [`shutdown`](Agent::shutdown) was called, the agent has failed, or the process is the child of a `fork` | make another agent |

#[cfg(doc)]
use crate::*;
