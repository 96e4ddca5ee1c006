//! Who may use the connections of an engine or a share: one thread at a time.
//!
//! A handle keeps references to what its connections also refer to, in libcurl 8.21.0 and later: the
//! peer, and credentials. libcurl counts these references without atomic operations, also after the
//! handle has left the engine. And libcurl does not lock all of what a share has. So each owner of
//! connections has a [`Pool`], whose lock is held by every call into libcurl that may use them.
//!
//! - An engine holds the locks of its own pool and of the pools of every share that one of its handles
//!   has ever had: connections that are being shut down stay in the engine, without the share.
//! - A thread that holds the lock of a share, so one inside a callback, does not wait for that of
//!   another share: two such threads might wait for each other. It gets an error instead.
//! - A drop does not wait at all. If a lock is not free, whoever holds it cleans up afterwards.
//! - A handle that goes to another pool is replaced by its copy, see [`easy`](crate::ffi::easy): equal
//!   credentials would go with it.

use std::cell::Cell;
use std::mem;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, PoisonError};

use crate::Error;
use crate::ffi::lock::Lock;
use crate::ffi::share::SHARE;
use crate::sync::{AtomicBool, AtomicUsize, Mutex, MutexGuard, fence, thread_local};

#[cfg(all(curlback_loom, test))]
mod loom;

thread_local! {
    /// How many locks of shares' pools this thread holds.
    static SHARED: Cell<usize> = const { Cell::new(0) };
}

/// The lock of an owner of connections.
pub(crate) struct Pool {
    lock: Lock,
    /// Whether it belongs to a share, so that several engines use it.
    shared: bool,
    /// The engine that holds the lock; 0 is none, or a cleanup.
    engine: AtomicUsize,
    /// How many transfers use connections of the pool now.
    transfers: AtomicUsize,
    /// What was dropped while the lock was held.
    left: Mutex<Vec<Cleanup>>,
    has_left: AtomicBool,
}

/// What remains to be done of a drop, and the pools whose locks it needs.
struct Cleanup {
    pools: Vec<Arc<Pool>>,
    run: Box<dyn FnOnce() + Send>,
}

/// A transfer that uses the connections of a pool, until this is dropped.
pub(super) struct Use(Arc<Pool>);

impl Use {
    pub(super) fn new(pool: Arc<Pool>) -> Use {
        pool.transfers.fetch_add(1, Relaxed);
        Use(pool)
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        self.0.transfers.fetch_sub(1, Relaxed);
    }
}

/// How the lock of a pool was asked for.
enum Answer {
    Acquired,
    /// The same engine holds it.
    Again,
    /// Another thread, or another engine of this thread, holds it.
    Busy,
}

impl Pool {
    pub(super) fn new(shared: bool) -> Arc<Pool> {
        Arc::new(Pool {
            lock: Lock::default(),
            shared,
            engine: AtomicUsize::new(0),
            transfers: AtomicUsize::new(0),
            left: Mutex::new(Vec::new()),
            has_left: AtomicBool::new(false),
        })
    }

    /// Returns how many transfers use connections of the pool, while its lock is held.
    pub(super) fn transfers(&self) -> usize {
        self.transfers.load(Relaxed)
    }

    /// Acquires the lock for a cleanup or a call that concerns no engine, unless another thread
    /// holds it.
    fn try_visit(&self) -> bool {
        if cfg!(curlback_no_pools) {
            return true;
        }
        let former = self.lock.is_own();
        let acquired = self.lock.try_acquire();
        if acquired {
            self.count();
            if !former {
                self.engine.store(0, Relaxed);
            }
        }
        acquired
    }

    fn try_enter(&self, engine: usize) -> Answer {
        if self.lock.is_own() {
            return match self.engine.load(Relaxed) == engine {
                true => Answer::Again,
                false => Answer::Busy,
            };
        }
        match self.lock.try_acquire() {
            true => {
                self.note(engine);
                Answer::Acquired
            }
            false => Answer::Busy,
        }
    }

    fn wait(&self, engine: usize) {
        self.lock.acquire();
        self.note(engine);
    }

    fn note(&self, engine: usize) {
        self.engine.store(engine, Relaxed);
        self.count();
    }

    fn count(&self) {
        if self.shared {
            SHARED.with(|held| held.set(held.get() + 1));
        }
    }

    /// Releases the lock, and cleans up what was dropped meanwhile.
    fn leave(&self) {
        if cfg!(curlback_no_pools) {
            return;
        }
        if self.shared {
            SHARED.with(|held| held.set(held.get().saturating_sub(1)));
        }
        while self.lock.release() && self.has_left.load(Relaxed) && self.lock.try_acquire() {
            self.engine.store(0, Relaxed);
            self.has_left.store(false, Relaxed);
            let left = mem::take(&mut *self.left());
            left.into_iter().for_each(Cleanup::run);
        }
    }

