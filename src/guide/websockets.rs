//! WebSockets: how to send and receive whole messages, frames as they arrive, or bytes.
//!
//! ```
//! use std::time::Duration;
//! use curlback::{CloseCode, Message, Transfer, Version};
//!
//! if Version::linked() < Version::new(8, 16, 0) {
//!     return Ok(()); // WebSockets need libcurl 8.16.0
//! }
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let url = format!("ws://{}/", listener.local_addr()?);
//! # let server = std::thread::spawn(move || {
//! #     let mut socket = tungstenite::accept(listener.accept().unwrap().0).unwrap();
//! #     while let Ok(message) = socket.read() {
//! #         if !message.is_close() { socket.send(message).unwrap(); }
//! #     }
//! # });
//! let mut transfer = Transfer::new(())?;
//! transfer.url(&url)?; // "wss://example.com/chat"
//! # transfer.noproxy("*")?;
//! transfer.connect_timeout(Duration::from_secs(10))?;
//! let mut socket = transfer.open_websocket()?;
//! socket.set_timeout(Some(Duration::from_secs(30)));
//! socket.send_text("hello")?;
//! match socket.receive()? {
//!     Message::Text(text) => assert_eq!(text, "hello"), // the server sends everything back
//!     Message::Binary(_) | Message::Pong(_) => {}
//!     Message::Close(close) => println!("the server has closed the WebSocket: {close:?}"),
//!     _ => {}
//! }
//! let transfer = socket.close(CloseCode::NORMAL)?; // returns the transfer, for the next request
//! # drop(transfer);
//! # server.join().unwrap();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The example [`chat`](https://docs.rs/crate/curlback/latest/source/examples/chat.rs) is a whole program.
//!
//! # Three ways
//!
//! | | [`open_websocket`](Transfer::open_websocket) | [`frame`](Callbacks::frame) | [`connect_only`](Transfer::connect_only) with [`ConnectOnly::WebSocket`] |
//! | --- | --- | --- | --- |
//! | receives | whole messages | parts of frames, in a callback | parts of frames: [`ws_recv`](Transfer::ws_recv) |
//! | sends | whole messages | replies: [`WsReply`] | frames and fragments: [`ws_send`](Transfer::ws_send) |
//! | waits | in each call | in [`perform`](Transfer::perform), a [`Multi`] or an [`Agent`] | in [`wait_socket`](Transfer::wait_socket) |
//! | answers pings | in each call that receives, sends or flushes | by libcurl | by libcurl, in calls that receive or send |
//! | suits | one WebSocket per thread | many WebSockets, and streams that the server sends | programs with their own loop |
//!
//! A transfer with [`frame`](Callbacks::frame) can also send by [`read`](Callbacks::read): set
//! [`upload`](Transfer::upload), and begin each frame by [`ReadBuf::ws_start_frame`]. With [`WsOptions::RAW_MODE`], libcurl
//! neither decodes nor encodes frames: [`ws_raw`](Callbacks::ws_raw), or [`recv`](Transfer::recv) after
//! [`connect_only`](Transfer::connect_only), receives the bytes of the connection, and
//! [`ws_send_raw`](Transfer::ws_send_raw) sends bytes. Only [`ws_recv`](Transfer::ws_recv) decodes frames all the same.
//!
//! # Rules of a `WebSocket`
//!
//! - Between two calls of a [`WebSocket`], nothing runs, and pings stay unanswered. If the server expects answers to its
//!   pings, set a [timeout](WebSocket::set_timeout) and call [`receive`](WebSocket::receive) in a loop. After the handshake,
//!   a [`Remote`] has no effect.
//! - After [`WebSocketError::TimedOut`], no byte is lost. If a send has timed out, do not send its message again: the next
//!   calls send the rest.
//! - `receive` returns an error if a text message is not UTF-8, or if a message is larger than the
//!   [limit](WebSocket::set_message_limit), which is 64 MiB by default.
//! - [`close`](WebSocket::close) sends a close frame and waits for that of the peer. [`cancel`](WebSocket::cancel) closes the
//!   connection at once. `close` and `cancel` return the transfer with the options that it had before. A drop closes the
//!   connection, too.
//!
//! # Traps
//!
//! - **With a libcurl before 8.16.0**, opening a WebSocket returns [`Error::Unsupported`], even if that libcurl has
//!   WebSockets: these releases lose frames. Most distributions have an older libcurl: link the
//!   [bundled libcurl](super::libcurl).
//! - **The server may refuse** the WebSocket with an ordinary response. [`open_websocket`](Transfer::open_websocket) then
//!   fails, and [`response_code`](Transfer::response_code) of the returned transfer is the status. With
//!   [`frame`](Callbacks::frame), [`write`](Callbacks::write) gets the body of that response.
//! - **[`frame`](Callbacks::frame) gets a large frame in parts** of at most 16,384 bytes. A part of a text message may end
//!   inside a character. [`Frame::ends_message`] says whether a part is the last of its message.
//! - **A reply from a callback waits** if the peer does not read. Meanwhile, all transfers on the same thread wait.
//! - **Before libcurl 8.22.0, a transfer fails if `frame` pauses**: see [`pausing`](super::pausing).
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`WebSocketError::TimedOut`] | the time limit of this call is over | [`receive`](WebSocket::receive) again; after a send, [`flush`](WebSocket::flush) instead of sending the message again |
//! | [`WebSocketError::Unsent`] | the rest of an earlier message is not sent yet | [`flush`](WebSocket::flush), then send the new message again |
//! | [`WebSocketError::Unread`] | the peer sends, and too many of its messages are unread | [`receive`](WebSocket::receive) |
//! | [`WebSocketError::Closed`] | the peer has closed the WebSocket | open another |
//! | [`WebSocketError::TooLarge`], [`NotUtf8`](WebSocketError::NotUtf8), [`Protocol`](WebSocketError::Protocol) | the peer has sent a message that is too large, not UTF-8, or against the protocol | open another; for `TooLarge`, raise the limit if the peer is trusted |
//! | [`WebSocketError::Failed`] | the WebSocket has failed in an earlier call, which has returned the reason | open another |
//! | [`Code::GOT_NOTHING`] | the connection has ended without a close frame | open another; messages may be lost |

#[cfg(doc)]
use crate::*;
