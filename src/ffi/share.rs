//! The owner of a `CURLSH *`: its locks, and who may use what libcurl does not lock.

use std::cell::Cell;
use std::ffi::c_void;
use std::ops::RangeInclusive;
use std::ptr::{self, NonNull};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use libc::{c_int, c_long};

use crate::ffi::item::Item;
use crate::ffi::sigpipe::Quiet;
use crate::ffi::sys;
use crate::share::ShareData;
use crate::{Code, Error, Version};

pub(super) const SHARE: Item = Item::new(sys::CURLOPT_SHARE, "CURLOPT_SHARE", "7.10");

const KINDS: [(ShareData, Item); 6] = [
    (ShareData::COOKIES, kind("CURL_LOCK_DATA_COOKIE", "7.10.3")),
    (ShareData::DNS, kind("CURL_LOCK_DATA_DNS", "7.10.3")),
    (
        ShareData::SSL_SESSIONS,
        kind("CURL_LOCK_DATA_SSL_SESSION", "7.23.0"),
    ),
    (
        ShareData::CONNECTIONS,
        kind("CURL_LOCK_DATA_CONNECT", "7.57.0"),
    ),
    (ShareData::PSL, kind("CURL_LOCK_DATA_PSL", "7.61.0")),
    (ShareData::HSTS, kind("CURL_LOCK_DATA_HSTS", "7.88.0")),
];

const fn kind(name: &'static str, since: &str) -> Item {
    Item::new(sys::CURLSHOPT_SHARE, name, since)
}

/// The kinds of data that libcurl uses without taking their lock, or after releasing it, and the
/// releases that do so.
const UNLOCKED: [(ShareData, RangeInclusive<Version>); 3] = [
    (ShareData::CONNECTIONS, ALL_RELEASES),
    (ShareData::HSTS, ALL_RELEASES),
    // These releases unlock the cookies before they write the matching ones into the request.
    (
        ShareData::COOKIES,
        Version::new(8, 11, 0)..=Version::new(8, 15, 0),
    ),
];

const ALL_RELEASES: RangeInclusive<Version> =
    Version::new(0, 0, 0)..=Version::new(u8::MAX, u8::MAX, u8::MAX);

/// Returns the kinds of data that one engine at a time may use with the linked libcurl.
fn unlocked() -> ShareData {
    let linked = Version::linked();
    let kinds = UNLOCKED.iter().filter(|(_, at)| at.contains(&linked));
    kinds.map(|(kind, _)| *kind).collect()
}

/// Owns the `CURLSH *` (S1). The fields are dropped in this order.
pub(crate) struct Shared {
    handle: Handle,
    locks: Arc<Locks>,
    data: ShareData,
    /// The kinds in `data` that only one engine at a time may use (S3).
    unlocked: ShareData,
    users: Users,
}

struct Handle(NonNull<sys::CURLSH>);

// SAFETY: S2: libcurl locks what it changes, and S3: one engine uses what it does not.
unsafe impl Send for Handle {}
// SAFETY: S2 and S3: as above; nothing else is done with the pointer through a `&Handle`.
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        let _quiet = Quiet::new();
        // SAFETY: S1: the only cleanup; no easy handle has it any more, and the locks live.
        let code = unsafe { sys::curl_share_cleanup(self.0.as_ptr()) };
        debug_assert_eq!(code, sys::CURLSHE_OK, "no handle uses it");
    }
}

impl Shared {
    pub(crate) fn new(data: ShareData) -> Result<Shared, Error> {
        if !ShareData::all().contains(data) {
            return Err(Error::Option {
                option: "CURLSHOPT_SHARE",
                reason: "there is a kind of data among these that has no name here",
            });
        }
        curl::init();
        // SAFETY: libcurl is initialised.
        let raw = unsafe { sys::curl_share_init() };
        // Whole before libcurl gets the locks: what fails below is dropped in the order of the
        // fields, and the cleanup of the handle still locks.
        let shared = Shared {
            handle: Handle(NonNull::new(raw).ok_or(OUT_OF_MEMORY)?),
            locks: Arc::default(),
            data,
            unlocked: data & unlocked(),
            users: Users::default(),
        };
        let handle = &shared.handle;
        let (lock, unlock): (sys::LockFunction, sys::UnlockFunction) = (lock, unlock);
        let user = Arc::as_ptr(&shared.locks).cast_mut().cast::<c_void>();
        // SAFETY: the option takes a function of this type.
        unsafe { handle.set(sys::CURLSHOPT_LOCKFUNC, lock) }?;
        // SAFETY: as above.
        unsafe { handle.set(sys::CURLSHOPT_UNLOCKFUNC, unlock) }?;
        // SAFETY: S1: the locks live as long as the handle.
        unsafe { handle.set(sys::CURLSHOPT_USERDATA, user) }?;
        for (kind, item) in KINDS.iter().filter(|(kind, _)| data.contains(*kind)) {
            item.check_age()?;
            // The bit of a kind stands where libcurl's number of it says.
            let number = c_int::try_from(kind.bits().trailing_zeros()).unwrap_or_default();
            // SAFETY: the option takes an int.
            match unsafe { handle.set(sys::CURLSHOPT_SHARE, number) } {
                Err(Error::Unsupported { .. }) => return Err(item.unsupported()),
                result => result?,
            }
        }
        Ok(shared)
    }

