//! WebSockets that an agent drives, and on which the program sends and receives whole messages.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use crate::agent::Started;
use crate::agent::head::Head;
use crate::agent::web_socket::link::{Link, Outgoing, Sent};
use crate::ffi::websocket::SEND;
use crate::pulled::told;
use crate::{Close, CloseCode, Error, FrameKind, Message, Remote, WebSocketError};

pub use opening::{OpeningWebSocket, WebSocketConfig};
pub use waiting::{ReceivingMessage, SendingMessage};

mod job;
mod link;
mod opening;
#[cfg(feature = "stream")]
mod stream;
mod waiting;

/// A WebSocket that an [`Agent`](crate::Agent) drives: any thread or task can send and receive whole messages.
///
/// [`Agent::open_websocket`](crate::Agent::open_websocket) makes it. [`receive`](AsyncWebSocket::receive) and
/// [`send`](AsyncWebSocket::send) return a value to wait for, or to await on any executor. With the feature
/// `stream`, a WebSocket is also a `Stream` and a `Sink` of messages; `futures::StreamExt::split` makes a half
/// for each direction. This type requires libcurl 8.16.0 or later, built with WebSockets.
///
/// # Receiving
/// The agent's thread receives, puts the fragments of a message together, checks that a text message is UTF-8,
/// and answers pings, whether or not the program receives. The thread stops receiving when 256 KiB are unread,
/// or as many bytes as [`unread_limit`](WebSocketConfig::unread_limit) says. Then the system stops the peer,
/// and later pings are answered only when the program has received some messages. So receiving needs memory
/// for the unread bytes, for one more message, and for what libcurl and the system buffer. If a peer sends
/// through a Unix socket as fast as libcurl receives, libcurl can buffer more.
///
/// When the peer closes the WebSocket, the agent answers the close, unless this side has closed before. The program
/// receives the peer's close as [`Message::Close`], the last message. If the server ends the connection in order, but
/// without a close, the program receives the messages before the end, and then the error
/// [`Code::GOT_NOTHING`](crate::Code::GOT_NOTHING).
///
/// # Sending
/// Messages are queued until the system takes them. A send waits while 256 KiB are unsent, or as many bytes as
/// [`unsent_limit`](WebSocketConfig::unsent_limit) says; then it waits until the system has taken its message.
///
/// # The end
/// The program may send a [`Message::Close`]. After that, it can send nothing else, but can receive the peer's
/// messages until the peer's close. `Sink::poll_close` sends a close too, and waits for the peer's close:
/// meanwhile, another task has to receive if many messages still arrive. [`finish`](AsyncWebSocket::finish) sends a
/// close, throws unread messages away and returns the [`Started`] transfer.
/// [`close_timeout`](WebSocketConfig::close_timeout) is 10 seconds by default. If the peer is silent for this time
/// after a close, the agent cuts the connection, and the error is [`WebSocketError::TimedOut`]. After `finish`, the
/// agent does so also if the peer sends, but does not close in this time. [`cancel`](AsyncWebSocket::cancel), and
/// dropping an `AsyncWebSocket`, cut the connection without waiting.
///
/// # Errors
/// When the WebSocket has failed, the first call that fails returns the error, whether it sends or receives.
/// Later calls that fail for this reason return [`WebSocketError::Failed`]. A `Stream` ends after an error.
///
/// # Examples
/// ```
/// use curlback::{Agent, CloseCode, Message, Transfer};
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
/// let agent = Agent::new()?;
/// futures_lite::future::block_on(async {
///     let mut socket = agent.open_websocket(transfer).await?; // on a thread: `.wait()?`
///     socket.send("hello").await?;
///     // The server sends everything back.
///     assert_eq!(socket.receive().await?, Message::Text("hello".to_owned()));
///     let (transfer, result) = socket.finish(CloseCode::NORMAL).await;
/// #   drop(transfer);
///     result
/// })?;
/// # server.join().unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// As a `Stream` and a `Sink`, whose halves may be in two tasks:
/// ```
/// use curlback::{Agent, Message, Transfer};
/// use futures_util::{SinkExt, StreamExt};
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
/// let agent = Agent::new()?;
/// futures_lite::future::block_on(async {
///     let (mut sink, mut stream) = agent.open_websocket(transfer).await?.split();
///     let sends = async {
///         for number in 0..10 {
///             sink.feed(Message::from(number.to_string())).await?;
///         }
///         sink.close().await
///     };
///     let receives = async {
///         let mut texts = Vec::new();
///         while let Some(message) = stream.next().await {
///             if let Message::Text(text) = message? {
///                 texts.push(text);
///             }
///         }
///         Ok::<_, curlback::Error>(texts)
///     };
///     let (_, texts) = futures_lite::future::try_zip(sends, receives).await?;
///     assert_eq!(texts.concat(), "0123456789");
///     Ok::<(), curlback::Error>(())
/// })?;
/// # server.join().unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AsyncWebSocket<H> {
    started: Started<H>,
    link: Arc<Link>,
    head: Head,
    reading: Reading,
    /// Whether `take_error` has returned the error of the transfer.
    is_told: bool,
}

