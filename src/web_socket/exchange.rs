//! How a WebSocket sends and receives, and waits for either.

use std::time::Instant;

use crate::multi::Ready;
use crate::web_socket::WebSocket;
use crate::web_socket::assembly::Arrival;
use crate::web_socket::message::{Close, Message};
use crate::web_socket::outbox::Outbox;
use crate::{Attempt, CloseCode, Code, Error, FrameKind, WebSocketError};

/// How far the WebSocket is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Open,
    /// Sending has failed; what has arrived is still received.
    Unsendable,
    /// The peer has closed it.
    Closed,
    Failed,
}

/// What one look at the connection has brought.
pub(super) enum Step {
    Message(Message),
    /// Something, but no message.
    Progress,
    Blocked,
}

impl<H> WebSocket<H> {
    pub(super) fn check_open(&self) -> Result<(), Error> {
        match self.state {
            State::Open => Ok(()),
            State::Closed => Err(WebSocketError::Closed.into()),
            State::Unsendable | State::Failed => Err(WebSocketError::Failed.into()),
        }
    }

    /// Returns when the time of a call that begins now is over.
    pub(super) fn until(&self) -> Option<Instant> {
        self.timeout
            .and_then(|timeout| Instant::now().checked_add(timeout))
    }

    pub(super) fn send(&mut self, kind: FrameKind, data: &[u8]) -> Result<(), Error> {
        self.check_open()?;
        let until = self.until();
        self.drain(until).map_err(|error| match error {
            Error::WebSocket(WebSocketError::TimedOut | WebSocketError::Unread) => {
                WebSocketError::Unsent.into()
            }
            error => error,
        })?;
        let mut rest = data;
        loop {
            let state = std::mem::replace(&mut self.state, State::Failed);
            let attempt = self.transfer.ws_send(kind, rest);
            self.state = state;
            match attempt.map_err(|error| self.fail_to_send(error))? {
                Attempt::Done(count) => rest = &rest[count..],
                Attempt::WouldBlock => break,
            }
            if rest.is_empty() {
                return Ok(());
            }
        }
        self.outbox.go_on(kind, rest.to_vec());
        self.drain(until)
    }

