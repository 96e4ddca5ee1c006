//! A WebSocket of an agent, as the agent's thread drives it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::agent::head::Head;
use crate::agent::job::{Job, Notice, Running};
use crate::agent::slot::wake;
use crate::agent::web_socket::link::{Closing, Link, Outgoing};
use crate::agent::web_socket::opening::WebSocketConfig;
use crate::ffi::info::SOCKET;
use crate::ffi::pool::Entered;
use crate::multi::{RawSocket, Ready};
use crate::run::guard::discard;
use crate::run::member::{Holder, Member, Panic, Served, Wait};
use crate::web_socket::exchange::{Exchange, State, Step};
use crate::web_socket::opening::{Former, check_upgrade};
use crate::{Callbacks, Error, WebSocketError};

/// How many steps one turn has at most, after which other transfers run. A step sends a frame, or receives a part of
/// one.
const MOST_STEPS: usize = 32;

/// A WebSocket, from before its handshake to its end.
pub(super) struct Conversation<H> {
    running: Running<H>,
    former: Former,
    exchange: Exchange,
    link: Arc<Link>,
    close_timeout: Duration,
    /// When a close has to be complete; `None` before a close, and if there is no limit.
    close_until: Option<Instant>,
    /// The socket of the connection, after the handshake.
    socket: Option<RawSocket>,
    /// Why the WebSocket has failed, if libcurl's result of the transfer does not say why.
    failure: Option<Error>,
}

impl<H> Conversation<H> {
    pub(super) fn new(
        running: Running<H>,
        link: Arc<Link>,
        config: &WebSocketConfig,
    ) -> Conversation<H> {
        let mut exchange = Exchange::new(config.message_limit);
        exchange.shows_pongs = config.shows_pongs;
        Conversation {
            former: Former::of(&running.transfer),
            running,
            exchange,
            link,
            close_timeout: config.close_timeout,
            close_until: None,
            socket: None,
            failure: None,
        }
    }

    /// Sends and receives what can be sent and received without waiting, for one turn at most.
    fn exchange(&mut self, socket: RawSocket) -> Result<Served, Error> {
        let closing = self.link.closing();
        let discards = closing == Some(Closing::Discards);
        self.exchange.assembly.discards = discards;
        let (mut steps, mut moved) = (0, false);
        let interest = loop {
            let is_sent = self.send(&mut steps)?;
            if self.exchange.state() == State::Closed {
                self.link.note_close();
                // If the answer to the peer's close was sent, or cannot be sent, the WebSocket has ended.
                match is_sent {
                    true => return Ok(Served::Ended),
                    false => break Ready::empty(),
                }
            }
            if !self.link.has_room() {
                break Ready::empty();
            }
            if steps >= MOST_STEPS {
                break Ready::READ;
            }
            steps += 1;
            match self.exchange.step(&mut self.running.transfer)? {
                Step::Message(message) if !discards => self.link.put(message),
                Step::Message(_) | Step::Progress => {}
                Step::Blocked if self.exchange.state() == State::Unsendable => {
                    let error = self.link.take_send_error();
                    return Err(error.unwrap_or_else(|| self.exchange.end()));
                }
                Step::Blocked => break Ready::READ,
            }
            moved = true;
        };
        let closes = closing.is_some() || self.exchange.state() == State::Closed;
        // The time of the close begins with the close, and begins again when something has come. While messages
        // are thrown away, the time does not begin again: a peer that never stops sending would prolong the close
        // for ever.
        if closes && (self.close_until.is_none() || moved && !discards) {
            self.close_until = Instant::now().checked_add(self.close_timeout);
        }
        let left = |until: Instant| until.saturating_duration_since(Instant::now());
        Ok(Served::Waits(Wait {
            socket,
            interest: match self.exchange.outbox.is_empty() {
                true => interest,
                false => interest | Ready::WRITE,
            },
            limit: self.close_until.map(left),
            again: steps >= MOST_STEPS,
        }))
    }

