//! The values to wait for, or to await, when messages are sent and received.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

#[cfg(doc)]
use crate::WebSocketError;
use crate::agent::web_socket::AsyncWebSocket;
use crate::agent::web_socket::link::Outgoing;
use crate::{Error, Message};

/// The next message of a WebSocket: wait for it, or await it.
///
/// [`AsyncWebSocket::receive`] makes it. Dropping it loses no message.
#[must_use = "it is waited for, or awaited"]
pub struct ReceivingMessage<'a, H> {
    socket: &'a mut AsyncWebSocket<H>,
}

impl<'a, H> ReceivingMessage<'a, H> {
    pub(super) fn new(socket: &'a mut AsyncWebSocket<H>) -> ReceivingMessage<'a, H> {
        ReceivingMessage { socket }
    }

    /// Waits for the message.
    ///
    /// # Errors
    /// [`Error::WebSocket`]: [`TooLarge`](WebSocketError::TooLarge), [`NotUtf8`](WebSocketError::NotUtf8) and
    /// [`Protocol`](WebSocketError::Protocol), of which a close tells the peer, if it can be sent at once;
    /// [`Closed`](WebSocketError::Closed) after a [`Message::Close`] was received;
    /// [`TimedOut`](WebSocketError::TimedOut) if this side has closed and the peer does not close in time; and
    /// [`Failed`](WebSocketError::Failed) after a call has returned an error of the connection or the protocol.
    /// [`Error::Libcurl`] if the connection fails or ends, [`Error::Cancelled`] after a cancel or a
    /// [`shutdown`](crate::Agent::shutdown), the error of a callback such as [`debug`](crate::Callbacks::debug), and
    /// [`Error::Agent`], [`Error::Poll`] or [`Error::Multi`] if the agent has failed.
    ///
    /// # Panics
    /// Resumes the panic of a callback. Panics in the child of a `fork`, where no thread receives, unless the transfer
    /// had ended before.
    pub fn wait(self) -> Result<Message, Error> {
        self.socket.wait_receive(None)
    }

    /// Waits for the message, but for `limit` at most.
    ///
    /// # Errors
    /// Those of [`wait`](ReceivingMessage::wait); [`TimedOut`](WebSocketError::TimedOut) if the time is over:
    /// the next call can still receive the message.
    ///
    /// # Panics
    /// As for [`wait`](ReceivingMessage::wait).
    pub fn wait_for(self, limit: Duration) -> Result<Message, Error> {
        self.socket.wait_receive(Instant::now().checked_add(limit))
    }
}

impl<H> Future for ReceivingMessage<'_, H> {
    type Output = Result<Message, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.socket.poll_receive(cx)
    }
}

impl<H> fmt::Debug for ReceivingMessage<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivingMessage").finish_non_exhaustive()
    }
}

/// A message that is sent on a WebSocket, or a flush: wait, or await, until the system has taken all messages.
///
/// [`AsyncWebSocket::send`], [`ping`](AsyncWebSocket::ping) and [`flush`](AsyncWebSocket::flush) make it.
#[must_use = "it is waited for, or awaited"]
pub struct SendingMessage<'a, H> {
    socket: &'a mut AsyncWebSocket<H>,
    /// The message, if it is not in the queue yet; `None` once it is, and for a flush; or the error if it
    /// cannot be sent.
    outgoing: Result<Option<Outgoing>, Error>,
}

impl<'a, H> SendingMessage<'a, H> {
    pub(super) fn new(
        socket: &'a mut AsyncWebSocket<H>,
        outgoing: Result<Option<Outgoing>, Error>,
    ) -> SendingMessage<'a, H> {
        SendingMessage { socket, outgoing }
    }

    /// Waits until the system has taken the whole message and all earlier ones.
    ///
    /// # Errors
    /// [`Error::WebSocket`]: [`Closed`](WebSocketError::Closed) if the peer has closed,
    /// [`Closing`](WebSocketError::Closing) if this side has closed, and [`Failed`](WebSocketError::Failed)
    /// after a call has returned an error of the connection or the protocol. [`Error::Option`] for a ping or
    /// pong of more than 125 bytes. Also those of [`ReceivingMessage::wait`]: if the WebSocket fails, the
    /// first call that fails returns the error, whether it sends or receives.
    ///
    /// # Panics
    /// Resumes the panic of a callback. Panics in the child of a `fork`, where no thread sends, unless the transfer
    /// had ended before.
    pub fn wait(self) -> Result<(), Error> {
        self.socket.wait_send(self.outgoing?, None)
    }

    /// Waits as [`wait`](SendingMessage::wait) does, but for `limit` at most.
    ///
    /// # Errors
    /// Those of [`wait`](SendingMessage::wait); [`Unsent`](WebSocketError::Unsent) if the queue had no room in
    /// time: the message is never sent; [`TimedOut`](WebSocketError::TimedOut) if the message is in the queue:
    /// it is still sent.
    ///
    /// # Panics
    /// As for [`wait`](SendingMessage::wait).
    pub fn wait_for(self, limit: Duration) -> Result<(), Error> {
        let limit = Instant::now().checked_add(limit);
        self.socket.wait_send(self.outgoing?, limit)
    }
}

impl<H> Future for SendingMessage<'_, H> {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        match std::mem::replace(&mut this.outgoing, Ok(None)) {
            Err(error) => return Poll::Ready(Err(error)),
            Ok(None) => {}
            Ok(Some(outgoing)) => match this.socket.poll_ready(cx) {
                Poll::Ready(ready) => {
                    ready?;
                    this.socket.link.push(outgoing);
                }
                Poll::Pending => {
                    this.outgoing = Ok(Some(outgoing));
                    return Poll::Pending;
                }
            },
        }
        Poll::Ready(ready!(this.socket.poll_flush(cx)))
    }
}

impl<H> fmt::Debug for SendingMessage<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendingMessage").finish_non_exhaustive()
    }
}
