//! A WebSocket as a `Stream` and a `Sink` of messages.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::stream::FusedStream;
use futures_sink::Sink;

use crate::agent::web_socket::{AsyncWebSocket, Reading};
use crate::{Error, Message};

/// The stream ends after a [`Message::Close`] or an error.
impl<H> Stream for AsyncWebSocket<H> {
    type Item = Result<Message, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.reading {
            Reading::Messages => Poll::Ready(Some(ready!(self.poll_receive(cx)))),
            Reading::Close | Reading::Error => Poll::Ready(None),
        }
    }
}

impl<H> FusedStream for AsyncWebSocket<H> {
    fn is_terminated(&self) -> bool {
        self.reading != Reading::Messages
    }
}

impl<H> Sink<Message> for AsyncWebSocket<H> {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        AsyncWebSocket::poll_ready(&mut self, cx)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        AsyncWebSocket::start_send(&mut self, message)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        AsyncWebSocket::poll_flush(&mut self, cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        AsyncWebSocket::poll_close(&mut self, cx)
    }
}
