//! Driving a [`Multi`] by the program's own reactor.

use std::os::fd::{AsFd, BorrowedFd};

use crate::Multi;

/// The system's event queue, which becomes readable when an event makes [`perform`](Multi::perform)
/// necessary. [`next_timeout`](Multi::next_timeout) says when a call is necessary without an event.
///
/// The program's own reactor, such as tokio's, can watch the queue: one registration serves for the life of
/// the `Multi`, however many transfers and sockets there are. Use the descriptor only to wait for it. An event
/// stays in the queue until `perform` or [`poll`](Multi::poll) has taken it. With an edge-triggered reactor,
/// call `perform` and then `poll` with a timeout of zero, again and again until `poll` returns 0. Then call `perform`
/// once more, look whether other threads have left work, and only then wait again. Wait for the descriptor by `poll`,
/// `select` or a queue of your own; `epoll_wait` with the descriptor itself would take events away from the `Multi`.
///
/// `Multi::run_async`, with the feature `tokio`, drives a `Multi` in this way.
///
/// # Examples
/// Waiting for the queue with `poll(2)`:
/// ```
/// use std::os::fd::{AsFd, AsRawFd};
/// use curlback::{Multi, Transfer};
///
/// let mut multi = Multi::new()?;
/// let mut transfer = Transfer::new(())?;
/// transfer.url(&format!("file://{}", std::env::current_dir()?.join("Cargo.toml").display()))?;
/// multi.add(transfer)?;
/// loop {
///     multi.perform()?;
///     if let Some((_id, _transfer, result)) = multi.take_finished() {
///         break result?;
///     }
///     let limit = multi.next_timeout().map_or(-1, |limit| limit.as_millis() as i32 + 1);
///     let mut queue = libc::pollfd { fd: multi.as_fd().as_raw_fd(), events: libc::POLLIN, revents: 0 };
///     # #[allow(unsafe_code)]
///     unsafe { libc::poll(&mut queue, 1, limit) };
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<H> AsFd for Multi<H> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.group.core.event_loop().as_fd()
    }
}

#[cfg(feature = "tokio")]
mod of_tokio {
    use std::time::Duration;

    use crate::multi::{Id, Multi};
    use crate::run::tokio_queue;
    use crate::{Callbacks, Error, Transfer};

    impl<H: Callbacks> Multi<H> {
        /// Drives all transfers in a task of tokio, as [`run`](Multi::run) does on a thread.
        ///
        /// The reactor of the runtime watches the event queue of the `Multi`, so this crate needs no other thread.
        /// The callbacks run in the task, so they must not block. If the future is dropped, the transfers stay
        /// in the `Multi`, and can be driven on.
        ///
        /// # Errors
        /// As for [`run`](Multi::run); [`Error::Poll`] if the reactor cannot watch the queue.
        ///
        /// # Panics
        /// As for [`run`](Multi::run). Panics also outside of a tokio runtime whose I/O and time drivers are
        /// enabled.
        ///
        /// # Examples
        /// ```
        /// use curlback::{Multi, Transfer, handlers::Collect};
        ///
        /// let file = std::env::current_dir()?.join("Cargo.toml");
        /// let mut multi = Multi::new()?;
        /// for _ in 0..3 {
        ///     let mut transfer = Transfer::new(Collect::new())?;
        ///     transfer.url(&format!("file://{}", file.display()))?;
        ///     multi.add(transfer)?;
        /// }
        /// let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        /// let mut bodies = 0;
        /// runtime.block_on(multi.run_async(|_multi, _id, transfer, result| {
        ///     bodies += usize::from(transfer.handler().body().starts_with(b"[package]"));
        ///     result
        /// }))?;
        /// assert_eq!(bodies, 3);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        pub async fn run_async(
            &mut self,
            mut done: impl FnMut(&mut Multi<H>, Id, Transfer<H>, Result<(), Error>) -> Result<(), Error>,
        ) -> Result<(), Error> {
            let queue = tokio_queue::register(self.group.core.event_loop()).map_err(Error::Poll)?;
            loop {
                self.perform()?;
                while let Some((id, transfer, result)) = self.take_finished() {
                    done(self, id, transfer, result)?;
                }
                if self.is_empty() {
                    return Ok(());
                }
                let limit = self.next_timeout().unwrap_or(Duration::MAX);
                if limit.is_zero() {
                    // A transfer that always has something to do must not keep other tasks waiting.
                    tokio::task::yield_now().await;
                    continue;
                }
                let Ok(ready) = tokio::time::timeout(limit, queue.readable()).await else {
                    continue;
                };
                let mut ready = ready.map_err(Error::Poll)?;
                // The reactor is edge-triggered: it reports the event queue of the `Multi`
                // once for each change. So the readiness is cleared only when the queue is
                // empty.
                if self.poll(&mut [], Duration::ZERO)? == 0 {
                    ready.clear_ready();
                }
            }
        }
    }
}
