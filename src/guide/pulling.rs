//! Pull and await: a program reads and writes bodies, and is not called back for them.
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
//! let mut response = transfer.open()?; // returns when the headers have come
//! assert_eq!(response.status(), 200);
//! let mut line = String::new();
//! response.read_line(&mut line)?; // an error if the body is cut short
//! assert_eq!(line, "one\n");
//! let transfer = response.finish()?; // reads the rest; the connection serves the next request
//!
//! let mut upload = transfer.open_upload()?;
//! writeln!(upload, "three")?; // sent as it is written
//! let response = upload.finish()?; // ends the body, and returns the response
//! assert_eq!(response.status(), 200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which of the three
//!
//! | | push | pull | await |
//! | --- | --- | --- | --- |
//! | begins by | [`Transfer::perform`] | [`Transfer::open`], [`Transfer::open_upload`] | [`Agent::start`], [`Agent::open`], [`Agent::open_upload`] |
//! | the body | goes to [`write`](Callbacks::write) | is read from a [`Response`] | is read from an [`Opened`](agent::Opened) |
//! | the transfer runs | until its end | inside your calls | on the agent's thread |
//! | while nobody reads | – | the transfer stands still | the agent keeps 256 KiB, and then pauses the transfer |
//! | transfers at a time | one, or those of a [`Multi`] | one a thread | thousands |
//! | suits | storing and counting, at the least cost | parsers and decoders | programs with threads or tasks |
//!
//! All other callbacks are called in all three. The body of a pulled transfer does not go to `write`, and a written
//! body does not come from `read`.
//!
//! # Await
//!
//! An [`Agent`] drives transfers on a thread of its own. [`start`](Agent::start) and [`open`](Agent::open)
//! return futures for any executor, and [`open_upload`](Agent::open_upload) returns a writer and a future. Each future also
//! has a method `wait`, for threads.
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
//!     // The whole transfer; `Collect` has the body.
//!     let (transfer, result) = agent.start(get()?).await;
//!     result?;
//!     assert_eq!(transfer.handler().body(), b"body");
//!
//!     // The response at its headers, and the body while it arrives.
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
//!   [`Opened`](agent::Opened) cancels its transfer at once, so a time limit of the executor cancels, too. A limit over
//!   `&mut started` does not cancel. [`Started::detach`](agent::Started::detach) lets the transfer run on.
//! - **The transfer comes back**, with its handler, its options and its information, whatever has become of it.
//! - **Callbacks run on the agent's thread.** A callback that blocks makes all transfers of that thread wait. The
//!   handler must be `Send + 'static`.
//! - **One agent is enough.** A clone is the same agent. Transfers of one thread share their connections.
//!
//! - **Transfers share no cookies.** They share connections, the DNS cache and TLS sessions. For cookies, give each
//!   transfer a [`Share`]:
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
//! - A read returns 0 only after a complete body. A body that is cut short, and any other failure of the transfer, is
//!   an [`io::Error`](std::io::Error) after the last byte before it. Its inner error is the [`Error`].
//! - `finish` receives the rest and keeps the connection. `cancel` closes the connection at once. A drop does what
//!   `cancel` does. After [`drain_on_drop`](agent::Opened::drain_on_drop), the drop of an [`Opened`](agent::Opened)
//!   receives up to so many bytes first.
//! - A body that is written ends with `finish`. Without `finish`, the transfer is cancelled, so that half a body does not
//!   look whole to an HTTP server.
//!
//! # The error of a read
//!
//! A read fails with an [`io::Error`](std::io::Error). Functions that read return [`io::Result`](std::io::Result), to
//! which `?` converts an [`Error`] too, or `Box<dyn std::error::Error>`. [`io::Error::downcast`](std::io::Error::downcast)
//! returns the [`Error`] again:
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
//!   [`Remote`] asks for takes effect at the next read. Read on, or use an agent.
//! - **A slow reader meets the time limits.** [`timeout`](Transfer::timeout) counts the time between two reads.
//!   [`set_read_timeout`](Response::set_read_timeout) limits one read only, and the transfer goes on with the next.
//! - **Write and wait at the same time** with an agent: a server may answer before the body has ended. Call
//!   [`finish`](agent::Writer::finish) first, or await both with `join!`.
//! - **`file://` cannot be opened**, since libcurl cannot pause it: [`open`](Transfer::open) returns [`Error::Option`].
//! - **libcurl 8.8.0 to 8.14.1** may lose bytes before an error if these bytes waited for the reader.
//! - **A written body cannot be sent again.** A redirect or a challenge that needs the body again fails the transfer.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`TransferError`] of `open` and its kin | the transfer failed before the headers | [`into_parts`](TransferError::into_parts) returns the error and the transfer, to try again |
//! | `io::Error` of the kind [`UnexpectedEof`](std::io::ErrorKind::UnexpectedEof) | the body was cut short | discard what was read, or [resume](handlers::Download) |
//! | [`TimedOut`](std::io::ErrorKind::TimedOut) without an inner [`Error`] | the limit of one call | read again: nothing was lost |
//! | `TimedOut` with an inner [`Error`] | a time limit of the transfer | begin the transfer again |
//! | [`BrokenPipe`](std::io::ErrorKind::BrokenPipe) of a write | the server has answered early, or the transfer has failed | look at the response or its error |
//! | [`Error::Agent`] | [`shutdown`](Agent::shutdown) was called, or the process is the child of a `fork` | make another agent |

#[cfg(doc)]
use crate::*;
