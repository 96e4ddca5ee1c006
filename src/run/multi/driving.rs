//! Drives transfers by the event loop of this crate.

use std::time::{Duration, Instant};

use crate::Error;
use crate::ffi::pool::Entered;
use crate::ffi::sigpipe::Quiet;
use crate::run::multi::Core;
use crate::run::poll_loop::{Driver, PollFd};

impl Core<Driver> {
    /// Returns whether a drive at `now` has to drive all transfers.
    pub(crate) fn is_look_due(&self, now: Instant) -> bool {
        now >= self.watchdog.next() && !self.ids.is_empty()
    }

    /// Drives the transfers whose sockets are ready or whose timer is due at `now`, and sometimes all transfers:
    /// [`look`](Core::look). `paused` says whether one of the transfers is paused, for `look`.
    pub(crate) fn perform(
        &mut self,
        now: Instant,
        paused: bool,
        entered: &Entered,
    ) -> Result<(), Error> {
        let ready = self.event_loop_mut().ready()?;
        let quiet = Quiet::new();
        for (socket, ready) in &ready {
            // libcurl does not know the socket of a transfer that it has ended. For such a socket,
            // `stir_socket` notes the event, and libcurl is not called.
            if !self.connections.stir_socket(*socket) {
                self.act(*socket, *ready, entered, &quiet)?;
            }
        }
        drop(quiet);
        let mut stirred = !ready.is_empty();
        let driver = self.event_loop_mut();
        driver.reuse(ready);
        if driver.take_due(now) {
            stirred = true;
            self.timeout_action(entered)?;
        }
        if self.is_look_due(now) {
            return self.look(paused, entered);
        }
        if stirred {
            self.watchdog.stir();
        }
        Ok(())
    }

    /// Drives all transfers, or, in the usual case, all that have a socket.
    ///
    /// In the usual case, this method drives one socket after the other. `curl_multi_socket_all` would report
    /// the sockets of all transfers only at its end. By then, one transfer may have the number of a socket
    /// that another has closed, and a debug build of libcurl may fail an assertion. But a paused transfer may
    /// have no socket, an older libcurl may forget to report a socket, and on Windows, a name may be resolved
    /// without an event. In these three cases, this method calls `curl_multi_socket_all`.
    fn look(&mut self, paused: bool, entered: &Entered) -> Result<(), Error> {
        let all = paused || self.watchdog.is_forgetful();
        let sockets: Vec<_> = self.watcher.value().values.keys().copied().collect();
        let engine = &mut self.engine;
        self.watchdog.look(|| {
            engine.retry_waiting(entered);
            if all {
                return engine.action_on_all(entered);
            }
            let quiet = Quiet::new();
            let mut sockets = sockets.into_iter();
            // libcurl ignores the number of a socket that it has closed meanwhile.
            sockets.try_for_each(|socket| engine.action(socket, 0, entered, &quiet))
        })
    }

    /// Returns when the transfers have to be driven even if nothing happens. `None` means never.
    pub(crate) fn next_drive(&self) -> Option<Instant> {
        let watchdog = (!self.ids.is_empty()).then(|| self.watchdog.next());
        let times = [self.event_loop().deadline(), watchdog];
        times.into_iter().flatten().min()
    }

    /// Waits as `Multi::poll` does.
    pub(crate) fn poll(
        &mut self,
        extra: &mut [PollFd<'_>],
        limit: Duration,
    ) -> Result<usize, Error> {
        let mut now = Instant::now();
        let over = now.checked_add(limit);
        let until = over.into_iter().chain(self.next_drive()).min();
        loop {
            let limit = until.map(|until| until.saturating_duration_since(now));
            let count = self.event_loop_mut().wait(extra, limit)?;
            // If the system has ended the wait for a wake-up that was seen before, the wait begins again.
            if count > 0 || limit == Some(Duration::ZERO) || self.take_woken() {
                return Ok(count);
            }
            now = Instant::now();
            if self.event_loop().is_due(now) {
                return Ok(count);
            }
        }
    }
}
