//! The part of a `Multi` or of an agent that libcurl uses: an engine, an event loop, and a registry of sockets.

pub(super) mod connections;
mod driving;
pub(super) mod failure;
mod muted;

use std::collections::BTreeMap;
use std::ffi::{CString, c_void};
use std::ptr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use libc::{c_int, c_long, c_uint};

use crate::callbacks::event_loop::{
    BorrowedSocket, EventLoop, Interest, Notification, RawSocket, Ready,
};
use crate::code::MultiCode;
use crate::error::Stop;
use crate::ffi::item::Item;
use crate::ffi::pool::{self, Entered};
use crate::ffi::sigpipe::Quiet;
use crate::ffi::socket::Registry;
use crate::ffi::sys;
use crate::id::Id;
use crate::run::deadlines::{Deadlines, Limit};
use crate::run::engine::Engine;
use crate::run::guard::{Guarded, enter};
use crate::run::mailbox::Mailbox;
use crate::run::member::{Member, Panic};
use crate::run::multi::connections::Connections;
use crate::run::multi::failure::LoopFailure;
use crate::run::multi::muted::Sockets;
use crate::run::perform::End;
use crate::run::pull::Pull;
use crate::run::push::{Child, Decide, Ids, Make, Pushed, Pushes};
use crate::run::trampolines::event_loop::{
    NotifyFunction, SocketFunction, TimerFunction, notify, time, watch,
};
use crate::run::trampolines::push::{PushFunction, push};
use crate::run::watchdog::Watchdog;
use crate::{Callback, Callbacks, Code, Error};

/// Drives transfers that it does not own. The fields are dropped in this order: before anything that libcurl points
/// to is freed, the engine must be cleaned up, or [deferred](Engine::defer) so that libcurl no longer uses it.
pub(crate) struct Core<L: EventLoop> {
    engine: Engine,
    /// The registry in which the connections look up the transfer that closes a socket.
    registry: Arc<Registry>,
    watcher: Guarded<Watcher<L>>,
    /// The transfers that are attached.
    ids: Ids,
    watchdog: Watchdog,
    deadlines: Deadlines,
    /// The connections of transfers that libcurl has ended.
    pub(super) connections: Connections,
}

/// The event loop, with the value that it keeps for each socket.
pub(super) struct Watcher<L: EventLoop> {
    event_loop: L,
    values: BTreeMap<sys::curl_socket_t, L::Value>,
    ids: Ids,
    timer: Timer,
    /// `None` unless the linked libcurl watches the sockets of paused transfers.
    sockets: Option<Sockets>,
}

/// The one timer of the event loop, which serves libcurl and this crate's deadlines.
#[derive(Default)]
struct Timer {
    /// When libcurl's timer is due, or `None` if it is off.
    libcurl: Option<Instant>,
    /// The earliest deadline of a transfer, or `None` if there is none.
    deadline: Option<Instant>,
    /// The time for which the event loop's timer is set; `None` if the timer is off, or if `timeout_action` was
    /// called since.
    set: Option<Instant>,
}

impl<L: EventLoop> Watcher<L> {
    pub(super) fn notify(&mut self, kind: c_uint, about: *const sys::CURL) -> Result<(), Stop> {
        let notification = match (kind, self.ids.get(about)) {
            (sys::CURLMNOTIFY_INFO_READ, _) => Notification::InfoRead,
            (sys::CURLMNOTIFY_EASY_DONE, Some(id)) => Notification::EasyDone(id),
            // The handle is one of libcurl's own, of which the event loop is not notified.
            (sys::CURLMNOTIFY_EASY_DONE, None) => return Ok(()),
            (other, _) => Notification::Other(other),
        };
        self.event_loop.notify(notification).into_raw(())
    }

    /// Tells the event loop for what to watch `socket`, whose number is `raw`.
    pub(super) fn watch(
        &mut self,
        raw: sys::curl_socket_t,
        socket: BorrowedSocket<'_>,
        interest: Interest,
    ) -> Result<(), Stop> {
        let mut value = self.values.remove(&raw);
        let result = self.event_loop.socket(socket, interest, &mut value);
        self.values.extend(value.map(|value| (raw, value)));
        result.into_raw(())
    }

    pub(super) fn remove(&mut self, raw: sys::curl_socket_t) -> Result<(), Stop> {
        let value = self.values.remove(&raw);
        let result = self.event_loop.remove_socket(raw as RawSocket, value);
        result.into_raw(())
    }