/// What the program has received so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Messages,
    /// The close of the peer: no message follows.
    Close,
    Error,
}

impl<H> AsyncWebSocket<H> {
    fn new(started: Started<H>, link: Arc<Link>, head: Head) -> AsyncWebSocket<H> {
        AsyncWebSocket {
            started,
            link,
            head,
            reading: Reading::Messages,
            is_told: false,
        }
    }

    /// Receives the next message: wait for the returned value, or await it. If that value is dropped before it
    /// is ready, no message is lost.
    pub fn receive(&mut self) -> ReceivingMessage<'_, H> {
        ReceivingMessage::new(self)
    }

    /// Sends a message in one frame: wait for the returned value, or await it, until the system has taken the
    /// whole message.
    ///
    /// If that value is dropped before it is ready, the message is sent either whole or not at all, unless the
    /// connection is cut meanwhile.
    pub fn send(&mut self, message: impl Into<Message>) -> SendingMessage<'_, H> {
        let outgoing = outgoing(message.into());
        SendingMessage::new(self, outgoing.map(Some))
    }

    /// Sends a ping with up to 125 bytes, as [`send`](AsyncWebSocket::send) sends a message. The peer answers
    /// with a pong.
    pub fn ping(&mut self, data: impl Into<Vec<u8>>) -> SendingMessage<'_, H> {
        let outgoing = control(FrameKind::Ping, data.into());
        SendingMessage::new(self, outgoing.map(Some))
    }

    /// Sends nothing: wait for the returned value, or await it, until the system has taken all earlier
    /// messages.
    pub fn flush(&mut self) -> SendingMessage<'_, H> {
        SendingMessage::new(self, Ok(None))
    }

    /// Sends a close with this code and reason, unless a close was sent before or the peer has closed, and returns
    /// the transfer without waiting. The transfer ends when the peer has closed too, the connection has ended, or the
    /// time limit of the close is over. The transfer then has the options that it had before the handshake.
    ///
    /// Messages that still wait to be sent are sent before the close, unless the peer has closed. Messages that are
    /// unread or still arrive are thrown away.
    pub fn finish(self, close: impl Into<Close>) -> Started<H> {
        self.link.close_unread(close.into());
        self.started
    }

    /// Cuts the connection, and returns the transfer without waiting. The result of the transfer is
    /// [`Error::Cancelled`], unless the transfer had ended or a callback had failed before.
    pub fn cancel(self) -> Started<H> {
        self.started.remote().cancel();
        self.started
    }

    /// Returns the remote, whose [`cancel`](Remote::cancel) cuts the connection. Pausing has no effect on a
    /// WebSocket.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        self.started.remote()
    }

    /// Returns the names and values of the headers of the response to the handshake, in the order in which they
    /// came.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl was built without headers.
    pub fn headers(&self) -> Result<impl Iterator<Item = (&[u8], &[u8])>, Error> {
        let fields = self.head.fields()?;
        Ok(fields.iter().map(|(name, value)| (&**name, &**value)))
    }

    /// Returns the value of the first header with this name, such as `Sec-WebSocket-Protocol`, ignoring case.
    ///
    /// # Errors
    /// As for [`headers`](AsyncWebSocket::headers).
    pub fn header_value(&self, name: &str) -> Result<Option<&[u8]>, Error> {
        let mut headers = self.headers()?;
        let found = headers.find(|(own, _)| own.eq_ignore_ascii_case(name.as_bytes()));
        Ok(found.map(|(_, value)| value))
    }
}

/// # Polling
///
/// The traits of `futures-core` and `futures-sink` are implemented by these methods.
impl<H> AsyncWebSocket<H> {
    /// Polls for the next message.
    ///
    /// # Errors
    /// Those of [`ReceivingMessage::wait`].
    ///
    /// # Panics
    /// Those of [`ReceivingMessage::wait`].
    pub fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<Message, Error>> {
        self.started.check_process();
        let received = ready!(self.link.poll_read(cx, || self.link.try_receive()));
        Poll::Ready(self.received(received))
    }

