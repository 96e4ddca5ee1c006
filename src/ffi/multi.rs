//! What a `Multi` is to libcurl: an engine, an event loop, and a registry of sockets.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::ffi::c_void;
use std::panic::resume_unwind;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::time::{Duration, Instant};

use libc::{c_int, c_long};

use crate::error::Stop;
use crate::ffi::drive::End;
use crate::ffi::driver::{Driver, PollFd};
use crate::ffi::easy::Easy;
use crate::ffi::engine::Engine;
use crate::ffi::guard::{Failure, Guarded, enter};
use crate::ffi::mailbox::Mailbox;
use crate::ffi::socket::Registry;
use crate::ffi::sys;
use crate::multi::{EventLoop, Id, Interest, RawSocket, Ready};
use crate::{Callback, Code, Error};

/// Drives transfers that it does not own. The fields are dropped in this order:
/// libcurl must have let go before anything it points to is freed.
pub(crate) struct Core<L: EventLoop> {
    engine: Engine,
    /// What the connections here ask about closes.
    registry: Arc<Registry>,
    watcher: Guarded<Watcher<L>>,
    /// The transfers that are attached, by their handles.
    ids: HashMap<NonNull<sys::CURL>, Id>,
}

// SAFETY: C6: the handles are keys only.
unsafe impl<L: EventLoop<Value: Send> + Send> Send for Core<L> {}

/// The event loop, with what it keeps for each socket.
struct Watcher<L: EventLoop> {
    event_loop: L,
    values: BTreeMap<sys::curl_socket_t, L::Value>,
}

impl<L: EventLoop> Watcher<L> {
    fn socket(&mut self, socket: sys::curl_socket_t, what: c_int) -> Result<(), Stop> {
        let mut value = self.values.remove(&socket);
        let interest = Interest::from_raw(what);
        let result = self
            .event_loop
            .socket(socket as RawSocket, interest, &mut value);
        if interest != Interest::Remove {
            self.values.extend(value.map(|value| (socket, value)));
        }
        result.into_raw(())
    }

    fn timer(&mut self, millis: c_long) -> Result<(), Stop> {
        // libcurl says -1 for none.
        let timeout = u64::try_from(millis).ok().map(Duration::from_millis);
        self.event_loop.timer(timeout).into_raw(())
    }
}

impl<L: EventLoop> Core<L> {
    pub(crate) fn new(event_loop: L) -> Result<Core<L>, Error> {
        let engine = Engine::new(Some(event_loop.waker()))?;
        let values = BTreeMap::new();
        let core = Core {
            engine,
            registry: Arc::default(),
            watcher: Guarded::new(Watcher { event_loop, values }),
            ids: HashMap::new(),
        };
        let user = core.watcher.as_user_data();
        let watch: SocketFunction = watch::<L>;
        let time: TimerFunction = time::<L>;
        // SAFETY: the option takes a function of this type.
        unsafe { core.engine.set(sys::CURLMOPT_SOCKETFUNCTION, watch) }?;
        // SAFETY: C2: the data is the guard for this `L`, which outlives the engine.
        unsafe { core.engine.set(sys::CURLMOPT_SOCKETDATA, user) }?;
        // SAFETY: the option takes a function of this type.
        unsafe { core.engine.set(sys::CURLMOPT_TIMERFUNCTION, time) }?;
        // SAFETY: C2: as above.
        unsafe { core.engine.set(sys::CURLMOPT_TIMERDATA, user) }?;
        Ok(core)
    }

    /// Attaches a transfer, whose owner must have it leave before it lets go of it.
    pub(crate) fn join<H>(&mut self, easy: &mut Easy<H>, id: Id) -> Result<(), Error> {
        easy.join(&self.engine, &self.registry, id)?;
        self.ids.insert(easy.raw(), id);
        Ok(())
    }

    /// Detaches a transfer, and returns its result, and the panic of a callback that
    /// did not come out yet.
    pub(crate) fn leave<H>(
        &mut self,
        easy: &mut Easy<H>,
        end: End,
    ) -> (Result<(), Error>, Option<Box<dyn Any + Send>>) {
        self.ids.remove(&easy.raw());
        easy.leave(&self.engine, &self.registry, end)
    }

    pub(crate) fn socket_action(&mut self, socket: RawSocket, ready: Ready) -> Result<(), Error> {
        // Newer releases look a negative one up before the beginning of their table.
        if usize::try_from(socket).is_err() {
            return Ok(());
        }
        let events = c_int::try_from(ready.bits()).unwrap_or_default();
        self.engine.action(socket as sys::curl_socket_t, events)
    }

