//! An event loop that forgets, repeats and invents events at random, or fails.

use std::collections::BTreeMap;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use curlback::multi::{
    BorrowedSocket, EventLoop, Id, Interest, Notification, PollFd, RawSocket, Ready,
};
use curlback::{CallbackResult, Callbacks, Error, Multi};

use crate::failure::{Bomb, Own};
use crate::journal::note;
use crate::rng::Rng;

/// The value of the loop for a socket. Its drop may panic.
pub(crate) struct Value {
    socket: RawSocket,
    is_bomb: bool,
}

impl Drop for Value {
    fn drop(&mut self) {
        if self.is_bomb && !std::thread::panicking() {
            std::panic::panic_any(Bomb);
        }
    }
}

pub(crate) struct WildLoop {
    rng: Rng,
    watched: BTreeMap<RawSocket, Interest>,
    due: Option<Instant>,
    woken: Arc<AtomicBool>,
    pub(crate) notified: Vec<Id>,
    /// The number of calls in a thousand that fail.
    fails: usize,
    /// The number of waits in a hundred whose events are falsified.
    lies: usize,
    bombs: bool,
}

impl WildLoop {
    pub(crate) fn new(rng: &mut Rng, is_faulty: bool) -> WildLoop {
        let fails = match is_faulty && rng.percent(30) {
            true => rng.pick(&[3, 50, 400]),
            false => 0,
        };
        WildLoop {
            fails,
            lies: rng.pick(&[0, 0, 5, 30]),
            bombs: fails > 0 && rng.percent(30),
            rng: rng.fork(),
            watched: BTreeMap::new(),
            due: None,
            woken: Arc::default(),
            notified: Vec::new(),
        }
    }

    /// Returns whether the methods of this loop may fail.
    pub(crate) fn may_fail(&self) -> bool {
        self.fails > 0
    }

    fn answer(&mut self) -> CallbackResult {
        if !self.rng.permille(self.fails) {
            return CallbackResult::Continue;
        }
        note!("    the loop fails");
        match self.rng.below(3) {
            0 => std::panic::panic_any(Own::new(self.bombs)),
            1 => CallbackResult::Abort,
            _ => CallbackResult::Fail(Own::new(self.bombs).into()),
        }
    }

    /// Waits no longer than `limit` for the watched sockets. Returns the ready ones, sometimes with
    /// false events.
    fn wait(&mut self, limit: Duration) -> Vec<(RawSocket, Ready)> {
        let mut asked: Vec<libc::pollfd> = (self.watched.iter())
            .map(|(socket, interest)| libc::pollfd {
                fd: *socket,
                events: if interest.is_read() { libc::POLLIN } else { 0 }
                    | if interest.is_write() {
                        libc::POLLOUT
                    } else {
                        0
                    },
                revents: 0,
            })
            .collect();
        let due = (self.due).map(|due| due.saturating_duration_since(Instant::now()));
        let limit = due.map_or(limit, |due| due.min(limit)).as_millis();
        let limit = if self.woken.load(Ordering::SeqCst) {
            0
        } else {
            limit
        };
        let count = libc::nfds_t::try_from(asked.len()).unwrap();
        let limit = libc::c_int::try_from(limit).unwrap();
        #[expect(
            unsafe_code,
            reason = "the system is asked about sockets by their numbers"
        )]
        // SAFETY: the array has `count` elements. `poll` reports a number that is no descriptor.
        unsafe {
            libc::poll(asked.as_mut_ptr(), count, limit)
        };
        let mut ready = Vec::new();
        for entry in asked {
            let mut state = Ready::empty();
            state.set(Ready::READ, entry.revents & libc::POLLIN != 0);
            state.set(Ready::WRITE, entry.revents & libc::POLLOUT != 0);
            let other = entry.revents & !(libc::POLLIN | libc::POLLOUT);
            state.set(Ready::ERROR, other != 0);
            if !state.is_empty() {
                ready.push((entry.fd, state));
            }
        }
        self.lie_about(&mut ready);
        ready
    }

    fn lie_about(&mut self, ready: &mut Vec<(RawSocket, Ready)>) {
        if !self.rng.percent(self.lies) {
            return;
        }
        match self.rng.below(6) {
            0 => ready.clear(),
            1 => ready.extend(ready.clone()),
            2 => ready.push((self.rng.pick(&[-7, -1, 0, 1, 2, 12_345]), Ready::all())),
            3 => {
                let bits = Ready::from_bits_retain(self.rng.next() as u32);
                ready.extend(self.watched.keys().map(|socket| (*socket, bits)));
            }
            4 => self.due = Some(Instant::now()),
            _ => ready.reverse(),
        }
    }

    /// Returns whether `timeout_action` must be called: a timer has expired, or the waker was
    /// called.
    fn take_due(&mut self) -> bool {
        let is_woken = self.woken.swap(false, Ordering::SeqCst);
        let is_due = self.due.is_some_and(|due| due <= Instant::now());
        if is_due {
            self.due = None;
        }
        is_woken || is_due
    }
}

impl EventLoop for WildLoop {
    type Value = Value;

    fn socket(
        &mut self,
        socket: BorrowedSocket<'_>,
        interest: Interest,
        value: &mut Option<Value>,
    ) -> CallbackResult {
        let socket = socket.as_raw_fd();
        self.watched.insert(socket, interest);
        let is_bomb = self.bombs && self.rng.percent(5);
        let value = value.get_or_insert(Value { socket, is_bomb });
        assert_eq!(value.socket, socket, "the value of this socket");
        self.answer()
    }

    fn remove_socket(&mut self, socket: RawSocket, value: Option<Value>) -> CallbackResult {
        self.watched.remove(&socket);
        if let Some(value) = &value {
            assert_eq!(value.socket, socket, "the value of this socket");
        }
        let answer = self.answer();
        drop(value);
        answer
    }

    fn timer(&mut self, timeout: Option<Duration>) -> CallbackResult {
        self.due = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        self.answer()
    }

    fn notify(&mut self, notification: Notification) -> CallbackResult {
        if let Notification::EasyDone(id) = notification {
            self.notified.push(id);
        }
        self.answer()
    }

    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        let woken = self.woken.clone();
        Arc::new(move || woken.store(true, Ordering::SeqCst))
    }
}

/// Waits for a limited time, and drives the transfers of a `Multi` that have something to do.
pub(crate) trait Turn {
    fn turn(&mut self, limit: Duration) -> Result<(), Error>;
}

impl<H: Callbacks> Turn for Multi<H> {
    fn turn(&mut self, limit: Duration) -> Result<(), Error> {
        let mut none: [PollFd<'_>; 0] = [];
        self.poll(&mut none, limit)?;
        self.perform()?;
        Ok(())
    }
}

impl<H: Callbacks> Turn for Multi<H, WildLoop> {
    fn turn(&mut self, limit: Duration) -> Result<(), Error> {
        // The waker cannot interrupt the wait of this loop, so the wait is short.
        let limit = limit.min(Duration::from_millis(2));
        let ready = self.event_loop_mut().wait(limit);
        for (socket, ready) in ready {
            self.socket_action(socket, ready)?;
        }
        if self.event_loop_mut().take_due() {
            self.timeout_action()?;
        }
        let event_loop = self.event_loop_mut();
        let lies = event_loop.lies;
        if event_loop.rng.percent(lies) {
            // Makes up for events that the loop may have left out.
            self.socket_all()?;
        }
        Ok(())
    }
}