    /// Polls until the queue has room for a message to send.
    ///
    /// # Errors
    /// Those of [`SendingMessage::wait`].
    ///
    /// # Panics
    /// Those of [`SendingMessage::wait`].
    pub fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.started.check_process();
        let outcome = ready!(self.link.poll_write(cx, || self.link.try_ready()));
        Poll::Ready(self.sent(outcome))
    }

    /// Queues a message to send, and does not wait. Call [`poll_ready`](AsyncWebSocket::poll_ready) first.
    ///
    /// # Errors
    /// [`Error::Option`] for a pong of more than 125 bytes, [`WebSocketError::Closing`] after a close was sent.
    pub fn start_send(&mut self, message: Message) -> Result<(), Error> {
        let outgoing = outgoing(message)?;
        if self.link.closing().is_some() {
            return Err(WebSocketError::Closing.into());
        }
        self.link.push(outgoing);
        Ok(())
    }

    /// Polls until the system has taken all earlier messages.
    ///
    /// # Errors
    /// Those of [`SendingMessage::wait`].
    ///
    /// # Panics
    /// Those of [`SendingMessage::wait`].
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.started.check_process();
        let outcome = ready!(self.link.poll_write(cx, || self.link.try_flush()));
        Poll::Ready(self.sent(outcome))
    }

    /// Sends a close with [`CloseCode::NORMAL`], unless a close was sent before or the peer has closed, and polls
    /// until the transfer has ended, normally by the close of the peer.
    ///
    /// The close of the peer comes after the messages that still arrive. If their bytes reach the limit for unread
    /// bytes, another task has to receive them.
    ///
    /// # Errors
    /// Those of [`SendingMessage::wait`]; [`WebSocketError::TimedOut`] if the peer is silent for too long.
    ///
    /// # Panics
    /// Those of [`SendingMessage::wait`].
    pub fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.started.check_process();
        self.link.close_once(|| CloseCode::NORMAL.into());
        match ready!(self.link.poll_write(cx, || self.link.try_end())) {
            Sent::Ended => Poll::Ready(self.take_error().map_or(Ok(()), Err)),
            outcome => Poll::Ready(self.sent(outcome)),
        }
    }
}

impl<H> AsyncWebSocket<H> {
    /// Returns the error of the transfer at the first call, and [`WebSocketError::Failed`] at later calls.
    /// Returns `None` if the transfer has not failed.
    fn take_error(&mut self) -> Option<Error> {
        let error = self.started.slot().take_error(told)?;
        match std::mem::replace(&mut self.is_told, true) {
            false => Some(error),
            true => Some(WebSocketError::Failed.into()),
        }
    }

    /// Receives the next message, and waits until `limit` for it.
    fn wait_receive(&mut self, limit: Option<Instant>) -> Result<Message, Error> {
        self.started.check_process();
        let received = self.link.wait_read(limit, || self.link.try_receive());
        self.received(received.ok_or(WebSocketError::TimedOut)?)
    }

    fn received(&mut self, received: Option<Message>) -> Result<Message, Error> {
        if let Some(message) = received {
            if let Message::Close(_) = message {
                self.reading = Reading::Close;
            }
            return Ok(message);
        }
        match self.reading {
            Reading::Close => return Err(WebSocketError::Closed.into()),
            Reading::Error => return Err(WebSocketError::Failed.into()),
            Reading::Messages => {}
        }
        self.reading = Reading::Error;
        let error = self.take_error();
        Err(error.unwrap_or_else(|| WebSocketError::Failed.into()))
    }

    /// Waits for room in the queue, puts `outgoing` in, and waits until everything is sent. Without
    /// `outgoing`, only waits until everything is sent. Waits until `limit` at most.
    fn wait_send(
        &mut self,
        outgoing: Option<Outgoing>,
        limit: Option<Instant>,
    ) -> Result<(), Error> {
        self.started.check_process();
        if let Some(outgoing) = outgoing {
            let outcome = self.link.wait_write(limit, || self.link.try_ready());
            self.sent(outcome.ok_or(WebSocketError::Unsent)?)?;
            self.link.push(outgoing);
        }
        let outcome = self.link.wait_write(limit, || self.link.try_flush());
        self.sent(outcome.ok_or(WebSocketError::TimedOut)?)
    }

    fn sent(&mut self, outcome: Sent) -> Result<(), Error> {
        match outcome {
            Sent::Done => Ok(()),
            Sent::Failed(error) => Err(error),
            Sent::Ended => {
                let error = self.take_error();
                Err(error.unwrap_or_else(|| WebSocketError::Closed.into()))
            }
        }
    }
}

/// Returns what has to be sent for a message.
fn outgoing(message: Message) -> Result<Outgoing, Error> {
    match message {
        Message::Text(text) => Ok(Outgoing::Frame(FrameKind::Text, text.into_bytes())),
        Message::Binary(data) => Ok(Outgoing::Frame(FrameKind::Binary, data)),
        Message::Pong(data) => control(FrameKind::Pong, data),
        Message::Close(close) => Ok(Outgoing::Close(close)),
    }
}

fn control(kind: FrameKind, data: Vec<u8>) -> Result<Outgoing, Error> {
    match data.len() > 125 {
        true => Err(SEND.unsuitable("a ping or a pong has at most 125 bytes")),
        false => Ok(Outgoing::Frame(kind, data)),
    }
}

impl<H> fmt::Debug for AsyncWebSocket<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncWebSocket")
            .field("messages", &self.link)
            .finish_non_exhaustive()
    }
}
