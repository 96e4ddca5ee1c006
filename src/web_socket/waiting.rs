//! The calls of a WebSocket that wait.

use std::time::Instant;

use crate::multi::Ready;
use crate::web_socket::WebSocket;
use crate::web_socket::exchange::{State, Step};
use crate::web_socket::message::{Close, Message};
use crate::{Error, FrameKind, WebSocketError};

impl<H> WebSocket<H> {
    /// Returns the end of the time limit for a call that begins now; `None` if there is no limit.
    pub(super) fn until(&self) -> Option<Instant> {
        self.timeout
            .and_then(|timeout| Instant::now().checked_add(timeout))
    }

    pub(super) fn send(&mut self, kind: FrameKind, data: &[u8]) -> Result<(), Error> {
        self.exchange.check_open()?;
        let until = self.until();
        self.drain(until).map_err(|error| match error {
            Error::WebSocket(WebSocketError::TimedOut | WebSocketError::Unread) => {
                WebSocketError::Unsent.into()
            }
            error => error,
        })?;
        self.exchange.begin(&mut self.transfer, kind, data)?;
        self.drain(until)
    }

    /// Waits until nothing is left to be sent, and keeps the messages that arrive meanwhile.
    pub(super) fn drain(&mut self, until: Option<Instant>) -> Result<(), Error> {
        loop {
            if self.exchange.send(&mut self.transfer)? {
                return Ok(());
            }
            if self.unread_size > self.exchange.assembly.limit {
                return Err(WebSocketError::Unread.into());
            }
            match self.exchange.step(&mut self.transfer)? {
                Step::Message(message) => self.keep(message),
                Step::Progress => {}
                Step::Blocked => {
                    self.wait(Ready::READ, until)?;
                    continue;
                }
            }
            self.exchange.check_open()?;
            if is_over(until) {
                return Err(WebSocketError::TimedOut.into());
            }
        }
    }

    fn keep(&mut self, message: Message) {
        self.unread_size += message.size();
        self.unread.push_back(message);
    }

    pub(super) fn say_goodbye(&mut self, close: &Close) -> Result<(), Error> {
        if self.exchange.state() == State::Failed {
            return self.exchange.check_open();
        }
        self.exchange.assembly.discards = true;
        self.exchange.outbox.close(Some(close));
        let until = Instant::now().checked_add(self.close_timeout);
        loop {
            let is_sent = self.exchange.try_send(&mut self.transfer)?;
            if self.exchange.state() == State::Closed {
                // If the answer to the peer's close was sent, or cannot be sent, the WebSocket has ended.
                if is_sent {
                    return Ok(());
                }
                self.wait(Ready::empty(), until)?;
            } else if let Step::Blocked = self.exchange.step(&mut self.transfer)? {
                if self.exchange.state() == State::Unsendable {
                    return Err(self.exchange.end());
                }
                self.wait(Ready::READ, until)?;
            } else if is_over(until) {
                return Err(WebSocketError::TimedOut.into());
            }
        }
    }

    /// Waits until the socket is ready for `interest`. If frames wait to be sent, also stops waiting when
    /// the socket is ready for sending.
    pub(super) fn wait(&mut self, interest: Ready, until: Option<Instant>) -> Result<(), Error> {
        let interest = match self.exchange.outbox.is_empty() {
            true => interest,
            false => interest | Ready::WRITE,
        };
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let ready = self.transfer.wait_socket(interest, left);
        let ready = ready.map_err(|error| self.exchange.fail(&mut self.transfer, error))?;
        match ready.is_empty() {
            true => Err(WebSocketError::TimedOut.into()),
            false => Ok(()),
        }
    }
}

pub(super) fn is_over(until: Option<Instant>) -> bool {
    until.is_some_and(|until| until <= Instant::now())
}
