//! Driving a [`Multi`] by its own event loop.

use std::time::{Duration, Instant};

use crate::id::Id;
#[cfg(doc)]
use crate::multi::Waker;
use crate::multi::{Multi, collect_pushes};
use crate::run::poll_loop::{Driver, PollFd};
use crate::{Callbacks, Error, Transfer};

impl<H: Callbacks> Multi<H> {
    /// Makes a `Multi` with an event loop of its own, which [`run`](Multi::run) uses, or
    /// [`perform`](Multi::perform) and [`poll`](Multi::poll).
    ///
    /// # Errors
    /// [`Error::Poll`] if the system gives no event queue, [`Error::Libcurl`] if memory runs out.
    #[doc(alias = "curl_multi_init")]
    pub fn new() -> Result<Multi<H>, Error> {
        Multi::with_event_loop(Driver::new()?)
    }

    /// Drives all transfers to their end, and passes each ended transfer to `done`. `done` may add transfers:
    /// the next one of a list, so that only a few run at a time, or the same one again.
    ///
    /// A [`Waker`] does not end `run`: cancel the transfers by their [`Remote`](crate::Remote)s, or write a
    /// loop with [`perform`](Multi::perform) and [`poll`](Multi::poll).
    ///
    /// # Errors
    /// The first error that `done` returns: it ends the run, and the other transfers stay and can be driven on.
    /// The error of a transfer goes to `done`, and does not end the run. Also those of
    /// [`perform`](Multi::perform).
    ///
    /// # Panics
    /// Resumes the panic of a callback, or of `done`.
    ///
    /// # Examples
    /// One transfer that fails does not end the others, if `done` keeps its error instead of returning it:
    /// ```
    /// use curlback::{Multi, Transfer};
    ///
    /// let directory = std::env::current_dir()?;
    /// let mut multi = Multi::new()?;
    /// for name in ["Cargo.toml", "missing", "README.md"] {
    ///     let mut transfer = Transfer::new(())?;
    ///     transfer.url(&format!("file://{}/{name}", directory.display()))?;
    ///     multi.add(transfer)?;
    /// }
    /// let (mut bytes, mut failures) = (0, Vec::new());
    /// multi.run(|_, _, transfer, result| {
    ///     match result {
    ///         Ok(()) => bytes += transfer.download_size()?,
    ///         Err(error) => failures.push(error),
    ///     }
    ///     Ok(())
    /// })?;
    /// assert!(bytes > 0);
    /// assert_eq!(failures.len(), 1);
    /// assert!(failures[0].url().is_some_and(|url| url.ends_with("/missing")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(
        &mut self,
        done: impl FnMut(&mut Multi<H>, Id, Transfer<H>, Result<(), Error>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.run_for(Duration::MAX, done).map(drop)
    }

    /// Drives all transfers as [`run`](Multi::run) does, but for `limit` at most. Returns `true` if all
    /// transfers have ended.
    ///
    /// Transfers that have not ended stay: drive them on, [remove](Multi::remove) them, or
    /// [cancel](Multi::cancel_all) them all. The limit does not interrupt a call of `done`, of a callback or of
    /// libcurl.
    ///
    /// # Errors
    /// As for [`run`](Multi::run).
    ///
    /// # Panics
    /// As for [`run`](Multi::run).
    ///
    /// # Examples
    /// ```
    /// use std::{net::TcpListener, time::Duration};
    /// use curlback::{Error, Multi, Transfer};
    ///
    /// let silent = TcpListener::bind("127.0.0.1:0")?;
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url(&format!("http://{}/", silent.local_addr()?))?;
    /// # transfer.noproxy("*")?;
    /// let mut multi = Multi::new()?;
    /// multi.add(transfer)?;
    /// let mut results = Vec::new();
    /// let has_ended = multi.run_for(Duration::from_millis(50), |_, _, _, result| {
    ///     results.push(result);
    ///     Ok(())
    /// })?;
    /// if !has_ended {
    ///     multi.cancel_all();
    /// }
    /// let (_, _, result) = multi.take_finished().expect("it was cancelled");
    /// assert!(matches!(result, Err(Error::Cancelled)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run_for(
        &mut self,
        limit: Duration,
        mut done: impl FnMut(&mut Multi<H>, Id, Transfer<H>, Result<(), Error>) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        // `None` if the end is too late for an `Instant`: there is no limit then.
        let end = Instant::now().checked_add(limit);
        loop {
            self.perform()?;
            while let Some((id, transfer, result)) = self.take_finished() {
                done(self, id, transfer, result)?;
            }
            if self.is_empty() {
                return Ok(true);
            }
            let left = end.map_or(Duration::MAX, |end| {
                end.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                return Ok(false);
            }
            self.poll(&mut [], left)?;
        }
    }

