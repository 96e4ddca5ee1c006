//! Transfers that run on threads of their own: any thread or task waits for them, and reads and writes their
//! bodies.
//!
//! | [`Agent`] | returns | which returns |
//! | --- | --- | --- |
//! | [`start`](Agent::start) | [`Started`] | the transfer and its result, at the end |
//! | [`open`](Agent::open) | [`Opening`] | [`Opened`], at the headers, to read the body |
//! | [`open_upload`](Agent::open_upload) | [`Writer`] and `Opening` | the same, while the request is written |
//! | [`open_websocket`](Agent::open_websocket) | [`OpeningWebSocket`] | [`AsyncWebSocket`], after the handshake |

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::agent::job::{Job, Running};
use crate::agent::slot::Slot;
use crate::agent::worker::Worker;
use crate::ffi::fork::Process;
use crate::multi::NetworkChange;
use crate::multi::options::{NETWORK_CHANGED, Setting};
use crate::{Callbacks, Error, Share, Transfer};

pub use crate::agent::builder::Builder;
pub use crate::agent::opened::{Opened, Opening};
pub use crate::agent::started::Started;
pub use crate::agent::web_socket::{
    AsyncWebSocket, OpeningWebSocket, ReceivingMessage, SendingMessage, WebSocketConfig,
};
pub use crate::agent::writer::Writer;

#[cfg(any(feature = "futures-io", feature = "tokio", feature = "stream"))]
mod asynchronous;
mod builder;
mod head;
mod job;
mod opened;
mod queue;
mod slot;
mod started;
mod web_socket;
mod worker;
mod writer;

/// A transfer that has ended, and what [`perform`](Transfer::perform) would have returned.
pub type Ended<H> = (Transfer<H>, Result<(), Error>);

/// Runs transfers on one thread or a few, for any number of threads and tasks.
///
/// A clone is the same agent. [`start`](Agent::start) gives it a transfer and returns at once with a
/// [`Started`], which is waited for, or awaited on any executor, and returns the transfer with its result.
/// [`open`](Agent::open) does so for a transfer whose body is read, and
/// [`open_upload`](Agent::open_upload) for one whose request body is written too.
///
/// The transfers of a thread share connections, the DNS cache and TLS sessions, as those of a
/// [`Multi`](crate::Multi) do. All callbacks of a transfer run on the agent's thread: one that blocks makes
/// all transfers of that thread wait. A callback may use the agent, and start other transfers, but must not
/// wait for a transfer of the agent: if both are on one thread, neither continues.
///
/// [The guide](crate::guide::pulling) compares an agent with [`Transfer::open`].
///
/// # The end
/// Dropping the last clone cancels nothing: each thread ends after the last transfer that it was given.
/// [`shutdown`](Agent::shutdown) cancels the transfers and waits for the threads.
///
/// In the child of a `fork`, there are no threads: there, `start` returns the transfer with an error, and
/// waiting for a transfer from before the fork panics.
///
/// # Examples
/// ```
/// use curlback::{Agent, Transfer, handlers::Collect};
///
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("http://{}/", listener.local_addr()?);
/// # let server = std::thread::spawn(move || -> std::io::Result<()> {
/// #     use std::io::{BufRead, BufReader, Write};
/// #     for socket in listener.incoming().take(4) {
/// #         let mut reader = BufReader::new(socket?);
/// #         let mut line = String::new();
/// #         while line != "\r\n" { line.clear(); reader.read_line(&mut line)?; }
/// #         reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody")?;
/// #     }
/// #     Ok(())
/// # });
/// let agent = Agent::new()?;
/// let get = |agent: &Agent| -> Result<String, curlback::Error> {
///     let mut transfer = Transfer::new(Collect::new())?;
///     transfer.url(&url)?;
/// #   transfer.noproxy("*")?;
///     let (transfer, result) = agent.start(transfer).wait(); // in a task: `.await`
///     result?;
///     Ok(String::from_utf8_lossy(transfer.handler().body()).into_owned())
/// };
/// std::thread::scope(|scope| {
///     let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| get(&agent))).collect();
///     for thread in threads {
///         assert_eq!(thread.join().expect("it does not panic")?, "body");
///     }
///     Ok::<(), curlback::Error>(())
/// })?;
/// # server.join().unwrap()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[doc(alias("AsyncCurlMulti", "Client"))]
pub struct Agent {
    inner: Arc<Inner>,
}

struct Inner {
    workers: Vec<Arc<Worker>>,
    /// Which thread gets the next transfer.
    next: AtomicUsize,
    /// What the transfers of several threads have in common.
    share: Option<Share>,
    /// The process that has the threads.
    process: Process,
}

