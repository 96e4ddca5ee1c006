//! How a WebSocket of an agent begins.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use crate::agent::job::Job;
use crate::agent::slot::Outcome;
use crate::agent::web_socket::AsyncWebSocket;
use crate::agent::web_socket::job::Conversation;
use crate::agent::web_socket::link::Link;
use crate::agent::{Agent, Started};
use crate::pulled::LIMIT;
use crate::web_socket::{CLOSE_TIMEOUT, MESSAGE_LIMIT};
use crate::{Callbacks, Error, Remote, Transfer, TransferError};

/// # WebSockets
impl Agent {
    /// Begins the handshake of a WebSocket. Returns without waiting: wait for the returned value, or await it,
    /// to get the WebSocket.
    ///
    /// The URL, the options and libcurl's release have to be as for [`Transfer::open_websocket`].
    pub fn open_websocket<H: Callbacks + Send + 'static>(
        &self,
        transfer: Transfer<H>,
    ) -> OpeningWebSocket<H> {
        self.open_websocket_with(transfer, &WebSocketConfig::new())
    }

    /// Begins the handshake of a WebSocket as [`open_websocket`](Agent::open_websocket) does, with the limits
    /// of `config`.
    pub fn open_websocket_with<H: Callbacks + Send + 'static>(
        &self,
        transfer: Transfer<H>,
        config: &WebSocketConfig,
    ) -> OpeningWebSocket<H> {
        let control = transfer.easy.control().clone();
        let link = Link::new(control, config.unread_limit, config.unsent_limit);
        let link = Arc::new(link);
        let started = self.start_as(transfer, |running| -> Box<dyn Job> {
            Box::new(Conversation::new(running, link.clone(), config))
        });
        OpeningWebSocket(Some((started, link)))
    }
}

/// The settings of a WebSocket of an [`Agent`].
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use curlback::agent::WebSocketConfig;
///
/// let config = WebSocketConfig::new()
///     .message_limit(1 << 20)
///     .unread_limit(64 << 10)
///     .close_timeout(Duration::from_secs(3));
/// # drop(config);
/// ```
#[derive(Clone, Debug)]
#[must_use = "`Agent::open_websocket_with` takes it"]
pub struct WebSocketConfig {
    pub(super) message_limit: usize,
    pub(super) unread_limit: usize,
    pub(super) unsent_limit: usize,
    pub(super) close_timeout: Duration,
    pub(super) shows_pongs: bool,
}

impl WebSocketConfig {
    /// Makes the default settings, which [`Agent::open_websocket`] uses.
    pub fn new() -> WebSocketConfig {
        WebSocketConfig {
            message_limit: MESSAGE_LIMIT,
            unread_limit: LIMIT,
            unsent_limit: LIMIT,
            close_timeout: CLOSE_TIMEOUT,
            shows_pongs: false,
        }
    }

    /// Limits how many bytes a message of the peer may have: 64 MiB by default.
    pub fn message_limit(mut self, limit: usize) -> WebSocketConfig {
        self.message_limit = limit;
        self
    }

    /// Sets how many bytes may be unread before the agent stops receiving: 256 KiB by default.
    pub fn unread_limit(mut self, limit: usize) -> WebSocketConfig {
        self.unread_limit = limit;
        self
    }

    /// Sets how many unsent bytes fill the queue: 256 KiB by default. While the queue is full, a send waits
    /// before it queues its message.
    pub fn unsent_limit(mut self, limit: usize) -> WebSocketConfig {
        self.unsent_limit = limit;
        self
    }

    /// Limits how long a close waits for the peer: 10 seconds by default. The time begins again when something
    /// arrives meanwhile. After [`finish`](AsyncWebSocket::finish), which throws messages away, the time does not
    /// begin again.
    pub fn close_timeout(mut self, limit: Duration) -> WebSocketConfig {
        self.close_timeout = limit;
        self
    }

    /// Sets whether the program receives pongs, as [`Message::Pong`](crate::Message::Pong). By default, pongs
    /// are dropped.
    pub fn show_pongs(mut self, show: bool) -> WebSocketConfig {
        self.shows_pongs = show;
        self
    }
}

impl Default for WebSocketConfig {
    fn default() -> WebSocketConfig {
        WebSocketConfig::new()
    }
}

/// A WebSocket whose handshake is not complete yet.
///
/// [`Agent::open_websocket`] makes it. Wait for it, or await it: it returns the [`AsyncWebSocket`]. Dropping it
/// cancels the handshake.
///
/// # Errors
/// Those of [`Transfer::open_websocket`], with the transfer; [`Error::Agent`] if the agent was shut down or has failed,
/// and in the child of a `fork`.
///
/// # Panics
/// Waiting resumes the panic of a callback. Polling an `OpeningWebSocket` again after it was ready panics. Waiting also
/// panics in the child of a `fork`, unless the transfer has ended.
#[must_use = "dropping it cancels the handshake"]
pub struct OpeningWebSocket<H>(Option<(Started<H>, Arc<Link>)>);

impl<H> OpeningWebSocket<H> {
    /// Waits until the handshake is complete.
    ///
    /// # Errors
    /// Those of [`OpeningWebSocket`].
    ///
    /// # Panics
    /// As for [`Started::wait`].
    pub fn wait(mut self) -> Result<AsyncWebSocket<H>, TransferError<H>> {
        let outcome = self.started().slot().wait(true, None);
        self.conclude(outcome.expect("there is no time limit"))
    }

    /// Waits until the handshake is complete, but for `limit` at most.
    ///
    /// # Errors
    /// Returns `self` if the handshake is not complete in time. The handshake goes on. The inner result has the errors
    /// of [`wait`](OpeningWebSocket::wait).
    ///
    /// # Panics
    /// As for [`Started::wait`].
    pub fn wait_for(
        mut self,
        limit: Duration,
    ) -> Result<Result<AsyncWebSocket<H>, TransferError<H>>, OpeningWebSocket<H>> {
        let limit = Instant::now().checked_add(limit);
        match self.started().slot().wait(true, limit) {
            Some(outcome) => Ok(self.conclude(outcome)),
            None => Err(self),
        }
    }

    /// Returns the remote that cancels the handshake.
    ///
    /// # Panics
    /// If polling this value has already returned [`Poll::Ready`].
    #[must_use]
    pub fn remote(&self) -> &Remote {
        let (started, _) = self.0.as_ref().expect("it was ready before");
        started.remote()
    }

    fn started(&self) -> &Started<H> {
        let (started, _) = self.0.as_ref().expect("it was ready before");
        started.check_process();
        started
    }

    fn conclude(&mut self, outcome: Outcome<H>) -> Result<AsyncWebSocket<H>, TransferError<H>> {
        let (started, link) = self.0.take().expect("it was ready before");
        match outcome {
            Outcome::Head(head) => Ok(AsyncWebSocket::new(started, link, head)),
            Outcome::Ended((transfer, result)) => {
                // A transfer that ends before the handshake is complete has failed.
                let error = result.err().unwrap_or(Error::Cancelled);
                Err(TransferError::new(error, transfer))
            }
        }
    }
}

impl<H> Future for OpeningWebSocket<H> {
    type Output = Result<AsyncWebSocket<H>, TransferError<H>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = ready!(self.started().slot().poll(cx, true));
        Poll::Ready(self.conclude(outcome))
    }
}

impl<H> fmt::Debug for OpeningWebSocket<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpeningWebSocket").finish_non_exhaustive()
    }
}
