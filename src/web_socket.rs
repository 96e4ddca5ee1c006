//! A WebSocket of whole messages.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use crate::ffi::websocket::SEND;
use crate::multi::Ready;
use crate::web_socket::exchange::{BUFFER, Exchange, State, Step};
use crate::web_socket::opening::Former;
use crate::web_socket::waiting::is_over;
use crate::{Error, FrameKind, Info, Transfer, TransferError, WebSocketError};

pub(crate) mod close_code;
pub(crate) mod exchange;
pub(crate) mod message;
pub(crate) mod opening;

mod assembly;
mod outbox;
mod waiting;

pub use message::{Close, Message};

/// How many bytes a message has at most if nobody says otherwise: 64 MiB.
pub(crate) const MESSAGE_LIMIT: usize = 64 << 20;

/// How long a close waits for that of the peer if nobody says otherwise.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// How often bytes are received that are there already although the time is over.
const MOST_LATE_STEPS: usize = MESSAGE_LIMIT / BUFFER;

/// A WebSocket: sends and receives whole messages, and waits until that is done.
///
/// [`Transfer::open_websocket`] makes it. Nothing runs between the calls of this type: pings are answered
/// while a call receives, sends or flushes, a [`Remote`](crate::Remote) has no effect, and time limits such as
/// [`timeout`](Transfer::timeout) have ended with the handshake. It requires libcurl 8.16.0, built with WebSockets.
///
/// [The guide](crate::guide::websockets) compares a `WebSocket` with [`frame`](crate::Callbacks::frame).
///
/// # Receiving
/// [`receive`](WebSocket::receive) puts the fragments of a message together, answers pings, and checks
/// that a text is UTF-8. [`set_timeout`](WebSocket::set_timeout) limits how long it waits: after
/// [`WebSocketError::TimedOut`], the next call goes on without a lost byte. When the peer closes the
/// WebSocket, the close is answered, and is received as [`Message::Close`]. A connection that ends without a close is an
/// error, [`Code::GOT_NOTHING`](crate::Code::GOT_NOTHING).
///
/// # Sending
/// [`send_text`](WebSocket::send_text) and [`send_binary`](WebSocket::send_binary) return when the system has
/// taken the whole message. If the peer does not read meanwhile, they also receive, so that two sides that both send do not wait
/// for each other: these messages are kept for `receive`, up to the
/// [limit](WebSocket::set_message_limit), and then the call fails with [`WebSocketError::Unread`]. After
/// [`TimedOut`](WebSocketError::TimedOut) or `Unread`, do not send the message again: the rest of it is kept, and
/// sent by the next calls.
///
/// # The end
/// [`close`](WebSocket::close) says why, waits for the close of the peer, and returns the transfer.
/// [`cancel`](WebSocket::cancel) cuts the connection and returns the transfer at once. Dropping this value drops the
/// transfer, and cuts the connection too.
///
/// # Examples
/// ```
/// use curlback::{CloseCode, Message, Transfer};
///
/// # if curlback::Version::linked() < curlback::Version::new(8, 16, 0) { return Ok(()); }
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("ws://{}/", listener.local_addr()?);
/// # let server = std::thread::spawn(move || {
/// #     let mut socket = tungstenite::accept(listener.accept().unwrap().0).unwrap();
/// #     while let Ok(message) = socket.read() {
/// #         if !message.is_close() { socket.send(message).unwrap(); }
/// #     }
/// # });
/// let mut transfer = Transfer::new(())?;
/// transfer.url(&url)?;
/// # transfer.noproxy("*")?;
/// let mut socket = transfer.open_websocket()?;
/// socket.send_text("hello")?;
/// // The server sends everything back.
/// assert_eq!(socket.receive()?, Message::Text("hello".to_owned()));
/// let transfer = socket.close(CloseCode::NORMAL)?; // for the next request
/// # drop(transfer);
/// # server.join().unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct WebSocket<H> {
    transfer: Transfer<H>,
    former: Former,
    exchange: Exchange,
    /// Messages that arrived while one was sent, and the sum of their sizes.
    unread: VecDeque<Message>,
    unread_size: usize,
    timeout: Option<Duration>,
    close_timeout: Duration,
}