    /// Waits until nothing is left to be sent, and receives meanwhile.
    pub(super) fn drain(&mut self, until: Option<Instant>) -> Result<(), Error> {
        loop {
            if self
                .send_waiting()
                .map_err(|error| self.fail_to_send(error))?
            {
                return Ok(());
            }
            if self.unread_size > self.assembly.limit {
                return Err(WebSocketError::Unread.into());
            }
            match self.step()? {
                Step::Message(message) => self.keep(message),
                Step::Progress => {}
                Step::Blocked => {
                    self.wait(Ready::READ, until)?;
                    continue;
                }
            }
            self.check_open()?;
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
        if self.state == State::Failed {
            return self.check_open();
        }
        self.assembly.discards = true;
        self.outbox.close(Some(close));
        let until = Instant::now().checked_add(self.close_timeout);
        loop {
            let is_sent = self.try_send_waiting()?;
            if self.state == State::Closed {
                // A peer that has closed need not wait for the answer.
                if is_sent {
                    return Ok(());
                }
                self.wait(Ready::empty(), until)?;
            } else if let Step::Blocked = self.step()? {
                if self.state == State::Unsendable {
                    return Err(self.end());
                }
                self.wait(Ready::READ, until)?;
            } else if is_over(until) {
                return Err(WebSocketError::TimedOut.into());
            }
        }
    }

    /// Runs a call into libcurl. If that fails or panics, bytes may be lost.
    fn run<T>(&mut self, call: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        let state = std::mem::replace(&mut self.state, State::Failed);
        let result = call(self);
        match result {
            Ok(value) => {
                self.state = state;
                Ok(value)
            }
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Sends what waits as far as that needs no waiting, and returns whether nothing is left.
    pub(super) fn send_waiting(&mut self) -> Result<bool, Error> {
        if self.outbox.is_empty() {
            return Ok(true);
        }
        let state = std::mem::replace(&mut self.state, State::Failed);
        let sent = self.outbox.send(&mut self.transfer);
        self.state = state;
        sent
    }

    /// Sends as [`send_waiting`](WebSocket::send_waiting) does. If the connection fails, its error is returned
    /// only when everything that has arrived is received.
    pub(super) fn try_send_waiting(&mut self) -> Result<bool, Error> {
        match self.send_waiting() {
            Err(error @ Error::Libcurl { .. }) => {
                let error = self.fail_to_send(error);
                self.send_error = Some(error);
                Ok(true)
            }
            sent => sent.map_err(|error| self.fail(error)),
        }
    }

    /// Notes that nothing can be sent any more.
    fn fail_to_send(&mut self, error: Error) -> Error {
        if !matches!(error, Error::Libcurl { .. }) {
            return self.fail(error);
        }
        if self.state == State::Open {
            self.state = State::Unsendable;
        }
        self.outbox = Outbox::shut();
        error
    }

    /// Returns the error of a connection on which nothing can be sent and nothing is left to be received.
    pub(super) fn end(&mut self) -> Error {
        self.state = State::Failed;
        let error = self.send_error.take();
        error.unwrap_or_else(|| WebSocketError::Failed.into())
    }

    /// Receives as much as one call of libcurl does, without waiting.
    pub(super) fn step(&mut self) -> Result<Step, Error> {
        let received = self.run(|this| this.transfer.ws_recv(&mut this.buffer))?;
        let Attempt::Done((len, frame)) = received else {
            return Ok(Step::Blocked);
        };
        let arrival = self.assembly.take(&frame, &self.buffer[..len]);
        let message = match arrival.map_err(|error| self.fail(error.into()))? {
            Some(Arrival::Message(message)) => message,
            Some(Arrival::Pong(data)) if self.shows_pongs => Message::Pong(data),
            Some(Arrival::Pong(_)) | None => return Ok(Step::Progress),
            Some(Arrival::Ping(data)) => {
                self.outbox.answer(data);
                return Ok(Step::Progress);
            }
            Some(Arrival::Close(close)) => {
                self.state = State::Closed;
                self.outbox.close(close.as_ref());
                // What cannot be sent at once, a `close` sends.
                self.try_send_waiting()?;
                Message::Close(close)
            }
        };
        Ok(Step::Message(message))
    }

    /// Waits until there is something to receive, if that is wanted, or something can be sent that waits.
    pub(super) fn wait(&mut self, interest: Ready, until: Option<Instant>) -> Result<(), Error> {
        let interest = match self.outbox.is_empty() {
            true => interest,
            false => interest | Ready::WRITE,
        };
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let ready = self.transfer.wait_socket(interest, left);
        match ready.map_err(|error| self.fail(error))?.is_empty() {
            true => Err(WebSocketError::TimedOut.into()),
            false => Ok(()),
        }
    }

    /// Notes that the WebSocket has failed, and tells the peer if that is the cause.
    pub(super) fn fail(&mut self, error: Error) -> Error {
        self.state = State::Failed;
        let code = match &error {
            Error::WebSocket(WebSocketError::TooLarge { .. }) => CloseCode::MESSAGE_TOO_BIG,
            Error::WebSocket(WebSocketError::NotUtf8) => CloseCode::INVALID_DATA,
            Error::WebSocket(WebSocketError::Protocol(_)) => CloseCode::PROTOCOL_ERROR,
            // Also libcurl finds faults in frames; if the connection is broken, nothing is sent.
            Error::Libcurl { code, .. } if *code == Code::RECV_ERROR => CloseCode::PROTOCOL_ERROR,
            _ => return explain(error),
        };
        self.outbox.close(Some(&code.into()));
        let _ = self.send_waiting();
        error
    }
}

pub(super) fn is_over(until: Option<Instant>) -> bool {
    until.is_some_and(|until| until <= Instant::now())
}

/// Says in other words than libcurl's that the connection has ended.
fn explain(mut error: Error) -> Error {
    if let Error::Libcurl { code, text, .. } = &mut error {
        if *code == Code::GOT_NOTHING {
            *text = Some("the connection has ended without a close of the WebSocket".into());
        }
    }
    error
}
