//! Initialises libcurl, so that threads may use it until the process has ended.
//!
//! OpenSSL has a handler of `exit` that frees what other threads still use: a program whose `main` returned during a
//! handshake of another thread would crash. OpenSSL registers this handler when it is initialised for the first time,
//! unless it is told not to. On most systems, the crate `curl` initialises libcurl, and so OpenSSL, before `main`.

#[cfg(unix)]
use std::ffi::{c_int, c_void};
#[cfg(unix)]
use std::ptr;
use std::sync::Once;

/// Initialises libcurl and the libraries that it uses. Later calls do nothing.
#[inline]
pub(crate) fn init() {
    static INIT: Once = Once::new();
    INIT.call_once(|| {
        #[cfg(unix)]
        without_exit_handler();
        curl::init();
    });
}

/// Initialises OpenSSL without its handler of `exit`, unless OpenSSL is initialised already. Before OpenSSL 1.1.1b,
/// there is no way to do so.
#[cfg(unix)]
fn without_exit_handler() {
    type InitCrypto = extern "C" fn(u64, *const c_void) -> c_int;
    /// `OPENSSL_INIT_NO_ATEXIT`.
    const NO_ATEXIT: u64 = 0x0008_0000;

    // An OpenSSL inside the program may have no symbol to look up.
    #[cfg(feature = "ssl")]
    openssl_sys::init();
    // A shared libcurl may use another OpenSSL, and has one even without the feature.
    // SAFETY: the name is a C string.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"OPENSSL_init_crypto".as_ptr()) };
    // SAFETY: each library that has a function of this name is OpenSSL or takes its place, so the function has this type;
    // NULL is `None`.
    let found = unsafe { std::mem::transmute::<*mut c_void, Option<InitCrypto>>(found) };
    if let Some(init_crypto) = found {
        init_crypto(NO_ATEXIT, ptr::null());
    }
}

/// Calls `without_exit_handler` before the crate `curl` initialises libcurl: functions with a number run earlier than
/// those without.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
#[used]
// SAFETY: the section holds pointers to functions that take no argument, or ignore what they get, and return nothing. The
// function may run before `main`: it uses nothing of Rust's runtime but `Once`, and does not unwind.
#[unsafe(link_section = ".init_array.00101")]
static BEFORE_CURL: extern "C" fn() = {
    extern "C" fn before_curl() {
        without_exit_handler();
    }
    before_curl
};