    pub(crate) fn timeout_action(&mut self) -> Result<(), Error> {
        self.engine.action(sys::CURL_SOCKET_BAD, 0)
    }

    /// Returns a transfer that has ended, once.
    pub(crate) fn message(&mut self) -> Option<(Id, Code)> {
        while let Some((raw, code)) = self.engine.message() {
            if let Some(id) = self.ids.get(&raw) {
                return Some((*id, code));
            }
        }
        None
    }

    pub(crate) fn mailbox(&self) -> &Arc<Mailbox> {
        &self.engine.mailbox
    }

    pub(crate) fn take_woken(&self) -> bool {
        self.engine.mailbox.take_woken()
    }

    pub(crate) fn event_loop(&self) -> &L {
        &self.watcher.value().event_loop
    }

    pub(crate) fn event_loop_mut(&mut self) -> &mut L {
        &mut self.watcher.value_mut().event_loop
    }

    /// Returns why the event loop failed, once.
    pub(crate) fn take_loop_failure(&mut self) -> Option<LoopFailure> {
        self.watcher.head().take_failure().map(LoopFailure)
    }

    /// Puts a failure back, for the next call.
    pub(crate) fn keep_loop_failure(&mut self, failure: Option<LoopFailure>) {
        if let Some(LoopFailure(failure)) = failure {
            self.watcher.head().fail(failure);
        }
    }

    /// Tells the event loop nothing more, and gives back what it kept: the sockets are still open.
    pub(crate) fn stop_events(&mut self) {
        for function in [sys::CURLMOPT_SOCKETFUNCTION, sys::CURLMOPT_TIMERFUNCTION] {
            // SAFETY: the option takes a function, or none.
            let result = unsafe { self.engine.set(function, ptr::null_mut::<c_void>()) };
            debug_assert!(result.is_ok(), "every libcurl has this option");
        }
        self.watcher.value_mut().values.clear();
    }
}

impl Core<Driver> {
    /// Waits as `Multi::poll` does.
    pub(crate) fn poll(
        &mut self,
        extra: &mut [PollFd<'_>],
        limit: Duration,
    ) -> Result<usize, Error> {
        let until = Instant::now().checked_add(limit);
        loop {
            let limit = until.map(|until| until.saturating_duration_since(Instant::now()));
            let count = self.event_loop_mut().wait(extra, limit)?;
            let over = limit == Some(Duration::ZERO);
            // The system may wake for a wake-up that was seen before.
            if count > 0 || over || self.event_loop().is_due() || self.take_woken() {
                return Ok(count);
            }
        }
    }
}

/// Why an event loop failed.
pub(crate) struct LoopFailure(Failure);

impl LoopFailure {
    /// Makes the error of it, or resumes the panic.
    pub(crate) fn settle(self) -> Error {
        let code = Code::ABORTED_BY_CALLBACK;
        match self.0 {
            Failure::Panic(_, payload) => resume_unwind(payload),
            Failure::Callback(callback, Stop::Error(source)) => Error::Callback {
                callback,
                source,
                code,
                text: None,
            },
            Failure::Callback(callback, Stop::Abort) => Error::Aborted {
                callback,
                code,
                text: None,
            },
            Failure::Libcurl(code) => Error::Libcurl { code, text: None },
        }
    }
}

type SocketFunction = unsafe extern "C" fn(
    *mut sys::CURL,
    sys::curl_socket_t,
    c_int,
    *mut c_void,
    *mut c_void,
) -> c_int;
type TimerFunction = unsafe extern "C" fn(*mut sys::CURLM, c_long, *mut c_void) -> c_int;

/// The handle may be an internal one, and is not used. The number that stops libcurl would
/// end it for good, in the midst of things: a failure shuts the gate, and the driver sees it.
unsafe extern "C" fn watch<L: EventLoop>(
    _: *mut sys::CURL,
    socket: sys::curl_socket_t,
    what: c_int,
    user: *mut c_void,
    _: *mut c_void,
) -> c_int {
    let call = |watcher: &mut Watcher<L>| watcher.socket(socket, what);
    // SAFETY: C2: the live guard of this `L`.
    unsafe { enter::<Watcher<L>, _>(user, Callback::Socket, (), call) };
    0
}

/// Before 8.0, the number that stops libcurl would crash it after `add`.
unsafe extern "C" fn time<L: EventLoop>(
    _: *mut sys::CURLM,
    millis: c_long,
    user: *mut c_void,
) -> c_int {
    let call = |watcher: &mut Watcher<L>| watcher.timer(millis);
    // SAFETY: C2: the live guard of this `L`.
    unsafe { enter::<Watcher<L>, _>(user, Callback::Timer, (), call) };
    0
}