impl Agent {
    /// Makes an agent with one thread.
    ///
    /// # Errors
    /// [`Error::Poll`] if the system gives no thread or no event queue, [`Error::Libcurl`] if memory has run
    /// out.
    pub fn new() -> Result<Agent, Error> {
        Agent::builder().build()
    }

    /// Returns what makes an agent with other settings.
    pub fn builder() -> Builder {
        Builder::new()
    }

    fn with_workers(workers: Vec<Arc<Worker>>, share: Option<Share>) -> Agent {
        Agent {
            inner: Arc::new(Inner {
                workers,
                next: AtomicUsize::new(0),
                share,
                process: Process::current(),
            }),
        }
    }

    /// Begins a transfer, without waiting, and returns what its result is waited for with.
    ///
    /// If the agent has several threads, each gets the next transfer in turn. Options that must not go
    /// together are reported as the result of the transfer.
    pub fn start<H: Callbacks + Send + 'static>(&self, transfer: Transfer<H>) -> Started<H> {
        self.start_with(transfer, |running| running)
    }

    fn start_with<H: Callbacks + Send + 'static>(
        &self,
        transfer: Transfer<H>,
        change: impl FnOnce(Running<H>) -> Running<H>,
    ) -> Started<H> {
        self.start_as(transfer, |running| Box::new(change(running)))
    }

    fn start_as<H: Callbacks + Send + 'static>(
        &self,
        transfer: Transfer<H>,
        job: impl FnOnce(Running<H>) -> Box<dyn Job>,
    ) -> Started<H> {
        let slot = Arc::<Slot<H>>::default();
        let remote = transfer.remote();
        let job = job(Running {
            transfer,
            share: self.inner.share.clone(),
            has_share: false,
            slot: Arc::downgrade(&slot),
            pull: None,
            pipes: None,
            awaits_head: false,
            panic: None,
        });
        let started = Started::new(slot, remote, self.inner.process);
        match self.check_process() {
            Ok(()) => self.next_worker().start(job),
            Err(error) => job.end(Err(error)),
        }
        started
    }

    fn next_worker(&self) -> &Worker {
        let workers = &self.inner.workers;
        let turn = match NonZeroUsize::new(workers.len()) {
            // The common case takes no turns.
            Some(count) if count.get() > 1 => {
                self.inner.next.fetch_add(1, Ordering::Relaxed) % count
            }
            _ => 0,
        };
        &workers[turn]
    }

    fn check_process(&self) -> Result<(), Error> {
        match self.inner.process.is_current() {
            true => Ok(()),
            false => Err(Error::Agent {
                reason: "its threads are in the process before the fork",
            }),
        }
    }

    /// Says that the network is another one: each thread forgets soon what it knows of the former. Transfers
    /// that run go on.
    ///
    /// Since libcurl 8.16.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLMOPT_NETWORK_CHANGED.html).
    ///
    /// # Errors
    /// [`Error::Option`] for a value that does not suit, [`Error::Unsupported`] if the linked libcurl lacks the
    /// option, [`Error::Agent`] after a [`shutdown`](Agent::shutdown) and in the child of a `fork`.
    ///
    /// # Examples
    /// ```
    /// use curlback::multi::NetworkChange;
    /// use curlback::{Agent, Error};
    ///
    /// let agent = Agent::new()?;
    /// match agent.network_changed(NetworkChange::CLEAR_CONNECTIONS) {
    ///     Err(Error::Unsupported { .. }) => println!("libcurl finds out by itself, later"),
    ///     result => result?,
    /// }
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "CURLMOPT_NETWORK_CHANGED")]
    pub fn network_changed(&self, change: NetworkChange) -> Result<(), Error> {
        self.check_process()?;
        let setting = Setting::bits(NETWORK_CHANGED, change)?;
        let workers = &self.inner.workers;
        workers.iter().try_for_each(|worker| worker.change(setting))
    }

    /// Cancels all transfers, begins no more, and waits until the threads have ended.
    ///
    /// The transfers end with [`Error::Cancelled`], and those that are started afterwards with
    /// [`Error::Agent`]. In a callback, on a thread of the agent, it does not wait: two callbacks on two
    /// threads would wait for each other.
    pub fn shutdown(&self) {
        if self.check_process().is_err() {
            return;
        }
        for worker in &self.inner.workers {
            worker.cancel();
        }
        if self.inner.workers.iter().any(|worker| worker.is_current()) {
            return;
        }
        for worker in &self.inner.workers {
            worker.join();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if self.process.is_current() {
            for worker in &self.workers {
                worker.close();
            }
        }
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent")
            .field("threads", &self.inner.workers.len())
            .finish_non_exhaustive()
    }
}
