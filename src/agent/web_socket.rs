//! WebSockets of whole messages that an agent drives.

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

/// A WebSocket that an [`Agent`](crate::Agent) drives: any thread or task sends and receives whole messages.
///
/// [`Agent::open_websocket`](crate::Agent::open_websocket) makes it. [`receive`](AsyncWebSocket::receive) and
/// [`send`](AsyncWebSocket::send) return what is waited for, or awaited on any executor. With the feature
/// `stream`, it is also a `Stream` of messages and a `Sink` of them; `futures::StreamExt::split` makes a half
/// for each direction. It requires libcurl 8.16.0, built with WebSockets.
///
/// # Receiving
/// The agent's thread receives, puts the fragments of a message together, checks that a text message is UTF-8, and
/// answers pings, whether or not the program receives. It stops when 256 KiB are unread, or
/// [as many](WebSocketConfig::unread_limit) as the program has said. The system then stops the peer, and pings
/// behind the unread messages are answered when the program has received some of these. So a WebSocket needs
/// memory for these bytes, for one more message, and for what libcurl and the system keep. A peer that sends
/// through a Unix socket as fast as libcurl receives can make libcurl keep more.
///
/// When the peer closes the WebSocket, the close is answered, and is received as [`Message::Close`], the last
/// message. A connection that ends without a close is an error,
/// [`Code::GOT_NOTHING`](crate::Code::GOT_NOTHING), once the messages before it were received.
///
/// # Sending
/// A message waits until the system has taken it. A send waits while 256 KiB are unsent, or
/// [as many](WebSocketConfig::unsent_limit) as the program has said.
///
/// # The end
/// [`Message::Close`] can be sent too: then nothing else can be, and messages of the peer are received until its
/// close. `Sink::poll_close` also waits for the close of the peer, while somebody has to receive.
/// [`finish`](AsyncWebSocket::finish) closes, throws unread messages away and returns the [`Started`] transfer.
/// If the peer is silent for 10 seconds, or as long as [`close_timeout`](WebSocketConfig::close_timeout) says,
/// the connection is cut, and the error is [`WebSocketError::TimedOut`].
/// [`cancel`](AsyncWebSocket::cancel) cuts the connection at once. Dropping this value does so too, and never waits.
///
/// # Errors
/// The first call that finds that the WebSocket has failed returns the error, in either direction. Later calls
/// return [`WebSocketError::Failed`]. A `Stream` ends after the error.
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
    /// Whether the error of the transfer was returned.
    is_told: bool,
}

/// What the calls that receive have returned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Messages,
    /// The close of the peer.
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

    /// Receives the next message. What this returns is waited for or awaited, and loses nothing if it is
    /// dropped before.
    pub fn receive(&mut self) -> ReceivingMessage<'_, H> {
        ReceivingMessage::new(self)
    }

    /// Sends a message, in one frame. What this returns is waited for or awaited, until the system has taken the
    /// whole message.
    ///
    /// If it is dropped before, the message is sent either whole or not at all.
    pub fn send(&mut self, message: impl Into<Message>) -> SendingMessage<'_, H> {
        let outgoing = outgoing(message.into());
        SendingMessage::new(self, outgoing.map(Some))
    }

    /// Sends a ping with up to 125 bytes, which the peer answers with a pong; otherwise as
    /// [`send`](AsyncWebSocket::send).
    pub fn ping(&mut self, data: impl Into<Vec<u8>>) -> SendingMessage<'_, H> {
        let outgoing = control(FrameKind::Ping, data.into());
        SendingMessage::new(self, outgoing.map(Some))
    }

    /// Waits until the system has taken everything that was sent; otherwise as [`send`](AsyncWebSocket::send).
    pub fn flush(&mut self) -> SendingMessage<'_, H> {
        SendingMessage::new(self, Ok(None))
    }

    /// Sends a close with this code and reason, and returns the transfer, which ends when the peer has closed
    /// too. It then has the options that it had before.
    ///
    /// What was sent before is sent, and messages that are unread or still arrive are thrown away.
    pub fn finish(self, close: impl Into<Close>) -> Started<H> {
        self.link.close_unread(close.into());
        self.started
    }

    /// Cuts the connection, and returns the transfer, which ends with [`Error::Cancelled`] unless it has ended
    /// already.
    pub fn cancel(self) -> Started<H> {
        self.started.remote().cancel();
        self.started
    }

    /// Returns the remote that cancels the transfer, and so the WebSocket. There is nothing to pause.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        self.started.remote()
    }

    /// Returns the headers of the response to the handshake, by name and value, in their order.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl was built without them.
    pub fn headers(&self) -> Result<impl Iterator<Item = (&[u8], &[u8])>, Error> {
        let fields = self.head.fields()?;
        Ok(fields.iter().map(|(name, value)| (&**name, &**value)))
    }

    /// Returns the value of the first header with this name, in whatever case, such as
    /// `Sec-WebSocket-Protocol`.
    ///
    /// # Errors
    /// As for [`headers`](AsyncWebSocket::headers).
    pub fn header(&self, name: &str) -> Result<Option<&[u8]>, Error> {
        let mut headers = self.headers()?;
        let found = headers.find(|(own, _)| own.eq_ignore_ascii_case(name.as_bytes()));
        Ok(found.map(|(_, value)| value))
    }
}