    pub(crate) fn data(&self) -> ShareData {
        self.data
    }

    /// Returns whether one engine at a time may use the cookies of this share.
    pub(super) fn has_unlocked_cookies(&self) -> bool {
        self.unlocked.contains(ShareData::COOKIES)
    }

    pub(super) fn as_ptr(&self) -> *mut sys::CURLSH {
        self.handle.0.as_ptr()
    }

    /// Calls libcurl where it would change cookies without their lock.
    pub(super) fn with_cookies<R>(&self, call: impl FnOnce() -> R) -> R {
        let _held = self.locks.of(sys::CURL_LOCK_DATA_COOKIE).hold();
        call()
    }

    /// Cleans up a handle that uses this share.
    ///
    /// During the cleanup, libcurl writes the HSTS cache to its file, and reads the cache without a
    /// lock. It also writes the cookies, and frees expired ones, which another thread may be reading
    /// with the releases whose lock does not protect them. So if a transfer may be using either,
    /// the handle first leaves the share.
    ///
    /// # Safety
    /// The handle must be live and in no engine, and this be its only cleanup (C1).
    pub(super) unsafe fn clean_up(&self, easy: NonNull<sys::CURL>) {
        let easy = easy.as_ptr();
        let mut alone = None;
        if self
            .unlocked
            .intersects(ShareData::HSTS | ShareData::COOKIES)
        {
            // Whoever waits for the cleanup must not wait for user code.
            let off: c_long = 0;
            // SAFETY: C1: the handle is live; a flag, which calls nothing back.
            unsafe { sys::curl_easy_setopt(easy, sys::CURLOPT_VERBOSE, off) };
            alone = self.users.alone();
            if alone.is_none() {
                if !self.has_unlocked_cookies() {
                    let flush = c"FLUSH".as_ptr();
                    // SAFETY: C1: as above; cookies have a lock, and are written now.
                    unsafe { sys::curl_easy_setopt(easy, sys::CURLOPT_COOKIELIST, flush) };
                }
                let none = ptr::null_mut::<c_void>();
                // SAFETY: C1: as above; the option takes a share, or none.
                unsafe { sys::curl_easy_setopt(easy, sys::CURLOPT_SHARE, none) };
                // SAFETY: C1: as above; the cookies are gone, and would be written as none.
                unsafe { sys::curl_easy_setopt(easy, sys::CURLOPT_COOKIEJAR, none) };
            }
        }
        // SAFETY: C1: the caller's promise.
        unsafe { sys::curl_easy_cleanup(easy) };
        drop(alone);
    }
}

const OUT_OF_MEMORY: Error = Error::libcurl(Code::OUT_OF_MEMORY);

impl Handle {
    /// # Safety
    /// `value` must have the C type of the option, and outlive its use.
    unsafe fn set<T>(&self, option: sys::CURLSHoption, value: T) -> Result<(), Error> {
        // SAFETY: S1: the share is live; the caller vouches for the value.
        match unsafe { sys::curl_share_setopt(self.0.as_ptr(), option, value) } {
            sys::CURLSHE_OK => Ok(()),
            sys::CURLSHE_NOMEM => Err(OUT_OF_MEMORY),
            _ => Err(kind("CURLSHOPT_SHARE", "7.10.3").unsupported()),
        }
    }
}

/// Lets one engine at a time use what libcurl does not lock (S3).
#[derive(Default)]
struct Users {
    /// Held for the two below, and for as long as a cleanup.
    lock: Lock,
    /// The engine, by the address of its mailbox; 0 is none.
    engine: AtomicUsize,
    /// How many of its transfers.
    count: AtomicUsize,
}

impl Users {
    /// Keeps engines away, if none uses the share.
    fn alone(&self) -> Option<Held<'_>> {
        let held = self.lock.hold()?;
        (self.count.load(Relaxed) == 0).then_some(held)
    }
}