    pub(super) fn timer(&mut self, millis: c_long) -> Result<(), Stop> {
        // libcurl passes -1 to turn the timer off.
        let timeout = u64::try_from(millis).ok().map(Duration::from_millis);
        let now = Instant::now();
        let timer = &mut self.timer;
        timer.libcurl = timeout.and_then(|timeout| now.checked_add(timeout));
        match timer.deadline {
            Some(deadline) if timer.libcurl.is_none_or(|at| deadline < at) => {
                self.deadline(deadline)
            }
            _ => {
                timer.set = timer.libcurl;
                self.event_loop.timer(timeout).into_raw(())
            }
        }
    }

    /// Sets the event loop's timer to one of this crate's deadlines.
    fn deadline(&mut self, deadline: Instant) -> Result<(), Stop> {
        self.timer.set = Some(deadline);
        let timeout = deadline.saturating_duration_since(Instant::now());
        self.event_loop.timer(Some(timeout)).into_raw(())
    }
}

impl<L: EventLoop> Core<L> {
    pub(crate) fn new(event_loop: L) -> Result<Core<L>, Error> {
        let registry = Arc::<Registry>::default();
        let mut engine = Engine::new(Some(event_loop.waker()))?;
        engine.registry = Some(registry.clone());
        let ids = Ids::default();
        let watcher = Watcher {
            event_loop,
            values: BTreeMap::new(),
            ids: ids.clone(),
            timer: Timer::default(),
            sockets: Sockets::new(),
        };
        let core = Core {
            engine,
            registry,
            watcher: Guarded::new(watcher),
            ids,
            watchdog: Watchdog::new(),
            deadlines: Deadlines::default(),
            connections: Connections::default(),
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

    /// Attaches a transfer. Its owner must make it [`leave`](Core::leave), or pass it to
    /// [`enter_or_leave`](Core::enter_or_leave), before dropping it.
    pub(crate) fn join(
        &mut self,
        member: &mut dyn Member,
        id: Id,
        pull: Option<Pull>,
    ) -> Result<(), Error> {
        member.join(&mut self.engine, &self.registry, id, pull)?;
        self.ids.enter(member.raw(), member.known(id));
        self.deadlines.add(id, member.limits());
        Ok(())
    }

    /// Detaches a transfer. Returns its result, and the panic of a callback if there is one
    /// to resume.
    pub(crate) fn leave(
        &mut self,
        member: &mut dyn Member,
        end: End,
        entered: &Entered,
    ) -> (Result<(), Error>, Option<Panic>) {
        if let Some(id) = self.ids.get(member.raw().as_ptr()) {
            self.deadlines.remove(id);
            self.watcher.value_mut().timer.deadline = self.deadlines.next();
            // The event loop has to forget the socket before libcurl closes it.
            self.unwatch(id);
        }
        self.ids.forget(member.raw());
        member.leave(&mut self.engine, entered, &self.registry, end)
    }

    /// Acquires the locks to detach all transfers, before the engine is dropped. If a lock is not free,
    /// leaves the engine and the transfers to a later cleanup, and returns `None`.
    pub(crate) fn enter_or_leave<'a>(
        &mut self,
        members: impl Iterator<Item = &'a mut (dyn Member + 'a)>,
    ) -> Option<Entered> {
        let mut pools = self.engine.pools.all();
        if let Ok(entered) = Entered::visit(&pools) {
            return Some(entered);
        }
        let mut handles = Vec::new();
        for member in members {
            let (own, handle) = member.defer();
            pools.extend(own);
            handles.push(handle);
        }
        let engine = self.engine.defer();
        pool::clean_up(pools, move || {
            for handle in &handles {
                // SAFETY: C1: the handle is live until it is dropped.
                unsafe { engine.detach(handle.raw) };
            }
            drop((handles, engine));
        });
        None
    }

    /// Acquires the locks. Methods that need them take the returned [`Entered`].
    pub(crate) fn enter(&self) -> Result<Entered, Error> {
        self.engine.enter()
    }

    pub(crate) fn socket_action(
        &mut self,
        socket: RawSocket,
        ready: Ready,
        entered: &Entered,
    ) -> Result<(), Error> {
        self.act(socket, ready, entered, &Quiet::new())
    }