    fn left(&self) -> MutexGuard<'_, Vec<Cleanup>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cleanup {
    /// Runs it if all locks are free; else leaves it to the holder of the first that is not.
    fn run(self) {
        match Entered::visit(&self.pools) {
            Ok(_entered) => (self.run)(),
            Err(pool) => {
                pool.left().push(self);
                pool.has_left.store(true, Relaxed);
                // Either this thread sees that the lock is free, or its owner what is left.
                fence(SeqCst);
                if pool.lock.try_acquire() {
                    pool.count();
                    pool.leave();
                }
            }
        }
    }
}

/// Runs what remains of a drop under the locks of `pools`, now or when their holders release them.
pub(super) fn clean_up(pools: Vec<Arc<Pool>>, run: impl FnOnce() + Send + 'static) {
    let run = Box::new(run);
    Cleanup { pools, run }.run();
}

/// The locks that a call into libcurl needs, until this is dropped.
#[derive(Default)]
pub(crate) struct Entered {
    /// Most calls need one lock at most, and so no allocation.
    first: Option<Arc<Pool>>,
    others: Vec<Arc<Pool>>,
}

impl Entered {
    fn push(&mut self, pool: Arc<Pool>) {
        match self.first {
            None => self.first = Some(pool),
            Some(_) => self.others.push(pool),
        }
    }

    /// Acquires the locks for a call that concerns no engine: a cleanup, or one about a handle
    /// outside of every engine. Returns a pool that another thread uses, if there is one.
    pub(super) fn visit(pools: &[Arc<Pool>]) -> Result<Entered, Arc<Pool>> {
        let mut entered = Entered::default();
        for pool in pools {
            if !pool.try_visit() {
                return Err(pool.clone());
            }
            entered.push(pool.clone());
        }
        Ok(entered)
    }

    /// Acquires the lock of a share, as [`visit`](Entered::visit), and waits for it if this
    /// thread may.
    pub(super) fn visit_waiting(pool: &Arc<Pool>) -> Result<Entered, Error> {
        if let Ok(entered) = Entered::visit(std::slice::from_ref(pool)) {
            return Ok(entered);
        }
        check_waiting()?;
        pool.wait(0);
        let mut entered = Entered::default();
        entered.push(pool.clone());
        Ok(entered)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        if let Some(first) = &self.first {
            for pool in self.others.iter().rev() {
                pool.leave();
            }
            first.leave();
        }
    }
}

/// Returns whether this thread holds the lock of a share, and so must not wait for another.
pub(super) fn is_nested() -> bool {
    SHARED.with(Cell::get) != 0
}

fn check_waiting() -> Result<(), Error> {
    match is_nested() {
        true => Err(busy()),
        false => Ok(()),
    }
}

fn busy() -> Error {
    SHARE.unsuitable(
        "a transfer that uses the share is in progress, and a callback must not wait for it",
    )
}

/// The pools that an engine uses.
pub(super) struct Pools {
    /// Its own, if handles that have left the engine may still refer to its connections.
    own: Option<Arc<Pool>>,
    /// Those of shares.
    shared: Vec<Arc<Pool>>,
    /// Tells the engine from others.
    id: usize,
}

impl Pools {
    pub(super) fn new(own: Option<Arc<Pool>>, id: usize) -> Pools {
        Pools {
            own,
            shared: Vec::new(),
            id,
        }
    }

    pub(super) fn own(&self) -> Option<&Arc<Pool>> {
        self.own.as_ref()
    }

    pub(super) fn add(&mut self, pool: &Arc<Pool>) {
        if !self.shared.iter().any(|known| Arc::ptr_eq(known, pool)) {
            self.shared.push(pool.clone());
        }
    }

    pub(super) fn has_shared(&self) -> bool {
        !self.shared.is_empty()
    }

    pub(super) fn all(&self) -> Vec<Arc<Pool>> {
        self.own.iter().chain(&self.shared).cloned().collect()
    }

    /// Acquires all locks, and waits for them if this thread may.
    ///
    /// No thread waits for one share's lock while it holds another's.
    pub(super) fn enter(&self) -> Result<Entered, Error> {
        let mut entered = Entered::default();
        if cfg!(curlback_no_pools) || self.own.is_none() && self.shared.is_empty() {
            return Ok(entered);
        }
        let mut wanted: Option<&Arc<Pool>> = None;
        'again: loop {
            if let Some(pool) = wanted {
                pool.wait(self.id);
                entered.push(pool.clone());
            }
            for pool in &self.shared {
                match pool.try_enter(self.id) {
                    Answer::Acquired => entered.push(pool.clone()),
                    Answer::Again => {}
                    Answer::Busy => {
                        drop(mem::take(&mut entered));
                        if pool.lock.is_own() {
                            return Err(busy());
                        }
                        check_waiting()?;
                        wanted = Some(pool);
                        continue 'again;
                    }
                }
            }
            break;
        }
        if let Some(own) = &self.own {
            match own.try_enter(self.id) {
                Answer::Acquired => entered.push(own.clone()),
                Answer::Again => {}
                // A cleanup on another thread, in which nothing of the user's is called.
                Answer::Busy => {
                    own.wait(self.id);
                    entered.push(own.clone());
                }
            }
        }
        Ok(entered)
    }
}
