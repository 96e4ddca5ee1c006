//! Uploads and rewinding: how a body is sent, and when libcurl has to send it again.
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
//! assert_eq!(transfer.handler().inner().body(), b"true"); // what the server has answered
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which way
//!
//! | the body | use |
//! | --- | --- |
//! | bytes in memory, small | [`post_fields_copy`](Transfer::post_fields_copy), [`post_fields`](Transfer::post_fields): libcurl sends them again by itself |
//! | a file, or any `Read + Seek` | [`ReadFrom`](handlers::ReadFrom) |
//! | a `Read` that cannot seek | [`ReadOnce`](handlers::ReadOnce) |
//! | a form with files, or a mail | [`mime`](Transfer::mime) with [`Mime`] and [`Part`] |
//! | what a loop writes | [`open_upload`](Transfer::open_upload), or [`Agent::open_upload`] in a task: [pull and await](super::pulling) |
//! | anything else | [`read`](Callbacks::read) and [`seek`](Callbacks::seek) of a handler of yours |
//!
//! The examples [`file_upload`](https://docs.rs/crate/curlback/latest/source/examples/file_upload/main.rs),
//! [`multipart`](https://docs.rs/crate/curlback/latest/source/examples/multipart.rs) and
//! [`upload_pieces`](https://docs.rs/crate/curlback/latest/source/examples/upload_pieces.rs) are whole programs.
//!
//! # Method and size
//!
//! - [`upload(true)`](Transfer::upload) is a `PUT`, and [`post(true)`](Transfer::post) a `POST`.
//!   [`custom_request`](Transfer::custom_request) changes the name of the method, and nothing else.
//! - [`in_filesize`](Transfer::in_filesize), or [`post_field_size`](Transfer::post_field_size) for a `POST`, announces
//!   the size. Without a size, HTTP/1.1 sends the body in chunks, which some servers refuse.
//! - An announced size is enforced for every protocol: [`read`](Callbacks::read) is not called for more bytes, and a
//!   body that ends early fails the transfer.
//! - [`read`](Callbacks::read) puts bytes into a [`ReadBuf`], which counts them. An empty buffer ends the body.
//!   [`fill_from`](ReadBuf::fill_from) suits files; [`fill_once_from`](ReadBuf::fill_once_from) suits sources that wait for
//!   data, such as pipes.
//!
//! # When libcurl sends a body again
//!
//! libcurl calls [`seek`](Callbacks::seek) with `SeekFrom::Start(0)` and then [`read`](Callbacks::read) from the beginning
//!
//! - after a redirect that keeps the method: 307 and 308, and 301 to 303 with
//!   [`post_redirections`](Transfer::post_redirections);
//! - after an authentication challenge, if [`http_auth`](Transfer::http_auth) allows a method that the server has to ask for;
//! - if the server has closed a kept connection before the request arrived.
//!
//! The third case can happen to every transfer that reuses a connection, so a handler that sends a body should have
//! `seek`. A handler that cannot rewind answers [`SeekResult::CantSeek`].
//!
//! # Expect
//!
//! Before a large body, or a body of unknown size, libcurl asks an HTTP/1.1 server with `Expect: 100-continue` whether it
//! wants the body, and waits for a second. A server that refuses is spared the body. A server that ignores `Expect` costs
//! that second: `transfer.http_headers(["Expect:"])` removes the header, and
//! [`expect_100_timeout`](Transfer::expect_100_timeout) shortens the wait.
//!
//! # Traps
//!
//! - **`read` without `upload(true)` or `post(true)` is never called**: the transfer is a download. If a size was
//!   announced, [`perform`](Transfer::perform) returns [`Error::Option`].
//! - **A second transfer sends an empty body**, or the rest of the file, unless the reader is rewound:
//!   [`ReadFrom::rewind`](handlers::ReadFrom::rewind), [`ReadOnce::replace_reader`](handlers::ReadOnce::replace_reader).
//! - **A file that grows while it is sent** is sent up to the announced size.
//! - **A server may answer before the end of the body.** libcurl then stops sending if the answer is an error or a redirect;
//!   with [`keep_sending_on_error`](Transfer::keep_sending_on_error), libcurl sends the rest of the body.
//! - **Trailers** after a body in chunks need libcurl 8.7.0: [`trailer`](Callbacks::trailer).
//! - **Without a `Content-Type`**, a `POST` is `application/x-www-form-urlencoded`. Set the type with
//!   [`http_headers`](Transfer::http_headers), each call of which replaces all headers of the call before it.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Error::Callback`] of `read`, whose source is an `io::Error` of the kind `UnexpectedEof` | the body is shorter than announced | announce the true size, or none |
//! | [`Code::SEND_FAIL_REWIND`] | libcurl has to send the body again, and `seek` cannot | implement [`seek`](Callbacks::seek); or perform the transfer again with a new reader |
//! | [`Error::Option`] for `CURLOPT_UPLOAD` or `CURLOPT_READFUNCTION` | a size was announced without [`upload`](Transfer::upload), or for a handler without [`read`](Callbacks::read) | set the option, or implement `read` |
//! | [`Error::Libcurl`] with [`Code::UPLOAD_FAILED`] | the server refuses the file (FTP, SFTP) | read [`text`](Error::text) |
//! | [`BrokenPipe`](std::io::ErrorKind::BrokenPipe) of a write to an [`Upload`] | the server has answered before the end of the body | [`finish`](Upload::finish) returns the response |

#[cfg(doc)]
use crate::*;