    fn act(
        &mut self,
        socket: RawSocket,
        ready: Ready,
        entered: &Entered,
        quiet: &Quiet,
    ) -> Result<(), Error> {
        // A negative number is ignored: newer releases would look it up before the beginning of their table.
        if usize::try_from(socket).is_err() {
            return Ok(());
        }
        let raw = socket as sys::curl_socket_t;
        let events = match &mut self.watcher.value_mut().sockets {
            None => c_int::try_from(ready.bits()).unwrap_or_default(),
            Some(sockets) => {
                sockets.stir(raw);
                // libcurl itself asks the system for what the socket is ready, unless the transfer is paused.
                0
            }
        };
        self.engine.action(raw, events, entered, quiet)
    }

    pub(crate) fn timeout_action(&mut self, entered: &Entered) -> Result<(), Error> {
        // The timer counts as fired, even if this call is early: libcurl sets the timer again if it still needs it.
        let timer = &mut self.watcher.value_mut().timer;
        (timer.libcurl, timer.set) = (None, None);
        (self.engine).action(sys::CURL_SOCKET_BAD, 0, entered, &Quiet::new())
    }

    pub(crate) fn action_on_all(&mut self, entered: &Entered) -> Result<(), Error> {
        self.engine.retry_waiting(entered);
        self.engine.action_on_all(entered)
    }

    /// Starts the clocks of new transfers, and sets the timer for the next deadline, unless the timer is due
    /// before it. Returns the transfers whose time was over at `then`, before libcurl was driven.
    pub(crate) fn take_over(&mut self, then: Instant) -> Vec<(Id, Limit)> {
        self.deadlines.start();
        let over = self.deadlines.take_over(then);
        let timer = &mut self.watcher.value_mut().timer;
        timer.deadline = self.deadlines.next();
        if let Some(deadline) = timer.deadline {
            if timer.set.is_none_or(|at| deadline < at) {
                self.tell(Callback::Timer, |watcher| watcher.deadline(deadline));
            }
        }
        over
    }

    /// Calls the event loop as libcurl does: a failure is kept, and later calls do nothing.
    fn tell(&mut self, callback: Callback, call: impl FnOnce(&mut Watcher<L>) -> Result<(), Stop>) {
        let user = self.watcher.as_user_data();
        // SAFETY: C2: `user` is the live guard of this `L`; C3: `&mut self` means that nothing of it is
        // borrowed.
        unsafe { enter::<Watcher<L>, _>(user, callback, (), call) };
    }

