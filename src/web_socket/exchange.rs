//! Sending and receiving on a WebSocket, without waiting.

use crate::web_socket::assembly::{Arrival, Assembly};
use crate::web_socket::message::Message;
use crate::web_socket::outbox::Outbox;
use crate::{Attempt, CloseCode, Code, Error, FrameKind, Transfer, WebSocketError};

/// How many bytes one call of `curl_ws_recv` returns at most.
pub(super) const BUFFER: usize = 64 << 10;

/// A WebSocket between the calls of the program: the message that is being received, the frames that wait to be
/// sent, and how far the WebSocket is.
pub(crate) struct Exchange {
    pub(crate) assembly: Assembly,
    pub(crate) outbox: Outbox,
    /// Whether the program receives pongs.
    pub(crate) shows_pongs: bool,
    buffer: Box<[u8]>,
    state: State,
    /// Why sending has failed, if no call has returned the error yet.
    send_error: Option<Error>,
}

/// Whether the WebSocket is open, or why not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    /// Sending has failed. What has arrived can still be received.
    Unsendable,
    /// The peer has closed the WebSocket.
    Closed,
    Failed,
}

/// What one attempt to receive has led to.
pub(crate) enum Step {
    Message(Message),
    /// Bytes have come, but they complete no message for the program.
    Progress,
    Blocked,
}

