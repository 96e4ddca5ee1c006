//! The time limits of transfers, which libcurl does not check in all situations.
//!
//! While a transfer waits for a free connection, libcurl does not check `CURLOPT_TIMEOUT_MS`, except in
//! `curl_multi_perform` since 8.8.0. Also, since 8.17.0, libcurl does not check it after a `CURLOPT_CONNECT_ONLY`
//! transfer has connected: a silent WebSocket server would hold the transfer for ever. So the driver checks the
//! limits too. Its clocks start after libcurl's, and a transfer is driven once more when its time is
//! over, so that libcurl itself ends the transfer if it does check the limit.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::id::Id;
use crate::run::easy::Easy;

/// A kind of time limit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Limit {
    /// `CURLOPT_CONNECTTIMEOUT_MS`.
    Connect,
    /// `CURLOPT_TIMEOUT_MS`.
    Whole,
}

/// The time limits of a transfer. `None` means no limit.
#[derive(Clone, Copy, Default)]
pub(crate) struct Limits {
    pub(super) connect: Option<Duration>,
    pub(super) whole: Option<Duration>,
}

impl Limits {
    /// Returns the limits of a transfer that libcurl has ended, and that stays for its connection.
    pub(super) fn of_connection(limit: Option<Duration>) -> Limits {
        Limits {
            connect: None,
            whole: limit,
        }
    }

    fn by_kind(self) -> impl Iterator<Item = (Limit, Duration)> {
        let connect = self.connect.map(|limit| (Limit::Connect, limit));
        connect
            .into_iter()
            .chain(self.whole.map(|limit| (Limit::Whole, limit)))
    }
}

/// The times at which the transfers of one driver have to end.
#[derive(Default)]
pub(super) struct Deadlines {
    /// Transfers that were added since libcurl was last driven.
    new: Vec<Id>,
    limits: BTreeMap<Id, (Limits, Option<Instant>)>,
    queue: BTreeSet<(Instant, Id, Limit)>,
}

impl Deadlines {
    /// Makes the deadlines of a transfer that performs alone, or returns `None` if it has no limit.
    pub(super) fn alone(limits: Limits) -> Option<Deadlines> {
        limits.by_kind().next()?;
        let mut deadlines = Deadlines::default();
        deadlines.add(Id::ALONE, limits);
        Some(deadlines)
    }

    /// Adds a transfer, whose clock starts with the next [`start`](Deadlines::start).
    pub(super) fn add(&mut self, id: Id, limits: Limits) {
        if limits.by_kind().next().is_some() {
            self.new.push(id);
            self.limits.insert(id, (limits, None));
        }
    }

    /// Forgets a transfer.
    pub(super) fn remove(&mut self, id: Id) {
        if let Some((limits, Some(start))) = self.limits.remove(&id) {
            for (kind, limit) in limits.by_kind() {
                if let Some(at) = start.checked_add(limit) {
                    self.queue.remove(&(at, id, kind));
                }
            }
        }
    }

    /// Starts the clocks of the transfers that were added since the last call, after libcurl
    /// was driven with them.
    pub(super) fn start(&mut self) {
        if self.new.is_empty() {
            return;
        }
        let now = Instant::now();
        for id in self.new.drain(..) {
            let Some((limits, start)) = self.limits.get_mut(&id) else {
                continue;
            };
            *start = Some(now);
            let queued = limits.by_kind().filter_map(|(kind, limit)| {
                // A time that cannot be represented is never reached.
                Some((now.checked_add(limit)?, id, kind))
            });
            self.queue.extend(queued);
        }
    }

    /// Returns the first time at which a transfer has to end, or `None` if none has to.
    pub(super) fn next(&self) -> Option<Instant> {
        self.queue.first().map(|(at, ..)| *at)
    }

    /// Returns the transfers and limits whose time was over at `then`, each of them once.
    pub(super) fn take_over(&mut self, then: Instant) -> Vec<(Id, Limit)> {
        let mut over = Vec::new();
        while let Some((_, id, kind)) = self.queue.first().copied().filter(|(at, ..)| *at <= then) {
            self.queue.pop_first();
            over.push((id, kind));
        }
        over
    }
}

impl<H> Easy<H> {
    /// Returns the limits that the driver has to enforce.
    pub(super) fn limits(&self) -> Limits {
        let limit = |millis| {
            let millis = u64::try_from(millis).ok().filter(|millis| *millis > 0);
            millis.map(Duration::from_millis)
        };
        Limits {
            connect: limit(self.known.connect_timeout),
            // With wildcards, the limit applies to each file, so it is left to libcurl.
            whole: limit(self.known.timeout).filter(|_| !self.known.lists_files()),
        }
    }

    /// Returns whether a limit that is over ends the transfer.
    pub(crate) fn is_over(&self, limit: Limit) -> bool {
        let info = self.info();
        let is_zero = |time: Result<Duration, _>| time.is_ok_and(|time| time.is_zero());
        match limit {
            Limit::Whole => true,
            Limit::Connect => {
                // libcurl itself ends a transfer that is connecting. The driver ends only a transfer that
                // still waits for a connection.
                info.primary_ip()
                    .is_ok_and(|ip| ip.is_none_or(str::is_empty))
                    && is_zero(info.connect_time())
                    && is_zero(info.pretransfer_time())
            }
        }
    }
}