    /// Returns the next transfer that has ended, and its code, or `None` if no further one has ended. Each
    /// transfer is returned once.
    pub(crate) fn message(&mut self) -> Option<(Id, Code)> {
        while let Some((raw, code)) = self.engine.message() {
            if let Some(id) = self.ids.get(raw.as_ptr()) {
                return Some((id, code));
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

    /// Wakes the driver if a transfer is in the mailbox or the event loop has failed, since only a call that
    /// drives handles these.
    pub(crate) fn wake_for_rest(&mut self) {
        if self.mailbox().has_ids() || self.watcher.head().has_failed() {
            self.mailbox().wake();
        }
    }

    /// Takes the failure of the event loop, or returns `None` if there is none.
    pub(crate) fn take_loop_failure(&mut self) -> Option<LoopFailure> {
        self.watcher.head().take_failure().map(LoopFailure)
    }

    /// Puts a failure back, for the next call.
    pub(crate) fn keep_loop_failure(&mut self, failure: Option<LoopFailure>) {
        if let Some(LoopFailure(failure)) = failure {
            self.watcher.head().fail(failure);
        }
    }

    pub(crate) fn set_long(&mut self, option: Item, value: c_long) -> Result<(), Error> {
        let _entered = self.enter()?;
        // SAFETY: `options!` gives this method options of type long only.
        let set = unsafe { self.engine.set(option.id, value) };
        // libcurl may have closed connections, and a callback may have failed meanwhile.
        self.wake_for_rest();
        option.check_multi(set.err().unwrap_or(MultiCode::OK))
    }

    pub(crate) fn set_off_t(&mut self, option: Item, value: i64) -> Result<(), Error> {
        // SAFETY: `options!` gives this method options of type curl_off_t only.
        let set = unsafe { self.engine.set::<sys::curl_off_t>(option.id, value) };
        option.check_multi(set.err().unwrap_or(MultiCode::OK))
    }

    /// Sets an option for pipelines of HTTP/1.1, which this crate never turns on, so that the option has no effect.
    pub(crate) fn set_texts(&mut self, option: Item, values: &[&str]) -> Result<(), Error> {
        let no_nul = |value: &&str| {
            CString::new(*value).map_err(|_| option.unsuitable("the value contains a NUL"))
        };
        let texts: Vec<CString> = values.iter().map(no_nul).collect::<Result<_, _>>()?;
        let mut pointers: Vec<_> = texts.iter().map(|text| text.as_ptr()).collect();
        pointers.push(ptr::null());
        // SAFETY: the option takes an array of strings that ends with NULL, and keeps nothing.
        let set = unsafe { self.engine.set(option.id, pointers.as_ptr()) };
        option.check_multi(set.err().unwrap_or(MultiCode::OK))
    }

    pub(crate) fn get_off_t(&self, info: Item) -> Result<i64, Error> {
        info.check_age()?;
        let (code, value) = self.engine.get_off_t(info.id);
        info.check_multi(code)?;
        Ok(value)
    }

    /// Turns notifications of one kind of event on or off.
    pub(crate) fn notify(&mut self, kind: c_uint, enable: bool) -> Result<(), Error> {
        NOTIFYFUNCTION.check_age()?;
        let function: NotifyFunction = notify::<L>;
        let user = self.watcher.as_user_data();
        // SAFETY: the option takes a function of this type.
        let set = unsafe { self.engine.set(NOTIFYFUNCTION.id, function) };
        NOTIFYFUNCTION.check_multi(set.err().unwrap_or(MultiCode::OK))?;
        // SAFETY: C2: the data is the guard for this `L`, which outlives the engine.
        unsafe { self.engine.set(sys::CURLMOPT_NOTIFYDATA, user) }?;
        NOTIFYFUNCTION.check_multi(self.engine.notify(kind, enable))
    }

    /// Makes libcurl ask `decide` about pushes. The returned value must be kept until the core is dropped or another
    /// call of this method has succeeded.
    pub(crate) fn accept_pushes<H: Callbacks, C: Child<H>>(
        &mut self,
        decide: Decide<H>,
        make: Make<H, C>,
    ) -> Result<Guarded<Pushes<H, C>>, Error> {
        const ITEM: Item = Item::new(
            sys::CURLMOPT_PUSHFUNCTION,
            "CURLMOPT_PUSHFUNCTION",
            "8.22.0",
        );
        ITEM.check_age()?;
        ITEM.check_multi(self.engine.can_push())?;
        let (ids, registry) = (self.ids.clone(), self.registry.clone());
        let pushes = Pushes::new(decide, make, ids, registry, &self.engine);
        let function: PushFunction = push::<H, C>;
        // SAFETY: C2: the data is a guard for this `H` and `C`, which outlives the engine.
        unsafe {
            self.engine
                .set(sys::CURLMOPT_PUSHDATA, pushes.as_user_data())
        }?;
        // SAFETY: the option takes a function of this type.
        let set = unsafe { self.engine.set(ITEM.id, function) };
        ITEM.check_multi(set.err().unwrap_or(MultiCode::OK))?;
        Ok(pushes)
    }

    /// Returns the children that were pushed and that libcurl did not give up.
    pub(crate) fn take_pushed<H, C: Child<H>>(&self, pushes: &mut Pushes<H, C>) -> Vec<Pushed<C>> {
        pushes.take_accepted(|raw| self.engine.has(raw))
    }

    /// Makes libcurl stop calling the event loop, and drops the values for sockets before libcurl closes the
    /// sockets of attached transfers.
    pub(crate) fn stop_events(&mut self) {
        let functions = [sys::CURLMOPT_SOCKETFUNCTION, sys::CURLMOPT_TIMERFUNCTION];
        for function in functions {
            // SAFETY: the option takes a function, or none.
            let result = unsafe { self.engine.set(function, ptr::null_mut::<c_void>()) };
            debug_assert!(result.is_ok(), "every libcurl has this option");
        }
        self.watcher.value_mut().values.clear();
    }
}

const NOTIFYFUNCTION: Item = Item::new(
    sys::CURLMOPT_NOTIFYFUNCTION,
    "CURLMOPT_NOTIFYFUNCTION",
    "8.17.0",
);