    /// Sends waiting frames until the turn is over. Returns `false` only if the system takes no more bytes
    /// now. So `true` may also mean that the turn is over, or that nothing can be sent any more.
    fn send(&mut self, steps: &mut usize) -> Result<bool, Error> {
        loop {
            let is_sent = self.exchange.try_send(&mut self.running.transfer)?;
            match self.exchange.state() {
                State::Unsendable => {
                    self.link.fail_to_send(self.exchange.take_send_error());
                    return Ok(true);
                }
                State::Open if is_sent && *steps < MOST_STEPS => *steps += 1,
                _ => return Ok(is_sent),
            }
            match self.link.next() {
                Some(Outgoing::Frame(kind, data)) => self.exchange.outbox.begin(kind, data),
                Some(Outgoing::Close(close)) => self.exchange.outbox.close(close.as_ref()),
                None => return Ok(true),
            }
        }
    }
}

/// When it is dropped, notes in the link that the transfer has ended.
struct LinkEnd(Arc<Link>);

impl Drop for LinkEnd {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl<H> Holder for Conversation<H> {
    fn member(&self) -> &dyn Member {
        self.running.member()
    }

    fn member_mut(&mut self) -> &mut dyn Member {
        self.running.member_mut()
    }

    fn connected(&mut self) -> bool {
        let info = self.running.transfer.info();
        let socket = check_upgrade(&info).and_then(|()| info.socket(SOCKET));
        match socket {
            Ok(socket) => {
                self.socket = socket.map(|socket| {
                    slow_down(&socket.as_sock_ref());
                    socket.as_raw()
                });
            }
            Err(error) => self.failure = Some(error),
        }
        if self.socket.is_some() {
            if let Some(slot) = self.running.slot.upgrade() {
                slot.begin(Head::of_upgrade(&info));
                wake(slot);
            }
        }
        self.socket.is_some()
    }

    fn serve(&mut self, _: &Entered) -> Served {
        let Some(socket) = self.socket else {
            return Served::Ended;
        };
        // Sending and receiving may call `debug`, which may panic.
        let served = catch_unwind(AssertUnwindSafe(|| self.exchange(socket)));
        let served = match served {
            Ok(Ok(served)) => served,
            Ok(Err(error)) => {
                self.failure = Some(error);
                Served::Ended
            }
            Err(panic) => {
                discard(self.keep_panic(panic));
                Served::Ended
            }
        };
        self.link.wake();
        served
    }

    fn keep_panic(&mut self, panic: Panic) -> Option<Panic> {
        self.running.keep_panic(panic)
    }
}

impl<H: Callbacks + Send + 'static> Job for Conversation<H> {
    fn prepare(&mut self) -> Result<(), Error> {
        self.former.check(&self.running.transfer)?;
        self.former.set(&mut self.running.transfer)?;
        self.running.prepare()
    }

    fn end(self: Box<Self>, result: Result<(), Error>) -> Notice {
        let Conversation {
            mut running,
            former,
            link,
            failure,
            close_until,
            ..
        } = *self;
        // `_end` is dropped when this function returns. The result is in the slot then, where the program looks for
        // the error. Since `_end` is a guard, it is dropped even if the drop of a value of the program panics.
        let _end = LinkEnd(link);
        let result = match (failure, result) {
            (Some(failure), Ok(())) => Err(failure),
            // After the handshake, libcurl itself does not end the transfer. So this error means that the
            // time of the close is over.
            (None, Err(Error::Libcurl { .. })) if close_until.is_some() => {
                Err(WebSocketError::TimedOut.into())
            }
            (_, result) => result,
        };
        let result = result.and(former.restore(&mut running.transfer));
        Box::new(running).end(result)
    }
}

/// If the peer has a loopback address, makes the system buffer less than libcurl receives in one read.
///
/// `curl_ws_recv` receives until a read does not fill its buffer of 65,535 bytes. A peer on the same machine can send
/// as fast as libcurl reads, and libcurl would then buffer any number of bytes. On the same machine, a small
/// buffer of the system costs little speed.
fn slow_down(socket: &SockRef<'_>) {
    const LESS_THAN_A_BUFFER: usize = 48 << 10;
    let peer = socket.peer_addr().ok().and_then(|peer| peer.as_socket());
    if peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback()) {
        // If this fails, the WebSocket still works, but libcurl may buffer any number of bytes.
        let _ = socket.set_recv_buffer_size(LESS_THAN_A_BUFFER);
    }
}
