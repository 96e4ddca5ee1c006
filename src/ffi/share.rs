//! The owner of a `CURLSH *`: its locks, and who may use what libcurl does not lock.

use std::cell::Cell;
use std::ffi::{CStr, c_void};
use std::ptr::{self, NonNull};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use libc::{c_int, c_long};

use crate::ffi::engine::Engine;
use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::share::ShareData;
use crate::{Code, Error};

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

/// What libcurl changes without asking for a lock.
const UNLOCKED: ShareData = ShareData::CONNECTIONS.union(ShareData::HSTS);

/// Owns the `CURLSH *` (S1). The fields are dropped in this order.
pub(crate) struct Shared {
    handle: Handle,
    locks: Arc<Locks>,
    data: ShareData,
    users: Users,
}

struct Handle(NonNull<sys::CURLSH>);

// SAFETY: S2: libcurl locks what it changes, and S3: one engine uses what it does not.
unsafe impl Send for Handle {}
// SAFETY: S2 and S3: as above; nothing else is done with the pointer through a `&Handle`.
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
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
        let handle = Handle(NonNull::new(raw).ok_or(OUT_OF_MEMORY)?);
        let locks = Arc::<Locks>::default();
        let (lock, unlock): (sys::LockFunction, sys::UnlockFunction) = (lock, unlock);
        let user = Arc::as_ptr(&locks).cast_mut().cast::<c_void>();
        // SAFETY: the option takes a function of this type.
        unsafe { handle.set(sys::CURLSHOPT_LOCKFUNC, lock) }?;
        // SAFETY: as above.
        unsafe { handle.set(sys::CURLSHOPT_UNLOCKFUNC, unlock) }?;
        // SAFETY: S1: the locks live as long as the handle.
        unsafe { handle.set(sys::CURLSHOPT_USERDATA, user) }?;
        for (kind, item) in KINDS.iter().filter(|(kind, _)| data.contains(*kind)) {
            // The bit of a kind stands where libcurl's number of it says.
            let number = c_int::try_from(kind.bits().trailing_zeros()).unwrap_or_default();
            // SAFETY: the option takes an int.
            match unsafe { handle.set(sys::CURLSHOPT_SHARE, number) } {
                Err(Error::Unsupported { .. }) => return Err(item.unsupported()),
                result => result?,
            }
        }
        Ok(Shared {
            handle,
            locks,
            data,
            users: Users::default(),
        })
    }

    pub(crate) fn data(&self) -> ShareData {
        self.data
    }

    pub(super) fn as_ptr(&self) -> *mut sys::CURLSH {
        self.handle.0.as_ptr()
    }

    /// Calls libcurl where it would change cookies without their lock.
    pub(super) fn with_cookies<R>(&self, call: impl FnOnce() -> R) -> R {
        let lock = self.locks.of(sys::CURL_LOCK_DATA_COOKIE);
        lock.acquire();
        let result = call();
        lock.release();
        result
    }

    /// Cleans up a handle that uses this share.
    ///
    /// libcurl then writes the HSTS cache to its file, and reads it without a lock. Where a
    /// transfer may be changing it, the handle lets go of the share before.
    ///
    /// # Safety
    /// The handle must be live and in no engine, and this be its only cleanup (C1).
    pub(super) unsafe fn clean_up(&self, easy: NonNull<sys::CURL>) {
        let easy = easy.as_ptr();
        let mut alone = None;
        if self.data.contains(ShareData::HSTS) {
            // Whoever waits for the cleanup must not wait for user code.
            let off: c_long = 0;
            // SAFETY: C1: the handle is live; a flag, which calls nothing back.
            unsafe { sys::curl_easy_setopt(easy, sys::CURLOPT_VERBOSE, off) };
            alone = self.users.alone();
            if alone.is_none() {
                const FLUSH: &CStr = c"FLUSH";
                // SAFETY: C1: as above; cookies have a lock, and are written now.
                unsafe { sys::curl_easy_setopt(easy, sys::CURLOPT_COOKIELIST, FLUSH.as_ptr()) };
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

const OUT_OF_MEMORY: Error = Error::Libcurl {
    code: Code::OUT_OF_MEMORY,
    text: None,
};

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
    state: Mutex<State>,
    /// Told when a cleanup is over.
    cleaned: Condvar,
}

#[derive(Default)]
struct State {
    /// The engine, by the address of its mailbox, and how many of its transfers.
    engine: Option<(usize, usize)>,
    /// The thread that cleans a handle up.
    cleaner: Option<usize>,
}

impl Users {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the end of another thread's cleanup. Returns `None` if it is this thread's.
    fn calm(&self) -> Option<MutexGuard<'_, State>> {
        let mut state = self.state();
        while let Some(cleaner) = state.cleaner {
            if cleaner == this_thread() {
                return None;
            }
            state = wait(&self.cleaned, state);
        }
        Some(state)
    }

    /// Keeps engines away, if none uses the share.
    fn alone(&self) -> Option<Alone<'_>> {
        let mut state = self.calm()?;
        if state.engine.is_some() {
            return None;
        }
        state.cleaner = Some(this_thread());
        Some(Alone(self))
    }
}

