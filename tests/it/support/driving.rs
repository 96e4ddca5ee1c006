//! The ways to drive a transfer, and an event loop for tests.

#![cfg(unix)]

use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use curlback::multi::{BorrowedSocket, EventLoop, Id, Interest, RawSocket, Ready};
use curlback::{Callback, CallbackResult, Callbacks, Error, Multi, Transfer};
use polling::{Event, Events, PollMode, Poller};

use crate::support::breaks::How;

/// A limit for each wait. It is longer than any wait here takes, so that only a test that hangs fails.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// The call that drives transfers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// `Transfer::perform`.
    Alone,
    /// `Multi::run`.
    Run,
    /// `Multi::perform` and `Multi::poll`.
    Poll,
    /// `Multi::socket_action` and `Multi::timeout_action`.
    Loop,
}

pub(crate) const WAYS: [Way; 4] = [Way::Alone, Way::Run, Way::Poll, Way::Loop];

pub(crate) type Payload = Box<dyn Any + Send>;

/// The result of a transfer; `None` if `perform` panicked.
pub(crate) type Ended = Option<Result<(), Error>>;

/// The ended transfers, in the order of the argument of [`Way::drive`], and the payloads of panics.
pub(crate) struct Driven<H> {
    pub(crate) ended: Vec<(Transfer<H>, Ended)>,
    pub(crate) panics: Vec<Payload>,
}

impl<H> Driven<H> {
    /// Asserts that there is one transfer and that nothing panicked. Returns the transfer and its result.
    pub(crate) fn only(mut self) -> (Transfer<H>, Result<(), Error>) {
        assert!(self.panics.is_empty());
        assert_eq!(self.ended.len(), 1);
        let (transfer, result) = self.ended.pop().unwrap();
        (transfer, result.unwrap())
    }
}

impl Way {
    /// Drives transfers to their end. Catches the panics of the driving calls, and drives on.
    pub(crate) fn drive<H: Callbacks>(self, transfers: Vec<Transfer<H>>) -> Driven<H> {
        let mut panics = Vec::new();
        let mut ended = Vec::new();
        if self == Way::Alone {
            for mut transfer in transfers {
                match catch_unwind(AssertUnwindSafe(|| transfer.perform())) {
                    Ok(result) => ended.push((transfer, Some(result))),
                    Err(payload) => {
                        panics.push(payload);
                        ended.push((transfer, None));
                    }
                }
            }
            return Driven { ended, panics };
        }
        let mut done = Vec::new();
        let ids = match self {
            Way::Loop => {
                let mut multi = Multi::with_event_loop(Loop::new()).unwrap();
                let ids = add_all(&mut multi, transfers);
                catching(&mut panics, || {
                    done.extend(std::iter::from_fn(|| multi.take_finished()));
                    if !multi.is_empty() {
                        turn(&mut multi).unwrap();
                    }
                    multi.is_empty()
                });
                ids
            }
            way => {
                let mut multi = Multi::new().unwrap();
                let ids = add_all(&mut multi, transfers);
                catching(&mut panics, || {
                    if way == Way::Poll {
                        multi.perform().unwrap();
                        done.extend(std::iter::from_fn(|| multi.take_finished()));
                        if !multi.is_empty() {
                            multi.poll(&mut [], LONG).unwrap();
                        }
                        return multi.is_empty();
                    }
                    let run = multi.run(|_, id, transfer, result| {
                        done.push((id, transfer, result));
                        Ok(())
                    });
                    run.unwrap();
                    true
                });
                ids
            }
        };
        assert_eq!(done.len(), ids.len(), "each ends once");
        done.sort_by_key(|(id, ..)| *id);
        for ((id, transfer, result), expected) in done.into_iter().zip(ids) {
            assert_eq!(id, expected);
            ended.push((transfer, Some(result)));
        }
        Driven { ended, panics }
    }
}

fn add_all<H: Callbacks, L: EventLoop>(
    multi: &mut Multi<H, L>,
    transfers: Vec<Transfer<H>>,
) -> Vec<Id> {
    transfers
        .into_iter()
        .map(|transfer| multi.add(transfer).unwrap())
        .collect()
}

fn catching(panics: &mut Vec<Payload>, mut call: impl FnMut() -> bool) {
    loop {
        match catch_unwind(AssertUnwindSafe(&mut call)) {
            Ok(true) => return,
            Ok(false) => {}
            Err(payload) => panics.push(payload),
        }
    }
}

/// One call of `socket`, `remove_socket` or `timer` of [`Loop`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Told {
    Socket(RawSocket, Interest),
    Removed(RawSocket),
    Timer(Option<Duration>),
}

/// The value that [`Loop`] attaches to a socket. Each of these values holds a reference to the loop's
/// `tokens`, whose count tells how many of them exist.
pub(crate) struct Token {
    pub(crate) socket: RawSocket,
    _token: Arc<()>,
}

/// An event loop that registers its sockets with the system only while it waits.
pub(crate) struct Loop {
    poller: Arc<Poller>,
    pub(crate) wanted: BTreeMap<RawSocket, Interest>,
    deadline: Option<Instant>,
    pub(crate) tokens: Arc<()>,
    pub(crate) told: Vec<Told>,
    /// Which of the loop's methods break, as `how` says: with `Socket`, `socket` and `remove_socket`; with
    /// `Timer`, `timer`.
    pub(crate) at: Callback,
    pub(crate) how: Rc<Cell<How>>,
}

