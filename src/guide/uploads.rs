//! Uploads and rewinding: how to send a body, and when libcurl has to send it again.
//!
//! ```
//! use std::fs::File;
//! use curlback::{Transfer, handlers::{Collect, ReadFrom}};
//!
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # // Redirects once, so that the body is sent twice.
//! # let url = server::http(|request| match request.starts_with("PUT /moved") {
//! #     false => "HTTP/1.1 307 Temporary Redirect\r\nLocation: /moved\r\nContent-Length: 0\r\n\r\n".to_owned(),
//! #     true => server::ok(format!("{}", request.contains("[package]"))),
//! # })?;
//! let file = File::open("Cargo.toml")?;
//! let size = file.metadata()?.len();
//! let mut transfer = Transfer::new(ReadFrom::new(file).and(Collect::new()))?;
//! transfer.url(&url)?;
//! # transfer.noproxy("*")?;
//! transfer.upload(true)?; // PUT; `post` is POST
//! transfer.in_filesize(size)?; // else HTTP/1.1 sends the body in chunks
//! transfer.follow_location(true)?; // a 307 or 308 sends the body again: `ReadFrom` rewinds the file
//! transfer.fail_on_error(true)?;
//! transfer.perform()?;
//! assert_eq!(transfer.redirect_count()?, 1);
//! assert_eq!(transfer.upload_size()?, size);
//! assert_eq!(transfer.handler().inner().body(), b"true"); // the body of the server's response
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which method suits the body
//!
//! | the body | use |
//! | --- | --- |
//! | a few bytes in memory | [`post_fields_copy`](Transfer::post_fields_copy), [`post_fields`](Transfer::post_fields): libcurl rewinds them by itself |
//! | a file, or any `Read + Seek` | [`ReadFrom`](handlers::ReadFrom) |
//! | a `Read` that cannot seek | [`ReadOnce`](handlers::ReadOnce) |
//! | a form with files, or a mail | [`mime`](Transfer::mime) with [`Mime`] and [`Part`] |
//! | written piece by piece by the program | [`open_upload`](Transfer::open_upload), or [`Agent::open_upload`] in a task: [pull and await](super::pulling) |
//! | anything else | implement [`read`](Callbacks::read) and [`seek`](Callbacks::seek) in your own handler |
//!
//! The examples [`file_upload`](https://docs.rs/crate/curlback/latest/source/examples/file_upload/main.rs),
//! [`multipart`](https://docs.rs/crate/curlback/latest/source/examples/multipart.rs) and
//! [`upload_pieces`](https://docs.rs/crate/curlback/latest/source/examples/upload_pieces.rs) are whole programs.
//!
//! # Method and size
//!
//! - In HTTP, [`upload(true)`](Transfer::upload) is a `PUT`, and [`post(true)`](Transfer::post) a `POST`.
//!   [`custom_request`](Transfer::custom_request) changes only the name of the method in the request.
//! - [`in_filesize`](Transfer::in_filesize), or [`post_field_size`](Transfer::post_field_size) for a `POST`, announces
//!   the size. Without a size, libcurl sends an HTTP/1.1 body in chunks, which some servers refuse. Before libcurl
//!   7.66.0, a `POST` without a size needs a header `Transfer-Encoding: chunked`: without it, the transfer does not
//!   begin, and fails with [`Error::Option`].
//! - The crate enforces an announced size for every protocol, except for a `POST` with a header
//!   `Transfer-Encoding: chunked`. After the announced number of bytes, [`read`](Callbacks::read) is not called any
//!   more. If the body ends earlier, the transfer fails.
//! - [`read`](Callbacks::read) puts bytes into a [`ReadBuf`], which counts them. If `read` leaves the buffer empty and
//!   answers `Continue`, the body ends. [`fill_from`](ReadBuf::fill_from) suits files;
//!   [`fill_once_from`](ReadBuf::fill_once_from) suits sources that wait for data, such as pipes.
//!
//! # When libcurl sends a body again
//!
//! To send a body again, libcurl calls [`seek`](Callbacks::seek) with `SeekFrom::Start(0)` and then
//! [`read`](Callbacks::read). The usual reasons, all in HTTP, are
//!
//! - a redirect that keeps the method: 307 and 308; for a `PUT` also 301 and 302, and before libcurl 7.70.0 also 303;
//!   for a `POST` also 301 to 303, if [`post_redirections`](Transfer::post_redirections) allows them;
//! - an authentication challenge of the server or of a proxy, if [`http_auth`](Transfer::http_auth) or
//!   [`proxy_auth`](Transfer::proxy_auth) allows a method that needs one;
//! - a kept connection that the server has closed before the request arrived, or a stream of HTTP/2 that it has
//!   refused.
//!
//! The last case can happen to every HTTP transfer that reuses a connection, so a handler that sends a body should
//! implement `seek`. If it cannot rewind, it answers [`SeekResult::CantSeek`].
//!
//! # Expect
//!
//! Before a body of more than 1 MiB (before libcurl 7.69.0, 1 KiB) or of unknown size, libcurl sends an HTTP/1.1 server
//! the header `Expect: 100-continue`, and waits up to a second for the answer. Releases before 8.0.0 also do so before
//! the body of each `PUT`. If the server refuses the request, libcurl does not send the body. If the server ignores
//! `Expect`, the wait is lost time: `transfer.http_headers(["Expect:"])` removes the header, and
//! [`expect_100_timeout`](Transfer::expect_100_timeout) shortens the wait.
//!
//! # Traps
//!
//! - **Without `upload(true)` or `post(true)`, `read` is not called**, except with Telnet: the transfer is a download. If
//!   [`in_filesize`](Transfer::in_filesize) was set, or the handler was made to send a body as
//!   [`ReadFrom`](handlers::ReadFrom) is, and no option has chosen a method, [`perform`](Transfer::perform) returns
//!   [`Error::Option`].
//! - **A second transfer reads on where the first has stopped**, mostly at the end. So its body is empty or, if a size
//!   is announced, the transfer fails, unless the program rewinds the reader:
//!   [`ReadFrom::rewind`](handlers::ReadFrom::rewind),
//!   [`ReadOnce::replace_reader`](handlers::ReadOnce::replace_reader).
//! - **If a file grows while it is sent**, and its size was announced, libcurl sends only the announced number of
//!   bytes.
//! - **A server may answer before the end of the body.** If the status is 300 or more, libcurl stops sending, unless the
//!   server closes the connection after the answer (`Connection: close`, or HTTP/1.0). With
//!   [`keep_sending_on_error`](Transfer::keep_sending_on_error), libcurl sends the rest of the body.
//! - **[Trailers](Callbacks::trailer)** after a body in chunks need libcurl 8.7.0.
//! - **The default `Content-Type` of a `POST`** is `application/x-www-form-urlencoded`, except for a
//!   [`mime`](Transfer::mime) form. Set another type with
//!   [`add_header`](Transfer::add_header). [`http_headers`](Transfer::http_headers) replaces all headers that were set
//!   before.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Error::Callback`] of `read`, whose source is an `io::Error` of the kind `UnexpectedEof` | the body is shorter than announced | announce the true size, or no size |
//! | [`Code::SEND_FAIL_REWIND`] | libcurl has to send the body again, and `seek` is missing or cannot rewind | implement [`seek`](Callbacks::seek); or perform the transfer again with a new reader |
//! | [`Error::Option`] for `CURLOPT_UPLOAD` or `CURLOPT_READFUNCTION` | a size was announced or the handler has a body, but [`upload`](Transfer::upload) is not set; or a size was announced, but the handler has no [`read`](Callbacks::read) | set the option, or implement `read` |
//! | [`Error::Libcurl`] with [`Code::UPLOAD_FAILED`] | the server refuses the file (FTP, SCP; SFTP has other codes, such as [`Code::REMOTE_ACCESS_DENIED`]), or needs its size (HTTP/1.0, IMAP, SCP) | read [`text`](Error::text), or announce the size |
//! | [`BrokenPipe`](std::io::ErrorKind::BrokenPipe) from a write to an [`Upload`] | the server has answered before the end of the body | [`finish`](Upload::finish) returns the response |

#[cfg(doc)]
use crate::*;
