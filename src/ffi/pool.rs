//! The locks that let one thread at a time use the connections of an engine or a share.
//!
//! In libcurl 8.21.0 and later, an easy handle and its connections refer to the same peer and
//! credentials. libcurl counts these references without atomic operations, and the handle keeps its
//! references after it has left the engine. Also, libcurl does not lock all data of a share. So the
//! engine of a `Multi` (with these releases) and a share (if it has such data) have a [`Pool`]. A call
//! into libcurl that may use the connections or the data holds the lock of that pool. A wait for sockets
//! does not hold it.
//!
//! - A call that drives an engine holds the lock of the engine's own pool and the locks of the shares
//!   that its handles have used in it, even if the handles have left these shares: a connection that is
//!   being shut down stays in the engine.
//! - A thread that holds the lock of one share does not wait for the lock of another share, since
//!   two such threads might wait for each other. If a call from inside a callback would have to wait
//!   in this way, it returns an error instead.
//! - A drop does not wait for a lock. If a lock is not free, the thread that holds the lock cleans up
//!   when it releases the lock.
//! - A handle that moves to another pool is replaced by its copy, since the handle would keep its
//!   references to equal credentials: see `easy/renew.rs`.

use std::cell::Cell;
use std::mem;
use std::sync::atomic::Ordering::{AcqRel, Relaxed, SeqCst};
use std::sync::{Arc, PoisonError};

use crate::Error;
use crate::ffi::lock::Lock;
use crate::ffi::share::SHARE;
use crate::sync::{AtomicBool, AtomicUsize, Mutex, MutexGuard, fence, thread_local};

#[cfg(all(curlback_loom, test))]
mod loom;

thread_local! {
    /// How many locks of shares this thread holds.
    static SHARED: Cell<usize> = const { Cell::new(0) };
}

/// The lock of the connections of an engine, or of the data of a share that libcurl does not lock.
pub(crate) struct Pool {
    lock: Lock,
    /// Whether the pool belongs to a share, so that several engines may use it.
    shared: bool,
    /// The engine for which the lock is held; 0 if it is held for no engine, as by a cleanup.
    engine: AtomicUsize,
    /// How many transfers use connections of the pool now. Only the users of a share's pool are counted.
    transfers: AtomicUsize,
    /// The cleanups that wait until the lock is released.
    left: Mutex<Vec<Cleanup>>,
    has_left: AtomicBool,
}

/// The rest of a drop, and the pools whose locks it needs.
struct Cleanup {
    pools: Vec<Arc<Pool>>,
    run: Box<dyn FnOnce() + Send>,
}

/// Counts a transfer among those that use the connections of a pool, until this value is dropped.
pub(crate) struct Use(Arc<Pool>);

impl Use {
    pub(crate) fn new(pool: Arc<Pool>) -> Use {
        pool.transfers.fetch_add(1, Relaxed);
        Use(pool)
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        self.0.transfers.fetch_sub(1, Relaxed);
    }
}

/// The result of an attempt to acquire the lock of a pool for an engine.
enum Answer {
    Acquired,
    /// This thread holds the lock for the same engine.
    Again,
    /// Another thread holds the lock, or this thread holds it for another engine or for none.
    Busy,
}

impl Pool {
    pub(crate) fn new(shared: bool) -> Arc<Pool> {
        Arc::new(Pool {
            lock: Lock::default(),
            shared,
            engine: AtomicUsize::new(0),
            transfers: AtomicUsize::new(0),
            left: Mutex::new(Vec::new()),
            has_left: AtomicBool::new(false),
        })
    }

    /// Returns how many transfers use connections of the pool, or 0 for an engine's own pool, whose transfers
    /// are not counted. The caller must hold the lock.
    pub(crate) fn transfers(&self) -> usize {
        self.transfers.load(Relaxed)
    }

    /// Acquires the lock for a cleanup or a call that concerns no engine, unless another thread
    /// holds it. Returns whether this thread holds the lock now.
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

    /// Releases the lock. If this has freed the lock, runs the cleanups that were left to its holder, unless
    /// another thread acquires the lock first.
    fn leave(&self) {
        if cfg!(curlback_no_pools) {
            return;
        }
        if self.shared {
            SHARED.with(|held| held.set(held.get().saturating_sub(1)));
        }
        while self.lock.release() && self.has_left.load(Relaxed) && self.lock.try_acquire() {
            self.engine.store(0, Relaxed);
            let mut left = self.left();
            // Changed under the lock of the list, as in `Cleanup::run`. ThreadSanitizer sees the order
            // of the threads by this change, but not always by a lock of the standard library.
            self.has_left.swap(false, AcqRel);
            let cleanups = mem::take(&mut *left);
            drop(left);
            cleanups.into_iter().for_each(Cleanup::run);
        }
    }

