//! Transfers that run on the threads of an agent. Any thread or task can wait for a transfer, read its response
//! body and write its request body.
//!
//! | method of [`Agent`] | returns at once | waiting for that returns |
//! | --- | --- | --- |
//! | [`start`](Agent::start) | [`Started`] | the transfer and its result, when it has ended |
//! | [`open`](Agent::open) | [`Opening`] | [`Opened`], when the headers have come, to read the body |
//! | [`open_upload`](Agent::open_upload) | [`Writer`] and `Opening` | [`Opened`], when the headers have come; they may come before the whole request was written |
//! | [`open_websocket`](Agent::open_websocket) | [`OpeningWebSocket`] | [`AsyncWebSocket`], when the handshake is complete |

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::agent::job::{Job, Running};
use crate::agent::slot::Slot;
use crate::agent::worker::Worker;
use crate::ffi::fork::Process;
use crate::multi::NetworkChange;
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

/// A transfer that has ended, and the result that [`perform`](Transfer::perform) would have returned.
pub type Ended<H> = (Transfer<H>, Result<(), Error>);

/// Runs transfers on one thread or a few, for any number of threads and tasks.
///
/// A clone is the same agent. [`start`](Agent::start) gives the agent a transfer and returns at once with a
/// [`Started`]. Wait for the `Started`, or await it on any executor: it returns the transfer with its result.
/// [`open`](Agent::open) starts a transfer whose response body the program reads.
/// [`open_upload`](Agent::open_upload) starts a transfer whose request body the program also writes.
///
/// The transfers of a thread share connections, the DNS cache and TLS sessions, as those of a
/// [`Multi`](crate::Multi) do. In an agent of one thread, they share TLS sessions only with libcurl 8.12.0 and later.
/// While a transfer runs, its callbacks run on its thread of the agent: a callback that blocks makes all transfers of
/// that thread wait. A callback may use the agent and start other transfers, but must not wait for a transfer of the
/// agent: if both transfers are on one thread, neither continues.
///
/// # Connections, cookies
/// By default, the limit for the connections of a thread is four for each transfer that runs on it; with libcurl
/// 8.22.0, two. So after a burst of transfers, the thread closes the surplus connections, one whenever a
/// transfer ends. If the load varies, set [`Builder::max_connects`] to the largest number of transfers that run at
/// a time. [The guide](crate::guide::sharing#how-many-connections-are-kept) explains the limits.
///
/// By default, the transfers share no cookies. To share them, give each transfer a [`Share`] with
/// [`COOKIES`](crate::ShareData::COOKIES), as [the guide](crate::guide::pulling#await) shows.
///
/// # Handlers
/// A handler must be `Send + 'static`. [`Closures`](crate::handlers::Closures) is not `Send`, and the compiler then
/// reports many errors: implement [`Callbacks`] for a struct instead.
///
/// [The guide](crate::guide::pulling) compares an agent with [`Transfer::open`].
///
/// # The end
/// Dropping the last clone cancels nothing: each thread ends when all transfers that it was given have ended.
/// [`shutdown`](Agent::shutdown) cancels the transfers and, except on a thread of the agent, waits for the threads.
/// A process that ends does not wait for transfers: they stop.
///
/// The child of a `fork` does not have the agent's threads. In the child, the result of a new transfer is
/// [`Error::Agent`]. Waiting for a transfer that was started before the fork panics, unless the transfer had
/// ended before the fork.
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
    /// Counts the transfers of an agent of several threads, which get them in turn.
    next: AtomicUsize,
    /// The DNS cache and TLS sessions of several threads; `None` for an agent of one thread.
    share: Option<Share>,
    /// The process that made the agent, in which the threads run. The child of a `fork` is another process.
    process: Process,
}

impl Agent {
    /// Makes an agent with one thread.
    ///
    /// # Errors
    /// [`Error::Poll`] if the system gives no thread or no event queue, [`Error::Libcurl`] if libcurl gets no memory
    /// or no descriptor.
    pub fn new() -> Result<Agent, Error> {
        Agent::builder().build()
    }

    /// Returns a builder, which makes an agent with other settings.
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

    /// Begins a transfer without waiting, and returns a [`Started`], by which to wait for its result.
    ///
    /// If the agent has several threads, they get the transfers in turn. If the transfer cannot begin, for
    /// example because two options exclude each other or the agent was shut down, the error is its result.
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
            Err(error) => drop(job.end(Err(error))),
        }
        started
    }

    fn next_worker(&self) -> &Worker {
        let workers = &self.inner.workers;
        let turn = match NonZeroUsize::new(workers.len()) {
            // An agent of one thread, the common case, needs no counter.
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

    /// Tells libcurl that the network has changed: each thread soon discards those of its connections and
    /// addresses that `change` names. Running transfers go on. The addresses that several threads share are kept:
    /// they are in a [`Share`].
    ///
    /// Since libcurl 8.16.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLMOPT_NETWORK_CHANGED.html).
    ///
    /// # Errors
    /// [`Error::Option`] if `change` has a bit that is no constant, [`Error::Unsupported`] if the linked
    /// libcurl lacks the option, [`Error::Agent`] in the child of a `fork`, after a [`shutdown`](Agent::shutdown),
    /// and if a thread has failed.
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
        let setting = change.setting()?;
        let workers = &self.inner.workers;
        workers.iter().try_for_each(|worker| worker.change(setting))
    }

    /// Cancels all transfers, accepts no others, and waits until the threads have ended.
    ///
    /// The running transfers end with [`Error::Cancelled`], or with the error of a callback that has failed.
    /// Transfers that are started afterwards end with [`Error::Agent`]. On a thread of the agent, as in a callback,
    /// `shutdown` does not wait: the thread would wait for itself, or two callbacks on two threads for each other.
    /// So a callback must not shut another agent down that waits for this one. The values of thread-locals are dropped
    /// before a thread has ended, and must not wait for the caller. In the child of a `fork`, `shutdown` does nothing.
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