/// The use of a share by a transfer that an engine drives.
pub(super) struct Lease(Arc<Shared>);

impl Lease {
    /// Takes the share into use. There is nothing to take where libcurl locks all of it.
    pub(super) fn take(share: &Arc<Shared>, this: usize) -> Result<Option<Lease>, Error> {
        if share.unlocked.is_empty() {
            return Ok(None);
        }
        let users = &share.users;
        // It is this thread's own: waiting would not help.
        let Some(held) = users.lock.hold() else {
            return Err(SHARE.unsuitable("a transfer that is being dropped writes the shared data"));
        };
        let engine = users.engine.load(Relaxed);
        if users.count.load(Relaxed) != 0 && engine != this {
            let reason = "another driver uses its connections, HSTS cache or cookies";
            return Err(SHARE.unsuitable(reason));
        }
        users.engine.store(this, Relaxed);
        users.count.fetch_add(1, Relaxed);
        drop(held);
        Ok(Some(Lease(share.clone())))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let users = &self.0.users;
        let _held = users.lock.hold();
        users.count.fetch_sub(1, Relaxed);
    }
}

thread_local! {
    /// How many locks of shares this thread holds. Its type has no destructor, so that it
    /// is there for as long as the thread.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// Returns whether user code on this thread would run under a lock.
#[inline(always)]
pub(super) fn is_locked() -> bool {
    HELD.with(Cell::get) != 0
}

/// Returns what no other thread that lives has.
fn this_thread() -> usize {
    HELD.with(|held| ptr::from_ref(held).addr())
}

/// A lock for each kind of data, and one for what a later libcurl may add. Kinds nest.
#[derive(Default)]
struct Locks([Lock; 9]);

impl Locks {
    fn of(&self, data: sys::curl_lock_data) -> &Lock {
        let [.., last] = &self.0;
        let place = usize::try_from(data).unwrap_or(usize::MAX);
        self.0.get(place).unwrap_or(last)
    }
}

/// A lock that libcurl locks in one call of ours and unlocks in another, so that no guard
/// can hold it.
#[derive(Default)]
struct Lock {
    /// The thread that has it; 0 is none.
    owner: AtomicUsize,
    /// How often.
    depth: AtomicUsize,
    /// Locked when it becomes free, so that who sleeps does not miss it.
    sleep: Mutex<()>,
    free: Condvar,
}

impl Lock {
    fn acquire(&self) {
        // libcurl does not lock twice; if a release ever did, it must not wait for itself.
        if !self.is_own() && !self.take() {
            let mut asleep = self.asleep();
            while !self.take() {
                let woken = self.free.wait(asleep);
                asleep = woken.unwrap_or_else(PoisonError::into_inner);
            }
        }
        self.depth.fetch_add(1, Relaxed);
        HELD.with(|held| held.set(held.get() + 1));
    }

    fn release(&self) {
        HELD.with(|held| held.set(held.get().saturating_sub(1)));
        if self.depth.fetch_sub(1, Relaxed) == 1 {
            let asleep = self.asleep();
            self.owner.store(0, Release);
            drop(asleep);
            self.free.notify_one();
        }
    }

    /// Acquires it for as long as the guard lives, unless this thread has it.
    fn hold(&self) -> Option<Held<'_>> {
        if self.is_own() {
            return None;
        }
        self.acquire();
        Some(Held(self))
    }

    fn is_own(&self) -> bool {
        self.owner.load(Relaxed) == this_thread()
    }

    fn take(&self) -> bool {
        let taken = (self.owner).compare_exchange(0, this_thread(), Acquire, Relaxed);
        taken.is_ok()
    }

    fn asleep(&self) -> MutexGuard<'_, ()> {
        self.sleep.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Held<'a>(&'a Lock);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// The handle may be NULL or an internal one, and is not used. Shared access is exclusive
/// here too.
unsafe extern "C" fn lock(
    _: *mut sys::CURL,
    data: sys::curl_lock_data,
    _: sys::curl_lock_access,
    user: *mut c_void,
) {
    // SAFETY: S1: the locks live as long as the share.
    let locks = unsafe { &*user.cast::<Locks>() };
    locks.of(data).acquire();
}

unsafe extern "C" fn unlock(_: *mut sys::CURL, data: sys::curl_lock_data, user: *mut c_void) {
    // SAFETY: S1: as above.
    let locks = unsafe { &*user.cast::<Locks>() };
    locks.of(data).release();
}