impl<H> WebSocket<H> {
    fn new(transfer: Transfer<H>, former: Former) -> WebSocket<H> {
        WebSocket {
            transfer,
            former,
            exchange: Exchange::new(MESSAGE_LIMIT),
            unread: VecDeque::new(),
            unread_size: 0,
            timeout: None,
            close_timeout: CLOSE_TIMEOUT,
        }
    }

    /// Receives the next message: waits until it is complete.
    ///
    /// # Errors
    /// [`Error::WebSocket`]: [`TimedOut`](WebSocketError::TimedOut), after which the next call goes on;
    /// [`TooLarge`](WebSocketError::TooLarge), [`NotUtf8`](WebSocketError::NotUtf8) and
    /// [`Protocol`](WebSocketError::Protocol), which are told to the peer by a close if that can be sent
    /// without waiting; [`Closed`](WebSocketError::Closed) after a [`Message::Close`] was received; and
    /// [`Failed`](WebSocketError::Failed) after an error that lost the connection or broke the protocol. After
    /// libcurl has failed to send, messages that have already arrived are still received. [`Error::Libcurl`] if the connection fails or ends,
    /// [`Error::Poll`] if the system fails, and the error of [`debug`](crate::Callbacks::debug).
    ///
    /// # Panics
    /// Resumes the panic of `debug`. The WebSocket has failed then.
    pub fn receive(&mut self) -> Result<Message, Error> {
        if let Some(message) = self.unread.pop_front() {
            self.unread_size -= message.size();
            return Ok(message);
        }
        if self.exchange.state() != State::Unsendable {
            self.exchange.check_open()?;
        }
        let (until, mut late) = (self.until(), 0);
        loop {
            self.exchange.try_send(&mut self.transfer)?;
            match self.exchange.step(&mut self.transfer)? {
                Step::Message(message) => return Ok(message),
                Step::Progress if !is_over(until) => {}
                // What is there already is received all the same, but the peer must not go on for ever.
                Step::Progress if late < MOST_LATE_STEPS => late += 1,
                Step::Progress => return Err(WebSocketError::TimedOut.into()),
                Step::Blocked if self.exchange.state() == State::Unsendable => {
                    return Err(self.exchange.end());
                }
                Step::Blocked => self.wait(Ready::READ, until)?,
            }
        }
    }

    /// Sends a text, in one frame.
    ///
    /// # Errors
    /// [`Error::WebSocket`]: [`TimedOut`](WebSocketError::TimedOut) and [`Unread`](WebSocketError::Unread), after which
    /// the rest of the message is sent by the next calls; [`Unsent`](WebSocketError::Unsent) if the rest of
    /// an earlier message could not be sent in time, and this one was not begun. Otherwise as for
    /// [`receive`](WebSocket::receive), since sending also receives.
    ///
    /// # Panics
    /// As [`receive`](WebSocket::receive).
    pub fn send_text(&mut self, text: &str) -> Result<(), Error> {
        self.send(FrameKind::Text, text.as_bytes())
    }

    /// Sends bytes, in one frame.
    ///
    /// # Errors
    /// As for [`send_text`](WebSocket::send_text).
    ///
    /// # Panics
    /// As [`receive`](WebSocket::receive).
    pub fn send_binary(&mut self, data: &[u8]) -> Result<(), Error> {
        self.send(FrameKind::Binary, data)
    }

    /// Sends a ping with up to 125 bytes, which the peer answers with a pong.
    ///
    /// # Errors
    /// As for [`send_text`](WebSocket::send_text); and [`Error::Option`] for more bytes.
    ///
    /// # Panics
    /// As [`receive`](WebSocket::receive).
    pub fn ping(&mut self, data: &[u8]) -> Result<(), Error> {
        match data.len() > 125 {
            true => Err(SEND.unsuitable("a ping has at most 125 bytes")),
            false => self.send(FrameKind::Ping, data),
        }
    }