    fn left(&self) -> MutexGuard<'_, Vec<Cleanup>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cleanup {
    /// Runs the cleanup, unless another thread holds one of the locks. Then leaves the cleanup to the holder
    /// of the first such lock.
    fn run(self) {
        match Entered::visit(&self.pools) {
            Ok(_entered) => (self.run)(),
            Err(pool) => {
                let mut left = pool.left();
                left.push(self);
                pool.has_left.swap(true, AcqRel);
                drop(left);
                // Either this thread sees that the lock is free, or its holder sees the cleanup.
                fence(SeqCst);
                if pool.lock.try_acquire() {
                    pool.count();
                    pool.leave();
                }
            }
        }
    }
}

/// Runs the rest of a drop under the locks of `pools`, now or when their holders release them.
pub(crate) fn clean_up(pools: Vec<Arc<Pool>>, run: impl FnOnce() + Send + 'static) {
    let run = Box::new(run);
    Cleanup { pools, run }.run();
}

/// The locks that a call into libcurl needs, which are held until this value is dropped. Most calls
/// need none.
#[derive(Default)]
pub(crate) struct Entered(Option<Locks>);

struct Locks {
    /// The first lock is stored without an allocation, and few calls need more than one.
    first: Arc<Pool>,
    others: Vec<Arc<Pool>>,
}

impl Entered {
    fn push(&mut self, pool: Arc<Pool>) {
        match &mut self.0 {
            None => {
                self.0 = Some(Locks {
                    first: pool,
                    others: Vec::new(),
                });
            }
            Some(locks) => locks.others.push(pool),
        }
    }

    /// Acquires the locks for a cleanup, or for a call with a handle that is in no engine. If
    /// another thread holds one of the locks, releases the others and returns the pool of that lock.
    pub(crate) fn visit(pools: &[Arc<Pool>]) -> Result<Entered, Arc<Pool>> {
        let mut entered = Entered::default();
        for pool in pools {
            if !pool.try_visit() {
                return Err(pool.clone());
            }
            entered.push(pool.clone());
        }
        Ok(entered)
    }

    /// Acquires the lock of a share like [`visit_waiting`](Entered::visit_waiting), but returns an error
    /// if this thread holds the lock already: the caller is going to change data that libcurl may be using
    /// further up the stack.
    pub(crate) fn visit_alone(pool: &Arc<Pool>) -> Result<Entered, Error> {
        match pool.lock.is_own() {
            true => Err(busy()),
            false => Entered::visit_waiting(pool),
        }
    }

    /// Acquires the lock of a share, and waits while another thread holds it. If it would have to wait
    /// and this thread holds the lock of a share, returns an error.
    pub(crate) fn visit_waiting(pool: &Arc<Pool>) -> Result<Entered, Error> {
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

impl Drop for Locks {
    fn drop(&mut self) {
        for pool in self.others.iter().rev() {
            pool.leave();
        }
        self.first.leave();
    }
}

/// Returns whether this thread holds the lock of a share, and so must not wait for that of another share.
pub(crate) fn is_nested() -> bool {
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
pub(crate) struct Pools {
    /// The engine's own pool, if handles that have left the engine may refer to its connections.
    own: Option<Arc<Pool>>,
    /// The pools of shares.
    shared: Vec<Arc<Pool>>,
    /// A number that no other live engine has.
    id: usize,
}

impl Pools {
    pub(crate) fn new(own: Option<Arc<Pool>>, id: usize) -> Pools {
        Pools {
            own,
            shared: Vec::new(),
            id,
        }
    }

    pub(crate) fn own(&self) -> Option<&Arc<Pool>> {
        self.own.as_ref()
    }

    pub(crate) fn add(&mut self, pool: &Arc<Pool>) {
        if !self.shared.iter().any(|known| Arc::ptr_eq(known, pool)) {
            self.shared.push(pool.clone());
        }
    }

    pub(crate) fn has_shared(&self) -> bool {
        !self.shared.is_empty()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.own.is_none() && self.shared.is_empty()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Pool>> {
        self.own.iter().chain(&self.shared).cloned().collect()
    }

    /// Acquires the locks of all pools.
    ///
    /// Returns an error if this thread holds the lock of one of these shares for another engine or for none.
    /// Also returns an error if it would have to wait for the lock of a share and this thread holds the lock
    /// of another share.
    #[inline]
    pub(crate) fn enter(&self) -> Result<Entered, Error> {
        match cfg!(curlback_no_pools) || self.is_empty() {
            true => Ok(Entered::default()),
            false => self.enter_all(),
        }
    }

    fn enter_all(&self) -> Result<Entered, Error> {
        let mut entered = Entered::default();
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
                // The lock is held for a drop, a reset or a change of the proxy, on another thread or
                // further up the stack of this one. None of them waits for a lock, but a drop may call
                // `close_socket` or `hsts_write`.
                Answer::Busy => {
                    own.wait(self.id);
                    entered.push(own.clone());
                }
            }
        }
        Ok(entered)
    }
}