impl Exchange {
    /// Makes the state of a new WebSocket. Messages of the peer may have up to `limit` bytes.
    pub(crate) fn new(limit: usize) -> Exchange {
        Exchange {
            assembly: Assembly::new(limit),
            outbox: Outbox::default(),
            shows_pongs: false,
            buffer: vec![0; BUFFER].into(),
            state: State::Open,
            send_error: None,
        }
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    /// Returns an error if nothing can be sent: that of the connection if no call has returned it yet.
    pub(crate) fn check_open(&mut self) -> Result<(), Error> {
        match self.state {
            State::Open => Ok(()),
            State::Closed => Err(WebSocketError::Closed.into()),
            State::Unsendable | State::Failed => {
                let error = self.send_error.take();
                Err(error.unwrap_or_else(|| WebSocketError::Failed.into()))
            }
        }
    }

    /// Sends as much of a frame as the system takes, and keeps the rest. Nothing of an earlier frame may be
    /// left.
    pub(super) fn begin<H>(
        &mut self,
        transfer: &mut Transfer<H>,
        kind: FrameKind,
        data: &[u8],
    ) -> Result<(), Error> {
        let mut rest = data;
        loop {
            let state = std::mem::replace(&mut self.state, State::Failed);
            let attempt = transfer.ws_send(kind, rest);
            self.state = state;
            match attempt.map_err(|error| self.fail_to_send(transfer, error))? {
                Attempt::Done(count) => rest = &rest[count..],
                Attempt::WouldBlock => break,
            }
            if rest.is_empty() {
                return Ok(());
            }
        }
        self.outbox.begin(kind, rest.to_vec());
        Ok(())
    }

    /// Runs a call into libcurl. If the call fails or panics, the WebSocket has failed, since bytes may be
    /// lost.
    fn run<H, T>(
        &mut self,
        transfer: &mut Transfer<H>,
        call: impl FnOnce(&mut Self, &mut Transfer<H>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let state = std::mem::replace(&mut self.state, State::Failed);
        let result = call(self, transfer);
        match result {
            Ok(value) => {
                self.state = state;
                Ok(value)
            }
            Err(error) => Err(self.fail(transfer, error)),
        }
    }

    /// Sends the waiting frames as far as the system takes them, and returns `true` if nothing is left.
    fn send_waiting<H>(&mut self, transfer: &mut Transfer<H>) -> Result<bool, Error> {
        if self.outbox.is_empty() {
            return Ok(true);
        }
        let state = std::mem::replace(&mut self.state, State::Failed);
        let sent = self.outbox.send(transfer);
        self.state = state;
        sent
    }

    /// Sends the waiting frames as far as the system takes them, and returns `true` if nothing is left. If the
    /// connection fails, returns its error.
    pub(super) fn send<H>(&mut self, transfer: &mut Transfer<H>) -> Result<bool, Error> {
        let sent = self.send_waiting(transfer);
        sent.map_err(|error| self.fail_to_send(transfer, error))
    }

    /// Sends as [`send`](Exchange::send) does. But if the connection fails, keeps its error and returns
    /// `true`: [`end`](Exchange::end) returns that error when everything that has arrived was received.
    pub(crate) fn try_send<H>(&mut self, transfer: &mut Transfer<H>) -> Result<bool, Error> {
        match self.send_waiting(transfer) {
            Err(error @ Error::Libcurl { .. }) => {
                let error = self.fail_to_send(transfer, error);
                self.send_error = Some(error);
                Ok(true)
            }
            sent => sent.map_err(|error| self.fail(transfer, error)),
        }
    }

    /// Notes that nothing can be sent any more, and returns `error`. If `error` is not an [`Error::Libcurl`],
    /// nothing can be received any more either.
    fn fail_to_send<H>(&mut self, transfer: &mut Transfer<H>, error: Error) -> Error {
        if !matches!(error, Error::Libcurl { .. }) {
            return self.fail(transfer, error);
        }
        if self.state == State::Open {
            self.state = State::Unsendable;
        }
        self.outbox = Outbox::shut();
        error
    }

    /// Takes the error of sending, if no call has returned it.
    pub(crate) fn take_send_error(&mut self) -> Option<Error> {
        self.send_error.take()
    }

    /// Ends a WebSocket on which nothing can be sent and nothing is left to be received. Returns why sending
    /// has failed.
    pub(crate) fn end(&mut self) -> Error {
        self.state = State::Failed;
        let error = self.send_error.take();
        error.unwrap_or_else(|| WebSocketError::Failed.into())
    }

    /// Receives one part of a frame, without waiting, and handles it. Puts the answer to a ping into the outbox, and
    /// tries to send the answer to a close.
    pub(crate) fn step<H>(&mut self, transfer: &mut Transfer<H>) -> Result<Step, Error> {
        let received = self.run(transfer, |this, transfer| {
            transfer.ws_recv(&mut this.buffer)
        })?;
        let Attempt::Done((len, frame)) = received else {
            return Ok(Step::Blocked);
        };
        let arrival = self.assembly.take(&frame, &self.buffer[..len]);
        let message = match arrival.map_err(|error| self.fail(transfer, error.into()))? {
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
                // If the answer cannot be sent at once, a later call sends it.
                self.try_send(transfer)?;
                Message::Close(close)
            }
        };
        Ok(Step::Message(message))
    }

    /// Notes that the WebSocket has failed, and returns `error`. If the peer has caused it, sends the peer a
    /// close, if that is possible at once.
    pub(super) fn fail<H>(&mut self, transfer: &mut Transfer<H>, error: Error) -> Error {
        self.state = State::Failed;
        let code = match &error {
            Error::WebSocket(WebSocketError::TooLarge { .. }) => CloseCode::MESSAGE_TOO_BIG,
            Error::WebSocket(WebSocketError::NotUtf8) => CloseCode::INVALID_DATA,
            Error::WebSocket(WebSocketError::Protocol(_)) => CloseCode::PROTOCOL_ERROR,
            // libcurl returns this code for faults in frames, and for a broken connection, on which sending the
            // close fails.
            Error::Libcurl { code, .. } if *code == Code::RECV_ERROR => CloseCode::PROTOCOL_ERROR,
            _ => return explain(error),
        };
        self.outbox.close(Some(&code.into()));
        let _ = self.send_waiting(transfer);
        error
    }
}

/// Replaces libcurl's message if the connection has ended without a close.
fn explain(mut error: Error) -> Error {
    if let Error::Libcurl { code, text, .. } = &mut error {
        if *code == Code::GOT_NOTHING {
            *text = Some("the connection has ended without a close of the WebSocket".into());
        }
    }
    error
}
