//! A WebSocket on which the program sends and receives whole messages.

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

/// How many bytes a message of the peer may have by default: 64 MiB.
pub(crate) const MESSAGE_LIMIT: usize = 64 << 20;

/// How long a close waits for the peer's close by default.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// About how many parts of frames a receive takes at most after its time is over. It takes only those that have
/// already arrived.
const MOST_LATE_STEPS: usize = MESSAGE_LIMIT / BUFFER;

/// A WebSocket that sends and receives whole messages. Its calls wait until the message was sent or
/// received.
///
/// [`Transfer::open_websocket`] makes it. Nothing runs between the calls of this type: pings are answered only
/// while a call receives, or waits until it can send. After the handshake, a [`Remote`](crate::Remote) and
/// time limits such as [`timeout`](Transfer::timeout) have no effect. This type requires libcurl 8.16.0 or
/// later, built with WebSockets.
///
/// [The guide](crate::guide::websockets) compares a `WebSocket` with [`frame`](crate::Callbacks::frame).
///
/// # Receiving
/// [`receive`](WebSocket::receive) puts the fragments of a message together, answers pings, and checks that a
/// text message is UTF-8. [`set_timeout`](WebSocket::set_timeout) limits how long it waits: after
/// [`WebSocketError::TimedOut`], the next call continues, and no byte is lost. When the peer closes the
/// WebSocket, `receive` answers the close and returns it as [`Message::Close`]. If the server ends the connection
/// in order, but without a close, `receive` fails with [`Code::GOT_NOTHING`](crate::Code::GOT_NOTHING).
///
/// # Sending
/// [`send_text`](WebSocket::send_text) and [`send_binary`](WebSocket::send_binary) return when the system has
/// taken the whole message. If they have to wait because the peer does not read, they also receive, so that two
/// sides that both send do not wait for each other. The messages that they receive are kept for `receive`. If
/// the unread messages need more bytes than the [limit](WebSocket::set_message_limit) and the call still has to
/// wait, it fails with [`WebSocketError::Unread`]. After [`TimedOut`](WebSocketError::TimedOut) or `Unread`, do
/// not send the message again: the rest of it is kept, and the next calls send it.
///
/// # The end
/// [`close`](WebSocket::close) tells the peer why, waits for the close of the peer, and returns the transfer.
/// [`cancel`](WebSocket::cancel) cuts the connection and returns the transfer without waiting. Dropping a
/// `WebSocket` cuts the connection and drops the transfer.
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
    /// Messages that have arrived while another call than a receive waited, for the next receives.
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

    /// Receives the next message, and waits until it is complete.
    ///
    /// # Errors
    /// [`Error::WebSocket`]: [`TimedOut`](WebSocketError::TimedOut), after which the next call continues;
    /// [`TooLarge`](WebSocketError::TooLarge), [`NotUtf8`](WebSocketError::NotUtf8) and
    /// [`Protocol`](WebSocketError::Protocol), of which a close tells the peer, if it can be sent without
    /// waiting; [`Closed`](WebSocketError::Closed) after a [`Message::Close`] was received; and
    /// [`Failed`](WebSocketError::Failed) after an error that has lost the connection or broken the protocol.
    /// If sending has failed, messages that have already arrived can still be received. [`Error::Libcurl`] if
    /// the connection fails or ends, [`Error::Poll`] if the system fails, and the error of
    /// [`debug`](crate::Callbacks::debug).
    ///
    /// # Panics
    /// Resumes a panic of `debug`. After that, the WebSocket has failed.
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
                // Bytes that have already arrived are received although the time is over; but not without end,
                // if the peer never stops sending.
                Step::Progress if late < MOST_LATE_STEPS => late += 1,
                Step::Progress => return Err(WebSocketError::TimedOut.into()),
                Step::Blocked if self.exchange.state() == State::Unsendable => {
                    return Err(self.exchange.end());
                }
                Step::Blocked => self.wait(Ready::READ, until)?,
            }
        }
    }

    /// Sends a text message in one frame.
    ///
    /// # Errors
    /// [`Error::WebSocket`]: [`TimedOut`](WebSocketError::TimedOut) and [`Unread`](WebSocketError::Unread),
    /// after which the next calls send the rest of the message; [`Unsent`](WebSocketError::Unsent) if the rest
    /// of an earlier message could not be sent in time, or before too many unread messages had arrived, so that
    /// this message was not begun. Also those of [`receive`](WebSocket::receive), since sending also receives.
    ///
    /// # Panics
    /// As [`receive`](WebSocket::receive).
    pub fn send_text(&mut self, text: &str) -> Result<(), Error> {
        self.send(FrameKind::Text, text.as_bytes())
    }

    /// Sends a binary message in one frame.
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
    /// Those of [`send_text`](WebSocket::send_text); and [`Error::Option`] for more than 125 bytes.
    ///
    /// # Panics
    /// As [`receive`](WebSocket::receive).
    pub fn ping(&mut self, data: &[u8]) -> Result<(), Error> {
        match data.len() > 125 {
            true => Err(SEND.unsuitable("a ping has at most 125 bytes")),
            false => self.send(FrameKind::Ping, data),
        }
    }

    /// Sends the rest of a message that an earlier call has kept, and waits until it is sent. Returns at once
    /// if nothing is kept.
    ///
    /// # Errors
    /// As for [`send_text`](WebSocket::send_text), except [`Unsent`](WebSocketError::Unsent).
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
    /// Before the close, the rest of a message that an earlier call has kept is sent. Messages that are unread,
    /// or still arrive, are thrown away. The call waits for 10 seconds at most, or as long as
    /// [`set_close_timeout`](WebSocket::set_close_timeout) says. If an earlier call has received the close of the
    /// peer, the answer to it takes the place of this close.
    ///
    /// # Errors
    /// Those of [`receive`](WebSocket::receive), with the transfer: the connection is cut. Also the error of
    /// [`close_socket`](crate::Callbacks::close_socket).
    ///
    /// # Panics
    /// Resumes a panic of `debug` or `close_socket`, and drops the transfer.
    pub fn close(mut self, close: impl Into<Close>) -> Result<Transfer<H>, TransferError<H>> {
        let closed = self.say_goodbye(&close.into());
        let restored = self.former.restore(&mut self.transfer);
        match closed.and(restored) {
            Ok(()) => Ok(self.transfer),
            Err(error) => Err(TransferError::new(error, self.transfer)),
        }
    }

    /// Cuts the connection, and returns the transfer, with the options that it had before
    /// [`open_websocket`](Transfer::open_websocket).
    ///
    /// # Errors
    /// The error of [`close_socket`](crate::Callbacks::close_socket), with the transfer.
    ///
    /// # Panics
    /// Resumes a panic of `close_socket`, and drops the transfer.
    pub fn cancel(mut self) -> Result<Transfer<H>, TransferError<H>> {
        match self.former.restore(&mut self.transfer) {
            Ok(()) => Ok(self.transfer),
            Err(error) => Err(TransferError::new(error, self.transfer)),
        }
    }
}

/// # Limits and information
impl<H> WebSocket<H> {
    /// Limits how long each later receive, send or flush waits. `None`, the default, is no limit.
    ///
    /// With a limit of zero, these calls do not wait: a receive returns a message only if the whole message
    /// has already arrived.
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout;
    }

    /// Limits how long a [`close`](WebSocket::close) waits for the peer: 10 seconds by default.
    pub fn set_close_timeout(&mut self, timeout: Duration) {
        self.close_timeout = timeout;
    }

    /// Limits how many bytes a message of the peer may have: 64 MiB by default.
    ///
    /// A send that also receives keeps at most this many bytes of unread messages, and one message more.
    pub fn set_message_limit(&mut self, limit: usize) {
        self.exchange.assembly.limit = limit;
    }

    /// Sets whether [`receive`](WebSocket::receive) returns pongs, as [`Message::Pong`]. By default, pongs are
    /// dropped.
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

    /// Returns the handler, so that it can be changed between two calls.
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