impl Loop {
    pub(crate) fn new() -> Loop {
        Loop {
            poller: Arc::new(Poller::new().unwrap()),
            wanted: BTreeMap::new(),
            deadline: None,
            tokens: Arc::new(()),
            told: Vec::new(),
            at: Callback::Socket,
            how: Rc::new(Cell::new(How::Not)),
        }
    }

    pub(crate) fn breaking(at: Callback, how: How) -> Loop {
        Loop {
            at,
            how: Rc::new(Cell::new(how)),
            ..Loop::new()
        }
    }

    /// Waits until a socket is ready, the timer runs out, the loop is woken, or `limit` is over. Returns
    /// the ready sockets.
    #[expect(unsafe_code, reason = "the system wants to know that sockets are open")]
    pub(crate) fn wait(&mut self, limit: Duration) -> Vec<(RawSocket, Ready)> {
        for (socket, interest) in &self.wanted {
            let key = usize::try_from(*socket).unwrap();
            let event = Event::new(key, interest.is_read(), interest.is_write());
            // SAFETY: libcurl has not removed the socket, so it is open. The poller forgets it below, unless the
            // wait panics, which fails the test.
            unsafe {
                self.poller
                    .add_with_mode(*socket, event, PollMode::Level)
                    .unwrap();
            }
        }
        let mut events = Events::new();
        let due = self
            .deadline
            .map(|at| at.saturating_duration_since(Instant::now()));
        let limit = due.map_or(limit, |due| due.min(limit));
        self.poller.wait(&mut events, Some(limit)).unwrap();
        for socket in self.wanted.keys() {
            // SAFETY: libcurl has not removed the socket, so it is open.
            let socket = unsafe { BorrowedFd::borrow_raw(*socket) };
            self.poller.delete(socket).unwrap();
        }
        let ready = |event: Event| {
            let mut ready = Ready::empty();
            ready.set(Ready::READ, event.readable);
            ready.set(Ready::WRITE, event.writable);
            (RawSocket::try_from(event.key).unwrap(), ready)
        };
        events.iter().map(ready).collect()
    }
}

impl EventLoop for Loop {
    type Value = Token;

    fn socket(
        &mut self,
        socket: BorrowedSocket<'_>,
        interest: Interest,
        value: &mut Option<Token>,
    ) -> CallbackResult {
        let socket = socket.as_raw_fd();
        self.told.push(Told::Socket(socket, interest));
        self.wanted.insert(socket, interest);
        let token = value.get_or_insert_with(|| Token {
            socket,
            _token: self.tokens.clone(),
        });
        assert_eq!(token.socket, socket);
        self.answer(Callback::Socket)
    }

    fn remove_socket(&mut self, socket: RawSocket, value: Option<Token>) -> CallbackResult {
        self.told.push(Told::Removed(socket));
        self.wanted.remove(&socket);
        if let Some(token) = value {
            assert_eq!(token.socket, socket);
        }
        self.answer(Callback::Socket)
    }

    fn timer(&mut self, timeout: Option<Duration>) -> CallbackResult {
        self.told.push(Told::Timer(timeout));
        self.deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        self.answer(Callback::Timer)
    }

    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        let poller = self.poller.clone();
        Arc::new(move || poller.notify().unwrap())
    }
}

impl Loop {
    /// Returns whether the timer has run out. Returns true only once for each timer.
    fn take_due(&mut self) -> bool {
        let due = self.deadline.is_some_and(|at| at <= Instant::now());
        if due {
            self.deadline = None;
        }
        due
    }

    fn answer(&self, at: Callback) -> CallbackResult {
        if at != self.at {
            return CallbackResult::Continue;
        }
        self.how.get().result(at)
    }
}

/// Waits once, and drives the sockets that are ready. Also calls `timeout_action` if the timer has run
/// out or no socket is ready. Returns how many transfers have not ended.
pub(crate) fn turn<H: Callbacks>(multi: &mut Multi<H, Loop>) -> Result<usize, Error> {
    turn_within(multi, LONG)
}

/// Does what [`turn`] does, but waits no longer than `limit`.
pub(crate) fn turn_within<H: Callbacks>(
    multi: &mut Multi<H, Loop>,
    limit: Duration,
) -> Result<usize, Error> {
    let ready = multi.event_loop_mut().wait(limit);
    for (socket, ready) in &ready {
        multi.socket_action(*socket, *ready)?;
    }
    // The timer has run out, something has woken the loop, or the limit is over.
    if multi.event_loop_mut().take_due() || ready.is_empty() {
        return multi.timeout_action();
    }
    Ok(multi.running())
}

/// Drives `multi` and waits, until `there` returns true. `there` may be called once more after that.
pub(crate) fn until<H: Callbacks>(multi: &mut Multi<H>, mut there: impl FnMut(&Multi<H>) -> bool) {
    while !there(multi) {
        multi.perform().unwrap();
        // If `there` is true now, it may be that nothing else happens, and the wait would not end.
        if !there(multi) {
            multi.poll(&mut [], LONG).unwrap();
        }
    }
}

/// Returns a waker that only counts its calls.
pub(crate) fn counting_waker(woken: &Arc<AtomicUsize>) -> Arc<dyn Fn() + Send + Sync> {
    let woken = woken.clone();
    Arc::new(move || {
        woken.fetch_add(1, Ordering::SeqCst);
    })
}
