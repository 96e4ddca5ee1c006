//! The owner of a `CURLSH *`, and its locks.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;

use libc::c_int;

use crate::ffi::init::init;
use crate::ffi::item::Item;
use crate::ffi::lock::Lock;
use crate::ffi::pool::{self, Pool};
use crate::ffi::share::data::ShareData;
use crate::ffi::sigpipe::Quiet;
use crate::ffi::sys;
use crate::quirks::COOKIES_UNLOCKED;
use crate::{Code, Error};

pub(crate) mod data;

pub(crate) const SHARE: Item = Item::new(sys::CURLOPT_SHARE, "CURLOPT_SHARE", "7.10");

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

/// Returns the kinds of data that one thread at a time may use with the linked libcurl: libcurl uses
/// them without taking their lock, or after releasing it.
fn unlocked() -> ShareData {
    let always = ShareData::CONNECTIONS | ShareData::HSTS;
    match COOKIES_UNLOCKED.is_present() {
        true => always | ShareData::COOKIES,
        false => always,
    }
}

/// Owns the `CURLSH *` (S1).
pub(crate) struct ShareHandle {
    handle: RawShare,
    data: ShareData,
    /// Whether this crate has made the share for one transfer, without the user's knowledge.
    is_own: bool,
}

struct RawShare {
    raw: NonNull<sys::CURLSH>,
    locks: Arc<Locks>,
    /// The lock of the data that libcurl uses without a lock (S3), or `None` if no such data is shared.
    pool: Option<Arc<Pool>>,
}

// SAFETY: S2: libcurl locks what it changes, and S3: the pool has the lock of the rest.
unsafe impl Send for RawShare {}
// SAFETY: S2 and S3: as above. Once the share is set up, a `&RawShare` only passes the pointer to
// `curl_easy_setopt`.
unsafe impl Sync for RawShare {}

impl Drop for RawShare {
    fn drop(&mut self) {
        let deferred = DeferredShare {
            raw: self.raw,
            _locks: self.locks.clone(),
        };
        match &self.pool {
            Some(pool) => pool::clean_up(vec![pool.clone()], move || drop(deferred)),
            None => drop(deferred),
        }
    }
}

/// A share that no handle uses any more.
struct DeferredShare {
    raw: NonNull<sys::CURLSH>,
    /// Kept alive because the cleanup still uses the locks.
    _locks: Arc<Locks>,
}

// SAFETY: S1: one thread cleans it up, and holds the lock of its pool meanwhile, if it has a pool.
unsafe impl Send for DeferredShare {}

impl Drop for DeferredShare {
    fn drop(&mut self) {
        let _quiet = Quiet::new();
        // SAFETY: S1: the only cleanup; no easy handle uses the share any more, and the locks live.
        let code = unsafe { sys::curl_share_cleanup(self.raw.as_ptr()) };
        debug_assert_eq!(code, sys::CURLSHE_OK, "no handle uses it");
    }
}

impl ShareHandle {
    /// # Safety
    /// The functions must acquire and release a lock of the [`Locks`] that they get as user data.
    pub(crate) unsafe fn new(
        data: ShareData,
        lock: sys::LockFunction,
        unlock: sys::UnlockFunction,
    ) -> Result<ShareHandle, Error> {
        if !ShareData::all().contains(data) {
            return Err(Error::Option {
                option: "CURLSHOPT_SHARE",
                reason: "there is a kind of data among these that has no name here",
            });
        }
        init();
        // SAFETY: libcurl is initialised.
        let raw = unsafe { sys::curl_share_init() };
        // The owner is made before libcurl gets the locks: if something fails below, the drop of the
        // owner cleans up the share while the locks, which the cleanup uses, are alive.
        let shared = ShareHandle {
            handle: RawShare {
                raw: NonNull::new(raw).ok_or(OUT_OF_MEMORY)?,
                locks: Arc::default(),
                pool: data.intersects(unlocked()).then(|| Pool::new(true)),
            },
            data,
            is_own: false,
        };
        let handle = &shared.handle;
        let user = Arc::as_ptr(&handle.locks).cast_mut().cast::<c_void>();
        // SAFETY: the option takes a function of this type.
        unsafe { handle.set(sys::CURLSHOPT_LOCKFUNC, lock) }?;
        // SAFETY: as above.
        unsafe { handle.set(sys::CURLSHOPT_UNLOCKFUNC, unlock) }?;
        // SAFETY: S1: the locks live as long as the handle.
        unsafe { handle.set(sys::CURLSHOPT_USERDATA, user) }?;
        for (kind, item) in KINDS.iter().filter(|(kind, _)| data.contains(*kind)) {
            item.check_age()?;
            // The position of a kind's bit is libcurl's number of the kind.
            let number = c_int::try_from(kind.bits().trailing_zeros()).unwrap_or_default();
            // SAFETY: the option takes an int.
            match unsafe { handle.set(sys::CURLSHOPT_SHARE, number) } {
                Err(Error::Unsupported { .. }) => return Err(item.unsupported()),
                result => result?,
            }
        }
        Ok(shared)
    }

