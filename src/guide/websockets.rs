//! WebSockets: whole messages, frames as they arrive, or bytes.
//!
//! ```
//! use std::time::Duration;
//! use curlback::{CloseCode, Message, Transfer, Version};
//!
//! if Version::linked() < Version::new(8, 16, 0) {
//!     return Ok(()); // earlier releases lose frames, or have no WebSockets
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
//! let transfer = socket.close(CloseCode::NORMAL)?; // for the next request
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
//! | suits | one WebSocket a thread | many WebSockets, and streams that the server sends | a protocol of your own loop |
//!
//! With [`frame`](Callbacks::frame), [`read`](Callbacks::read) sends, too: an [`upload`](Transfer::upload) to a `ws://` URL sends
//! what `read` gives, and [`ReadBuf::ws_start_frame`] begins its frames. [`WsOptions::RAW_MODE`] turns frames into bytes, for
//! [`ws_raw`](Callbacks::ws_raw) and [`ws_send_raw`](Transfer::ws_send_raw).
//!
//! # Rules of a `WebSocket`
//!
//! - Nothing runs between its calls: pings stay unanswered, and a [`Remote`] has no effect. A server that pings needs a
//!   call of [`receive`](WebSocket::receive) in time: set a [timeout](WebSocket::set_timeout) and call it in a loop.
//! - After [`WebSocketError::TimedOut`], no byte is lost. A message that was being sent counts as sent: the next calls send
//!   its rest, so do not send it again.
//! - A text message is checked to be UTF-8. A message larger than the [limit](WebSocket::set_message_limit), 64 MiB by default, is
//!   an error.
//! - [`close`](WebSocket::close) says why and waits for the peer's close; [`cancel`](WebSocket::cancel) cuts the connection;
//!   both return the transfer with the options that it had before. A drop cuts the connection.
//!
//! # Traps
//!
//! - **libcurl before 8.16.0** is [`Error::Unsupported`], also if it has WebSockets: these releases lose frames. The
//!   libcurls of most distributions are older: link the [bundled one](super::libcurl).
//! - **The server may refuse** the WebSocket with an ordinary response. [`open_websocket`](Transfer::open_websocket) then
//!   fails, and [`response_code`](Transfer::response_code) of the returned transfer says how. With [`frame`](Callbacks::frame),
//!   the body of the refusal goes to [`write`](Callbacks::write).
//! - **A frame comes in parts** of at most 16,384 bytes, and a part of a text message may end inside a character.
//!   [`Frame::ends_message`] says where a message ends.
//! - **A reply from a callback waits** until the peer reads, and makes everything on the same thread wait.
//! - **`frame` that pauses** fails before libcurl 8.22.0: see [`pausing`](super::pausing).
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`WebSocketError::TimedOut`] | the limit of one call | [`receive`](WebSocket::receive) again; after a send, [`flush`](WebSocket::flush) instead of sending the message again |
//! | [`WebSocketError::Unsent`] | the rest of an earlier message still waits | [`flush`](WebSocket::flush), then send again |
//! | [`WebSocketError::Unread`] | both sides send, and neither receives | [`receive`](WebSocket::receive) |
//! | [`WebSocketError::Closed`] | the peer has closed the WebSocket | open another |
//! | [`WebSocketError::TooLarge`], [`NotUtf8`](WebSocketError::NotUtf8), [`Protocol`](WebSocketError::Protocol) | the peer has sent such a message | open another; raise the limit if the peer is trusted |
//! | [`WebSocketError::Failed`] | an earlier call has returned the reason | open another |
//! | [`Code::GOT_NOTHING`] | the connection has ended without a close | open another; messages may be lost |

#[cfg(doc)]
use crate::*;