    /// Waits until what an earlier call has kept is sent; does nothing if there is none.
    ///
    /// # Errors
    /// As for [`send_text`](WebSocket::send_text).
    ///
    /// # Panics
    /// As [`receive`](WebSocket::receive).
    pub fn flush(&mut self) -> Result<(), Error> {
        self.exchange.check_open()?;
        self.drain(self.until())
    }

    /// Sends a close with this code and reason, waits for the close of the peer, and returns the transfer, with
    /// the options that it had before [`open_websocket`](Transfer::open_websocket).
    ///
    /// What an earlier call has kept is sent before, and messages that arrive meanwhile, or are unread, are thrown
    /// away. It waits for 10 seconds, or as long as [`set_close_timeout`](WebSocket::set_close_timeout) says. If the peer has
    /// closed first, the answer is on its way, and nothing else is sent.
    ///
    /// # Errors
    /// As for [`receive`](WebSocket::receive), with the transfer; the connection is cut. The error of
    /// [`close_socket`](crate::Callbacks::close_socket).
    ///
    /// # Panics
    /// Resumes the panic of `debug` or `close_socket`; the transfer is dropped.
    pub fn close(mut self, close: impl Into<Close>) -> Result<Transfer<H>, TransferError<H>> {
        let closed = self.say_goodbye(&close.into());
        let restored = self.former.restore(&mut self.transfer);
        match closed.and(restored) {
            Ok(()) => Ok(self.transfer),
            Err(error) => Err(TransferError::new(error, self.transfer)),
        }
    }

    /// Cuts the connection, and returns the transfer, as it was before
    /// [`open_websocket`](Transfer::open_websocket).
    ///
    /// # Errors
    /// The error of [`close_socket`](crate::Callbacks::close_socket), with the transfer.
    ///
    /// # Panics
    /// Resumes the panic of `close_socket`; the transfer is dropped.
    pub fn cancel(mut self) -> Result<Transfer<H>, TransferError<H>> {
        match self.former.restore(&mut self.transfer) {
            Ok(()) => Ok(self.transfer),
            Err(error) => Err(TransferError::new(error, self.transfer)),
        }
    }
}

/// # Limits, and what is known
impl<H> WebSocket<H> {
    /// Limits how long each receive, send or flush waits; `None`, the default, is no limit.
    ///
    /// A zero makes them return at once with what is there already.
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout;
    }

    /// Limits how long a [`close`](WebSocket::close) waits for the peer: 10 seconds by default.
    pub fn set_close_timeout(&mut self, timeout: Duration) {
        self.close_timeout = timeout;
    }

    /// Limits how many bytes a message of the peer may have: 64 MiB by default.
    ///
    /// So many bytes are also kept unread at most, and one message more.
    pub fn set_message_limit(&mut self, limit: usize) {
        self.exchange.assembly.limit = limit;
    }

    /// Sets whether pongs are received, as [`Message::Pong`]. By default, they are dropped.
    pub fn show_pongs(&mut self, show: bool) {
        self.exchange.shows_pongs = show;
    }

    /// Returns information about the transfer that has opened the WebSocket.
    #[must_use]
    pub fn info(&self) -> Info<'_> {
        self.transfer.info()
    }

    /// Returns the transfer, with its [headers](Transfer::headers) and its handler.
    #[must_use]
    pub fn transfer(&self) -> &Transfer<H> {
        &self.transfer
    }

    /// Returns the handler, to be changed between two calls.
    #[must_use]
    pub fn handler_mut(&mut self) -> &mut H {
        self.transfer.handler_mut()
    }
}

impl<H: fmt::Debug> fmt::Debug for WebSocket<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("transfer", &self.transfer)
            .finish_non_exhaustive()
    }
}