/// # Polling
///
/// For tasks. The traits of `futures-core` and `futures-sink` are implemented by these.
impl<H> AsyncWebSocket<H> {
    /// Returns the next message.
    ///
    /// # Errors
    /// Those of [`ReceivingMessage::wait`].
    ///
    /// # Panics
    /// Resumes the panic of a callback.
    pub fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<Message, Error>> {
        self.started.check_process();
        let received = ready!(self.link.poll_read(cx, || self.link.try_receive()));
        Poll::Ready(self.received(received))
    }

    /// Waits until there is room for a message to send.
    ///
    /// # Errors
    /// Those of [`SendingMessage::wait`].
    ///
    /// # Panics
    /// Resumes the panic of a callback.
    pub fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.started.check_process();
        let outcome = ready!(self.link.poll_write(cx, || self.link.try_ready()));
        Poll::Ready(self.sent(outcome))
    }

    /// Begins to send a message, after [`poll_ready`](AsyncWebSocket::poll_ready), and does not wait.
    ///
    /// # Errors
    /// [`Error::Option`] for a pong of more than 125 bytes.
    pub fn start_send(&mut self, message: Message) -> Result<(), Error> {
        self.link.push(outgoing(message)?);
        Ok(())
    }

    /// Waits until the system has taken everything that was sent.
    ///
    /// # Errors
    /// Those of [`SendingMessage::wait`].
    ///
    /// # Panics
    /// Resumes the panic of a callback.
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.started.check_process();
        let outcome = ready!(self.link.poll_write(cx, || self.link.try_flush()));
        Poll::Ready(self.sent(outcome))
    }

    /// Sends a [`CloseCode::NORMAL`], unless a [`Message::Close`] was sent, and waits until the peer has closed
    /// too.
    ///
    /// Messages that still arrive have to be received meanwhile: the close of the peer comes after them.
    ///
    /// # Errors
    /// Those of [`SendingMessage::wait`]; [`WebSocketError::TimedOut`] if the peer is silent for too long.
    ///
    /// # Panics
    /// Resumes the panic of a callback.
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
    /// Returns the error of the transfer, or that it was returned before; `None` if it has not failed.
    fn take_error(&mut self) -> Option<Error> {
        let error = self.started.slot().take_error(told)?;
        match std::mem::replace(&mut self.is_told, true) {
            false => Some(error),
            true => Some(WebSocketError::Failed.into()),
        }
    }

    /// Waits for the next message until `limit`.
    fn wait_receive(&mut self, limit: Option<Instant>) -> Result<Message, Error> {
        self.started.check_process();
        let received = self.link.wait(limit, || self.link.try_receive());
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

    /// Waits for room until `limit`, sends `outgoing`, and waits until everything is sent.
    fn wait_send(
        &mut self,
        outgoing: Option<Outgoing>,
        limit: Option<Instant>,
    ) -> Result<(), Error> {
        self.started.check_process();
        if let Some(outgoing) = outgoing {
            let outcome = self.link.wait(limit, || self.link.try_ready());
            self.sent(outcome.ok_or(WebSocketError::Unsent)?)?;
            self.link.push(outgoing);
        }
        let outcome = self.link.wait(limit, || self.link.try_flush());
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

/// Returns the frame of a message.
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