    /// Marks this share as one that this crate has made for one transfer.
    pub(crate) fn own(self) -> ShareHandle {
        ShareHandle {
            is_own: true,
            ..self
        }
    }

    pub(crate) fn is_own(&self) -> bool {
        self.is_own
    }

    pub(crate) fn data(&self) -> ShareData {
        self.data
    }

    /// Returns the lock of the shared data that libcurl uses without a lock, or `None` if there is no
    /// such data.
    pub(crate) fn pool(&self) -> Option<&Arc<Pool>> {
        self.handle.pool.as_ref()
    }

    /// Returns the pool of the connections, or `None` if connections are not shared.
    pub(crate) fn connections(&self) -> Option<&Arc<Pool>> {
        self.pool()
            .filter(|_| self.data.contains(ShareData::CONNECTIONS))
    }

    /// Returns whether cookies are shared and libcurl releases their lock too early.
    pub(crate) fn has_unlocked_cookies(&self) -> bool {
        (self.data & unlocked()).contains(ShareData::COOKIES)
    }

    pub(crate) fn as_ptr(&self) -> *mut sys::CURLSH {
        self.handle.raw.as_ptr()
    }

    /// Runs `call`, in which libcurl changes cookies without locking them, under the lock of the cookies.
    pub(crate) fn with_cookies<R>(&self, call: impl FnOnce() -> R) -> R {
        struct Held<'a>(&'a Locks);
        impl Drop for Held<'_> {
            fn drop(&mut self) {
                self.0.release(sys::CURL_LOCK_DATA_COOKIE);
            }
        }
        self.handle.locks.acquire(sys::CURL_LOCK_DATA_COOKIE);
        let _held = Held(&self.handle.locks);
        call()
    }
}

const OUT_OF_MEMORY: Error = Error::libcurl(Code::OUT_OF_MEMORY);

impl RawShare {
    /// # Safety
    /// `value` must have the C type of the option, and outlive its use.
    unsafe fn set<T>(&self, option: sys::CURLSHoption, value: T) -> Result<(), Error> {
        // SAFETY: S1: the share is live; the caller vouches for the value.
        match unsafe { sys::curl_share_setopt(self.raw.as_ptr(), option, value) } {
            sys::CURLSHE_OK => Ok(()),
            sys::CURLSHE_NOMEM => Err(OUT_OF_MEMORY),
            _ => Err(kind("CURLSHOPT_SHARE", "7.10.3").unsupported()),
        }
    }
}

thread_local! {
    /// How many of libcurl's locks this thread holds. The value has no destructor, so it exists until
    /// the thread ends.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// Returns whether this thread holds a lock of libcurl's, under which no user code may run.
#[inline(always)]
pub(crate) fn is_locked() -> bool {
    HELD.with(Cell::get) != 0
}

/// A lock for each kind of data, and one for all kinds that a later libcurl may add. A thread may
/// hold the locks of several kinds.
#[derive(Default)]
pub(crate) struct Locks([Lock; 9]);

impl Locks {
    fn of(&self, data: sys::curl_lock_data) -> &Lock {
        let [.., last] = &self.0;
        let place = usize::try_from(data).unwrap_or(usize::MAX);
        self.0.get(place).unwrap_or(last)
    }

    pub(crate) fn acquire(&self, data: sys::curl_lock_data) {
        self.of(data).acquire();
        HELD.with(|held| held.set(held.get() + 1));
    }

    pub(crate) fn release(&self, data: sys::curl_lock_data) {
        HELD.with(|held| held.set(held.get().saturating_sub(1)));
        self.of(data).release();
    }
}
