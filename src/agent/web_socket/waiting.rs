//! What is waited for, or awaited, when messages are sent and received.

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

/// The next message of a WebSocket, which is waited for or awaited.
///
/// [`AsyncWebSocket::receive`] makes it. Dropping it loses nothing.
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
    /// [`Protocol`](WebSocketError::Protocol), which are told to the peer by a close if that can be sent at once;
    /// [`Closed`](WebSocketError::Closed) after a [`Message::Close`] was received;
    /// [`TimedOut`](WebSocketError::TimedOut) if this side has closed and the peer is silent; and
    /// [`Failed`](WebSocketError::Failed) after an error. [`Error::Libcurl`] if the connection fails or ends,
    /// [`Error::Cancelled`] after a cancel, and the error of [`debug`](crate::Callbacks::debug).
    ///
    /// # Panics
    /// Resumes the panic of a callback. Panics in the child of a fork, where nothing receives.
    pub fn wait(self) -> Result<Message, Error> {
        self.socket.wait_receive(None)
    }

    /// Waits for the message for a limited time.
    ///
    /// # Errors
    /// As for [`wait`](ReceivingMessage::wait); [`TimedOut`](WebSocketError::TimedOut) if the time is over, after which
    /// the next call goes on.
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

/// A message that is sent on a WebSocket, which is waited for or awaited.
///
/// [`AsyncWebSocket::send`], [`ping`](AsyncWebSocket::ping) and [`flush`](AsyncWebSocket::flush) make it.
#[must_use = "it is waited for, or awaited"]
pub struct SendingMessage<'a, H> {
    socket: &'a mut AsyncWebSocket<H>,
    /// What was not begun yet, or why it never is.
    outgoing: Result<Option<Outgoing>, Error>,
}

impl<'a, H> SendingMessage<'a, H> {
    pub(super) fn new(
        socket: &'a mut AsyncWebSocket<H>,
        outgoing: Result<Option<Outgoing>, Error>,
    ) -> SendingMessage<'a, H> {
        SendingMessage { socket, outgoing }
    }

    /// Waits until the system has taken the whole message.
    ///
    /// # Errors
    /// [`Error::WebSocket`]: [`Closed`](WebSocketError::Closed) if the peer has closed,
    /// [`Closing`](WebSocketError::Closing) if this side has, and [`Failed`](WebSocketError::Failed) after an
    /// error. [`Error::Option`] for a ping or pong of more than 125 bytes. Otherwise as for [`ReceivingMessage::wait`]:
    /// the first call that finds an error returns it.
    ///
    /// # Panics
    /// Resumes the panic of a callback. Panics in the child of a fork, where nothing sends.
    pub fn wait(self) -> Result<(), Error> {
        self.socket.wait_send(self.outgoing?, None)
    }

    /// Waits for a limited time.
    ///
    /// # Errors
    /// As for [`wait`](SendingMessage::wait); [`Unsent`](WebSocketError::Unsent) if there was no room for the message, which
    /// is not sent then, and [`TimedOut`](WebSocketError::TimedOut) if it is still being sent.
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
