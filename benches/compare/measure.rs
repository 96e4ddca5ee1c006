//! CPU time, and an allocator that counts bytes.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

/// The CPU time of this process, and the part of it that was spent in the kernel.
#[derive(Clone, Copy)]
pub(crate) struct Cpu {
    pub(crate) all: Duration,
    pub(crate) kernel: Duration,
}

impl Cpu {
    pub(crate) fn now() -> Cpu {
        let mut now = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: the place is valid, and every system has this clock.
        unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut now) };
        // SAFETY: the structure consists of numbers, for which zero is valid.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: the place is valid.
        unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) };
        let (seconds, micros) = (usage.ru_stime.tv_sec, usage.ru_stime.tv_usec);
        Cpu {
            all: Duration::new(now.tv_sec as u64, now.tv_nsec as u32),
            kernel: Duration::new(seconds as u64, micros as u32 * 1000),
        }
    }

    pub(crate) fn since(self, begun: Cpu) -> Cpu {
        Cpu {
            all: self.all - begun.all,
            kernel: self.kernel.saturating_sub(begun.kernel),
        }
    }
}

/// The processors that this process may use. The last one is for the servers and the others are for the client,
/// so that the time of the client does not depend on where the system runs the two.
pub(crate) struct Processors(Vec<usize>);

impl Processors {
    pub(crate) fn allowed() -> Processors {
        let mut set = no_processors();
        // SAFETY: the place is valid, and as large as stated.
        unsafe { libc::sched_getaffinity(0, size_of_val(&set), &raw mut set) };
        let is_allowed = |number: &usize| {
            // SAFETY: the set has a bit for each of the numbers.
            unsafe { libc::CPU_ISSET(*number, &set) }
        };
        let numbers = 0..libc::CPU_SETSIZE as usize;
        Processors(numbers.filter(is_allowed).collect())
    }

    /// Lets this thread, and the processes that it starts, run where the servers run.
    pub(crate) fn enter_servers(&self) {
        if let [.., last] = self.0[..] {
            restrict(&[last]);
        }
    }

    /// Lets this thread, and the threads that it starts, run where the client runs.
    pub(crate) fn enter_client(&self) {
        if let Some((_, others @ [_, ..])) = self.0.split_last() {
            restrict(others);
        }
    }
}

fn no_processors() -> libc::cpu_set_t {
    // SAFETY: the structure consists of numbers, for which zero is valid.
    unsafe { std::mem::zeroed() }
}

fn restrict(processors: &[usize]) {
    let mut set = no_processors();
    for processor in processors {
        // SAFETY: the number comes from such a set.
        unsafe { libc::CPU_SET(*processor, &mut set) };
    }
    // SAFETY: the set is valid, and as large as stated.
    unsafe { libc::sched_setaffinity(0, size_of_val(&set), &raw const set) };
}

/// Raises this process's limit of open descriptors as far as the system allows, and returns the new
/// limit.
pub(crate) fn allowed_descriptors() -> usize {
    let mut limits = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the place is valid.
    unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limits) };
    limits.rlim_cur = limits.rlim_max;
    // SAFETY: the limits are valid.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limits) };
    usize::try_from(limits.rlim_cur).unwrap_or(usize::MAX)
}

static COUNTS: AtomicBool = AtomicBool::new(false);
static NOW: AtomicI64 = AtomicI64::new(0);
static MOST: AtomicI64 = AtomicI64::new(0);

/// Counts the bytes on the heap that Rust and libcurl have allocated, but not those of OpenSSL.
pub(crate) struct Heap(i64);

impl Heap {
    /// Begins to count. Nothing in this process may have used libcurl before.
    pub(crate) fn begin() -> Heap {
        COUNTS.store(true, Ordering::Relaxed);
        // SAFETY: the `curl` crate has initialised libcurl once, before `main`, and nothing has used it.
        unsafe { curl_sys::curl_global_cleanup() };
        // SAFETY: the functions do what the functions of C do.
        let code = unsafe {
            curl_sys::curl_global_init_mem(
                curl_sys::CURL_GLOBAL_ALL,
                allocate,
                free,
                reallocate,
                duplicate,
                allocate_zeroed,
            )
        };
        assert_eq!(code, curl_sys::CURLE_OK);
        Heap(NOW.load(Ordering::Relaxed))
    }

    pub(crate) fn now(&self) -> usize {
        (NOW.load(Ordering::Relaxed) - self.0) as usize
    }

    pub(crate) fn most(&self) -> usize {
        (MOST.load(Ordering::Relaxed) - self.0) as usize
    }
}

fn add(bytes: i64) {
    let now = NOW.fetch_add(bytes, Ordering::Relaxed) + bytes;
    MOST.fetch_max(now, Ordering::Relaxed);
}

fn size(place: *mut c_void) -> i64 {
    // SAFETY: the callers pass memory that C's allocator has returned, or NULL.
    (unsafe { libc::malloc_usable_size(place) }) as i64
}

extern "C" fn allocate(len: usize) -> *mut c_void {
    // SAFETY: every length is allowed.
    let place = unsafe { libc::malloc(len) };
    add(size(place));
    place
}

extern "C" fn allocate_zeroed(count: usize, len: usize) -> *mut c_void {
    // SAFETY: every length is allowed.
    let place = unsafe { libc::calloc(count, len) };
    add(size(place));
    place
}

extern "C" fn free(place: *mut c_void) {
    add(-size(place));
    // SAFETY: libcurl frees only what these functions have allocated.
    unsafe { libc::free(place) };
}

extern "C" fn reallocate(place: *mut c_void, len: usize) -> *mut c_void {
    let before = size(place);
    // SAFETY: libcurl passes only what these functions have allocated.
    let place = unsafe { libc::realloc(place, len) };
    add(size(place) - before);
    place
}

extern "C" fn duplicate(text: *const c_char) -> *mut c_char {
    // SAFETY: libcurl passes a string.
    let place = unsafe { libc::strdup(text) };
    add(size(place.cast()));
    place
}

/// The system's allocator, which also counts once [`Heap::begin`] was called.
pub(crate) struct Counting;

// SAFETY: the allocator of the system does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let place = unsafe { System.alloc(layout) };
        if COUNTS.load(Ordering::Relaxed) {
            add(size(place.cast()));
        }
        place
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        if COUNTS.load(Ordering::Relaxed) {
            add(-size(place.cast()));
        }
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(place, layout) };
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, len: usize) -> *mut u8 {
        let counts = COUNTS.load(Ordering::Relaxed);
        let before = if counts { size(place.cast()) } else { 0 };
        // SAFETY: the caller's promise.
        let place = unsafe { System.realloc(place, layout, len) };
        if counts {
            add(size(place.cast()) - before);
        }
        place
    }
}