struct Alone<'a>(&'a Users);

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        self.0.state().cleaner = None;
        self.0.cleaned.notify_all();
    }
}

/// The use of a share by a transfer that an engine drives.
pub(super) struct Lease(Arc<Shared>);

impl Lease {
    /// Takes the share into use. There is nothing to take where libcurl locks all of it.
    pub(super) fn take(share: &Arc<Shared>, engine: &Engine) -> Result<Option<Lease>, Error> {
        if !share.data.intersects(UNLOCKED) {
            return Ok(None);
        }
        let this = Arc::as_ptr(&engine.mailbox).addr();
        let refuse = |reason| Err(SHARE.unsuitable(reason));
        let Some(mut state) = share.users.calm() else {
            return refuse("the share is being written by a transfer that is dropped");
        };
        match &mut state.engine {
            Some((engine, count)) if *engine == this => *count += 1,
            Some(_) => {
                let reason = "another driver uses its connections or HSTS cache, which libcurl does not lock";
                return refuse(reason);
            }
            none => *none = Some((this, 1)),
        }
        drop(state);
        Ok(Some(Lease(share.clone())))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut state = self.0.users.state();
        state.engine = match state.engine {
            Some((engine, count)) if count > 1 => Some((engine, count - 1)),
            _ => None,
        };
    }
}

thread_local! {
    /// How many locks of shares this thread holds. Its type has no destructor, so that it
    /// is there for as long as the thread.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// Returns whether user code on this thread would run under a lock.
pub(super) fn is_locked() -> bool {
    HELD.with(Cell::get) != 0
}

/// Returns what no other thread that lives has.
fn this_thread() -> usize {
    HELD.with(|held| ptr::from_ref(held).addr())
}

fn wait<'a, T>(condition: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condition
        .wait(guard)
        .unwrap_or_else(PoisonError::into_inner)
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
/// can stand for it.
#[derive(Default)]
struct Lock {
    /// The thread that has it, and how often.
    owner: Mutex<Option<(usize, usize)>>,
    free: Condvar,
}

impl Lock {
    fn owner(&self) -> MutexGuard<'_, Option<(usize, usize)>> {
        self.owner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn acquire(&self) {
        let this = this_thread();
        let mut owner = self.owner();
        *owner = loop {
            match *owner {
                None => break Some((this, 1)),
                // libcurl does not; if a release ever did, it must not wait for itself.
                Some((thread, count)) if thread == this => break Some((this, count + 1)),
                Some(_) => owner = wait(&self.free, owner),
            }
        };
        HELD.with(|held| held.set(held.get() + 1));
    }

    fn release(&self) {
        let mut owner = self.owner();
        *owner = match *owner {
            Some((thread, count)) if count > 1 => Some((thread, count - 1)),
            _ => None,
        };
        if owner.is_none() {
            self.free.notify_one();
        }
        HELD.with(|held| held.set(held.get().saturating_sub(1)));
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