    /// Drives the transfers that have something to do, and returns how many have not ended.
    ///
    /// This method does not wait until a transfer has something to do. After it,
    /// [`take_finished`](Multi::take_finished) returns the transfers that have ended.
    ///
    /// # Errors
    /// [`Error::Poll`] if the system's event queue fails, [`Error::Multi`] if libcurl as a whole fails. If the event
    /// queue does not accept a socket, [`Error::Callback`] that names [`Callback::Socket`](crate::Callback::Socket):
    /// the running transfers have then ended, and later calls return [`Error::Multi`]. [`Error::Option`] if this
    /// method is called inside a callback, while a [`Share`](crate::Share) of a transfer of this `Multi` is in use.
    /// The error of a transfer is not returned here: `take_finished` returns it with the transfer.
    ///
    /// # Panics
    /// Resumes the panic of a callback.
    #[doc(alias = "curl_multi_perform")]
    pub fn perform(&mut self) -> Result<usize, Error> {
        let pushes = &mut self.pushes;
        let driven =
            (self.group).perform(|group, entered| collect_pushes(group, pushes, entered))?;
        self.conclude(driven)
    }

    /// Waits until a transfer has to be driven, one of `extra` is ready, [`wake`](Waker::wake) is called, or
    /// `timeout` is over. Returns how many sockets are ready, counting those of `extra`. With kqueue, a socket that
    /// is ready in both directions counts twice. One call reports at most 256 sockets.
    ///
    /// Call [`perform`](Multi::perform) afterwards. If `wake` was called since the last `poll`, this one
    /// returns at once.
    ///
    /// It also returns at once while [`take_finished`](Multi::take_finished) has a transfer to return or `perform`
    /// has a panic to resume, after the event loop has failed, and if there is nothing to wait for: no running
    /// transfer, no `extra`, and no [`Waker`]. So a loop that waits for work from other threads has to keep a waker
    /// while it waits. In contrast, if there is nothing to wait for, `curl_multi_poll` sleeps for the whole `timeout`.
    ///
    /// # Errors
    /// [`Error::Poll`] if the system cannot wait for one of `extra`, or at all.
    #[doc(alias("curl_multi_poll", "curl_multi_wait"))]
    #[doc(alias("curl_multi_fdset", "curl_multi_waitfds", "wait", "select"))]
    pub fn poll(&mut self, extra: &mut [PollFd<'_>], timeout: Duration) -> Result<usize, Error> {
        let woken = self.group.core.take_woken();
        let is_settled =
            self.group.finished.is_empty() && self.group.panics.is_empty() && !self.group.dead;
        let waits_for_some = !self.group.members.is_empty()
            || !extra.is_empty()
            || self.group.core.mailbox().has_wakers();
        let timeout = match is_settled && waits_for_some {
            true if !woken => timeout,
            _ => Duration::ZERO,
        };
        self.group.core.poll(extra, timeout)
    }

    /// Returns the time after which [`perform`](Multi::perform) has to be called even if no event comes, or
    /// `None` if there is no such time.
    ///
    /// The program's own reactor, which watches the event queue of the `Multi` by its [`AsFd`], waits at most
    /// this long.
    ///
    /// [`AsFd`]: std::os::fd::AsFd
    #[must_use]
    #[doc(alias = "curl_multi_timeout")]
    #[doc(alias = "get_timeout")]
    pub fn next_timeout(&self) -> Option<Duration> {
        let is_settled = self.group.finished.is_empty() && self.group.panics.is_empty();
        if !is_settled || self.group.core.mailbox().has_ids() {
            return Some(Duration::ZERO);
        }
        let next = self.group.core.next_drive()?;
        Some(next.saturating_duration_since(Instant::now()))
    }
}
